"""What one file holds, from walking its packets without decoding, and from decoding its first pictures."""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from synopticon.errors import NoVideoError, UnreadableError
from synopticon.footage.container import VideoPacket, open_video, packets
from synopticon.footage.times import Unwrap, fill

# Streams without a container: their packets have no times of their own.
_RAW = ("h264", "hevc", "vvc", "m4v", "mpegvideo", "mjpeg", "h263", "obu", "cavsvideo", "dirac", "av1")
# Formats whose header says how long the recording is; others guess it from its end.
_DECLARED = ("mov,mp4", "matroska", "avi", "flv", "asf")
_LOOK = 12  # pictures decoded to see whether their times grow
_UNTIMED = 0.01  # share of packets without times from which they are filled in
_PATIENCE = 5000  # packets tried before a file is said not to decode


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """The packets of one file. ``times`` int64 ``(n,)``: sorted times of the pictures shown, ticks."""

    container: str
    codec: str
    time_base: Fraction
    times: NDArray[np.int64]
    step: int  # usual distance of two pictures, ticks
    frames: int
    keys: int
    made: bool  # the file has no times: they are counted
    filled: bool  # some packets have no times: they are spread between the others
    seekable: bool  # a seek lands on the packets that it should
    jumps: tuple[tuple[int, int], ...]  # where the times went back: (ticks, by how many)
    declared_end: int | None  # where the header says that it ends, ticks
    rate: Fraction
    variable: bool
    streams: int
    metadata: dict[str, str]


@dataclass(frozen=True, slots=True)
class Look:
    """The first pictures of one file, decoded."""

    width: int
    height: int
    pixel_format: str
    aspect: Fraction
    rotation: int
    interlaced: bool
    full_range: bool
    colour_matrix: str
    ordered: bool  # whether their pts grow
    first_dts: int | None


def unwrap_for(stream: VideoStream) -> Unwrap:
    """The rule for clocks set back inside a file; the same for scanning and reading."""
    base = stream.time_base or Fraction(1, 90000)
    rate = stream.guessed_rate or stream.average_rate or Fraction(25)
    return Unwrap(step=max(1, round(1 / (rate * base))), slack=max(1, round(1 / base)))


def is_raw(container: InputContainer) -> bool:
    """Whether the stream has no container, thus no times."""
    return container.format.name in _RAW


def raw_rate(stream: VideoStream) -> Fraction:
    """Frames per second of a stream without times: what its header says, else 25."""
    rate = stream.codec_context.framerate
    return rate if rate and 1 <= rate <= 240 else Fraction(25)


def scan(path: Path, tick: Callable[[], None] = lambda: None, *, filled: bool = False) -> Scan:
    """Walk the packets of a file; nothing is decoded, memory is 8 bytes a picture.

    ``tick`` is called at each packet; what it raises ends the walk. ``filled``: times that are missing are
    made up between the others; found out and done in a second walk. Raises UnreadableError, NoVideoError.
    """
    container, stream = open_video(path)
    with container:
        raw = is_raw(container)
        unwrap = unwrap_for(stream)
        found = _ticking(unwrap(packets(container, stream)), tick)
        walked = _walk(fill(found) if filled else found, raw, unwrap.step, filled)
        if not walked.frames:
            raise NoVideoError(
                f"{path}: holds not one video packet; the recording is empty or cut off: give another copy"
            )
        if walked.untimed > max(2, _UNTIMED * walked.frames):
            return scan(path, tick, filled=True)
        rate, step, variable = _rate(walked.times, stream, raw)
        seekable, alone = _seeks(container, stream, walked.keys)
        return Scan(
            container=container.format.name,
            codec=stream.codec_context.name,
            time_base=stream.time_base or Fraction(1, 90000),
            times=walked.times,
            step=step,
            frames=walked.frames,
            keys=len(walked.keys) if alone else min(1, len(walked.keys)),
            made=raw,
            filled=filled,
            seekable=seekable and not (raw or filled or unwrap.jumps),
            jumps=tuple(unwrap.jumps),
            declared_end=None if raw else _declared_end(container, stream),
            rate=rate,
            variable=variable,
            streams=len(container.streams.video),
            metadata={k.lower(): v for k, v in {**container.metadata, **stream.metadata}.items()},
        )


def _ticking(found: Iterator[VideoPacket], tick: Callable[[], None]) -> Iterator[VideoPacket]:
    for packet in found:
        tick()
        yield packet


@dataclass(frozen=True, slots=True, eq=False)
class _Walked:
    times: NDArray[np.int64]  # of the pictures that can be decoded, sorted
    frames: int
    keys: dict[int, int]  # time and size of the key frames
    untimed: int  # packets without any time


def _walk(found: Iterator[VideoPacket], raw: bool, step: int, filled: bool) -> _Walked:
    times = array("q")
    keys: dict[int, int] = {}
    frames = untimed = 0
    for packet in found:
        shown = packet.dts if packet.pts is None or filled else packet.pts
        time = frames * step if raw else shown
        frames += 1
        untimed += time is None
        if time is None or packet.is_discard:
            continue
        if packet.is_keyframe:
            keys[time] = packet.size
        times.append(time)
    ticks = np.unique(np.frombuffer(times, np.int64)) if times else np.zeros(1, np.int64)
    # What comes before the first key frame cannot be decoded.
    return _Walked(ticks[ticks >= next(iter(keys), ticks[0])], frames, keys, untimed)


def _seeks(container: InputContainer, stream: VideoStream, keys: dict[int, int]) -> tuple[bool, bool]:
    """Whether seeks land as they should (not with every demuxer), and whether key frames decode alone."""
    times = sorted(keys)
    alone = True
    for share in (0.5, 0.9) if len(times) > 1 else ():
        try:
            container.seek(times[int(share * len(times))], stream=stream)
        except (av.FFmpegError, OSError):
            return False, alone
        landed = next((p for p in packets(container, stream) if p.is_keyframe), None)
        if (
            landed is None
            or keys.get(landed.pts if landed.pts is not None else landed.dts or 0) != landed.size
        ):
            return False, alone
        alone &= _decodes(stream, landed)
    return True, alone


def _decodes(stream: VideoStream, packet: VideoPacket) -> bool:
    try:
        return bool([*stream.decode(packet), *stream.decode(None)])
    except (av.FFmpegError, OSError):
        return True  # damage, which tells nothing of the other key frames


def _rate(times: NDArray[np.int64], stream: VideoStream, raw: bool) -> tuple[Fraction, int, bool]:
    """Frames per second, usual step in ticks, and whether the rate varies."""
    base = stream.time_base or Fraction(1, 90000)
    told = raw_rate(stream) if raw else stream.guessed_rate or stream.average_rate or Fraction(25)
    steps = np.diff(times)
    if raw or not len(steps):
        return told, max(1, round(1 / (told * base))), False
    step = int(np.median(steps))
    usual = steps[steps < 3 * step + 2]
    # Times that are rounded differ by a tick; so do those of a tick clock coarser than the rate.
    odd = np.abs(usual - step) > np.maximum(0.25 * step, 1)
    variable = bool(odd.sum() > max(2, 0.02 * len(odd))) or len(usual) < 0.9 * len(steps)
    usual = usual if variable else usual[~odd]  # a frame that was dropped now and then changes no rate
    rate = 1 / (Fraction(int(usual.sum()), len(usual)) * base)
    near = [r for r in (told, stream.average_rate, stream.base_rate) if r and abs(r / rate - 1) < 0.002]
    return (near[0] if near and not variable else rate).limit_denominator(1001), step, variable


def _declared_end(container: InputContainer, stream: VideoStream) -> int | None:
    if not container.format.name.startswith(_DECLARED):
        return None
    if stream.duration:
        # AVI: the header counts pictures, one a tick, while the duration shrinks with a file that is cut off.
        length = max(stream.duration, stream.frames if container.format.name == "avi" else 0)
        return (stream.start_time or 0) + length
    base = stream.time_base or Fraction(1, 90000)
    tag = stream.metadata.get("DURATION", "")
    if tag.count(":") == 2:
        hours, minutes, seconds = tag.split(":")
        return round((int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)) / base)
    if container.duration:
        return round(Fraction(container.duration, av.time_base) / base)
    return None


def look(path: Path, *, filled: bool = False) -> Look:
    """Decode the first pictures of a file, to be sure that it decodes and to see what they are.

    ``filled``: decoding times that are missing are made up, as in ``scan``.
    Raises UnreadableError when not one picture can be decoded.
    """
    container, stream = open_video(path)
    with container:
        stream.codec_context.thread_count = 1
        first: VideoFrame | None = None
        dts: int | None = None
        last, ordered = -(1 << 62), True
        found = packets(container, stream)
        for frame in islice(_decode(fill(found) if filled else found, stream), _LOOK):
            if first is None:
                first, dts = frame, frame.dts
            if frame.pts is not None:
                ordered &= frame.pts > last
                last = frame.pts
        if first is None:
            raise UnreadableError(
                f"{path}: not one picture can be decoded; the recording is damaged: give another copy"
            )
        return _describe(first, stream, ordered, dts)


def _decode(found: Iterator[VideoPacket], stream: VideoStream) -> Iterator[VideoFrame]:
    for count, packet in enumerate(found):
        if count > _PATIENCE:
            return
        try:
            yield from stream.decode(packet)
        except (av.FFmpegError, OSError):
            continue
    try:
        yield from stream.decode(None)
    except (av.FFmpegError, OSError):
        return


def _describe(frame: VideoFrame, stream: VideoStream, ordered: bool, dts: int | None) -> Look:
    name = frame.format.name
    aspect = stream.sample_aspect_ratio or Fraction(1)
    if not Fraction(1, 4) <= aspect <= 4 or abs(aspect - 1) < Fraction(1, 100):
        aspect = Fraction(1)
    matrices = {1: "bt709", 9: "bt2020", 10: "bt2020", 5: "bt601", 6: "bt601", 4: "bt601", 7: "bt601"}
    guess = "bt709" if frame.height >= 720 else "bt601"
    rgb = frame.format.is_rgb or name == "pal8"
    gray = name.startswith("gray")
    return Look(
        width=frame.width,
        height=frame.height,
        pixel_format=name,
        aspect=aspect,
        rotation=round(-frame.rotation / 90) % 4 * 90,
        interlaced=frame.interlaced_frame or stream.codec_context.field_order > 1,
        full_range=not (rgb or gray) and (frame.color_range == 2 or name.startswith("yuvj")),
        colour_matrix="bt601" if rgb else matrices.get(frame.colorspace, guess),
        ordered=ordered,
        first_dts=dts,
    )
