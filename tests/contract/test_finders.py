"""What everything keeps that finds what must be masked; a new one is added to one list."""

import numpy as np
import pytest

from synopticon.models.cards import find
from synopticon.vision.detect import Finder, open_finder
from tests.contract.test_detectors import noise, weights

FINDERS = ("yunet", "centerface", "lpd-yunet")


class Everything:
    """A finder that takes each picture for a face: the smallest thing that keeps the contract."""

    name = "everything"

    def find(self, picture, score):
        return np.array([[0, 0, picture.shape[1], picture.shape[0]]], np.float32)


REAL = [pytest.param(name, marks=pytest.mark.model) for name in FINDERS if weights(name)]


@pytest.fixture(scope="module", params=["everything", *REAL])
def finder(request) -> Finder:
    if request.param == "everything":
        return Everything()
    return open_finder(find(request.param), weights(request.param))


@pytest.mark.parametrize("size", [(200, 200), (7, 5), (1, 1), (640, 33), (33, 480), (1500, 90)])
def test_boxes_in_a_picture_of_any_size(finder, size):
    picture = noise(*size)
    before = picture.copy()
    boxes = finder.find(picture, 0.01)
    assert np.array_equal(picture, before), "it is not written to"
    assert boxes.dtype == np.float32
    assert boxes.shape == (len(boxes), 4)
    assert np.isfinite(boxes).all()
    assert (boxes[:, 2:] >= boxes[:, :2]).all()


def test_it_has_a_name_and_answers_alike_twice(finder):
    assert finder.name
    picture = noise(160, 120, 3)
    first = finder.find(picture, 0.02)
    finder.find(noise(90, 70), 0.02)
    assert np.array_equal(first, finder.find(picture, 0.02))
