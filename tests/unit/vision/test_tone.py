"""The light of a scene is read off its own background, and taken off again."""

from dataclasses import replace

import numpy as np
import pytest

from synopticon.vision.colour import coded, from_yuv, linear
from synopticon.vision.tone import COLOURED, LIT, MIDDLE, SHADED, off_ground, tone_of
from tests.unit.vision.dressed import PLAIN, background, street

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


def grey_after(gains):
    """What the street's asphalt becomes when the light is taken off."""
    scene = background(street(gains))
    yuv = np.array([[scene.y[60, 20], scene.u[30, 10], scene.v[30, 10]]], np.float32)
    return linear(from_yuv(yuv))[0] * tone_of(scene, "bt601", False).gains


@pytest.mark.parametrize(
    "gains", [PLAIN, (0.5, 0.5, 0.5), (1.15, 1.0, 0.85), (0.85, 1.0, 1.15), (0.6, 0.5, 0.35)]
)
def test_asphalt_is_the_same_grey_in_any_light(gains):
    seen, plain = grey_after(gains), grey_after(PLAIN)
    assert np.ptp(coded(seen[None])[0]) < 0.03
    assert seen @ LUMA == pytest.approx(plain @ LUMA, rel=0.15)


def test_a_lawn_is_not_taken_for_grey():
    scene = background(street(colour=(0x40, 0x78, 0x38)))
    gains = tone_of(scene, "bt601", False).gains
    assert gains[1] > 0.75 * max(gains[0], gains[2])


def test_the_middle_of_a_scene_is_brought_to_one_light():
    scene = background(street())
    gains = tone_of(scene, "bt601", False).gains
    yuv = np.stack([scene.y[::2, ::2].ravel(), scene.u.ravel(), scene.v.ravel()], axis=1).astype(np.float32)
    low, high = np.percentile(linear(from_yuv(yuv)) * gains @ LUMA, (50, 95))
    assert np.sqrt(low * high) == pytest.approx(MIDDLE, rel=0.2)


def test_black_pictures_and_pictures_without_colour_do_no_harm():
    scene = background(street(colour=(0, 0, 0)))
    tone = tone_of(scene, "bt601", False)
    assert np.isfinite(tone.gains).all()
    assert tone.spread < COLOURED
    half = np.full_like(scene.u, 128)
    assert tone_of(replace(background(street()), u=half, v=half), "bt601", False).spread == 0
    assert tone_of(background(street()), "bt601", False).spread > COLOURED


def test_ground_in_a_shadow_is_still_ground_and_clothes_are_not():
    tone = tone_of(background(street()), "bt601", False)
    ground = np.array([[0.2, 0.2, 0.2]], np.float32) * tone.gains
    for share in (SHADED, 0.7, 1.0, LIT):
        assert off_ground(ground * np.float32(share), ground, tone)[0] == pytest.approx(0, abs=1e-3)
    black, red = ground * np.float32(0.05), ground * np.array([2.0, 0.3, 0.3], np.float32)
    assert off_ground(black, ground, tone)[0] > 0.15
    assert off_ground(red, ground, tone)[0] > 0.15
