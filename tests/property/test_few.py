"""What somebody can learn who asks for every table that is allowed, and takes one from the other."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from synopticon.errors import RefusedError
from synopticon.search.counts import Cameras, Counting
from synopticon.search.few import shared
from synopticon.search.statistics import Groups, began, check_window, statistic
from synopticon.values.area import Area
from tests.crowd import DAY, DOWN, LEFT, RIGHT, crowd, micros, track

QUICK = settings(deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate), max_examples=30)
K, QUARTER, BINS = 3, 900, 3
BEGIN = micros(DAY)
LATER = BEGIN + 10 * 86400 * 1_000_000
GROUPS = Groups(K, QUARTER, LATER)
ZONE = Area("west", "gate", "zone", ((0.0, 0.0), (0.3, 0.0), (0.3, 1.0), (0.0, 1.0)))
LINE = Area("door", "gate", "line", ((0.5, 0.9), (0.5, 0.1)))
AREAS = (ZONE, LINE, replace(ZONE, name="room", camera="hall"))
KINDS = ("hour", "camera", "class", "line", "zone", "flow", "dwell", "speed", "occupancy", "heat")
WINDOWS = [(a * QUARTER, b * QUARTER) for a, b in combinations(range(BINS + 1), 2)]

CELL = st.tuples(
    st.integers(0, BINS - 1), st.sampled_from(["gate", "hall"]), st.sampled_from(["person", "car"])
)
LOOK = st.tuples(
    st.sampled_from([RIGHT, LEFT, DOWN]), st.sampled_from([1.0, 15.0, 100.0]), st.sampled_from([0.0, 0.3])
)
TRACK = st.tuples(CELL, LOOK, st.integers(0, QUARTER - 1))
# Few cells, so that many of them reach k.
CROWD = st.lists(TRACK, min_size=0, max_size=40)


def made(cell, look, second):
    start, camera, label = cell
    way, dwell, speed = look
    return track(start * QUARTER + second, camera, label, dwell, way, speed)


def counting(tracks, window=None):
    t = crowd([made(*one) for one in tracks])
    if window:
        t = t.take(began(t.start, BEGIN + window[0] * 1_000_000, BEGIN + window[1] * 1_000_000))
    return Counting.of(t, Cameras({}, {}), QUARTER)


def tables(tracks):
    """All that may be asked: every kind of table over every window."""
    found = {}
    for by, window in product(KINDS, WINDOWS):
        one = statistic(by, counting(tracks, window), AREAS, groups=GROUPS)
        maps = [(m.camera, m.counts.tolist(), m.known.tolist(), m.tracks) for m in one.maps]
        found[by, window] = one.table.rows, maps
    return found


@QUICK
@given(CROWD, TRACK)
def test_a_track_of_a_cell_under_k_changes_nothing_at_all(tracks, one):
    cell, _, second = one
    others = [t for t in tracks if t[0] != cell]
    mine = [t for t in tracks if t[0] == cell][: K - 2]
    without = tables(others + mine)
    assert tables([*others, *mine, one]) == without
    assert tables(others) == without
    assert tables([*others, *mine, (cell, (DOWN, 100.0, 0.3), (second + 1) % QUARTER)]) == without


def test_of_two_answers_as_many_gave_the_same_one_goes_whoever_else_came():
    """A hidden track of another cell, before or after, has no say in it."""
    cell, alone = (0, "gate", "person"), (1, "gate", "person")
    ways = [RIGHT] * K + [DOWN] * K + [((0.1, 0.1), (0.2, 0.1))]
    tracks = [(cell, (way, 1.0, 0.0), k) for k, way in enumerate(ways)]
    without = statistic("line", counting(tracks), AREAS, groups=GROUPS).table.rows
    for way in (RIGHT, DOWN, LEFT):
        one = (alone, (way, 1.0, 0.0), 0)
        for crowded in ([one, *tracks], [*tracks, one], [one, *reversed(tracks)]):
            assert statistic("line", counting(crowded), AREAS, groups=GROUPS).table.rows == without


@QUICK
@given(CROWD)
def test_windows_taken_from_each_other_leave_groups(tracks):
    """The count of each camera and class, over windows that lie in each other."""
    found = {w: totals(tracks, w) for w in WINDOWS}
    for (a, b), (c, d) in product(WINDOWS, WINDOWS):
        if a <= c and d <= b:
            for key, n in found[a, b].items():
                rest = n - found[c, d].get(key, 0)
                assert rest == 0 or rest >= K
            assert set(found[c, d]) <= set(found[a, b])


def totals(tracks, window):
    found = Counter()
    for _, camera, label, n in statistic("hour", counting(tracks, window), groups=GROUPS).table.rows:
        found[camera, label] += n
    return found


@QUICK
@given(CROWD, st.sampled_from(["dwell", "speed"]))
def test_what_a_question_leaves_out_is_nobody_or_a_group(tracks, by):
    """Totals less their parts, over every window: the way to find a part that is not shown."""
    for window in WINDOWS:
        whole = totals(tracks, window)
        parts = Counter()
        for camera, label, _, _, _, n in statistic(by, counting(tracks, window), groups=GROUPS).table.rows:
            assert n >= K
            parts[camera, label] += n
        assert set(parts) <= set(whole)
        for key, n in whole.items():
            assert n - parts[key] == 0 or n - parts[key] >= K


@QUICK
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=60), st.integers(2, 12))
def test_the_rule_itself_on_any_cells_and_answers(rows, k):
    base = np.array([b for b, _ in rows], np.int64)
    answer = np.array([a for _, a in rows], np.int64)
    shown = shared(base, answer, k)
    for cell in set(base.tolist()):
        mine = base == cell
        left_out = int((mine & ~shown).sum())
        assert left_out == 0 or left_out >= min(k, int(mine.sum()))
        assert mine.sum() >= k or not shown[mine].any()
        for said in set(answer[mine].tolist()):
            group = mine & (answer == said)
            assert shown[group].all() or not shown[group].any()
            assert not shown[group].any() or group.sum() >= k


@QUICK
@given(CROWD)
def test_zones_lines_and_flows_count_the_same_tracks(tracks):
    """One question, so that none of them tells what another leaves out."""
    found = {}
    for by in ("zone", "line"):
        rows = statistic(by, counting(tracks), AREAS, groups=GROUPS).table.rows
        found[by] = Counter()
        for row in rows:
            found[by][row[0], row[1], row[2], row[3]] += sum(row[4:])
    for n in (*found["zone"].values(), *found["line"].values()):
        assert n >= K


@QUICK
@given(CROWD)
def test_a_map_shows_groups_only(tracks):
    for m in statistic("heat", counting(tracks), AREAS, groups=GROUPS).maps:
        shown = m.counts[m.known]
        assert (shown >= K).all()
        assert (m.counts[~m.known] == 0).all()
        rest = m.tracks - shown
        assert ((rest == 0) | (rest >= K)).all()


def test_a_bin_that_still_grows_is_not_counted():
    tracks = [((0, "gate", "person"), (RIGHT, 1.0, 0.0), k) for k in range(K)]
    early = replace(GROUPS, until=BEGIN + (QUARTER - 1) * 1_000_000)
    assert statistic("hour", counting(tracks), groups=early).table.rows == ()
    in_time = replace(GROUPS, until=BEGIN + QUARTER * 1_000_000)
    assert statistic("hour", counting(tracks), groups=in_time).table.rows[0][3] == K


def test_single_ways_selections_and_smaller_bins_are_refused():
    c = counting([((0, "gate", "person"), (RIGHT, 1.0, 0.0), k) for k in range(K)])
    with pytest.raises(RefusedError, match="groups-only"):
        statistic("path", c, AREAS, groups=GROUPS)
    with pytest.raises(RefusedError, match="selection"):
        statistic("flow", c, AREAS, groups=GROUPS, links=[("a", "b")])
    with pytest.raises(RefusedError, match="fixed-bins"):
        statistic("hour", replace(c, size=600), groups=GROUPS)


@pytest.mark.parametrize("shift", [1, 60, 899, 901])
def test_a_window_that_is_shifted_is_refused(shift):
    c = counting([((0, "gate", "person"), (RIGHT, 1.0, 0.0), 0)])
    check_window("hour", c, BEGIN, BEGIN + QUARTER * 1_000_000, GROUPS)
    with pytest.raises(RefusedError, match="cuts a bin"):
        check_window("hour", c, BEGIN + shift * 1_000_000, None, GROUPS)
    with pytest.raises(RefusedError, match="cuts a bin"):
        check_window("hour", c, None, BEGIN + shift * 1_000_000, GROUPS)
    with pytest.raises(RefusedError, match="whole days"):
        check_window("heat", c, BEGIN, BEGIN + QUARTER * 1_000_000, GROUPS)


def test_a_bin_that_a_case_holds_in_part_is_not_counted():
    tracks = [((0, "gate", "person"), (RIGHT, 1.0, 0.0), k) for k in range(K)]
    for hours, rows in (((0, 900), 1), ((0, 899), 0), ((1, 900), 0)):
        held = ((BEGIN + hours[0] * 1_000_000, BEGIN + hours[1] * 1_000_000),)
        found = statistic("hour", counting(tracks), groups=replace(GROUPS, hours=held)).table.rows
        assert len(found) == rows
    assert statistic("hour", counting(tracks), groups=replace(GROUPS, hours=())).table.rows == ()


def test_the_hour_that_comes_twice_is_two_groups():
    """Two of each hour do not make four of one."""
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    rows = [track(datetime.fromtimestamp(first.timestamp() + 3600 * k, UTC)) for k in (0, 0, 1, 1)]
    c = Counting.of(crowd(rows), Cameras({}, {"gate": "Europe/Paris"}), QUARTER)
    assert statistic("hour", c, groups=GROUPS).table.rows == ()
