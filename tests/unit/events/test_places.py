"""Zones, lines, ways, stays, speeds, many: composed tracks, exact truth."""

from datetime import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from synopticon.events.rules.density import Density, counted, square_metres
from synopticon.events.rules.dwell import Dwell
from synopticon.events.rules.fast import Running, Speed
from synopticon.events.rules.line import LineCrossing
from synopticon.events.rules.proximity import Proximity
from synopticon.events.rules.wrong_way import WrongWay
from synopticon.events.rules.zone import Presence, ZoneEntry
from synopticon.events.run import run
from synopticon.values.footage import Clock, Footage, SourceFile
from synopticon.values.ground import of_points
from tests.moves import found, moves, scene

MIDDLE = ((0.4, 0.0), (0.6, 0.0), (0.6, 1.0), (0.4, 1.0))
DOWN = ((0.5, 0.0), (0.5, 1.0))  # who walks down it has the left edge of the picture at the right hand
# The picture is 64 m wide and 48 m high, seen from straight above: ten pixels a metre.
GROUND = of_points(((0, 0), (1, 0), (1, 1), (0, 1)), ((0, 0), (64, 0), (64, 48), (0, 48)))


def walk(*, back=False, at=0.0, y=300, **more):
    first, last = (600, 40) if back else (40, 600)
    return moves((at, first, y), (at + 14, last, y), **more)


def test_each_stay_in_a_zone_is_an_entry():
    there_and_back = moves((0, 40, 300), (14, 600, 300), (28, 40, 300))
    one, two = found(ZoneEntry(zone=MIDDLE), there_and_back, walk(y=100, label="car"))[::2]
    assert one.start == pytest.approx(5.4, abs=0.2)
    assert two.start == pytest.approx(19.4, abs=0.3)
    assert len(found(ZoneEntry(zone=MIDDLE, classes=("person",)), there_and_back, walk(label="car"))) == 2
    assert not found(ZoneEntry(zone=MIDDLE, seconds=5), there_and_back)


def test_who_is_born_inside_counts_if_asked():
    born = moves((3, 320, 300), (10, 600, 300))
    assert len(found(ZoneEntry(zone=MIDDLE), born)) == 1
    assert not found(ZoneEntry(zone=MIDDLE, born=False), born)


def test_presence_is_one_event_however_many_there_are():
    group = (walk(at=0), walk(at=2), walk(at=4), walk(at=40))
    first, second = found(Presence(zone=MIDDLE, pause=5), *group)
    assert len(first.tracks) == 3
    assert first.end < second.start


@pytest.mark.parametrize(("direction", "count"), [("in", 1), ("out", 2), ("both", 3)])
def test_a_line_is_crossed_in_and_out(direction, count):
    tracks = walk(), walk(at=3), walk(at=6, back=True)
    assert len(found(LineCrossing(line=DOWN, direction=direction), *tracks)) == count


def test_a_crossing_is_where_and_when_it_was():
    (event,) = found(LineCrossing(line=DOWN), walk())
    assert event.start == event.end == pytest.approx(7, abs=0.1)
    assert event.box[0] < 320 < event.box[0] + event.box[2]


def test_who_hovers_on_a_line_crosses_it_once():
    keys = [(0, 40, 300), (7, 320, 300), *((7 + k / 4, 320 + (6 if k % 2 else -6), 300) for k in range(1, 9))]
    hovers = moves(*keys, (16, 600, 300), rate=20)
    assert len(found(LineCrossing(line=DOWN), hovers)) == 1


def test_the_wrong_way_is_found_and_the_right_one_is_not():
    right, wrong = walk(size=(40, 40), label="car"), walk(back=True, size=(40, 40), label="car", y=200)
    (event,) = found(WrongWay(way=((0.1, 0.5), (0.9, 0.5))), right, wrong)
    assert event.tracks == (wrong.id,)
    assert event.reason[0].value == pytest.approx(14, abs=0.5), "560 pixels of a car of 40"
    crossing = moves((0, 320, 30), (10, 320, 470), size=(40, 40))
    assert not found(WrongWay(way=((0.1, 0.5), (0.9, 0.5))), crossing)
    assert not found(WrongWay(way=((0.1, 0.5), (0.9, 0.5)), zone=((0, 0), (1, 0), (1, 0.2), (0, 0.2))), wrong)


def test_who_turns_round_goes_the_wrong_way_from_there():
    turns = moves((0, 40, 300), (7, 320, 300), (14, 40, 300), size=(40, 40))
    (event,) = found(WrongWay(way=((0.1, 0.5), (0.9, 0.5))), turns)
    assert 7 < event.start < 10


def test_who_stays_is_found_when_the_time_is_up():
    stays = moves((0, 40, 300), (5, 320, 300), (95, 322, 300), (100, 600, 300))
    (event,) = found(Dwell(zone=MIDDLE, seconds=60), stays, walk(at=3))
    assert event.tracks == (stays.id,)
    assert event.start == pytest.approx(64, abs=1)
    assert not found(Dwell(zone=MIDDLE, seconds=60, classes=("car",)), stays)


def test_speed_is_over_the_ground():
    fast = moves((0, 20, 300), (4, 620, 300), label="car", size=(40, 20))  # 15 m/s
    slow = moves((0, 20, 200), (12, 620, 200), label="car", size=(40, 20))  # 5 m/s
    (event,) = found(Speed(kmh=40), fast, slow, ground=GROUND)
    assert event.tracks == (fast.id,)
    assert event.reason[0].value == pytest.approx(54, rel=0.03)
    assert event.reason[1].value > 0
    assert not found(Speed(kmh=54.5), fast, ground=GROUND)
    notes = run((Speed(kmh=40),), scene(fast)).notes
    assert "no ground" in notes[0]


def test_who_runs_is_told_from_who_walks_with_a_ground_and_without():
    runs = moves((0, 20, 300), (4, 600, 300), size=(30, 80))  # 145 pixels a second, 1.8 heights
    walks = moves((0, 20, 200), (9, 600, 200), size=(30, 80))
    for more, unit in (({}, "heights/s"), ({"ground": GROUND}, "m/s")):
        wanted = Running(speed=10.0)
        (event,) = found(wanted, runs, walks, **more)
        assert event.tracks == (runs.id,)
        assert event.reason[0].unit == unit


def test_density_counts_who_is_there_at_once():
    crowd = [moves((10 + k, 320, 200 + 10 * k), (40, 320, 200 + 10 * k)) for k in range(6)]
    at, count = counted(scene(*crowd))
    assert count[(at >= 16) & (at <= 39)].min() == count.max() == 6
    (event,) = found(Density(people=5, seconds=3), *crowd)
    assert event.start == pytest.approx(14 + 3, abs=0.6)
    assert event.end == pytest.approx(40, abs=0.6)
    assert not found(Density(people=7), *crowd)
    assert not found(Density(people=5, zone=((0, 0), (0.2, 0), (0.2, 1), (0, 1))), *crowd)


def test_density_may_be_of_a_square_metre():
    crowd = [moves((10, 320, 200 + 10 * k), (40, 320, 200 + 10 * k)) for k in range(6)]
    zone = ((0.45, 0.3), (0.55, 0.3), (0.55, 0.6), (0.45, 0.6))
    assert square_metres(scene(ground=GROUND), zone) == pytest.approx(6.4 * 14.4)
    for dense, count in ((0.05, 1), (0.5, 0)):
        rule = Density(people=1, zone=zone, per_square_metre=dense)
        assert len(found(rule, *crowd, ground=GROUND)) == count
    assert not found(Density(people=1, zone=zone, per_square_metre=0.1), *crowd), (
        "no ground: it cannot be told"
    )


def test_a_person_near_a_vehicle_is_found():
    car = moves((0, 400, 300), (30, 400, 300), label="car", size=(80, 40))
    near, far = moves((0, 40, 300), (8, 380, 300), (20, 380, 300)), moves((0, 40, 120), (20, 400, 120))
    (event,) = found(Proximity(heights=0.9), car, near, far)
    assert set(event.tracks) == {car.id, near.id}
    assert event.reason[0].value < event.reason[0].limit
    assert len(found(Proximity(metres=3), car, near, far, ground=GROUND)) == 1


def recorded(start):
    file = SourceFile(
        Path("a.mp4"), 1, "0" * 64, width=640, height=480, time_base=Fraction(1, 1000), end_pts=120_000,
        clock=Clock(start, "user", 0.0, "Europe/Paris"),
    )  # fmt: skip
    return Footage("gate", (file,))


@pytest.mark.parametrize(("hours", "count"), [((22, 6), 1), ((6, 22), 0), ((0, 23), 0), ((23, 0), 1)])
def test_hours_are_the_cameras_own(hours, count):
    start = 1_795_215_600.0  # 2026-11-20T23:00:00Z = 00:00 in Paris, less an hour
    rule = LineCrossing(line=DOWN, hours=tuple(time(h) for h in hours))
    at_23 = start - 3600
    assert len(run((rule,), scene(walk(), footage=recorded(at_23))).events) == count
    made = run((rule,), scene(walk(), footage=recorded(None)))
    assert not made.events
    assert "time of the recording is unknown" in made.notes[0]


def test_events_know_their_utc():
    assert scene(footage=recorded(1000.0)).utc(5.0) == 1005.0
    assert scene().utc(5.0) is None


def test_no_track_no_event():
    rules = (
        ZoneEntry(zone=MIDDLE), Presence(zone=MIDDLE), LineCrossing(line=DOWN), WrongWay(way=DOWN), Dwell(),
        Running(), Density(people=1), Proximity(),
    )  # fmt: skip
    assert run(rules, scene()).events == ()
    assert np.all(counted(scene())[1] == 0)
