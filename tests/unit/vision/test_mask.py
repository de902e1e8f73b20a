"""The mask hook: whatever may be a person has its head in a zone."""

import numpy as np
import pytest

from synopticon.values.track import Track
from synopticon.vision.cutter import TubeSettings
from synopticon.vision.mask import READABLE, SLIM, head_zones, plate_zones


def track(label, box):
    one = np.zeros(1, np.int32)
    boxes = np.array([box], np.float32)
    return Track("t", label, 1.0, one, one.astype(np.int64), np.zeros(1), boxes, np.ones(1, np.bool_))


def covers(zone, x1, y1, x2, y2):
    return zone[0] <= x1 and zone[1] <= y1 and zone[2] >= x2 and zone[3] >= y2


@pytest.mark.parametrize("label", ["person", "object", "bicycle", "motorcycle"])
def test_the_head_of_an_upright_figure_is_covered(label):
    (zone,) = head_zones(track(label, (100, 50, 140, 150)), 0)
    assert covers(zone, 98, 46, 142, 50 + 18)
    assert zone[3] < 50 + 40  # the body stays visible


def test_a_person_wider_than_tall_is_covered_further_down():
    (zone,) = head_zones(track("person", (0, 0, 100, 60)), 0)
    assert covers(zone, 0, 0, 100, 30)


@pytest.mark.parametrize("label", ["car", "bus", "truck", "train", "boat", "animal", "bag"])
def test_vehicles_animals_and_bags_have_no_head(label):
    assert head_zones(track(label, (0, 0, 10, 30)), 0).shape == (0, 4)


def test_what_only_moves_is_masked_unless_it_is_very_wide():
    assert len(head_zones(track("object", (0, 0, 100, 100)), 0)) == 1
    assert len(head_zones(track("object", (0, 0, 200, 100)), 0)) == 1
    assert len(head_zones(track("object", (0, 0, 300, 100)), 0)) == 0


def test_the_zone_covers_all_of_the_margin_that_is_cut_out_with_an_object():
    settings = TubeSettings()
    for box in ((100, 50, 140, 150), (100, 50, 400, 700)):
        (zone,) = head_zones(track("person", box), 0)
        margin = settings.margin * (box[2] - box[0]) + settings.pixels
        assert zone[0] <= box[0] - margin
        assert zone[2] >= box[2] + margin
        assert zone[1] <= box[1] - settings.margin * (box[3] - box[1]) - settings.pixels


def of_heights(*heights):
    """A person whose foot stands at 200, one box each half second, so many pixels high."""
    n = len(heights)
    boxes = np.array([(100, 200 - h, 140, 200) for h in heights], np.float32)
    none = np.zeros(n, np.int32)
    return Track("t", "object", 1.0, none, np.arange(n), np.arange(n) / 2, boxes, np.ones(n, np.bool_))


def test_a_box_that_holds_somebody_else_for_a_while_is_covered_down_to_its_own_head():
    joined = of_heights(100, 100, 150, 100, 100)
    (zone,) = head_zones(joined, 2)
    assert covers(zone, 98, 46, 142, 200 - 100 + 25)
    assert head_zones(joined, 1)[0][3] < 200 - 60


def test_somebody_who_comes_into_the_picture_is_not_covered_further_down():
    (zone,) = head_zones(of_heights(20, 60, 100, 100, 100), 3)
    assert zone[3] < 200 - 60
    (zone,) = head_zones(of_heights(100, 100, 100, 60, 20), 1)
    assert zone[3] < 200 - 60


def driver(*widths, label="car", high=0.75, rate=2.2):
    """A vehicle, about two boxes a second, so many pixels wide."""
    n = len(widths)
    boxes = np.array([(100, 50, 100 + w, 50 + high * w) for w in widths], np.float32)
    none = np.zeros(n, np.int32)
    return Track("t", label, 1.0, none, np.arange(n), np.arange(n) / rate, boxes, np.ones(n, np.bool_))


@pytest.mark.parametrize("label", ["car", "bus", "truck", "motorcycle", "object"])
def test_the_lower_middle_of_what_may_carry_a_plate_is_covered(label):
    (zone,) = plate_zones(driver(100, label=label), 0)
    assert covers(zone, 108, 50 + 0.45 * 75, 192, 50 + 75 + 0.16 * 75)
    assert zone[1] >= 50 + 0.4 * 75  # the upper part stays visible


@pytest.mark.parametrize("label", ["person", "bicycle", "train", "boat", "animal", "bag"])
def test_what_carries_no_plate_has_no_zone(label):
    assert plate_zones(driver(200, label=label), 0).shape == (0, 4)


def test_a_vehicle_too_small_for_a_plate_to_be_read_stays_as_it_is():
    assert len(plate_zones(driver(READABLE), 0)) == 1
    assert len(plate_zones(driver(READABLE - 1), 0)) == 0


def test_the_zone_comes_a_second_before_a_plate_can_be_read_and_goes_a_second_after():
    """It does not flicker, and one that comes into the picture, cut by its border, has it already."""
    found = [len(plate_zones(driver(20, 20, 20, 60, 20, 20, 20), k)) for k in range(7)]
    assert found == [0, 1, 1, 1, 1, 1, 0]


def test_the_plate_of_what_is_seen_from_above_is_low_and_not_at_the_side():
    (level,), (above,) = (plate_zones(driver(100, high=high), 0) for high in (0.7, 1.5))
    assert above[0] > level[0]
    assert above[2] < level[2]
    assert (above[1] - 50) / 150 > (level[1] - 50) / 70


def test_who_walks_is_no_vehicle_and_what_is_wider_may_be_one():
    walker = driver(60, label="object", high=1.02 / SLIM)
    assert len(plate_zones(walker, 0)) == 0
    assert len(plate_zones(walker, 0, slim=0.0)) == 1
    assert len(plate_zones(driver(60, label="object", high=0.98 / SLIM), 0)) == 1
