"""The workspace makes itself; every act leaves a record before, and an outcome after; refusals are logged."""

import json
import stat
import subprocess
import sys

import pytest

from synopticon.acts.synopsis import SynopsisRequest, make_synopsis
from synopticon.acts.workspace import init_workspace, open_workspace, passing
from synopticon.errors import RefusedError, StoreError, UsageError
from synopticon.governance.audit.export import write_export
from synopticon.governance.audit.verify import verify_export
from synopticon.governance.grant import Scope
from tests.scene import write_scene

FILE = Scope(digests=("ab" * 32,))


@pytest.fixture
def workspace(tmp_path):
    with open_workspace(tmp_path / "ws") as opened:
        yield opened


def kinds(workspace):
    return [(e.header.kind, e.header.capability) for e in workspace.log.entries()]


def test_it_is_made_at_its_first_use_with_keys_for_its_owner_only(workspace):
    assert kinds(workspace) == [("record", "workspace.init"), ("outcome", "workspace.init")]
    assert workspace.profile.name == "personal"
    for path in (workspace.folder / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with open_workspace(workspace.folder) as again:
        assert kinds(again) == kinds(workspace)
        assert again.settings == workspace.settings


def test_the_record_is_there_before_the_body_and_the_outcome_after(workspace):
    with workspace.act("synopsis", scope=FILE, payload={"masked": True}) as act:
        entry = list(workspace.log.entries())[-1]
        assert (entry.header.kind, entry.header.operation) == ("record", "consultation")
        assert entry.payload["scope"]["digests"] == list(FILE.digests)
        assert entry.payload["sign_in"]["method"] == "account"
        act.note(tracks=3)
    outcome = list(workspace.log.entries())[-1]
    assert outcome.header.refers == entry.sequence
    assert outcome.payload == {"state": "done", "tracks": 3}


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (StoreError("it is broken: check it"), "failed"),
        (KeyboardInterrupt(), "stopped"),
        (OSError(5, "x"), "failed"),
    ],
)
def test_what_the_body_raises_is_in_the_outcome(workspace, error, state):
    with pytest.raises(type(error)), workspace.act("synopsis", scope=FILE):
        raise error
    assert list(workspace.log.entries())[-1].payload["state"] == state
    assert workspace.log.open_records() == []


def test_a_refusal_is_logged_with_its_rule_and_nothing_is_done(workspace):
    done = []
    with pytest.raises(RefusedError) as caught, workspace.act("search.plate", scope=FILE):
        done.append(1)
    assert not done
    entry = list(workspace.log.entries())[-1]
    assert (entry.header.kind, entry.header.capability) == ("refusal", "search.plate")
    assert entry.payload["rule"] == caught.value.rule == "personal.nobody-singled-out"


def test_a_refused_case_that_is_not_one_starts_no_chain(workspace):
    with pytest.raises(RefusedError), workspace.act("case.read", case="case-invented"):
        pass
    entry = list(workspace.log.entries())[-1]
    assert entry.header.case is None
    assert entry.payload["asked_case"] == "case-invented"


def test_explaining_acts_on_nothing(workspace):
    before = kinds(workspace)
    checks = workspace.explain("search.plate", scope=FILE)
    assert [c.rule for c in checks if not c.holds] == ["personal.nobody-singled-out"]
    assert kinds(workspace) == before


def test_personal_has_no_place_in_an_organisation(tmp_path):
    with pytest.raises(RefusedError, match="no place") as caught:
        init_workspace(tmp_path / "a", organisation="Town of X")
    assert caught.value.rule == "personal.no-organisation"
    settings = init_workspace(tmp_path / "b", organisation="Town of X", profile="eu-private-site")
    assert set(settings.roles) == {"operator", "investigator"}
    with pytest.raises(UsageError, match="Town of X"):
        init_workspace(tmp_path / "b", organisation="Town of Y", profile="eu-private-site")


def test_a_synopsis_in_an_organisation_is_refused_without_a_case_and_logged(tmp_path):
    scene = write_scene(tmp_path / "scene.mp4", 1, 1.0, 0.5)
    init_workspace(tmp_path / "ws", organisation="Shop", profile="eu-private-site")
    with pytest.raises(RefusedError):
        make_synopsis(
            SynopsisRequest((str(scene),), tmp_path / "out.mp4", model="none", workspace=tmp_path / "ws")
        )
    assert not (tmp_path / "out.mp4").exists()
    with open_workspace(tmp_path / "ws") as opened:
        assert kinds(opened)[-1] == ("refusal", "synopsis")
        with passing(opened) as files:
            sealed = files("key")
            sealed.write("a/b", b"PIXELS" * 100)
            assert sealed.read("a/b") == b"PIXELS" * 100
            found = [p.read_bytes() for p in (tmp_path / "ws/passing").rglob("*") if p.is_file()]
            assert found
            assert b"PIXELS" not in b"".join(found)
        assert not list((tmp_path / "ws/passing").rglob("b"))


def test_a_synopsis_of_one_file_leaves_a_log_that_verifies(tmp_path, monkeypatch):
    """One command, no set-up: the log is in the user's own folder."""
    monkeypatch.setenv("SYNOPTICON_HOME", str(tmp_path / "home"))
    scene = write_scene(tmp_path / "scene.mp4", 2, 2.0, 1.0)
    make_synopsis(SynopsisRequest((str(scene),), tmp_path / "out.mp4", model="none", workers=1, clips=False))
    with open_workspace() as opened:
        assert opened.folder == tmp_path / "home"
        assert kinds(opened)[2:] == [("record", "synopsis"), ("outcome", "synopsis")]
        *_, record, outcome = opened.log.entries()
        assert list(record.payload["files"].values()) == ["scene.mp4"]
        assert set(outcome.payload["made"]) == {"out.mp4", "out.json"}
        write_export(opened.log, tmp_path / "log.export")
        verify_export(tmp_path / "log.export", opened.log.public)


def test_clear_pictures_leave_a_record_of_their_own_and_a_refusal_without_a_reason(tmp_path):
    scene = write_scene(tmp_path / "scene.mp4", 2, 2.0, 1.0)
    asked = SynopsisRequest(
        (str(scene),), tmp_path / "out.mp4", model="none", workers=1, clips=False, unmasked=True,
        workspace=tmp_path / "ws",
    )  # fmt: skip
    with pytest.raises(RefusedError, match="reason"):
        make_synopsis(asked)
    from dataclasses import replace

    make_synopsis(replace(asked, reason="who took the bicycle"))
    with open_workspace(tmp_path / "ws") as opened:
        assert kinds(opened)[2:] == [
            ("refusal", "view.unmasked"),
            ("record", "synopsis"),
            ("record", "view.unmasked"),
            ("outcome", "view.unmasked"),
            ("outcome", "synopsis"),
        ]
        clear = list(opened.log.entries())[4]
        assert clear.payload["reason"] == ["who took the bicycle"]


def test_lost_or_damaged_settings(workspace):
    path = workspace.folder / "workspace.json"
    kept = path.read_text("utf-8")
    path.unlink()
    with open_workspace(workspace.folder) as again:
        assert again.settings == workspace.settings, "read back from the first entry of the log"
    path.write_text("{}")
    with pytest.raises(StoreError, match=r"workspace\.json: damaged"):
        open_workspace(workspace.folder)
    path.write_text(json.dumps({**json.loads(kept), "version": 99}))
    with pytest.raises(StoreError, match="version 99"):
        open_workspace(workspace.folder)


OPEN = """
import sys
from pathlib import Path
from synopticon.acts.workspace import open_workspace
open_workspace(Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_several_at_once_make_one_workspace(tmp_path):
    command = [sys.executable, "-c", OPEN, str(tmp_path / "ws")]
    running = [subprocess.Popen(command) for _ in range(4)]
    assert [p.wait(60) for p in running] == [0] * 4
    with open_workspace(tmp_path / "ws") as opened:
        assert len(kinds(opened)) == 2
