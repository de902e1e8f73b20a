"""Completeness and false tubes: what was found, judged against what somebody saw with their own eyes.

A labelled object is *shown* when one tube matches it: the same class group or ``object``; the tube covers
half of the object's interval, labels being right to within a slack; and, where the label has boxes,
IoU >= 0.3 on half of all its boxes. A tube is *false* when, for most of its own life, no labelled object of
its class group (any, for ``object``) is there. Two stricter counts stand beside: ``one_to_one`` lets a tube
stand for one labelled object only, and ``unmatched`` counts every tube that is nobody's best match,
fragments and doubles included.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import scipy
from numpy.typing import NDArray

from synopticon.errors import UsageError
from synopticon.measure.mot import MotTable, xywh_to_xyxy
from synopticon.values.detection import CLASS_GROUP, Boxes
from synopticon.values.track import Dropped, Track

Flags: TypeAlias = NDArray[np.bool_]

MIN_IOU = 0.3
MIN_SHARE = 0.5
MIN_SECONDS = 1.0  # objects that are visible for less are not asked for
LISTED_SHARE = 0.05  # of all objects, how many may be listed instead of shown
UNCERTAIN = "too uncertain"  # the reason that does not excuse
HOLD = 0.5  # s: a tube is taken to be where it was for this long between two of its samples


@dataclass(frozen=True, slots=True, eq=False)
class TruthObject:
    """One labelled object: visible from ``start`` to ``end`` (s); boxes may be unknown (n = 0).

    ``times`` float64 ``(n,)`` seconds, ``boxes`` float32 ``(n, 4)`` xyxy source pixels.
    """

    name: str
    group: str
    start: float
    end: float
    times: NDArray[np.float64]
    boxes: Boxes


@dataclass(frozen=True, slots=True)
class TruthClip:
    """The labels of one clip; ``slack`` is how far (s) the ends of an interval may be off.

    ``exhaustive``: every person and vehicle of the clip is labelled, so a tube elsewhere is false.
    """

    name: str
    objects: tuple[TruthObject, ...]
    slack: float
    exhaustive: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """An object of a synopsis: ``times`` float64 ``(n,)`` s, ``boxes`` float32 ``(n, 4)`` source pixels."""

    id: str
    group: str
    times: NDArray[np.float64]
    boxes: Boxes


@dataclass(frozen=True, slots=True)
class Listed:
    """An object that was found and is not shown, with the reason; times in seconds."""

    id: str
    group: str
    start: float
    end: float
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one clip.

    ``found`` names for each labelled object the tube that shows it ("" = none); ``single`` the same when a
    tube may stand for one object only; ``listed`` names the missed objects that are listed for a reason that
    excuses; ``false`` and ``unmatched`` name tubes.
    """

    clip: str
    tubes: int
    found: Mapping[str, str]
    single: Mapping[str, str]
    listed: tuple[str, ...]
    false: tuple[str, ...]
    unmatched: tuple[str, ...]
    exhaustive: bool = True


def judge(clip: TruthClip, shown: Sequence[Shown], listed: Sequence[Listed] = ()) -> Verdict:
    """Compare what is shown and listed of a clip with its labels."""
    asked = [o for o in clip.objects if o.end - o.start >= MIN_SECONDS]
    score = np.array([[_match(o, s, clip.slack) for s in shown] for o in asked])
    score = score.reshape(len(asked), len(shown))
    rows, columns = scipy.optimize.linear_sum_assignment(-score)
    pairs = {int(i): int(j) for i, j in zip(rows, columns, strict=True) if score[i, j] > 0}
    best = [int(score[i].argmax()) if score[i].any() else -1 for i in range(len(asked))]
    found = {o.name: shown[j].id if j >= 0 else "" for o, j in zip(asked, best, strict=True)}
    single = {o.name: shown[pairs[i]].id if i in pairs else "" for i, o in enumerate(asked)}
    return Verdict(
        clip=clip.name,
        tubes=len(shown),
        found=found,
        single=single,
        listed=tuple(o.name for o in asked if not found[o.name] and _is_listed(o, listed, clip.slack)),
        false=tuple(s.id for s in shown if not _is_true(s, clip)),
        unmatched=tuple(s.id for j, s in enumerate(shown) if j not in pairs.values()),
        exhaustive=clip.exhaustive,
    )


def closest(truth: TruthObject, shown: Sequence[Shown], slack: float) -> tuple[str, float, float]:
    """The tube that comes closest to a labelled object: its id, share of its time, share of its boxes.

    ("", 0, 0) when none is there at its time. For finding out why an object counts as missed.
    """
    best = ("", 0.0, 0.0)
    for tube in shown:
        if tube.group not in (truth.group, "object"):
            continue
        time = _covered(truth, float(tube.times[0]), float(tube.times[-1]), slack)
        found = (tube.id, time, _fit(truth, tube) if len(truth.times) else time)
        best = max(best, found, key=lambda f: (min(f[1:]), f[1]))
    return best


def pool(verdicts: Sequence[Verdict]) -> dict[str, float]:
    """Rates over all clips: ``shown``, ``one_to_one``, ``false``, ``unmatched``.

    ``shown`` counts listed objects too, up to 5 % of all. The rates of false and unmatched tubes are over the
    clips whose labels are exhaustive.
    """
    total = sum(len(v.found) for v in verdicts)
    shown = sum(bool(i) for v in verdicts for i in v.found.values())
    single = sum(bool(i) for v in verdicts for i in v.single.values())
    excused = min(float(sum(len(v.listed) for v in verdicts)), LISTED_SHARE * total)
    whole = [v for v in verdicts if v.exhaustive]
    tubes = sum(v.tubes for v in whole)
    return {
        "objects": float(total),
        "shown": (shown + excused) / max(total, 1),
        "shown_without_listed": shown / max(total, 1),
        "one_to_one": single / max(total, 1),
        "tubes": float(tubes),
        "false": sum(len(v.false) for v in whole) / max(tubes, 1),
        "unmatched": sum(len(v.unmatched) for v in whole) / max(tubes, 1),
    }


def inside(shown: Sequence[Shown], zone: tuple[float, float, float, float], share: float = 0.5) -> list[str]:
    """Ids of the tubes whose boxes lie in ``zone`` (xyxy) by ``share`` of their area, most of their life.

    For places where nothing real can be: a drawn clock, a banner.
    """
    x1, y1, x2, y2 = zone
    names = []
    for tube in shown:
        b = tube.boxes
        wide = np.clip(np.minimum(b[:, 2], x2) - np.maximum(b[:, 0], x1), 0, None)
        high = np.clip(np.minimum(b[:, 3], y2) - np.maximum(b[:, 1], y1), 0, None)
        area = np.maximum((b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1]), 1e-6)
        if np.mean(wide * high >= share * area) >= MIN_SHARE:
            names.append(tube.id)
    return names


def from_tracks(tracks: Sequence[Track]) -> tuple[Shown, ...]:
    """Tracks as what would be shown of them."""
    return tuple(Shown(t.id, CLASS_GROUP[t.label], t.times, t.boxes) for t in tracks)


def from_dropped(dropped: Sequence[Dropped]) -> tuple[Listed, ...]:
    """Dropped objects as they would be listed."""
    return tuple(Listed(d.id, CLASS_GROUP[d.label], d.start, d.end, d.reason) for d in dropped)


def from_manifest(path: str | Path, scale: float = 1.0) -> tuple[tuple[Shown, ...], tuple[Listed, ...]]:
    """What a synopsis shows and lists, from its manifest ``OUT.json``.

    ``scale`` is source pixels per synopsis pixel. Raises UsageError when the file is not a manifest.
    """
    try:
        data = json.loads(Path(path).read_text("utf-8"))
        shown = tuple(_shown(entry, scale) for entry in data["objects"])
        listed = tuple(_listed(entry) for entry in data["left_out"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path}: is not the manifest of a synopsis ({error!r}); give its OUT.json"
        ) from error
    return shown, listed


def labels_from_mot(table: MotTable, fps: float, group: str, name: str = "") -> tuple[TruthObject, ...]:
    """One labelled object for each id of a MOT table; frame n (from 1) is the picture at (n - 1) / fps."""
    objects = []
    for number in np.unique(table.ids):
        rows = table.ids == number
        times = (table.frames[rows] - 1) / fps
        objects.append(
            TruthObject(f"{name}{number}", group, float(times[0]), float(times[-1]), times, table.boxes[rows])
        )
    return tuple(objects)


def labels_from_intervals(
    spans: Sequence[tuple[float, float]], fps: float, group: str, name: str = ""
) -> tuple[TruthObject, ...]:
    """Labelled objects without boxes, from their first and last frame (0-based)."""
    times, boxes = np.zeros(0), np.zeros((0, 4), np.float32)
    return tuple(
        TruthObject(f"{name}{n}", group, first / fps, last / fps, times, boxes)
        for n, (first, last) in enumerate(spans, 1)
    )


def sample(tube: Shown, times: NDArray[np.float64]) -> tuple[Boxes, Flags]:
    """Boxes of a tube at ``times`` (interpolated), and where it is there at all."""
    after = np.clip(np.searchsorted(tube.times, times), 0, len(tube.times) - 1)
    before = np.clip(after - 1, 0, None)
    nearest = np.minimum(np.abs(tube.times[after] - times), np.abs(tube.times[before] - times))
    step = float(np.median(np.diff(tube.times))) if len(tube.times) > 1 else 0.0
    boxes = np.stack([np.interp(times, tube.times, tube.boxes[:, k]) for k in range(4)], axis=1)
    within = (times >= tube.times[0] - step) & (times <= tube.times[-1] + step)
    return boxes.astype(np.float32), within & (nearest <= max(HOLD, step))


def _match(truth: TruthObject, tube: Shown, slack: float) -> float:
    """How well a tube shows a labelled object, 0 = does not match."""
    if tube.group not in (truth.group, "object"):
        return 0.0
    share = _covered(truth, float(tube.times[0]), float(tube.times[-1]), slack)
    if share < MIN_SHARE:
        return 0.0
    if not len(truth.times):
        return share
    fit = _fit(truth, tube)
    return fit if fit >= MIN_SHARE else 0.0


def _fit(truth: TruthObject, tube: Shown) -> float:
    """Share of the label's boxes on which the tube lies."""
    boxes, there = sample(tube, truth.times)
    return float((there & (_iou(boxes, truth.boxes) >= MIN_IOU)).mean())


def _covered(truth: TruthObject, start: float, end: float, slack: float) -> float:
    """Share of the labelled interval, whose ends are right to ``slack``, that start..end covers, up to 1."""
    shared = min(end, truth.end + slack) - max(start, truth.start - slack)
    return float(np.clip(shared / max(truth.end - truth.start, 1e-9), 0.0, 1.0))


def _is_listed(truth: TruthObject, listed: Sequence[Listed], slack: float) -> bool:
    return any(
        entry.group in (truth.group, "object")
        and not entry.reason.startswith(UNCERTAIN)
        and _covered(truth, entry.start, entry.end, slack) >= MIN_SHARE
        for entry in listed
    )


def _is_true(tube: Shown, clip: TruthClip) -> bool:
    there = np.zeros(len(tube.times), np.bool_)
    for truth in clip.objects:
        if tube.group in (truth.group, "object"):
            there |= _present(tube, truth, clip.slack)
    return bool(there.mean() >= MIN_SHARE)


def _present(tube: Shown, truth: TruthObject, slack: float) -> Flags:
    """At which samples of the tube the labelled object is there: by its boxes, else by its interval."""
    if not len(truth.times):
        flags: Flags = (tube.times >= truth.start - slack) & (tube.times <= truth.end + slack)
        return flags
    boxes, there = sample(Shown(truth.name, truth.group, truth.times, truth.boxes), tube.times)
    return there & (_iou(boxes, tube.boxes) >= MIN_IOU)


def _iou(a: Boxes, b: Boxes) -> NDArray[np.float64]:
    """IoU of row k of a with row k of b, float64 ``(n,)``."""
    size = np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2])
    shared: NDArray[np.float64] = np.clip(size, 0, None).astype(np.float64).prod(axis=1)
    areas = (a[:, 2:] - a[:, :2]).prod(axis=1) + (b[:, 2:] - b[:, :2]).prod(axis=1)
    ratio: NDArray[np.float64] = shared / np.maximum(areas - shared, 1e-9)
    return ratio


def _shown(entry: Mapping[str, Any], scale: float) -> Shown:
    rows = np.array(entry["frames"], np.float64).reshape(-1, 6)
    rows = rows[np.argsort(rows[:, 1], kind="stable")]
    return Shown(entry["id"], CLASS_GROUP[entry["class"]], rows[:, 1], xywh_to_xyxy(rows[:, 2:6] * scale))


def _listed(entry: Mapping[str, Any]) -> Listed:
    source = entry["source"]
    return Listed(
        entry["id"],
        CLASS_GROUP[entry["class"]],
        float(source["start"]),
        float(source["end"]),
        entry["reason"],
    )
