from datetime import datetime, timedelta, timezone
from fractions import Fraction

import pytest

from synopticon.cli.parse import parse_fps, parse_size, parse_start
from synopticon.errors import UsageError


def test_sizes():
    assert parse_size("768x576") == (768, 576)
    assert parse_size(" 1920X1080 ") == (1920, 1080)


@pytest.mark.parametrize("text", ["768", "0x10", "768x", "axb", "768x576x3", "-1x5"])
def test_no_size(text):
    with pytest.raises(UsageError, match="768x576"):
        parse_size(text)


def test_frame_rates():
    assert parse_fps("25") == 25
    assert parse_fps("30000/1001") == Fraction(30000, 1001)
    assert parse_fps("29.97") == Fraction(2997, 100)


@pytest.mark.parametrize("text", ["0", "-5", "fast", "25/0", "", "1e9"])
def test_no_frame_rate(text):
    with pytest.raises(UsageError, match="30000/1001"):
        parse_fps(text)


def test_times():
    assert parse_start("2024-05-01T08:30:00") == datetime(2024, 5, 1, 8, 30)
    east = timezone(timedelta(hours=2))
    assert parse_start("2024-05-01 08:30:00+02:00") == datetime(2024, 5, 1, 8, 30, tzinfo=east)
    with pytest.raises(UsageError, match="2024-05-01T08:30"):
        parse_start("yesterday")
