"""A question about plates that looks only where they were found says what one that looks everywhere says."""

from functools import partial

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from synopticon.errors import QueryError, StoreError
from synopticon.governance.grant import Scope
from synopticon.search.find import find
from synopticon.search.plates import How, answering, asked, found
from synopticon.search.query import parse
from synopticon.search.rows import World
from tests.grants import grant_for
from tests.plates import put_plates
from tests.property.test_reads import held, scopes

__all__ = ["held"]
PLATES = ("AB123CD", "A8123CD", "AB1?3CD", "ZZ999ZZ", "ZZ99OZZ", "CQ741KL")
VALUES = ("AB123CD", "~AB123CD", "A*CD", "ZZ999ZZ,CQ741KL", "~ZZ999ZZ", "XX000XX")
OTHERS = (
    "", "object", "car", "speed:>20%/s", "not class:car", "near:50% of car", "on:2026-11-20..2026-11-21",
    "upper:red", "sort:time", "sort:unusual", "sort:size limit:2", "sure:>80%", "limit:0",
)  # fmt: skip


@pytest.fixture(scope="module")
def plates(held):
    """Every third footage shows none, the others some, one of its six tracks with each."""
    chance = np.random.default_rng(5)
    for number, made in enumerate(held.made):
        texts = chance.choice(PLATES, 3) if number % 3 else ()
        store = put_plates(held, made, {t.id: str(p) for t, p in zip(made.tracks, texts, strict=False)})
    return store


class Everywhere:
    """A view that is never narrowed: how it was before."""

    def __init__(self, view):
        self._view = view

    def __getattr__(self, name):
        return getattr(self._view, name)

    def __len__(self):
        return len(self._view)

    def __getitem__(self, name):
        return self._view[name]

    def of(self, _footages):
        return self._view


def answers(view, value):
    """The tracks that answer a value, as the act finds them."""
    one = asked(value)
    rows = view.same((one.text,)) if one.how is How.EXACT else view.like(partial(answering, one))
    return found(one, rows.ids, rows.text, rows.sure, rows.footages)


def world_of(plates, scope, query):
    values = [str(v) for t in query.of("plate") for v in t.values]
    view = plates.view(grant_for("search.plate", scope))
    return World(plates={value: answers(view, value) for value in values})


def told(result):
    grades = (result.total, result.grades, result.looked_at, result.unnamed, result.unknown)
    return grades, list(result.hits)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    scopes, st.sampled_from(VALUES), st.lists(st.sampled_from(OTHERS), max_size=2, unique=True),
    st.sampled_from([1, 20, 1000]),
)  # fmt: skip
def test_it_says_the_same_as_looking_everywhere(held, plates, scope, value, others, most):
    try:
        query = parse(" ".join([f"plate:{value}", *others]))
    except QueryError:  # two orders, or a class twice
        assume(False)
    views = list(held.traits.views(grant_for("search.attributes", scope), most))
    world = world_of(plates, scope, query)
    assert told(find(query, lambda: views, world)) == told(find(query, lambda: map(Everywhere, views), world))


def test_what_is_not_of_the_plate_is_not_opened(held, plates):
    everything = Scope(digests=tuple(d for m in held.made for d in m.files))
    query = parse("plate:CQ741KL")
    world = world_of(plates, everything, query)
    (view,) = held.traits.views(grant_for("search.attributes", everything))
    result = find(query, lambda: [view], world)
    assert 0 < result.total < result.looked_at == len(view)
    assert {h.footage for h in result.hits} == world.plates["CQ741KL"].footages
    assert not view._open, "no column of all footage was opened"


def test_where_a_key_was_destroyed_nothing_is_said(held, plates):
    everything = Scope(digests=tuple(d for m in held.made for d in m.files))
    query = parse("plate:CQ741KL")
    world = world_of(plates, everything, query)
    (view,) = held.traits.views(grant_for("search.attributes", everything))
    other = next(m for m in held.made if m.id not in world.plates["CQ741KL"].footages)
    view._keys = {place: key for place, key in view._keys.items() if place != (other.camera, other.part)}
    with pytest.raises(StoreError, match="key of its day was destroyed"):
        find(query, lambda: [view], world)
