"""The interactive synopsis: what a browser needs to compose one by itself, under one act.

The act chooses the tubes and says when it may be looked at; tubes, sprites and empty scenes are given
afterwards to whoever holds what it made, each time after it was decided anew. Only what is masked at rest is
given: the clear patches are not even asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from synopticon.acts.search import asked, listed, scope_for, views, world_of
from synopticon.acts.together import groups_of, interval_of, speed_of
from synopticon.acts.workspace import Act, Workspace
from synopticon.errors import FootageError, RefusedError, UsageError
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Grant
from synopticon.search.find import find
from synopticon.search.query import text_of
from synopticon.store.tracks import RULE_REACH, Wanted
from synopticon.synopsis.columns import Staged, body
from synopticon.synopsis.compose import NO_CASE, SYNTHETIC
from synopticon.synopsis.door import jpeg
from synopticon.synopsis.merge import Merged, grey
from synopticon.values.query import Query
from synopticon.values.scene import Background
from synopticon.values.tube import BlobRef, Tube

OPERATION = Operation.CONSULTATION
TUBES = 3000  # of one synopsis at most
CHUNKS = 256  # sprite videos at once
TOGETHER = 8 << 20  # bytes of sprite videos at once, unless one alone is larger
SPEEDS = (0.25, 8.0)  # times which a plan may be played
_HEAVIER = 3  # what is kept of a tube, times what of it is sent


@dataclass(frozen=True, slots=True)
class Selection:
    """What is to be shown: a question, or these tracks. ``searched``: as the answer to this query."""

    query: str = ""
    plain: bool = False
    tracks: tuple[str, ...] = ()
    searched: Query | None = None
    limit: int = 1000


@dataclass(frozen=True, slots=True)
class Ground:
    """An empty scene: of which recording of its scene, its number there (-1: grey); seconds."""

    part: int
    number: int
    start: float
    end: float


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What is shown on one camera's ground. ``zone``: IANA name of its camera's clock, or ""."""

    camera: str
    name: str
    zone: str
    staged: Staged
    grounds: tuple[Ground, ...]

    @property
    def merged(self) -> Merged:
        """Its recordings as one."""
        return self.staged.merged

    @property
    def tubes(self) -> tuple[Tube, ...]:
        """In the order of their source starts."""
        return self.staged.tubes

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its picture, even pixels."""
        footage = self.merged.footage
        return footage.width // 2 * 2, footage.height // 2 * 2


@dataclass(frozen=True, slots=True, eq=False)
class Interactive:
    """What the act gave. ``rate``: frames a second of the grid, ``speed``: times which it is played.

    ``columns``: all tubes, as ``synopsis.columns`` packs them; ``chunks``: scene, track and place of each
    sprite video, by its number; ``above``, ``unpictured``: tracks that were left out.
    """

    grant: Grant
    reason: str
    entry: int
    query: str
    scenes: tuple[Scene, ...]
    rate: float
    speed: float
    columns: bytes
    chunks: tuple[tuple[int, str, BlobRef], ...]
    above: int
    unpictured: int

    @property
    def weight(self) -> int:
        """Bytes that keeping it takes, about."""
        return _HEAVIER * len(self.columns)

    @property
    def marks(self) -> tuple[str, ...]:
        """What must stand on its picture."""
        return (SYNTHETIC,) if self.grant.case else (SYNTHETIC, NO_CASE)


def begin(
    workspace: Workspace, wanted: Selection, *, case: str | None = None, reason: str = ""
) -> Interactive:
    """Choose what is shown, as one act, which the log keeps with the list of tracks.

    Raises ``QueryError``, ``RefusedError``, and ``FootageError`` where there is nothing to show.
    """
    query = wanted.searched or Query()
    if not wanted.tracks:
        query = asked(workspace, wanted.query, case=case, plain=wanted.plain, capability="synopsis").query
    scope = scope_for(workspace, query, case)
    said = {"what": "interactive", "query": text_of(query), "masked": True}
    more: dict[str, Any] = {"case": case, "scope": scope, "reason": reason, "payload": said}
    with ExitStack() as stack:
        act = stack.enter_context(workspace.act("synopsis", **more))
        if query.terms and not wanted.tracks:
            stack.enter_context(workspace.act("search.attributes", within=act, **more))
        return _made(workspace, act, wanted, query, reason)


def _made(workspace: Workspace, act: Act, wanted: Selection, query: Query, reason: str) -> Interactive:
    chosen, above = _chosen(workspace, act.grant, wanted, query)
    ids = [t for tracks in chosen.values() for t in tracks]
    if not ids:
        raise FootageError(f"nothing in the scope answers {text_of(query)!r}: try fewer terms")
    scenes = tuple(_scenes(workspace, act.grant, chosen))
    tubes = [t for scene in scenes for t in scene.tubes]
    if not tubes:
        raise FootageError("none of these has a stored picture: run 'synopticon ingest' again")
    interval = interval_of(tubes)
    act.note(track_list=listed([t.id for t in tubes]), shown=len(tubes))
    return Interactive(
        act.grant, reason, act.entry.sequence, text_of(query), scenes, 1 / interval, speed_of(interval),
        body([s.staged for s in scenes], 1 / interval), tuple(_chunks(scenes)), above, len(ids) - len(tubes),
    )  # fmt: skip


def _chosen(
    workspace: Workspace, grant: Grant, wanted: Selection, query: Query
) -> tuple[Mapping[str, Sequence[str]], int]:
    """The tracks by their footage, and how many more there are."""
    limit = min(wanted.limit, query.limit or TUBES, TUBES)
    if wanted.tracks:
        rows = workspace.tracks.find(grant, Wanted(ids=wanted.tracks[:limit]))
        pairs = [(row.footage, row.id) for row in rows]
        above = len(wanted.tracks) - len(wanted.tracks[:limit])
    else:
        best = Query(query.terms, query.sort, limit)
        found = find(best, lambda: views(workspace, grant), world_of(workspace, grant, query))
        pairs, above = [(h.footage, h.track) for h in found.hits], found.total - len(found.hits)
    chosen: dict[str, list[str]] = {}
    for footage, track in pairs:
        chosen.setdefault(footage, []).append(track)
    return chosen, above


def _scenes(workspace: Workspace, grant: Grant, chosen: Mapping[str, Sequence[str]]) -> Iterator[Scene]:
    cameras = {c.name: c for c in workspace.cameras.all()}
    for name, merged in groups_of(workspace, grant, chosen):
        camera = cameras.get(merged.footage.camera)
        zone = merged.footage.readable[0].clock.zone or (camera.zone if camera else "")
        tubes = tuple(sorted(merged.tubes, key=lambda t: (t.track.start, t.id)))
        grounds = tuple(
            Ground(n, number, start + shift, end + shift)
            for n, (part, shift) in enumerate(zip(merged.parts, merged.shifts, strict=True))
            for number, start, end in part.needed() or ((-1, 0.0, part.footage.duration),)
        )
        yield Scene(camera.id if camera else "", name, zone, Staged(merged, tubes), grounds)


def _chunks(scenes: Sequence[Scene]) -> Iterator[tuple[int, str, BlobRef]]:
    for n, scene in enumerate(scenes):
        for tube in scene.tubes:
            yield from ((n, tube.id, ref) for ref in tube.picture)


def tubes_of(workspace: Workspace, made: Interactive) -> bytes:
    """All tubes, as columns; raises ``RefusedError`` where the permission ended."""
    workspace.still(made.grant, made.reason)
    return made.columns


def sprites_of(workspace: Workspace, made: Interactive, numbers: Sequence[int]) -> bytes:
    """Sprite videos, each after its number and its length (u32, little-endian); masked ones, as stored.

    Raises ``RefusedError`` where the permission ended, or for a track that was closed to it since;
    ``UsageError`` for numbers that do not exist, or too many.
    """
    workspace.still(made.grant, made.reason)
    if not 0 < len(numbers) <= CHUNKS:
        raise UsageError(f"{len(numbers)} sprite videos: ask for 1 to {CHUNKS}")
    if any(not 0 <= n < len(made.chunks) for n in numbers):
        raise UsageError(f"there are {len(made.chunks)} sprite videos: ask for 0 to {len(made.chunks) - 1}")
    wanted = [made.chunks[n] for n in numbers]
    if len(wanted) > 1 and sum(ref.length for _, _, ref in wanted) > TOGETHER:
        raise UsageError(f"these are more than {TOGETHER} bytes: name fewer at once")
    _check_reach(workspace, made.grant, {track for _, track, _ in wanted})
    parts = []
    for number, (scene, _, ref) in zip(numbers, wanted, strict=True):
        data = made.scenes[scene].merged.blob("picture", ref)
        parts += [number.to_bytes(4, "little"), len(data).to_bytes(4, "little"), data]
    return b"".join(parts)


def _check_reach(workspace: Workspace, grant: Grant, tracks: set[str]) -> None:
    """Raise ``RefusedError`` unless each of them is still there, and may be used."""
    there = {row.id for row in workspace.tracks.find(grant, Wanted(ids=tuple(sorted(tracks))))}
    if tracks - there:
        text = f"{min(tracks - there)} may not be looked at any more (rule {RULE_REACH})"
        raise RefusedError(f"{text}: try the synopsis anew", RULE_REACH)


def ground_of(workspace: Workspace, made: Interactive, number: int) -> bytes:
    """An empty scene, by its number over all scenes, as JPEG; raises ``RefusedError``, ``UsageError``."""
    workspace.still(made.grant, made.reason)
    every = [(scene, ground) for scene in made.scenes for ground in scene.grounds]
    if not 0 <= number < len(every):
        raise UsageError(f"there are {len(every)} empty scenes: ask for 0 to {len(every) - 1}")
    scene, ground = every[number]
    shown = _background(scene, ground)
    width, height = scene.size
    half = (slice(height // 2), slice(width // 2))
    file = scene.merged.footage.readable[0]
    planes = (shown.y[:height, :width], shown.u[half], shown.v[half])
    return jpeg(planes, file.colour_matrix, file.full_range)


def _background(scene: Scene, ground: Ground) -> Background:
    part = scene.merged.parts[ground.part]
    bank = part.bank() if ground.number >= 0 else None
    return bank.scenes[ground.number] if bank else grey(part.footage)
