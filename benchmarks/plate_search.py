"""How long a search for a plate takes among many readings, generated from a seed; SQLite.

python -m benchmarks.plate_search                  5 million readings, 50 cameras x 30 days (a few minutes)
python -m benchmarks.plate_search --readings 500000
python -m benchmarks.plate_search --whole          the whole act, with tracks (much longer to fill)

exact   a plate by its keyed mark; half of the questions ask for one that was read
wrong   a plate of which two characters may be wrong, missing or too many, ranked
pattern two letters, anything, two letters
All within a permission whose scope is all of them. Each figure is p50 and p95 of many different questions, in
a process that has asked before; the first question of a process, which opens all blocks, is told apart.
``--whole``: ``search plate:...`` from the question to its hits, by a user within a case, with the entries of
the log; and the same typed at the command line, in a process of its own.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.harness import calibration, commit, machine
from benchmarks.search import CAMERAS, DAYS, FIRST, NOW, THEN, keep_day, registered, traits_of
from synopticon.acts import cases
from synopticon.acts.plate_search import found_in
from synopticon.acts.search import search
from synopticon.acts.workspace import Workspace, init_workspace, open_workspace
from synopticon.governance.grant import Grant, Scope, Window
from synopticon.governance.keys import DataKey
from synopticon.search.plates import ALIKE
from synopticon.store import plates as store
from synopticon.store.cameras import Camera
from synopticon.values.plate import LONGEST
from tests.grants import grant_for
from tests.organisation import approve_case, enrol_all
from tests.people import DAY, FIELDS, terms

WHY = "the van that left the depot in the night of the burglary"
EACH = 5  # readings of a vehicle, on average
MISREAD = 0.1  # of readings, one character of which was taken for one that looks like it
_LETTERS = np.frombuffer(b"ABCDEFGHJKLMNPQRSTVWXYZ", np.uint8)  # of French plates
_DIGITS = np.frombuffer(b"0123456789", np.uint8)


def vehicles(n: int, chance: np.random.Generator) -> NDArray[np.uint8]:
    """Made-up French plates, uint8 ``(n, LONGEST)``."""
    out = np.zeros((n, LONGEST), np.uint8)
    for at in (0, 1, 5, 6):
        out[:, at] = _LETTERS[chance.integers(0, len(_LETTERS), n)]
    out[:, 2:5] = _DIGITS[chance.integers(0, 10, (n, 3))]
    return out


def misread(texts: NDArray[np.uint8], chance: np.random.Generator) -> NDArray[np.uint8]:
    """The same with some characters read wrong, and some not at all."""
    other = np.arange(128, dtype=np.uint8)
    for pair in ALIKE:
        other[ord(pair[0])], other[ord(pair[1])] = ord(pair[1]), ord(pair[0])
    out, n = texts.copy(), len(texts)
    rows = np.flatnonzero(chance.random(n) < MISREAD)
    at = chance.integers(0, 7, len(rows))
    unread = chance.random(len(rows)) < 0.3
    out[rows, at] = np.where(unread, ord("?"), other[out[rows, at]])
    return out


def build(workspace: Workspace, readings: int, whole: bool) -> NDArray[np.uint8]:
    """Fill a workspace; gives the plates that its vehicles have. ``whole``: keep the tracks, too."""
    chance = np.random.default_rng(11)
    known = vehicles(max(readings // EACH, 1), chance)
    each = readings // (CAMERAS * DAYS)
    for c in range(CAMERAS):
        camera = f"cam-{c:03}"
        workspace.cameras.add(Camera(camera, f"camera {c}", "", "Europe/Paris", "benchmark", None, "", FIRST))
        for d in range(DAYS):
            texts = misread(known[chance.integers(0, len(known), each)], chance)
            _day(workspace, camera, d, texts, chance, whole)
        print(camera, file=sys.stderr, flush=True)
    return known


def _day(
    workspace: Workspace,
    camera: str,
    d: int,
    texts: NDArray[np.uint8],
    chance: np.random.Generator,
    whole: bool,
) -> None:
    day = FIRST + timedelta(days=d)
    made = registered(workspace, camera, day)
    grant, place, key, run = made
    if whole:
        traits, start = traits_of(day, len(texts), chance)
        keep_day(workspace, camera, day, made, (traits, start))
        rows = _rows(place.id, run, texts, key, chance)
        begin = np.rint(start * 1e6).astype(np.int64)
        rows = replace(rows, ids=traits.ids, begin=begin, finish=begin + 5_000_000, time=begin + 2_000_000)
    else:
        workspace.tracks.replace(grant, place.id, (), (), key, run)
        rows = _rows(place.id, run, texts, key, chance)
    workspace.plates._put(place.id, rows, key)


def _rows(
    footage: str, run: str, texts: NDArray[np.uint8], key: DataKey, chance: np.random.Generator
) -> store.Plates:
    """What ingest makes of readings, without one object for each."""
    n = len(texts)
    begin = np.sort(chance.integers(0, 86_000_000_000, n))
    code = footage[5:17]
    return store.Plates(
        (footage,), (run,), ids=np.array([f"{code}-{k}-0".encode() for k in range(n)], "S48"),
        footage=np.zeros(n, np.int32), begin=begin, finish=begin + 5_000_000, time=begin + 2_000_000,
        text=texts, sure=np.where(texts, chance.integers(120, 255, texts.shape), 0).astype(np.uint8),
        country=np.full(n, b"FR", "S2"), corrected=np.zeros(n, np.uint8),
        mark=np.array([store._mark(key, bytes(t).rstrip(b"\0")) for t in texts], np.uint64),
    )  # fmt: skip


def case_of_all(workspace: Workspace) -> str:
    """An approved case about all cameras and days; who investigates it is signed in."""
    keys = enrol_all(workspace)
    everything = Scope(tuple(c.id for c in workspace.cameras.all()), (Window(FIRST - DAY, NOW + DAY),))
    asked = cases.open_case(
        workspace, terms(until=workspace.clock() + 30 * DAY, fields=FIELDS, scope=everything)
    )
    return approve_case(workspace, keys, asked)


def acts(workspace: Workspace, case: str, texts: Iterator[str], form: Callable[[str], str]) -> dict[str, Any]:
    """Milliseconds of whole searches, each an act with its entries in the log."""

    def one(text: str) -> int:
        return search(workspace, f"plate:{form(text)}", case=case, reason=WHY).found.total

    return timed(one, texts)


def typed(folder: Path, case: str, texts: Iterator[str]) -> dict[str, float]:
    """Seconds of ``synopticon search plate:...``, the start of the program included."""
    took = []
    for text in texts:
        verb = ["search", f"plate:{text}", "--case", case, "--reason", WHY, "--workspace", str(folder)]
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-m", "synopticon.cli.main", *verb], check=True, capture_output=True)
        took.append(time.perf_counter() - begin)
    return {"median_s": round(statistics.median(took), 2), "questions": len(took)}


def everywhere() -> Grant:
    """A permission for all cameras and days."""
    window = Window(FIRST - timedelta(days=1), FIRST + timedelta(days=DAYS + 1))
    cameras = tuple(f"cam-{c:03}" for c in range(CAMERAS))
    return grant_for("search.plate", Scope(cameras, (window,)), now=NOW)


def questions(known: NDArray[np.uint8], seed: int, count: int) -> Iterator[str]:
    """Plates, every second one of which was read."""
    chance = np.random.default_rng(seed)
    others = vehicles(count, chance)
    for k in range(count):
        row = known[chance.integers(len(known))] if k % 2 == 0 else others[k]
        yield bytes(row).rstrip(b"\0").decode()


def ask(workspace: Workspace, value: str) -> int:
    """One question within a permission: how many readings answer."""
    grant = everywhere()
    return len(found_in(workspace, grant, workspace.plates.view(grant), value))


def timed(ask_for: Callable[[str], int], texts: Iterator[str]) -> dict[str, Any]:
    """Milliseconds of each question; those of the processor hardly feel what else runs on the machine."""
    took, worked, hits = [], [], []
    for text in texts:
        begin, work = time.perf_counter(), time.thread_time()
        hits.append(ask_for(text))
        took.append((time.perf_counter() - begin) * 1e3)
        worked.append((time.thread_time() - work) * 1e3)
    return {
        **_middle_and_late("", took),
        **_middle_and_late("processor_", worked),
        "questions": len(took),
        "hits": statistics.median(hits),
    }


def _middle_and_late(name: str, milliseconds: list[float]) -> dict[str, float]:
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return {f"{name}p50_ms": round(float(p50), 1), f"{name}p95_ms": round(float(p95), 1)}


def measure(workspace: Workspace, known: NDArray[np.uint8], count: int) -> dict[str, Any]:
    """The search for the plate itself."""
    begin = time.perf_counter()
    ask(workspace, "AB123CD")
    first = time.perf_counter() - begin
    for value in ("~AB123CD", "AB*CD"):
        ask(workspace, value)
    few = max(count // 4, 1)
    return {
        "first_s": round(first, 2),
        "exact": timed(lambda t: ask(workspace, t), questions(known, 1, count)),
        "wrong": timed(lambda t: ask(workspace, f"~{t}"), questions(known, 2, few)),
        "pattern": timed(lambda t: ask(workspace, f"{t[:2]}*{t[5:]}"), questions(known, 3, few)),
    }


def whole(folder: Path, known: NDArray[np.uint8], count: int) -> dict[str, Any]:
    """The whole act, and the command line."""
    few = max(count // 10, 2)
    with open_workspace(folder) as workspace:
        case = case_of_all(workspace)
        acts(workspace, case, questions(known, 4, 2), str)  # all is loaded
        found = {
            "whole_exact": acts(workspace, case, questions(known, 5, few), str),
            "whole_wrong": acts(workspace, case, questions(known, 6, few), "~{}".format),
        }
    return found | {"typed_exact": typed(folder, case, questions(known, 7, 5))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--readings", type=int, default=5_000_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--whole", action="store_true", help="keep the tracks, and time the whole act")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plates-") as work:
        folder = Path(work) / "ws"
        init_workspace(folder, organisation="benchmark", profile="fr-judicial")
        with open_workspace(folder, clock=THEN) as workspace:
            known = build(workspace, given.readings, given.whole)
        with open_workspace(folder, clock=THEN) as workspace:
            found = measure(workspace, known, given.questions)
        if given.whole:
            found |= whole(folder, known, given.questions)
    readings = given.readings // (CAMERAS * DAYS) * CAMERAS * DAYS
    told = {**machine(), "commit": commit(), "calibration": calibration(), "readings": readings, **found}
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
