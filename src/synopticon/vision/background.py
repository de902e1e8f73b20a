"""Pass 0: the background bank of a whole recording, from key frames spread over all of it.

Because the bank knows the whole recording, the first frames need no warm-up, and what was there at the
start and leaves is no ghost. Memory does not grow with the length: the samples of one epoch at a time,
and a bounded number of scenes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from math import ceil

import cv2
import numpy as np

from synopticon.errors import UnreadableError
from synopticon.values.footage import Footage
from synopticon.values.frame import Plane
from synopticon.values.scene import Background, Bank
from synopticon.vision.consensus import BLOCK, consensus, differing
from synopticon.vision.lasting import without_objects
from synopticon.vision.light import UNIT, Light, fit_light, moved, probe_of
from synopticon.vision.median import block_median, median
from synopticon.vision.motion import DEFAULTS, MotionSettings, scale_for
from synopticon.vision.overlay import flips, restless_pixels
from synopticon.vision.planes import Bools, Floats, blurred, dilated, distance, levels, opened, shrink
from synopticon.vision.sampling import Pictures, Sampler, epochs
from synopticon.vision.scenes import fewer_scenes, same_scene, without_holes, without_stays
from synopticon.vision.stability import breaks, moved_share

Span = tuple[float, float]  # seconds of the timeline
TOGETHER = 3  # most epochs of one task: neighbours that show one scene are finished once
LEAST_TASKS = 4  # where there are as many epochs
SWAY = 12.0  # grey levels
SOLID = 7  # pixels: a larger patch is no leaf but something that passes
SWAY_FLIPS = 3  # times a pixel must come and go to be called swaying, and
SWAY_OFTEN = 0.06  # in this share of the samples


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """The scenes of a few epochs, finished, and the sum of ``moving`` shares over the ``seen`` pictures."""

    scenes: tuple[Background, ...]
    moving: float
    seen: int


def tasks(footage: Footage, settings: MotionSettings = DEFAULTS) -> list[tuple[Span, ...]]:
    """The epochs of ``footage`` in groups that can be sketched one beside the other; none if unreadable."""
    spans = epochs(footage, settings) if footage.readable else []
    each = min(max(len(spans) // LEAST_TASKS, 1), TOGETHER)
    return [tuple(spans[n : n + each]) for n in range(0, len(spans), each)]


def sketch(footage: Footage, spans: Sequence[Span], settings: MotionSettings = DEFAULTS) -> Sketch:
    """The backgrounds of some epochs, in time order; no scenes when not one picture can be read."""
    scenes: list[Background] = []
    moving, seen = 0.0, 0
    sampler = _sampler(footage, settings)
    for start, end in spans:
        for part, first, last in _parts(sampler.sample(start, end), start, end, settings):
            draft = _draft(part, settings)
            moving += draft.moved * len(part)
            seen += len(part)
            if not (scenes and same_scene(scenes[-1], draft.level, draft.noise)):
                scenes.append(_finish(draft, part, first, last))
            scenes[-1] = replace(scenes[-1], end=last, restless=scenes[-1].restless | draft.restless)
    return Sketch(tuple(scenes), moving, seen)


def bank_of(footage: Footage, sketches: Iterable[Sketch], settings: MotionSettings = DEFAULTS) -> Bank:
    """The bank of a whole recording from the sketches of all its tasks, in time order; taken one by one.

    Raises UnreadableError when not one picture could be read.
    """
    scenes: list[Background] = []
    moving, seen = 0.0, 0
    for part in sketches:
        moving, seen = moving + part.moving, seen + part.seen
        for scene in part.scenes:
            if scenes and same_scene(scenes[-1], scene.small, scene.noise):
                restless = scenes[-1].restless | scene.restless
                scenes[-1] = replace(scenes[-1], end=scene.end, restless=restless)
            else:
                scenes = fewer_scenes([*scenes, scene], settings)
    if not scenes:
        name = footage.files[0].path if footage.files else footage.camera
        raise UnreadableError(f"{name}: not one picture could be read; is the file whole?")
    return Bank(without_holes(without_stays(scenes, settings)), moving=moving / seen)


def learn_bank(footage: Footage, settings: MotionSettings = DEFAULTS) -> Bank:
    """The backgrounds of ``footage``, in time order, learned task by task.

    Raises UnreadableError when not one picture can be read.
    """
    sketches = (sketch(footage, spans, settings) for spans in tasks(footage, settings))
    return bank_of(footage, sketches, settings)


@lru_cache(maxsize=1)
def _sampler(footage: Footage, settings: MotionSettings) -> Sampler:
    return Sampler(footage, settings)  # which lists the key frames of all files


def _parts(
    pictures: Pictures, start: float, end: float, settings: MotionSettings
) -> Iterator[tuple[Pictures, float, float]]:
    """The stretches of an epoch that show one scene each, with their start and end in seconds."""
    if not len(pictures):
        return
    scale = scale_for(pictures.y.shape[2], settings)
    cuts = [0, *breaks(np.stack([shrink(y, scale) for y in pictures.y]), pictures), len(pictures)]
    for a, b in pairwise(cuts):
        first = start if a == 0 else float(pictures.times[a - 1 : a + 1].mean())
        last = end if b == len(pictures) else float(pictures.times[b - 1 : b + 1].mean())
        yield pictures[a:b], first, last


def learn_scene(
    pictures: Pictures, start: float, end: float, settings: MotionSettings = DEFAULTS
) -> Background:
    """The empty scene of ``start``..``end`` (seconds) from pictures of it."""
    return _finish(_draft(pictures, settings), pictures, start, end)


@dataclass(frozen=True, slots=True, eq=False)
class _Draft:
    """A scene at analysis size, and what is needed to make its full-size planes."""

    lights: list[Light]
    members: Bools
    level: Floats
    noise: Floats
    restless: Bools
    moved: float
    scale: int


def _draft(pictures: Pictures, settings: MotionSettings) -> _Draft:
    scale = scale_for(pictures.y.shape[2], settings)
    small = np.stack([shrink(y, scale) for y in pictures.y])
    lights = register(small)
    alike = np.stack([_in_light(s, light) for s, light in zip(small, lights, strict=True)])
    apart = _out_of_view(differing(alike), lights)
    members = without_objects(alike, consensus(apart), apart)
    level = block_median(levels(alike), members, BLOCK).astype(np.float32)
    noise = _noise(alike, level, members)
    share = moved_share(small, level)
    restless = restless_pixels(alike, level) | _border(lights, level.shape)
    return _Draft(lights, members, level, noise, restless, share, scale)


def _out_of_view(apart: Floats, lights: Sequence[Light]) -> Floats:
    """``apart``, with no agreement for blocks at the border that a moved picture does not show."""
    for k, light in enumerate(lights):
        if abs(light.dx) > 0.25:
            column = 0 if light.dx > 0 else -1
            apart[k, :, :, column] = apart[:, k, :, column] = 1
        if abs(light.dy) > 0.25:
            row = 0 if light.dy > 0 else -1
            apart[k, :, row] = apart[:, k, row] = 1
    return apart


def _border(lights: Sequence[Light], shape: tuple[int, ...]) -> Bools:
    """The border that some shaken picture does not show."""
    across, down = (ceil(max(abs(getattr(light, name)) for light in lights) - 0.5) for name in ("dx", "dy"))
    out = np.ones(shape, np.bool_)
    out[down : shape[0] - down, across : shape[1] - across] = False
    return out


def _finish(draft: _Draft, pictures: Pictures, start: float, end: float) -> Background:
    """The full-size planes of a draft; the analysis picture is made anew from them, so that both agree."""
    scale, lights = draft.scale, draft.lights
    y = block_median(_aligned(pictures.y, lights, scale, 0), draft.members, BLOCK * scale)
    half = max(BLOCK * scale // 2, 1)
    u, v = (
        block_median(_aligned(p, lights, scale / 2, 128), draft.members, half)
        for p in (pictures.u, pictures.v)
    )
    small = shrink(y, scale).astype(np.float32)
    noise = draft.noise + distance(small, draft.level) * np.float32(0.5)
    return Background(start, end, y, u, v, small, noise, draft.restless, scale)


def register(small: Plane) -> list[Light]:
    """Light and shake of each picture, uint8 ``(k, h, w)``, relative to what most of them show."""
    level = median(small).astype(np.float32)
    lights = [UNIT] * len(small)
    for _ in range(2):
        probe = probe_of(level, np.ones_like(level), np.zeros(level.shape, np.bool_))
        lights = [fit_light(s, probe) for s in small]
        alike = np.stack([_in_light(s, light) for s, light in zip(small, lights, strict=True)])
        level = median(levels(alike)).astype(np.float32)
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
