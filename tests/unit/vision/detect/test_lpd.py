"""The anchors of LPD-YuNet and the decoder of its outputs."""

import numpy as np
import pytest

from synopticon.vision.detect.lpd import anchors, decoded

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
    boxes, scores = decoded([loc, kind, fit], about)
    # a side of 16: a tenth of it is 1.6 pixels
    assert boxes[1].tolist() == pytest.approx([4 - 16, 4 - 8, 4 + 32, 4 + 8])
    assert scores.tolist() == pytest.approx([0, 0.9])
