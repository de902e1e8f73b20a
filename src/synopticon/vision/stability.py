"""Does the camera stand still? Whole pictures compared by their texture, which light does not change.

Where a textured window of one picture correlates with the same window of the other, the camera looked the
same way in both, whatever passed elsewhere (normalised correlation; Lewis, "Fast normalized cross-
correlation", 1995).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synopticon.values.footage import Footage
from synopticon.values.frame import Plane
from synopticon.vision.light import fit_light, moved, probe_of, reduced
from synopticon.vision.median import median
from synopticon.vision.motion import DEFAULTS, MotionSettings, scale_for
from synopticon.vision.planes import Bools, Floats, blurred, shrink
from synopticon.vision.sampling import Pictures, Sampler

WINDOW = 7  # pixels of the reduced picture
TEXTURE = 16.0  # variance, grey levels squared, that a window needs to tell anything
SAME = 0.5  # correlation
AGREE = 0.5  # share of the textured windows that must agree for the camera to stand still
OTHERWISE = 0.35  # below this share two stretches show different scenes
FEW = 0.01  # share of the windows of three quarters of the picture that must be textured for a verdict
GREY = 1.5  # colour levels of a picture without colour: infra-red
LOOKS = 24  # pictures that are enough to say whether a camera moves


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """A reduced picture without its low frequencies, and the variance of each window, float32."""

    detail: Floats
    variance: Floats


def texture_of(picture: Floats) -> Texture:
    """The texture of a reduced picture (see :func:`synopticon.vision.light.reduced`)."""
    detail = picture - blurred(picture, WINDOW)
    return Texture(detail, blurred(detail * detail, WINDOW))


def agreement(seen: Texture, scene: Texture) -> float:
    """Share of the textured windows of ``scene`` that look the same in ``seen``, 0..1.

    1 where there is no verdict: texture in one half of the picture only may be an object, or a drawn clock.
    """
    textured = scene.variance > TEXTURE
    if sum(int(np.count_nonzero(q)) > FEW * q.size for q in _quarters(textured)) < 3:
        return 1.0
    covariance = blurred(seen.detail * scene.detail, WINDOW)
    same = covariance > SAME * np.sqrt(scene.variance * np.maximum(seen.variance, 1))
    return float(np.mean(same[textured]))


def _quarters(mask: Bools) -> list[Bools]:
    height, width = mask.shape[0] // 2 or 1, mask.shape[1] // 2 or 1
    return [mask[y : y + height, x : x + width] for y in (0, height) for x in (0, width)]


def moved_share(small: Plane, level: Floats) -> float:
    """Share of the pictures, uint8 ``(k, h, w)``, in which the scene ``level`` is nowhere near its place."""
    probe = probe_of(level, np.ones_like(level), np.zeros(level.shape, np.bool_))
    lights, scene = [fit_light(s, probe) for s in small], texture_of(probe.base)
    still = [
        agreement(texture_of(reduced(moved(s.astype(np.float32), -light.dx, -light.dy))), scene) >= AGREE
        for s, light in zip(small, lights, strict=True)
    ]
    return 1.0 - float(np.mean(still)) if still else 0.0


def breaks(small: Plane, pictures: Pictures) -> list[int]:
    """Where a sample shows another scene than those before: a moved camera, a switch to infra-red.

    ``small`` are the pictures at analysis size. Gives indices of the first pictures after each break.
    """
    thumbs = [texture_of(reduced(s)) for s in small]
    colour = [float(np.mean(np.abs(pictures.u[i, ::8, ::8] - 128.0))) + GREY for i in range(len(small))]
    alike = np.eye(len(small))
    for i in range(len(small)):
        for j in range(i):
            paler = min(colour[i], colour[j]) / max(colour[i], colour[j])
            alike[i, j] = alike[j, i] = agreement(thumbs[i], thumbs[j]) * min(1.0, 1.5 * paler)
    return _split(alike, 0)


def _split(alike: NDArray[np.float64], first: int) -> list[int]:
    """Recursive halving where both sides agree within and not with each other."""
    count, best, place = len(alike), 0.0, 0
    for t in range(3, count - 2):
        within = min(alike[:t, :t].mean(), alike[t:, t:].mean())
        across = alike[:t, t:].mean()
        if within > 0.6 and across < OTHERWISE and within - across > best:
            best, place = within - across, t
    if not place:
        return []
    left, right = alike[:place, :place], alike[place:, place:]
    return [*_split(left, first), first + place, *_split(right, first + place)]


def camera_moves(footage: Footage, settings: MotionSettings = DEFAULTS) -> float:
    """Share of sampled pictures in which the whole picture moved, 0..1: what probe says of a camera.

    Above about 0.3 a background makes no sense: results are unreliable.
    """
    pictures = Sampler(footage, settings, LOOKS).sample(0.0, max(footage.duration, 1e-3))
    if len(pictures) < 3:
        return 0.0
    scale = scale_for(pictures.y.shape[2], settings)
    small = np.stack([shrink(y, scale) for y in pictures.y])
    cuts = [0, *breaks(small, pictures), len(small)]
    parts = [small[a:b] for a, b in pairwise(cuts)]
    shares = [len(p) * moved_share(p, median(p).astype(np.float32)) for p in parts]
    return float(sum(shares)) / len(small)
