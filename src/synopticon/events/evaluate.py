"""How well events were found: recall, precision and false alarms a day, with intervals, against the truth.

The truth is JSON, by hand or composed::

    {"slack": 5,
     "cameras": [
       {"camera": "gate", "seconds": 86400, "night": [[64800, 86400]],
        "events": [{"rule": "line", "start": 12.0, "end": 12.0, "box": [10, 20, 50, 40]}]}]}

``seconds`` of footage that somebody watched whole; ``night``: stretches of it; ``box`` x, y, width, height in
pixels, where it is known; ``slack`` (s): how far a start or end may be off. Events are the lines that
``synopticon events --json`` prints. An event is true when it and a true one of its rule and camera share a
moment (give or take the slack) and a place; each true event counts once, so a second alarm for it is false.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from synopticon.errors import UsageError
from synopticon.events.event import Box
from synopticon.values.interval import wilson

DAY = 86_400.0  # seconds
ALL = "all"


@dataclass(frozen=True, slots=True)
class Mark:
    """An event that was found, or a true one. ``box`` None: its place is not known. Times in seconds."""

    rule: str
    camera: str
    start: float
    end: float
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """A camera's footage of which the truth is known: ``seconds`` of it, ``night`` stretches of those."""

    camera: str
    seconds: float
    night: tuple[tuple[float, float], ...]
    events: tuple[Mark, ...]

    def dark(self, time: float) -> bool:
        """Whether it is night then."""
        return any(a <= time < b for a, b in self.night)

    def days(self, *, dark: bool) -> float:
        """Days of the footage by night, or by day."""
        night = sum(min(b, self.seconds) - min(a, self.seconds) for a, b in self.night)
        return (night if dark else self.seconds - night) / DAY


@dataclass(frozen=True, slots=True)
class Score:
    """Of one rule, camera and light ("all": of all): ``found`` of ``true`` events, ``false`` alarms.

    Intervals are of 95 %: Wilson's for shares, the exact one of a Poisson count for alarms a camera and day.
    """

    rule: str
    camera: str
    light: str  # day, night, all
    true: int
    found: int
    false: int
    days: float

    @property
    def recall(self) -> float | None:
        """Share of true events that were found; None where there is none."""
        return self.found / self.true if self.true else None

    @property
    def precision(self) -> float | None:
        """Share of alarms that were true; None where there was none."""
        alarms = self.found + self.false
        return self.found / alarms if alarms else None

    @property
    def false_a_day(self) -> float | None:
        """False alarms a camera and day."""
        return self.false / self.days if self.days else None

    def plain(self) -> dict[str, Any]:
        """All of it as JSON values."""
        low, high = poisson(self.false)
        return {
            "rule": self.rule,
            "camera": self.camera,
            "light": self.light,
            "true": self.true,
            "found": self.found,
            "false": self.false,
            "camera_days": round(self.days, 5),
            "recall": _rounded(self.recall),
            "recall_interval": [round(v, 4) for v in wilson(self.found, self.true)],
            "precision": _rounded(self.precision),
            "precision_interval": [round(v, 4) for v in wilson(self.found, self.found + self.false)],
            "false_a_day": _rounded(self.false_a_day),
            "false_a_day_interval": [round(v / self.days, 3) for v in (low, high)] if self.days else None,
        }


def poisson(count: int) -> tuple[float, float]:
    """The exact 95 % interval of a Poisson mean, of one count (Garwood, Biometrika 28, 1936)."""
    low = float(scipy.stats.chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0
    return low, float(scipy.stats.chi2.ppf(0.975, 2 * (count + 1))) / 2


def read_events(text: str, name: str) -> tuple[Mark, ...]:
    """The lines of ``synopticon events --json``. Raises ``UsageError`` with the line that is none."""
    found = []
    for n, line in enumerate(text.splitlines(), 1):
        if line.strip():
            found.append(_mark(_loaded(line, f"{name}, line {n}"), f"{name}, line {n}", ""))
    return tuple(found)


def read_truth(text: str, name: str) -> tuple[tuple[Watched, ...], float]:
    """What was watched, and the slack. Raises ``UsageError`` for anything else."""
    plain = _loaded(text, name)
    try:
        cameras = [_watched(c, f"{name}, camera {c['camera']}") for c in plain["cameras"]]
        slack = float(plain.get("slack", 0.0))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{name}: is no truth ({error!r}): see docs/events.md for its form") from None
    if not cameras or slack < 0:
        raise UsageError(f"{name}: names no camera: add what was watched of one")
    return tuple(cameras), slack


def evaluate(
    events: Sequence[Mark], watched: Sequence[Watched], slack: float = 0.0
) -> tuple[tuple[Score, ...], tuple[str, ...]]:
    """Scores by rule, camera and light, all of them first; and what could not be judged, a line each."""
    cells: dict[tuple[str, str, str], list[int]] = {}
    kinds = sorted({e.rule for e in events} | {e.rule for w in watched for e in w.events})
    known = {w.camera for w in watched}
    for one in watched:
        for rule in kinds:
            mine = [e for e in events if (e.rule, e.camera) == (rule, one.camera)]
            true = [e for e in one.events if e.rule == rule]
            pairs = matched(mine, true, slack)
            hit = {j for _, j in pairs}
            for j, event in enumerate(true):
                _count(cells, rule, one, event, (1, int(j in hit), 0))
            for i, event in enumerate(mine):
                _count(cells, rule, one, event, (0, 0, int(i not in {i for i, _ in pairs})))
    notes = [f"camera {c}: no truth is known: left out" for c in sorted({e.camera for e in events} - known)]
    return tuple(_scores(cells, kinds, watched)), tuple(notes)


def matched(events: Sequence[Mark], true: Sequence[Mark], slack: float) -> list[tuple[int, int]]:
    """Pairs of an event and the true one that it is: as many as can be, the nearest in time of those."""
    if not events or not true:
        return []
    far = 1e9
    cost = np.full((len(events), len(true)), far)
    for i, event in enumerate(events):
        for j, real in enumerate(true):
            if _meets(event, real, slack):
                cost[i, j] = abs(event.start - real.start)
    rows, columns = scipy.optimize.linear_sum_assignment(cost)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if cost[i, j] < far]


def _meets(event: Mark, real: Mark, slack: float) -> bool:
    if event.start > real.end + slack or event.end < real.start - slack:
        return False
    if event.box is None or real.box is None:
        return True
    (ax, ay, aw, ah), (bx, by, bw, bh) = event.box, real.box
    return ax < bx + bw and bx < ax + aw and ay < by + bh and by < ay + ah


def _count(
    cells: dict[tuple[str, str, str], list[int]], rule: str, one: Watched, event: Mark, add: tuple[int, ...]
) -> None:
    light = "night" if one.dark(event.start) else "day"
    for key in {(r, c, at) for r in (rule, ALL) for c in (one.camera, ALL) for at in (light, ALL)}:
        held = cells.setdefault(key, [0, 0, 0])
        for k, value in enumerate(add):
            held[k] += value


def _scores(
    cells: Mapping[tuple[str, str, str], list[int]], kinds: Sequence[str], watched: Sequence[Watched]
) -> Iterable[Score]:
    """Every cell that some footage stands for, in order: all, then by rule, camera, light."""
    for rule in (ALL, *kinds):
        for camera in (ALL, *sorted(w.camera for w in watched)):
            for light in (ALL, "day", "night"):
                days = sum(
                    w.days(dark=dark)
                    for w in watched
                    for dark in (False, True)
                    if camera in (ALL, w.camera) and light in (ALL, "night" if dark else "day")
                )
                if days > 0:
                    true, found, false = cells.get((rule, camera, light), (0, 0, 0))
                    yield Score(rule, camera, light, true, found, false, days)


def _watched(plain: Any, name: str) -> Watched:
    camera, seconds = str(plain["camera"]), float(plain["seconds"])
    night = tuple((float(a), float(b)) for a, b in plain.get("night", ()))
    if seconds <= 0 or any(not 0 <= a < b for a, b in night):
        raise UsageError(
            f"{name}: seconds and night: expected seconds of the footage, each stretch a, b with a < b"
        )
    return Watched(camera, seconds, night, tuple(_mark(e, name, camera) for e in plain["events"]))


def _mark(plain: Any, name: str, camera: str) -> Mark:
    try:
        start, end = float(plain["start"]), float(plain["end"])
        box: NDArray[np.float64] | None = None
        if plain.get("box") is not None:
            box = np.asarray(plain["box"], np.float64)
        if not np.isfinite([start, end]).all() or end < start or (box is not None and box.shape != (4,)):
            raise ValueError("times or box")
        place = None if box is None else (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
        return Mark(str(plain["rule"]), camera or str(plain["camera"]), start, end, place)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            f"{name}: is no event ({error!r}): give rule, start, end, and box x,y,w,h where it is known"
        ) from None


def _loaded(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise UsageError(f"{name}: is no JSON ({error}): correct it") from None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
