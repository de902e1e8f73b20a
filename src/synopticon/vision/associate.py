"""Pass one of tracking: links what was seen, frame after frame, into tracklets.

Two-stage association as in Zhang et al., "ByteTrack: multi-object tracking by associating every detection
box", ECCV 2022: certain detections first, then uncertain ones, which may continue a track and never begin
one. The motion model is a g-h filter (Brookner, "Tracking and Kalman filtering made easy", 1998), which is a
Kalman filter in its steady state.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from synopticon.values.detection import CLASS_GROUP, CLASSES, Boxes
from synopticon.vision.geometry import areas, contained, iou, overlaps

_GROUPS = sorted(set(CLASS_GROUP.values()))
_GROUP_OF = np.array([_GROUPS.index(CLASS_GROUP[c]) for c in CLASSES])
_ANY = _GROUPS.index("object")


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """Boxes to be linked, in frame order; the arrays are as in Observations."""

    frame: NDArray[np.int32]
    boxes: Boxes
    scores: NDArray[np.float32]
    classes: NDArray[np.int16]
    looks: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """Limits of the association; times in seconds."""

    certain: float = 0.5  # a score that may begin a track
    uncertain: float = 0.15  # a score that may continue one
    max_lost: float = 1.2  # a track unseen for longer is closed (stitching may still reopen it)
    min_iou: float = 0.2
    min_iou_uncertain: float = 0.35
    look_weight: float = 0.4
    reach: float = 1.0  # how many of its own sizes an object may be away from where it is expected


@dataclass(slots=True)
class _Live:
    """A track while it is being built: centre, size, their rates a second, and the items it owns."""

    state: NDArray[np.float64]
    rate: NDArray[np.float64]
    time: float
    look: NDArray[np.float64]
    group: int
    items: list[int] = field(default_factory=list)
    seen: int = 1

    def predict(self, time: float) -> NDArray[np.float64]:
        """Centre and size expected at ``time``; movement is trusted for a second at most."""
        ahead = time - self.time
        moved = self.state + self.rate * np.clip(ahead, -1.0, 1.0)
        moved[2:] = np.maximum(moved[2:], 0.5 * self.state[2:])
        return np.asarray(moved)

    def update(self, index: int, box: NDArray[np.float32], look: NDArray[np.uint8], time: float) -> None:
        """Take in one more box."""
        self.nudge(box, time)
        self.look += (look - self.look) * 0.1
        self.items.append(index)

    def nudge(self, box: NDArray[np.float32], time: float) -> None:
        """Follow a box without owning it."""
        expected, seen = self.predict(time), _centre_size(box)
        step = time - self.time
        n = self.seen
        gain = np.array([0.7, 0.7, 0.45, 0.45]) if n > 2 else np.full(4, 0.85)
        rate_gain = np.array([0.35, 0.35, 0.1, 0.1]) if n > 1 else np.array([0.9, 0.9, 0.1, 0.1])
        self.state = expected + gain * (seen - expected)
        self.rate = self.rate + rate_gain * (seen - expected) / (np.sign(step) * max(abs(step), 0.02))
        self.time = time
        self.seen += 1


def link(
    items: Items,
    times: NDArray[np.float64],
    settings: LinkSettings | None = None,
    hints: tuple[NDArray[np.int32], Boxes] | None = None,
) -> list[list[int]]:
    """Link items into tracklets: lists of item indices in time order.

    ``times`` are the seconds of the frames that ``items.frame`` points to. Classes of one group
    (``CLASS_GROUP``) may be linked, and ``object`` with any. ``hints`` (frames, boxes) are what moved: where
    the detector did not look, a track follows the one blob it fits. Afterwards each tracklet is carried
    backwards over uncertain items that nobody owns, since recorded video lets one look ahead.
    """
    settings = settings or LinkSettings()
    live: list[_Live] = []
    done: list[_Live] = []
    blob_frames, blobs = hints or (np.zeros(0, np.int32), np.zeros((0, 4), np.float32))
    for frame in np.union1d(items.frame, blob_frames):
        time = float(times[frame])
        rows = np.arange(*np.searchsorted(items.frame, (frame, frame + 1)))
        done += [t for t in live if time - t.time > settings.max_lost]
        live = [t for t in live if time - t.time <= settings.max_lost]
        rows = _without_merged(live, items, rows, time)
        _advance(live, items, rows, time, settings)
        _follow(live, blobs[slice(*np.searchsorted(blob_frames, (frame, frame + 1)))], time)
    done += live
    done.sort(key=lambda t: t.items[0])
    _carry_back(done, items, times, settings)
    return [t.items for t in done]


def _without_merged(live: list[_Live], items: Items, rows: NDArray[np.intp], time: float) -> NDArray[np.intp]:
    """The rows but for unnamed blobs in which several tracks have met.

    Such a blob is nobody's box. The tracks in it go on as they went, kept inside it, until they part again.
    """
    blobs = rows[_GROUP_OF[items.classes[rows]] == _ANY]
    known = [t for t in live if t.seen >= 3]
    if not len(blobs) or len(known) < 2:
        return rows
    expected = _corners(np.array([t.predict(time) for t in known]))
    boxes = items.boxes[blobs]
    inside = overlaps(expected, boxes) > 0.6 * areas(expected)[:, None]
    largest = (inside * areas(expected)[:, None]).max(0)
    merged = (inside.sum(0) >= 2) & (areas(boxes) > 1.25 * largest)
    for track, box, within in zip(known, expected, inside & merged[None], strict=True):
        if within.any():
            track.nudge(_kept_inside(box, boxes[int(within.argmax())]), time)
    return np.setdiff1d(rows, blobs[merged])


def _kept_inside(box: NDArray[np.float32], blob: NDArray[np.float32]) -> NDArray[np.float32]:
    """A box moved, without changing its size, so that it does not leave ``blob``."""
    back = np.maximum(blob[:2] - box[:2], 0) + np.minimum(blob[2:] - box[2:], 0)
    return np.asarray(box + np.tile(back, 2), np.float32)


def _follow(live: list[_Live], blobs: Boxes, time: float) -> None:
    """Let tracks that were not detected in this frame follow the blob that is theirs alone."""
    waiting = [t for t in live if t.time < time]
    if not waiting or not len(blobs):
        return
    fit = iou(_corners(np.array([t.predict(time) for t in live])), blobs)
    theirs = (fit > 0.15).sum(0) == 1
    for row, track in zip(fit, live, strict=True):
        best = int(row.argmax())
        if track.time < time and row[best] > 0.4 and theirs[best]:
            track.nudge(blobs[best], time)


def _advance(
    live: list[_Live], items: Items, rows: NDArray[np.intp], time: float, settings: LinkSettings
) -> None:
    sure = items.scores[rows] >= settings.certain
    free = _match(live, items, rows[sure], time, settings.min_iou, settings)
    waiting = [t for t in live if t.time < time]
    maybe = rows[~sure & (items.scores[rows] >= settings.uncertain)]
    _match(waiting, items, maybe, time, settings.min_iou_uncertain, settings)
    owned = np.array([items.boxes[t.items[-1]] for t in live if t.time == time], np.float32).reshape(-1, 4)
    for k in free:
        box = items.boxes[k]
        if len(owned) and contained(box[None], owned).max() > 0.8:
            continue  # a second box on a body that is tracked already
        look = items.looks[k].astype(np.float64)
        live.append(_Live(_centre_size(box), np.zeros(4), time, look, _group(items, k), [int(k)]))


def _match(
    live: list[_Live], items: Items, rows: NDArray[np.intp], time: float, floor: float, settings: LinkSettings
) -> list[int]:
    """Match rows to live tracks, updating them; returns the rows left over."""
    if not live or not len(rows):
        return [int(k) for k in rows]
    expected = _corners(np.array([t.predict(time) for t in live]))
    shared = iou(expected, items.boxes[rows])
    looks = np.array([t.look for t in live])
    unlike = np.abs(looks[:, None] - items.looks[rows][None].astype(np.float64)).mean(2) / 64
    near = _nearness(expected, items.boxes[rows], settings.reach)
    likeness = np.maximum(shared, near) - settings.look_weight * np.minimum(unlike, 1)
    groups = np.array([t.group for t in live])
    theirs = _GROUP_OF[items.classes[rows]]
    allowed = (groups[:, None] == theirs) | (groups[:, None] == _ANY) | (theirs == _ANY)
    allowed &= np.maximum(shared, near) >= floor
    cost = np.where(allowed, -likeness, 10.0)
    a, b = linear_sum_assignment(cost)
    taken = set()
    for i, j in zip(a, b, strict=True):
        if allowed[i, j]:
            live[i].update(int(rows[j]), items.boxes[rows[j]], items.looks[rows[j]], time)
            taken.add(j)
    return [int(k) for j, k in enumerate(rows) if j not in taken]


def _nearness(a: Boxes, b: Boxes, reach: float) -> NDArray[np.float64]:
    """A stand-in for IoU of small fast boxes: 0.5 at the same place, 0 when ``reach`` box sizes away."""
    ca = (a[:, None, :2].astype(np.float64) + a[:, None, 2:]) / 2
    cb = (b[None, :, :2].astype(np.float64) + b[None, :, 2:]) / 2
    size_a = (a[:, None, 2:].astype(np.float64) - a[:, None, :2]).clip(1)
    size_b = (b[None, :, 2:].astype(np.float64) - b[None, :, :2]).clip(1)
    alike = np.minimum(size_a, size_b).prod(2) / np.maximum(size_a, size_b).prod(2)
    away = np.hypot(*np.moveaxis((ca - cb) / (0.5 * reach * (size_a + size_b)), 2, 0))
    return np.asarray(0.5 * np.clip(1 - away, 0, None) * alike)


def _carry_back(
    tracks: list[_Live], items: Items, times: NDArray[np.float64], settings: LinkSettings
) -> None:
    owned = np.zeros(len(items), np.bool_)
    for t in tracks:
        owned[t.items] = True
    cuts = np.searchsorted(items.frame, np.arange(len(times) + 1))
    for t in tracks:
        _carry_one_back(t, items, times, cuts, owned, settings)


def _carry_one_back(
    track: _Live,
    items: Items,
    times: NDArray[np.float64],
    cuts: NDArray[np.intp],
    owned: NDArray[np.bool_],
    settings: LinkSettings,
) -> None:
    if len(track.items) < 3:
        return
    back = _reversed(track, items, times)
    first = int(items.frame[track.items[0]])
    for frame in range(first - 1, -1, -1):
        time = float(times[frame])
        if back.time - time > 0.5 * settings.max_lost:
            break
        rows = np.arange(cuts[frame], cuts[frame + 1])
        rows = rows[~owned[rows] & (items.scores[rows] >= settings.uncertain)]
        before = len(back.items)
        _match([back], items, rows, time, settings.min_iou_uncertain, settings)
        if len(back.items) > before:
            owned[back.items[-1]] = True
            track.items.insert(0, back.items[-1])


def _reversed(track: _Live, items: Items, times: NDArray[np.float64]) -> _Live:
    """The track as seen by someone walking back in time, warmed up on its first items."""
    head = track.items[:6][::-1]
    k = head[0]
    look = items.looks[k].astype(np.float64)
    back = _Live(_centre_size(items.boxes[k]), np.zeros(4), float(times[items.frame[k]]), look, track.group)
    back.items.append(k)
    for k in head[1:]:
        back.update(k, items.boxes[k], items.looks[k], float(times[items.frame[k]]))
    return back


def _centre_size(box: NDArray[np.float32]) -> NDArray[np.float64]:
    x1, y1, x2, y2 = (float(v) for v in box)
    return np.array([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1])


def _corners(states: NDArray[np.float64]) -> Boxes:
    half = states[:, 2:] / 2
    return np.concatenate([states[:, :2] - half, states[:, :2] + half], 1).astype(np.float32)


def _group(items: Items, k: int) -> int:
    return int(_GROUP_OF[items.classes[k]])
