"""What a person who was filmed asks for: pure rules on values, no store and no clock of its own.

The value is called a *demand*, since ``Request`` is what an act asks of the authority; people read *request*.
Its time window is held from the moment of opening until the answer is sent. Sources: GDPR art. 12(3) (one
month, two more with notice inside the first), 15, 17, 18, 21; directive (EU) 2016/680 art. 14 to 16.
"""

import calendar
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from synopticon.errors import RefusedError, UsageError
from synopticon.governance.case import check_text, new_id
from synopticon.governance.grant import Scope
from synopticon.governance.retention import Hold, HoldKind

MONTHS, MORE = 1, 2  # to answer, and by how many it may be extended
RULE_OPEN = "request.open"
RULE_LATE = "request.extended-in-time"
RULE_ONCE = "request.decided-once"
RULE_OTHER = "request.decided-by-another"
RULE_DECIDED = "request.decided-first"
RULE_HELD = "request.holds-its-window"


class Right(StrEnum):
    """What is asked for."""

    ACCESS = "access"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OBJECTION = "objection"


ERASING = (Right.ERASURE, Right.OBJECTION)  # granted, the recordings are destroyed


class Stage(StrEnum):
    """How far it has come."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks, in words that are kept sealed.

    ``identity``: the kind of document that was seen; never its number, never a copy. ``description``: how to
    tell the person in the recordings.
    """

    name: str
    description: str
    identity: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A track of the person, as it was when it was decided. ``start``, ``end``: UTC."""

    track: str
    footage: str
    camera: str
    part: str
    digests: tuple[str, ...]
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, by whom, when. Granted for these tracks, or refused on a ground (its name)."""

    granted: bool
    by: str
    at: datetime
    tracks: tuple[Shown, ...] = ()
    ground: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the tracks."""
        return tuple(one.track for one in self.tracks)

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """The cameras and days that show the person."""
        return tuple(sorted({(one.camera, one.part) for one in self.tracks}))


@dataclass(frozen=True, slots=True)
class Demand:
    """A request of a person filmed. ``seen_by``: who saw the proof of identity, at ``opened``."""

    id: str
    right: Right
    scope: Scope
    seen_by: str
    opened: datetime
    extended: datetime | None = None
    decision: Decision | None = None
    answered: datetime | None = None

    @property
    def stage(self) -> Stage:
        """How far it has come."""
        if self.answered is not None:
            return Stage.ANSWERED
        if self.decision is None:
            return Stage.OPEN
        return Stage.GRANTED if self.decision.granted else Stage.REFUSED

    @property
    def first_due(self) -> date:
        """The last day (UTC) on which it can be answered, or extended."""
        return months_after(self.opened.astimezone(UTC).date(), MONTHS)

    @property
    def due(self) -> date:
        """The last day (UTC) on which it can be answered."""
        months = MONTHS + (MORE if self.extended else 0)
        return months_after(self.opened.astimezone(UTC).date(), months)

    def days_left(self, now: datetime) -> int:
        """Days until the last one; less than 0 when it is overdue."""
        return (self.due - now.astimezone(UTC).date()).days

    def overdue(self, now: datetime) -> bool:
        """Whether it should have been answered already."""
        return self.answered is None and self.days_left(now) < 0

    @property
    def erases(self) -> bool:
        """Whether it was granted, and the recordings that show the person are to be destroyed."""
        return self.right in ERASING and self.decision is not None and self.decision.granted


def months_after(day: date, months: int) -> date:
    """The day with the same number some months later, or the last of a month that has none.

    Source: regulation (EEC, Euratom) 1182/71 art. 3(2)(c). Weekends and holidays do not make it later here.

    >>> months_after(date(2027, 1, 31), 1), months_after(date(2028, 1, 31), 1)
    (datetime.date(2027, 2, 28), datetime.date(2028, 2, 29))
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def open_demand(right: Right, scope: Scope, person: Person, by: str, now: datetime) -> Demand:
    """A new request; raises ``UsageError`` for a name, description or proof that says nothing.

    The number begins with the day, so that people can say it.
    """
    if not person.name.strip():
        raise UsageError("the name is empty: give --name with the name of whoever asks")
    check_text("description", person.description)
    check_text("proof of identity", person.identity)
    if sum(c.isdigit() for c in person.identity) > 3:
        raise UsageError("the proof of identity holds a number: write only what kind of document was seen")
    if not scope:
        raise UsageError("a request names a place and a time: give --camera, --from and --to")
    if scope.windows[0].start >= now:
        raise UsageError(f"the window begins at {scope.windows[0].start}, in the future: give a past time")
    return Demand(f"R{now.astimezone(UTC):%Y%m%d}-{secrets.token_hex(3)}", right, scope, by, now)


def holds_of(demand: Demand) -> tuple[Hold, ...]:
    """What keeps its recordings from destruction: one hold for each camera and window."""
    return tuple(
        Hold(
            new_id("hold"), HoldKind.REQUEST, demand.id, demand.seen_by, demand.opened, camera, w.start, w.end
        )
        for camera in demand.scope.cameras
        for w in demand.scope.windows
    )


def extend(demand: Demand, reason: str, now: datetime) -> Demand:
    """Two more months; raises ``RefusedError`` after the first one, a second time, or once it is decided."""
    check_text("reason", reason)
    check_open(demand)
    if demand.decision is not None or demand.extended is not None:
        what = "decided" if demand.decision else "extended"
        raise _refused(
            f"{demand.id} is {what} already", RULE_LATE, "answer it with 'synopticon request send'"
        )
    if now.astimezone(UTC).date() > demand.first_due:
        late = f"the month in which {demand.id} could be extended ended on {demand.first_due}"
        raise _refused(late, RULE_LATE, "answer it now, and say why it is late")
    return replace(demand, extended=now)


def decide(demand: Demand, decision: Decision, *, apart: bool) -> Demand:
    """The request with its decision, made once; raises ``RefusedError``, ``UsageError``.

    ``apart``: where users are known, an erasure is granted by somebody else than who opened the request, so
    that nobody makes evidence go with a request of their own invention.
    """
    check_open(demand)
    if demand.decision is not None:
        raise decided(demand)
    if decision.granted and not decision.tracks:
        raise UsageError(
            "name the tracks that show the person: give --tracks ID,.. or --refuse --ground NAME"
        )
    if decision.granted and apart and demand.right in ERASING and decision.by == demand.seen_by:
        text = f"{decision.by} opened {demand.id} and cannot grant that recordings are destroyed"
        raise _refused(text, RULE_OTHER, "ask another user to decide")
    return replace(demand, decision=decision)


def answer(demand: Demand, now: datetime) -> Demand:
    """The request, answered; raises ``RefusedError`` before it is decided, and after it was answered."""
    check_decided(demand)
    return replace(demand, answered=now)


def check_open(demand: Demand) -> None:
    """Raise ``RefusedError`` once it was answered."""
    if demand.answered is not None:
        when = demand.answered.date().isoformat()
        raise _refused(f"{demand.id} was answered on {when}", RULE_OPEN, "open a new request")


def check_decided(demand: Demand) -> Decision:
    """The decision; raises ``RefusedError`` while there is none, and once it was answered."""
    check_open(demand)
    if demand.decision is None:
        text = f"{demand.id} is not decided: nothing can be sent"
        raise _refused(text, RULE_DECIDED, "name the tracks with 'synopticon request decide', or refuse it")
    return demand.decision


def decided(demand: Demand) -> RefusedError:
    """The refusal of a second decision."""
    return _refused(f"{demand.id} is decided already", RULE_ONCE, "see 'synopticon request show'")


def held(hold: Hold) -> RefusedError:
    """The refusal to release what an open request holds."""
    text = f"{hold.id} is of the request {hold.reference}, which is not answered"
    return _refused(text, RULE_HELD, "answer it with 'synopticon request send'")


def _refused(text: str, rule: str, remedy: str) -> RefusedError:
    return RefusedError(f"{text} (rule {rule}): {remedy}", rule)
