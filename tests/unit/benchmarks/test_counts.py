"""What the benchmark of counts takes for a crossing, and for right."""

import numpy as np
import pytest

from benchmarks.counts import accuracy, counted, crossed, feet, sixteen

LINE = ((0.5, 0.9), (0.5, 0.1))  # its right hand is to the right


@pytest.mark.parametrize("n", [1, 2, 15, 16, 17, 31, 100])
def test_a_path_of_any_length_crosses_as_often_as_it_does(n):
    path = np.stack([np.tile([0.4, 0.6], n)[:n], np.full(n, 0.5)], axis=1)
    inward, outward = crossed(path, LINE)
    assert (inward, outward) == (n // 2, (n - 1) // 2)


def test_what_is_kept_of_a_path_may_miss_a_way_there_and_back():
    path = np.full((151, 2), 0.4)
    path[72:75, 0] = 0.6
    assert counted([path], LINE) == [1, 1]
    assert counted([sixteen(path)], LINE) == [0, 0]


def test_feet_are_smoothed_over_a_second():
    boxes = np.array([[0, 0, 10, k % 2 * 20] for k in range(30)], float)
    middle = feet(boxes, 10.0, (100, 100))[5:-5]
    assert np.ptp(middle[:, 1]) < 0.03
    assert middle[0, 0] == 0.05


def test_wrong_counts_weigh_against_true_ones():
    assert accuracy([5, 5], [5, 5]) == 1
    assert accuracy([5, 5], [4, 6]) == 0.8
    assert accuracy([0, 0], [0, 1]) is None
