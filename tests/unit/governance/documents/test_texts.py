"""Every sentence is there in French and in English, with the same gaps; law has its source and date."""

import re
import string
import tomllib
from datetime import UTC, date, datetime
from importlib import resources

import pytest

from synopticon.acts.reporting import LINKS
from synopticon.errors import UsageError
from synopticon.governance.approval import Decision, Matter
from synopticon.governance.capability import CAPABILITIES, EVENTS
from synopticon.governance.case import OPINIONS, State
from synopticon.governance.documents.texts import LANGUAGES, local, texts
from synopticon.governance.profile import Need, names, shipped
from synopticon.governance.users import Role
from synopticon.models.kinds import Task
from synopticon.search.measured import figures
from synopticon.store.marks import VERDICTS
from synopticon.values.detection import CLASSES
from synopticon.values.footage import GapReason

ENGLISH = re.compile(r"\b(?:the|of|and|is|at|for|to|by|until|choice|French|GDPR|EDPB|ECHR|CJEU|ff)\b")


def leaves(value, place=""):
    if isinstance(value, dict):
        return {k: v for name, part in value.items() for k, v in leaves(part, f"{place}/{name}").items()}
    return {place: value}


def table(language):
    return leaves(dict(texts(language).table))


def gaps(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_no_sentence_is_missing_in_a_language():
    first, *others = (table(language) for language in LANGUAGES)
    assert len(first) > 300
    for other in others:
        assert other.keys() == first.keys()
        differing = [k for k, text in first.items() if isinstance(text, str) and gaps(text) != gaps(other[k])]
        assert not differing


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_and_none_stands_in_the_other_language(language):
    found = table(language)
    assert all(str(text).strip() for text in found.values())
    other = r"\b(?:the|of|is|are)\b" if language == "fr" else r"\b(?:le|les|des|est)\b"
    assert not [place for place, text in found.items() if re.search(other, str(text))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_named_in_the_program_has_a_name_in_the_language(language):
    t = texts(language).table
    assert set(CAPABILITIES) <= set(t["capability"])
    assert {role.value for role in Role} <= set(t["roles"])
    assert {need.value for need in Need} == set(t["needs"])
    assert set(OPINIONS) == set(t["opinions"])
    assert set(Task.__args__) == set(t["tasks"])
    assert {"kept", "due", "overdue", "held"} == set(t["states"])
    assert set(VERDICTS) == set(t["verdicts"])
    assert {one.value for one in State} == set(t["case_states"])
    assert {one.value for one in Matter} == set(t["matters"])
    assert {one.value for one in Decision} == set(t["answers"])
    assert set(LINKS) == set(t["links"])
    assert {one.value for one in GapReason} == set(t["gap_reasons"])
    assert set(CLASSES) == set(t["kinds"])
    assert {figure.kind for figure in figures()} == set(t["figures"])
    assert {"user", "sidecar", "name", "container", "unknown"} == set(t["clock_sources"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_statement_of_law_has_a_source_and_the_day_it_was_read(language):
    found = table(language)
    sources = [place for place in found if place.endswith("_source")]
    assert len(sources) >= 9
    for place in sources:
        read = found[place.replace("_source", "_checked")]
        assert type(read) is date
        assert date(2026, 1, 1) < read


def said(profile):
    yield from (text for text in (profile.title, profile.who, profile.mark) if text)
    yield from (rule.why for rule in profile.rules)
    yield from (field.ask for field in profile.fields)


@pytest.mark.parametrize("name", names())
def test_all_that_a_shipped_profile_says_is_there_in_french(name):
    t, profile = texts("fr"), shipped(name)
    assert not [text for text in said(profile) if t.said(text) == text]
    sources = [part.source.text for part in (*profile.rules, *profile.fields)]
    sources += [source.text for source in profile.limits.sources.values()]
    assert not [text for text in sources if ENGLISH.search(t.cited(text))]


def test_no_translation_is_of_a_text_that_no_profile_says():
    spoken = {text for name in names() for text in said(shipped(name))}
    file = resources.files("synopticon.governance.documents") / "texts" / "profile.fr.toml"
    assert set(tomllib.loads(file.read_text("utf-8"))["texts"]) == spoken


def test_an_own_text_stands_as_it_is_written():
    assert texts("fr").said("because we say so") == "because we say so"


def test_complete_families_are_named_as_one():
    t = texts("en")
    events = tuple(f"event.{name}" for name in EVENTS)
    assert t.capabilities(("synopsis", *events)) == f"{t('capability.synopsis')}; {t('capability.event.*')}"
    assert t.capabilities(events[:2]).count(";") == 1


def test_a_value_is_never_read_as_a_template():
    assert "{size}" in texts("en")("common.log_value", origin="{size}", size=1)


def test_days_moments_and_numbers():
    moment = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)
    assert texts("fr").day(moment.date()) == "1er mars 2026"
    assert texts("en").moment(moment) == "1 March 2026, 09:05 UTC"
    assert texts("fr").number(1.25) == "1,2"
    assert texts("fr").days(1) == "1 jour"
    assert texts("en").days(None) == "no rule sets an end"
    assert local(moment, "Europe/Paris") == "2026-03-01 10:05:00 +01:00"


def test_other_languages_are_refused():
    with pytest.raises(UsageError, match="choose one of fr, en"):
        texts("de")
