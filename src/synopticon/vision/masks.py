"""Which zones of a whole recording are filled at a moment, from sources that back each other.

Heads of everything that may be a person, along its track; what the detector saw and no track holds; what
moved and no track explains; and where the plate of a vehicle may be, along its track. A track's zones are
held before it begins and after it ends, and a single sighting before and after its moment, so that a frame in
which nothing was found is masked by its neighbours.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Literal, TypeAlias, get_args

import numpy as np
import scipy
from numpy.typing import NDArray

from synopticon.errors import UsageError
from synopticon.values.detection import CLASS_INDEX, Boxes
from synopticon.values.track import Track
from synopticon.vision.geometry import areas, contained, overlaps
from synopticon.vision.mask import MASKED, PLATED, Margin, head_zone, head_zones, plate_zones
from synopticon.vision.observations import Observations

Kind: TypeAlias = Literal["heads", "faces", "people", "plates", "all"]
Kinds: TypeAlias = frozenset[Kind]
Times: TypeAlias = NDArray[np.float64]

CORE = 0.15  # share of a box, from its top, that holds the head itself
_SAME = 1e-6  # seconds within which two times are one
_CLOSE = 0.25  # seconds: a mask that would vanish for less stays
_SLIVER = 5.0  # source pixels: what is left of a blob and narrower is the edge of somebody who is tracked
_ON = 0.3  # share of the smaller zone that two sightings on one place have in common
_USUAL: Kinds = frozenset({"heads", "plates"})
_HEAD, _WHOLE, _NEAR = Margin(0.04, 2.0), Margin(0.15, 2.0), Margin(0.1, 2.0)
_MOVED = 0.05  # share of a box that is foreground, from which something moves there
_BORDER = 3.0  # source pixels: what comes as near to the border of the picture is cut by it
_NEARBY = 5.0  # seconds around a stretch from which a mask may still be held in it
_NONE = np.zeros((0, 4), np.float32)


def kinds(text: str) -> Kinds:
    """What ``heads,plates`` names. Raises ``UsageError`` for what cannot be masked."""
    known: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
    names = [name.strip() for name in text.split(",")]
    if strange := [name for name in names if name not in known]:
        raise UsageError(f"--mask {text}: {strange[0]!r} is none of {', '.join(known)}: give one or several")
    return frozenset(known[name] for name in names)


@dataclass(frozen=True, slots=True)
class MaskSettings:
    """What is masked, and how far. Seconds, source pixels, shares.

    ``what``: the heads of people; only the faces that a detector finds; whole people; the plates of vehicles;
    or all that moves, whole. ``margin`` around a head or a plate, ``around`` a whole box. ``hold``: before
    the first and after the last box of a track; ``linger``: before and after a single sighting of somebody,
    or of what moves ``near`` a track; ``flicker``: of what moves alone. ``reach``: samples over which a zone
    is widened and smoothed. ``small``: what moves and is no higher is masked whole. ``explained``: share of a
    moving blob that tracks must cover; ``covered``: share of a head that zones must; ``certain``: score of a
    lone detection, ``still`` where nothing moves: a sign or a cone is taken for somebody now and then.
    ``thin``: share of the box of a blob that moved, from which it is no passing light. ``floor``: the lower
    border of the picture: what is not upright there may be a head that comes in, and is masked whole.
    """

    what: Kinds = _USUAL
    margin: Margin = _HEAD
    around: Margin = _WHOLE
    hold: float = 0.5
    linger: float = 0.5
    flicker: float = 0.15
    near: Margin = _NEAR
    reach: int = 1
    small: float = 32.0
    explained: float = 0.8
    covered: float = 0.9
    certain: float = 0.3
    still: float = 0.65
    thin: float = 0.2
    floor: float = inf

    @property
    def whole(self) -> bool:
        """Whether people are masked whole."""
        return bool(self.what & {"people", "all"})

    @property
    def people(self) -> bool:
        """Whether people are masked by their place: without it only what a detector of faces finds is."""
        return self.whole or "heads" in self.what


@dataclass(frozen=True, slots=True, eq=False)
class Strand:
    """The zone of a track: float32 ``(n, 4)`` xyxy at ``times`` ``(n,)``, held from ``start`` to ``end``."""

    track: str
    times: Times
    zones: Boxes
    start: float
    end: float

    def at(self, time: float) -> Boxes:
        """The zone ``(4,)`` at a time, interpolated."""
        after = int(np.searchsorted(self.times, time))
        if after in (0, len(self.times)):
            return np.asarray(self.zones[min(after, len(self.times) - 1)])
        low, high = self.times[after - 1], self.times[after]
        share = np.float32((time - low) / (high - low))
        return np.asarray(self.zones[after - 1] * (1 - share) + self.zones[after] * share)


class Sightings:
    """Zones that were seen at one moment each, and are filled ``linger`` seconds ``(n,)`` before and after.

    One that another follows on the same place before a mask could vanish for a moment is filled up to the
    moment of that one: between two sightings both are filled.
    """

    def __init__(self, times: Times, zones: Boxes, linger: Times) -> None:
        order = np.argsort(times, kind="stable")
        self.times, self.zones = times[order], zones.reshape(-1, 4)[order]
        self._longest = float(linger.max(initial=0.0))
        self._starts, self._ends = self._spans(linger[order])

    def __len__(self) -> int:
        return len(self.times)

    def _spans(self, linger: Times) -> tuple[Times, Times]:
        starts, ends = self.times - linger, self.times + linger
        for k, time in enumerate(self.times):
            stop = np.searchsorted(self.times, ends[k] + self._longest + _CLOSE + _SAME)
            later = np.arange(np.searchsorted(self.times, time + _SAME), stop)
            later = later[self.times[later] - linger[later] <= ends[k] + _CLOSE + _SAME]
            near = later[contained(self.zones[k : k + 1], self.zones[later])[0] >= _ON]
            if len(near):
                ends[k] = self.times[near[0]]
                next_ones = near[self.times[near] <= ends[k] + _SAME]
                starts[next_ones] = time
        return starts, ends

    def at(self, time: float) -> Boxes:
        """Zones at a time, ``(m, 4)``."""
        far = 2 * self._longest + _CLOSE + _SAME
        first = np.searchsorted(self.times, time - far)
        last = np.searchsorted(self.times, time + far)
        here = (self._starts[first:last] <= time + _SAME) & (self._ends[first:last] >= time - _SAME)
        return np.asarray(self.zones[first:last][here])


class Strands:
    """The strands of all tracks, found by time."""

    def __init__(self, strands: Sequence[Strand]) -> None:
        self._strands = sorted(strands, key=lambda s: s.start)
        self._starts = np.array([s.start for s in self._strands])
        self._ends = np.maximum.accumulate(np.array([s.end for s in self._strands] or [0.0]))

    @property
    def names(self) -> frozenset[str]:
        """The tracks that they are of."""
        return frozenset(s.track for s in self._strands)

    def joined(self, more: Sequence[Strand]) -> "Strands":
        """These and more."""
        return Strands([*self._strands, *more]) if more else self

    def at(self, time: float) -> Boxes:
        """Zones at a time, ``(m, 4)``."""
        last = int(np.searchsorted(self._starts, time, "right"))
        first = int(np.searchsorted(self._ends[:last], time))
        zones = [s.at(time) for s in self._strands[first:last] if time <= s.end]
        return np.array(zones, np.float32).reshape(-1, 4)


@dataclass(frozen=True, slots=True, eq=False)
class MaskPlan:
    """All that is known to be masked before faces are looked for.

    ``bare``: times (s) of frames in which somebody was detected, or something moved that is known to be no
    vehicle, animal or bag, without any zone on it; kept tracks do not count. ``vehicles``: the boxes in which
    plates are looked for.
    """

    strands: Strands
    sightings: Sightings
    kept: Strands
    bare: Times
    vehicles: Strands = field(default_factory=lambda: Strands(()))

    def at(self, time: float) -> Boxes:
        """Zones to fill at a time of the timeline (s), float32 ``(m, 4)`` xyxy source pixels."""
        return np.concatenate([self.strands.at(time), self.sightings.at(time)])


def plan_masks(
    seen: Observations,
    tracks: Sequence[Track],
    settings: MaskSettings,
    keep: Collection[str] = (),
    added: Sequence[Strand] = (),
) -> MaskPlan:
    """What must be filled, when; the tracks named in ``keep`` stay clear, what a person ``added`` is filled.

    What was added changes nothing of what is filled without it.
    """
    kept = [t for t in tracks if t.id in keep]
    kept_boxes = Strands(_boxes(kept, settings.hold))
    masked = [t for t in tracks if t.id not in keep]
    strands = Strands([s for t in masked for s in _strands(t, settings)])
    carriers = [t for t in masked if "plates" in settings.what and t.label in PLATED]
    vehicles = Strands(_boxes(carriers, settings.hold))
    if not settings.people:
        none = Sightings(np.zeros(0), _NONE, np.zeros(0))
        return MaskPlan(strands.joined(added), none, kept_boxes, np.zeros(0), vehicles)
    spared = [t for t in masked if "all" not in settings.what and t.label not in MASKED]
    others = {t.id for t in spared}
    # Not held: who is about to come into the picture shows the head at another place than later.
    boxes = Strands(_boxes([t for t in tracks if t.id not in others], 0.0))
    finder = _Finder(strands, boxes, kept_boxes, Strands(_boxes(spared, settings.hold)), settings)
    found = [row for frame in _frames(seen, settings) for row in finder.loose(*frame)]
    rows = np.array([(time, linger, *zone) for time, linger, zone in found], np.float64).reshape(-1, 6)
    sightings = Sightings(rows[:, 0], rows[:, 2:].astype(np.float32), rows[:, 1])
    plan = MaskPlan(strands.joined(added), sightings, kept_boxes, np.zeros(0), vehicles)
    seen_at = _frames(seen, replace(settings, thin=0.0))  # of passing light nothing is masked, but it is told
    bare = [time for time, people, blobs in seen_at if finder.bare(time, people, blobs, plan.at(time))]
    return replace(plan, bare=np.array(bare))


def plan_near(
    seen: Observations,
    tracks: Sequence[Track],
    settings: MaskSettings,
    span: tuple[float, float],
    keep: Collection[str] = (),
    added: Sequence[Strand] = (),
) -> MaskPlan:
    """The masks of a stretch (s): of all that is known near it, as far as a mask may still be held in it."""
    low, high = near(span)
    first, stop = np.searchsorted(seen.time, (low, high))
    around = [t for t in tracks if t.start < high and t.end > low]
    return plan_masks(seen.part(int(first), int(stop)), around, settings, keep, added)


def near(span: tuple[float, float]) -> tuple[float, float]:
    """From when to when (s) is known what may be masked in a stretch."""
    return span[0] - _NEARBY, span[1] + _NEARBY


def _boxes(tracks: Sequence[Track], hold: float) -> list[Strand]:
    """The boxes of tracks, held for some seconds before and after."""
    return [Strand(t.id, t.times, t.boxes, t.start - hold, t.end + hold) for t in tracks]


def _strands(track: Track, settings: MaskSettings) -> Iterator[Strand]:
    """The zones of a track; none for what is not masked."""
    if "all" in settings.what or (settings.whole and track.label in MASKED):
        yield from _strand(track, list(grown(track.boxes, settings.around)[:, None]), settings)
        return
    if "heads" in settings.what:
        heads = [head_zones(track, k, settings.margin) for k in range(len(track))]
        yield from _strand(track, heads, settings)
    if "plates" in settings.what:
        plates = [plate_zones(track, k, settings.margin, slim=0.0) for k in range(len(track))]
        yield from _strand(track, plates, settings, to_the_ends=False)


def _strand(
    track: Track, found: Sequence[Boxes], settings: MaskSettings, *, to_the_ends: bool = True
) -> Iterator[Strand]:
    """The zones ``(m, 4)``, m 0 or 1, of each sample of a track as one strand that holds those beside.

    Where the box has for a moment none, being too wide for a person, the neighbours' zones are held; with
    ``to_the_ends`` the first and the last, too, to both ends of the track.
    """
    have = np.array([k for k, zone in enumerate(found) if len(zone)], np.intp)
    if len(have):
        zones = steady(np.concatenate([found[k] for k in have]), settings.reach)
        times = track.times[have]
        start, end = (track.start, track.end) if to_the_ends else (float(times[0]), float(times[-1]))
        yield Strand(track.id, times, zones, start - settings.hold, end + settings.hold)


def steady(zones: Boxes, reach: int) -> Boxes:
    """Zones ``(n, 4)`` that hold those of ``reach`` samples before and after, and change smoothly.

    Each is a mean of rectangles that all hold the zone of its own sample: smoothing uncovers nothing.
    """
    if len(zones) < 2 or reach < 1:
        return zones
    size, wide = 2 * reach + 1, zones.astype(np.float64)
    low = scipy.ndimage.minimum_filter1d(wide[:, :2], size, axis=0, mode="nearest")
    high = scipy.ndimage.maximum_filter1d(wide[:, 2:], size, axis=0, mode="nearest")
    both = np.concatenate([low, high], 1)
    return scipy.ndimage.uniform_filter1d(both, size, axis=0, mode="nearest").astype(np.float32)


def grown(boxes: Boxes, margin: Margin) -> Boxes:
    """Boxes ``(n, 4)`` with a margin on all sides."""
    more = (boxes[:, 2:] - boxes[:, :2]) * np.float32(margin.share) + np.float32(margin.pixels)
    return np.concatenate([boxes[:, :2] - more, boxes[:, 2:] + more], 1)


def _frames(seen: Observations, settings: MaskSettings) -> Iterator[tuple[float, Boxes, Boxes]]:
    """Time, people ``(n, 4)`` that are believed, and blobs ``(m, 4)`` of each frame."""
    certain = np.where(seen.det_moving >= _MOVED, settings.certain, settings.still)
    person = (seen.det_classes == CLASS_INDEX["person"]) & (seen.det_scores >= certain)
    moved = seen.blob_areas >= settings.thin * areas(seen.blob_boxes)
    count = np.arange(len(seen) + 1)
    people, dets = seen.det_boxes[person], np.searchsorted(seen.det_frame[person], count)
    boxes, blobs = seen.blob_boxes[moved], np.searchsorted(seen.blob_frame[moved], count)
    for k, time in enumerate(seen.time):
        if dets[k] < dets[k + 1] or blobs[k] < blobs[k + 1]:
            yield float(time), people[dets[k] : dets[k + 1]], boxes[blobs[k] : blobs[k + 1]]


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds what was seen and is on no track: the zones of tracks, and the boxes of those and of others."""

    zones: Strands
    tracked: Strands
    kept: Strands
    spared: Strands  # vehicles, animals, bags
    settings: MaskSettings

    def loose(self, time: float, people: Boxes, blobs: Boxes) -> Iterator[tuple[float, float, Boxes]]:
        """Time, seconds to hold it, and zone ``(4,)`` of what no track accounts for."""
        zones, kept = self.zones.at(time), self.kept.at(time)
        for box in people[~_mostly_in(people, kept, 0.6)]:
            if not self._hidden(box, zones):
                yield from ((time, self.settings.linger, zone) for zone in self._zone("person", box))
        tracked = self.tracked.at(time)
        boxes = grown(np.concatenate([tracked, self.spared.at(time)]), Margin(0.1, 2.0))
        around = grown(tracked, self.settings.near)
        share = overlaps(blobs, boxes).sum(1) / np.maximum(areas(blobs), 1)
        for box in _left_over(blobs[share < self.settings.explained], boxes):
            if not self._hidden(box, zones):
                near = bool((overlaps(box[None], around) > 0).any())
                linger = self.settings.linger if near else self.settings.flicker
                yield from ((time, linger, zone) for zone in self._zone("object", box))

    def _zone(self, label: str, box: Boxes) -> Boxes:
        head = head_zone(label, box, self.settings.margin)
        width, height = (box[2:] - box[:2]).tolist()
        cut = box[3] >= self.settings.floor - _BORDER and height < width
        if self.settings.whole or (len(head) and (cut or height <= self.settings.small)):
            return grown(box[None], self.settings.around)
        return head

    def _hidden(self, box: Boxes, zones: Boxes) -> bool:
        """Whether a zone covers the upper end of a box, or of whole people all of it."""
        core = box[None].copy()
        if not self.settings.whole:
            core[0, 3] = core[0, 1] + CORE * (core[0, 3] - core[0, 1])
        return bool(_mostly_in(core, zones, self.settings.covered)[0])

    def bare(self, time: float, people: Boxes, blobs: Boxes, zones: Boxes) -> bool:
        """Whether somebody, or something that moves, has no zone on it."""
        known = grown(np.concatenate([self.kept.at(time), self.spared.at(time)]), Margin(0.1, 4.0))
        boxes = np.concatenate([people, blobs])
        boxes = boxes[~_mostly_in(boxes, known, 0.5)]
        return bool(len(boxes)) and not bool((overlaps(boxes, zones) > 0).any(1).all())


def _left_over(blobs: Boxes, tracked: Boxes) -> Iterator[Boxes]:
    """What of each blob the boxes of tracks leave: the columns beside one that is as high as the blob."""
    for blob in blobs:
        x1, y1, x2, y2 = (float(v) for v in blob)
        high = y2 - y1
        beside = tracked[(tracked[:, 1] <= y1 + 0.1 * high) & (tracked[:, 3] > y1)]
        pieces = [(x1, x2)]
        for left, _, right, _ in beside.tolist():
            cut = [((a, min(b, left)), (max(a, right), b)) for a, b in pieces]
            pieces = [(a, b) for pair in cut for a, b in pair if b - a >= _SLIVER]
        for a, b in pieces:
            yield np.array([a, y1, b, y2], np.float32)


def _mostly_in(boxes: Boxes, others: Boxes, share: float) -> NDArray[np.bool_]:
    """Which of ``boxes`` lie to at least this share in one of ``others``."""
    if not len(others) or not len(boxes):
        return np.zeros(len(boxes), np.bool_)
    return np.asarray(overlaps(boxes, others).max(1) >= share * np.maximum(areas(boxes), 1e-6))
