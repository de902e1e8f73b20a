"""A checkpoint goes to a phone as a picture, and comes out of it as it was."""

import re

import cv2
import numpy as np
import pytest

from synopticon.errors import UsageError
from synopticon.governance.audit.checkpoint import Checkpoint, cosign
from synopticon.governance.audit.qr import MOST, qr
from synopticon.governance.keys import SigningKey
from tests.logs import START, fill, make_log


def read(picture):
    """What a reader that knows nothing of us reads from pixels."""
    text, corners, _ = cv2.QRCodeDetectorAruco().detectAndDecode(picture)
    assert corners is not None
    return text


def drawn(svg):
    """The picture of one of our SVG files: horizontal strokes, one module high, on white."""
    size, scale = int(re.search(r'width="(\d+)"', svg)[1]), int(re.search(r"scale\((\d+)\)", svg)[1])
    picture, x, y = np.full((size, size), 255, np.uint8), 0.0, 0.0
    for command, numbers in re.findall(
        r"([Mmh])([-\d. ]+)", re.search(r'class="qrline"[^>]* d="([^"]+)"', svg)[1]
    ):
        values = [float(n) for n in numbers.split()]
        if command == "h":
            top = round((y - 0.5) * scale)
            picture[top : top + scale, round(x * scale) : round((x + values[0]) * scale)] = 0
            x += values[0]
        else:
            x, y = (values[0], values[1]) if command == "M" else (x + values[0], y + values[1])
    return picture


def checkpoints():
    plain = fill(make_log(), 30).checkpoint()
    yield plain
    cosigned = plain
    for name in ("anna", "the-court-of-lyon", "é"):
        cosigned = cosign(cosigned, name, SigningKey.make(), START)
        yield cosigned


@pytest.mark.parametrize("checkpoint", list(checkpoints()), ids=lambda c: len(c.note.signatures))
def test_a_reader_gets_the_very_checkpoint(checkpoint):
    text = checkpoint.text()
    from_png = read(cv2.imdecode(np.frombuffer(qr(text, "png"), np.uint8), cv2.IMREAD_GRAYSCALE))
    from_svg = read(drawn(qr(text, "svg").decode()))
    assert from_png == from_svg == text
    assert Checkpoint.parse(from_png) == checkpoint


def test_a_photograph_of_it_is_read_too():
    """Smaller, turned, soft and noisy."""
    text = fill(make_log(), 30).checkpoint().text()
    picture = cv2.imdecode(np.frombuffer(qr(text, "png"), np.uint8), cv2.IMREAD_GRAYSCALE)
    size = picture.shape[0]
    turn = cv2.getRotationMatrix2D((size / 2, size / 2), 12, 0.8)
    seen = cv2.GaussianBlur(cv2.warpAffine(picture, turn, (size, size), borderValue=255), (0, 0), 1.2)
    noise = np.random.default_rng(4).normal(0, 8, seen.shape)
    assert read(np.clip(seen * 0.8 + 20 + noise, 0, 255).astype(np.uint8)) == text


def test_what_no_phone_would_read_is_refused():
    assert qr("x" * MOST, "svg")
    with pytest.raises(UsageError, match="too many for a QR code"):
        qr("é" * MOST, "svg")
