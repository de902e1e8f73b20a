"""Made people and things of plain colours on a plain street, as they are cut: for the tests of colours."""

from dataclasses import dataclass, replace

import numpy as np

from synopticon.values.scene import Background
from synopticon.values.track import Track
from synopticon.vision.glance import Colours, glance
from synopticon.vision.light import UNIT
from synopticon.vision.mask import head_zones
from synopticon.vision.matte import Crop
from synopticon.vision.roll import Cut
from synopticon.vision.tone import tone_of

WIDTH, HEIGHT = 160, 120
STREET = (0x78, 0x78, 0x78)
WEIGHTS = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}
PLAIN = (1.0, 1.0, 1.0)


def levels(rgb, matrix="bt601", full_range=False):
    """Y, U, V (n, 3) of coded R, G, B 0..1 (n, 3): the definition of the standards, word by word."""
    kr, kb = WEIGHTS[matrix]
    r, g, b = np.asarray(rgb, np.float64).T
    y = kr * r + (1 - kr - kb) * g + kb * b
    pb, pr = (b - y) / (2 * (1 - kb)), (r - y) / (2 * (1 - kr))
    if full_range:
        return np.stack([255 * y, 255 * pb + 128, 255 * pr + 128], axis=1)
    return np.stack([219 * y + 16, 224 * pb + 128, 224 * pr + 128], axis=1)


@dataclass(frozen=True)
class Picture:
    """A picture in R, G, B (0..255), filmed through ``gains`` for each."""

    rgb: np.ndarray
    gains: tuple[float, float, float] = PLAIN

    def planes(self):
        seen = np.clip(self.rgb.reshape(-1, 3) / 255 * self.gains, 0, 1)
        y, u, v = (levels(seen)[:, k].reshape(self.rgb.shape[:2]) for k in range(3))
        shrunken = (p.reshape(p.shape[0] // 2, 2, p.shape[1] // 2, 2).mean(axis=(1, 3)) for p in (u, v))
        return [np.clip(np.rint(p), 0, 255).astype(np.uint8) for p in (y, *shrunken)]


def street(gains=PLAIN, colour=STREET):
    """A grey street with a white line, a red brick wall and a green hedge at its edge."""
    rgb = np.empty((HEIGHT, WIDTH, 3))
    rgb[:] = colour
    rgb[:12] = (0x90, 0x50, 0x40) if colour == STREET else colour
    rgb[12:20, :80] = (0x40, 0x70, 0x38) if colour == STREET else colour
    rgb[100:104] = (0xF0, 0xF0, 0xF0) if colour == STREET else colour
    return Picture(rgb, gains)


def background(picture):
    y, u, v = picture.planes()
    small = y[::2, ::2].astype(np.float32)
    return Background(0, 1e9, y, u, v, small, small * 0 + 1.5, small < 0, 2)


def track(box, n=1, label="person", step=(0.0, 0.0), rate=10.0, name="aa-0-0", observed=True):
    """``box`` (xyxy) that moves by ``step`` pixels a frame."""
    move = np.tile(np.asarray(step, np.float32), 2) * np.arange(n, dtype=np.float32)[:, None]
    return Track(
        name,
        label,
        0.9,
        np.zeros(n, np.int32),
        np.arange(n) * 10,
        np.arange(n) / rate,
        np.asarray(box, np.float32) + move,
        np.full(n, observed),
    )


def cut_of(picture, mask, who, k=0, foreign=None):
    """What is cut of the whole picture with an object where ``mask`` is, its head hidden."""
    y, u, v = picture.planes()
    hidden = np.zeros((HEIGHT, WIDTH), np.uint8)
    for x1, y1, x2, y2 in head_zones(who, k):
        rows = slice(max(int(y1) // 2 * 2, 0), max(-(-int(np.ceil(y2)) // 2) * 2, 0))
        hidden[rows, max(int(x1) // 2 * 2, 0) : max(int(np.ceil(x2)), 0)] = 255
    rect = np.array([0, 0, WIDTH, HEIGHT], np.int32)
    alpha = (np.asarray(mask) * 255).astype(np.uint8)
    shade = np.full((HEIGHT // 2, WIDTH // 2), 255, np.uint8)
    return Cut(rect, Crop(y, u, v), alpha, shade, hidden, foreign)


def colours_of(scene):
    return Colours("bt601", False, UNIT, tone_of(scene, "bt601", False), (WIDTH, HEIGHT), scene)


BOX = (60, 10, 90, 110)


def dressed(upper, lower, gains=PLAIN, head=(0xD0, 0xA0, 0x80), box=BOX, ground=STREET):
    """Picture, mask and track of somebody in two colours who stands on the street."""
    empty = street(gains, ground)
    rgb, mask = empty.rgb.copy(), np.zeros((HEIGHT, WIDTH), np.bool_)
    x1, y1, x2, y2 = box
    parts = ((0.0, 0.18, head), (0.18, 0.52, upper), (0.52, 1.0, lower))
    for low, high, colour in parts:
        rows = slice(y1 + round(low * (y2 - y1)), y1 + round(high * (y2 - y1)))
        rgb[rows, x1:x2] = colour
        mask[rows, x1:x2] = True
    return replace(empty, rgb=rgb), mask, track(box)


def look(upper, lower, gains=PLAIN, ground=STREET, **more):
    """What is seen of somebody in two colours."""
    picture, mask, who = dressed(upper, lower, gains, ground=ground, **more)
    return glance(who, 0, cut_of(picture, mask, who), colours_of(background(street(gains, ground))))
