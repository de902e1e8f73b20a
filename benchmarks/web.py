"""How long the web server takes to answer, among many tracks, one person or many at once.

python -m benchmarks.web                        1 million tracks (50 cameras x 30 days), 1 and 20 people
python -m benchmarks.web --tracks 100000 --people 1,5

Each person asks, takes a second to read, asks again, in turn: cameras, log, marks, a search in the 30 days of
one camera, a search in all 1,500 days, a page of hits. Over HTTP on loopback, from another process. Each
figure is p50 and p95 in milliseconds of what passed from the request to the last byte. Beside them a fixed
loop, to compare machines by.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import httpx

from benchmarks.harness import calibration, commit, machine
from benchmarks.search import THEN, build, questions
from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.web.auth import HEADER

READS = 1.0  # seconds that a person looks at an answer
ROUNDS = 5


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


@contextmanager
def served(folder: Path) -> Iterator[httpx.Client]:
    """A server of a workspace, and a browser that is signed in."""
    with serving(folder) as link:
        address, _, token = link.partition("/#token=")
        with httpx.Client(base_url=address, headers={"Origin": address}, timeout=120) as browser:
            answer = browser.post("/api/session", json={"link": token})
            browser.headers[HEADER] = answer.json()["token"]
            yield browser


def walk(browser: httpx.Client, seed: int, rounds: int, note: Callable[[str, float], None]) -> None:
    """What one person does; each person has a connection of their own."""
    with httpx.Client(
        base_url=browser.base_url, headers=browser.headers, cookies=browser.cookies, timeout=120
    ) as own:
        asked, answer = questions(seed, 10_000), ""
        time.sleep(READS * (seed % 20) / 20)
        for kind in cycle(("cameras", "log", "marks", "search one camera", "search all", "page")):
            began = time.perf_counter()
            if kind.startswith("search"):
                where = f" camera:'camera {seed % 50}'" if kind == "search one camera" else ""
                body = {"query": next(asked) + where.replace("'", '"'), "limit": 1000}
                said = own.post("/api/answers", json=body)
                answer = said.json()["id"]
            elif kind == "page":
                said = own.get(f"/api/answers/{answer}/hits", params={"cursor": 50})
                rounds -= 1
            else:
                said = own.get(f"/api/{kind}")
            note(kind, time.perf_counter() - began)
            said.raise_for_status()
            if not rounds:
                return
            time.sleep(READS)


def measured(browser: httpx.Client, people: int, rounds: int = ROUNDS) -> dict[str, dict[str, float]]:
    """Milliseconds for each kind of request, with so many people at once."""
    taken: dict[str, list[float]] = {}
    lock = threading.Lock()

    def note(kind: str, seconds: float) -> None:
        with lock:
            taken.setdefault(kind, []).append(seconds * 1000)

    threads = [threading.Thread(target=walk, args=(browser, k, rounds, note)) for k in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {kind: _figures(times) for kind, times in taken.items()}


def _figures(times: list[float]) -> dict[str, float]:
    cut = statistics.quantiles(times, n=20, method="inclusive")
    return {"p50": round(statistics.median(times), 1), "p95": round(cut[-1], 1), "requests": len(times)}


def main() -> None:
    """Build, serve, ask, and print what was measured as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tracks", type=int, default=1_000_000)
    parser.add_argument("--people", default="1,20")
    parser.add_argument("--folder", type=Path, help="where the workspace is, or is to be, kept")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made) / "ws"
        if not folder.exists():
            init_workspace(folder, clock=THEN)
            with open_workspace(folder, clock=THEN) as workspace:
                build(workspace, given.tracks)
        found = {"machine": machine(), "commit": commit(), "loop": calibration(), "tracks": given.tracks}
        with served(folder) as browser:
            measured(browser, 1, 2)  # what is compiled and loaded once
            counts = [int(n) for n in given.people.split(",")]
            print(json.dumps(found | {str(n): measured(browser, n) for n in counts}, indent=2))


if __name__ == "__main__":
    main()
