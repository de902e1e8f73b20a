"""Play masked footage in a page: one look, one entry in the log; pieces of it are masked when asked for.

Recordings are not masked at rest. A piece is a masked copy as ``redact`` makes it, from what the analysis
stored, at once; it is kept in memory for a while, and nowhere else. A recording that was not analysed is not
played: nobody knows what to mask in it.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from math import ceil, floor
from threading import Lock
from time import monotonic
from typing import Any

from synopticon.acts.originals import check_original, located
from synopticon.acts.redact import USUAL, spotters_of, unsure
from synopticon.acts.search import covering, scope_for
from synopticon.acts.workspace import Act, Workspace, singled_out
from synopticon.errors import UnreadableError, UsageError
from synopticon.evidence.redact import RedactSettings, redact
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Grant, Scope
from synopticon.store.footage import Blind, Stretch
from synopticon.store.granted import GrantedAnalysis, open_granted
from synopticon.store.tracks import TrackRow
from synopticon.values.footage import Clock, Footage, SourceFile
from synopticon.values.query import Query, Term
from synopticon.values.track import Track
from synopticon.vision.masks import MaskSettings, kinds, near, plan_near
from synopticon.vision.observations import Observations
from synopticon.vision.spot import Together

OPERATION = Operation.CONSULTATION
PIECE = 2.0  # seconds of the recording's timeline
LONGEST = 3600.0  # seconds of one look
CAMERAS = 4  # at once
TRACKS = 20
AROUND = 5.0  # seconds before and after a track
LARGE, SMALL = 720, 360  # pixels of the shorter side: one picture, several at once
HELD = 4  # recordings that a look keeps open
_DAY = timedelta(days=1)
_BYTES = 128 << 20  # of pieces that are kept
_KEPT = 600.0  # seconds that a piece is kept
# Plates are filled by their place alone: as many were covered without the model (docs/redact.md), which takes
# longer than a busy street lasts.
_LOOKED_FOR = kinds("heads")
_Key = tuple[str, float, float, int, bool]


class NoPieceError(UsageError):
    """A look has no such piece."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be played: cameras (ids) from ``start`` to ``end``, or tracks, or seconds of a recording."""

    cameras: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    tracks: tuple[str, ...] = ()
    footage: str = ""
    begin: float = 0.0
    until: float = 0.0

    def check(self) -> None:
        """Raise ``UsageError`` unless it is one of the three, and not too much."""
        if [bool(self.cameras), bool(self.tracks), bool(self.footage)].count(True) != 1:
            raise UsageError("nothing says what is played, or too much does: give cameras, tracks or footage")
        if len(self.cameras) > CAMERAS or len(self.tracks) > TRACKS:
            raise UsageError(f"too much at once: give at most {CAMERAS} cameras, or {TRACKS} tracks")
        if not self.tracks and not 0 < self._seconds() <= LONGEST:
            raise UsageError(f"a look of {self._seconds():g} s: give it an end after its start, at most 1 h")

    def plain(self) -> dict[str, Any]:
        """What was asked for, for the log."""
        if self.tracks:
            return singled_out(self.tracks)
        if self.footage:
            return {"footage": self.footage, "from": self.begin, "to": self.until}
        times = [t.isoformat() if t else None for t in (self.start, self.end)]
        return {"cameras": list(self.cameras), "from": times[0], "to": times[1]}

    def _seconds(self) -> float:
        if self.footage:
            return self.until - self.begin
        if self.start is None or self.end is None:
            return 0.0
        return (self.end - self.start).total_seconds()


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one recording that may be played: ``begin`` to ``end``, seconds of its timeline.

    ``start``: when ``begin`` was, UTC, None where the clock is unknown; it errs by ``uncertainty`` seconds;
    ``source``: where that clock is from. ``tracks``: those asked for that are in it.
    """

    footage: str
    camera: str
    name: str
    start: datetime | None
    begin: float
    end: float
    uncertainty: float
    source: str
    tracks: tuple[str, ...] = ()

    @property
    def pieces(self) -> range:
        """The numbers of its pieces, which are the same in every look."""
        return range(floor(self.begin / PIECE), ceil(self.end / PIECE))

    def span(self, number: int) -> tuple[float, float]:
        """What a piece shows; raises ``NoPieceError`` when there is none of that number."""
        if number not in self.pieces:
            raise NoPieceError(f"{number}: there is no such piece in this look")
        return max(self.begin, number * PIECE), min(self.end, (number + 1) * PIECE)


@dataclass(frozen=True, slots=True)
class _Open:
    """A recording as pieces are made of it. ``segment``: seconds of a segment of its analysis."""

    recording: Footage
    analysis: GrantedAnalysis
    known: tuple[Track, ...]
    segment: float


@dataclass(frozen=True, slots=True, eq=False)
class Viewing:
    """A look under way. ``gaps``: what of it was not seen, so is not shown; ``cameras``: names by id."""

    wish: Wish
    case: str | None
    reason: str
    grant: Grant
    parts: tuple[Part, ...]
    gaps: tuple[Blind, ...]
    cameras: dict[str, str]
    notes: tuple[str, ...]
    entry: int
    _open: OrderedDict[str, _Open] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    @property
    def shown(self) -> dict[str, str]:
        """The cameras that are looked at, by id: those asked for, or those of what was asked for."""
        return {id_: self.cameras[id_] for id_ in self.wish.cameras or [part.camera for part in self.parts]}

    @property
    def short(self) -> int:
        """Pixels of the shorter side of its pictures, at most."""
        return SMALL if len(self.shown) > 1 else LARGE

    def opened(self, workspace: Workspace, footage: str) -> _Open:
        """A recording of it, opened once while it is played."""
        with self._lock:
            found = self._open.pop(footage, None) or _opened(workspace, self.grant, footage)
            self._open[footage] = found
            if len(self._open) > HELD:
                self._open.popitem(last=False)
            return found


@dataclass(frozen=True, slots=True)
class Piece:
    """A masked piece (MP4 in fragments); empty where nothing can be read.

    ``first``: time of its first picture, on the timeline. ``bare``: pictures in which somebody or something
    moving was seen and nothing was masked on it.
    """

    data: bytes
    first: float
    bare: int = 0


# --- to open a look ----------------------------------------------------------------------------------------


def open_viewing(workspace: Workspace, wish: Wish, *, case: str | None = None, reason: str = "") -> Viewing:
    """Begin to look; raises ``UsageError``, and ``RefusedError`` for what is not in the scope."""
    wish.check()
    cameras = {c.id: c.name for c in workspace.cameras.all()}
    scope, said = _scope(workspace, wish, case, cameras), {"what": "playing", **wish.plain()}
    with workspace.act("view.masked", case=case, scope=scope, reason=reason, payload=said) as act:
        found = _Found(workspace, act)
        parts = tuple(found.tracks(wish.tracks) if wish.tracks else found.stretches(wish))
        gaps = found.gaps(wish, parts)
        act.note(parts=len(parts), seconds=round(sum(part.end - part.begin for part in parts), 3))
        notes = tuple(unsure(kinds(USUAL), (), spotters_of(_LOOKED_FOR, None)))
        return Viewing(wish, case, reason, act.grant, parts, gaps, cameras, notes, act.entry.sequence)


def _scope(workspace: Workspace, wish: Wish, case: str | None, names: dict[str, str]) -> Scope:
    """What a look takes: of cameras no more than the days around the time asked for."""
    if unknown := [c for c in wish.cameras if c not in names]:
        raise UsageError(f"{unknown[0]}: there is no such camera: see 'synopticon camera list'")
    terms = (Term("camera", tuple(names[c] for c in wish.cameras)),) if wish.cameras else ()
    scope = scope_for(workspace, Query(terms), case)
    if wish.start is None or wish.end is None:
        return scope
    low, high = wish.start - _DAY, wish.end + _DAY
    windows = tuple(w for w in scope.windows if w.start < high and w.end > low)
    return replace(scope, windows=windows) if windows else scope


@dataclass(frozen=True, slots=True)
class _Found:
    """What is there to be played within an act."""

    workspace: Workspace
    act: Act

    def stretches(self, wish: Wish) -> Iterator[Part]:
        """The parts of recordings that lie in the time asked for, in time order."""
        for whole in self._analysed():
            if wish.footage == whole.footage:
                low, high = wish.begin, wish.until
            elif whole.camera in wish.cameras and whole.start and wish.start and wish.end:
                zero = whole.start - timedelta(seconds=whole.begin)
                low, high = ((t - zero).total_seconds() for t in (wish.start, wish.end))
            else:
                continue
            yield from _cut(whole, low, high)

    def tracks(self, ids: Sequence[str]) -> Iterator[Part]:
        """What shows these tracks, and some seconds around each."""
        wholes = list(self._analysed())
        for row in [self.workspace.tracks.one(self.act.grant, one) for one in ids]:
            low, high = self._seconds(row)
            for whole in wholes:
                if whole.footage == row.footage and whole.begin < high and whole.end > low:
                    shown = _cut(whole, low - AROUND, high + AROUND)
                    yield from (replace(part, tracks=(row.id,)) for part in shown)

    def gaps(self, wish: Wish, parts: Sequence[Part]) -> tuple[Blind, ...]:
        """What was not seen in the time that is looked at."""
        starts = [p.start for p in parts if p.start]
        ends = [p.start + timedelta(seconds=p.end - p.begin) for p in parts if p.start]
        low, high = wish.start or min(starts, default=None), wish.end or max(ends, default=None)
        among = set(wish.cameras) or {p.camera for p in parts}
        _, gaps, _ = covering(self.workspace, self.act.grant, Query())
        return tuple(
            g for g in gaps
            if g.camera in among and low and high and g.start and g.end and g.start < high and g.end > low
        )  # fmt: skip

    def _analysed(self) -> Iterator[Part]:
        """Every stretch that may be played, whole."""
        store, grant = self.workspace.footage, self.act.grant
        models, clocks = store.models(grant), store.clocks(grant)
        for one in store.stretches(grant):
            if one.footage in models:
                yield _whole(one, clocks[one.footage])

    def _seconds(self, row: TrackRow) -> tuple[float, float]:
        """When a track is seen, on the timeline of its recording."""
        clock = self.workspace.footage.clocks(self.act.grant)[row.footage]
        if row.start is not None and clock.start is not None:
            begin = row.start.timestamp() - clock.start
            return begin, begin + row.seconds
        known = _granted(self.workspace, self.act.grant, row.footage).everybody()
        track = next(t for t in known if t.id == row.id)
        return track.start, track.end


def _whole(one: Stretch, clock: Clock) -> Part:
    begin = 0.0
    if one.start is not None and clock.start is not None:
        begin = max(one.start.timestamp() - clock.start, 0.0)
    return Part(
        one.footage, one.camera, one.name, one.start, begin, begin + one.seconds, clock.uncertainty,
        clock.source,
    )  # fmt: skip


def _cut(whole: Part, low: float, high: float) -> Iterator[Part]:
    """What of a part lies between two times, to the borders of pieces, which all looks share."""
    begin = max(whole.begin, floor(low / PIECE) * PIECE)
    end = min(whole.end, ceil(high / PIECE) * PIECE)
    if begin < end:
        start = whole.start and whole.start + timedelta(seconds=begin - whole.begin)
        yield replace(whole, start=start, begin=begin, end=end)


# --- to play it --------------------------------------------------------------------------------------------


class Pieces:
    """Pieces that were made, for all who may look; for several threads. None is made twice at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._making: dict[_Key, Lock] = {}
        self._made: OrderedDict[_Key, tuple[Piece, float]] = OrderedDict()

    def take(self, key: _Key, make: Callable[[], Piece]) -> Piece:
        """The piece of a key; made by the first who asks, while others wait for that one."""
        with self._lock:
            turn = self._making.setdefault(key, Lock())
        with turn:
            piece = self._found(key)
            if piece is None:
                piece = make()
                self._keep(key, piece)
        return piece

    def _found(self, key: _Key) -> Piece | None:
        with self._lock:
            piece, _ = self._made.pop(key, (None, 0.0))
            if piece is not None:
                self._made[key] = (piece, monotonic())
            return piece

    def _keep(self, key: _Key, piece: Piece) -> None:
        """Keep it too; what was not asked for lately, or does not fit, goes."""
        now = monotonic()
        with self._lock:
            self._made[key] = (piece, now)
            self._making.pop(key, None)
            while self._made:
                first, (_, asked) = next(iter(self._made.items()))
                size = sum(len(one.data) for one, _ in self._made.values())
                if size <= _BYTES and now - asked <= _KEPT:
                    break
                del self._made[first]


def piece_of(workspace: Workspace, viewing: Viewing, part: int, number: int, pieces: Pieces) -> Piece:
    """A piece of a look; raises ``NoPieceError`` for one that is not in it, ``RefusedError`` once it is over.

    The caller has asked whether the look would still be granted.
    """
    if not 0 <= part < len(viewing.parts):
        raise NoPieceError(f"{part}: there is no such part in this look")
    chosen = viewing.parts[part]
    span = chosen.span(number)
    workspace.vault.key_for(viewing.grant, chosen.footage)  # refused, or destroyed since
    key = (chosen.footage, *span, viewing.short, viewing.case is not None)
    return pieces.take(key, lambda: _made(workspace, viewing, chosen.footage, span))


def _made(workspace: Workspace, viewing: Viewing, footage: str, span: tuple[float, float]) -> Piece:
    """Decode, mask, encode."""
    one = viewing.opened(workspace, footage)
    for file in one.recording.readable:
        if file.offset < span[1] and file.offset + file.duration > span[0]:
            _unchanged(file)
    what, out = kinds(USUAL), BytesIO()
    low, high = (max(floor(time / one.segment), 0) for time in near(span))
    seen = Observations.join([Observations.of(a) for a in one.analysis.watched(slice(low, high + 1))])
    plan = plan_near(seen, one.known, MaskSettings(what, floor=one.recording.height), span)
    settings = RedactSettings(*span, in_case=viewing.case is not None, short=viewing.short)
    try:
        done = redact(
            one.recording, plan, Together([*spotters_of(_LOOKED_FOR, None).values()]), out, settings
        )
    except UnreadableError:
        return Piece(b"", span[0])
    return Piece(out.getvalue(), done.start, done.bare_frames)


def _granted(workspace: Workspace, grant: Grant, footage: str) -> GrantedAnalysis:
    return open_granted(workspace.engine, workspace.place, workspace.vault, workspace.clock, grant, footage)


def _opened(workspace: Workspace, grant: Grant, footage: str) -> _Open:
    analysis = _granted(workspace, grant, footage)
    recording = located(workspace, grant, footage, analysis.load_recording())
    segment = float(workspace.footage.runs(grant)[footage].settings["segment"])
    return _Open(recording, analysis, analysis.everybody(), segment)


_KNOWN: dict[tuple[str, int, int, str], None] = {}


def _unchanged(file: SourceFile) -> None:
    """Check an original, all of it, once while this program runs and its size and time stay the same."""
    try:
        stat = file.path.stat()
    except OSError:
        check_original(file)
        return
    key = (str(file.path), stat.st_size, stat.st_mtime_ns, file.sha256)
    if key not in _KNOWN:
        check_original(file)
        _KNOWN[key] = None
