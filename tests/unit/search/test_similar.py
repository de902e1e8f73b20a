"""Exact search: the same as the slow way, whole numbers, ties in order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synopticon.search.similar import comparable, explained, first, likeness
from synopticon.values.detection import CLASS_INDEX, CLASSES
from synopticon.vision.descriptor import FULL, SIZE, STRIPES


def vectors(count, seed=1):
    return np.random.default_rng(seed).integers(0, 60, (count, SIZE)).astype(np.int8)


@settings(deadline=None)  # the first call compiles
@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_every_one_is_compared_exactly(count, seed):
    held = vectors(count, seed)
    products = [sum(int(a) * int(b) for a, b in zip(row, held[0], strict=True)) for row in held]
    slow = [min(1, p / FULL**2 / STRIPES) for p in products]
    np.testing.assert_allclose(likeness(held, held[0]), slow, rtol=1e-6)


def test_the_largest_numbers_do_not_overflow():
    full = np.full((3, SIZE), 127, np.int8)
    assert (likeness(full, full[0]) == 1).all()
    assert (likeness(np.asfortranarray(full), full[0]) == 1).all()
    assert len(likeness(full[:0], full[0])) == 0


@given(st.lists(st.integers(0, 5), max_size=60), st.integers(1, 70), st.data())
def test_the_best_come_first_and_ties_in_order(values, limit, data):
    scores = np.array(values, np.float32) / 5
    n = len(values)
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), np.bool_)
    slow = sorted((n for n in range(len(values)) if allowed[n] and values[n]), key=lambda n: (-values[n], n))
    found = first(scores, allowed, limit)
    assert [f.row for f in found] == slow[:limit]
    assert [f.score for f in found] == pytest.approx([values[n] / 5 for n in slow[:limit]])


def test_classes_of_one_group_and_the_nameless_are_compared():
    labels = np.arange(len(CLASSES), dtype=np.uint8)

    def with_(name):
        return {CLASSES[n] for n in np.flatnonzero(comparable(labels, CLASS_INDEX[name]))}

    assert with_("person") == {"person", "object"}
    assert with_("car") == {"car", "bus", "truck", "train", "boat", "object"}
    assert with_("object") == set(CLASSES)


def test_the_reason_names_the_parts():
    a = np.zeros((STRIPES, SIZE // STRIPES), np.int8)
    a[:, 0] = FULL
    b = a.copy()
    b[-1] = np.roll(b[-1], 1)
    text = explained(a.ravel(), b.ravel())
    assert text.startswith("clothing and shape 0.83 (shoulders 1.00")
    assert text.endswith("feet 0.00)")
