"""The decoder of YuNet's outputs."""

import numpy as np
import pytest

from synopticon.vision.detect.yunet import decoded

SIZE = (64, 32)


def outputs(cell=None, box=(0, 0, 0, 0), score=0.81):
    """All of nothing, but for one cell of stride 8."""
    cells = [SIZE[0] // s * (SIZE[1] // s) for s in (8, 16, 32)]
    made = [np.zeros((1, n, 1), np.float32) for n in (*cells, *cells)]
    made += [np.zeros((1, n, 4), np.float32) for n in cells]
    if cell is not None:
        made[0][0, cell], made[3][0, cell], made[6][0, cell] = score, 1.0, box
    return made


def test_a_cell_becomes_a_box():
    boxes, scores = decoded(outputs(8 + 2, (0.5, 0.25, np.log(2), np.log(3))), SIZE)
    (found,) = np.flatnonzero(scores > 0.5)
    assert scores[found] == pytest.approx(0.9)
    # row 1, column 2 of stride 8: the middle at (2.5 * 8, 1.25 * 8), 16 wide and 24 high
    assert boxes[found].tolist() == pytest.approx([12, -2, 28, 22])


def test_nothing_is_nothing():
    assert decoded(outputs(), SIZE)[1].max() == 0
