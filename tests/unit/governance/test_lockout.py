from datetime import UTC, datetime, timedelta

import pytest

from synopticon.governance.lockout import FIRST, FREE, LONGEST, WINDOW, Tries, must_wait, try_once

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def after(count, every=SECOND, now=NOW):
    """So many tries, each as soon as it may be and ``every`` later."""
    tries = Tries()
    for _ in range(count):
        now = max(now + every, tries.until or now)
        tries, wait = try_once(tries, now)
        assert not wait
    return tries


def test_five_are_free_and_then_each_wait_is_twice_as_long():
    assert after(FREE - 1).until is None
    waits = [found.until - found.last for found in (after(FREE + n) for n in range(9))]
    assert waits[:3] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert waits[-1] == waits[-2] == LONGEST
    assert waits == sorted(waits)


def test_a_try_that_comes_too_early_is_not_counted():
    tries = after(FREE)
    kept, wait = try_once(tries, NOW + 30 * SECOND)
    assert kept == tries
    assert wait == tries.until - (NOW + 30 * SECOND)
    assert try_once(tries, tries.until)[1] == timedelta(0)


def test_after_a_quarter_of_an_hour_all_is_forgotten():
    assert after(40, every=WINDOW + SECOND).count == 1
    assert after(FREE, every=WINDOW).until is not None
    tries = after(FREE)
    assert try_once(tries, tries.until + WINDOW)[0].count == FREE + 1
    assert try_once(tries, tries.until + WINDOW + SECOND)[0].count == 1


@pytest.mark.parametrize("back", [SECOND, timedelta(days=400)])
def test_a_clock_that_was_set_back_shuts_nobody_out(back):
    tries = after(FREE + 3)
    early = NOW - back
    kept, wait = try_once(tries, early)
    assert wait <= LONGEST
    assert try_once(kept, early + LONGEST)[1] == timedelta(0)


def test_the_wait_is_said_in_minutes_and_for_any_name():
    assert "wait 1 min" in str(must_wait(SECOND))
    assert "wait 2 min" in str(must_wait(61 * SECOND))
    assert must_wait(SECOND).rule == "user.password-wait"
