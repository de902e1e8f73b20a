"""The PDF: the same bytes each time, all of its text, sheets in order, rows never cut."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from synopticon.evidence.paper import BOX, FULL, PLAIN, ROOM, width, wrap
from synopticon.evidence.pdf import page_pdf, report_pdf
from synopticon.governance.documents.page import Page, Picture
from synopticon.governance.documents.texts import LANGUAGES
from tests.architecture.source import ROOT
from tests.documents import AT
from tests.reports import JPEG, gallery, report, seen, shot
from tests.unit.evidence.test_report import HOSTILE, called


def read(data):
    return PdfReader(BytesIO(data))


def sheets(data):
    return [" ".join(sheet.extract_text().split()) for sheet in read(data).pages]


def fixed():
    """A PDF of a page in which nothing is left to chance."""
    page = Page("report", "fr", "Rapport", "dossier", "à compléter").contents("Sommaire").heading("Un")
    page.facts([("Éloïse", "Жанна 汉")]).table(("a", "b"), [("1", "x" * 300)] * 90, "")
    return page_pdf(page.heading("Deux").show([Picture(JPEG, "alt", ("one",))] * 3), AT)


def table(rows, head=("what", "says")):
    return Page("report", "en", "A title").contents("Contents").heading("Rows").table(head, rows, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_report_gives_the_same_bytes(language):
    first = report_pdf(report(), language, gallery())
    assert report_pdf(report(), language, gallery()) == first
    assert first.startswith(b"%PDF-")


def test_another_process_gives_the_same_bytes():
    """Whatever the order of sets and the zone of the machine."""
    code = "import sys; from tests.unit.evidence.test_pdf import fixed; sys.stdout.buffer.write(fixed())"
    env = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, check=True)
    assert done.stdout == fixed()


def test_it_bears_the_time_of_the_package_and_no_other():
    data = report_pdf(report())
    assert read(data).metadata.creation_date == AT
    assert set(re.findall(rb"D:(\d{8})", data)) == {AT.strftime("%Y%m%d").encode()}
    later = replace(report().facts, at=AT + timedelta(days=1))
    assert report_pdf(report(facts=later)) != data


def test_all_that_the_page_says_is_on_paper():
    text = " ".join(sheets(report_pdf(report())))
    for part in (
        "Mme Roux, magistrate",
        "damaged frames",
        "leaves by the back door",
        "Omar Diallo",
        "± 2.5 s",
    ):
        assert part in text


def test_french_accents_and_other_alphabets_are_shown():
    text = " ".join(sheets(report_pdf(report(recipient="Éloïse Lefèvre-Łuczak, Жанна, Ελένη"), "fr")))
    assert "Éloïse Lefèvre-Łuczak, Жанна, Ελένη" in text
    assert "caractère que ce papier" not in text


@pytest.mark.parametrize("name", ["汉字", "שלום", "🚲", "مرحبا"])
def test_what_the_font_lacks_is_a_box_and_said(name):
    text = " ".join(sheets(report_pdf(report(recipient=f"A {name} B"))))
    assert f"A {BOX * len(name)} B" in text
    assert "A box stands for a character" in text


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_no_trouble(name):
    shots = (shot(tags=(name,), note=name, seen=replace(seen(), camera=name)),)
    data = report_pdf(called(name), "fr", gallery(shots=shots))
    assert len(read(data).pages) >= 5
    assert "/JavaScript" not in data.decode("latin-1")


def test_each_sheet_but_the_first_is_headed_and_all_are_numbered():
    found = sheets(report_pdf(report(), gallery=gallery()))
    assert len(found) > 4
    for number, text in enumerate(found, 1):
        assert f"{number} / {len(found)}" in text
        assert ("Report on exported recordings \N{EN DASH}" in text) == (number > 1)


def test_a_long_report_begins_with_its_contents_and_they_are_right():
    found = sheets(report_pdf(report()))
    listed = re.search(r"Contents (.*?)This export Recipient", found[0])[1]
    for heading in ("Case and permission", "Findings", "Settings of the analysis"):
        number = int(re.search(rf"{heading} (\d+)", listed)[1])
        assert heading in found[number - 1]
    outline = [entry.title for entry in read(report_pdf(report())).outline]
    assert outline[0] == "This export"
    assert "Findings" in outline


def test_a_short_page_has_no_contents():
    assert "Contents" not in " ".join(sheets(page_pdf(table([("a", "b")]), AT)))


def test_no_row_is_cut_and_each_sheet_repeats_the_head():
    """Each row's first and last words stand on the same sheet."""
    rows = [(f"row{n}", f"from{n} " + "many words here " * (3 + n % 40) + f"until{n}") for n in range(120)]
    found = sheets(page_pdf(table(rows), AT))
    assert len(found) > 3
    for n in range(120):
        (place,) = [text for text in found if f"from{n} " in text]
        assert re.search(rf"until{n}\b", place)
    assert all("what says" in text for text in found if "from" in text)


def test_a_row_larger_than_a_sheet_goes_on_with_nothing_lost():
    words = [f"word{n}" for n in range(3000)]
    text = " ".join(sheets(page_pdf(table([("x", " ".join(words)), ("y", "end")]), AT)))
    assert all(re.search(rf"\b{word}\b", text) for word in words)


@pytest.mark.parametrize("kind", ["text", "note", "list", "code", "facts"])
def test_a_block_larger_than_a_sheet_goes_on_with_nothing_lost(kind):
    words = [f"word{n}" for n in range(2500)]
    long = " ".join(words)
    page = Page("report", "en", "A title")
    {
        "text": lambda: page.text(long),
        "note": lambda: page.note("warn", "Careful", long),
        "list": lambda: page.items([long]),
        "code": lambda: page.code(long),
        "facts": lambda: page.facts([("name", long)]),
    }[kind]()
    text = " ".join(sheets(page_pdf(page, AT)))
    assert all(re.search(rf"\b{word}\b", text) for word in words)


def test_a_heading_is_never_the_last_thing_on_a_sheet():
    page = Page("report", "en", "A title")
    for n in range(60):
        page.heading(f"Heading {n}").text(*["body text"] * (n % 7 + 1))
    for text in sheets(page_pdf(page, AT)):
        body = re.sub(r"\d+ / \d+|A title", "", text).strip()
        assert body.endswith("body text")


def test_a_field_and_its_heading_are_on_one_sheet():
    page = Page("report", "en", "A title")
    for n in range(30):
        page.heading(f"Heading {n}").blank("fill", f"Question {n}?").text(*["body text"] * (n % 5))
    for text in sheets(page_pdf(page, AT)):
        assert re.findall(r"Heading (\d+)", text) == re.findall(r"Question (\d+)\?", text)


def test_a_column_is_as_wide_as_its_longest_word():
    page = table([("retenu", "Ines Moreau " * 30)] * 3, ("Décision", "Étiquettes"))
    assert "Décision Étiquettes" in sheets(page_pdf(page, AT))[0]


def test_every_kind_of_block_can_be_drawn():
    page = Page("report", "en", "T", "sub", "draft").sign("Sign", [("a", "b")], "below").sheet()
    page.blank("fill", "Why?").show([Picture(JPEG, "alt", ("one",)), Picture(b"", "none")] * 5)
    text = " ".join(sheets(page_pdf(page, AT)))
    for part in ("Sign", "below", "FILL", "Why?", "one", "none"):
        assert part in text


def test_a_long_note_stays_beside_its_picture():
    """Under a picture it is cut; the table of decisions has it whole."""
    notes = [" ".join(f"{kind}{n}" for n in range(300)) for kind in "ab"]
    shots = tuple(shot(n, note=note) for n, note in enumerate(notes))
    found = sheets(report_pdf(report(), gallery=gallery(shots=shots)))
    (place,) = [text for text in found if "a1 a2" in text]
    assert "b1 b2" in place
    assert "\N{HORIZONTAL ELLIPSIS}" in place
    assert "a299" not in place
    assert seen(0).track in place


def test_pictures_are_inside_as_they_are():
    data = report_pdf(report(), gallery=gallery())
    assert data.count(JPEG) == 1, "the same picture is stored once"
    assert [len(sheet.images) for sheet in read(data).pages][-1] >= 1


@pytest.mark.parametrize("text", ["", "a", "many words in a row " * 30, "x" * 500, "no\ttabs  and   spaces"])
def test_lines_fit_and_hold_the_whole_text(text):
    lines = wrap(text, PLAIN, ROOM)
    assert all(width(line, PLAIN) <= ROOM for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert FULL > ROOM
