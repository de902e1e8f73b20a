"""Paints recordings whose truth is known exactly: cut-out people and vehicles on an empty scene.

With soft shadows, sensor noise, slow drift of the light and a drawn clock. Pasted edges make detection easier
than life: report results on composed footage beside those on real footage, never alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.footage.record import Gop, Picture, RecordingFormat, encode_gops
from synopticon.values.frame import Plane
from synopticon.vision.cast import Actor, Cutout, Scene
from synopticon.vision.staging import Role, place

# Per frame and object: recording frame, role id, x1, y1, x2, y2 (px, clipped), share of it that is seen.
TruthRows: TypeAlias = NDArray[np.float64]

_LEVELS = 24  # steps of the light's drift
_FIELDS = 8  # noise fields that alternate
_VARIANTS = 3  # different empty groups for each light
_SHADOW = 0.35  # how much light a shadow takes
_SOLID = 127  # alpha from which a pixel counts as the object's
_MIN_SEEN = 6  # px: a smaller rest of an object at the edge is not written down


@dataclass(frozen=True, slots=True)
class Look:
    """What makes it look recorded: noise in grey levels, drift of the light as a share, the clock."""

    noise: float = 2.0
    drift: float = 0.05
    clock: bool = True
    shadow: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class _Sprite:
    """A cutout at output size; ``left``, ``top``: its corner from the actor's foot."""

    left: float
    top: float
    y: Plane
    u: Plane
    v: Plane
    alpha: Plane
    small: Plane  # alpha of the colour planes
    shadow: Plane  # share of the light taken, 255 = all
    lean: float  # where the shadow's left side lies, from the foot


class Studio:
    """Paints any picture of one composed recording, and encodes stretches of it.

    A picture depends on nothing but its number: stretches may be painted in any order, by several threads.
    """

    def __init__(
        self,
        form: RecordingFormat,
        scene: Scene,
        cast: Sequence[Actor],
        roles: Sequence[Role],
        *,
        look: Look,
        seed: int,
        start: datetime,
        clock_jumps: Mapping[int, float] | None = None,
    ) -> None:
        self._form, self._scene, self._cast, self._look = form, scene, tuple(cast), look
        self._roles = tuple(roles)
        self._starts = np.array([r.start for r in roles], np.int64)
        self._ends = np.array([r.end for r in roles], np.int64)
        self._start = start
        self._jumps = dict(clock_jumps or {})
        self._seed = seed
        self._phase = np.random.default_rng((seed, 7)).uniform(0, 2 * np.pi, 2)
        self._noise = _noise(form, look.noise, seed)
        self._groups: dict[tuple[int, int], Gop] = {}
        self._lock = Lock()
        self._sprites = lru_cache(maxsize=32)(self._sprites_of)
        self._stamp = lru_cache(maxsize=8)(self._draw_clock)

    def present(self, first: int, last: int) -> list[Role]:
        """The roles that are on between two frames (``last`` not included)."""
        return [self._roles[i] for i in np.flatnonzero((self._starts < last) & (self._ends > first))]

    def picture(self, frame: int) -> tuple[Picture, TruthRows]:
        """Picture number ``frame`` of the recording, and the truth of it."""
        form = self._form
        y, u, v = self._scene.y.copy(), self._scene.u.copy(), self._scene.v.copy()
        rows = self._paint(frame, (y, u, v))
        level = self._level(frame // form.gop)
        y = self._lit(y, level)
        up, down = self._noise[self._field(frame)]
        y = cv2.subtract(cv2.add(y, up), down).astype(np.uint8)
        if self._look.clock:
            self._put_clock(y, u, v, frame)
        return (y, u, v), rows

    def gops(self, first: int, last: int, rows: list[TruthRows]) -> Iterator[Gop]:
        """Encode frames ``first``..``last - 1`` (``first`` on a group's border); truth is added to ``rows``.

        Groups in which nothing happens are encoded once for each light and used again, unless a clock runs.
        """
        for begin, end in self._stretches(first, last):
            full = (end - begin) % self._form.gop == 0
            if full and not self._look.clock and not self.present(begin, end):
                for group in range(begin // self._form.gop, end // self._form.gop):
                    yield self._empty(group)
            else:
                yield from encode_gops(self._form, self._painted(begin, end, rows))

    def clock(self, frame: int) -> datetime:
        """What the camera's clock shows at a frame."""
        shift = sum(seconds for at, seconds in self._jumps.items() if frame >= at)
        return self._start + timedelta(seconds=float(frame / self._form.fps) + shift)

    def _painted(self, first: int, last: int, rows: list[TruthRows]) -> Iterator[Picture]:
        for frame in range(first, last):
            planes, truth = self.picture(frame)
            if len(truth):
                rows.append(truth)
            yield planes

    def _stretches(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Cut into runs of whole groups in which all, or none, have somebody in them."""
        if self._look.clock:
            yield first, last
            return
        gop = self._form.gop
        begin, busy = first, None
        for at in range(first, last, gop):
            now = bool(self.present(at, at + gop)) or at + gop > last
            if busy is not None and now != busy:
                yield begin, at
                begin = at
            busy = now
        yield begin, last

    def _empty(self, group: int) -> Gop:
        key = (self._level(group), int(np.random.default_rng((self._seed, group)).integers(_VARIANTS)))
        with self._lock:
            if key not in self._groups:
                self._groups[key] = next(encode_gops(self._form, self._idle(*key)))
            return self._groups[key]

    def _idle(self, level: int, variant: int) -> Iterator[Picture]:
        y = self._lit(self._scene.y, level)
        for k in range(self._form.gop):
            up, down = self._noise[self._field(k + variant * self._form.gop)]
            yield cv2.subtract(cv2.add(y, up), down).astype(np.uint8), self._scene.u, self._scene.v

    def _level(self, group: int) -> int:
        """The light of a group: a slow wave, in steps."""
        seconds = float(group * self._form.gop / self._form.fps)
        phase = self._phase
        slow = float(np.sin(seconds / 1500 * 2 * np.pi + phase[0]))
        slower = float(np.sin(seconds / 4100 * 2 * np.pi + phase[1]))
        return round((0.4 * slow + 0.6 * slower + 1) / 2 * (_LEVELS - 1))

    def _lit(self, y: Plane, level: int) -> Plane:
        gain = 1 + self._look.drift * (2 * level / (_LEVELS - 1) - 1)
        table = np.clip(np.rint(np.arange(256) * gain), 0, 255).astype(np.uint8)
        return cv2.LUT(y, table).astype(np.uint8)

    def _field(self, frame: int) -> int:
        # A fixed shuffle: neighbours never share a noise field.
        return (frame * 5 + frame // _FIELDS * 3) % _FIELDS

    def _paint(self, frame: int, planes: Picture) -> TruthRows:
        """Draw everybody, the farthest first, and return the truth of the frame."""
        on = []
        for role in self.present(frame, frame + 1):
            index, x, y = place(self._cast[role.actor], role, frame - role.start)
            on.append((y, role.id, x, self._sprites(role)[index]))
        if not on:
            return np.zeros((0, 7))
        owner = np.zeros(planes[0].shape, np.uint8)
        stencils = []
        for slot, (y, number, x, sprite) in enumerate(sorted(on, key=lambda e: e[:2]), 1):
            if self._look.shadow:
                _shade(planes[0], sprite, x, y)
            stencils.append((number, _draw(planes, owner, slot, sprite, x, y)))
        counts = np.bincount(owner.ravel(), minlength=len(stencils) + 1)
        rows = [
            (frame, number, *box, counts[slot] / max(whole, 1))
            for slot, (number, (box, whole)) in enumerate(stencils, 1)
            if min(box[2] - box[0], box[3] - box[1]) >= _MIN_SEEN
        ]
        return np.array(rows, np.float64).reshape(-1, 7)

    def _sprites_of(self, role: Role) -> tuple[_Sprite, ...]:
        actor = self._cast[role.actor]
        flat = actor.label != "person"  # vehicles bring their own shadow
        return tuple(
            _sprite(cutout, box, role, flat) for cutout, box in zip(actor.cutouts, actor.boxes, strict=True)
        )

    def _put_clock(self, y: Plane, u: Plane, v: Plane, frame: int) -> None:
        stamp = self._stamp(self.clock(frame).replace(microsecond=0))
        h, w = stamp.shape
        y[8 : 8 + h, 8 : 8 + w] = stamp
        u[4 : 4 + h // 2, 4 : 4 + w // 2] = 128
        v[4 : 4 + h // 2, 4 : 4 + w // 2] = 128

    def _draw_clock(self, moment: datetime) -> Plane:
        size = self._form.height / 900
        text = moment.strftime("%Y-%m-%d %H:%M:%S")
        (w, h), _ = cv2.getTextSize("0000-00-00 00:00:00", cv2.FONT_HERSHEY_SIMPLEX, size, 1)
        box: Any = np.full(((h + 12) // 2 * 2, (w + 12) // 2 * 2), 16, np.uint8)
        cv2.putText(box, text, (6, h + 4), cv2.FONT_HERSHEY_SIMPLEX, size, (235,), 1, cv2.LINE_AA)
        return np.asarray(box, np.uint8)[:, : (self._form.width - 16) // 2 * 2]


def _noise(form: RecordingFormat, sigma: float, seed: int) -> list[tuple[Plane, Plane]]:
    """Noise fields as what to add and what to take away, uint8."""
    rng = np.random.default_rng((seed, 1))
    fields = []
    for _ in range(_FIELDS):
        values = np.rint(rng.normal(0, sigma, (form.height, form.width)))
        fields.append((np.clip(values, 0, 255).astype(np.uint8), np.clip(-values, 0, 255).astype(np.uint8)))
    return fields


def _sprite(cutout: Cutout, box: NDArray[np.float32], role: Role, flat: bool) -> _Sprite:
    h, w = cutout.y.shape
    size = (max(round(w * role.scale / 2), 1) * 2, max(round(h * role.scale / 2), 1) * 2)
    half = (size[0] // 2, size[1] // 2)
    foot = (float(box[0] + box[2]) / 2, float(box[3]))
    left = (cutout.x - foot[0]) * role.scale
    planes = [
        _resized(p, s, role.mirrored)
        for p, s in ((cutout.y, size), (cutout.u, half), (cutout.v, half), (cutout.alpha, size))
    ]
    shadow = np.zeros((2, 2), np.uint8) if flat else _shadow(planes[3])
    return _Sprite(
        left=-left - size[0] if role.mirrored else left,
        top=(cutout.y0 - foot[1]) * role.scale,
        y=planes[0],
        u=planes[1],
        v=planes[2],
        alpha=planes[3],
        small=_resized(planes[3], half, False),
        shadow=shadow,
        lean=-shadow.shape[1] * 0.25,
    )


def _resized(plane: Plane, size: tuple[int, int], mirrored: bool) -> Plane:
    shrink = size[0] < plane.shape[1]
    made = cv2.resize(plane, size, interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR)
    return np.ascontiguousarray(made[:, ::-1] if mirrored else made, np.uint8)


def _shadow(alpha: Plane) -> Plane:
    """The object's shape laid on the ground to the right, soft: share of light taken, ``(h/3, 2w)``."""
    h, w = alpha.shape
    tall = max(h // 3, 4)
    lean = np.array([[1.0, -0.9 * w / tall, w], [0, tall / h, 0]], np.float32)
    laid = cv2.warpAffine(alpha, lean, (2 * w, tall))
    blur = max(h // 24, 1) * 2 + 1
    return np.asarray(cv2.GaussianBlur(laid, (blur, blur), 0) * _SHADOW, np.uint8)


def _shade(y: Plane, sprite: _Sprite, x: float, foot: float) -> None:
    h, w = sprite.shadow.shape
    window = _window(round(x + sprite.lean), round(foot) - h, (w, h), y.shape)
    if window is not None:
        there, mine = window
        y[there] = (y[there] * (1 - sprite.shadow[mine] / np.float32(255))).astype(np.uint8)


def _draw(
    planes: Picture, owner: Plane, slot: int, sprite: _Sprite, x: float, foot: float
) -> tuple[tuple[int, int, int, int], int]:
    """Blend a sprite in; returns its box in the picture (empty when outside) and its whole size in px."""
    left, top = round((x + sprite.left) / 2) * 2, round((foot + sprite.top) / 2) * 2
    solid = sprite.alpha > _SOLID
    h, w = sprite.alpha.shape
    window = _window(left, top, (w, h), planes[0].shape)
    if window is None:
        return (0, 0, 0, 0), int(solid.sum())
    there, mine = window
    _blend(planes[0], there, sprite.y[mine], sprite.alpha[mine])
    small = _window(left // 2, top // 2, (w // 2, h // 2), planes[1].shape)
    if small is not None:
        _blend(planes[1], small[0], sprite.u[small[1]], sprite.small[small[1]])
        _blend(planes[2], small[0], sprite.v[small[1]], sprite.small[small[1]])
    owner[there][solid[mine]] = slot
    return _bounds(solid[mine], there), int(solid.sum())


def _blend(plane: Plane, there: Any, colour: Plane, alpha: Plane) -> None:
    below = plane[there].astype(np.float32)
    plane[there] = np.rint(below + (colour - below) * (alpha / np.float32(255))).astype(np.uint8)


def _bounds(solid: NDArray[np.bool_], there: Any) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    if not len(rows):
        return 0, 0, 0, 0
    y, x = there[0].start, there[1].start
    return x + int(columns[0]), y + int(rows[0]), x + int(columns[-1]) + 1, y + int(rows[-1]) + 1


def _window(left: int, top: int, size: tuple[int, int], shape: tuple[int, ...]) -> Any:
    """Where a sprite lies in a picture and which part of it: two pairs of slices, None when outside."""
    x1, y1 = max(left, 0), max(top, 0)
    x2, y2 = min(left + size[0], shape[1]), min(top + size[1], shape[0])
    if x2 <= x1 or y2 <= y1:
        return None
    return (slice(y1, y2), slice(x1, x2)), (slice(y1 - top, y2 - top), slice(x1 - left, x2 - left))
