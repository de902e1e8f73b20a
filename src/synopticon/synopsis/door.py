"""The door through which pictures of footage leave: zones are filled here, and stills are coded here.

Whoever writes a picture of a frame takes it from ``masked``; a test of the architecture looks after that.
"""

import cv2
import numpy as np

from synopticon.errors import OutputError
from synopticon.synopsis.blend import Planes, fill
from synopticon.values.detection import Boxes
from synopticon.values.frame import Frame, Plane
from synopticon.vision.colour import from_yuv

FILL = 40  # luma of what is filled, without colour
_QUALITY = 85


def masked(frame: Frame, zones: Boxes) -> Planes:
    """A copy of the frame's planes with the zones filled: float32 ``(n, 4)`` xyxy source pixels, any of them.

    An empty array leaves the frame clear: that is for whoever holds ``view.unmasked``.
    """
    planes = (frame.y.copy(), frame.u.copy(), frame.v.copy())
    for x1, y1, x2, y2 in zones.tolist():
        box = (int(np.floor(x1)), int(np.floor(y1)), int(np.ceil(x2)), int(np.ceil(y2)))
        if box[2] > 0 and box[3] > 0:
            fill(planes, box, FILL)
    return planes


def jpeg(
    planes: Planes,
    matrix: str,
    full_range: bool,
    *,
    box: tuple[int, int, int, int] | None = None,
    side: int | None = None,
) -> bytes:
    """A picture that may be shown, or the part ``box`` (xyxy pixels) of it, as JPEG; raises ``OutputError``.

    ``matrix`` and ``full_range``: its colours. ``side``: pixels of the longer side; None = as it is.
    """
    left, top, right, bottom = box or (0, 0, *planes[0].shape[::-1])
    y = planes[0][top:bottom, left:right]
    rows, columns = np.arange(top, bottom) // 2, np.arange(left, right) // 2
    chroma: list[Plane] = [p[np.ix_(rows, columns)] for p in planes[1:]]
    yuv = np.stack([y, *chroma], axis=-1).reshape(-1, 3).astype(np.float32)
    rgb = np.clip(from_yuv(yuv, matrix, full_range) * 255 + 0.5, 0, 255).astype(np.uint8)
    picture = rgb.reshape(*y.shape, 3)[:, :, ::-1]
    scale = 1.0 if side is None else side / max(y.shape)
    size = (max(1, round(y.shape[1] * scale)), max(1, round(y.shape[0] * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    done, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise OutputError("a still could not be coded: check the installation of OpenCV")
    return bytes(data)
