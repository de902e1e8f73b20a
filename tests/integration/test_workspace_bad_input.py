"""What can go wrong with a workspace, as the user of the command line meets it.

Each gets one clear line and the right exit code; afterwards nothing is lost: the log verifies, with all that
it held before, and what was refused was not done.
"""

import json
import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from synopticon.acts.cameras import add_camera
from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.cli.main import main
from synopticon.errors import RefusedError
from synopticon.governance.audit.export import write_export
from synopticon.governance.audit.verify import verify_log
from synopticon.store import database
from tests.databases import POSTGRES
from tests.logs import fill, make_log

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ran(capsys):
    """Runs a command that must fail: its one line."""

    def run(*arguments, code=1):
        assert main([str(a) for a in arguments]) == code
        said = capsys.readouterr()
        assert said.out == ""
        (line,) = said.err.splitlines()
        assert line.startswith("synopticon: ")
        return line

    return run


@pytest.fixture
def place(tmp_path):
    """A workspace with one camera, and what its log holds."""
    with open_workspace(tmp_path / "ws") as here:
        add_camera(here, "door")
    return tmp_path / "ws"


@pytest.fixture
def kept(place):
    """Checks in the end that nothing was lost, and that the second camera was not added."""
    with open_workspace(place) as here:
        before = here.log.checkpoint()
    yield
    with open_workspace(place) as here:
        verify_log(here.log)
        here.log.check(before)
        assert [c.name for c in here.cameras.all()] == ["door"]


def adding(place):
    return ("camera", "add", "yard", "--workspace", place)


@pytest.mark.usefixtures("kept")
def test_a_locked_database(ran, place, monkeypatch):
    monkeypatch.setattr(database, "WAIT", 0.2)
    other = sqlite3.connect(place / "synopticon.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert "synopticon.sqlite: is locked by another program" in ran(*adding(place))
    other.close()


@pytest.mark.posix
@pytest.mark.usefixtures("kept")
def test_a_read_only_database(ran, place):
    """Permissions do not bind root, so the file is opened read-only."""
    path = place / "workspace.json"
    settings = path.read_text("utf-8")
    url = f"sqlite:///file:{place / 'synopticon.sqlite'}?mode=ro&uri=true"
    path.write_text(json.dumps({**json.loads(settings), "database": url}))
    assert "is read-only: give write permission" in ran(*adding(place))
    path.write_text(settings)


FULL = """
import resource, signal, sys
from synopticon.cli.main import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.posix
@pytest.mark.parametrize("room", [0, 9_000, 30_000])
@pytest.mark.usefixtures("kept")
def test_a_full_disk(place, room):
    """No file may grow past this many bytes: before the record, in the middle of it, or after it."""
    command = [sys.executable, "-c", FULL, str(room), *map(str, adding(place))]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "disk" in line or "cannot be opened" in line


@pytest.mark.usefixtures("kept")
def test_a_database_of_a_newer_program(ran, place):
    path = place / "synopticon.sqlite"
    for version in ("9999", database.SCHEMA):
        with sqlite3.connect(path) as raw:
            raw.execute("UPDATE alembic_version SET version_num = ?", [version])
        raw.close()
        if version == "9999":
            assert "was written by a newer version of Synopticon" in ran(*adding(place))


@pytest.mark.parametrize("damage", ["garbage", "cut", "empty"])
@pytest.mark.usefixtures("kept")
def test_a_damaged_database(ran, place, damage):
    path = place / "synopticon.sqlite"
    whole = path.read_bytes()
    harmed = {
        "garbage": whole[:4096] + os.urandom(len(whole) - 4096),
        "cut": whole[: len(whole) // 2],
        "empty": b"",
    }
    path.write_bytes(harmed[damage])
    line = ran(*adding(place))
    assert "put back a copy" in line
    for beside in place.glob("synopticon.sqlite?*"):
        beside.unlink()
    path.unlink()
    assert "is missing, though it is in use since" in ran(*adding(place))
    assert not path.exists()
    path.write_bytes(whole)


@pytest.mark.postgres
def test_a_postgres_that_is_read_only_held_or_gone(ran, tmp_path, postgres_url, monkeypatch):
    place = tmp_path / "ws"
    init_workspace(place, database=postgres_url)
    monkeypatch.setattr(database, "WAIT", 0.2)
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [0x73796E6F2D6C6F67])  # the log's
        assert "locked" in ran(*adding(place))
        other.execute("SELECT pg_advisory_unlock_all()")
        name = other.info.dbname
        other.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert "is read-only" in ran(*adding(place))
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute("SET default_transaction_read_only = off")
        other.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = off")
    settings = json.loads((place / "workspace.json").read_text("utf-8"))
    gone = {**settings, "database": "postgresql://me:secret@127.0.0.1:9/nothing"}
    (place / "workspace.json").write_text(json.dumps(gone))
    line = ran(*adding(place))
    assert "cannot be reached" in line
    assert "secret" not in line
    (place / "workspace.json").write_text(json.dumps(settings))
    with open_workspace(place) as here:
        assert verify_log(here.log).size == 2
        assert here.cameras.all() == ()


@pytest.mark.parametrize("kind", ["sqlite", POSTGRES])
def test_a_clock_that_goes_back(tmp_path, kind, request):
    """The act is refused, the refusal logged, and every verification names the place."""
    url = request.getfixturevalue("postgres_url") if kind == "postgres" else ""
    init_workspace(tmp_path / "ws", database=url)

    class Back:
        source = "test"

        def __call__(self):
            return datetime.now(UTC) - timedelta(hours=2)

    with open_workspace(tmp_path / "ws", clock=Back()) as here:
        with pytest.raises(RefusedError, match=r"set the clock of this machine right") as refused:
            add_camera(here, "yard")
        assert (refused.value.rule, refused.value.exit_code) == ("clock.not-back", 3)
        assert here.cameras.all() == ()
    with open_workspace(tmp_path / "ws") as here:
        report = verify_log(here.log)
        last = here.log.entry(report.size - 1)
        assert (last.header.kind, last.payload["rule"]) == ("refusal", "clock.not-back")
        assert [where for where, _ in report.backwards] == [last.sequence]
        add_camera(here, "yard")  # right again, it goes on


@pytest.fixture
def export(tmp_path):
    """A log of 12 entries, and the checkpoint of it that somebody kept."""
    log = fill(make_log(), 12)
    write_export(log, tmp_path / "log")
    (tmp_path / "kept").write_text(log.checkpoint().text(), "utf-8")
    return (tmp_path / "log").read_bytes().splitlines(keepends=True)


def flipped(lines):
    line = bytearray(lines[5])
    line[40] ^= 1
    return [*lines[:5], bytes(line), *lines[6:]]


CHANGES = {  # head, entries 0..11, foot
    "a flipped byte": (flipped, "entry 4"),
    "removed": (lambda lines: lines[:5] + lines[6:], "entry 4"),
    "reordered": (lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]], "entry 4"),
    "duplicated": (lambda lines: [*lines[:6], *lines[5:]], "entry 5"),
    "a tail cut off": (lambda lines: lines[:-3], "entry 10"),
    "a tail removed": (lambda lines: [*lines[:-3], lines[-1]], "entry 10"),
    "a tail doubled": (lambda lines: [*lines[:-1], lines[-2], lines[-1]], "the last line"),
    "the middle of a line": (lambda lines: [*lines[:-1], lines[-1][:-9]], "ends in the middle"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_log_that_was_changed(ran, export, tmp_path, change):
    make, says = CHANGES[change]
    (tmp_path / "changed").write_bytes(b"".join(make(export)))
    line = ran("audit", "verify", tmp_path / "changed", "--checkpoint", tmp_path / "kept")
    assert says in line
    assert any(what in line for what in ("another copy", "as it was written", "the format expected"))


def test_a_checkpoint_of_another_log(ran, export, tmp_path):
    other = fill(make_log(), 12).checkpoint()
    for name, text in {
        "another key": other.text(),
        "another name": other.text().replace("synopticon/tests", "synopticon/other"),
        "no checkpoint": "the log is fine\n",
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
        assert name in ran("audit", "verify", tmp_path / "log", "--checkpoint", tmp_path / name)
    assert "name a checkpoint" in ran(
        "audit", "verify", tmp_path / "log", "--checkpoint", tmp_path / "none", code=2
    )
