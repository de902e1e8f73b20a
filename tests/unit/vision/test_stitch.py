"""Stitching: fragments of one body become one chain; strangers do not."""

import numpy as np
import pytest

from synopticon.values.detection import CLASS_INDEX
from synopticon.vision.geometry import paired_contained
from synopticon.vision.stitch import Piece, doubles, group_of, stitch
from tests.unit.vision.seen import PICTURE, look_of


def piece(start, end, place, speed=(0.0, 0.0), *, size=(24, 60), look=0, group="person", rate=12):
    """A piece that is at ``place`` at time 0 of the picture and moves evenly."""
    times = np.arange(round(start * rate), round(end * rate) + 1) / rate
    x, y = (place[k] + speed[k] * times for k in (0, 1))
    boxes = np.stack([x, y, x + size[0], y + size[1]], 1).astype(np.float32)
    return Piece(np.arange(len(times)), times, boxes, np.tile(look_of(look), (len(times), 1)), group)


def chains(*pieces):
    return sorted(stitch(list(pieces), *PICTURE))


def test_no_pieces_no_chains():
    assert chains() == []


def test_a_walker_behind_a_pillar_is_one():
    assert chains(piece(0, 2, (100, 200), (40, 0)), piece(3, 5, (100, 200), (40, 0))) == [[0, 1]]


def test_the_order_of_the_pieces_does_not_matter():
    assert chains(piece(3, 5, (100, 200), (40, 0)), piece(0, 2, (100, 200), (40, 0))) == [[1, 0]]


@pytest.mark.parametrize(
    "other",
    [
        piece(3, 5, (400, 200), (40, 0)),  # elsewhere
        piece(3, 5, (100, 200), (40, 0), size=(60, 150)),  # of another size
        piece(3, 5, (100, 200), (40, 0), group="vehicle"),  # of another kind
        piece(9.5, 12, (100, 200), (0, 0)),  # too late
        piece(0, 2, (100, 300), (40, 0)),  # at the same time
    ],
)
def test_strangers_are_not_joined(other):
    assert chains(piece(0, 2, (100, 200), (40, 0)), other) == [[0], [1]]


def test_what_has_no_name_fits_any():
    assert chains(piece(0, 2, (100, 200), (40, 0)), piece(2.5, 5, (100, 200), (40, 0), group="object")) == [
        [0, 1]
    ]


def test_of_two_who_could_be_its_continuation_one_is():
    """Both come back after the pillar; the one that fits better is taken, and the other stays alone."""
    first = piece(0, 2, (100, 200), (40, 0))
    better, worse = piece(2.6, 5, (101, 200), (40, 0)), piece(2.6, 5, (112, 206), (40, 0))
    assert chains(first, better) == chains(first, worse) == [[0, 1]]
    assert chains(first, worse, better) == [[0, 2], [1]]


def test_of_two_who_could_be_its_beginning_one_is():
    last = piece(3, 5, (100, 200), (40, 0))
    better, worse = piece(0, 2.4, (101, 200), (40, 0)), piece(0, 2.4, (112, 206), (40, 0))
    assert chains(last, better) == chains(last, worse) == [[1, 0]]
    assert chains(last, worse, better) == [[1], [2, 0]]


def test_whoever_left_the_picture_may_have_been_anybody():
    leaving = piece(0, 2, (600 - 16, 200), (8, 0))
    assert chains(leaving, piece(3.5, 6, (600 - 16, 200), (8, 0))) == [[0], [1]]


def test_overlapping_pieces_of_one_body_are_joined_if_the_boxes_agree():
    first = piece(0, 2, (100, 200), (40, 0))
    assert chains(first, piece(1.5, 4, (102, 200), (40, 0))) == [[0, 1]]
    assert chains(first, piece(1.5, 4, (170, 200), (40, 0))) == [[0], [1]]


def test_a_chain_of_three():
    line = [piece(a, a + 1, (100, 200), (40, 0)) for a in (0, 1.5, 3)]
    assert chains(*line) == [[0, 1, 2]]


def test_the_group_with_the_larger_sum_wins():
    classes = np.array([CLASS_INDEX[c] for c in ("person", "car", "truck")], np.int16)
    assert group_of(classes, np.array([0.8, 0.5, 0.5], np.float32)) == "vehicle"
    assert group_of(classes, np.array([0.9, 0.4, 0.4], np.float32)) == "person"


def test_a_double_is_the_less_worthy_of_two_on_one_body():
    a, b, far = piece(0, 5, (100, 200)), piece(1, 3, (101, 203)), piece(1, 3, (300, 200))
    boxes, times = [p.boxes for p in (a, b, far)], [p.times for p in (a, b, far)]
    assert doubles(boxes, times, [10.0, 4.0, 4.0]) == {1}
    assert doubles(boxes, times, [1.0, 4.0, 4.0]) == set(), "the long one is not on the short one for long"
    assert doubles([], [], []) == set()


def test_contained_row_by_row():
    a = np.array([[0, 0, 10, 10], [0, 0, 10, 10]], np.float32)
    b = np.array([[5, 0, 15, 10], [2, 2, 4, 4]], np.float32)
    assert paired_contained(a, b) == pytest.approx([0.5, 1.0])
