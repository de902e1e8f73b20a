"""Files appear whole or not at all."""

import errno
import os
import subprocess
import sys
import threading

import pytest

from synopticon.errors import OutputError, UnreadableError
from synopticon.store.atomic import make_folder, write_bytes, write_whole


def left_in(folder):
    return sorted(p.name for p in folder.iterdir())


def test_a_file_appears_only_when_it_is_complete(tmp_path):
    target = tmp_path / "a.mp4"
    with write_whole(target) as beside:
        beside.write_bytes(b"half")
        assert not target.exists()
        assert beside.parent == tmp_path
        assert beside.suffix == ".mp4"  # some writers take the format from it
    assert target.read_bytes() == b"half"
    assert left_in(tmp_path) == ["a.mp4"]


@pytest.mark.parametrize("interrupt", [RuntimeError("no"), KeyboardInterrupt(), SystemExit(1)])
def test_an_interrupt_leaves_nothing(tmp_path, interrupt):
    def write():
        with write_whole(tmp_path / "a.bin") as beside:
            beside.write_bytes(b"half")
            raise interrupt

    with pytest.raises(type(interrupt)):
        write()
    assert left_in(tmp_path) == []


def test_an_interrupt_keeps_what_was_there(tmp_path):
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")

    def write():
        with write_whole(target, overwrite=True) as beside:
            beside.write_bytes(b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert target.read_bytes() == b"old"
    assert left_in(tmp_path) == ["a.bin"]


def test_refuses_to_overwrite_unless_asked(tmp_path):
    target = tmp_path / "a.bin"
    write_bytes(target, b"one")
    with pytest.raises(OutputError, match=r"a\.bin: exists already.*--overwrite"):
        write_bytes(target, b"two")
    assert target.read_bytes() == b"one"
    write_bytes(target, b"two", overwrite=True)
    assert target.read_bytes() == b"two"


@pytest.mark.parametrize("links", [True, False])
def test_a_target_that_appears_meanwhile_is_not_replaced(tmp_path, monkeypatch, links):
    def no_links(*_args, **_options):
        raise OSError(errno.ENOTSUP, "no hard links here")

    if not links:
        monkeypatch.setattr(os, "link", no_links)
    target = tmp_path / "a.bin"

    def write():
        with write_whole(target) as beside:
            beside.write_bytes(b"mine")
            target.write_bytes(b"theirs")

    with pytest.raises(OutputError, match="exists already"):
        write()
    assert target.read_bytes() == b"theirs"
    assert left_in(tmp_path) == ["a.bin"]


def test_without_hard_links_a_new_file_is_written_all_the_same(tmp_path, monkeypatch):
    def no_links(*_args, **_options):
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(os, "link", no_links)
    write_bytes(tmp_path / "a.bin", b"one")
    assert (tmp_path / "a.bin").read_bytes() == b"one"


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.ENOSPC, "disk is full"), (errno.EACCES, "no permission"), (errno.EROFS, "read-only")],
)
def test_an_error_of_the_disk_is_one_line_with_the_remedy(tmp_path, code, words):
    target = tmp_path / "a.bin"

    def write():
        with write_whole(target) as beside:
            beside.write_bytes(b"x")
            raise OSError(code, os.strerror(code))

    with pytest.raises(OutputError) as caught:
        write()
    assert words in str(caught.value)
    assert str(target) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert left_in(tmp_path) == []


def test_errors_about_other_files_pass_unchanged(tmp_path):
    with pytest.raises(FileNotFoundError), write_whole(tmp_path / "a.bin"):
        (tmp_path / "elsewhere" / "footage.mp4").read_bytes()
    with pytest.raises(UnreadableError), write_whole(tmp_path / "a.bin"):
        raise UnreadableError("footage")


def test_a_folder_that_is_missing_or_in_the_way(tmp_path):
    with pytest.raises(OutputError, match="folder does not exist"):
        write_bytes(tmp_path / "no" / "a.bin", b"")
    with pytest.raises(OutputError, match="it is a folder"):
        write_bytes(tmp_path, b"", overwrite=True)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match=r"file.*cannot be"):
        make_folder(tmp_path / "file")
    with pytest.raises(OutputError, match="not a folder"):
        make_folder(tmp_path / "file" / "below")


def test_leftovers_of_a_killed_process_are_removed_when_old(tmp_path):
    old, young = tmp_path / ".a.0123.partial.bin", tmp_path / ".a.4567.partial.bin"
    other = tmp_path / ".b.0123.partial.bin"
    for path in (old, young, other):
        path.write_bytes(b"half")
    for path in (old, other):
        os.utime(path, (0, 0))
    write_bytes(tmp_path / "a.bin", b"one")
    assert left_in(tmp_path) == [".a.4567.partial.bin", ".b.0123.partial.bin", "a.bin"]


def test_killed_while_writing_leaves_the_old_file(tmp_path):
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    code = (
        "import os, signal, sys\n"
        "from synopticon.store.atomic import write_whole\n"
        "with write_whole(sys.argv[1], overwrite=True) as beside:\n"
        "    beside.write_bytes(b'new' * 1000)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(target)], check=False)
    assert ended.returncode == -9
    assert target.read_bytes() == b"old"
    assert [n for n in left_in(tmp_path) if not n.startswith(".")] == ["a.bin"]
    write_bytes(target, b"next", overwrite=True)
    assert left_in(tmp_path) == ["a.bin"]


def test_many_writers_of_one_name_give_one_whole_file(tmp_path):
    target = tmp_path / "a.bin"
    texts = [bytes([n]) * 50_000 for n in range(8)]
    threads = [
        threading.Thread(target=write_bytes, args=(target, t), kwargs={"overwrite": True}) for t in texts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert target.read_bytes() in texts
    assert left_in(tmp_path) == ["a.bin"]


def test_a_very_long_name_is_refused_clearly(tmp_path):
    with pytest.raises(OutputError, match="name is too long"):
        write_bytes(tmp_path / ("a" * 300 + ".bin"), b"")
    name = "映" * 80 + ".bin"
    write_bytes(tmp_path / name, b"")
    assert left_in(tmp_path) == [name]
