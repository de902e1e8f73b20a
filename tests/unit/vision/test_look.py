"""Crops show what moves; detections come back to their place in the frame, one an object."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synopticon.values.detection import CLASS_INDEX, Detections
from synopticon.values.frame import Frame
from synopticon.vision.geometry import iou
from synopticon.vision.look import LookSettings, bgr_crop, look, looks_of, merge, moving_share, plan_crops
from synopticon.vision.motion import Motion
from synopticon.vision.observations import LOOK

SETTINGS = LookSettings()
PERSON, CAR, BAG = CLASS_INDEX["person"], CLASS_INDEX["car"], CLASS_INDEX["bag"]


def boxes_of(*rows):
    return np.array(rows, np.float32).reshape(-1, 4)


def found(*rows):
    """Detections from rows (box, score, class)."""
    return Detections(
        boxes_of(*(r[0] for r in rows)),
        np.array([r[1] for r in rows], np.float32),
        np.array([r[2] for r in rows], np.int16),
    )


def coloured(width=321, height=243, seed=0):
    """A frame of random soft colours, odd in both sides, its planes with a stride."""
    random = np.random.default_rng(seed)

    def plane(w, h):
        return cv2.resize(random.integers(40, 215, (8, 8), np.uint8), (w + 9, h))[:, :w]

    half = (width + 1) // 2, (height + 1) // 2
    return Frame(0, 0, 0.0, plane(width, height), plane(*half), plane(*half))


@st.composite
def scenes(draw):
    width, height = draw(st.integers(64, 1200)), draw(st.integers(64, 900))
    rows = []
    for _ in range(draw(st.integers(0, 6))):
        x, y = draw(st.floats(0, width - 8)), draw(st.floats(0, height - 8))
        rows.append((x, y, min(x + draw(st.floats(4, 400)), width), min(y + draw(st.floats(4, 400)), height)))
    return boxes_of(*rows), width, height


@given(scenes())
def test_every_box_is_shown_whole_and_large(scene):
    boxes, width, height = scene
    crops = plan_crops(boxes, width, height, SETTINGS)
    assert len(crops) <= len(boxes)
    for x1, y1, x2, y2 in crops:
        assert 0 <= x1 < x2 <= width
        assert 0 <= y1 < y2 <= height
    for x1, y1, x2, y2 in boxes:
        whole = [c for c in crops if c[0] <= x1 + 1 and c[1] <= y1 + 1 and x2 <= c[2] + 1 and y2 <= c[3] + 1]
        assert whole
        long = max(x2 - x1, y2 - y1)
        assert min(c[2] - c[0] for c in whole) <= max(SETTINGS.min_crop, SETTINGS.max_share * long) + 1


def test_neighbours_share_a_crop_and_a_distant_small_one_gets_its_own():
    near = boxes_of((100, 100, 130, 180), (135, 100, 165, 180))
    assert len(plan_crops(near, 1280, 720, SETTINGS)) == 1
    small = boxes_of((100, 100, 500, 500), (300, 300, 310, 325))
    crops = plan_crops(small, 1280, 720, SETTINGS)
    assert len(crops) == 2
    assert min(c[2] - c[0] for c in crops) in (SETTINGS.min_crop, SETTINGS.min_crop + 1)


@pytest.mark.parametrize(
    "crop", [(0, 0, 320, 242), (20, 30, 220, 230), (21, 31, 221, 231), (120, 42, 321, 243)]
)
def test_a_crop_is_cut_from_the_converted_picture(crop):
    frame = coloured()
    whole = np.concatenate(
        [frame.y[:242, :320].ravel(), frame.u[:121, :160].ravel(), frame.v[:121, :160].ravel()]
    )
    expected = cv2.cvtColor(whole.reshape(363, 320), cv2.COLOR_YUV2BGR_I420)
    got = bgr_crop(frame, crop)
    x, y = crop[0] & ~1, crop[1] & ~1
    assert np.array_equal(got, expected[y : y + got.shape[0], x : x + got.shape[1]])
    assert abs(got.shape[1] - (crop[2] - crop[0])) <= 1
    assert abs(got.shape[0] - (crop[3] - crop[1])) <= 1


class Bright:
    """Finds the one bright rectangle of a crop."""

    name = "bright"

    def __init__(self):
        self.shapes = []

    def detect(self, crops):
        self.shapes += [c.shape for c in crops]
        return [self._one(c) for c in crops]

    @staticmethod
    def _one(crop):
        rows, columns = np.nonzero(crop.mean(2) > 200)
        if not len(rows):
            return Detections.empty()
        box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        return found((box, 0.9, PERSON))


@pytest.mark.parametrize(
    "place", [(300, 200, 330, 270), (301, 201, 331, 271), (0, 400, 30, 480), (603, 3, 640, 90)]
)
def test_a_detection_lies_where_the_object_is(place):
    y = np.full((480, 640), 60, np.uint8)
    x1, y1, x2, y2 = place
    y[y1:y2, x1:x2] = 250
    grey = np.full((240, 320), 128, np.uint8)
    result = look(Frame(0, 0, 0.0, y, grey, grey), boxes_of(place), Bright(), SETTINGS)
    assert result.boxes.tolist() == [list(place)]


def test_nothing_moves_nothing_is_looked_at():
    detector = Bright()
    assert len(look(coloured(), boxes_of(), detector, SETTINGS)) == 0
    assert detector.shapes == []


def test_what_the_border_of_a_crop_cuts_is_left_to_another_crop():
    y = np.full((480, 640), 60, np.uint8)
    y[200:260, 150:400] = 250  # wider than the crop around the small thing that moves
    grey = np.full((240, 320), 128, np.uint8)
    result = look(Frame(0, 0, 0.0, y, grey, grey), boxes_of((240, 220, 260, 240)), Bright(), SETTINGS)
    assert len(result) == 0


def test_of_two_boxes_on_one_object_the_surer_stays():
    kept = merge(found(((0, 0, 40, 100), 0.6, PERSON), ((2, 0, 42, 98), 0.9, PERSON)), SETTINGS)
    assert kept.scores.tolist() == pytest.approx([0.9])


def test_a_part_of_a_body_is_no_second_body():
    kept = merge(found(((0, 0, 40, 100), 0.7, PERSON), ((5, 0, 35, 40), 0.6, PERSON)), SETTINGS)
    assert kept.boxes.tolist() == [[0, 0, 40, 100]]


def test_classes_of_different_groups_stand_beside_each_other():
    kept = merge(found(((0, 0, 200, 100), 0.9, CAR), ((150, 20, 190, 100), 0.8, PERSON)), SETTINGS)
    assert len(kept) == 2


def test_a_bag_that_a_person_carries_is_part_of_the_person():
    person, carried, alone = (
        ((0, 0, 40, 100), 0.9, PERSON),
        ((20, 40, 38, 70), 0.5, BAG),
        ((200, 40, 220, 70), 0.5, BAG),
    )
    kept = merge(found(person, carried, alone), SETTINGS)
    assert sorted(kept.classes.tolist()) == sorted([PERSON, BAG])
    assert [200, 40, 220, 70] in kept.boxes.tolist()


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(4, 40), st.integers(4, 40),
                          st.floats(0.1, 1.0), st.sampled_from([PERSON, CAR, BAG])), max_size=8))  # fmt: skip
def test_merging_is_idempotent_and_keeps_the_surest(rows):
    some = found(*(((x, y, x + w, y + h), s, c) for x, y, w, h, s, c in rows))
    once = merge(some, SETTINGS)
    twice = merge(once, SETTINGS)
    assert np.array_equal(once.boxes, twice.boxes)
    kinds = once.classes != BAG
    if len(some) and some.scores.max() > np.max(some.scores[some.classes == BAG], initial=0):
        assert once.scores.max() == some.scores.max()
    shared = iou(once.boxes, once.boxes)[kinds][:, kinds]
    same = once.classes[kinds][:, None] == once.classes[kinds][None]
    assert (shared[same & ~np.eye(len(shared), dtype=bool)] <= SETTINGS.max_iou).all()


def test_the_moving_share_of_a_box_is_counted():
    mask = np.zeros((60, 80), np.uint8)
    mask[10:20, 10:30] = 255
    motion = Motion(mask, 2, boxes_of(), np.zeros(0, np.float32), 0.0)
    shares = moving_share(
        motion, boxes_of((20, 20, 60, 40), (20, 20, 60, 60), (100, 100, 120, 110), (-40, -40, 0, 0))
    )
    assert shares.tolist() == pytest.approx([1.0, 0.5, 0.0, 0.0])


def test_a_look_is_of_the_middle_of_a_box_and_tells_colours_apart():
    y, u, v = (
        np.full((100, 100), 90, np.uint8),
        np.full((50, 50), 128, np.uint8),
        np.full((50, 50), 128, np.uint8),
    )
    y[:, 40:60], u[:, 20:30], v[:, 20:30] = 200, 80, 180
    looks = looks_of(
        Frame(0, 0, 0.0, y, u, v), boxes_of((34, 10, 66, 90), (0, 0, 3, 3), (-20, -20, 400, 400))
    )
    assert looks.shape == (3, LOOK)
    assert looks.dtype == np.uint8
    assert looks[0].tolist() == [200] * 16 + [80] * 16 + [180] * 16
    assert not looks[1].any(), "too small to be looked at"
    assert looks[2].any()
