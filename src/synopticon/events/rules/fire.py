"""Fire and smoke, by what is stored of a track: its colour, how it flickers, how it grows. Experimental.

Flames are bright, between red and white, with a hot core; from one picture to the next their outline and
their inside change, and they stay where they are (after Toreyin et al., "Computer vision based method for
real-time fire and flame detection", Pattern Recognition Letters 27, 2006, and the colours of Celik and
Demirel, "Fire detection in video sequences using a generic color model", Fire Safety Journal 44, 2009). Smoke
is grey, hides the edges behind it, and grows upward from where it stands. Measured on composed pictures only
(docs/events.md).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from synopticon.events.event import Event, Measured, Severity
from synopticon.events.rule import Rule, box_of
from synopticon.events.scene import Scene, Way
from synopticon.values.query import Point
from synopticon.values.tube import Sprite

WINDOWS = (0.0, 5.0, 15.0, 45.0, 135.0)  # seconds after a track begins at which its pictures are looked at
BRIGHT, RED, REDDER = 90, 138, 28  # luma, red difference, and by how much it is above the blue difference
CORE, YELLOW = 200, 116  # luma of the core, and the most blue difference that it has
HOT = 40.0  # grey levels from the dark tenth of a flame to its bright tenth
STAYS = 1.0  # of its own size: as far its middle may go meanwhile
LEAST = 12  # pixels of half the resolution: a smaller flame tells nothing
GREY = 10.0  # colour levels
FEWEST = 5  # pictures with flames
STANDS, RISES = 0.25, 0.15  # of the height of smoke: as far its foot may go, and its top must
UPWARD = 0.8  # times as wide as it gets: so many times as tall smoke gets at least
MASKED = 0.32  # of a box, from its top: it may be hidden in what is stored (docs/tubes.md)
Mask = NDArray[np.bool_]
Levels = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Fire(Rule):
    """A thing stays in its place, ``colour`` (a share) of it looks like flames, and flickers for ``seconds``.

    ``flicker``: how much of its outline is another from picture to picture, 0..1; ``seethe``: by how many
    grey levels its inside changes; in both its movement is undone.
    """

    kind: ClassVar[str] = "fire"
    capability: ClassVar[str] = "event.fire"
    says: ClassVar[str] = "something burns: flames by colour and flicker (experimental)"

    severity: Severity = "high"
    seconds: float = 3.0
    colour: float = 0.3
    flicker: float = 0.2
    seethe: float = 22.0
    zone: tuple[Point, ...] = ()
    classes: tuple[str, ...] = ("object",)

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        for way in scene.of(self.classes):
            if way.track.end - way.track.start < self.seconds or not scene.inside(way, self.zone).any():
                continue
            for first, last in _windows(way, self.seconds):
                found = _flames(_pictures(scene, way, first, last))
                limits = (self.colour, self.flicker, self.seethe)
                if found is None or any(v < limit for v, limit in zip(found, limits, strict=True)):
                    continue
                yield self.event(
                    float(way.track.times[last]), way.track.end, box_of(way.track.boxes), (way.track.id,),
                    Measured("share in the colours of flames", found[0], self.colour),
                    Measured("share of the outline that flickers", found[1], self.flicker),
                    Measured("grey levels by which it seethes", found[2], self.seethe),
                )  # fmt: skip
                break


@dataclass(frozen=True, kw_only=True)
class Smoke(Rule):
    """Something grey grows upward to ``grown`` times its size within ``seconds``, and hides edges behind it.

    ``hidden``: the share of the scene's edges that are gone where it is.
    """

    kind: ClassVar[str] = "smoke"
    capability: ClassVar[str] = "event.fire"
    says: ClassVar[str] = "smoke rises: grey, growing, hiding what is behind (experimental)"

    severity: Severity = "high"
    seconds: float = 6.0
    grown: float = 1.5
    hidden: float = 0.4
    zone: tuple[Point, ...] = ()
    classes: tuple[str, ...] = ("object",)

    def lacks(self, scene: Scene) -> str:
        """See :class:`Rule`; edges need the empty scenes."""
        return super().lacks(scene) or ("" if scene.bank else "the empty scenes are not kept")

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        for way in scene.of(self.classes):
            if way.track.end - way.track.start < self.seconds or not scene.inside(way, self.zone).any():
                continue
            for first, last in _windows(way, self.seconds):
                grown = _rises(way, first, last)
                hidden = self._hidden(scene, way, first, last) if grown >= self.grown else 0.0
                if hidden >= self.hidden:
                    yield self.event(
                        float(way.track.times[last]), way.track.end, box_of(way.track.boxes), (way.track.id,),
                        Measured("times as large", grown, self.grown),
                        Measured("share of the edges behind it that are hidden", hidden, self.hidden),
                    )  # fmt: skip
                    break

    def _hidden(self, scene: Scene, way: Way, first: int, last: int) -> float:
        """By the pictures that are kept, whose heads are filled, and by what was seen before that."""
        assert scene.bank is not None, "see lacks"
        made = scene.made_of(way)
        if made.light or made.shows > 1 - self.hidden:
            return 0.0
        found = []
        for k, sprite in list(_pictures(scene, way, first, last))[-4:]:
            solid = sprite.alpha > 100
            chroma = np.abs(np.stack([sprite.u, sprite.v]).astype(np.float32) - 128)[:, solid[::2, ::2]]
            if not chroma.size or float(np.median(chroma)) > GREY:
                return 0.0
            behind = scene.bank.at(float(way.track.times[k])).y
            found.append(_edges_hidden(sprite, behind))
        return float(np.median(found)) if found else 0.0


def _windows(way: Way, seconds: float) -> Iterator[tuple[int, int]]:
    """First and last sample of each stretch of a track that is looked at: the same as long as it goes on."""
    times = way.track.times
    for after in WINDOWS:
        first = int(np.searchsorted(times, times[0] + after))
        last = int(np.searchsorted(times, times[0] + after + seconds))
        if last < len(times):
            yield first, last


def _pictures(scene: Scene, way: Way, first: int, last: int) -> Iterator[tuple[int, Sprite]]:
    return takewhile(lambda at: at[0] <= last, enumerate(scene.sprites(way.track, first), first))


def _flames(pictures: Iterator[tuple[int, Sprite]]) -> tuple[float, float, float] | None:
    """The share in the colours of flames, and how outline and inside flicker; None where it is no flame.

    Looks at every picture; gives up at the third without such a colour.
    """
    shares, lit, places, heat = list[float](), list[Levels](), list[tuple[float, float]](), list[float]()
    for _, sprite in pictures:
        hot, solid, y = burning(sprite)
        shares.append(float(hot.sum()) / max(int(solid.sum()), 1))
        if len(shares) == 3 and max(shares) == 0:
            return None
        if hot.sum() >= LEAST:
            heat.append(float(np.subtract(*np.percentile(y[hot], (90, 10)))))
            rows, columns = np.nonzero(hot)
            middle = (float(columns.mean()), float(rows.mean()))
            places.append((sprite.x / 2 + middle[0], sprite.y0 / 2 + middle[1]))
            lit.append(_centred(np.where(hot, y, 0).astype(np.float32), middle))
    if len(lit) < 0.5 * len(shares) or len(lit) < FEWEST or np.median(heat) < HOT:
        return None
    own = float(np.sqrt(np.median([np.count_nonzero(one) for one in lit])))
    if np.hypot(*(np.array(places) - np.median(places, axis=0)).T).max() > STAYS * max(own, 1.0):
        return None
    outline, inside = np.median([_change(a, b) for a, b in pairwise(lit)], axis=0)
    return float(np.median(shares)), float(outline), float(inside)


def burning(sprite: Sprite) -> tuple[Mask, Mask, NDArray[np.uint8]]:
    """At half the resolution: what has the colour of flames, what is the object, and the luma.

    The upper part is left out where a head may be filled (docs/tubes.md).
    """
    y, solid = sprite.y[::2, ::2], sprite.alpha[::2, ::2] > 127
    u, v = (p[: y.shape[0], : y.shape[1]].astype(np.int16) for p in (sprite.u, sprite.v))
    hot = (y >= BRIGHT) & (v >= RED) & (v - u >= REDDER)
    hot |= (y >= CORE) & (u <= YELLOW) & (v >= 126)
    return hot & solid, solid, y


def _centred(lit: Levels, middle: tuple[float, float]) -> Levels:
    """A picture in a larger square whose middle is its own."""
    half = max(lit.shape)
    out = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    top, left = half - round(middle[1]), half - round(middle[0])
    out[top : top + lit.shape[0], left : left + lit.shape[1]] = lit
    return out


def _change(a: Levels, b: Levels) -> tuple[float, float]:
    """Of two flames (0 = none) laid over each other: the share of both that only one is, and grey levels."""
    if len(a) < len(b):
        a, b = b, a
    b = np.pad(b, (len(a) - len(b)) // 2)
    both = (a > 0) & (b > 0)
    share = float(both.sum()) / max(int(((a > 0) | (b > 0)).sum()), 1)
    return 1 - share, float(np.abs(a - b)[both].mean()) if both.any() else 0.0


def _rises(way: Way, first: int, last: int) -> float:
    """How many times as large a track gets while its foot stays and its top rises; 0 where it does not.

    Smoke rises at least as fast as it spreads; what spreads faster is light that falls on more and more.
    """
    boxes = way.track.boxes[first : last + 1].astype(np.float64)
    third = max(1, len(boxes) // 3)
    early, late = np.median(boxes[:third], axis=0), np.median(boxes[-third:], axis=0)
    wider, taller = (late[2:] - late[:2]) / np.maximum(early[2:] - early[:2], 1.0)
    tall = late[3] - late[1]
    foot = abs(late[3] - early[3]) <= STANDS * tall
    rises = early[1] - late[1] >= RISES * tall and taller >= UPWARD * wider
    return float(wider * taller) if foot and rises else 0.0


def _edges_hidden(sprite: Sprite, behind: NDArray[np.uint8]) -> float:
    """The share of the scene's edges that are gone behind a sprite, its light undone; 0 = none is there."""
    height, width = sprite.y.shape
    y0, x0 = max(sprite.y0, 0), max(sprite.x, 0)
    y1, x1 = min(sprite.y0 + height, behind.shape[0]), min(sprite.x + width, behind.shape[1])
    part = (slice(y0 - sprite.y0, y1 - sprite.y0), slice(x0 - sprite.x, x1 - sprite.x))
    solid = sprite.alpha[part] > 200
    solid[: int(MASKED * height)] = False
    seen, scene = (_edges(p.astype(np.float32)) for p in (sprite.y[part], behind[y0:y1, x0:x1]))
    edge = solid & (scene > 20)
    if edge.sum() < LEAST:
        return 0.0
    shade = float(sprite.y[part][solid].mean()) / max(float(behind[y0:y1, x0:x1][solid].mean()), 1.0)
    return 1 - float(np.clip(np.median(seen[edge] / scene[edge]) / max(shade, 0.05), 0, 1))


def _edges(y: NDArray[np.float32]) -> NDArray[np.float32]:
    out = np.zeros_like(y)
    out[1:-1, 1:-1] = np.hypot(y[1:-1, 2:] - y[1:-1, :-2], y[2:, 1:-1] - y[:-2, 1:-1])
    return out
