"""A roll: the sprite videos of one chunk while they are being written, the masked one and the clear one.

A picture of the masked one has ``width`` x ``height * 3/2`` pixels: the colour of a sprite on top and below
it, both at half size in luma, alpha (left) and the light (right): the darkness of the shadow, or a mark where
the colour is hidden. Where there is nothing both are 0, and the colour is flat. A picture of the clear one
is only the colour of the marked places, and only the upper part of the canvas where they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from synopticon.footage.encode import SpriteWriter, read_sprites
from synopticon.values.frame import Plane
from synopticon.vision.canvas import Canvas
from synopticon.vision.loops import ground_sums, paint
from synopticon.vision.matte import Crop, smaller

GREY = 128  # of what nobody sees, and of fills where too little of an object is seen
BELOW = 4  # a fill has the mean colour of what is seen below it, over a quarter of the height
SOLID = 240  # alpha that is surely the object
PALER = 0.3  # share by which a fill goes towards grey
FEW = 12  # blocks of 2 x 2 pixels that must be seen
SEAM = 1  # pixels by which the marked place, and again the clear patch, are larger than what is hidden
SEEN = 60  # alpha from which the true colour is kept; the faint rim outside gets the ground's
CONTACT = 1  # pixels by which the true colour goes on into what others have, where alpha at half size reaches
DRIFT = 12  # grey levels by which the ground may change before the flat colour follows
FAINT = 30  # alpha that cannot be told from coding noise, and is none
ALPHA_GAIN = 44 / 255  # alpha and darkness are stored small, so that they are coded more coarsely than colour
DARK_GAIN = 0.8
DARKEST = 128  # of a shadow, of 255
MARK = 180  # of hidden places; more than any darkness

Colour = tuple[int, int, int]
Picture = tuple[Plane, Plane, Plane]


@dataclass(frozen=True, slots=True)
class Quality:
    """How sprite videos are coded: ``qp`` is H.264's quantiser (0..51, less is better), constant in a chunk.

    Constant, because each object is to be equally true in each sample; rate control would save on the samples
    that move most. What serves the eye only (psycho-visual tuning, adaptive quantisation) is off. Where the
    first ``trial`` samples come out below ``target`` (dB of luma, inside the object) the chunk gets a smaller
    quantiser, by at most ``finer``. A canvas of at most ``small`` pixels is coded with the parameters
    ``thorough``, but with ``modest`` where the trial takes less than ``cheap`` bits a kept pixel; a larger
    one, whose pixels cost less but are many, with ``quick``. All three are x264's.
    """

    qp: int = 32
    target: float = 30.8
    finer: int = 2
    trial: int = 8
    small: int = 16_000
    cheap: float = 0.8
    thorough: str = "subme=6:ref=3:mixed-refs=1"
    modest: str = "subme=3:ref=3:mixed-refs=1"
    quick: str = "subme=2:ref=2"

    def params(self, canvas: Canvas) -> str:
        """The parameters for x264."""
        effort = self.thorough if canvas.width * canvas.height <= self.small else self.quick
        constant = f"qp={self.qp}:chroma-qp-offset=4:ipratio=1.1:aq-mode=0:no-psy=1:no-mbtree=1"
        search = "rc-lookahead=0:weightp=0:trellis=1:me=dia:no-chroma-me=1"
        return f"{constant}:{search}:{effort}"


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """What was cut from one frame in ``rect`` (int32 xyxy, even).

    ``seen`` is the clear picture there; ``alpha`` ``(h, w)``, ``shade`` ``(h/2, w/2)`` the matte; ``hidden``
    ``(h, w)``, 0 or 255 in blocks of 2 x 2, is what must be filled, ``foreign`` ``(h, w)`` what others have.
    ``heads``: what of ``hidden`` may be a head, and is not even looked at for colours; None = all of it.
    ``empty``: the luma of the scene there, in the light of ``seen``; None = unknown.
    """

    rect: NDArray[np.int32]
    seen: Crop
    alpha: Plane
    shade: Plane
    hidden: Plane
    foreign: MatLike | None = None
    heads: Plane | None = None
    empty: Plane | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Rolled:
    """A finished chunk: its canvas, that of the clear stream, and both streams (``clear`` may be empty)."""

    canvas: Canvas
    clear_canvas: Canvas
    picture: bytes
    clear: bytes
    pixels: int


class Stream:
    """One sprite video on a canvas, one picture for each sample; with a matte or without, see the module."""

    def __init__(self, canvas: Canvas, quality: Quality, *, matte: bool) -> None:
        self._canvas = canvas
        self._size = (canvas.width, canvas.height * 3 // 2 if matte else canvas.height)
        self._writer = SpriteWriter(*self._size, preset="veryfast", params=quality.params(canvas))
        self._flat: Colour | None = None
        self._empty: Picture | None = None

    @property
    def count(self) -> int:
        """Sprites written."""
        return self._writer.count

    def write(
        self,
        rect: NDArray[np.int32],
        seen: Crop,
        keep: MatLike,
        ground: Colour | None,
        matte: tuple[MatLike, MatLike] | None = None,
    ) -> None:
        """Add a sprite: the colours of ``seen`` where ``keep`` (h, w), elsewhere flat: that of the ground.

        The colour of the ground makes the smallest step at the rim, and a constant costs nothing. ``matte``
        is alpha and light at half size, as they are stored.
        """
        x, y = (int(c) for c in self._canvas.origins[self.count])
        left, top = int(rect[0]) - x, int(rect[1]) - y
        picture = luma, first, second = tuple(p.copy() for p in self._blank(ground))
        paint(picture, (seen.y, seen.u, seen.v), keep, top, left)
        if matte:
            below = luma[self._canvas.height :]
            _put(below, matte[0], top // 2, left // 2)
            _put(below[:, self._canvas.width // 2 :], matte[1], top // 2, left // 2)
        self._writer.write(luma, first, second)

    def skip_to(self, count: int) -> None:
        """Add sprites of which nothing is seen until there are ``count``."""
        while self.count < count:
            self._writer.write(*self._blank(None))

    def finish(self) -> bytes:
        """The bytes of the whole stream."""
        return self._writer.finish()

    def _blank(self, ground: Colour | None) -> Picture:
        """A picture of nothing, its colour following the ground when that has changed enough."""
        old = self._flat
        if ground is not None and (old is None or abs(ground[0] - old[0]) > DRIFT):
            self._flat, self._empty = ground, None
        if self._empty is None:
            height, (width, whole) = self._canvas.height, self._size
            y = np.zeros((whole, width), np.uint8)
            u = np.full((whole // 2, width // 2), GREY, np.uint8)
            v = u.copy()
            y[:height], u[: height // 2], v[: height // 2] = self._flat or (GREY, GREY, GREY)
            self._empty = (y, u, v)
        return self._empty


class Roll:
    """A chunk being written: the masked picture, and the clear patches once there are any."""

    def __init__(self, canvas: Canvas, clear_canvas: Canvas, quality: Quality) -> None:
        self.canvas = canvas
        self._clear_canvas = clear_canvas
        self._pixels = 0
        self._quality = quality
        self._held: list[tuple[int, Cut]] = []  # the first samples, until the quantiser is chosen
        self._picture: Stream | None = None
        self._clear: Stream | None = None

    def write(self, index: int, cut: Cut) -> None:
        """Add sprite ``index`` of the chunk; indices must grow, missing ones become empty sprites."""
        if self._picture is None and len(self._held) < self._quality.trial:
            self._held.append((index, replace(cut, seen=cut.seen.copy())))
        else:
            self._write(self._begun(), index, cut)

    def _begun(self) -> Stream:
        """The stream of pictures, opened when the first samples show which quantiser it needs."""
        if self._picture is None:
            first = [cut for n, (index, cut) in enumerate(self._held) if index == n]
            self._quality = _fitting(self.canvas, self._quality, first)
            self._picture = Stream(self.canvas, self._quality, matte=True)
            for index, cut in self._held:
                self._write(self._picture, index, cut)
            self._held = []
        return self._picture

    def _write(self, picture: Stream, index: int, cut: Cut) -> None:
        picture.skip_to(index)
        ground, keep = _ground(cut), _kept(cut)
        light = cv2.LUT(cut.shade, _STORED_SHADE)
        if cv2.countNonZero(cv2.bitwise_and(cut.hidden, cut.alpha)):
            marked = cv2.dilate(cut.hidden, _square(SEAM))
            light[smaller(marked) > 127] = MARK
            self._write_clear(index, cut, cv2.bitwise_and(cv2.dilate(marked, _square(SEAM)), keep), ground)
            keep[cut.hidden > 0] = 0
        alpha = _stored(cut.alpha)
        picture.write(cut.rect, cut.seen, keep, ground, (alpha, light))
        self._pixels += cv2.countNonZero(_alpha(alpha))

    def _write_clear(self, index: int, cut: Cut, keep: MatLike, ground: Colour | None) -> None:
        if self._clear is None:
            self._clear = Stream(self._clear_canvas, self._quality, matte=False)
        self._clear.skip_to(index)
        self._clear.write(cut.rect, cut.seen, keep, ground)

    def finish(self) -> Rolled:
        """Close both streams, of equal counts of pictures."""
        streams = [self._begun(), self._clear]
        for stream in streams:
            if stream:
                stream.skip_to(len(self.canvas.origins))
        picture, clear = (stream.finish() if stream else b"" for stream in streams)
        return Rolled(self.canvas, self._clear_canvas, picture, clear, self._pixels)


def _fitting(canvas: Canvas, quality: Quality, cuts: Sequence[Cut]) -> Quality:
    """The quality for a chunk that begins with ``cuts``: a finer step for every 0.8 dB that a trial lacks."""
    if not cuts or not quality.finer:
        return quality
    modest = replace(quality, thorough=quality.modest)
    trial = Stream(canvas, modest, matte=False)
    kept = [_kept(cut) for cut in cuts]
    for cut, keep in zip(cuts, kept, strict=True):
        trial.write(cut.rect, cut.seen, keep, _ground(cut))
    data = trial.finish()
    cheap = 8 * len(data) < quality.cheap * sum(cv2.countNonZero(k) for k in kept)
    found = zip(read_sprites(data), cuts, canvas.origins, strict=False)
    errors = [e for picture, cut, origin in found if (e := _error(picture[0], cut, origin)) is not None]
    lacking = quality.target - 10 * np.log10(255**2 / max(float(np.median(errors)), 1e-3)) if errors else 0.0
    finer = min(max(round(float(lacking) / 0.8), 0), quality.finer)
    return replace(modest if cheap else quality, qp=quality.qp - finer)


def _error(luma: Plane, cut: Cut, origin: NDArray[np.int32]) -> float | None:
    """The mean square error of a decoded picture inside the object, None where too little of it is seen."""
    left, top = (int(c) for c in cut.rect[:2] - origin)
    inside = cv2.erode(cut.alpha, _square(1)) > 250
    if np.count_nonzero(inside) < 64:
        return None
    height, width = cut.alpha.shape
    difference = luma[top : top + height, left : left + width].astype(np.float32) - cut.seen.y
    return float(np.mean(np.square(difference[inside])))


def _kept(cut: Cut) -> MatLike:
    """Where the true colour is kept; in thin gaps, too, which alpha at half size does not keep apart."""
    seen = cv2.threshold(cut.alpha, SEEN, 255, cv2.THRESH_BINARY)[1]
    if cut.foreign is not None:
        seen = cv2.bitwise_or(seen, cv2.bitwise_and(cv2.dilate(seen, _square(CONTACT)), cut.foreign))
    return cv2.morphologyEx(seen, cv2.MORPH_CLOSE, _square(2))


def unpack(picture: Picture, clear: Picture | None = None) -> tuple[Plane, Plane, Plane, Plane, Plane]:
    """A decoded picture as ``y, u, v, alpha, shade``; marked places are filled, or taken from ``clear``.

    The fill is one colour, that of the object below: of what anybody may see. Coding noise at both ends of
    alpha is removed.
    """
    y, u, v = picture
    height, width = y.shape[0] * 2 // 3, y.shape[1]
    alpha = _alpha(y[height:, : width // 2])
    light = y[height:, width // 2 :]
    marked = cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR) > _MARKED
    colours = [y[:height].copy(), u[: height // 2].copy(), v[: height // 2].copy()]
    fill = clear or (_clothes(colours, alpha, marked) if marked.any() else _GREYS)
    for i, plane in enumerate(colours):
        where = marked[:: 2 if i else 1, :: 2 if i else 1]
        rows = len(fill[i]) if clear else len(plane)
        np.copyto(plane[:rows], fill[i], where=where[:rows])
    y, u, v = colours
    return y, u, v, alpha, _shade(light)


def _clothes(
    colours: Sequence[Plane], alpha: Plane, marked: NDArray[np.bool_]
) -> Sequence[NDArray[np.uint8]]:
    """The mean colour of what is seen next below the marked places, a little paler: it must look filled.

    Grey when there is too little.
    """
    body = (alpha[::2, ::2] > SOLID) & ~(marked[::2, ::2] | marked[1::2, 1::2])
    rows = np.flatnonzero(body.any(axis=1))
    if not len(rows):
        return _GREYS
    body[rows[0] + max(body.shape[0] // BELOW, 2) :] = False
    if np.count_nonzero(body) < FEW:
        return _GREYS
    y, u, v = colours
    means = (float(plane[body].mean()) for plane in (y[::2, ::2], u, v))
    return [np.array(round(mean + PALER * (GREY - mean)), np.uint8) for mean in means]


def _alpha(stored: MatLike) -> Plane:
    """Alpha at full size from what is stored of it."""
    size = (stored.shape[1] * 2, stored.shape[0] * 2)
    return np.asarray(cv2.LUT(cv2.resize(stored, size, interpolation=cv2.INTER_LINEAR), _ALPHA), np.uint8)


def _shade(light: Plane) -> Plane:
    """The shadow, smooth again, and none around a mark, whose border is not darkness."""
    near = cv2.dilate(light, _square(2)) > _MARKED
    shade = cv2.LUT(light, _SHADE)
    shade[near] = 255  # before the blur, which would draw a line along the border
    shade = cv2.blur(shade, (5, 5))
    shade[near] = 255
    return np.asarray(shade, np.uint8)


_GREYS = (np.array(GREY, np.uint8),) * 3
_MARKED = (MARK + DARKEST * DARK_GAIN) / 2
_levels = np.arange(256)
_STORED_SHADE = np.rint(np.minimum(255 - _levels, DARKEST) * DARK_GAIN).astype(np.uint8)
_ALPHA = np.clip(np.rint((_levels / ALPHA_GAIN - FAINT) * (255 / (255 - 2 * FAINT))), 0, 255).astype(np.uint8)
_SHADE = np.clip(255 - np.where(_levels < 4, 0, _levels) / DARK_GAIN, 0, 255).astype(np.uint8)


def _ground(cut: Cut) -> Colour | None:
    """The colour of the ground just around the object, or None when nothing of it is seen.

    Never of what is hidden: the fill is made of what anybody may see.
    """
    seen = cut.seen
    sums = ground_sums(cut.alpha, cut.hidden, (seen.y, seen.u, seen.v), 8, SEEN).tolist()
    if not sums[3]:
        return None
    y, u, v = (round(total / count) for total, count in zip(sums[:3], sums[3:], strict=True))
    return y, u, v


def _stored(alpha: MatLike) -> MatLike:
    return cv2.convertScaleAbs(smaller(alpha), alpha=ALPHA_GAIN)


def _square(radius: int) -> Plane:
    return np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)


def _put(target: Plane, source: MatLike, top: int, left: int) -> None:
    """Copy ``source`` to a place of ``target``."""
    target[top : top + source.shape[0], left : left + source.shape[1]] = source
