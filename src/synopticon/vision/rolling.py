"""The pipeline on pictures that come now: the same steps, over the last seconds instead of a whole recording.

pictures -> the empty scene of the last minutes (``learn_scene``, as pass 0 does for an epoch) -> observations
(``Watcher``, pass 1) -> tracks (``build_tracks``) of the last ``window`` seconds, joined with what was known
of the same objects before. What is older than ``settled`` seconds is not touched any more. Everything is
bounded: pictures of the scene, observations, tracks and their samples; so memory is that of the first minutes
for ever.
"""

import os
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import scipy
from numpy.typing import NDArray

from synopticon.values.footage import Clock, Footage, SourceFile
from synopticon.values.frame import Frame
from synopticon.values.live import LIVE_BASE
from synopticon.values.scene import Bank
from synopticon.values.track import Track
from synopticon.vision.background import learn_scene
from synopticon.vision.checks import Checks
from synopticon.vision.detect import Detector
from synopticon.vision.geometry import paired_iou
from synopticon.vision.observations import Observations
from synopticon.vision.observe import ObserveSettings, Watcher
from synopticon.vision.sampling import Pictures, join, own
from synopticon.vision.track import TrackSettings, build_tracks

SAME = 0.5  # IoU of boxes of one time: they are of one object
_COLUMNS = ("file", "pts", "times", "boxes", "observed")
SHARED = 2  # boxes of one time that must be compared
MODEST = 10  # niceness of learning: looking comes first


@dataclass(frozen=True, slots=True)
class RollingSettings:
    """How much is kept. Seconds, unless something else is said.

    ``learn``: pictures are looked at for so long before anything is looked for; ``span``: the empty scene is
    that of so long; ``pictures``: as many show it. ``window``: tracks are built anew over it; ``settled``:
    before it they stay as they are. ``ended``: tracks are kept after their end, at most ``tracks`` of them,
    ``samples`` of each; after ``dense`` only two boxes a second are.
    """

    learn: float = 5.0
    span: float = 600.0
    pictures: int = 24
    window: float = 15.0
    settled: float = 8.0
    ended: float = 180.0
    tracks: int = 400
    dense: float = 60.0
    samples: int = 7200
    checks: int = 600


def live_footage(
    camera: str, name: str, size: tuple[int, int], rate: float, start: float, zone: str = ""
) -> Footage:
    """A stream as footage: one file, without an end, whose time 0 is ``start`` (POSIX seconds).

    ``name``: hexadecimal, what the ids of tracks begin with, as the digest of a file does.
    """
    file = SourceFile(
        Path(camera), 0, name, width=size[0], height=size[1], time_base=LIVE_BASE,
        end_pts=2**62, frame_rate=Fraction(rate).limit_denominator(1001),
        clock=Clock(start, "arrival", 1.0, zone),
    )  # fmt: skip
    return Footage(camera, (file,))


class Samples:
    """Pictures spread over the last ``span`` seconds: every other is let go each time that they are many."""

    def __init__(self, settings: RollingSettings) -> None:
        self._settings = settings
        self._kept: list[Frame] = []
        self._step = settings.learn / 10
        self._due = 0.0

    def offer(self, frame: Frame) -> None:
        """Keep the frame if it is time for one."""
        if frame.time < self._due or frame.corrupt:
            return
        self._due = frame.time + self._step
        self._kept.append(own(frame))
        most, span = self._settings.pictures, self._settings.span
        if len(self._kept) > most and self._step * most < span:
            self._kept = self._kept[::-2][::-1]
            self._step *= 2
        elif len(self._kept) > most:
            del self._kept[0]

    @property
    def pictures(self) -> Pictures:
        """What is kept."""
        return join(list(self._kept))

    @property
    def seconds(self) -> float:
        """From the first to the last."""
        return self._kept[-1].time - self._kept[0].time if self._kept else 0.0


@dataclass
class Rolling:
    """One camera's pictures, from its opening on; ``footage``: see ``live_footage``."""

    footage: Footage
    detector: Detector | None
    observe: ObserveSettings = field(default_factory=ObserveSettings)
    track: TrackSettings = field(default_factory=TrackSettings)
    settings: RollingSettings = field(default_factory=RollingSettings)
    tracks: tuple[Track, ...] = ()
    bank: Bank | None = None
    now: float = 0.0
    begun: float | None = None  # when something was looked for first, seconds

    def __post_init__(self) -> None:
        self._samples = Samples(self.settings)
        self._watcher: Watcher | None = None
        self._seen: deque[Observations] = deque()
        self._checks: deque[Checks] = deque()
        self._learned_at = 0.0
        self._learning: threading.Thread | None = None

    def see(self, frame: Frame) -> None:
        """Take in the next picture."""
        self.now = frame.time
        self._samples.offer(frame)
        if self._watcher is not None:
            self._watcher.see(frame)
        self._learn()

    def _learn(self) -> None:
        """Learn the scene when it is due: soon at first, then each time twice as much was seen.

        Beside looking, even at first: pictures that waited for it would all be late, and those after them.
        """
        if self._learning is not None and self._learning.is_alive():
            return
        wait = min(self._learned_at, self.settings.span / 4)
        if self._samples.seconds < self.settings.learn or self.now < self._learned_at + wait:
            return
        self._learned_at = self.now
        self._learning = threading.Thread(target=self._relearn, args=(self._samples.pictures,), daemon=True)
        self._learning.start()

    def _relearn(self, pictures: Pictures) -> None:
        with suppress(AttributeError, OSError):  # where a thread has a priority of its own: Linux
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), MODEST)
        motion = self.observe.motion
        self.bank = Bank((learn_scene(pictures, float(pictures.times[0]), float("inf"), motion),))
        if self._watcher is None:
            self._watcher = Watcher(self.footage, self.bank, self.detector, self.observe)
            self.begun = self.now
        else:
            self._watcher.bank = self.bank

    def build(self) -> tuple[Track, ...]:
        """The tracks as they are known now."""
        if self._watcher is None:
            return ()
        seen, checks = self._watcher.collect()
        self._take(seen, checks)
        whole = Observations.join([*self._seen]) if self._seen else seen
        file = self.footage.files[0]
        fresh, _ = build_tracks(whole, [file.sha256], file.width, file.height, self.track)
        known = joined(self.tracks, fresh, self.now - self.settings.settled)
        self.tracks = kept(known, self.now, self.settings)
        return self.tracks

    def _take(self, seen: Observations, checks: Checks) -> None:
        if len(seen):
            self._seen.append(seen)
        while self._seen and self._seen[0].time[-1] < self.now - self.settings.window:
            self._seen.popleft()
        if len(checks):
            self._checks.append(checks)
        while len(self._checks) > self.settings.checks:
            self._checks.popleft()

    def checks(self) -> Checks:
        """How whole pictures compared with the scene, over the last minutes."""
        return Checks.join([*self._checks])


def joined(known: Sequence[Track], fresh: Sequence[Track], settled: float) -> tuple[Track, ...]:
    """What is known of each object: as it was before ``settled`` (seconds), and as it is seen now since.

    A track goes on under its id where a fresh one has the same boxes at the same times. What is known since
    ``settled`` and not seen any more is forgotten.
    """
    partner = _partners(known, fresh)
    found = []
    for n, track in enumerate(known):
        old = _part(track, track.times < settled)
        new = fresh[partner[n]] if n in partner else None
        if new is not None:
            found.append(_one(track, old, new, settled))
        elif old is not None:
            found.append(old)
    taken = set(partner.values())
    return (*found, *(t for k, t in enumerate(fresh) if k not in taken))


def _one(known: Track, old: Track | None, new: Track, settled: float) -> Track:
    late = _part(new, new.times >= settled) if old is not None else new
    if old is None or late is None:
        return replace(new if old is None else old, id=known.id)
    longer = max((old, late), key=lambda t: (t.label != "object", len(t)))
    both = {name: np.concatenate([getattr(old, name), getattr(late, name)]) for name in _COLUMNS}
    return Track(known.id, longer.label, longer.score, **both)


def _partners(known: Sequence[Track], fresh: Sequence[Track]) -> dict[int, int]:
    """Which fresh track goes on with which known one, one each."""
    if not known or not fresh:
        return {}
    first = min(float(t.times[0]) for t in fresh)
    alike = np.zeros((len(known), len(fresh)))
    for a, old in enumerate(known):
        if old.times[-1] < first:
            continue
        for b, new in enumerate(fresh):
            alike[a, b] = _alike(old, new)
    rows, columns = scipy.optimize.linear_sum_assignment(-alike)
    return {int(a): int(b) for a, b in zip(rows, columns, strict=True) if alike[a, b] >= SAME}


def _alike(a: Track, b: Track) -> float:
    """The mean IoU of two tracks at the times that both have; 0 where there are hardly any."""
    _, mine, theirs = np.intersect1d(a.pts, b.pts, assume_unique=True, return_indices=True)
    if len(mine) < SHARED:
        return 0.0
    return float(np.mean(paired_iou(a.boxes[mine], b.boxes[theirs])))


def _part(track: Track, which: NDArray[np.bool_]) -> Track | None:
    """Some samples of a track; None where there are none."""
    if not which.any():
        return None
    return Track(track.id, track.label, track.score, **{n: getattr(track, n)[which] for n in _COLUMNS})


def kept(tracks: Sequence[Track], now: float, settings: RollingSettings) -> tuple[Track, ...]:
    """The newest tracks, with no more samples each than the settings say."""
    there = [t for t in tracks if t.times[-1] >= now - settings.ended]
    there = sorted(there, key=lambda t: float(t.times[-1]))[-settings.tracks :]
    return tuple(_thinned(t, now, settings) for t in there)


def _thinned(track: Track, now: float, settings: RollingSettings) -> Track:
    """Two boxes a second, where they are old; the oldest are let go."""
    old = int(np.searchsorted(track.times, now - settings.dense))
    if old < 2:
        return track
    halves = np.floor(track.times[:old] * 2)
    keep = np.ones(len(track), np.bool_)
    keep[1:old] = np.diff(halves) > 0
    keep[: max(0, len(track) - settings.samples)] = False
    thinner = _part(track, keep)
    return track if keep.all() or thinner is None else thinner
