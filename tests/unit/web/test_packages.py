"""Packages over HTTP: asked for, made by a job, saved as one file; an export, and the answer to a request."""

import io
from zipfile import ZipFile

import pytest

from synopticon.acts import jobs
from synopticon.acts.answer_job import make_answer
from synopticon.acts.export_job import make_export
from synopticon.acts.kinds import Task
from synopticon.evidence.verify import verify_package
from synopticon.governance.users import Role
from synopticon.store.jobs import End, ResultFile, State
from tests.investigation import WHY
from tests.unit.web.test_demands import REASON, opened


def run(here, id_, make):
    """Do a job as its process does: whoever asked, in the job's own folder."""
    job = jobs.my_job(here, id_)
    folder = jobs.folder_of(here, id_)
    folder.mkdir(parents=True)
    made = make(Task(here, job.payload, job.case, job.reason, folder, lambda _stage, _share: None))
    kept = made.file.rename(folder / made.name)
    file = ResultFile(made.name, made.media, kept.stat().st_size)
    jobs.finish(here, job, End(State.DONE, made=made.said, file=file), (State.WAITING,))


def body(inquiry, **more):
    choice = {"tracks": inquiry.tracks[:1]}
    return {
        "choice": choice, "recipient": "Ms Roux", "languages": ["en"], "case": inquiry.case, "reason": WHY,
        **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def exported(browsers, here, inquiry):
    ines = browsers[Role.INVESTIGATOR]
    asked = ines.post("/api/exports", json=body(inquiry))
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting"), asked.text
    run(here, asked.json()["id"], make_export)
    return ines.get(f"/api/jobs/{asked.json()['id']}").json()


def test_an_export_is_one_file_that_verifies(ines, exported, inquiry, tmp_path):
    assert exported["state"] == "done"
    data = ines.get(f"/api/jobs/{exported['id']}/result").content
    assert len(data) == exported["file"]["bytes"]
    with ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path)
    report = verify_package(tmp_path / f"export-{inquiry.case}", exported["said"]["fingerprint"])
    assert report.good
    assert (report.manifest.recipient, report.manifest.entry) == ("Ms Roux", exported["said"]["entry"])
    assert report.manifest.about["tracks"] == inquiry.tracks[:1]
    entry = inquiry.workspace.log.entry(exported["said"]["entry"])
    assert (entry.header.capability, entry.payload["recipient"]) == ("export.masked", "Ms Roux")


def test_its_papers_are_read_one_by_one_and_no_other_file(ines, exported):
    path = f"/api/jobs/{exported['id']}/papers"
    assert "Ms Roux" in ines.get(f"{path}/receipt.txt").text
    assert ines.get(f"{path}/report.pdf").content.startswith(b"%PDF-")
    assert ines.get(f"{path}/letter.fr.html").status_code == 404
    for paper in ("manifest.json", "..%2freceipt.txt", "..%2f..%2fworkspace.json"):
        assert ines.get(f"{path}/{paper}").status_code in (404, 422)


def test_a_package_of_another_person_is_not_there(browsers, exported):
    for other in (Role.OPERATOR, Role.DPO, "sven"):
        for part in ("result", "papers/receipt.txt"):
            answers = [browsers[other].get(f"/api/jobs/{id_}/{part}") for id_ in (exported["id"], "job-none")]
            assert answers[0].status_code == answers[1].status_code == 404
            assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"recipient": "  "}, 422), ({"choice": {}}, 422), ({"languages": []}, 422), ({"case": None}, 403),
        ({"case": "case-0123456789abcdef"}, 404), ({"reason": ""}, 403),
        ({"unmasked": True, "reason": " "}, 403),
    ],
)  # fmt: skip
def test_what_is_no_export_is_refused_before_any_work(ines, inquiry, more, status):
    before = len(ines.get("/api/jobs").json())
    answer = ines.post("/api/exports", json=body(inquiry, **more))
    assert answer.status_code == status, answer.text
    assert len(ines.get("/api/jobs").json()) == before


def test_the_answer_to_a_person_filmed_is_one_file_with_letters(ines, here, inquiry):
    path = f"/api/requests/{opened(ines)['id']}"
    early = ines.post(f"{path}/answer", json={})
    assert (early.status_code, early.json()["rule"]) == (403, "request.decided-first")
    ground = {"ground": "not-identified", "reason": REASON}
    assert ines.post(f"{path}/decision", json=ground).status_code == 200
    asked = ines.post(f"{path}/answer", json={"contact": "privacy@example.org"}).json()
    run(here, asked["id"], make_answer)
    assert ines.get(path).json()["stage"] == "answered"
    letter = ines.get(f"/api/jobs/{asked['id']}/papers/letter.en.html")
    assert "privacy@example.org" in letter.text
    assert letter.headers["content-security-policy"].endswith("sandbox")
    names = ZipFile(io.BytesIO(ines.get(f"/api/jobs/{asked['id']}/result").content)).namelist()
    assert all(name.startswith(asked["title"] + "/") for name in names)
