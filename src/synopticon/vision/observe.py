"""Pass 1: what moves and what it is, frame after frame, for one stretch of the footage."""

import math
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from synopticon.footage.read import open_reader
from synopticon.values.detection import Boxes, Detections
from synopticon.values.footage import Footage, Gap
from synopticon.values.frame import Frame
from synopticon.values.scene import Bank
from synopticon.vision.checks import Checker, Checks
from synopticon.vision.detect import Detector
from synopticon.vision.geometry import areas, overlaps
from synopticon.vision.look import LookSettings, look, looks_of, moving_share
from synopticon.vision.motion import Motion, MotionSettings, find_motion
from synopticon.vision.observations import Observations, ObservationsBuilder


@dataclass(frozen=True, slots=True)
class ObserveSettings:
    """How often: at key frames alone (``keys_only``), or at these rates in Hz.

    ``watch_rate``: motion is looked for. ``look_rate``: the detector runs, only where something moves; but
    for every ``thorough``-th time only where it is not clear that the same single object moved on.
    """

    keys_only: bool = False
    watch_rate: float = 13.0
    look_rate: float = 6.0
    thorough: int = 3
    motion: MotionSettings = field(default_factory=MotionSettings)
    look: LookSettings = field(default_factory=LookSettings)


_ALIKE = 1.5  # two blobs are of about one size below this ratio of their areas


@dataclass(frozen=True, slots=True)
class Turn:
    """What is done with a frame: look for motion, run the detector, and that on everything that moves."""

    watch: bool
    look: bool
    thorough: bool


class Cadence:
    """Says what is done with each frame: a function of its time and of the frame before it."""

    def __init__(self, rate: Fraction, settings: ObserveSettings) -> None:
        self._rate = float(rate)
        self._always = settings.keys_only
        self._watch = max(1, round(self._rate / settings.watch_rate))
        self._look = self._watch * max(1, round(self._rate / self._watch / settings.look_rate))
        self._thorough = self._look * settings.thorough
        self._before: int | None = None

    @property
    def interval(self) -> float:
        """Seconds from one watched frame to the next."""
        return self._watch / self._rate

    @property
    def lead_in(self) -> float:
        """Seconds after which the cadence no longer depends on where one began."""
        return (2 * self._thorough + 2) / self._rate

    def next(self, time: float) -> Turn:
        """The turn of the frame at ``time`` (seconds in its file)."""
        k = math.floor(time * self._rate + 0.5)
        before, self._before = self._before, k
        if self._always or before is None or k < before:
            return Turn(watch=True, look=True, thorough=True)
        return Turn(
            watch=k // self._watch != before // self._watch,
            look=k // self._look != before // self._look,
            thorough=k // self._thorough != before // self._thorough,
        )


class Attention:
    """Follows blobs from one watched frame to the next, to tell which plainly moved on from the last look.

    A blob is clear as long as it holds one single object and each blob on its way touched one other only, of
    about its size.
    """

    def __init__(self) -> None:
        self._blobs: Boxes = np.zeros((0, 4), np.float32)
        self._clear: NDArray[np.bool_] = np.zeros(0, np.bool_)

    def follow(self, blobs: Boxes) -> None:
        """Take in the blobs of the next watched frame."""
        if not len(self._blobs) or not len(blobs):
            self._blobs, self._clear = blobs, np.zeros(len(blobs), np.bool_)
            return
        touching = overlaps(blobs, self._blobs) > 0
        partner = touching.argmax(1)
        alone = (touching.sum(1) == 1) & (touching[:, partner].sum(0) == 1)
        ratio = areas(blobs) / np.maximum(areas(self._blobs)[partner], 1)
        alike = (ratio > 1 / _ALIKE) & (ratio < _ALIKE)
        self._clear = np.asarray(alone & alike & self._clear[partner])
        self._blobs = blobs

    @property
    def unclear(self) -> Boxes:
        """The blobs of this frame that must be looked at, ``(n, 4)``."""
        return self._blobs[~self._clear]

    def remember(self, found: Detections, *, thorough: bool) -> None:
        """Take in what was found; ``thorough``: all blobs were looked at, not only unclear ones."""
        inside = overlaps(self._blobs, found.boxes) > 0.5 * areas(found.boxes)[None]
        single = (inside & (found.scores > 0.25)[None]).sum(1) <= 1
        self._clear = single if thorough else self._clear | single


def observe(
    footage: Footage,
    bank: Bank,
    start: float,
    end: float,
    detector: Detector | None,
    settings: ObserveSettings,
    *,
    threads: int = 1,
) -> tuple[Observations, tuple[Gap, ...], Checks]:
    """Watch the frames with ``start <= time < end`` (seconds on the timeline).

    A pure function of the frames, the bank and the settings: a second of lead-in settles the cadence and the
    attention, and nothing else is carried from one stretch to the next. Also returns the gaps that decoding
    met, and how whole pictures compared with the scene.
    """
    watcher = Watcher(footage, bank, detector, settings)
    lead_in = max(0.0, start - Cadence(footage.frame_rate, settings).lead_in)
    with open_reader(footage, lead_in, end, keys_only=settings.keys_only, threads=threads) as reader:
        for frame in reader:
            watcher.see(frame)
        seen = watcher.builder.build()
        first = int(np.searchsorted(seen.time, start))
        gaps = tuple(g for g in reader.gaps if g.end > start)
        return seen.part(first, len(seen)), gaps, watcher.checker.build().since(start)


class Watcher:
    """Sees one frame after the other. ``bank`` may be changed between two of them."""

    def __init__(
        self, footage: Footage, bank: Bank, detector: Detector | None, settings: ObserveSettings
    ) -> None:
        self.builder = ObservationsBuilder()
        self.checker = Checker()
        self._footage = footage
        self.bank = bank
        self._detector = detector
        self._settings = settings
        self._file = -1

    def collect(self) -> tuple[Observations, Checks]:
        """What was seen since this was last asked for, frames counted from 0; it is not kept."""
        seen, checks = self.builder.build(), self.checker.build()
        self.builder, self.checker = ObservationsBuilder(), self.checker.again()
        return seen, checks

    def _turn(self, frame: Frame) -> Turn:
        file = self._footage.files[frame.file]
        if frame.file != self._file:
            self._file = frame.file
            self._cadence = Cadence(file.frame_rate, self._settings)
            self._attention = Attention()
        return self._cadence.next(frame.time - file.offset)

    def see(self, frame: Frame) -> None:
        """Watch a frame, and look at it when it is time to."""
        turn = self._turn(frame)
        looking = turn.look and self._detector is not None
        self.builder.add_frame(frame.file, frame.pts, frame.time, watched=turn.watch, looked=looking)
        if not turn.watch:
            return
        scene = self.bank.at(frame.time)
        self.checker.see(frame, self._footage.files[frame.file].offset, scene)
        motion = find_motion(frame, scene, self._settings.motion)
        self._attention.follow(motion.boxes)
        if len(motion.boxes):
            self.builder.add_blobs(motion.boxes, motion.areas, looks_of(frame, motion.boxes))
        if looking:
            self._look(frame, motion, thorough=turn.thorough)

    def _look(self, frame: Frame, motion: Motion, *, thorough: bool) -> None:
        assert self._detector is not None, "looking needs a detector"
        where = motion.boxes if thorough else self._attention.unclear
        if not len(where):
            return
        found = look(frame, where, self._detector, self._settings.look)
        self._attention.remember(found, thorough=thorough)
        if len(found):
            shares = moving_share(motion, found.boxes)
            looks = looks_of(frame, found.boxes)
            self.builder.add_detections(found.boxes, found.scores, found.classes, shares, looks)
