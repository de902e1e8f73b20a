"""Decodes a range of one file: which pictures come out does not depend on where decoding begins."""

import heapq
import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, islice

import av
from av.container import InputContainer
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from synopticon.footage.container import VideoPacket, key_packets, open_video, packets, thin
from synopticon.footage.picture import Deinterlacer, Picture
from synopticon.footage.scan import unwrap_for
from synopticon.footage.times import fill, is_reset
from synopticon.values.footage import Footage, Gap, GapReason, SourceFile
from synopticon.values.frame import Frame

_BACK = (0.0, 2.0, 12.0, 60.0)  # seconds further back, each time a seek lands too late
HOLE = 0.25  # seconds: a longer one between pictures of a constant rate is a gap
_HEAL = 2.0  # seconds after a loss for which pictures that lean on it count as lost too, up to a key frame
_HELD = 8  # at most so many pictures wait for the one that they lean on
_NOT_ALONE = ("gif", "apng", "flic", "cinepak", "msvideo1", "qtrle", "zmbv", "fraps")


def usual_step(file: SourceFile) -> int:
    """The distance of two pictures in ticks."""
    return max(1, round(1 / (file.frame_rate * file.time_base)))


def ticks(file: SourceFile, time: float) -> int:
    """The smallest pts whose time (seconds on the timeline) is not before ``time``."""
    guess = file.start_pts + math.floor((time - file.offset) / file.time_base)
    while file.time_of(guess) < time:
        guess += 1
    while file.time_of(guess - 1) >= time:
        guess -= 1
    return guess


def timed(
    file: SourceFile, found: Iterator[VideoPacket], stream: VideoStream, first: int = 0
) -> Iterator[VideoPacket]:
    """The packets with the times that count: counted (from ``first``), or their own without steps back."""
    if file.times == "made":
        step = usual_step(file)
        for ordinal, packet in enumerate(found, first):
            packet.pts = packet.dts = file.start_pts + ordinal * step
            yield packet
        return
    if file.seekable:
        yield from found
        return
    found = unwrap_for(stream)(found)
    yield from fill(found) if file.times == "dts" else found


def time_of_packet(file: SourceFile, packet: VideoPacket) -> int | None:
    """The time of a packet in ticks, as it counts for this file."""
    return packet.dts if packet.pts is None or file.times == "dts" else packet.pts


def all_packets(file: SourceFile) -> Iterator[VideoPacket]:
    """All packets of a file with the times that count."""
    container, stream = open_video(file.path)
    with container:
        yield from timed(file, packets(container, stream), stream)


def decode_range(
    footage: Footage,
    index: int,
    low: int,
    high: int,
    *,
    keys_only: bool = False,
    apart: float = 0.5,
    threads: int = 0,
) -> Iterator[Frame | Gap]:
    """Frames of file ``index`` with ``low <= pts < high`` and the damage between them, in time order.

    Raises UnreadableError when the file is gone.
    """
    file = footage.files[index]
    run = _Run(file, index, low, high, keys_only, apart, tuple(g for g in footage.gaps if g.file == index))
    for target in run.targets():
        container, stream = open_video(file.path)
        with container:
            source = run.begin(container, stream, target)
            if source is None:
                continue
            stream.codec_context.thread_type = "AUTO"
            stream.codec_context.thread_count = threads
            pictures = run.pictures(stream, source)
            first = next(pictures, None)
            if target is not None and not run.retried and run.late(first):
                run.retried = True
                continue
            if target is not None:
                run.forgive(first)
            yield from run.items(pictures if first is None else chain([first], pictures))
            return


@dataclass(slots=True)
class _Run:
    """One attempt after the other to decode a range, and what is waited for meanwhile."""

    file: SourceFile
    index: int
    low: int
    high: int
    keys_only: bool
    apart: float  # seconds between pictures, where only key frames are wanted
    known: tuple[Gap, ...] = ()  # gaps that demuxing showed
    convert: Picture = field(init=False)
    step: int = field(init=False)  # usual distance of two pictures; this and the next two in ticks
    hole: int = field(init=False)
    heal: int = field(init=False)
    retried: bool = False
    skipped: int = 0  # packets passed over undecoded at the start of a file that cannot be sought
    anchor: int = 0  # pts of the key frame where decoding began
    origin: int = 0  # pts from which pictures are due
    waiting: list[int] = field(default_factory=list)  # heap: packets whose picture has not come out
    resets: set[int] = field(default_factory=set)  # counted times: where counting begins anew
    held: list[tuple[int, VideoFrame]] = field(default_factory=list)  # B pictures, until the next other one
    cell: int = -1  # which second was shown last, where pictures are thinned
    lost: int | None = None  # the first missing picture since the last one given
    smeared: int | None = None  # pts of the last loss that no key frame has followed
    last: int | None = None  # pts of the last picture given

    def __post_init__(self) -> None:
        self.convert = Picture(self.file)
        self.step = usual_step(self.file)
        self.hole = max(4 * self.step, math.floor(HOLE / self.file.time_base))
        self.heal = math.floor(_HEAL / self.file.time_base)

    @property
    def need(self) -> int:
        """Where decoding has to begin at the latest; deinterlacing looks at the picture before."""
        return self.low - (2 * self.step if self.file.interlaced else 0)

    def targets(self) -> Iterator[int | None]:
        """Places to begin at, one further back than the other; None = the start of the file."""
        if self.file.seekable and self.file.times == "pts" and self.need > self.file.start_pts:
            for back in _BACK:
                target = self.need - math.floor(back / self.file.time_base)
                if target > self.file.start_pts:
                    yield target
                if self.retried and self.anchor > self.file.start_pts:
                    yield self.anchor - 1
        yield None

    def begin(
        self, container: InputContainer, stream: VideoStream, target: int | None
    ) -> Iterator[VideoPacket] | None:
        """The packets from a key frame on; None when the seek landed after where it should."""
        self.waiting, self.resets, self.held = [], set(), []
        self.lost = self.smeared = self.last = None
        self.skipped = 0
        if target is not None:
            try:
                container.seek(target, stream=stream)
            except (av.FFmpegError, OSError):
                return None
        elif not (self.file.seekable or (self.keys_only and self._alone)):
            self.skipped = self._skip()
        if self.keys_only and self._alone:
            stream.codec_context.skip_frame = "NONKEY"
            if self.file.seekable:
                # Packets of another container: seeking in this one would reset the decoder.
                keys = key_packets(self.file.path, target, self.file.start_pts, self._apart)
                return self._from_key(keys, target)
            keys = (p for p in timed(self.file, packets(container, stream), stream) if p.is_keyframe)
            return self._from_key(thin(keys, self.file.start_pts, self._apart), None)
        source = islice(timed(self.file, packets(container, stream), stream), self.skipped, None)
        return self._from_key(source, target)

    @property
    def _apart(self) -> Fraction:
        return Fraction(self.apart) / self.file.time_base

    def _from_key(self, source: Iterator[VideoPacket], target: int | None) -> Iterator[VideoPacket] | None:
        for packet in source:
            if not self.file.keys or packet.is_keyframe:
                time = time_of_packet(self.file, packet)
                self.anchor = self.file.start_pts if time is None else time
                self.origin = self.anchor if target is not None or self.skipped else self.file.start_pts
                if target is not None and (time is None or time > self.need):
                    return None
                return chain([packet], source)
        return iter(()) if target is None else None

    def _skip(self) -> int:
        """How many packets at the start of a file that cannot be sought need not be decoded."""
        made, skip = self.file.times == "made", 0
        if self.file.times == "dts" or self.need <= self.file.start_pts:
            return 0
        for ordinal, packet in enumerate(all_packets(self.file)):
            time = time_of_packet(self.file, packet)
            if time is not None and time > self.need:
                break
            if is_reset(bytes(packet), self.file.codec) if made else packet.is_keyframe:
                skip = ordinal
        return skip

    @property
    def _alone(self) -> bool:
        several = self.file.keys > 1 or self.file.keys == self.file.frames
        return self.file.codec not in _NOT_ALONE and several and self.file.times == "pts"

    def pictures(self, stream: VideoStream, source: Iterator[VideoPacket]) -> Iterator[VideoFrame]:
        """Decoded pictures in display order, their pts as they count; progressive."""
        found = self._decode(stream, source)
        if self.file.times == "made":
            found = self._counted(found)
        elif self.file.times == "dts":
            found = _by_dts(found)
        if not self.file.interlaced:
            yield from found
            return
        filter_ = Deinterlacer()
        for frame in chain(found, [None]):
            yield from filter_.feed(frame, self.file.time_base)

    def _decode(self, stream: VideoStream, source: Iterator[VideoPacket]) -> Iterator[VideoFrame]:
        for packet in source:
            self._expect(packet)
            if self.keys_only and self._leans(packet):
                yield from _flushed(stream)
                stream.codec_context.flush_buffers()
            try:
                yield from stream.decode(packet)
            except (av.FFmpegError, OSError):
                continue  # its picture stays in ``waiting`` and becomes a gap
        yield from _flushed(stream)

    def _leans(self, packet: VideoPacket) -> bool:
        """Whether a key frame's place among others is told by the pictures between, which are left out."""
        codec = self.file.codec
        return self._alone and codec in ("h264", "hevc") and not is_reset(bytes(packet), codec)

    def _expect(self, packet: VideoPacket) -> None:
        if packet.pts is None or packet.is_discard:
            return
        if self.file.times == "made":
            if packet.pts == self.anchor or is_reset(bytes(packet), self.file.codec):
                self.resets.add(packet.pts)
        elif self.file.times == "pts" and not self.keys_only and packet.pts >= self.anchor:
            heapq.heappush(self.waiting, packet.pts)

    def _counted(self, frames: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
        """Give counted times in display order; the decoder hands each picture its packet's ordinal."""
        step, time = self.step, self.anchor - self.step
        for frame in frames:
            time = frame.pts if frame.pts in self.resets else time + step
            self.resets.discard(time)
            frame.pts = time
            yield frame

    def late(self, first: VideoFrame | None) -> bool:
        """Whether pictures right after the key frame did not come out: it is damaged, or refreshes slowly."""
        if first is None or first.pts is None:
            return first is None
        return bool(self.waiting) and self.waiting[0] < first.pts

    def forgive(self, first: VideoFrame | None) -> None:
        """Take what did not come out before the first picture as a slow refresh, not as damage."""
        while first is not None and self.waiting and self.waiting[0] < (first.pts or 0):
            heapq.heappop(self.waiting)

    def items(self, pictures: Iterator[VideoFrame]) -> Iterator[Frame | Gap]:
        """The frames of the range as they are displayed, and its gaps."""
        for picture in pictures:
            pts = self._time(picture)
            if pts is None:
                continue
            sound = self._sound(pts, picture)
            if self.lost is not None and self.held:
                # What is held was decoded from the picture that is lost.
                self.lost = min(self.lost, self.held[0][0])
                self.held.clear()
            if sound:
                yield from self._gap(pts)
                self.last = pts
                self.held.append((pts, picture))
                if picture.pict_type != PictureType.B or len(self.held) > _HELD:
                    yield from self._release()
            if pts >= self.high and not self.held:
                break
        yield from self._release()
        yield from self._gap(self.high)

    def _release(self) -> Iterator[Frame]:
        """Give the pictures that were held back until it was known that what they lean on is sound."""
        for pts, picture in self.held:
            cell = (pts - self.file.start_pts) // self._apart if self._thin else -1
            if self.low <= pts < self.high and not (self._thin and cell == self.cell):
                self.cell = cell
                time, key = self.file.time_of(pts), bool(picture.key_frame)
                planes = self.convert.planes(picture)
                yield Frame(self.index, pts, time, *planes, key, self.smeared is not None)
        self.held.clear()

    @property
    def _thin(self) -> bool:
        return self.keys_only and not self._alone

    def _time(self, picture: VideoFrame) -> int | None:
        """The picture's pts; None for one that lies before the key frame or does not come after the last."""
        pts = picture.pts if picture.pts is not None else picture.dts
        if pts is None:
            pts = self.anchor if self.last is None else self.last + self.step
        if pts < self.anchor or (self.last is not None and pts <= self.last):
            return None
        return pts

    def _sound(self, pts: int, picture: VideoFrame) -> bool:
        """Whether a picture can be shown: neither corrupt nor smeared by one that was lost before it."""
        self._missing(pts)
        if self.waiting and self.waiting[0] == pts:
            heapq.heappop(self.waiting)
        if picture.is_corrupt:
            self.lost = pts if self.lost is None else self.lost
            self.smeared = pts
            return False
        if picture.key_frame:
            self.smeared = None
        if self.smeared is not None and pts < self.smeared + self.heal:
            self.lost = pts if self.lost is None else self.lost
            return False
        return True

    def _missing(self, pts: int) -> None:
        """Note which pictures before ``pts`` never came out."""
        first: int | None = None
        while self.waiting and self.waiting[0] < pts:
            missing = heapq.heappop(self.waiting)
            if first is None and (self.last is None or missing > self.last):
                first = missing
        # The second field of a picture may have a packet of its own: half a step is no loss.
        if first is not None and pts - first >= 0.9 * self.step:
            self.lost = first if self.lost is None else self.lost
            self.smeared = first

    def _gap(self, pts: int) -> Iterator[Gap]:
        """The gap that ends with a sound picture at ``pts``, or with the range."""
        self._missing(pts)
        if self.lost is None:
            self.lost = self._unexplained(pts)
        if self.lost is None:
            return
        start, end = max(self.lost, self.low), min(pts, self.high)
        self.lost = None
        if start < end:
            times = (self.file.time_of(start), self.file.time_of(end))
            yield Gap(*times, GapReason.DAMAGED, self.index, "pictures that cannot be decoded")

    def _unexplained(self, pts: int) -> int | None:
        """Where a hole before ``pts`` begins that is neither known nor usual; packets may lack times."""
        if self.keys_only or self.file.variable_rate:
            return None
        step = self.step
        last = self.origin - step if self.last is None else self.last
        if pts - last <= self.hole:
            return None
        begin = last + step
        for gap in self.known:
            if self.file.time_of(begin - step) <= gap.start <= self.file.time_of(begin + step):
                begin = max(begin, ticks(self.file, gap.end))
        return begin if pts - begin > step / 2 else None


def _flushed(stream: VideoStream) -> Iterator[VideoFrame]:
    """The pictures that the decoder still holds."""
    with suppress(av.FFmpegError, OSError):
        yield from stream.decode(None)


def _by_dts(frames: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    for frame in frames:
        frame.pts = frame.dts
        yield frame
