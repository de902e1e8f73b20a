"""The verb ``compose-footage``: what it hands to the act, and what it says."""

from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest
from typer.testing import CliRunner

from synopticon.acts.compose_footage import ComposedFile, ComposedFootage
from synopticon.cli.compose_footage import app
from synopticon.errors import UsageError


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list:
    requests = []

    def act(request, progress):
        requests.append(request)
        progress("composing", 0.5)
        files = (
            ComposedFile("a.avi", "", 0, 10, "whole", 10, 9),
            ComposedFile("b.avi", "", 10, 10, "missing", 0, 0),
        )
        return ComposedFootage(request.output, files, request.output / "truth.json", 3, 0.1, 4.9)

    monkeypatch.setattr("synopticon.acts.compose_footage.compose_footage", act)
    return requests


def test_options_reach_the_act(asked: list):
    options = (
        "-o out --hours 2 --size 1280x720 --fps 12.5 --codec mpeg4 --bitrate 800k --gop 1s --people a.avi"
    )
    options += (
        " --people b.avi=t.txt --file-length 5m --missing --cut-short --clock-change --no-clock --seed 7"
    )
    done = CliRunner().invoke(app, options.split())
    assert done.exit_code == 0, done.output
    (request,) = asked
    assert request.output == Path("out")
    assert (request.width, request.height, request.fps) == (1280, 720, Fraction(25, 2))
    assert (request.bitrate, request.gop, request.file_minutes) == (800_000, 1.0, 5.0)
    assert request.people == ("a.avi", "b.avi=t.txt")
    assert request.missing
    assert request.cut
    assert request.clock_change
    assert not request.look.clock
    assert request.start == datetime(2024, 3, 15, 10)
    assert request.seed == 7


def test_it_says_what_was_made(asked: list):
    done = CliRunner().invoke(app, ["-o", "out"])
    assert done.stdout.strip() == str(Path("out/truth.json"))
    assert "10.0%" in done.stderr
    assert "b.avi: missing" in done.stderr
    assert '"mean_objects": 4.9' in CliRunner().invoke(app, ["-o", "out", "--json"]).stdout


@pytest.mark.parametrize("wrong", [["--bitrate", "fast"], ["--size", "big"], ["--fps", "0"], ["--gop", "x"]])
def test_what_cannot_be_read_is_refused(asked: list, wrong: list[str]):
    done = CliRunner().invoke(app, ["-o", "out", *wrong])
    assert isinstance(done.exception, UsageError)
    assert asked == []
