"""How a frame's light, and the camera's small shake, differ from the background's.

One robust regression, ``frame = gain * background + offset + dx * Bx + dy * By``, by iteratively
reweighted least squares with Tukey's biweight (Black and Anandan, "The robust estimation of multiple
motions", CVIU 63(1), 1996) and a new linearisation in each pass (Lucas and Kanade, IJCAI 1981). Objects
are outliers of it. The start is the mode of the ratio frame / background, so that an exposure that halves
the whole picture is followed even while a large object covers part of it.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.vision.planes import Floats

Numbers = NDArray[np.float64]

STEP = 4  # the fit looks at pictures reduced by so much
COARSE = (24.0, 24.0, 12.0, 8.0)  # Tukey's constants of the passes, grey levels
FINE = (12.0, 8.0)
REACH = 3.0  # reduced pixels that the shake may have
STILL = 0.75  # pixels: below it the coarse fit cannot tell shake from an object that hides an edge


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """What the fit needs of a background, float32: the picture and its gradients, and the reduced picture."""

    small: Floats
    dx: Floats
    dy: Floats
    base: Floats
    coarse: Floats  # weight of the reduced pixels, 0..1
    fine: Floats  # weight of every STEP-th pixel, 0..1
    columns: Floats  # (4, n): what the light and the shake do to every STEP-th pixel


@dataclass(frozen=True, slots=True)
class Light:
    """``frame(x, y) = gain * background(x + dx, y + dy) + offset``, in pixels of the analysis picture."""

    gain: float = 1.0
    offset: float = 0.0
    dx: float = 0.0
    dy: float = 0.0


UNIT = Light()


def reduced(picture: NDArray[np.float32] | NDArray[np.uint8]) -> Floats:
    """``picture`` averaged over ``STEP`` x ``STEP`` pixels, float32; a last odd row or column is left out."""
    height, width = (max(n // STEP, 1) for n in picture.shape)
    whole = picture[: height * STEP, : width * STEP]
    half = cv2.resize(whole, (width * 2, height * 2), interpolation=cv2.INTER_AREA)
    return cv2.resize(half, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)


def gradients(picture: Floats) -> tuple[Floats, Floats]:
    """Horizontal and vertical derivative, grey levels a pixel."""
    dx = cv2.Sobel(picture, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    dy = cv2.Sobel(picture, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    return np.asarray(dx, np.float32), np.asarray(dy, np.float32)


def probe_of(small: Floats, noise: Floats, restless: NDArray[np.bool_]) -> Probe:
    """Prepare a background for :func:`fit_light`; clipped, noisy and restless pixels count less or not."""
    usable = (((small > 6) & (small < 249) & ~restless) / np.maximum(noise, 2.0)).astype(np.float32)
    dx, dy = gradients(small)
    columns = _columns(_sparse(small), _sparse(dx), _sparse(dy))
    return Probe(small, dx, dy, reduced(small), _weight(reduced(usable)), _weight(_sparse(usable)), columns)


def _weight(usable: Floats) -> Floats:
    weight = usable.copy()
    weight[:1] = weight[-1:] = 0
    weight[:, :1] = weight[:, -1:] = 0
    if np.count_nonzero(weight) < 64:
        weight = np.ones_like(weight)
    return np.ravel(weight / weight.max())


def _sparse(picture: NDArray[np.float32] | NDArray[np.uint8]) -> Floats:
    half = STEP // 2 if min(picture.shape) > STEP else 0
    return np.asarray(picture[half::STEP, half::STEP], np.float32)


def _columns(base: Floats, dx: Floats, dy: Floats) -> Floats:
    return np.stack([c.ravel() for c in (base, np.ones_like(base), dx, dy)])


def fit_light(small: NDArray[np.uint8], probe: Probe) -> Light:
    """The light and shake of ``small`` (uint8, analysis size) relative to the background of ``probe``.

    First on the reduced pictures, whose pixels reach far enough to see a shake of several pixels, then on
    every so many pixels of the pictures themselves, which see a fraction of one.
    """
    gain, offset, dx, dy = _coarse(reduced(small), probe)
    columns = probe.columns
    if dx or dy:
        there = moved(probe.small, dx, dy)
        columns = _columns(*(_sparse(p) for p in (there, *gradients(there))))
    seen, found = _sparse(small).ravel(), np.array([gain, offset, 0.0, 0.0])
    for cut in FINE:
        found = _step(seen, columns, probe.fine, found, cut)
    gain, offset = float(found[0]), float(found[1])
    return Light(gain, offset, dx + float(found[2]) / gain, dy + float(found[3]) / gain)


def _coarse(seen: Floats, probe: Probe) -> tuple[float, float, float, float]:
    """Gain, offset, dx and dy in pixels of the analysis picture; a small shake is none."""
    gain, offset, dx, dy = _ratio_mode(seen, probe.base), 0.0, 0.0, 0.0
    for cut in COARSE:
        base = moved(probe.base, dx, dy) if dx or dy else probe.base
        start = np.array([gain, offset, 0.0, 0.0])
        found = _step(seen.ravel(), _columns(base, *gradients(base)), probe.coarse, start, cut)
        gain, offset = float(found[0]), float(found[1])
        dx = min(max(dx + float(found[2]) / gain, -REACH), REACH)
        dy = min(max(dy + float(found[3]) / gain, -REACH), REACH)
    if max(abs(dx), abs(dy)) * STEP < STILL:
        dx = dy = 0.0
    return gain, offset, dx * STEP, dy * STEP


def _step(
    seen: Floats, columns: Floats, weight: Floats, start: NDArray[np.float64], cut: float
) -> NDArray[np.float64]:
    """One reweighted least-squares step; what the picture does not determine stays as it was."""
    left = seen - start.astype(np.float32) @ columns
    weighted = columns * (np.square(np.maximum(1 - np.square(left / np.float32(cut)), 0)) * weight)
    damping = np.diag((900.0, 1.0, 0.2, 0.2)) * (0.002 * left.size)
    found = start + np.linalg.solve(weighted @ columns.T + damping, weighted @ left)
    found[0] = min(max(found[0], 0.2), 5.0)
    return np.asarray(found, np.float64)


def _ratio_mode(seen: Floats, base: Floats) -> float:
    """The most frequent ratio, from a smoothed histogram of its logarithm in steps of about 2 %."""
    ratio = np.log((seen + 4) / (base + 4)) * np.float32(50)
    bins = np.bincount(np.clip(np.rint(ratio), -80, 80).astype(np.int64).ravel() + 80, minlength=161)
    smooth = np.convolve(bins, (1, 2, 3, 2, 1), mode="same")
    return float(np.exp((int(np.argmax(smooth)) - 80) / 50))


def moved(picture: Floats, dx: float, dy: float) -> Floats:
    """``picture(x + dx, y + dy)``, bilinear, borders repeated."""
    shift = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    size = (picture.shape[1], picture.shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    out = cv2.warpAffine(picture, shift, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, np.float32)


def predict(probe: Probe, light: Light) -> Floats:
    """The background as it would look in this light, float32 at analysis size."""
    shake = max(abs(light.dx), abs(light.dy))
    if shake > 0.7:
        return moved(probe.small, light.dx, light.dy) * np.float32(light.gain) + np.float32(light.offset)
    picture = probe.small * np.float32(light.gain) + np.float32(light.offset)
    if shake > 0.03:
        picture += probe.dx * np.float32(light.dx * light.gain)
        picture += probe.dy * np.float32(light.dy * light.gain)
    return picture
