"""Sends alerts to webhooks, as long as it is entered: what was not received is tried again, for a week.

One courier at a time works for a workspace (a lock says who); another waits for its turn. A webhook that is
slow or down delays nobody else: each has its own turn, and after a failure is left alone, longer each time.
"""

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from synopticon.acts.post import post
from synopticon.acts.workspace import Act, Workspace
from synopticon.errors import RefusedError, SynopticonError
from synopticon.governance.capability import Operation
from synopticon.store.lock import held
from synopticon.store.webhooks import Due

OPERATION = Operation.DISCLOSURE
LOOK = 0.5  # seconds between two looks
FIRST, LONGEST = timedelta(seconds=2), timedelta(minutes=10)  # between two tries
LASTS = timedelta(days=7)  # of tries; then an alert is given up, which the list of webhooks says
TURN = timedelta(hours=12)  # of one act
HANDS = 8
_log = logging.getLogger("synopticon.webhooks")


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many tries: twice as long each time."""
    return min(FIRST * int(2 ** min(tries, 12)), LONGEST)


@dataclass
class Courier:
    """A context manager; a thread of its own sends. ``wake`` it when an alert was stored."""

    workspace: Workspace
    sent: int = 0
    failed: int = 0
    _leave: threading.Event = field(default_factory=threading.Event)
    _wake: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _busy: dict[str, "Future[None]"] = field(default_factory=dict)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leave.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    def _run(self) -> None:
        while not self._leave.is_set():
            try:
                with held(self.workspace.folder / "locks" / "courier.lock", wait=False) as mine:
                    if mine and self.workspace.webhooks.all():
                        self._turn()
            except RefusedError as error:
                _log.warning("alerts are not sent: %s", error)
                self._leave.wait(60.0)
            except SynopticonError as error:  # the database is locked, the disk full: the next look may do
                _log.warning("alerts wait: %s", error)
            self._leave.wait(LOOK)

    def _turn(self) -> None:
        """One act: send, until it is long enough, or nobody is left to send to."""
        until = self.workspace.clock() + TURN
        with self.workspace.act("webhook.send") as act, ThreadPoolExecutor(HANDS, "courier") as hands:
            while not self._leave.is_set() and self.workspace.clock() < until:
                self.workspace.webhooks.fill(act.grant)
                self._give(act, hands)
                self._wake.wait(LOOK)
                self._wake.clear()
                if not self.workspace.webhooks.all():
                    break
            act.note(sent=self.sent, failed=self.failed)

    def _give(self, act: Act, hands: ThreadPoolExecutor) -> None:
        """Give what is due to hands, one for each webhook that is not busy."""
        self._busy = {id_: future for id_, future in self._busy.items() if not future.done()}
        turns: dict[str, list[Due]] = {}
        for one in self.workspace.webhooks.due(act.grant):
            if one.webhook.id not in self._busy:
                turns.setdefault(one.webhook.id, []).append(one)
        for id_, dues in turns.items():
            self._busy[id_] = hands.submit(self._send, act, dues)

    def _send(self, act: Act, dues: list[Due]) -> None:
        """Send alerts to one webhook, in their order, up to the first that is not received."""
        store = self.workspace.webhooks
        try:
            target = store.target(act.grant, dues[0].webhook)
            for one in dues:
                if self._leave.is_set():
                    return
                said = {"type": "event", **one.said}
                delivery = f"{one.webhook.id}.{one.event}"
                now = self.workspace.clock()
                answer = post(target, delivery, said, now, local=one.webhook.local)
                with self._counting:
                    self.sent += answer.received
                    self.failed += not answer.received
                if answer.received:
                    store.received(act.grant, one, answer.says)
                    continue
                old = now - one.raised > LASTS
                store.failed(act.grant, one, answer.says, None if old else pause_after(one.tries))
                return
        except SynopticonError as error:
            _log.warning("alerts wait: %s", error)
