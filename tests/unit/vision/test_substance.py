"""Light or a thing: drawn over textured and bare ground."""

import numpy as np
import pytest

from synopticon.vision.substance import UNKNOWN, Substance, usual
from synopticon.vision.substance import substance as of_picture

SHAPE = (120, 160)


def substance(seen, empty, alpha, hidden=None):
    return of_picture(seen, empty, alpha, np.zeros_like(alpha) if hidden is None else hidden)


def ground(texture, seed=0):
    """Slabs with grain, or bare ground."""
    chance = np.random.default_rng(seed)
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    slabs = 100 + texture * (((x // 9 + y // 7) % 2) * 2 - 1) + chance.normal(0, 1, SHAPE)
    return np.clip(np.rint(slabs), 0, 255).astype(np.uint8)


def blob(radius, stretch=1.0):
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return np.exp(-(((((x - 80) / stretch) ** 2 + (y - 60) ** 2) / radius**2) ** 1.5))


def glow(empty, radius, level, stretch=1.0):
    light = level * blob(radius, stretch)
    return np.clip(empty + light, 0, 255).astype(np.uint8), np.where(light > 12, 255, 0).astype(np.uint8)


def thing(empty, half=15, level=170, seed=1):
    alpha = np.zeros(SHAPE, np.uint8)
    alpha[60 - half : 60 + half, 80 - half : 80 + half] = 255
    own = level + np.random.default_rng(seed).normal(0, 5, SHAPE)
    return np.where(alpha > 0, np.clip(own, 0, 255), empty).astype(np.uint8), alpha


@pytest.mark.parametrize("level", [30, 60, 230])
@pytest.mark.parametrize("texture", [0, 14])
def test_a_thing_hides_the_scene_and_has_a_border(texture, level):
    seen, alpha = thing(ground(texture), level=level)
    found = substance(seen, ground(texture), alpha)
    assert found.light is False
    assert np.isnan(found.shows) == (texture == 0)
    assert found.steep > 6


@pytest.mark.parametrize("radius", [8, 15, 30])
@pytest.mark.parametrize("texture", [0, 14])
def test_a_pool_of_light_is_none(texture, radius):
    empty = ground(texture)
    seen, alpha = glow(empty, radius, 90, stretch=1.4)
    assert substance(seen, empty, alpha).light is True


def test_a_beam_with_a_sharp_border_is_none_where_the_scene_shows_through():
    empty = ground(14)
    _, alpha = thing(empty)
    lit = np.clip(empty * 1.5, 0, 255).astype(np.uint8)
    found = substance(np.where(alpha > 0, lit, empty), empty, alpha)
    assert found.light is True
    assert found.shows == pytest.approx(1.5, abs=0.1)


def test_light_that_is_clipped_says_nothing_by_its_texture():
    empty = ground(14)
    seen, alpha = glow(empty, 25, 400)
    assert substance(seen, empty, alpha).light is True


def test_a_large_picture_is_looked_at_small_and_says_the_same():
    seen, alpha = thing(ground(14))
    once = substance(seen, ground(14), alpha)
    twice = substance(*(np.kron(p, np.ones((2, 2), np.uint8)) for p in (seen, ground(14), alpha)))
    assert twice.light == once.light
    assert twice.steep == pytest.approx(once.steep, rel=0.3)


def test_the_outline_is_drawn_where_the_thing_is():
    seen, alpha = thing(ground(0))
    assert substance(seen, ground(0), alpha).drawn > 0.8
    assert substance(ground(0), seen, alpha).drawn < -0.8


@pytest.mark.parametrize("make", [thing, lambda empty: glow(empty, 20, 90)])
def test_no_head_is_looked_at(make):
    empty = ground(14)
    seen, alpha = make(empty)
    hidden = np.zeros(SHAPE, np.uint8)
    hidden[:58] = 255
    noisy = np.where(hidden > 0, np.random.default_rng(3).integers(0, 256, SHAPE), seen).astype(np.uint8)
    found = substance(seen, empty, alpha, hidden)
    assert substance(noisy, empty, alpha, hidden) == found
    assert found.light == substance(seen, empty, alpha).light


def test_of_a_speck_nothing_is_said():
    seen, alpha = thing(ground(14), half=3)
    assert substance(seen, ground(14), alpha) == UNKNOWN
    assert UNKNOWN.light is None
    assert substance(seen, ground(14), np.zeros_like(alpha)).light is None


def test_most_pictures_decide_and_what_is_unknown_does_not_count():
    rows = np.array([[np.nan, 9, 0.5], [0.1, 2, np.nan], [0.3, 10, 0.7]], np.float32)
    found = usual(rows)
    assert (found.shows, found.steep, found.drawn) == pytest.approx((0.2, 9, 0.6))
    assert usual(np.zeros((0, 3), np.float32)).light is None


@pytest.mark.parametrize(
    ("shows", "steep", "light"),
    [(0.1, 2.0, True), (0.9, 12.0, True), (0.1, 12.0, False), (np.nan, 12.0, False), (0.1, np.nan, False)],
)
def test_either_is_enough_to_be_light(shows, steep, light):
    assert Substance(shows, steep).light is light
