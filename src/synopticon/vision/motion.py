"""Foreground of one frame: a pure function of the frame and the background of its time.

Because nothing is carried from frame to frame, any segment of a recording gives the same masks, an object
that stands still stays foreground for as long as it stands, and a stretch without motion costs a subtraction.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from synopticon.values.detection import Boxes
from synopticon.values.frame import Frame, Plane
from synopticon.values.scene import Background
from synopticon.vision.light import UNIT, Light, Probe, fit_light, predict, probe_of
from synopticon.vision.planes import (
    Bools,
    Floats,
    blurred,
    closed,
    components,
    distance,
    filled,
    opened,
    regions,
    resized,
    shrink,
)

SEEDS = 3  # strong pixels that make a blob
CHROMA = 9.0  # levels of u and v together that a shadow may change
DARKEST, BRIGHTEST = 0.5, 1.35  # what a shadow, a reflection leave of the light


@dataclass(frozen=True, slots=True)
class MotionSettings:
    """How the background is learned and compared.

    ``analysis_width``: the picture is halved until it is at most so wide. ``high`` and ``low`` (grey levels)
    and ``noise_high``, ``noise_low`` (times the usual deviation) make the two thresholds of the hysteresis.
    ``min_area`` (source pixels) is the smallest blob. ``epoch`` (seconds), ``samples`` (pictures an epoch),
    ``sample_bytes`` and ``bank_bytes`` bound pass 0.
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
    max_epochs: int = 96
    max_scenes: int = 48
    sample_bytes: int = 160_000_000
    bank_bytes: int = 96_000_000


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
    u: Floats
    v: Floats
    probe: Probe


@lru_cache(maxsize=4)
def _model(background: Background, settings: MotionSettings) -> _Model:
    noise, small = background.noise, background.small
    u, v = (_chroma(p, background) for p in (background.u, background.v))
    return _Model(
        high=np.maximum(settings.high, settings.noise_high * noise) + background.restless * np.float32(1e6),
        low=np.maximum(settings.low, settings.noise_low * noise),
        rough=np.maximum(settings.rough, np.float32(1.2) * noise / (small + 4)),
        u=u,
        v=v,
        probe=probe_of(small, noise, background.restless),
    )


def _chroma(plane: Plane, background: Background) -> Floats:
    """A chroma plane at analysis size, float32."""
    reduced = shrink(plane, max(background.scale // 2, 1))
    if reduced.shape != background.small.shape:
        reduced = resized(reduced, *background.small.shape)
    return reduced.astype(np.float32)


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
    apart = distance(seen, expected)
    strong = apart > model.high
    if _few(strong):
        return _nothing(background, light)
    weak = apart > model.low
    solid = ~_shaded(frame, seen, expected, weak, background, model)
    return _blobs(_clean(weak & solid, strong & solid, weak), light, background.scale, settings)


def _few(strong: Bools) -> bool:
    return int(np.count_nonzero(strong)) < SEEDS


def _nothing(background: Background, light: Light) -> Motion:
    mask = np.zeros(background.small.shape, np.uint8)
    return Motion(mask, background.scale, np.zeros((0, 4), np.float32), np.zeros(0, np.float32), 0.0, light)


def _shaded(
    frame: Frame, seen: Floats, expected: Floats, weak: Bools, background: Background, model: _Model
) -> Bools:
    """Pixels where the ground itself is seen, in more or less light: bool of analysis size.

    A shadow scales what is below it: the ratio to the background is even within a small window, is not
    extreme, and the colour stays (Rosin and Ellis, BMVC 1995; Horprasert, Harwood and Davis, FRAME-RATE
    workshop 1999).
    """
    ratio: Floats = (seen + np.float32(6)) / np.maximum(expected + np.float32(6), np.float32(1))
    mean = blurred(ratio)
    spread = blurred(ratio * ratio) - mean * mean
    even = spread < np.square(model.rough * mean)
    u, v = _chroma(frame.u, background) - model.u, _chroma(frame.v, background) - model.v
    still = (~weak).view(np.uint8)
    u, v = (c - np.float32(cv2.mean(c, still)[0]) for c in (u, v))
    grey = blurred(np.abs(u) + np.abs(v)) < CHROMA
    return np.asarray(even & grey & (mean > DARKEST) & (mean < BRIGHTEST), np.bool_)


def _clean(solid: Bools, strong: Bools, weak: Bools) -> Plane:
    """Hysteresis, without thin level strips (a barrier tape, a wire), holes filled that are no bare ground."""
    solid8 = solid.view(np.uint8)
    strips = opened(solid8 & ~opened(solid8, 4, 1), 1, 7).view(np.bool_)
    count, labels = components(closed((solid & ~strips).view(np.uint8), 5, 3))
    keep = np.bincount(labels[strong & ~strips], minlength=count) >= SEEDS
    keep[0] = False
    mask = keep[labels]
    return (mask | (filled(mask.view(np.uint8)).view(np.bool_) & weak)) * np.uint8(255)


def _blobs(mask: Plane, light: Light, scale: int, settings: MotionSettings) -> Motion:
    """Connected components of a mask as boxes; the small ones are taken out of the mask."""
    labels, stats = regions(mask)
    keep = stats[:, 4] * scale * scale >= settings.min_area
    keep[0] = False
    left, top, width, height, area = stats[keep].astype(np.float32).T
    boxes = np.stack([left, top, left + width, top + height], axis=1) * np.float32(scale)
    order = np.argsort(left, kind="stable")
    mask = keep[labels] * np.uint8(255)
    areas = (area * np.float32(scale * scale))[order]
    return Motion(mask, scale, boxes[order], areas, float(np.count_nonzero(mask)) / mask.size, light)
