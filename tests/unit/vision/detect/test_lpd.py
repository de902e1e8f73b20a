"""The anchors of LPD-YuNet and the decoder of its outputs."""

import numpy as np
import pytest

from synopticon.vision.detect.lpd import anchors, around, corners_of, decoded, whole

SIZE = (320, 240)


def test_there_is_an_anchor_for_each_row_of_the_outputs():
    assert len(anchors(SIZE)) == 4385  # as the file states
    assert anchors(SIZE)[:4].tolist() == [[4, 4, 10], [4, 4, 16], [4, 4, 24], [12, 4, 10]]


def test_four_corners_become_a_box_around_them():
    about = anchors(SIZE)[:2]
    loc, kind, fit = np.zeros((2, 14), np.float32), np.zeros((2, 2), np.float32), np.zeros((2, 1), np.float32)
    loc[1, [4, 5, 6, 7]] = -10, -5, 20, -3
    loc[1, [10, 11, 12, 13]] = 18, 5, -8, 4
    kind[1, 1], fit[1, 0] = 0.81, 1.2  # fit is cut to 1
    corners, scores = decoded([loc, kind, fit], about)
    boxes = around(corners)
    # a side of 16: a tenth of it is 1.6 pixels
    assert boxes[1].tolist() == pytest.approx([4 - 16, 4 - 8, 4 + 32, 4 + 8])
    assert scores.tolist() == pytest.approx([0, 0.9])


def test_corners_that_fall_together_are_told_from_those_of_a_plate():
    plate = np.array([[94, 198], [205, 215], [206, 243], [93, 226]], np.float32)
    fallen = np.array([[94, 198], [155, 215], [206, 233], [145, 217]], np.float32)
    twisted = plate[[0, 2, 1, 3]]
    assert whole(np.stack([plate, fallen, twisted, plate[::-1]])).tolist() == [True, False, False, False]


def test_the_corners_of_a_box_go_round_it():
    box = np.array([[1, 2, 30, 12]], np.float32)
    assert corners_of(box)[0].tolist() == [[1, 2], [30, 2], [30, 12], [1, 12]]
    assert np.array_equal(around(corners_of(box)), box)
    assert whole(corners_of(box)).all()
