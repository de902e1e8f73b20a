"""What a scope covers, against the obvious: every minute looked at one by one."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from synopticon.governance.grant import Scope, Window, merged
from tests.people import NOW

MINUTE = timedelta(minutes=1)
SPANS = st.tuples(st.integers(0, 60), st.integers(1, 30))
CAMERAS = st.sets(st.sampled_from(["cam-1", "cam-2", "cam-3"])).map(tuple)


def window(span) -> Window:
    return Window(NOW + span[0] * MINUTE, NOW + (span[0] + span[1]) * MINUTE)


def scope(cameras, spans) -> Scope:
    return Scope(cameras, tuple(map(window, spans)))


def minutes(spans) -> set[int]:
    return {minute for start, length in spans for minute in range(start, start + length)}


@given(CAMERAS, st.lists(SPANS, max_size=5), SPANS, st.integers(0, 10))
def test_covers_is_every_minute_of_the_widened_interval(cameras, spans, asked, slack):
    start, end = asked[0] - slack, asked[0] + asked[1] + slack
    wanted = "cam-1" in cameras and set(range(start, end)) <= minutes(spans)
    found = window(asked)
    assert scope(cameras, spans).covers("cam-1", found.start, found.end, slack * 60.0) == wanted


@given(st.lists(SPANS, max_size=8))
def test_merged_windows_are_the_same_minutes_apart_and_in_order(spans):
    found = merged(map(window, spans))
    inside = {m for m in range(-5, 100) if any(w.start <= NOW + m * MINUTE < w.end for w in found)}
    assert inside == minutes(spans)
    assert all(a.end < b.start for a, b in pairwise(found))


@given(CAMERAS, st.lists(SPANS, max_size=4), CAMERAS, st.lists(SPANS, max_size=4), SPANS)
def test_what_a_part_covers_the_whole_covers(cameras, spans, fewer, part, asked):
    whole, some, found = scope(cameras, spans), scope(fewer, part), window(asked)
    if whole.holds(some):
        for camera in ("cam-1", "cam-2", "cam-3"):
            assert whole.covers(camera, found.start, found.end) or not some.covers(
                camera, found.start, found.end
            )


@given(CAMERAS, st.lists(SPANS, max_size=5), st.sets(st.sampled_from(["ab" * 32, "cd" * 32])))
def test_a_scope_is_read_back(cameras, spans, digests):
    made = Scope(cameras, tuple(map(window, spans)), tuple(digests))
    assert Scope.of_plain(made.plain()) == made
    assert made.holds(made)
    assert made.holds(Scope())
