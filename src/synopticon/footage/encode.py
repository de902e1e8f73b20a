"""Writes video: MP4 files that appear whole or not at all, and small sprite streams in memory.

Every sample value is written as given: streams are tagged with the range and matrix of the source, nothing is
converted.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import av
import numpy as np
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from synopticon.aside import beside, remove_stale
from synopticon.errors import OutputError, StoreError, UsageError
from synopticon.values.frame import Plane

_CLOCK = Fraction(1, 90000)  # time base of pictures that carry their own time
# H.273 code points: matrix, primaries, transfer
_COLOUR = {"bt601": (6, 6, 6), "bt709": (1, 1, 1), "bt2020": (9, 9, 14)}
_LIMITED, _FULL = 1, 2
# Macroblock-tree rate control gives moving objects fewer bits than a still ground, and with AVX-512 its
# results depend on what memory held before. Without it the same pictures give the same bytes.
_SAME_BYTES = {"mbtree": "0"}


class _Mp4:
    """An H.264 MP4 (faststart) that is written beside its place and moved there when it is complete."""

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        time_base: Fraction,
        options: dict[str, str],
        overwrite: bool,
    ) -> None:
        _check_size(*size)
        self._path = Path(path)
        if self._path.exists() and not overwrite:
            raise OutputError(f"{self._path}: exists already; give another name or --overwrite")
        self._aside = beside(self._path)
        self._size = size
        self._time_base = time_base
        self._last: int | None = None
        remove_stale(self._path)
        try:
            self._aside.touch(exist_ok=False)
            url = "file:" + str(self._aside.absolute())
            self._container = av.open(url, "w", format="mp4", options={"movflags": "+faststart"})
            self._stream = self._container.add_stream("libx264", options=_SAME_BYTES | options)
        except (av.FFmpegError, OSError) as error:
            self._discard()
            raise self._failed(error) from error
        context = self._stream.codec_context
        context.width, context.height, context.pix_fmt = *size, "yuv420p"
        context.time_base = time_base
        self._stream.time_base = time_base

    def _tag(
        self, rate: Fraction, threads: int, full_range: bool, matrix: str, meta: Mapping[str, str]
    ) -> None:
        context = self._stream.codec_context
        context.framerate = rate
        context.thread_count = threads
        _tag_colour(context, full_range, matrix)
        self._container.metadata.update(meta)

    def _put(self, y: Plane, u: Plane, v: Plane, pts: int, duration: int) -> None:
        if self._last is not None and pts <= self._last:
            raise UsageError(f"{self._path}: the times of pictures must increase")
        self._last = pts
        frame = _frame(y, u, v, *self._size)
        frame.pts, frame.time_base, frame.duration = pts, self._time_base, duration
        try:
            self._container.mux(self._timed(self._stream.encode(frame)))
        except (av.FFmpegError, OSError) as error:
            raise self._failed(error) from error

    def _timed(self, packets: "list[Packet[VideoStream]]") -> "list[Packet[VideoStream]]":
        """The packets as they are written; a kind of writer may change their durations."""
        return packets

    def close(self) -> None:
        """Finish the file and move it in place; raises OutputError when that fails."""
        try:
            if self._last is None:
                raise OutputError(
                    f"{self._path}: not one picture was written; give footage that shows something"
                )
            self._container.mux(self._timed(self._stream.encode(None)))
            self._container.close()
            _sync(self._aside)
            self._aside.replace(self._path)
        except (av.FFmpegError, OSError) as error:
            raise self._failed(error) from error
        finally:
            self._discard()

    def _discard(self) -> None:
        container = getattr(self, "_container", None)
        if container is not None:
            with suppress(av.FFmpegError, OSError):
                container.close()
        with suppress(OSError):
            self._aside.unlink(missing_ok=True)

    def _failed(self, error: Exception) -> OutputError:
        if isinstance(error, OutputError):
            return error
        why = getattr(error, "strerror", None) or str(error)
        return OutputError(f"{self._path}: cannot be written: {why}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._discard()


class VideoWriter(_Mp4):
    """Writes an H.264 MP4 of constant rate, streamed to disk; memory does not grow with its length.

    ``width`` and ``height`` are even pixels, ``fps`` pictures per second. Raises UsageError on odd sizes,
    OutputError when the file exists (without ``overwrite``) or cannot be written.
    """

    def __init__(  # noqa: PLR0913
        self,
        path: Path,
        width: int,
        height: int,
        fps: Fraction,
        *,
        crf: int = 20,
        preset: str = "veryfast",
        full_range: bool = False,
        colour_matrix: str = "bt601",
        overwrite: bool = False,
        metadata: Mapping[str, str] | None = None,
        threads: int = 0,
    ) -> None:
        rate = Fraction(fps)
        options = {"crf": str(crf), "preset": preset, "g": str(max(round(2 * rate), 1))}
        super().__init__(path, (width, height), 1 / rate, options, overwrite)
        self._tag(rate, threads, full_range, colour_matrix, metadata or {})

    def write(self, y: Plane, u: Plane, v: Plane) -> None:
        """Add one picture: ``y`` ``(height, width)``, ``u``, ``v`` half of that both ways, uint8."""
        self._put(y, u, v, 0 if self._last is None else self._last + 1, 1)


class TimedWriter(_Mp4):
    """Like VideoWriter, but each picture carries its own time, for clips of variable rate.

    ``rate`` is the usual rate, which sets the length of the last picture and the distance of key frames.
    """

    def __init__(  # noqa: PLR0913
        self,
        path: Path,
        width: int,
        height: int,
        rate: Fraction = Fraction(25),
        *,
        crf: int = 23,
        preset: str = "veryfast",
        full_range: bool = False,
        colour_matrix: str = "bt601",
        overwrite: bool = False,
        metadata: Mapping[str, str] | None = None,
        threads: int = 0,
        time_base: Fraction = _CLOCK,
    ) -> None:
        # Without B-frames: their decoding times would shorten the last picture of an uneven stream.
        options = {"crf": str(crf), "preset": preset, "g": str(max(round(2 * rate), 1)), "bf": "0"}
        super().__init__(path, (width, height), time_base, options, overwrite)
        self._duration = max(round(1 / (rate * _CLOCK)), 1)
        self._tag(Fraction(rate), threads, full_range, colour_matrix, metadata or {})

    def write(self, y: Plane, u: Plane, v: Plane, time: float) -> None:
        """Add one picture that is shown at ``time`` seconds; times must increase."""
        self._put(y, u, v, round(time / _CLOCK), self._duration)


class StreamWriter:
    """Writes H.264 in fragments of a second (MP4, ISO/IEC 14496-12) to an open file, to be played at once.

    ``out`` is written as pictures come, never read and never sought; it is not closed. Raises OutputError.
    """

    _options: Mapping[str, str] = {"crf": "20", "preset": "veryfast", "tune": "zerolatency"}

    def __init__(
        self,
        out: BinaryIO,
        size: tuple[int, int],
        fps: Fraction,
        *,
        full_range: bool,
        colour_matrix: str,
        time_base: Fraction | None = None,
    ) -> None:
        _check_size(*size)
        rate = Fraction(fps)
        self._size, self._count, self._base = size, 0, time_base or 1 / rate
        flags = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
        options = {**self._options, "g": str(max(round(rate), 1))}
        self._container = av.open(_Unseekable(out), "w", format="mp4", options=flags)
        self._stream = self._container.add_stream("libx264", options=options)
        context = self._stream.codec_context
        context.width, context.height, context.pix_fmt = *size, "yuv420p"
        context.time_base = self._stream.time_base = self._base
        context.framerate = rate
        _tag_colour(context, full_range, colour_matrix)

    def write(self, y: Plane, u: Plane, v: Plane) -> None:
        """Add one picture: ``y`` ``(height, width)``, ``u``, ``v`` half of that both ways, uint8."""
        self._put(y, u, v, self._count, 1)
        self._count += 1

    def _put(self, y: Plane, u: Plane, v: Plane, pts: int, duration: int) -> None:
        frame = _frame(y, u, v, *self._size)
        frame.pts, frame.time_base, frame.duration = pts, self._base, duration
        try:
            self._container.mux(self._timed(self._stream.encode(frame)))
        except (av.FFmpegError, OSError) as error:
            raise _unplayed(error) from error

    def _timed(self, packets: "list[Packet[VideoStream]]") -> "list[Packet[VideoStream]]":
        """The packets as they are written; a kind of writer may change their durations."""
        return packets

    def close(self) -> None:
        """Write what is left."""
        try:
            self._container.mux(self._timed(self._stream.encode(None)))
            self._container.close()
        except (av.FFmpegError, OSError) as error:
            raise _unplayed(error) from error


@dataclass(frozen=True, slots=True)
class _Unseekable:
    """All that a pipe can do."""

    out: BinaryIO

    def write(self, data: bytes) -> int:
        written = self.out.write(data)
        self.out.flush()
        return written


def _unplayed(error: Exception) -> OutputError:
    why = getattr(error, "strerror", None) or str(error)
    return OutputError(f"the stream cannot be written ({why}): check the program that reads it")


class SpriteWriter:
    """A closed little H.264 stream in memory (Annex B, no container): one key frame, no B-frames, one thread.

    ``width`` and ``height`` are even pixels. Cheap to open; many may be open at once. ``params`` are further
    x264 parameters, ``name=value`` with ``:`` between, which win over the rest.
    """

    def __init__(
        self,
        width: int,
        height: int,
        *,
        crf: int = 23,
        preset: str = "veryfast",
        lookahead: int = 10,
        params: str = "",
    ) -> None:
        _check_size(width, height)
        self._size = (width, height)
        self._frame = VideoFrame(width, height, "yuv420p")  # filled again and again: the encoder copies it
        self._planes = plane_views(self._frame)
        self._parts: list[bytes] = []
        self.count = 0
        context = av.CodecContext.create("libx264", "w")
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base, context.framerate = Fraction(1, 25), Fraction(25)
        context.thread_count = 1
        _tag_colour(context, full_range=False, matrix="bt601")
        own = f"keyint=infinite:scenecut=0:bframes=0:threads=1:sync-lookahead=0:rc-lookahead={lookahead}"
        all_params = f"{own}:{params}" if params else own
        context.options = {"crf": str(crf), "preset": preset, "x264-params": all_params}
        self._context: VideoCodecContext | None = context

    def write(self, y: Plane, u: Plane, v: Plane) -> None:
        """Add one picture: ``y`` ``(height, width)``, ``u``, ``v`` half of that both ways, uint8."""
        if self._context is None:
            raise UsageError("this sprite stream is finished")
        _check_planes(y, u, v, *self._size)
        for target, plane in zip(self._planes, (y, u, v), strict=True):
            target[:] = plane
        self._frame.pts = self.count
        self.count += 1
        self._take(self._context, self._frame)

    def finish(self) -> bytes:
        """Close the stream and return its bytes; empty when nothing was written."""
        if self._context is not None and self.count:
            self._take(self._context, None)
        self._context = None
        return b"".join(self._parts)

    def _take(self, context: VideoCodecContext, frame: VideoFrame | None) -> None:
        for packet in context.encode(frame):
            data = bytes(packet)
            self._parts.append(data if self._parts else _without_sei(data))


def read_sprites(data: bytes) -> Iterator[tuple[Plane, Plane, Plane]]:
    """Decode a sprite stream: contiguous uint8 planes ``y, u, v``, one triple for each picture written.

    Raises StoreError when the stream is damaged.
    """
    if not data:
        return
    context = av.CodecContext.create("h264", "r")
    context.thread_count = 1
    try:
        for packet in (*context.parse(data), *context.parse(None), None):
            for frame in context.decode(packet):
                if frame.is_corrupt:
                    raise StoreError("a stored sprite video is damaged; analyse the footage again")
                y, u, v = (np.ascontiguousarray(p) for p in plane_views(frame))
                yield y, u, v
    except av.FFmpegError as error:
        raise StoreError("a stored sprite video is damaged; analyse the footage again") from error


def plane_views(frame: VideoFrame) -> tuple[Plane, Plane, Plane]:
    """Views of the three planes of a yuv420p frame, without copying; they keep its memory alive."""
    width, height = frame.width, frame.height
    half = ((height + 1) // 2, (width + 1) // 2)
    shapes = ((height, width), half, half)
    y, u, v = (
        np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: shape[0], : shape[1]]  # type: ignore[call-overload]
        for plane, shape in zip(frame.planes, shapes, strict=True)
    )
    return y, u, v


def _check_planes(y: Plane, u: Plane, v: Plane, width: int, height: int) -> None:
    half = (height // 2, width // 2)
    if y.shape != (height, width) or u.shape != half or v.shape != half:
        raise UsageError(
            f"planes {y.shape}, {u.shape}, {v.shape} do not fit a {width}x{height} 4:2:0 picture"
        )


def _frame(y: Plane, u: Plane, v: Plane, width: int, height: int) -> VideoFrame:
    _check_planes(y, u, v, width, height)
    frame = VideoFrame(width, height, "yuv420p")
    for target, plane in zip(plane_views(frame), (y, u, v), strict=True):
        target[:] = plane
    return frame


def _tag_colour(context: VideoCodecContext, full_range: bool, matrix: str) -> None:
    if matrix not in _COLOUR:
        raise UsageError(f"colour matrix {matrix!r} is none of {', '.join(_COLOUR)}")
    context.color_range = _FULL if full_range else _LIMITED
    context.colorspace, context.color_primaries, context.color_trc = _COLOUR[matrix]


def _check_size(width: int, height: int) -> None:
    if width < 2 or height < 2 or width % 2 or height % 2:
        raise UsageError(f"video sizes must be even and at least 2x2 pixels, not {width}x{height}")


def _without_sei(data: bytes) -> bytes:
    """Drop the SEI units (H.264, 7.3.2.3; type 6): the encoder writes its settings there, ~700 bytes."""
    start = b"\x00\x00\x01"
    units = data.split(start)[1:]  # a start code cannot occur inside a unit
    return b"".join(start + unit for unit in units if unit[0] & 31 != 6)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
