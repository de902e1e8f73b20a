"""What every detector keeps; a new one is added to one list.

Models whose files are not here are left out of the list; they are looked for beside the test recordings and
in the folder that SYNOPTICON_MODELS names.
"""

import os
from pathlib import Path

import numpy as np
import pytest

from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.models.cards import find
from synopticon.values.detection import CLASS_INDEX, CLASSES, Detections
from synopticon.vision.detect import Detector, open_detector
from synopticon.vision.look import bgr_crop

MODELS = ("yolox-nano", "yolox-s", "nanodet-plus", "ssd-mobilenet-v3")


class Everything:
    """A detector that takes each crop for a person: the smallest thing that keeps the contract."""

    name = "everything"

    def detect(self, crops):
        return [
            Detections(
                np.array([[0, 0, c.shape[1], c.shape[0]]], np.float32),
                np.ones(1, np.float32),
                np.array([CLASS_INDEX["person"]], np.int16),
            )
            for c in crops
        ]


def weights(name):
    """Where the weights of a model lie, or None."""
    main = find(name).files[0].name
    beside = os.environ.get("SYNOPTICON_FOOTAGE")
    folders = [Path(beside).parent / "models"] if beside else []
    folders += [Path(os.environ["SYNOPTICON_MODELS"])] if os.environ.get("SYNOPTICON_MODELS") else []
    return next((folder / main for folder in folders if (folder / main).is_file()), None)


REAL = [pytest.param(name, marks=pytest.mark.model) for name in MODELS if weights(name)]


@pytest.fixture(scope="module")
def detector(request) -> Detector:
    if request.param == "everything":
        return Everything()
    return open_detector(find(request.param), weights(request.param))


every = pytest.mark.parametrize("detector", ["everything", *REAL], indirect=True, scope="module")
real = pytest.mark.parametrize("detector", REAL, indirect=True, scope="module")


@pytest.fixture(scope="module")
def street(footage_folder):
    """A frame of vtest with people in it."""
    with open_reader(probe([footage_folder / "opencv_samples" / "vtest.avi"]), 8.0, 8.05) as reader:
        return next(iter(reader))


def noise(width, height, seed=0):
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)


@every
def test_one_answer_for_each_crop_of_any_size(detector):
    crops = [noise(w, h) for w, h in ((200, 200), (7, 5), (1, 1), (640, 33), (33, 480))]
    before = [c.copy() for c in crops]
    found = detector.detect(crops)
    assert len(found) == len(crops)
    assert all(np.array_equal(a, b) for a, b in zip(crops, before, strict=True)), "crops are not written to"
    for one in found:
        assert one.boxes.dtype == np.float32
        assert np.isfinite(one.boxes).all()
        assert (one.boxes[:, 2:] > one.boxes[:, :2]).all()
        assert ((one.scores >= 0) & (one.scores <= 1)).all()
        assert ((one.classes >= 0) & (one.classes < len(CLASSES))).all()


@every
def test_no_crops_no_answers(detector):
    assert detector.detect([]) == []


@every
def test_it_has_a_name_and_answers_alike_twice(detector):
    assert detector.name
    crop = noise(120, 160, 3)
    first, second = detector.detect([crop, noise(50, 50)])[0], detector.detect([crop])[0]
    assert np.array_equal(first.boxes, second.boxes)
    assert np.array_equal(first.scores, second.scores)


@real
@pytest.mark.footage
def test_it_finds_the_people_in_a_street(detector, street):
    (found,) = detector.detect([bgr_crop(street, (300, 0, 600, 300))])
    persons = found[(found.classes == CLASS_INDEX["person"]) & (found.scores > 0.5)]
    assert len(persons) >= 3
    height = persons.boxes[:, 3] - persons.boxes[:, 1]
    width = persons.boxes[:, 2] - persons.boxes[:, 0]
    assert (height > width).all()
    assert (persons.boxes > -20).all()
    assert (persons.boxes < 320).all()


@real
@pytest.mark.footage
def test_boxes_move_with_the_crop(detector, street):
    """The same people, seen in two crops that lie 16 pixels apart, lie at the same place of the frame."""

    def places(x):
        (found,) = detector.detect([bgr_crop(street, (x, 0, x + 300, 300))])
        sure = found[(found.classes == CLASS_INDEX["person"]) & (found.scores > 0.5)]
        return sure.boxes[:, :2] + (x, 0)

    a, b = places(300), places(316)
    assert len(a)
    near = np.abs(a[:, None] - b[None]).max(2).min(1)
    assert np.median(near) < 8
