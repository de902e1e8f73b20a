"""How a frame's light, and the camera's small shake, differ from the background's.

One robust regression: ``frame = gain * background + offset + dx * Bx + dy * By`` on a sparse grid of pixels, by
iteratively reweighted least squares with Tukey's biweight (Beaton and Tukey, 1974; Black and Anandan, "The
robust estimation of multiple motions", CVIU 63(1), 1996). Objects are outliers of it. The start is the
mode of the ratio frame / background, so that an exposure that halves the whole picture is followed even while
a large object covers part of it.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

STEP = 4  # every so many pixels of the analysis picture, in both directions
CUTS = (24.0, 12.0, 8.0)  # Tukey's constants of the passes, grey levels


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """What the fit needs of a background, float32: the picture, its gradients, and sparse columns of them."""

    small: Floats
    dx: Floats
    dy: Floats
    columns: Floats  # (n, 4): background, 1, dx, dy
    use: NDArray[np.bool_]  # (rows, cols) of the sparse grid: pixels that may be fitted


@dataclass(frozen=True, slots=True)
class Light:
    """``frame = gain * background + offset``, moved by (dx, dy) pixels of the analysis picture."""

    gain: float = 1.0
    offset: float = 0.0
    dx: float = 0.0
    dy: float = 0.0


def probe_of(small: Floats, noise: Floats, restless: NDArray[np.bool_]) -> Probe:
    """Prepare a background for :func:`fit_light`; clipped, noisy and restless pixels are not fitted."""
    dx = cv2.Sobel(small, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    dy = cv2.Sobel(small, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    grid = (slice(STEP // 2, None, STEP), slice(STEP // 2, None, STEP))
    use = ((small > 8) & (small < 247) & (noise < 12) & ~restless)[grid]
    if np.count_nonzero(use) < 64:
        use = np.ones_like(use)
    ones = np.ones(int(np.count_nonzero(use)), np.float32)
    columns = np.stack([small[grid][use], ones, dx[grid][use], dy[grid][use]], axis=1)
    return Probe(small, dx, dy, columns.astype(np.float32), use)


def fit_light(small: Floats, probe: Probe) -> Light:
    """The light and shake of ``small`` (float32, analysis size) relative to the background of ``probe``."""
    seen = small[STEP // 2 :: STEP, STEP // 2 :: STEP][probe.use]
    base = probe.columns[:, 0]
    params = np.array([_ratio_mode(seen, base), 0.0, 0.0, 0.0], np.float32)
    # A prior holds what the picture does not determine: offset in a flat scene, shake without edges.
    prior = np.diag(np.array([30.0**2, 1.0, 1.0, 1.0], np.float32)) * len(base) * 1e-3
    for cut in CUTS:
        residual = seen - probe.columns @ params
        weight = np.square(np.maximum(1 - np.square(residual / cut), 0))
        weighted = probe.columns * weight[:, None]
        start = np.array([params[0], 0, 0, 0], np.float32)
        params = np.linalg.solve(weighted.T @ probe.columns + prior, weighted.T @ seen + prior @ start)
    gain, offset, dx, dy = (float(p) for p in params)
    return Light(min(max(gain, 0.2), 5.0), offset, min(max(dx, -2.0), 2.0), min(max(dy, -2.0), 2.0))


def _ratio_mode(seen: Floats, base: Floats) -> float:
    """The most frequent ratio, from a smoothed histogram of its logarithm in steps of about 2 %."""
    ratio = np.log((seen + 4) / (base + 4)) * np.float32(50)
    bins = np.bincount(np.clip(np.rint(ratio), -80, 80).astype(np.int64) + 80, minlength=161)
    smooth = np.convolve(bins, (1, 2, 3, 2, 1), mode="same")
    return float(np.exp((int(np.argmax(smooth)) - 80) / 50))


def predict(probe: Probe, light: Light) -> Floats:
    """The background as it would look in this light, float32 at analysis size."""
    picture = probe.small * np.float32(light.gain) + np.float32(light.offset)
    if abs(light.dx) + abs(light.dy) > 0.02:
        picture += probe.dx * np.float32(light.dx) + probe.dy * np.float32(light.dy)
    return picture
