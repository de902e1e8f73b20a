"""The decoder of CenterFace's outputs."""

import numpy as np
import pytest

from synopticon.vision.detect.centerface import decoded


def outputs(row=3, column=5, score=0.8):
    heat, extent, offset = (np.zeros((n, 8, 16), np.float32) for n in (1, 2, 2))
    heat[0, row, column] = score
    extent[:, row, column] = np.log(6), np.log(4)  # height, width
    offset[:, row, column] = 0.25, -0.5  # down, right
    return heat[0], extent, offset


def test_a_cell_becomes_a_box():
    boxes, scores = decoded(*outputs(), 0.5)
    assert scores.tolist() == pytest.approx([0.8])
    # the middle at (5, 3.75) cells of 4 pixels: (20, 15); 16 wide and 24 high
    assert boxes.tolist() == [pytest.approx([12, 3, 28, 27])]


def test_a_score_that_is_too_low_is_nothing():
    assert decoded(*outputs(score=0.4), 0.5)[0].shape == (0, 4)
