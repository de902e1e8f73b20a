"""Where the scene has two lasting states, the one without an object.

A bag is put down, a parked car leaves: each state is seen many times, and counting cannot tell which one
is the empty scene. The object's outline can: around the region that differs, the state with the object
has the stronger edges (cf. Spagnolo et al., "An abandoned/removed objects detection algorithm and its
evaluation on PETS datasets", AVSS 2006).
"""

import numpy as np

from synopticon.vision.consensus import BLOCK, DIFFERENT, support
from synopticon.vision.light import gradients
from synopticon.vision.median import block_median, median
from synopticon.vision.planes import (
    Bools,
    Floats,
    blurred,
    closed,
    dilated,
    distance,
    levels,
    opened,
    regions,
)

OTHER = 0.04  # share of a block that makes it another state
NEARER = 0.35  # samples of it differ so much less from each other than from the first state
LASTING = 0.2  # share of the samples that makes a state lasting
SMALLEST = 40  # pixels of the analysis picture
LARGEST = 0.5  # of the picture: more is no object, but a camera that is covered or turned for a while
EDGE = 4.0  # grey levels a pixel by which one edge is stronger than another
WEAKER = 1.3  # so many times more of the outline must speak for the other state


def without_objects(alike: Floats, members: Bools, apart: Floats) -> Bools:
    """``members`` (see consensus), changed to the other lasting state where that one holds no object.

    ``alike`` float32 ``(k, h, w)`` are the samples, ``apart`` float32 ``(k, k, rows, columns)`` their
    differences.
    """
    others, lasting = _second_state(members, apart)
    if not lasting.any():
        return members
    pictures = levels(alike)
    first = block_median(pictures, members, BLOCK).astype(np.float32)
    second = block_median(pictures, others | (members & ~lasting), BLOCK).astype(np.float32)
    out = members.copy()
    for region in _regions(first, second):
        touched = _blocks(region, lasting.shape) & lasting
        # The samples that show the other state in all of the region, so that it has no seams.
        whole = others[:, touched].mean(axis=1) > 0.5
        if np.count_nonzero(whole) < max(3.0, LASTING * len(alike)):
            continue
        here = _around(touched)
        other = median(pictures[whole][:, *here]).astype(np.float32)
        exact = (distance(first[here], other) > DIFFERENT) & _pixels(touched, first.shape)[here]
        if exact.any() and _emptier(first[here], other, exact):
            out[:, touched] = whole[:, None]
    return out


def outlined(first: Floats, second: Floats, region: Bools, shown: Bools) -> float:
    """In which of two pictures the outline of ``region`` is drawn: above 0 = the first, below = the second.

    The share of the outline that speaks for the first less that which speaks for the second, -1..1; only
    what is ``shown`` is looked at.
    """
    against, other, size = _outlined(first, second, region, shown)
    return (against - other) / max(size, 1)


def _emptier(first: Floats, second: Floats, region: Bools) -> bool:
    """Whether the outline of ``region`` is drawn in the first state and not in the second."""
    against, other, size = _outlined(first, second, region)
    return bool(against > WEAKER * other + 0.05 * size)


def border_of(region: Bools) -> Bools:
    """The pixels on either side of the border of a region."""
    inside = region.astype(np.float32)
    return np.asarray(dilated(inside, 3) > 1 - dilated(1 - inside, 3))


def _outlined(
    first: Floats, second: Floats, region: Bools, shown: Bools | None = None
) -> tuple[int, int, int]:
    """Pixels of the outline at which the first is drawn more strongly, the second, and all there are."""
    ring = border_of(region) if shown is None else border_of(region) & shown
    normal = np.stack(gradients(blurred(region.astype(np.float32), 5)))[:, ring]
    normal /= np.maximum(np.hypot(normal[0], normal[1]), np.float32(1e-6))
    drawn, other = (np.abs((np.stack(gradients(p))[:, ring] * normal).sum(axis=0)) for p in (first, second))
    stronger, weaker = np.count_nonzero(drawn > other + EDGE), np.count_nonzero(other > drawn + EDGE)
    return int(stronger), int(weaker), drawn.size


def _second_state(members: Bools, apart: Floats) -> tuple[Bools, Bools]:
    """Samples that agree on another state, bool ``(k, rows, columns)``, and the blocks where it lasts."""
    count = np.maximum(members.sum(axis=0), 1)
    away = np.einsum("ijrc,jrc->irc", apart, members.astype(np.float32), optimize=True) / count
    far = away > OTHER
    agree = (apart <= np.maximum(OTHER, NEARER * away)) & far[:, None] & far[None]
    agree &= agree.swapaxes(0, 1)
    backing = support(agree)
    winner = backing.argmax(axis=0)
    others = np.take_along_axis(agree, winner[None, None], axis=0)[0]
    lasting = others.sum(axis=0) >= max(3.0, LASTING * len(members))
    return others & lasting, lasting


def _regions(first: Floats, second: Floats) -> list[Bools]:
    differs = (distance(first, second) > DIFFERENT).view(np.uint8)
    labels, stats = regions(closed(opened(differs, 3, 3), 5, 5))
    largest = LARGEST * labels.size
    return [labels == i for i in range(1, len(stats)) if SMALLEST <= stats[i, 4] <= largest]


def _blocks(region: Bools, shape: tuple[int, ...]) -> Bools:
    """Blocks that a region touches."""
    rows, columns = np.nonzero(region)
    out = np.zeros(shape, np.bool_)
    out[rows // BLOCK, columns // BLOCK] = True
    return out


def _pixels(blocks: Bools, shape: tuple[int, ...]) -> Bools:
    """The pixels of blocks."""
    return blocks.repeat(BLOCK, axis=0).repeat(BLOCK, axis=1)[: shape[0], : shape[1]]


def _around(blocks: Bools) -> tuple[slice, slice]:
    """The pixels of blocks and of one block more on each side, as rows and columns."""
    rows, columns = (
        slice(max(int(i.min()) - 1, 0) * BLOCK, (int(i.max()) + 2) * BLOCK) for i in np.nonzero(blocks)
    )
    return rows, columns
