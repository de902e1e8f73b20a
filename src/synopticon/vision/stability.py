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
WITHIN = 0.6  # mean agreement within a stretch that shows one scene
OTHERWISE = 0.35  # below this share two stretches show different scenes
LIKE = 0.3  # median correlation: the scene shows through rain or noise, or is dim
FEW = 0.01  # share of the windows of three quarters of the picture that must be textured for a verdict
GREY = 1.5  # colour levels of a picture without colour: infra-red
FEWEST = 4  # pictures of which half tell what the scene is
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


def likeness(seen: Texture, scene: Texture) -> float:
    """The median correlation of the textured windows of ``scene`` with ``seen``, -1..1; NaN where none is.

    Unlike ``agreement`` it tells a scene that is hardly to be seen (dim, in rain) from another one, whose
    windows correlate by chance, at 0 on average; and it needs no contrast, however little light there is.
    """
    textured = scene.variance > TEXTURE
    if np.count_nonzero(textured) < FEW * textured.size:
        return float("nan")
    covariance = blurred(seen.detail * scene.detail, WINDOW)[textured]
    return float(np.median(covariance / np.sqrt(scene.variance[textured] * (seen.variance[textured] + 1e-3))))


def _quarters(mask: Bools) -> list[Bools]:
    height, width = mask.shape[0] // 2 or 1, mask.shape[1] // 2 or 1
    return [mask[y : y + height, x : x + width] for y in (0, height) for x in (0, width)]


def moved_share(small: Plane, level: Floats) -> float:
    """Share of the pictures, uint8 ``(k, h, w)``, in which the scene ``level`` is nowhere near its place.

    None of them is a picture that looks like the one before or after it: the camera was turned, or something
    hung before it, for a while; nor one in which what the other half of the pictures shows is still to be
    seen (see ``likeness``): it rains.
    """
    probe = probe_of(level, np.ones_like(level), np.zeros(level.shape, np.bool_))
    lights, scene = [fit_light(s, probe) for s in small], texture_of(probe.base)
    seen = [
        texture_of(reduced(moved(s.astype(np.float32), -light.dx, -light.dy)))
        for s, light in zip(small, lights, strict=True)
    ]
    still = np.array([agreement(s, scene) >= AGREE for s in seen], np.bool_)
    if still.all() or len(small) < FEWEST:
        return 1.0 - float(np.mean(still)) if len(still) else 0.0
    halves = [_half(small[len(small) // 2 :]), _half(small[: len(small) // 2])]
    for k in np.flatnonzero(~still):
        here = texture_of(reduced(small[k]))
        beside = [texture_of(reduced(small[n])) for n in (k - 1, k + 1) if 0 <= n < len(small)]
        other = halves[int(k >= len(small) // 2)]
        still[k] = any(alike(here, b) >= AGREE for b in beside) or likeness(here, other) >= LIKE
    return 1.0 - float(np.mean(still))


def _half(small: Plane) -> Texture:
    """What half of the pictures shows: a scene to which a picture of the other half added nothing."""
    return texture_of(reduced(median(small).astype(np.float32)))


def alike(a: Texture, b: Texture) -> float:
    """How far two pictures show the same, 0..1, whichever came first: that with more texture is the scene.

    So a picture in which nothing is seen is like another such, and like no picture of the scene.
    """
    rich, poor = (a, b) if a.variance.sum() >= b.variance.sum() else (b, a)
    return agreement(poor, rich)


def breaks(small: Plane, pictures: Pictures) -> list[int]:
    """Where a sample shows another scene than those before: a moved camera, a switch to infra-red.

    ``small`` are the pictures at analysis size. Gives indices of the first pictures after each break.
    """
    thumbs = [texture_of(reduced(s)) for s in small]
    colour = [float(np.mean(np.abs(pictures.u[i, ::8, ::8] - 128.0))) + GREY for i in range(len(small))]
    same = np.eye(len(small))
    for i in range(len(small)):
        for j in range(i):
            paler = min(colour[i], colour[j]) / max(colour[i], colour[j])
            same[i, j] = same[j, i] = alike(thumbs[i], thumbs[j]) * min(1.0, 1.5 * paler)
    return _split(same, 0)


def _split(same: NDArray[np.float64], first: int) -> list[int]:
    """Recursive halving where both sides agree within and not with each other."""
    count, best, place = len(same), 0.0, 0
    for t in range(3, count - 2):
        within = min(same[:t, :t].mean(), same[t:, t:].mean())
        across = same[:t, t:].mean()
        if within > WITHIN and across < OTHERWISE and within - across > best:
            best, place = within - across, t
    if not place:
        return [first + t for t in _interlude(same)]
    left, right = same[:place, :place], same[place:, place:]
    return [*_split(left, first), first + place, *_split(right, first + place)]


def _interlude(same: NDArray[np.float64]) -> list[int]:
    """Where another scene begins and ends between two stretches of one: nothing, or two indices."""
    count, best, found = len(same), 0.0, list[int]()
    sums = np.zeros((count + 1, count + 1))
    sums[1:, 1:] = same.cumsum(0).cumsum(1)
    whole = sums[-1, -1]
    for a in range(3, count - 5):
        for b in range(a + 3, count - 2):
            n = b - a
            inner = sums[b, b] - sums[a, b] - sums[b, a] + sums[a, a]
            band = sums[b, -1] - sums[a, -1]  # the rows of the inner stretch
            outer = (whole - 2 * band + inner) / (count - n) ** 2
            across = (band - inner) / (n * (count - n))
            within = min(inner / n**2, outer)
            if within > WITHIN and across < OTHERWISE and within - across > best:
                best, found = within - across, [a, b]
    return found


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
