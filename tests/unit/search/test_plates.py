"""Which readings answer: the compiled loops beside a slow and obvious way, and what is said of each."""

from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from synopticon.errors import QueryError
from synopticon.search.hits import CERTAIN
from synopticon.search.plates import (
    MOST_UNREAD,
    How,
    answering,
    asked,
    found,
    safe,
    text_at,
    veiled,
    without,
)
from synopticon.search.query import parse, text_of
from synopticon.values.plate import LONGEST, PlateReading
from synopticon.values.plate_text import cleaned, grouped, masked

SIGNS = "AB01O8"
PLATES = st.text(SIGNS, min_size=1, max_size=LONGEST)
READ = st.text(SIGNS + "?", min_size=1, max_size=LONGEST)


def column(*texts):
    return np.array([list(t.encode().ljust(LONGEST, b"\0")) for t in texts], np.uint8).reshape(-1, LONGEST)


def hits(value, *texts):
    """The texts that answer, the surest first, each with its score."""
    one, rows = asked(value), column(*texts)
    chosen = np.flatnonzero(answering(one, rows))
    ids = np.array([f"t{k:03}".encode() for k in chosen], "S48")
    made = found(one, ids, rows[chosen], np.full((len(chosen), LONGEST), 255, np.uint8), ())
    order = np.argsort(-made.score, kind="stable").tolist()
    return {text_at(made.texts, k): float(made.score[k]) for k in order}


def fits(text, pattern):
    """Whether a reading fits a pattern, in the obvious way."""

    @cache
    def rest(i, j):
        if j == len(pattern):
            return i == len(text)
        if pattern[j] == "*":
            return any(rest(k, j + 1) for k in range(i, len(text) + 1))
        same = i < len(text) and (pattern[j] == "?" or text[i] in (pattern[j], "?"))
        return same and rest(i + 1, j + 1)

    return text.count("?") <= MOST_UNREAD and rest(0, 0)


def apart(text, wanted):
    """The fewest wrong, missing or odd characters, then of unread ones, of all ways."""

    @cache
    def least(i, j):
        if i == len(wanted) or j == len(text):
            return (len(wanted) - i + len(text) - j, 0)
        wrong, unread = least(i + 1, j + 1)
        step = (0, 0) if text[j] == wanted[i] else (0, 1) if text[j] == "?" else (1, 0)
        ways = [(wrong + step[0], unread + step[1])]
        for a, b in ((i + 1, j), (i, j + 1)):
            wrong, unread = least(a, b)
            ways.append((wrong + 1, unread))
        return min(ways)

    return least(0, 0)


@settings(max_examples=400, deadline=None)
@given(READ, st.text(SIGNS + "?*", min_size=1, max_size=9))
@example("AB01", "A*")
@example("AAAB", "*AB")
def test_a_pattern_finds_what_the_obvious_way_finds(text, pattern):
    one = asked(pattern)
    if one.how is How.EXACT:
        assert bool(answering(one, column(text))[0]) == (text == pattern)
    else:
        assert bool(answering(one, column(text))[0]) == fits(text, pattern)


@settings(max_examples=400, deadline=None)
@given(READ, st.text(SIGNS, min_size=4, max_size=LONGEST))
def test_what_may_be_misread_is_what_the_obvious_way_finds(text, wanted):
    one = asked(f"~{wanted}")
    wrong, unread = apart(text, wanted)
    near = wrong <= one.wrong and wrong + unread <= MOST_UNREAD and text.count("?") <= MOST_UNREAD
    assert bool(answering(one, column(text))[0]) == near
    if near:
        made = found(one, np.array([b"t"], "S48"), column(text), np.full((1, LONGEST), 200, np.uint8), ())
        assert int(made.wrong[0]) == wrong
        assert 0 < float(made.score[0]) <= 1


def test_likely_misreadings_come_first():
    found_ = list(
        hits("~AB123CD", "XB123CD", "A8123CD", "AB123CD", "A8I23CD", "AB1?3CD", "ZZ999ZZ", "B123CD")
    )
    assert found_[:4] == ["AB123CD", "AB1?3CD", "A8123CD", "A8I23CD"]
    assert set(found_[4:]) == {"XB123CD", "B123CD"}


def test_what_differs_is_never_called_certain():
    found_ = hits("~AB123CD", "AB123CD", "A8123CD", "AB1?3CD")
    assert found_.pop("AB123CD") == 1
    assert all(score <= CERTAIN for score in found_.values())


def test_of_a_short_plate_one_character_may_be_wrong():
    assert list(hits("~AB12", "AB12", "AB13", "AC13")) == ["AB12", "AB13"]


def test_a_wrong_character_costs_less_where_the_reader_was_not_sure():
    one, rows, ids = asked("~AB123CD"), column("XB123CD", "XB123CD"), np.array([b"a", b"b"], "S48")
    sure = np.full((2, LONGEST), 255, np.uint8)
    sure[1, 0] = 0
    made = found(one, ids, rows, sure, ())
    mean = np.array([1, 6 / 7])  # of what the reader was sure of: that counts too
    assert made.score[0] / (1 + mean[0]) < made.score[1] / (1 + mean[1])


def test_too_many_unread_characters_answer_nothing_but_themselves():
    assert not hits("~AB123CD", "????3CD")
    assert not hits("AB*CD", "????3CD")


def test_what_is_said_names_no_plate():
    one, rows = asked("~AB123CD"), column("A8123CD", "AB12?CD")
    made = found(one, np.array([b"a", b"b"], "S48"), rows, np.full((2, LONGEST), 255, np.uint8), ())
    assert made.says(b"a") == "reads A-81**-CD, 1 character wrong, missing or too many"
    assert made.says(b"b") == "reads AB-1**CD, 1 character could not be read"
    assert made.says(b"c") == ""
    assert made.of(np.array([b"b", b"zz"], "S48")).tolist() == [made.score[1], 0]


@settings(max_examples=300, deadline=None)
@given(st.text("ABC0189?", min_size=1, max_size=LONGEST))
def test_a_masked_plate_hides_at_least_a_quarter(text):
    shown = masked(text)
    assert shown.count("*") >= min(len(text), 2)
    assert shown.count("*") >= len(text) / 4
    assert cleaned(grouped(text)) == text
    assert len(cleaned(shown)) == len(text)


def test_a_question_is_told_masked():
    query = parse('car plate:"AB 123 CD",~xy99zz plate:@stolen limit:3')
    assert text_of(safe(query)) == "car plate:AB-1**-CD,~XY-**-ZZ plate:@stolen limit:3"
    assert safe(parse("car")) == parse("car")
    assert veiled("AB*CD") == "AB**D"


def test_plates_are_taken_out_of_words():
    said = "saw AB-123-CD (ab 123 cd) twice, not AB123CE"
    assert without(said, {"AB123CD": "X"}) == "saw X (X) twice, not AB123CE"


@pytest.mark.parametrize(
    "typed",
    ["plate:A", "plate:*", "plate:?*?A", "plate:~ABC", "plate:~AB1*C", "plate:AB_12!", "plate:@",
     "plate:@a/b", "plate:ABCDEFGHIJKLM", "not plate:AB12"],
)  # fmt: skip
def test_what_is_no_plate_is_pointed_at(typed):
    with pytest.raises(QueryError):
        parse(typed)


def test_the_longest_plate_fits():
    PlateReading("t", "A" * LONGEST, (0.5,) * LONGEST, "", False, 0, 0, 0.0, (0, 0, 1, 1))
    assert list(hits("A" * LONGEST, "A" * LONGEST)) == ["A" * LONGEST]
