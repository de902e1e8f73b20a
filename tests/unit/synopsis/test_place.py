import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from synopticon.synopsis.place import place

SIZE = (640, 480)
NONE = np.zeros((0, 4), np.float32)


def put(
    boxes: list[tuple[float, ...]],
    size: tuple[int, int] = (60, 16),
    last: list[int] | None = None,
    taken: NDArray[np.float32] = NONE,
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    n = len(boxes)
    sides = np.array(last or [-1] * n, np.int64)
    return place(
        np.array(boxes, np.float32).reshape(n, 4), np.full((n, 2), size, np.int64), sides, SIZE, taken
    )


def shared(a: NDArray[np.int32], b: tuple[float, ...]) -> float:
    return max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))


def test_above_the_object_first() -> None:
    spots, _ = put([(300, 200, 340, 300)])
    assert spots[0].tolist() == [290, 182, 350, 198]


def test_below_when_there_is_no_room_above() -> None:
    spots, _ = put([(300, 4, 340, 300)])
    assert spots[0][1] >= 300


def test_beside_an_object_as_high_as_the_picture() -> None:
    spots, _ = put([(300, 0, 340, 480)])
    assert shared(spots[0], (300, 0, 340, 480)) == 0


def test_a_label_keeps_its_side() -> None:
    _, sides = put([(300, 200, 340, 300)], last=[1])
    assert sides[0] == 1


def test_two_labels_do_not_cover_each_other() -> None:
    spots, _ = put([(300, 200, 340, 300), (310, 202, 350, 302)])
    assert shared(spots[0], tuple(spots[1])) == 0


def test_the_mark_is_left_alone() -> None:
    mark = np.array([[200, 150, 500, 199]], np.float32)
    spots, _ = put([(300, 200, 340, 300)], taken=mark)
    assert shared(spots[0], tuple(mark[0])) == 0


corner = st.tuples(st.floats(-50, 700), st.floats(-50, 500), st.floats(1, 400), st.floats(1, 400))


@given(st.lists(corner, min_size=1, max_size=12))
def test_labels_stay_inside_on_even_corners(found: list[tuple[float, float, float, float]]) -> None:
    spots, sides = put([(x, y, x + w, y + h) for x, y, w, h in found])
    assert (spots[:, :2] >= 0).all()
    assert (spots[:, 2] <= SIZE[0]).all()
    assert (spots[:, 3] <= SIZE[1]).all()
    assert (spots % 2 == 0).all()
    assert (sides >= 0).all()


@given(st.tuples(st.floats(0, 600), st.floats(0, 440), st.floats(4, 40), st.floats(4, 40)))
def test_an_object_that_leaves_room_is_never_covered(found: tuple[float, float, float, float]) -> None:
    x, y, w, h = found
    spots, _ = put([(x, y, x + w, y + h)])
    assert shared(spots[0], (x, y, x + w, y + h)) == 0
