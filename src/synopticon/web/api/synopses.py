"""The interactive synopsis: what the page composes it from, all of it masked; and clips of tracks."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, Field

from synopticon.acts import context, interactive
from synopticon.acts.interactive import CHUNKS, SPEEDS, TUBES, Interactive, Scene, Selection
from synopticon.acts.jobs import submit
from synopticon.acts.kinds import PLAN
from synopticon.acts.workspace import Workspace
from synopticon.web.api.fields import utc
from synopticon.web.api.jobs import JobOut, job_out
from synopticon.web.api.search import held_answer
from synopticon.web.auth import At, Door, Here, Signed, Visit
from synopticon.web.held import LASTS
from synopticon.web.ranges import ranged

BINARY = "application/octet-stream"
NAMED = 5000  # tracks that may be named
Density = Annotated[float | None, Query(gt=0, le=1000, description="Objects at once; none = as usual.")]
Effort = Annotated[int | None, Query(ge=0, le=100, description="How often each is placed anew.")]
Number = Annotated[int, Query(ge=0)]
Order = Literal["strict", "local", "free"]
Ground = Annotated[int, Path(ge=0, le=1 << 31)]


class Wish(BaseModel):
    """What is to be shown: these tracks; or the kept hits of an answer; or all that answers a query."""

    query: str = Field("", max_length=2000)
    plain: bool = False
    answer: str | None = Field(None, max_length=100)
    tracks: list[Annotated[str, Field(max_length=200)]] | None = Field(None, max_length=NAMED)
    case: str | None = Field(None, max_length=100)
    reason: str = Field("", max_length=4000)
    limit: int = Field(1000, ge=1, le=TUBES)


class GroundOut(BaseModel):
    """An empty scene of ``from``..``until``, ms on its scene's timeline; ``n``: over all scenes."""

    n: int
    start: float = Field(serialization_alias="from")
    until: float


class SceneOut(BaseModel):
    """A camera's ground. ``begins``: ms since 1970 (UTC) at 0 of its timeline; ``first``: its first tube."""

    n: int
    camera: str
    name: str
    zone: str
    width: int
    height: int
    matrix: str
    full_range: bool
    begins: float | None
    seconds: float
    first: int
    tubes: int
    gaps: list[tuple[float, float]]
    backgrounds: list[GroundOut]


class LeftOut(BaseModel):
    """Tracks that are not shown: above the limit; without a stored picture."""

    limit: int
    picture: int


class SynopsisOut(BaseModel):
    """What can be composed. ``rate``: frames a second of the grid; ``speed``: times which it is played.

    ``bytes``: of all sprites; ``entry``: of the log; ``marks``: what must stand on the picture.
    """

    id: str
    expires: str
    entry: int
    rate: float
    speed: float
    query: str
    tubes: int
    chunks: int
    bytes: int
    left_out: LeftOut
    scenes: list[SceneOut]
    marks: list[str]


class PlanOut(BaseModel):
    """When each tube of a scene is shown: frames of the grid, -1 = it is left out."""

    n: int
    length: int
    starts: list[int]


class PlanWish(BaseModel):
    """A plan of one scene: the first frame of each of its tubes, -1 = left out.

    ``whole``: a ZIP with the manifest, the captions and the page, too; else the video alone.
    """

    scene: int = Field(ge=0, le=1000)
    starts: list[Annotated[int, Field(ge=-1, le=1 << 31)]] = Field(min_length=1, max_length=TUBES)
    speed: float = Field(1.0, ge=SPEEDS[0], le=SPEEDS[1])
    labels: bool = True
    colour_match: bool = True
    whole: bool = False


class ClipOut(BaseModel):
    """A masked clip. ``at``, ``ends``: when the track begins and ends in it; ``boxes``: time, x, y, w, h.

    ``start``: when the clip begins, none where the clock is unknown. Boxes are 0..1 of the picture.
    """

    id: str
    expires: str
    track: str
    camera: str
    start: str | None
    seconds: float
    at: float
    ends: float
    boxes: list[tuple[float, float, float, float, float]]


class ClipWish(BaseModel):
    """For which case, and why."""

    case: str | None = Field(None, max_length=100)
    reason: str = Field("", max_length=4000)


def begin_synopsis(here: Here, door: At, visit: Signed, body: Wish) -> SynopsisOut:
    """Choose what is shown; one entry in the log. What it gives is asked for by its id, in this session."""
    case, reason = body.case, body.reason
    wanted = Selection(body.query, body.plain, tuple(body.tracks or ()), limit=body.limit)
    if body.answer is not None:
        asked = held_answer(here, door, visit, body.answer)
        case, reason = asked.case, asked.reason
        tracks = wanted.tracks or tuple(h.track for h in asked.answer.found.hits)
        wanted = Selection(tracks=tracks, searched=asked.answer.asked, limit=body.limit)
    made = interactive.begin(here, wanted, case=case, reason=reason)
    return _synopsis(door.synopses.keep(visit.owner, made, here.clock()), made, here)


def list_tubes(here: Here, door: At, visit: Signed, synopsis: str) -> Response:
    """Give all tubes as columns (docs/synopsis-data.md)."""
    return Response(interactive.tubes_of(here, _held(here, door, visit, synopsis)), media_type=BINARY)


def list_sprites(
    here: Here,
    door: At,
    visit: Signed,
    synopsis: str,
    n: Annotated[list[Number], Query(min_length=1, max_length=CHUNKS)],
) -> Response:
    """Give sprite videos by their numbers, each after its number and its length."""
    return Response(interactive.sprites_of(here, _held(here, door, visit, synopsis), n), media_type=BINARY)


def show_background(here: Here, door: At, visit: Signed, synopsis: str, n: Ground) -> Response:
    """Give an empty scene."""
    return Response(
        interactive.ground_of(here, _held(here, door, visit, synopsis), n), media_type="image/jpeg"
    )


def plan_synopsis(
    here: Here,
    door: At,
    visit: Signed,
    synopsis: str,
    density: Density = None,
    order: Order = "local",
    effort: Effort = None,
) -> list[PlanOut]:
    """Arrange the tubes of each scene, as the program does it for its own synopses."""
    from synopticon.acts.plans import plans_of  # what arranges takes long to load

    made = _held(here, door, visit, synopsis)
    plans = plans_of(here, made, density, order, effort)
    both = zip(made.scenes, plans, strict=True)
    return [
        PlanOut(n=n, length=plan.length_frames, starts=[plan.starts.get(t.id, -1) for t in scene.tubes])
        for n, (scene, plan) in enumerate(both)
    ]


def export_plan(here: Here, door: At, visit: Signed, synopsis: str, body: PlanWish) -> JobOut:
    """Compose exactly this plan as a video: a job, whose file is its result."""
    from synopticon.acts.plans import Arranged, payload_of  # what composes takes long to load

    made = _held(here, door, visit, synopsis)
    plan = Arranged(body.scene, tuple(body.starts), body.speed, body.labels, body.colour_match, body.whole)
    payload = payload_of(here, made, plan)
    title = f"{payload['scene']}: {sum(s >= 0 for s in body.starts)} objects"
    return job_out(here, submit(here, PLAN, payload, title=title, case=made.grant.case, reason=made.reason))


def make_clip(here: Here, door: At, visit: Signed, track: str, body: ClipWish) -> ClipOut:
    """Make a masked clip of the seconds around a track; one entry in the log."""
    made = context.context_of(here, track, case=body.case, reason=body.reason)
    id_ = door.clips.keep(visit.owner, made, here.clock())
    return ClipOut(
        id=id_, expires=_until(here, made.grant.expires), track=track, camera=made.camera,
        start=utc(made.start), seconds=round(made.seconds, 3), at=round(made.at, 3),
        ends=round(made.ends, 3), boxes=list(made.boxes),
    )  # fmt: skip


def play_clip(request: Request, here: Here, door: At, visit: Signed, clip: str) -> Response:
    """Give a clip that was made for this session, or a range of it."""
    made = door.clips.find(clip, visit.owner, here.clock())
    return ranged(request.headers, context.video_of(here, made), "video/mp4")


def _held(here: Workspace, door: Door, visit: Visit, id_: str) -> Interactive:
    return door.synopses.find(id_, visit.owner, here.clock())


def _until(here: Workspace, expires: datetime) -> str:
    """When a handle ends at the latest, unless it is asked for before."""
    return utc(min(expires, here.clock() + LASTS)) or ""


def _synopsis(id_: str, made: Interactive, here: Workspace) -> SynopsisOut:
    grounds = [len(s.grounds) for s in made.scenes]
    tubes = [len(s.tubes) for s in made.scenes]
    return SynopsisOut(
        id=id_,
        expires=_until(here, made.grant.expires),
        entry=made.entry,
        rate=made.rate,
        speed=made.speed,
        query=made.query,
        tubes=sum(tubes),
        chunks=len(made.chunks),
        bytes=sum(ref.length for _, _, ref in made.chunks),
        left_out=LeftOut(limit=made.above, picture=made.unpictured),
        scenes=[_scene(n, scene, sum(tubes[:n]), sum(grounds[:n])) for n, scene in enumerate(made.scenes)],
        marks=list(made.marks),
    )


def _scene(n: int, scene: Scene, first: int, ground: int) -> SceneOut:
    footage = scene.merged.footage
    file, begins = footage.readable[0], footage.start_utc
    return SceneOut(
        n=n,
        camera=scene.camera,
        name=scene.name,
        zone=scene.zone,
        width=scene.size[0],
        height=scene.size[1],
        matrix=file.colour_matrix,
        full_range=file.full_range,
        begins=None if begins is None else begins * 1000,
        seconds=footage.duration,
        first=first,
        tubes=len(scene.tubes),
        gaps=[(g.start * 1000, g.end * 1000) for g in footage.gaps],
        backgrounds=[
            GroundOut(n=k, start=g.start * 1000, until=g.end * 1000)
            for k, g in enumerate(scene.grounds, ground)
        ],
    )
