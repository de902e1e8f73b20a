"""Opens containers and walks their packets; errors of FFmpeg are translated here."""

import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from synopticon.errors import NoVideoError, UnreadableError

log = logging.getLogger(__name__)

# Demuxers that would make a video of something that is none, or that would open further files.
_NOT_FOOTAGE = ("tty", "concat", "hls", "dash", "sdp", "rtsp", "image2", "lavfi", "webvtt", "imf")
_ERRORS_IN_A_ROW = 64  # read errors without a packet between them, then the rest of the file is given up

VideoPacket: TypeAlias = "Packet[VideoStream]"


def open_video(path: Path) -> tuple[InputContainer, VideoStream]:
    """Open a file and its first video stream.

    Raises UnreadableError when FFmpeg cannot open it, NoVideoError when it holds no video to decode.
    """
    try:
        container = av.open(
            "file:" + str(path.absolute()),
            "r",
            metadata_errors="replace",
            options={"protocol_whitelist": "file"},
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        raise UnreadableError(f"{path}: {_why_not(path, error)}") from error
    name = container.format.name
    if name in _NOT_FOOTAGE or name.endswith("_pipe"):
        container.close()
        kind = "text" if name == "tty" else f"a {name} file"
        raise NoVideoError(f"{path}: is {kind}, not video; give a recording")
    stream = first_video(container)
    if stream is None:
        container.close()
        raise NoVideoError(f"{path}: holds no video that can be decoded; give a recording")
    return container, stream


def first_video(container: InputContainer) -> VideoStream | None:
    """The first video stream that can be decoded and is no cover; None = there is none."""
    for stream in container.streams.video:
        cover = stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails)
        if not cover and getattr(stream, "codec_context", None) is not None:
            return stream
    return None


def _why_not(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file; was it moved? Put it back, or name another"
    if isinstance(error, PermissionError):
        return "may not be read; check the permissions of the file"
    if path.stat().st_size == 0:
        return "is empty; give a recording, or wait until the recorder has written some of it"
    head = _head(path)
    if head[4:8] in (b"ftyp", b"mdat", b"wide", b"free", b"skip"):
        return (
            "has no index (moov): it is still being written, or was cut off; stop the recorder, or repair it"
        )
    if head and all(byte >= 32 or byte in b"\t\r\n\f" for byte in head):
        return "is text, not video; give a recording"
    why = getattr(error, "strerror", None) or str(error)
    return f"cannot be opened as video ({why}); give another copy, or repair it"


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(512)


def packets(container: InputContainer, stream: VideoStream) -> Iterator[VideoPacket]:
    """Walk the packets of a stream from where the container stands; read errors are passed over.

    Gives no empty packets. After an error the demuxer is asked again, as long as packets keep coming.
    """
    errors = 0
    while errors < _ERRORS_IN_A_ROW:
        try:
            for packet in container.demux(stream):
                if packet.size:
                    errors = 0
                    yield packet
            return
        except (av.FFmpegError, OSError) as error:
            log.debug("%s: read error: %s", container.name, error)
            errors += 1


def key_packets(
    path: Path, start: int | None = None, origin: int = 0, apart: Fraction = Fraction(1)
) -> Iterator[VideoPacket]:
    """The packets of key frames, in file order; with ``start`` (ticks) from the last one before it.

    Only the first in each ``apart`` ticks, counted from ``origin``. Where the container has an index of its
    own (MP4), only they are read; else all, and the rest passed over.
    """
    container, stream = open_video(path)
    with container:
        delay = _first_delay(container, stream)
        indexed = _key_index(container, stream)
        if start is not None:
            container.seek(start, stream=stream)
        if indexed:
            wanted = [time + delay for time in indexed if start is None or time + delay >= start]
            first = [] if start is None else [start]
            found = _each(container, stream, [*first, *_first_in_cells(wanted, origin, apart)])
        else:
            found = (p for p in packets(container, stream) if p.is_keyframe)
        yield from thin(found, origin, apart)


def thin(found: Iterator[VideoPacket], origin: int, apart: Fraction) -> Iterator[VideoPacket]:
    """The first packet in each ``apart`` ticks."""
    last = None
    for packet in found:
        time = packet.pts if packet.pts is not None else packet.dts
        if time is None or (time - origin) // apart != last:
            last = None if time is None else (time - origin) // apart
            yield packet


def _first_in_cells(times: list[int], origin: int, apart: Fraction) -> list[int]:
    return [
        t for i, t in enumerate(times) if not i or (t - origin) // apart != (times[i - 1] - origin) // apart
    ]


def _each(container: InputContainer, stream: VideoStream, times: list[int]) -> Iterator[VideoPacket]:
    for time in times:
        container.seek(time, stream=stream)
        packet = next((p for p in packets(container, stream) if p.is_keyframe), None)
        if packet is not None:
            yield packet


def _first_delay(container: InputContainer, stream: VideoStream) -> int:
    """By how much the first picture is shown after it is decoded, ticks; an index holds decoding times."""
    first = next(packets(container, stream), None)
    container.seek(stream.start_time or 0, stream=stream)
    return 0 if first is None or first.pts is None or first.dts is None else first.pts - first.dts


def _key_index(container: InputContainer, stream: VideoStream) -> list[int]:
    if not container.format.name.startswith("mov,mp4"):
        return []
    entries = stream.index_entries
    # A fragmented file knows only the fragments it has met.
    if len(entries) < stream.frames or not stream.frames:
        return []
    return [entry.timestamp for entry in entries if entry.is_keyframe and not entry.is_discard]
