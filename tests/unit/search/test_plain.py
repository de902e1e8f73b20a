import pytest

from synopticon.search.plain import understand
from synopticon.search.query import parse
from tests.unit.search.queries import DATA, NAMES, QUERIES, check_mistake


def plain(text):
    return understand(text, DATA["now"], None, NAMES)


@pytest.mark.parametrize(
    ("language", "entry"),
    [(k, e) for k in ("english", "french") for e in QUERIES[k]],
    ids=lambda v: str(v[0]),
)
def test_plain_words_become(language, entry):
    typed, expected, *ignored = entry
    if expected.startswith("!"):
        check_mistake(plain, typed, expected)
        return
    found = plain(typed)
    assert found.text == expected
    assert " ".join(found.ignored) == "".join(ignored)
    assert parse(found.text, NAMES) == found.query
    assert found.language == language[:2]
