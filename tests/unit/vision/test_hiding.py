"""What is hidden in a sprite: the own head, and another's only where it may be."""

import numpy as np
import pytest

from synopticon.vision.hiding import Matte, heads_in, plates_in
from synopticon.vision.matte import Crop

HEIGHT, WIDTH = 120, 60


def matte(left, alpha, zones, core=None, top=0, plates=()):
    """A matte whose rectangle begins at ``left``, ``top``; its box is the rectangle."""
    rect = np.array([left, top, left + WIDTH, top + HEIGHT], np.int32)
    half = np.full((HEIGHT // 2, WIDTH // 2), 255, np.uint8)
    nothing = np.zeros((HEIGHT, WIDTH), np.uint8)
    seen = Crop(nothing, half, half)
    zones, plates = (np.array(z, np.float32).reshape(-1, 4) for z in (zones, plates))
    core = nothing if core is None else core
    return Matte(rect, rect.astype(np.float32), seen, alpha, half, core, nothing, zones, plates, nothing)


def filled(*places):
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    for y1, y2, x1, x2 in places:
        alpha[y1:y2, x1:x2] = 255
    return alpha


ALL = filled((0, HEIGHT, 0, WIDTH))


def test_the_own_zone_is_hidden_up_to_the_top():
    hidden = heads_in(matte(100, ALL, [(90, 10, 170, 30)]), [])
    assert (hidden[:30] == 255).all()
    assert not hidden[32:].any()


@pytest.mark.parametrize("nearer", [True, False])
def test_of_anothers_zone_only_what_is_near_to_the_other_is_hidden(nearer):
    """Its head is at the right end of the zone; the left end is the legs of somebody else."""
    other = matte(120, filled((0, 100, 40, 56)), [(110, 0, 190, 24)])
    hidden = heads_in(matte(100, ALL, []), [(nearer, other)])
    assert not hidden[:, :44].any()
    closer = matte(140, filled((0, 100, 4, 20)), [(110, 0, 190, 24)])
    hidden = heads_in(matte(100, ALL, []), [(nearer, closer)])
    assert (hidden[:24, 40:60] == 255).all()  # the head and a rim around it
    assert not hidden[:24, :30].any()


def test_where_the_others_head_was_not_found_its_whole_zone_is_hidden():
    other = matte(120, filled((40, 100, 40, 56)), [(110, 0, 190, 24)])
    hidden = heads_in(matte(100, ALL, []), [(True, other)])
    assert (hidden[:24, 10:] == 255).all()
    assert not hidden[26:].any()


def test_a_farther_head_is_not_looked_for_in_the_middle_of_the_body():
    other = matte(120, filled(), [(110, 0, 190, 24)])
    body = filled((0, HEIGHT, 20, 50))
    assert not heads_in(matte(100, ALL, [], body), [(False, other)])[:, 20:50].any()
    assert (heads_in(matte(100, ALL, [], body), [(True, other)])[:24, 20:50] == 255).all()


def test_nothing_is_hidden_for_a_zone_in_which_nothing_is_shown():
    other = matte(120, filled(), [(110, 0, 190, 24)])
    assert not heads_in(matte(100, filled((60, 110, 0, WIDTH)), []), [(True, other)]).any()


def test_the_own_plate_is_hidden_and_what_has_none_costs_nothing():
    hidden = plates_in(matte(100, ALL, [], plates=[(110, 60, 150, 140)]), [])
    assert (hidden[60:, 10:50] == 255).all()
    assert not hidden[:58].any()
    assert plates_in(matte(100, ALL, [(90, 10, 170, 30)]), []) is None


def test_of_anothers_plate_what_is_near_to_the_other_is_hidden():
    """A car that is nearer: its zone is filled where it is, not on the one who stands beside it."""
    car = matte(120, filled((60, 120, 30, 60)), [], plates=[(120, 60, 180, 120)])
    hidden = plates_in(matte(100, ALL, []), [(True, car)])
    assert (hidden[60:, 50:] == 255).all()
    assert not hidden[:, :36].any()
    unseen = matte(120, filled(), [], plates=[(120, 60, 180, 120)])
    assert (plates_in(matte(100, ALL, []), [(True, unseen)])[60:, 20:] == 255).all()
