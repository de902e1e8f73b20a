"""Rules on a camera that films now: run again and again over what is known, each event announced once.

A rule gives the same events each time, but for their ends (see :mod:`synopticon.events.rule`), so nothing has
to be kept by rules. What is kept here is which events were announced: one is the same as before if it is of
the same rule, has a track in common (or neither has any), and their times meet. Its ``start`` stays as
announced, whatever the tracker thinks of later; its ``end`` grows with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from synopticon.events.event import Event
from synopticon.events.rule import Rule
from synopticon.events.run import run
from synopticon.events.scene import Scene

MEET = 0.8  # seconds that two events of one thing may lie apart
FORGET = 900.0  # seconds after which an event that is over is not known any more
MOST = 2000  # announced events that are known
GROWN = 5.0  # seconds by which an event must have grown to be told of again


@dataclass
class _Known:
    event: Event
    told: float  # the end that was told of


@dataclass
class Announcer:
    """The rules of one camera. ``notes``: what could not be looked for, since the last look."""

    rules: Sequence[Rule]
    notes: tuple[str, ...] = ()
    _known: list[_Known] = field(default_factory=list)

    def look(self, scene: Scene) -> tuple[list[Event], list[Event]]:
        """Events that are new, and those that were announced and have ended later since."""
        found = run(self.rules, scene)
        self.notes = found.notes
        fresh, longer = [], []
        for event in found.events:
            known = next((k for k in reversed(self._known) if _same(k.event, event)), None)
            if known is None:
                self._known.append(_Known(event, event.end))
                fresh.append(event)
                continue
            known.event = replace(known.event, end=max(known.event.end, event.end))
            if known.event.end >= known.told + GROWN:
                known.told = known.event.end
                longer.append(known.event)
        self._forget(scene.seconds)
        return fresh, longer

    def _forget(self, now: float) -> None:
        there = [k for k in self._known if k.event.end >= now - FORGET]
        self._known = there[-MOST:]


def _same(a: Event, b: Event) -> bool:
    if (a.rule, a.name) != (b.rule, b.name) or a.end + MEET < b.start or b.end + MEET < a.start:
        return False
    return bool(set(a.tracks) & set(b.tracks)) or not (a.tracks or b.tracks)
