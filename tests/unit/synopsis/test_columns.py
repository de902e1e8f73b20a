"""The body of columns: what was put in is read out, wherever it lies."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from synopticon.synopsis.columns import MAGIC, _main, _packed
from synopticon.values.traits import COLOURS

TYPES = {"u8": "u1", "u16": "<u2", "i16": "<i2", "u32": "<u4", "i32": "<i4", "f32": "<f4", "f64": "<f8"}
KINDS = st.sampled_from([np.uint8, np.uint16, np.int16, np.uint32, np.int32])
ROWS = st.integers(0, 9)
COLUMN = st.one_of(
    st.builds(lambda n, kind: (n, kind), ROWS, KINDS), st.builds(lambda n, kind: ((n, 4), kind), ROWS, KINDS)
).flatmap(lambda one: arrays(one[1], one[0]))


@given(COLUMN, COLUMN, st.lists(st.text(max_size=5), max_size=4))
def test_columns_come_back_as_they_were(first, second, ids):
    columns = {"pick": first, "box": second, "first": first}
    data = _packed(ids, columns)
    length = int.from_bytes(data[4:8], "little")
    head = json.loads(data[8 : 8 + length])
    assert data[:4] == MAGIC
    assert (8 + length) % 8 == len(data) % 8 == 0
    assert head["ids"] == ids
    for name, column in columns.items():
        said = head["columns"][name]
        count = said["rows"] * said["wide"]
        read = np.frombuffer(data, TYPES[said["type"]], count, 8 + length + said["at"])
        assert said["at"] % 8 == 0
        assert np.array_equal(read, column.ravel())


def test_a_main_colour_is_one_that_is_clear():
    shares = np.zeros((3, len(COLOURS)), np.uint8)
    shares[0, 3], shares[1, :3] = 200, 85
    assert _main(shares).tolist() == [3, 255, 255]
