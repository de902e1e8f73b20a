"""Pass 0: the background bank of a whole recording, from key frames spread over all of it.

Because the bank knows the whole recording, the first frames need no warm-up, and what was there at the start
and leaves is no ghost.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.errors import UnreadableError
from synopticon.values.footage import Footage
from synopticon.values.frame import Frame, Plane
from synopticon.values.scene import Background, Bank
from synopticon.vision.light import fit_light, predict, probe_of
from synopticon.vision.motion import DEFAULTS, MotionSettings, scale_for, shrink

Floats = NDArray[np.float32]
ProgressCall = Callable[[float], None]
STRIP_BYTES = 8_000_000


def learn_bank(
    footage: Footage, settings: MotionSettings = DEFAULTS, progress: ProgressCall | None = None
) -> Bank:
    """The backgrounds of ``footage``, in time order; ``progress`` is called with the share done, 0..1.

    Raises UnreadableError when not one picture can be read.
    """
    from synopticon.vision.sampling import epochs, sample

    scenes: list[Background] = []
    spans = epochs(footage, settings)
    for i, (start, end) in enumerate(spans):
        pictures = sample(footage, start, end, settings)
        if pictures:
            scenes.append(learn_scene(pictures, start, end, settings))
        if progress:
            progress((i + 1) / len(spans))
    if not scenes:
        raise UnreadableError(
            f"{footage.camera or 'footage'}: not one picture could be read; is the file whole?"
        )
    return Bank(_without_holes(scenes))


def _without_holes(scenes: Sequence[Background]) -> tuple[Background, ...]:
    return tuple(
        replace(s, start=s.start if i == 0 else scenes[i - 1].end, end=inf if i == len(scenes) - 1 else s.end)
        for i, s in enumerate(scenes)
    )


def learn_scene(frames: Sequence[Frame], start: float, end: float, settings: MotionSettings) -> Background:
    """The empty scene of ``start``..``end`` from pictures of it, all of one size."""
    scale = scale_for(frames[0].y.shape[1], settings)
    stack = np.stack([shrink(f.y, scale) for f in frames]).astype(np.float32)
    level = np.median(stack, axis=0)
    stack = _same_light(stack, level)
    small = np.median(stack, axis=0)
    noise = np.median(np.abs(stack - small), axis=0) * np.float32(1.4826)
    noise = np.maximum(cv2.GaussianBlur(noise, (5, 5), 0), 1.0)
    y, u, v = (_median([getattr(f, name) for f in frames]) for name in ("y", "u", "v"))
    return Background(start, end, y, u, v, small, noise, np.zeros(small.shape, np.bool_), scale)


def _same_light(stack: Floats, level: Floats) -> Floats:
    probe = probe_of(level, np.ones_like(level), np.zeros(level.shape, bool))
    lights = [fit_light(s, probe) for s in stack]
    return np.stack([s - predict(probe, light) + level for s, light in zip(stack, lights, strict=True)])


def _median(planes: Sequence[Plane]) -> Plane:
    """Per-pixel median, in strips so that no second copy of all pictures is made."""
    out = np.empty(planes[0].shape, np.uint8)
    rows = max(1, STRIP_BYTES // (len(planes) * out.shape[1]))
    for top in range(0, len(out), rows):
        strip = np.stack([p[top : top + rows] for p in planes])
        strip.partition(len(planes) // 2, axis=0)
        out[top : top + rows] = strip[len(planes) // 2]
    return out
