"""Box arithmetic, checked against a slow count of cells."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synopticon.vision.geometry import areas, centres, contained, iou, overlaps, paired_iou

SIDE = 12


def cells(box):
    """The unit cells of a box with whole corners."""
    x1, y1, x2, y2 = (int(v) for v in box)
    return {(x, y) for x in range(x1, x2) for y in range(y1, y2)}


@st.composite
def box_lists(draw, least=0):
    corner = st.integers(0, SIDE)
    rows = draw(st.lists(st.tuples(corner, corner, corner, corner), min_size=least, max_size=5))
    ordered = [(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in rows]
    return np.array(ordered, np.float32).reshape(-1, 4)


@given(box_lists(), box_lists())
def test_every_measure_is_a_count_of_cells(a, b):
    assert [len(cells(x)) for x in a] == areas(a).tolist()
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            both, either = len(cells(x) & cells(y)), len(cells(x) | cells(y))
            smaller = min(len(cells(x)), len(cells(y)))
            assert overlaps(a, b)[i, j] == both
            assert iou(a, b)[i, j] == pytest.approx(both / either if either else 0)
            assert contained(a, b)[i, j] == pytest.approx(both / smaller if smaller else 0)
    assert overlaps(a, b).shape == iou(a, b).shape == contained(a, b).shape == (len(a), len(b))


@given(box_lists(1))
def test_rows_in_pairs_are_the_diagonal(a):
    b = np.roll(a, 1, axis=0)
    assert paired_iou(a, b) == pytest.approx(np.diag(iou(a, b)))


def test_an_inverted_box_holds_nothing():
    assert areas(np.array([[5, 5, 2, 9]], np.float32)).tolist() == [0]


def test_centres():
    assert centres(np.array([[0, 2, 3, 10]], np.float32)).tolist() == [[1.5, 6]]
