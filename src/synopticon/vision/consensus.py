"""Which sampled pictures show the empty scene, block by block.

A median fails where somebody stands for half of the time. Here two pictures *agree* on a window when they
show the same there, outlines included. People who stand at one place differ in outline; the empty scene
is the same again each time. So the pictures that agree with most others, over a window as large as the
scene allows, show it empty (the idea of Reddy, Sanderson and Lovell, "A low-complexity algorithm for
static background estimation from cluttered image sequences", EURASIP J. IVP, 2011, with whole windows in
place of single blocks).
"""

import cv2
import numpy as np

from synopticon.vision.planes import Bools, Floats

BLOCK = 16  # pixels of the analysis picture
DIFFERENT = 12.0  # grey levels
AGREE = 0.02  # share of a window that may differ
OWN = 0.05  # share of the block itself that may differ
RADII = (4, 2, 1, 0)  # blocks around a block that make its window
NEAR = 2  # neighbours in time that count less: one stay gives several alike pictures


def consensus(apart: Floats) -> Bools:
    """Pictures that show the empty scene: bool ``(k, rows, columns)``, a block of ``BLOCK`` pixels each.

    ``apart`` float32 ``(k, k, rows, columns)``, from :func:`differing`.
    """
    best = np.full(apart.shape[2:], -1.0, np.float32)
    members = np.ones((len(apart), *best.shape), np.bool_)
    for radius in RADII:
        agree = (_windows(apart, radius) <= AGREE) & (apart <= OWN)
        backing = support(agree)
        winner = backing.argmax(axis=0)
        score = backing.max(axis=0) * (1 + radius)
        better = (backing.max(axis=0) >= _least(len(apart))) & (score > best)
        chosen = np.take_along_axis(agree, winner[None, None], axis=0)[0]
        best = np.where(better, score, best)
        members = np.where(better, chosen, members)
    return members


def _least(count: int) -> float:
    return max(2.0, 0.06 * count)


def differing(stack: Floats) -> Floats:
    """Share of each block in which two pictures differ, float32 ``(k, k, rows, columns)``.

    ``stack`` float32 ``(k, h, w)``: sampled pictures in time order, of one light and registered.
    """
    height, width = stack.shape[1:]
    rows, columns = -(-height // BLOCK), -(-width // BLOCK)
    pad = ((0, rows * BLOCK - height), (0, columns * BLOCK - width))
    smooth = [np.pad(cv2.blur(s, (3, 3)), pad, mode="edge") for s in stack]
    out = np.zeros((len(stack), len(stack), rows, columns), np.float32)
    for i, a in enumerate(smooth):
        for j in range(i):
            apart = (cv2.absdiff(a, smooth[j]) > DIFFERENT).astype(np.float32)
            out[i, j] = out[j, i] = cv2.resize(apart, (columns, rows), interpolation=cv2.INTER_AREA)
    return out


def _windows(apart: Floats, radius: int) -> Floats:
    """Mean over square windows, borders of the picture cut off."""
    if not radius:
        return apart
    size = (2 * radius + 1, 2 * radius + 1)
    ones = cv2.boxFilter(
        np.ones(apart.shape[2:], np.float32), -1, size, normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    out = np.empty_like(apart)
    for i in range(len(apart)):
        for j in range(i + 1):
            total = cv2.boxFilter(apart[i, j], -1, size, normalize=False, borderType=cv2.BORDER_CONSTANT)
            out[i, j] = out[j, i] = total / ones
    return out


def support(agree: Bools) -> Floats:
    """With how many others each picture agrees, those next to it in time counted a quarter."""
    k = len(agree)
    distance = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    weight = np.where(distance > NEAR, 1.0, 0.25).astype(np.float32)
    return np.asarray(np.einsum("ij,ijrc->irc", weight, agree, optimize=True), np.float32)
