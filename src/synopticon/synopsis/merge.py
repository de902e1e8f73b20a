"""Several analysed recordings of one camera as one, so that objects of different days are shown together.

Their timelines are laid one after another, as far apart as they were recorded; nothing is copied: sprites are
still read from where each recording keeps them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from synopticon.values.footage import Footage, Gap, GapReason
from synopticon.values.scene import Background, Bank
from synopticon.values.traits import Traits
from synopticon.values.tube import BlobRef, SpriteKind, SpriteStore, Tube

_PAUSE = 60.0  # seconds between recordings whose clocks are unknown
_GREY = 110  # luma of the ground where no empty scene may be shown


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """An analysed recording: what was probed, its tubes, where its sprites are.

    ``bank`` opens its empty scenes (None: none may be shown) when they are to be drawn: a plan needs none.
    ``scene_times``: start and end of each of them, seconds; ``traits``: what else is known of the tubes.
    """

    footage: Footage
    bank: Callable[[], Bank | None]
    tubes: tuple[Tube, ...]
    store: SpriteStore
    scene_times: Callable[[], Sequence[tuple[float, float]]] = tuple
    traits: Callable[[], Traits | None] = Traits.empty

    def needed(self) -> tuple[tuple[int, float, float], ...]:
        """The scenes in whose time something is shown: number in the bank, start, end; else the first."""
        middles = [(t.track.start + t.track.end) / 2 for t in self.tubes]
        every = [(n, a, b) for n, (a, b) in enumerate(self.scene_times())]
        return tuple(s for s in every if any(s[1] <= m < s[2] for m in middles)) or tuple(every[:1])


@dataclass(frozen=True, eq=False)
class Merged:
    """Several recordings as one; it has what composing asks of a store. ``shifts``: seconds, of each part."""

    footage: Footage
    tubes: tuple[Tube, ...]
    parts: tuple[Part, ...]
    shifts: tuple[float, ...]

    @cached_property
    def bank(self) -> Bank:
        """The empty scenes in whose time something is shown."""
        both = zip(self.parts, self.shifts, strict=True)
        return Bank(tuple(_scene(s, shift) for part, shift in both for s in _needed(part)))

    def blob(self, kind: SpriteKind, ref: BlobRef) -> bytes:
        """The bytes of a sprite video, from the recording that it is of."""
        number, _, part = ref.part.partition("/")
        return self.parts[int(number)].store.blob(kind, replace(ref, part=part))


def merge(parts: Sequence[Part]) -> Merged:
    """One recording of several, all of one camera and one size of picture, at least one."""
    parts = sorted(parts, key=_order)
    shifts = _shifts([p.footage for p in parts])
    first_file = np.cumsum([0, *(len(p.footage.files) for p in parts)]).tolist()
    files, gaps, tubes = [], [], []
    end = 0.0
    for n, (part, shift, first) in enumerate(zip(parts, shifts, first_file, strict=False)):
        if n and shift > end:
            gaps.append(Gap(end, shift, GapReason.MISSING, detail="between two recordings"))
        files += [replace(f, offset=f.offset + shift) for f in part.footage.files]
        gaps += [_gap(g, shift, first) for g in part.footage.gaps]
        tubes += [_tube(t, n, shift, first) for t in part.tubes]
        end = shift + part.footage.duration
    camera, notes = parts[0].footage.camera, dict.fromkeys(n for p in parts for n in p.footage.notes)
    footage = Footage(camera, tuple(files), tuple(gaps), tuple(notes))
    return Merged(footage, tuple(tubes), tuple(parts), tuple(shifts))


def _order(part: Part) -> tuple[bool, float, str]:
    """By their clocks; those without one last."""
    start = part.footage.start_utc
    return start is None, start or 0.0, part.footage.readable[0].sha256


def alike(parts: Iterable[Part]) -> list[list[Part]]:
    """Recordings that can be shown on one ground, by size and coding of the picture."""
    groups: dict[tuple[object, ...], list[Part]] = {}
    for p in parts:
        file = p.footage.readable[0]
        groups.setdefault((file.width, file.height, file.full_range, file.colour_matrix), []).append(p)
    return list(groups.values())


def _shifts(footages: Sequence[Footage]) -> list[float]:
    """Where each timeline begins: by its clock, and never before the one before it ends.

    Recordings that overlap come one after another, so that no moment has two scenes; times that are shown are
    those of each file's own clock.
    """
    begin = footages[0].start_utc
    shifts: list[float] = []
    end = 0.0
    for footage in footages:
        start = footage.start_utc
        known = start - begin if start is not None and begin is not None else end + _PAUSE * bool(shifts)
        shifts.append(max(known, end))
        end = shifts[-1] + footage.duration
    return shifts


def _gap(gap: Gap, shift: float, first: int) -> Gap:
    file = gap.file + first if gap.file >= 0 else -1
    return replace(gap, start=gap.start + shift, end=gap.end + shift, file=file)


def _scene(scene: Background, shift: float) -> Background:
    return replace(scene, start=scene.start + shift, end=scene.end + shift)


def _needed(part: Part) -> list[Background]:
    """The scenes in whose time something is shown; a grey one where there is none to show."""
    bank = part.bank()
    scenes = bank.scenes if bank else ()
    own = replace(part, scene_times=lambda: [(s.start, s.end) for s in scenes])
    return [scenes[n] for n, _, _ in own.needed()] or [grey(part.footage)]


def grey(footage: Footage) -> Background:
    """A plain ground, where no empty scene may be shown."""
    width, height = footage.width, footage.height
    half = np.full(((height + 1) // 2, (width + 1) // 2), 128, np.uint8)
    small = np.full((-(-height // 4), -(-width // 4)), _GREY, np.float32)
    y = np.full((height, width), _GREY, np.uint8)
    quiet = np.zeros(small.shape, np.bool_)
    return Background(0.0, footage.duration, y, half, half, small, np.ones_like(small), quiet, 4)


def _tube(tube: Tube, number: int, shift: float, first: int) -> Tube:
    def moved(refs: tuple[BlobRef, ...]) -> tuple[BlobRef, ...]:
        return tuple(replace(ref, part=f"{number}/{ref.part}") for ref in refs)

    t = tube.track
    track = replace(t, file=(t.file + first).astype(np.int32), times=t.times + shift)
    return replace(tube, track=track, picture=moved(tube.picture), clear=moved(tube.clear))
