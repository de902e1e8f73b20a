"""The 300 queries that people might type, and how a mistake among them is checked."""

import tomllib
from pathlib import Path

import pytest

from synopticon.errors import QueryError, RefusedError

DATA = tomllib.loads((Path(__file__).parent / "queries.toml").read_text("utf-8"))
NAMES = DATA["names"]
QUERIES = DATA["queries"]


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
