"""Cuts the objects of a frame, each by its own cutter, nearest to the camera first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from synopticon.values.detection import Boxes
from synopticon.values.footage import SourceFile
from synopticon.values.frame import Frame, Plane
from synopticon.values.scene import Background
from synopticon.values.track import Track
from synopticon.vision.canvas import enlarged, lay_out
from synopticon.vision.glance import Colours, Glance, chosen, glance
from synopticon.vision.hiding import Matte, Other, heads_in, plates_in
from synopticon.vision.light import UNIT, Light, Probe, fit_light, probe_of
from synopticon.vision.likeness import Look, middle_row
from synopticon.vision.loops import claimed, outbid
from synopticon.vision.mask import head_zones, plate_zones
from synopticon.vision.matte import (
    Crop,
    MatteSettings,
    compare,
    core_of,
    foreground,
    nearness,
    shadow,
    soften,
    trimmed,
)
from synopticon.vision.planes import shrink
from synopticon.vision.roll import Cut, Quality, Roll, Rolled
from synopticon.vision.tone import tone_of

Rect = NDArray[np.int32]
Box = NDArray[np.float32]
Claim = NDArray[np.int16]
SPARSE = 8  # of so many rows and columns one is looked at to see whether the light has changed
MARGIN = 8  # rows below the lowest zone that a clear patch may need
LARGE = 16_000  # pixels of a rectangle
INSIDE = 150  # claims of nearness count no more: inside two boxes, other things decide
LEARN = 3  # of so many samples one shows what the object looks like
REMEMBERED = 90  # what having been there a moment ago adds to a claim
NEARER = 30  # and being nearer to the camera


@dataclass(frozen=True, slots=True)
class TubeSettings:
    """How tubes are cut and kept.

    ``margin`` (share of each side) and ``pixels`` enlarge a box to the rectangle that is cut; ``growth`` and
    ``longest`` bound a chunk (see ``canvas.lay_out``). ``pause`` (seconds): a longer stretch without objects
    is not decoded. ``keys_only``: the tracks have samples at key frames alone.
    """

    margin: float = 0.15
    pixels: float = 4.0
    growth: float = 3.0
    longest: int = 1500
    pause: float = 6.0
    keys_only: bool = False
    quality: Quality = field(default_factory=Quality)
    matte: MatteSettings = field(default_factory=MatteSettings)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A frame and its background, which the tables ``luma``, ``colour`` (256) bring into its light.

    The picture at (x, y) shows what the background has at (x, y) + ``shift``, even source pixels.
    """

    frame: Frame
    background: Background
    luma: Plane
    colour: Plane
    shift: tuple[int, int]
    noise: float
    light: Light = UNIT

    def seen(self, rect: Rect) -> Crop:
        """The frame inside ``rect``."""
        return _crop(self.frame.y, self.frame.u, self.frame.v, rect)

    def empty(self, rect: Rect) -> Crop:
        """The background inside ``rect``, in the light of the frame."""
        there = rect + np.array(self.shift * 2, np.int32)
        height, width = self.background.y.shape
        if there.min() < 0 or there[2] > width or there[3] > height:
            there = rect
        crop = _crop(self.background.y, self.background.u, self.background.v, there)
        tables = (self.luma, self.colour, self.colour)
        planes = (cv2.LUT(p, t) for p, t in zip((crop.y, crop.u, crop.v), tables, strict=True))
        return Crop(*(np.asarray(p, np.uint8) for p in planes))


def scene_of(frame: Frame, background: Background) -> Scene | None:
    """The frame and its background in the same light, or None when they are not of one size."""
    if frame.y.shape != background.y.shape:
        return None
    light = _light(frame, background)
    levels = np.arange(256, dtype=np.float32)
    luma = np.clip(np.rint(levels * light.gain + light.offset), 0, 255).astype(np.uint8)
    colour = np.clip(np.rint((levels - 128) * light.gain + 128), 0, 255).astype(np.uint8)
    shift = (2 * round(light.dx * background.scale / 2), 2 * round(light.dy * background.scale / 2))
    return Scene(frame, background, luma, colour, shift, _noise(background), light)


def _light(frame: Frame, background: Background) -> Light:
    """The light of the frame; where a sparse look shows that nothing has changed, it is not fitted."""
    sparse = (slice(SPARSE // 2, None, SPARSE),) * 2
    change = frame.y[sparse].astype(np.int16) - background.y[sparse]
    low, middle, high = np.percentile(change, (15, 50, 85))
    still = 2 + 2 * _noise(background)
    if abs(middle) < 1 and -still < low and high < still:
        return UNIT
    return fit_light(shrink(frame.y, background.scale), _probe(background))


@lru_cache(maxsize=4)
def _probe(background: Background) -> Probe:
    return probe_of(background.small, background.noise, background.restless)


@lru_cache(maxsize=4)
def _noise(background: Background) -> float:
    return float(np.median(background.noise))


def _crop(y: Plane, u: Plane, v: Plane, rect: Rect) -> Crop:
    x1, y1, x2, y2 = (int(c) for c in rect)
    half = (slice(y1 // 2, y2 // 2), slice(x1 // 2, x2 // 2))
    return Crop(y[y1:y2, x1:x2], u[half], v[half])


class Cutter:
    """Cuts samples ``first``..``stop - 1`` of a track; remembers what the next sample needs."""

    def __init__(self, track: Track, first: int, stop: int, settings: TubeSettings) -> None:
        self.track, self.first, self.stop, self.settings = track, first, stop, settings
        self.crops = enlarged(track.boxes, settings.margin, settings.pixels)
        canvases = lay_out(self.crops, growth=settings.growth, longest=settings.longest)
        self._waiting = [c for c in (c.part(first, stop) for c in canvases) if c]
        self._zones = [head_zones(track, k) for k in range(first, stop)]
        self._plates = [plate_zones(track, k) for k in range(first, stop)]
        self._ends = self.crops[first:stop, 1].astype(np.float32)  # how far down something may be hidden
        for k in range(first, stop):
            self.note(k, self.zones(k), self.plates(k))
        self._done: list[Rolled] = []
        self._roll: Roll | None = None
        self.look = Look()
        self.glances: list[Glance] = []
        self._looked_at: frozenset[int] | None = None
        self._mask: MatLike | None = None
        self._rect: Rect = self.crops[first]
        self._box: Box = track.boxes[first]
        self._doubt = 0.0

    def zones(self, k: int) -> Boxes:
        """The head zones of sample ``k``."""
        return self._zones[k - self.first]

    def plates(self, k: int) -> Boxes:
        """Where the plate may be in sample ``k``."""
        return self._plates[k - self.first]

    def note(self, k: int, *found: Boxes) -> None:
        """Make ready for zones, also of others, that may have to be hidden in sample ``k``."""
        for zones in found:
            if len(zones):
                self._ends[k - self.first] = max(self._ends[k - self.first], zones[:, 3].max())

    def rect(self, k: int, width: int, height: int) -> Rect:
        """The rectangle of sample ``k`` inside the picture, int32 xyxy, even; may be empty."""
        limits = np.array([width & ~1, height & ~1] * 2, np.int32)
        return np.asarray(np.clip(self.crops[k], 0, limits), np.int32)

    def claim(self, k: int, rect: Rect, seen: Crop, step: int) -> Claim:
        """How strongly sample ``k`` claims every ``step``-th pixel of ``rect``, where ``seen`` is."""
        near = nearness(self.track.boxes[k] / step, rect // step)
        mask = _NOTHING if self._mask is None else self._mask
        left, top = self._corner(k, rect)
        claim: Claim = claimed(near, INSIDE, mask, (left, top, step), REMEMBERED)
        return claim + self.look.likeness(seen, middle_row(self.track.boxes[k], rect), step)

    def _corner(self, k: int, rect: Rect) -> tuple[int, int]:
        """Where the last mask, moved with the box, has its left and top in ``rect``."""
        x1, y1, x2, y2 = (self.track.boxes[k] - self._box).tolist()
        left, top = (self._rect - rect).tolist()[:2]
        return left + round((x1 + x2) / 2), top + round((y1 + y2) / 2)

    def _before(self, k: int, rect: Rect, step: int) -> MatLike | None:
        """The last mask, moved with the box, in ``rect``."""
        if self._mask is None:
            return None
        return _moved(self._mask, self._corner(k, rect), rect)[::step, ::step]

    def matte(self, k: int, rect: Rect, scene: Scene, others: "Sequence[Neighbour]") -> "Matte":
        """The matte of sample ``k`` against the scene, without what belongs to ``others``."""
        settings, step = self.settings.matte, step_of(rect)
        seen, empty = scene.seen(rect), scene.empty(rect)
        core = core_of(nearness(self.track.boxes[k] / step, rect // step))
        change = compare(seen, empty, core, settings)
        mask = foreground(change.distance, core, self._before(k, rect, step), scene.noise, settings)
        foreign = self._foreign(k, rect, seen, others)
        mask = trimmed(cv2.subtract(mask, foreign), change.distance)
        self._doubt = self._new_doubt(mask, core, bool(self.track.observed[k]))
        mask, foreign, body = (_whole(m, rect) for m in (mask, foreign, core))
        alpha = soften(mask)
        if self._doubt > 0.02 and self.track.observed[k]:
            alpha = cv2.max(alpha, cv2.convertScaleAbs(body, alpha=self._doubt))
        alpha = cv2.threshold(cv2.subtract(alpha, foreign), 7, 255, cv2.THRESH_TOZERO)[1]
        shade = shadow(change, cv2.max(alpha, foreign))
        self._mask, self._rect, self._box = mask, rect, self.track.boxes[k]
        if (k - self.first) % LEARN == 0:
            self.look.learn(seen, alone(mask, rect, others), middle_row(self._box, rect))
        zones, plates = self.zones(k), self.plates(k)
        found = np.asarray(alpha, np.uint8)
        return Matte(rect, self._box, seen, found, shade, body, foreign, zones, plates, empty.y)

    def _new_doubt(self, mask: MatLike, core: MatLike, observed: bool) -> float:
        """How far to lean towards the rounded box, 0..1, so that nobody is invisible whose mask is too thin.

        Not when the box was only interpolated: then something hides the object.
        """
        cover = float(cv2.mean(mask, core)[0]) / 255
        thin = self.settings.matte.thin
        doubt = min(max((thin - cover) / (0.5 * thin), 0.0), 1.0) if observed else 0.0
        return self._doubt + (doubt - self._doubt) * (0.3 if self._mask is not None else 1.0)

    def _foreign(self, k: int, rect: Rect, seen: Crop, others: "Sequence[Neighbour]") -> MatLike:
        """The pixels that others claim more; of about equal claims the nearer to the camera wins."""
        step = step_of(rect)
        size = (rect[2:] - rect[:2]) // step
        foreign = np.zeros((int(size[1]), int(size[0])), np.uint8)
        if others:
            mine = self.claim(k, rect, seen, step)
            for other in others:
                outbid(foreign, mine, other.claim, NEARER if other.nearer else -NEARER)
        return foreign

    def write(self, k: int, matte: Matte, others: Sequence[Other], colours: Colours | None = None) -> None:
        """Store sample ``k``; ``others`` around it, with whether they are nearer, may show heads and plates.

        With ``colours`` those of the object are counted where this is one of the samples chosen for it.
        """
        heads, plates = heads_in(matte, others), plates_in(matte, others)
        hidden = heads if plates is None else heads | plates
        foreign = matte.foreign if others else None
        cut = Cut(matte.rect, matte.seen, matte.alpha, matte.shade, hidden, foreign, heads, matte.empty)
        self._write(k, cut)
        if colours and k in self._chosen(colours.size):
            self.glances.append(glance(self.track, k, cut, colours))

    def _chosen(self, size: tuple[int, int]) -> frozenset[int]:
        if self._looked_at is None:
            self._looked_at = frozenset(chosen(self.track, size).tolist())
        return self._looked_at

    def _write(self, k: int, cut: Cut) -> None:
        while self._roll is None or k >= self._roll.canvas.stop:
            self._advance()
        self._roll.write(k - self._roll.canvas.first, cut)

    def _advance(self) -> None:
        """Close the open chunk and open the next."""
        self._close()
        canvas = self._waiting.pop(0)
        ends = self._ends[canvas.first - self.first : canvas.stop - self.first]
        rows = float(np.max(ends - canvas.origins[:, 1])) + MARGIN
        self._roll = Roll(canvas, canvas.upper(rows), self.settings.quality)

    def _close(self) -> None:
        if self._roll is not None:
            self._done.append(self._roll.finish())
            self._roll = None

    def finish(self) -> list[Rolled]:
        """Close the last chunk; all chunks, in order."""
        while self._waiting:
            self._advance()
        self._close()
        return self._done


Job = tuple[Cutter, int]  # a sample of a track that lies in a frame


@dataclass(frozen=True, slots=True, eq=False)
class Neighbour:
    """Another object, number ``of`` in the frame, in the rectangle of one that is cut: nearer? its claim."""

    of: int
    nearer: bool
    rect: Rect
    claim: Claim


def alone(mask: MatLike, rect: Rect, others: Sequence[Neighbour]) -> Plane:
    """What of a mask in ``rect`` lies outside the rectangles of others: surely the object's own."""
    own = np.asarray(mask, np.uint8)
    if others:
        own = own.copy()
        for other in others:
            x1, y1, x2, y2 = np.maximum(other.rect - np.tile(rect[:2], 2), 0).tolist()
            own[y1:y2, x1:x2] = 0
    return own


def note_neighbours(jobs: Sequence[Job]) -> None:
    """Tell the cutters of one frame whose zones may have to be hidden in whose picture, before any is cut."""
    for i, j in _touching([cutter.crops[k] for cutter, k in jobs]):
        (cutter, k), (other, n) = jobs[i], jobs[j]
        cutter.note(k, other.zones(n), other.plates(n))


def cut_frame(
    frame: Frame, background: Background, jobs: Sequence[Job], file: SourceFile | None = None
) -> None:
    """Cut every sample that lies in this frame; of two, that with the lower foot point is nearer.

    Colours are counted where the ``file`` says what the levels of the frame mean.
    """
    scene = scene_of(frame, background) if jobs else None
    if scene is None:
        return
    height, width = frame.y.shape
    jobs = sorted(jobs, key=lambda j: (-float(j[0].track.boxes[j[1], 3]), j[0].track.id))
    rects = [cutter.rect(k, width, height) for cutter, k in jobs]
    around: list[list[Neighbour]] = [[] for _ in jobs]
    for i, j in _touching(rects):  # all claims are made before anything is cut: the order does not matter
        cutter, k = jobs[j]
        claim = cutter.claim(k, rects[i], scene.seen(rects[i]), step_of(rects[i]))
        around[i].append(Neighbour(j, j < i, rects[j], claim))
    mattes = [
        cutter.matte(k, rect, scene, others) if min(rect[2] - rect[0], rect[3] - rect[1]) >= 4 else None
        for (cutter, k), rect, others in zip(jobs, rects, around, strict=True)
    ]
    colours = _colours(scene, file) if file else None
    for (cutter, k), matte, others in zip(jobs, mattes, around, strict=True):
        if matte:
            found = ((other.nearer, mattes[other.of]) for other in others)
            cutter.write(k, matte, [(nearer, other) for nearer, other in found if other], colours)


def _colours(scene: Scene, file: SourceFile) -> Colours:
    matrix, full_range = file.colour_matrix, file.full_range
    height, width = scene.frame.y.shape
    tone = tone_of(scene.background, matrix, full_range)
    return Colours(matrix, full_range, scene.light, tone, (width, height), scene.background)


def _touching(rects: Sequence[Rect]) -> list[tuple[int, int]]:
    """Ordered pairs of different rectangles that share pixels."""
    if len(rects) < 2:
        return []
    low, high = np.split(np.stack(rects), 2, axis=1)
    touch = np.all(np.maximum(low[:, None], low) < np.minimum(high[:, None], high), axis=2)
    np.fill_diagonal(touch, val=False)
    return [(int(i), int(j)) for i, j in zip(*np.nonzero(touch), strict=True)]


def step_of(rect: Rect) -> int:
    """The matte of a large object is found on every second pixel: 1 or 2."""
    return 2 if (rect[2] - rect[0]) * (rect[3] - rect[1]) > LARGE else 1


def _whole(mask: MatLike, rect: Rect) -> MatLike:
    """A mask brought to the full size of ``rect``."""
    size = (int(rect[2] - rect[0]), int(rect[3] - rect[1]))
    return mask if mask.shape == size[::-1] else cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR)


_NOTHING = np.zeros((0, 0), np.uint8)


def _moved(mask: MatLike, corner: tuple[int, int], rect: Rect) -> MatLike:
    """A mask whose top-left pixel lies at ``corner`` of ``rect``; empty where it does not reach."""
    out = np.zeros((int(rect[3] - rect[1]), int(rect[2] - rect[0])), np.uint8)
    left, top = corner
    x1, y1 = max(left, 0), max(top, 0)
    x2, y2 = min(left + mask.shape[1], out.shape[1]), min(top + mask.shape[0], out.shape[0])
    if x1 < x2 and y1 < y2:
        out[y1:y2, x1:x2] = mask[y1 - top : y2 - top, x1 - left : x2 - left]
    return out
