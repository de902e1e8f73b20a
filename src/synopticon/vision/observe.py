"""Pass 1: what moves and what it is, frame after frame, for one stretch of the footage."""

import math
from dataclasses import dataclass, field
from fractions import Fraction

from synopticon.footage.read import open_reader
from synopticon.values.footage import Footage, Gap
from synopticon.values.frame import Frame
from synopticon.values.scene import Bank
from synopticon.vision.detect import Detector
from synopticon.vision.look import LookSettings, look, looks_of, moving_share
from synopticon.vision.motion import Motion, MotionSettings, find_motion
from synopticon.vision.observations import Observations, ObservationsBuilder


@dataclass(frozen=True, slots=True)
class ObserveSettings:
    """How often: at key frames alone (``keys_only``), or at these rates in Hz.

    ``watch_rate``: motion is looked for; ``look_rate``: the detector runs, only where something moves.
    """

    keys_only: bool = False
    watch_rate: float = 13.0
    look_rate: float = 6.0
    motion: MotionSettings = field(default_factory=MotionSettings)
    look: LookSettings = field(default_factory=LookSettings)


class Cadence:
    """Says which frames are watched and looked at: a function of each frame's time and the one before it."""

    def __init__(self, rate: Fraction, settings: ObserveSettings) -> None:
        self._rate = float(rate)
        self._watch = max(1, round(self._rate / settings.watch_rate))
        self._look = self._watch * max(1, round(self._rate / self._watch / settings.look_rate))
        self._before: int | None = None

    def next(self, time: float) -> tuple[bool, bool]:
        """Whether the frame at ``time`` (seconds in its file) is watched, and looked at."""
        k = math.floor(time * self._rate + 0.5)
        before, self._before = self._before, k
        if before is None or k < before:
            return True, k % self._look == 0
        return k // self._watch != before // self._watch, k // self._look != before // self._look


def observe(
    footage: Footage,
    bank: Bank,
    start: float,
    end: float,
    detector: Detector | None,
    settings: ObserveSettings,
    *,
    threads: int = 1,
) -> tuple[Observations, tuple[Gap, ...]]:
    """Watch the frames with ``start <= time < end`` (seconds on the timeline).

    A pure function of the frames, the bank and the settings: two frames of lead-in settle the cadence, and
    nothing is carried from one stretch to the next. Also returns the gaps met while decoding.
    """
    builder = ObservationsBuilder()
    cadence = Cadence(footage.frame_rate, settings)
    lead_in = max(0.0, start - 3 / float(footage.frame_rate))
    with open_reader(footage, lead_in, end, keys_only=settings.keys_only, threads=threads) as reader:
        file = -1
        for frame in reader:
            if frame.file != file:
                file, cadence = frame.file, Cadence(footage.files[frame.file].frame_rate, settings)
            watched, looking = cadence.next(frame.time - footage.files[file].offset)
            if frame.time < start:
                continue
            every = settings.keys_only
            _see(frame, bank, detector, builder, settings, watched=watched or every, looking=looking or every)
        return builder.build(), tuple(g for g in reader.gaps if g.end > start)


def _see(
    frame: Frame,
    bank: Bank,
    detector: Detector | None,
    builder: ObservationsBuilder,
    settings: ObserveSettings,
    *,
    watched: bool,
    looking: bool,
) -> None:
    motion = find_motion(frame, bank.at(frame.time), settings.motion) if watched or looking else None
    moved = motion is not None and len(motion.boxes) > 0
    looked = looking and detector is not None
    builder.add_frame(frame.file, frame.pts, frame.time, watched=motion is not None, looked=looked)
    if motion is None or not moved:
        return
    builder.add_blobs(motion.boxes, motion.areas, looks_of(frame, motion.boxes))
    if looked and detector is not None:
        _add_detections(frame, motion, detector, builder, settings)


def _add_detections(
    frame: Frame, motion: Motion, detector: Detector, builder: ObservationsBuilder, settings: ObserveSettings
) -> None:
    found = look(frame, motion, detector, settings.look)
    if len(found):
        shares = moving_share(motion, found.boxes)
        builder.add_detections(found.boxes, found.scores, found.classes, shares, looks_of(frame, found.boxes))
