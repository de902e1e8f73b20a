import contextlib
import tomllib
from datetime import datetime
from pathlib import Path
from time import process_time

import pytest

from synopticon.errors import QueryError, RefusedError, UsageError
from synopticon.search.fields import data
from synopticon.search.plain import LONGEST, understand
from synopticon.search.query import parse
from synopticon.search.sensitive import RULE, refuse_in
from tests.unit.search.queries import DATA, NAMES

NOW = DATA["now"]
CASES = tomllib.loads((Path(__file__).parent / "sensitive.toml").read_text("utf-8"))


KNOWN = {"zone": ["vestiaire femmes", "bay"], "camera": ["gate", "man"], "line": ["l"]}


@pytest.mark.parametrize(("trait", "typed"), [(t, w) for t, ws in CASES["refused"].items() for w in ws])
def test_a_trait_is_refused_by_its_name(trait, typed):
    with pytest.raises(RefusedError) as refused:
        understand(typed, NOW, None, NAMES)
    assert refused.value.rule == RULE
    assert trait in str(refused.value).partition(" sensitive trait")[0]
    assert "write 'person'" in str(refused.value)


@pytest.mark.parametrize("typed", CASES["passes"])
def test_clothing_and_things_pass(typed):
    assert understand(typed, NOW, None, NAMES).query.terms


@pytest.mark.parametrize("trait", data("sensitive")["trait"])
def test_the_query_language_refuses_too(trait):
    for name in data("sensitive")["trait"][trait]["fields"]:
        for text in (f"{name}:x", f"person -{name.upper()}:>3"):
            with pytest.raises(RefusedError, match=trait):
                parse(text)


@pytest.mark.parametrize(
    "typed", ["man", "-femme", "person|child", "upper:skin", "is:angry", "near:2m of women"]
)
def test_words_of_the_query_language_are_refused(typed):
    with pytest.raises(RefusedError):
        parse(typed)


def test_a_place_may_be_called_what_it_is_called():
    names = {"zone": ["vestiaire femmes"], "camera": ["Marie"]}
    assert (
        understand("personne dans le vestiaire femmes", NOW, None, names).text
        == 'person in:"vestiaire femmes"'
    )
    assert understand("voiture à la caméra Marie", NOW, None, names).text == "car camera:Marie"


def test_the_query_language_is_taken_as_it_is():
    found = understand("person -car upper:red", NOW)
    assert (found.text, found.ignored, found.language) == ("person -car upper:red", (), "")
    with pytest.raises(QueryError) as wrong:
        understand("person uper:red", NOW)
    assert wrong.value.suggestion == "upper"


def test_names_that_nobody_gave_are_taken_with_their_kind_only():
    found = understand("voiture près du portail sur la caméra 2, ligne 1", NOW)
    assert found.text == "car cross:ligne1 camera:caméra2"
    assert found.ignored == ("portail",)


def test_the_language_may_be_given():
    assert understand("van", NOW, "fr").language == "fr"
    with pytest.raises(UsageError, match="choose from en, fr"):
        understand("van", NOW, "de")


def test_nothing_understood_is_no_search_for_everything():
    with pytest.raises(QueryError):
        understand("mannequin zzz", NOW)
    assert understand("show me everything", NOW).text == ""


def test_days_depend_on_now_only():
    for now in (datetime(2026, 1, 1), datetime(2028, 2, 29, 23, 59), datetime(2026, 3, 29, 2, 30)):
        for typed in (
            "yesterday",
            "last week",
            "ce week-end",
            "on Sunday",
            "29 février",
            "last 400 days",
            "1er janvier",
        ):
            found = understand(f"voiture {typed}", now)
            assert parse(found.text) == found.query
            assert all(d.first <= d.last <= now.date() for t in found.query.of("on") for d in t.values)


HOSTILE = [
    "red " * 250,
    "a" * 1000,
    "1 " * 500,
    "," * 1000,
    "not " * 250,
    "10 à 20 h " * 100,
    "gate " * 200,
    "\0" * 1000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:6])
def test_hostile_sentences_cost_nothing(text):
    names = {kind: [f"gate {n}" for n in range(2000)] for kind in ("camera", "zone", "line")}
    begin = process_time()
    with contextlib.suppress(QueryError):
        understand(text, NOW, None, names)
    assert process_time() - begin < 2


def test_ten_megabytes_of_sentence_are_not_read():
    begin = process_time()
    with pytest.raises(QueryError) as wrong:
        understand("red van " * 1_250_000, NOW)
    assert process_time() - begin < 0.05
    assert (wrong.value.kind, wrong.value.column) == ("long", LONGEST + 1)


@pytest.mark.parametrize("kind", ["tags", "places"])
def test_names_that_sort_persons_are_refused_and_others_are_not(kind):
    for name in CASES[kind]["refused"]:
        with pytest.raises(RefusedError, match="use a name that says a place") as refused:
            refuse_in(name, place=kind == "places")
        assert refused.value.rule == RULE, name
    for name in CASES[kind]["passes"]:
        refuse_in(name, place=kind == "places")


@pytest.mark.parametrize("known", [None, KNOWN])
def test_no_mistake_in_the_query_language_is_a_way_round(known):
    for typed in CASES["language"]["refused"]:
        with pytest.raises(RefusedError):
            parse(typed, known)


def test_mistakes_that_ask_for_nobody_stay_mistakes():
    for typed in CASES["language"]["mistaken"]:
        with pytest.raises(QueryError):
            parse(typed, KNOWN)
    for typed in CASES["language"]["passes"]:
        assert parse(typed, KNOWN).terms


def test_a_zone_that_sorts_persons_is_not_asked_for_even_if_it_was_drawn():
    names = {"zone": ["women"], "camera": ["men"]}
    for text, read in (
        ("in:women", parse),
        ("person in zone women", lambda t, n: understand(t, NOW, None, n)),
    ):
        with pytest.raises(RefusedError):
            read(text, names)
    assert parse("camera:men", names).terms


def test_ten_thousand_quotes_cost_nothing():
    begin = process_time()
    for text in ('"' * 4000, '\\"' * 2000, "black " * 660, 'tag:"x' * 600):
        with contextlib.suppress(QueryError):
            parse(text)
    assert process_time() - begin < 1
