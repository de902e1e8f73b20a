"""Synthetic scenes for the tests of background and motion: a textured ground, boxes on it, noise, light."""

import numpy as np
from numpy.typing import NDArray

from synopticon.values.frame import Frame
from synopticon.values.scene import Background
from synopticon.vision.background import learn_scene
from synopticon.vision.sampling import Pictures, join

SIZE = (240, 320)
Box = tuple[int, int, int, int]


def ground(seed: int = 0, size: tuple[int, int] = SIZE) -> NDArray[np.float32]:
    """A ground with soft texture and a bright line across it."""
    rng = np.random.default_rng(seed)
    rough = rng.normal(0, 1, (size[0] // 8 + 2, size[1] // 8 + 2)).repeat(8, 0).repeat(8, 1)
    soft = np.cumsum(np.cumsum(rough, 0), 1)
    soft = soft[8:, 8:] - soft[:-8, 8:] - soft[8:, :-8] + soft[:-8, :-8]
    picture = 120 + 0.4 * soft[: size[0], : size[1]]
    picture[size[0] // 2 : size[0] // 2 + 4] = 190
    return np.clip(picture, 40, 210).astype(np.float32)


def frame(
    scene: NDArray[np.float32],
    boxes: tuple[Box, ...] = (),
    *,
    time: float = 0.0,
    gain: float = 1.0,
    offset: float = 0.0,
    value: float = 20.0,
    noise: float = 1.5,
) -> Frame:
    """A frame of the scene with filled boxes (x1, y1, x2, y2) of one value on it."""
    y = scene.copy()
    for x1, y1, x2, y2 in boxes:
        y[y1:y2, x1:x2] = value
    rng = np.random.default_rng(int(time * 1000) + 1)
    y = y * gain + offset + rng.normal(0, noise, y.shape)
    height, width = y.shape
    chroma = np.full(((height + 1) // 2, (width + 1) // 2), 128, np.uint8)
    return Frame(0, round(time * 1000), time, np.clip(np.rint(y), 0, 255).astype(np.uint8), chroma, chroma)


def walk(scene: NDArray[np.float32], count: int = 24) -> Pictures:
    """Samples of a scene that a box crosses."""
    steps = [int(20 + 270 * k / count) for k in range(count)]
    return join([frame(scene, ((x, 60, x + 20, 110),), time=float(k)) for k, x in enumerate(steps)])


def learned(pictures: Pictures) -> Background:
    """The background of samples."""
    return learn_scene(pictures, 0.0, float(len(pictures)))
