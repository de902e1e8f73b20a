"""Ingest: once only, sealed, resumable, by one process at a time, and every act in the log."""

import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from synopticon.acts.cameras import add_camera
from synopticon.acts.ingest import IngestRequest, ingest, part_of, recordings, subset
from synopticon.acts.workspace import open_workspace
from synopticon.errors import RefusedError, UsageError
from synopticon.footage.probe import probe
from synopticon.governance.grant import Scope
from synopticon.store.database import reading
from synopticon.store.tables_footage import footage, footage_file, track
from synopticon.store.tracks import Wanted
from tests import media
from tests.scene import write_scene

TAKEN = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    return write_scene(tmp_path_factory.mktemp("ingest") / "scene.mp4", 2, 2.0, 1.0)


@pytest.fixture
def workspace(tmp_path):
    with open_workspace(tmp_path / "ws") as opened:
        add_camera(opened, "door", zone="Europe/Paris")
        yield opened


def asked(*paths, **changes):
    wanted = {"model": "none", "workers": 1, "start": TAKEN, **changes}
    return IngestRequest(tuple(str(p) for p in paths), "door", **wanted)


def count(workspace, table):
    with reading(workspace.engine) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def entries(workspace, capability="ingest"):
    return [e for e in workspace.log.entries() if e.header.capability == capability]


def test_what_is_found_is_kept_sealed_and_read_back_within_a_grant(workspace, scene):
    result = ingest(workspace, asked(scene))
    assert result.exit_code == 0
    (done,) = result.recordings
    assert (done.state, done.tracks) == ("analysed", 2)
    digest = probe([scene]).files[0].sha256
    with workspace.act("search.attributes", scope=Scope(digests=(digest,))) as act:
        rows = workspace.tracks.find(act.grant)
        key = workspace.vault.key_for(act.grant, done.footage)
        tracks = workspace.tracks.tracks(act.grant, key, Wanted(footages=(done.footage,)))
        assert {t.id for t in tracks} == {r.id for r in rows}
        assert all(TAKEN <= r.start < r.end for r in rows)
        assert len(workspace.tracks.tubes(act.grant)) == 2
        assert [s.seconds for s in workspace.footage.stretches(act.grant)] == [pytest.approx(4, abs=4)]
    with workspace.act("search.attributes", scope=Scope(digests=("ab" * 32,))) as act:
        assert workspace.tracks.find(act.grant) == ()
        with pytest.raises(RefusedError):
            workspace.vault.key_for(act.grant, done.footage)
    blobs = [p.read_bytes() for p in (workspace.folder / "blobs").rglob("*") if p.is_file()]
    assert blobs
    assert all(data.startswith(b"SYNO") for data in blobs)


def test_never_twice_whatever_its_name(workspace, scene, tmp_path):
    other = tmp_path / "other name.mp4"
    shutil.copy(scene, other)
    ingest(workspace, asked(scene))
    again = ingest(workspace, asked(other))
    assert [r.state for r in again.recordings] == ["known"]
    assert again.exit_code == 0
    assert (count(workspace, footage), count(workspace, footage_file), count(workspace, track)) == (1, 1, 2)


def test_one_bad_file_never_stops_the_others(workspace, scene, tmp_path):
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"this is no video" * 100)
    shutil.copy(scene, tmp_path / "good.mp4")
    result = ingest(workspace, asked(bad, tmp_path / "good.mp4"))
    assert result.exit_code == 4
    assert [r.state for r in result.recordings] == ["analysed"]
    assert any("bad.mp4" in note for note in result.notes)


def test_an_unknown_camera_is_one_clear_line(workspace, scene):
    with pytest.raises(UsageError, match=r"no camera is called 'gate'.*camera add.*door"):
        ingest(workspace, IngestRequest((str(scene),), "gate"))


def test_the_log_has_record_and_outcome(workspace, scene):
    ingest(workspace, asked(scene))
    record, outcome = entries(workspace)
    assert (record.header.kind, outcome.header.kind) == ("record", "outcome")
    assert record.header.operation == "collection"
    assert record.payload["files"] == {probe([scene]).files[0].sha256: "scene.mp4"}
    assert (outcome.payload["state"], outcome.payload["track_count"]) == ("done", 2)


def test_days_are_apart_and_unknown_times_alone(tmp_path):
    names = ["20240501_230000.mp4", "20240501_233000.mp4", "20240502_080000.mp4"]
    for n, name in enumerate(names):
        media.write_video(tmp_path / name, 25, first=n * 25)
    whole = probe([tmp_path / name for name in names], zone="Europe/Paris")
    found = dict(recordings(whole, "Europe/Paris"))
    assert {part: [f.path.name for f in r.files] for part, r in found.items()} == {
        "2024-05-01": names[:2],
        "2024-05-02": names[2:],
    }
    late = found["2024-05-02"]
    assert late.files[0].offset == 0
    assert late.start_utc == whole.files[2].clock.start
    plain = probe([media.write_video(tmp_path / "plain.mp4", 25)])
    assert part_of(plain.files[0], "") == f"unknown-{plain.files[0].sha256[:16]}"
    assert subset(whole, [0, 1, 2]) is whole


WORK = """
import sys
from pathlib import Path
from synopticon.acts.ingest import ingest
from synopticon.acts.workspace import open_workspace
from tests.unit.acts.test_ingest import asked
with open_workspace(Path(sys.argv[1])) as workspace:
    result = ingest(workspace, asked(sys.argv[2]))
    print(",".join(r.state for r in result.recordings), flush=True)
"""


def working(folder, scene):
    command = [sys.executable, "-c", WORK, str(folder), str(scene)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=sys.path[0] or ".")


@pytest.mark.slow
def test_two_at_once_take_it_in_once(workspace, scene):
    both = [working(workspace.folder, scene) for _ in range(2)]
    states = sorted(p.communicate(timeout=120)[0].strip() for p in both)
    assert [p.returncode for p in both] == [0, 0]
    assert states in (["analysed", "busy"], ["analysed", "known"])
    assert (count(workspace, footage), count(workspace, track)) == (1, 2)


DIES = """
import os, signal, sys
from synopticon.store import atomic
left, flush = int(sys.argv[3]), atomic.flush
def dying(path):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    flush(path)
atomic.flush = dying
"""


@pytest.mark.slow
@pytest.mark.posix
@pytest.mark.parametrize("writes", [0, 1, 3, 5])
def test_killed_in_the_middle_it_goes_on_where_it_was(workspace, scene, writes):
    """A process dies before its n-th file is complete; the record stays, marked as of unknown outcome."""
    command = [sys.executable, "-c", DIES + WORK, str(workspace.folder), str(scene), str(writes)]
    assert subprocess.run(command, check=False, cwd=sys.path[0] or ".").returncode == -signal.SIGKILL
    (broken,) = workspace.log.open_records()
    assert workspace.log.entry(broken).header.capability == "ingest"
    (done,) = ingest(workspace, asked(scene)).recordings
    assert (done.state, done.tracks) == ("analysed", 2)
    assert (count(workspace, footage), count(workspace, track)) == (1, 2)
    assert workspace.log.open_records() == [broken]
    second = entries(workspace)[1]
    assert second.payload["goes_on"]
    workspace.log.checkpoint()
