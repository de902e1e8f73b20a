"""Names of colours: their examples, the grey axis, and the way from the levels of a video to light."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from synopticon.values.traits import COLOURS
from synopticon.vision.colour import EXAMPLES, coded, from_yuv, linear, named, names, oklab
from tests.unit.vision.dressed import levels


def rgb(code):
    return np.array([[code >> 16, code >> 8 & 255, code & 255]], np.float32) / 255


def best(colour):
    return COLOURS[int(named(linear(colour))[0].argmax())]


@pytest.mark.parametrize(("name", "code"), [(n, c) for n, codes in EXAMPLES.items() for c in codes])
def test_each_example_has_its_own_name(name, code):
    assert best(rgb(code)) == name


def test_greys_are_black_grey_or_white_in_this_order():
    found = [best(np.full((1, 3), level / 255, np.float32)) for level in range(256)]
    assert list(dict.fromkeys(found)) == ["black", "grey", "white"]
    assert found.count("grey") > 80


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (0x0B1F4B, "blue"),  # navy
        (0xB9D9F2, "blue"),  # pale blue
        (0x800020, "red"),  # burgundy
        (0x556B2F, "green"),  # olive
        (0xE6D3B1, "beige"),
        (0x654321, "brown"),
        (0xFF69B4, "pink"),
        (0xFFD700, "yellow"),
        (0xFF7518, "orange"),
        (0x5B2C83, "purple"),
        (0x2B2B2E, "black"),  # a black jacket in the sun
        (0xC0C0C0, "grey"),  # silver
    ],
)
def test_usual_words_for_colours_that_are_no_example(code, name):
    assert name in [COLOURS[i] for i in np.argsort(-named(linear(rgb(code)))[0])[:2]]


# Published with the space: Ottosson, "A perceptual color space for image processing".
@pytest.mark.parametrize(
    ("light", "lab"),
    [
        ((1, 1, 1), (1.0, 0.0, 0.0)),
        ((1, 0, 0), (0.628, 0.225, 0.126)),
        ((0, 1, 0), (0.866, -0.234, 0.179)),
        ((0, 0, 1), (0.452, -0.032, -0.312)),
    ],
)
def test_oklab_is_the_published_one(light, lab):
    assert oklab(np.array([light], np.float32))[0] == pytest.approx(lab, abs=1e-3)


colours = arrays.arrays(
    np.float32, st.tuples(st.integers(1, 20), st.just(3)), elements=st.floats(0, 1, width=32)
)


@given(colours)
def test_a_colour_bears_its_names_in_shares_that_sum_to_one(light):
    found = names(oklab(light))
    assert found.shape == (len(light), len(COLOURS))
    assert (found >= 0).all()
    assert found.sum(axis=1) == pytest.approx(np.ones(len(light)), abs=1e-5)


@given(st.integers(0, 0xFFFFFF))
def test_the_table_names_as_the_examples_do(code):
    """A step of the table is 8 levels: near borders the shares move, never far."""
    exact, quick = names(oklab(linear(rgb(code))))[0], named(linear(rgb(code)))[0]
    assert np.abs(exact - quick).sum() < 1.0


def test_light_beyond_the_range_has_a_name_too():
    assert COLOURS[int(named(np.array([[9.0, 9.0, 9.0]], np.float32))[0].argmax())] == "white"
    assert COLOURS[int(named(np.array([[-1.0, -1.0, -1.0]], np.float32))[0].argmax())] == "black"


@given(colours)
def test_coded_is_the_inverse_of_linear(values):
    assert coded(linear(values)) == pytest.approx(values, abs=1e-4)


@given(colours, st.sampled_from(["bt601", "bt709", "bt2020"]), st.booleans())
def test_levels_come_back_as_the_colour_they_were(values, matrix, full_range):
    made = levels(values, matrix, full_range).astype(np.float32)
    assert from_yuv(made, matrix, full_range) == pytest.approx(values, abs=1e-3)


def test_a_matrix_that_is_not_known_is_taken_for_the_usual_one():
    some = np.array([[90, 100, 160]], np.float32)
    assert (from_yuv(some, "fcc") == from_yuv(some, "bt601")).all()


def test_black_and_white_of_both_ranges():
    ends = np.array([[16, 128, 128], [235, 128, 128]], np.float32)
    assert from_yuv(ends) == pytest.approx(np.array([[0, 0, 0], [1, 1, 1]]), abs=1e-5)
    ends = np.array([[0, 128, 128], [255, 128, 128]], np.float32)
    assert from_yuv(ends, full_range=True) == pytest.approx(np.array([[0, 0, 0], [1, 1, 1]]), abs=1e-5)
