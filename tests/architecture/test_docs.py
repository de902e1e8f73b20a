"""Documentation is checked: what it names exists, and what exists is named."""

import re
import shlex

import pytest

from tests.architecture import pages
from tests.architecture.source import ROOT, tracked

README = (ROOT / "README.md").read_text("utf-8")
PAGES = [p for p in tracked() if p.suffix == ".md"]


def blocks(text: str) -> list[str]:
    """Lines of the shell examples of a page, without comments."""
    lines = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    return [line.split("  #")[0].strip() for line in lines if line.strip()]


COMMANDS = [(str(p), line) for p in PAGES for line in blocks((ROOT / p).read_text("utf-8"))]


def leaf(words: list[str]):
    verbs = dict(pages.verbs())
    for length in (2, 1):
        if " ".join(words[:length]) in verbs:
            return verbs[" ".join(words[:length])], words[length:]
    return None, words


def check_synopticon(words: list[str]) -> None:
    found, rest = leaf(words)
    assert found, f"no verb {' '.join(words[:2])}"
    known = {o: p for p in found.params for o in (*p.opts, *p.secondary_opts)}
    for word in rest:
        if word.startswith("-"):
            assert word.split("=")[0] in known, f"no option {word}"


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_each_command_of_the_documents_exists(page, line):
    words = shlex.split(line)
    while "=" in words[0]:
        words = words[1:]
    program, *rest = words
    if program == "synopticon":
        check_synopticon(rest)
    elif program == "make":
        targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        assert rest[0] in targets
    else:
        assert program in ("pip", "python", "git"), f"{page}: what is {program}?"


def test_the_page_of_verbs_is_up_to_date():
    assert pages.PAGE.read_text("utf-8") == pages.page(), "run 'make docs'"


def test_the_description_of_the_interface_is_up_to_date():
    assert pages.INTERFACE.read_text("utf-8") == pages.interface(), "run 'make docs'"
    assert pages.ROUTES.read_text("utf-8") == pages.routes(), "run 'make docs'"


def test_every_verb_of_the_design_is_there():
    names = {name for name, _ in pages.verbs()}
    wanted = "synopsis, tracks, arrange, compose-footage, redact, probe, doctor, models list, models fetch, "
    wanted += "models add, "
    wanted += "samples fetch, stats, capabilities, demo, init, camera add, camera list, ingest, explain, "
    wanted += "retention report, retention run, audit list, audit show, audit export, audit verify, "
    wanted += "audit prove, audit key, audit witness ask, audit witness sign, audit witness take, "
    wanted += "user add, user key, user enrol, user authorise, user retire, user login, user logout, "
    wanted += "user list, case open, case emergency, case request, case approve, case answer, case extend, "
    wanted += "case close, case list, case show, case dpia, "
    wanted += "audit review, audit rotate, retention hold, retention release, "
    wanted += "profile show, profile text, profile change, "
    wanted += "user password, user notices, camera set, camera clock, "
    wanted += "search, zones draw, zones drop, zones list, zones ground, marks set, marks list, "
    wanted += "documents, declaration, declaration verify, declaration merge, "
    wanted += "handover, verify, export, replay, serve, "
    wanted += "request open, request list, request show, request extend, request search, request decide, "
    wanted += "request send, request form, "
    wanted += "events, trial, evaluate, event list, event decide, event rules, event set, event drop, "
    wanted += "watch, live suspend, live resume, live list, live gaps, live synopsis, live day, "
    wanted += "webhook add, webhook list, webhook remove, webhook test, "
    wanted += "similar, journey follow, journey confirm, journey reject, journey show, journey ways, "
    wanted += (
        "plates find, plates reveal, plates follow, plates import, plates lists, plates drop, plates bench"
    )
    assert names == set(wanted.split(", "))


@pytest.mark.parametrize(("name", "verb"), list(pages.verbs()))
def test_every_verb_and_option_explains_itself(name, verb):
    assert verb.help
    for parameter in verb.params:
        assert parameter.help, f"{name} {parameter.name}"
        flag = getattr(parameter, "is_flag", False)
        assert flag or parameter.metavar, f"{name} {parameter.name}: say what it takes (metavar)"
        assert len(parameter.help) < 110


def test_every_reporting_verb_has_a_schema():
    for name, verb in pages.verbs():
        if any("--json" in p.opts for p in verb.params):
            schema = ROOT / "docs" / "schemas" / f"{name.replace(' ', '-')}.schema.json"
            assert schema.exists(), f"{name} --json has no {schema.name}"


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_links_lead_somewhere(path):
    text = (ROOT / path).read_text("utf-8")
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not target.startswith(("http://", "https://", "#", "mailto:")):
            assert (ROOT / path).parent.joinpath(target.split("#")[0]).exists(), f"{path} links to {target}"


@pytest.mark.parametrize("path", [p for p in PAGES if p.parts[0] == "docs"], ids=str)
def test_every_page_can_be_reached(path):
    """Every page under docs is linked from another page."""
    linked = set()
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s#]+)", (ROOT / page).read_text("utf-8")):
            linked.add((ROOT / page).parent.joinpath(target).resolve())
    assert (ROOT / path).resolve() in linked


def test_limits_say_what_they_must():
    text = (ROOT / "docs/limits.md").read_text("utf-8").lower()
    for word in (
        "camera moves",
        "crowds",
        "night",
        "tiny objects",
        "measures",
        "patented",
        "2006",
        "not anonymous",
    ):
        assert word in text


def test_the_readme_says_what_is_left_out():
    assert "names nobody" in README
    assert "match faces" in README
    assert "make demo" in README
    assert "make test" in README


def test_every_pytest_mark_is_described():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for mark in ("footage", "model", "browser"):
        assert f"`{mark}`" in text
