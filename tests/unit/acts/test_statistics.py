"""The act: who may count what, what is written, and what the log says of it."""

import csv
import importlib.util
import json
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from synopticon.acts import statistics
from synopticon.acts.cameras import add_camera
from synopticon.acts.statistics import StatisticsRequest, Supply, make_statistics, supply_of
from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.cli.main import main
from synopticon.errors import OutputError, RefusedError, UsageError
from synopticon.governance.profile import shipped
from synopticon.search.counts import Seen
from synopticon.search.tables import Table, to_csv, to_parquet
from synopticon.values.area import Area
from synopticon.values.ground import of_points, to_plain
from tests.crowd import LEFT, crowd, track
from tests.unit.cli.test_reports import check

NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)  # in Paris
GROUPS = '\n[statistics]\ntracks_per_cell = 3\nbin_minutes = 15\nsource = "test"\nchecked = 2026-11-24\n'


@pytest.fixture
def here(tmp_path):
    with open_workspace(tmp_path / "ws") as workspace:
        add_camera(workspace, "gate", zone="Europe/Paris")
        add_camera(workspace, "hall", zone="Europe/Paris")
        yield workspace


@pytest.fixture
def grouped(tmp_path):
    profile = tmp_path / "grouped.toml"
    profile.write_text(shipped("personal").text.replace('"personal"', '"grouped"') + GROUPS)
    init_workspace(tmp_path / "groups", profile=str(profile))
    with open_workspace(tmp_path / "groups") as workspace:
        add_camera(workspace, "gate", zone="Europe/Paris")
        yield workspace


def supply(workspace, rows=None, **more):
    gate = workspace.cameras.find("gate").id
    rows = [track(NOON + timedelta(seconds=k), gate) for k in range(4)] if rows is None else rows
    areas = (Area("door", gate, "line", ((0.5, 0.9), (0.5, 0.1))),)
    return Supply(lambda _: [crowd(rows)], areas=lambda: areas, **more)


def kinds(workspace):
    return [
        (e.header.kind, e.header.capability)
        for e in map(workspace.log.entry, range(workspace.log.storage.size()))
    ]


def test_counts_are_written_in_local_time_and_logged(here, tmp_path):
    made = make_statistics(here, StatisticsRequest("hour", output=tmp_path / "new" / "h.csv"), supply(here))
    rows = list(csv.DictReader((tmp_path / "new" / "h.csv").read_text().splitlines()))
    assert rows == [{"time": "2026-11-20T12:00+01:00", "camera": "gate", "class": "person", "tracks": "4"}]
    assert made.table["rows"][0]["tracks"] == 4
    assert ("record", "statistics") in kinds(here)


def test_windows_and_cameras_are_by_the_clock_of_the_camera(here):
    hall = here.cameras.find("hall").id
    gate = here.cameras.find("gate").id
    rows = [track(NOON, gate), track(NOON + timedelta(hours=1), hall), track(NOON, "of nobody")]
    source = supply(here, rows)

    def cameras(**asked):
        made = make_statistics(here, StatisticsRequest("camera", **asked), source)
        return [row["camera"] for row in made.table["rows"]]

    assert cameras() == ["gate", "hall"]
    assert cameras(cameras=("hall",)) == ["hall"]
    assert cameras(start=datetime(2026, 11, 20, 12), end=datetime(2026, 11, 20, 13)) == ["gate"]


def test_a_picture_and_its_background(here, tmp_path):
    ground = np.full((90, 160), 200, np.uint8)
    source = supply(here, background=lambda grant, camera: ground)
    make_statistics(here, StatisticsRequest("heat", output=tmp_path / "m.png"), source)
    data = (tmp_path / "m.png").read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (160, 90)
    pixels = zlib.decompress(data[data.index(b"IDAT") + 4 : data.index(b"IEND") - 8])
    assert pixels[1:4] == bytes([110, 110, 110])  # the background, dimmed; nobody passed the corner
    with pytest.raises(UsageError, match=r"choose \.svg"):
        make_statistics(here, StatisticsRequest("hour", output=tmp_path / "h.png"), source)
    with pytest.raises(UsageError, match="choose one of"):
        make_statistics(here, StatisticsRequest("hour", output=tmp_path / "h.xls"), source)
    with pytest.raises(OutputError, match="exists already"):
        make_statistics(here, StatisticsRequest("heat", output=tmp_path / "m.png"), source)


@pytest.mark.parametrize(
    "by", ["hour", "camera", "class", "line", "dwell", "speed", "occupancy", "heat", "path"]
)
def test_each_kind_has_a_chart_that_a_browser_reads(here, tmp_path, by):
    from xml.etree import ElementTree

    made = make_statistics(here, StatisticsRequest(by, output=tmp_path / f"{by}.svg"), supply(here))
    tree = ElementTree.fromstring((tmp_path / f"{by}.svg").read_text())
    assert made.table["rows"]
    assert len(list(tree.iter())) > 8


def test_speeds_are_in_metres_on_the_ground_that_was_set(here):
    """8 of 10 m along the picture's width in 10 s are 2.88 km/h."""
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    ground = of_points(corners, [(10 * x, 10 * y) for x, y in corners])
    request = StatisticsRequest("speed")
    units = []
    for plane in (None, to_plain(ground)):
        if plane:
            here.areas.set_ground(here.cameras.find("gate").id, plane)
        source = supply(here, grounds=supply_of(here, request).grounds)
        (row,) = make_statistics(here, request, source).table["rows"]
        units.append((row["from"], row["to"], row["unit"], row["tracks"]))
    assert units == [(0.1, 0.2, "heights/s", 4), (2, 4, "km/h", 4)]


def test_a_window_in_which_nobody_came_has_no_picture(here, tmp_path):
    asked = StatisticsRequest("heat", output=tmp_path / "m.png", start=datetime(2026, 11, 21))
    with pytest.raises(UsageError, match="nobody to draw: choose other times"):
        make_statistics(here, asked, supply(here))
    assert not list(tmp_path.glob("*.png"))


def test_what_was_analysed_is_said(here):
    gate = here.cameras.find("gate").id
    begin = round(NOON.timestamp()) * 1_000_000
    source = supply(here, seen=lambda grant: [Seen(gate, begin, begin + 1_800_000_000)])
    made = make_statistics(here, StatisticsRequest("hour"), source)
    assert made.table["rows"][0]["seen"] == 0.5
    assert any("0.5 h that were analysed" in note for note in made.notes)


def test_groups_only(grouped, tmp_path):
    gate = grouped.cameras.find("gate").id
    rows = [track(NOON + timedelta(seconds=k), gate) for k in range(4)]
    lone = [track(NOON + timedelta(seconds=k), gate, way=LEFT, label="car") for k in range(2)]

    def behind(grant, camera):
        raise AssertionError("no picture is shown where only groups are counted")

    source = supply(grouped, rows + lone, background=behind)
    for by in ("hour", "line", "heat", "class", "occupancy"):
        with_two = make_statistics(grouped, StatisticsRequest(by, output=tmp_path / f"{by}.svg"), source)
        without = make_statistics(grouped, StatisticsRequest(by), supply(grouped, rows))
        assert with_two.table == without.table
        assert with_two.notes == without.notes
        assert with_two.table["least_tracks"] == 3
    made = make_statistics(grouped, StatisticsRequest("line"), source)
    assert [(r["class"], r["in"], r["out"]) for r in made.table["rows"]] == [("person", 4, 0)]


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ({"by": "path"}, "statistics.groups-only"),
        ({"by": "hour", "query": "person upper:red"}, "statistics.groups-only"),
        ({"by": "hour", "links": (("a", "b"),)}, "statistics.groups-only"),
        ({"by": "hour", "size": 300}, "statistics.fixed-bins"),
        ({"by": "hour", "start": datetime(2026, 11, 20, 12, 1)}, "statistics.fixed-bins"),
        ({"by": "hour", "end": datetime(2026, 11, 20, 12, 20)}, "statistics.fixed-bins"),
        ({"by": "heat", "end": datetime(2026, 11, 20, 12)}, "statistics.fixed-bins"),
    ],
)
def test_what_would_single_out_is_refused_and_logged(grouped, asked, rule):
    with pytest.raises(RefusedError) as caught:
        make_statistics(grouped, StatisticsRequest(**asked), supply(grouped))
    assert caught.value.rule == rule
    assert ("refusal", "statistics") in kinds(grouped)


def test_the_shipped_profile_counts_groups_of_ten_in_quarters():
    limits = shipped("statistics").limits
    assert (limits.tracks_per_cell, limits.bin_minutes) == (10, 15)


def test_the_verb_prints_what_its_schema_says(here, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(statistics, "supply_of", lambda here, _request: supply(here))
    place = str(here.folder)
    assert main(["stats", "--workspace", place, "--json"]) == 0
    assert check("stats", capsys.readouterr().out)["table"]["rows"][0]["tracks"] == 4
    assert main(["stats", "--by", "camera", "--workspace", place]) == 0
    assert capsys.readouterr().out.split() == ["camera", "tracks", "gate", "4"]
    assert main(["stats", "--by", "heat", "--from", "2026-11-21", "--workspace", place]) == 0
    assert "nothing to count" in capsys.readouterr().out
    out = tmp_path / "l.json"
    assert main(["stats", "--by", "line", "--bin", "24h", "-o", str(out), "--workspace", place]) == 0
    assert json.loads(out.read_text())["rows"][0]["time"] == "2026-11-20"
    assert main(["stats", "--bin", "7m", "--workspace", place]) == 2
    assert "choose 1m" in capsys.readouterr().err


TABLE = Table("camera", ("camera", "tracks", "share"), 1, (("=gate", 3, None), ("hall", 4, 0.5)))


def test_a_spreadsheet_runs_nothing():
    assert to_csv(TABLE).decode() == "camera,tracks,share\n'=gate,3,\nhall,4,0.5\n"


def test_parquet_or_one_line_that_says_how():
    if importlib.util.find_spec("pyarrow") is None:
        with pytest.raises(UsageError, match=r"pip install 'synopticon\[parquet\]'"):
            to_parquet(TABLE)
        return
    import io

    from pyarrow import parquet

    read = parquet.read_table(io.BytesIO(to_parquet(TABLE))).to_pydict()
    assert read == {"camera": ["=gate", "hall"], "tracks": [3, 4], "share": [None, 0.5]}


def test_an_empty_table_is_a_table():
    assert to_csv(replace(TABLE, rows=())) == b"camera,tracks,share\n"
