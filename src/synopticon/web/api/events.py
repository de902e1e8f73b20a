"""Events that were found, decisions on them, and the rules that find them: written, tried, run."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, Field, JsonValue

from synopticon.acts import camera_rules, kept_events
from synopticon.acts.camera_rules import CameraRule, RuleKind, RuleWish
from synopticon.acts.events import CameraWish, EventsResult, Rules, events_of_camera
from synopticon.acts.kept_events import EventQuestion, KeptEvents, StoredEvent
from synopticon.events.event import Event
from synopticon.events.feedback import Proposal, Rate
from synopticon.web.api.fields import Moment, utc
from synopticon.web.auth import Here

ShortText = Annotated[str, Field(max_length=200)]
Names = Annotated[tuple[ShortText, ...], Query(max_length=50)]
Verdict = Literal["accepted", "rejected", "unsure"]
Verdicts = Annotated[tuple[Literal["accepted", "rejected", "unsure", "new"], ...], Query(max_length=4)]


class MeasuredOut(BaseModel):
    """One value that was measured, beside the rule's."""

    what: str
    value: float
    rule: float
    unit: str


class EventOut(BaseModel):
    """A situation that a rule found. ``begin``, ``until``: seconds of its recording (of the stream, if live).

    ``start``, ``end``: none where the clock is unknown; ``box``: x, y, width, height in pixels of the
    recording. ``id``, ``raised``: "" and none of what a trial found; ``verdict``: new, accepted, rejected,
    unsure, with who decided (an id) and when.
    """

    id: str
    rule: str
    name: str
    camera: str
    footage: str
    live: bool
    start: str | None
    end: str | None
    begin: float
    until: float
    box: tuple[float, float, float, float]
    tracks: list[str]
    reason: list[MeasuredOut]
    severity: str
    raised: str | None
    verdict: str
    by: str
    at: str | None
    note: str


class ProposalOut(BaseModel):
    """Another limit of a rule: accepted events stay, ``dropped`` rejected ones go. Nobody sets it but you."""

    what: str
    unit: str
    limit: float
    proposed: float
    accepted: int
    dropped: int
    rejected: int


class RateOut(BaseModel):
    """How a rule does at a camera, by what people decided; intervals are of 95 %.

    ``precision``: of those decided, how many were right; ``false_a_day``: at least so many false alarms in a
    day of footage. None where nothing was decided, or no footage is in the scope.
    """

    rule: str
    name: str
    camera: str
    accepted: int
    rejected: int
    unsure: int
    new: int
    camera_days: float
    precision: float | None
    precision_interval: tuple[float, float]
    false_a_day: float | None
    false_a_day_interval: tuple[float, float] | None
    says: str
    proposal: ProposalOut | None


class EventsOut(BaseModel):
    """Kept events in the order of their starts; ``more``: there are earlier ones; ``may``: kinds shown."""

    events: list[EventOut]
    cameras: dict[str, str]
    rates: list[RateOut]
    more: bool
    may: list[str]


class EventDecisions(BaseModel):
    """What is decided about events."""

    events: list[ShortText] = Field(min_length=1, max_length=1000)
    verdict: Verdict
    note: str = Field("", max_length=kept_events.LONGEST)
    case: str | None = Field(None, max_length=100)
    reason: str = Field("", max_length=4000)


class EventDecisionOut(BaseModel):
    """What was decided about an event, by whom (an id) and when."""

    event: str
    verdict: str
    by: str
    at: str
    note: str


class EventsDecidedOut(BaseModel):
    """What was decided, and what the figures of these events' rules are now."""

    decisions: list[EventDecisionOut]
    rates: list[RateOut]


class EventsWish(BaseModel):
    """What of a camera is looked at: events that begin from ``start`` to ``end``; none = all."""

    start: Moment | None = None
    end: Moment | None = None
    case: str | None = Field(None, max_length=100)
    reason: str = Field("", max_length=4000)


class RuleIn(BaseModel):
    """A rule: its kind, and its parameters as a file of rules has them."""

    rule: str = Field(max_length=60)
    settings: dict[ShortText, JsonValue] = Field(default_factory=dict, max_length=30)


class TrialWish(EventsWish, RuleIn):
    """A rule, and what of a camera it is tried on."""


class FoundEventsOut(BaseModel):
    """What rules found. ``fresh``: events that were kept and not known before; ``seconds`` of footage.

    ``notes``: what could not be looked for; ``took``: seconds of the replay; ``a_day``: events in a day of
    footage.
    """

    events: list[EventOut]
    fresh: int
    seconds: float
    gaps: int
    notes: list[str]
    took: float
    a_day: float


class ParameterOut(BaseModel):
    """What can be set of a rule; ``needed``: it has no default."""

    name: str
    kind: Literal["number", "whole", "truth", "choice", "classes", "zone", "line", "hours", "text"]
    default: JsonValue
    needed: bool
    choices: list[str]


class RuleKindOut(BaseModel):
    """A rule that this build has. ``usual``: it runs at every camera where no rules are named."""

    kind: str
    says: str
    explains: str
    capability: str
    parameters: list[ParameterOut]
    usual: bool


class CameraRuleOut(BaseModel):
    """A rule that a camera has of its own."""

    camera: str
    name: str
    rule: str
    settings: dict[str, JsonValue]
    by: str
    at: str


def list_events(
    here: Here,
    *,
    camera: str = "",
    rule: Names = (),
    verdict: Verdicts = (),
    start: Moment | None = None,
    end: Moment | None = None,
    case: str | None = None,
    reason: str = "",
) -> EventsOut:
    """List events that were kept, with how often their rules are right at each camera."""
    asked = EventQuestion(camera, rule, verdict, start, end)
    return _events(kept_events.list_events(here, asked, case=case, reason=reason))


def decide_events(here: Here, body: EventDecisions) -> EventsDecidedOut:
    """Accept, reject or doubt events: all or none."""
    made, counted = kept_events.decide_events(
        here, body.events, body.verdict, note=body.note, case=body.case, reason=body.reason
    )
    decided = [
        EventDecisionOut(event=d.event, verdict=d.verdict, by=d.by, at=d.at.isoformat(), note=d.note)
        for d in made
    ]
    return EventsDecidedOut(decisions=decided, rates=[_rate(r) for r in counted])


def look_for_events(here: Here, camera: str, body: EventsWish) -> FoundEventsOut:
    """Run the usual rules and the camera's own over what is stored of it, and keep what they find."""
    wish = CameraWish(camera, body.start, body.end, body.case, body.reason, keep=True)
    return _looked(here, camera, events_of_camera(here, Rules(), wish))


def try_rule(here: Here, camera: str, body: TrialWish) -> FoundEventsOut:
    """Replay a rule over what is stored of a camera; nothing is kept."""
    wish = CameraWish(camera, body.start, body.end, body.case, body.reason)
    made = camera_rules.try_rule(here, RuleWish(body.rule, body.settings), wish)
    return _looked(here, camera, made.found)


def list_rule_kinds(_here: Here) -> list[RuleKindOut]:
    """List the rules that there are, with their parameters, defaults and what they mean."""
    return [_kind(kind) for kind in camera_rules.rule_kinds()]


def list_rules(here: Here, camera: str) -> list[CameraRuleOut]:
    """List the rules that a camera has of its own."""
    return [_rule(one) for one in camera_rules.list_rules(here, camera)]


def save_rule(here: Here, camera: str, name: str, body: RuleIn) -> CameraRuleOut:
    """Write a rule of a camera, instead of one of this name."""
    return _rule(camera_rules.save_rule(here, camera, name, RuleWish(body.rule, body.settings)))


def delete_rule(here: Here, camera: str, name: str) -> None:
    """Forget a rule of a camera."""
    camera_rules.drop_rule(here, camera, name)


def _events(found: KeptEvents) -> EventsOut:
    return EventsOut(
        events=[_kept(e) for e in found.events],
        cameras=found.cameras,
        rates=[_rate(r) for r in found.rates],
        more=found.more,
        may=list(found.may),
    )


def _kept(e: StoredEvent) -> EventOut:
    plain = _event(e.event, e.camera, e.footage, e.start, e.end)
    d = e.decision
    decided = {"by": d.by, "at": utc(d.at), "note": d.note} if d else {}
    return plain.model_copy(update={"id": e.id, "raised": utc(e.raised), "verdict": e.verdict, **decided})


def _event(e: Event, camera: str, footage: str, start: datetime | None, end: datetime | None) -> EventOut:
    reason = [MeasuredOut(what=m.what, value=m.value, rule=m.limit, unit=m.unit) for m in e.reason]
    return EventOut(
        id="", rule=e.rule, name=e.name, camera=camera, footage=footage, live=not footage, start=utc(start),
        end=utc(end), begin=round(e.start, 3), until=round(e.end, 3), box=e.box, tracks=list(e.tracks),
        reason=reason, severity=e.severity, raised=None, verdict="new", by="", at=None, note="",
    )  # fmt: skip


def _rate(r: Rate) -> RateOut:
    return RateOut(**r.plain(), says=r.says, proposal=_proposal(r.proposal))


def _proposal(p: Proposal | None) -> ProposalOut | None:
    return None if p is None else ProposalOut.model_validate(p, from_attributes=True)


def _looked(here: Here, camera: str, found: EventsResult) -> FoundEventsOut:
    id_ = here.cameras.find(camera).id
    return FoundEventsOut(
        events=[_event(t.event, id_, t.footage, t.start_utc, t.end_utc) for t in found.events],
        fresh=found.fresh, seconds=round(found.seconds, 3), gaps=found.gaps, notes=list(found.notes),
        took=round(found.took, 3), a_day=round(found.a_day, 3),
    )  # fmt: skip


def _kind(kind: RuleKind) -> RuleKindOut:
    return RuleKindOut.model_validate(kind, from_attributes=True)


def _rule(r: CameraRule) -> CameraRuleOut:
    return CameraRuleOut(
        camera=r.camera, name=r.name, rule=r.rule, settings=dict(r.settings), by=r.by, at=r.at.isoformat()
    )
