"""People, cases and approvals for tests of governance."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from synopticon.governance.approval import ApprovalRequest, Matter, approve
from synopticon.governance.authority import Facts, Reason, Request
from synopticon.governance.case import Case, Dpia, Terms
from synopticon.governance.grant import Scope, Window
from synopticon.governance.keys import SigningKey
from synopticon.governance.profile import shipped
from synopticon.governance.users import Authorisation, Method, Role, SignIn, User, enrol, prove_possession

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DIGEST = "0123456789abcdef" * 4
CONFIGURATION = "c0ffee" + DIGEST[6:]
WINDOW = Window(NOW - 30 * HOUR, NOW - 20 * HOUR)
SCOPE = Scope(("cam-1", "cam-2"), (WINDOW,), (DIGEST,))
CAPABILITIES = ("ingest", "view.masked", "view.unmasked", "synopsis", "search.*", "case.mark", "journey")
KEYS = {name: SigningKey.make() for name in ("ines", "axel", "anna", "otto")}
FIELDS = MappingProxyType(
    {
        "procedure": "2026/1234",
        "offence": "burglary, penal code 311-4",
        "flagrance": "no",
        "magistrate": "J. Martin, prosecutor",
        "authorisation_date": "2026-11-20",
        "dpia": DIGEST,
        "declaration": "CNIL 2026-77",
        "declaration_date": "2026-01-05",
        "declaration_digest": DIGEST[::-1],
    }
)
DPIA = Dpia(DIGEST, "M. Durand, head of service", date(2026, 1, 10), "favourable", "L. Petit", CONFIGURATION)
REASON = Reason("the man with the red top leaves by the back door", ("track-1",))


def person(name, *roles, unit="unit-1", since=NOW - 100 * DAY) -> User:
    """An active user with an enrolled key (of KEYS) and an own authorisation."""
    own = Authorisation("H-12", "the commissioner", date(2026, 1, 1))
    bare = User(f"user-{name}", name, unit, frozenset(roles), authorisation=own)
    key = KEYS[name]
    return enrol(bare, key.public, prove_possession(bare.id, key), since)


INES = person("ines", Role.INVESTIGATOR)
AXEL = person("axel", Role.APPROVER)
ANNA = person("anna", Role.APPROVER)
OTTO = person("otto", Role.OPERATOR)
USERS = MappingProxyType({user.id: user for user in (INES, AXEL, ANNA, OTTO)})
PROFILE = shipped("fr-judicial")


def signed_in(host="desk-ines", account="ines", at=NOW - HOUR, method=Method.KEY) -> SignIn:
    return SignIn(method, host, account, at)


def terms(**changes) -> Terms:
    base = Terms(
        purpose="who broke into the depot on Sunday night",
        basis="code of criminal procedure, art. 75",
        authorised_by="J. Martin, prosecutor",
        capabilities=CAPABILITIES,
        scope=SCOPE,
        until=NOW + 30 * DAY,
        fields=FIELDS,
    )
    return replace(base, **changes)


def opening(
    asked=None, *, user=INES, at=NOW - 2 * DAY, profile=PROFILE, case="case-1", **more
) -> ApprovalRequest:
    said = {**(asked or terms()).plain(), "approvals": profile.limits.approvals, **more}
    return ApprovalRequest.make(case, Matter.OPEN, user, signed_in(), at, profile.digest, said)


def allowing(*capabilities, at=NOW - DAY, tracks=(), profile=PROFILE, **more) -> ApprovalRequest:
    said = {"capabilities": list(capabilities), "reason": "the face decides", "tracks": list(tracks), **more}
    return ApprovalRequest.make("case-1", Matter.ALLOW, INES, signed_in(), at, profile.digest, said)


def answer(request, name="axel", *, after=HOUR, host="desk-axel", account=None, **more):
    """An approval by one of KEYS, on a desk of their own, an hour later."""
    at = request.at + after
    desk = signed_in(host, account or name)
    found = approve(request, KEYS[name], f"user-{name}", desk, at, **more)
    return replace(found, received=at + HOUR)


def case(*more, asked=None, answers=True, **changes) -> Case:
    """An approved case of INES; ``more``: further requests, approved too."""
    requests = (opening(asked, **changes), *more)
    return Case("case-1", requests, tuple(answer(r) for r in requests) if answers else ())


def facts(**changes) -> Facts:
    base = Facts(
        profile=PROFILE,
        since=NOW - 50 * DAY,
        organisation="Police of Lyon",
        user=INES,
        case=case(),
        users=USERS,
        witnessed=NOW - DAY,
        latest=NOW - HOUR,
        dpia=DPIA,
        configuration=CONFIGURATION,
    )
    return replace(base, **changes)


def request(capability="synopsis", **changes) -> Request:
    base = Request(capability, INES.id, signed_in(), "case-1", SCOPE, REASON)
    return replace(base, **changes)
