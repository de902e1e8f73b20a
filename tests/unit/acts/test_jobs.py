"""Jobs: asked for by an act, done by a process, ended by its outcome; never lost, never done by two."""

import os
import threading
from datetime import timedelta

import pytest

from synopticon.acts import cases, jobs
from synopticon.acts.foreman import DEATHS, Foreman, tidy
from synopticon.acts.working_on import Watched, work
from synopticon.acts.workspace import open_workspace
from synopticon.errors import RefusedError, UsageError
from synopticon.store.jobs import State
from synopticon.store.lock import held
from tests import job_worker
from tests.architecture.source import ROOT
from tests.investigation import WHY, investigate
from tests.organisation import approve_case, ask
from tests.people import FIELDS
from tests.waiting import patience

until = patience(30)


@pytest.fixture(autouse=True)
def known(monkeypatch):
    for place in ("synopticon.acts.jobs.KINDS", "synopticon.acts.kinds.KINDS"):
        monkeypatch.setattr(place, job_worker.ROWS)
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    monkeypatch.setenv("PYTHONPATH", path)


@pytest.fixture
def here(tmp_path):
    with open_workspace(tmp_path / "ws") as workspace:
        yield workspace


def ask_for(here, kind="write", **payload):
    return jobs.submit(here, kind, {"text": "hello", **payload}, title="a title")


def do(here, job):
    """Work on a job in this process, as its process would."""
    work(here, job.id, Watched(threading.Event().wait))
    return jobs.my_job(here, job.id)


def entries(here, job):
    """What the log says of a job: its record, and the outcome of that."""
    log = here.log
    outcomes = [e for e in log.entries() if e.header.refers == job.entry]
    return log.entry(job.entry), outcomes


def test_the_asking_is_the_act_and_its_outcome_is_the_end(here):
    job = ask_for(here)
    record, outcomes = entries(here, job)
    assert record.header.capability == "synopsis"
    assert record.payload["job"] == job.id
    assert outcomes == []
    done = do(here, job)
    assert (done.state, done.told, done.made) == (State.DONE, True, {"bytes": 1})
    (outcome,) = entries(here, job)[1]
    assert outcome.payload == {"state": "done", "bytes": 1}
    found, path = jobs.result_file(here, job.id)
    assert path.read_text() == f"hello {here.actor.name}"
    assert (found.file.name, found.file.media, found.file.bytes) == (
        "made.txt",
        "text/plain",
        path.stat().st_size,
    )


@pytest.mark.parametrize(
    ("how", "state", "says", "rule"),
    [
        ("failed", State.FAILED, "made.mp4: cannot be read: give another", ""),
        ("refused", State.REFUSED, "not now (rule some.rule): wait", "some.rule"),
        ("bug", State.FAILED, "unexpected KeyError: the server's own terminal says more", ""),
    ],
)
def test_what_goes_wrong_is_said_in_one_line(here, how, state, says, rule, caplog):
    done = do(here, ask_for(here, "fail", how=how))
    assert (done.state, done.says, done.rule) == (state, says, rule)
    assert entries(here, done)[1][0].payload == {"state": state, "error": says}
    assert not jobs.folder_of(here, done.id).exists()
    assert [record.levelname for record in caplog.records] == (["CRITICAL"] if how == "bug" else [])
    caplog.clear()
    new = jobs.again(here, done.id)
    assert (new.state, new.payload) == (State.WAITING, done.payload)


def test_what_waits_is_cancelled_at_once_and_never_begun(here):
    job = ask_for(here)
    assert jobs.cancel(here, job.id).state is State.CANCELLED
    assert do(here, job).state is State.CANCELLED
    assert [e.payload["state"] for e in entries(here, job)[1]] == ["cancelled"]
    assert jobs.cancel(here, job.id).state is State.CANCELLED


def test_another_worker_leaves_it_alone(here):
    job = ask_for(here)
    with held(jobs.lock_of(here, job.id)):
        assert do(here, job).state is State.WAITING


def test_too_much_is_refused(here, monkeypatch):
    with pytest.raises(UsageError, match="give less"):
        ask_for(here, text="x" * (jobs.PAYLOAD + 1))
    with pytest.raises(UsageError, match="no kind of job"):
        ask_for(here, "no such kind")
    monkeypatch.setattr(jobs, "OPEN", 2)
    ask_for(here), ask_for(here)
    with pytest.raises(RefusedError, match=jobs.RULE_MANY):
        ask_for(here)


def test_what_expired_is_removed_and_what_the_log_lacks_is_told(here, monkeypatch):
    done = do(here, ask_for(here))
    tidy(here)
    jobs.result_file(here, done.id)
    later = done.ended + jobs.FILE_LASTS + timedelta(seconds=1)
    monkeypatch.setattr(here, "clock", lambda: later)
    tidy(here)
    with pytest.raises(jobs.NoJobError):
        jobs.result_file(here, done.id)
    assert not jobs.folder_of(here, done.id).exists()
    monkeypatch.setattr(here, "clock", lambda: later + jobs.KEPT)
    tidy(here)
    assert jobs.my_jobs(here) == []


def test_the_time_that_is_left(here):
    job = ask_for(here)
    now = here.clock()
    here.jobs.begin(job.id, now)
    here.jobs.progress(job.id, "p", 0.5, 0.25, now - timedelta(seconds=10))  # a quarter in ten seconds
    assert jobs.seconds_left(jobs.my_job(here, job.id), now) == pytest.approx(20)
    here.jobs.progress(job.id, "p", 0.25, 0.25, now)
    assert jobs.seconds_left(jobs.my_job(here, job.id), now) is None


def test_it_runs_as_who_asked_and_is_decided_when_it_begins(tmp_path, monkeypatch):
    made = investigate(tmp_path, monkeypatch)
    here = made.workspace
    asked = ask(here)
    made.clock.later(minutes=5)
    case = approve_case(here, made.keys, asked, made.clock())
    job = jobs.submit(here, "write", {"text": "by"}, title="t", case=case, reason=WHY)
    other = jobs.submit(here, "write", {"text": "by"}, title="t", case=case, reason=WHY)
    ines = here.actor
    here.as_program()
    work(here, job.id, Watched(threading.Event().wait))
    here.actor = ines
    assert jobs.result_file(here, job.id)[1].read_text() == "by ines"
    cases.close_case(here, case, "the man was found", {"report": FIELDS["declaration_digest"]})
    ended = do(here, other)
    assert (ended.state, ended.rule) == (State.REFUSED, "case.not-closed")
    with pytest.raises(RefusedError, match=r"case\.not-closed"):
        jobs.result_file(here, job.id)
    made.login("axel")
    with pytest.raises(jobs.NoJobError):
        jobs.my_job(here, job.id)
    assert jobs.my_jobs(here) == []


# --- processes ---------------------------------------------------------------------------------------------


def crawling(here, tmp_path):
    """A job that runs in a process; where a file ends it."""
    gate = tmp_path / "gate"
    return ask_for(here, "crawl", until=str(gate)), gate


def running(here, foreman, job):
    until(lambda: (j := jobs.my_job(here, job.id)).state is State.RUNNING and j.share > 0)
    return next(hand.process for hand in foreman._hands if hand.job == job.id)


def test_a_killed_process_loses_nothing_and_another_goes_on(here, tmp_path):
    job, gate = crawling(here, tmp_path)
    with Foreman(here, 1, job_worker.COMMAND) as foreman:
        running(here, foreman, job).kill()
        until(lambda: jobs.my_job(here, job.id).deaths == 1)
        running(here, foreman, job)
        gate.touch()
        done = until(lambda: (j := jobs.my_job(here, job.id)).told and j)
    assert done.state is State.DONE
    assert (here.folder / "begun.txt").read_text() == "begun\n" * 2
    assert len(entries(here, job)[1]) == 1


def test_a_server_that_stops_lets_its_jobs_wait_and_a_cancel_ends_a_process(here, tmp_path):
    job, _ = crawling(here, tmp_path)
    with Foreman(here, 1, job_worker.COMMAND) as foreman:
        process = running(here, foreman, job)
    assert process.returncode == 0
    assert jobs.my_job(here, job.id).state is State.WAITING
    with Foreman(here, 1, job_worker.COMMAND) as foreman:
        running(here, foreman, job)
        jobs.cancel(here, job.id)
        until(lambda: jobs.my_job(here, job.id).state is State.CANCELLED)
    assert not jobs.folder_of(here, job.id).exists()
    assert (here.folder / "begun.txt").read_text() == "begun\n" * 2


def test_a_job_that_kills_each_process_is_given_up(here):
    job = ask_for(here, "fail", how="died")
    with Foreman(here, 2, job_worker.COMMAND):
        ended = until(lambda: (j := jobs.my_job(here, job.id)).told and j)
    assert (ended.state, ended.deaths) == (State.FAILED, DEATHS - 1)
    assert "died" in ended.says


def test_a_worker_whose_server_was_killed_ends_itself(here, tmp_path):
    job, _ = crawling(here, tmp_path)
    foreman = Foreman(here, 1, job_worker.COMMAND)
    foreman.look()
    process = running(here, foreman, job)
    process.stdin.close()  # as when whoever holds the other end was killed
    assert process.wait(15) == 0
    assert jobs.my_job(here, job.id).state is State.WAITING
