"""The clock of a recording over HTTP: read by a job, shown with what is unsure, set by a person alone."""

from base64 import b64decode
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from synopticon.acts import cameras, read_clock
from synopticon.acts.clock_job import make_clock
from synopticon.errors import FootageError
from synopticon.footage.clock_fit import Bounds
from synopticon.footage.clock_propose import Finding, Jump, Proposal, Shown
from synopticon.governance.grant import Scope, Window
from synopticon.governance.users import Role
from synopticon.vision.clock import ClockRead
from tests.investigation import WHY
from tests.people import HOUR, NOW
from tests.unit.web.test_packages import run

LINES = np.array([[10, 200, 150, 220]], np.float32)
HOSTILE = '<img src=x onerror="alert(1)">'


def shown_at(seconds):
    return float(int((NOW.timestamp() + seconds) * 1000)) / 1000


@pytest.fixture
def clock_seen(monkeypatch):
    """Whatever stands in the picture: this is what a reader of it found."""
    jump = Jump(3.0, 3.1, Bounds(60.0, 59.0, 61.0))
    start = Bounds(shown_at(0.5), shown_at(0.25), shown_at(0.75))
    found = Proposal("YYYY-MM-DD hh:mm:ss", True, start, Bounds(2.0, 0.0, 4.0), (jump,), 5)
    readings = (Shown(0.0, "2026-11-24 13:00:00", shown_at(0)), Shown(4.0, HOSTILE))
    seen = ClockRead(Finding(found, "", readings), LINES)
    monkeypatch.setattr(read_clock, "read_clock", lambda _footage, _reader: seen)
    monkeypatch.setattr("synopticon.vision.ocr.TextReader", lambda: None)
    return seen


def asked(browser, inquiry, **more):
    body = {"name": "gate, gate.mp4", "case": inquiry.case, "reason": WHY, **more}
    return browser.post(f"/api/recordings/{inquiry.footage['gate']}/clock/readings", json=body)


def recording(browser, inquiry, camera="gate"):
    """How the list has a recording of a camera, in the case."""
    params = {"case": inquiry.case, "reason": WHY}
    found = browser.get("/api/recordings", params=params).json()["recordings"]
    return next(one for one in found if one["footage"] == inquiry.footage[camera])


def test_the_list_says_how_each_clock_is_known(ines, inquiry):
    clock = recording(ines, inquiry)["clock"]
    assert clock == {"start": NOW.isoformat(), "source": "user", "uncertainty": 0.0}


def test_it_is_read_by_a_job_in_the_case_and_sets_nothing(ines, here, inquiry, browsers, clock_seen):
    before = recording(ines, inquiry)
    job = asked(ines, inquiry).json()
    assert ines.get(f"/api/jobs/{job['id']}/clock").status_code == 404
    run(here, job["id"], make_clock)
    read = ines.get(f"/api/jobs/{job['id']}/clock").json()
    proposal = read["proposal"]
    assert read["footage"] == inquiry.footage["gate"]
    assert (proposal["uncertainty"], proposal["missing"], proposal["agree"]) == (0.25, [], 5)
    assert proposal["drift"] == {"value": 2.0, "low": 0.0, "high": 4.0}
    assert [jump["size"]["value"] for jump in proposal["jumps"]] == [60.0]
    assert proposal["within"] > 60, "a start for all of it errs by the jump, too"
    assert [r["text"] for r in read["readings"]] == ["2026-11-24 13:00:00", HOSTILE], (
        "as it was read, and no markup"
    )
    assert [r["fits"] for r in read["readings"]] == [True, False]
    assert recording(ines, inquiry) == before, "nothing was set"
    entries = [e for e in inquiry.workspace.log.entries() if e.payload.get("clock") is True]
    assert [(e.header.capability, e.header.case) for e in entries] == [("view.masked", inquiry.case)]
    for other in (Role.OPERATOR, Role.ADMINISTRATOR, "sven"):
        assert browsers[other].get(f"/api/jobs/{job['id']}/clock").status_code == 404


def test_of_each_picture_all_but_the_clock_is_filled(ines, here, inquiry, clock_seen):
    job = asked(ines, inquiry).json()
    run(here, job["id"], make_clock)
    for reading in ines.get(f"/api/jobs/{job['id']}/clock").json()["readings"]:
        kind, data = reading["picture"].split(",")
        assert kind == "data:image/jpeg;base64"
        picture = cv2.imdecode(np.frombuffer(b64decode(data), np.uint8), cv2.IMREAD_COLOR)
        high, wide = picture.shape[:2]
        assert high <= 20 + 14, "its lines alone, and a little around them"
        assert wide <= 140 + 14


def test_what_lies_partly_out_of_the_scope_is_not_read(ines, here, inquiry, clock_seen, monkeypatch):
    narrow = Scope((inquiry.camera,), (Window(NOW + HOUR / 3600, NOW + HOUR),))
    monkeypatch.setattr("synopticon.acts.clock_job.scope_for", lambda *_: narrow)
    job = asked(ines, inquiry).json()
    with pytest.raises(FootageError, match="only a part of this recording"):
        run(here, job["id"], make_clock)


def test_reading_needs_the_case_and_its_reason(ines, browsers, inquiry):
    assert asked(ines, inquiry, case=None).json()["rule"] == "case.named"
    assert asked(ines, inquiry, reason="").json()["rule"] == "reason.given"
    assert asked(browsers["sven"], inquiry).json()["rule"] == "user.authorised"
    assert asked(browsers[Role.AUDITOR], inquiry).json()["rule"] == "role.may"


def put(browser, inquiry, footage=None, **more):
    body = {"start": "2026-11-24T13:00:30.500+01:00", "uncertainty": 2, **more}
    return browser.put(f"/api/recordings/{footage or inquiry.footage['hall']}/clock", json=body)


def test_a_clock_is_set_by_who_looks_after_cameras_and_by_no_requester(ines, browsers, inquiry):
    before = recording(ines, inquiry, "hall")
    for role in (Role.INVESTIGATOR, Role.APPROVER, Role.DPO, Role.AUDITOR):
        assert put(browsers[role], inquiry).json()["rule"] == "role.may"
    assert recording(ines, inquiry, "hall") == before
    otto = browsers[Role.OPERATOR]
    start = before["clock"]["start"]
    assert put(otto, inquiry, start=start, uncertainty=2).status_code == 204
    try:
        after = recording(ines, inquiry, "hall")
        assert after["clock"] == {"start": start, "source": "user", "uncertainty": 2.0}
        record = [e for e in inquiry.workspace.log.entries() if e.header.capability == "camera.clock"][-2]
        assert record.payload["footage"] == inquiry.footage["hall"]
        assert record.payload["uncertainty"] == 2
        assert "job" not in record.payload
        assert record.payload["actor"] == "otto"
    finally:
        assert put(otto, inquiry, start=start, uncertainty=0).status_code == 204


def test_what_makes_no_sense_sets_nothing(ines, browsers, inquiry):
    otto, before = browsers[Role.OPERATOR], recording(ines, inquiry, "hall")
    for wrong in (
        {"start": "2026-11-24T13:00:30"}, {"start": "noon"}, {"uncertainty": -1}, {"uncertainty": 7 * 86400},
        {"start": "0001-01-01T00:00:00Z"}, {"footage": "foot-0"},
    ):  # fmt: skip
        assert put(otto, inquiry, **wrong).status_code in (404, 422), wrong
    assert put(otto, inquiry, read="job-0").status_code == 404
    assert recording(ines, inquiry, "hall") == before


def test_the_log_names_the_job_that_proposed_it(ines, browsers, inquiry, monkeypatch):
    otto, gate = browsers[Role.OPERATOR], inquiry.footage["gate"]
    mine = {"footage": gate, "start": NOW.isoformat(), "uncertainty": 0, "read": "job-of-hers"}
    hers = asked(ines, inquiry).json()["id"]
    assert put(otto, inquiry, **{**mine, "read": hers}).status_code == 404, "it is no job of his"
    job = SimpleNamespace(payload={"footage": inquiry.footage["hall"]})
    monkeypatch.setattr(cameras, "my_job", lambda _here, _job: job)
    assert "another recording" in put(otto, inquiry, **mine).json()["detail"]
    job.payload["footage"] = gate
    assert put(otto, inquiry, **mine).status_code == 204
    (record,) = (e for e in inquiry.workspace.log.entries() if e.payload.get("job") == "job-of-hers")
    assert (record.header.capability, record.payload["footage"]) == ("camera.clock", gate)
