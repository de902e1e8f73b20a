"""A pixel is more like the object whose colour it has."""

import numpy as np
import pytest

from synopticon.vision.likeness import STRENGTH, Look
from synopticon.vision.matte import Crop


def crop(luma, v=128, size=(40, 40)):
    y = np.full(size, luma, np.uint8)
    half = (size[0] // 2, size[1] // 2)
    return Crop(y, np.full(half, 128, np.uint8), np.full(half, v, np.uint8))


def learnt(*samples, middle=20):
    look = Look()
    for _ in range(4):
        for sample in samples:
            look.learn(sample, np.full(sample.y.shape, 255, np.uint8), middle)
    return look


@pytest.mark.parametrize("step", [1, 2])
def test_its_own_colour_is_like_it_and_another_is_not(step):
    look = learnt(crop(40))
    same, other = (look.likeness(c, 20, step) for c in (crop(40), crop(200)))
    assert same.shape == (40 // step, 40 // step)
    assert (same == STRENGTH).all()
    assert (other < STRENGTH / 4).all()
    assert (look.likeness(crop(40, v=170), 20, step) < STRENGTH / 4).all()


def test_nothing_is_said_before_anything_is_known():
    assert (Look().likeness(crop(40), 20, 1) == STRENGTH // 2).all()
    look = Look()
    look.learn(crop(40), np.zeros((40, 40), np.uint8), 20)
    assert (look.likeness(crop(200), 20, 1) == STRENGTH // 2).all()


def test_upper_and_lower_half_have_colours_of_their_own():
    dressed = crop(40)
    dressed.y[20:] = 200
    alike = learnt(dressed).likeness(dressed, 20, 1)
    assert (alike[:16] == STRENGTH).all()
    assert (alike[24:] == STRENGTH).all()
    assert (learnt(dressed).likeness(crop(200), 20, 1)[:16] < STRENGTH / 4).all()


def test_one_pixel_of_noise_decides_nothing():
    spotted = crop(40)
    spotted.y[20, 20] = 200
    assert learnt(crop(40)).likeness(spotted, 40, 1).min() > STRENGTH / 2


def test_what_was_seen_long_ago_counts_less():
    look = learnt(*[crop(40)] * 20)
    for _ in range(60):
        look.learn(crop(200), np.full((40, 40), 255, np.uint8), 20)
    assert (look.likeness(crop(200), 20, 1) == STRENGTH).all()
