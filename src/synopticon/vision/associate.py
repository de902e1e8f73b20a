"""Pass one of tracking: links what was seen, frame after frame, into tracklets.

Two-stage association as in Zhang et al., "ByteTrack: multi-object tracking by associating every detection
box", ECCV 2022: certain detections first, then uncertain ones, which may continue a track and never begin
one. The motion model is a g-h filter (Brookner, "Tracking and Kalman filtering made easy", 1998), which is a
Kalman filter in its steady state.
"""

import numpy as np
from numpy.typing import NDArray

from synopticon.values.detection import Boxes
from synopticon.vision.geometry import contained, iou
from synopticon.vision.live import Items, LinkSettings, Live, begun, centre_size, expected, match


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
    live: list[Live] = []
    done: list[Live] = []
    blob_frames, blobs = hints or (np.zeros(0, np.int32), np.zeros((0, 4), np.float32))
    for frame in np.union1d(items.frame, blob_frames):
        time = float(times[frame])
        rows = np.arange(*np.searchsorted(items.frame, (frame, frame + 1)))
        done += [t for t in live if time - t.time > settings.max_lost]
        live = [t for t in live if time - t.time <= settings.max_lost]
        _advance(live, items, rows, time, settings)
        _follow(live, blobs[slice(*np.searchsorted(blob_frames, (frame, frame + 1)))], time)
    done += live
    done.sort(key=lambda t: t.items[0])
    _carry_back(done, items, times, settings)
    return [t.items for t in done]


def _follow(live: list[Live], blobs: Boxes, time: float) -> None:
    """Let tracks that were not detected in this frame follow the blob that is theirs alone."""
    waiting = [t for t in live if t.time < time]
    if not waiting or not len(blobs):
        return
    fit = iou(expected(live, time), blobs)
    theirs = (fit > 0.15).sum(0) == 1
    for row, track in zip(fit, live, strict=True):
        best = int(row.argmax())
        if track.time < time and row[best] > 0.4 and theirs[best]:
            track.nudge(blobs[best], time)


def _advance(
    live: list[Live], items: Items, rows: NDArray[np.intp], time: float, settings: LinkSettings
) -> None:
    sure = items.scores[rows] >= settings.certain
    free = match(live, items, rows[sure], time, settings.min_iou, settings)
    waiting = [t for t in live if t.time < time]
    maybe = rows[~sure & (items.scores[rows] >= settings.uncertain)]
    match(waiting, items, maybe, time, settings.min_iou_uncertain, settings)
    owned = np.array([items.boxes[t.items[-1]] for t in live if t.time == time], np.float32).reshape(-1, 4)
    for k in free:
        box = items.boxes[k]
        if len(owned) and contained(box[None], owned).max() > 0.8:
            continue  # a second box on a body that is tracked already
        live.append(begun(items, k, time))


def _carry_back(tracks: list[Live], items: Items, times: NDArray[np.float64], settings: LinkSettings) -> None:
    owned = np.zeros(len(items), np.bool_)
    for t in tracks:
        owned[t.items] = True
    cuts = np.searchsorted(items.frame, np.arange(len(times) + 1))
    for t in tracks:
        _carry_one_back(t, items, times, cuts, owned, settings)


def _carry_one_back(
    track: Live,
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
        match([back], items, rows, time, settings.min_iou_uncertain, settings)
        if len(back.items) > before:
            owned[back.items[-1]] = True
            track.items.insert(0, back.items[-1])


def _reversed(track: Live, items: Items, times: NDArray[np.float64]) -> Live:
    """The track as seen by someone walking back in time, warmed up on its first items."""
    head = track.items[:6][::-1]
    k = head[0]
    look = items.looks[k].astype(np.float64)
    back = Live(centre_size(items.boxes[k]), np.zeros(4), float(times[items.frame[k]]), look, track.group)
    back.items.append(k)
    for k in head[1:]:
        back.update(k, items.boxes[k], items.looks[k], float(times[items.frame[k]]))
    return back
