"""How a page looks, against how it looked when somebody last looked at it and liked it.

Pictures are compared small and in blocks: another digit or a shade of a font changes a block a little; a part
that is gone, moved, or of another colour changes it much.
"""

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LIKED = Path(__file__).parent / "e2e" / "looks"
SMALL = (320, 200)  # pixels of a kept picture: a quarter of the window each way
BLOCK = 8  # pixels of it
MOST = 20.0  # grey levels that a block may differ by, the mean of its pixels and colours,
MEAN = 1.5  # and all blocks on average

Picture = NDArray[np.float32]


def shot(page: Any) -> Image.Image:
    """The window as it is, small, without what tells the time."""
    seen = page.screenshot(
        animations="disabled", caret="hide", mask=[page.locator("time")], mask_color="#888"
    )
    return Image.open(io.BytesIO(seen)).convert("RGB").resize(SMALL, Image.Resampling.BOX)


def apart(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """By how many grey levels two pictures differ: in the block that differs most, and on average."""
    a, b = (_blocks(np.asarray(picture, np.float32)) for picture in (one, other))
    off = np.abs(a - b).max(axis=-1)  # of red, green and blue, the most
    return float(off.max()), float(off.mean())


def _blocks(picture: Picture) -> Picture:
    height, width, _ = picture.shape
    return np.asarray(
        picture.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK, 3).mean(axis=(1, 3)), np.float32
    )


def liked(name: str, seen: Image.Image, renew: bool) -> Image.Image:
    """The picture kept under this name; ``renew``: keep the one that is seen now."""
    path = LIKED / f"{name}.png"
    if renew:
        LIKED.mkdir(exist_ok=True)
        seen.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    return Image.open(path).convert("RGB")
