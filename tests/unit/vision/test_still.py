"""Pictures that somebody gives: read, or refused before their pixels are opened."""

import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synopticon.errors import UsageError
from synopticon.vision.still import planes_of, size_of

PICTURE = np.zeros((30, 41, 3), np.uint8)
PICTURE[:, 20:] = (10, 200, 90)


def coded(kind):
    return bytes(cv2.imencode(kind, PICTURE)[1])


@pytest.mark.parametrize("kind", [".png", ".jpg"])
def test_a_picture_is_read_and_made_even(kind):
    data = coded(kind)
    assert size_of(data) == (41, 30)
    y, u, v = planes_of(data, 100)
    assert y.shape[0] % 2 == y.shape[1] % 2 == 0
    assert u.shape == v.shape == (y.shape[0] // 2, y.shape[1] // 2)
    assert int(y[:, 30:].mean()) > int(y[:, :10].mean()) + 50
    assert max(planes_of(data, 20)[0].shape) == 20


def bomb(width, height):
    """A PNG of a few bytes that says it is huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.parametrize("size", [(60_000, 60_000), (16_000, 16_000), (0, 5), (2**32 - 1, 1)])
def test_a_picture_that_is_too_large_is_not_opened(size, monkeypatch):
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("opened"))
    with pytest.raises(UsageError, match="a picture of"):
        planes_of(bomb(*size), 100)


OTHERS = [b"", b"\xff\xd8\xff", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\n"]


@pytest.mark.parametrize("data", [*OTHERS, coded(".jpg")[:40], bomb(4, 4)])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(UsageError, match="give a PNG or a JPEG"):
        planes_of(data, 100)


@given(data=st.binary(max_size=300), head=st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_whatever_comes_is_read_or_refused(data, head):
    try:
        planes_of(head + data, 50)
    except UsageError:
        return
