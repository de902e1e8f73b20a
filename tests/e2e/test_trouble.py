"""The main verb in trouble: odd names, damage, a full disk, signals. Nothing half-written is left."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scene import write_scene

pytestmark = pytest.mark.slow
RUN = [sys.executable, "-m", "synopticon.cli.main"]


@pytest.fixture(scope="module")
def recording(tmp_path_factory) -> Path:
    return write_scene(tmp_path_factory.mktemp("scene") / "scene.mp4", figures=2)


@pytest.fixture
def place(tmp_path, recording) -> Path:
    shutil.copy(recording, tmp_path / "scene.mp4")
    return tmp_path


def environment(place: Path) -> dict[str, str]:
    return {**os.environ, "SYNOPTICON_HOME": str(place / "home")}


def run(place: Path, *words: str, **more) -> subprocess.CompletedProcess[str]:
    command = [*RUN, *words]
    return subprocess.run(
        command, cwd=place, env=environment(place), capture_output=True, text=True, timeout=240, **more
    )


def visible(place: Path) -> set[str]:
    return {p.name for p in place.iterdir()} - {"home", "scene.mp4"}


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    last = done.stderr.splitlines()[-1]
    assert last.startswith("synopticon: "), done.stderr
    assert "unexpected" not in last
    return last


@pytest.mark.parametrize("name", ["a b'\".mp4", "new\nline.mp4", "-dash.mp4", "ünï\u202ecode.mp4"])
def test_odd_names_are_names(place, name):
    (place / "scene.mp4").rename(place / name)
    done = run(place, "synopsis", "--json", "--", name)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert (place / made["video"]).is_file()
    assert (place / made["html"]).is_file()


def test_a_damaged_segment_is_a_gap_and_the_rest_is_done(place):
    folder = place / "recorder"
    folder.mkdir()
    shutil.copy(place / "scene.mp4", folder / "20240501_080000.mp4")
    (folder / "20240501_080100.mp4").write_bytes(b"")
    done = run(place, "synopsis", "recorder", "--json")
    assert done.returncode == 4, done.stderr
    made = json.loads(done.stdout)
    assert made["gaps"] >= 1
    assert made["shown"] == 2


def test_the_output_cannot_be_there(place):
    done = run(place, "synopsis", "scene.mp4", "-o", "scene.mp4/out.mp4")
    assert done.returncode == 1
    assert "scene.mp4" in one_line(done)
    assert visible(place) == set()


def test_a_disk_that_is_full(place):
    def little():
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))

    done = run(place, "synopsis", "scene.mp4", preexec_fn=little)
    assert done.returncode == 1
    assert one_line(done)
    assert visible(place) == set()


def begin(place: Path) -> "subprocess.Popen[str]":
    """Start the main verb and come back when it is at work."""
    process = subprocess.Popen(
        [*RUN, "synopsis", "scene.mp4"],
        cwd=place,
        env=environment(place),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while line := process.stderr.readline():
        if line.startswith("looking"):
            return process
    raise AssertionError("it ended before it was at work")


def end(process: "subprocess.Popen[str]") -> str:
    _, err = process.communicate(timeout=60)
    return err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("all_of_it", [False, True], ids=["alone", "group"])
def test_a_signal_stops_it_cleanly(place, number, code, all_of_it):
    process = begin(place)
    if all_of_it:  # as a terminal does
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    err = end(process)
    assert process.returncode == code, err
    assert err.splitlines()[-1] == "synopticon: stopped; nothing was left half-written"
    assert "Traceback" not in err
    assert visible(place) == set()


def test_after_kill_9_it_goes_on_and_gives_the_same(place, tmp_path_factory, recording):
    process = begin(place)
    os.killpg(process.pid, signal.SIGKILL)
    end(process)
    assert run(place, "synopsis", "scene.mp4").returncode == 0
    other = tmp_path_factory.mktemp("other")
    shutil.copy(recording, other / "scene.mp4")
    assert run(other, "synopsis", "scene.mp4").returncode == 0
    name = "scene.synopsis.json"
    assert (place / name).read_bytes() == (other / name).read_bytes()
    assert not [p for p in place.rglob("*") if ".part" in p.name and p.is_file()]
