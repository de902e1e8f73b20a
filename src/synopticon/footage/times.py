"""The times of packets: which to believe, and what to do where there are none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from synopticon.footage.container import VideoPacket

_START = re.compile(rb"\x00\x00\x01(.)", re.DOTALL)


@dataclass(slots=True)
class Unwrap:
    """Makes times go on where a recorder's clock was set back inside a file.

    ``step`` is the usual distance of pictures, ``slack`` how far times may go back without being a jump, both
    in the stream's time base. ``jumps`` collects (time of the first packet after, ticks it went back by).
    """

    step: int
    slack: int
    jumps: list[tuple[int, int]] = field(default_factory=list)
    _shift: int = 0
    _last: int | None = None

    def __call__(self, packets: Iterator[VideoPacket]) -> Iterator[VideoPacket]:
        """Give the packets with their times changed in place."""
        for packet in packets:
            here = packet.dts if packet.dts is not None else packet.pts
            if here is not None:
                here += self._shift
                if self._last is not None and here < self._last - self.slack:
                    back = self._last + self.step - here
                    self._shift += back
                    here += back
                    self.jumps.append((here if packet.pts is None else packet.pts + self._shift, back))
                self._last = here if self._last is None else max(here, self._last)
            if self._shift:
                packet.pts = None if packet.pts is None else packet.pts + self._shift
                packet.dts = None if packet.dts is None else packet.dts + self._shift
            yield packet


def fill(packets: Iterator[VideoPacket]) -> Iterator[VideoPacket]:
    """Give every packet a decoding time: those without one are spread evenly between those that have one.

    (A PES packet may hold several pictures, and times only the first.) Packets before the first time are
    left out.
    """
    last: int | None = None
    step = 0
    waiting: list[VideoPacket] = []
    for packet in packets:
        here = packet.dts if packet.dts is not None else packet.pts
        if here is None:
            waiting.append(packet)
            continue
        if last is not None:
            step = max(1, (here - last) // (len(waiting) + 1))
            yield from _spread(waiting, last, here - last)
        waiting = []
        packet.dts = last = here
        yield packet
    if last is not None:
        yield from _spread(waiting, last, step * (len(waiting) + 1))


def _spread(waiting: list[VideoPacket], start: int, length: int) -> Iterator[VideoPacket]:
    for place, packet in enumerate(waiting, 1):
        packet.dts = start + length * place // (len(waiting) + 1)
        yield packet


def is_reset(data: bytes, codec: str) -> bool:
    """Whether a packet holds a picture that no other depends across: a full refresh.

    H.264 7.4.1.2.4: unit type 5 (IDR); H.265 7.4.2.2: types 16 to 20 (BLA, IDR). Other codecs: never.
    """
    for first in _units(data):
        kind = first & 31 if codec == "h264" else first >> 1 & 63
        if codec == "h264" and kind in (1, 5):
            return kind == 5
        if codec == "hevc" and kind < 32:
            return 16 <= kind <= 20
    return False


def _units(data: bytes) -> Iterator[int]:
    """The first byte of each unit, whether start codes (Annex B) or lengths of four bytes part them."""
    if data.startswith((b"\x00\x00\x01", b"\x00\x00\x00\x01")):
        yield from (match[1][0] for match in _START.finditer(data))
        return
    at = 0
    while at + 4 < len(data):
        yield data[at + 4]
        at += 4 + int.from_bytes(data[at : at + 4], "big")
