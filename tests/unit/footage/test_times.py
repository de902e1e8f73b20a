"""Full refreshes are told from the bytes of a packet, however its units are parted."""

import pytest

from synopticon.footage.times import is_reset


def annex_b(*units):
    return b"".join(b"\0\0\0\1" + bytes([u]) * 5 for u in units)


def sized(*units):
    return b"".join(b"\0\0\0\5" + bytes([u]) * 5 for u in units)


@pytest.mark.parametrize("parted", [annex_b, sized])
@pytest.mark.parametrize(
    ("codec", "units", "reset"),
    [
        ("h264", (0x67, 0x68, 0x65), True),
        ("h264", (0x09, 0x06, 0x41), False),
        ("h264", (0x67, 0x68, 0x06, 0x61), False),
        ("hevc", (32 << 1, 33 << 1, 19 << 1), True),
        ("hevc", (32 << 1, 33 << 1, 21 << 1), False),
        ("hevc", (1 << 1,), False),
        ("mpeg4", (0x65,), False),
        ("h264", (), False),
    ],
)
def test_full_refreshes(parted, codec, units, reset):
    assert is_reset(parted(*units), codec) is reset
