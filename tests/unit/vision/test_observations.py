"""Observations are collected, stored, cut and joined without loss."""

from itertools import pairwise

import numpy as np
import pytest

from synopticon.vision.observations import LOOK, Observations, ObservationsBuilder
from tests.unit.vision.seen import path, watch


def same(a, b):
    return all(np.array_equal(x, b.arrays()[name]) for name, x in a.arrays().items())


def test_a_builder_without_frames_gives_empty_arrays_of_the_right_kind():
    empty = ObservationsBuilder().build()
    assert len(empty) == 0
    assert empty.det_boxes.shape == empty.blob_boxes.shape == (0, 4)
    assert empty.det_looks.shape == empty.blob_looks.shape == (0, LOOK)
    kinds = {name: column.dtype for name, column in empty.arrays().items()}
    full = watch([path((0, 0), (10, 0))], 1.0).arrays()
    assert kinds == {name: column.dtype for name, column in full.items()}


def test_what_is_seen_points_to_its_frame():
    builder = ObservationsBuilder()
    blob = np.array([[1, 2, 3, 4]], np.float32), np.array([4], np.float32), np.zeros((1, LOOK), np.uint8)
    builder.add_frame(0, 10, 0.1, watched=True, looked=False)
    builder.add_frame(0, 20, 0.2, watched=True, looked=False)
    builder.add_blobs(*blob)
    builder.add_frame(1, 5, 0.3, watched=False, looked=False)
    seen = builder.build()
    assert seen.blob_frame.tolist() == [1]
    assert seen.item_times().tolist() == [0.2]
    assert seen.source.tolist() == [0, 0, 1]
    assert seen.watched.tolist() == [True, True, False]


def test_arrays_and_back():
    seen = watch([path((0, 0), (30, 0)), path((600, 100), (-40, 5))], 2.0)
    assert same(Observations.of(seen.arrays()), seen)


@pytest.mark.parametrize("cuts", [[], [0], [7], [3, 3, 20], [1, 2, 3, 23, 24]])
def test_parts_joined_are_the_whole(cuts):
    seen = watch([path((0, 0), (30, 0)), path((600, 100), (-40, 5), begin=0.5, end=1.2)], 2.0)
    edges = [0, *cuts, len(seen)]
    parts = [seen.part(a, b) for a, b in pairwise(edges)]
    assert [len(p) for p in parts] == [b - a for a, b in pairwise(edges)]
    assert same(Observations.join(parts), seen)
    for part in parts:
        assert ((part.det_frame >= 0) & (part.det_frame < len(part))).all()
