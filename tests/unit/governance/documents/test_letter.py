"""Letters and the form: every right, granted and refused, in both languages; no name in them is markup."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from synopticon.governance.demand import Decision, Demand, Person, Right, Shown
from synopticon.governance.documents.letter import Gone, Letter, Video, answer, extension, form
from synopticon.governance.documents.page import Page
from synopticon.governance.documents.render import html, text
from synopticon.governance.documents.texts import LANGUAGES, texts
from synopticon.governance.grant import Scope, Window
from synopticon.governance.profile import shipped
from synopticon.governance.rights import law_of
from synopticon.governance.touched import How, Touch, Touched
from tests.unit.governance.documents.test_pages import HOSTILE, Shape

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOW = Window(AT - HOUR, AT + 15 * HOUR)
MINE = Shown("t-1", "f-1", "cam-1", "2026-11-24", ("aa",), AT, AT + HOUR)
WHO = Person("Zoé Marchand", "red top and grey trousers", "passport")
LOOKS = (
    Touch(7, AT, "search.attributes", "consultation", How.SCOPE, "case-1", "a theft on Monday", "", "Ines"),
    Touch(9, AT + HOUR, "handover", "disclosure", How.NAMED, "case-1", "", "City police", "Ines"),
)
GDPR, DIRECTIVE = (law_of(shipped(name)) for name in ("eu-private-site", "fr-judicial"))


def told(right=Right.ACCESS, ground="", law=GDPR, **changes):
    decision = Decision(not ground, "user-2", AT, () if ground else (MINE,), ground)
    demand = Demand("R20261124-0a1b2c", right, Scope(("cam-1",), (WINDOW,)), "user-1", AT, None, decision)
    return Letter(
        "The corner shop", "privacy@example.org", law, AT + 24 * HOUR, demand, WHO,
        **{"cameras": {"cam-1": "gate"}, "zones": {"cam-1": "Europe/Paris"}, "reason": "coat and way agree",
           "key": "ab12", "touched": Touched(LOOKS, 3), **changes},
    )  # fmt: skip


def said(letter, language="en", kind=text):
    return " ".join(kind(answer(letter, texts(language))).split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("law", [GDPR, DIRECTIVE], ids=["gdpr", "directive"])
@pytest.mark.parametrize("right", Right)
def test_every_ground_of_every_right_can_be_written(right, law, language):
    grounds = [name for name, (rights, _) in law.grounds.items() if right in rights]
    for ground in grounds:
        words = said(told(right, ground, law), language)
        assert law.grounds[ground][1].words[language] in words
        assert law.remedy.words[language] in words
        assert "coat and way agree" in words
    assert law.remedy.words[language] in said(told(right, law=law), language)


def test_the_list_of_looks_tells_all_but_who():
    words = said(told())
    for fact in ("a theft on Monday", "City police", "all of that place and time", "your track itself"):
        assert fact in words
    assert "When: 2026-11-24 10:30 CET" in words
    assert "Of 3 older acts only the hour is known" in words
    assert "Ines" not in words
    assert "CJEU C-579/21" in words
    assert "CJUE C-579/21" in said(told(), "fr")
    assert "Ines" in said(told(law=replace(GDPR, staff_names=True)))


def test_videos_and_what_could_not_be_read():
    videos = (Video("video/01.mp4", "cam-1", AT, AT + 14 * HOUR),)
    words = said(told(videos=videos, unseen=2.5), "fr")
    assert "video/01.mp4" in words
    assert "24 novembre 2026, 10:30:00 – 25 novembre 2026 00:30:00 (CET)" in words
    assert "2,5 s n'ont pu être lues" in words
    assert "could not be read" not in said(told(videos=videos))


@pytest.mark.parametrize("right", [Right.ERASURE, Right.OBJECTION])
def test_what_was_destroyed_and_what_was_not(right):
    gone = (Gone("cam-1", "2026-11-24", AT, 41), Gone("cam-1", "2026-11-25", None, 0))
    words = said(told(right, gone=gone))
    assert "Camera: gate Day: 2026-11-24 Destroyed on: 24 November 2026 Entry: 41" in words
    assert "Refused for these days gate 2026-11-25" in words
    assert "Who looked" not in words
    assert "Nothing was destroyed." in said(told(right, gone=gone[1:]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_says_until_when(language):
    letter = told()
    letter = replace(letter, demand=replace(letter.demand, extended=AT, decision=None))
    words = " ".join(text(extension(letter, texts(language))).split())
    first, due = (
        ("24 décembre 2026", "24 février 2027")
        if language == "fr"
        else ("24 December 2026", "24 February 2027")
    )
    assert first in words
    assert due in words
    assert GDPR.remedy.words[language] in words


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_text(name):
    def called(name):
        letter = replace(told(reason=name, cameras={"cam-1": name}), contact=name)
        looks = tuple(replace(one, why=name, recipient=name) for one in LOOKS)
        letter = replace(letter, organisation=name, touched=Touched(looks, 1))
        return html(answer(replace(letter, person=Person(name, name, name)), texts("en")))

    tame, wild = Shape(called("a name")), Shape(called(name))
    assert (wild.tags, wild.attributes) == (tame.tags, tame.attributes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_says_how_long_its_words_are_kept(language):
    made = text(form("The corner shop", "1 High Street", GDPR, 1095, date(2026, 11, 24), texts(language)))
    words = " ".join(made.split())
    for fact in ("The corner shop, 1 High Street", "1095", GDPR.deadline.words[language], "☐"):
        assert fact in words
    ends = " ".join(text(form("", "", GDPR, None, date(2026, 11, 24), texts(language))).split())
    assert texts(language)("common.no_end") in ends


def test_plain_text_has_every_block_and_short_lines():
    page = Page("letter", "en", "A title", "of somebody")
    page.heading("First").text("word " * 60).items(["one", "two " * 40]).facts([("name", "value")])
    page.table(["a", "b"], [("1", "2"), ("3", "4")], "none").code("as it\n  is").blank("Fill", "a question?")
    page.note("warn", "Beware", "of this").table(["a"], [], "nothing there")
    made = text(page)
    assert max(map(len, made.splitlines())) <= 90
    for fact in (
        "A TITLE",
        "First\n-----",
        "- one",
        "name: value",
        "a: 3\nb: 4",
        "  is",
        "a question?",
        "Beware\nof this",
    ):
        assert fact in made
    assert "nothing there" in made
    assert "name : value" in text(replace(page, language="fr"))
