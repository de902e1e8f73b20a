"""Columns that are kept between questions: bounded, and nobody's who lacks their key."""

import numpy as np

from synopticon.governance.keys import DataKey
from synopticon.store.kept import KeptColumns

COLUMN = np.zeros(100, np.uint8)


def test_what_is_kept_is_found_again_by_who_has_the_key():
    kept, key = KeptColumns(), DataKey.make()
    assert kept.of("a", key) == {}
    kept.keep("a", "label", COLUMN)
    assert kept.of("a", key)["label"] is COLUMN
    assert kept.of("a", DataKey(key.raw))["label"] is COLUMN
    assert kept.of("a", DataKey.make()) == {}


def test_the_files_that_were_not_asked_for_longest_make_room():
    kept, key = KeptColumns(most=250), DataKey.make()
    for name in ("a", "b"):
        kept.of(name, key)
        kept.keep(name, "label", COLUMN)
    kept.of("a", key)
    kept.of("c", key)
    kept.keep("c", "label", COLUMN)
    assert [bool(kept.of(name, key)) for name in "abc"] == [True, False, True]


def test_what_was_forgotten_meanwhile_is_not_kept():
    kept, key = KeptColumns(), DataKey.make()
    kept.of("a", key)
    kept.forget(but=())
    kept.keep("a", "label", COLUMN)
    assert kept.of("a", key) == {}
    kept.keep("a", "label", COLUMN)
    kept.forget(but={key})
    assert "label" in kept.of("a", key)
