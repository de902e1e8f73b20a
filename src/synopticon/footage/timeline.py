"""Lays the files of a footage on one timeline: offsets, and the gaps that demuxing shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from synopticon.footage.decode import HOLE
from synopticon.footage.scan import Scan
from synopticon.values.footage import Clock, Gap, GapReason, SourceFile

_JITTER = 2.0  # seconds that the clocks of files which follow each other may disagree by
_HOLE_VARIABLE = 1.0  # seconds: with a variable rate, a longer hole between two pictures is a gap
_CUT = 0.5  # a file may end this much before its declared end


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A file, its packets (None when it cannot be read), and whether it only repeats another."""

    file: SourceFile
    scan: Scan | None
    repeats: bool = False


@dataclass(slots=True)
class _Line:
    """The timeline while it is laid."""

    files: list[SourceFile] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cursor: float = 0.0  # end of what was seen so far
    declared: float = 0.0  # where the last file says that it ends
    declared_by: int = -1
    base: float | None = None  # POSIX seconds of time 0, once a clock is known
    uncertainty: float = 0.0
    waiting: list[int] = field(default_factory=list)  # unreadable files since the last readable one


def lay(parts: Sequence[Part]) -> tuple[tuple[SourceFile, ...], tuple[Gap, ...], tuple[str, ...]]:
    """Give each file its offset in seconds, and return files, gaps in time order, and notes.

    Files follow each other by their clocks where these are known, else one right after the other.
    """
    line = _Line()
    for index, part in enumerate(parts):
        if part.scan is None:
            line.files.append(replace(part.file, offset=line.cursor))
            if not part.repeats:
                line.waiting.append(index)
        else:
            _place(line, index, part.file, part.scan)
    last = max((_told(line, number) for number in line.waiting), default=0.0)
    _bridge(line, max(line.declared, line.cursor, last))
    files = tuple(_with_clock(line, file) for file in line.files)
    return files, tuple(sorted(line.gaps, key=lambda g: (g.start, g.end))), tuple(line.notes)


def _place(line: _Line, index: int, file: SourceFile, scan: Scan) -> None:
    offset = _offset(line, file)
    _bridge(line, offset)
    file = replace(file, offset=offset)
    line.files.append(file)
    if line.base is None and file.clock.start is not None:
        line.base = file.clock.start - offset
    line.uncertainty = file.clock.uncertainty
    line.gaps += _jumps(file, index, scan)
    line.cursor = offset + file.duration
    line.declared, line.declared_by = line.cursor, index
    if scan.declared_end is not None:
        end = file.time_of(scan.declared_end)
        if end - line.cursor > max(_CUT, 3 * scan.step * float(file.time_base)):
            line.declared = end


def _offset(line: _Line, file: SourceFile) -> float:
    """Where a file begins, seconds: by its clock, else after what its predecessor declares."""
    if line.base is None or file.clock.start is None or not _started(line):
        return max(line.declared, line.cursor)
    want = file.clock.start - line.base
    slack = max(_JITTER, line.uncertainty + file.clock.uncertainty)
    if abs(want - line.declared) <= slack:
        return line.declared
    if abs(want - line.cursor) <= slack:
        return line.cursor
    if want > line.cursor:
        return want
    end = max(line.declared, line.cursor)
    line.notes.append(
        f"{file.path.name}: begins {end - want:.0f} s before the file before it ends: the clock was "
        "changed, or the recordings overlap; its times go on after that file"
    )
    line.base = file.clock.start - end
    return end


def _started(line: _Line) -> bool:
    return any(not file.error for file in line.files)


def _bridge(line: _Line, offset: float) -> None:
    """Say why nothing was seen between the cursor and ``offset``."""
    cut = min(line.declared, offset)
    if cut > line.cursor:
        detail = "the file ends before its declared duration"
        line.gaps.append(Gap(line.cursor, cut, GapReason.TRUNCATED, line.declared_by, detail))
        line.cursor = cut
    for number in line.waiting:
        _miss(line, min(_told(line, number), offset))
        end = offset if number == line.waiting[-1] else min(_told(line, number + 1), offset)
        end = max(end, line.cursor)
        line.gaps.append(Gap(line.cursor, end, GapReason.UNREADABLE, number, line.files[number].error))
        line.cursor = end
    _miss(line, offset)
    line.waiting.clear()


def _told(line: _Line, number: int) -> float:
    """Where a file that cannot be read begins by its clock; the cursor where nothing tells."""
    start = line.files[number].clock.start if number < len(line.files) else None
    if line.base is None or start is None or start - line.base <= line.cursor + _JITTER:
        return line.cursor
    return start - line.base


def _miss(line: _Line, until: float) -> None:
    if until > line.cursor:
        detail = "nothing was recorded between two files"
        line.gaps.append(Gap(line.cursor, until, GapReason.MISSING, -1, detail))
        line.cursor = until


def _jumps(file: SourceFile, index: int, scan: Scan) -> list[Gap]:
    """Holes between pictures, and places where the times went back (gaps of no length)."""
    base = float(scan.time_base)
    steps = np.diff(scan.times)
    usual = float(np.quantile(steps, 0.95)) if file.variable_rate and len(steps) else float(scan.step)
    least = _HOLE_VARIABLE if file.variable_rate else HOLE
    holes = np.flatnonzero(steps * base > max(least, 4 * usual * base))
    gaps = [
        Gap(
            file.time_of(int(scan.times[hole]) + scan.step),
            file.time_of(int(scan.times[hole + 1])),
            GapReason.JUMP,
            index,
            "the times in the file jump",
        )
        for hole in holes
    ]
    for tick, back in scan.jumps:
        time = max(file.time_of(tick), file.offset)
        detail = f"the times in the file go back by {back * base:.1f} s; they are continued"
        gaps.append(Gap(time, time, GapReason.JUMP, index, detail))
    return gaps


def _with_clock(line: _Line, file: SourceFile) -> SourceFile:
    """A file without a clock of its own takes that of the footage."""
    first = next((f.clock for f in line.files if f.clock.start is not None), None)
    if file.clock.start is not None or first is None or line.base is None or file.error:
        return file
    clock = Clock(line.base + file.offset, first.source, max(first.uncertainty, _JITTER), first.zone)
    return replace(file, clock=clock)
