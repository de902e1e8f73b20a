"""Files and folders that belong together appear together or not at all."""

import errno
import subprocess
import sys

import pytest

from synopticon.errors import OutputError
from synopticon.store import atomic
from synopticon.store.atomic import check_place, write_together


def write(folder, names=("a.txt", "b.clips", "c.mp4"), overwrite=False, fail=None, make=None):
    """Write the targets with the text "new"; those that end in .clips as folders."""
    with write_together(*(folder / n for n in names), overwrite=overwrite) as asides:
        for aside in asides:
            if make is not None and aside.suffix not in make:
                continue
            if aside.suffix == ".clips":
                aside.mkdir()
                (aside / "1.mp4").write_text("new", "utf-8")
            else:
                aside.write_text("new", "utf-8")
        if fail:
            raise fail


def content(folder):
    return {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in folder.rglob("*") if p.is_file()}


ALL = {"a.txt": "new", "b.clips/1.mp4": "new", "c.mp4": "new"}


def test_all_appear(tmp_path):
    write(tmp_path)
    assert content(tmp_path) == ALL


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), OutputError("no")])
def test_none_appears_after_an_error(tmp_path, error):
    with pytest.raises(type(error)):
        write(tmp_path, fail=error)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("old", ["a.txt", "b.clips", "c.mp4"])
def test_without_overwrite_what_exists_stops_all_of_it(tmp_path, old):
    (tmp_path / old).write_text("old", "utf-8")
    with pytest.raises(OutputError, match=f"{old}: exists already"):
        write(tmp_path)
    assert content(tmp_path) == {old: "old"}


def older(folder):
    (folder / "b.clips").mkdir()
    for name in ("a.txt", "b.clips/1.mp4", "b.clips/2.mp4", "c.mp4"):
        (folder / name).write_text("old", "utf-8")
    return content(folder)


def test_overwriting_replaces_all_of_it(tmp_path):
    older(tmp_path)
    write(tmp_path, overwrite=True)
    assert content(tmp_path) == ALL


def test_an_error_while_overwriting_leaves_the_old(tmp_path):
    before = older(tmp_path)
    with pytest.raises(ValueError, match="no"):
        write(tmp_path, overwrite=True, fail=ValueError("no"))
    assert content(tmp_path) == before


def test_what_is_not_made_anew_is_gone(tmp_path):
    older(tmp_path)
    write(tmp_path, overwrite=True, make={".txt", ".mp4"})
    assert content(tmp_path) == {"a.txt": "new", "c.mp4": "new"}


def test_another_writer_who_was_faster_keeps_its_result(tmp_path):
    targets = [tmp_path / n for n in ("a.txt", "b.clips", "c.mp4")]

    def race():
        with write_together(*targets) as asides:
            asides[0].write_text("mine", "utf-8")
            asides[2].write_text("mine", "utf-8")
            targets[2].write_text("theirs", "utf-8")

    with pytest.raises(OutputError, match=r"c\.mp4: exists already"):
        race()
    assert content(tmp_path) == {"c.mp4": "theirs"}


def test_errors_name_the_target_and_the_remedy(tmp_path):
    def fill():
        with write_together(tmp_path / "out.mp4") as (aside,):
            error = OSError(errno.ENOSPC, "No space left on device")
            raise OutputError(f"{aside}: cannot be written: No space left on device") from error

    with pytest.raises(OutputError) as caught:
        fill()
    assert str(caught.value) == (
        f"{tmp_path / 'out.mp4'}: cannot be written: the disk is full: free some space and run it again"
    )


def test_a_full_disk_under_the_body_is_translated(tmp_path, monkeypatch):
    def full(path):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(atomic, "_move", lambda aside, *_: full(aside))
    with pytest.raises(OutputError, match="the disk is full"):
        write(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_leftovers_of_killed_runs_go(tmp_path):
    code = (
        "import os, sys; from pathlib import Path\n"
        "from synopticon.store.atomic import write_together, write_whole\n"
        "from synopticon.footage.encode import VideoWriter\n"
        "with write_together(*sys.argv[1:]) as (folder, video):\n"
        "    folder.mkdir(); (folder / 'a').touch()\n"
        "    VideoWriter(video, 16, 16, 25); os.kill(os.getpid(), 9)"
    )
    asked = [str(tmp_path / name) for name in ("c.clips", "c.mp4")]
    killed = subprocess.run([sys.executable, "-c", code, *asked], capture_output=True, check=False)
    assert killed.returncode == -9
    assert len(list(tmp_path.glob(".c.*"))) == 2
    write(tmp_path, ("c.clips", "c.mp4"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["c.clips", "c.mp4"]


def test_a_place_is_checked_without_making_anything(tmp_path):
    check_place(tmp_path / "new" / "deep" / "out.mp4")
    (tmp_path / "old.mp4").write_text("", "utf-8")
    check_place(tmp_path / "old.mp4", overwrite=True)
    for path, why in [
        (tmp_path / "old.mp4", "exists already"),
        (tmp_path / "old.mp4" / "out.mp4", "is a file, not a folder"),
        (tmp_path, "it is a folder"),
    ]:
        with pytest.raises(OutputError, match=why):
            check_place(path)
    assert [p.name for p in tmp_path.iterdir()] == ["old.mp4"]
