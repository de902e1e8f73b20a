import pytest

from synopticon.search.query import parse, text_of
from tests.unit.search.queries import NAMES, QUERIES, check_mistake


@pytest.mark.parametrize(("typed", "expected"), QUERIES["language"])
def test_what_is_typed_becomes(typed, expected):
    assert text_of(parse(typed, NAMES)) == expected


@pytest.mark.parametrize(("typed", "expected"), QUERIES["mistakes"])
def test_a_mistake_is_pointed_at(typed, expected):
    check_mistake(lambda text: parse(text, NAMES), typed, expected)
