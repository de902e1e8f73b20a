"""Keeps what a camera sends, as it is sent, in files of a minute or so that begin with a key frame.

Nothing is decoded or encoded. A file is written under a name that ends in ``PART`` and takes its own name
when it is whole. Matroska, because what a killed process leaves of it can still be read.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import av
from av.container import OutputContainer
from av.video.stream import VideoStream

from synopticon.footage.container import VideoPacket

PART = ".part"
SUFFIX = ".mkv"
_FORM = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True, slots=True)
class Segment:
    """A file that is whole; ``start``: when its first picture arrived, POSIX seconds."""

    path: Path
    start: float


def segment_of(path: Path) -> Segment | None:
    """The segment that a file is by its name, whole or left by a killed process; None = it is none."""
    name = path.name.removesuffix(PART).removesuffix(SUFFIX)
    try:
        return Segment(path, datetime.strptime(name, _FORM).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


@dataclass
class Recorder:
    """Writes segments of ``seconds`` into a folder; ``done`` is told of each (from the reading thread).

    ``failed``: why nothing is kept any more, "" = it is.
    """

    folder: Path
    done: Callable[[Segment], None]
    seconds: float = 60.0
    failed: str = ""
    _out: OutputContainer | None = field(default=None, init=False)
    _stream: VideoStream | None = field(default=None, init=False)
    _segment: Segment | None = field(default=None, init=False)
    _origin: int | None = field(default=None, init=False)
    _last: int = field(default=-1, init=False)
    _begun: float = field(default=0.0, init=False)

    def take(self, packet: VideoPacket, video: VideoStream, arrived: float) -> None:
        """Keep a packet; ``arrived``: monotonic seconds."""
        if packet.is_keyframe and (self._out is None or arrived - self._begun >= self.seconds):
            self.close()
            self._open(video, arrived)
        if self._out is None or packet.dts is None:
            return
        try:
            self._write(packet)
        except (av.FFmpegError, OSError, ValueError) as error:
            self.failed = getattr(error, "strerror", None) or type(error).__name__
            self.close()

    def _open(self, video: VideoStream, arrived: float) -> None:
        start = time.time() - (time.monotonic() - arrived)
        name = datetime.fromtimestamp(start, UTC).strftime(_FORM) + SUFFIX
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._out = av.open(f"file:{self.folder / name}{PART}", "w", format="matroska")
            self._stream = self._out.add_stream_from_template(video)
        except (av.FFmpegError, OSError, ValueError) as error:
            self.failed = getattr(error, "strerror", None) or type(error).__name__
            self._out = None
            return
        self.failed = ""
        self._segment = Segment(self.folder / name, start)
        self._begun, self._origin, self._last = arrived, None, -1

    def _write(self, packet: VideoPacket) -> None:
        """Write a copy whose times begin at 0 and only grow: the decoder still needs the packet as it is."""
        assert self._out is not None, "a segment is open"
        assert self._stream is not None, "it has a stream"
        copy = av.Packet(bytes(packet))
        copy.time_base = packet.time_base
        dts = packet.dts or 0
        self._origin = dts if self._origin is None else self._origin
        copy.dts = max(dts - self._origin, self._last + 1)
        shown = dts if packet.pts is None else packet.pts
        copy.pts = max(shown - self._origin, copy.dts)
        copy.is_keyframe = packet.is_keyframe
        copy.stream = self._stream
        self._last = copy.dts
        self._out.mux(copy)

    def close(self) -> None:
        """End the segment that is open, if one is, and tell of it."""
        out, segment, self._out, self._segment = self._out, self._segment, None, None
        if out is None or segment is None:
            return
        part = segment.path.with_name(segment.path.name + PART)
        with contextlib.suppress(av.FFmpegError, OSError):
            out.close()
        if self._origin is None or not part.exists():
            part.unlink(missing_ok=True)
            return
        part.replace(segment.path)
        self.done(segment)
