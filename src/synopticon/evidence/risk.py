"""Where a mask must be looked at first: moments at which somebody may be uncovered, each with its reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import scipy
from numpy.typing import NDArray

from synopticon.values.detection import CLASS_INDEX, Boxes
from synopticon.values.track import Track
from synopticon.vision.geometry import areas, overlaps
from synopticon.vision.mask import MASKED, head_zone
from synopticon.vision.masks import CORE, Kinds, MaskPlan, Times
from synopticon.vision.observations import Observations

NEAR = 1.0  # seconds: moments that are no farther apart are one stretch
_COVERED = 0.9  # share of a head's place that one zone must fill
_JUMP = 0.6  # widths of the box by which one step differs from those around it
_AROUND = 5  # steps among which the usual one is found
_HELD = 1.0  # seconds without a sighting
_EDGE = 0.03  # share of the picture's side that is its border, where people come and go
_BESIDE = 1.0  # seconds at both ends of what is reviewed, where tracks must begin and end
_SURE = 0.5  # score of a track
_SAME = 1e-6  # seconds


class Reason(StrEnum):
    """Why a moment must be looked at; the worst come first."""

    BARE = "bare"  # somebody, or something that moves, was seen with no mask on it
    SMALL = "small"  # the mask leaves a part of the place where the head is
    JUMP = "jump"  # the mask leaps from one place to another
    HELD = "held"  # nothing was seen for a while, and the mask was only held
    BEGINS = "begins"  # the track begins inside the picture: somebody may have been there before
    ENDS = "ends"  # it ends inside the picture
    UNSURE = "unsure"  # the detector was unsure, or the thing moved only now and then


RANK = {reason: rank for rank, reason in enumerate(Reason)}


@dataclass(frozen=True, slots=True)
class Risk:
    """A stretch of the timeline (s) to look at, and ``at`` when; ``track``: its id, "" = of nobody known."""

    reason: Reason
    start: float
    end: float
    at: float
    track: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is reviewed: the stretch of the timeline in seconds, the size of the picture in pixels."""

    start: float
    end: float
    size: tuple[int, int]


def in_order(risks: Sequence[Risk]) -> tuple[Risk, ...]:
    """The worst first: by reason, then the longest, then by time."""
    return tuple(sorted(risks, key=lambda r: (RANK[r.reason], r.start - r.end, r.start, r.track)))


def worst_first(tracks: Sequence[Track], risks: Sequence[Risk]) -> tuple[Track, ...]:
    """Tracks by their worst risk; those that have none last, by time."""
    places = {risk.track: place for place, risk in reversed([*enumerate(in_order(risks))])}
    return tuple(sorted(tracks, key=lambda t: (places.get(t.id, len(risks)), t.start, t.id)))


def stretches(times: Times) -> Iterator[Times]:
    """Times (s), in order, cut where more than ``NEAR`` lies between two."""
    if len(times):
        yield from np.split(times, np.flatnonzero(np.diff(times) > NEAR) + 1)


def bare_risks(plan: MaskPlan, watched: Watched) -> Iterator[Risk]:
    """Where somebody, or something that moves, has no mask on it."""
    inside = (plan.bare >= watched.start) & (plan.bare < watched.end)
    for times in stretches(plan.bare[inside]):
        yield Risk(Reason.BARE, float(times[0]), float(times[-1]), float(times[len(times) // 2]))


def uncovered_at(seen: Observations, plan: MaskPlan, spared: Sequence[Track], time: float) -> Boxes:
    """What was seen or moved at a time (s) with no mask on it, ``(n, 4)``; ``spared``: tracks without."""
    first, stop = np.searchsorted(seen.time, (time - _SAME, time + _SAME))
    people = seen.det_classes == CLASS_INDEX["person"]
    found = np.concatenate([
        seen.det_boxes[people & (seen.det_frame >= first) & (seen.det_frame < stop)],
        seen.blob_boxes[(seen.blob_frame >= first) & (seen.blob_frame < stop)],
    ])  # fmt: skip
    now = np.array([time])
    others = np.array([t.at(now)[0] for t in spared if t.start <= time <= t.end], np.float32).reshape(-1, 4)
    free = ~(overlaps(found, plan.at(time)) > 0).any(1)
    theirs = overlaps(found, others).max(1, initial=0.0) > 0.5 * areas(found)
    return np.asarray(found[free & ~theirs])


def track_risks(track: Track, plan: MaskPlan, what: Kinds, watched: Watched) -> Iterator[Risk]:
    """What may be wrong with the mask of a track, in the stretch that is reviewed."""
    inside = (track.times >= watched.start) & (track.times < watched.end)
    if not inside.any():
        return
    for reason, bad in (
        (Reason.SMALL, _small(track, plan, what, watched.size)),
        (Reason.JUMP, _jumps(track)),
        (Reason.HELD, _held(track)),
    ):
        for times in stretches(track.times[bad & inside]):
            yield Risk(reason, float(times[0]), float(times[-1]), float(times[len(times) // 2]), track.id)
    yield from _ends(track, watched)
    if track.score < _SURE:
        shown = track.times[inside]
        yield Risk(Reason.UNSURE, float(shown[0]), float(shown[-1]), float(shown[len(shown) // 2]), track.id)


def masked_tracks(plan: MaskPlan, tracks: Sequence[Track], what: Kinds) -> tuple[Track, ...]:
    """The tracks that have a mask of their own; where only faces are filled, those that may show one."""
    named = plan.strands.names
    return tuple(t for t in tracks if t.id in named or ("faces" in what and t.label in MASKED))


def _small(track: Track, plan: MaskPlan, what: Kinds, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Where no single zone fills the place that must be filled: the head's, or all of the box."""
    cores = track.boxes.copy()
    if "all" in what or ("people" in what and track.label in MASKED):
        due = np.ones(len(track), np.bool_)
    elif "heads" in what:
        cores[:, 3] = cores[:, 1] + CORE * (cores[:, 3] - cores[:, 1])
        due = np.array([len(head_zone(track.label, box)) > 0 for box in track.boxes], np.bool_)
    else:
        return np.zeros(len(track), np.bool_)
    cores = _in_picture(cores, size)
    for k in np.flatnonzero(due):
        due[k] = _share(cores[k : k + 1], plan.at(float(track.times[k]))) < _COVERED
    return due


def _in_picture(boxes: Boxes, size: tuple[int, int]) -> Boxes:
    limit = np.array([*size, *size], np.float32)
    return np.asarray(np.clip(boxes, 0, limit), np.float32)


def _share(core: Boxes, zones: Boxes) -> float:
    """Share of a box ``(1, 4)`` that the zone which fills most of it fills; 1 where the box is empty."""
    area = float(areas(core)[0])
    if area < 1.0:
        return 1.0
    return float(overlaps(core, zones).max(initial=0.0)) / area


def _jumps(track: Track) -> NDArray[np.bool_]:
    """Where the middle of the box's upper edge makes a step unlike those around it."""
    if len(track) < 3:
        return np.zeros(len(track), np.bool_)
    boxes = track.boxes.astype(np.float64)
    tops = np.stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 1]], 1)
    steps = np.diff(tops, axis=0)
    usual = scipy.ndimage.median_filter(steps, size=(_AROUND, 1), mode="nearest")
    wide = np.maximum(boxes[1:, 2] - boxes[1:, 0], 1.0)
    return np.append(False, np.abs(steps - usual).max(1) > _JUMP * wide)


def _held(track: Track) -> NDArray[np.bool_]:
    """Where nothing was seen of it for long."""
    bad = np.zeros(len(track), np.bool_)
    for first, stop in _runs(~track.observed):
        if track.times[min(stop, len(track) - 1)] - track.times[max(first - 1, 0)] >= _HELD:
            bad[first:stop] = True
    return bad


def _ends(track: Track, watched: Watched) -> Iterator[Risk]:
    """Its first and last moment, when those lie inside the picture and inside what is reviewed."""
    early, late = watched.start + _BESIDE, watched.end - _BESIDE
    if early < track.start < watched.end and _inside(track.boxes[0], watched.size):
        yield Risk(Reason.BEGINS, track.start, track.start, track.start, track.id)
    if watched.start < track.end < late and _inside(track.boxes[-1], watched.size):
        yield Risk(Reason.ENDS, track.end, track.end, track.end, track.id)


def _inside(box: Boxes, size: tuple[int, int]) -> bool:
    """Whether a box ``(4,)`` keeps away from the picture's border."""
    x, y = (_EDGE * side for side in size)
    return bool(box[0] > x and box[1] > y and box[2] < size[0] - x and box[3] < size[1] - y)


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and stop of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
