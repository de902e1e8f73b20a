"""From a crop to a network's input, as the model's card says."""

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.models.cards import Input


def prepare(
    crop: NDArray[np.uint8], size: tuple[int, int], form: Input
) -> tuple[NDArray[np.float32], float, float]:
    """Fit a BGR crop ``(h, w, 3)`` into ``size`` (width, height).

    Returns the input ``(3, height, width)`` float32 and the factors (x, y) that lead from its pixels back to
    the crop's.
    """
    width, height = size
    high, wide = crop.shape[:2]
    if form.fit == "stretch":
        fitted = cv2.resize(crop, size, interpolation=cv2.INTER_LINEAR)
        back = (wide / width, high / height)
    else:
        ratio = min(width / wide, height / high)
        inner = (max(1, round(wide * ratio)), max(1, round(high * ratio)))
        fitted = np.full((height, width, 3), form.pad, np.uint8)
        fitted[: inner[1], : inner[0]] = cv2.resize(crop, inner, interpolation=cv2.INTER_LINEAR)
        back = (1 / ratio, 1 / ratio)
    if form.channels == "rgb":
        fitted = fitted[:, :, ::-1]
    values = fitted.astype(np.float32)
    if any(form.mean) or form.scale != (1.0, 1.0, 1.0):
        values = (values - np.array(form.mean, np.float32)) * np.array(form.scale, np.float32)
    return np.ascontiguousarray(values.transpose(2, 0, 1)), *back
