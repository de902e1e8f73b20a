"""Searching as a user types it."""

import json
import subprocess
import sys

import jsonschema
import pytest

from synopticon.cli.main import main
from tests.architecture.source import ROOT
from tests.scene import write_scene
from tests.unit.cli.test_reports import check


@pytest.fixture
def answer(capfd):
    def run(*arguments: object, code: int = 0):
        assert main([str(a) for a in arguments]) == code, capfd.readouterr().err
        return capfd.readouterr()

    return run


@pytest.fixture
def here(tmp_path, answer):
    place = ("--workspace", tmp_path / "ws")
    video = write_scene(tmp_path / "door_20261120T170000Z.mp4", figures=2)
    answer("camera", "add", "door", "--zone", "Europe/Paris", *place)
    answer("ingest", video, "--camera", "door", "--model", "none", *place)
    return place


def test_from_a_question_to_marked_hits_and_their_synopsis(answer, here, tmp_path):
    shown = answer("search", "object", "going:right", *here)
    assert len(shown.out.splitlines()) == 2
    assert "2 hits" in shown.err
    assert "footage like yours: not measured" in shown.err
    lines = answer("search", "object", "--json", "--thumbnails", tmp_path / "pictures", *here)
    schema = json.loads((ROOT / "docs" / "schemas" / "search.schema.json").read_text())
    hits = [check("search", line) for line in lines.out.splitlines()]
    jsonschema.validate(json.loads(lines.err.splitlines()[-1]), schema["$defs"]["summary"])
    assert all((tmp_path / "pictures").joinpath(f"{h['track']}.jpg").exists() for h in hits)
    first = hits[0]["track"]
    said = answer("marks", "set", first, "--as", "accepted", "--tag", "seen", "--trim", "0-1.5", *here).out
    assert said.split() == [first, "accepted", "seen"]
    assert [m["track"] for m in check("marks-list", answer("marks", "list", "--json", *here).out)] == [first]
    assert first in answer("search", "is:accepted", *here).out
    made = answer("synopsis", "--where", "is:accepted", "-o", tmp_path / "s.mp4", "--json", *here)
    assert check("synopsis", made.out)["videos"][0]["shown"] == 1


def test_zones_are_drawn_and_listed(answer, here):
    answer("zones", "draw", "bay", "--camera", "door", "--points", "0,0 1,0 1,1 0,1", *here)
    (area,) = check("zones-list", answer("zones", "list", "--json", *here).out)
    assert (area["name"], area["kind"], len(area["points"])) == ("bay", "zone", 4)
    assert len(answer("search", "in:bay", *here).out.splitlines()) == 2
    assert "x,y" in answer("zones", "draw", "b", "--camera", "door", "--points", "0;0", *here, code=2).err
    answer("zones", "ground", "door", "--points", "0,0=0,0 1,0=12,0 1,1=12,9 0,1=0,9", *here)
    assert "km/h" in answer("search", "speed:>5km/h", *here).out
    assert "--points or --calibration" in answer("zones", "ground", "door", *here, code=2).err
    answer("zones", "drop", "bay", "--camera", "door", *here)
    assert "none" not in answer("zones", "list", *here).out


def test_a_mistake_is_shown_where_it_is(answer, here):
    said = answer("search", "upper:rde", *here, code=2).err.splitlines()
    assert "did you mean red?" in said[0]
    assert said[1].strip() == "upper:rde"
    assert said[2].index("^") == said[1].index("rde")


def test_plain_words_show_how_they_are_read(answer, here):
    shown = answer("search", "--plain", "quelque chose qui va à droite", *here)
    assert "read as: going:right" in shown.err
    assert "no-sensitive-traits" in answer("search", "--plain", "un homme noir", *here, code=3).err


def test_a_synopsis_can_be_piped_into_a_player(here):
    program = [sys.executable, "-m", "synopticon.cli.main", "synopsis", "-o", "-"]
    data = subprocess.run([*program, *map(str, here)], capture_output=True, check=True, timeout=120).stdout
    assert data[4:8] == b"ftyp"
    assert data.count(b"moof") >= 2
