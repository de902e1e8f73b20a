"""People who overlap share one blob: here it is taken apart into the boxes of those who are in it.

Who is in a blob is known from before they met and from after they parted. So blobs are followed twice,
forwards and backwards in time. While several tracks are in one blob, each keeps its size and goes on as it
went, and the blob's four edges say where: each edge is that of whoever is expected to be outermost there
(groups that merge and split: McKenna et al., "Tracking groups of people", CVIU 2000). Where both passes know,
the one that has lately seen them apart counts more. The reverse is done too: a body that something of the
scene hides in its middle is seen as pieces one above the other, which become one box again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from synopticon.values.detection import Boxes
from synopticon.vision.geometry import areas, iou, overlaps
from synopticon.vision.live import (
    Items,
    LinkSettings,
    Live,
    begun,
    centre_size,
    corners,
    elapsed,
    expected,
    match,
)

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class PartSettings:
    """When several tracks are in one blob, or one body is in several; times in seconds."""

    min_seen: int = 5  # blobs of its own before a track counts as somebody
    inside: float = 0.6  # share of a track's expected box that must lie in the blob,
    still_inside: float = 0.2  # and of one that was in a shared blob just before
    larger: float = 1.2  # the blob's area over that of the largest box in it,
    still_larger: float = 1.05  # and while they stay together
    full: float = 0.95  # share of the parts' area that may be foreground
    far: float = 0.7  # two that are this many sizes apart, side by side, are two bodies,
    far_above: float = 2.1  # or this many, one above the other,
    beside: float = 0.6  # or that stand beside each other for this share of their height
    rest_seen: int = 15  # a track that in so many last boxes of its own
    rest: float = 0.12  # moved less than this share of its size stands still
    level: float = 0.12  # tops and bottoms that differ by less than this share of the height are level
    max_hidden: float = 8.0  # a body is put together from pieces for so long
    piece: float = 0.6  # of the body's height, at most
    piece_within: float = 0.8  # share of a piece that lies where the body is expected
    doubt: float = 0.3  # s by which a pass may have lost sight of the parts before it counts clearly less
    gain: float = 0.1  # how far a track's speed follows what the edges of a shared blob say


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """What one pass says of a blob: boxes ``(n, 4)``, looks, and for how long (s) they were not seen apart.

    n = 0: the blob is a piece of a body whose box stands for another blob.
    """

    boxes: Boxes
    looks: NDArray[np.uint8]
    since: float


def apart(
    items: Items,
    pixels: NDArray[np.float32],
    times: NDArray[np.float64],
    link: LinkSettings,
    settings: PartSettings | None = None,
) -> tuple[Items, Rows]:
    """Blobs as the boxes of those who are in them, and for each box the row of its blob.

    ``pixels`` is how many pixels of each blob are foreground; ``times`` are the seconds of the frames that
    ``items.frame`` points to. A blob with several rows is shared by several tracks.
    """
    settings = settings or PartSettings()
    frames = np.unique(items.frame)
    passes = [_Pass(items, pixels, times, link, settings) for _ in range(2)]
    for one, order in zip(passes, (frames, frames[::-1]), strict=True):
        for frame in order:
            one.step(int(frame))
    before, after = (one.found for one in passes)
    changed = sorted(before.keys() | after.keys())
    parts = [_agreed(before.get(k), after.get(k), settings.doubt) for k in changed]
    copies = np.ones(len(items), np.intp)
    copies[changed] = [len(p.boxes) for p in parts]
    rows = np.repeat(np.arange(len(items)), copies)
    boxes, looks = items.boxes[rows], items.looks[rows]
    new = np.isin(rows, changed)
    boxes[new] = np.concatenate([boxes[:0], *(p.boxes for p in parts)])
    looks[new] = np.concatenate([looks[:0], *(p.looks for p in parts)])
    return Items(items.frame[rows], boxes, items.scores[rows], items.classes[rows], looks), rows


def _agreed(before: _Parts | None, after: _Parts | None, doubt: float) -> _Parts:
    """The parts as both passes see them; where they differ in number, as the one that knows of more."""
    if before is None or after is None or len(before.boxes) != len(after.boxes):
        return max((p for p in (before, after) if p is not None), key=lambda p: len(p.boxes))
    a, b = scipy.optimize.linear_sum_assignment(-iou(before.boxes, after.boxes))
    weight = (after.since + doubt) / (before.since + after.since + 2 * doubt)
    boxes = before.boxes[a] * weight + after.boxes[b] * (1 - weight)
    looks = before.looks[a] * weight + after.looks[b] * (1 - weight)
    return _Parts(boxes.astype(np.float32), looks.round().astype(np.uint8), 0.0)


def _name(track: Live) -> int:
    """What tells a track from all others, of before too: the row that it began with, which no other has."""
    return track.items[0]


class _Pass:
    """Follows blobs through the frames, in either order of time; ``found`` says by row what is shared."""

    def __init__(
        self,
        items: Items,
        pixels: NDArray[np.float32],
        times: NDArray[np.float64],
        link: LinkSettings,
        settings: PartSettings,
    ) -> None:
        self.found: dict[int, _Parts] = {}
        self._items = items
        self._pixels = pixels
        self._times = times
        self._link = link
        self._settings = settings
        self._live: list[Live] = []
        self._together: set[int] = set()  # tracks that were in a shared blob in the frame before
        self._two: set[tuple[int, int]] = set()  # pairs of tracks that are surely two bodies

    def step(self, frame: int) -> None:
        """Take in the next frame."""
        time = float(self._times[frame])
        rows = np.arange(*np.searchsorted(self._items.frame, (frame, frame + 1)))
        self._live = [t for t in self._live if abs(time - t.time) <= self._link.max_lost]
        rows = self._share(rows, time)
        rows = self._mend(rows, time)
        waiting = [t for t in self._live if t.time != time]
        free = match(waiting, self._items, rows, time, self._link.min_iou, self._link)
        self._live += [begun(self._items, k, time) for k in free]

    def _since(self, track: Live, time: float) -> float:
        """Seconds since a track had a blob of its own."""
        return abs(time - float(self._times[self._items.frame[track.items[-1]]]))

    def _note(self, row: int, tracks: Sequence[Live], time: float) -> None:
        looks = np.array([t.look for t in tracks]).round().astype(np.uint8)
        since = max(self._since(t, time) for t in tracks)
        self.found[row] = _Parts(corners(np.array([t.state for t in tracks])), looks, since)

    def _share(self, rows: Rows, time: float) -> Rows:
        """Move the tracks that share a blob to where they are in it; returns the other rows."""
        known = [t for t in self._live if len(t.items) >= self._settings.min_seen]
        were = np.array([_name(t) in self._together for t in known], np.bool_)
        self._together = set()
        if not len(rows) or len(known) < 2:
            return rows
        boxes, blobs = expected(known, time), self._items.boxes[rows]
        home = self._homes(boxes, blobs, were)
        shared = np.zeros(len(rows), np.bool_)
        for j in range(len(rows)):
            inside = np.flatnonzero(home == j)
            if len(inside) > 1:
                members = [known[i] for i in inside]
                together = bool(were[inside].all())
                shared[j] = self._enter(int(rows[j]), members, boxes[inside], time, together=together)
        return rows[~shared]

    def _homes(self, boxes: Boxes, blobs: Boxes, were: NDArray[np.bool_]) -> Rows:
        """For each expected box the blob in which it is, or -1."""
        share = overlaps(boxes, blobs) / np.maximum(areas(boxes), 1)[:, None]
        least = np.where(were, self._settings.still_inside, self._settings.inside)
        best = (share + 2 * iou(boxes, blobs)).argmax(1)
        return np.where(share.max(1) > least, best, -1)

    def _enter(self, row: int, tracks: list[Live], boxes: Boxes, time: float, *, together: bool) -> bool:
        """Try to take a blob for shared by tracks, which are then moved."""
        settings, blob = self._settings, self._items.boxes[row]
        boxes = _sized(boxes, blob, settings.level)
        larger = settings.still_larger if together else settings.larger
        if areas(blob[None])[0] < larger * areas(boxes).max():
            return False
        chosen = self._bodies(tracks)
        if len(chosen) < 2:
            return False
        tracks = [tracks[i] for i in chosen]
        placed = fit(boxes[chosen], blob, np.array([self._rests(t) for t in tracks]))
        if self._pixels[row] > settings.full * areas(placed).sum():
            return False  # more is in this blob than they are
        for track, box in zip(tracks, placed, strict=True):
            _carry(track, box, time, settings.gain)
        self._together |= {_name(t) for t in tracks}
        self._note(row, tracks, time)
        return True

    def _bodies(self, tracks: list[Live]) -> list[int]:
        """Which of the tracks, the longest first, are no fragment of another."""
        kept: list[int] = []
        for i in sorted(range(len(tracks)), key=lambda i: -len(tracks[i].items)):
            if all(self._are_two(tracks[i], tracks[k]) for k in kept):
                kept.append(i)
        return kept

    def _are_two(self, a: Live, b: Live) -> bool:
        """Whether two tracks were seen well apart, or beside each other and as tall."""
        pair = (_name(a), _name(b))
        if pair not in self._two and self._seen_apart(a, b):
            self._two |= {pair, pair[::-1]}
        return pair in self._two

    def _seen_apart(self, a: Live, b: Live) -> bool:
        items, settings = self._items, self._settings
        _, i, j = np.intersect1d(items.frame[a.items], items.frame[b.items], return_indices=True)
        x, y = items.boxes[np.array(a.items)[i]], items.boxes[np.array(b.items)[j]]
        size = np.sqrt(np.maximum(areas(x), areas(y)))
        gap = np.maximum(x[:, :2] - y[:, 2:], y[:, :2] - x[:, 2:])
        far = (gap[:, 0] > settings.far * size) | (gap[:, 1] > settings.far_above * size)
        common = np.minimum(x[:, 2:], y[:, 2:]) - np.maximum(x[:, :2], y[:, :2])
        tall = np.maximum(x[:, 3] - x[:, 1], y[:, 3] - y[:, 1])
        beside = (common[:, 1] > settings.beside * tall) & (common[:, 0] < 0.3 * size)
        return int((far | beside).sum()) >= settings.min_seen

    def _rests(self, track: Live) -> bool:
        """Whether a track stood still when it had blobs of its own."""
        own = self._items.boxes[track.items[-self._settings.rest_seen :]]
        if len(own) < self._settings.rest_seen:
            return False
        middle = (own[:, :2] + own[:, 2:]) / 2
        size = np.sqrt(areas(own).mean())
        return bool(np.abs(middle - middle[-1]).max() < self._settings.rest * size)

    def _mend(self, rows: Rows, time: float) -> Rows:
        """Put bodies together of which only pieces are seen; returns the other rows."""
        known = [t for t in self._live if t.time != time and len(t.items) >= self._settings.min_seen]
        if not len(rows) or not known:
            return rows
        boxes, blobs = expected(known, time), self._items.boxes[rows]
        fits = iou(boxes, blobs)
        pieces = self._pieces(boxes, blobs) & (fits.max(0) <= 0.5) & (fits.max(1) < 0.5)[:, None]
        free = np.ones(len(rows), np.bool_)
        for track, box, of_it in zip(known, boxes, pieces, strict=True):
            mine = np.flatnonzero(of_it & free)
            if len(mine) and _is_column(blobs[mine], box) and self._is_steady(track, time):
                free[mine] = False
                whole = np.concatenate([blobs[mine, :2].min(0), blobs[mine, 2:].max(0)])
                _carry(track, _around(box, whole), time, self._settings.gain)
                self._note(int(rows[mine[0]]), [track], time)
                none = _Parts(blobs[:0], self._items.looks[:0], 0.0)
                self.found |= {int(k): none for k in rows[mine[1:]]}
        return rows[free]

    def _is_steady(self, track: Live, time: float) -> bool:
        """Whether a track is one body of a known size that was lately seen whole."""
        if self._since(track, time) > self._settings.max_hidden:
            return False
        own = self._items.boxes[track.items[-20:]]
        ratio = track.state[2:] / np.median(own[:, 2:] - own[:, :2], axis=0)
        return bool((ratio < 1.3).all() and (ratio > 0.7).all())

    def _pieces(self, boxes: Boxes, blobs: Boxes) -> NDArray[np.bool_]:
        """Which blob may be a piece of which body, bool ``(len(boxes), len(blobs))``."""
        margin = 0.1 * (boxes[:, 2:] - boxes[:, :2])
        grown = np.concatenate([boxes[:, :2] - margin, boxes[:, 2:] + margin], 1)
        within = overlaps(grown, blobs) > self._settings.piece_within * areas(blobs)
        height = boxes[:, 3] - boxes[:, 1]
        return np.asarray(within & (blobs[:, 3] - blobs[:, 1] < self._settings.piece * height[:, None]))


def _carry(track: Live, box: NDArray[np.float32], time: float, gain: float) -> None:
    """Move a track to a box that is not its own: its speed follows with a small gain, its size is kept."""
    state = centre_size(box)
    error = state[:2] - track.predict(time)[:2]
    track.rate[:2] += gain * error / elapsed(track, time)
    track.rate[2:] = 0
    track.state, track.time = state, time


def _sized(boxes: Boxes, blob: NDArray[np.float32], level: float) -> Boxes:
    """Boxes scaled about their middles: none is taller than the blob, and those side by side are as tall."""
    height = boxes[:, 3] - boxes[:, 1]
    ratio = float((blob[3] - blob[1]) / max(float(height.max()), 1.0))
    alike = max(np.ptp(boxes[:, 1]), np.ptp(boxes[:, 3])) < level * height.min()
    if ratio > (1.1 if alike else 1.0):
        return boxes
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]) / 2 * ratio
    return np.asarray(np.concatenate([middle - half, middle + half], 1), np.float32)


def fit(boxes: Boxes, blob: NDArray[np.float32], still: NDArray[np.bool_]) -> Boxes:
    """Move boxes, sizes kept, so that together they reach each edge of the blob and none leaves it.

    Those that stand ``still`` stay where they are. A single one that moves among them is as large as the
    blob, but for the edges that are theirs: it may come nearer, and grow.
    """
    placed = boxes.astype(np.float64)
    moving = np.flatnonzero(~still)
    for axis in (0, 1):
        low, high = placed[:, axis], placed[:, axis + 2]
        ends = float(blob[axis]), float(blob[axis + 2])
        if len(moving) == 1:
            _spread(low, high, ends, still)
        elif len(moving):
            first, last = moving[low[moving].argmin()], moving[high[moving].argmax()]
            shift = np.zeros(len(placed))
            shift[first] += ends[0] - low[first]
            shift[last] += ends[1] - high[last]
            shift[first] /= 1 + (first == last)
            low += shift
            high += shift
        back = np.maximum(ends[0] - low, 0) + np.minimum(ends[1] - high, 0)
        low += back
        high += back
    return placed.astype(np.float32)


def _spread(
    low: NDArray[np.float64], high: NDArray[np.float64], ends: tuple[float, float], still: NDArray[np.bool_]
) -> None:
    """Along one axis, let the one box that does not stand still reach the ends that the others do not."""
    near = 0.1 * (high[still] - low[still]).max()
    if low[still].min() > ends[0] + near:
        low[~still] = ends[0]
    if high[still].max() < ends[1] - near:
        high[~still] = ends[1]
    high[~still] = np.maximum(high[~still], low[~still] + 2)


def _is_column(boxes: Boxes, body: NDArray[np.float32]) -> bool:
    """Whether pieces lie one above the other."""
    width = boxes[:, 2].max() - boxes[:, 0].min()
    common = boxes[:, 2].min() - boxes[:, 0].max()
    return bool(common > 0.3 * width and width > 0.4 * (body[2] - body[0]))


def _around(box: NDArray[np.float32], pieces: NDArray[np.float32]) -> NDArray[np.float32]:
    """A box moved so that it holds ``pieces``, or is centred on them where they are larger."""
    back = np.minimum(pieces[:2] - box[:2], 0) + np.maximum(pieces[2:] - box[2:], 0)
    middle = (pieces[:2] + pieces[2:] - box[:2] - box[2:]) / 2
    back = np.where(pieces[2:] - pieces[:2] > box[2:] - box[:2], middle, back)
    return np.asarray(box + np.tile(back, 2), np.float32)
