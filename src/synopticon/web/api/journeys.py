"""What looks alike, and following it from camera to camera: candidates, which a person decides about."""

from base64 import b64encode
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from synopticon.acts import journey
from synopticon.acts.pictures import pictures_of
from synopticon.acts.similar import LIMIT, Sighting, similar
from synopticon.web.api.fields import utc
from synopticon.web.auth import Here

CaseId = Annotated[str | None, Field(max_length=100)]
Text = Annotated[str, Field(max_length=4000)]
TrackId = Annotated[str, Field(min_length=1, max_length=200)]
MOST = 100  # candidates of one question


class Looked(BaseModel):
    """Why somebody asks, and how many candidates are shown."""

    case: CaseId = None
    reason: Text = ""
    limit: int = Field(LIMIT, ge=1, le=MOST)


class Verdict(BaseModel):
    """What a person decided about two tracks; ``reason`` is kept with it."""

    other: TrackId
    verdict: Literal["confirmed", "rejected"]
    case: CaseId = None
    reason: Text = ""


class SightingOut(BaseModel):
    """A track where and when it was seen, its camera by name; the clock errs by ``uncertainty`` seconds."""

    track: str
    camera: str
    label: str
    start: str | None
    end: str | None
    uncertainty: float
    clock: str


class CandidateOut(BaseModel):
    """A track that may be the same thing: ``score`` 0..1, and why."""

    seen: SightingOut
    score: float
    reasons: list[str]


class CandidatesOut(BaseModel):
    """Candidates, the likeliest first. ``compared``: tracks; ``decided``: left out, decided before.

    ``notes``: what must be said with them.
    """

    of: SightingOut
    candidates: list[CandidateOut]
    compared: int
    decided: int
    notes: list[str]


class DecisionOut(BaseModel):
    """What was decided, by whom and when; ``between``: what lies between the two, in words."""

    first: SightingOut
    second: SightingOut
    verdict: str
    by: str
    at: str
    note: str
    between: str


class StopOut(BaseModel):
    """A track of a journey; ``before``: what lies between it and the one before it."""

    seen: SightingOut
    recording: str
    before: str


class JourneyOut(BaseModel):
    """What confirmed links join, in true time. ``outside``: tracks out of the scope."""

    stops: list[StopOut]
    links: int
    outside: int
    notes: list[str]


def find_similar(here: Here, track: str, body: Looked) -> CandidatesOut:
    """Rank the tracks of the case that look most like one, by clothing and shape, never by a head."""
    found = similar(here, track, case=body.case, reason=body.reason, limit=body.limit)
    hits = [CandidateOut(seen=seen_out(h.seen), score=h.score, reasons=[h.reason]) for h in found.hits]
    return CandidatesOut(
        of=seen_out(found.like), candidates=hits, compared=found.compared, decided=0, notes=list(found.notes)
    )


def follow_track(here: Here, track: str, body: Looked) -> CandidatesOut:
    """Rank the tracks of other cameras that may be the same thing, by look, time, way and direction."""
    found = journey.follow(here, track, case=body.case, reason=body.reason, limit=body.limit)
    made = [
        CandidateOut(seen=seen_out(c.seen), score=c.score, reasons=list(c.reasons)) for c in found.candidates
    ]
    return CandidatesOut(
        of=seen_out(found.of), candidates=made, compared=found.compared, decided=found.decided,
        notes=list(found.notes),
    )  # fmt: skip


def decide_link(here: Here, track: str, body: Verdict) -> DecisionOut:
    """Confirm or reject that two tracks are the same thing: a person does, never the program."""
    made = journey.decide(here, (track, body.other), body.verdict, case=body.case, reason=body.reason)
    return DecisionOut(
        first=seen_out(made.first), second=seen_out(made.second), verdict=made.verdict, by=made.by,
        at=made.at.isoformat(), note=made.note, between=made.between,
    )  # fmt: skip


def show_journey(here: Here, track: str, case: str | None = None, reason: str = "") -> JourneyOut:
    """Give all that confirmed links join to a track, in true time."""
    found = journey.timeline(here, track, case=case, reason=reason)
    stops = [StopOut(seen=seen_out(s.seen), recording=s.recording, before=s.before) for s in found.stops]
    return JourneyOut(stops=stops, links=found.links, outside=found.outside, notes=list(found.notes))


def list_pictures_of(
    here: Here,
    track: Annotated[list[TrackId], Query(min_length=1, max_length=MOST)],
    case: str | None = None,
    reason: str = "",
) -> dict[str, str]:
    """Give masked pictures of these tracks, as ``data:`` addresses; one entry in the log."""
    found = pictures_of(here, track, case=case, reason=reason)
    return {one: f"data:image/jpeg;base64,{b64encode(data).decode()}" for one, data in found.items()}


def seen_out(one: Sighting) -> SightingOut:
    """A sighting as it is sent."""
    return SightingOut(
        track=one.track, camera=one.camera, label=one.label, start=utc(one.start), end=utc(one.end),
        uncertainty=one.uncertainty, clock=one.clock,
    )  # fmt: skip
