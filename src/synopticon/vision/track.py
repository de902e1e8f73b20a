"""Observations in, tracks out: link, stitch, interpolate, smooth, vote, sift."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy
from numpy.typing import NDArray

from synopticon.values.detection import CLASS_INDEX, CLASSES, Boxes
from synopticon.values.track import Dropped, Track
from synopticon.vision.associate import link
from synopticon.vision.geometry import paired_overlaps
from synopticon.vision.live import Items, LinkSettings
from synopticon.vision.observations import Observations
from synopticon.vision.parts import PartSettings, apart
from synopticon.vision.stitch import Piece, StitchSettings, doubles, group_of, stitch
from synopticon.vision.untangle import untangled

_MIN_FILL = 0.45  # score of a blob: how much of its box moves


@dataclass(frozen=True, slots=True)
class TrackSettings:
    """How sure a track must be. Times in seconds, sizes in source pixels."""

    link: LinkSettings = field(default_factory=LinkSettings)
    parts: PartSettings = field(default_factory=PartSettings)
    stitch: StitchSettings = field(default_factory=StitchSettings)
    min_moving: float = 0.12  # share of a detection's box that must be foreground
    min_seen: int = 4  # boxes really seen
    min_life: float = 0.5
    min_score: float = 0.45  # mean score of the seen boxes
    min_path: float = 0.7  # of its own size: an unnamed object that moved less is none, unless it stayed
    min_stay: float = 4.0  # seconds that a new, unmoving thing must stay to be an object
    min_side: float = 16.0  # its shorter side then
    longest_step: float = 1.0  # seconds between two sightings that still count as seen all along
    smooth_place: float = 1.4  # sigma of the smoothing over time, in intervals between two looks
    smooth_size: float = 1.8


@dataclass(frozen=True, slots=True, eq=False)
class _Draft:
    """A track before sifting: the items it owns, its label and score."""

    items: NDArray[np.intp]
    label: str
    score: float


def build_tracks(
    observations: Observations,
    digests: Sequence[str],
    width: int,
    height: int,
    settings: TrackSettings | None = None,
) -> tuple[tuple[Track, ...], tuple[Dropped, ...]]:
    """Turn observations into tracks, and name what was found but is too uncertain to be one.

    ``digests`` are the SHA-256 of the footage's files, for the tracks' ids. Depends on nothing but the
    observations, so any cut into segments gives the same tracks.
    """
    settings = settings or TrackSettings()
    seen = _detections(observations, settings)
    hints = (observations.blob_frame, observations.blob_boxes)
    named, weak = _drafts(seen, observations.time, (width, height), settings, hints)
    tracks = [_finish(d, seen, observations, (width, height), settings) for d in named]
    unnamed, pixels = _unexplained(observations, tracks)
    moved, blob = apart(unnamed, pixels, observations.time, settings.link, settings.parts)
    loose, faint = _drafts(moved, observations.time, (width, height), settings, None, blob)
    tracks += [_finish(d, moved, observations, (width, height), settings) for d in loose]
    dropped = [_drop(d, i, observations) for ds, i in ((weak, seen), (faint, moved)) for d in ds]
    return _with_ids(tracks, dropped, digests)


def _detections(o: Observations, settings: TrackSettings) -> Items:
    moving = o.det_moving >= settings.min_moving
    return Items(
        o.det_frame[moving],
        o.det_boxes[moving],
        o.det_scores[moving],
        o.det_classes[moving],
        o.det_looks[moving],
    )


def _unexplained(o: Observations, tracks: list[Track]) -> tuple[Items, NDArray[np.float32]]:
    """Blobs that no track covers: what the detector missed but motion sees; and their foreground pixels."""
    covered = np.zeros(len(o.blob_frame))
    hides = np.zeros(len(o.blob_frame), np.bool_)
    size = np.maximum(np.prod(o.blob_boxes[:, 2:] - o.blob_boxes[:, :2], axis=1), 1)
    for t in tracks:
        first = np.searchsorted(o.time, t.times[0] - 1.0)
        last = np.searchsorted(o.time, t.times[-1] + 1.0, "right")
        low, high = np.searchsorted(o.blob_frame, [first, last])
        if low == high:
            continue
        at = o.time[o.blob_frame[low:high]]
        boxes = np.stack([np.interp(at, t.times, t.boxes[:, k]) for k in range(4)], 1)
        shared = paired_overlaps(o.blob_boxes[low:high], _grow(boxes.astype(np.float32), 0.15))
        covered[low:high] += shared / size[low:high]
        hides[low:high] |= shared / np.maximum(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1), 1) > 0.5
    free = (covered < 0.3) & ~hides
    n = int(free.sum())
    area_share = np.clip(o.blob_areas[free] / size[free], 0, 1)
    scores = (0.4 + 0.6 * area_share).astype(np.float32)
    classes = np.full(n, CLASS_INDEX["object"], np.int16)
    items = Items(o.blob_frame[free], o.blob_boxes[free], scores, classes, o.blob_looks[free])
    return items, o.blob_areas[free]


def _grow(boxes: Boxes, share: float) -> Boxes:
    margin = (boxes[:, 2:] - boxes[:, :2]) * share
    return np.concatenate([boxes[:, :2] - margin, boxes[:, 2:] + margin], 1)


def _drafts(
    items: Items,
    times: NDArray[np.float64],
    picture: tuple[int, int],
    settings: TrackSettings,
    hints: tuple[NDArray[np.int32], Boxes] | None,
    blob: NDArray[np.intp] | None = None,
) -> tuple[list[_Draft], list[_Draft]]:
    """Link and stitch; returns what is sure and what is not."""
    rows = [np.array(t) for t in link(items, times, settings.link, hints)]
    if blob is not None:
        rows = untangled(rows, blob, items, times)
    pieces = [_piece(items, r, times) for r in rows]
    pieces = [p for p in pieces if len(p.items) > 1]
    chains = stitch(pieces, *picture, settings.stitch)
    drafts = [_draft(items, [pieces[i] for i in chain], times) for chain in chains]
    worth = [len(d.items) * d.score for d in drafts]
    gone = doubles(
        [items.boxes[d.items] for d in drafts], [times[items.frame[d.items]] for d in drafts], worth
    )
    drafts = [d for i, d in enumerate(drafts) if i not in gone]
    sure = [_sure(d, items, times, settings) for d in drafts]
    return [d for d, ok in zip(drafts, sure, strict=True) if ok], [
        d for d, ok in zip(drafts, sure, strict=True) if not ok and len(d.items) >= settings.min_seen
    ]


def _piece(items: Items, rows: NDArray[np.intp], times: NDArray[np.float64]) -> Piece:
    return Piece(
        rows,
        times[items.frame[rows]],
        items.boxes[rows],
        items.looks[rows],
        group_of(items.classes[rows], items.scores[rows]),
    )


def _draft(items: Items, pieces: list[Piece], times: NDArray[np.float64]) -> _Draft:
    rows = np.concatenate([p.items for p in pieces])
    rows = rows[np.argsort(times[items.frame[rows]], kind="stable")]
    _, first = np.unique(items.frame[rows], return_index=True)  # overlapping pieces: one box a frame
    rows = rows[first]
    votes = np.bincount(items.classes[rows], weights=items.scores[rows], minlength=len(CLASSES))
    return _Draft(rows, CLASSES[int(votes.argmax())], float(items.scores[rows].mean()))


def _sure(draft: _Draft, items: Items, times: NDArray[np.float64], settings: TrackSettings) -> bool:
    at = times[items.frame[draft.items]]
    life = at[-1] - at[0]
    if len(draft.items) < settings.min_seen or life < settings.min_life:
        return False
    if draft.label != "object":
        return draft.score >= settings.min_score
    return draft.score >= _MIN_FILL and _is_something(items.boxes[draft.items], at, settings)


def _is_something(boxes: Boxes, at: NDArray[np.float64], settings: TrackSettings) -> bool:
    """Whether an unnamed blob is an object: it went somewhere, or it is sizeable, steady and stayed.

    What flutters in its place (a tape, a leaf, a reflection) is neither.
    """
    size = np.median(boxes[:, 2:] - boxes[:, :2], axis=0).astype(np.float64)
    centre = (boxes[:, :2].astype(np.float64) + boxes[:, 2:]) / 2
    fifth = max(1, len(centre) // 5)
    quarters = [np.median(part, axis=0) for part in np.array_split(centre, min(4, len(centre)))]
    went = max(np.hypot(*(q - np.median(centre[:fifth], axis=0))) for q in quarters)
    steps = np.diff(at)
    # share of its life in which it was seen
    held = steps[steps < settings.longest_step].sum() / max(at[-1] - at[0], 1e-6)
    if held < 0.5:
        return False
    if went >= settings.min_path * np.sqrt(size.prod()):
        return True
    return bool(at[-1] - at[0] >= settings.min_stay and size.min() >= settings.min_side and held > 0.9)


def _finish(
    draft: _Draft, items: Items, o: Observations, picture: tuple[int, int], settings: TrackSettings
) -> Track:
    """Boxes for every frame between the first and the last seen, smoothed, without slivers at the edge."""
    frames = items.frame[draft.items]
    rows = frames[0] + np.flatnonzero(o.watched[frames[0] : frames[-1] + 1])
    boxes = smooth(items.boxes[draft.items], o.time[frames], o.time[rows], settings)
    boxes = np.clip(boxes, 0, np.array([*picture, *picture], np.float32)).astype(np.float32)
    observed = np.isin(rows, frames) | _between_looks(frames, rows, o)
    keep = _whole(boxes, picture)
    rows, boxes, observed = rows[keep], boxes[keep], observed[keep]
    return Track("", draft.label, draft.score, o.source[rows], o.pts[rows], o.time[rows], boxes, observed)


def _whole(boxes: Boxes, picture: tuple[int, int]) -> slice:
    """From the first to the last box that is not just a sliver at the picture's edge."""
    far = np.array([*picture, *picture], np.float32)
    touches = (boxes[:, :2] < 2).any(1) | (boxes[:, 2:] > far[2:] - 2).any(1)
    size = boxes[:, 2:] - boxes[:, :2]
    if touches.all():
        return slice(None)
    usual = np.median(size[~touches], axis=0)
    good = np.flatnonzero(~(touches & (size < 0.55 * usual).any(1)))
    return slice(good[0], good[-1] + 1)


def _between_looks(
    frames: NDArray[np.int32], all_frames: NDArray[np.intp], o: Observations
) -> NDArray[np.bool_]:
    """Frames that were not looked at, between two neighbouring looks that both saw the object."""
    following = np.searchsorted(frames, all_frames)
    previous = np.maximum(following - 1, 0)
    following = np.minimum(following, len(frames) - 1)
    return np.asarray(o.time[frames[following]] - o.time[frames[previous]] < 0.5)


def smooth(
    boxes: Boxes, seen: NDArray[np.float64], times: NDArray[np.float64], settings: TrackSettings
) -> Boxes:
    """Interpolate boxes seen at ``seen`` to ``times`` and smooth them: place lightly, size strongly."""
    values = _uncut(boxes.astype(np.float64), seen)
    grid = np.stack([np.interp(times, seen, values[:, k]) for k in range(4)], 1)
    looks = len(times) / len(seen)  # frames from one look to the next
    for columns, sigma in ((slice(0, 2), settings.smooth_place), (slice(2, 4), settings.smooth_size)):
        grid[:, columns] = _smoothed(grid[:, columns], sigma * looks)
    half = grid[:, 2:] / 2
    return np.concatenate([grid[:, :2] - half, grid[:, :2] + half], 1).astype(np.float32)


def _smoothed(values: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Gaussian smoothing of each column; the ends keep their value and slope (point reflection)."""
    pad = min(int(np.ceil(3 * sigma)), len(values) - 1)
    if pad < 1:
        return values
    before = 2 * values[0] - values[pad:0:-1]
    after = 2 * values[-1] - values[-2 : -pad - 2 : -1]
    padded = np.concatenate([before, values, after])
    return np.asarray(scipy.ndimage.gaussian_filter1d(padded, sigma, axis=0, mode="nearest")[pad:-pad])


def _uncut(boxes: NDArray[np.float64], seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centre and size of each box, with boxes that something hid in part brought back to full size.

    Hidden in part = clearly smaller than the track around that time. The edge that fits the movement stays.
    """
    step = float(np.median(np.diff(seen))) if len(seen) > 1 else 1.0
    window = int(np.clip(round(2.0 / max(step, 1e-3)), 5, 61)) | 1
    out = np.empty_like(boxes)
    for axis in (0, 1):
        low, high = boxes[:, axis], boxes[:, axis + 2]
        size, centre = high - low, (low + high) / 2
        usual = scipy.ndimage.median_filter(size, size=min(window, len(size)), mode="nearest")
        cut = size < 0.8 * usual
        size = scipy.ndimage.median_filter(size, size=min(5, len(size)), mode="nearest")
        if cut.any() and not cut.all():
            path = np.interp(seen, seen[~cut], centre[~cut])
            choices = np.stack([low + usual / 2, high - usual / 2, centre])
            best = np.abs(choices - path).argmin(0)
            centre = np.where(cut, np.take_along_axis(choices, best[None], 0)[0], centre)
            size = np.where(cut, usual, size)
        out[:, axis], out[:, axis + 2] = centre, size
    return out


def _drop(draft: _Draft, items: Items, o: Observations) -> Dropped:
    first, last = items.frame[draft.items[0]], items.frame[draft.items[-1]]
    return Dropped(
        "", draft.label, int(o.source[first]), float(o.time[first]), float(o.time[last]), "too uncertain"
    )


def _with_ids(
    tracks: list[Track], dropped: list[Dropped], digests: Sequence[str]
) -> tuple[tuple[Track, ...], tuple[Dropped, ...]]:
    """Name tracks by where they start: digest of the file, start pts, ordinal among equals."""
    from dataclasses import replace

    tracks = sorted(tracks, key=lambda t: (t.start, float(t.boxes[0, 0]), float(t.boxes[0, 1])))
    count: dict[str, int] = {}
    named = []
    for t in tracks:
        stem = f"{digests[int(t.file[0])][:12]}-{int(t.pts[0])}"
        count[stem] = count.get(stem, -1) + 1
        named.append(replace(t, id=f"{stem}-{count[stem]}"))
    dropped = sorted(dropped, key=lambda d: (d.start, d.end, d.label))
    return tuple(named), tuple(replace(d, id=f"x{n}") for n, d in enumerate(dropped))
