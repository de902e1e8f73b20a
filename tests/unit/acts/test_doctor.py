"""Doctor looks at the workspace, makes none, and says what must be done."""

import sqlite3
import stat
from datetime import UTC, datetime, timedelta

import pytest

from synopticon.acts import doctor_workspace
from synopticon.acts.cameras import add_camera
from synopticon.acts.doctor_workspace import examine_workspace
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.workspace import NEXT_KEY, init_workspace, open_workspace
from synopticon.governance.audit.checkpoint import cosign
from synopticon.governance.audit.entry import ActHeader
from synopticon.governance.keys import SigningKey
from tests.scene import write_scene


@pytest.fixture
def folder(tmp_path):
    with open_workspace(tmp_path / "ws") as made:
        return made.folder


def found(folder):
    return {f.what: f for f in examine_workspace(folder)}


def problems(folder):
    return [f for f in examine_workspace(folder) if f.level == "problem"]


def test_without_a_workspace_none_is_made(tmp_path):
    (only,) = examine_workspace(tmp_path / "none")
    assert only.level == "fine"
    assert not (tmp_path / "none").exists()


def test_all_is_well(folder):
    seen = found(folder)
    assert [f.level for f in seen.values()] == ["fine"] * 5
    assert "one person's own" in seen["workspace"].found
    assert "synchronous full" in seen["database"].found
    assert "last witnessed never" in seen["log"].found
    assert "nothing is overdue" in seen["retention"].found
    with open_workspace(folder) as here:
        last = list(here.log.entries())[-2:]
        assert [(e.header.actor, e.header.capability) for e in last] == [("system", "retention.report")] * 2


def test_who_witnessed_last_and_that_it_is_late(tmp_path, monkeypatch):
    monkeypatch.setenv("SYNOPTICON_HOME", str(tmp_path / "home"))
    init_workspace(tmp_path / "ws", organisation="Police of Lyon", profile="fr-judicial")
    log = found(tmp_path / "ws")["log"]
    assert log.level == "note"
    assert "witness ask" in log.remedy
    anna = SigningKey.make()
    for days, level in ((0, "fine"), (400, "note")):
        with open_workspace(tmp_path / "ws") as here:
            when = datetime.now(UTC) - timedelta(days=days)
            signed = cosign(here.log.checkpoint(), "anna", anna, when)
            header = ActHeader("alteration", "audit.witness", "user-1", None, here.profile.digest)
            here.log.witness(signed.text(), {"anna": anna.public}, header)
            monkeypatch.setattr(here.log, "storage", here.log.storage)
        seen = found(tmp_path / "ws")["log"]
        if days == 0:
            assert seen.level == level
            assert f"last witnessed {when.date()}" in seen.found
            assert "by anna" in seen.found


def test_overdue_footage_is_a_problem(folder, tmp_path, monkeypatch):
    """Forty days later nobody has run the destruction."""
    video = write_scene(tmp_path / "door.mp4", 1, 1.0, 0.5)
    with open_workspace(folder) as here:
        add_camera(here, "door", days=30, zone="UTC")
        ingest(here, IngestRequest((str(video),), "door", model="none"))
    assert not problems(folder)
    later = datetime.now(UTC) + timedelta(days=40)
    ordinary = doctor_workspace.open_workspace
    monkeypatch.setattr(doctor_workspace, "open_workspace", lambda place: ordinary(place, clock=At(later)))
    (late,) = problems(folder)
    assert late.what == "retention"
    assert "1 days of footage are overdue for destruction: door" in late.found
    assert "retention run" in late.remedy


class At:
    """A clock that stands still."""

    source = "test"

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


def test_an_act_whose_outcome_is_unknown_is_named(folder):
    with open_workspace(folder) as here:
        header = ActHeader("consultation", "synopsis", "user-1", None, here.profile.digest)
        record = here.log.record(header, {})
    said = [f for f in examine_workspace(folder) if "outcome unknown" in f.found]
    assert f"of 1 acts: entries {record.sequence}" in said[0].found


@pytest.mark.posix
def test_keys_that_others_can_read(folder):
    key = folder / "keys" / "log.pem"
    key.chmod(0o644)
    (open_key,) = problems(folder)
    assert "has mode 644" in open_key.found
    assert f"chmod 600 {key}" in open_key.remedy
    key.chmod(0o600)
    key.parent.chmod(0o755)
    assert "chmod 700" in problems(folder)[0].remedy
    key.parent.chmod(0o700)
    assert not problems(folder)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_key_that_is_missing_locked_or_half_changed(folder, tmp_path):
    key = folder / "keys" / "log.pem"
    data = key.read_bytes()
    key.unlink()
    assert "log.pem is missing" in problems(folder)[0].found
    SigningKey.make().save(key, "a passphrase that doctor has not")
    assert "passphrase" in problems(folder)[0].found
    key.write_bytes(data)
    SigningKey.make().save(folder / "keys" / NEXT_KEY)
    assert "broken off" in next(f.found for f in examine_workspace(folder) if f.level == "note")


def test_a_database_that_is_missing_damaged_or_newer(folder):
    path = folder / "synopticon.sqlite"
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    assert "newer version" in problems(folder)[0].found
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '0001'")
    raw.close()
    before = path.read_bytes()
    assert found(folder)["database"].level == "note"
    assert path.read_bytes() == before  # looked at, not changed
    path.write_bytes(b"no database at all, and long enough to be told from an empty one" * 100)
    assert "damaged" in problems(folder)[0].remedy + problems(folder)[0].found
    path.unlink()
    assert "is missing" in problems(folder)[0].found
    assert not path.exists()


def test_damaged_settings(folder):
    (folder / "workspace.json").write_text("{")
    (only,) = examine_workspace(folder)
    assert only.level == "problem"
    assert only.remedy == "put back a copy"
