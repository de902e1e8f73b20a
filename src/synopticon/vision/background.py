"""Pass 0: the background bank of a whole recording, from key frames spread over all of it.

Because the bank knows the whole recording, the first frames need no warm-up, and what was there at the
start and leaves is no ghost. Memory does not grow with the length: the samples of one epoch at a time,
and a bounded number of scenes.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf

import cv2
import numpy as np

from synopticon.errors import UnreadableError
from synopticon.values.footage import Footage
from synopticon.values.frame import Plane
from synopticon.values.scene import Background, Bank
from synopticon.vision.consensus import BLOCK, consensus, differing
from synopticon.vision.lasting import without_objects
from synopticon.vision.light import Light, fit_light, moved, probe_of
from synopticon.vision.median import block_median
from synopticon.vision.motion import DEFAULTS, MotionSettings, scale_for
from synopticon.vision.overlay import flips, restless_pixels
from synopticon.vision.planes import Bools, Floats, blurred, dilated, opened, shrink
from synopticon.vision.sampling import Pictures, Sampler, epochs

ProgressCall = Callable[[float], None]
SWAY = 12.0  # grey levels
SOLID = 7  # pixels: a larger patch is no leaf but something that passes
SWAY_FLIPS = 3  # times a pixel must come and go to be called swaying, and
SWAY_OFTEN = 0.06  # in this share of the samples


def learn_bank(
    footage: Footage, settings: MotionSettings = DEFAULTS, progress: ProgressCall | None = None
) -> Bank:
    """The backgrounds of ``footage``, in time order; ``progress`` is called with the share done, 0..1.

    Raises UnreadableError when not one picture can be read.
    """
    sampler = Sampler(footage, settings)
    scenes: list[Background] = []
    spans = epochs(footage, settings)
    for i, (start, end) in enumerate(spans):
        pictures = sampler.sample(start, end)
        if len(pictures):
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


def learn_scene(
    pictures: Pictures, start: float, end: float, settings: MotionSettings = DEFAULTS
) -> Background:
    """The empty scene of ``start``..``end`` (seconds) from pictures of it."""
    scale = scale_for(pictures.y.shape[2], settings)
    small = np.stack([shrink(y, scale) for y in pictures.y])
    lights = register(small)
    alike = np.stack([_in_light(s, light) for s, light in zip(small, lights, strict=True)])
    apart = differing(alike)
    members = without_objects(alike, consensus(apart), apart)
    y = block_median(_aligned(pictures.y, lights, scale, 0), members, BLOCK * scale)
    u, v = (
        block_median(_aligned(p, lights, scale / 2, 128), members, max(BLOCK * scale // 2, 1))
        for p in (pictures.u, pictures.v)
    )
    level = shrink(y, scale).astype(np.float32)
    noise = _noise(alike, level, members)
    return Background(start, end, y, u, v, level, noise, restless_pixels(alike, level), scale)


def register(small: Plane) -> list[Light]:
    """Light and shake of each picture, uint8 ``(k, h, w)``, relative to what most of them show."""
    level = np.median(small, axis=0).astype(np.float32)
    lights = [Light()] * len(small)
    for _ in range(2):
        probe = probe_of(level, np.ones_like(level), np.zeros(level.shape, np.bool_))
        lights = [fit_light(s, probe) for s in small]
        alike = np.stack([_in_light(s, light) for s, light in zip(small, lights, strict=True)])
        level = np.median(alike, axis=0).astype(np.float32)
    return lights


def _in_light(small: Plane, light: Light) -> Floats:
    """A picture as it would look in the light and place that the lights refer to."""
    straight = moved(small.astype(np.float32), -light.dx, -light.dy)
    return (straight - np.float32(light.offset)) / np.float32(light.gain)


def _aligned(planes: Plane, lights: Sequence[Light], scale: float, zero: int) -> Plane:
    """Full-size planes in one light and place, moved by whole pixels so that nothing is blurred."""
    out = np.empty_like(planes)
    levels = np.arange(256, dtype=np.float32) - zero
    for target, plane, light in zip(out, planes, lights, strict=True):
        offset = 0.0 if zero else light.offset
        table = np.clip(np.rint((levels - offset) / light.gain) + zero, 0, 255).astype(np.uint8)
        dx, dy = round(light.dx * scale), round(light.dy * scale)
        bright = cv2.LUT(plane, table) if abs(light.gain - 1) + abs(offset) > 0.01 else plane
        target[:] = _shifted(bright, dx, dy) if dx or dy else bright
    return out


def _shifted(plane: Plane, dx: int, dy: int) -> Plane:
    shift = np.array([[1, 0, -dx], [0, 1, -dy]], np.float32)
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    size = (plane.shape[1], plane.shape[0])
    return np.asarray(
        cv2.warpAffine(plane, shift, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _noise(alike: Floats, level: Floats, members: Bools) -> Floats:
    """The usual deviation of the empty scene, grey levels: a quantile over the members of each block.

    Where a textured scene (leaves, a tape in the wind) comes and goes again and again, any value of the
    neighbourhood is usual.
    """
    height, width = level.shape
    chosen = members.repeat(BLOCK, axis=1).repeat(BLOCK, axis=2)[:, :height, :width]
    apart = np.abs(alike - level)
    deviation = np.where(chosen, apart, np.inf)
    deviation.sort(axis=0)
    index = np.rint((chosen.sum(axis=0) - 1) * 0.8).astype(np.intp)
    quantile = np.take_along_axis(deviation, index[None], axis=0)[0].astype(np.float32) / np.float32(1.28)
    noise = np.maximum(dilated(blurred(quantile), 3), np.maximum(_sway(apart, level), 1))
    return np.asarray(noise, np.float32)


def _sway(apart: Floats, level: Floats) -> Floats:
    """What swaying may change: large where small patches of a textured scene come and go all the time."""
    changed = (apart > SWAY).view(np.uint8)
    patches = np.stack([c & ~opened(c, SOLID, SOLID) for c in changed]).view(np.bool_)
    often = flips(patches) >= max(SWAY_FLIPS, SWAY_OFTEN * len(apart))
    reach = dilated(level, 9) + dilated(-level, 9)
    return np.asarray(reach * often * 0.2, np.float32)
