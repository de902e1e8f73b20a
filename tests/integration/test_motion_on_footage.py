"""Background and foreground on the real recordings, against their labels."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.vision.background import learn_bank
from synopticon.vision.motion import Motion, find_motion

pytestmark = pytest.mark.footage


def root() -> Path:
    return Path(os.environ["SYNOPTICON_FOOTAGE"])


def motions(name: str, step: int) -> Iterator[tuple[int, Motion]]:
    """Every so many frames of a recording, with what moves."""
    footage = probe([root() / name])
    bank = learn_bank(footage)
    assert bank.moving == 0
    with open_reader(footage) as reader:
        for k, frame in enumerate(reader):
            if k % step == 0:
                yield k, find_motion(frame, bank.at(frame.time))


def labels(name: str) -> dict[str, list[dict[str, list[int]]]]:
    found: dict[str, list[dict[str, list[int]]]] = json.loads((root() / "labels" / name).read_text())
    return found


def test_the_people_of_vtest_are_foreground() -> None:
    rows = np.loadtxt(root() / "pets09_s2l1_gt/PETS09-S2L1.gt.txt", delimiter=",")[:, :6]
    shares, blobs, hits = [], 0, 0
    for k, motion in motions("opencv_samples/vtest.avi", 15):
        truth = rows[rows[:, 0] == k + 1][:, 2:]
        for x, y, w, h in truth / motion.scale:
            part = motion.mask[max(int(y), 0) : int(y + h), max(int(x), 0) : int(x + w)]
            shares.append(np.mean(part > 0) if part.size else 0)
        blobs += len(motion.boxes)
        hits += sum(_touches(box, truth) for box in motion.boxes)
    assert np.mean(np.array(shares) >= 0.4) > 0.97
    # Nearly all others are real: a walker far away, a car that is opened, people half out of the picture.
    assert hits / blobs > 0.85


def _touches(box: NDArray[np.float32], truth: NDArray[np.float64]) -> bool:
    x, y, w, h = truth.T
    across = np.minimum(box[2], x + w) - np.maximum(box[0], x)
    down = np.minimum(box[3], y + h) - np.maximum(box[1], y)
    return bool(((across > 0) & (down > 0)).any())


def test_exposure_jumps_of_car_detection_make_no_blobs() -> None:
    empty = [(8, 50), (116, 174), (246, 308), (356, 376)]
    cars = [v["frames"] for v in labels("car_detection_vehicles.json")["vehicles"]]
    false, missed = 0, 0
    for k, motion in motions("intel_sample_videos/car-detection.mp4", 4):
        false += len(motion.boxes) if any(a <= k <= b for a, b in empty) else 0
        missed += not len(motion.boxes) and any(a + 6 <= k <= b - 6 for a, b in cars)
    assert false <= 2
    assert missed == 0


def test_each_person_of_one_by_one_is_one_large_blob_and_the_room_is_empty_between() -> None:
    stays = [p["frames"] for p in labels("one_by_one_persons.json")["persons"]]
    for k, motion in motions("intel_sample_videos/one-by-one-person-detection.mp4", 20):
        if any(a + 10 <= k <= b - 10 for a, b in stays):
            assert motion.areas.max(initial=0) > 3000, k
        elif not any(a - 10 <= k <= b + 10 for a, b in stays):
            assert len(motion.boxes) == 0, k


@pytest.mark.parametrize(("name", "banner"), [("milanoest", 270), ("tunnelligure", 335)])
def test_the_moving_clock_is_no_object(name: str, banner: int) -> None:
    for k, motion in motions(f"iacv_highway/{name}_2019_1_14__16_6.mp4", 8):
        inside = motion.boxes[:, 1] >= banner
        assert not inside.any(), (k, motion.boxes[inside])


def test_a_bag_that_is_put_down_stays_foreground_and_leaves_no_ghost() -> None:
    for k, motion in motions("aboda/video4.avi", 30):
        at_bag = [b for b in motion.boxes if b[0] < 490 and b[2] > 465 and b[1] < 405 and b[3] > 375]
        if k < 250:
            assert not at_bag, k
        elif 690 < k < 840:
            assert len(at_bag) == 1, k
