"""A thing that stood there was taken away."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from synopticon.events.event import Event, Measured
from synopticon.events.rule import Rule, box_of
from synopticon.events.scene import Scene, Way
from synopticon.events.things import alone_from, in_the_scene, things, usual, visitors

COMES = 1.0  # seconds for which somebody is seen, at least, before they have taken something
SINCE = 2.0  # seconds after the beginning of a scene: what is there by then was there before


@dataclass(frozen=True, kw_only=True)
class RemovedObject(Rule):
    """A thing that had stood for ``seconds`` at least since the scene began is gone, and somebody was there.

    ``gone``: seconds after which it counts as gone. Two cases: its own track ends where it stood; or the
    empty scene holds it, and what is left of it is a still patch that begins when it was taken.
    """

    kind: ClassVar[str] = "removed-object"
    capability: ClassVar[str] = "event.removed-object"
    says: ClassVar[str] = "a thing that stood there was taken away"

    seconds: float = 10.0
    gone: float = 5.0
    near: float = 1.0

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        yield from self._ended(scene)
        yield from self._revealed(scene)

    def _ended(self, scene: Scene) -> Iterator[Event]:
        """Its track goes from the beginning of a scene to where somebody comes."""
        for way in things(scene, self.seconds):
            track = way.track
            if track.end > scene.seconds - self.gone or not _from_the_beginning(scene, way):
                continue
            takers = tuple(w for w in visitors(scene, way, track.end) if _stays(w, track.end))
            if not takers or in_the_scene(scene, way):
                continue
            start = track.end + self.gone
            yield self.event(
                start, max(start, *(w.track.end for w in takers)), box_of(track.boxes),
                (track.id, *(w.track.id for w in takers)),
                Measured("seconds that it stood", track.end - track.start, self.seconds, "s"),
                Measured("seconds that it is gone", start - track.end, self.gone, "s"),
            )  # fmt: skip

    def _revealed(self, scene: Scene) -> Iterator[Event]:
        """The scene holds it: a patch begins where somebody was, and the outline is drawn in the scene."""
        for way in things(scene, self.gone):
            track, box = way.track, usual(way)
            takers = visitors(scene, way, track.start)
            since = alone_from(takers, box, track.start, track.end, self.near, self.gone)
            if not takers or since is None or not in_the_scene(scene, way):
                continue
            start = since + self.gone
            yield self.event(
                start, track.end, box_of(track.boxes), (track.id, *(w.track.id for w in takers)),
                Measured("seconds that it is gone", start - track.start, self.gone, "s"),
            )  # fmt: skip


def _stays(other: Way, moment: float) -> bool:
    """Whether somebody was there before a moment and after it.

    What begins just when a thing ends is that thing, followed under another name.
    """
    return other.track.start <= moment - COMES and other.track.end > moment


def _from_the_beginning(scene: Scene, way: Way) -> bool:
    """Whether it was there when the recording, or one of its scenes, began."""
    if way.track.start <= SINCE:
        return True
    bank = scene.bank
    begins = [s.start for s in bank.scenes] if bank else []
    return any(abs(way.track.start - begin) <= SINCE for begin in begins)
