"""Finds out what a footage holds: demuxes every file once, decodes only its first pictures."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any

from synopticon.errors import FootageError, UnreadableError
from synopticon.footage.clock import clock_of, posix
from synopticon.footage.digest import sha256
from synopticon.footage.find import find_files, natural
from synopticon.footage.picture import display_size
from synopticon.footage.scan import Look, Scan, look, scan
from synopticon.footage.timeline import Part, lay
from synopticon.values.footage import Clock, Footage, Gap, GapReason, SourceFile

UNFINISHED = "is still being written; run it again when the recording is complete"
_AT_ONCE = 4  # files digested and demuxed at the same time


def probe(
    paths: Sequence[str | Path],
    *,
    start: datetime | None = None,
    zone: str = "",
    camera: str = "",
    progress: Callable[[float], None] | None = None,
) -> Footage:
    """Look into files, globs and folders that together are one recording of one camera.

    ``start`` is when the first frame was taken (without zone: in ``zone``); it overrules what sidecars, names
    and metadata say. ``zone`` is the IANA name of the camera's time zone. ``progress`` is called with the
    share done, 0..1. Files that cannot be read become gaps as long as one can. Raises UsageError when
    something is not there, UnreadableError or NoVideoError (with the reason of the first file) when not one
    file can be read. What is still being written is read as far as it is, and ends with a gap of no length.
    """
    files = find_files(paths)
    opened = _look_into(files, progress)
    opened = _one_size(_once(opened))
    if all(one.error for one in opened):
        raise opened[0].failure()
    parts = _in_order([one.part(zone) for one in opened])
    if start is not None:
        parts = _set_clock(parts, posix(start, zone), zone)
    laid, gaps, notes = lay(parts)
    notes = (*_notes(opened), *notes, *_clock_notes(laid))
    footage = Footage(camera or _camera(files), laid, gaps, notes)
    growing = _unfinished(footage, {one.path for one in opened if one.growing})
    return replace(footage, gaps=tuple(sorted((*gaps, *growing), key=lambda g: (g.start, g.end))))


def grown(footage: Footage) -> tuple[Gap, ...]:
    """A gap of no length at the end of each file that has become larger since it was probed."""
    larger = {f.path for f in footage.readable if _state(f.path)[0] > f.size_bytes}
    known = {g.file for g in footage.gaps if g.detail == UNFINISHED}
    return tuple(gap for gap in _unfinished(footage, larger) if gap.file not in known)


def _unfinished(footage: Footage, paths: set[Path]) -> list[Gap]:
    files = [(i, f) for i, f in enumerate(footage.files) if f.path in paths and not f.error]
    ends = [(f.offset + f.duration, i) for i, f in files]
    return [Gap(end, end, GapReason.TRUNCATED, i, UNFINISHED) for end, i in ends]


class _StoppedError(Exception):
    """Ends the threads when the one that waits for them is interrupted."""


def _look_into(files: Sequence[Path], progress: Callable[[float], None] | None) -> "list[_Opened]":
    """Digest and demux all files, several at a time; Ctrl-C ends it at once."""
    stop = Event()
    read = [0] * len(files)
    states = [_state(path) for path in files]
    total = sum(size for size, _ in states) or 1

    def tick(file: int = 0, count: int = 0) -> None:
        read[file] += count
        if stop.is_set():
            raise _StoppedError

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        digests = [pool.submit(_digest, path, partial(tick, i), states[i][0]) for i, path in enumerate(files)]
        opened = [pool.submit(_open, path, tick) for path in files]
        try:
            futures: list[Future[Any]] = [*digests, *opened]
            while wait(futures, timeout=0.2).not_done:
                if progress:
                    progress(min(sum(read) / total, 1.0))
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    out = []
    for digest, one, state in zip(digests, opened, states, strict=True):
        summed, error = digest.result()
        found = one.result()
        growing = found.scan is not None and _state(found.path) != state
        error = error or found.error
        out.append(replace(found, size=state[0], growing=growing, digest=summed, error=error))
    return out


@dataclass(frozen=True, slots=True, eq=False)
class _Opened:
    path: Path
    size: int = 0
    growing: bool = False
    scan: Scan | None = None
    look: Look | None = None
    digest: str = ""
    error: FootageError | None = None
    repeats: bool = False

    def failure(self) -> FootageError:
        return self.error or UnreadableError(f"{self.path}: cannot be read; give another copy")

    def part(self, zone: str) -> Part:
        """The file as a value; with its packets when it can be read."""
        metadata = self.scan.metadata if self.scan else {}
        file = SourceFile(self.path, self.size, self.digest, clock=clock_of(self.path, metadata, zone))
        if self.error or self.scan is None or self.look is None:
            return Part(replace(file, error=_short(self.path, self.failure())), None, self.repeats)
        return Part(_describe(file, self.scan, self.look), self.scan)


def _short(path: Path, error: Exception) -> str:
    return str(error).removeprefix(f"{path}: ")


def _digest(path: Path, tick: Callable[[int], None], size: int) -> tuple[str, FootageError | None]:
    try:
        return sha256(path, tick, size), None
    except FootageError as error:
        return "", error


def _open(path: Path, tick: Callable[[], None]) -> _Opened:
    try:
        found = scan(path, tick)
        return _Opened(path, scan=found, look=look(path, filled=found.filled))
    except FootageError as error:
        return _Opened(path, error=error)
    except OSError as error:
        return _Opened(
            path,
            error=UnreadableError(
                f"{path}: cannot be read: {error.strerror}; check its permissions and the disk"
            ),
        )


def _state(path: Path) -> tuple[int, int]:
    """Bytes of a file, and when it was written last (ns); both change while it is written."""
    try:
        state = path.stat()
    except OSError:
        return 0, 0
    return state.st_size, state.st_mtime_ns


def _describe(file: SourceFile, found: Scan, seen: Look) -> SourceFile:
    width, height = display_size(seen.width, seen.height, seen.aspect, seen.rotation)
    times = "made" if found.made else "pts" if seen.ordered and not found.filled else "dts"
    first = seen.first_dts if times == "dts" and seen.first_dts is not None else int(found.times[0])
    late = first - int(found.times[0]) if found.filled else 0  # pictures come out behind their packets
    return replace(
        file,
        container=found.container,
        codec=found.codec,
        pixel_format=seen.pixel_format,
        width=width,
        height=height,
        coded_width=seen.width,
        coded_height=seen.height,
        rotation=seen.rotation,
        sample_aspect=seen.aspect,
        interlaced=seen.interlaced,
        full_range=seen.full_range,
        colour_matrix=seen.colour_matrix,
        time_base=found.time_base,
        start_pts=first,
        end_pts=int(found.times[-1]) + found.step + late,
        frames=found.frames,
        keys=found.keys,
        frame_rate=found.rate,
        variable_rate=found.variable,
        times=times,
        seekable=times == "pts" and found.seekable,
    )


def _once(opened: list[_Opened]) -> list[_Opened]:
    """Of files with the same content only the first is read."""
    first: dict[str, Path] = {}
    out = []
    for one in opened:
        known = first.setdefault(one.digest, one.path) if one.digest and not one.error else one.path
        if known is not one.path:
            error = UnreadableError(f"{one.path}: has the same content as {known.name}, which is read once")
            one = replace(one, error=error, repeats=True)  # noqa: PLW2901
        out.append(one)
    return out


def _one_size(opened: list[_Opened]) -> list[_Opened]:
    """The size that most of the time has is the footage's; files of another size cannot be read with it."""
    lengths: dict[tuple[int, int], Fraction] = {}
    for one in opened:
        if one.scan and one.look and not one.error:
            length = int(one.scan.times[-1] - one.scan.times[0] + one.scan.step) * one.scan.time_base
            lengths[_shown(one.look)] = lengths.get(_shown(one.look), Fraction(0)) + length
    if len(lengths) < 2:
        return opened
    width, height = max(lengths, key=lambda size: lengths[size])
    return [_of_size(one, width, height) for one in opened]


def _of_size(one: _Opened, width: int, height: int) -> _Opened:
    if one.error or one.look is None or _shown(one.look) == (width, height):
        return one
    w, h = _shown(one.look)
    why = f"its picture is {w}x{h}, the others' {width}x{height}; give it as footage of its own"
    return replace(one, error=UnreadableError(f"{one.path}: {why}"))


def _shown(seen: Look) -> tuple[int, int]:
    return display_size(seen.width, seen.height, seen.aspect, seen.rotation)


def _in_order(parts: list[Part]) -> list[Part]:
    """By their clocks, when these are all known and make sense; else as they were named."""
    known = [p for p in parts if p.file.clock.start is not None]
    if any(p.scan is not None and p.file.clock.start is None for p in parts):
        return parts
    if not _plausible([p.file for p in known if p.scan is not None]):
        return [_without_metadata(p) for p in parts]
    # A file without any clock stays behind the one that it was named after.
    keys, last = {}, float("-inf")
    for part in parts:
        last = part.file.clock.start if part.file.clock.start is not None else last
        keys[id(part)] = (last, natural(part.file.path))
    return sorted(parts, key=lambda p: keys[id(p)])


def _plausible(files: list[SourceFile]) -> bool:
    """Whether the files can follow each other; metadata may hold the moment of an export instead."""
    times = sorted((f.clock.start or 0.0, f.duration) for f in files if f.clock.source == "container")
    return all(a + 0.5 * length <= b for (a, length), (b, _) in pairwise(times))


def _without_metadata(part: Part) -> Part:
    if part.file.clock.source != "container":
        return part
    return replace(part, file=replace(part.file, clock=Clock(zone=part.file.clock.zone)))


def _set_clock(parts: list[Part], start: float, zone: str) -> list[Part]:
    """The first readable file begins at ``start``; the others keep their distance to it."""
    own = next((p.file.clock.start for p in parts if p.scan is not None), None)
    out, first = [], True
    for part in parts:
        if part.scan is not None and first:
            clock, first = Clock(start, "user", 0.0, zone), False
        elif own is not None and part.file.clock.start is not None:
            distance = part.file.clock.start - own
            clock = Clock(start + distance, "user", part.file.clock.uncertainty, zone)
        else:
            clock = Clock(zone=zone)
        out.append(replace(part, file=replace(part.file, clock=clock)))
    return out


def _notes(opened: list[_Opened]) -> list[str]:
    notes = []
    for one in opened:
        name = one.path.name
        if one.growing:
            notes.append(f"{name}: {UNFINISHED}")
        if one.repeats or (one.error and one.look):
            notes.append(f"{name}: {_short(one.path, one.failure())}")
        if one.scan is None or one.error:
            continue
        if one.scan.made:
            notes.append(
                f"{name}: holds no times; they are counted at {float(one.scan.rate):g} frames a second"
            )
        if one.scan.filled:
            notes.append(
                f"{name}: gives not every picture a time; the others are spread between those that have one"
            )
        if one.scan.streams > 1:
            notes.append(f"{name}: holds {one.scan.streams} video streams; the first is read")
    return notes


def _clock_notes(files: Sequence[SourceFile]) -> list[str]:
    readable = [f for f in files if not f.error]
    if all(f.clock.start is None for f in readable):
        return ["the time of the recording is unknown: times are relative to its start; --start sets it"]
    if any(not f.clock.zone and f.clock.source in ("name", "user") for f in readable):
        return ["the time zone of the camera is unknown: its times are taken as they stand"]
    return []


def _camera(files: Sequence[Path]) -> str:
    first = files[0].absolute()
    return first.parent.name if len(files) > 1 else first.stem
