"""What a track looks like: clothes and shape in the light of the scene; no head, no side, no tint."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synopticon.search.similar import likeness
from synopticon.values.scene import Background, Bank
from synopticon.values.track import Track
from synopticon.values.tube import BlobRef, Sprite, Tube
from synopticon.vision import descriptor
from synopticon.vision.descriptor import BINS, FULL, SIZE, STRIPES, alike, describe
from synopticon.vision.mask import head_zones, plate_zones

WIDTH, HEIGHT = 160, 160
BOX = (40.0, 30.0, 80.0, 130.0)
GREY, RED, BLUE, DARK = (110, 128, 128), (90, 105, 185), (80, 170, 110), (35, 128, 128)


def planes(colour, size=(HEIGHT, WIDTH)):
    y = np.full(size, colour[0], np.uint8)
    half = (size[0] // 2, size[1] // 2)
    return y, np.full(half, colour[1], np.uint8), np.full(half, colour[2], np.uint8)


def figure(upper, lower, box=BOX, alpha=None):
    """A sprite as large as the picture: a body in two colours that fills its box, all of it sure."""
    y, u, v = planes(GREY)
    x1, y1, x2, y2 = (round(c) for c in box)
    middle = (y1 + y2) // 2
    for colour, top, stop in ((upper, y1, middle), (lower, middle, y2)):
        y[top:stop, x1:x2] = colour[0]
        u[top // 2 : stop // 2, x1 // 2 : x2 // 2] = colour[1]
        v[top // 2 : stop // 2, x1 // 2 : x2 // 2] = colour[2]
    if alpha is None:
        alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
        alpha[y1:y2, x1:x2] = 255
    return Sprite(0, 0, y, u, v, alpha, np.full_like(u, 255))


def tube_of(boxes, label="person"):
    n = len(boxes)
    track = Track(
        "t", label, 0.9, np.zeros(n, np.int32), np.arange(n), np.arange(n) / 10.0,
        np.array(boxes, np.float32), np.ones(n, np.bool_),
    )  # fmt: skip
    return Tube(track, (WIDTH, HEIGHT), np.zeros((n, 2), np.int32), (BlobRef("p", 0, 1, 0, n),))


def bank_of(colour=GREY, change=lambda *p: p):
    y, u, v = change(*planes(colour))
    random = np.random.default_rng(1)
    y = np.clip(y + random.normal(0, 12, y.shape), 20, 230).astype(np.uint8)
    small = cv2.resize(y, None, fx=0.5, fy=0.5).astype(np.float32)
    return Bank((Background(0, 1e9, y, u, v, small, small * 0 + 1.5, small < 0, 2),))


@pytest.fixture
def look(monkeypatch):
    """Describe sprites that lie in memory."""

    def of(*shown, boxes=None, label="person", bank=None):
        monkeypatch.setattr(descriptor, "sprites", lambda *_, only: (shown[k] for k in only))
        return describe(tube_of(boxes or [BOX] * len(shown), label), None, bank)

    return of


def mean(a, b):
    return float(alike(a, b).mean())


def test_it_is_small_numbers_each_stripe_a_whole(look):
    made = look(figure(RED, BLUE))
    assert (made.dtype, made.shape) == (np.int8, (SIZE,))
    assert made.min() >= 0
    sums = np.square(made.reshape(STRIPES, BINS).astype(float)).sum(axis=1)
    np.testing.assert_allclose(sums, FULL**2, rtol=0.03)
    assert mean(made, made) == pytest.approx(1, abs=0.03)
    assert likeness(made[None], made)[0] == pytest.approx(mean(made, made), abs=1e-3)


HEADS = st.integers(0, 2**32 - 1)


@settings(max_examples=60, deadline=None)
@given(HEADS, st.integers(10, 60), st.integers(10, 60), st.sampled_from(["person", "object", "bicycle"]))
def test_whatever_the_head_is_it_is_the_same(seed, left, top, label):
    """Pixels and outline of all that lies above the lower end of the head's zone may be anything."""
    box = (float(left), float(top), left + 37.0, top + 93.0)
    tube, plain = tube_of([box], label), figure(RED, BLUE, box)
    end = int(np.floor(head_zones(tube.track, 0)[:, 3].max()))
    random = np.random.default_rng(seed)
    y, u, v, alpha = (p.copy() for p in (plain.y, plain.u, plain.v, plain.alpha))
    y[:end] = random.integers(0, 256, y[:end].shape)
    alpha[:end] = random.integers(0, 256, alpha[:end].shape)
    for plane in (u, v):
        plane[: end // 2] = random.integers(0, 256, plane[: end // 2].shape)
    other = Sprite(0, 0, y, u, v, alpha, plain.shadow)
    with pytest.MonkeyPatch.context() as patch:
        made = []
        for sprite in (plain, other):
            patch.setattr(descriptor, "sprites", lambda *_, only, s=sprite: (s for _ in only))
            made.append(describe(tube, None, None))
    np.testing.assert_array_equal(*made)


def test_whatever_the_plate_is_it_is_the_same(look):
    box = (30.0, 40.0, 130.0, 120.0)
    plain, other = figure(RED, BLUE, box), figure(RED, BLUE, box)
    track = tube_of([box], "car").track
    ((x1, y1, x2, y2),) = plate_zones(track, 0)
    rows, columns = slice(int(y1), int(y2)), slice(int(x1), int(x2) + 1)
    other.y[rows, columns] = 220
    other.v[rows.start // 2 : rows.stop // 2, columns.start // 2 : columns.stop // 2] = 90
    np.testing.assert_array_equal(*(look(one, boxes=[box], label="car") for one in (plain, other)))
    assert mean(look(plain, boxes=[box]), look(other, boxes=[box])) < 0.9


def test_the_other_side_looks_the_same(look):
    one = figure(RED, BLUE)
    one.y[60:90, 44:56] = 30  # something on one side
    box = (WIDTH - BOX[2], BOX[1], WIDTH - BOX[0], BOX[3])
    turned = Sprite(
        0, 0, *(np.ascontiguousarray(p[:, ::-1]) for p in (one.y, one.u, one.v, one.alpha, one.shadow))
    )
    np.testing.assert_array_equal(look(one), look(turned, boxes=[box]))


def test_other_clothes_look_less_alike(look):
    made = look(figure(RED, BLUE))
    assert mean(made, look(figure(RED, BLUE))) > 0.97
    for other in ((BLUE, RED), (DARK, BLUE), (RED, DARK), (GREY, GREY)):
        assert mean(made, look(figure(*other))) < 0.75
    upper = alike(made, look(figure(RED, DARK)))
    assert upper[0] > 0.9 > upper[-1]  # by stripes, from the shoulders down


def test_where_it_stands_and_how_large_it_is_says_little(look):
    made = look(figure(RED, BLUE))
    box = (90.0, 80.0, 118.0, 150.0)
    assert mean(made, look(figure(RED, BLUE, box), boxes=[box])) > 0.9


def tinted(y, u, v):
    """Darker, and of warmer light: as another camera shows it."""
    height, width = y.shape
    packed = np.concatenate([p.ravel() for p in (y, u, v)]).reshape(height * 3 // 2, width)
    light = (cv2.cvtColor(packed, cv2.COLOR_YUV2RGB_I420) / 255.0) ** 2.2 * (0.95, 0.8, 0.62)
    back = cv2.cvtColor(np.rint(255 * light ** (1 / 2.2)).astype(np.uint8), cv2.COLOR_RGB2YUV_I420).ravel()
    y, u, v = np.split(back, [height * width, height * width * 5 // 4])
    return y.reshape(height, width), u.reshape(height // 2, -1), v.reshape(height // 2, -1)


def test_the_light_of_another_camera_is_taken_out(look):
    plain, other = figure(RED, BLUE), figure(RED, BLUE)
    y, u, v = tinted(other.y, other.u, other.v)
    warm = Sprite(0, 0, y, u, v, other.alpha, other.shadow)
    with_it = mean(look(plain, bank=bank_of()), look(warm, bank=bank_of(change=tinted)))
    without = mean(look(plain), look(warm))
    assert with_it > max(without + 0.05, 0.85)


def test_ground_that_was_cut_out_with_it_counts_little(look):
    loose = np.zeros((HEIGHT, WIDTH), np.uint8)
    loose[30:130, 40:80] = 255
    body = (50.0, 30.0, 70.0, 130.0)
    tight, wide = figure(RED, BLUE, body), figure(RED, BLUE, body, alpha=loose)
    colours = slice(0, BINS - 3)  # the outline itself is of course another

    def same(bank):
        pair = (look(tight, boxes=[BOX], bank=bank), look(wide, boxes=[BOX], bank=bank))
        a, b = (d.reshape(STRIPES, BINS)[:, colours].astype(float) for d in pair)
        return (a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())

    assert same(bank_of()) > 0.92 > 0.8 > same(None)


def test_many_samples_vote(look):
    odd = figure(DARK, DARK)
    most = look(*[figure(RED, BLUE)] * 9, odd)
    assert mean(most, look(figure(RED, BLUE))) > 0.9


def test_too_little_is_nothing(look):
    nothing = figure(RED, BLUE, alpha=np.zeros((HEIGHT, WIDTH), np.uint8))
    assert look(nothing) is None
    tiny = (40.0, 30.0, 46.0, 42.0)
    assert look(figure(RED, BLUE, tiny), boxes=[tiny]) is None
    assert look(nothing, figure(RED, BLUE)) is not None


def test_a_car_has_no_head_and_all_of_it_counts(look):
    plain = figure(RED, BLUE)
    other = figure(RED, BLUE)
    other.y[30:45, 40:80] = 240
    assert mean(look(plain, label="car"), look(other, label="car")) < 0.97
