"""How long the web server takes to answer, among many tracks, one person or many at once.

python -m benchmarks.web                        1 million tracks (50 cameras x 30 days), 1 and 20 people
python -m benchmarks.web --tracks 100000 --people 1,5 --folder /var/tmp/bench      (kept, to be used again)

An organisation under ``fr-judicial``. Nine of ten people investigate in one approved case over all cameras
and days: each asks, looks at the answer for a second, asks on: cases, cameras, recordings, marks, a search in
one camera, a search in all of it (as the page does: up to 100,000 hits are kept), a page of that answer. One
in ten is an auditor, who reads the log. Everybody is signed in by name, with a session and a connection of
their own, over HTTP on loopback.

Each figure is p50 and p95 in milliseconds from the request to the last byte of its answer. ``asking_cpu``:
the share of one core that the people's side took (one process, no JSON read but the answer's id), while the
server took ``serving_cpu``; both share the cores of this machine. Beside them a fixed loop, to compare
machines by.
"""

import argparse
import http.client
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil

from benchmarks.harness import calibration, commit, machine
from benchmarks.search import FIRST, NOW, THEN, build, questions
from synopticon.acts import cases, people
from synopticon.acts.workspace import Workspace, init_workspace, open_workspace
from synopticon.governance.grant import Scope, Window
from synopticon.governance.users import Authorisation, Role
from synopticon.web.auth import HEADER
from tests.organisation import PASSWORD, approve_case, enrol_all
from tests.people import DAY, FIELDS, terms

LOOKS = 1.0  # seconds that a person looks at an answer, on average
ROUNDS = 6
MOST = 100_000  # hits that the search page has kept
WHY = "who left by the back door on the night of the burglary"
INVESTIGATES = ("cases", "cameras", "recordings", "marks", "search one camera", "search all", "page of hits")
AUDITS = ("log", "log of a case")


def prepare(folder: Path, tracks: int, staff: int) -> None:
    """An organisation with so many investigators and auditors, one case, and tracks."""
    init_workspace(folder, organisation="Police of Lyon", profile="fr-judicial")
    with open_workspace(folder, clock=THEN) as workspace:
        build(workspace, tracks)
    with open_workspace(folder) as workspace:
        keys = enrol_all(workspace)
        people.login(workspace, "ada", PASSWORD)
        own = Authorisation("H-1", "the commissioner", workspace.clock().date())
        for k in range(staff):
            role = Role.AUDITOR if _audits(k) else Role.INVESTIGATOR
            people.add_user(workspace, f"person{k}", "North", frozenset({role}), PASSWORD)
            people.authorise(workspace, f"person{k}", own)
        people.login(workspace, "ines", PASSWORD)
        everything = Scope(tuple(c.id for c in workspace.cameras.all()), (Window(FIRST - DAY, NOW + DAY),))
        asked = terms(until=workspace.clock() + 30 * DAY, fields=FIELDS, scope=everything)
        approve_case(workspace, keys, cases.open_case(workspace, asked))
        workspace.session_file.unlink()


def _audits(number: int) -> bool:
    return number % 10 == 9


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A server of a workspace; gives what it prints: its address, with the secret that lets one in."""
    verb = ["serve", "--port", "0", "--workspace", str(folder)]
    command = [sys.executable, "-m", "synopticon.cli.main", *verb]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


class Person:
    """A browser that is signed in: one connection, kept open; nothing but the time is taken of an answer."""

    def __init__(self, address: str, number: int, case: str) -> None:
        self._connection = http.client.HTTPConnection(address, timeout=120)
        self._headers = {"Origin": f"http://{address}", "Content-Type": "application/json"}
        self._case = case
        self._answer = ""
        self._asked = questions(number, 100_000)
        self.number = number
        body = json.dumps({"name": f"person{number}", "password": PASSWORD})
        said, headers = self._ask("POST", "/api/session", body)
        self._connection.close()  # opened anew by the next request: others sign in meanwhile
        self._headers |= {
            "Cookie": headers["Set-Cookie"].partition(";")[0],
            HEADER: json.loads(said)["token"],
        }

    def do(self, kind: str) -> float:
        """One request; gives its milliseconds."""
        method, path, body = self._request(kind)
        began = time.perf_counter()
        said, _ = self._ask(method, path, body)
        took = (time.perf_counter() - began) * 1000
        if kind.startswith("search"):
            found = re.search(rb'"id":"([^"]+)"', said)
            assert found, "an answer has an id"
            self._answer = found[1].decode()
        return took

    def _request(self, kind: str) -> tuple[str, str, str | None]:
        within = urlencode({"case": self._case, "reason": WHY})
        if kind.startswith("search"):
            where = f' camera:"camera {self.number % 50}"' if kind == "search one camera" else ""
            body = {"query": next(self._asked) + where, "case": self._case, "reason": WHY, "limit": MOST}
            return "POST", "/api/answers", json.dumps(body)
        paths = {
            "cases": "/api/cases",
            "cameras": "/api/cameras",
            "recordings": f"/api/recordings?{within}",
            "marks": f"/api/marks?{within}",
            "page of hits": f"/api/answers/{self._answer}/hits?cursor=50",
            "log": "/api/log",
            "log of a case": f"/api/log?case={self._case}",
        }
        return "GET", paths[kind], None

    def _ask(self, method: str, path: str, body: str | None) -> tuple[bytes, Mapping[str, str]]:
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        said = answer.read()
        assert answer.status < 300, said[:500]
        return said, answer.headers


@dataclass
class Taken:
    """Milliseconds of each kind of request; ``failed``: what went wrong, in words."""

    times: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def walk(self, person: Person, rounds: int) -> None:
        """What one person does; looks at each answer for half to one and a half times ``LOOKS``."""
        chance = random.Random(person.number)
        kinds = AUDITS * 4 if _audits(person.number) else INVESTIGATES
        try:
            time.sleep(chance.uniform(0, LOOKS))
            for kind in kinds * rounds:
                self.times.setdefault(kind, []).append(person.do(kind))
                time.sleep(LOOKS * chance.uniform(0.5, 1.5))
        except (OSError, AssertionError, http.client.HTTPException) as error:
            self.failed.append(f"person{person.number}: {error!r}")

    def figures(self) -> dict[str, Any]:
        """p50 and p95 of each kind; the worst p95 of all."""
        found = {kind: _figures(times) for kind, times in sorted(self.times.items())}
        worst = max(f["p95"] for f in found.values())
        return {"requests": found, "worst_p95": worst, "failed": self.failed}


def _figures(times: list[float]) -> dict[str, float]:
    cut = statistics.quantiles(times, n=20, method="inclusive")
    return {"p50": round(statistics.median(times), 1), "p95": round(cut[-1], 1), "requests": len(times)}


def measured(staff: list[Person], server: psutil.Process, rounds: int = ROUNDS) -> dict[str, Any]:
    """Milliseconds for each kind of request, with these people at once."""
    taken, began = Taken(), time.perf_counter()
    cpu = time.process_time(), sum(server.cpu_times()[:2])
    threads = [threading.Thread(target=taken.walk, args=(person, rounds)) for person in staff]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    shares = ((time.process_time() - cpu[0]) / took, (sum(server.cpu_times()[:2]) - cpu[1]) / took)
    return {
        **taken.figures(),
        "asking_cpu": round(shares[0], 2),
        "serving_cpu": round(shares[1], 2),
        "server_mb": round(server.memory_info().rss / 2**20),
    }


def case_of(workspace: Workspace) -> str:
    """The one case."""
    (found,) = workspace.cases.cases()
    return found.id


def main() -> None:
    """Build, serve, ask, and print what was measured as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.web", description=__doc__)
    parser.add_argument("--tracks", type=int, default=1_000_000)
    parser.add_argument("--people", default="1,20")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--folder", type=Path, help="where the workspace is, or is to be, kept")
    given = parser.parse_args()
    counts = [int(n) for n in given.people.split(",")]
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made) / "ws"
        if not folder.exists():
            prepare(folder, given.tracks, max(20, *counts))
        with open_workspace(folder) as workspace:
            case = case_of(workspace)
        found = {"machine": machine(), "commit": commit(), "loop": calibration(), "tracks": given.tracks}
        with serving(folder) as address:
            (server,) = psutil.Process().children()
            staff = [Person(address.removeprefix("http://"), k, case) for k in range(max(counts))]
            for _ in range(2):  # what is compiled and loaded once
                for kind in INVESTIGATES:
                    staff[0].do(kind)
            found |= {str(n): measured(staff[:n], server, given.rounds) for n in counts}
        print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
