from dataclasses import replace

import numpy as np

from synopticon.synopsis.zones import Masks
from tests.unit.synopsis.test_clips import track


def test_zones_are_held_before_and_after_a_track() -> None:
    masks = Masks([track(10, 12)], hold=0.8)
    assert masks.at(9.0) == []
    assert len(masks.at(9.5)) == 1
    assert len(masks.at(11.0)) == 1
    assert masks.at(11.04), "between two samples both are filled"
    assert len(masks.at(12.7)) == 1
    assert masks.at(12.9) == []


def test_zones_of_a_long_track_are_found_behind_short_ones() -> None:
    masks = Masks([track(0, 100, "long"), *(track(i, i + 1, f"s{i}") for i in range(1, 50))], hold=0.0)
    assert len(masks.at(90.0)) == 1


def test_a_large_vehicle_has_the_place_of_its_plate_in_a_zone() -> None:
    boxes = np.tile(np.array([50, 40, 170, 130], np.float32), (21, 1))
    car = replace(track(10, 12), label="car", boxes=boxes)
    ((x1, y1, x2, y2),) = Masks([car], hold=0.8).at(11.0)
    assert x1 < 65
    assert x2 > 155
    assert 40 + 0.35 * 90 < y1 < 40 + 0.45 * 90
    assert y2 > 130
    small = replace(car, boxes=boxes / 3)
    assert Masks([small], hold=0.8).at(11.0) == []


def test_zones_that_touch_a_box_are_those_of_anybody() -> None:
    masks = Masks([track(10, 12, "a"), track(11, 13, "b")], hold=0.0)
    near, far = np.array([50, 40, 70, 80], np.float32), np.array([100, 40, 120, 80], np.float32)
    assert len(masks.touching(near, 10.5)) == 1
    assert len(masks.touching(near, 11.5)) == 2
    assert len(masks.touching(far, 11.5)) == 0
