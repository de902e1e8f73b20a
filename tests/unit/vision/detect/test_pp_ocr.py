"""What stands around the networks of PP-OCR: lines out of a map, signs out of many."""

import cv2
import numpy as np
import pytest

from synopticon.models.cards import find, packaged
from synopticon.vision.detect.pp_ocr import COLUMNS, HIGH, SIGNS, TextNets, folding, lines_of, ordered
from synopticon.vision.plate_vote import spelt


def test_a_bright_bar_is_a_line_and_grows_a_little():
    found = np.zeros((96, 192), np.float32)
    found[40:56, 30:150] = 0.9
    corners, scores = lines_of(found)
    assert corners.shape == (1, 4, 2)
    (x1, y1), (x2, y2) = corners[0].min(0), corners[0].max(0)
    assert x1 < 30
    assert y1 < 40
    assert x2 > 150
    assert y2 > 56
    assert scores[0] == pytest.approx(0.9, abs=0.1)


def test_what_is_faint_or_thin_is_no_line():
    found = np.zeros((96, 192), np.float32)
    found[10:26, 10:100] = 0.35
    found[60:61, 10:100] = 0.9
    assert lines_of(found)[0].shape == (0, 4, 2)


def test_a_turned_bar_keeps_its_angle():
    found = np.zeros((200, 320), np.uint8)
    box = cv2.boxPoints(((160, 100), (200, 30), 12))
    cv2.fillPoly(found, [np.asarray(box, np.int32)], 255)
    corners, _ = lines_of((found / 255).astype(np.float32))
    run = corners[0, 1] - corners[0, 0]
    assert np.degrees(np.arctan2(run[1], run[0])) == pytest.approx(12, abs=1.5)


@pytest.mark.parametrize("turn", range(4))
def test_corners_are_ordered_from_the_top_left(turn):
    corners = np.array([[10, 10], [90, 20], [88, 50], [8, 40]], np.float32)
    assert np.array_equal(ordered(np.roll(corners, turn, 0)), corners)


def test_small_letters_count_as_their_capitals():
    signs = ["!", *SIGNS.lower(), *SIGNS[10:]]
    upper, lower = folding(signs)
    assert signs[upper[SIGNS.index("A")] - 1] == "A"
    assert signs[lower[SIGNS.index("A")] - 1] == "a"
    assert lower[SIGNS.index("7")] == 0


@pytest.fixture(scope="module")
def nets():
    found = packaged("read.plate")
    assert found is not None
    return TextNets(*found)


def written(text):
    picture = np.full((60, 260, 3), 235, np.uint8)
    cv2.putText(picture, text, (12, 43), cv2.FONT_HERSHEY_DUPLEX, 1.3, (20, 20, 20), 2, cv2.LINE_AA)
    return picture


@pytest.mark.model
def test_lines_are_found_and_read(nets):
    picture = np.full((160, 320, 3), 120, np.uint8)
    picture[50:110, 30:290] = written("AB-123-CD")
    corners, _ = nets.lines(picture)
    assert len(corners) == 1
    assert (corners[0].mean(0) > [100, 60]).all()
    chances = nets.read([written("AB-123-CD"), written("XY 789")[:, :150]])
    assert spelt(chances[0]) == "AB123CD"
    assert all(c.shape[1] == COLUMNS for c in chances)
    assert chances[0].sum(1) == pytest.approx(np.ones(len(chances[0])), abs=1e-3)


@pytest.mark.model
@pytest.mark.parametrize("size", [(1, 1), (2, 300), (HIGH, 8), (300, 3)])
def test_crops_of_any_size(nets, size):
    crop = np.zeros((*size, 3), np.uint8)
    assert len(nets.read([crop])) == 1
    assert nets.lines(crop)[0].shape[1:] == (4, 2)
    assert nets.read([]) == []


def test_the_card_names_both_networks():
    assert [f.name for f in find("pp-ocr").files] == ["PP-OCRv6_rec_small.onnx", "PP-OCRv6_det_small.onnx"]
