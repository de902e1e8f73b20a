"""Columns of traits: taken, joined, and of one length."""

from dataclasses import replace

import numpy as np
import pytest

from synopticon.values.traits import COLUMNS, Traits


def rows(camera: str, footage: str, n: int) -> Traits:
    columns = {name: np.zeros((n, *shape), kind) for name, (kind, shape) in COLUMNS.items()}
    columns["ids"] = np.array([f"{footage}-{k}" for k in range(n)], "S48")
    return Traits((camera,), (footage,), **columns)


def test_rows_of_several_cameras_keep_their_names():
    joined = Traits.join([rows("gate", "f1", 2), rows("hall", "f2", 1), rows("gate", "f3", 2)])
    assert [joined.cameras[k] for k in joined.camera] == ["gate", "gate", "hall", "gate", "gate"]
    assert [joined.footages[k] for k in joined.footage] == ["f1", "f1", "f2", "f3", "f3"]
    assert list(joined.ids) == [b"f1-0", b"f1-1", b"f2-0", b"f3-0", b"f3-1"]


def test_rows_are_taken_in_the_order_of_their_indices():
    assert list(rows("gate", "f", 4).take(np.array([3, 1])).ids) == [b"f-3", b"f-1"]


def test_nothing_joined_is_empty():
    assert len(Traits.join([])) == 0


@pytest.mark.parametrize("name", sorted(set(COLUMNS) - {"ids"}))
def test_a_column_of_another_length_is_refused(name):
    with pytest.raises(ValueError, match=name):
        replace(rows("gate", "f", 2), **{name: getattr(rows("gate", "f", 3), name)})
