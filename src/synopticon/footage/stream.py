"""Frames of a camera that films now: one address, read by a thread, opened again whenever it is lost.

The thread decodes what comes and keeps the newest few pictures. Whoever is slower than the camera loses the
oldest of them, which are counted: what is shown late is worth less than what is shown now. So memory does not
grow with the time, nor the delay.

Times are of this machine, from when the stream was begun: a camera's own clock is never asked what time it
is, only how far its pictures lie apart. Where its times run away from those of their arrival by more than
``APART``, they are tied to the arrival anew, and that is said.

An address may hold a password. It leaves this module only as ``shown`` writes it: no error of FFmpeg, which
repeats the address, is passed on.
"""

import stat
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from synopticon.errors import FootageError, NoVideoError, UnreadableError, UsageError
from synopticon.footage.container import VideoPacket, first_video
from synopticon.footage.picture import Picture
from synopticon.footage.segments import Recorder
from synopticon.values.footage import SourceFile
from synopticon.values.frame import Frame
from synopticon.values.live import LIVE_BASE, Item, Lost, Opened

SCHEMES = ("rtsp", "rtsps", "rtmp", "rtmps", "http", "https", "tcp", "tls", "udp", "rtp", "srt", "file")
_INNER = "rtsp,rtsps,rtmp,rtmps,rtmpt,http,https,httpproxy,tcp,tls,udp,rtp,srt,srtp,file,crypto"
APART = 2.0  # seconds by which times may stray from those of their arrival
SHIFT = 0.002  # share by which a camera's clock may run fast or slow
_NOTHING = 60  # packets in a row without a picture, then nothing in them can be decoded


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """When a stream counts as lost, and how it is opened again. Times in seconds.

    ``stall`` without a packet and it is lost; ``opening`` it may take to begin; ``pauses`` before it is
    opened again, the last one again and again. ``waiting`` pictures are kept at most.
    """

    stall: float = 3.0
    opening: float = 5.0
    pauses: tuple[float, ...] = (0.3, 0.7, 1.5)
    waiting: int = 20


def shown(address: str) -> str:
    """An address without what may be secret: no user, no password, no query."""
    parts = urlsplit(address)
    if not parts.scheme or len(parts.scheme) == 1:
        return address
    if parts.scheme == "file":
        return f"file:{parts.path}"
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        port = ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"


def check_address(address: str) -> None:
    """Raise ``UsageError`` for what is no address of a stream."""
    scheme = urlsplit(address).scheme if "://" in address else ""
    if scheme and scheme not in SCHEMES:
        raise UsageError(f"{scheme}://...: is no stream that can be watched: use {', '.join(SCHEMES)}")
    if not scheme and not Path(address.removeprefix("file:")).exists():
        raise UsageError(f"{shown(address)}: is no such file: give an address such as rtsp://HOST/PATH")


@dataclass(slots=True)
class _Clock:
    """Ties the times of one connection to those of this machine."""

    begun: float  # monotonic seconds
    anchor: float | None = None
    at: float = 0.0  # seconds since ``begun``, of the last picture
    jumps: int = 0

    def time(self, own: float | None, arrived: float) -> float:
        """Seconds since the stream was begun, always growing. ``own``: by the camera, seconds."""
        now = arrived - self.begun
        if own is None:
            found = now
        else:
            late = now - own
            if self.anchor is None or abs(late - self.anchor) > APART:
                self.jumps += self.anchor is not None
                self.anchor = late
            else:
                self.anchor = min(self.anchor + SHIFT * max(now - self.at, 0.0), late)
            found = own + self.anchor
        self.at = max(min(found, now), self.at + 0.001)
        return self.at


@dataclass
class Stream:
    """A stream that is read while it is entered; a context manager.

    ``address``: see ``check_address``; ``begun``: monotonic seconds at which its times are 0; ``record``:
    keeps the packets, or None. ``dropped`` pictures that nobody took in time.
    """

    address: str
    begun: float
    settings: StreamSettings = field(default_factory=StreamSettings)
    record: Recorder | None = None
    dropped: int = 0
    jumps: int = 0
    _ready: threading.Condition = field(default_factory=threading.Condition, init=False)
    _items: deque[Item] = field(default_factory=deque, init=False)
    _leave: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="stream", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave.set()
        if self._thread is not None:
            self._thread.join(self.settings.stall + self.settings.opening)
        if self.record is not None:
            self.record.close()

    def take(self, timeout: float) -> Item | None:
        """The next item, waited for ``timeout`` seconds at most."""
        with self._ready:
            if not self._items:
                self._ready.wait(timeout)
            return self._items.popleft() if self._items else None

    def give(self, item: Item) -> None:
        """Keep an item to be taken; of too many pictures, the newest."""
        with self._ready:
            if isinstance(item, Frame):
                waiting = [n for n, one in enumerate(self._items) if isinstance(one, Frame)]
                if len(waiting) >= self.settings.waiting:
                    del self._items[waiting[0]]
                    self.dropped += 1
            self._items.append(item)
            self._ready.notify()

    def _run(self) -> None:
        tries = 0
        while not self._leave.is_set():
            why, seen = self._once()
            if self.record is not None:
                self.record.close()
            if self._leave.is_set():
                return
            tries = 0 if seen else tries + 1
            self.give(Lost(time.monotonic() - self.begun, why, seen))
            pauses = self.settings.pauses
            self._leave.wait(pauses[min(tries, len(pauses) - 1)])

    def _once(self) -> tuple[str, bool]:
        """Read until it is lost: why, and whether a picture was seen."""
        reading = _Reading(self, _Clock(self.begun, at=time.monotonic() - self.begun))
        try:
            with _open(self.address, self.settings) as container:
                reading.read(container)
        except FootageError as error:
            return str(error), reading.seen
        except Exception as error:  # noqa: BLE001 (whatever it is, it may name the address: nothing of it is shown)
            return _why(error), reading.seen
        finally:
            self.jumps += reading.clock.jumps
        return "the stream ended", reading.seen

    @property
    def left(self) -> bool:
        """Whether it is to end."""
        return self._leave.is_set()

    def rest(self, seconds: float) -> None:
        """Wait, but no longer than until it is to end."""
        self._leave.wait(seconds)


@dataclass(slots=True)
class _Reading:
    """One connection: its packets become pictures with their times."""

    stream: Stream
    clock: _Clock
    seen: bool = False
    _size: tuple[int, int] = (0, 0)
    _convert: Picture | None = None
    _empty: int = 0

    def read(self, container: InputContainer) -> None:
        """Until it ends. Raises the errors of FFmpeg, ``FootageError`` where nothing can be decoded."""
        video = first_video(container)
        if video is None:
            raise NoVideoError("there is no video in the stream: check its address")
        video.codec_context.thread_count = 1
        paced = _Paced(video, self.stream) if _is_file(self.stream.address) else None
        for packet in container.demux(video):
            if self.stream.left:
                return
            if not packet.size:
                continue
            if paced is not None:
                paced.wait(packet)
            arrived = time.monotonic()
            if self.stream.record is not None:
                self.stream.record.take(packet, video, arrived)
            self._decode(packet, video, arrived)

    def _decode(self, packet: VideoPacket, video: VideoStream, arrived: float) -> None:
        try:
            pictures = packet.decode()
        except av.InvalidDataError:
            pictures = []
        self._empty = 0 if pictures else self._empty + 1
        if self._empty > _NOTHING:
            raise UnreadableError("nothing in the stream can be decoded (damaged, or another codec)")
        for picture in pictures:
            self._take(picture, video, arrived)

    def _take(self, picture: VideoFrame, video: VideoStream, arrived: float) -> None:
        size = (picture.width, picture.height)
        if size != self._size or self._convert is None:
            self._size = size
            self._convert = Picture(SourceFile(Path(), 0, "", width=size[0], height=size[1]))
            rate = float(video.average_rate or video.base_rate or 25)
            name = video.codec_context.name
            self.stream.give(Opened(self.clock.at, *size, rate if 1 <= rate <= 120 else 25.0, name))
        base = picture.time_base or video.time_base
        own = None if picture.pts is None or base is None else float(picture.pts * base)
        at = self.clock.time(own, arrived)
        planes = self._convert.planes(picture)
        corrupt = bool(picture.is_corrupt)
        self.seen = True
        self.stream.give(
            Frame(0, round(at / LIVE_BASE), at, *planes, key=bool(picture.key_frame), corrupt=corrupt)
        )


class _Paced:
    """Holds back the packets of a file until it is their time: a file is watched as if it were filmed now."""

    def __init__(self, video: VideoStream, stream: Stream) -> None:
        self._base = float(video.time_base or LIVE_BASE)
        self._stream = stream
        self._first: float | None = None
        self._begun = time.monotonic()

    def wait(self, packet: VideoPacket) -> None:
        """Wait until the packet is due."""
        if packet.dts is None:
            return
        own = packet.dts * self._base
        self._first = own if self._first is None else self._first
        self._stream.rest(max(0.0, self._begun + own - self._first - time.monotonic()))


def _is_file(address: str) -> bool:
    if "://" in address and not address.startswith("file:"):
        return False
    path = Path(address.removeprefix("file://").removeprefix("file:"))
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def _open(address: str, settings: StreamSettings) -> InputContainer:
    given = address if "://" in address or address.startswith("file:") else f"file:{address}"
    options = {
        "rtsp_transport": "tcp",
        "protocol_whitelist": _INNER,
        "probesize": "1000000",
        "analyzeduration": "1000000",
    }
    timeouts = (settings.opening, settings.stall)
    return av.open(given, "r", options=options, timeout=timeouts, metadata_errors="replace")


def _why(error: Exception) -> str:
    """What went wrong in words that do not hold the address."""
    if isinstance(error, av.HTTPUnauthorizedError | PermissionError | av.HTTPForbiddenError):
        return "it refuses the user or the password: check them"
    if isinstance(error, av.ExitError | TimeoutError):
        return "nothing came any more: it stalls"
    if isinstance(error, ConnectionRefusedError):
        return "nobody answers there: is the camera on, and the port right?"
    if isinstance(error, FileNotFoundError | av.HTTPNotFoundError):
        return "there is no such stream: check the path of its address"
    if isinstance(error, av.InvalidDataError):
        return "what comes is no video (damaged, or no stream)"
    words = getattr(error, "strerror", None)
    return f"it was lost ({words})" if words else f"it was lost ({type(error).__name__})"
