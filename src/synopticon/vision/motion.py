"""Foreground of one frame: a pure function of the frame and the background of its time.

Because nothing is carried from frame to frame, any segment of a recording gives the same masks, an object
that stands still stays foreground for as long as it stands, and a stretch without motion costs a subtraction.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.values.detection import Boxes
from synopticon.values.frame import Frame, Plane
from synopticon.values.scene import Background
from synopticon.vision.light import Probe, fit_light, predict, probe_of

Floats = NDArray[np.float32]


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
    ``energy`` is the share of the picture that moves, 0..1.
    """

    mask: Plane
    scale: int
    boxes: Boxes
    areas: Floats
    energy: float


def scale_for(width: int, settings: MotionSettings) -> int:
    """The power of two by which a picture of this width is reduced for the analysis."""
    scale = 1
    while width > settings.analysis_width * scale:
        scale *= 2
    return scale


def shrink(plane: Plane, scale: int) -> Plane:
    """Area average over ``scale`` x ``scale`` pixels, sizes rounded up; ``scale`` is a power of two."""
    while scale > 1:
        height, width = plane.shape
        if height % 2 or width % 2:
            plane = np.pad(plane, ((0, height % 2), (0, width % 2)), mode="edge")
        half = (plane.shape[1] // 2, plane.shape[0] // 2)
        plane = cv2.resize(plane, half, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        scale //= 2
    return plane


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """What is worked out once for a background: the two thresholds and the pixels to fit the light on."""

    high: Floats
    low: Floats
    probe: Probe


@lru_cache(maxsize=4)
def _model(background: Background, settings: MotionSettings) -> _Model:
    noise = background.noise
    restless = background.restless * np.float32(1e6)
    return _Model(
        high=np.maximum(settings.high, settings.noise_high * noise) + restless,
        low=np.maximum(settings.low, settings.noise_low * noise) + restless,
        probe=probe_of(background.small, noise, background.restless),
    )


def find_motion(frame: Frame, background: Background, settings: MotionSettings = DEFAULTS) -> Motion:
    """Foreground of ``frame`` against ``background``: light compensated, noise and restless pixels ignored."""
    model = _model(background, settings)
    small = shrink(frame.y, background.scale).astype(np.float32)
    light = fit_light(small, model.probe)
    distance = np.abs(cv2.blur(small - predict(model.probe, light), (3, 3)))
    strong = distance > model.high
    if np.count_nonzero(strong) < 3:
        return _nothing(background)
    weak = (distance > model.low).astype(np.uint8)
    return _blobs(_clean(weak, strong), background.scale, settings)


def _nothing(background: Background) -> Motion:
    mask = np.zeros(background.small.shape, np.uint8)
    return Motion(mask, background.scale, np.zeros((0, 4), np.float32), np.zeros(0, np.float32), 0.0)


def _clean(weak: Plane, strong: NDArray[np.bool_]) -> Plane:
    """Hysteresis: the weak components that hold enough strong pixels, holes closed."""
    closed = cv2.morphologyEx(weak, cv2.MORPH_CLOSE, np.ones((5, 3), np.uint8))
    count, labels = cv2.connectedComponents(closed, connectivity=8, ltype=cv2.CV_32S)
    keep = np.bincount(labels[strong], minlength=count) >= 3
    keep[0] = False
    return (keep[labels] * np.uint8(255)).astype(np.uint8)


def _blobs(mask: Plane, scale: int, settings: MotionSettings) -> Motion:
    """Connected components of a mask as boxes; the small ones are taken out of the mask."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    keep = stats[:, cv2.CC_STAT_AREA] * scale * scale >= settings.min_area
    keep[0] = False
    kept = stats[keep].astype(np.float32)
    left, top, width, height, area = kept.T if len(kept) else np.zeros((5, 0), np.float32)
    boxes = np.stack([left, top, left + width, top + height], axis=1) * np.float32(scale)
    order = np.argsort(boxes[:, 0], kind="stable")
    mask = (keep[labels] * np.uint8(255)).astype(np.uint8) if count > 1 else mask
    areas = (area * np.float32(scale * scale))[order]
    return Motion(mask, scale, boxes[order], areas, float(np.count_nonzero(mask)) / mask.size)
