"""Looks at footage, kept for whoever opened them while they play; in memory, bounded, for a while.

A look belongs to one session: another, of the same person too, does not find it. It is no permission: each
piece is decided anew.
"""

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from synopticon.acts.viewing import Pieces, Viewing
from synopticon.web.held import EACH, LASTS
from synopticon.web.problems import MissingError

LOOKS = 60  # of all sessions together


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
