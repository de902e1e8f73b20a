import pytest
from hypothesis import given
from hypothesis import strategies as st

from synopticon.errors import UsageError
from synopticon.values.duration import Duration, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("1m30s", 90),
        ("00:01:30", 90),
        ("01:30", 90),
        ("1:02:03.5", 3723.5),
        ("2h", 7200),
        ("1h1s", 3601),
        ("0.5s", 0.5),
        (" 90 ", 90),
        ("1M30S", 90),
    ],
)
def test_seconds(text, seconds):
    assert parse_duration(text) == Duration(seconds)


def test_frames():
    assert parse_duration("900f") == Duration(900, in_frames=True)
    assert parse_duration("900f").seconds(25) == 36
    assert parse_duration("900f").frames(10) == 900
    assert parse_duration("1m30s").frames(10) == 900
    assert Duration(0.01).frames(10) == 1


@pytest.mark.parametrize(
    "text", ["", " ", "s", "-5s", "0s", "0f", "1.5f", "1m30", "90x", "1:2:3:4", "nan", "infs"]
)
def test_nonsense_is_refused(text):
    with pytest.raises(UsageError, match="1m30s"):
        parse_duration(text)


@given(st.integers(60, 10 * 3600))
def test_what_is_written_reads_back(seconds):
    step = 1 if seconds < 3600 else 60
    assert abs(parse_duration(format_duration(seconds)).amount - seconds) <= step / 2


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0s"), (9.96, "10s"), (59.4, "59s"), (59.6, "1m00s"), (3599.7, "1h00m"), (7500, "2h05m")],
)
def test_lengths_are_written_as_people_do(seconds, text):
    assert format_duration(seconds) == text
