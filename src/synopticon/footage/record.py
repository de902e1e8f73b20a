"""Writes recordings the way a recorder does: a codec, a bit rate, key frames at a fixed distance.

A recording is written as closed groups of pictures (GOPs). A group that was encoded once may be written many
times: hours of an empty scene cost almost nothing to make, and as much to decode as real ones.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

import av
from av.codec.context import Flags
from av.video.frame import PictureType, VideoFrame

from synopticon.aside import beside, remove_stale
from synopticon.errors import OutputError, UsageError
from synopticon.footage.encode import plane_views
from synopticon.values.frame import Plane

Gop: TypeAlias = tuple[bytes, ...]  # coded pictures of one closed group, in order; the first is a key frame
Picture: TypeAlias = tuple[Plane, Plane, Plane]

ENCODERS = {"mpeg4": "mpeg4", "h264": "libx264", "hevc": "libx265"}
SUFFIXES = {"mpeg4": ".avi", "h264": ".mp4", "hevc": ".mp4"}


@dataclass(frozen=True, slots=True)
class RecordingFormat:
    """How a recorder writes: ``gop`` pictures from key frame to key frame, ``bitrate`` bits per second."""

    width: int
    height: int
    fps: Fraction
    codec: str = "h264"
    bitrate: int = 4_000_000
    gop: int = 50

    def __post_init__(self) -> None:
        if self.codec not in ENCODERS:
            raise UsageError(f"codec {self.codec!r} is none of {', '.join(ENCODERS)}")
        if min(self.width, self.height) < 16 or self.width % 2 or self.height % 2:
            raise UsageError(f"a recording of {self.width}x{self.height}: use even sizes from 16x16 on")
        if self.fps <= 0 or self.gop < 1 or self.bitrate < 10_000:
            raise UsageError("frame rate and group length must be positive, the bit rate at least 10 kbit/s")


def encode_gops(form: RecordingFormat, pictures: Iterable[Picture]) -> Iterator[Gop]:
    """Encode pictures (full planes of 4:2:0, uint8) as closed groups; the last may be shorter.

    One thread, so the bytes depend on nothing but the pictures and the format.
    """
    context: Any = av.CodecContext.create(ENCODERS[form.codec], "w")
    _configure(context, form)
    group: list[bytes] = []
    for packet in _packets(context, form, pictures):
        if packet.is_keyframe and group:
            yield tuple(group)
            group = []
        group.append(bytes(packet))
    if group:
        yield tuple(group)


class GopWriter:
    """Writes groups of pictures into one file that appears whole or not at all (context manager).

    AVI for MPEG-4, MP4 with its index in front for H.264 and HEVC. Raises OutputError when the file exists
    (without ``overwrite``) or cannot be written.
    """

    def __init__(self, path: Path, form: RecordingFormat, *, overwrite: bool = False) -> None:
        if path.exists() and not overwrite:
            raise OutputError(f"{path}: exists already; give another name or --overwrite")
        self._path = path
        self._aside = beside(path)
        self._step = 1 / form.fps
        self.sizes: list[int] = []  # bytes of each picture written
        kind = SUFFIXES[form.codec][1:]
        options = {"movflags": "+faststart"} if kind == "mp4" else {}
        remove_stale(path)
        try:
            self._aside.touch()
            url = "file:" + str(self._aside.absolute())
            self._container = av.open(url, "w", format=kind, options=options)
        except (av.FFmpegError, OSError) as error:
            raise OutputError(
                f"{path}: cannot be written: {error}; check the folder and its free space"
            ) from error
        self._stream: Any = self._container.add_stream(ENCODERS[form.codec], rate=form.fps)
        _configure(self._stream.codec_context, form)
        self._stream.time_base = self._step

    def write(self, gop: Gop) -> None:
        """Add one group; its pictures follow the last one without a hole."""
        for k, data in enumerate(gop):
            packet = av.Packet(data)
            packet.stream = self._stream
            packet.time_base = self._step
            packet.pts = packet.dts = len(self.sizes)
            packet.duration = 1
            packet.is_keyframe = k == 0
            try:
                self._container.mux(packet)
            except (av.FFmpegError, OSError) as error:
                raise OutputError(
                    f"{self._path}: cannot be written: {error}; check the folder and its free space"
                ) from error
            self.sizes.append(len(data))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._container.close()
            if kind is None:
                self._aside.replace(self._path)
        except (av.FFmpegError, OSError) as error:
            raise OutputError(
                f"{self._path}: cannot be written: {error}; check the folder and its free space"
            ) from error
        finally:
            with suppress(OSError):
                self._aside.unlink(missing_ok=True)


def cut_short(path: Path, share: float, sizes: Sequence[int]) -> int:
    """Cut a recording off after ``share`` (0..1) of its bytes, as a recorder that loses power does.

    ``sizes`` are those of its pictures as written; returns how many of them are still whole.
    """
    os.truncate(path, max(int(path.stat().st_size * share), 1))
    whole = 0
    try:
        with av.open("file:" + str(path.absolute())) as container:
            for packet in container.demux(container.streams.video[0]):
                # Not "equal": MP4 replaces three-byte start codes by four-byte lengths.
                if packet.size and (whole >= len(sizes) or packet.size < sizes[whole]):
                    break
                whole += bool(packet.size)
    except av.FFmpegError:
        pass  # what FFmpeg cannot read any further is not whole
    return whole


def _packets(context: Any, form: RecordingFormat, pictures: Iterable[Picture]) -> Iterator[Any]:
    for n, planes in enumerate(pictures):
        frame = VideoFrame(form.width, form.height, "yuv420p")
        for target, plane in zip(plane_views(frame), planes, strict=True):
            target[:] = plane
        frame.pts = n
        if n % form.gop == 0:
            frame.pict_type = PictureType.I
        yield from context.encode(frame)
    yield from context.encode(None)


def _configure(context: Any, form: RecordingFormat) -> None:
    context.width, context.height, context.pix_fmt = form.width, form.height, "yuv420p"
    context.time_base, context.framerate = 1 / form.fps, form.fps
    context.bit_rate = form.bitrate
    context.gop_size = form.gop
    context.thread_count = 1
    context.flags |= int(Flags.global_header)
    rate = {"maxrate": str(form.bitrate * 3 // 2), "bufsize": str(form.bitrate * 2), "bf": "0"}
    keys = f"keyint={form.gop}:min-keyint={form.gop}:scenecut=0:bframes=0"
    own: dict[str, dict[str, str]] = {
        "mpeg4": {},
        # CABAC and deblocking, as cameras do: a stream that is too simple would flatter nobody's decoder.
        "h264": {"preset": "superfast", "profile": "main", "x264-params": f"{keys}:threads=1:ref=1"},
        "hevc": {
            "preset": "ultrafast",
            "x265-params": f"{keys}:pools=none:frame-threads=1:log-level=error:info=0:repeat-headers=0",
        },
    }
    context.options = rate | own[form.codec]
