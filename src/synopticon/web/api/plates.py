"""Number plates of a case: shown in clear for a reason, looked for by lists, followed from camera to camera.

They are searched with ``plate:`` in a question (see ``search``), and shown masked everywhere but here.
"""

from typing import Annotated

from pydantic import BaseModel, Field

from synopticon.acts import plates
from synopticon.acts.plates import MOST, ListInfo
from synopticon.web.api.fields import Moment, utc
from synopticon.web.api.journeys import CaseId, SightingOut, Text, TrackId, seen_out
from synopticon.web.auth import Here

ListName = Annotated[str, Field(min_length=1, max_length=60)]
LONGEST = 400_000  # characters of a list


class Clear(BaseModel):
    """Of which tracks the plates are to be shown in clear, and why."""

    tracks: list[TrackId] = Field(min_length=1, max_length=MOST)
    case: CaseId = None
    reason: Text = ""


class PlateOut(BaseModel):
    """What was read of a track, in clear. ``confidence`` 0..1, one number a character, 0 for ``?``.

    ``country`` whose grammar fits; ``corrected``: it put a character right (O and 0, I and 1, B and 8).
    """

    track: str
    text: str
    confidence: list[float]
    country: str
    corrected: bool


class Followed(BaseModel):
    """Which plate is followed: all of it, a pattern with * and ?, or ~ before what may be misread."""

    plate: str = Field(max_length=40)
    case: CaseId = None
    reason: Text = ""


class PlateStopOut(BaseModel):
    """Where and when a plate was read, masked. ``before``: what lies between it and the stop before.

    ``seconds`` of that, null = a clock is unknown; ``way``: whether it fits the way between the two cameras.
    """

    seen: SightingOut
    plate: str
    score: float
    says: str
    before: str
    way: str
    seconds: float | None


class PlateJourneyOut(BaseModel):
    """Stops in true time; ``of``: what was looked for, masked. A person confirms each link."""

    of: str
    stops: list[PlateStopOut]
    gap_seconds: float
    notes: list[str]


class PlateList(BaseModel):
    """A list of plates, one a line or first of a line with commas, why, and until when."""

    name: ListName
    plates: str = Field(min_length=1, max_length=LONGEST)
    until: Moment
    case: CaseId = None
    reason: Text = ""


class PlateListOut(BaseModel):
    """A list of the case; its plates masked, none after its end. Found as ``plate:@NAME``."""

    name: str
    reason: str
    by: str
    at: str
    until: str
    ended: bool
    count: int
    plates: list[str]


def reveal_plates(here: Here, body: Clear) -> list[PlateOut]:
    """Show plates in clear; the log keeps of which tracks, by whom and why, and never a text."""
    found = plates.reveal(here, body.tracks, case=body.case, reason=body.reason)
    return [
        PlateOut(
            track=one.track, text=one.text, confidence=list(one.confidence), country=one.country,
            corrected=one.corrected,
        )
        for one in found
    ]  # fmt: skip


def follow_plate(here: Here, body: Followed) -> PlateJourneyOut:
    """List where a plate was read, camera by camera, in true time, with the times between."""
    found = plates.follow(here, body.plate, case=body.case, reason=body.reason)
    stops = [
        PlateStopOut(
            seen=seen_out(s.seen), plate=s.plate, score=s.score, says=s.says, before=s.before, way=s.way,
            seconds=s.seconds,
        )
        for s in found.stops
    ]  # fmt: skip
    return PlateJourneyOut(of=found.of, stops=stops, gap_seconds=found.gap_seconds, notes=list(found.notes))


def list_plate_lists(here: Here, case: str | None = None, reason: str = "") -> list[PlateListOut]:
    """List the lists of a case, their plates masked."""
    return [_list(one) for one in plates.list_lists(here, case=case, reason=reason)]


def import_plate_list(here: Here, body: PlateList) -> PlateListOut:
    """Keep a list of plates that a case looks for, sealed, until its end."""
    made = plates.import_list(
        here, body.name, body.plates, until=body.until, case=body.case, reason=body.reason
    )
    return _list(made)


def drop_plate_list(here: Here, name: str, case: str | None = None, reason: str = "") -> None:
    """Destroy a list of a case before its end."""
    plates.drop_list(here, name, case=case, reason=reason)


def _list(one: ListInfo) -> PlateListOut:
    return PlateListOut(
        name=one.name, reason=one.reason, by=one.by, at=utc(one.at) or "", until=utc(one.until) or "",
        ended=one.ended, count=one.count, plates=list(one.plates),
    )  # fmt: skip
