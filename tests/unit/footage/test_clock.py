"""The clock: sidecar, else name, else metadata; every pattern that docs/footage.md lists."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from synopticon.errors import UsageError
from synopticon.footage.clock import clock_of, from_name
from tests.media import write_dav

MAY_1 = datetime(2024, 5, 1, 8, 30, 0, tzinfo=UTC).timestamp()
PAGE = Path(__file__).parents[3] / "docs" / "footage.md"
NAMES = re.findall(r"^\| `([^`]*\d{2}[^`]*)` \|", PAGE.read_text("utf-8"), re.MULTILINE)


def test_the_page_lists_names():
    assert len(NAMES) >= 15


@pytest.mark.parametrize("name", NAMES)
def test_each_name_on_the_page_is_understood(name):
    clock = from_name(Path("/recordings") / name)
    assert clock is not None
    assert clock.start == MAY_1
    assert clock.source == "name"


@pytest.mark.parametrize(
    "name",
    [
        "vtest.avi",
        "video4.avi",
        "camera-2.mp4",
        "1920x1080.mp4",
        "20241350_250000.mp4",
        "part10.mp4",
        "12345678901234.mp4",
    ],
)
def test_other_numbers_are_no_clock(name):
    assert from_name(Path("/a/b/c/d/e/f") / name) is None


def test_the_zone_of_the_camera_counts():
    local = from_name(Path("20240501_083000.mp4"), "Europe/Rome")
    assert local.start == MAY_1 - 7200
    assert local.zone == "Europe/Rome"
    assert from_name(Path("20240501T083000Z.mp4"), "Europe/Rome").start == MAY_1


def test_an_unknown_zone_is_wrong_usage():
    with pytest.raises(UsageError, match="Europe/Rom"):
        from_name(Path("20240501_083000.mp4"), "Europe/Rom")


def test_the_sidecar_comes_before_the_name(tmp_path):
    path = tmp_path / "20200101_000000.mp4"
    told = {"start": "2024-05-01T10:30:00", "zone": "Europe/Rome", "uncertainty": 0.5}
    (tmp_path / "20200101_000000.mp4.clock.json").write_text(json.dumps(told))
    clock = clock_of(path, {"creation_time": "2021-01-01T00:00:00Z"})
    assert (clock.start, clock.source, clock.uncertainty) == (MAY_1, "sidecar", 0.5)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"start": "yesterday"}', '{"start": 5}'])
def test_a_sidecar_that_is_none_names_itself(tmp_path, text):
    (tmp_path / "a.mp4.clock.json").write_text(text)
    with pytest.raises(UsageError, match=r"a.mp4.clock.json"):
        clock_of(tmp_path / "a.mp4", {})


def test_metadata_come_last(tmp_path):
    metadata = {"creation_time": "2024-05-01T08:30:00.000000Z"}
    clock = clock_of(tmp_path / "a.mp4", metadata)
    assert (clock.start, clock.source) == (MAY_1, "container")
    assert clock_of(tmp_path / "20200101_000000.mp4", metadata).source == "name"


@pytest.mark.parametrize("never_set", ["1904-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "", "soon"])
def test_a_clock_that_was_never_set_is_unknown(tmp_path, never_set):
    clock = clock_of(tmp_path / "a.mp4", {"creation_time": never_set})
    assert clock.start is None
    assert clock.source == "unknown"


def test_dav_carries_its_clock(tmp_path):
    clock = clock_of(write_dav(tmp_path / "a.dav", 3), {})
    assert (clock.start, clock.source) == (MAY_1, "container")
