"""Outlines: a car from above is a filled box, somebody who walks is not."""

import cv2
import numpy as np
import pytest

from synopticon.vision.outline import SAMPLES, UNKNOWN, outline, stiff

CAR = (0.96, 0.85, 1.8)


def drawn(draw):
    alpha = np.zeros((200, 200), np.uint8)
    draw(alpha)
    return alpha


def walker(alpha):
    cv2.ellipse(alpha, (100, 60), (14, 34), 0, 0, 360, 255, -1)
    for x in (80, 120):
        cv2.line(alpha, (100, 90), (x, 170), 255, 9)


def car(alpha, angle=20):
    corners = cv2.boxPoints(((100, 100), (60, 110), angle)).astype(np.int32)
    cv2.fillConvexPoly(alpha, corners, 255)


@pytest.mark.parametrize("angle", [0, 20, 45])
def test_a_box_fills_its_hull_and_its_rectangle_however_it_is_turned(angle):
    hull, square, long = outline(drawn(lambda a: car(a, angle)))
    assert (hull, square) == pytest.approx((1, 1), abs=0.06)
    assert long == pytest.approx(110 / 60, abs=0.1)


def test_legs_make_an_outline_hollow():
    hull, square, _ = outline(drawn(walker))
    assert hull < 0.85
    assert square < 0.6


def test_the_largest_piece_counts():
    def two(alpha):
        car(alpha)
        alpha[:8, :8] = 255

    assert outline(drawn(two)) == outline(drawn(car))


def test_nothing_and_too_little_have_no_outline():
    assert np.isnan(outline(drawn(lambda a: None))).all()
    assert np.isnan(outline(drawn(lambda a: cv2.circle(a, (50, 50), 5, 255, -1)))).all()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([CAR] * SAMPLES, True),
        ([CAR] * SAMPLES + [UNKNOWN] * 9, True),
        ([CAR] * (SAMPLES - 1) + [UNKNOWN] * 9, False),
        ([(0.8, 0.6, 2.3)] * 9, False),
        ([(0.96, 0.7, 1.8)] * 9, False),
        ([(0.97, 0.9, 4.0)] * 9, False),
        ([], False),
    ],
)
def test_what_is_stiff(rows, said):
    assert stiff(np.array(rows, np.float32).reshape(-1, 3)) is said
