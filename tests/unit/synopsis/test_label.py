import numpy as np
import pytest

from synopticon.synopsis.label import Labels, letter_height, stack, tint, write


@pytest.mark.parametrize("cap", [7, 8, 15, 30])
def test_a_label_is_even_dark_and_legible(cap: int) -> None:
    label = write("14:03:22", cap, (100, 150), chip=True)
    width, height = label.size
    assert width % 2 == height % 2 == 0
    assert label.u.shape == label.v.shape == (height // 2, width // 2)
    letters = label.y[:, cap:] > 190
    assert 0.03 < letters.mean() < 0.4
    assert (label.alpha[:, cap:][letters] > 180).all()
    assert label.y.min() < 40


def test_clocks_stand_still() -> None:
    assert write("11:11:11", 9).size == write("20:48:36", 9).size


def test_different_texts_look_different() -> None:
    assert not np.array_equal(write("14:03:22", 9).y, write("14:03:23", 9).y)


def test_the_bar_has_the_colour_of_the_hour() -> None:
    night, noon = (write("1", 9, tint(share), chip=True) for share in (0.0, 0.5))
    assert night.u[:, 0].mean() > 150 > 106 > noon.u[:, 0].mean()


def test_the_day_ends_where_it_begins() -> None:
    assert tint(1.0) == tint(0.0)


def test_labels_are_drawn_once_and_forgotten() -> None:
    labels = Labels(8)
    first = labels.draw("0:00:01", 0.3)
    assert labels.draw("0:00:01", 0.3) is first
    for second in range(1000):
        labels.draw(str(second), 0.3)
    assert labels.draw("0:00:01", 0.3) is not first


def test_lines_below_each_other() -> None:
    one, two = write("A", 9), write("LONGER", 9)
    both = stack([one, two])
    assert both.size == (two.size[0], one.size[1] + two.size[1])
    assert (both.alpha[: one.size[1], one.size[0] :] == 0).all()


def test_letters_grow_with_the_picture() -> None:
    assert letter_height(144) == 7
    assert letter_height(1080) == 15
