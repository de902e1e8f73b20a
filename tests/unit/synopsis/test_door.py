"""What leaves through the door: zones are filled, stills show what they are told to."""

import cv2
import numpy as np
import pytest

from synopticon.synopsis.door import FILL, jpeg, masked
from synopticon.values.frame import Frame


@pytest.fixture
def frame():
    """Noise, of odd sides."""
    chance = np.random.default_rng(5)
    return Frame(
        0, 0, 0.0, *(chance.integers(0, 256, shape, np.uint8) for shape in ((37, 51), (19, 26), (19, 26)))
    )


def test_zones_are_filled_in_a_copy(frame):
    before = frame.y.copy()
    y, u, v = masked(frame, np.array([[3.2, 4.0, 20.5, 17.9], [-50, -50, -1, -1]], np.float32))
    assert (y[4:18, 3:21] == FILL).all()
    assert (u[2:9, 2:10] == 128).all()
    assert (v[2:9, 2:10] == 128).all()
    assert (frame.y == before).all()
    assert (y[20:] == before[20:]).all()


@pytest.mark.parametrize("box", [(0, 0, 51, 37), (5, 3, 28, 30), (6, 4, 51, 37), (50, 36, 51, 37)])
def test_a_part_of_a_picture_has_its_own_colours(frame, box):
    """The part alone is coded as it would be, had the whole picture been turned into colours first."""
    y, u, v = masked(frame, np.zeros((0, 4), np.float32))
    wide = [np.repeat(np.repeat(p, 2, axis=0), 2, axis=1)[:37, :51] for p in (u, v)]
    left, top, right, bottom = box
    part = [np.ascontiguousarray(p[top:bottom, left:right]) for p in (y, *wide)]
    grey = [np.full((19, 26), 128, np.uint8)] * 2
    got = cv2.imdecode(np.frombuffer(jpeg((y, u, v), "bt601", True, box=box), np.uint8), cv2.IMREAD_COLOR)
    full = cv2.cvtColor(np.stack([part[0], part[2], part[1]], axis=-1), cv2.COLOR_YCrCb2BGR)
    kept = cv2.imencode(".jpg", full, [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    expected = cv2.imdecode(kept, cv2.IMREAD_COLOR)
    assert got.shape == (bottom - top, right - left, 3)
    assert np.abs(got.astype(int) - expected).mean() < 6
    plain = cv2.imdecode(np.frombuffer(jpeg((y, *grey), "bt601", True, box=box), np.uint8), 1)
    assert np.abs(plain.astype(int) - got).mean() > 10
