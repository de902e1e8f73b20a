"""Counts by hour, line, zone, length, speed and level, of tracks that can be counted by hand."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from synopticon.errors import UsageError
from synopticon.search import columns, counts
from synopticon.search.bins import DAY, bins_of, check_size, ends_of, name_of
from synopticon.search.counts import Cameras, Counting, Seen
from synopticon.search.flows import by_flow
from synopticon.search.heat import by_path, heat, heat_table, passed
from synopticon.search.statistics import Groups, began, statistic
from synopticon.search.tables import counted, together
from synopticon.values.area import Area
from synopticon.values.ground import of_points
from synopticon.values.traits import UNTIMED
from tests.crowd import DOWN, LEFT, RIGHT, crowd, micros, straight, track

PARIS = ZoneInfo("Europe/Paris")
LINE = Area("door", "gate", "line", ((0.5, 0.9), (0.5, 0.1)))
WEST = Area("west", "gate", "zone", ((0.0, 0.0), (0.3, 0.0), (0.3, 1.0), (0.0, 1.0)))
EAST = Area("east", "gate", "zone", ((0.7, 0.0), (1.0, 0.0), (1.0, 1.0), (0.7, 1.0)))
ROOM = Area("room", "hall", "zone", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))


def counting(rows, zone="", size=3600, **more):
    t = crowd(rows)
    return Counting.of(t, Cameras({"gate": "Gate"}, dict.fromkeys(t.cameras, zone)), size, **more)


def test_the_hour_that_comes_twice_is_two_hours():
    """On 2026-10-25 at 3:00 the clocks of Paris go back to 2:00."""
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    rows = [track(before), track(before + timedelta(hours=1)), track(before + timedelta(hours=1, minutes=5))]
    table = counts.by_hour(counting(rows, "Europe/Paris"))
    assert table.rows == (
        ("2026-10-25T02:00+02:00", "Gate", "person", 1),
        ("2026-10-25T02:00+01:00", "Gate", "person", 2),
    )


@pytest.mark.parametrize(("day", "hours"), [("2026-10-25", 25), ("2026-03-29", 23), ("2026-11-20", 24)])
def test_a_day_has_as_many_hours_as_its_clock_shows(day, hours):
    begin = datetime.fromisoformat(day).replace(tzinfo=PARIS).astimezone(UTC)
    rows = [track(begin + timedelta(hours=k, minutes=1)) for k in range(-1, 27)]
    c = counting(rows, "Europe/Paris")
    of_day = [row for row in counts.by_hour(c).rows if str(row[0]).startswith(day)]
    assert len(of_day) == hours
    assert len({row[0] for row in of_day}) == hours
    start = bins_of(np.array([micros(begin)]), PARIS, DAY)
    assert (ends_of(start, PARIS, DAY) - start)[0] == hours * 3600 * 1_000_000
    assert name_of(int(start[0]), PARIS, DAY) == day


def test_bins_begin_on_the_clock_of_the_zone():
    """In Kathmandu (+5:45) an hour begins a quarter past the full hour of UTC."""
    moment = np.array([micros(datetime(2026, 11, 20, 12, 10, tzinfo=UTC))])
    zone = ZoneInfo("Asia/Kathmandu")
    assert name_of(int(bins_of(moment, zone, 3600)[0]), zone, 3600) == "2026-11-20T17:00+05:45"


@pytest.mark.parametrize("seconds", [0, 7, 420, 5400, 7200, 90000])
def test_a_bin_that_fits_no_clock_is_refused(seconds):
    with pytest.raises(UsageError, match="choose 1m"):
        check_size(seconds)


def test_an_unknown_clock_is_no_time():
    table = counts.by_hour(counting([track(None), track(0)]))
    assert sorted(str(row[0]) for row in table.rows) == ["", "2026-11-20T00:00+00:00"]


def test_classes_and_cameras_are_counted():
    rows = [track(0), track(5), track(7, label="car"), track(9, camera="hall")]
    assert counts.by_camera(counting(rows)).rows == (("Gate", 3), ("hall", 1))
    assert counts.by_class(counting(rows)).rows == (
        ("person", "Gate", 2), ("person", "hall", 1), ("car", "Gate", 1),
    )  # fmt: skip


def test_in_and_out_over_a_line_in_the_hour_in_which_they_happen():
    """The line goes up the picture, so its right hand is to the right; the second crosses after the hour."""
    rows = [
        track(10),
        track(3598, dwell=10.0),
        track(20, way=LEFT),
        track(30, way=DOWN),
        track(30, camera="hall"),
    ]
    assert counts.by_line(counting(rows), [LINE]).rows == (
        ("2026-11-20T00:00+00:00", "Gate", "door", "person", 1, 1),
        ("2026-11-20T01:00+00:00", "Gate", "door", "person", 1, 0),
    )
    begun = counts.by_line(counting(rows, by_start=True), [LINE]).rows
    assert begun == (("2026-11-20T00:00+00:00", "Gate", "door", "person", 2, 1),)


def test_zones_say_who_came_and_how_long_they_stayed():
    """From 0.1 to 0.9 in 8 s: 2 s until 0.3, 2 s from 0.7 on."""
    (west, east) = counts.by_zone(counting([track(0, dwell=8.0)]), [WEST, EAST]).rows
    assert west == ("2026-11-20T00:00+00:00", "Gate", "west", "person", 1, pytest.approx(2.0, abs=0.01))
    assert east[2:5] == ("east", "person", 1)


def test_flows_go_from_zone_to_zone_and_over_links_from_camera_to_camera():
    rows = [track(0), track(5, way=LEFT), track(60, camera="hall"), track(90, camera="hall")]
    areas, c = [WEST, EAST, ROOM], counting(rows)
    ends = [(row[2], row[4], row[6]) for row in by_flow(c, areas).rows]
    assert sorted(ends) == [("east", "west", 1), ("west", "east", 1)]
    linked = by_flow(c, areas, [("t0", "t2"), ("t9", "t2")]).rows
    assert [row[1:5] for row in linked if row[3] == "hall"] == [("Gate", "east", "hall", "room")]


def test_lengths_and_speeds_are_in_classes():
    rows = [track(0, dwell=10.0), track(0, dwell=19.9), track(0, dwell=4000.0, pace=1.0), track(0, speed=0.0)]
    dwell = {row[2:4]: row[5] for row in counts.by_dwell(counting(rows)).rows}
    assert dwell == {(10, 20): 3, (1800, None): 1}
    speed = {row[2:5]: row[5] for row in counts.by_speed(counting(rows)).rows}
    assert speed == {(0.1, 0.2, "heights/s"): 2, (0, 0.01, "heights/s"): 1, (2, 4, "km/h"): 1}


def test_how_many_at_once_is_what_a_second_by_second_count_says():
    rng = np.random.default_rng(3)
    rows = [
        track(float(s), dwell=float(d))
        for s, d in zip(rng.integers(0, 9000, 60), rng.integers(1, 2000, 60), strict=True)
    ]
    level = np.zeros(12000)
    for r in rows:
        at = int((r["start"] - micros(datetime(2026, 11, 20, tzinfo=UTC))) / 1e6)
        level[at : at + int(r["dwell"])] += 1
    for name, _, mean, most in counts.by_occupancy(counting(rows)).rows:
        hour = int(str(name)[11:13])
        part = level[hour * 3600 : (hour + 1) * 3600]
        assert mean == pytest.approx(part.sum() / 3600, abs=1e-4)
        assert most == part.max()


KINDS = ("hour", "camera", "class", "line", "zone", "flow", "dwell", "speed", "occupancy", "heat", "path")


def many(n=90, seed=5):
    rng = np.random.default_rng(seed)
    return [
        track(
            None if rng.random() < 0.1 else float(rng.integers(0, 9000)),
            camera=("gate", "hall", "yard")[rng.integers(3)],
            label=("person", "car")[rng.integers(2)],
            dwell=float(rng.integers(1, 900)),
            way=(RIGHT, LEFT, DOWN)[rng.integers(3)],
            speed=float(rng.random()),
        )
        for _ in range(n)
    ]


@pytest.mark.parametrize("groups", [None, Groups(3, 900, 1 << 60)])
@pytest.mark.parametrize("by", KINDS)
def test_what_is_counted_piece_by_piece_is_what_is_counted_at_once(by, groups, monkeypatch):
    """Parts name their cameras in orders of their own, and pieces are small."""
    if groups and by == "path":
        return
    areas, rows = [LINE, WEST, EAST, ROOM], many(900)
    links = [] if groups else [("t1", "t40"), ("t7", "t80")]
    whole = counting(rows, "Europe/Paris")
    expected = statistic(by, whole, areas, links=links, groups=groups)
    t = crowd(rows)
    parts = [t.take(slice(a, b)) for a, b in ((0, 130), (130, 500), (500, 900))]
    turned = replace(parts[1], cameras=t.cameras[::-1], camera=(2 - parts[1].camera).astype(np.int32))
    monkeypatch.setattr(columns, "PIECE", 7)
    c = Counting(lambda: [parts[2], turned, parts[0]], t.cameras, whole.cameras)
    found = statistic(by, c, areas, links=links, groups=groups)
    assert found.table == expected.table
    assert [m.counts.tolist() for m in found.maps] == [m.counts.tolist() for m in expected.maps]
    assert found.table.rows


class Watched:
    """Tracks that remember which of their columns were opened."""

    def __init__(self, traits):
        self.traits, self.opened = traits, set()
        self.cameras = traits.cameras

    def __len__(self):
        return len(self.traits)

    def __getitem__(self, name):
        self.opened.add(name)
        return self.traits[name]

    def pick(self, name, rows):
        return self[name][rows]


@pytest.mark.parametrize(
    ("by", "needed"),
    [
        ("hour", {"camera", "start", "label"}),
        ("class", {"camera", "label"}),
        ("dwell", {"camera", "label", "dwell"}),
        ("occupancy", {"camera", "start", "end"}),
        ("heat", {"camera", "path"}),
        ("zone", {"camera", "start", "end", "label", "path", "dwell"}),
        ("speed", {"camera", "label", "speed", "pace"}),
    ],
)
def test_only_the_columns_that_a_table_needs_are_opened(by, needed):
    watched = Watched(crowd(many()))
    statistic(by, Counting.of(watched, Cameras({}, {})), [WEST])
    assert watched.opened == needed


def test_speeds_are_in_metres_where_the_camera_has_a_ground():
    """8 of 10 m along the picture's width in 4 s are 7.2 km/h; another camera has no ground."""
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    ground = of_points(corners, [(10 * x, 10 * y) for x, y in corners])
    t = crowd([track(0, dwell=4.0), track(0, camera="hall", dwell=4.0, speed=0.3)])
    c = Counting.of(t, Cameras({}, {}, {"gate": ground}))
    assert [row[0:1] + row[2:] for row in counts.by_speed(c).rows] == [
        ("gate", 6, 8, "km/h", 1),
        ("hall", 0.2, 0.5, "heights/s", 1),
    ]


def test_a_tally_of_any_keys_is_what_a_slow_count_says():
    rng = np.random.default_rng(2)
    keys = [
        rng.choice([UNTIMED, 0, 1, 1 << 60], 400),
        rng.integers(-3, 3, 400),
        rng.choice([-(1 << 62), 5, (1 << 63) - 1], 400),
    ]
    found = together([counted([k[a : a + 50] for k in keys], np.ones(50)) for a in range(0, 400, 50)], 1)
    slow = Counter(zip(*(k.tolist() for k in keys), strict=True))
    assert [(tuple(key), n) for key, n in found.items()] == sorted(slow.items())
    assert found.sums[0].tolist() == found.sizes.tolist()


def test_what_was_not_seen_is_said():
    begin = micros(datetime(2026, 11, 20, tzinfo=UTC))
    seen = [
        Seen("gate", begin - 10, begin + 900_000_000),
        Seen("gate", begin + 600_000_000, begin + 1_800_000_000),
    ]
    (row,) = counts.by_hour(counting([track(0)]), seen).rows
    assert row[-1] == 0.5


def test_maps_count_each_track_once_a_cell():
    paths = np.stack([straight(RIGHT), straight(LEFT), straight([(0.1, 0.5), (0.9, 0.5), (0.1, 0.5)])])
    counts_ = passed(paths, (10, 10))
    assert counts_[5].tolist() == [0, 3, 3, 3, 3, 3, 3, 3, 3, 0]
    assert counts_.sum() == 24


def test_maps_are_what_dense_samples_say():
    rng = np.random.default_rng(1)
    paths = rng.integers(0, 65536, (20, 16, 2), dtype=np.uint16)
    slow = np.zeros((18, 32), np.int64)
    for path in paths.astype(float):
        cells = set()
        for p, q in pairwise(path):
            dense = p + (q - p) * np.linspace(0, 1, 4000)[:, None]
            cells |= {(int(y), int(x)) for x, y in dense / 65536 * (32, 18)}
        for y, x in cells:
            slow[y, x] += 1
    fast = passed(paths, (32, 18))
    assert (fast >= slow).all()  # samples miss corners that are cut
    assert fast.sum() - slow.sum() <= 0.01 * fast.sum()


def test_a_map_of_one_camera_holds_its_tracks_alone():
    t = crowd([track(0), track(0, camera="hall", way=DOWN)])
    c = Counting.of(t, Cameras({}, {}))
    gate, hall = heat(c)
    assert (gate.camera, gate.tracks, hall.tracks) == ("gate", 1, 1)
    table = heat_table(c, [hall])
    assert {row[1] for row in table.rows} == {16}


def test_usual_ways_are_steps_between_cells():
    rows = by_path(counting([track(0), track(9)])).rows
    assert (("Gate", 0, 4, 1, 4, 2)) in rows
    assert all(row[2] == row[4] == 4 for row in rows)


def test_a_window_holds_what_began_in_it():
    t = crowd([track(0), track(10), track(20), track(None)])
    begin = micros(datetime(2026, 11, 20, tzinfo=UTC))
    assert began(t.start, begin + 10_000_000, begin + 20_000_000).tolist() == [False, True, False, False]
    assert began(t.start, None, begin + 20_000_000).sum() == 2
    assert began(t.start, None, None).sum() == 4
    assert t.start[3] == UNTIMED


def test_lines_that_are_not_drawn_cannot_be_counted():
    with pytest.raises(UsageError, match="no line is drawn"):
        statistic("line", counting([track(0)]), [WEST])


@pytest.mark.parametrize(
    "by", ["hour", "camera", "class", "line", "zone", "flow", "dwell", "speed", "occupancy", "heat", "path"]
)
def test_nothing_gives_an_empty_table(by):
    assert statistic(by, counting([]), [LINE, WEST]).table.rows == ()


def test_coverage_has_a_row_for_each_bin_that_was_seen_and_none_for_others():
    noon = micros(datetime(2026, 11, 20, 11, tzinfo=UTC))
    minute = 60_000_000
    seen = [Seen("a", noon + 30 * minute, noon + 75 * minute)]
    seen.append(Seen("a", noon + 200 * minute, noon + 201 * minute))
    counting = Counting.of(crowd([]), Cameras({"a": "gate"}, {"a": "Europe/Paris"}))
    table = counts.by_coverage(replace(counting, ids=("a",)), [*seen, Seen("elsewhere", noon, noon + minute)])
    assert table.rows == (
        ("2026-11-20T12:00+01:00", "gate", 0.5),
        ("2026-11-20T13:00+01:00", "gate", 0.25),
        ("2026-11-20T15:00+01:00", "gate", 0.0167),
    )
