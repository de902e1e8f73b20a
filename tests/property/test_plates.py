"""What holds for every text of a plate, and for every vote."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synopticon.values.plate import UNREAD
from synopticon.vision.detect.pp_ocr import COLUMNS, SIGNS
from synopticon.vision.plate_grammar import CONFUSED, countries, fitting, settled
from synopticon.vision.plate_vote import Look, likelihood, spelt, voted

texts = st.text(SIGNS + UNREAD, min_size=1, max_size=9)
read = st.text(SIGNS, min_size=4, max_size=8)
PAIRS = {frozenset(pair) for pair in CONFUSED}


@given(texts, st.sampled_from([(), *((c,) for c in countries())]))
def test_only_confused_signs_change_and_only_to_what_fits(text, among):
    right = settled(text, among=among)
    assert len(right.text) == len(text)
    changed = [(a, b) for a, b in zip(text, right.text, strict=True) if a != b]
    assert all(frozenset(pair) in PAIRS for pair in changed)
    assert right.corrected == bool(changed)
    if right.corrected:
        assert fitting(right.text, among)
        assert not fitting(text, among)
    if right.country:
        assert right.country in fitting(right.text, among)


@given(texts)
def test_what_was_put_right_is_right(text):
    once = settled(text)
    again = settled(once.text)
    assert again.text == once.text
    assert not again.corrected


@given(texts, st.data())
def test_what_is_surely_read_never_changes(text, data):
    sure = [data.draw(st.sampled_from([0.2, 0.99])) for _ in text]
    right = settled(text, sure)
    assert all(a == b for a, b, c in zip(text, right.text, sure, strict=True) if c > 0.95)


def line(text, sure=0.97):
    """Chances as a reader gives them: each sign once, blanks between."""
    rest = (1 - sure) / (COLUMNS - 1)
    out = np.full((2 * len(text) + 1, COLUMNS), rest, np.float32)
    out[::2, 0] = sure
    for k, sign in enumerate(text):
        out[2 * k + 1, 1 + SIGNS.index(sign)] = sure
    return out


@given(read)
def test_one_sure_look_is_read_as_it_is(text):
    assert spelt(line(text)) == text
    said = voted([Look(line(text))] * 2)
    assert said is not None
    assert said.text == text
    assert len(said.confidence) == len(text)
    assert all(0 <= c <= 1 for c in said.confidence)


@given(read, st.integers(0, 7), st.sampled_from(SIGNS))
def test_three_looks_outvote_one_wrong_sign(text, place, sign):
    wrong = text[: place % len(text)] + sign + text[place % len(text) + 1 :]
    said = voted([Look(line(text))] * 3 + [Look(line(wrong))])
    assert said is not None
    assert said.text == text


@given(st.lists(read, min_size=1, max_size=4), st.randoms())
def test_the_order_of_the_looks_does_not_matter(texts, random):
    looks = [Look(line(t)) for t in texts]
    shuffled = looks.copy()
    random.shuffle(shuffled)
    one, other = voted(looks), voted(shuffled)
    assert one is not None
    assert other is not None
    assert one.text == other.text


@given(read, read)
def test_the_text_that_was_read_is_likelier_than_any_other(text, other):
    log = np.log(line(text)).astype(np.float64)
    signs = [np.array([SIGNS.index(s) + 1 for s in t], np.int64) for t in (text, other)]
    own, others = (likelihood(log, s) for s in signs)
    assert own <= 1e-6
    assert own >= others
