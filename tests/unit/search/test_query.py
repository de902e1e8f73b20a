import tomllib
from pathlib import Path

import pytest

from synopticon.errors import QueryError, RefusedError
from synopticon.search.query import parse, text_of

DATA = tomllib.loads((Path(__file__).parent / "queries.toml").read_text("utf-8"))
NAMES = DATA["names"]
QUERIES = DATA["queries"]


@pytest.mark.parametrize(("typed", "expected"), QUERIES["language"])
def test_what_is_typed_becomes(typed, expected):
    assert text_of(parse(typed, NAMES)) == expected


def check_mistake(read, typed, expected):
    kind, _, rest = expected.removeprefix("! ").partition(" ")
    if kind == "refused":
        with pytest.raises(RefusedError) as refused:
            read(typed)
        assert refused.value.rule == "search.no-sensitive-traits"
        assert "search.no-sensitive-traits" in str(refused.value)
        said = str(refused.value).partition(" sensitive trait")[0]
        assert said.removesuffix(" is a").removesuffix(" are").replace(" and ", " ") == rest
        return
    at, _, word = rest.partition(" -> ")
    with pytest.raises(QueryError) as wrong:
        read(typed)
    place = len(typed) if at == "$" else typed.index(at)
    assert (wrong.value.kind, wrong.value.column, wrong.value.suggestion) == (kind, place + 1, word)


@pytest.mark.parametrize(("typed", "expected"), QUERIES["mistakes"])
def test_a_mistake_is_pointed_at(typed, expected):
    check_mistake(lambda text: parse(text, NAMES), typed, expected)
