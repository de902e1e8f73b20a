"""A package appears whole and checked, or not at all."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from synopticon.errors import FootageError, OutputError, UsageError
from synopticon.evidence import format as form
from synopticon.evidence import package as module
from synopticon.evidence.package import Contents, Item, write_package
from synopticon.evidence.page import page, page_digest, part
from synopticon.evidence.verify import verify_package
from synopticon.governance.canonical import canonical
from synopticon.synopsis.compose import NO_CASE
from tests.architecture.source import ROOT
from tests.packages import MADE, TO, items, make_package, record, witnessed_log


@pytest.fixture
def given(tmp_path):
    """A log, and what goes into a package of it."""
    log = witnessed_log()
    (tmp_path / "from").mkdir()
    held = items(tmp_path / "from")
    contents = Contents("handover", TO, "The shop", MADE, held, (record(log, held),))
    return log, contents, tmp_path / "out" / "package"


def nothing(target: Path) -> bool:
    """Neither a package nor anything that looks like one."""
    return not target.exists() and not list(target.parent.iterdir())


def test_a_package_holds_what_it_says(tmp_path):
    package, log = make_package(tmp_path)
    data = (package / form.MANIFEST).read_bytes()
    manifest = json.loads(data)
    assert data == canonical(manifest)
    assert manifest["recipient"] == TO
    assert manifest["signer"]["fingerprint"] == log.public.fingerprint
    assert manifest["made"] == "2026-11-24T12:00:00.000000Z"
    on_disk = {p.relative_to(package).as_posix() for p in package.rglob("*") if p.is_file()}
    listed = {f["path"] for f in manifest["files"]}
    assert on_disk == listed | {form.MANIFEST, form.SIGNATURE}
    assert {"footage/door é.mp4", "footage/yard.mkv", "receipt.txt", "log.json", "verify.html"} == listed
    assert (package / form.PAGE).read_bytes() == page()
    assert verify_package(package, log.public.fingerprint).good


def test_the_same_is_written_as_the_same(tmp_path, given):
    log, contents, target = given
    target.parent.mkdir()
    first = write_package(target, contents, log)
    second = write_package(target.with_name("again"), contents, log)
    assert first.sha256 == second.sha256


def test_a_folder_that_is_there_is_never_replaced(given):
    log, contents, target = given
    target.mkdir(parents=True)
    with pytest.raises(OutputError, match="exists already"):
        write_package(target, contents, log)
    assert not list(target.iterdir())


@pytest.mark.parametrize("to", ["", " \t"])
def test_a_recipient_is_needed(given, to):
    log, contents, target = given
    target.parent.mkdir()
    with pytest.raises(UsageError, match="recipient is empty"):
        write_package(target, Contents("handover", to, "x", MADE, contents.items, contents.entries), log)
    assert nothing(target)


@pytest.mark.parametrize(
    "path", ["../out.mp4", "/tmp/x", "a\\b", "a//b", "manifest.json/..", "e\u0301.mp4", ""]
)
def test_paths_stay_inside(given, path):
    log, contents, target = given
    target.parent.mkdir()
    wrong = Contents("handover", TO, "x", MADE, (Item(path, "r", b"1"),), contents.entries)
    with pytest.raises(UsageError, match="name of a file in a package"):
        write_package(target, wrong, log)
    assert nothing(target)


def test_a_file_that_changed_is_refused_with_both_digests(given, tmp_path):
    log, contents, target = given
    target.parent.mkdir()
    source = tmp_path / "from" / "yard.mkv"
    known = Item("footage/yard.mkv", form.ORIGINAL, source, "ab" * 32)
    with pytest.raises(FootageError, match=f"then {'ab' * 32}, now [0-9a-f]{{64}}"):
        write_package(target, Contents("handover", TO, "x", MADE, (known,), contents.entries), log)
    assert nothing(target)


def test_a_source_that_cannot_be_read_is_named(given, tmp_path):
    log, contents, target = given
    target.parent.mkdir()
    gone = Item("footage/a.mp4", form.ORIGINAL, tmp_path / "gone.mp4")
    with pytest.raises(FootageError, match=r"gone\.mp4: cannot be read"):
        write_package(target, Contents("handover", TO, "x", MADE, (gone,), contents.entries), log)
    assert nothing(target)


@pytest.mark.parametrize("last", ["door é.mp4", "log.json", "manifest.json", "signature.txt"])
def test_a_full_disk_leaves_nothing(given, monkeypatch, last):
    """Wherever the disk is full, nothing is left that looks like a package."""
    log, contents, target = given
    target.parent.mkdir()
    flush = module.flush

    def full(path):
        if Path(path).name == last:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        flush(path)

    monkeypatch.setattr(module, "flush", full)
    with pytest.raises(OutputError, match="disk is full"):
        write_package(target, contents, log)
    assert nothing(target)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_leaves_nothing(given, error):
    log, contents, target = given
    target.parent.mkdir()

    def stop(_size):
        raise error

    with pytest.raises(error):
        write_package(target, contents, log, stop)
    assert nothing(target)


def test_what_the_disk_spoilt_is_found_before_it_has_its_name(given, monkeypatch):
    log, contents, target = given
    target.parent.mkdir()
    flush = module.flush

    def spoil(path):
        flush(path)
        if Path(path).name == "yard.mkv":
            Path(path).write_bytes(b"\0" * 70)

    monkeypatch.setattr(module, "flush", spoil)
    with pytest.raises(OutputError, match=r"yard\.mkv: was changed"):
        write_package(target, contents, log)
    assert nothing(target)


def test_the_page_is_the_same_each_time_and_needs_nothing():
    page.cache_clear()
    first = page()
    page.cache_clear()
    assert page() == first
    assert len(page_digest()) == 64
    text = first.decode()
    assert "default-src 'none'" in text
    for word in ("http:", "https:", "fetch(", "XMLHttpRequest", "import(", "src=", "href="):
        assert word not in text, word


@pytest.mark.parametrize("role", form.ROLES)
def test_the_page_says_each_role_in_french(role):
    french = part("words.js").split("const SAID")[1].split("\n  fr: {")[1]
    assert f'"{role}":' in french


def test_the_mark_is_the_one_of_a_synopsis():
    assert form.NO_CASE == NO_CASE


def test_the_documentation_publishes_the_digest_of_the_page():
    published = (ROOT / "docs" / "packages.md").read_text("utf-8")
    assert f"```text\n{page_digest()}\n```" in published


KILLED = """
import os, signal, sys
from pathlib import Path
from synopticon.evidence import package
from tests.packages import make_package
flush = package.flush
def kill(path):
    flush(path)
    if Path(path).name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
package.flush = kill
make_package(Path(sys.argv[1]))
"""


@pytest.mark.posix
@pytest.mark.parametrize("last", ["yard.mkv", "signature.txt"])
def test_what_a_killed_process_leaves_is_hidden_and_goes(tmp_path, last):
    """Killed before the package has its name, there is none; the next writer of it removes the rest."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    command = [sys.executable, "-c", KILLED, str(tmp_path), last]
    assert subprocess.run(command, env=env, check=False).returncode == -9
    shutil.rmtree(tmp_path / "package-sources")
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".package.")
    make_package(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["package"]
