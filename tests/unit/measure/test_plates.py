"""Labels of plates, and how readings are compared with them."""

from pathlib import Path

import pytest

from synopticon.errors import FootageError
from synopticon.measure.plates import Label, Outcome, distance, labels_in, normal, overlap, scores

VOC = (
    "<annotation><object><name>license-plate</name><bndbox><xmin>10.5</xmin><ymin>20</ymin>"
    "<xmax>60</xmax><ymax>35</ymax></bndbox></object></annotation>"
)


def label(text="AB123CD"):
    return Label(Path("a.jpg"), (0, 0, 10, 4), text, "fr", "day")


def test_labels_of_both_kinds(tmp_path):
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr/one.txt").write_text("one.jpg\t10\t20\t100\t25\tab-123-cd\n\n")
    (tmp_path / "ride_night_3.xml").write_text(VOC)
    one, other = labels_in(tmp_path)
    assert (one.photo, one.box, one.text) == (tmp_path / "fr/one.jpg", (10, 20, 110, 45), "AB123CD")
    assert (one.group, one.light) == ("fr", "")
    assert (other.box, other.text, other.light) == ((10.5, 20, 60, 35), "", "night")


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.txt", "a.jpg\tx\t1\t2\t3\tAB"), ("a.txt", "a.jpg\t1"), ("a.xml", "<a"), ("b.jpg", "")],
)
def test_a_label_that_is_none_is_named(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(FootageError, match=r"a\.txt, line 1|a\.xml|holds no labels"):
        labels_in(tmp_path)


def test_distances_and_overlaps():
    assert distance("AB123CD", "AB123CD") == 0
    assert distance("", "AB") == 2
    assert distance("AB12", "A8123") == 2
    assert overlap((0, 0, 10, 10), (5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 1, 1), (2, 2, 3, 3)) == 0
    assert normal("ab-123 cd·é") == "AB123CD"


def test_scores_count_what_is_found_and_what_is_exact():
    found = scores(
        [
            Outcome(label(), True, "AB123CD"),
            Outcome(label("O1"), True, "01"),
            Outcome(label(), False, ""),
            Outcome(label(""), True, ""),
        ]
    )
    assert (found.n, found.found, found.texts, found.exact, found.alike) == (4, 3, 3, 1, 2)
    assert found.cer == pytest.approx(8 / 16)
    assert found.cer_interval[0] <= found.cer <= found.cer_interval[1]


def test_no_text_no_error_rate():
    assert scores([Outcome(label(""), True, "")]).cer == 0
