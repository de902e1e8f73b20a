"""Reads the plates of vehicles while their tubes are cut, in the frames that are decoded for that anyway.

Of each vehicle some large samples are searched for its plate; the best of what was found is read, until two
pictures agree surely. Where none do, all are made into one, once over each of the best, and these are read,
too. What was read is kept as chances, not as a text: tracks that go on in the next stretch vote over all.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.values.frame import Frame
from synopticon.values.plate import PlateReading
from synopticon.values.track import Track
from synopticon.vision.detect.pp_ocr import COLUMNS
from synopticon.vision.look import bgr_crop
from synopticon.vision.mask import PLATED
from synopticon.vision.plate import TALL, Gate, Picture, Place, PlateEye, Shot, Verdict, quality, verdict
from synopticon.vision.plate_fuse import fused
from synopticon.vision.plate_vote import Look, spelt

_EMPTY = 10  # samples without a plate, one after the other, after which a track is searched no more
_WHOLE = 6  # pictures of a whole vehicle, in which no plate was found, that are kept
_BEST = 3  # pictures over which the others are laid, each in turn
_TEXT_WIDE = 200.0  # pixels: a vehicle in which lines of text are looked for where no plate was found
_TEXT_LONG = 512  # pixels: the longer side of the picture in which they are looked for
_UPPER = 0.3  # of a vehicle's height, where none are looked for, nor plates if it is a tall one
_KEPT = (0.6, 1.3)  # of a plate's width and height: what is kept around it until it is read
_SOME = 4  # signs that one look must read before pictures are made into one
_NOWHERE = Place(np.zeros((4, 2), np.float32), 0.0)
_BESIDE = 0.04  # of a vehicle's sides that are searched around its box


@dataclass(frozen=True, slots=True)
class PlateSettings:
    """Which models find and read plates: paths of their weights; without ``finder`` by lines of text alone.

    ``samples`` of a track are searched at most, ``shots`` read; only where the vehicle is ``narrow`` pixels
    wide, and ``near`` as wide as it ever is. ``countries``: those whose plates may come (ISO 3166-1
    alpha-2), none = all.
    """

    reader: str
    finder: str = ""
    samples: int = 12
    shots: int = 5
    narrow: float = 150.0
    near: float = 0.55
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A place of sample ``k`` of a track, in a picture around it; ``corner``: of that, in the frame.

    ``pictures``: of how many it was made.
    """

    k: int
    picture: Picture
    place: Place
    corner: tuple[int, int]
    quality: float
    pictures: int = 1

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The place in the frame, xyxy."""
        return self.place.moved(*self.corner).box


@dataclass(eq=False)
class _Seen:
    """What is known of one track so far."""

    track: Track
    chosen: frozenset[int]
    sights: list[tuple[float, int, Sight]] = field(default_factory=list)  # a heap, the worst first
    whole: list[tuple[float, int, Sight]] = field(default_factory=list)  # vehicles whose plate was not found
    empty: int = 0  # samples one after the other in which none was found


_Read = tuple[Sight, tuple[Look, ...]]


def samples(track: Track, settings: PlateSettings) -> NDArray[np.intp]:
    """The samples in which a plate is looked for: large ones, evenly over the track."""
    if track.label not in PLATED:
        return np.zeros(0, np.intp)
    wide = track.boxes[:, 2] - track.boxes[:, 0]
    least = max(settings.narrow, settings.near * float(wide.max()))
    large = np.flatnonzero((wide >= least) & track.observed)
    ends = np.linspace(0, len(large), min(len(large), settings.samples) + 1).astype(np.intp).tolist()
    return np.array([large[a + int(np.argmax(wide[large[a:b]]))] for a, b in pairwise(ends)], np.intp)


class PlateWatch:
    """Looks at the vehicles of one stretch; ``see`` every frame that is cut, then ``arrays``."""

    def __init__(self, eye: PlateEye, settings: PlateSettings) -> None:
        self._eye, self._settings = eye, settings
        self._seen: dict[str, _Seen] = {}

    def see(self, frame: Frame, here: Sequence[tuple[Track, int]]) -> None:
        """Look at the vehicles of a frame: each track that is there, with the number of its sample."""
        vehicles = [(t, k) for t, k in here if t.label in PLATED]
        for track, k in vehicles:
            seen = self._seen.get(track.id)
            if seen is None:
                chosen = frozenset(samples(track, self._settings).tolist())
                seen = self._seen[track.id] = _Seen(track, chosen)
            if k in seen.chosen and seen.empty < _EMPTY:
                nearer = [
                    t.boxes[n] for t, n in vehicles if t is not track and t.boxes[n, 3] > track.boxes[k, 3]
                ]
                self._look(frame, seen, k, nearer)

    def _look(self, frame: Frame, seen: _Seen, k: int, nearer: Sequence[NDArray[np.float32]]) -> None:
        x1, y1, x2, y2 = _around(seen.track.boxes[k], frame.y.shape)
        if min(x2 - x1, y2 - y1) < 8:
            return
        vehicle = bgr_crop(frame, (x1, y1, x2, y2))
        top = _above(vehicle)
        found = (p.moved(0, top) for p in self._eye.places(vehicle[top:]))
        own = [p for p in found if not _on(p.moved(x1, y1), nearer)]
        self._note(seen, k, Sight(k, vehicle, own[0] if own else _NOWHERE, (x1, y1), 0.0))

    def _note(self, seen: _Seen, k: int, vehicle: Sight) -> None:
        """Keep a sample: what is around its plate, or all of it where none was found."""
        found = vehicle.place is not _NOWHERE
        seen.empty = 0 if found else seen.empty + 1
        if found:
            picture, (left, top) = _cut(vehicle.picture, vehicle.place)
            at = (vehicle.corner[0] + left, vehicle.corner[1] + top)
            good = quality(vehicle.picture, vehicle.place)
            sight = Sight(k, picture, vehicle.place.moved(-left, -top), at, good)
            _keep(seen.sights, sight, self._settings.samples)
        else:
            wide = float(vehicle.picture.shape[1])
            _keep(seen.whole, replace(vehicle, quality=wide), _WHOLE)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What was read, a row a picture; ``lines`` and ``steps`` tell its ``chances`` (n, COLUMNS)."""
        rows = [(s.track, sight, looks) for s in self._seen.values() for sight, looks in self._read(s)]
        looks = [look.chances for *_, all_of_it in rows for look in all_of_it]
        return {
            "track": np.array([t.id for t, *_ in rows], "S48"),
            "pts": np.array([t.pts[s.k] for t, s, _ in rows], np.int64),
            "file": np.array([t.file[s.k] for t, s, _ in rows], np.int32),
            "time": np.array([t.times[s.k] for t, s, _ in rows], np.float64),
            "box": np.array([s.box for _, s, _ in rows], np.float32).reshape(-1, 4),
            "quality": np.array([s.quality for _, s, _ in rows], np.float32),
            "by_text": np.array([s.place.by_text for _, s, _ in rows], np.bool_),
            "pictures": np.array([s.pictures for _, s, _ in rows], np.int32),
            "lines": np.array([len(x) for *_, x in rows], np.int32),
            "steps": np.array([len(c) for c in looks], np.int32),
            "chances": np.concatenate([np.zeros((0, COLUMNS), np.float32), *looks]).astype(np.float16),
        }

    def _read(self, seen: _Seen) -> list[_Read]:
        """The best sights of a track, read until they agree; where they do not, all of them in one."""
        done: list[_Read] = []
        for sight in self._sights(seen):
            looks = tuple(self._eye.looks(sight.picture, sight.place))
            if looks:
                done.append((sight, looks))
            elif not done:
                return []  # nothing can be read where it is seen best
            if len(done) > 1 and _enough(done, self._settings):
                return done
            if len(done) >= self._settings.shots:
                break
        return [*done, *self._in_one(seen, [sight for sight, _ in done[:_BEST]])] if _worth(done) else done

    def _in_one(self, seen: _Seen, bests: Sequence[Sight]) -> Iterator[_Read]:
        """What is read in pictures made of all that show the plate, laid over each of the best in turn."""
        kept = [s for *_, s in seen.sights + seen.whole]
        for best in bests:
            others = ((s.picture, _expected(best, s, seen.track).corners) for s in kept if s.k != best.k)
            made = fused(best.picture, best.place, others)
            if made is not None:
                looks = tuple(self._eye.looks(made.picture, made.place))
                yield replace(best, pictures=made.pictures), looks

    def _sights(self, seen: _Seen) -> Iterable[Sight]:
        """Where the plate was found, the best first; then where it must be where it was not told."""
        sights = [s for *_, s in sorted(seen.sights, key=lambda e: (-e[0], e[1]))]
        whole = [s for *_, s in sorted(seen.whole, key=lambda e: (-e[0], e[1]))]
        if not sights and whole and whole[0].quality >= _TEXT_WIDE:
            sights = self._by_text(whole[0])
            whole = whole[1:]
        yield from sights
        for other in whole if sights else ():
            there = self._eye.near(other.picture, _expected(sights[0], other, seen.track))
            if there is not None:
                yield replace(other, place=there, quality=quality(other.picture, there))

    def _by_text(self, whole: Sight) -> list[Sight]:
        """The largest line of text in the lower part of a vehicle that could be its plate."""
        top = int(_UPPER * whole.picture.shape[0])
        found = [p.moved(0, top) for p in self._eye.by_text(whole.picture[top:], _TEXT_LONG)[:1]]
        return [replace(whole, place=p, quality=quality(whole.picture, p)) for p in found]


def _expected(known: Sight, other: Sight, track: Track) -> Place:
    """Where a plate must be in another sample of its vehicle: at the same place of its box."""
    before, now = (track.boxes[s.k].astype(np.float32) for s in (known, other))
    scale = (now[2:] - now[:2]) / np.maximum(before[2:] - before[:2], 1.0)
    corners = (known.place.corners + np.array(known.corner, np.float32) - before[:2]) * scale + now[:2]
    place = Place(np.asarray(corners - np.array(other.corner, np.float32), np.float32), known.place.score)
    return replace(place, by_text=known.place.by_text)


def _enough(done: Sequence[_Read], settings: PlateSettings) -> bool:
    found = verdict(
        [Shot(looks, max(s.quality, 1e-3), s.place.by_text) for s, looks in done], settings.countries
    )
    return found is not None and found.sure


def _worth(done: Sequence[_Read]) -> bool:
    """Whether any picture says as much as may be a plate badly seen."""
    return any(len(spelt(look.chances)) >= _SOME for _, looks in done for look in looks)


def _keep(heap: list[tuple[float, int, Sight]], sight: Sight, most: int) -> None:
    heapq.heappush(heap, (sight.quality, sight.k, sight))
    if len(heap) > most:
        heapq.heappop(heap)


def _around(box: NDArray[np.float32], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """A vehicle's box with a little around it, inside the picture, even."""
    x1, y1, x2, y2 = (float(c) for c in box)
    wide, high = _BESIDE * (x2 - x1), _BESIDE * (y2 - y1)
    left, top = max(int(x1 - wide), 0) & ~1, max(int(y1 - high), 0) & ~1
    return left, top, min(int(x2 + wide), shape[1]) & ~1, min(int(y2 + high), shape[0]) & ~1


def _above(vehicle: Picture) -> int:
    """Rows at the top of a picture in which no plate is looked for, so that a tall one is shown at once."""
    high, wide = vehicle.shape[:2]
    return int(min(max(high - int(TALL * wide), 0), _UPPER * high))


def _on(place: Place, boxes: Sequence[NDArray[np.float32]]) -> bool:
    """Whether the middle of a place lies in one of these boxes."""
    x1, y1, x2, y2 = place.box
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    return any(b[0] <= x <= b[2] and b[1] <= y <= b[3] for b in boxes)


def _cut(vehicle: Picture, place: Place) -> tuple[Picture, tuple[int, int]]:
    """A place with what is around it, and where that lies in the picture of the vehicle."""
    x1, y1, x2, y2 = place.box
    wide, high = _KEPT[0] * (x2 - x1), _KEPT[1] * (y2 - y1)
    left, top = max(int(x1 - wide), 0), max(int(y1 - high), 0)
    return vehicle[top : int(y2 + high) + 1, left : int(x2 + wide) + 1].copy(), (left, top)


def readings(
    parts: Sequence[Mapping[str, NDArray[Any]]],
    tracks: Sequence[Track],
    countries: tuple[str, ...] = (),
    gate: Gate | None = None,
) -> tuple[PlateReading, ...]:
    """What the plates of tracks say, over all stretches they cross; in the order of the tracks."""
    shots: dict[str, list[tuple[int, int, Shot, Mapping[str, NDArray[Any]]]]] = {}
    for part in parts:
        for row, (name, shot) in enumerate(shots_in(part)):
            shots.setdefault(name, []).append((int(part["file"][row]), row, shot, part))
    found = (_reading(track, shots.get(track.id, ()), countries, gate) for track in tracks)
    return tuple(reading for reading in found if reading is not None)


def shots_in(part: Mapping[str, NDArray[Any]]) -> Iterable[tuple[str, Shot]]:
    """The pictures of a part, each with its track's id."""
    ends = np.concatenate([[0], np.cumsum(part["steps"])])
    line, made = 0, part.get("pictures", np.ones(len(part["lines"]), np.int32)).tolist()
    for row, lines in enumerate(part["lines"].tolist()):
        spans = ((ends[n], ends[n + 1]) for n in range(line, line + lines))
        looks = tuple(Look(part["chances"][a:b].astype(np.float32)) for a, b in spans)
        line += lines
        yield (
            part["track"][row].decode(),
            Shot(looks, max(float(part["quality"][row]), 1e-3), bool(part["by_text"][row]), made[row]),
        )


def _reading(
    track: Track,
    seen: Sequence[tuple[int, int, Shot, Mapping[str, NDArray[Any]]]],
    countries: tuple[str, ...],
    gate: Gate | None,
) -> PlateReading | None:
    moments = set(zip(track.file.tolist(), track.pts.tolist(), strict=True))
    own = [s for s in seen if (s[0], int(s[3]["pts"][s[1]])) in moments]  # a track may have changed since
    said = verdict([shot for _, _, shot, _ in own], countries, gate) if own else None
    if said is None or not said.passed:
        return None
    file, row, _, part = max(own, key=lambda s: s[2].quality)
    return _told(track, said, file, {name: part[name][row] for name in ("pts", "time", "box")})


def _told(track: Track, said: Verdict, file: int, at: Mapping[str, Any]) -> PlateReading:
    x1, y1, x2, y2 = (float(c) for c in at["box"])
    return PlateReading(
        track=track.id,
        text=said.text,
        confidence=said.confidence,
        country=said.country,
        corrected=said.corrected,
        file=file,
        pts=int(at["pts"]),
        time=float(at["time"]),
        box=(x1, y1, x2, y2),
    )
