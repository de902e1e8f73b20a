"""A made recording in which something happens: figures cross a still, textured place, one after another."""

from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from synopticon.footage.encode import VideoWriter

SIZE = (320, 240)
FPS = 12


def write_scene(
    path: Path,
    figures: int = 3,
    seconds: float = 3.0,
    pause: float = 2.0,
    wait: float = 0.0,
    seed: int = 1,
    clock: datetime | None = None,
) -> Path:
    """``figures`` upright figures cross from left to right in ``seconds`` each, with pauses between.

    Each stands still for ``wait`` seconds half way. ``clock``: what a clock in the picture shows at first.
    """
    random = np.random.default_rng(seed)
    ground = _ground(random)
    walk = np.linspace(0, 1, round(seconds * FPS))
    way = np.concatenate([walk[walk < 0.5], np.full(round(wait * FPS), 0.5), walk[walk >= 0.5]])
    still = [ground] * round(pause * FPS)
    shown = [
        *(p for k in range(figures) for p in (*still, *(_with_figure(ground, s, k) for s in way))),
        *still,
    ]
    with VideoWriter(path, *SIZE, Fraction(FPS), crf=24, preset="veryfast") as writer:
        for n, planes in enumerate(shown):
            y, u, v = _noisy(planes, random)
            writer.write(_with_clock(y, clock + timedelta(seconds=n / FPS)) if clock else y, u, v)
    return path


def _with_clock(y, at):
    """The lower edge in black, with a date and a time in white."""
    y[-30:] = 16
    where, face = (12, SIZE[1] - 10), cv2.FONT_HERSHEY_SIMPLEX
    return cv2.putText(y, at.strftime("%Y-%m-%d %H:%M:%S"), where, face, 0.6, 235, 1, cv2.LINE_AA)


def _ground(random):
    width, height = SIZE
    rows, columns = np.mgrid[:height, :width]
    y = 100 + 20 * np.sin(columns / 23) + 15 * np.sin(rows / 17) + random.normal(0, 4, (height, width))
    chroma = np.full((height // 2, width // 2), 128, np.uint8)
    return y, chroma, chroma.copy()


def _with_figure(ground, share, figure):
    """A figure 24 wide and 64 high, bright or dark, with a bobbing outline."""
    y, u, v = (plane.copy() for plane in ground)
    width, height = SIZE
    left = int(-30 + share * (width + 60))
    top = 80 + 25 * (figure % 3) + int(2 * np.sin(share * 40))
    rows, columns = np.mgrid[:height, :width]
    body = ((columns - left - 12) / 12) ** 2 + ((rows - top - 38) / 26) ** 2 <= 1
    head = (columns - left - 12) ** 2 + (rows - top - 7) ** 2 <= 49
    y[body | head] = (215, 35, 190)[figure % 3] + (rows[body | head] % 7)
    half = (body | head)[::2, ::2]
    u[half], v[half] = (90, 170, 128)[figure % 3], (128, 100, 180)[figure % 3]
    return y, u, v


def _noisy(planes, random):
    y, u, v = planes
    noisy = np.clip(y + random.normal(0, 1.0, y.shape), 0, 255).astype(np.uint8)
    return noisy, u, v
