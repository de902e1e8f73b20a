"""What a report of an export says: plain values that ``acts.reporting`` gathers.

Names are those that people gave; times are UTC, None where a clock is unknown; lengths are seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from synopticon.governance.documents.facts import Facts
from synopticon.governance.grant import NOTHING, Scope
from synopticon.search.measured import Figure


@dataclass(frozen=True, slots=True)
class Answer:
    """What a second person answered to a request.

    ``counts``: its signature holds; ``why``: why it does not count, or is not independent.
    """

    matter: str
    decision: str
    by: str
    at: datetime
    counts: bool
    independent: bool
    why: str


@dataclass(frozen=True, slots=True)
class CaseTold:
    """The case that the export was made in; ``fields``: what its profile asks, by the question.

    ``closed``: by whom, when and with what outcome; ``emergency``: since when and why.
    """

    id: str
    unit: str
    requester: str
    opened: datetime
    until: datetime
    state: str
    purpose: str
    basis: str
    authority: str
    capabilities: tuple[str, ...]
    fields: tuple[tuple[str, str], ...] = ()
    answers: tuple[Answer, ...] = ()
    closed: tuple[str, datetime, str] | None = None
    emergency: tuple[datetime, str] | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """What of a recording lies in the scope, and its clock: source, and error in seconds on both sides."""

    camera: str
    name: str
    start: datetime | None
    end: datetime | None
    seconds: float
    clock: str
    error: float
    digests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unseen:
    """A stretch within the scope that was not seen, and why."""

    camera: str
    start: datetime | None
    end: datetime | None
    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Covered:
    """How much was recorded by a camera within the scope, and how much of that was looked at."""

    camera: str
    recorded: float
    seen: float


@dataclass(frozen=True, slots=True)
class Asked:
    """One search: its entry of the log, who asked what, and how many hits it gave.

    ``state``: ``done``, ``failed``, or "" = no outcome is known; ``question`` None = erased.
    """

    entry: int
    at: datetime
    by: str
    capability: str
    question: str | None
    hits: int | None
    state: str


@dataclass(frozen=True, slots=True)
class Linked:
    """What somebody decided about two tracks of different cameras: one thing (``confirmed``), or not.

    As its entry of the log says; one whose payload was erased is not known any more.
    """

    entry: int
    at: datetime
    by: str
    verdict: str
    tracks: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Counted:
    """How often something was done, and how often it was refused."""

    capability: str
    times: int
    refused: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A track: what, where, when."""

    track: str
    kind: str
    camera: str
    start: datetime | None
    end: datetime | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody decided and noted about a track; ``trim``: the seconds of it that matter."""

    seen: Seen
    verdict: str
    by: str
    at: datetime
    tags: tuple[str, ...] = ()
    note: str = ""
    trim: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """An event that a rule found and a person decided on; ``measured``: values against the rule's."""

    name: str
    camera: str
    start: datetime | None
    measured: tuple[str, ...]
    verdict: str
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class RuleRate:
    """How a rule did at a camera, by what people decided: ``right`` of ``right + wrong`` [``interval``].

    ``open``: not decided, or unsure; ``days`` of footage.
    """

    name: str
    camera: str
    right: int
    wrong: int
    open: int
    interval: tuple[float, float]
    days: float


@dataclass(frozen=True, slots=True)
class Ran:
    """One way in which recordings were analysed: what it ran with, and how many recordings."""

    model: str
    recordings: int
    settings: str
    versions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that the report says. ``facts``: of the workspace, its profile and log; cameras of the scope only.

    ``facts.at`` is the package's time. ``tracks``: those that were chosen for the export; ``masked``: whether
    all its pictures are. ``cards``: of each model, what its card
    says of its errors.
    """

    facts: Facts
    recipient: str
    by: str
    reason: str = ""
    masked: bool = True
    case: CaseTold | None = None
    scope: Scope = NOTHING
    recordings: tuple[Recording, ...] = ()
    covered: tuple[Covered, ...] = ()
    gaps: tuple[Unseen, ...] = ()
    tracks: tuple[Seen, ...] = ()
    searches: tuple[Asked, ...] = ()
    others: tuple[Counted, ...] = ()
    decisions: tuple[Decided, ...] = ()
    links: tuple[Linked, ...] = ()
    events: tuple[Situation, ...] = ()
    rates: tuple[RuleRate, ...] = ()
    figures: tuple[Figure, ...] = ()
    cards: tuple[tuple[str, tuple[str, ...]], ...] = ()
    runs: tuple[Ran, ...] = ()

    @property
    def zones(self) -> Mapping[str, str]:
        """The time zone of each camera, by its name."""
        return {camera.name: camera.zone for camera in self.facts.cameras}
