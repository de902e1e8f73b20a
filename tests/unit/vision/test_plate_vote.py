"""Voting over looks at one plate."""

from itertools import product

import numpy as np
import pytest

from synopticon.values.plate import UNREAD
from synopticon.vision.detect.pp_ocr import COLUMNS, SIGNS
from synopticon.vision.plate_vote import Look, likelihood, spelt, voted, where
from tests.property.test_plates import line


def numbers(text):
    return np.array([SIGNS.index(s) + 1 for s in text], np.int64)


def slow(chances, text):
    """The chance of a text, over all ways to read the steps: the obvious reference."""
    total = 0.0
    for way in product(range(chances.shape[1]), repeat=len(chances)):
        signs = [k for n, k in enumerate(way) if n == 0 or way[n - 1] != k]
        if [k for k in signs if k] == [SIGNS.index(s) + 1 for s in text]:
            total += float(np.prod([chances[t, k] for t, k in enumerate(way)]))
    return total


@pytest.mark.parametrize("text", ["0", "1", "01", "00", "10"])
def test_likelihood_is_the_sum_over_all_ways(text):
    few = np.random.default_rng(3).dirichlet(np.ones(3), 5)
    chances = np.zeros((5, COLUMNS))
    chances[:, :3] = few
    log = np.log(np.maximum(chances, 1e-12))
    assert np.exp(likelihood(log, numbers(text))) == pytest.approx(slow(few, text), rel=1e-6)


def test_where_tells_the_step_of_each_sign():
    shares = where(np.log(line("AB12")).astype(np.float64), numbers("AB12"))
    assert shares.shape == (4, 9)
    assert shares.argmax(1).tolist() == [1, 3, 5, 7]
    assert shares.sum(1) == pytest.approx(np.ones(4))


def test_each_picture_has_another_sign_wrong_and_the_vote_has_none():
    looks = [Look(line(t)) for t in ("XB123CD", "AB128CD", "AB123CX", "AY123CD")]
    said = voted(looks)
    assert said.text == "AB123CD"
    assert said.agreed == 0
    assert said.confidence[2] > said.confidence[0] > 0.5


def test_what_no_half_agrees_on_is_unread():
    said = voted([Look(line(t)) for t in ("AB1C3DE", "AB1K3DE", "AB1X3DE")])
    assert said.text == f"AB1{UNREAD}3DE"
    assert said.confidence[3] == 0


def test_a_look_that_was_cut_off_outvotes_nobody():
    said = voted([Look(line("AB123CD")), Look(line("AB123CD")), Look(line("AB12"))])
    assert said.text == "AB123CD"


def test_weights_count():
    assert voted([Look(line("AB123CD"), 3.0), Look(line("AB723CD"), 1.0)]).text == "AB123CD"
    assert voted([Look(line("AB123CD"), 1.0), Look(line("AB723CD"), 3.0)]).text == "AB723CD"


def test_a_mark_between_the_groups_is_no_sign():
    chances = line("AB123CD")
    chances[4] = 0.001
    chances[4, COLUMNS - 1] = 0.96  # a hyphen
    assert spelt(chances) == "AB123CD"
    assert voted([Look(chances)]).text == "AB123CD"


def test_nothing_read_is_nothing_told():
    empty = np.zeros((9, COLUMNS), np.float32)
    empty[:, 0] = 1
    assert voted([]) is None
    assert voted([Look(empty)]) is None
    assert voted([Look(np.zeros((0, COLUMNS), np.float32))]) is None
