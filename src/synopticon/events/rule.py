"""The protocol of rules: a frozen dataclass of parameters with ``run``. To add one, write one.

A rule is a pure function of a :class:`~synopticon.events.scene.Scene`: it decodes nothing, keeps nothing, and
gives the same events for the same tracks. So it can be tried on last week's tracks before it is used, and a
live analysis may run it again and again on what it has so far: events that began already stay as they are,
but for their end.

Others add rules through the entry point group ``synopticon.events``: each entry names a subclass of
:class:`Rule` (the name of the entry is not used; ``kind`` is).
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from synopticon.events.event import Box, Event, Measured, Severity
from synopticon.events.scene import Scene
from synopticon.values.detection import Boxes


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """What all rules share. Parameters are fields with defaults; a rules file sets them by their names.

    ``name``: what the operator calls it ("" = the kind); ``hours``: it holds between these times of day by
    the camera's clock only (from, to; may pass midnight; None = always). Class variables: ``kind``, what a
    rules file calls it; ``capability``, what must be permitted (see ``governance.capability``); ``says``, one
    line for people; ``needs_names``, ``needs_ground``: it is left out where no model named the tracks, or
    where the camera has no ground.
    """

    kind: ClassVar[str]
    capability: ClassVar[str]
    says: ClassVar[str]
    needs_names: ClassVar[bool] = False
    needs_ground: ClassVar[bool] = False

    name: str = ""
    severity: Severity = "medium"
    hours: tuple[time, time] | None = None

    @abstractmethod
    def run(self, scene: Scene) -> Iterable[Event]:
        """All events of a scene, in any order."""

    def lacks(self, scene: Scene) -> str:
        """What the rule lacks at this camera, with the remedy; "" = nothing."""
        if self.needs_names and not scene.named:
            return "no model named what moves (run 'synopticon models fetch' once)"
        if self.needs_ground and scene.ground is None:
            return "the camera has no ground (see 'synopticon zones ground')"
        if self.hours and scene.utc(0.0) is None:
            return "the time of the recording is unknown (set it with --start)"
        return ""

    def event(self, start: float, end: float, box: Box, tracks: Sequence[str], *reason: Measured) -> Event:
        """An event of this rule."""
        called = self.name or self.kind
        return Event(self.kind, start, end, box, tuple(tracks), reason, called, self.severity)


def box_of(boxes: Boxes) -> Box:
    """What holds all of these boxes ``(n, 4)`` xyxy, as x, y, width, height."""
    x1, y1 = (float(v) for v in boxes[:, :2].min(axis=0))
    x2, y2 = (float(v) for v in boxes[:, 2:].max(axis=0))
    return x1, y1, x2 - x1, y2 - y1


def whole(scene: Scene) -> Box:
    """The whole picture."""
    return 0.0, 0.0, float(scene.width), float(scene.height)


def due(holds: NDArray[np.bool_], times: NDArray[np.float64], first: int, last: int, seconds: float) -> float:
    """When a stretch has lasted for ``seconds`` and still holds: before, nobody could know that it would.

    ``first``, ``last``: see ``runs``; the stretch lasts that long.
    """
    late = first + int(np.searchsorted(times[first : last + 1], times[first] + seconds - 1e-9))
    held = np.flatnonzero(holds[late : last + 1])
    return max(
        float(times[late + held[0]]) if len(held) else float(times[last]), float(times[first]) + seconds
    )


def runs(holds: Sequence[bool] | np.ndarray, times: np.ndarray, bridge: float = 0.0) -> list[tuple[int, int]]:
    """The stretches of samples in which something holds, as first and last index.

    What does not hold for ``bridge`` seconds at most ends no stretch. ``times`` float64 ``(n,)``, rising.
    """
    flags = np.asarray(holds, np.bool_)
    edges = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    first, last = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    if not len(first):
        return []
    apart = np.concatenate([[True], times[first[1:]] - times[last[:-1]] > bridge])
    begins = np.flatnonzero(apart)
    ends = np.concatenate([begins[1:] - 1, [len(first) - 1]])
    return [(int(first[a]), int(last[b])) for a, b in zip(begins, ends, strict=True)]
