"""A thing was put down, and whoever brought it has gone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from synopticon.events.event import Event, Measured
from synopticon.events.rule import Rule, box_of
from synopticon.events.scene import Scene
from synopticon.events.things import alone_from, in_the_scene, things, usual, visitors


@dataclass(frozen=True, kw_only=True)
class LeftObject(Rule):
    """A bag or an unnamed thing stands still for ``seconds``, for ``alone`` of them without who brought it.

    Near it is closer than ``near`` times their height. Something that nobody brought (a patch of light, a
    reflection) is none, nor is anything larger than who brought it.
    """

    kind: ClassVar[str] = "left-object"
    capability: ClassVar[str] = "event.abandoned-object"
    says: ClassVar[str] = "a thing was put down, and whoever brought it has gone"

    seconds: float = 10.0
    alone: float = 5.0
    near: float = 1.0

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        for way in things(scene, self.seconds):
            track, box = way.track, usual(way)
            brought = visitors(scene, way, track.start)
            since = alone_from(brought, box, track.start, track.end, self.near, self.alone)
            if not brought or since is None:
                continue
            start = max(since + self.alone, track.start + self.seconds)
            if start > track.end or in_the_scene(scene, way):
                continue
            ids = (track.id, *(w.track.id for w in brought))
            yield self.event(
                start, track.end, box_of(track.boxes), ids,
                Measured("seconds that it stood", start - track.start, self.seconds, "s"),
                Measured("seconds that it was alone", start - since, self.alone, "s"),
            )  # fmt: skip
