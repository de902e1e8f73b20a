"""Several pictures of a plate made into one."""

import cv2
import numpy as np
import pytest

from synopticon.vision.plate import Place
from synopticon.vision.plate_fuse import fused

SIZE = (160, 60)
MIDDLE = (80.0, 30.0)
HIGH, WIDE = 16.0, 75.0


def drawn(text="AB 123 CD"):
    """A plate eight times as large as it is seen."""
    sign = np.full((128, 600, 3), 220, np.uint8)
    cv2.putText(sign, text, (20, 100), cv2.FONT_HERSHEY_SIMPLEX, 3.2, (20, 20, 20), 12, cv2.LINE_AA)
    return sign


def corners(x=0.0, y=0.0, scale=1.0):
    half = np.array([WIDE, HIGH]) / 2 * scale
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    return (np.array(MIDDLE) + [x, y] + signs * half).astype(np.float32)


def seen(rng, sign, x=0.0, y=0.0, scale=1.0, noise=25.0, ground=90):
    """A picture of a plate a little beside the middle, with noise; what is behind it differs."""
    small = cv2.resize(sign, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    high, wide = small.shape[:2]
    source = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    bend = cv2.getPerspectiveTransform(source, corners(x, y, scale))
    picture = np.full((SIZE[1], SIZE[0], 3), ground, np.uint8)
    cv2.warpPerspective(small, bend, SIZE, picture, cv2.INTER_CUBIC, cv2.BORDER_TRANSPARENT)
    return np.clip(picture + rng.normal(0, noise, picture.shape), 0, 255).astype(np.uint8)


def shown(picture, place):
    """The inside of a plate, of one size, so that pictures of it may be compared."""
    there = np.array([[0, 0], [150, 0], [150, 32], [0, 32]], np.float32)
    bend = cv2.getPerspectiveTransform(place.corners, there)
    return cv2.warpPerspective(picture, bend, (150, 32), flags=cv2.INTER_CUBIC)[4:-4, 8:-8].astype(float)


def test_less_noise_is_left_though_each_shows_it_elsewhere_and_as_large_as_it_likes():
    rng, place = np.random.default_rng(1), Place(corners(), 0.8)
    clean = shown(seen(rng, drawn(), noise=0), place)
    best = seen(rng, drawn())
    others = [
        (
            seen(rng, drawn(), *rng.uniform(-6, 6, 2), rng.uniform(0.9, 1.1), ground=int(rng.integers(255))),
            corners(),
        )
        for _ in range(5)
    ]
    made = fused(best, place, others)
    assert made.pictures == 6
    error, before = (
        np.sqrt(np.mean((shown(*p) - clean) ** 2)) for p in ((made.picture, made.place), (best, place))
    )
    assert error < 0.6 * before


def test_what_is_not_moved_is_blurred_and_what_is_moved_is_not():
    """The pictures are laid over each other to a part of a pixel: their edges stay."""
    rng, place = np.random.default_rng(2), Place(corners(), 0.8)
    best = seen(rng, drawn(), noise=3)
    moves = [(0.5, 0.3), (1.5, -0.7), (-2.3, 0.4), (3.6, 1.2)]
    made = fused(best, place, [(seen(rng, drawn(), *m, noise=3), corners()) for m in moves])
    assert made.pictures == 5
    alone = shown(best, place)
    assert np.abs(shown(made.picture, made.place) - alone).mean() < 12
    assert np.abs(shown(seen(rng, drawn(), *moves[-1], noise=3), place) - alone).mean() > 30


@pytest.mark.parametrize(
    "other",
    [
        np.full((SIZE[1], SIZE[0], 3), 90, np.uint8),
        np.random.default_rng(4).integers(0, 255, (SIZE[1], SIZE[0], 3)).astype(np.uint8),
    ],
    ids=["nothing", "noise"],
)
def test_what_shows_another_thing_takes_no_part(other):
    rng, place = np.random.default_rng(3), Place(corners(), 0.8, by_text=True)
    assert fused(seen(rng, drawn()), place, [(other, corners())]) is None
    made = fused(seen(rng, drawn()), place, [(other, corners()), (seen(rng, drawn()), corners(2, 1))])
    assert made.pictures == 2
    assert made.place.by_text


def test_none_but_itself_is_no_picture_of_several():
    assert fused(seen(np.random.default_rng(5), drawn()), Place(corners(), 0.8), []) is None
