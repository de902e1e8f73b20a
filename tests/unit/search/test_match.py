"""What each field of a question finds, what it does not, and what it cannot tell."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synopticon.search.fields import FIELDS
from synopticon.search.match import _LATE, MATCHERS, match
from synopticon.search.query import parse
from synopticon.search.reason import _SAYS
from synopticon.search.rows import Noted, World
from synopticon.values.area import Area
from synopticon.values.ground import of_points
from tests.tracks_made import made

BAY = Area("bay", "cam-1", "zone", ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)))
LINE = Area("gate", "cam-1", "line", ((0.5, 1.0), (0.5, 0.0)))  # upwards: in is from left to right
GROUND = of_points(((0, 0), (1, 0), (1, 1), (0, 1)), ((0, 0), (20, 0), (20, 10), (0, 10)))
WORLD = World(
    {"gate": "cam-1", "hall": "cam-2"},
    {("cam-1", "bay"): BAY, ("cam-1", "gate"): LINE},
    {"cam-1": GROUND},
    {"track-0": Noted("accepted", ("stolen",)), "track-1": Noted("rejected")},
)


def hits(text, *tracks, world=WORLD, **more):
    score = match(parse(text), made(*tracks, **more), world).score
    return np.flatnonzero(score > 0).tolist()


def test_every_field_that_compares_has_a_matcher_and_a_reason():
    compared = set(FIELDS) - {"sort", "limit"}
    assert compared == {*MATCHERS, *_LATE, "on", "from", "to"}
    assert compared == set(_SAYS)


CLASSES = [
    {"label": "person"}, {"label": "car", "kind": "car"}, {"label": "car", "kind": "van"},
    {"label": "truck", "kind": "lorry"}, {"label": "truck"}, {"label": "bicycle"}, {"label": "object"},
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("person", [0]), ("car", [1]), ("van", [2]), ("lorry", [3, 4]), ("truck", [3, 4]),
        ("car|van", [1, 2]),
        ("vehicle", [1, 2, 3, 4, 5]), ("two-wheeler", [5]), ("object", [6]), ("-person", [1, 2, 3, 4, 5, 6]),
        ("bus", []), ("not car|van", [0, 3, 4, 5, 6]),
    ],
)  # fmt: skip
def test_classes_and_kinds_of_vehicle(text, found):
    assert hits(text, *CLASSES) == found


def test_a_kind_that_was_told_apart_beats_the_class_of_the_model():
    assert hits("car", {"label": "car", "kind": "van"}) == []
    assert hits("van", {"label": "car", "kind": "van"}) == [0]


def test_a_colour_is_found_by_its_share_and_alternatives_add_up():
    tracks = [{"upper": {"red": 0.7, "black": 0.3}}, {"upper": {"red": 0.1, "black": 0.9}},
              {"upper": {"grey": 0.15, "white": 0.15, "blue": 0.7}}, {}]  # fmt: skip
    assert hits("upper:red", *tracks) == [0]
    assert hits("upper:grey|white", *tracks) == [2]
    assert hits("upper:black", *tracks) == [0, 1]
    assert hits("colour:blue", *tracks) == [2]
    assert hits("not upper:red", *tracks) == [1, 2]


def test_more_of_a_colour_is_surer_and_so_is_a_surer_measurement():
    found = match(parse("upper:red"), made({"upper": {"red": 0.9}}, {"upper": {"red": 0.5}},
                                           {"upper": {"red": 0.9}, "sure": 20}), WORLD).score  # fmt: skip
    assert found[0] > found[2] > found[1] * 0.9
    assert found[0] > found[1]


def test_what_has_no_colour_at_night_is_counted_and_never_said_not_to_have_it():
    for text in ("upper:red", "not upper:red"):
        found = match(parse(text), made({"light": 1}, {"upper": {"red": 1.0}}), WORLD)
        assert found.unknown == {"their colour is unknown": 1}
        assert found.score[0] == 0


def test_directions_reach_to_their_neighbours_and_no_further():
    tracks = [{"heading": h} for h in (0, 180, 90, 270, 135, -45, np.nan)]
    assert hits("going:left", *tracks) == [1, 4]
    assert hits("going:right", *tracks) == [0, 5]
    assert hits("going:up|down", *tracks) == [2, 3, 4, 5]
    assert hits("not going:left", *tracks) == [0, 2, 3, 5, 6]


HOURS = ["2026-11-20T17:59:58+01:00", "2026-11-20T18:30:00+01:00", "2026-11-20T23:59:55+01:00",
         "2026-11-21T03:00:00+01:00"]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from:18:00", [0, 1, 2]), ("to:18:00", [0, 2, 3]), ("from:18:00 to:19:00", [0, 1]),
        ("from:23:00 to:04:00", [2, 3]), ("from:00:00 to:00:03", [2]), ("on:2026-11-21", [2, 3]),
        ("on:2026-11-19..2026-11-20", [0, 1, 2]), ("on:2026-11-22", []), ("from:18:10 to:18:20", []),
    ],
)  # fmt: skip
def test_hours_and_days_are_those_of_the_camera_and_hold_for_whoever_was_there_for_a_moment(text, found):
    assert hits(text, *({"start": s, "dwell": 10.0} for s in HOURS)) == found


def test_the_hour_of_the_change_of_the_clocks_is_told_by_the_zone():
    # 25 October 2026: 02:30 comes twice in Paris
    twice = [{"start": "2026-10-25T00:30:00+00:00"}, {"start": "2026-10-25T01:30:00+00:00"},
             {"start": "2026-10-25T02:30:00+00:00"}]  # fmt: skip
    assert hits("from:02:00 to:03:00", *twice) == [0, 1]
    assert hits("from:03:00 to:04:00", *twice) == [2]


def test_an_unknown_time_is_counted():
    found = match(parse("from:18:00"), made({}, {"start": HOURS[1]}), WORLD)
    assert found.unknown == {"their time is unknown": 1}


def test_zones_lines_and_ways():
    through = {"way": ((0.1, 0.5), (0.9, 0.5))}
    above = {"way": ((0.1, 0.1), (0.9, 0.1))}
    back = {"way": ((0.9, 0.5), (0.1, 0.5))}
    assert hits("in:bay", through, above, back) == [0, 2]
    assert hits("not in:bay", through, above, back) == [1]
    assert hits("cross:gate:in", through, above, back) == [0, 1]
    assert hits("cross:gate:out", through, above, back) == [2]
    assert hits("path:0.1,0.5>0.9,0.5", through, above, back) == [0]


def test_quantities_have_units():
    slow, fast = {"speed": 0.05, "dwell": 90.0, "stopped": 40.0}, {"speed": 0.5, "dwell": 4.0, "stopped": 0.0}
    assert hits("dwell:>1m", slow, fast) == [0]
    assert hits("stopped:30s..60s", slow, fast) == [0]
    assert hits("speed:>10%/s", slow, fast) == [1]
    assert hits("size:>20%", {"size": (0.1, 0.3)}, {"size": (0.1, 0.1)}) == [0]


def test_metres_need_a_ground():
    walker = {"way": ((0.1, 0.5), (0.9, 0.5)), "dwell": 10.0}  # 16 m in 10 s
    assert hits("speed:>5km/h", walker) == [0]
    assert hits("speed:>7km/h", walker) == []
    found = match(parse("speed:>5km/h"), made(walker), World())
    assert found.unknown == {"their camera has no ground in metres": 1}


def test_near_means_at_the_same_time():
    one = {"way": ((0.2, 0.5), (0.8, 0.5)), "offset": 0.0, "dwell": 10.0}
    meets = {"label": "bicycle", "way": ((0.8, 0.5), (0.2, 0.5)), "offset": 0.0, "dwell": 10.0}
    later = {**meets, "offset": 100.0}
    assert hits("person near:1m of bicycle", one, meets) == [0]
    assert hits("person near:1m of bicycle", one, later) == []
    assert hits("person near:5% of bicycle", one, meets) == [0]
    assert hits("person not near:1m of bicycle", one, later) == [0]


def slow_near(a, b, reach):
    """At many moments, straight between places."""
    begin, end = max(a[1], b[1]), min(a[1] + a[2], b[1] + b[2])
    for at in np.linspace(begin, end, 400) if begin <= end else ():
        places = [
            [np.interp(at, np.linspace(t[1], t[1] + t[2], 16), t[0][:, k]) for k in (0, 1)] for t in (a, b)
        ]
        if np.hypot(*np.subtract(*places)) <= reach:
            return True
    return False


point = st.tuples(st.floats(0, 1), st.floats(0, 1))
walk = st.tuples(point, point, st.floats(0, 20), st.floats(1, 20))


@settings(max_examples=200, deadline=None)
@given(walk, walk)
def test_near_agrees_with_many_moments(a, b):
    tracks = [{"way": (t[0], t[1]), "offset": t[2], "dwell": t[3]} for t in (a, b)]
    rows = made(*tracks, aspect=1.0)
    held = match(parse("near:20% of person"), rows, WORLD).score > 0
    walks = [(rows["path"][k] / 65535, rows["offset"][k], rows["dwell"][k]) for k in (0, 1)]
    if slow_near(*walks, 0.199):
        assert held.all()
    if not slow_near(*walks, 0.21):
        assert not held.any()


def test_what_people_decided():
    tracks = [{}, {}, {}]
    assert hits("is:accepted", *tracks) == [0]
    assert hits("is:new", *tracks) == [2]
    assert hits("tag:stolen", *tracks) == [0]
    assert hits("not is:rejected", *tracks) == [0, 2]
    assert hits("track:track-1", *tracks) == [1]


def test_things_carried_are_unknown_where_nobody_looked():
    found = match(
        parse("with:bag"), made({"carries": 1, "computed": 1}, {"carries": 0, "computed": 0}), WORLD
    )
    assert found.score.tolist() == [1, 0]
    assert found.unknown == {"what they carry was not computed": 1}


def test_cameras_are_found_by_name():
    assert hits("camera:gate", {}) == [0]
    assert hits("camera:hall", {}) == []


def test_all_terms_must_hold_and_the_score_is_their_product():
    rows = made({"upper": {"red": 0.8}, "heading": 180.0, "score": 0.8})
    parts = [match(parse(t), rows, WORLD).score[0] for t in ("person", "upper:red", "going:left")]
    assert match(parse("person upper:red going:left"), rows, WORLD).score[0] == pytest.approx(np.prod(parts))
