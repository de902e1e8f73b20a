"""What is asked of a second person: requests made from checked terms, and shown before they are signed.

Every function checks first (``UsageError``: it makes no sense; ``RefusedError``: the profile refuses), then
returns the request; to store it, to write its file and to take its answer is the caller's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from synopticon.errors import UsageError
from synopticon.governance.approval import ApprovalRequest, Matter, check_request
from synopticon.governance.case import (
    Case,
    Dpia,
    State,
    Terms,
    check_extension,
    check_terms,
    check_text,
    spread_all,
    stand,
)
from synopticon.governance.emergency import emergency_terms
from synopticon.governance.grant import Scope
from synopticon.governance.keys import PublicKey, SigningKey
from synopticon.governance.profile import Profile, difference
from synopticon.governance.users import SignIn, User


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, how they signed in, under which profile, and when (UTC); ``key``: theirs, if they sign.

    ``checkpoint``: the log's, as it stands.
    """

    user: User
    sign_in: SignIn
    profile: Profile
    now: datetime
    key: SigningKey | None = None
    checkpoint: str = ""

    def request(self, case: str, matter: Matter, said: Mapping[str, Any]) -> ApprovalRequest:
        """A request of this user, now; raises ``RefusedError`` for a key that is not theirs."""
        digest = self.profile.digest
        made = ApprovalRequest.make(
            case, matter, self.user, self.sign_in, self.now, digest, said, self.checkpoint
        )
        if self.key is not None:
            made = made.signed(self.key)
            check_request(made, self.user)
        return made


def ask_open(asker: Asker, case: str, terms: Terms, dpias: Iterable[Dpia] = ()) -> ApprovalRequest:
    """Ask for a new case, or (with its id) to regularise one that was opened in an emergency."""
    checked = check_terms(terms, asker.profile, asker.now, dpias)
    said = {**checked.plain(), "approvals": asker.profile.limits.approvals}
    return asker.request(case, Matter.OPEN, said)


def ask_emergency(
    asker: Asker, case: str, terms: Terms, reason: str, dpias: Iterable[Dpia] = ()
) -> ApprovalRequest:
    """Open a case at once because a life is at risk; see ``governance.emergency``."""
    said = emergency_terms(terms, reason, asker.profile, asker.now, dpias)
    return asker.request(case, Matter.OPEN, said)


def ask_extension(
    asker: Asker, case: Case, until: datetime, fields: Mapping[str, str], users: Mapping[str, User]
) -> ApprovalRequest:
    """Ask for a later end of a case. ``users``: those who signed something in it, by id."""
    check_extension(case, until, fields, asker.profile, users, asker.now)
    said = {"until": until.isoformat(), "fields": dict(fields), "approvals": asker.profile.limits.approvals}
    return asker.request(case.id, Matter.EXTEND, said)


def ask_allowance(
    asker: Asker,
    case: Case,
    capabilities: tuple[str, ...],
    reason: str,
    users: Mapping[str, User],
    *,
    scope: Scope | None = None,
    tracks: tuple[str, ...] = (),
) -> ApprovalRequest:
    """Ask for capabilities that need a second person, for all of the case, or a part of it or some tracks."""
    check_text("reason", reason)
    standing = stand(case, asker.profile, users, asker.now)
    if standing.state is not State.APPROVED:
        raise UsageError(f"{case.id} {standing.why}: use an approved case")
    given = spread_all(standing.terms.capabilities)
    if lacking := sorted(spread_all(capabilities) - given):
        raise UsageError(f"{case.id} does not give {lacking[0]}: name capabilities of the case")
    if not capabilities:
        raise UsageError("no capability is asked for: name at least one, such as view.unmasked")
    if scope is not None and not standing.terms.scope.holds(scope):
        raise UsageError(f"the scope is not all in that of {case.id}: choose a part of it")
    said: dict[str, Any] = {"capabilities": list(capabilities), "reason": reason, "tracks": list(tracks)}
    said |= {"scope": scope.plain()} if scope is not None else {}
    return asker.request(case.id, Matter.ALLOW, said)


def ask_profile(asker: Asker, case: Case) -> ApprovalRequest:
    """Ask to go on under the profile in force; says how it differs from the shipped one."""
    differs = [str(one) for one in difference(asker.profile)]
    return asker.request(case.id, Matter.PROFILE, {"profile": asker.profile.label, "difference": differs})


def summary(request: ApprovalRequest) -> tuple[str, ...]:
    """The whole request in lines, for the approver to read before signing.

    Signs that do not print (among them those that move the cursor or turn the direction of writing) are
    shown as ``?``, so that what is read is what is signed.
    """
    head = (
        f"{request.matter} {request.case}, asked by {request.requester} of {request.unit}",
        f"on {request.host} ({request.account}), {request.at.isoformat()}",
        f"profile {request.profile}",
        _signer(request),
        *(["the log as it stood:", *request.checkpoint.splitlines()[:3]] if request.checkpoint else []),
    )
    lines = (*head, *_lines(request.said), f"signed over: {request.digest}")
    return tuple("".join(c if c.isprintable() else "?" for c in line) for line in lines)


def _signer(request: ApprovalRequest) -> str:
    """Who signed it, as far as the file alone can say; raises ``UsageError`` for a signature that is wrong.

    Whose key it is, the workspace checks; the approver may compare the fingerprint with the requester's.
    """
    if not request.key:
        return "not signed by the requester"
    key = PublicKey.of_text(request.key)
    if not key.verify(request.signature, request.covered()):
        raise UsageError("the requester's signature does not verify: use the request file as it was written")
    return f"signed by the requester with key {key.fingerprint}"


def _lines(value: Any, name: str = "") -> Iterable[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _lines(part, f"{name}.{key}".lstrip("."))
    elif isinstance(value, list):
        yield f"{name}: {', '.join(str(part) for part in value) or 'none'}"
    else:
        yield f"{name}: {value}"
