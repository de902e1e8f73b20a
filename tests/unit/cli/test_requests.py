"""Requests of persons filmed, as people type them: one's own workspace, one camera, three figures."""

import json
import re

import pytest

from synopticon.cli.main import main
from tests.scene import write_scene
from tests.unit.cli.test_reports import check

WINDOW = ("--from", "2026-11-20T09:00+01:00", "--to", "2026-11-20T11:00+01:00")
WHO = (
    "--name",
    "Zoé Marchand",
    "--description",
    "red top, grey trousers",
    "--identity",
    "a passport was shown",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A workspace with one recording of the camera ``gate``."""
    folder = tmp_path_factory.mktemp("own")
    scene = write_scene(folder / "gate.mp4", 2, 2.5, 1.0, seed=1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SYNOPTICON_HOME", str(folder / "home"))
        assert main(["camera", "add", "gate", "--zone", "Europe/Paris"]) == 0
        more = ["--camera", "gate", "--model", "none", "--start", "2026-11-20T10:00:00+01:00"]
        assert main(["ingest", str(scene), *more, "--workers", "1"]) == 0
    return folder


@pytest.fixture
def answer(home, capsys, monkeypatch):
    monkeypatch.setenv("SYNOPTICON_HOME", str(home / "home"))
    capsys.readouterr()

    def run(*arguments: object, code: int = 0):
        assert main([str(a) for a in arguments]) == code, capsys.readouterr()
        return capsys.readouterr()

    return run


def opened(answer, kind="access"):
    shown = answer("request", "open", "--kind", kind, "--camera", "gate", *WINDOW, *WHO, "--json")
    return check("request-open", shown.out)["id"]


def test_an_access_request_from_the_counter_to_the_package(answer, tmp_path):
    ref = opened(answer)
    listed = check("request-list", answer("request", "list", "--json").out)
    assert {one["id"]: one["stage"] for one in listed}[ref] == "open"
    found = answer("request", "search", ref, "--thumbnails", tmp_path / "pictures", "--json")
    hits = [json.loads(line) for line in found.out.splitlines()]
    assert len(hits) == 2
    assert len(list((tmp_path / "pictures").iterdir())) == 2
    made = answer("request", "decide", ref, "--grant", "--tracks", hits[0]["track"], "--json")
    assert check("request-decide", made.out)["decision"]["tracks"] == [hits[0]["track"]]
    shown = check("request-show", answer("request", "show", ref, "--json").out)
    assert shown["person"]["name"] == "Zoé Marchand"
    sent = check("request-send", answer("request", "send", ref, "-o", tmp_path / "out", "--json").out)
    assert (sent["videos"], sent["granted"]) == (1, True)
    assert "request for Zoé Marchand" in answer("verify", tmp_path / "out").out
    assert re.search(rf"{ref}  access  answered  answered \d", answer("request", "list").out)


def test_what_people_read(answer):
    ref = opened(answer, "erasure")
    lines = answer("request", "show", ref).out.splitlines()
    assert re.fullmatch(rf"{ref}  erasure  open  due [\d-]+, \d\d days left  gate", lines[0])
    assert "  name: Zoé Marchand" in lines
    refused = answer(
        "request", "decide", ref, "--refuse", "--ground", "claims", "--reason", "a claim is made"
    )
    assert "refused" in refused.out
    assert "claims" in answer("request", "show", ref).out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("decide", "R", "--grant"), "say what is decided"),
        (("decide", "R", "--grant", "--tracks", "a", "--ground", "claims"), "say what is decided"),
        (("decide", "R", "--refuse"), "--ground NAME"),
        (("decide", "R"), "say what is decided"),
        (("extend", "R", "--reason", "many requests came in", "-o", "n.pdf"), "ends in .html or .txt"),
        (("form", "-o", "form.pdf"), "ends in .html or .txt"),
    ],
)
def test_wrong_usage(answer, words, says):
    ref = opened(answer)
    shown = answer("request", *(ref if word == "R" else word for word in words), code=2)
    (line,) = shown.err.splitlines()
    assert says in line


def test_a_time_without_zone_and_an_unknown_camera(answer):
    asked = ["request", "open", "--kind", "access", *WHO]
    bare = answer(
        *asked, "--camera", "gate", "--from", "2026-11-20T09:00", "--to", "2026-11-20T11:00", code=2
    )
    assert "has no time zone" in bare.err
    assert "no camera is called 'moon'" in answer(*asked, "--camera", "moon", *WINDOW, code=2).err


def test_the_form_is_written_as_page_and_as_text(answer, tmp_path):
    for name in ("form.html", "form.txt"):
        answer("request", "form", "--language", "en", "-o", tmp_path / name)
        text = " ".join((tmp_path / name).read_text("utf-8").split())
        assert "within one month of the request" in text
        assert "GDPR art. 12(3)" in text
    assert "exists already" in answer("request", "form", "-o", tmp_path / "form.txt", code=1).err
