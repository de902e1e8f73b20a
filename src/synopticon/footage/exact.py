"""Writes a changed copy of a recording: pictures at the very ticks of the original, its sound if asked."""

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self, TypeAlias

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from synopticon.errors import FootageError
from synopticon.footage.encode import StreamWriter, TimedWriter
from synopticon.values.frame import Plane

if TYPE_CHECKING:
    AudioPacket: TypeAlias = Packet[AudioStream]
_IN_MP4 = frozenset({"aac", "mp3", "ac3", "eac3", "opus", "alac", "flac", "mp2"})


class Sound:
    """The first sound track of a file, as packets that are copied, not decoded.

    Raises ``FootageError`` when there is none, or one that an MP4 cannot hold.
    """

    def __init__(self, path: Path, start: Fraction, end: Fraction) -> None:
        self._path, self._start, self._end = path, start, end  # seconds in the file's own times
        try:
            self._container: InputContainer = av.open("file:" + str(path.absolute()))
        except (av.FFmpegError, OSError) as error:
            raise FootageError(f"{path}: its sound cannot be read: run it without --keep-audio") from error
        tracks = self._container.streams.audio
        if not tracks:
            self.close()
            raise FootageError(f"{path}: there is no sound in it: run it without --keep-audio")
        self.stream: AudioStream = tracks[0]
        codec = self.stream.codec_context.name
        if codec not in _IN_MP4:
            self.close()
            raise FootageError(f"{path}: an MP4 cannot hold its sound ({codec}): run it without --keep-audio")

    def packets(self) -> "Iterator[tuple[Fraction, AudioPacket]]":
        """Packets with their time in seconds from the start of what is kept."""
        base = self.stream.time_base
        if base is None:
            return
        shift = round(self._start / base)
        with suppress(av.FFmpegError, OSError):  # damage ends the sound, not the picture
            for packet in self._container.demux(self.stream):
                if packet.pts is None or packet.dts is None or not packet.size:
                    continue
                time = packet.pts * base
                if time >= self._end:
                    return
                if time >= self._start:
                    packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
                    yield time - self._start, packet

    def close(self) -> None:
        """Close the file."""
        self._container.close()


class ExactWriter(TimedWriter):
    """Like ``TimedWriter``, with times in ticks of the source's own ``time_base``, and sound beside it."""

    def __init__(  # noqa: PLR0913
        self,
        path: Path,
        size: tuple[int, int],
        rate: Fraction,
        time_base: Fraction,
        *,
        crf: int = 20,
        preset: str = "veryfast",
        full_range: bool = False,
        colour_matrix: str = "bt601",
        title: str = "",
        sound: Sound | None = None,
    ) -> None:
        super().__init__(
            path, *size, rate, crf=crf, preset=preset, full_range=full_range, colour_matrix=colour_matrix,
            metadata={"title": title} if title else {}, time_base=time_base,
        )  # fmt: skip
        self._base = time_base
        self._lasting: dict[int, int] = {}
        self._sound = sound
        self._packets: Iterator[tuple[Fraction, AudioPacket]] = iter(())
        self._waiting: tuple[Fraction, AudioPacket] | None = None
        if sound is not None:
            self._audio = self._container.add_stream_from_template(sound.stream)
            self._packets = sound.packets()
            self._waiting = next(self._packets, None)

    def write_at(self, y: Plane, u: Plane, v: Plane, pts: int, duration: int) -> None:
        """Add one picture, shown from ``pts`` for ``duration`` ticks; times must increase."""
        self._lasting[pts] = duration
        self._put(y, u, v, pts, duration)
        self._hear(pts * self._base)

    def close(self) -> None:
        """Finish the file, with what is left of the sound."""
        self._hear(None)
        super().close()

    def _timed(self, packets: "list[Packet[VideoStream]]") -> "list[Packet[VideoStream]]":
        return _lasting(packets, self._lasting)

    def _hear(self, until: Fraction | None) -> None:
        while self._waiting is not None and (until is None or self._waiting[0] <= until):
            packet = self._waiting[1]
            packet.stream = self._audio
            try:
                self._container.mux(packet)
            except (av.FFmpegError, OSError) as error:
                raise self._failed(error) from error
            self._waiting = next(self._packets, None)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            super().__exit__(kind, value, trace)
        finally:
            if self._sound is not None:
                self._sound.close()


class PieceWriter(StreamWriter):
    """A piece of a copy, in fragments, written as it comes: a page plays it after the one before.

    Times are ticks of ``time_base``, from 0 in each piece.
    """

    _options = {"crf": "24", "preset": "veryfast", "bf": "0"}  # noqa: RUF012 (never changed)

    def __init__(
        self,
        out: BinaryIO,
        size: tuple[int, int],
        rate: Fraction,
        time_base: Fraction,
        *,
        full_range: bool,
        colour_matrix: str,
    ) -> None:
        super().__init__(
            out, size, rate, full_range=full_range, colour_matrix=colour_matrix, time_base=time_base
        )
        self._lasting: dict[int, int] = {}

    def write_at(self, y: Plane, u: Plane, v: Plane, pts: int, duration: int) -> None:
        """Add one picture, shown from ``pts`` for ``duration`` ticks; times must increase."""
        self._lasting[pts] = duration
        self._put(y, u, v, pts, duration)

    def _timed(self, packets: "list[Packet[VideoStream]]") -> "list[Packet[VideoStream]]":
        return _lasting(packets, self._lasting)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()


def _lasting(packets: "list[Packet[VideoStream]]", known: dict[int, int]) -> "list[Packet[VideoStream]]":
    """The packets with the durations that were asked for: the encoder gives each the usual one."""
    for packet in packets:
        if packet.pts in known:
            packet.duration = known.pop(packet.pts)
    return packets
