"""Many begin to move at once: they rush one way, or scatter."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from synopticon.events.event import Event, Measured
from synopticon.events.rule import Rule, box_of, runs
from synopticon.events.scene import Numbers, Scene
from synopticon.values.query import Point

STEP = 0.5  # seconds between two looks
CALM = 5.0  # seconds before, in which most were slow
COMMON = 0.6  # of 1: how far directions are one, or lead away from the middle


@dataclass(frozen=True, kw_only=True)
class CrowdMovement(Rule):
    """Of ``people`` or more, ``share`` go faster than ``heights`` of their own a second, all of a sudden.

    Before, no more than a third as many did. Together they go one way or away from each other; else it is
    none. It lasts for ``seconds``.
    """

    kind: ClassVar[str] = "crowd-movement"
    capability: ClassVar[str] = "event.crowd-movement"
    says: ClassVar[str] = "many begin to run at once, one way or apart"
    needs_names: ClassVar[bool] = True

    people: int = 5
    share: float = 0.6
    heights: float = 1.3
    seconds: float = 1.5
    zone: tuple[Point, ...] = ()

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        at = np.arange(0.0, scene.seconds + STEP, STEP)
        count, fast, common = self._looks(scene, at)
        share = fast / np.maximum(count, 1)
        calm = max(1, round(CALM / STEP))
        before = np.array([np.median(share[max(0, k - calm) : k]) if k else 1.0 for k in range(len(at))])
        moves = (count >= self.people) & (share >= self.share) & (common >= COMMON)
        for first, last in runs(moves, at, 2 * STEP):
            if at[last] - at[first] < self.seconds or before[first] > self.share / 3:
                continue
            here = [
                w for w in scene.of(("person",)) if w.track.end >= at[first] and w.track.start <= at[last]
            ]
            yield self.event(
                float(at[first]) + self.seconds, float(at[last]),
                box_of(np.concatenate([w.track.boxes for w in here])), [w.track.id for w in here],
                Measured("people", float(count[first]), self.people),
                Measured("share that runs", float(share[first : last + 1].max()), self.share),
                Measured("one way, or apart, of 1", float(common[first : last + 1].max()), COMMON),
            )  # fmt: skip

    def _looks(self, scene: Scene, at: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """For each time how many there are, how many are fast, and how common their movement is, 0..1."""
        places: list[list[tuple[Numbers, Numbers]]] = [[] for _ in at]
        for way in scene.of(("person",)):
            times, inside = way.track.times, scene.inside(way, self.zone)
            first, last = np.searchsorted(at, (way.track.start, way.track.end + 1e-9))
            tall = float(np.median(way.tall))
            for k in range(first, last):
                n = int(np.clip(np.searchsorted(times, at[k]), 0, len(times) - 1))
                a, b = np.searchsorted(times, (at[k] - STEP, at[k] + STEP))
                b = min(b, len(times) - 1)
                if inside[n] and times[b] > times[a]:
                    pace = (way.foot[b] - way.foot[a]) / (times[b] - times[a]) / tall
                    places[k].append((way.foot[n], pace))
        rows = [self._look(here) for here in places]
        return tuple(np.array(column, np.float64) for column in zip(*rows, strict=True))  # type: ignore[return-value]

    def _look(self, here: list[tuple[Numbers, Numbers]]) -> tuple[int, int, float]:
        if not here:
            return 0, 0, 0.0
        places, paces = (np.array(v) for v in zip(*here, strict=True))
        rate = np.hypot(*paces.T)
        fast = rate >= self.heights
        if not fast.any():
            return len(here), 0, 0.0
        ways = paces[fast] / rate[fast][:, None]
        out = places[fast] - places.mean(axis=0)
        out /= np.maximum(np.hypot(*out.T), 1e-9)[:, None]
        common = max(float(np.hypot(*ways.mean(axis=0))), float((ways * out).sum(axis=1).mean()))
        return len(here), int(fast.sum()), common
