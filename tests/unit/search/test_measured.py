"""The figures that travel with an answer: which, how sure, and what was never measured."""

import pytest
from scipy.stats import binomtest

from synopticon.models.cards import load_cards
from synopticon.search.measured import figures, measured
from synopticon.search.query import parse
from synopticon.values.interval import wilson


@pytest.mark.parametrize(("found", "n"), [(36, 37), (0, 5), (5, 5), (66, 74)])
def test_intervals_are_wilsons(found, n):
    other = binomtest(found, n).proportion_ci(0.95, "wilson")
    assert wilson(found, n) == pytest.approx((other.low, other.high), abs=1e-4)


def test_every_figure_is_of_a_model_that_exists_and_says_how_to_measure_it_again():
    known = {card.name for card in load_cards()} | {"none"}
    for figure in figures():
        assert figure.model in known
        assert 0 <= figure.found <= figure.n
        assert figure.command.startswith("python -m benchmarks.")


def test_a_question_takes_along_what_it_rests_on():
    found = measured(parse("person upper:red going:left"), ["yolox-nano"])
    assert [f.kind for f in found.figures] == ["class", "colour", "direction"]
    assert not found.lacking
    assert "97% [86%, 100%] of 37" in str(found.figures[0])


def test_what_was_never_measured_is_said():
    assert measured(parse("dwell:>10s"), ["yolox-nano"]).lacking == ("dwell with yolox-nano",)
    assert measured(parse("upper:red"), ["some-model"]).lacking == (
        "class with some-model",
        "colour with some-model",
    )
    assert "type with none" in measured(parse("van"), ["none"]).lacking
