"""Approval by a second person: a signature, made on another machine if wished.

The requester writes a *request file*, signed by their own key if it is at hand; the approver reads it where
their key lies, and answers with an *approval file*. The signature covers the digest of the whole request, so
nothing of it (scope, hours, capabilities, end) can be changed afterwards. Host, account and time of the
approver are in the signed bytes, but they are what the approver's machine says: whoever holds the approver's
key can write anything there.
"""

import base64
import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, Self, TypeVar

from synopticon.errors import RefusedError, UsageError
from synopticon.governance.canonical import canonical, parse_canonical
from synopticon.governance.keys import PublicKey, SigningKey, unbase64
from synopticon.governance.users import Role, SignIn, User

REQUEST = "synopticon approval request 1"
APPROVAL = "synopticon approval 1"
LONGEST_COMMENT = 2000  # characters
SOON = timedelta(seconds=60)  # an approval that follows its request this fast was not weighed
SKEW = timedelta(minutes=5)  # clocks of two machines may differ by so much


class Matter(StrEnum):
    """What is to be approved."""

    OPEN = "open"  # a case, with all its terms
    EXTEND = "extend"  # its end
    ALLOW = "allow"  # capabilities that need a second person: clear pictures, a search by look
    PROFILE = "profile"  # going on under a changed profile


class Decision(StrEnum):
    """What the approver decided."""

    APPROVE = "approve"
    REFUSE = "refuse"


@dataclass(frozen=True)
class ApprovalRequest:
    """What somebody asks a second person to approve. ``terms``: canonical JSON of what is asked.

    ``profile``: digest of the profile in force; ``host``, ``account``: where the requester asked from.
    ``key``: the requester's public key (base64), if they signed; "" and no signature, if they did not.
    ``checkpoint``: of the log, as it stood: whoever approves holds it against a log that was rewritten since.
    """

    case: str
    matter: Matter
    requester: str
    unit: str
    host: str
    account: str
    at: datetime
    profile: str
    terms: bytes
    key: str = ""
    signature: bytes = b""
    checkpoint: str = ""

    @classmethod
    def make(
        cls,
        case: str,
        matter: Matter,
        user: User,
        sign_in: SignIn,
        at: datetime,
        profile: str,
        terms: Mapping[str, Any],
        checkpoint: str = "",
    ) -> Self:
        """A request of ``user`` as signed in; ``terms`` is plain (texts, numbers, lists, objects)."""
        where, said = (sign_in.host, sign_in.account), canonical(terms)
        return cls(case, matter, user.id, user.unit, *where, at, profile, said, checkpoint=checkpoint)

    @cached_property
    def said(self) -> dict[str, Any]:
        """The terms, read."""
        return parse_canonical(self.terms)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) of the request file: what an approval signs."""
        return hashlib.sha256(self.file()).hexdigest()

    def signed(self, key: SigningKey) -> Self:
        """The request with a signature by the requester's key over all of it."""
        bare = replace(self, key=key.public.text())
        return replace(bare, signature=key.sign(bare.covered()))

    def covered(self) -> bytes:
        """The bytes that the requester's signature covers; the first line keeps them apart from all else."""
        return f"{REQUEST}\n".encode() + canonical({**self._bare(), "key": self.key})

    def plain(self) -> dict[str, Any]:
        """The request as texts and objects."""
        mark = {"key": self.key, "signature": base64.b64encode(self.signature).decode()}
        return {**self._bare(), **(mark if self.key else {})}

    def _bare(self) -> dict[str, Any]:
        return {
            "type": REQUEST,
            "case": self.case,
            "matter": self.matter.value,
            "requester": self.requester,
            "unit": self.unit,
            "host": self.host,
            "account": self.account,
            "at": self.at.isoformat(),
            "profile": self.profile,
            "terms": self.said,
            **({"checkpoint": self.checkpoint} if self.checkpoint else {}),
        }

    def file(self) -> bytes:
        """The bytes of the request file (canonical JSON)."""
        return self._file

    @cached_property
    def _file(self) -> bytes:
        return canonical(self.plain())

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Read a request file; raises ``UsageError``. It is not verified yet: see ``check_request``."""
        plain = _read(data, REQUEST, "a request")
        try:
            found = cls(
                case=_text(plain, "case"),
                matter=Matter(_text(plain, "matter")),
                requester=_text(plain, "requester"),
                unit=_text(plain, "unit"),
                host=_text(plain, "host"),
                account=_text(plain, "account"),
                at=_time(plain),
                profile=_text(plain, "profile"),
                terms=canonical(plain["terms"]),
                key=_text(plain, "key") if "key" in plain else "",
                signature=unbase64(_text(plain, "signature")) if "signature" in plain else b"",
                checkpoint=_text(plain, "checkpoint") if "checkpoint" in plain else "",
            )
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError(f"the request lacks or garbles {error}: write it again") from error
        return _same(found, data)


@dataclass(frozen=True, slots=True)
class Approval:
    """A second person's decision about one request, signed. ``request``: its digest; ``key``: base64.

    ``received`` (UTC) is when this workspace got it; it is not signed.
    """

    request: str
    case: str
    decision: Decision
    approver: str
    key: str
    host: str
    account: str
    at: datetime
    comment: str = ""
    signature: bytes = b""
    received: datetime | None = None

    def plain(self) -> dict[str, Any]:
        """What is signed, as texts."""
        return {
            "type": APPROVAL,
            "request": self.request,
            "case": self.case,
            "decision": self.decision.value,
            "approver": self.approver,
            "key": self.key,
            "host": self.host,
            "account": self.account,
            "at": self.at.isoformat(),
            "comment": self.comment,
        }

    def signed(self) -> bytes:
        """The bytes that the signature covers; the first line keeps them apart from all else we sign."""
        return f"{APPROVAL}\n".encode() + canonical(self.plain())

    def file(self) -> bytes:
        """The bytes of the approval file (canonical JSON)."""
        return canonical({**self.plain(), "signature": base64.b64encode(self.signature).decode()})

    @classmethod
    def read(cls, data: bytes, received: datetime | None = None) -> Self:
        """Read an approval file; raises ``UsageError``. It is not verified yet: see ``check_approval``."""
        plain = _read(data, APPROVAL, "an approval")
        try:
            found = cls(
                request=_text(plain, "request"),
                case=_text(plain, "case"),
                decision=Decision(_text(plain, "decision")),
                approver=_text(plain, "approver"),
                key=_text(plain, "key"),
                host=_text(plain, "host"),
                account=_text(plain, "account"),
                at=_time(plain),
                comment=_text(plain, "comment"),
                signature=unbase64(_text(plain, "signature")),
                received=received,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError(f"the approval lacks or garbles {error}: write it again") from error
        return _same(found, data)


def approve(
    request: ApprovalRequest,
    key: SigningKey,
    approver: str,
    sign_in: SignIn,
    at: datetime,
    *,
    decision: Decision = Decision.APPROVE,
    comment: str = "",
) -> Approval:
    """Sign a decision about a request; needs no database. ``approver``: the user id the key belongs to."""
    if len(comment) > LONGEST_COMMENT:
        raise UsageError(f"the comment must be at most {LONGEST_COMMENT} characters long: shorten it")
    where = (sign_in.host, sign_in.account)
    text = key.public.text()
    bare = Approval(request.digest, request.case, decision, approver, text, *where, at, comment)
    return replace(bare, signature=key.sign(bare.signed()))


def check_request(request: ApprovalRequest, requester: User | None) -> str:
    """Say whether the requester signed it; raises ``RefusedError`` for a signature that is not theirs.

    A request without one is no error: it says only that whoever made it acted under the requester's name.
    """
    if not request.key:
        return "not signed by the requester"
    if not _verifies(request.key, request.signature, request.covered()):
        raise _refused("request.signature", "the requester's signature does not verify: it was changed")
    if requester is None or requester.id != request.requester:
        raise _refused("request.enrolled", f"{request.requester} is no enrolled user")
    if requester.key_at(request.at) != request.key:
        raise _refused("request.enrolled-key", f"the key was not enrolled for {requester.name} at that time")
    return "signed by the requester"


def check_approval(
    approval: Approval, request: ApprovalRequest, approver: User | None, requester: User | None, now: datetime
) -> None:
    """Verify an approval, step by step; raises ``RefusedError`` that names the rule, returns nothing.

    ``approver`` and ``requester`` are the enrolled users of those ids (None = unknown).
    """
    # 1. It answers this very request, which its requester signed, if anybody did.
    if (approval.request, approval.case) != (request.digest, request.case):
        raise _refused("approval.of-this-request", "it approves another request, or the request was changed")
    check_request(request, requester)
    # 2. Somebody else than the requester, enrolled in the same unit as an approver.
    if approval.approver == request.requester:
        raise _refused("approval.second-person", "nobody approves their own request")
    if approver is None or approver.id != approval.approver:
        raise _refused("approval.enrolled", f"{approval.approver} is no enrolled user")
    if Role.APPROVER not in approver.roles or approver.unit != request.unit:
        raise _refused("approval.role", f"{approver.name} is no approver of this unit")
    # 3. With the key that was theirs when it signed and when it came here, and never the requester's.
    if {approver.key_at(time) for time in (approval.at, approval.received) if time} != {approval.key}:
        raise _refused("approval.enrolled-key", f"the key was not enrolled for {approver.name} at that time")
    if requester is not None and approval.key in {key.public for key in requester.keys}:
        raise _refused("approval.second-key", "the approver's key is the requester's own")
    # 4. At a time that can be.
    if not request.at - SKEW <= approval.at <= now + SKEW:
        raise _refused("approval.time", "the approval is dated before its request, or in the future")
    # 5. And the signature covers all of it.
    if not _verifies(approval.key, approval.signature, approval.signed()):
        raise _refused("approval.signature", "the signature does not verify: something in it was changed")


def independent(approval: Approval, request: ApprovalRequest) -> tuple[bool, str]:
    """Judge whether the approver acted apart from the requester, and say why not.

    Same host, same account of the operating system, or within a minute (as signed, or as received here) are
    *not independent*: one person may have done both. The reverse is no proof, for hosts can be made up.
    """
    whys = []
    if approval.host.casefold() == request.host.casefold():
        whys.append(f"on the requester's host {request.host}")
    if approval.account.casefold() == request.account.casefold():
        whys.append(f"under the requester's account {request.account}")
    times = [time for time in (approval.at, approval.received) if time is not None]
    if min(times) - request.at < SOON:
        whys.append(f"within {SOON.total_seconds():.0f} s of the request")
    return (not whys, f"not independent: approved {', '.join(whys)}" if whys else "independent")


def _refused(rule: str, why: str) -> RefusedError:
    text = f"{why} (rule {rule})"
    return RefusedError(f"{text}: give the request file, as it is, to an approver of the unit", rule)


def _read(data: bytes, kind: str, what: str) -> dict[str, Any]:
    plain = parse_canonical(data.strip())
    if plain.get("type") != kind:
        raise UsageError(f"this is not {what} but {plain.get('type')!r}: name the right file")
    return plain


@functools.lru_cache(maxsize=2048)  # all that it depends on is given
def _verifies(key: str, signature: bytes, data: bytes) -> bool:
    return PublicKey.of_text(key).verify(signature, data)


_File = TypeVar("_File", bound=ApprovalRequest | Approval)


def _same(found: _File, data: bytes) -> _File:
    """What was read, if it is written as these very bytes (a time has several writings)."""
    if found.file() != data.strip():
        raise UsageError("the file holds more or other than it should: use it as it was written")
    return found


def _text(plain: Mapping[str, Any], name: str) -> str:
    if not isinstance(plain[name], str):
        raise TypeError(name)
    return str(plain[name])


def _time(plain: Mapping[str, Any]) -> datetime:
    at = datetime.fromisoformat(_text(plain, "at"))
    if at.tzinfo is None:
        raise ValueError("at, which has no time zone")
    return at
