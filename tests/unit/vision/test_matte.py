"""The matte finds what differs, keeps it whole, and leaves the ground and its shadow alone."""

import numpy as np
import pytest

from synopticon.vision.matte import (
    Crop,
    MatteSettings,
    compare,
    core_of,
    foreground,
    nearness,
    shadow,
    soften,
    trimmed,
)

HEIGHT, WIDTH = 120, 60
RECT = np.array([100, 50, 100 + WIDTH, 50 + HEIGHT], np.int32)
BOX = np.array([112, 62, 148, 158], np.float32)
BODY = (slice(14, 106), slice(16, 44))
S = MatteSettings()


def ground(seed=0, level=120.0):
    chance = np.random.default_rng(seed)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    y = level + rows / 10 + 6 * np.sin(columns / 5) + chance.normal(0, 1.5, (HEIGHT, WIDTH))
    return Crop(
        y.clip(0, 255).astype(np.uint8), *(np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8) for _ in "uv")
    )


def with_body(crop, luma=None, v=None):
    y, red = crop.y.copy(), crop.v.copy()
    if luma is not None:
        y[BODY] = luma
    if v is not None:
        red[BODY[0].start // 2 : BODY[0].stop // 2, BODY[1].start // 2 : BODY[1].stop // 2] = v
    return Crop(y, crop.u, red)


def matte(seen, empty, step=1, before=None):
    core = core_of(nearness(BOX / step, RECT // step))
    change = compare(seen, empty, core, S)
    return trimmed(foreground(change.distance, core, before, 1.5, S), change.distance), change


def truth(step=1):
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[BODY] = True
    return mask[::step, ::step]


def iou(a, b):
    return (a & b).sum() / (a | b).sum()


@pytest.mark.parametrize(
    ("look", "least"),
    [({"luma": 40}, 0.85), ({"luma": 200}, 0.85), ({"v": 150}, 0.85), ({"luma": 105}, 0.75)],
)
@pytest.mark.parametrize("step", [1, 2])
def test_a_body_that_differs_is_found(look, least, step):
    """The last is grey clothes on lighter grey ground, which a shadow could be, too."""
    mask, _ = matte(with_body(ground(1), **look), ground(2), step)
    assert iou(mask > 0, truth(step)) > least


def test_noise_alone_is_nothing():
    mask, change = matte(ground(1), ground(2))
    assert not mask.any()
    assert (shadow(change, mask) > 240).all()


def test_small_holes_are_filled_and_fragments_dropped():
    seen = with_body(ground(1), 40)
    seen.y[50:56, 26:32] = ground(2).y[50:56, 26:32]
    seen.y[2:5, 2:5] = 250
    mask, _ = matte(seen, ground(2))
    assert mask[50:56, 26:32].all()
    assert not mask[:8, :8].any()


def test_a_cast_shadow_is_light_and_not_body():
    empty = ground(2)
    seen = with_body(ground(1), 220)
    dark = (slice(100, 116), slice(2, 58))
    shaded = seen.y[dark].astype(float) * 0.7
    keep = truth()[dark]
    seen.y[dark] = np.where(keep, seen.y[dark], shaded).astype(np.uint8)
    mask, change = matte(seen, empty)
    left = shadow(change, mask)
    assert iou(mask > 0, truth()) > 0.8
    assert left[54, 3:6].mean() == pytest.approx(0.7 * 255, abs=25)
    assert left[:40].min() > 235


def test_dark_trousers_are_not_taken_for_a_shadow():
    seen = with_body(ground(1), 200)
    seen.y[70:106, 16:44] = 50
    mask, _ = matte(seen, ground(2))
    assert mask[72:104, 18:42].mean() > 240


def test_what_was_there_a_moment_ago_is_found_more_easily():
    seen, empty = ground(1), ground(2)
    seen.y[BODY] = (empty.y[BODY].astype(int) + 9).astype(np.uint8)
    before = (truth() * np.uint8(255)).astype(np.uint8)
    assert (matte(seen, empty, before=before)[0] > 0).sum() >= (matte(seen, empty)[0] > 0).sum()


def test_alpha_is_whole_inside_and_ends_softly():
    mask = (truth() * np.uint8(255)).astype(np.uint8)
    alpha = soften(mask)
    assert (alpha[20:100, 20:40] == 255).all()
    assert alpha[60, BODY[1].start - 6] == 0
    rim = alpha[60, BODY[1].start - 4 : BODY[1].start + 1].astype(int)
    assert (np.diff(rim) >= 0).all()
    assert 0 < rim[2] < 255


def test_nearness_is_one_in_the_middle_half_at_the_border_none_far_away():
    near = nearness(BOX, RECT)
    assert near[60, 30] == 255
    assert int(near[60, 12]) == pytest.approx(128, abs=12)
    assert near[0, 0] == 0
    assert core_of(near)[60, 30] == 255
    assert core_of(near)[13, 13] == 0  # a corner of the box
