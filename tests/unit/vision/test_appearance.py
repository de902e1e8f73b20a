"""What is said of tracks: glances vote, and where nothing can be said the reason is."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synopticon.values.detection import CLASSES
from synopticon.values.footage import Clock, Footage, SourceFile
from synopticon.values.scene import Bank
from synopticon.values.traits import CARRIED, COLOURS, COLUMNS, KINDS, LIGHTS, UNTIMED
from synopticon.vision.appearance import FEWEST, Glances, describe, substances
from synopticon.vision.glance import PLACES, Glance
from synopticon.vision.kinds import Kinds
from synopticon.vision.outline import SAMPLES
from synopticon.vision.substance import Substance
from tests.unit.vision.dressed import HEIGHT, WIDTH, background, street, track

RED, BLUE, BLACK = (COLOURS.index(name) for name in ("red", "blue", "black"))
CAR = (0.96, 0.85, 1.8)
BODY = (60, 10, 90, 110)
START = 1_700_000_000.0


def footage(start=None, uncertainty=0.0):
    clock = Clock(start=start, uncertainty=uncertainty)
    file = SourceFile(
        Path("a.mp4"), 1, "aa", width=WIDTH, height=HEIGHT, clock=clock, frame_rate=Fraction(10)
    )
    return Footage("gate", (file,))


def saw(k, colour, *, worth=1.0, pixels=200, chroma=30.0, outline=(np.nan,) * 3, places=("upper", "lower")):
    """A glance at sample ``k`` that finds one colour in some places."""
    shares, values = np.zeros((3, len(COLOURS)), np.float32), np.zeros(3, np.float32)
    counts = np.zeros(3, np.int32)
    for place in places:
        i = PLACES.index(place)
        shares[i, colour], values[i], counts[i] = 1, worth, pixels
    return Glance(k, shares, values, counts, chroma, outline)


def described(glances, who=None, scene=None, kinds=None, film=None):
    who = who or track(BODY, n=30, step=(2.0, 0.0))
    bank = Bank((scene or background(street()),))
    return describe(film or footage(), [who], bank, Glances.of([(who, glances)]), kinds)


def said(traits, place, row=0):
    shares = getattr(traits, place)[row]
    return COLOURS[int(shares.argmax())] if shares.any() else ""


def light(traits):
    return LIGHTS[traits.light[0]]


# --- colours ------------------------------------------------------------------------------------------------


def test_most_of_the_glances_decide_each_as_much_as_it_is_worth():
    traits = described([saw(0, RED), saw(1, RED), saw(2, BLUE)])
    assert said(traits, "upper") == "red"
    assert traits.upper[0].tolist()[RED] == 170
    assert said(described([saw(0, RED, worth=0.2), saw(1, RED, worth=0.2), saw(2, BLUE)]), "upper") == "blue"


def test_one_who_is_seen_often_and_alike_is_surer():
    once = described([saw(0, RED)]).sure[0]
    often = described([saw(k, RED) for k in range(12)]).sure[0]
    mixed = described([saw(k, RED if k % 2 else BLUE) for k in range(12)]).sure[0]
    assert once < often
    assert mixed < often
    assert often > 240


def test_a_place_that_was_never_seen_stays_unknown_alone():
    traits = described([saw(0, RED, places=("upper",))])
    assert said(traits, "upper") == "red"
    assert not traits.lower.any()
    assert light(traits) == "known"


def test_where_nothing_has_colour_it_is_unknown_with_the_reason():
    """Infra-red: neither the scene nor anything in it has colour."""
    flat = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    night = replace(background(street()), u=flat, v=flat)
    traits = described([saw(0, BLACK, chroma=1.0)], scene=night)
    assert light(traits) == "no colour in this light"
    assert not traits.upper.any()
    assert traits.sure[0] == 0


def test_a_grey_scene_in_which_something_has_colour_is_no_night():
    flat = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    hall = replace(background(street()), u=flat, v=flat)
    assert light(described([saw(0, RED, chroma=40.0)], scene=hall)) == "known"


def test_the_day_counts_where_a_track_goes_from_night_to_day():
    flat = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    night = replace(background(street()), u=flat, v=flat, start=0.0, end=1.0)
    day = replace(background(street()), start=1.0, end=1e9)
    who = track(BODY, n=30, step=(2.0, 0.0))
    seen = Glances.of([(who, [saw(0, BLACK, chroma=1.0), saw(20, RED)])])
    traits = describe(footage(), [who], Bank((night, day)), seen)
    assert light(traits) == "known"


def test_too_few_pixels_say_nothing():
    traits = described([saw(k, RED, pixels=FEWEST - 1) for k in range(9)])
    assert light(traits) == "too small"
    assert not traits.upper.any()
    assert light(described([saw(0, RED, pixels=FEWEST)])) == "known"


def test_without_a_glance_nothing_was_measured():
    assert light(described([])) == "not measured"
    assert light(described([saw(0, RED, worth=0.0)])) == "not measured"


def test_each_track_has_its_own_glances():
    a, b, c = (track(BODY, n=5, name=name) for name in ("aa-1-0", "aa-0-0", "aa-2-0"))
    seen = Glances.of([(a, [saw(0, RED)]), (b, [saw(0, BLUE)])])
    traits = describe(footage(), [a, b, c], Bank((background(street()),)), seen)
    assert traits.ids.tolist() == [b"aa-0-0", b"aa-1-0", b"aa-2-0"]
    assert [said(traits, "upper", k) for k in range(3)] == ["blue", "red", ""]


def test_glances_at_samples_that_the_track_lost_again_do_not_count():
    who = track(BODY, n=30)
    seen = Glances.of([(who, [saw(2, RED), saw(29, BLUE)])])
    shorter = replace(who, **{c: getattr(who, c)[:10] for c in ("file", "pts", "times", "boxes", "observed")})
    traits = describe(footage(), [shorter], Bank((background(street()),)), seen)
    assert traits.upper[0].tolist()[RED] == 255


def test_parts_are_joined_as_if_they_were_one():
    who = track(BODY, n=30)
    parts = [Glances.of([(who, [saw(k, RED)])]) for k in (3, 9)]
    joined = Glances.join([p.arrays() for p in parts])
    whole = Glances.of([(who, [saw(3, RED), saw(9, RED)])])
    for name, column in whole.arrays().items():
        assert np.array_equal(getattr(joined, name), column, equal_nan=column.dtype.kind == "f"), name
    assert len(Glances.join([]).track) == 0


glances = st.lists(
    st.builds(
        saw,
        st.integers(0, 29),
        st.integers(0, len(COLOURS) - 1),
        worth=st.floats(0, 1),
        pixels=st.integers(0, 500),
        chroma=st.floats(0, 60),
        places=st.sampled_from([("upper",), ("lower",), ("upper", "lower"), ("body",), PLACES]),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(glances)
def test_shares_sum_to_about_255_or_are_all_0(seen):
    traits = described(seen)
    for place in PLACES:
        total = int(getattr(traits, place)[0].sum())
        assert total == 0 or abs(total - 255) <= len(COLOURS) / 2
        assert total == 0 or light(traits) == "known"


# --- kinds, times -------------------------------------------------------------------------------------------


def nothing_seen(n=1):
    return Kinds(
        np.zeros((n, len(CLASSES)), np.float32), np.zeros(n, np.int32), np.zeros((n, len(CARRIED)), np.int32),
        frozenset({"person"}),
    )  # fmt: skip


@pytest.mark.parametrize("kinds", [None, nothing_seen()])
@pytest.mark.parametrize(
    ("label", "step", "outlines", "kind"),
    [
        ("object", 2.0, [CAR] * SAMPLES, "car"),
        ("object", 0.0, [CAR] * SAMPLES, ""),  # a box that stands there
        ("object", 2.0, [(0.8, 0.6, 2.4)] * 9, ""),
        ("person", 2.0, [CAR] * 9, ""),
    ],
)
def test_what_has_no_name_and_the_outline_of_a_car_is_one_where_it_moves(kinds, label, step, outlines, kind):
    who = track(BODY, n=30, step=(step, 0.0), label=label)
    traits = described([saw(k, RED, outline=o) for k, o in enumerate(outlines)], who, kinds=kinds)
    assert KINDS[traits.kind[0]] == kind


def test_times_are_those_of_the_clock_widened_by_its_uncertainty():
    who = track(BODY, n=31)
    traits = described([], who, film=footage(START, 2.0))
    assert traits.start[0] == round(START * 1e6)
    assert traits.end[0] >= round((START + 3) * 1e6)
    assert (traits.start - traits.low)[0] == (traits.high - traits.end)[0] == 2_000_000
    assert traits.dwell[0] == pytest.approx(3.0)


def test_an_unknown_clock_gives_no_time():
    traits = described([])
    for name in ("start", "end", "low", "high"):
        assert getattr(traits, name)[0] == UNTIMED
    assert traits.offset[0] == 0


def test_without_a_ground_there_is_no_pace():
    traits = described([])
    assert np.isnan(traits.pace[0])
    assert np.isnan(traits.pace_error[0])


def test_no_track_at_all():
    traits = describe(footage(), [], Bank((background(street()),)), Glances.of(()))
    assert len(traits) == 0
    assert all(getattr(traits, name).dtype == np.zeros(0, kind).dtype for name, (kind, _) in COLUMNS.items())


def test_what_a_track_is_made_of_is_said_by_its_own_glances():
    one, other = track(BODY, n=9), replace(track(BODY, n=9), id="a-0-1")
    seen = [(one, [replace(saw(k, RED), made_of=Substance(0.9, 2.0, v)) for k, v in ((0, 0.1), (1, 0.3))])]
    made_of = substances(Glances.join([Glances.of(seen).arrays()]))
    assert made_of(one).light is True
    assert made_of(one).drawn == pytest.approx(0.2)
    assert made_of(other).light is None


def test_parts_of_an_older_version_do_not_say_what_is_made_of_what():
    one = track(BODY, n=9)
    arrays = Glances.of([(one, [replace(saw(0, RED), made_of=Substance(0.9, 2.0, 0.1))])]).arrays()
    older = {name: column for name, column in arrays.items() if name != "made_of"}
    assert substances(Glances.join([older]))(one).light is None
    assert substances(Glances.join([older, arrays]))(one).light is True
