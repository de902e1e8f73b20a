"""Play masked footage: open a look, then take its pieces, each by its own short-lived address."""

from typing import Annotated

from fastapi import Path, Request, Response
from pydantic import BaseModel, Field

from synopticon.acts import viewing as act
from synopticon.acts.viewing import CAMERAS, PIECE, TRACKS, Part, Viewing, Wish
from synopticon.acts.workspace import Workspace
from synopticon.web.api.cameras import GapOut, gaps
from synopticon.web.api.fields import Moment, utc
from synopticon.web.auth import At, Door, Here, Signed
from synopticon.web.problems import MissingError
from synopticon.web.ranges import ranged

CODEC = 'video/mp4; codecs="avc1.640028"'
FIRST = "X-Synopticon-First"  # header: when the first picture of a piece is, seconds of the timeline
Name = Annotated[str, Field(max_length=100)]
Number = Annotated[int, Path(ge=0, le=1_000_000_000)]
Seconds = Annotated[float, Field(ge=0, le=1e9)]


class ViewingIn(BaseModel):
    """What is to be played: one of three.

    ``cameras`` (ids) from ``start`` to ``end``; ``tracks``, with what is around them; or ``footage`` (an id)
    from ``begin`` to ``until``, seconds of its timeline.
    """

    cameras: list[Name] = Field(default_factory=list, max_length=CAMERAS)
    start: Moment | None = None
    end: Moment | None = None
    tracks: list[Name] = Field(default_factory=list, max_length=TRACKS)
    footage: Name = ""
    begin: Seconds = 0.0
    until: Seconds = 0.0
    case: str | None = Field(None, max_length=100)
    reason: str = Field("", max_length=4000)


class PartOut(BaseModel):
    """A stretch of one recording, ``begin`` to ``end`` seconds of its timeline; ``start``: when that began.

    Its time errs by ``uncertainty`` seconds, and is from ``clock``. ``first`` to ``last``: its pieces.
    """

    camera: str
    footage: str
    name: str
    start: str | None
    begin: float
    end: float
    uncertainty: float
    clock: str
    tracks: list[str]
    first: int
    last: int


class ViewingOut(BaseModel):
    """A look. ``piece``: seconds of a piece; ``codec``: what a browser must play; ``entry``: of the log.

    ``gaps``: what was not seen, so is not shown; ``cameras``: names by id, those too that show nothing;
    ``notes``: what is not sure to be masked.
    """

    id: str
    piece: float
    codec: str
    parts: list[PartOut]
    gaps: list[GapOut]
    cameras: dict[str, str]
    notes: list[str]
    entry: int


def open_viewing(here: Here, door: At, visit: Signed, body: ViewingIn) -> ViewingOut:
    """Begin to look at masked footage: one entry in the log; its pieces can be had for half an hour."""
    wish = Wish(
        tuple(body.cameras), body.start, body.end, tuple(body.tracks), body.footage, body.begin, body.until
    )
    found = act.open_viewing(here, wish, case=body.case, reason=body.reason)
    id_ = door.viewings.keep(visit.owner, found, here.clock())
    return ViewingOut(
        id=id_, piece=PIECE, codec=CODEC, parts=[_part(p) for p in found.parts], gaps=gaps(found.gaps),
        cameras=found.shown, notes=list(found.notes),
        entry=found.entry,
    )  # fmt: skip


def show_piece(
    request: Request, here: Here, door: At, visit: Signed, viewing: str, part: Number, piece: Number
) -> Response:
    """Give a masked piece (MP4 in fragments) of a look; 204 where nothing can be read."""
    look = _look(here, door, visit.owner, viewing)
    try:
        made = act.piece_of(here, look, part, piece, door.pieces)
    except act.NoPieceError as error:
        raise MissingError(str(error)) from error
    if not made.data:
        return Response(status_code=204)
    answer = ranged(request.headers, made.data, "video/mp4")
    answer.headers[FIRST] = f"{made.first:.6f}"
    return answer


def _look(here: Workspace, door: Door, owner: str, id_: str) -> Viewing:
    """The look, if it would still be given: its case may have ended since."""
    found = door.viewings.find(id_, owner, here.clock())
    scope, reason = found.grant.scope, found.reason or None
    for check in here.explain("view.masked", case=found.case, scope=scope, reason=reason):
        if not check.holds:
            raise check.refusal()
    return found


def _part(one: Part) -> PartOut:
    return PartOut(
        camera=one.camera, footage=one.footage, name=one.name, start=utc(one.start),
        begin=round(one.begin, 6), end=round(one.end, 6), uncertainty=one.uncertainty, clock=one.source,
        tracks=list(one.tracks), first=one.pieces.start, last=one.pieces.stop - 1,
    )  # fmt: skip
