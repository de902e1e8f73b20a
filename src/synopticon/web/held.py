"""Answers to questions and looks, kept for whoever asked for them; in memory, bounded, for a while.

Each belongs to one session: another, of the same person too, does not find it. It is no permission: each
page, each picture and each piece is decided anew.
"""

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from synopticon.acts.search import Answer
from synopticon.acts.viewing import Pieces, Viewing
from synopticon.web.problems import MissingError

LASTS = timedelta(minutes=30)  # since it was last asked for
EACH = 3  # answers of one session
HITS = 200_000  # of all sessions together
LOOKS = 60  # of all sessions together


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


@dataclass(frozen=True, slots=True)
class Watched:
    """A look under way, and the session (a digest) it belongs to."""

    id: str
    owner: str
    viewing: Viewing


class Viewings:
    """The looks that are kept; for several threads. ``pieces``: what was made for them."""

    def __init__(self) -> None:
        self.pieces = Pieces()
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[Watched, datetime]] = OrderedDict()

    def keep(self, owner: str, viewing: Viewing, now: datetime) -> Watched:
        """Keep a look; of one session no more than ``EACH``, of all no more than ``LOOKS``."""
        made = Watched(secrets.token_urlsafe(16), owner, viewing)
        with self._lock:
            self._held[made.id] = (made, now)
            mine = [one.id for one, _ in self._held.values() if one.owner == owner][:-EACH]
            old = {one.id for one, at in self._held.values() if now - at > LASTS}
            for id_ in {*mine, *old, *[*self._held][:-LOOKS]}:
                del self._held[id_]
        return made

    def find(self, id_: str, owner: str, now: datetime) -> Watched:
        """A look of this session; raises ``MissingError`` in the same words for all others."""
        with self._lock:
            found, at = self._held.get(id_, (None, now))
            if found is None or found.owner != owner or now - at > LASTS:
                raise MissingError("this look is over, or never was: look again")
            self._held[id_] = (found, now)
            self._held.move_to_end(id_)
            return found

    def drop(self, owner: str) -> None:
        """Forget what belongs to a session that ends."""
        with self._lock:
            self._held = OrderedDict((k, v) for k, v in self._held.items() if v[0].owner != owner)
