"""docs/query.md says every field and every word of the language."""

import re

from synopticon.search.fields import FIELDS, data
from synopticon.search.plain import LONGEST as LONGEST_PLAIN
from synopticon.search.query import LONGEST, parse, text_of
from synopticon.search.sensitive import RULE
from tests.architecture import query_page

TEXT = query_page.PAGE.read_text("utf-8")


def test_the_lists_are_up_to_date():
    assert query_page.page() == TEXT, "run 'make docs'"


def test_every_field_and_word_is_there():
    for field in FIELDS.values():
        assert field.name == "class" or f"`{field.name}:`" in TEXT
        for word in (*field.words, *field.synonyms):
            assert f"`{word}`" in TEXT, word


def test_the_examples_are_queries():
    (block, *_) = re.findall(r"```\n(.*?)```", TEXT, re.DOTALL)
    for line in block.splitlines():
        assert parse(text_of(parse(line))) == parse(line)
    for field in FIELDS.values():
        for example in field.examples:
            assert parse(example), example


def test_numbers_are_those_of_the_program():
    assert f"at most {LONGEST:,} characters" in TEXT
    assert f"At most {LONGEST_PLAIN:,} characters" in TEXT
    assert f"`{RULE}`" in TEXT
    usual = data("defaults")
    assert f"{usual['around_minutes']} minutes before" in TEXT
    assert f"at least {usual['stopped']} s" in TEXT
    assert f'"waiting" {usual["waiting"]} s' in TEXT
    assert usual["parked"] == usual["waiting"]


def test_every_refused_trait_is_named():
    (named,) = re.findall(r"sort of person: \*\*(.*?)\*\*", TEXT, re.DOTALL)
    assert set(data("sensitive")["trait"]) == set(re.sub(r"\s+", " ", named).split(", "))
