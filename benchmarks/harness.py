"""What every benchmark needs: a commit, a calibration loop, ratios measured side by side, peak memory."""

import json
import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psutil

ROOT = Path(__file__).resolve().parent.parent


def commit() -> str:
    """The commit that is measured, marked when the working tree differs from it."""
    try:
        head = _git("rev-parse", "HEAD")
        return head + ("-changed" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def machine() -> dict[str, Any]:
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def calibration() -> float:
    """Seconds of a fixed loop (Python and numpy, one thread), to compare bare seconds between machines."""
    rng = np.random.default_rng(0)
    picture = rng.random((720, 1280), dtype=np.float32)
    begin = time.perf_counter()
    total = 0.0
    for k in range(40):
        total += float(np.abs(picture[1:] - picture[:-1]).mean()) + sum(n * n for n in range(20_000 + k))
    return time.perf_counter() - begin


def seconds(run: Callable[[], Any], rounds: int = 5) -> dict[str, Any]:
    """Bare seconds: the median of ``rounds``, each beside a calibration loop."""
    fixed, took = [], []
    for _ in range(rounds):
        fixed.append(calibration())
        took.append(_time(run))
    return {
        "seconds": round(statistics.median(took), 4),
        "rounds": [round(t, 4) for t in took],
        "calibration_seconds": round(statistics.median(fixed), 4),
    }


def side_by_side(ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int = 3) -> dict[str, Any]:
    """Ratio ours / theirs: the median over rounds in which both run, one right after the other, in turns.

    ``cpu_ratio`` is the same of the processor seconds of all processes: it hardly feels what else runs here.
    """
    pairs = []
    for n in range(rounds):
        order = (ours, theirs) if n % 2 == 0 else (theirs, ours)
        took = [_time_and_work(run) for run in order]
        pairs.append(took if n % 2 == 0 else took[::-1])
    return {
        "ratio": round(statistics.median(a[0] / b[0] for a, b in pairs), 4),
        "cpu_ratio": round(statistics.median(a[1] / max(b[1], 0.01) for a, b in pairs), 4),
        "ours_seconds": [round(a[0], 3) for a, _ in pairs],
        "theirs_seconds": [round(b[0], 3) for _, b in pairs],
        "ours_cpu": [round(a[1], 2) for a, _ in pairs],
        "theirs_cpu": [round(b[1], 2) for _, b in pairs],
    }


def _time(run: Callable[[], Any]) -> float:
    return _time_and_work(run)[0]


def _time_and_work(run: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock, and processor seconds of this process and of all that come from it."""
    with Work() as work:
        begin = time.perf_counter()
        run()
        took = time.perf_counter() - begin
    return took, work.seconds


class Work:
    """Processor seconds of this process and its descendants while the context lasts, ended ones included.

    Workers are no children of this process, so the system does not add them up: they are looked at again and
    again, and what one does in its last tenth of a second is missed.
    """

    def __init__(self, interval: float = 0.1) -> None:
        self._interval = interval
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._seen: dict[tuple[int, float], float] = {}

    def __enter__(self) -> "Work":
        self._look()
        self._before = dict(self._seen)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        self._look()

    @property
    def seconds(self) -> float:
        """What was seen between the begin and the end."""
        return sum(self._seen.values()) - sum(self._before.values())

    def _watch(self) -> None:
        while not self._end.wait(self._interval):
            self._look()

    def _look(self) -> None:
        for process in _family(psutil.Process()):
            try:
                times = process.cpu_times()
                self._seen[process.pid, process.create_time()] = times.user + times.system
            except psutil.Error:
                continue


def _family(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


class PeakMemory:
    """Peak of the memory of this process and its children while the context lasts, in MB.

    ``resident`` counts shared pages once for each process, ``proportional`` once in all (Linux).
    """

    def __init__(self, process: psutil.Process | None = None, interval: float = 0.1) -> None:
        self._process = process or psutil.Process()
        self._interval = interval
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.resident = self.proportional = 0.0

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.wait(self._interval):
            resident = proportional = 0
            for process in _family(self._process):
                try:
                    full = process.memory_full_info()
                except psutil.Error:
                    continue
                resident += full.rss
                proportional += getattr(full, "pss", full.rss)
            self.resident = max(self.resident, resident / 2**20)
            self.proportional = max(self.proportional, proportional / 2**20)


def in_own_process(arguments: Sequence[str]) -> tuple[dict[str, Any], float]:
    """Run ``python -m ...`` watched from outside; its peak memory (MB) and its seconds."""
    begin = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
    with PeakMemory(psutil.Process(child.pid)) as peak:
        code = child.wait()
    took = time.perf_counter() - begin
    return {
        "exit": code,
        "resident_mb": round(peak.resident),
        "proportional_mb": round(peak.proportional),
    }, took


def write_results(path: Path, results: dict[str, Any]) -> None:
    """One JSON file: the commit, the machine, and what was measured."""
    head = {
        "commit": commit(),
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "machine": machine(),
        "calibration_seconds": round(statistics.median(calibration() for _ in range(5)), 4),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(head | results, indent=1) + "\n", "utf-8")
