"""What an object's clothing and shape look like, as a few hundred small numbers, to be compared.

A descriptor is made of the masked picture of a tube, heads and plates taken out before anything was stored;
all that lies above the lower end of the head's zone is left out, too, and the colours of the plate's zone.
The body is cut into stripes from the shoulders to the feet. Each has a soft histogram of its colours in
OKLab, in the light of the scene's own background (``tone``), and one of its widths: the silhouette. Stripes
as in "symmetry-driven accumulation of local features" (Farenzena et al., CVPR 2010), soft bins as in "bag
of soft features" (van Gemert et al., TPAMI 2010); nothing is learned, no network and no data set of people
is behind it.

Two descriptors are compared by the mean over stripes of the Bhattacharyya coefficient of their histograms:
the square roots are kept, so that this is one dot product.
"""

from collections.abc import Iterator
from math import ceil, floor

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.values.scene import Background, Bank
from synopticon.values.track import Track
from synopticon.values.tube import Sprite, SpriteStore, Tube
from synopticon.vision.colour import from_yuv, linear, oklab
from synopticon.vision.mask import head_zones, plate_zones
from synopticon.vision.tone import off_ground, tone_of
from synopticon.vision.tube import sprites

Floats = NDArray[np.float32]
Descriptor = NDArray[np.int8]

SAMPLES = 24  # of a track that are looked at, equally apart
STRIPES = 6  # from the shoulders to the feet
LIGHTNESS = (0.1, 0.25, 0.4, 0.6, 0.85)  # OKLab L: centres of the soft bins
CHROMA = (-0.1, 0.0, 0.1)  # OKLab a and b
WIDTHS = (0.1, 0.25, 0.5)  # of a row of the silhouette, over the height of the box
SHAPE = 0.1  # share of the silhouette in a stripe's histogram; the rest is colour
SOLID = 128  # alpha from which a pixel is the object's
APART = 0.12  # OKLab: who differs less from the ground, shaded or not, counts less: it may be ground
EDGE = 1  # blocks around a plate's zone that its fill reaches into
FEWEST = 30  # blocks of 2 x 2 pixels that must be seen of the body

COLOURS = len(LIGHTNESS) * len(CHROMA) ** 2
BINS = COLOURS + len(WIDTHS)
SIZE = STRIPES * BINS  # numbers of a descriptor
FULL = 127  # of int8: the whole of a stripe in one bin


def describe(
    tube: Tube, store: SpriteStore, bank: Bank | None, matrix: str = "bt601", full_range: bool = False
) -> Descriptor | None:
    """The descriptor of a tube, int8 ``(SIZE,)``, 0..127; None where too little is seen of it.

    ``bank``: the backgrounds, for the light and to tell the object from its ground; without one neither is
    corrected. ``matrix`` and ``full_range`` are those of the footage. Raises ``StoreError`` for damage.
    """
    total, seen = np.zeros((STRIPES, BINS), np.float64), 0
    for k, sprite in _looked_at(tube, store):
        background = bank.at(float(tube.track.times[k])) if bank and bank.scenes else None
        found = _histogram(tube.track, k, sprite, _Scene(background, matrix, full_range))
        if found is not None:
            total += found
            seen += 1
    if not seen:
        return None
    share = total / np.maximum(total.sum(axis=1, keepdims=True), 1e-9)
    return np.asarray(np.rint(FULL * np.sqrt(share)), np.int8).ravel()


def alike(a: Descriptor, b: Descriptor) -> NDArray[np.float32]:
    """How alike two descriptors are, by stripes from the shoulders down: float32 ``(STRIPES,)``, 0..1."""
    product = a.reshape(STRIPES, BINS).astype(np.float32) * b.reshape(STRIPES, BINS)
    return np.asarray(np.minimum(product.sum(axis=1) / FULL**2, 1), np.float32)


def _looked_at(tube: Tube, store: SpriteStore) -> Iterator[tuple[int, Sprite]]:
    """Samples equally apart, with their sprites."""
    n = len(tube.track)
    wanted = sorted({*np.linspace(0, n - 1, min(n, SAMPLES)).round().astype(int).tolist()})
    yield from zip(wanted, sprites(tube, store, only=wanted), strict=True)


class _Scene:
    """A background, and how levels become light in which its ground is grey."""

    def __init__(self, background: Background | None, matrix: str, full_range: bool) -> None:
        self.background = background
        self._matrix, self._full = matrix, full_range
        self.tone = tone_of(background, matrix, full_range) if background else None

    def light(self, y: NDArray[np.uint8], u: NDArray[np.uint8], v: NDArray[np.uint8]) -> Floats:
        """Linear light ``(n, 3)`` of planes of one size."""
        yuv = np.stack([p.ravel() for p in (y, u, v)], axis=1).astype(np.float32)
        coded = np.clip(from_yuv(yuv, self._matrix, self._full), 0, 1)
        return np.asarray(linear(coded) * (1 if self.tone is None else self.tone.gains), np.float32)

    def ground(self, x: int, y: int, rows: int, columns: int) -> Floats | None:
        """The light of the empty scene in blocks of 2 x 2 pixels from ``x``, ``y`` (of blocks) on."""
        if self.background is None:
            return None
        planes = (self.background.y[::2, ::2], self.background.u, self.background.v)
        cut = [p[_inside(y, rows, p.shape[0])][:, _inside(x, columns, p.shape[1])] for p in planes]
        return self.light(*cut)


def _inside(start: int, count: int, size: int) -> NDArray[np.intp]:
    """Indices of a stretch; what lies outside the picture repeats its border."""
    return np.clip(np.arange(start, start + count), 0, size - 1)


def _histogram(track: Track, k: int, sprite: Sprite, scene: _Scene) -> NDArray[np.float64] | None:
    """The body's histograms in one sample, ``(STRIPES, BINS)``, each of sum 1; all in blocks of 2 x 2."""
    part = _body(track, k, sprite)
    if part is None:
        return None
    rows, columns = part
    left, top = sprite.x // 2 + columns.start, sprite.y0 // 2 + rows.start
    alpha = cv2.resize(sprite.alpha, sprite.u.shape[::-1], interpolation=cv2.INTER_AREA)[rows, columns]
    luma = cv2.resize(sprite.y, sprite.u.shape[::-1], interpolation=cv2.INTER_AREA)[rows, columns]
    solid = np.asarray(alpha >= SOLID)
    plain = solid & ~_plate(track, k, left, top, solid.shape)
    if np.count_nonzero(plain) < FEWEST:
        return None
    light = scene.light(np.asarray(luma, np.uint8), sprite.u[rows, columns], sprite.v[rows, columns])
    ground = scene.ground(left, top, *solid.shape)
    weight = plain.ravel() * _surely(light, ground, scene)
    seen = weight > 0.02
    heights = np.repeat((np.arange(solid.shape[0]) + 0.5) / solid.shape[0], solid.shape[1])
    colours = _counted(oklab(np.minimum(light[seen], 1.5)), heights[seen], weight[seen])
    whole = float(track.boxes[k][3] - track.boxes[k][1]) / 2
    return np.hstack([(1 - SHAPE) * colours, SHAPE * _silhouette(solid.sum(axis=1) / whole)])


def _body(track: Track, k: int, sprite: Sprite) -> tuple[slice, slice] | None:
    """Rows and columns of a sprite, in blocks, that hold the body without its head; None if too few."""
    x1, y1, x2, y2 = track.boxes[k].tolist()
    zones = head_zones(track, k)
    top = max(float(zones[:, 3].max()) if len(zones) else y1, float(sprite.y0))
    height, width = sprite.u.shape
    rows = slice(round((top - sprite.y0) / 2 + 0.5), min(round((y2 - sprite.y0) / 2), height))
    columns = slice(max(round((x1 - sprite.x) / 2), 0), min(round((x2 - sprite.x) / 2), width))
    enough = rows.stop - rows.start >= STRIPES and columns.stop - columns.start >= 2
    return (rows, columns) if enough else None


def _plate(track: Track, k: int, left: int, top: int, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which blocks, from ``left`` and ``top`` (of blocks) on, the plate's zone touches."""
    out = np.zeros(shape, np.bool_)
    for x1, y1, x2, y2 in plate_zones(track, k).tolist():
        rows = slice(max(floor(y1 / 2) - top - EDGE, 0), max(ceil(y2 / 2) - top + EDGE, 0))
        out[rows, max(floor(x1 / 2) - left - EDGE, 0) : max(ceil(x2 / 2) - left + EDGE, 0)] = True
    return out


def _surely(light: Floats, ground: Floats | None, scene: _Scene) -> Floats | float:
    """How surely each place is no ground, 0..1: not even ground in a shadow, which keeps its colour."""
    if ground is None or scene.tone is None:
        return 1.0
    return np.asarray(np.clip(off_ground(light, ground, scene.tone) / APART, 0, 1), np.float32)


def _counted(lab: Floats, heights: NDArray[np.float64], weight: Floats) -> NDArray[np.float64]:
    """Soft histograms of colours by stripes ``(STRIPES, COLOURS)``, each of sum 1 or, where empty, 0."""
    stripe = _soft(heights * STRIPES - 0.5, tuple(range(STRIPES))) * weight[:, None]
    a, b = _soft(lab[:, 1], CHROMA), _soft(lab[:, 2], CHROMA)
    chroma = (a[:, :, None] * b[:, None, :]).reshape(len(lab), len(CHROMA) ** 2)
    colour = (_soft(lab[:, 0], LIGHTNESS)[:, :, None] * chroma[:, None, :]).reshape(len(lab), COLOURS)
    counts = stripe.T @ colour
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-9))


def _silhouette(widths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Soft histograms of the widths of rows by stripes ``(STRIPES, len(WIDTHS))``."""
    stripes = np.array_split(_soft(widths, WIDTHS), STRIPES)
    return np.stack([stripe.mean(axis=0) for stripe in stripes])


def _soft(values: NDArray[np.floating], centres: tuple[float, ...]) -> NDArray[np.float64]:
    """The shares of each value in the two bins it lies between ``(n, len(centres))``."""
    at = np.asarray(centres, np.float64)
    low = np.clip(np.searchsorted(at, values) - 1, 0, len(at) - 2)
    share = np.clip((values - at[low]) / (at[low + 1] - at[low]), 0, 1)
    out, rows = np.zeros((len(values), len(at))), np.arange(len(values))
    out[rows, low], out[rows, low + 1] = 1 - share, share
    return out
