"""What leaves, asked for at a real server that is killed in the middle of it: it is made whole, and once."""

import signal
import subprocess
import sys
from zipfile import ZipFile

import pytest

from synopticon.acts import jobs
from synopticon.acts.answer_job import ask_for_answer
from synopticon.acts.chosen import Choice
from synopticon.acts.export_job import ExportWish, ask_for_export
from synopticon.acts.interactive import Selection, begin
from synopticon.acts.kinds import PLAN
from synopticon.acts.plans import Arranged, payload_of
from synopticon.acts.requests import decide_request, open_request
from synopticon.evidence.verify import verify_package
from synopticon.governance.demand import Person, Right
from synopticon.governance.grant import Window
from synopticon.store.jobs import State
from tests.integration.test_serve_jobs import until
from tests.investigation import WHY, Clock, investigate
from tests.people import CAPABILITIES, HOUR, NOW

pytestmark = [pytest.mark.posix, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Ines may export; the log goes forward only, and the server has a clock of its own."""
    clock = Clock()
    clock.later(hours=-3)
    found = investigate(tmp_path, monkeypatch, clock)
    found.case = found.open_case(capabilities=(*CAPABILITIES, "export.masked"))
    found.allow("export.masked")
    found.login("ines")
    yield found
    found.workspace.engine.dispose()


def an_export(made):
    tracks = tuple(row.id for row in made.tracks("gate"))
    return ask_for_export(made.workspace, ExportWish("Ms Roux", Choice(tracks), made.case, WHY))


def an_answer(made):
    who = Person("Zoé Marchand", "red top, came in with a dog", "a passport was shown")
    id_ = open_request(made.workspace, Right.ACCESS, ("gate",), Window(NOW - HOUR, NOW + HOUR), who).demand.id
    decide_request(
        made.workspace, id_, tracks=[made.tracks("gate")[0].id], reason="the dog and the time agree"
    )
    return ask_for_answer(made.workspace, id_)


def a_plan(made):
    shown = begin(made.workspace, Selection(), case=made.case, reason=WHY)
    starts = tuple(12 * n for n in range(len(shown.scenes[0].tubes)))
    payload = payload_of(made.workspace, shown, Arranged(0, starts, whole=True))
    return jobs.submit(made.workspace, PLAN, payload, title="a plan", case=made.case, reason=WHY)


def served_until(made, *wanted, state):
    """Let a server work until these jobs have come so far; then it is killed, as if power were lost."""
    program = [sys.executable, "-m", "synopticon.cli.main", "serve", "--port", "0"]
    command = [*program, "--workspace", str(made.workspace.folder)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def there():
        found = [made.workspace.jobs.find(job.id) for job in wanted]
        assert all(job.state is state or not job.over for job in found), found
        return all(job.state is state and (job.told or not job.over) for job in found) and found

    try:
        return until(there, 150)  # three jobs, on a machine that may be busy
    finally:
        server.send_signal(signal.SIGKILL)
        server.communicate(timeout=30)


def test_kills_in_the_middle_lose_nothing(made, tmp_path):
    asked = []
    for ask in (an_export, an_answer, a_plan):
        asked.append(ask(made))
        served_until(made, asked[-1], state=State.RUNNING)
        assert not jobs.my_job(made.workspace, asked[-1].id).over
    for job in served_until(made, *asked, state=State.DONE):
        with ZipFile(jobs.folder_of(made.workspace, job.id) / job.file.name) as archive:
            assert archive.testzip() is None
            archive.extractall(tmp_path / job.id)
        if job.kind != PLAN:
            (package,) = (tmp_path / job.id).iterdir()
            assert verify_package(package, job.made["fingerprint"]).good
        ends = [e.payload["state"] for e in made.workspace.log.entries() if e.header.refers == job.entry]
        assert ends == ["done"]
