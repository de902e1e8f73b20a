"""Which colours an object shows in one sample: counted while it is cut, on its mask, never on its head.

Nothing of a picture is kept here, only shares over the names of colours and what they are worth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from synopticon.values.detection import CLASS_GROUP
from synopticon.values.frame import Plane
from synopticon.values.scene import Background
from synopticon.values.track import Track
from synopticon.values.traits import COLOURS
from synopticon.vision.colour import from_yuv, linear, named
from synopticon.vision.light import Light
from synopticon.vision.outline import UNKNOWN, outline
from synopticon.vision.roll import Cut
from synopticon.vision.substance import UNKNOWN as NO_SUBSTANCE
from synopticon.vision.substance import Substance, substance
from synopticon.vision.tone import Tone, off_ground

Floats = NDArray[np.float32]

SAMPLES = 24  # of a track that are looked at, at most
PLACES: tuple[str, ...] = ("upper", "lower", "body")
PLACES_OF = {"person": PLACES[:2], "object": PLACES}  # by group; all others have a body only
# Shares of a standing person's height, from the top of the box (body proportions after Drillis and Contini,
# 1966: shoulders at .18, crotch at .52, ankles at .96), a little inside: seams and feet are left out, and
# below the hips what jackets and hands may cover.
HEIGHTS = {"upper": (0.20, 0.50), "lower": (0.62, 0.92), "body": (0.0, 1.0)}
SOLID = 200  # alpha that is surely the object
MOST = 1500  # blocks of 2 x 2 pixels that are looked at in one place
ENOUGH = 60.0  # blocks that count half as much as ever so many
EDGE = 2.5  # pixels from the border of the picture: the object may go on outside
CUT_OFF = 0.15  # what a sample counts there
UNSEEN = 0.3  # and where its box was interpolated
APART = 0.12  # OKLab: what differs less from the ground, lit or shaded, counts less: a mask takes some along
LEAST = 0.15  # what a block counts that looks just like the ground: there are grey clothes on grey streets
TOUCHED = 0.02  # share of the box that others may have where its outline is still its own
WIDE = 0.8  # width over height above which a person does not stand upright, or is several


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """Sample ``k``: ``shares`` float32 ``(3, 12)``, PLACES by COLOURS, ``worth`` float32 ``(3,)``, 0 unseen.

    ``pixels`` int32 ``(3,)`` blocks of 2 x 2 pixels that were looked at; ``chroma`` how far the colour
    differs from that of the scene, levels of U, V. ``outline``: see there; NaN where it is not seen whole.
    ``made_of``: light or a thing.
    """

    k: int
    shares: Floats
    worth: Floats
    pixels: NDArray[np.int32]
    chroma: float
    outline: tuple[float, float, float] = UNKNOWN
    made_of: Substance = NO_SUBSTANCE


@dataclass(frozen=True, slots=True, eq=False)
class Colours:
    """How the levels of a frame become light that has a name: its file's matrix and range, light and tone.

    ``size`` is that of the picture (width, height); ``background`` is the empty scene.
    """

    matrix: str
    full_range: bool
    light: Light
    tone: Tone
    size: tuple[int, int]
    background: Background

    def ground(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Floats:
        """The light ``(n, 3)`` of the empty scene where the frame has these blocks of 2 x 2 pixels."""
        empty, light = self.background, self.light
        y = rows + round(light.dy * empty.scale / 2)
        x = columns + round(light.dx * empty.scale / 2)
        at = (np.clip(y, 0, empty.y.shape[0] // 2 - 1), np.clip(x, 0, empty.y.shape[1] // 2 - 1))
        yuv = np.stack([p[at].astype(np.float32) for p in (empty.y[::2, ::2], empty.u, empty.v)], axis=1)
        coded = from_yuv(yuv, self.matrix, self.full_range)
        return np.asarray(linear(np.maximum(coded, 0)) * self.tone.gains, np.float32)

    def light_of(self, yuv: Floats) -> Floats:
        """Linear sRGB under the reference light of levels ``(n, 3)``; may lie outside 0..1."""
        gain = np.float32(self.light.gain)
        shift = np.array([self.light.offset, 128, 128], np.float32)
        at_home = (yuv - shift) / gain + np.array([0, 128, 128], np.float32)
        coded = from_yuv(at_home, self.matrix, self.full_range)
        return np.asarray(linear(np.maximum(coded, 0)) * self.tone.gains, np.float32)


def chosen(track: Track, size: tuple[int, int], most: int = SAMPLES) -> NDArray[np.intp]:
    """The samples to look at: of equal stretches of the track that in which most of it should be seen."""
    boxes, n = track.boxes, len(track)
    sides = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None)
    value = sides.prod(axis=1) * np.where(_cut_off(boxes, size), CUT_OFF, 1)
    value = value * np.where(track.observed, 1, UNSEEN)
    ends = np.linspace(0, n, min(n, most) + 1).astype(np.intp).tolist()
    return np.array([a + int(np.argmax(value[a:b])) for a, b in pairwise(ends)], np.intp)


def _cut_off(boxes: Floats, size: tuple[int, int]) -> NDArray[np.bool_]:
    width, height = size
    low = (boxes[:, :2] <= EDGE).any(axis=1)
    return np.asarray(low | (boxes[:, 2] >= width - EDGE) | (boxes[:, 3] >= height - EDGE))


def places_of(label: str) -> Sequence[str]:
    """Where the colours of such an object are looked for; of what has no name both ways."""
    return PLACES_OF.get(CLASS_GROUP[label], PLACES[2:])


def glance(track: Track, k: int, cut: Cut, colours: Colours) -> Glance:
    """Count the colours of sample ``k`` in what was cut of it."""
    box, rect = track.boxes[k], cut.rect
    yuv, sure, inside = _blocks(cut)
    middle = (rect[1] + 2 * np.arange(sure.shape[0]) + 1 - box[1]) / max(float(box[3] - box[1]), 1.0)
    shares, worth = np.zeros((3, len(COLOURS)), np.float32), np.zeros(3, np.float32)
    pixels, chroma = np.zeros(3, np.int32), 0.0
    usual = _usual(track, k, colours.size)
    for place in places_of(track.label):
        i, (low, high) = PLACES.index(place), HEIGHTS[place]
        there = ((middle >= low) & (middle < high))[:, None]
        where = sure & there
        if np.count_nonzero(where) < ENOUGH / 4:
            where = inside & there
        pixels[i] = np.count_nonzero(where)
        if not pixels[i]:
            continue
        rows, columns = (n[:: pixels[i] // MOST + 1] for n in np.nonzero(where))
        seen = yuv[rows, columns]
        light = colours.light_of(seen)
        own = _own(light, colours.ground(rows + rect[1] // 2, columns + rect[0] // 2), colours.tone)
        shares[i] = own @ named(light) / own.sum()
        worth[i] = usual * pixels[i] / (pixels[i] + ENOUGH)
        apart = np.abs(seen[:, 1:] - np.array(colours.tone.grey, np.float32)).max(axis=1)
        chroma = max(chroma, float(np.percentile(apart, 90)))
    shape = _outline(track, k, cut, colours.size)
    return Glance(k, shares, worth, pixels, chroma, shape, _substance(track, k, cut))


def _substance(track: Track, k: int, cut: Cut) -> Substance:
    """What it is made of, without what others have."""
    if cut.empty is None or not track.observed[k]:
        return NO_SUBSTANCE
    alpha = cut.alpha if cut.foreign is None else cv2.subtract(cut.alpha, cut.foreign)
    heads = cut.hidden if cut.heads is None else cut.heads
    return substance(cut.seen.y, cut.empty, np.asarray(alpha, np.uint8), heads)


def _own(light: Floats, ground: Floats, tone: Tone) -> Floats:
    """How surely each block is the object and not its ground, ``LEAST``..1: what a block counts."""
    return np.asarray(np.clip(off_ground(light, ground, tone) / APART, LEAST, 1), np.float32)


def _outline(track: Track, k: int, cut: Cut, size: tuple[int, int]) -> tuple[float, float, float]:
    """The outline of what no model named, where neither the picture's border nor another cuts it off."""
    if track.label != "object" or not track.observed[k] or _cut_off(track.boxes[k : k + 1], size)[0]:
        return UNKNOWN
    x1, y1, x2, y2 = (int(c) for c in track.boxes[k] - np.tile(cut.rect[:2], 2))
    foreign = None if cut.foreign is None else np.asarray(cut.foreign)[max(y1, 0) : y2, max(x1, 0) : x2]
    others = 0.0 if foreign is None or not foreign.size else float((foreign > 0).mean())
    return outline(cut.alpha) if others < TOUCHED else UNKNOWN


def _usual(track: Track, k: int, size: tuple[int, int]) -> float:
    """How far the sample shows the object as it usually stands, 0..1."""
    x1, y1, x2, y2 = (float(c) for c in track.boxes[k])
    worth = 1.0 if track.observed[k] else UNSEEN
    if bool(_cut_off(track.boxes[k : k + 1], size)[0]):
        worth *= CUT_OFF
    if track.label == "person" and x2 - x1 > WIDE * (y2 - y1):
        worth *= UNSEEN
    return worth


def _blocks(cut: Cut) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Levels of blocks of 2 x 2 pixels ``(h/2, w/2, 3)``, which are surely inside, and which are at all."""
    seen = cut.seen
    size = (seen.u.shape[1], seen.u.shape[0])
    luma = cv2.resize(seen.y, size, interpolation=cv2.INTER_AREA)
    yuv = np.stack([np.asarray(p, np.float32) for p in (luma, seen.u, seen.v)], axis=-1)
    mask = cv2.threshold(cut.alpha, SOLID, 255, cv2.THRESH_BINARY)[1]
    mask[cv2.dilate(cut.hidden if cut.heads is None else cut.heads, _ONE) > 0] = 0
    return yuv, _whole_blocks(cv2.erode(mask, _TWO)), _whole_blocks(mask)


def _whole_blocks(mask: MatLike | Plane) -> NDArray[np.bool_]:
    """Blocks that lie inside with all four pixels."""
    m = np.asarray(mask) > 0
    return np.asarray(m[::2, ::2] & m[1::2, ::2] & m[::2, 1::2] & m[1::2, 1::2])


_ONE = np.ones((3, 3), np.uint8)
_TWO = np.ones((5, 5), np.uint8)
