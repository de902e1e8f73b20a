"""What the report says, in both languages; that names in it stay texts, and that nothing is fetched."""

import re
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from synopticon.evidence.report import report_html, report_markdown, report_page
from synopticon.evidence.reported import Covered
from synopticon.governance.documents.texts import LANGUAGES, texts
from tests.reports import AT, CASE, report, seen

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></title>--><!--",
    "{{ 7*7 }} {name}",
    "=HYPERLINK(1)",
    "a\u202eb\u2028c\u0000d\re\u200f",
    "&lt;b&gt; &amp;",
    "x" * 4000,
    "שלום 汉字 🚲",
]


class Shape(HTMLParser):
    """The tags of a page with their attributes, and its text; classes of cells fit to what they hold."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.said = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(a for a in attrs if not (tag in ("td", "th") and a[0] == "class"))))

    def handle_endtag(self, tag):
        self.tags.append(f"/{tag}")

    def handle_data(self, data):
        self.said.append(data)


def called(name):
    """A report in which everything that somebody can name is called so."""
    told = report()
    one = replace(seen(), track=name, camera=name)
    case = replace(
        CASE, purpose=name, basis=name, authority=name, unit=name, requester=name, fields=((name, name),),
        answers=tuple(replace(a, by=name, why=name) for a in CASE.answers),
        closed=(name, AT, name), emergency=(AT, name),
    )  # fmt: skip
    return replace(
        told,
        facts=replace(told.facts, organisation=name, names={"cam-1": name, "cam-2": name}),
        recipient=name,
        by=name,
        reason=name,
        case=case,
        recordings=tuple(replace(r, name=name, camera=name) for r in told.recordings),
        covered=(Covered(name, 5.0, 5.0),),
        gaps=tuple(replace(g, camera=name) for g in told.gaps),
        tracks=(one,),
        searches=tuple(replace(s, by=name, question=name) for s in told.searches),
        decisions=tuple(replace(d, seen=one, by=name, note=name, tags=(name,)) for d in told.decisions),
        links=tuple(replace(one, by=name, reason=name, tracks=(name,)) for one in told.links),
        runs=tuple(replace(r, settings=name, model=name) for r in told.runs),
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_text(name):
    tame, wild = (Shape(report_html(called(text))) for text in ("a name", name))
    assert wild.tags == tame.tags
    page = report_html(called(name))
    assert not set(page) & set("\u202e\u200f\u2028\u0000\r")


def test_a_name_is_still_readable():
    assert "A & B <Ltd>" in " ".join(Shape(report_html(called("A & B <Ltd>"))).said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_report_gives_the_same_bytes(language):
    assert report_html(report(), language) == report_html(report(), language)


def test_nothing_is_fetched_and_only_its_own_style_counts():
    page = report_html(report())
    assert not re.search(r"""\ssrc=|url\(|@import|<script|<link|<form""", page)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'" in page
    assert "unsafe" not in page


def said(language="en", **changes):
    return " ".join(Shape(report_html(report(**changes), language)).said)


@pytest.mark.parametrize(
    "text",
    [
        "find who took the bicycle", "CPP art. 77-1", "Mme Roux, magistrate", "2026/1234",  # case
        "not independent: approved within 60 s", "An approval is not independent",
        "ch01_20261122.mp4", "± 2.5 s", "its file name",  # recordings, clocks
        "10 h 00 min 00 s", "9 h 59 min 00 s", "99.8 %", "damaged frames", "1 min 00 s",  # coverage
        "person upper:red", "searching by look", "erased", "failed",  # searches
        "leaves by the back door with the bicycle", "one thing", "the same bag and shoes",
        "red top, suspect A", "Omar Diallo",  # decisions
        "66 of 74: 89% [80%, 94%]", "python -m benchmarks.appearance", "was not measured",  # errors
        "people lower than about 30 pixels", "stride: 2", "Masked is not anonymous",
        "last witnessed 23 November 2026", "The dashed fields are a person's",
    ],
)  # fmt: skip
def test_the_report_says(text):
    assert text in " ".join(said().split())


def test_the_french_report_says_the_same():
    text = " ".join(said("fr").split())
    for part in (
        "Masqué ne veut pas dire anonyme",
        "66 sur 74 : 89 %",
        "pas été mesurées",
        "± 2,5 s",
        "retenu",
    ):
        assert part in text


def test_human_fields_can_be_typed_in_and_are_marked():
    page = report_html(report())
    assert page.count('contenteditable="true"') == 3
    assert page.count('class="blank"') == 3
    assert page.count("To be filled in by hand</span>") == 3


def test_clear_pictures_are_named_before_anything_else():
    text = said(masked=False)
    assert text.index("Pictures are UNMASKED") < text.index("Contents")
    assert "Pictures are UNMASKED" not in said()


def test_without_a_case_it_is_no_evidence():
    text = said(case=None)
    assert "Made outside any case; not evidence" in text
    assert "no authority is named" in text


def test_what_is_empty_is_said():
    empty = dict.fromkeys(
        ("recordings", "covered", "gaps", "tracks", "searches", "others", "decisions", "figures", "runs"), ()
    )
    text = said(**empty)
    for name in (
        "no_recordings",
        "no_gaps",
        "shown_all",
        "no_searches",
        "no_others",
        "no_decisions",
        "no_figures",
        "no_settings",
    ):
        assert texts("en")(f"report.{name}") in text


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.04, "0.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (119.6, "2 min 00 s"),
        (3599.6, "1 h 00 min 00 s"),
    ],
)
def test_a_length_is_never_sixty_of_anything(seconds, shown):
    assert shown in said(tracks=(replace(seen(), seconds=seconds),), covered=(), gaps=())


def test_an_answer_that_does_not_count_warns_of_nothing_else():
    answers = tuple(replace(a, counts=False, why="does not count: another key") for a in CASE.answers)
    text = said(case=replace(CASE, answers=answers))
    assert "does not count: another key" in text
    assert "An approval is not independent" not in text


def test_times_are_those_of_the_camera():
    page = report_page(report(), texts("en"))
    (table,) = (b for b in page.blocks if b.kind == "table" and b.head[1] == "Recording" and len(b.head) == 6)
    assert table.rows[0][2].endswith("+01:00")
    assert table.rows[1][2:] == ("unknown", "unknown", "unknown", "unknown")


def test_the_markdown_has_the_same_headings():
    text = report_markdown(report())
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == [
        heading.replace("(", "\\(").replace("\\(", "(")
        for heading in report_page(report(), texts("en")).headings
    ]


def test_many_rows_are_all_there():
    rows = tuple(seen(n) for n in range(500))
    page = report_html(report(tracks=rows, recordings=()))
    assert all(s.track in page for s in rows)
    assert timedelta(0) < rows[1].start - rows[0].start
