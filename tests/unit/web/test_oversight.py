"""The log, its witnesses, the misuse review and the documents over the web."""

import hashlib
from base64 import b64decode
from datetime import UTC, datetime

import pytest

from synopticon.governance.audit.checkpoint import Checkpoint, cosign
from synopticon.governance.audit.entry import ActHeader
from synopticon.governance.keys import SigningKey
from tests.organisation import PASSWORD
from tests.site import Site, acts
from tests.unit.acts.test_cases import clock, keys, workspace

__all__ = ["clock", "keys", "workspace"]  # fixtures
NOTE = "asked ines: on duty that night, case of the depot"


@pytest.fixture
def own(workspace, keys):
    return Site(workspace)


@pytest.fixture
def dora(own):
    return own.signed_in("dora", PASSWORD)


def signed(text, key, name="court"):
    return cosign(Checkpoint.parse(text), name, key, datetime.now(UTC)).text()


def take(browser, file, key, name="court"):
    witness = {"name": name, "key": key.public.text()}
    return browser.post("/api/log/witness", json={"file": file, "witnesses": [witness]})


def test_a_witness_takes_the_log_away_and_brings_it_back(own, dora):
    shown = dora.get("/api/log/checkpoint").json()
    assert Checkpoint.parse(shown["text"]).size == shown["size"]
    picture = b64decode(shown["qr"].removeprefix("data:image/svg+xml;base64,"))
    assert picture.startswith(b"<?xml")
    assert b"<script" not in picture
    key = SigningKey.make()
    said = take(dora, signed(shown["text"], key), key)
    assert said.json()["names"] == "court"
    assert said.json()["size"] == shown["size"]
    assert dora.get("/api/workspace").json()["witnessed"]["size"] == shown["size"]


def test_what_no_witness_signed_is_refused_and_the_log_is_not_called_broken(own, dora):
    text, key = dora.get("/api/log/checkpoint").json()["text"], SigningKey.make()
    for file, of in (
        (text, key),  # nobody signed
        (signed(text, SigningKey.make()), key),  # another did
        (signed(text, key).replace(str(Checkpoint.parse(text).size), "9", 1), key),
        ("no checkpoint", key),
        ("", key),
    ):
        answer = take(dora, file, of)
        assert answer.status_code == 422, (file, answer.text)
    assert dora.get("/api/workspace").json()["witnessed"] is None


def test_the_log_must_continue_what_somebody_noted(own, dora):
    noted = dora.get("/api/log/checkpoint").json()
    found = dora.post("/api/log/verify", json={"checkpoint": noted["text"]}).json()
    assert f"continued from its {noted['size']} entries" in " ".join(found["lines"])
    other = Checkpoint.make(own.workspace.log.origin, 3, b"x" * 32, SigningKey.make()).text()
    assert dora.post("/api/log/verify", json={"checkpoint": other}).is_error
    assert dora.post("/api/log/verify", json={"checkpoint": "x"}).status_code == 422


def night_looks(workspace, clock):
    """Ines looks at night, three times."""
    clock.now = clock.now.replace(hour=23, minute=0) if clock.now.hour < 23 else clock.now
    log = workspace.log
    for _ in range(3):
        header = ActHeader("consultation", "view.masked", "user-1", "case-1", workspace.profile.digest)
        log.outcome(log.record(header, {"reason": ["why"]}), {"state": "done"})


def test_a_finding_is_confirmed_once_and_another_look_makes_it_new(own, clock):
    night_looks(own.workspace, clock)
    dora = own.signed_in("dora", PASSWORD)
    (finding,) = [f for f in dora.get("/api/review").json()["findings"] if f["pattern"] == "night"]
    assert (len(finding["entries"]), finding["seen"]) == (3, None)
    place = f"/api/review/{finding['id']}/seen"
    assert dora.post(place, json={"note": "."}).status_code == 422
    with acts(own.workspace) as found:
        assert dora.post(place, json={"note": NOTE}).status_code == 204
    assert [(kind, what) for kind, what, _ in found] == [
        ("record", "audit.review"),
        ("outcome", "audit.review"),
    ]
    (again,) = [f for f in dora.get("/api/review").json()["findings"] if f["pattern"] == "night"]
    assert (again["id"], again["seen"]["by"], again["seen"]["note"]) == (finding["id"], "dora", NOTE)
    night_looks(own.workspace, clock)
    (more,) = [f for f in dora.get("/api/review").json()["findings"] if f["pattern"] == "night"]
    assert (more["id"] != finding["id"], more["seen"]) == (True, None)


def test_what_is_no_finding_is_not_confirmed(dora):
    assert dora.post("/api/review/nothing/seen", json={"note": NOTE}).status_code == 422
    assert dora.get("/api/review", params={"zone": "Nowhere/Else"}).status_code == 422


@pytest.mark.parametrize("kind", ["dpia", "record", "register", "transparency"])
def test_a_document_is_made_and_the_log_knows_its_digest(own, dora, kind):
    with acts(own.workspace) as found:
        made = dora.post("/api/documents", json={"kind": kind, "language": "fr"}).json()["files"]
    assert [(k, what) for k, what, _ in found] == [("record", "documents"), ("outcome", "documents")]
    assert [one["name"] for one in made] == [f"{kind}.fr.html", f"{kind}.fr.md"]
    noted = list(own.workspace.log.entries())[-1].payload["made"]
    for one in made:
        assert noted[one["name"]] == one["sha256"] == hashlib.sha256(one["text"].encode()).hexdigest()


def test_a_notice_needs_a_camera_and_other_kinds_are_none(dora):
    assert dora.post("/api/documents", json={"kind": "notice", "language": "en"}).status_code == 422
    assert dora.post("/api/documents", json={"kind": "all", "language": "en"}).status_code == 422


def test_a_signed_assessment_is_registered(dora):
    paper = {
        "digest": hashlib.sha256(b"the signed file").hexdigest(), "signatory": "M. Durand",
        "opinion": "favourable",
        "signed": "2026-01-10", "dpo": "L. Petit",
    }  # fmt: skip
    assert dora.post("/api/assessments", json=paper).json()["current"] is True
    assert paper["digest"] in {a["digest"] for a in dora.get("/api/rules").json()["assessments"]}
    assert dora.post("/api/assessments", json={**paper, "opinion": "fine"}).status_code == 422
