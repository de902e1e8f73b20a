"""A camera that is watched, in a process of its own: what it sends can end this process, and no other.

The process gets what it must know when it begins (through a pipe: the address may hold a password), and tells
what it finds through another. It opens no workspace, so it can write nothing but the segments of a recording.
Who began it is all it lives for: when that is gone, the pipe is closed, and it ends.
"""

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeAlias

from synopticon.events.event import Event
from synopticon.events.live import Announcer
from synopticon.events.rule import Rule
from synopticon.events.scene import Scene
from synopticon.footage.segments import Recorder, Segment
from synopticon.footage.stream import Stream, StreamSettings
from synopticon.values.area import Area
from synopticon.values.footage import GapReason
from synopticon.values.frame import Frame
from synopticon.values.ground import Ground
from synopticon.values.live import Item, Opened
from synopticon.vision.pipeline import AnalysisSettings, detector_of
from synopticon.vision.rolling import Rolling, RollingSettings, live_footage

TICK = 0.7  # seconds between two looks at what was seen
SAY = 1.0  # seconds between two words about how it goes
HOLE = 1.0  # seconds without a picture that are a gap


@dataclass(frozen=True)
class EyeTask:
    """What a process must know. ``name``: hexadecimal, what the ids of its tracks begin with."""

    camera: str
    address: str = field(repr=False)
    zone: str
    name: str
    rules: tuple[Rule, ...]
    areas: Mapping[str, Area]
    ground: Ground | None
    settings: AnalysisSettings
    record: Path | None = None
    segment: float = 60.0
    stream: StreamSettings = field(default_factory=StreamSettings)
    rolling: RollingSettings = field(default_factory=RollingSettings)


@dataclass(frozen=True, slots=True)
class Hello:
    """It begins: POSIX seconds of its time 0."""

    start: float


@dataclass(frozen=True, slots=True)
class Sees:
    """Pictures come, since ``time`` (POSIX seconds as all times here): their size, rate and codec."""

    time: float
    width: int
    height: int
    rate: float
    codec: str


@dataclass(frozen=True, slots=True)
class GapBegan:
    """Nothing is seen since ``time``, and why."""

    time: float
    reason: GapReason
    detail: str


@dataclass(frozen=True, slots=True)
class GapEnded:
    """Something is seen again since ``time``."""

    time: float


@dataclass(frozen=True, slots=True)
class Raised:
    """An event; ``start`` POSIX seconds.

    ``fresh``: it is new, else it lasted longer.
    """

    event: Event
    start: float
    fresh: bool


@dataclass(frozen=True, slots=True)
class Going:
    """How it goes: pictures seen and dropped so far, seconds from a picture's coming to its being looked at.

    ``memory``: bytes of the process; ``notes``: rules that cannot be looked for, and why.
    """

    time: float
    frames: int
    dropped: int
    late: float
    tracks: int
    memory: int
    jumps: int
    notes: tuple[str, ...]


Word: TypeAlias = Hello | Sees | GapBegan | GapEnded | Raised | Going | Segment


def run_eye(task: EyeTask, words: Connection) -> None:
    """What the process does, until nobody listens any more."""
    from synopticon.vision.threads import single_thread

    single_thread()
    try:
        _Eye(task, words).run()
    except (BrokenPipeError, ConnectionResetError, EOFError, KeyboardInterrupt):
        return


class _Eye:
    def __init__(self, task: EyeTask, words: Connection) -> None:
        self._task, self._words = task, words
        self._begun = time.monotonic()
        self._start = time.time()
        self._detector = detector_of(task.settings)
        self._announcer = Announcer(task.rules)
        self._rolling: Rolling | None = None
        self._shown: Opened | None = None
        self._frames, self._late, self._parts, self._dropped = 0, 0.0, 0, 0
        self._last: float | None = None  # seconds of the last picture
        self._gap = True  # none came yet
        self._saying = threading.Lock()

    def run(self) -> None:
        """Watch until nobody listens."""
        self._say(Hello(self._start))
        self._say(GapBegan(self._start, GapReason.MISSING, "the stream was not opened yet"))
        look, word = self._begun, self._begun
        with Stream(self._task.address, self._begun, self._task.stream, self._recorder()) as stream:
            while True:
                item = stream.take(0.1)
                if item is not None:
                    self._take(item, stream.dropped)
                now = time.monotonic()
                if now >= look + TICK:
                    self._look()
                    look = now
                if now >= word + SAY:
                    self._tell(stream)
                    word = now

    def _recorder(self) -> Recorder | None:
        folder = self._task.record
        return None if folder is None else Recorder(folder, self._say, self._task.segment)

    def _take(self, item: Item, dropped: int) -> None:
        """``dropped``: pictures that were dropped until now, because this process was too slow."""
        if isinstance(item, Frame):
            self._see(item, behind=dropped > self._dropped)
            self._dropped = dropped
        elif isinstance(item, Opened):
            self._open(item)
        elif self._gap is False:
            last = item.time if self._last is None else self._last
            self._open_gap(last, GapReason.MISSING, item.why)
        else:
            self._say(GapBegan(self._at(item.time), GapReason.MISSING, item.why))

    def _open(self, opened: Opened) -> None:
        """Begin anew where the picture is another; else go on with what is known."""
        self._say(Sees(self._at(opened.time), opened.width, opened.height, opened.rate, opened.codec))
        known = self._shown
        self._shown = opened
        if known is not None and (known.width, known.height) == (opened.width, opened.height):
            return
        task = self._task
        name = f"{task.name[:10]}{self._parts:02x}{task.name[12:]}"
        self._parts = (self._parts + 1) % 256
        size = (opened.width, opened.height)
        footage = live_footage(task.camera, name, size, opened.rate, self._start, task.zone)
        s = task.settings
        self._rolling = Rolling(footage, self._detector, s.observe, s.track, task.rolling)

    def _see(self, frame: Frame, *, behind: bool) -> None:
        assert self._rolling is not None, "a stream is opened before its first picture"
        if self._gap:
            self._close_gap(frame.time)
        elif self._last is not None and frame.time - self._last > HOLE:
            if behind:
                self._open_gap(
                    self._last, GapReason.SKIPPED, "pictures were dropped: this machine is too slow"
                )
            else:
                self._open_gap(self._last, GapReason.MISSING, "no picture came")
            self._close_gap(frame.time)
        self._last = frame.time
        self._frames += 1
        self._late = max(self._late, time.monotonic() - self._begun - frame.time)
        self._rolling.see(frame)

    def _look(self) -> None:
        rolling = self._rolling
        if rolling is None or rolling.begun is None:
            return
        tracks = rolling.build()
        bank = rolling.bank
        scene = Scene(
            rolling.footage.width, rolling.footage.height, rolling.now, tracks,
            named=self._detector is not None, areas=self._task.areas, ground=self._task.ground,
            load_checks=rolling.checks, load_bank=lambda: bank, footage=rolling.footage,
        )  # fmt: skip
        fresh, longer = self._announcer.look(scene)
        for new, events in ((True, fresh), (False, longer)):
            for event in events:
                self._say(Raised(event, self._at(event.start), new))

    def _tell(self, stream: Stream) -> None:
        rolling = self._rolling
        record = stream.record
        notes = self._announcer.notes
        if record is not None and record.failed:
            notes = (*notes, f"nothing is recorded: {record.failed}")
        self._say(
            Going(
                time.time(), self._frames, stream.dropped, self._late,
                len(rolling.tracks) if rolling else 0, _memory(), stream.jumps, notes,
            )
        )  # fmt: skip
        self._late = 0.0

    def _open_gap(self, at: float, reason: GapReason, why: str) -> None:
        self._gap = True
        self._say(GapBegan(self._at(at), reason, why))

    def _close_gap(self, at: float) -> None:
        self._gap = False
        self._say(GapEnded(self._at(at)))

    def _at(self, seconds: float) -> float:
        return self._start + seconds

    def _say(self, word: Word) -> None:
        with self._saying:  # segments are told of by the thread that reads
            self._words.send(word)


def _memory() -> int:
    """Bytes of this process that are in memory; 0 where that cannot be told."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return 0
