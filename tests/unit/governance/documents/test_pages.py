"""What the documents say and leave blank, what they carry, and that no name in them is ever markup."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from synopticon.errors import UsageError
from synopticon.governance.documents.facts import DpiaFacts, Facts, ModelFacts, UnitFacts
from synopticon.governance.documents.kinds import KINDS, build
from synopticon.governance.documents.tally import Tally
from synopticon.governance.documents.texts import LANGUAGES, texts
from synopticon.governance.profile import names, parse, shipped
from synopticon.governance.users import Role
from tests.documents import CONFIGURATION, DPIA, KEY, TALLY, facts, log

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "| a | b |\n|---|---|\n| c | d |",
    "# heading\n\n- item\n\n1. one",
    "1. one",
    "2) two",
    "---",
    "===",
    "> quote",
    "    code",
    "```\ncode\n```",
    "`x` *b* _c_ **d** ~~e~~ [l](http://evil.example) ![i](x)",
    "http://evil.example www.evil.example <http://evil.example> a@evil.example",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "\\",
    "</style></title>]]>--><!--",
    "{{ 7*7 }} {% raw %} {name}",
    "a\u202eb\u2028c\u0000d\re",
    "[x]: http://evil.example",
]


class Shape(HTMLParser):
    """The tags of a page with their attributes; those that only fit a cell to its text left out."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.seen = [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.attributes |= {name for name, _ in attrs}
        kept = [(n, v) for n, v in attrs if not (tag in ("td", "th") and n == "class")]
        self.tags.append((tag, tuple(kept)))

    def handle_endtag(self, tag):
        self.tags.append(f"/{tag}")

    def handle_data(self, data):
        self.seen.append(data)


def structure(text):
    """The kinds of blocks and spans of Markdown, texts taken together."""
    found = []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        inner = [c.type for c in token.children or () if not c.type.startswith("text")]
        found.append((token.type, token.tag, token.info, inner))
    return found


def called(name: str) -> Facts:
    """Facts in which everything that somebody can name is called so."""
    base = facts()
    cameras = tuple(replace(c, name=name, place=name, purpose=name) for c in base.cameras)
    sent = tuple(replace(t, recipient=name, case=name) for t in base.tally.transmissions)
    return replace(
        base,
        organisation=name,
        contact=name,
        cameras=cameras,
        units=(UnitFacts(name, {Role.OPERATOR: 3, Role.DPO: 1}),),
        models=tuple(ModelFacts(name, m.digest, m.task, name) for m in base.models),
        dpia=DpiaFacts(replace(DPIA, signatory=name, dpo=name), current=True),
        tally=Tally(TALLY.months, sent, TALLY.destructions),
        names={c.id: name for c in cameras},
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_text(kind, name):
    tame, wild = build(kind, "en", called("a name")), build(kind, "en", called(name))
    before, after = (Shape(made[f"{kind}.en.html"].decode()) for made in (tame, wild))
    assert after.tags == before.tags
    assert after.attributes == before.attributes
    assert structure(wild[f"{kind}.en.md"].decode()) == structure(tame[f"{kind}.en.md"].decode())
    assert "\u202e" not in wild[f"{kind}.en.html"].decode()


def test_a_name_is_still_readable():
    name = "A & B <Ltd> | *5*"
    made = build("record", "en", called(name))
    assert name in " ".join(Shape(made["record.en.html"].decode()).seen)
    shown = MarkdownIt("commonmark").render(made["record.en.md"].decode())
    assert "A &amp; B &lt;Ltd&gt; | *5*" in shown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("profile", names())
def test_each_document_of_each_profile_says_where_it_comes_from(kind, language, profile):
    known = facts(profile)
    made = build(kind, language, known)
    assert set(made) == {f"{kind}.{language}.html", f"{kind}.{language}.md"}
    assert build(kind, language, known) == made, "the same facts give the same bytes"
    page, paper = (made[f"{kind}.{language}.{end}"].decode() for end in ("html", "md"))
    for text in (known.profile.digest, KEY.public.fingerprint, known.log.checkpoint.splitlines()[2]):
        assert text in page.replace("&#43;", "+")
        assert text in paper
    seen = texts(language)("common.witnessed")
    assert seen in paper
    assert "23 novembre 2026" in paper if language == "fr" else "23 November 2026" in paper


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_needs_nothing_from_elsewhere(kind):
    page = build(kind, "fr", facts())[f"{kind}.fr.html"].decode()
    assert not re.search(r"""(?:src|href)\s*=|url\(|@import|<script""", page)
    assert "default-src 'none'" in page


@pytest.mark.parametrize("kind", KINDS)
def test_a_modified_profile_and_an_unwitnessed_log_are_named(kind):
    text = shipped("eu-private-site").text.replace("days = 30", "days = 29", 1)
    known = facts(parse(text.encode(), "own.toml"), log=log())
    paper = build(kind, "en", known)[f"{kind}.en.md"].decode()
    assert "This profile was modified" in paper
    assert "case.days: shipped 30, here 29" in paper
    assert "never witnessed: whoever holds this machine can rewrite all of the log" in paper


def paper(kind, language="en", **changes):
    return build(kind, language, facts(**changes))[f"{kind}.{language}.md"].decode()


def test_the_draft_calls_itself_incomplete_and_leaves_judgement_blank():
    text = paper("dpia")
    assert "draft, incomplete" in text
    assert "Until they are written and the last part is signed, this is no impact assessment." in text
    assert text.count("To be filled in by hand") == 10
    for heading in ("2. Necessity", "3. Risks", "5. Views", "6. Opinion", "7. Decision"):
        part = text.replace("\\.", ".").split(f"## {heading}")[1].split("\n## ")[0]
        lines = [n for n in part.splitlines()[1:] if n and not n.startswith((">", "Source", "Once"))]
        assert not lines, f"{heading} holds what only a person may write: {lines}"
    assert "theft and safety" in text
    assert CONFIGURATION in text


def test_the_draft_says_what_is_registered():
    assert "A signed assessment is registered for these settings" in paper("dpia")
    changed = paper("dpia", dpia=DpiaFacts(replace(DPIA, configuration="ab" * 32), current=False))
    assert "The registered assessment is out of date" in changed
    assert "abababababababab then, c0ffee" in changed
    old = paper("dpia", dpia=DpiaFacts(DPIA, current=True, old=True))
    assert "is older than 0 days" in old
    assert "No signed assessment is registered" in paper("dpia", dpia=None)
    assert "analyse" in paper("dpia", "fr", dpia=None)


def test_the_record_says_whether_anybody_is_singled_out():
    assert "allows neither a search by look nor following" in paper("record")
    allowed = build("record", "en", facts("fr-judicial"))["record.en.md"].decode()
    assert "singles a person out by look" in allowed
    assert "second person's signature" in allowed.split("## Profiling")[1].split("##")[0]


def test_the_register_shows_what_the_log_lacks_and_what_the_rows_lack():
    text = paper("register")
    assert re.search(r"\| car park \| 2026-09-30 \| 1 \|.*\| 21 \| NOT in the log \|", text)
    assert re.search(r"\| entrance \| 2026-10-01 \| 3 \|.*\| 20 \| yes \|", text)
    assert re.search(r"\| car park \| 2026-10-02 \| unknown \|.*\| 22 \| yes \|", text)
    assert "OVERDUE" in text
    assert "public prosecutor of Lyon" in text
    assert re.search(r"exporting masked pictures \| \\?- \| erased \| erased \| 55", text)


def test_the_notice_is_for_each_camera_and_leaves_no_gap_unseen():
    text = paper("notice")
    assert text.count("## You are filmed here") == 2
    assert "## Full notice – entrance" in text
    assert "at most 14 days" in text
    assert "images\\@galerie.example" in text
    assert "……" in paper("notice", contact="")
    with pytest.raises(UsageError, match="camera add"):
        paper("notice", cameras=())


def test_the_rights_are_those_of_the_law_that_applies():
    assert "GDPR art. 12\\(3\\)" in paper("notice") or "GDPR art. 12(3)" in paper("notice")
    police = build("notice", "fr", facts("fr-judicial"))["notice.fr.md"].decode()
    assert "directive (UE) 2016/680 art. 14 à 17, 52" in police


def test_the_transparency_report_counts_and_names_nobody():
    for language in LANGUAGES:
        text = paper("transparency", language)
        for word in ("entrance", "car park", "cam-1", "case-7", "robin", "Durand", "Petit", "Security"):
            assert word not in text
    text = paper("transparency")
    assert "| October 2026 | 2 | 12 | 10.0 | 3 | 0 | 4 | 1 | 0 |" in text
    assert "| November 2026 | 1 | 2 | 1.5 | 0 | 1 | 0 | 0 | 1 |" in text
    assert "| Hours opened to looks | 11.5 |" in text
    assert "| following an object across cameras | 0 | 3 |" in text
    assert "Nothing was done yet" in paper("transparency", tally=Tally())
