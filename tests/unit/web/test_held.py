"""What is kept for a session is bounded, and another session's is never found."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from synopticon.web.held import LASTS, Shelf
from synopticon.web.problems import MissingError

NOW = datetime(2026, 11, 28, tzinfo=UTC)
STEPS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 40), st.integers(0, 900)), max_size=30)


def found(shelf, id_, owner, now):
    try:
        return shelf.find(id_, owner, now)
    except MissingError:
        return None


@given(STEPS)
def test_no_more_is_kept_than_may_be_and_each_has_only_their_own(steps):
    shelf, kept, now = Shelf("thing", 2, 100, int), [], NOW
    for owner, weight, later in steps:
        now += timedelta(seconds=later)
        kept.append((shelf.keep(owner, weight, now), owner, weight))
        there = [one for one in kept if found(shelf, one[0], one[1], now) is not None]
        assert kept[-1] in there
        assert sum(weight for _, _, weight in there) <= 100
        assert all(sum(one[1] == who for one in there) <= 2 for who in "abc")
    for id_, owner, _ in kept:
        assert all(found(shelf, id_, other, now) is None for other in "abcd" if other != owner)
        assert found(shelf, id_, owner, now + LASTS + LASTS) is None


def test_what_is_not_there_is_told_in_the_same_words():
    shelf = Shelf("thing", 2, 100, int)
    mine = shelf.keep("a", 1, NOW)
    said = set()
    for id_, owner in ((mine, "b"), ("made up", "a")):
        try:
            shelf.find(id_, owner, NOW)
        except MissingError as error:
            said.add(str(error))
    assert len(said) == 1
