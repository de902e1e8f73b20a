"""Cuts the objects of a frame, each by its own cutter, nearest to the camera first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.values.detection import Boxes
from synopticon.values.frame import Frame, Plane
from synopticon.values.scene import Background
from synopticon.values.track import Track
from synopticon.vision.canvas import enlarged, lay_out
from synopticon.vision.light import Probe, fit_light, probe_of
from synopticon.vision.mask import head_zones
from synopticon.vision.matte import Crop, Mask, MatteSettings, core_of, difference, foreground, shadow, soften
from synopticon.vision.motion import shrink
from synopticon.vision.roll import Cut, Roll

Rect = NDArray[np.int32]
Box = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TubeSettings:
    """How tubes are cut and kept.

    ``margin`` (share of each side) and ``pixels`` enlarge a box to the rectangle that is cut; ``growth`` and
    ``longest`` bound a chunk (see ``canvas.lay_out``); ``crf`` is the quality of the sprite videos (x264's
    scale, smaller is better). ``pause`` (seconds): a longer stretch without objects is not decoded.
    """

    margin: float = 0.15
    pixels: float = 4.0
    growth: float = 3.0
    longest: int = 1500
    crf: int = 27
    preset: str = "veryfast"
    pause: float = 6.0
    matte: MatteSettings = field(default_factory=MatteSettings)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A frame and its background; the tables ``luma`` and ``colour`` (256 levels) bring that into its light."""

    frame: Frame
    background: Background
    luma: Plane
    colour: Plane
    noise: float

    def seen(self, rect: Rect) -> Crop:
        """The frame inside ``rect``."""
        return _crop(self.frame.y, self.frame.u, self.frame.v, rect)

    def empty(self, rect: Rect) -> Crop:
        """The background inside ``rect``, in the light of the frame."""
        crop = _crop(self.background.y, self.background.u, self.background.v, rect)
        tables = (self.luma, self.colour, self.colour)
        return Crop(*(cv2.LUT(p, t) for p, t in zip((crop.y, crop.u, crop.v), tables, strict=True)))


def scene_of(frame: Frame, background: Background) -> Scene | None:
    """The frame and its background in the same light, or None when they are not of one size."""
    if frame.y.shape != background.y.shape:
        return None
    light = fit_light(shrink(frame.y, background.scale).astype(np.float32), _probe(background))
    levels = np.arange(256, dtype=np.float32)
    luma = np.clip(np.rint(levels * light.gain + light.offset), 0, 255).astype(np.uint8)
    colour = np.clip(np.rint((levels - 128) * light.gain + 128), 0, 255).astype(np.uint8)
    return Scene(frame, background, luma, colour, _noise(background))


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
        self._done: list[tuple[Roll, bytes, bytes]] = []
        canvases = lay_out(self.crops, growth=settings.growth, longest=settings.longest)
        self._waiting = [c for c in (c.part(first, stop) for c in canvases) if c]
        self._roll: Roll | None = None
        self._mask: Mask | None = None
        self._rect: Rect = self.crops[first]
        self._box: Box = track.boxes[first]
        self._doubt = 0.0

    def rect(self, k: int, width: int, height: int) -> Rect:
        """The rectangle of sample ``k`` inside the picture, int32 xyxy, even; may be empty."""
        limits = np.array([width & ~1, height & ~1] * 2, np.int32)
        return np.clip(self.crops[k], 0, limits)

    def guess(self, k: int, rect: Rect) -> Mask:
        """Where sample ``k`` may be, in ``rect``: the last mask moved with the box, else the rounded box."""
        before = self._before(k, rect)
        if before is not None:
            return before
        return np.asarray(cv2.compare(core_of(self.track.boxes[k], rect), 127, cv2.CMP_GT), np.uint8)

    def _before(self, k: int, rect: Rect) -> Mask | None:
        if self._mask is None:
            return None
        box = self.track.boxes[k]
        step = np.rint((box[:2] + box[2:] - self._box[:2] - self._box[2:]) / 2).astype(np.int32)
        return _moved(self._mask, self._rect[:2] + step, rect)

    def mask_in(self, rect: Rect) -> Mask:
        """The mask of the sample just cut, in another rectangle of the same frame."""
        if self._mask is None:
            return np.zeros((int(rect[3] - rect[1]), int(rect[2] - rect[0])), np.uint8)
        return _moved(self._mask, self._rect[:2], rect)

    def cut(self, k: int, rect: Rect, scene: Scene, others: "Sequence[Neighbour]") -> None:
        """Cut sample ``k``: its matte against the scene, without what belongs to ``others``."""
        settings, box = self.settings.matte, self.track.boxes[k]
        seen, empty = scene.seen(rect), scene.empty(rect)
        core = core_of(box, rect)
        distance = difference(seen, empty, settings.chroma)
        mask = foreground(distance, core, self._before(k, rect), scene.noise, settings)
        mine = self.guess(k, rect) if others else core
        foreign = _foreign(mine, others)
        mask = cv2.subtract(mask, foreign)
        soft = self._believed(soften(np.asarray(mask, np.uint8)), core, bool(self.track.observed[k]))
        alpha = cv2.min(soft, cv2.subtract(255, cv2.GaussianBlur(foreign, (3, 3), 0))) if others else soft
        alpha = cv2.threshold(alpha, 7, 255, cv2.THRESH_TOZERO)[1]
        taken = cv2.max(alpha, foreign) if others else alpha
        shade = shadow(seen, empty, np.asarray(taken, np.uint8), settings)
        hidden = self._hidden(k, rect, core, others)
        self._mask, self._rect, self._box = np.asarray(mask, np.uint8), rect, box
        self._write(k, Cut(rect, seen, np.asarray(alpha, np.uint8), shade, hidden))

    def _believed(self, alpha: Plane, core: Mask, observed: bool) -> Plane:
        """Where the mask is implausibly thin, lean towards the rounded box, so that nobody is invisible.

        Not when the box was only interpolated: then something hides the object.
        """
        cover = float(cv2.mean(alpha, core)[0]) / 255
        thin = self.settings.matte.thin
        doubt = min(max((thin - cover) / (0.5 * thin), 0.0), 1.0) if observed else 0.0
        self._doubt += (doubt - self._doubt) * (0.3 if self._mask is not None else 1.0)
        if self._doubt < 0.02 or not observed:
            return alpha
        return np.asarray(cv2.max(alpha, cv2.convertScaleAbs(core, alpha=self._doubt)), np.uint8)

    def _hidden(self, k: int, rect: Rect, core: Mask, others: "Sequence[Neighbour]") -> Mask:
        """What must be filled, 0 or 255 in blocks of 2 x 2 pixels: own heads, and others' that may show.

        The own zone reaches to the upper end of the rectangle. A head farther from the camera than this
        object is behind its middle and cannot be seen there.
        """
        height, width = core.shape[0] // 2, core.shape[1] // 2
        hidden = np.zeros((height, width), np.uint8)
        for other in others:
            if not other.nearer:
                _fill(hidden, other.zones, rect)
        hidden[cv2.resize(core, (width, height), interpolation=cv2.INTER_AREA) > 200] = 0
        for other in others:
            if other.nearer:
                _fill(hidden, other.zones, rect)
        own = head_zones(self.track, k)
        own[:, 1] = np.minimum(own[:, 1], rect[1])
        _fill(hidden, own, rect)
        return np.asarray(
            cv2.resize(hidden, (2 * width, 2 * height), interpolation=cv2.INTER_NEAREST), np.uint8
        )

    def _write(self, k: int, cut: Cut) -> None:
        while self._roll is None or k >= self._roll.canvas.stop:
            self._advance()
        self._roll.write(k - self._roll.canvas.first, cut)

    def _advance(self) -> None:
        """Close the open chunk and open the next."""
        if self._roll is not None:
            self._done.append((self._roll, *self._roll.finish()))
        canvas = self._waiting.pop(0)
        self._roll = Roll(canvas, crf=self.settings.crf, preset=self.settings.preset)

    def finish(self) -> list[tuple[Roll, bytes, bytes]]:
        """Close the last chunk; all chunks with their masked and clear streams, in order."""
        while self._waiting:
            self._advance()
        if self._roll is not None:
            self._done.append((self._roll, *self._roll.finish()))
            self._roll = None
        return self._done


@dataclass(frozen=True, slots=True, eq=False)
class Neighbour:
    """Another object in the rectangle of one that is cut: is it nearer, where is it, where are its heads."""

    nearer: bool
    mask: Mask
    zones: Boxes


def cut_frame(frame: Frame, background: Background, jobs: Sequence[tuple[Cutter, int]]) -> None:
    """Cut every sample that lies in this frame, the nearest to the camera (lowest foot point) first."""
    scene = scene_of(frame, background)
    if scene is None:
        return
    height, width = frame.y.shape
    jobs = sorted(jobs, key=lambda j: (-float(j[0].track.boxes[j[1], 3]), j[0].track.id))
    rects = [cutter.rect(k, width, height) for cutter, k in jobs]
    for i, (cutter, k) in enumerate(jobs):
        rect = rects[i]
        if rect[2] - rect[0] < 4 or rect[3] - rect[1] < 4:
            continue
        near = [j for j in range(len(jobs)) if j != i and _touch(rect, rects[j])]
        cutter.cut(k, rect, scene, [_neighbour(jobs[j], rect, nearer=j < i) for j in near])


def _neighbour(job: tuple[Cutter, int], rect: Rect, *, nearer: bool) -> Neighbour:
    cutter, k = job
    mask = cutter.mask_in(rect) if nearer else cutter.guess(k, rect)
    return Neighbour(nearer, mask, head_zones(cutter.track, k))


def _touch(a: Rect, b: Rect) -> bool:
    return bool(max(a[0], b[0]) < min(a[2], b[2]) and max(a[1], b[1]) < min(a[3], b[3]))


def _foreign(mine: Mask, others: Sequence[Neighbour]) -> Mask:
    """The pixels that belong to others: all of those nearer, and of those behind what is not mine."""
    foreign = np.zeros_like(mine)
    for other in others:
        theirs = other.mask if other.nearer else cv2.bitwise_and(other.mask, cv2.bitwise_not(mine))
        foreign = np.asarray(cv2.bitwise_or(foreign, theirs), np.uint8)
    return foreign


def _moved(mask: Mask, corner: Rect, rect: Rect) -> Mask:
    """A mask whose top-left pixel lies at ``corner``, seen in ``rect``; empty where it does not reach."""
    place = np.array([[1, 0, corner[0] - rect[0]], [0, 1, corner[1] - rect[1]]], np.float64)
    size = (int(rect[2] - rect[0]), int(rect[3] - rect[1]))
    return np.asarray(cv2.warpAffine(mask, place, size, flags=cv2.INTER_NEAREST), np.uint8)


def _fill(half: Mask, zones: Boxes, rect: Rect) -> None:
    """Set ``zones`` (source pixels) in a half-size mask of ``rect``; every pixel that a zone touches."""
    for x1, y1, x2, y2 in (zones - np.tile(rect[:2], 2)) / 2:
        top, left = max(int(np.floor(y1)), 0), max(int(np.floor(x1)), 0)
        half[top : max(int(np.ceil(y2)), 0), left : max(int(np.ceil(x2)), 0)] = 255
