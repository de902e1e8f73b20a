"""Decides who crosses a composed recording, when and where: a pure function of the cast and a seed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import UsageError
from synopticon.vision.cast import Actor

_LONGEST = 60.0  # s: nobody takes longer to cross the picture
_SHORTEST = 1.5
_BURST = 40.0  # s: how long something is going on at a time
_TRIES = 200


@dataclass(frozen=True, slots=True)
class Role:
    """One crossing: an actor, mirrored or not, at a size, on its own recorded way shifted.

    At output frame ``start + k`` (0 <= k < ``frames``) the actor is at its own frame ``first + k * pace``.
    """

    id: int
    actor: int  # index into the cast
    mirrored: bool
    scale: float  # output pixels per source pixel
    origin: tuple[float, float]  # output position of the foot at the actor's frame 0
    first: float
    pace: float  # the actor's frames for each output frame
    start: int
    frames: int

    @property
    def end(self) -> int:
        """First output frame without the actor."""
        return self.start + self.frames


@dataclass(frozen=True, slots=True)
class Stage:
    """Size (px), rate (1/s) and length (frames) of the recording."""

    width: int
    height: int
    fps: float
    length: int


def stage_roles(
    cast: Sequence[Actor], stage: Stage, *, activity: float, objects: float, seed: int
) -> tuple[Role, ...]:
    """Roles in order of their start, so that ``activity`` (0..1) of the frames hold ``objects`` on average.

    What happens, happens in bursts; inside one there is never nobody. Raises UsageError when no actor of the
    cast crosses the picture in a minute.
    """
    if not 0 <= activity <= 1 or objects < 1:
        raise UsageError("activity must be between 0 and 1, objects at least 1")
    rng = np.random.default_rng(seed)
    roles: list[Role] = []
    for first, last in _bursts(stage, activity, rng):
        roles += _fill(cast, stage, (first, last), objects, rng)
    roles.sort(key=lambda r: (r.start, r.actor))
    return tuple(replace(role, id=n) for n, role in enumerate(roles, 1))


def place(actor: Actor, role: Role, k: float) -> tuple[int, float, float]:
    """At the role's frame k: which cutout, and the output position of the actor's foot (x, y)."""
    n = len(actor.cutouts)
    moment = role.first + k * role.pace
    rounds, within = divmod(moment, n)
    x, y = _way(actor, rounds, within)
    sign = -1.0 if role.mirrored else 1.0
    return min(int(within), n - 1), role.origin[0] + sign * role.scale * x, role.origin[1] + role.scale * y


def _way(actor: Actor, rounds: float, within: float) -> tuple[float, float]:
    """Displacement of the foot (source px) after ``rounds`` whole rounds and ``within`` frames."""
    boxes, n = actor.boxes, len(actor.cutouts)
    feet = np.concatenate(
        [np.stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]], axis=1), np.zeros((1, 2))]
    )
    feet[n] = feet[0] + actor.travel
    k = min(int(within), n - 1)
    step = feet[k] + (feet[k + 1] - feet[k]) * (within - k) - feet[0]
    return float(rounds * actor.travel[0] + step[0]), float(rounds * actor.travel[1] + step[1])


def _bursts(stage: Stage, activity: float, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Stretches (first frame, frame after the last) in which something is going on."""
    total = round(activity * stage.length)
    if total < _SHORTEST * stage.fps:
        return []
    count = max(1, round(total / (_BURST * stage.fps)))
    lengths = np.full(count, total // count)
    rests = np.floor(rng.dirichlet(np.ones(count + 1)) * (stage.length - lengths.sum())).astype(int)
    starts = np.cumsum(rests[:-1]) + np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return [(int(s), int(s + n)) for s, n in zip(starts, lengths, strict=True)]


def _fill(
    cast: Sequence[Actor], stage: Stage, span: tuple[int, int], objects: float, rng: np.random.Generator
) -> list[Role]:
    """Roles inside one stretch: every frame has somebody, and ``objects`` are there on average."""
    length = span[1] - span[0]
    crowd = np.zeros(length, np.int64)
    roles: list[Role] = []
    for _ in range(_TRIES * max(1, round(objects))):
        if crowd.sum() >= objects * length and crowd.min() > 0:
            break
        role = _audition(cast, stage, length, rng)
        if role is None:
            continue
        empty = int(np.argmin(crowd))
        lead = int(rng.integers(0, max(role.frames // 2, 1)))
        start = int(np.clip(empty - lead, 0, length - role.frames))
        if crowd.sum() >= objects * length and crowd[start : start + role.frames].min() > 0:
            continue
        crowd[start : start + role.frames] += 1
        roles.append(replace(role, start=span[0] + start))
    if not roles:
        raise UsageError("nobody of the cast crosses the picture; give other clips of people or vehicles")
    return roles


def _audition(cast: Sequence[Actor], stage: Stage, longest: int, rng: np.random.Generator) -> Role | None:
    """A random actor on its way right through the picture, None when that takes too long or too short."""
    index = int(rng.integers(len(cast)))
    actor = cast[index]
    tall = float(np.median(actor.boxes[:, 3] - actor.boxes[:, 1]))
    wish = stage.height * (_size_of(actor) * rng.uniform(0.75, 1.3))
    role = Role(
        id=0,
        actor=index,
        mirrored=bool(rng.integers(2)),
        scale=float(wish / tall),
        origin=(float(rng.uniform(0.25, 0.75) * stage.width), float(rng.uniform(0.45, 0.95) * stage.height)),
        first=0.0,
        pace=actor.fps / stage.fps,
        start=0,
        frames=0,
    )
    limit = round(min(_LONGEST * stage.fps, longest))
    last = next((k for k in range(limit) if not _visible(actor, role, stage, k + 1)), limit)
    first = -next((k for k in range(limit) if not _visible(actor, role, stage, -k - 1)), limit)
    frames = last - first + 1
    if not _SHORTEST * stage.fps <= frames <= limit:
        return None
    return replace(role, first=first * role.pace, frames=frames)


def _size_of(actor: Actor) -> float:
    """Usual height of the object, as a share of the picture's."""
    share = float(np.median(actor.boxes[:, 3] - actor.boxes[:, 1])) / actor.size[1]
    return float(np.clip(share, 0.1, 0.4))


def _visible(actor: Actor, role: Role, stage: Stage, k: int) -> bool:
    x1, y1, x2, y2 = box_of(actor, role, k)
    return bool(x2 > 1 and y2 > 1 and x1 < stage.width - 1 and y1 < stage.height - 1)


def box_of(actor: Actor, role: Role, k: float) -> NDArray[np.float64]:
    """The actor's box at the role's frame k, xyxy output pixels, float64 ``(4,)``, unclipped."""
    index, x, y = place(actor, role, k)
    width, height = (actor.boxes[index, 2:] - actor.boxes[index, :2]) * role.scale
    return np.array([x - width / 2, y - height, x + width / 2, y], np.float64)
