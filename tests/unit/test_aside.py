"""What killed processes left behind goes; what is still being written never does."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from synopticon.aside import beside, new_token, remove_stale, take_place


def put(path, age=0.0):
    path.touch()
    os.utime(path, (time.time() - age, time.time() - age))
    return path


@pytest.fixture
def dead(tmp_path):
    """A token of a process that is gone."""
    code = "from synopticon.aside import new_token; print(new_token())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip()


@pytest.mark.posix
def test_the_leftover_of_a_dead_process_goes_at_once(tmp_path, dead):
    target = tmp_path / "a.mp4"
    folder = beside(target, dead)
    folder.mkdir()
    put(folder / "inside")
    remove_stale(target)
    assert list(tmp_path.iterdir()) == []


def test_what_a_living_process_writes_stays_however_old(tmp_path):
    target = tmp_path / "a.mp4"
    mine = put(beside(target), age=100_000)
    remove_stale(target)
    assert mine.exists()


@pytest.mark.posix
def test_a_process_that_was_killed_and_not_waited_for_is_dead(tmp_path):
    target = tmp_path / "a.mp4"
    code = "import sys; from pathlib import Path; from synopticon.aside import beside; "
    code += "beside(Path(sys.argv[1])).touch()"
    child = subprocess.Popen([sys.executable, "-c", code, str(target)])
    state = Path(f"/proc/{child.pid}/stat")
    while not state.read_text("utf-8").rpartition(")")[2].startswith(" Z"):
        time.sleep(0.01)
    assert len(list(tmp_path.iterdir())) == 1
    remove_stale(target)
    child.wait()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("token", ["0123456789ab", "00000000-1-abcdef01"])
@pytest.mark.parametrize(("age", "stays"), [(60, True), (4000, False)])
def test_of_another_machine_only_what_is_old_goes(tmp_path, token, age, stays):
    target = tmp_path / "a.mp4"
    other = put(beside(target, token), age)
    remove_stale(target)
    assert other.exists() == stays


def test_other_targets_are_left_alone(tmp_path, dead):
    others = [beside(tmp_path / name, dead) for name in ("b.mp4", "a.mkv", "a.b.mp4", "a", "A.mp4")]
    strange = [tmp_path / name for name in (".a.mp4", ".a.zz.partial.mp4", f"a.{dead}.partial.mp4", "a.mp4")]
    for path in [*others, *strange]:
        put(path, age=100_000)
    remove_stale(tmp_path / "a.mp4")
    assert all(path.exists() for path in [*others, *strange])


def test_what_is_written_beside_a_hidden_file_belongs_to_its_target(tmp_path, dead):
    target = tmp_path / ("映" * 60 + ".mp4")
    inner = beside(beside(target, dead), dead.rpartition("-")[0] + "-0")
    put(inner)
    assert len(os.fsencode(inner.name)) < 255
    remove_stale(target)
    assert not inner.exists()


def test_tokens_differ():
    assert len({new_token() for _ in range(100)}) == 100


@pytest.mark.parametrize("links", [True, False])
def test_a_name_that_is_taken_is_never_given_again(links, tmp_path, monkeypatch):
    if not links:

        def link(_source, _target):
            raise OSError("no hard links here")

        monkeypatch.setattr(os, "link", link)
    target = tmp_path / "a.txt"
    for text in ("first", "second"):
        (aside := beside(target)).write_text(text)
        if text == "first":
            take_place(aside, target)
        else:
            with pytest.raises(FileExistsError):
                take_place(aside, target)
    assert target.read_text() == "first"
