"""Foreground of one frame: a pure function of the frame and the background of its time.

Because nothing is carried from frame to frame, any segment of a recording gives the same masks, an object
that stands still stays foreground for as long as it stands, and a stretch without motion costs a subtraction.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np

from synopticon.values.detection import Boxes
from synopticon.values.frame import Frame, Plane
from synopticon.values.scene import Background
from synopticon.vision.blobs import SEEDS, blobs, clean
from synopticon.vision.light import UNIT, Light, Probe, fit_light, predict, probe_of
from synopticon.vision.planes import Bools, Floats, dilated, distance, resized, shrink
from synopticon.vision.shade import solid_where

LOOSE = 0.3  # pixels of the analysis picture that a camera may shake without its edges being doubted
SLACK = 0.25  # share of a shake by which edges may miss each other


@dataclass(frozen=True, slots=True)
class MotionSettings:
    """How the background is learned and compared.

    ``analysis_width``: the picture is halved until it is at most so wide. ``high`` and ``low`` (grey levels)
    and ``noise_high``, ``noise_low`` (times the usual deviation) make the two thresholds of the hysteresis.
    ``rough``: how much the ratio to the background may vary within a shadow. ``min_area`` (source pixels):
    the smallest blob. Pass 0 looks at ``samples`` pictures in each ``epoch`` (seconds; at most ``max_epochs``
    and about ``max_samples`` in all), as long as they take no more than ``sample_bytes``; it keeps at most
    ``max_scenes`` backgrounds and ``bank_bytes``. What stands for no longer than ``stay`` seconds does not
    become background.
    """

    analysis_width: int = 640
    high: float = 14.0
    low: float = 6.0
    noise_high: float = 5.0
    noise_low: float = 2.5
    rough: float = 0.035
    min_area: float = 80.0
    epoch: float = 300.0
    samples: int = 48
    max_samples: int = 2000
    max_epochs: int = 96
    max_scenes: int = 48
    sample_bytes: int = 64_000_000
    bank_bytes: int = 96_000_000
    stay: float = 900.0


DEFAULTS = MotionSettings()


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """What moves in one frame.

    ``mask`` uint8 ``(ceil(h/scale), ceil(w/scale))``, 0 or 255; ``boxes`` float32 ``(n, 4)`` xyxy source
    pixels, ``areas`` float32 ``(n,)`` foreground in source pixels, both of the blobs, left to right;
    ``energy`` is the share of the picture that moves, 0..1. ``light`` says how the background must be lit and
    moved to look like the frame.
    """

    mask: Plane
    scale: int
    boxes: Boxes
    areas: Floats
    energy: float
    light: Light = UNIT


def scale_for(width: int, settings: MotionSettings) -> int:
    """The power of two by which a picture of this width is reduced for the analysis."""
    scale = 1
    while width > settings.analysis_width * scale:
        scale *= 2
    return scale


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """What is worked out once for a background: thresholds, chroma, and what the light is fitted on."""

    high: Floats
    low: Floats
    rough: Floats  # how much the ratio to the background may vary within a window of bare ground
    colour: tuple[Floats, Floats]
    edges: Floats  # grey levels a pixel
    probe: Probe


@lru_cache(maxsize=4)
def _model(background: Background, settings: MotionSettings) -> _Model:
    noise, small = background.noise, background.small
    probe = probe_of(small, noise, background.restless)
    return _Model(
        high=np.maximum(settings.high, settings.noise_high * noise) + background.restless * np.float32(1e6),
        low=np.maximum(settings.low, settings.noise_low * noise),
        rough=np.maximum(settings.rough, np.float32(1.2) * noise / (small + 4)),
        colour=(_grey_is_0(_chroma(background.u, background)), _grey_is_0(_chroma(background.v, background))),
        edges=dilated(np.hypot(probe.dx, probe.dy), 3),
        probe=probe,
    )


def _chroma(plane: Plane, background: Background) -> Plane:
    """A chroma plane at analysis size."""
    reduced = shrink(plane, max(background.scale // 2, 1))
    if reduced.shape != background.small.shape:
        reduced = resized(reduced, *background.small.shape)
    return np.ascontiguousarray(reduced)


def _grey_is_0(chroma: Plane) -> Floats:
    return chroma.astype(np.float32) - np.float32(128)


def find_motion(frame: Frame, background: Background, settings: MotionSettings = DEFAULTS) -> Motion:
    """Foreground of ``frame`` against ``background``, which must be of one size."""
    model = _model(background, settings)
    small = shrink(frame.y, background.scale)
    seen = small.astype(np.float32)
    # Most frames are idle and in the background's own light: nothing needs to be fitted then.
    if _few(distance(seen, model.probe.small) > model.high):
        return _nothing(background, UNIT)
    light = fit_light(small, model.probe)
    expected = predict(model.probe, light)
    apart = _steady(distance(seen, expected), light, model)
    strong = apart > model.high
    if _few(strong):
        return _nothing(background, light)
    weak = apart > model.low
    colour = (_chroma(frame.u, background), _chroma(frame.v, background))
    solid = solid_where(seen, expected, colour, model.colour, weak, model.rough)
    moving = clean(solid, strong & solid)
    mask, boxes, areas = blobs(moving, weak, background.scale, settings.min_area)
    energy = float(np.count_nonzero(mask)) / mask.size
    return Motion(mask, background.scale, boxes, areas, energy, light)


def _steady(apart: Floats, light: Light, model: _Model) -> Floats:
    """``apart`` without what a shake explains: the border the background does not show, and edges.

    A camera that moves also turns a little, so that edges miss each other by a share of the shake.
    """
    shake = max(abs(light.dx), abs(light.dy))
    if shake > LOOSE:
        apart = apart - model.edges * np.float32(SLACK * shake)
    across, down = ceil(abs(light.dx) - 0.25), ceil(abs(light.dy) - 0.25)
    if across > 0:
        apart[:, slice(-across, None) if light.dx > 0 else slice(0, across)] = 0
    if down > 0:
        apart[slice(-down, None) if light.dy > 0 else slice(0, down)] = 0
    return apart


def _few(strong: Bools) -> bool:
    return int(np.count_nonzero(strong)) < SEEDS


def _nothing(background: Background, light: Light) -> Motion:
    mask = np.zeros(background.small.shape, np.uint8)
    return Motion(mask, background.scale, np.zeros((0, 4), np.float32), np.zeros(0, np.float32), 0.0, light)
