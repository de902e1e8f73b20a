"""Clocks that are computed: what they showed is known, and must come out."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synopticon.footage.clock_propose import Finding, propose

FRAME = 0.04
START = datetime(2024, 5, 17, 8, 30, 0, 250_000)


def clock(
    start: datetime = START,
    *,
    drift: float = 0.0,
    jump: tuple[float, float] = (1e9, 0.0),
    form: str = "%Y-%m-%d %H:%M:%S",
    noise: float = 0.0,
    seed: int = 0,
) -> Callable[[float], tuple[float, str]]:
    """A clock in a picture; ``drift`` s/day; ``jump``: when, by how much; ``noise``: share spoilt."""
    dice = random.Random(seed)

    def read(time: float) -> tuple[float, str]:
        frame = round(time / FRAME) * FRAME
        set_by = jump[1] if frame >= jump[0] else 0.0
        text = (start + timedelta(seconds=frame * (1 + drift / 86400) + set_by)).strftime(form)
        if dice.random() < noise:
            place = dice.randrange(len(text))
            text = text[:place] + dice.choice("0123456789 B") + text[place + 1 :]
        return frame, text

    return read


def off(finding: Finding, start: datetime = START) -> float:
    assert finding.proposal is not None, finding.why
    assert finding.proposal.moment is not None
    return abs((finding.proposal.moment - start).total_seconds())


@settings(max_examples=15)
@given(
    start=st.datetimes(datetime(2001, 1, 1), datetime(2060, 1, 1)),
    drift=st.floats(-150, 150),
    when=st.floats(0.2, 0.8),
    size=st.floats(4, 9000) | st.floats(-9000, -4),
    length=st.sampled_from([120.0, 900.0, 7200.0]),
)
def test_start_drift_and_jump_come_out_within_what_is_claimed(start, drift, when, size, length):
    found = propose(clock(start, drift=drift, jump=(when * length, size)), length, FRAME)
    proposal = found.proposal
    assert off(found, start) <= proposal.start.uncertainty + 1e-3
    assert proposal.start.high - proposal.start.low < 0.6, "the likeliest need not be its middle"
    assert proposal.drift.low - 1e-6 <= drift <= proposal.drift.high + 1e-6
    (jump,) = proposal.jumps
    assert jump.after - FRAME <= when * length <= jump.before + FRAME
    assert jump.before - jump.after <= 2 * FRAME
    assert jump.size.low - 1e-6 <= size <= jump.size.high + 1e-6


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), noise=st.floats(0, 0.15))
def test_spoilt_texts_are_left_out(seed, noise):
    found = propose(clock(noise=noise, seed=seed), 600.0, FRAME)
    assert off(found) < 1
    assert found.proposal.jumps == ()


def test_a_drift_of_seconds_a_day_shows_in_an_hour():
    drift = propose(clock(drift=20.0), 3600.0, FRAME).proposal.drift
    assert drift.value == pytest.approx(20, abs=2)


def test_a_clock_of_minutes_is_read_to_the_frame():
    found = propose(clock(form="%d/%m/%Y %H:%M"), 1800.0, FRAME)
    assert off(found) < 0.2


def test_midnight_tells_the_day_from_the_month():
    start = datetime(2024, 5, 3, 23, 55)
    assert propose(clock(start, form="%m/%d/%Y %H:%M:%S"), 900.0, FRAME).proposal.others == ()
    unsure = propose(clock(start, form="%m/%d/%Y %H:%M:%S"), 200.0, FRAME).proposal
    assert {unsure.format, *unsure.others} == {"DD/MM/YYYY hh:mm:ss", "MM/DD/YYYY hh:mm:ss"}


def test_a_clock_without_a_date_tells_the_time_of_day():
    start = datetime(2024, 5, 3, 23, 59, 30)
    proposal = propose(clock(start, form="%H:%M:%S"), 120.0, FRAME).proposal
    assert proposal.moment is None
    assert proposal.start.value == pytest.approx(23 * 3600 + 59 * 60 + 30, abs=0.2)


@pytest.mark.parametrize(
    "read",
    [
        lambda t: (t, ""),
        lambda t: (t, "CAMERA 01 EXIT"),
        lambda t: (t, "2024-05-01 08:30:00"),  # frozen
        lambda t: (t, (START - timedelta(seconds=t)).strftime("%Y-%m-%d %H:%M:%S")),  # backwards
        lambda t: (t, f"frame {int(t * 25):06}"),  # a counter
        lambda t: (
            t,
            f"{int(t * 7919) % 24:02}:{int(t * 104729) % 60:02}:{int(t * 1299709) % 60:02}",
        ),  # anything
        lambda t: (0.0, "2024-05-01 08:30:00"),  # one picture
    ],
    ids=["nothing", "caption", "frozen", "backwards", "counter", "anything", "one picture"],
)
def test_what_is_no_clock_gives_no_proposal(read):
    found = propose(read, 600.0, FRAME)
    assert found.proposal is None
    assert found.why


@pytest.mark.parametrize("length", [0.0, 0.04, 1.0])
def test_a_recording_may_be_too_short_to_tell(length):
    assert propose(clock(), length, FRAME).proposal is None


def test_one_start_for_all_is_as_uncertain_as_drift_and_jumps_make_it():
    plain = propose(clock(), 600.0, FRAME).proposal
    jumped = propose(clock(jump=(300.0, 60.0)), 600.0, FRAME).proposal
    assert plain.within(600.0) < 1
    assert 60 <= jumped.within(600.0) < 61


@pytest.mark.parametrize("drift", [-400.0, 150.0, 640.0])
def test_the_likeliest_drift_follows_the_ticks(drift, monkeypatch):
    """Bounds leave much open in minutes; the ticks along them do not."""
    read = clock(drift=drift, jump=(130.0, 40.0))
    likely = propose(read, 240.0, FRAME).proposal.drift
    assert abs(likely.value - drift) <= 12
    assert likely.low <= drift <= likely.high
    monkeypatch.setattr("synopticon.footage.clock_fit._by_ticks", lambda *_: None)
    middle = propose(read, 240.0, FRAME).proposal.drift
    assert (middle.low, middle.high) == (likely.low, likely.high)
