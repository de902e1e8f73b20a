"""Footage: one recording of one camera, and what is known of it."""

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path


class GapReason(StrEnum):
    """Why a stretch of time was not seen."""

    DAMAGED = "damaged"  # frames that are corrupt or cannot be decoded
    JUMP = "jump"  # the times in the file jump
    TRUNCATED = "truncated"  # the file ends before its declared duration
    MISSING = "missing"  # nothing was recorded between two segments
    UNREADABLE = "unreadable"  # a file that cannot be read at all
    SKIPPED = "skipped"  # left out by a setting such as --quick
    NOT_ANALYSED = "not analysed"  # the analysis has not come here (yet)


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of the footage's timeline that was not seen, in seconds."""

    start: float
    end: float
    reason: GapReason
    file: int = -1  # index into Footage.files; -1 = between files
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """What relates a file's own times to UTC.

    ``start`` is POSIX seconds (UTC) of the file's first frame, or ``None`` when unknown. ``uncertainty`` is
    in seconds. ``source`` says where it comes from: ``user``, ``sidecar``, ``name``, ``container`` or
    ``unknown``.
    """

    start: float | None = None
    source: str = "unknown"
    uncertainty: float = 0.0
    zone: str = ""  # IANA name of the camera's time zone; "" = the clock is local time without a zone


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One video file. Sizes are those of the displayed picture (rotated, square pixels)."""

    path: Path
    size_bytes: int
    sha256: str
    container: str = ""
    codec: str = ""
    pixel_format: str = ""
    width: int = 0
    height: int = 0
    coded_width: int = 0
    coded_height: int = 0
    rotation: int = 0  # degrees clockwise that the display asks for: 0, 90, 180, 270
    sample_aspect: Fraction = Fraction(1)
    interlaced: bool = False
    full_range: bool = False
    colour_matrix: str = "bt601"  # bt601 | bt709 | bt2020
    time_base: Fraction = Fraction(1, 90000)
    start_pts: int = 0  # pts of the first frame shown
    end_pts: int = 0  # pts just after the last frame shown
    frames: int = 0  # video packets found by demuxing
    keys: int = 0  # key frames among them that can be decoded by themselves
    frame_rate: Fraction = Fraction(25)  # average, from the times
    variable_rate: bool = False
    times: str = "pts"  # of frames: pts; dts, where pts are wrong; made: counted at the frame rate
    seekable: bool = True  # the times only grow, so a reader may jump to a key frame
    offset: float = 0.0  # where the first frame lies on the footage's timeline, seconds
    clock: Clock = field(default_factory=Clock)
    error: str = ""  # why it cannot be read; "" = readable

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return float((self.end_pts - self.start_pts) * self.time_base)

    def time_of(self, pts: int) -> float:
        """Seconds on the footage's timeline of a frame with this ``pts``."""
        base = self.time_base
        return self.offset + (pts - self.start_pts) * base.numerator / base.denominator


@dataclass(frozen=True, slots=True)
class Footage:
    """One recording of one camera: its files in time order, and the gaps that demuxing already shows."""

    camera: str
    files: tuple[SourceFile, ...]
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()  # things a user must know, one line each

    @property
    def readable(self) -> tuple[SourceFile, ...]:
        """The files that can be read."""
        return tuple(f for f in self.files if not f.error)

    @property
    def width(self) -> int:
        """Width of the picture: that of the first readable file."""
        return self.readable[0].width

    @property
    def height(self) -> int:
        """Height of the picture: that of the first readable file."""
        return self.readable[0].height

    @property
    def frame_rate(self) -> Fraction:
        """Frames per second: that of the first readable file."""
        return self.readable[0].frame_rate

    @property
    def duration(self) -> float:
        """Seconds from the first frame to the end of the last file, gaps included."""
        ends = [f.offset + f.duration for f in self.readable] + [gap.end for gap in self.gaps]
        return max(ends, default=0.0)

    @property
    def start_utc(self) -> float | None:
        """POSIX seconds of time 0 of the timeline, or None when the clock is unknown."""
        first = self.readable[0] if self.readable else None
        return first.clock.start - first.offset if first and first.clock.start is not None else None
