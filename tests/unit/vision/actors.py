"""Small made clips of walkers and drivers, for the tests of composed footage."""

from collections.abc import Sequence

import numpy as np

from synopticon.values.frame import Frame

SIZE = (192, 144)  # width, height


def ground() -> np.ndarray:
    rows, columns = np.mgrid[: SIZE[1], : SIZE[0]]
    return (100 + (rows * 3 + columns * 5) % 12).astype(np.uint8)


def clip(boxes: Sequence[Sequence[tuple[float, float, float, float]]], seed: int = 0) -> list[Frame]:
    """One frame for each list of boxes (xyxy): dark, reddish, rounded shapes on a steady ground."""
    rng = np.random.default_rng(seed)
    h, w = SIZE[1], SIZE[0]
    rows, columns = np.mgrid[:h, :w]
    frames = []
    for k, here in enumerate(boxes):
        y = ground().astype(np.int16) + np.rint(rng.normal(0, 1, (h, w))).astype(np.int16)
        u, v = np.full((h // 2, w // 2), 128, np.uint8), np.full((h // 2, w // 2), 128, np.uint8)
        for x1, y1, x2, y2 in here:
            cx, cy, a, b = (x1 + x2) / 2, (y1 + y2) / 2, (x2 - x1) / 2, (y2 - y1) / 2
            shape = (abs((columns - cx + 0.5) / a) ** 4 + abs((rows - cy + 0.5) / b) ** 4) <= 1
            y[shape] = 30
            v[shape[::2, ::2]] = 150
        frames.append(Frame(0, k, k / 10, np.clip(y, 0, 255).astype(np.uint8), u, v))
    return frames


def walker(frames: int = 30, x: float = 20.0, top: float = 40.0, speed: float = 4.0, size=(20, 56)):
    """Boxes of somebody who walks to the right."""
    return [(x + speed * k, top, x + speed * k + size[0], top + size[1]) for k in range(frames)]
