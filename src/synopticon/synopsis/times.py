"""What the camera's clock showed: local time of a frame, or the time elapsed when no clock is known."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from synopticon.values.footage import Footage, GapReason, SourceFile

DAY = 86400.0


def elapsed(seconds: float) -> str:
    """Seconds as ``h:mm:ss``.

    >>> elapsed(3723.9)
    '1:02:03'
    """
    whole = max(int(seconds), 0)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


@dataclass(frozen=True, slots=True)
class SourceTimes:
    """Local times of a footage.

    ``epochs[i]`` is the camera's local time of file i's first frame as seconds since 1970-01-01 *local* time
    (None = unknown), ``offsets[i]`` that frame's place on the timeline, ``begins[i]`` that of the recording
    it is of (after the last stretch that is missing). ``dated``: the footage touches more
    than one day, so a time of day alone would be ambiguous.
    """

    epochs: tuple[float | None, ...]
    offsets: tuple[float, ...]
    duration: float
    dated: bool
    begins: tuple[float, ...] = ()

    @staticmethod
    def of(footage: Footage) -> "SourceTimes":
        """The local times of this footage."""
        epochs = tuple(_local_epoch(f) for f in footage.files)
        offsets = tuple(f.offset for f in footage.files)
        ends = [
            epoch + part
            for file, epoch in zip(footage.files, epochs, strict=True)
            if epoch is not None
            for part in (0.0, file.duration)
        ]
        days = {int(end // DAY) for end in ends}
        missing = [g.end for g in footage.gaps if g.reason is GapReason.MISSING]
        begins = tuple(max((m for m in missing if m <= o), default=0.0) for o in offsets)
        return SourceTimes(epochs, offsets, footage.duration, len(days) > 1, begins)

    @property
    def known(self) -> bool:
        """Whether any file has a clock."""
        return any(epoch is not None for epoch in self.epochs)

    def local(self, file: int, time: float) -> float | None:
        """Local seconds since 1970-01-01 of timeline second ``time`` in ``file``, or None."""
        epoch = self.epochs[file] if 0 <= file < len(self.epochs) else None
        return None if epoch is None else epoch + (time - self.offsets[file])

    def text(self, file: int, time: float) -> str:
        """``14:03:22``, with ``11-24 `` before it when days differ; ``h:mm:ss`` elapsed without a clock."""
        local = self.local(file, time)
        if local is None:
            return elapsed(time - (self.begins[file] if 0 <= file < len(self.begins) else 0.0))
        shape = "%m-%d %H:%M:%S" if self.dated else "%H:%M:%S"
        return datetime.fromtimestamp(int(local // 1), UTC).strftime(shape)

    def day_share(self, file: int, time: float) -> float:
        """Share of the day that has passed, 0..1; of the footage when no clock is known."""
        local = self.local(file, time)
        if local is None:
            return min(max(time / self.duration, 0.0), 1.0) if self.duration else 0.0
        return local % DAY / DAY


def _local_epoch(file: SourceFile) -> float | None:
    start = file.clock.start
    if start is None or file.error:
        return None
    if not file.clock.zone:
        return start
    try:
        shift = datetime.fromtimestamp(start, ZoneInfo(file.clock.zone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OverflowError):
        return start
    return start + (shift.total_seconds() if shift else 0.0)
