"""Cameras, what they recorded and what of it was not seen, and what is drawn into their pictures."""

from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, Field

from synopticon.acts import zones
from synopticon.acts.cameras import list_cameras as known_cameras
from synopticon.acts.recordings import Blind, Recordings
from synopticon.acts.recordings import list_recordings as known_recordings
from synopticon.acts.scenes import empty_scene, ways_of
from synopticon.acts.search import Coverage
from synopticon.acts.zones import AreaInfo
from synopticon.values import ground
from synopticon.values.footage import Clock
from synopticon.web.api.fields import Point, utc
from synopticon.web.auth import Here


class CameraOut(BaseModel):
    """A camera. ``days``: how long its footage is kept, none = no rule sets an end; ``zone``: IANA name."""

    id: str
    name: str
    place: str
    zone: str
    purpose: str
    days: int | None


class ClockOut(BaseModel):
    """When a recording began (none = unknown), by which ``source``; it errs by ``uncertainty`` seconds."""

    start: str | None
    source: str
    uncertainty: float


class RecordingOut(BaseModel):
    """A stretch of a recording that may be looked at; no times where its clock is unknown.

    ``model``: what looked at it, none = it was not analysed; ``clock``: of the whole recording.
    """

    footage: str
    camera: str
    name: str
    start: str | None
    end: str | None
    seconds: float
    model: str | None
    clock: ClockOut


class GapOut(BaseModel):
    """A stretch that was not seen, and why."""

    footage: str
    camera: str
    start: str | None
    end: str | None
    seconds: float
    reason: str


class CoverageOut(BaseModel):
    """How much was looked at, in seconds of all cameras together; ``share`` 0..1.

    ``asked``: of the scope's hours, none where recordings are named.
    """

    asked: float | None
    recorded: float
    seen: float
    share: float


class RecordingsOut(BaseModel):
    """What there is to look at; ``cameras``: names by id."""

    recordings: list[RecordingOut]
    gaps: list[GapOut]
    coverage: CoverageOut
    cameras: dict[str, str]


class ZoneOut(BaseModel):
    """A zone or a line in a camera's picture, 0..1; upper left is 0,0."""

    camera: str
    name: str
    kind: Literal["zone", "line"]
    points: list[Point]


class Drawing(BaseModel):
    """What is drawn: corners of a zone, or the points of a line."""

    kind: Literal["zone", "line"]
    points: list[Point] = Field(max_length=200)


class EmptySceneOut(BaseModel):
    """The empty scene of a camera: a ``data:`` address (JPEG), none where nothing was analysed.

    ``width``, ``height`` of the recording; ``at``: the time it is of, none where the clock is unknown.
    """

    picture: str | None
    width: int
    height: int
    at: str | None


class WayOut(BaseModel):
    """Where a track went: its foot at 16 times equally apart, 0..1."""

    label: str
    path: list[Point]


class WaysOut(BaseModel):
    """Tracks that began in the last day of which there are any; ``total``: how many, if more are not given.

    ``since``, ``until``: when the first and the last of them began, none where the clock is unknown.
    """

    ways: list[WayOut]
    total: int
    since: str | None
    until: str | None


class GroundIn(BaseModel):
    """Four or more places in the picture (0..1), and where they lie on the ground, in metres."""

    picture: list[Point] = Field(min_length=4, max_length=200)
    metres: list[Point] = Field(min_length=4, max_length=200)


def list_cameras(here: Here) -> list[CameraOut]:
    """List the cameras, by name."""
    return [CameraOut.model_validate(c, from_attributes=True) for c in known_cameras(here)]


def list_recordings(here: Here, camera: str = "", case: str | None = None, reason: str = "") -> RecordingsOut:
    """List what may be looked at, of one camera or all, with what of it was not seen."""
    found = known_recordings(here, camera, case=case, reason=reason)
    return RecordingsOut(
        recordings=list(_recordings(found)),
        gaps=gaps(found.gaps),
        coverage=coverage(found.coverage),
        cameras=found.cameras,
    )


def show_scene(here: Here, camera: str, case: str | None = None, reason: str = "") -> EmptySceneOut:
    """Show the newest empty scene of a camera: who stood in it for long is masked."""
    found = empty_scene(here, camera, case=case, reason=reason)
    if found is None:
        return EmptySceneOut(picture=None, width=16, height=9, at=None)
    data = f"data:image/jpeg;base64,{b64encode(found.picture).decode()}"
    return EmptySceneOut(picture=data, width=found.size[0], height=found.size[1], at=utc(found.at))


def list_ways(here: Here, camera: str, case: str | None = None, reason: str = "") -> WaysOut:
    """List where tracks went in the last day, to see what a zone that is being drawn would count."""
    found = ways_of(here, camera, case=case, reason=reason)
    ways = [WayOut(label=w.label, path=[(x, y) for x, y in w.path.round(4).tolist()]) for w in found.ways]
    return WaysOut(ways=ways, total=found.total, since=utc(found.since), until=utc(found.until))


def list_zones(here: Here, camera: str = "") -> list[ZoneOut]:
    """List the zones and lines of a camera, or of all."""
    return [_zone(area) for area in zones.list_areas(here, camera)]


def save_zone(here: Here, camera: str, name: str, body: Drawing) -> ZoneOut:
    """Draw a zone or a line, instead of one of this name."""
    return _zone(zones.draw(here, camera, name, body.kind, tuple(body.points)))


def delete_zone(here: Here, camera: str, name: str) -> None:
    """Forget a zone or a line."""
    zones.drop(here, camera, name)


def save_ground(here: Here, camera: str, body: GroundIn) -> None:
    """Say where the ground of a camera lies, so that speeds and distances are told in metres."""
    zones.set_ground(here, camera, ground.of_points(tuple(body.picture), tuple(body.metres)))


def gaps(found: Iterable[Blind]) -> list[GapOut]:
    """What was not seen, as the page draws it."""
    return [
        GapOut(
            footage=g.footage, camera=g.camera, start=utc(g.start), end=utc(g.end),
            seconds=round(g.seconds, 3), reason=g.reason,
        )
        for g in found
    ]  # fmt: skip


def coverage(found: Coverage) -> CoverageOut:
    """How much was looked at, as the page says it."""
    return CoverageOut(asked=found.asked, recorded=found.recorded, seen=found.seen, share=found.share)


def _recordings(found: Recordings) -> Iterable[RecordingOut]:
    for s in found.stretches:
        yield RecordingOut(
            footage=s.footage, camera=s.camera, name=s.name, start=utc(s.start), end=utc(s.end),
            seconds=round(s.seconds, 3), model=found.models.get(s.footage),
            clock=_clock(found.clocks[s.footage]),
        )  # fmt: skip


def _clock(of: Clock) -> ClockOut:
    start = None if of.start is None else datetime.fromtimestamp(of.start, UTC)
    return ClockOut(start=utc(start), source=of.source, uncertainty=of.uncertainty)


def _zone(area: AreaInfo) -> ZoneOut:
    return ZoneOut(camera=area.camera, name=area.name, kind=area.kind, points=list(area.points))  # type: ignore[arg-type]
