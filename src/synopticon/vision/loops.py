"""The hot loops of cutting, compiled: what would be a dozen calls on pictures of a few thousand pixels each.

Pictures are uint8 ``(h, w)``, masks 0 or not; half-size planes belong to blocks of 2 x 2 pixels.
"""

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.values.frame import Plane

Floats = NDArray[np.float32]


@compiled()
def nearness_of(box: NDArray[np.float32], rect: NDArray[np.int32], reach: float, table: Plane) -> Plane:
    """For each pixel of ``rect`` what ``table`` has for its distance from the middle of ``box``, cubed."""
    across = _cubes(box[0], box[2], rect[0], rect[2], reach)
    down = _cubes(box[1], box[3], rect[1], rect[3], reach)
    out = np.empty((len(down), len(across)), np.uint8)
    for i in range(len(down)):
        for j in range(len(across)):
            out[i, j] = table[down[i] + across[j]]
    return out


@compiled()
def _cubes(low: float, high: float, start: int, stop: int, reach: float) -> NDArray[np.uint16]:
    """The cube of the distance from the middle of ``low``..``high`` (1 at both ends, ``reach`` at most)."""
    half, middle = max((high - low) / 2, 0.5), (low + high) / 2
    out = np.empty(stop - start, np.uint16)
    for n in range(stop - start):
        away = min(abs(start + n + 0.5 - middle) / half, reach)
        out[n] = np.uint16(away**3 * (255 / reach**3))
    return out


@compiled()
def claimed(
    near: Plane, inside: int, mask: Plane, corner: tuple[int, int, int], gain: int
) -> NDArray[np.int16]:
    """Nearness up to ``inside``, and up to ``gain`` more where ``mask`` is set (it counts less far away).

    ``corner``: where the mask's left and top lie in the picture of ``near``, in pixels of the mask, and how
    many of them are one step in that picture.
    """
    left, top, step = corner
    out = np.empty(near.shape, np.int16)
    for i in range(near.shape[0]):
        y = i * step - top
        row = 0 <= y < mask.shape[0]
        for j in range(near.shape[1]):
            x = j * step - left
            out[i, j] = min(near[i, j], inside)
            if row and 0 <= x < mask.shape[1] and mask[y, x]:
                out[i, j] += min(gain, near[i, j])
    return out


@compiled()
def outbid(foreign: Plane, mine: NDArray[np.int16], other: NDArray[np.int16], bonus: int) -> None:
    """Set ``foreign`` to 255 where the claim of ``other``, with its bonus, is more than ``mine``."""
    for i in range(foreign.shape[0]):
        for j in range(foreign.shape[1]):
            if other[i, j] + bonus > mine[i, j]:
                foreign[i, j] = 255


@compiled()
def exceeding(distance: Plane, level: Plane, weak: Plane, sure: Plane) -> tuple[Plane, Plane]:
    """Where ``distance`` is above the thresholds that the tables ``weak`` and ``sure`` have for ``level``."""
    low, high = np.empty(level.shape, np.uint8), np.empty(level.shape, np.uint8)
    for i in range(level.shape[0]):
        for j in range(level.shape[1]):
            low[i, j] = 255 * (distance[i, j] > weak[level[i, j]])
            high[i, j] = 255 * (distance[i, j] > sure[level[i, j]])
    return low, high


@compiled()
def tallied(labels: NDArray[np.uint16], count: int, sure: Plane, core: Plane) -> NDArray[np.int64]:
    """For each label its pixels, the ``sure`` ones inside ``core``, those in the body; ``(count, 3)``."""
    out = np.zeros((count, 3), np.int64)
    for i in range(labels.shape[0]):
        for j in range(labels.shape[1]):
            label = labels[i, j]
            if label:
                out[label, 0] += 1
                out[label, 1] += (sure[i, j] & core[i, j]) > 0
                out[label, 2] += core[i, j] > 127
    return out


@compiled()
def _mean3(a: Floats) -> Floats:
    """The mean of 3 x 3 pixels; at the border they are mirrored."""
    height, width = a.shape
    out, row = np.empty_like(a), np.empty(width + 2, np.float32)
    for i in range(height):
        above = a[i - 1 if i else min(1, height - 1)]
        below = a[i + 1 if i + 1 < height else max(height - 2, 0)]
        for j in range(width):
            row[j + 1] = above[j] + a[i, j] + below[j]
        row[0], row[width + 1] = row[min(2, width)], row[max(width - 1, 1)]
        for j in range(width):
            out[i, j] = (row[j] + row[j + 1] + row[j + 2]) * np.float32(1 / 9)
    return out


@compiled()
def shaded_where(
    now: tuple[Plane, Plane, Plane], then: tuple[Plane, Plane, Plane], lowest: Floats, bounds: Floats
) -> tuple[Floats, Plane]:
    """The ratio of luma to that of the empty scene, and 1 where it looks like a cast shadow.

    ``now``, ``then``: luma, U, V at half size. The mean ratio of 3 x 3 pixels must be above ``lowest``;
    ``bounds`` are what it, its variance and the change of tint must stay below.
    """
    luma = then[0]
    ratio, mean, rough = _light_ratio(now[0], luma)
    first, second = _tint(now[1], then[1], mean), _tint(now[2], then[2], mean)
    out = np.zeros(ratio.shape, np.uint8)
    for i in range(len(out)):
        for j in range(len(out[0])):
            lit = lowest[i, j] < mean[i, j] < bounds[0] and luma[i, j] > 24 and rough[i, j] < bounds[1]
            out[i, j] = lit and max(abs(first[i, j]), abs(second[i, j])) < bounds[2]
    return ratio, out


@compiled()
def _light_ratio(now: Plane, then: Plane) -> tuple[Floats, Floats, Floats]:
    """The ratio of luma, its mean over 3 x 3 pixels and its variance there."""
    ratio, square = np.empty(now.shape, np.float32), np.empty(now.shape, np.float32)
    for i in range(now.shape[0]):
        for j in range(now.shape[1]):
            ratio[i, j] = np.float32(now[i, j] + 4) / np.float32(then[i, j] + 4)
            square[i, j] = ratio[i, j] * ratio[i, j]
    mean, rough = _mean3(ratio), _mean3(square)
    for i in range(now.shape[0]):
        for j in range(now.shape[1]):
            rough[i, j] -= mean[i, j] * mean[i, j]
    return ratio, mean, rough


@compiled()
def _tint(seen: Plane, empty: Plane, ratio: Floats) -> Floats:
    """How far a colour plane is from that of the background in another light, over 3 x 3 pixels."""
    out = np.empty_like(ratio)
    height, width = ratio.shape
    for i in range(height):
        for j in range(width):
            expected = (np.float32(empty[i, j]) - np.float32(128)) * ratio[i, j]
            out[i, j] = np.float32(seen[i, j]) - np.float32(128) - expected
    mean: Floats = _mean3(out)
    return mean


@compiled()
def ground_sums(
    alpha: Plane, hidden: Plane, colours: tuple[Plane, Plane, Plane], low: int, high: int
) -> NDArray[np.int64]:
    """Sums of luma, U, V where alpha is ``low``..``high`` and nothing is hidden, then of how many pixels.

    Colour counts where any pixel of four does; int64 ``(6,)``.
    """
    y, u, v = colours
    total = np.zeros(6, np.int64)
    for i in range(u.shape[0]):
        for j in range(u.shape[1]):
            count = 0
            for a in range(2 * i, 2 * i + 2):
                for b in range(2 * j, 2 * j + 2):
                    if low <= alpha[a, b] <= high and not hidden[a, b]:
                        count += 1
                        total[0] += y[a, b]
            if count:
                total[1] += u[i, j]
                total[2] += v[i, j]
                total[3] += count
                total[4] += 1
                total[5] += 1
    return total


@compiled()
def paint(
    picture: tuple[Plane, Plane, Plane], seen: tuple[Plane, Plane, Plane], keep: Plane, top: int, left: int
) -> None:
    """Lay ``seen`` on ``picture`` at (``left``, ``top``) where ``keep`` is set.

    Colour where any pixel of four is; rows that the picture does not have are left out.
    """
    for i in range(min(seen[1].shape[0], picture[1].shape[0] - top // 2)):
        for j in range(seen[1].shape[1]):
            some = False
            for a in range(2 * i, 2 * i + 2):
                for b in range(2 * j, 2 * j + 2):
                    if keep[a, b]:
                        some = True
                        picture[0][top + a, left + b] = seen[0][a, b]
            if some:
                picture[1][top // 2 + i, left // 2 + j] = seen[1][i, j]
                picture[2][top // 2 + i, left // 2 + j] = seen[2][i, j]
