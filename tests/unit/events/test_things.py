"""Left and removed things, stopped vehicles: composed tracks, exact truth."""

import numpy as np
import pytest

from synopticon.events.rules.left_object import LeftObject
from synopticon.events.rules.removed_object import RemovedObject
from synopticon.events.rules.stopped_vehicle import StoppedVehicle
from synopticon.events.run import run
from synopticon.vision.checks import Checks
from synopticon.vision.substance import UNKNOWN, Substance
from tests.moves import found, moves, scene

BAG = (24, 20)


def owner(leaves=20.0):
    return moves((5, 10, 300), (12, 320, 300), (leaves - 8, 320, 300), (leaves, 639, 300), id="owner")


def bag(start=13.0, end=60.0, label="object", at=(330, 300), id="bag"):
    return moves((start, *at), (end, *at), label=label, size=BAG, id=id)


@pytest.mark.parametrize("label", ["object", "bag"])
def test_a_bag_whose_owner_went_is_found_once_with_both_and_the_values(label):
    (event,) = found(LeftObject(seconds=10, alone=5), owner(), bag(label=label))
    assert event.tracks == ("bag", "owner")
    assert 19 <= event.start <= 25, "the owner went at 20 s at the latest"
    assert event.end == 60
    assert event.box == (318, 280, 24, 20)
    stood, alone = event.reason
    assert stood.value >= stood.limit == 10
    assert alone.value >= alone.limit == 5


def test_it_is_known_no_earlier_than_it_says():
    """An event of what was seen until its start is the same: a live alarm sounds then."""
    (event,) = found(LeftObject(), owner(), bag())
    until = moves((13, 330, 300), (event.start, 330, 300), label="object", size=BAG, id="bag")
    (early,) = found(LeftObject(), owner(), until)
    assert (early.start, early.tracks) == (event.start, event.tracks)


@pytest.mark.parametrize(
    "tracks",
    [
        (bag(),),  # nobody brought it: a patch of light
        (owner(), bag(end=20.0)),  # not for long
        (moves((5, 10, 300), (12, 320, 300), (60, 320, 300)), bag()),  # the owner stays
        (owner(), bag(label="person")),
        (owner(), bag(label="car")),
        (owner(), moves((13, 330, 300), (60, 330, 300), label="object", size=(90, 80))),  # larger than they
        (owner(), moves((13, 330, 300), (60, 400, 300), label="object", size=BAG)),  # it goes on
        (owner(), bag(at=(630, 300))),  # at the border: it came in
        (moves((5, 10, 100), (20, 600, 100)), bag()),  # who passed was elsewhere
    ],
)
def test_what_is_no_left_thing(tracks):
    assert not found(LeftObject(), *tracks)


def test_what_shows_up_as_a_cover_goes_was_not_left():
    seconds = np.arange(60.0)
    agree = np.where((seconds > 3) & (seconds <= 12), 0.05, 1.0).astype(np.float32)
    whole = np.ones(60, np.float32)
    checks = Checks(seconds, agree, whole, whole, 120 * whole, agree)
    assert found(LeftObject(), owner(), bag())
    assert not found(LeftObject(), owner(), bag(), load_checks=lambda: checks)


def test_two_tracks_of_one_bag_are_one_event():
    made = run((LeftObject(),), scene(owner(), bag(end=40.0), bag(start=40.5, id="again")))
    assert len(made.events) == 1


def test_a_thing_that_was_there_from_the_beginning_is_taken():
    taker = moves((25, 10, 300), (30, 320, 300), (36, 639, 300), id="taker")
    (event,) = found(RemovedObject(gone=5), bag(start=0.0, end=30.0), taker)
    assert event.tracks == ("bag", "taker")
    assert event.start == pytest.approx(35)
    assert not found(LeftObject(), bag(start=0.0, end=30.0), taker)


@pytest.mark.parametrize(
    "tracks",
    [
        (bag(start=0.0, end=30.0),),  # nobody took it
        (bag(start=0.0, end=119.0), moves((114, 10, 300), (119, 320, 300))),  # it may still be there
        (bag(start=13.0, end=30.0), moves((25, 10, 300), (36, 639, 300))),  # left and taken by its owner
        (bag(start=0.0, end=30.0), moves((29.5, 330, 300), (36, 639, 300))),  # itself, by another name
    ],
)
def test_what_is_no_removed_thing(tracks):
    assert not found(RemovedObject(), *tracks)


def test_a_vehicle_that_comes_and_stands_is_found_and_a_parked_one_is_not():
    came = moves((5, 10, 300), (10, 300, 300), (70, 300, 300), (75, 600, 300), label="car", size=(80, 40))
    parked = moves((0, 300, 100), (100, 300, 100), label="car", size=(80, 40))
    waits = moves((5, 10, 200), (10, 300, 200), (30, 300, 200), (35, 600, 200), label="car", size=(80, 40))
    (event,) = found(StoppedVehicle(seconds=30), came, parked, waits)
    assert event.tracks == (came.id,)
    assert event.start == pytest.approx(40, abs=1)
    assert event.end == pytest.approx(70, abs=1)
    assert event.reason[0].value == pytest.approx(60, abs=1.5)


def test_a_vehicle_is_looked_for_where_the_zone_is():
    came = moves((5, 10, 300), (10, 300, 300), (70, 300, 300), label="car", size=(80, 40))
    left, right = ((0, 0), (0.3, 0), (0.3, 1), (0, 1)), ((0.4, 0), (0.6, 0), (0.6, 1), (0.4, 1))
    assert not found(StoppedVehicle(zone=left), came)
    assert len(found(StoppedVehicle(zone=right), came)) == 1


def test_what_needs_names_is_said_and_not_passed_over():
    made = run((StoppedVehicle(),), scene(named=False))
    assert not made.events
    assert "stopped-vehicle: not looked for: no model" in made.notes[0]


LIGHT, SOLID = Substance(shows=1.0, steep=2.0), Substance(shows=0.1, steep=11.0)
UNCOVERED = Substance(shows=0.1, steep=11.0, drawn=-0.4)


@pytest.mark.parametrize(
    ("label", "of_bag", "of_owner", "named", "told"),
    [
        ("person", SOLID, SOLID, True, True),
        ("person", LIGHT, SOLID, True, False),  # headlights that stop on a wall
        ("person", SOLID, LIGHT, True, False),  # glare that was taken for somebody
        ("object", SOLID, SOLID, True, True),  # whom the model missed
        ("object", SOLID, None, True, False),  # unknown, and the model saw nobody
        ("object", None, None, False, True),  # no model looked
        ("object", LIGHT, LIGHT, False, False),
        ("object", SOLID, UNCOVERED, True, False),  # the ground that was hidden until now
        ("person", SOLID, UNCOVERED, True, True),
        ("person", None, None, True, True),
    ],
)
def test_light_is_not_put_down_and_puts_nothing_down(label, of_bag, of_owner, named, told):
    who = moves((5, 10, 300), (12, 320, 300), (20, 639, 300), id="owner", label=label)
    known = {"bag": of_bag or UNKNOWN, "owner": of_owner or UNKNOWN}
    made_of = lambda track: known[track.id]  # noqa: E731
    assert bool(found(LeftObject(), who, bag(), load_substances=lambda: made_of, named=named)) is told


@pytest.mark.parametrize(("drawn", "told"), [(-0.5, True), (0.5, False), (np.nan, False)])
def test_what_the_scene_held_is_taken_where_its_outline_is_in_the_scene(drawn, told):
    taker = moves((5, 10, 300), (12, 320, 300), (20, 639, 300), id="taker")
    made_of = lambda _: Substance(shows=0.1, steep=11.0, drawn=drawn)  # noqa: E731
    assert bool(found(RemovedObject(), taker, bag(), load_substances=lambda: made_of)) is told
    assert bool(found(LeftObject(), taker, bag(), load_substances=lambda: made_of)) is not told
