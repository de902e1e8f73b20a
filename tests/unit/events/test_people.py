"""Falls, crowds: composed tracks with exact truth, beside what must not be taken for them."""

import numpy as np
import pytest

from synopticon.events.rules.crowd import CrowdMovement
from synopticon.events.rules.fall import Fall
from tests.moves import found, moves

UP, FLAT, SITS, BENDS = (30, 85), (80, 30), (40, 52), (48, 58)


def shapes(*keys, at=(320, 300)):
    """Somebody in one place: (seconds, shape) ..."""
    return moves(*((t, *at, *shape) for t, shape in keys))


def test_a_fall_is_found_when_somebody_stayed_down():
    falls = shapes((0, UP), (20, UP), (20.8, FLAT), (60, FLAT))
    (event,) = found(Fall(seconds=5), falls)
    assert 25 < event.start < 27
    assert event.end == pytest.approx(60)
    assert event.reason[0].value < event.reason[0].limit


@pytest.mark.parametrize(
    "tracks",
    [
        shapes((0, UP), (20, UP), (21, SITS), (60, SITS)),
        shapes((0, UP), (20, UP), (21, BENDS), (30, BENDS), (31, UP)),
        shapes((0, UP), (20, UP), (20.8, FLAT), (23, FLAT), (24, UP), (60, UP)),  # up again
        shapes((0, UP), (20, UP), (32, FLAT), (60, FLAT)),  # lies down slowly
        shapes((0, FLAT), (60, FLAT)),  # lay there all along: nobody fell
        moves((0, 320, 300, *UP), (20, 320, 300, *UP), (20.8, 320, 300, 60, 50), (30, 600, 300, 60, 50)),
    ],
)
def test_who_sits_bends_rises_or_lay_there_did_not_fall(tracks):
    assert not found(Fall(), tracks)


def test_a_bag_that_lies_is_no_fall():
    bag = moves((0, 320, 300), (60, 320, 300), size=FLAT, label="bag")
    assert not found(Fall(), bag)


def crowd(run, stay=30.0):
    """Eight people who stand, then each goes to where ``run`` says within three seconds."""
    places = [(200 + 60 * k, 220 + 60 * j) for k in range(4) for j in range(2)]
    return [moves((0, x, y), (stay, x, y), (stay + 3, *run(x, y)), (stay + 4, *run(x, y))) for x, y in places]


def test_a_rush_and_a_scatter_are_found():
    rush = crowd(lambda x, y: (x - 450, y))
    centre = np.array([290, 250])

    def out(x, y):
        d = np.array([x, y]) - centre
        return tuple(np.array([x, y]) + d / np.hypot(*d) * 450)

    for tracks in (rush, crowd(out)):
        (event,) = found(CrowdMovement(), *tracks)
        assert 30 < event.start < 33.5
        assert len(event.tracks) == 8


@pytest.mark.parametrize(
    "tracks",
    [
        crowd(lambda x, y: (x - 100, y)),  # they walk off
        crowd(lambda x, y: (x - 450, y))[:3],  # three are no crowd
        crowd(lambda x, y: (x + (450 if (x + y) % 120 < 60 else -450), y + (x % 7)))[:2],
        [moves((0, 640, 200 + 20 * k), (3, 10, 200 + 20 * k)) for k in range(8)],  # ran from the start
    ],
)
def test_what_is_no_sudden_movement_of_a_crowd(tracks):
    assert not found(CrowdMovement(), *tracks)
