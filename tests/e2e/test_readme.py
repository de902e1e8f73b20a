"""What the README promises, run as it is written, on recordings made here."""

import json
import shlex
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import jsonschema
import pytest

from synopticon.cli.main import main
from synopticon.web import server
from tests.architecture.source import ROOT
from tests.architecture.test_docs import README, blocks
from tests.scene import write_scene

COMMANDS = [line for line in blocks(README) if line.startswith("synopticon ")]


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder as the README imagines it: a recording, and a folder of segments of a recorder."""
    folder = tmp_path_factory.mktemp("readme")
    write_scene(folder / "front-door.mp4", wait=7.0)
    (folder / "recordings").mkdir()
    write_scene(folder / "recordings" / "20240501_083000.mp4", figures=1)
    write_scene(folder / "recordings" / "20240501_083007.mp4", figures=1, seed=2)
    return folder


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(place: Path, monkeypatch) -> Callable[[list[str]], Done]:
    """Types a command in the folder, in this process: starting Python each time would be most of the test."""

    def run(words: list[str]) -> Done:
        monkeypatch.setenv("SYNOPTICON_HOME", str(place / "home"))
        out, err = StringIO(), StringIO()
        with chdir(place), redirect_stdout(out), redirect_stderr(err):
            code = main(words)
        return Done(code, out.getvalue(), err.getvalue())

    return run


@pytest.mark.slow
def test_every_command_of_the_readme_runs(place, run, monkeypatch):
    served = []  # what serves until it is stopped has tests of its own
    monkeypatch.setattr(server, "serve", lambda workspace, *_: served.append(workspace.folder))
    for line in COMMANDS:
        done = run(shlex.split(line)[1:])
        if "models fetch" in line:  # tests have no network, and the command says so in one line
            assert done.returncode == 1
            assert "could not be fetched" in done.stderr
            continue
        if "--where" in line:  # without a model nothing is called a person, and it says so
            assert done.returncode == 1
            assert "nothing in the scope answers 'person upper:red'" in done.stderr
            continue
        assert done.returncode in (0, 4), f"{line}\n{done.stderr}"
    assert len(set(served)) == sum(line.startswith("synopticon serve") for line in COMMANDS)
    check_outputs(place)


REPORTS = {
    "synopsis": ["front-door.mp4", "--output", "report.mp4", "--plot", "plan.svg"],
    "tracks": ["front-door.mp4", "--output", "tracks.txt"],
    "probe": ["recordings"],
}


@pytest.mark.slow
@pytest.mark.parametrize("verb", REPORTS)
def test_reports_are_what_their_schema_says(place, run, verb):
    done = run([verb, *REPORTS[verb], "--json"])
    assert done.returncode in (0, 4), done.stderr
    schema = json.loads((ROOT / "docs" / "schemas" / f"{verb}.schema.json").read_text())
    jsonschema.validate(json.loads(done.stdout), schema)
    if verb == "synopsis":
        assert "<svg" in (place / "plan.svg").read_text()


def test_an_output_that_exists_is_refused(place, run):
    (place / "kept.mp4").write_bytes(b"kept")
    done = run(["synopsis", "front-door.mp4", "--output", "kept.mp4"])
    assert done.returncode == 1
    assert "--overwrite" in done.stderr
    assert (place / "kept.mp4").read_bytes() == b"kept"


@pytest.mark.parametrize(
    ("content", "says"), [(None, "missing.mp4"), (b"", "missing.mp4"), (b"hello\n" * 99, "missing.mp4")]
)
def test_bad_input_is_one_line(tmp_path, monkeypatch, capsys, content, says):
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path("missing.mp4").write_bytes(content)
    for verb in (["synopsis"], ["probe"], ["tracks", "--output", "none.txt"]):
        assert main([verb[0], "missing.mp4", *verb[1:]]) in (1, 2)
        out, err = capsys.readouterr()
        assert out == ""
        last = err.splitlines()[-1]
        assert last.startswith("synopticon: ")
        assert says in last
        assert "unexpected" not in last


def check_outputs(place: Path) -> None:
    for suffix in ("mp4", "html", "json", "vtt"):
        assert (place / f"front-door.synopsis.{suffix}").stat().st_size > 0
    assert (place / "front-door.synopsis.clips").is_dir()
    manifest = json.loads((place / "front-door.synopsis.json").read_text())
    assert 1 <= len(manifest["objects"]) <= 4
    assert not list(place.glob(".*")), "something half-written was left"


def test_the_readme_shows_the_main_verb():
    assert any(line.startswith("synopticon synopsis") for line in COMMANDS)
    assert (ROOT / "examples" / "three_steps.py").exists()
