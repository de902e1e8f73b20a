"""Cut a recording to the groups of pictures that a time needs, without touching a byte of any packet."""

import errno
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import av

from synopticon.footage.container import open_video, packets
from synopticon.footage.decode import ticks
from synopticon.values.footage import SourceFile

# Container of the source: that of the part, the same, so that packets need no other writing.
_KINDS = MappingProxyType({"mov": "mp4", "matroska": "matroska", "mpegts": "mpegts", "avi": "avi"})
_BEFORE = 2  # seconds by which sound may lie apart from the pictures that it belongs to


@dataclass(frozen=True, slots=True)
class Part:
    """What was cut out, in seconds from the file's first frame; ``packets`` of pictures and sound.

    From ``first`` up to, not including, ``end`` (None: to the file's end).
    """

    first: float
    end: float | None
    packets: int


def cut(file: SourceFile, target: Path, since: float, until: float) -> Part | None:
    """Write the groups of pictures that show ``since`` to ``until`` (seconds on the footage's timeline).

    The part begins with a key frame and ends before one; it was read back, and each packet is the source's.
    None, and nothing written, where the container or its times do not allow that: hand over the whole file.
    Raises ``OSError`` when the disk is full, ``UnreadableError`` when the source cannot be opened.
    """
    if file.times != "pts":
        return None
    try:
        done = _cut(file, target, ticks(file, since), ticks(file, until))
    except (av.FFmpegError, ValueError) as error:
        target.unlink(missing_ok=True)
        if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
            raise OSError(error.errno, str(error)) from error  # type: ignore[union-attr]
        return None
    if done is None:
        target.unlink(missing_ok=True)
    return done


def _cut(file: SourceFile, target: Path, since: int, until: int) -> Part | None:
    container, stream = open_video(file.path)
    with container:
        kind = _KINDS.get(container.format.name.split(",")[0])
        keys = [p.pts for p in packets(container, stream) if p.is_keyframe and p.pts is not None]
        first = max((k for k in keys if k <= since), default=None)
        if kind is None or first is None or keys != sorted(set(keys)):  # a clock that was set back
            return None
        end = min((k for k in keys if k >= until and k > first), default=None)
        container.seek(max(0, first - round(_BEFORE / file.time_base)), stream=stream)
        with av.open("file:" + str(target.absolute()), "w", format=kind) as out:
            copied = _copy(container, stream, out, first, end)
    if not copied.count or _of(target) != copied.digests():
        return None
    seconds = [None if t is None else float((t - file.start_pts) * file.time_base) for t in (first, end)]
    return Part(seconds[0] or 0.0, seconds[1], copied.count)


class _Hashed:
    """Digests of the packets of pictures and of each sound, in their order."""

    def __init__(self) -> None:
        self._of: dict[int, Any] = {}
        self.count = 0

    def take(self, index: int, packet: Any) -> None:
        data = bytes(packet)
        self._of.setdefault(index, hashlib.sha256()).update(len(data).to_bytes(8, "big") + data)
        self.count += 1

    def digests(self) -> list[str]:
        return [self._of[index].hexdigest() for index in sorted(self._of)]


def _copy(container: Any, stream: Any, out: Any, first: int, end: int | None) -> _Hashed:
    """Copy the packets of the video and of all sound in between; gives their digests."""
    hashed = _Hashed()
    streams = [stream, *container.streams.audio]
    outs = {s.index: out.add_stream_from_template(s) for s in streams}
    for s in streams:
        outs[s.index].time_base = s.time_base
    for packet in _between(container.demux(streams), stream, first, end):
        source = packet.stream
        hashed.take(streams.index(source), packet)
        packet.stream = outs[source.index]
        out.mux(packet)
    return hashed


def _between(found: Iterator[Any], stream: Any, first: int, end: int | None) -> Iterator[Any]:
    """Pictures from one key frame up to the other, as they lie in the file, and the sound of that time."""
    begin = first * stream.time_base
    stop = None if end is None else end * stream.time_base
    begun = ended = False
    for packet in found:
        if not packet.size:
            continue
        if packet.stream is not stream:
            time = None if packet.pts is None else packet.pts * packet.time_base
            if time is not None and begin <= time and (stop is None or time < stop):
                yield packet
            continue
        begun = begun or (packet.is_keyframe and packet.pts == first)
        ended = ended or (end is not None and packet.is_keyframe and packet.pts == end)
        if begun and not ended:
            yield packet
        if stop is not None and ended and _time(packet) > stop + _BEFORE:
            return


def _time(packet: Any) -> Any:
    return (packet.pts if packet.pts is not None else packet.dts or 0) * packet.time_base


def _of(path: Path) -> list[str]:
    """The digests of what was written, read back."""
    hashed = _Hashed()
    with av.open("file:" + str(path.absolute())) as container:
        streams = [*container.streams.video[:1], *container.streams.audio]
        for packet in container.demux(streams):
            if packet.size:
                hashed.take(streams.index(packet.stream), packet)
    return hashed.digests()
