"""Jobs over the web: one's own alone, followed by events, fetched by range; another's is not there."""

import asyncio
import json
import threading

import pytest

from synopticon.acts import jobs
from synopticon.acts.working_on import Watched, work
from synopticon.acts.workspace import open_workspace
from synopticon.errors import WaitError
from synopticon.governance.users import Role
from synopticon.web import events
from synopticon.web.api.jobs import job_out
from synopticon.web.auth import IDLE
from tests import job_worker
from tests.investigation import WHY
from tests.site import Site


@pytest.fixture(autouse=True)
def known(monkeypatch):
    for place in ("synopticon.acts.jobs.KINDS", "synopticon.acts.kinds.KINDS"):
        monkeypatch.setattr(place, job_worker.ROWS)


@pytest.fixture
def here(tmp_path):
    with open_workspace(tmp_path / "ws") as workspace:
        yield workspace


@pytest.fixture
def owner(here):
    return Site(here).owner()


def ask_for(here, kind="write", **payload):
    return jobs.submit(here, kind, {"text": "hello", **payload}, title="<b>title</b>")


def do(here, job):
    work(here, job.id, Watched(threading.Event().wait))


def test_a_job_is_listed_done_and_fetched_by_range(here, owner):
    job = ask_for(here, name='a "name"\r\nX-Evil: 1.txt')
    assert [one["state"] for one in owner.get("/api/jobs").json()] == ["waiting"]
    assert owner.get(f"/api/jobs/{job.id}/result").status_code == 404
    do(here, job)
    shown = owner.get(f"/api/jobs/{job.id}").json()
    assert (shown["state"], shown["title"], shown["said"]) == ("done", "<b>title</b>", {"bytes": 1})
    part = owner.get(f"/api/jobs/{job.id}/result", headers={"Range": "bytes=0-4"})
    assert (part.status_code, part.content, part.headers["content-type"]) == (
        206, b"hello", "text/plain; charset=utf-8",
    )  # fmt: skip
    assert "x-evil" not in part.headers
    assert part.headers["content-disposition"].startswith("attachment; filename*=UTF-8''a%20%22name%22")


def test_a_job_is_cancelled_and_asked_for_again(here, owner):
    job = ask_for(here)
    assert owner.delete(f"/api/jobs/{job.id}").json()["state"] == "cancelled"
    again = owner.post(f"/api/jobs/{job.id}/again")
    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    assert owner.post(f"/api/jobs/{again.json()['id']}/again").status_code == 422


def test_anothers_job_is_not_there_in_the_same_words(inquiry, site, browsers):
    """Of another unit, and of a colleague: the id of a job is no key."""
    mine = site.door.visit(browsers[Role.INVESTIGATOR].cookies.get("synopticon")).actor
    here = inquiry.workspace.acting(mine)
    job = jobs.submit(here, "write", {"text": "x"}, title="t", case=inquiry.case, reason=WHY)
    for who in ("sven", Role.OPERATOR, Role.AUDITOR):
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/again"), ("GET", "/result")):
            theirs, none = (
                browsers[who].request(method, f"/api/jobs/{id_}{path}") for id_ in (job.id, "job-none")
            )
            assert (theirs.status_code, theirs.json()) == (404, none.json())
        assert job.id not in browsers[who].get("/api/jobs").text
    assert browsers[Role.INVESTIGATOR].delete(f"/api/jobs/{job.id}").json()["state"] == "cancelled"


# --- events ------------------------------------------------------------------------------------------------


def read(site, here, since=0, most=1, meanwhile=lambda: None):
    """So many events of a stream, as (id, job); what is done after the first of them."""
    visit = site.door.visit(site.owner().cookies.get("synopticon"))

    def told(since):
        return [(j.changed, job_out(here, j).model_dump_json()) for j in jobs.my_jobs(here, since)]

    async def stream():
        found = []
        async for text in events.follow(site.door, visit, here.jobs.latest, told, since):
            if text.startswith("event: job"):
                lines = dict(line.split(": ", 1) for line in text.strip().split("\n"))
                found.append((int(lines["id"]), json.loads(lines["data"])))
                if len(found) == 1:
                    meanwhile()
            if len(found) == most:
                return found
        return found

    return asyncio.run(asyncio.wait_for(stream(), 10))


def test_each_change_is_told_once_and_one_goes_on_after_the_last(here, monkeypatch):
    monkeypatch.setattr(events, "LOOK", 0.01)
    site, job = Site(here), ask_for(here)
    told = read(site, here, most=2, meanwhile=lambda: do(here, job))
    assert [one["state"] for _, one in told] == ["waiting", "done"]
    other = ask_for(here)
    assert [one["id"] for _, one in read(site, here, since=told[-1][0])] == [other.id]


def test_a_stream_ends_with_the_server_and_with_its_session(here, monkeypatch):
    monkeypatch.setattr(events, "LOOK", 0.01)
    ask_for(here)
    site = Site(here)
    assert len(read(site, here, most=5, meanwhile=site.door.closing.set)) == 1
    site, now = Site(here), here.clock()
    late = lambda: setattr(site.door._workspace, "clock", lambda: now + 2 * IDLE)  # noqa: E731
    assert len(read(site, here, most=5, meanwhile=late)) == 1  # it was not used, though it was told things


def test_streams_of_a_session_are_few(here):
    site = Site(here)
    visit = site.door.visit(site.owner().cookies.get("synopticon"))
    for _ in range(events.EACH):
        events.follow(site.door, visit, lambda: 0, lambda _: [], 0)
    with pytest.raises(WaitError, match=events.RULE_STREAMS):
        events.follow(site.door, visit, lambda: 0, lambda _: [], 0)
    site.door.streams.give(visit.owner)
    events.follow(site.door, visit, lambda: 0, lambda _: [], 0)


def test_a_session_that_ended_hears_nothing(here):
    site = Site(here)
    browser = site.owner()
    visit = site.door.visit(browser.cookies.get("synopticon"))
    assert site.door.holds(visit)
    browser.delete("/api/session")
    assert not site.door.holds(visit)
