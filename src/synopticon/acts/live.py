"""Watch cameras live: each in a process of its own, under an act that is decided anew at least once a day.

An event is stored before it is told of: on the terminal, to the web application (which reads what is stored),
to webhooks (whose outbox follows from what is stored). What this process or the machine loses, however it
ends, was never told to anybody.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Self

from synopticon.acts.analysis import settings_for
from synopticon.acts.courier import Courier
from synopticon.acts.events import Rules, own_rules
from synopticon.acts.live_eye import (
    EyeTask,
    GapBegan,
    GapEnded,
    Going,
    Hello,
    Raised,
    Sees,
    Word,
    run_eye,
)
from synopticon.acts.live_kept import Keeper
from synopticon.acts.workspace import Act, Workspace
from synopticon.errors import SynopticonError, UsageError
from synopticon.events.rule import Rule
from synopticon.events.rules_file import bound
from synopticon.footage.segments import Segment
from synopticon.footage.stream import StreamSettings, check_address, shown
from synopticon.governance.capability import Operation
from synopticon.governance.case import new_id
from synopticon.governance.grant import Scope, Window
from synopticon.jobs.pool import context
from synopticon.models.cards import resolve
from synopticon.store.cameras import Camera
from synopticon.store.events import NewEvent
from synopticon.store.live import WHOLE, gap_of
from synopticon.store.lock import held
from synopticon.values.footage import GapReason
from synopticon.values.ground import of_plain
from synopticon.vision.rolling import RollingSettings

OPERATION = Operation.COLLECTION
SWITCH = 0.3  # seconds between two looks at the switches
ALIVE = 5.0  # seconds between two words that it is still watched
DECIDE = 60.0  # seconds between two looks whether it would still be permitted
UNSURE = 1.0  # seconds: of the time of a picture that arrived over a network
LONGEST = timedelta(hours=24)  # of one act
BORN = 60.0  # seconds without a word from a process, then it is begun anew
AGAIN = 2.0  # seconds before a process that died is begun anew
MOST = 32  # cameras
_GROUP = "event."
_log = logging.getLogger("synopticon.live")


@dataclass(frozen=True, slots=True)
class WatchRequest:
    """What to watch. ``cameras``: name and address of each; ``record``: keep what is seen.

    ``segment``: seconds of a recorded file; ``daily``: make a synopsis of each day that is over.
    """

    cameras: tuple[tuple[str, str], ...] = field(repr=False)
    rules: Rules = field(default_factory=Rules)
    case: str | None = None
    reason: str = ""
    model: str = "auto"
    models_folder: Path | None = None
    unsafe_unknown_model: bool = False
    record: bool = False
    segment: float = 60.0
    daily: bool = False
    stream: StreamSettings = field(default_factory=StreamSettings)
    rolling: RollingSettings = field(default_factory=RollingSettings)


@dataclass(frozen=True, slots=True)
class Alert:
    """An event that was stored: its id, its camera's name, when it began and when it was raised (UTC)."""

    id: str
    camera: str
    found: Raised
    start: datetime
    raised: datetime

    def plain(self) -> dict[str, Any]:
        """The alert as JSON values: one line of ``watch --json``."""
        e = self.found.event
        return {
            "id": self.id,
            "camera": self.camera,
            "rule": e.rule,
            "name": e.name,
            "severity": e.severity,
            "start_utc": self.start.isoformat(),
            "raised_utc": self.raised.isoformat(),
            **e.why(),
        }


@dataclass
class Listener:
    """Who is told: of alerts once they are stored, and of what else happens, a line each."""

    alert: Callable[[Alert], None] = lambda _alert: None
    say: Callable[[str], None] = lambda _line: None
    going: Callable[[str, Going], None] = lambda _camera, _how: None


class Watch:
    """Watches while it is entered; a context manager. ``over`` when no camera is watched any more."""

    def __init__(self, workspace: Workspace, request: WatchRequest, listener: Listener | None = None) -> None:
        self.listener = listener or Listener()
        self.workspace = workspace
        self.courier = Courier(workspace)
        self._leave = threading.Event()
        self._stack = ExitStack()
        self._posts = [_Post(self, request, *one) for one in _checked(workspace, request)]
        self.keeper = Keeper(workspace, request.case, request.model, request.models_folder, request.reason)
        self.keeper.say = self.listener.say
        self.request = request

    def __enter__(self) -> Self:
        self._stack.enter_context(self.courier)
        cameras = [post.camera for post in self._posts]
        self._stack.enter_context(
            self.keeper.working(cameras, record=self.request.record, daily=self.request.daily)
        )
        for post in self._posts:
            post.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leave.set()
        for post in self._posts:
            post.join()
        self._stack.close()

    @property
    def leaving(self) -> threading.Event:
        """Set when it is to end."""
        return self._leave

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until no camera is watched any more (True), or for so long."""
        until = None if seconds is None else time.monotonic() + seconds
        while any(post.alive for post in self._posts):
            if until is not None and time.monotonic() >= until:
                return False
            time.sleep(0.1)
        return True

    @property
    def refusals(self) -> list[SynopticonError]:
        """What ended the watching of a camera."""
        return [post.error for post in self._posts if post.error is not None]


def scope_from(workspace: Workspace, camera: Camera, case: str | None) -> Scope:
    """From a minute ago to a day from now, within the hours of the case."""
    now = workspace.clock()
    start, end = now - timedelta(seconds=60), now + LONGEST
    if case is not None:
        here = [w for w in workspace.scope_of(case).windows if w.start <= now < w.end]
        if here:
            start, end = max(start, here[0].start), min(end, here[0].end)
    return Scope((camera.id,), (Window(start, end),))


def _checked(workspace: Workspace, request: WatchRequest) -> list[tuple[Camera, str, tuple[Rule, ...]]]:
    if not request.cameras or len(request.cameras) > MOST:
        raise UsageError(f"{len(request.cameras)} cameras: give 1 to {MOST}")
    found = []
    for name, address in request.cameras:
        check_address(address)
        camera = workspace.cameras.find(name)
        areas = workspace.areas.of(camera.id)
        made = request.rules.at(camera.name, areas)
        if not request.rules.drafts:
            scope = scope_from(workspace, camera, request.case)
            own = own_rules(workspace, camera, scope, request.case, request.reason)
            made = (*made, *bound(own.drafts, camera.name, areas))
        found.append((camera, address, made))
    if len({camera.id for camera, _, _ in found}) < len(found):
        raise UsageError("a camera is named twice: give each one stream")
    return found


@dataclass
class _Post:
    """One camera: a thread that listens to its process, under one act after the other."""

    watch: Watch
    request: WatchRequest
    camera: Camera
    address: str = field(repr=False)
    rules: tuple[Rule, ...]
    error: SynopticonError | None = None
    _thread: threading.Thread | None = None
    _eye: "_Eye | None" = None
    _gap: str | None = None  # the gap that lasts, by its id
    _detail: str = ""
    _session: str = field(default_factory=lambda: new_id("live"))
    _counts: dict[str, int] = field(default_factory=dict)
    _said: tuple[str, ...] = ()
    _seen_at: float = 0.0

    def start(self) -> None:
        """Begin, in a thread."""
        self._thread = threading.Thread(target=self._run, name=f"watch {self.camera.name}", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait for its end."""
        if self._thread is not None:
            self._thread.join()

    @property
    def alive(self) -> bool:
        """Whether it is watched."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def _leaving(self) -> bool:
        return self.watch.leaving.is_set()

    def _run(self) -> None:
        workspace = self.watch.workspace
        lock = workspace.folder / "locks" / f"live-{self.camera.id}.lock"
        try:
            with held(lock, wait=False) as mine:
                if not mine:
                    raise UsageError("is watched by another process: stop that one first")
                self._sit_on(workspace)
        except SynopticonError as error:
            self.error = error
            self.watch.listener.say(f"{self.camera.name}: {error}")
        finally:
            self._close_eye()

    def _sit_on(self, workspace: Workspace) -> None:
        """One act after the other, until it is to end."""
        begun = False
        while not self._leaving:
            with self._sitting() as act:
                if not begun:
                    workspace.live.begin_session(act.grant, self.camera.id, self._session, workspace.clock())
                    begun = True
                self._sit(act)
                self._end(act)

    def _end(self, act: Act) -> None:
        """Say that somebody ended it, if that is so."""
        if self._leaving:
            self._close_eye()
            workspace = self.watch.workspace
            workspace.live.go_on(act.grant, self._session, workspace.clock(), end=True)

    # --- the act -----------------------------------------------------------------------------------------

    @contextmanager
    def _sitting(self) -> Iterator[Act]:
        """One act, and the permission for each kind of event as parts of it."""
        workspace, request = self.watch.workspace, self.request
        scope = scope_from(workspace, self.camera, request.case)
        said = {
            "camera": self.camera.id,
            "address": shown(self.address),
            "rules": request.rules.said(),
            "session": self._session,
            "record": request.record,
        }
        more: dict[str, Any] = {"case": request.case, "scope": scope, "reason": request.reason or None}
        with ExitStack() as stack:
            act = stack.enter_context(workspace.act("live", payload=said, **more))
            for name in sorted({r.capability.removeprefix(_GROUP) for r in self.rules}):
                stack.enter_context(workspace.act(f"event.{name}", payload=said, within=act, **more))
            self._counts = dict.fromkeys(("events", "suspended", "gaps", "frames", "dropped"), 0)
            try:
                yield act
            finally:
                act.note(**self._counts)

    def _sit(self, act: Act) -> None:
        """Listen to the process until the permission ends."""
        workspace = self.watch.workspace
        until = min(act.grant.expires, act.grant.scope.windows[0].end) - timedelta(seconds=5)
        switch, decide, told = 0.0, time.monotonic() + DECIDE, time.monotonic() + ALIVE
        off = False
        while not self._leaving and workspace.clock() < until:
            now = time.monotonic()
            if now >= switch:
                off = self._switched(act)
                switch = now + SWITCH
            if now >= decide:
                workspace.still(act.grant, self.request.reason)
                decide = now + DECIDE
            if now >= told:
                workspace.live.go_on(act.grant, self._session, workspace.clock())
                told = now + ALIVE
            if off:
                self.watch.leaving.wait(SWITCH)
                continue
            if (word := self._next(act)) is not None:
                self._hear(act, word)

    def _switched(self, act: Act) -> bool:
        """Whether the camera is switched off; its stream is closed, or a process begun, accordingly."""
        off = [s for s in self.watch.workspace.live.suspended(self.camera.id) if s.rule == WHOLE]
        if off and self._eye is not None:
            why = f"switched off by {off[0].by}: {off[0].reason}"
            self._begin_gap(act, time.time(), GapReason.SKIPPED, why)
            self.watch.listener.say(f"{self.camera.name}: switched off")
            self._close_eye()
        if not off and self._eye is None:
            self._eye = _Eye.begin(self._task())
            self._seen_at = time.monotonic()
        return bool(off)

    # --- the process -------------------------------------------------------------------------------------

    def _task(self) -> EyeTask:
        workspace, request = self.watch.workspace, self.request
        model = resolve(
            request.model, request.models_folder, unsafe_unknown_model=request.unsafe_unknown_model
        )  # fmt: skip
        plane = workspace.areas.grounds().get(self.camera.id)
        folder = self.watch.keeper.folder(self.camera) if request.record else None
        return EyeTask(
            self.camera.name, self.address, self.camera.zone, secrets.token_hex(32), self.rules,
            workspace.areas.of(self.camera.id),
            None if plane is None else of_plain(plane),
            settings_for(model), folder, request.segment, request.stream, request.rolling,
        )  # fmt: skip

    def _next(self, act: Act) -> Word | None:
        """The next word of the process; one that died, or says nothing any more, is begun anew."""
        assert self._eye is not None, "it was begun"
        try:
            word = self._eye.hear(0.2)
        except EOFError:
            self._died(act, "its process died")
            return None
        if word is not None:
            self._seen_at = time.monotonic()
        elif time.monotonic() - self._seen_at > BORN:
            self._died(act, "its process says nothing any more")
        return word

    def _died(self, act: Act, why: str) -> None:
        self._close_eye()
        self.watch.listener.say(f"{self.camera.name}: {why}: it is begun anew")
        self._begin_gap(act, time.time(), GapReason.MISSING, why)
        self.watch.leaving.wait(AGAIN)

    def _close_eye(self) -> None:
        if self._eye is not None:
            self._eye.end()
            self._eye = None

    # --- what it says ------------------------------------------------------------------------------------

    def _hear(self, act: Act, word: Word) -> None:
        if isinstance(word, Raised):
            self._raise(act, word)
        elif isinstance(word, Going):
            self._going(word)
        elif isinstance(word, GapBegan):
            self._begin_gap(act, word.time, word.reason, word.detail)
        elif isinstance(word, GapEnded):
            self._end_gap(act, word.time)
        elif isinstance(word, Segment):
            self.watch.keeper.take(self.camera, word)
        elif isinstance(word, Sees):
            size = f"{word.width}x{word.height}"
            self.watch.listener.say(f"{self.camera.name}: {size}, {word.rate:.4g} Hz, {word.codec}")
        else:
            assert isinstance(word, Hello), "there is no other word"

    def _raise(self, act: Act, found: Raised) -> None:
        """Store an event, and tell of it; of one that is switched off, nothing is kept but a count."""
        workspace = self.watch.workspace
        off = {s.rule for s in workspace.live.suspended(self.camera.id)}
        e = found.event
        if off & {WHOLE, e.name, e.rule}:
            self._counts["suspended"] += found.fresh
            return
        start = datetime.fromtimestamp(found.start, UTC)
        kinds = {(r.kind, r.name or r.kind): r.capability for r in self.rules}
        day = self.camera.local(start).date().isoformat()  # what shares its key
        new = NewEvent(e, self.camera.id, kinds[e.rule, e.name], "", start, UNSURE, day)
        kept = workspace.events.keep(act.grant, (new,))
        if not kept:
            return
        self._counts["events"] += 1
        self.watch.courier.wake()
        self.watch.listener.alert(Alert(new.id, self.camera.name, found, start, workspace.clock()))

    def _going(self, word: Going) -> None:
        for note in word.notes:
            if note not in self._said:
                self.watch.listener.say(f"{self.camera.name}: {note}")
        self._said = word.notes
        self._counts |= {"frames": word.frames, "dropped": word.dropped}
        self.watch.listener.going(self.camera.name, word)

    def _begin_gap(self, act: Act, at: float, reason: GapReason, detail: str) -> None:
        """Keep that nothing is seen; the reason may become another while it lasts."""
        if self._gap is not None and detail == self._detail:
            return
        if self._gap is not None:
            self._end_gap(act, at)
        gap = gap_of(self.camera.id, self._session, datetime.fromtimestamp(at, UTC), reason, detail)
        self.watch.workspace.live.begin_gap(act.grant, gap)
        self._gap, self._detail = gap.id, detail
        self._counts["gaps"] += 1
        self.watch.listener.say(f"{self.camera.name}: not seen: {detail}")

    def _end_gap(self, act: Act, at: float) -> None:
        if self._gap is None:
            return
        end = datetime.fromtimestamp(at, UTC)
        self.watch.workspace.live.end_gap(act.grant, self._gap, end)
        self._gap = None


@dataclass(frozen=True)
class _Eye:
    """The process of a camera, and the pipe through which it tells what it sees."""

    process: BaseProcess
    words: Connection

    @staticmethod
    def begin(task: EyeTask) -> "_Eye":
        made = context()
        here, there = made.Pipe(duplex=False)
        process = made.Process(target=run_eye, args=(task, there), name=f"eye {task.camera}", daemon=True)
        process.start()
        there.close()
        return _Eye(process, here)

    def hear(self, seconds: float) -> Word | None:
        """The next word, waited for so long; raises ``EOFError`` when the process is gone."""
        if not self.words.poll(seconds):
            return None
        try:
            found: Word = self.words.recv()
        except OSError as error:
            raise EOFError from error
        return found

    def end(self) -> None:
        """End the process: it ends by itself when nobody listens; if not, it is killed."""
        self.words.close()
        self.process.join(3.0)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        with suppress(ValueError):
            self.process.close()
