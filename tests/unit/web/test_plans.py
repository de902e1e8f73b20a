"""A plan of the page as a video: exactly that plan, and no plan that makes no sense."""

import io
import json
import threading
import zipfile

import pytest

from synopticon.acts.working_on import Watched, work
from synopticon.governance.users import Role
from tests.investigation import WHY


@pytest.fixture(scope="module")
def made(browsers, inquiry):
    browser = browsers[Role.INVESTIGATOR]
    answer = browser.post("/api/synopses", json={"case": inquiry.case, "reason": WHY})
    return answer.json()


def export(browser, made, **plan):
    return browser.post(f"/api/synopses/{made['id']}/exports", json=plan)


@pytest.mark.parametrize(
    "plan",
    [
        {"scene": 0, "starts": [0]},
        {"scene": 0, "starts": [-1, -1, -1]},
        {"scene": 0, "starts": [-2, 0, 0]},
        {"scene": 0, "starts": [0, 0, 1 << 30]},
        {"scene": 0, "starts": [0, 0, 1 << 70]},
        {"scene": 0, "starts": [0, 0.5, 1]},
        {"scene": 9, "starts": [0, 0, 0]},
        {"scene": -1, "starts": [0, 0, 0]},
        {"scene": 0, "starts": [0, 0, 0], "speed": 0},
        {"scene": 0, "starts": [0] * 3001},
        {"scene": 0, "starts": []},
        {"starts": {"a track of others": 0}},
    ],
    ids=[
        "few", "nothing", "before", "long", "longer", "half", "scene", "no-scene", "still", "many", "none",
        "named",
    ],
)  # fmt: skip
def test_a_plan_that_makes_no_sense_is_refused(ines, made, plan):
    before = len(ines.get("/api/jobs").json())
    assert export(ines, made, **plan).status_code == 422
    assert len(ines.get("/api/jobs").json()) == before


def test_the_video_is_of_exactly_that_plan(ines, made, inquiry):
    starts = [7, -1, 0]
    asked = export(ines, made, scene=1, starts=starts, whole=True)
    assert asked.status_code == 202, asked.text
    job = asked.json()["id"]
    work(inquiry.workspace, job, Watched(threading.Event().wait))
    done = ines.get(f"/api/jobs/{job}").json()
    assert (done["state"], done["said"]["shown"]) == ("done", 2), done
    box = zipfile.ZipFile(io.BytesIO(ines.get(f"/api/jobs/{job}/result").content))
    names = {name.partition(".")[2] for name in box.namelist()}
    assert names == {"synopsis.mp4", "synopsis.json", "synopsis.vtt", "synopsis.html"}
    manifest = json.loads(box.read("hall.synopsis.json"))
    shown = {one["id"]: one["frames"][0][0] for one in manifest["objects"]}
    head = ines.get(f"/api/synopses/{made['id']}/tubes").content
    ids = json.loads(head[8 : 8 + int.from_bytes(head[4:8], "little")])["ids"][made["scenes"][1]["first"] :]
    assert shown == {i: start for i, start in zip(ids, starts, strict=True) if start >= 0}
    assert manifest["left_out"][0]["reason"] == "left out in the page"
    assert [mark["text"] for mark in manifest["marks"]] == ["SYNOPSIS - SYNTHETIC PICTURE"]


def test_an_export_belongs_to_who_may(browsers, made):
    for other in ("sven", Role.OPERATOR):
        assert export(browsers[other], made, scene=0, starts=[0, 0, 0]).status_code in (403, 404)
