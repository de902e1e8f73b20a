"""Rows of tracks: nothing is lost in packing, the cells are those that were touched."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from synopticon.errors import StoreError
from synopticon.store.tracks import packed, unpacked
from synopticon.values.cells import CELLS, cells_of, visited
from synopticon.values.track import Track
from tests.holdings import track_at

SIZE = (640, 480)


def same(a, b):
    for name in Track.__slots__:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_packing_loses_nothing(n, seed):
    chance = np.random.default_rng(seed)
    t = Track(
        "t", "car", 0.25, np.sort(chance.integers(0, 3, n)).astype(np.int32), chance.integers(-9, 2**60, n),
        chance.normal(0, 1e6, n), chance.normal(0, 500, (n, 4)).astype(np.float32), chance.random(n) < 0.5,
    )  # fmt: skip
    same(unpacked(packed(t), "t", "car", 0.25), t)


def test_damage_is_named():
    data = packed(track_at("t", 0.0, 1.0))
    for wrong in (b"", data[:3], data[:-5], data[:4] + b"?" + data[5:]):
        with pytest.raises(StoreError, match=r"track t are damaged .*copy"):
            unpacked(wrong, "t", "car", 0.5)


def slow_cells(t, width, height):
    """All cells that a point of a box, or of the way between two boxes, lies in; at many steps."""
    grid = np.zeros((CELLS, CELLS), bool)
    for a, b in zip(t.boxes, np.vstack([t.boxes[1:], t.boxes[-1:]]), strict=True):
        for share in np.linspace(0, 1, 40):
            x1, y1, x2, y2 = a * (1 - share) + b * share
            for x in np.linspace(x1, x2, 12):
                for y in np.linspace(y1, y2, 12):
                    column, row = int(x / width * CELLS), int(y / height * CELLS)
                    if 0 <= column < CELLS and 0 <= row < CELLS:
                        grid[row, column] = True
    return cells_of(grid)


@pytest.mark.parametrize("seed", range(6))
def test_no_cell_that_was_touched_is_missing(seed):
    t = track_at("t", 0.0, 1.0, seed)
    fast, slow = visited(t, *SIZE), slow_cells(t, *SIZE)
    assert fast & slow == slow


def test_cells_are_numbered_row_by_row_from_the_top_left():
    def at(x, y):
        boxes = np.array([[x, y, x + 10, y + 10]], np.float32)
        one = np.zeros(1)
        return visited(
            Track("t", "car", 1, one.astype(np.int32), one.astype(np.int64), one, boxes, one > 0), *SIZE
        )

    assert at(5, 5) == 1
    assert at(85, 5) == 2
    assert at(5, 65) == 1 << 8
    assert at(625, 465) == 1 << 63
    assert at(-50, -50) == 1, "what lies outside counts at the edge"


@given(arrays.arrays(bool, (8, 8)))
def test_every_mask_can_be_kept(grid):
    mask = cells_of(grid)
    assert mask.bit_count() == grid.sum()
    assert 0 <= mask < 1 << 64
