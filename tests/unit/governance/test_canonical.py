import math

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from synopticon.errors import UsageError
from synopticon.governance.canonical import canonical, digest, parse_canonical

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
FLOATS = st.floats(-9e15, 9e15) | st.floats(1e21, 1e300)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | FLOATS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_equals_the_published_rules(value):
    written = canonical(value)
    assert written == rfc8785.dumps(value)
    assert canonical(parse_canonical(written)) == written


def test_example_of_the_rfc():
    # RFC 8785, 3.2.2 and 3.2.4
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '€$\x0f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical(value) == expected.encode()


def test_keys_are_sorted_by_utf16_units():
    # RFC 8785, 3.2.3: U+1F600 (surrogates from D83D) comes before U+FB33
    value = {"€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7}
    assert list(parse_canonical(canonical(value))) == ["\r", "1", "\x80", "ö", "€", "😀", "\ufb33"]


@pytest.mark.parametrize(
    "value",
    [2**53, -(2**53), 2.0**53, 1e20, math.nan, math.inf, b"x", "\ud800", {1: 2}, {"\udc00": 1}, object()],
)
def test_what_no_reader_would_read_back_is_refused(value):
    with pytest.raises(UsageError, match="canonical JSON"):
        canonical({"a": value})


@pytest.mark.parametrize(
    "data",
    [b"", b"[1]", b'{"a": 1}', b'{"a":1}\n', b'{"b":1,"a":1}', b'{"a":1,"a":1}', b'{"a":1.0}', b"\xff"],
)
def test_only_canonical_bytes_are_read(data):
    with pytest.raises(UsageError):
        parse_canonical(data)


def test_deep_nesting_is_one_clear_line():
    with pytest.raises(UsageError):
        parse_canonical(b'{"a":' + b"[" * 200_000)


def test_digest_is_of_the_canonical_bytes():
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert digest({"b": 1, "a": 2}) == digest({"a": 2.0, "b": 1.0})
