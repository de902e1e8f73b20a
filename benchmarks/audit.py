"""What the log of acts costs and withstands; the acceptance figures of its issue.

python -m benchmarks.audit                      all of it (about half an hour), JSON on stdout
python -m benchmarks.audit cost proofs --short  a rough look

changes   10,000 random single-byte changes to an export of 1,000 entries: how many verify
acts      8 processes x 500 acts at once, SQLite and PostgreSQL: one chain, verified; p95 of record + outcome
kills     200 kill -9 in the middle of acts, on both: the log verifies, no act without its record
cost      permission + record + outcome, alone and with 8 writers, beside what one flush of this disk costs
proofs    1,000,000 entries: inclusion and consistency proofs, appending, verifying
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.governance.audit.export import write_export
from synopticon.governance.audit.merkle import verify_consistency, verify_inclusion
from synopticon.governance.audit.verify import verify_export, verify_log
from synopticon.governance.keys import SigningKey
from synopticon.store.database import migrate, open_database, writing
from synopticon.store.log import SqlLog, write_addition
from tests.audit_worker import look_once
from tests.databases import fresh_database, start_postgres
from tests.integration import test_audit_processes as processes
from tests.logs import ORIGIN, act, fill, make_log
from tests.organisation import approve_case, ask, enrol_all
from tests.unit.governance.audit.test_verify import changed_bytes


def milliseconds(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    named = {"median": 0.5, "p95": 0.95, "max": 1.0}
    return {
        n: round(ordered[min(len(ordered) - 1, int(len(ordered) * q))] * 1e3, 2) for n, q in named.items()
    }


def flush(folder: Path, rounds: int = 200) -> dict[str, float]:
    """One flush of 8 pages to this disk: what no durable log can be faster than."""
    path, seconds = folder / "flush", []
    with path.open("wb", 0) as file:
        file.write(b"\0" * 4096 * 8 * rounds)
        os.fsync(file.fileno())
        file.seek(0)
        for _ in range(rounds):
            file.write(b"\1" * 4096 * 8)
            begun = time.perf_counter()
            os.fsync(file.fileno())
            seconds.append(time.perf_counter() - begun)
    return milliseconds(seconds)


def changes(folder: Path, short: bool) -> dict[str, Any]:
    write_export(fill(make_log(), 1000), folder / "log.jsonl")
    rng, tries = random.Random(11), 500 if short else 10_000
    missed = changed_bytes(
        folder / "log.jsonl",
        lambda size: [(rng.randrange(size), rng.randrange(1, 256)) for _ in range(tries)],
    )
    return {"entries": 1000, "changes": tries, "missed": len(missed)}


def acts(folder: Path, short: bool) -> dict[str, Any]:
    count = 50 if short else 500
    found = {"sqlite": _acts(folder / "x.sqlite", folder / "s", count)}
    with start_postgres(Path(tempfile.mkdtemp(prefix="synopticon-postgres-"))) as server:
        found["postgresql"] = _acts(fresh_database(server), folder / "p", count)
    return found


def _acts(url: Any, folder: Path, count: int) -> dict[str, Any]:
    seconds = processes.write_at_once(url, folder, count)
    report = verify_log(processes.reopen(url, folder / "key.pem"))
    return {
        "writers": processes.WRITERS,
        "acts": len(seconds),
        "entries": report.size,
        "outcome_unknown": len(report.open_records),
        "record_and_outcome_ms": milliseconds(seconds),
        "flush_ms": flush(folder),
    }


def kills(folder: Path, short: bool) -> dict[str, Any]:
    count = 20 if short else 200
    found = {"sqlite": _kills(folder / "x.sqlite", folder / "s", count)}
    with start_postgres(Path(tempfile.mkdtemp(prefix="synopticon-postgres-"))) as server:
        found["postgresql"] = _kills(fresh_database(server), folder / "p", count)
    return found


def _kills(url: Any, folder: Path, count: int) -> dict[str, Any]:
    begun = time.perf_counter()
    place = processes.kill_at_random(url, folder, count)
    seconds = round(time.perf_counter() - begun, 1)
    wrong, counts = processes.judge_kills(place)
    return {"kills": count, "seconds": seconds, **counts, **{k: len(v) for k, v in wrong.items()}}


def cost(folder: Path, short: bool) -> dict[str, Any]:
    """An act in an approved case of ``fr-judicial``: the permission (signatures and all), record, outcome."""
    os.environ["SYNOPTICON_HOME"] = str(folder / "home")  # where the session of Ines lies
    init_workspace(folder / "ws", organisation="Police of Lyon", profile="fr-judicial")
    with open_workspace(folder / "ws") as here:
        keys = enrol_all(here)
        case = approve_case(here, keys, ask(here))
        for _ in range(100):
            look_once(here, case)
        before = flush(folder)
        alone = [look_once(here, case) for _ in range(300 if short else 2000)]
        processor = [_processor(lambda: look_once(here, case)) for _ in range(300)]
        after = flush(folder)
    count = 50 if short else 500
    at_once = processes.run_at_once([["look", str(folder / "ws"), case, str(count)]] * processes.WRITERS)
    return {
        "act_ms": milliseconds(alone),
        "act_processor_ms": milliseconds(processor),
        "flush_ms": [before, after],
        "writers": processes.WRITERS,
        "act_of_writers_ms": milliseconds(at_once),
        "flush_after_ms": flush(folder),
        "load": os.getloadavg(),
    }


def _processor(call: Callable[[], Any]) -> float:
    begun = time.process_time()
    call()
    return time.process_time() - begun


def proofs(folder: Path, short: bool) -> dict[str, Any]:
    size = 20_000 if short else 1_000_000
    engine = open_database(folder / "x.sqlite")
    migrate(engine)
    log, begun = make_log(Bulk(engine), SigningKey.make()), time.perf_counter()
    for start in range(0, size, 10_000):
        log.storage.run(lambda: fill(log, min(size, start + 10_000)))  # noqa: B023
    made = time.perf_counter() - begun
    log.storage.bulk = False
    root, rng = log.checkpoint().root, random.Random(1)
    seconds: dict[str, list[float]] = {"inclusion": [], "consistency": [], "append": [], "checkpoint": []}
    for _ in range(200):
        at = rng.randrange(size)
        entry, old = log.entry(at), log.checkpoint(at)
        path = _timed(seconds["inclusion"], lambda: log.inclusion(at, size))  # noqa: B023
        verify_inclusion(at, size, entry.hash, path, root)
        steps = _timed(seconds["consistency"], lambda: log.consistency(at, size))  # noqa: B023
        verify_consistency(at, size, old.root, root, steps)
        _timed(seconds["append"], lambda: log.record(act(), {"reason": "one more"}))
        _timed(seconds["checkpoint"], log.checkpoint)
    found: dict[str, Any] = {f"{name}_ms": milliseconds(values) for name, values in seconds.items()}
    found |= {"entries": size, "filled_s": round(made, 1), "database_mb": _size(folder)}
    found["verify_database_s"] = _took(lambda: verify_log(log))
    found["open_records_s"] = _took(log.open_records)
    found["export_s"] = _took(lambda: write_export(log, folder / "log.jsonl"))
    found["export_mb"] = round((folder / "log.jsonl").stat().st_size / 1e6)
    found["verify_export_s"] = _took(lambda: verify_export(folder / "log.jsonl"))
    return found


class Bulk(SqlLog):
    """Fills a log without a flush for each entry: one transaction for many."""

    bulk = True
    _connection: Any = None

    def run(self, body: Callable[[], object]) -> None:
        with writing(self._engine) as self._connection:
            body()
        self._connection = None

    def append(self, case: Any, build: Any) -> Any:
        if not self.bulk:
            return super().append(case, build)
        known = self._catch_up(self._connection, self._known)
        added = build(self.tail(self._connection, known, case))
        write_addition(self._connection, added)
        self._remember(known, added)
        return added.entry

    def size(self) -> int:
        return self._known.frontier.size if self.bulk and self._known else super().size()


def _timed(into: list[float], call: Callable[[], Any]) -> Any:
    begun = time.perf_counter()
    found = call()
    into.append(time.perf_counter() - begun)
    return found


def _took(call: Callable[[], Any]) -> float:
    seconds: list[float] = []
    _timed(seconds, call)
    return round(statistics.fmean(seconds), 2)


def _size(folder: Path) -> int:
    return round(sum(p.stat().st_size for p in folder.glob("x.sqlite*")) / 1e6)


SUITES = {"changes": changes, "acts": acts, "kills": kills, "cost": cost, "proofs": proofs}


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.audit", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "suites", nargs="*", choices=[[], *SUITES], help=f"of {', '.join(SUITES)}; all if none"
    )
    parser.add_argument("--short", action="store_true", help="small counts: a rough look")
    parser.add_argument("--work", type=Path, help="where the databases lie (default: a temporary folder)")
    options = parser.parse_args(argv)
    results: dict[str, Any] = {"short": options.short, "origin": ORIGIN}
    for name in options.suites or SUITES:
        print(f"{name} ...", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(dir=options.work) as folder:
            results[name] = SUITES[name](Path(folder), options.short)
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
