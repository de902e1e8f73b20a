"""Masks over HTTP: a page of the stored analysis, what was decided on it, and an export of that."""

import json
import re
from types import SimpleNamespace
from zipfile import ZipFile

import numpy as np
import pytest

from synopticon.acts.export_job import make_export
from synopticon.acts.masks import make_masks
from synopticon.errors import RefusedError
from synopticon.evidence.verify import verify_package
from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.governance.users import Role
from synopticon.synopsis.door import FILL
from tests.investigation import WHY
from tests.unit.web.test_packages import body, run


@pytest.fixture(scope="module")
def asked(browsers, inquiry, here):
    """A page of the recording of which one track may be seen clear: its job, and what the page knows."""
    ines = browsers[Role.INVESTIGATOR]
    for camera, footage in inquiry.footage.items():
        wish = {"footage": footage, "name": f"{camera}.mp4", "case": inquiry.case, "reason": WHY}
        job = ines.post("/api/masks", json=wish).json()
        run(here, job["id"], make_masks)
        page = ines.get(f"/api/masks/{job['id']}/page")
        known = json.loads(re.search(r'id="data">(.*?)</script>', page.text, re.DOTALL)[1])
        if inquiry.tracks[0] in {mask["id"] for mask in known["masks"]}:
            return SimpleNamespace(id=job["id"], known=known, policy=page.headers["content-security-policy"])
    raise AssertionError("no page shows the track")


def handed(ines, asked, **decided):
    file = json.dumps(asked.known["review"] | decided)
    return ines.put(f"/api/masks/{asked.id}/review", json={"file": file})


def test_the_page_is_of_the_stored_analysis_and_in_the_log(ines, inquiry, asked):
    assert len(asked.known["masks"]) == 3
    assert all(mask["shots"] for mask in asked.known["masks"])
    assert asked.known["review"]["reviewer"] == "ines"
    assert asked.known["inCase"] is True
    assert "default-src 'none'" in asked.policy
    looks = [e for e in inquiry.workspace.log.entries() if e.payload.get("review") is True]
    assert [(e.header.capability, e.header.case) for e in looks][-1] == ("view.masked", inquiry.case)


def test_what_was_decided_is_kept_in_the_name_of_whoever_acts(ines, browsers, inquiry, asked):
    assert ines.get(f"/api/masks/{asked.id}/review").json() is None
    mine = asked.known["masks"][0]["id"]
    for wrong, says in (
        ({"keep": [mine]}, "without a reason"), ({"tracks": "0" * 64}, "another page"),
        ({"mask": "all"}, "another page"),
    ):  # fmt: skip
        answer = handed(ines, asked, **wrong)
        assert answer.status_code == 422
        assert says in answer.text
    assert ines.put(f"/api/masks/{asked.id}/review", json={"file": "{}"}).status_code == 422
    kept = handed(ines, asked, reviewer="somebody else", reason="she asked for it", keep=[mine]).json()
    assert (kept["reviewer"], kept["keep"]) == ("ines", [mine])
    assert ines.get(f"/api/masks/{asked.id}/review").json() == kept
    (record,) = (
        e
        for e in inquiry.workspace.log.entries()
        if e.payload.get("job") == asked.id and e.header.capability == "case.mark"
    )
    assert record.payload["subjects"] == [mine]
    for other in (Role.OPERATOR, Role.DPO, "sven"):
        for part in ("page", "review"):
            assert browsers[other].get(f"/api/masks/{asked.id}/{part}").status_code == 404


def test_an_export_fills_what_was_drawn_and_leaves_clear_who_may_be(ines, here, inquiry, asked, tmp_path):
    track = inquiry.tracks[0]
    box = [10, 100, 90, 140]
    wish = {"case": inquiry.case, "reason": WHY, "reviews": [asked.id]}
    other = next(mask["id"] for mask in asked.known["masks"] if mask["id"] != track)
    end = asked.known["review"]["end"]
    handed(ines, asked, reason="she asked", keep=[other])
    job = ines.post("/api/exports", json=body(inquiry, **wish)).json()
    with pytest.raises(RefusedError):  # nobody allowed that she is seen clear
        run(here, job["id"], make_export)
    assert ines.post("/api/exports", json=body(inquiry, **wish, mask="people")).status_code == 202
    handed(ines, asked, reason="she asked", keep=[track], add=[{"start": 0, "end": end, "box": box}])
    job = ines.post("/api/exports", json=body(inquiry, **wish)).json()
    run(here, job["id"], make_export)
    said = ines.get(f"/api/jobs/{job['id']}").json()["said"]
    assert any("as ines decided: 1 left clear, 1 masks added" in note for note in said["notes"])
    (tmp_path / "package.zip").write_bytes(ines.get(f"/api/jobs/{job['id']}/result").content)
    with ZipFile(tmp_path / "package.zip") as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / f"export-{inquiry.case}"
    report = verify_package(folder, said["fingerprint"])
    assert report.good
    assert report.manifest.about["masked"] is False
    (review,) = report.manifest.about["reviews"].values()
    assert (review["reviewer"], review["kept_count"], review["added_count"]) == ("ines", 1, 1)
    (video,) = (folder / "working").iterdir()
    assert video.name.endswith(".UNMASKED.mp4")
    with open_reader(probe((str(video),))) as reader:
        for frame in reader:
            inside = frame.y[103:137, 13:87].astype(int)
            assert np.abs(inside - FILL).max() <= 8
