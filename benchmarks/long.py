"""False alarms over composed hours in which nothing happens but light, rain, insects and the like.

python -m benchmarks.long --models-folder DIR                    24 hours (make bench-long)
python -m benchmarks.long --hours .5 --most 1                    half an hour, fails above one alarm of a rule
python -m benchmarks.long --day 2                                another day, from other seeds
python -m benchmarks.long --go-on FILE --workers 2               goes on with these results, two at once

Each recording is one nuisance (see ``benchmarks.nuisance``) over one empty scene, 320 pixels wide at four
frames a second, written to a file and analysed like any other. The rules that run by default are judged; the
others that need no parameter run, too, and are told apart.
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from functools import cache
from itertools import takewhile
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from benchmarks.harness import write_results
from benchmarks.nuisance import NUISANCES, Nuisance, Planes, composed, empty_scene
from benchmarks.track_quality import footage
from synopticon.acts.analysis import AnalysisRequest, analysing
from synopticon.acts.events import scene_of
from synopticon.errors import FootageError
from synopticon.events.catalogue import defaults
from synopticon.events.evaluate import poisson
from synopticon.events.event import Event
from synopticon.events.rule import Rule
from synopticon.events.rules.crowd import CrowdMovement
from synopticon.events.rules.density import Density
from synopticon.events.rules.dwell import Dwell
from synopticon.events.rules.fall import Fall
from synopticon.events.rules.fast import Running
from synopticon.events.rules.fire import Fire, Smoke
from synopticon.events.rules.proximity import Proximity
from synopticon.events.run import run
from synopticon.footage.encode import VideoWriter

RATE = Fraction(4)
LENGTH = 300.0  # seconds of a recording, at most
DAY = 24.0  # hours
DAYS_APART = 1_000_000  # from the seeds of one day to those of the next
LOOKED = 60.0  # seconds of a busy nuisance that the detector looks at, at most
# Where nobody is: clip, frames (see INDEX.md of the footage), None = the median of all that it shows.
SCENES: dict[str, tuple[str, tuple[int, int] | None]] = {
    "car park": ("intel_sample_videos/car-detection.mp4", (112, 180)),
    "room": ("intel_sample_videos/one-by-one-person-detection.mp4", (0, 60)),
    "junction": ("opencv_samples/vtest.avi", None),
    "cabinet": ("aboda/video4.avi", (0, 280)),
}
OTHERS: tuple[Rule, ...] = (
    Dwell(),
    Running(),
    Density(),
    Proximity(),
    CrowdMovement(),
    Fall(),
    Fire(),
    Smoke(),
)


@dataclass
class Tally:
    """What was found: hours and events by rule, tracks by label, recordings that were refused."""

    hours: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    tracks: Counter[str] = field(default_factory=Counter)
    refused: int = 0

    def add(self, piece: "Piece", found: "Outcome") -> None:
        """Count one recording in."""
        self.hours.update({r.kind: piece.seconds / 3600 for r in piece.rules})
        self.events.update(e["rule"] for e in found.events)
        self.tracks.update(found.tracks)
        self.refused += found.refused

    def plain(self) -> dict[str, Any]:
        """As JSON values: for each rule k alarms in how many hours, and a day, with the 95 % interval."""
        rows = {}
        for kind, hours in self.hours.items():
            rate = [round(v * DAY / hours, 2) for v in (self.events[kind], *poisson(self.events[kind]))]
            rows[kind] = {
                "alarms": self.events[kind], "hours": round(hours, 3), "a_day": rate[0], "interval": rate[1:]
            }  # fmt: skip
        return {"rules": rows, "tracks": dict(sorted(self.tracks.items())), "refused": self.refused}


@dataclass(frozen=True)
class Piece:
    """One recording that is composed: a nuisance over a scene, for so many seconds, from a seed.

    ``named``: the detector looks at what moves. Without it any thing may have been put down by any other.
    """

    nuisance: Nuisance
    scene: str
    seconds: float
    seed: int
    named: bool = True

    @property
    def name(self) -> str:
        """A name that no other recording has."""
        words = f"{self.nuisance.name} {self.scene} {self.seconds:.1f} {self.seed} {self.named}"
        return words.lower().replace(" ", "-")

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that can be run."""
        return (*defaults(), *OTHERS) if self.named else tuple(r for r in defaults() if not r.needs_names)


def pieces(
    hours: float, nuisances: Sequence[Nuisance], scenes: Sequence[str], day: int = 1
) -> Iterator[Piece]:
    """Recordings that fill these hours: each nuisance by its share, over one scene after another.

    The seeds of another ``day`` are others: rules are judged on a day by which nothing in them was chosen.
    Where so much moves that the detector would take a second for three, it looks at a minute of hours only.
    """
    each = hours * 3600 / sum(n.share for n in nuisances)
    rounds = max(1, round(each / LENGTH))
    first = DAYS_APART * (day - 1)
    for n in range(rounds):
        for k, nuisance in enumerate(nuisances):
            seconds = each * nuisance.share / rounds
            looked = LOOKED if nuisance.busy and each >= 20 * LOOKED else 0.0
            if looked and n == 0:
                yield Piece(nuisance, scenes[k % len(scenes)], looked, first + 500 + k)
            seconds -= looked / rounds
            seed = first + 1000 * n + k
            yield Piece(nuisance, scenes[(n + k) % len(scenes)], seconds, seed, not nuisance.busy)


@dataclass(frozen=True)
class Outcome:
    """What a recording gave: events as JSON values, tracks by label, whether it was refused."""

    events: list[dict[str, Any]]
    tracks: dict[str, int]
    refused: bool = False


@dataclass(frozen=True)
class Bench:
    """How recordings are analysed; nothing is left in ``work``."""

    work: Path
    model: str = "yolox-nano"
    models: Path | None = None

    def outcome(self, piece: Piece) -> Outcome:
        """Compose a recording, analyse it, and run the rules."""
        try:
            return self._found(piece)
        except FootageError as error:
            print(error, file=sys.stderr)
            return Outcome([], {}, refused=True)

    def _found(self, piece: Piece) -> Outcome:
        empty = _empty(piece.scene)
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            video = Path(folder) / "composed.mp4"
            chance = np.random.default_rng(piece.seed)
            height, width = empty[0].shape
            with VideoWriter(video, width, height, RATE, crf=18, preset="ultrafast", threads=1) as writer:
                for planes in composed(empty, piece.nuisance, piece.seconds, float(RATE), chance):
                    writer.write(*planes)
            request = AnalysisRequest(
                (str(video),), model=self.model if piece.named else "none", models_folder=self.models,
                workspace=Path(folder) / "ws", workers=1,
            )  # fmt: skip
            (analysis,) = analysing(request, None)
            scene = scene_of(analysis)
            events = [_said(e) for e in run(piece.rules, scene).events]
        return Outcome(events, dict(Counter(t.label for t in scene.tracks)))


@cache
def _empty(scene: str) -> Planes:
    clip, part = SCENES[scene]
    return empty_scene(footage() / clip, part)


_NUISANCES = {n.name: n for n in NUISANCES}


def _task(bench: Bench, name: str, scene: str, seconds: float, seed: int, named: bool) -> Outcome:
    """What another process does; a nuisance cannot be sent to it."""
    return bench.outcome(Piece(_NUISANCES[name], scene, seconds, seed, named))


def outcomes(
    bench: Bench, made: Iterable[Piece], known: Mapping[str, Outcome], minutes: float, workers: int
) -> Iterator[tuple[Piece, Outcome]]:
    """What each recording gives, in their order; ``workers`` at once, and none begins after ``minutes``.

    Those that are ``known``, by their names, are not made again.
    """
    start = time.perf_counter()
    running: deque[tuple[Piece, Future[Outcome]]] = deque()
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        for piece in takewhile(lambda _: time.perf_counter() - start <= 60 * minutes, made):
            if piece.name in known:
                future: Future[Outcome] = Future()
                future.set_result(known[piece.name])
            else:
                said = (piece.nuisance.name, piece.scene, piece.seconds, piece.seed, piece.named)
                future = pool.submit(_task, bench, *said)
            running.append((piece, future))
            if len(running) >= workers:
                first, due = running.popleft()
                yield first, due.result()
        yield from ((piece, future.result()) for piece, future in running)


def measure(
    bench: Bench,
    hours: float,
    *,
    day: int = 1,
    only: Sequence[str] = (),
    known: Mapping[str, Outcome] = MappingProxyType({}),
    minutes: float = inf,
    workers: int = 1,
) -> Iterator[dict[str, Any]]:
    """False alarms of each rule, in all and by nuisance, as they stand after each recording.

    ``day``: see ``pieces``; ``known``, ``minutes``, ``workers``: see ``outcomes``.
    """
    nuisances = [n for n in NUISANCES if not only or n.name in only]
    whole, parts = Tally(), {n.name: Tally() for n in nuisances}
    alarms: list[dict[str, Any]] = []
    recordings: dict[str, Any] = {}
    seconds = 0.0
    made = pieces(hours, nuisances, tuple(SCENES), day)
    for piece, found in outcomes(bench, made, known, minutes, workers):
        for tally in (whole, parts[piece.nuisance.name]):
            tally.add(piece, found)
        recordings[piece.name] = asdict(found)
        seconds += piece.seconds
        where = {"nuisance": piece.nuisance.name, "scene": piece.scene, "seed": piece.seed}
        alarms += [where | e for e in found.events]
        print(f"{seconds / 3600:5.2f} h {piece.name}: {found.tracks} {found.events}",
              file=sys.stderr, flush=True)  # fmt: skip
        yield {
            "model": bench.model,
            "width": _empty(piece.scene)[0].shape[1],
            "rate": float(RATE),
            "day": day,
            "hours": round(seconds / 3600, 3),
            "defaults": [r.kind for r in defaults()],
            "all": whole.plain(),
            "by_nuisance": {name: tally.plain() for name, tally in parts.items()},
            "alarms": alarms,
            "recordings": recordings,
        }


def _said(event: Event) -> dict[str, Any]:
    return {
        "rule": event.rule,
        "start": round(event.start, 1),
        "end": round(event.end, 1),
        "reason": "; ".join(map(str, event.reason)),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.long", description=__doc__)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--day", type=int, default=1, help="whose seeds are taken")
    parser.add_argument("--model", default="yolox-nano")
    parser.add_argument("--models-folder", type=Path)
    parser.add_argument("--only", default="", help="nuisances, with commas between them")
    parser.add_argument("--most", type=int, help="fail where a rule of the defaults gives more alarms")
    parser.add_argument("--minutes", type=float, default=inf, help="begin no recording after so long")
    parser.add_argument("--output", type=Path, help="written anew after each recording")
    parser.add_argument("--workers", type=int, default=1, help="recordings at once")
    parser.add_argument(
        "--go-on", type=Path, metavar="FILE", help="results whose recordings are not made again"
    )
    options = parser.parse_args()
    only = [n for n in options.only.split(",") if n]
    kept = json.loads(options.go_on.read_text("utf-8"))["recordings"] if options.go_on else {}
    known = {name: Outcome(**found) for name, found in kept.items()}
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(Path(work), options.model, options.models_folder)
        for results in measure(
            bench,
            options.hours,
            day=options.day,
            only=only,
            known=known,
            minutes=options.minutes,
            workers=options.workers,
        ):
            if options.output:
                options.output.write_text(json.dumps(results, indent=1), "utf-8")
    if options.output:
        write_results(options.output, {"asked": options.hours, **results})
    print(json.dumps(results["all"]))
    rows = results["all"]["rules"]
    too_many = [
        k for k in results["defaults"] if options.most is not None and rows[k]["alarms"] > options.most
    ]
    print("\n".join(f"{k}: {rows[k]['alarms']} false alarms, {options.most} at most" for k in too_many))
    return 1 if too_many else 0


if __name__ == "__main__":
    sys.exit(main())
