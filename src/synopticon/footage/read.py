"""Reads frames: in time order over all files of a footage, decoded ahead in a thread; damage becomes gaps."""

import math
from collections.abc import Generator, Iterator
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import FootageError, UsageError
from synopticon.footage.ahead import Ahead
from synopticon.footage.container import key_packets
from synopticon.footage.decode import all_packets, decode_range, ticks, time_of_packet
from synopticon.values.footage import Footage, Gap, GapReason, SourceFile
from synopticon.values.frame import Frame

_AHEAD_BYTES = 64 << 20  # no more than this is decoded ahead, whatever the number of frames


class Reader:
    """Frames of a footage in time order: a context manager and an iterator of Frame.

    A thread decodes ahead, at most ``ahead`` frames. ``gaps`` are those found by decoding in what was read so
    far (damage); with ``footage.gaps`` and the frames they tile the range. Closing stops the thread at once.
    """

    def __init__(self, items: Iterator[Frame | Gap], ahead: int) -> None:
        self._gaps: list[Gap] = []
        self._items = Ahead(items, ahead) if ahead > 0 else items

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Gaps found while decoding, up to the last frame given."""
        return tuple(self._gaps)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Frame:
        for item in self._items:
            if isinstance(item, Frame):
                return item
            self._gaps.append(item)
        raise StopIteration

    def close(self) -> None:
        """Stop decoding and free the decoder; may be called again."""
        items = getattr(self, "_items", None)
        if isinstance(items, Ahead | Generator):
            items.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


def open_reader(
    footage: Footage,
    start: float = 0.0,
    end: float = math.inf,
    *,
    keys_only: bool = False,
    apart: float = 0.5,
    threads: int = 0,
    ahead: int = 16,
) -> Reader:
    """Read exactly the frames with ``start <= time < end``, in seconds on the footage's timeline.

    The same frames come out whatever the start. ``keys_only`` gives key frames only, the first in each
    ``apart`` seconds of a file; where there are none that can be decoded alone, other pictures likewise.
    ``threads`` for FFmpeg, 0 = one for
    each core. ``ahead`` frames are decoded beforehand by a thread; 0 = none, decode when asked.
    Raises UsageError when the range or ``apart`` is empty, UnreadableError when a file is gone.
    """
    if not start < end:
        raise UsageError(f"nothing lies between {start:g} s and {end:g} s; give an end after the start")
    if apart <= 0:
        raise UsageError(f"key frames {apart:g} s apart make no sense; give more than 0")
    if footage.readable:
        ahead = min(ahead, max(2, _AHEAD_BYTES * 2 // (3 * footage.width * footage.height)))
    return Reader(_items(footage, start, end, keys_only, apart, threads), ahead)


def key_times(footage: Footage) -> list[NDArray[np.float64]]:
    """Times (seconds on the timeline) of the key frames of each file, from demuxing; empty if unreadable."""
    return [_key_times(file) for file in footage.files]


def _key_times(file: SourceFile) -> NDArray[np.float64]:
    if file.error:
        return np.zeros(0)
    found = key_packets(file.path) if file.seekable else all_packets(file)
    try:
        pts = {time_of_packet(file, p) for p in found if p.is_keyframe and not p.is_discard}
    except FootageError:
        return np.zeros(0)  # gone since it was probed; the reader says so
    known = sorted(p for p in pts if p is not None)
    # Decoding times lie before those of the pictures that come out, by the same time for all.
    late = file.start_pts - known[0] if known and file.times == "dts" else 0
    times = [p + late for p in known if file.start_pts <= p + late < file.end_pts]
    return np.array([file.time_of(p) for p in times], np.float64)


def _items(
    footage: Footage, start: float, end: float, keys_only: bool, apart: float, threads: int
) -> Iterator[Frame | Gap]:
    for index, file in enumerate(footage.files):
        if file.error or file.offset >= end or file.offset + file.duration <= start:
            continue
        low = max(file.start_pts, ticks(file, start))
        high = min(file.end_pts, ticks(file, end)) if end < math.inf else file.end_pts
        if low >= high:
            continue
        try:
            yield from decode_range(
                footage, index, low, high, keys_only=keys_only, apart=apart, threads=threads
            )
        except FootageError as error:
            if len(footage.readable) == 1:
                raise
            # It could be read when the footage was probed; the others still can.
            why = str(error).removeprefix(f"{file.path}: ")
            times = file.time_of(low), file.time_of(high)
            yield Gap(*times, GapReason.UNREADABLE, index, why)
