"""Finding and reading a plate, with a finder and a reader that know what they are shown."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from synopticon.errors import FootageError, ModelError, RefusedError
from synopticon.models.cards import at
from synopticon.vision.detect.pp_ocr import COLUMNS, HIGH
from synopticon.vision.plate import (
    Gate,
    Place,
    PlateEye,
    Shot,
    apart,
    quality,
    rectified,
    sharpness,
    surroundings,
    verdict,
    weights,
)
from synopticon.vision.plate_photo import load_photo, read_photo, tiles
from synopticon.vision.plate_vote import Look
from tests.property.test_plates import line

GREEN = (40, 200, 40)


class Green:
    """A finder that takes what is green for a plate."""

    def quads(self, picture, score):
        mask = cv2.inRange(picture, np.array([30, 190, 30]), np.array([50, 210, 50]))
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        boxes = [cv2.boundingRect(c) for c in contours]
        corners = [[[x, y], [x + w, y], [x + w, y + h], [x, y + h]] for x, y, w, h in boxes]
        return np.array(corners, np.float32).reshape(-1, 4, 2), np.full(len(boxes), 0.8, np.float32)


class Says:
    """A reader that finds no line, and reads the same in each crop that shows green."""

    def __init__(self, text, lines=()):
        self.text, self.found = text, np.array(lines, np.float32).reshape(-1, 4, 2)

    def lines(self, picture):
        return self.found, np.full(len(self.found), 0.9, np.float32)

    def read(self, crops):
        return [line(self.text) for _ in crops]


def vehicle(x=60, y=80, wide=90, high=20, size=(160, 240)):
    picture = np.full((*size, 3), 90, np.uint8)
    picture[y : y + high, x : x + wide] = GREEN
    return picture


def square(x1, y1, x2, y2):
    return np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32)


def test_a_plate_is_found_and_read():
    eye = PlateEye(Green(), Says("AB123CD"))
    (place,) = eye.places(vehicle())
    assert place.box == pytest.approx((60, 80, 150, 100))
    said = verdict([Shot(tuple(eye.looks(vehicle(), place)), 1.0)])
    assert (said.text, said.passed) == ("AB123CD", True)


@pytest.mark.parametrize("size", [(90, 70), (12, 6), (235, 20), (20, 20)])
def test_what_has_not_the_shape_of_a_plate_is_none(size):
    wide, high = size
    assert PlateEye(Green(), Says("AB123CD")).places(vehicle(2, 2, wide, high)) == []


def test_a_tall_picture_is_searched_in_parts_that_leave_nothing_out():
    eye = PlateEye(Green(), Says("AB123CD"))
    for y in (5, 130, 260, 370):
        (place,) = eye.places(vehicle(60, y, 90, 20, (400, 240)))
        assert place.box == pytest.approx((60, y, 150, y + 20))


class Unsure(Green):
    """Hints at what is green; from nearer it is sure of it, or not."""

    def __init__(self, sure):
        self.sure, self.shown = sure, []

    def quads(self, picture, score):
        corners, scores = super().quads(picture, score)
        self.shown.append(picture.shape[1])
        scores = np.full_like(scores, 0.1 if len(self.shown) == 1 else self.sure)
        return corners[scores >= score], scores[scores >= score]


def test_where_the_finder_is_not_sure_it_looks_once_more_from_nearer():
    finder = Unsure(0.6)
    (place,) = PlateEye(finder, Says("AB123CD")).places(vehicle())
    assert place.box == pytest.approx((60, 80, 150, 100))
    assert place.score == pytest.approx(0.6)
    assert finder.shown == [240, pytest.approx(225, abs=20)]
    assert PlateEye(Unsure(0.4), Says("AB123CD")).places(vehicle()) == []


def test_a_concluded_place_is_where_a_line_of_text_stands():
    picture, place = vehicle(), Place(square(50, 70, 140, 90), 0.8)  # a little beside the green
    _, corner, scale = surroundings(picture, place)
    line = (square(60, 80, 150, 100) - corner) * scale
    near = PlateEye(Green(), Says("AB123CD", [line])).near(picture, place)
    assert near.box == pytest.approx((60, 80, 150, 100), abs=0.5)
    assert (near.score, near.by_text) == (place.score, False)
    tall = (square(60, 50, 150, 100) - corner) * scale  # not as high as it must be
    assert PlateEye(Green(), Says("AB123CD", [tall])).near(picture, place) is None
    assert PlateEye(Green(), Says("AB123CD")).near(picture, place) is None


def test_without_a_finder_a_line_of_text_is_the_place():
    there = square(100, 200, 300, 250)
    eye = PlateEye(None, Says("AB123CD", [there]))
    assert eye.places(vehicle()) == []
    (place,) = eye.by_text(np.zeros((640, 640, 3), np.uint8))
    assert place.by_text
    assert place.box == pytest.approx((100, 200, 300, 250))


def test_a_line_in_the_surroundings_is_read_with_and_without_its_band():
    picture, place = vehicle(), Place(square(60, 80, 150, 100), 0.8)
    shown, _, _ = surroundings(picture, place)
    middle = np.array(shown.shape[1::-1]) / 2
    near = square(*(middle - 20 * np.array([4.5, 1])), *(middle + 20 * np.array([4.5, 1])))
    assert len(PlateEye(Green(), Says("AB123CD", [near])).looks(picture, place)) == 3
    assert len(PlateEye(Green(), Says("AB123CD")).looks(picture, place)) == 1


def test_a_plate_that_is_turned_away_is_rectified():
    flat = np.zeros((HIGH, 200, 3), np.uint8)
    flat[:, ::20] = 255
    corners = np.array([[20, 30], [180, 50], [180, 90], [20, 74]], np.float32)
    bend = cv2.getPerspectiveTransform(
        np.array([[0, 0], [200, 0], [200, HIGH], [0, HIGH]], np.float32), corners
    )
    seen = cv2.warpPerspective(flat, bend, (220, 120))
    back = cv2.resize(rectified(seen, corners, (0, 0)), (200, HIGH))
    assert np.corrcoef(back[:, :, 0].mean(0), flat[:, :, 0].mean(0))[0, 1] > 0.6


def test_the_surer_of_two_places_on_each_other_stays():
    sure, other = Place(square(0, 0, 80, 20), 0.9), Place(square(5, 2, 85, 22), 0.5)
    far, text = Place(square(200, 0, 280, 20), 0.3), Place(square(0, 0, 82, 22), 1.0, by_text=True)
    assert apart([other, text, far, sure]) == [sure, far]


def test_what_is_sharp_large_and_seen_from_the_front_is_better():
    rng = np.random.default_rng(1)
    crisp = rng.integers(0, 255, (160, 240, 3), np.uint8)
    soft = np.asarray(cv2.GaussianBlur(crisp, (0, 0), 3), np.uint8)
    place = Place(square(60, 80, 150, 100), 0.8)
    assert sharpness(crisp, place) > sharpness(soft, place)
    assert quality(crisp, place) > quality(soft, place)
    assert quality(crisp, place) > quality(crisp, Place(square(60, 80, 105, 90), 0.8))
    assert sharpness(np.zeros((160, 240, 3), np.uint8), place) == 0


def shot(text, sure=0.97, by_text=False):
    return Shot((Look(line(text, sure)),), 0.5, by_text)


@pytest.mark.parametrize(
    ("shots", "passes"),
    [
        ([shot("AB123CD")] * 2, True),
        ([shot("AB123CD", 0.84)], False),  # one picture alone, and not sure
        ([shot("AB123CD", 0.84)] * 2, True),  # two agree
        ([shot("TAXI")] * 3, False),
        ([shot("0612345678")] * 3, False),
        ([shot("PEUGEOT")] * 3, False),
        ([shot("4X4TURBO")] * 3, False),
        ([shot("BUS135")] * 3, False),  # Büren has such plates, and buses such signs
        ([shot("BXS135")] * 3, True),
        ([shot("W053011")] * 2, True),  # no country writes so, but it is sure
        ([shot("W053011", 0.8)] * 2, False),
        ([shot("W053011", by_text=True)] * 2, False),  # no finder took it for a plate
        ([shot("AB123CD", 0.97, by_text=True)], True),
    ],
)
def test_the_gate(shots, passes):
    assert verdict(shots, gate=Gate()).passed == passes


def made(text, sure=0.97):
    return replace(shot(text, sure), pictures=5)


def test_a_picture_made_of_several_speaks_where_they_do_not_agree():
    unsure = [shot("AB128CD", 0.7), shot("AB123CD", 0.7)]
    assert verdict([*unsure, made("AB123CD")]).text == "AB123CD"
    assert verdict([*unsure, made("AB123CD")]).passed


def test_what_is_surer_is_said_even_where_neither_is_told():
    unsure = [shot("W053011", 0.6), shot("X053011", 0.6)]
    said = verdict([*unsure, made("W053011", 0.85)])
    assert (said.text, said.passed) == ("W053011", False)
    assert verdict([*unsure, made("W053811", 0.3)]).text != "W053811"


def test_pictures_made_of_the_same_ones_are_no_two_that_agree():
    assert verdict([shot("AB123CD", 0.84)] * 2).passed
    assert not verdict([made("AB123CD", 0.84)] * 3).passed
    assert verdict([made("AB123CD", 0.9)] * 3).passed


def test_but_not_where_two_agree_surely_nor_where_it_shows_no_plate():
    sure = [shot("AB123CD"), shot("AB123CD")]
    assert verdict([*sure, made("AB128CD")]).text == "AB123CD"
    likely = [shot("AB123CD", 0.84)] * 2
    for other in (made("AB128CD", 0.7), made("TAXI")):
        assert (verdict([*likely, other]).text, verdict([*likely, other]).passed) == ("AB123CD", True)
    assert verdict([made("TAXI")]).text == "TAXI", "told beside the gate, as any other"


def parted(before, behind, blanks):
    """A shot of a text with a gap of so many steps more between its two parts."""
    first, last = line(before), line(behind)
    gap = np.repeat(first[-1:], blanks, axis=0)
    return Shot((Look(np.concatenate([first, gap, last[1:]])),), 0.5)


@pytest.mark.parametrize(("blanks", "passes"), [(0, False), (2, True), (4, True)])
def test_only_a_gap_makes_a_word_with_a_number_a_german_plate(blanks, passes):
    said = verdict([parted("DA", "CH4812", blanks)] * 2)
    assert (said.text, said.passed) == ("DACH4812", passes)


def test_a_gap_at_another_place_is_not_that_of_the_district():
    assert not verdict([parted("DAC", "H4812", 3)] * 2).passed  # there is no district DAC
    assert verdict([parted("AB", "123CD", 0)] * 2).passed  # France writes so, gap or not


def test_where_no_country_writes_so_four_letters_are_a_word():
    assert not verdict([shot("KLIMA77")] * 3).passed
    assert not verdict([shot("1200TRIO")] * 3).passed
    assert verdict([shot("W053011")] * 3).passed


def test_a_picture_of_the_wrong_place_does_not_vote():
    said = verdict([shot("AB123CD"), shot("AB123CD"), shot("OMO"), shot("KLM")])
    assert (said.text, said.passed) == ("AB123CD", True)


def test_a_photo_is_read_and_its_parts_cover_it():
    eye = PlateEye(Green(), Says("AB123CD"))
    (read,) = read_photo(eye, vehicle(), np.array([[10, 10, 200, 150]], np.float32))
    assert read.text == "AB123CD"
    covered = np.zeros((90, 121), bool)
    for x1, y1, x2, y2 in tiles(covered.shape, 3):
        covered[y1:y2, x1:x2] = True
    assert covered.all()


def test_a_photo_that_is_none(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(FootageError, match="no picture"):
        load_photo(tmp_path / "a.jpg")
    with pytest.raises(FootageError, match="cannot be read"):
        load_photo(tmp_path / "b.jpg")


def test_weights_that_are_on_no_card_are_refused(tmp_path, monkeypatch):
    (tmp_path / "x.onnx").write_bytes(b"x")
    with pytest.raises(RefusedError, match="known-digest"):
        at(tmp_path / "x.onnx", "read.plate")
    monkeypatch.setattr("synopticon.vision.plate.packaged", lambda _task: None)
    with pytest.raises(ModelError, match="models fetch pp-ocr"):
        weights(tmp_path)


def test_chances_have_a_column_for_each_sign():
    assert line("A").shape[1] == COLUMNS == 38
