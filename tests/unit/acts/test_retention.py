"""After destruction nothing of the day can be found or read; what is held stays."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from synopticon.acts.cameras import add_camera
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.retention import hold, release, report, run
from synopticon.acts.workspace import open_workspace
from synopticon.errors import RefusedError, StoreError
from synopticon.governance.audit.log import Clock
from synopticon.governance.grant import Scope
from synopticon.governance.retention import HoldKind
from synopticon.store.granted import open_granted
from synopticon.store.tracks import Wanted
from tests.scene import write_scene

TAKEN = datetime(2026, 11, 2, 10, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 10, tzinfo=UTC)
STARTED = datetime(2026, 11, 21, tzinfo=UTC)


class Ticking:
    """A clock that stands where the test puts it."""

    def __init__(self, now=STARTED):
        self.now = now

    def __call__(self):
        self.now += timedelta(milliseconds=1)
        return self.now


@pytest.fixture
def time():
    return Ticking()


@pytest.fixture
def workspace(tmp_path, time):
    with open_workspace(tmp_path / "ws", clock=Clock(time, "test")) as opened:
        add_camera(opened, "door", days=30)
        yield opened


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    return [write_scene(folder / f"{n}.mp4", n, 2.0, 1.0, seed=n) for n in (1, 2)]


def take(workspace, path, start, own=True):
    asked = IngestRequest((str(path),), "door", own=own, model="none", workers=1, start=start)
    (done,) = ingest(workspace, asked).recordings
    assert done.state == "analysed"
    return done.footage


def viewing(workspace, digest):
    return workspace.act("view.unmasked", scope=Scope(digests=(digest,)), reason="a test of what can be read")


def everything(folder):
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def found_in(folder, pieces):
    return [(p, piece) for p, data in everything(folder).items() for piece in pieces if piece in data]


def crops(workspace, footage):
    """What lies sealed of a recording, in the clear: each sprite video, the bank, and pieces of the file."""
    (file,) = [f for f in files_of(workspace) if f.footage == footage]
    with viewing(workspace, file.digest) as act:
        opened = open_granted(
            workspace.engine, workspace.place, workspace.vault, workspace.clock, act.grant, footage
        )
        found = [opened.blob("picture", ref) for t in opened.tubes() for ref in t.picture]
        found += [opened.blob("clear", ref) for t in opened.tubes() for ref in t.clear]
        bank = opened.load_bank()
        found.append(bank.scenes[0].y.tobytes()[:64])
        key = workspace.vault.key_for(act.grant, footage)
        (track, *_) = workspace.tracks.tracks(act.grant, key, Wanted(footages=(footage,)))
    original = open(file.path, "rb").read()  # noqa: PTH123, SIM115
    found.append(track.boxes.tobytes()[:32])
    pieces = [piece[k : k + 24] for piece in found for k in (0, len(piece) // 2)]
    return pieces + [original[len(original) * k // 40 :][:24] for k in range(1, 38)]


def files_of(workspace):
    from sqlalchemy import select

    from synopticon.store.database import reading
    from synopticon.store.tables_footage import footage_file

    with reading(workspace.engine) as connection:
        return connection.execute(select(footage_file)).all()


def test_nothing_of_the_day_is_left_and_copies_of_the_blobs_do_not_open(workspace, scenes, time, tmp_path):
    first = take(workspace, scenes[0], TAKEN)
    second = take(workspace, scenes[1], LATER)
    shared = b"".join([scenes[1].read_bytes(), *crops(workspace, second)])
    pieces = [piece for piece in crops(workspace, first) if piece not in shared]
    assert len(pieces) >= 4
    assert found_in(workspace.folder, pieces), "the owned recording: what is there is found"
    (digest,) = [f.digest for f in files_of(workspace) if f.footage == first]
    kept = crops(workspace, second)
    shutil.copytree(workspace.folder / "blobs", tmp_path / "backup")
    days_later = TAKEN + timedelta(days=30, hours=1)
    time.now = days_later
    assert {v.state for v in report(workspace).verdicts} == {"kept", "due"}
    done = run(workspace, tmp_path / "certificate.json")
    assert done.exit_code == 0
    (erased,) = done.erased
    assert (erased.keys, erased.files, erased.recordings) == (1, 1, 1)
    assert not found_in(workspace.folder, pieces)
    assert not [p for p in everything(workspace.folder) if first in str(p) or "2026-11-02" in str(p)]
    shutil.copytree(tmp_path / "backup", workspace.folder / "blobs", dirs_exist_ok=True)
    with pytest.raises((RefusedError, StoreError)), viewing(workspace, digest) as act:
        workspace.vault.key_for(act.grant, first)
    assert crops(workspace, second) == kept
    assert json.loads((tmp_path / "certificate.json").read_text())["destroyed"][0]["digests"] == [digest]
    (told,) = report(workspace).erased
    assert (told.part, told.files, told.at >= days_later) == ("2026-11-02", 1, True)
    assert run(workspace).erased == ()


def test_a_restored_copy_does_not_open_even_with_its_rows(workspace, scenes, time):
    """The rows come back from an old database, the key does not: nothing opens."""
    from sqlalchemy import delete

    from synopticon.store.database import writing
    from synopticon.store.tables_footage import data_key

    footage = take(workspace, scenes[0], TAKEN)
    (file,) = files_of(workspace)
    with writing(workspace.engine) as connection:
        connection.execute(delete(data_key))
    with pytest.raises(StoreError, match="destroyed"), viewing(workspace, file.digest) as act:
        workspace.vault.key_for(act.grant, footage)


def test_an_analysis_of_the_same_file_outside_ingest_goes_too(workspace, scenes, time, tmp_path):
    take(workspace, scenes[0], TAKEN)
    (folder,) = [workspace.folder / "analyses" / "made"]
    folder.mkdir(parents=True)
    (file,) = files_of(workspace)
    (folder / "source.json").write_text(json.dumps({"files": [file.digest]}))
    (workspace.folder / "analyses" / "other").mkdir()
    time.now = TAKEN + timedelta(days=31)
    run(workspace)
    assert [p.name for p in (workspace.folder / "analyses").iterdir()] == ["other"]


def test_a_hold_stops_it_until_it_is_released(workspace, scenes, time):
    take(workspace, scenes[0], TAKEN)
    with pytest.raises(RefusedError, match="number"):
        hold(workspace, HoldKind.INQUIRY, "because", camera="door", start=TAKEN, end=LATER)
    held = hold(workspace, HoldKind.INQUIRY, "PV 2026/114", camera="door", start=TAKEN, end=LATER)
    time.now = TAKEN + timedelta(days=32)
    (verdict,) = report(workspace).verdicts
    assert (verdict.state, verdict.holds) == ("held", (held.id,))
    assert run(workspace).erased == ()
    release(workspace, held.id)
    assert [v.state for v in report(workspace).overdue] == ["overdue"]
    assert len(run(workspace).erased) == 1


def test_what_was_destroyed_does_not_come_back_unnoticed(workspace, scenes, time):
    take(workspace, scenes[0], TAKEN)
    time.now = TAKEN + timedelta(days=31)
    run(workspace)
    asked = IngestRequest((str(scenes[0]),), "door", model="none", workers=1, start=TAKEN)
    result = ingest(workspace, asked)
    assert result.exit_code == 1
    assert "destroyed here" in result.recordings[0].note
    old = IngestRequest((str(scenes[1]),), "door", model="none", workers=1, start=TAKEN)
    assert "may be kept for 30" in ingest(workspace, old).recordings[0].note


def test_the_recording_itself_stays_where_the_workspace_does_not_own_it(workspace, scenes, time):
    take(workspace, scenes[0], TAKEN, own=False)
    time.now = TAKEN + timedelta(days=31)
    (erased,) = run(workspace).erased
    assert scenes[0].exists()
    assert erased.elsewhere == (str(scenes[0]),)


def test_a_stop_after_the_keys_leaves_nothing_readable_and_the_next_run_goes_on(
    workspace, scenes, time, monkeypatch
):
    footage = take(workspace, scenes[0], TAKEN)
    (file,) = files_of(workspace)
    time.now = TAKEN + timedelta(days=31)

    def stopped(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("synopticon.store.erase.destroy_file", stopped)
        with pytest.raises(KeyboardInterrupt):
            run(workspace)
    with pytest.raises(StoreError, match="destroyed"), viewing(workspace, file.digest) as act:
        workspace.vault.key_for(act.grant, footage)
    assert len(run(workspace).erased) == 1
    assert files_of(workspace) == []
