"""What a colour is called: regions of a perceptual space, one for each name of ``COLOURS``.

The names are the eleven basic terms of Berlin and Kay ("Basic Color Terms", 1969), which people agree on best
and which colour naming in pictures uses (van de Weijer, Schmid, Verbeek and Larlus, "Learning color names for
real-world applications", IEEE TIP 18(7), 2009), and beige. Each name has a few examples, as clothes and cars
show them under a camera, washed out and dark ones too; a colour has the name of the example that is nearest
in OKLab (Ottosson, "A perceptual color space for image processing", 2020), and near a border the names of
both sides share it. The examples are this program's own, see ``docs/appearance.md``.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from synopticon.values.traits import COLOURS

Floats = NDArray[np.float32]

BITS = 5  # of each of R, G, B in the table of names
SOFT = 0.04  # OKLab: how far around a border two names share a colour
LIGHTNESS = 0.6  # of a difference in lightness counts: shade and folds change it more than the hue

EXAMPLES: dict[str, tuple[int, ...]] = {
    "black": (0x000000, 0x141414, 0x262626, 0x14181E, 0x1E1A18, 0x1C2026),
    "white": (0xFFFFFF, 0xEEEEEE, 0xDDDDDD, 0xE6ECF2, 0xF2EEE8),
    "grey": (0x4A4A4A, 0x606060, 0x808080, 0xA0A0A0, 0xBABABA, 0x8A9094, 0x8E8A84),
    "red": (0xFF0000, 0xC81E1E, 0x8C1A1A, 0xB43C3C, 0xD04848, 0x6E1818),
    "orange": (0xFF8000, 0xFFA040, 0xE06818, 0xD88848, 0xFF6428),
    "yellow": (0xFFFF00, 0xF0D020, 0xE8E060, 0xC8B428, 0xF4EC98),
    "green": (0x00B400, 0x007800, 0x40C860, 0x206030, 0x7AA060, 0x5C6E40, 0x90D890, 0x2E4630),
    "blue": (
        *(0x0000FF, 0x1E50C8, 0x14286E, 0x4878B4, 0x50A0E0, 0x30405E, 0x586C88, 0x90B8E0),
        *(0x1E2A44, 0x161E30, 0xC8DCF0),
    ),
    "purple": (0x800080, 0x6030A0, 0x8C50C8, 0x503064, 0xB080D0, 0x7A5C90),
    "pink": (0xFFC0CB, 0xFF80B0, 0xE85098, 0xE8A0B0, 0xFF00FF, 0xD07890),
    "brown": (0x8B4513, 0x5A3214, 0x704830, 0x3E2A1C, 0x8C6440, 0x6A5644),
    "beige": (0xF5F5DC, 0xE0D0B0, 0xC8B48C, 0xB49C78, 0xD8C8A8, 0xA89878),
}
assert tuple(EXAMPLES) == COLOURS, "an example for every name, in their order"

# From linear sRGB to the responses of the cones, and from their cube roots to L, a, b (Ottosson 2020).
_CONES = np.array(
    [
        (0.4122214708, 0.5363325363, 0.0514459929),
        (0.2119034982, 0.6806995451, 0.1073969566),
        (0.0883024619, 0.2817188376, 0.6299787005),
    ],
    np.float32,
)
_OKLAB = np.array(
    [
        (0.2104542553, 0.7936177850, -0.0040720468),
        (1.9779984951, -2.4285922050, 0.4505937099),
        (0.0259040371, 0.7827717662, -0.8086757660),
    ],
    np.float32,
)


def linear(coded: Floats) -> Floats:
    """Light from coded values, both 0..1 (IEC 61966-2-1)."""
    low = coded / np.float32(12.92)
    high = ((np.maximum(coded, 0) + np.float32(0.055)) / np.float32(1.055)) ** np.float32(2.4)
    return np.where(coded <= 0.04045, low, high).astype(np.float32)


def coded(light: Floats) -> Floats:
    """Coded values from light, both 0..1."""
    high = np.float32(1.055) * np.maximum(light, 0) ** np.float32(1 / 2.4) - np.float32(0.055)
    return np.where(light <= 0.0031308, light * np.float32(12.92), high).astype(np.float32)


def oklab(light: Floats) -> Floats:
    """L, a, b of linear sRGB ``(n, 3)``, 0..1."""
    return np.asarray(np.cbrt(light @ _CONES.T) @ _OKLAB.T, np.float32)


def names(lab: Floats) -> Floats:
    """How far each colour ``(n, 3)`` of OKLab bears each name, float32 ``(n, 12)``, rows sum to 1."""
    scale = np.array([LIGHTNESS, 1, 1], np.float32)
    near = np.empty((len(lab), len(COLOURS)), np.float32)
    for i, examples in enumerate(EXAMPLES.values()):
        codes = np.array([[e >> 16, e >> 8 & 255, e & 255] for e in examples], np.float32)
        here: Floats = oklab(linear(codes / np.float32(255)))
        apart = (lab[:, None, :] - here[None, :, :]) * scale
        near[:, i] = np.sqrt(np.square(apart).sum(axis=2)).min(axis=1)
    best = near.min(axis=1, keepdims=True)
    bears = np.exp((best - near) / np.float32(SOFT / 3))
    return np.asarray(bears / bears.sum(axis=1, keepdims=True), np.float32)


@cache
def _table() -> Floats:
    """``names`` of every colour of so many bits, float32 ``(8 ** BITS, 12)``."""
    steps = (np.arange(1 << BITS, dtype=np.float32) + np.float32(0.5)) / np.float32(1 << BITS)
    rgb = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    return names(oklab(linear(rgb.astype(np.float32))))


def named(light: Floats) -> Floats:
    """``names`` of linear sRGB ``(n, 3)``, from a table; values outside 0..1 are cut."""
    levels = np.minimum((np.clip(coded(light), 0, 1) * (1 << BITS)).astype(np.intp), (1 << BITS) - 1)
    at = (levels[:, 0] << 2 * BITS) | (levels[:, 1] << BITS) | levels[:, 2]
    return np.asarray(_table()[at], np.float32)


# Kr and Kb of ITU-R BT.601, BT.709 and BT.2020
_WEIGHTS = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}


@cache
def _from_yuv(matrix: str, full_range: bool) -> tuple[Floats, Floats]:
    kr, kb = _WEIGHTS.get(matrix, _WEIGHTS["bt601"])
    kg = 1 - kr - kb
    v, u = 2 * (1 - kr), 2 * (1 - kb)
    rows = [(1, 0, v), (1, -u * kb / kg, -v * kr / kg), (1, u, 0)]
    luma, chroma = (255.0, 255.0) if full_range else (219.0, 224.0)
    scale = np.array([1 / luma, 1 / chroma, 1 / chroma], np.float32)
    black = np.array([0.0 if full_range else 16.0, 128, 128], np.float32)
    return np.array(rows, np.float32) * scale, black


def from_yuv(yuv: Floats, matrix: str = "bt601", full_range: bool = False) -> Floats:
    """Coded R, G, B (0..1, may lie a little outside) of Y, U, V levels ``(n, 3)``."""
    to_rgb, black = _from_yuv(matrix, full_range)
    return np.asarray((yuv - black) @ to_rgb.T, np.float32)
