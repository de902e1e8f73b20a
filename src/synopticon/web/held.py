"""Answers to questions, kept for whoever asked while they turn the pages; in memory, bounded, for a while.

An answer belongs to one session: another, of the same person too, does not find it. It is no permission: each
page and each picture is decided anew.
"""

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from synopticon.acts.search import Answer
from synopticon.web.problems import MissingError

LASTS = timedelta(minutes=30)  # since it was last asked for
EACH = 3  # answers of one session
HITS = 200_000  # of all sessions together


@dataclass(frozen=True, slots=True)
class Held:
    """An answer, the case and reason it was asked for, and the session (a digest) it belongs to."""

    id: str
    owner: str
    case: str | None
    reason: str
    answer: Answer


class Answers:
    """What is kept; for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[Held, datetime]] = OrderedDict()

    def keep(self, owner: str, answer: Answer, case: str | None, reason: str, now: datetime) -> Held:
        """Keep an answer; those that were not asked for longest make room."""
        made = Held(secrets.token_urlsafe(16), owner, case, reason, answer)
        with self._lock:
            self._held[made.id] = (made, now)
            mine = [held.id for held, _ in self._held.values() if held.owner == owner]
            old = {h.id for h, at in self._held.values() if now - at > LASTS} | set(mine[:-EACH])
            for one in old:
                del self._held[one]
            while len(self._held) > 1 and self._size() > HITS:
                self._held.popitem(last=False)
        return made

    def find(self, id_: str, owner: str, now: datetime) -> Held:
        """An answer of this session; raises ``MissingError`` in the same words for all others."""
        with self._lock:
            held, at = self._held.get(id_, (None, now))
            if held is None or held.owner != owner or now - at > LASTS:
                raise MissingError("this answer is no more, or never was: ask again")
            self._held[id_] = (held, now)
            self._held.move_to_end(id_)
            return held

    def drop(self, owner: str) -> None:
        """Forget what belongs to a session that ends."""
        with self._lock:
            self._held = OrderedDict((k, v) for k, v in self._held.items() if v[0].owner != owner)

    def _size(self) -> int:
        return sum(len(held.answer.found.hits) for held, _ in self._held.values())


class Counter:
    """How many of something a session holds at once; for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, int] = {}

    def take(self, owner: str, most: int) -> bool:
        """Take one more, unless there are ``most`` already."""
        with self._lock:
            held = self._held.get(owner, 0)
            if held < most:
                self._held[owner] = held + 1
            return held < most

    def give(self, owner: str) -> None:
        """Give one back."""
        with self._lock:
            left = self._held.pop(owner, 1) - 1
            if left:
                self._held[owner] = left
