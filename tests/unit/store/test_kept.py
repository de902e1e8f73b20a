"""Columns that are kept between questions: bounded, and nobody's who lacks their keys."""

import numpy as np

from synopticon.governance.keys import DataKey
from synopticon.store.kept import KeptColumns

COLUMN = np.zeros(100, np.uint8)
ONE, OTHER = DataKey.make(), DataKey.make()


def test_what_is_kept_is_found_again_by_who_has_just_the_keys():
    kept = KeptColumns()
    assert kept.of("a", frozenset({ONE})) == {}
    kept.keep("a", "label", COLUMN)
    assert kept.of("a", frozenset({ONE}))["label"] is COLUMN
    assert kept.of("a", frozenset({DataKey(ONE.raw)}))["label"] is COLUMN
    assert kept.of("a", frozenset({OTHER})) == {}
    assert kept.of("a", frozenset()) == {}


def test_what_was_not_asked_for_longest_makes_room():
    kept, keys = KeptColumns(most=250), frozenset({ONE})
    for name in ("a", "b"):
        kept.of(name, keys)
        kept.keep(name, "label", COLUMN)
    kept.of("a", keys)
    kept.of("c", keys)
    kept.keep("c", "label", COLUMN)
    assert [bool(kept.of(name, keys)) for name in "abc"] == [True, False, True]


def test_what_was_forgotten_meanwhile_is_not_kept():
    kept, keys = KeptColumns(), frozenset({ONE})
    kept.of("a", keys)
    kept.forget(but=frozenset())
    kept.keep("a", "label", COLUMN)
    assert kept.of("a", keys) == {}


def test_what_several_keys_opened_goes_with_any_of_them():
    kept, both = KeptColumns(), frozenset({ONE, OTHER})
    for name, keys in ((("a", "b"), both), ("a", frozenset({ONE}))):
        kept.of(name, keys)
        kept.keep(name, "label", COLUMN)
    kept.forget(but=frozenset({ONE}))
    assert not kept.of(("a", "b"), both)
    assert kept.of("a", frozenset({ONE}))
