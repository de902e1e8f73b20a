"""The scenes of a bank: which are the same, how many are kept, and what only stayed for a while."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from synopticon.values.frame import Plane
from synopticon.values.scene import Background
from synopticon.vision.light import Light, fit_light, moved, predict, probe_of
from synopticon.vision.motion import MotionSettings
from synopticon.vision.planes import Bools, Floats, dilated, distance, levels, opened

DIFFERENT = 12.0  # grey levels
CHANGED = 0.001  # share of the picture that makes another scene
GAIN, OFFSET, SHIFT = 0.05, 6.0, 1.0  # of one light and place


def _changed(scene: Background, level: Floats, noise: Floats) -> tuple[Light, Bools]:
    """The light of ``level`` relative to a scene, and the patches where it shows something else."""
    probe = probe_of(scene.small, scene.noise, scene.restless)
    light = fit_light(levels(level), probe)
    limit = np.maximum(DIFFERENT, 3 * np.maximum(noise, scene.noise))
    differs = (distance(level, predict(probe, light)) > limit) & ~scene.restless
    return light, opened(differs.view(np.uint8), 3, 3).view(np.bool_)


def same_scene(scene: Background, level: Floats, noise: Floats) -> bool:
    """Whether another stretch shows what ``scene`` shows, in the same light.

    ``level`` and ``noise`` float32 of analysis size.
    """
    if scene.small.shape != level.shape:
        return False
    light, differs = _changed(scene, level, noise)
    still = max(abs(light.dx), abs(light.dy)) <= SHIFT
    lit = abs(light.gain - 1) <= GAIN and abs(light.offset) <= OFFSET
    return still and lit and float(differs.mean()) <= CHANGED


def fewer_scenes(scenes: list[Background], settings: MotionSettings) -> list[Background]:
    """At most as many scenes as the settings allow: the two neighbours most alike become the longer one."""
    each = max(sum(p.nbytes for p in (s.y, s.u, s.v, s.small, s.noise, s.restless)) for s in scenes)
    most = max(min(settings.max_scenes, settings.bank_bytes // each), 3)
    scenes = list(scenes)
    while len(scenes) > most:
        costs = [_cost(a, b) for a, b in pairwise(scenes)]
        i = int(np.argmin(costs))
        a, b = scenes[i], scenes[i + 1]
        longer = a if a.end - a.start >= b.end - b.start else b
        scenes[i : i + 2] = [replace(longer, start=a.start, end=b.end)]
    return scenes


def _cost(a: Background, b: Background) -> float:
    """What is lost when two scenes become one: grey levels on average."""
    return float(np.mean(np.minimum(np.abs(a.small - b.small), 40))) * min(a.end - a.start, b.end - b.start)


def without_stays(scenes: Sequence[Background], settings: MotionSettings) -> list[Background]:
    """Scenes without what is only in one of them, for no longer than ``settings.stay``, and in no neighbour.

    A car that is parked through a whole epoch is an object for as long as it stands there.
    """
    out = list(scenes)
    for i in range(1, len(out) - 1):
        before, here, after = out[i - 1 : i + 2]
        if here.end - here.start <= settings.stay and before.y.shape == here.y.shape == after.y.shape:
            out[i] = _patched(before, here, after)
    return out


def _patched(before: Background, here: Background, after: Background) -> Background:
    _, back = _changed(before, after.small, after.noise)
    light, stays = _changed(before, here.small, here.noise)
    patch = dilated((stays & ~back).astype(np.float32), 5) > 0
    if not patch.any() or patch.mean() > 0.3 or back.mean() > 0.3:
        return here
    y, u, v = (_filled(here, before, name, patch, light) for name in ("y", "u", "v"))
    expected = predict(probe_of(before.small, before.noise, before.restless), light)
    small = np.where(patch, expected, here.small).astype(np.float32)
    return replace(here, y=y, u=u, v=v, small=small, noise=np.where(patch, before.noise, here.noise))


def _filled(here: Background, before: Background, name: str, patch: Bools, light: Light) -> Plane:
    """A full-size plane of ``here`` with the patch taken from ``before``, in the light of ``here``."""
    own, other = getattr(here, name), getattr(before, name)
    zoom = here.scale if name == "y" else max(here.scale // 2, 1)
    zero, offset = (0.0, light.offset) if name == "y" else (128.0, 0.0)
    shift = zoom if name == "y" else here.scale / 2
    there = moved(other.astype(np.float32) - np.float32(zero), light.dx * shift, light.dy * shift)
    lit = levels(there * np.float32(light.gain) + np.float32(offset + zero))
    grid = patch.view(np.uint8) if here.scale > 1 or name == "y" else patch.view(np.uint8)[::2, ::2]
    large = grid.repeat(zoom, axis=0).repeat(zoom, axis=1)[: own.shape[0], : own.shape[1]]
    return np.where(large > 0, lit, own)


def without_holes(scenes: Sequence[Background]) -> tuple[Background, ...]:
    """Scenes whose times follow on each other; the first starts at 0."""
    starts = [0.0, *(s.end for s in scenes[:-1])]
    return tuple(replace(s, start=start) for s, start in zip(scenes, starts, strict=True))
