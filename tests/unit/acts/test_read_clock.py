"""What a clock in the picture proposes is printed as a command that sets it, or says what is missing."""

from datetime import datetime

import pytest

from synopticon.acts.read_clock import _proposal, clock_text
from synopticon.cli.parse import parse_start
from synopticon.errors import UsageError
from synopticon.footage.clock_fit import Bounds
from synopticon.footage.clock_propose import Proposal

SHOWN = (datetime(2026, 3, 1, 12, 0) - datetime(1970, 1, 1)).total_seconds()


def told(dated: bool, zone: str) -> str:
    found = Proposal("%H:%M:%S", dated, Bounds(SHOWN if dated else 43_200.0, 0, 0), Bounds(0, 0, 0), (), 9)
    report = {"proposal": _proposal(found, 60.0, zone), "why": "", "readings": [{}] * 9}
    return "\n".join(clock_text(report))


def start(text: str) -> str:
    return text.split("--start ")[1].split(maxsplit=1)[0]


def test_a_clock_with_its_date_and_zone_can_be_set_as_it_is_printed() -> None:
    text = told(dated=True, zone="Europe/Paris")
    assert parse_start(start(text)).utcoffset() is not None
    assert "filled in" not in text


@pytest.mark.parametrize("zone", ["", "Europe/Paris"])
def test_without_a_date_the_command_asks_for_it(zone: str) -> None:
    text = told(dated=False, zone=zone)
    assert "the day (YYYY-MM-DD)" in text
    with pytest.raises(UsageError):
        parse_start(start(text))  # no day is made up
    filled = start(text).replace("YYYY-MM-DD", "2026-03-01").replace("HH:MM", "01:00")
    assert parse_start(filled) == datetime.fromisoformat("2026-03-01T12:00:00+01:00")


def test_without_a_zone_the_command_asks_for_it() -> None:
    text = told(dated=True, zone="")
    assert "the camera's time zone" in text
    filled = start(text).replace("HH:MM", "01:00")
    assert parse_start(filled) == datetime.fromisoformat("2026-03-01T12:00:00+01:00")
