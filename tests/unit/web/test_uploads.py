"""Uploads: tus 1.0.0, piece by piece, whatever happens in between; names from elsewhere are labels only."""

import asyncio
import hashlib
import os
import shutil
import threading
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from synopticon.acts import uploads
from synopticon.acts.cameras import add_camera
from synopticon.acts.jobs import RULE_MANY, my_jobs
from synopticon.acts.uploads import NAME, PIECE, safe_name, tidy_uploads, upload_path
from synopticon.acts.workspace import open_workspace
from synopticon.governance.users import Role
from synopticon.store.jobs import State
from synopticon.store.lock import held
from synopticon.web.api import uploads as api
from tests.site import Site

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = bytes(range(256)) * 40
SIZE = len(BYTES)
HOSTILE = (
    "../../etc/passwd", "..\\..\\boot.ini", "/etc/shadow", "C:\\x.mp4", "<img src=x onerror=alert(1)>.mp4",
    "holiday\u202egpj.mp4", "a\r\nSet-Cookie: x=1.mp4", "\0.mp4", "." * 400, "é" * 400 + ".MKV", "-rf.mp4",
    "~", "", ".hidden.mp4", "a.mp4/", "$(reboot).mp4", "a.mp4.exe", "%2e%2e%2fx.mp4",
)  # fmt: skip


@pytest.fixture
def here(tmp_path):
    with open_workspace(tmp_path / "ws") as workspace:
        add_camera(workspace, "gate")
        yield workspace


@pytest.fixture
def owner(here):
    return Site(here).owner()


def about(**values):
    values = {"filename": "a.mp4", "camera": "gate", **values}
    return ",".join(f"{k} {b64encode(v.encode()).decode()}" for k, v in values.items())


def announce(browser, length=SIZE, **values):
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": about(**values)}
    return browser.post("/api/uploads", headers=headers)


def piece(browser, where, at, data, **more):
    headers = {**TUS, "Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream", **more}
    return browser.patch(where, content=data, headers=headers)


def begun(browser, **values):
    answer = announce(browser, **values)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


def offset(browser, where):
    return int(browser.head(where, headers=TUS).headers["upload-offset"])


def digest(data):
    return {"Upload-Checksum": f"sha256 {b64encode(hashlib.sha256(data).digest()).decode()}"}


def test_it_comes_in_pieces_and_then_its_job_waits(here, owner):
    where = begun(owner, filename="caméra 1.MP4", start="2026-11-24T10:00")
    assert offset(owner, where) == 0
    for at in (0, 4000, 8000):
        part = BYTES[at : at + 4000]
        answer = piece(owner, where, at, part, **digest(part))
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(at + len(part)))
        assert answer.headers["tus-resumable"] == "1.0.0"
    (job,) = my_jobs(here)
    assert (job.state, job.title, job.payload["start"]) == (
        State.WAITING,
        "caméra 1.MP4",
        "2026-11-24T10:00:00",
    )
    assert upload_path(here, job.payload).read_bytes() == BYTES
    assert upload_path(here, job.payload).name == "caméra 1.mp4"
    assert piece(owner, where, len(BYTES), b"").status_code == 204  # the last answer was lost: asked again
    assert len(my_jobs(here)) == 1


def test_the_protocol_is_told(owner):
    said = owner.options("/api/uploads").headers
    assert said["tus-version"] == "1.0.0"
    assert {"creation", "checksum", "termination", "expiration"} == set(said["tus-extension"].split(","))
    assert int(said["tus-max-size"]) == uploads.LARGEST
    assert "upload-expires" in announce(owner).headers


@pytest.mark.parametrize(
    ("status", "at", "data", "more"),
    [
        (409, 1, b"x", {}),
        (460, 0, b"x", digest(b"y")),
        (422, 0, b"x", {"Upload-Checksum": "md5 eHg="}),
        (412, 0, b"x", {"Tus-Resumable": "0.2.2"}),
        (415, 0, b"x", {"Content-Type": "text/plain"}),
        (413, 0, BYTES + b"x", {}),
        (413, 0, b"x" * (PIECE + 1), {}),
        (422, -1, b"x", {}),
    ],
)
def test_what_is_wrong_is_told_and_nothing_of_it_is_kept(owner, status, at, data, more):
    where = begun(owner)
    answer = piece(owner, where, at, data, **more)
    assert (answer.status_code, answer.headers["tus-resumable"]) == (status, "1.0.0")
    assert answer.headers["content-type"] == "application/problem+json"
    assert offset(owner, where) == 0


@pytest.mark.parametrize(
    ("status", "length", "values"),
    [
        (413, uploads.LARGEST + 1, {}),
        (422, 0, {}),
        (422, 9, {"camera": "no such camera"}),
        (422, 9, {"start": "yesterday"}),
        (422, 9, {"sha256": "abc"}),
    ],
)
def test_what_cannot_be_taken_is_refused_before_a_byte_is_sent(here, owner, status, length, values):
    assert announce(owner, length, **values).status_code == status
    assert my_jobs(here) == []


def test_metadata_that_is_none_is_refused(owner):
    for said in ("filename !!!", "filename w6k", "filename /w=="):
        headers = {**TUS, "Upload-Length": "9", "Upload-Metadata": said}
        assert owner.post("/api/uploads", headers=headers).status_code == 422


def test_a_disk_without_room_is_told_before_and_meanwhile(here, owner, monkeypatch):
    where = begun(owner)
    piece(owner, where, 0, BYTES[:100])

    def full(path):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(uploads, "flush", full)
        assert piece(owner, where, 100, BYTES[100:]).status_code == 507
    assert offset(owner, where) == 100  # nothing of that piece is left; it goes on
    assert piece(owner, where, 100, BYTES[100:]).status_code == 204
    room = SimpleNamespace(free=uploads.LEFT + 3 * len(BYTES))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room)
    begun(owner)  # takes two, of the three that there are
    assert announce(owner).status_code == 507


def test_of_two_writers_one_goes_on(here, owner):
    where = begun(owner)
    job = where.rpartition("/")[2]
    with held(here.folder / "locks" / f"{job}.lock"):
        assert piece(owner, where, 0, BYTES).status_code == 409
    gate = threading.Barrier(4)

    def write(n):
        gate.wait()
        try:
            return uploads.add_piece(here, job, 0, bytes([n]) * 5000).offset
        except uploads.OutputError:
            return None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(write, range(4)), key=str) == [5000, None, None, None]
    assert len(set(upload_path(here, my_jobs(here)[0].payload).read_bytes())) == 1


def test_a_server_that_was_killed_goes_on_where_the_file_ends(here, owner):
    where = begun(owner)
    piece(owner, where, 0, BYTES[:5000])
    path = upload_path(here, my_jobs(here)[0].payload)
    with path.open("ab") as file:
        file.write(BYTES[5000:6000])  # it was killed in the middle of a piece
    other = Site(here).owner()
    assert offset(other, where) == 6000
    assert piece(other, where, 6000, BYTES[6000:]).status_code == 204
    assert path.read_bytes() == BYTES


def test_what_is_given_up_or_left_is_removed(here, owner, monkeypatch):
    where, other = begun(owner), begun(owner)
    for one in (where, other):
        piece(owner, one, 0, BYTES[:10])
    folders = here.folder / "uploads"
    assert owner.delete(where, headers=TUS).status_code == 204
    assert owner.head(where, headers=TUS).status_code == 404
    assert len(list(folders.iterdir())) == 1
    tidy_uploads(here)
    assert offset(owner, other) == 10
    late = here.clock() + uploads.LASTS + timedelta(minutes=1)
    monkeypatch.setattr(here, "clock", lambda: late)
    tidy_uploads(here)
    assert {job.state for job in my_jobs(here)} == {State.CANCELLED}
    assert list(folders.iterdir()) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_a_label_and_leads_nowhere(here, owner, name):
    where = begun(owner, filename=name)
    piece(owner, where, 0, BYTES)
    (job,) = my_jobs(here)
    path = upload_path(here, job.payload)
    assert path.read_bytes() == BYTES
    assert path.resolve().parent.parent == (here.folder / "uploads").resolve()
    assert job.title.isprintable()
    assert owner.get(f"/api/jobs/{job.id}").json()["title"] == job.title


@given(st.text(max_size=300))
def test_whatever_the_name_the_file_is_named_plainly(label):
    made = safe_name(label)
    assert 0 < len(made.encode()) <= NAME
    assert made == os.path.basename(made)  # noqa: PTH119
    assert not made.startswith((".", "-rf /"))
    assert all(c.isalnum() or c in " ._-()" for c in made)
    assert safe_name(made) == made


def test_anothers_upload_is_not_there(inquiry, browsers):
    values = {"case": inquiry.case, "reason": "the man with the red top leaves by the back door"}
    where = begun(browsers[Role.INVESTIGATOR], **values)
    none = where.rpartition("/")[0] + "/job-none"
    for who in ("sven", Role.OPERATOR):
        for ask in (lambda b, w: b.delete(w, headers=TUS), lambda b, w: piece(b, w, 0, b"x")):
            theirs, nobodys = ask(browsers[who], where), ask(browsers[who], none)
            assert (theirs.status_code, theirs.json()) == (404, nobodys.json())
        assert browsers[who].head(where, headers=TUS).status_code == 404
    assert offset(browsers[Role.INVESTIGATOR], where) == 0
    assert browsers[Role.INVESTIGATOR].delete(where, headers=TUS).status_code == 204


def test_a_piece_that_drips_is_given_up(monkeypatch):
    monkeypatch.setattr(api, "PATIENCE", 0.05)
    slow = SimpleNamespace(body=lambda: asyncio.sleep(30))
    with pytest.raises(HTTPException) as refused:
        asyncio.run(api._body(slow))
    assert refused.value.status_code == 408


def test_pieces_and_uploads_of_one_person_are_few(here, monkeypatch):
    site = Site(here)
    browser = site.owner()
    where = begun(browser)
    owner = site.door.visit(browser.cookies.get("synopticon")).owner
    for _ in range(api.AT_ONCE):
        site.door.sending.take(owner, api.AT_ONCE)
    assert piece(browser, where, 0, b"x").status_code == 429
    monkeypatch.setattr("synopticon.acts.jobs.OPEN", 1)
    assert announce(browser).json()["rule"] == RULE_MANY
