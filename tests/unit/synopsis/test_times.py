from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from synopticon.synopsis.times import SourceTimes, elapsed
from synopticon.values.footage import Clock, Footage, SourceFile

NOON = datetime(2026, 3, 28, 12, 0, tzinfo=UTC).timestamp()
FILE = SourceFile(Path("a.mp4"), 1, "", start_pts=0, end_pts=90000 * 60, clock=Clock(NOON, "user"))


def test_a_clock_without_a_zone_is_local_time() -> None:
    times = SourceTimes.of(Footage("c", (FILE,)))
    assert times.text(0, 62.9) == "12:01:02"
    assert times.known
    assert not times.dated


def test_the_zone_shifts_what_is_shown() -> None:
    file = replace(FILE, clock=Clock(NOON, "user", zone="Europe/Paris"))
    assert SourceTimes.of(Footage("c", (file,))).text(0, 0.0) == "13:00:00"


def test_an_unknown_zone_is_shown_as_written() -> None:
    file = replace(FILE, clock=Clock(NOON, "user", zone="Nowhere/Land"))
    assert SourceTimes.of(Footage("c", (file,))).text(0, 0.0) == "12:00:00"


def test_without_a_clock_time_is_elapsed() -> None:
    times = SourceTimes.of(Footage("c", (replace(FILE, clock=Clock()),)))
    assert times.text(0, 3723.0) == "1:02:03"
    assert not times.known
    assert times.day_share(0, 30.0) == pytest.approx(0.5)


def test_each_file_has_its_own_clock() -> None:
    late = replace(FILE, offset=100.0, clock=Clock(NOON + 7200, "name"))
    times = SourceTimes.of(Footage("c", (FILE, late)))
    assert times.text(1, 101.0) == "14:00:01"


def test_a_date_is_shown_when_days_differ() -> None:
    next_day = replace(FILE, offset=100.0, clock=Clock(NOON + 86400, "name"))
    assert SourceTimes.of(Footage("c", (FILE, next_day))).text(1, 100.0) == "03-29 12:00:00"


def test_share_of_the_day() -> None:
    assert SourceTimes.of(Footage("c", (FILE,))).day_share(0, 0.0) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00:00"), (59.999, "0:00:59"), (36000, "10:00:00"), (-1, "0:00:00")]
)
def test_elapsed(seconds: float, text: str) -> None:
    assert elapsed(seconds) == text
