"""The pages of the web application: built from their sources, in two languages, small, freely usable."""

import gzip
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture import query_words
from tests.architecture.source import ROOT
from tests.architecture.test_licences import ALLOWED
from tests.conftest import find_npm

UI = ROOT / "ui"
BUILT = ROOT / "src" / "synopticon" / "web" / "static"
FIRST_PAGE = 350_000  # bytes, gzipped
SOURCES = sorted(p for p in (UI / "src").rglob("*.ts*") if not p.name.endswith((".test.ts", ".d.ts")))


def npm(*arguments: str) -> str:
    """Run a script of ui/package.json; its output."""
    found = find_npm()
    assert found is not None
    path = f"{Path(found).parent}{os.pathsep}{os.environ['PATH']}"
    command = [found, "run", "--silent", *arguments]
    done = subprocess.run(
        command, cwd=UI, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.node
def test_what_is_committed_is_what_the_sources_build(tmp_path):
    npm("build", "--", "--outDir", str(tmp_path / "built"))
    made, kept = files(tmp_path / "built"), files(BUILT)
    assert made.keys() == kept.keys(), "run 'make ui'"
    assert [name for name in made if made[name] != kept[name]] == [], "run 'make ui'"


@pytest.mark.node
def test_the_client_is_generated_from_the_interface(tmp_path):
    npm("api", "--", "-o", str(tmp_path / "schema.d.ts"))
    assert (tmp_path / "schema.d.ts").read_text() == (UI / "src/api/schema.d.ts").read_text(), "run 'make ui'"


@pytest.mark.node
def test_types_and_style_hold():
    npm("check")


@pytest.mark.node
def test_its_own_tests_pass():
    npm("test")


def test_the_words_of_the_query_line_are_those_of_the_program():
    assert query_words.FILE.read_text("utf-8") == query_words.words(), "run 'make docs'"


def test_the_first_page_is_small():
    """The page, and what it asks for before anything is clicked: every script and style that it names."""
    index = (BUILT / "index.html").read_text()
    named = re.findall(r'(?:src|href)="/([^"]+)"', index)
    parts = [BUILT / "index.html", *(BUILT / name for name in named)]
    whole = sum(len(gzip.compress(part.read_bytes())) for part in parts)
    largest = max(len(gzip.compress(p.read_bytes())) for p in (BUILT / "assets").glob("*.js"))
    assert whole + largest <= FIRST_PAGE  # with any one page's own part, the largest too


def test_nothing_stands_inline_and_nothing_is_fetched_elsewhere():
    index = (BUILT / "index.html").read_text()
    assert "<style" not in index
    assert not re.search(r"<script(?![^>]*\bsrc=)", index)
    assert not re.search(r"\son\w+=|style=", index)
    for path in (BUILT / "assets").glob("*.css"):
        assert not re.search(r"url\(|@import", path.read_text()), path.name


def catalogue(language: str) -> dict[str, str]:
    return json.loads((UI / "src" / "i18n" / f"{language}.json").read_text("utf-8"))


def places(text: str) -> list[str]:
    return sorted(re.findall(r"\{(\w+)", text))


def test_both_languages_say_the_same_things():
    english, french = catalogue("en"), catalogue("fr")
    assert list(english) == sorted(english)
    assert english.keys() == french.keys()
    assert [key for key in english if places(english[key]) != places(french[key])] == []
    assert not [key for key in english if not english[key].strip() or not french[key].strip()]


def test_french_punctuation_stays_on_its_line():
    assert [k for k, text in catalogue("fr").items() if re.search(r" [:;?!]( |$)", text)] == []


def used() -> tuple[set[str], list[re.Pattern[str]]]:
    """Keys named in the sources; and patterns of those that are put together."""
    text = "\n".join(path.read_text("utf-8") for path in SOURCES)
    named = set(re.findall(r'"([a-z][a-z-]*(?:\.[a-z0-9-]+)+)"', text))
    joined = set(re.findall(r"`([a-z][a-z-]*\.)(?:\$\{[^}]*\})([a-z.]*)`", text))
    return named, [re.compile(re.escape(head) + r"[a-z.-]+" + re.escape(tail)) for head, tail in joined]


def test_no_text_is_left_over():
    named, joined = used()
    left = [k for k in catalogue("en") if k not in named and not any(p.fullmatch(k) for p in joined)]
    assert left == []


def test_no_text_is_hard_coded():
    """Between tags and in the attributes that are read aloud there are no words but the catalogues'."""
    found = []
    for path in SOURCES:
        if path.suffix != ".tsx":
            continue
        text = re.sub(r"//.*|/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        found += [f"{path.name}: {hit}" for hit in re.findall(r">\s*([A-Za-z][\w ,.'-]*)\s*</", text)]
        found += [
            f"{path.name}: {hit}"
            for hit in re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]+)"', text)
        ]
    assert found == ["Shell.tsx: Synopticon"]


def test_what_is_built_in_may_be_used_freely():
    lock = json.loads((UI / "package-lock.json").read_text())
    shipped = {name: one for name, one in lock["packages"].items() if name and not one.get("dev")}
    assert shipped
    assert {name: one["license"] for name, one in shipped.items() if one["license"] not in ALLOWED} == {}
    notice = (UI / "public" / "licences.txt").read_text()
    page = (ROOT / "THIRD-PARTY.md").read_text()
    for name in (found.removeprefix("node_modules/") for found in shipped):
        assert name in notice
        assert f"| {name} |" in page
    built_with = {one.get("license", "") for name, one in lock["packages"].items() if name}
    assert not [one for one in built_with if re.search(r"GPL|SSPL|BUSL|-NC", one)]
