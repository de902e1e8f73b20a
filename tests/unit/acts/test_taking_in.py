"""Footage taken in by jobs: from an upload, from a watched folder; each once, and a bad one says why."""

import hashlib
import os
import threading
import time

import pytest

from synopticon.acts import jobs
from synopticon.acts.cameras import add_camera
from synopticon.acts.uploads import Wish, add_piece, begin_upload, tidy_uploads
from synopticon.acts.watching import QUIET, Watched, Watcher
from synopticon.acts.working_on import Watched as Look
from synopticon.acts.working_on import work
from synopticon.acts.workspace import open_workspace
from synopticon.errors import UsageError
from synopticon.store.jobs import State
from tests.scene import write_scene


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    return write_scene(tmp_path_factory.mktemp("taking-in") / "scene.mp4", 1, 2.5, 1.0).read_bytes()


@pytest.fixture
def here(tmp_path):
    with open_workspace(tmp_path / "ws") as workspace:
        add_camera(workspace, "gate", zone="Europe/Paris")
        yield workspace


def sent(here, data, name="scene.mp4", **more):
    upload = begin_upload(here, Wish(name, len(data), "gate", **more))
    add_piece(here, upload.job.id, 0, data)
    return upload.job.id


def do(here, job):
    work(here, job, Look(threading.Event().wait))
    return jobs.my_job(here, job)


def test_an_upload_is_analysed_kept_and_removed_from_aside(here, scene):
    done = do(here, sent(here, scene, sha256=hashlib.sha256(scene).hexdigest()))
    assert (done.state, done.made["states"], done.made["track_count"]) == (State.DONE, ["analysed"], 1)
    tidy_uploads(here)
    assert list((here.folder / "uploads").iterdir()) == []
    (kept,) = (p for p in (here.folder / "footage").rglob("*") if p.is_file())
    assert kept.read_bytes() == scene
    again = do(here, sent(here, scene, name="other name.mp4"))
    assert again.made["states"] == ["known"]  # never twice, whatever its name
    within = [e for e in here.log.entries() if e.payload and e.payload.get("asked_in") == done.entry]
    assert {(e.header.kind, e.header.capability) for e in within} == {("record", "ingest")}


def test_what_cannot_be_read_says_why_and_stays_a_while(here):
    text = do(here, sent(here, b"#EXTM3U\nfile:///etc/passwd\n", name="<b>.mp4"))
    assert text.state is State.FAILED
    assert text.says.startswith("b.mp4: ")
    assert str(here.folder) not in text.says
    changed = do(here, sent(here, b"not this", sha256="0" * 64))
    assert "has the SHA-256" in changed.says
    tidy_uploads(here)
    assert len(list((here.folder / "uploads").iterdir())) == 2  # they may be asked for again
    assert do(here, jobs.again(here, text.id).id).says == text.says


def test_watched_files_are_taken_in_once_when_they_are_whole(here, scene, tmp_path):
    folder, outside = tmp_path / "in", tmp_path / "outside.mp4"
    folder.mkdir()
    outside.write_bytes(scene)
    (folder / "link.mp4").symlink_to(outside)
    (folder / "notes.txt").write_text("no video")
    (folder / "empty.mp4").touch()
    path = folder / "a.mp4"
    path.write_bytes(scene)
    one = Watched(folder, "gate")
    now = time.time()
    assert Watcher(here, (one,), print).look(one, now) == []  # it may still be written
    later = now + QUIET + 1
    watcher = Watcher(here, (one,), print)
    (job,) = watcher.look(one, later)
    assert watcher.look(one, later) == []
    assert Watcher(here, (one,), print).look(one, later) == [job]  # after a restart: the same one
    assert len(jobs.my_jobs(here)) == 1
    assert do(here, job).made["states"] == ["analysed"]
    path.write_bytes(scene + b"more")
    os.utime(path, (now, now))
    (new,) = watcher.look(one, later)
    assert new != job


def test_a_watcher_says_once_what_is_wrong(here, tmp_path, monkeypatch):
    wrong = {"is no folder to watch": Watched(tmp_path / "x", "gate"), "no camera": Watched(tmp_path, "hall")}
    for words, watched in wrong.items():
        with pytest.raises(UsageError, match=words), Watcher(here, (watched,), print):
            pass
    said = []
    one = Watched(tmp_path, "gate", case="case-none")
    (tmp_path / "a.mp4").write_bytes(b"x")
    os.utime(tmp_path / "a.mp4", (0, 0))
    watcher = Watcher(here, (one,), said.append)
    monkeypatch.setattr("synopticon.acts.watching.LOOK", 0.01)
    with watcher:
        end = time.monotonic() + 5
        while not said and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.1)
    (line,) = said  # a refusal is logged; it is not asked for again and again
    assert "case.of-unit" in line
