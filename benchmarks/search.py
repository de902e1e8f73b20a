"""How long a search takes among many tracks, generated from a seed; SQLite and PostgreSQL.

python -m benchmarks.search                          50 cameras x 30 days, 10 million tracks (half an hour)
python -m benchmarks.search --tracks 500000 --databases sqlite

attributes  class, colour, direction and time of day, 10 cameras x 7 days: ranked over all hits, with total,
            coverage and gaps; in a process that has asked before (warm), and in a new one with the database's
            file dropped from the system's cache (cold)
places      a zone and a path
Each figure is p50 and p95 of many different questions; beside them a fixed loop, to compare machines by.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness import calibration, commit, machine
from synopticon.acts.search import covering, views, world_of
from synopticon.acts.workspace import Workspace, init_workspace, open_workspace
from synopticon.governance.grant import Grant, Scope, Window
from synopticon.governance.keys import DataKey
from synopticon.search.find import Found, find
from synopticon.search.query import parse
from synopticon.store.cameras import Camera
from synopticon.store.database import writing
from synopticon.store.footage import Registered, Run
from synopticon.values.area import Area
from synopticon.values.detection import CLASS_INDEX
from synopticon.values.footage import Clock, Footage, SourceFile
from synopticon.values.track import Track
from synopticon.values.traits import COLOURS, COLUMNS, Traits
from tests.databases import fresh_database, start_postgres
from tests.grants import grant_for

CAMERAS, DAYS = 50, 30
FIRST = datetime(2026, 10, 1, tzinfo=UTC)
NOW = FIRST + timedelta(days=DAYS)


class _Then:
    """A clock that stands just after the last day."""

    source = "benchmark"

    def __call__(self) -> datetime:
        return NOW


THEN = _Then()
SLACK = 1_000_000  # microseconds of the clocks' error
COLUMNS_OF_ROWS = (
    "camera", "day", "start", "id", '"end"', "low", "high", "footage", "label", "score", "samples", "visited",
)  # fmt: skip
GOING = ("left", "right", "up", "down")
WORDS = [c for c in COLOURS if c not in ("purple", "orange")]


def questions(seed: int, count: int) -> Iterator[str]:
    """Different questions of the kind that is measured."""
    chance = np.random.default_rng(seed)
    for _ in range(count):
        hour = int(chance.integers(6, 20))
        colour, way = WORDS[chance.integers(len(WORDS))], GOING[chance.integers(len(GOING))]
        yield f"person upper:{colour} going:{way} from:{hour:02}:00 to:{hour + 2:02}:30"


def places(seed: int, count: int) -> Iterator[str]:
    chance = np.random.default_rng(seed)
    for _ in range(count):
        y = chance.uniform(0.2, 0.8, 2)
        yield f"person in:bay path:0.1,{y[0]:.2f}>0.9,{y[1]:.2f}"


def traits_of(day: datetime, n: int, chance: np.random.Generator) -> tuple[Traits, np.ndarray[Any, Any]]:
    """Made-up rows of one camera's day, and the start of each in seconds: more by day than by night."""
    hours = np.clip(chance.normal(13, 4, n), 0, 23.9) * 3600
    start, lasts = np.sort(hours), chance.gamma(2.0, 6.0, n) + 1
    columns: dict[str, Any] = {name: np.zeros((n, *shape), kind) for name, (kind, shape) in COLUMNS.items()}
    code = sha256(f"{day}{chance.integers(2**40)}".encode()).hexdigest()[:12]
    ids = np.array([f"{code}-{int(s * 12.5)}-{k}" for k, s in enumerate(start)], "S48")
    person = chance.random(n) < 0.7
    ends = np.stack([chance.random((n, 2)), chance.random((n, 2))], 1)
    way = ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * np.linspace(0, 1, 16)[None, :, None]
    step = ends[:, 1] - ends[:, 0]
    shares = chance.dirichlet(np.full(len(COLOURS), 0.25), (3, n))
    kind = np.where(person, 0, chance.integers(1, 5, n))
    columns |= {
        "ids": ids,
        "offset": start,
        "dwell": lasts,
        "label": np.where(person, CLASS_INDEX["person"], CLASS_INDEX["car"]),
        "kind": kind,
        "score": chance.uniform(0.4, 0.95, n),
        "upper": np.where(person[:, None], np.rint(255 * shares[0]), 0),
        "lower": np.where(person[:, None], np.rint(255 * shares[1]), 0),
        "body": np.where(person[:, None], 0, np.rint(255 * shares[2])),
        "sure": chance.integers(100, 255, n),
        "size": chance.uniform(0.02, 0.4, (n, 2)),
        "heading": np.degrees(np.arctan2(-step[:, 1], step[:, 0])),
        "speed": np.linalg.norm(step, axis=1) / lasts,
        "stopped": chance.exponential(1.0, n),
        "path": np.clip(way + chance.normal(0, 0.01, way.shape), 0, 1) * 65535,
        "cells": _cells(way),
    }
    typed = {name: np.asarray(columns[name]).astype(COLUMNS[name][0]) for name in COLUMNS}
    return Traits(("",), ("",), **typed), start


def _cells(way: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    at = np.clip((way * 8).astype(np.int64), 0, 7)
    bits = np.uint64(1) << (at[:, :, 1] * 8 + at[:, :, 0]).astype(np.uint64)
    return np.bitwise_or.reduce(bits, axis=1)


def build(workspace: Workspace, tracks: int) -> None:
    """Fill a workspace: cameras, a recording for each day, rows of tracks, and their columns."""
    chance = np.random.default_rng(7)
    each = tracks // (CAMERAS * DAYS)
    for c in range(CAMERAS):
        camera = f"cam-{c:03}"
        workspace.cameras.add(Camera(camera, f"camera {c}", "", "Europe/Paris", "benchmark", None, "", FIRST))
        workspace.areas.set(Area("bay", camera, "zone", ((0.3, 0.3), (0.6, 0.35), (0.6, 0.7), (0.3, 0.7))))
        for d in range(DAYS):
            _day(workspace, camera, FIRST + timedelta(days=d), each, chance)
        print(f"{camera}", file=sys.stderr, flush=True)


def registered(workspace: Workspace, camera: str, day: datetime) -> tuple[Grant, Registered, DataKey, str]:
    """A made-up recording of a camera's day: the permission to take it in, its place, key and run."""
    digest = sha256(f"{camera}{day}".encode()).hexdigest()
    clock = Clock(day.timestamp(), "user", 1.0, "Europe/Paris")
    file = SourceFile(
        Path(f"/made/{digest}.mp4"), 1, digest, width=1920, height=1080, time_base=Fraction(1, 1000),
        end_pts=86_400_000, frames=1, clock=clock,
    )  # fmt: skip
    grant = grant_for("ingest", Scope(digests=(digest,)), now=NOW)
    place = Registered(f"foot-{digest[:16]}", digest, camera, day.date().isoformat(), "registered")
    workspace.footage.register(grant, Footage(camera, (file,)), place)
    key = workspace.vault.make(grant, camera, place.part)
    run = workspace.footage.begin_run(grant, Run(f"run-{digest[:16]}", place.id, "k", {}, {}, "made", ""))
    return grant, place, key, run


def _day(workspace: Workspace, camera: str, day: datetime, n: int, chance: np.random.Generator) -> None:
    keep_day(workspace, camera, day, registered(workspace, camera, day), traits_of(day, n, chance))


def keep_day(
    workspace: Workspace, camera: str, day: datetime, made: tuple[Grant, Registered, DataKey, str],
    tracks: tuple[Traits, np.ndarray[Any, Any]],
) -> None:  # fmt: skip
    """Keep the tracks of a camera's day, of ``registered``, as ingest does; ``tracks``: of ``traits_of``."""
    (grant, place, key, run), (traits, start) = made, tracks
    lasts = traits.dwell.astype(np.float64)
    rows = [
        _track(i.decode(), float(s), float(e))
        for i, s, e in zip(traits.ids.tolist(), start, start + lasts, strict=True)
    ]
    workspace.traits.replace(grant, place.id, traits, rows, key)
    _keep_rows(workspace, camera, place, day, traits, start, lasts)
    workspace.footage.end_run(grant, run, place.id, 86_400.0, len(traits.ids), "", ())


def _track(name: str, start: float, end: float) -> Track:
    times = np.array([start, end])
    whole = np.zeros(2, np.int64)
    return Track(
        name, "person", 1.0, whole.astype(np.int32), whole, times, np.zeros((2, 4), np.float32), whole > 0
    )


def _keep_rows(
    workspace: Workspace, camera: str, place: Registered, day: datetime, traits: Traits,
    start: np.ndarray[Any, Any], lasts: np.ndarray[Any, Any],
) -> None:  # fmt: skip
    """The narrow rows of tracks, as ingest writes them (their sealed boxes are left out)."""
    base = round(day.timestamp() * 1e6)
    begin = (base + np.rint(start * 1e6)).astype(np.int64)
    end = begin + np.rint(lasts * 1e6).astype(np.int64)
    cells = traits.cells.view(np.int64)
    values = zip(
        traits.ids.tolist(), begin.tolist(), end.tolist(), traits.score.tolist(), cells.tolist(), strict=True
    )
    rows = [
        (camera, place.part, b, i.decode(), e, b - SLACK, e + SLACK, place.id, "person", s, 2, v)
        for i, b, e, s, v in values
    ]
    with writing(workspace.engine) as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        if workspace.engine.dialect.name == "sqlite":
            marks = ", ".join("?" * len(COLUMNS_OF_ROWS))
            raw.executemany(f"INSERT INTO track ({', '.join(COLUMNS_OF_ROWS)}) VALUES ({marks})", rows)
            return
        with (
            raw.cursor() as cursor,
            cursor.copy(f"COPY track ({', '.join(COLUMNS_OF_ROWS)}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)


def scoped(seed: int) -> Grant:
    """A permission for 10 cameras x 7 days, all of them."""
    chance = np.random.default_rng(seed)
    cameras = tuple(f"cam-{c:03}" for c in chance.choice(CAMERAS, 10, replace=False))
    begin = FIRST + timedelta(days=int(chance.integers(0, DAYS - 7)))
    window = Window(begin - timedelta(seconds=5), begin + timedelta(days=7, seconds=5))
    return grant_for("search.attributes", Scope(cameras, (window,)), now=NOW)


def ask(workspace: Workspace, text: str, grant: Grant) -> Found:
    """One question, its total and its coverage, as the act asks it within its permission."""
    query = parse(text)
    found = find(query, lambda: views(workspace, grant), world_of(workspace, grant, query))
    covering(workspace, grant, query)
    return found


def timed(workspace: Workspace, texts: Iterator[str], seed: int = 1) -> dict[str, Any]:
    """Milliseconds of each question."""
    took, hits, looked = [], [], []
    for n, text in enumerate(texts):
        grant = scoped(seed + n % 3)
        begin = time.perf_counter()
        found = ask(workspace, text, grant)
        took.append((time.perf_counter() - begin) * 1e3)
        hits.append(found.total)
        looked.append(found.looked_at)
    ordered = sorted(took)
    return {
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 1),
        "questions": len(took),
        "hits": round(statistics.median(hits)),
        "candidates": round(statistics.median(looked)),
    }


def one(folder: Path) -> None:
    """A question in a process of its own: prints its milliseconds, start of the program not included."""
    with open_workspace(folder, clock=THEN) as workspace:
        ask(workspace, "person", grant_for("search.attributes", Scope(), now=NOW))  # the code is loaded
        text = next(questions(99, 1))
        begin = time.perf_counter()
        ask(workspace, text, scoped(99))
        print((time.perf_counter() - begin) * 1e3)


def cold(folder: Path, files: list[Path]) -> float:
    """Milliseconds of the first question after the files were dropped from the system's cache."""
    for path in files:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.search", "--one", str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    return round(float(done.stdout), 1)


def measure(folder: Path, url: str, tracks: int, *data: Path) -> dict[str, Any]:
    """All figures of one database; ``data``: where its files lie."""
    if not (folder / "workspace.json").exists():
        init_workspace(folder, profile="research", organisation="Bench", database=url, clock=THEN)
        with open_workspace(folder, clock=THEN) as workspace:
            begin = time.perf_counter()
            build(workspace, tracks)
            print(f"built in {time.perf_counter() - begin:.0f} s", file=sys.stderr)
    with open_workspace(folder, clock=THEN) as workspace:
        timed(workspace, questions(0, 5))
        timed(workspace, places(0, 3))
        fixed = calibration()
        found = {
            "attributes_warm": timed(workspace, questions(1, 60)),
            "places_warm": timed(workspace, places(1, 30)),
        }
    files = [p for place in data for p in place.rglob("*") if p.is_file()]
    found["attributes_cold_ms"] = sorted(cold(folder, files) for _ in range(5))[2]
    size = sum(p.stat().st_size for p in files)
    return {
        **found,
        "database_gb": round(size / 1e9, 2),
        "bytes_a_track": round(size / tracks),
        "calibration_seconds": round(fixed, 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--tracks", type=int, default=10_000_000)
    parser.add_argument("--databases", default="sqlite,postgres")
    parser.add_argument("--work", type=Path, help="where the databases are kept, to be used again")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one)
        return
    results: dict[str, Any] = {"commit": commit(), "machine": machine(), "tracks": options.tracks}
    with tempfile.TemporaryDirectory() as other:
        work = options.work or Path(other)
        if "sqlite" in options.databases:
            results["sqlite"] = measure(work / "lite", "", options.tracks, work / "lite")
        if "postgres" in options.databases:
            with start_postgres(work / "server", keep=options.work is not None) as server:
                url = "" if (work / "post").exists() else fresh_database(server)
                results["postgres"] = measure(
                    work / "post", url, options.tracks, work / "post", work / "server"
                )
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
