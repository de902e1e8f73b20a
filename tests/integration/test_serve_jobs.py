"""Jobs of a real server that is killed in the middle of them, and started again: nothing is lost."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from base64 import b64encode

import httpx
import pytest

from synopticon.acts.cameras import add_camera
from synopticon.acts.workspace import open_workspace
from synopticon.web.auth import HEADER
from tests.scene import write_scene
from tests.waiting import patience

until = patience(60)

pytestmark = pytest.mark.posix
TUS = {"Tus-Resumable": "1.0.0"}


@contextlib.contextmanager
def served(folder, *more):
    """A server, and a browser that is signed in; killed at the end, as when the machine loses power."""
    command = [
        sys.executable,
        "-m",
        "synopticon.cli.main",
        "serve",
        "--port",
        "0",
        "--workspace",
        str(folder),
    ]
    process = subprocess.Popen([*command, *more], stdout=subprocess.PIPE, text=True)
    try:
        address, _, secret = process.stdout.readline().strip().partition("/#token=")
        with httpx.Client(base_url=address, headers={"Origin": address, **TUS}, timeout=30) as browser:
            answer = browser.post("/api/session", json={"link": secret})
            browser.headers[HEADER] = answer.json()["token"]
            yield browser
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)


def job_of(browser, id_):
    return browser.get(f"/api/jobs/{id_}").json()


def asked(here, id_):
    """The entry by which a job was asked for."""
    return next(e.sequence for e in here.log.entries() if (e.payload or {}).get("job") == id_)


def send(browser, where, data, at):
    headers = {"Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"}
    return browser.patch(where, content=data, headers=headers)


def test_an_upload_and_its_analysis_survive_kills_of_the_server(tmp_path):
    folder = tmp_path / "ws"
    data = write_scene(tmp_path / "scene.mp4", 3, 2.5, 1.0).read_bytes()
    with open_workspace(folder) as here:
        add_camera(here, "gate")
    about = f"filename {b64encode(b'a.mp4').decode()},camera {b64encode(b'gate').decode()}"
    with served(folder) as browser:  # killed in the middle of the upload
        headers = {"Upload-Length": str(len(data)), "Upload-Metadata": about}
        where = browser.post("/api/uploads", headers=headers).headers["location"]
        assert send(browser, where, data[:50_000], 0).status_code == 204
    id_ = where.rpartition("/")[2]
    with served(folder) as browser:  # in the middle of the analysis
        assert browser.head(where).headers["upload-offset"] == "50000"
        assert send(browser, where, data[50_000:], 50_000).status_code == 204
        until(lambda: (job := job_of(browser, id_))["state"] == "running" and job["phase"])
    with served(folder) as browser:
        done = until(lambda: (job := job_of(browser, id_))["state"] == "done" and job)
        assert (done["said"]["states"], done["said"]["track_count"]) == (["analysed"], 3)
        answer = browser.post("/api/answers", json={"query": "object"}).json()
        assert answer["total"] == 3
    with open_workspace(folder) as here:
        assert here.footage.count() == 1
        # Only what was cut short has no outcome: the acts of the job, and not the asking for it.
        cut = [here.log.entry(n).payload for n in here.log.open_records()]
        assert all("asked_in" in said for said in cut)
        assert [e.payload["state"] for e in here.log.entries() if e.header.refers == asked(here, id_)] == [
            "done"
        ]


def test_a_watched_folder_is_taken_in_and_events_tell_of_it(tmp_path):
    folder, watched = tmp_path / "ws", tmp_path / "in"
    watched.mkdir()
    path = write_scene(watched / "a.mp4", 1, 2.5, 1.0)
    os.utime(path, (time.time() - 60,) * 2)
    with open_workspace(folder) as here:
        add_camera(here, "gate")
    with served(folder, "--watch", str(watched), "--camera", "gate") as browser:
        states = []
        with browser.stream("GET", "/api/jobs/events") as events:
            assert events.headers["content-type"].startswith("text/event-stream")
            for line in events.iter_lines():
                if line.startswith("data: "):
                    states.append(json.loads(line.removeprefix("data: "))["state"])
                if states[-1:] == ["done"]:
                    break
        assert states.index("running") < states.index("done")
    with served(folder, "--watch", str(watched), "--camera", "gate") as browser:
        assert [job["state"] for job in browser.get("/api/jobs").json()] == ["done"]
