"""What holds for rules whatever the tracks are."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from synopticon.events.evaluate import Mark, Watched, evaluate, matched
from synopticon.events.rule import runs
from synopticon.events.rules.dwell import Dwell
from synopticon.events.rules.line import LineCrossing
from synopticon.events.rules.stopped_vehicle import StoppedVehicle
from synopticon.events.rules.zone import ZoneEntry
from synopticon.events.shapes import away, crossings, holds
from synopticon.search.geometry import inside
from tests.moves import moves, scene

SQUARE = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))
place = st.tuples(st.floats(20, 620), st.floats(100, 470))
paths = st.lists(place, min_size=2, max_size=6)


def along(points, *, step=4.0, **more):
    return moves(*((step * k, x, y) for k, (x, y) in enumerate(points)), **more)


def cut(track, until):
    """The part of a track that was seen until then, or None."""
    n = int(np.searchsorted(track.times, until, "right"))
    if n < 2:
        return None
    arrays = (track.file, track.pts, track.times, track.boxes, track.observed)
    return type(track)(track.id, track.label, track.score, *(a[:n] for a in arrays))


@settings(deadline=None)
@given(st.lists(paths, min_size=1, max_size=4), st.floats(1, 20))
def test_what_was_known_is_known_without_what_came_after(ways, until):
    """A live analysis sees an event as soon as it starts, give or take the half second of smoothing."""
    tracks = [along(way, label="car", size=(60, 40)) for way in ways]
    early = [part for t in tracks if (part := cut(t, until)) is not None]
    for rule in (
        ZoneEntry(zone=SQUARE),
        Dwell(zone=SQUARE, seconds=3, classes=()),
        StoppedVehicle(seconds=3),
    ):
        whole = [e for e in rule.run(scene(*tracks)) if e.start < until - 2]
        known = list(rule.run(scene(*early)))
        for event in whole:
            mine = [e for e in known if e.tracks == event.tracks]
            assert any(abs(e.start - event.start) <= 1.0 for e in mine), (event, known)


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.floats(0, 3))
def test_stretches_hold_what_holds_and_nothing_long_that_does_not(flags, bridge):
    times = np.arange(len(flags), dtype=np.float64)
    found = runs(flags, times, bridge)
    covered = np.zeros(len(flags), bool)
    for first, last in found:
        assert flags[first]
        assert flags[last]
        covered[first : last + 1] = True
    assert covered[np.flatnonzero(flags)].all()
    assert all(b[0] - a[1] > bridge for a, b in pairwise(found))


@given(st.lists(st.tuples(st.floats(0.01, 0.99), st.floats(0.01, 0.99)), min_size=2, max_size=12))
def test_an_odd_number_of_crossings_is_the_other_side(points):
    way = np.array(points)
    _, _, inward = crossings(way, ((0.5, -1.0), (0.5, 2.0)))
    sides = way[:, 0] < 0.5
    assert len(inward) % 2 == int(sides[0] != sides[-1])
    assert not len(inward) or all(a != b for a, b in pairwise(inward))


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20))
def test_a_zone_holds_the_same_places_as_a_search_finds(points):
    rim = np.array(points)
    near = away(rim, (*SQUARE, SQUARE[0])) < 1e-4
    path = np.repeat(np.rint(rim * 65535).astype(np.uint16)[:, None], 16, axis=1)
    assert (holds(rim, SQUARE) == inside(path, SQUARE).touched)[~near].all()


@settings(deadline=None)
@given(paths)
def test_there_and_back_crosses_as_often_in_as_out(points):
    track = along([*points, *points[::-1]])
    events = list(LineCrossing(line=((0.5, 0.0), (0.5, 1.0))).run(scene(track)))
    said = [e.reason[0].what for e in events]
    assert said.count("crossed inward") == said.count("crossed outward")


times = st.lists(st.floats(0, 1000), max_size=8)


@given(times, times, st.floats(0, 50))
def test_no_event_counts_twice_and_all_are_counted(found, true, slack):
    events = [Mark("line", "gate", t, t) for t in found]
    real = tuple(Mark("line", "gate", t, t) for t in true)
    pairs = matched(events, real, slack)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    scores, _ = evaluate(events, (Watched("gate", 1000.0, ((0.0, 400.0),), real),), slack)
    by = {(s.rule, s.camera, s.light): s for s in scores}
    whole = by["all", "all", "all"]
    assert (whole.true, whole.found + whole.false) == (len(real), len(events))
    day, night = by["all", "all", "day"], by["all", "all", "night"]
    assert day.true + night.true == whole.true
    assert day.false + night.false == whole.false
