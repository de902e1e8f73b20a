"""Fire and smoke from the pictures of a track: drawn ones, and what is none."""

from dataclasses import replace

import numpy as np
import pytest

from synopticon.events.catalogue import defaults
from synopticon.events.rules.fire import Fire, Smoke
from synopticon.values.scene import Background, Bank
from synopticon.values.tube import Sprite
from synopticon.vision.substance import Substance
from tests.moves import moves, scene

SIDE = 40  # pixels of a sprite
RED, ORANGE, WHITE = (110, 100, 190), (170, 70, 170), (235, 128, 128)  # y, u, v
_ROWS, _COLUMNS = np.mgrid[0:SIDE, 0:SIDE]


def sprite(mask, colour, x=300, y0=260, seed=None):
    """``seed``: its inside is hot here and there, elsewhere for each seed."""
    y, u, v = (np.full((SIDE, SIDE), c, np.uint8) for c in colour)
    if seed is not None:
        y[:] = np.kron(np.random.default_rng(seed).integers(100, 250, (8, 8)), np.ones((5, 5)))
    alpha = np.where(mask, 255, 0).astype(np.uint8)
    shadow = np.full((SIDE // 2, SIDE // 2), 255, np.uint8)
    return Sprite(x, y0, y, u[::2, ::2], v[::2, ::2], alpha, shadow)


def tongue(k, *, steady=False):
    """A tongue of flame whose height and lean change from picture to picture."""
    chance = np.random.default_rng(0 if steady else k)
    tops = np.convolve(chance.uniform(4, 34, SIDE + 4), np.ones(5) / 5, "valid")
    tops += 10 * np.sin(np.arange(SIDE) / 5 + chance.uniform(0, 6))
    return tops[None] <= _ROWS


def burning(label="object", at=(320, 300), to=None):
    return moves((2, *at), (20, *(to or at)), label=label, size=(40, 40))


def found(rule, track, picture, **more):
    def sprites(_track, first):
        return (picture(k) for k in range(first, len(track)))

    return list(rule.run(scene(track, sprites=sprites, **more)))


def test_flames_are_found_when_they_have_burned_for_long_enough():
    (event,) = found(Fire(), burning(), lambda k: sprite(tongue(k), ORANGE, seed=k))
    assert event.start == pytest.approx(5.0, abs=0.2)
    assert event.severity == "high"
    assert all(m.value >= m.limit for m in event.reason)


@pytest.mark.parametrize(
    "picture",
    [
        lambda k: sprite(tongue(k, steady=True), ORANGE, seed=k),  # a lamp, a coat: it has one outline
        lambda k: sprite(tongue(k), ORANGE),  # a flag: it has no hot core
        lambda k: sprite(tongue(k), ORANGE, seed=0),  # a flag of two colours: they stay where they are
        lambda k: sprite(tongue(k), WHITE, seed=k),  # headlights
        lambda k: sprite(tongue(k), ORANGE, x=300 + 6 * k, seed=k),  # it goes away
    ],
)
def test_what_is_no_fire(picture):
    assert not found(Fire(), burning(), picture)


def test_a_named_thing_a_short_one_and_one_outside_the_zone_do_not_burn():
    flames = {"picture": lambda k: sprite(tongue(k), ORANGE, seed=k)}
    assert not found(Fire(), burning("person"), **flames)
    assert not found(Fire(seconds=30), burning(), **flames)
    corner = ((0.0, 0.0), (0.1, 0.0), (0.1, 0.1))
    assert not found(Fire(zone=corner), burning(), **flames)


def bank():
    small = np.tile(np.where(np.arange(640) // 4 % 2, 60, 180), (480, 1)).astype(np.uint8)
    grey = np.full((240, 320), 128, np.uint8)
    rough = small.astype(np.float32)
    return Bank((Background(0, 120, small, grey, grey, rough, np.ones_like(rough), rough < 0, 1),))


def plume(first=20, last=70, foot=300):
    """A track that grows upward, with its foot where it was."""
    return moves((2, 320, 300, 20, first), (20, 320, foot, 40, last), label="object")


def test_smoke_rises_and_hides_what_is_behind():
    everywhere = np.ones((SIDE, SIDE), bool)
    grey = {"picture": lambda _: sprite(everywhere, (150, 128, 128)), "load_bank": bank}
    (event,) = found(Smoke(), plume(), **grey)
    assert all(m.value >= m.limit for m in event.reason)
    assert not found(Smoke(), plume(last=22), **grey), "it does not grow"
    assert not found(Smoke(), plume(foot=380), **grey), "somebody who comes nearer"
    assert not found(Smoke(), plume(), lambda _: sprite(everywhere, RED), load_bank=bank)
    light = bank().scenes[0].y[260 : 260 + SIDE, 300 : 300 + SIDE] // 2
    shade = {"picture": lambda _: replace(sprite(everywhere, (150, 128, 128)), y=light), "load_bank": bank}
    assert not found(Smoke(), plume(), **shade), "a shadow leaves the edges"
    glare, smoke = Substance(shows=0.95, steep=6.0), Substance(shows=0.3, steep=6.0)
    soft = Substance(shows=0.3, steep=2.5)
    assert not found(Smoke(), plume(), **grey, load_substances=lambda: lambda _: glare), "it shows through"
    assert not found(Smoke(), plume(), **grey, load_substances=lambda: lambda _: soft), "an insect"
    assert found(Smoke(), plume(), **grey, load_substances=lambda: lambda _: smoke)


def test_they_do_not_run_by_themselves_and_say_what_they_lack():
    assert not {"fire", "smoke"} & {r.kind for r in defaults()}
    assert "empty scenes" in Smoke().lacks(scene())
