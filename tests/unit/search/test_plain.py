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


# Sentences that were tried after the rules were written, and were wrong at first.
LATER = [
    ("vans stopped between 1 and 5 minutes", "van stopped:60s..300s"),
    ("personne à 2 m d'un vélo", "person near:2m of bicycle"),
    ("person with a hat and a bag", "person with:bag with:hat"),
    ("the longest stays in the bay", "in:bay sort:dwell"),
    ("les 5 trajets les plus inhabituels", "sort:unusual limit:5"),
    ("vehicles since 3 days", "vehicle on:2026-11-22..2026-11-24"),
    ("a van going from the bay to the entrance", "van in:bay in:entrance"),
    ("people going up or down", "person going:up|down"),
    ("voiture garée sans bouger", "car stopped:>60s"),
    ("vehicles between 6 and 8 in the morning", "vehicle from:06:00 to:08:00"),
    ("cars between 6 and 8 in the evening", "car from:18:00 to:20:00"),
    ("voiture ni blanche ni noire", "car not body:white|black"),
    ("a car neither white nor black", "car not body:white|black"),
]


@pytest.mark.parametrize(("typed", "expected"), LATER)
def test_sentences_tried_later(typed, expected):
    assert (plain(typed).text, plain(typed).ignored) == (expected, ())
