"""A case: why somebody may look, at what, and until when. Values and pure functions; nothing is stored here.

A case is what was asked (requests), what second persons answered (approvals), and how it ended. Its state is
never stored: it is worked out from these, the profile in force, the enrolled keys and the time, each time.
So a row changed in the database changes no approval: the signature no longer covers it.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self

from synopticon.errors import RefusedError, UsageError
from synopticon.governance.approval import (
    Approval,
    ApprovalRequest,
    Decision,
    Matter,
    check_approval,
    check_request,
    independent,
)
from synopticon.governance.canonical import digest
from synopticon.governance.capability import FOOTAGE, spread
from synopticon.governance.grant import Scope
from synopticon.governance.profile import Field, Kind, Profile, Stage
from synopticon.governance.users import User

SHORTEST = 10  # letters of a purpose, an outcome, a reason
LONGEST = 4000  # characters of any text of a case
_LETTERS = re.compile(r"[^\W\d_]")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def new_id(kind: str) -> str:
    """An id that is made without asking anyone: ``case-``, ``user-`` or such, and 16 hexadecimal digits."""
    return f"{kind}-{secrets.token_hex(8)}"


def spread_all(patterns: Iterable[str]) -> frozenset[str]:
    """All capabilities that some patterns name, such as ``event.*``; raises ``UsageError``."""
    return frozenset(name for pattern in patterns for name in spread(pattern))


@dataclass(frozen=True, slots=True)
class Terms:
    """What a case is for: GDPR art. 6 asks purpose, legal basis and article, who authorised, end date.

    ``fields``: what the profile asks besides, by name.
    """

    purpose: str
    basis: str
    authorised_by: str
    capabilities: tuple[str, ...]
    scope: Scope
    until: datetime
    fields: Mapping[str, str]

    def plain(self) -> dict[str, Any]:
        """As texts, for requests and the log."""
        return {
            "purpose": self.purpose,
            "basis": self.basis,
            "authorised_by": self.authorised_by,
            "capabilities": list(self.capabilities),
            "scope": self.scope.plain(),
            "until": self.until.isoformat(),
            "fields": dict(self.fields),
        }

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Read what ``plain`` wrote; raises ``UsageError``."""
        try:
            return cls(
                purpose=str(plain["purpose"]),
                basis=str(plain["basis"]),
                authorised_by=str(plain["authorised_by"]),
                capabilities=tuple(plain["capabilities"]),
                scope=Scope.of_plain(plain["scope"]),
                until=_utc(datetime.fromisoformat(plain["until"])),
                fields=MappingProxyType({str(k): str(v) for k, v in plain["fields"].items()}),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError(f"the terms of the case lack or garble {error}: write them again") from error


@dataclass(frozen=True, slots=True)
class Emergency:
    """A case opened because a life is at risk: at once, loud, and for ``hours`` unless approved."""

    reason: str
    at: datetime
    hours: int

    @property
    def lapses(self) -> datetime:
        """When it ends unless it was approved (UTC)."""
        return self.at + timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class Closing:
    """How a case ended: who closed it and when, with what outcome; the fields that the profile asks."""

    by: str
    at: datetime
    outcome: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dpia:
    """An impact assessment that this workspace knows: the digest of its file, and who answers for it.

    ``opinion``: the DPO's, in a word; ``configuration``: digest of the settings that it describes.
    """

    digest: str
    signatory: str
    signed: date
    opinion: str
    dpo: str
    configuration: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case with all that was asked and answered, in order. Other units do not see it."""

    id: str
    requests: tuple[ApprovalRequest, ...]
    approvals: tuple[Approval, ...] = ()
    closing: Closing | None = None

    @property
    def first(self) -> ApprovalRequest:
        """The request that opened it; unit, requester and time come from there, for they are signed over."""
        if not self.requests:
            raise UsageError(f"{self.id} has no request to open it: see docs/cases.md")
        return self.requests[0]

    @property
    def unit(self) -> str:
        """The unit it belongs to."""
        return self.first.unit

    @property
    def requester(self) -> str:
        """Id of the user who opened it."""
        return self.first.requester

    @property
    def opened(self) -> datetime:
        """When it was asked for (UTC)."""
        return self.first.at

    @property
    def emergency(self) -> Emergency | None:
        """The emergency that it was opened in, if any."""
        said = self.first.said.get("emergency")
        return Emergency(str(said["reason"]), self.opened, int(said["hours"])) if said else None

    def asked(self, matter: Matter) -> tuple[ApprovalRequest, ...]:
        """The requests about one matter, oldest first; only those of this case and unit."""
        here = (self.id, self.unit)
        return tuple(r for r in self.requests if r.matter is matter and (r.case, r.unit) == here)


class State(StrEnum):
    """Where a case stands. Only ``APPROVED`` and ``EMERGENCY`` let anything be done."""

    OPEN = "open"  # waits for approval
    REFUSED = "refused"
    APPROVED = "approved"
    EMERGENCY = "emergency"
    LAPSED = "lapsed"  # an emergency that nobody approved in time
    SUSPENDED = "suspended"  # the profile changed
    EXPIRED = "expired"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Allowance:
    """Capabilities that a second person allowed within a case; ``scope`` None = all of the case's."""

    capabilities: tuple[str, ...]
    scope: Scope | None
    until: datetime
    reason: str
    tracks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a case is worth now. ``why`` says it in a sentence, ``until`` (UTC) when that ends.

    ``notes``: one line for each approval, with whether it is independent, and one for each request, with
    whether its requester signed it; shown wherever the case is.
    """

    state: State
    terms: Terms
    until: datetime
    why: str
    allowances: tuple[Allowance, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def works(self) -> bool:
        """Whether anything may be done in the case."""
        return self.state in (State.APPROVED, State.EMERGENCY)


# --- checking what is asked --------------------------------------------------------------------------------


def check_terms(
    terms: Terms, profile: Profile, now: datetime, dpias: Iterable[Dpia] = (), *, emergency: bool = False
) -> Terms:
    """Check the terms of a new case against the profile; raises ``UsageError`` or ``RefusedError``.

    In an ``emergency`` fields may be missing (they come with the approval), but none may be wrong.
    """
    check_text("purpose", terms.purpose)
    check_text("legal basis, with its article,", terms.basis, shortest=3)
    check_text("person who authorised it", terms.authorised_by, shortest=3)
    _check_scope(terms.scope)
    _check_capabilities(terms.capabilities, profile)
    if terms.until <= now:
        raise UsageError(f"the case would end on {terms.until.isoformat()}, in the past: choose a later end")
    _check_length(terms.until, now, profile.limits.case_days, profile)
    check_fields(terms.fields, profile, Stage.OPEN, now, dpias, partial=emergency)
    return terms


def check_text(what: str, text: str, shortest: int = SHORTEST) -> None:
    """Raise ``UsageError`` unless ``text`` says something: enough letters, not one repeated, not too long."""
    letters = _LETTERS.findall(text)
    if len(letters) < shortest or len({letter.casefold() for letter in letters}) < 3:
        raise UsageError(f"the {what} says too little ({text.strip()[:40]!r}): write it in words")
    if len(text) > LONGEST:
        raise UsageError(f"the {what} must be at most {LONGEST} characters long: shorten it")


def _check_scope(scope: Scope) -> None:
    if not scope.cameras and not scope.digests:
        raise UsageError("the scope names no camera and no recording: name at least one")
    if scope.cameras and not scope.windows:
        raise UsageError("the scope names cameras but no hours: name at least one window of time")
    for recording in scope.digests:
        _check_digest("recording of the scope", recording)


def _check_capabilities(capabilities: tuple[str, ...], profile: Profile) -> None:
    if not capabilities:
        raise UsageError("the case asks for no capability: name at least one, such as synopsis")
    for name in sorted(spread_all(capabilities)):
        if name not in FOOTAGE:
            raise UsageError(f"{name} is nothing that a case gives: name capabilities on footage")
        if not profile.allows(name):
            rule = profile.rule_for(name)
            raise RefusedError(f"{name}: {rule.why} (rule {rule.name}): keep it out of the case", rule.name)


def _check_length(until: datetime, since: datetime, days: int, profile: Profile) -> None:
    rule = f"{profile.name}.case-days"
    if days and until > since + timedelta(days=days):
        text = f"a case lasts at most {days} days under {profile.label} (rule {rule})"
        raise RefusedError(f"{text}: choose an end by {(since + timedelta(days=days)).isoformat()}", rule)


def check_fields(
    given: Mapping[str, str],
    profile: Profile,
    stage: Stage,
    now: datetime,
    dpias: Iterable[Dpia] = (),
    *,
    partial: bool = False,
) -> None:
    """Check the fields that the profile asks at a stage; raises ``UsageError`` with the first that fails."""
    asked = profile.asked(stage)
    if strange := sorted(given.keys() - {field.name for field in asked}):
        known = ", ".join(field.name for field in asked) or "none"
        raise UsageError(f"the profile {profile.label} asks for no {strange[0]!r}: known are {known}")
    for field in asked:
        value = given.get(field.name, "").strip()
        if value:
            _check_field(field, value, now, {dpia.digest for dpia in dpias})
        elif not partial and not (field.unless and given.get(field.unless[0]) == field.unless[1]):
            raise UsageError(f"{field.name} is missing: give the {field.ask} ({field.source.text})")


def _check_field(field: Field, value: str, now: datetime, dpias: set[str]) -> None:
    name = field.name
    match field.kind:
        case Kind.NUMBER if not any(c.isdigit() for c in value) or len(value) > 100:
            raise UsageError(f"{name} is {value[:40]!r}: expected a number, with at least one digit")
        case Kind.DATE:
            _check_date(name, value, now)
        case Kind.DIGEST | Kind.DPIA:
            _check_digest(name, value)
            if field.kind is Kind.DPIA and value not in dpias:
                raise UsageError(
                    f"{name}: no such impact assessment is registered: record it first, with its file"
                )
        case Kind.CHOICE if value not in field.choices:
            raise UsageError(f"{name} is {value[:40]!r}: choose one of {', '.join(field.choices)}")
        case Kind.TEXT | Kind.PERSON:
            check_text(name, value, shortest=3)
    if field.must and value != field.must:
        raise UsageError(f"{name} is {value!r}, but must be {field.must!r} here: {field.ask}")


def _check_digest(name: str, value: str) -> None:
    """No free text passes for a digest, and neither does a made-up one of few different digits."""
    if not _DIGEST.fullmatch(value) or len(set(value)) < 6:
        raise UsageError(f"{name} is {value[:70]!r}: expected the SHA-256 of a file, 64 hexadecimal digits")


def _check_date(name: str, value: str, now: datetime) -> None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"{name} is {value[:40]!r}: expected a date such as 2026-11-24") from None
    if day > now.date() + timedelta(days=1):  # east of Greenwich it may be tomorrow already
        raise UsageError(f"{name} is {value}, in the future: give the day on which it was")


def configuration(profile: Profile, organisation: str, cameras: Iterable[Mapping[str, Any]]) -> str:
    """Digest (hexadecimal) of the settings that an impact assessment describes, whatever their order.

    ``cameras``: what each is for, as texts and whole numbers, such as id, place, purpose, retention in days.
    When it changes, the assessment is out of date (``dpia.current``) and no new case opens.
    """
    listed = sorted(digest(dict(camera)) for camera in cameras)
    return digest({"profile": profile.digest, "organisation": organisation, "cameras": listed})


def check_dpia(dpia: Dpia, now: datetime) -> Dpia:
    """Check an impact assessment before it is registered; raises ``UsageError``."""
    _check_digest("digest of the impact assessment", dpia.digest)
    check_text("signatory of the impact assessment", dpia.signatory, shortest=3)
    check_text("data protection officer", dpia.dpo, shortest=3)
    _check_date("date of the impact assessment", dpia.signed.isoformat(), now)
    if dpia.opinion not in OPINIONS:
        raise UsageError(f"the DPO's opinion is {dpia.opinion!r}: choose one of {', '.join(OPINIONS)}")
    return dpia


OPINIONS = ("favourable", "favourable with reservations", "unfavourable")


def check_extension(
    case: Case,
    until: datetime,
    fields: Mapping[str, str],
    profile: Profile,
    users: Mapping[str, User],
    now: datetime,
) -> None:
    """Check an extension before it is asked for; raises ``UsageError`` or ``RefusedError``.

    Up to the profile's longest time it needs its approval only; past that it is a renewal, with its fields.
    """
    standing = stand(case, profile, users, now)
    if standing.state is State.CLOSED:
        raise UsageError(f"{case.id} is closed: use a new case")
    if until <= max(standing.until, now):
        raise UsageError(f"{case.id} ends on {standing.until.isoformat()}: choose a later end")
    days = profile.limits.case_days
    longest = case.opened + timedelta(days=days) if days else until
    if until <= longest:
        check_fields(fields, profile, Stage.RENEW, now, partial=True)
        return
    if not profile.limits.renewal_days:
        _check_length(until, case.opened, days, profile)
    _check_length(until, max(longest, standing.until), profile.limits.renewal_days, profile)
    check_fields(fields, profile, Stage.RENEW, now)


def check_closing(closing: Closing, case: Case, profile: Profile, now: datetime) -> Closing:
    """Check a closing before it is recorded; raises ``UsageError``."""
    if case.closing is not None:
        raise UsageError(f"{case.id} is closed already, by {case.closing.by}: use a new case")
    check_text("outcome", closing.outcome)
    check_fields(closing.fields, profile, Stage.CLOSE, now)
    return closing


# --- where it stands ---------------------------------------------------------------------------------------


def needed(request: ApprovalRequest, profile: Profile) -> int:
    """How many second persons a request needs: as many as the profile asks now, or did when it was made."""
    asked = max(profile.limits.approvals, int(request.said.get("approvals", 0)))
    return max(1, asked) if request.matter is Matter.ALLOW else asked


def decisions(
    case: Case, request: ApprovalRequest, profile: Profile, users: Mapping[str, User], now: datetime
) -> tuple[Approval, ...]:
    """The approvals and refusals of a request that verify, one for each approver (their last)."""
    valid: dict[str, Approval] = {}
    for approval in case.approvals:
        if approval.request != request.digest:
            continue
        try:
            check_approval(approval, request, users.get(approval.approver), users.get(request.requester), now)
        except (RefusedError, UsageError):
            continue
        if not profile.limits.independent or independent(approval, request)[0]:
            valid[approval.approver] = approval
    return tuple(valid.values())


def approved(
    case: Case, request: ApprovalRequest, profile: Profile, users: Mapping[str, User], now: datetime
) -> bool | None:
    """Whether a request is approved (True), refused by somebody (False), or waits (None).

    One that is not what its requester signed waits for ever.
    """
    if not _as_signed(request, users):
        return None
    found = decisions(case, request, profile, users, now)
    if any(one.decision is Decision.REFUSE for one in found):
        return False
    return True if len(found) >= needed(request, profile) else None


def _as_signed(request: ApprovalRequest, users: Mapping[str, User]) -> bool:
    try:
        check_request(request, users.get(request.requester))
    except (RefusedError, UsageError):
        return False
    return True


def stand(case: Case, profile: Profile, users: Mapping[str, User], now: datetime) -> Standing:
    """Work out where a case stands. ``users``: the requester and the approvers, by id."""
    return _Facts(case, profile, users, now).standing()


@dataclass(frozen=True, slots=True)
class _Facts:
    case: Case
    profile: Profile
    users: Mapping[str, User]
    now: datetime

    def approved(self, request: ApprovalRequest) -> bool | None:
        return approved(self.case, request, self.profile, self.users, self.now)

    def opening(self) -> tuple[ApprovalRequest, bool | None]:
        """The request that gives the case its terms: the last that a second person approved, else the first.

        A later one without any signature changes nothing, whatever the profile asks.
        """
        first, *later = self.case.asked(Matter.OPEN) or (self.case.first,)
        for request in reversed(later):
            answers = decisions(self.case, request, self.profile, self.users, self.now)
            if answers and self.approved(request):
                return request, True
        return first, self.approved(first)

    def standing(self) -> Standing:
        opening, answer = self.opening()
        terms = Terms.of_plain(opening.said)
        days = self.profile.limits.case_days
        until = min(terms.until, opening.at + timedelta(days=days)) if days else terms.until
        until = max([until, *self.extensions()]) if answer else until
        state, why, until = self.state(opening, answer, until)
        return Standing(state, terms, until, why, tuple(self.allowances(until)), tuple(self.notes()))

    def state(
        self, opening: ApprovalRequest, answer: bool | None, until: datetime
    ) -> tuple[State, str, datetime]:
        """The first line that is true decides."""
        closing, emergency = self.case.closing, self.case.emergency
        if emergency and answer is None:
            hours = min(emergency.hours, self.profile.limits.emergency_hours)
            until = min(until, emergency.at + timedelta(hours=hours))
        ended, end = self.now >= until, until.isoformat()
        waits = f"waits for {needed(opening, self.profile)} approval(s)"
        if not _as_signed(opening, self.users):
            waits, emergency = "is not what its requester signed: somebody changed it, or their key", None
        changed = (
            f"the profile changed to {self.profile.label} ({self.profile.digest[:16]}) since it was opened"
        )
        lines = (
            (closing, State.CLOSED, f"closed by {closing.by}: {closing.outcome}" if closing else ""),
            (answer is False, State.REFUSED, "an approver refused it"),
            (answer is None and not emergency, State.OPEN, waits),
            (answer is None and ended, State.LAPSED, f"an emergency that nobody approved by {end}"),
            (ended, State.EXPIRED, f"ended on {end}"),
            (not self.same_profile(opening), State.SUSPENDED, changed),
            (answer is None, State.EMERGENCY, f"emergency, not approved; lapses on {end}"),
            (True, State.APPROVED, f"holds until {end}"),
        )
        state, why = next((state, why) for true, state, why in lines if true)
        return state, why, closing.at if closing else until

    def extensions(self) -> Iterable[datetime]:
        """Ends of the approved extensions; one past the profile's longest time with its fields only."""
        days = self.profile.limits.case_days
        for request in self.case.asked(Matter.EXTEND):
            until = _utc(datetime.fromisoformat(str(request.said["until"])))
            renewed = not days or until <= self.case.opened + timedelta(days=days) or self.renewed(request)
            if renewed and self.approved(request):
                yield until

    def renewed(self, request: ApprovalRequest) -> bool:
        try:
            check_fields(request.said.get("fields", {}), self.profile, Stage.RENEW, self.now)
        except UsageError:
            return False
        return self.profile.limits.renewal_days > 0

    def same_profile(self, opening: ApprovalRequest) -> bool:
        """Whether the case was opened, or approved again, under the profile in force."""
        wanted = self.profile.digest
        again = (r for r in self.case.asked(Matter.PROFILE) if r.profile == wanted)
        return opening.profile == wanted or any(self.approved(r) for r in again)

    def allowances(self, until: datetime) -> Iterable[Allowance]:
        for request in self.case.asked(Matter.ALLOW):
            found = allowance(request, until)
            if self.now < found.until and request.profile == self.profile.digest and self.approved(request):
                yield found

    def notes(self) -> Iterable[str]:
        """Why approvals that are in the case do not count."""
        by_digest = {request.digest: request for request in self.case.requests}
        for approval in self.case.approvals:
            request = by_digest.get(approval.request)
            if request is None:
                yield f"an approval of {approval.approver} is of a request that is not there, or was changed"
                continue
            approver = self.users.get(approval.approver)
            try:
                check_approval(approval, request, approver, self.users.get(request.requester), self.now)
            except (RefusedError, UsageError) as error:
                yield f"{request.matter}: the approval of {approval.approver} does not count: {error}"
                continue
            judged = independent(approval, request)[1]
            yield f"{request.matter}: {approval.decision} by {approval.approver}, {judged}"
        yield from (f"{r.matter}: {self.signed(r)}" for r in self.case.requests)

    def signed(self, request: ApprovalRequest) -> str:
        try:
            return check_request(request, self.users.get(request.requester))
        except (RefusedError, UsageError) as error:
            return f"the request does not count: {error}"


def allowance(request: ApprovalRequest, until: datetime) -> Allowance:
    """Read a request for capabilities (``Matter.ALLOW``); ends with the case. Raises ``UsageError``."""
    said = request.said
    try:
        end = _utc(datetime.fromisoformat(said["until"])) if said.get("until") else until
        scope = Scope.of_plain(said["scope"]) if said.get("scope") else None
        tracks = tuple(str(track) for track in said.get("tracks", ()))
        return Allowance(tuple(said["capabilities"]), scope, min(end, until), str(said["reason"]), tracks)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"the request lacks or garbles {error}: write it again") from error


def _utc(time: datetime) -> datetime:
    if time.tzinfo is None:
        raise UsageError(f"{time.isoformat()} has no time zone: add one, such as +01:00")
    return time.astimezone(UTC)
