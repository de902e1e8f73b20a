"""What acts gave and a page asks for again: answers, synopses, clips; in memory, bounded, for a while.

Each belongs to one session: another, of the same person too, does not find it. It is no permission: whatever
is given of it is decided anew.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from synopticon.acts.context import Context
from synopticon.acts.interactive import Interactive
from synopticon.acts.search import Answer
from synopticon.web.problems import MissingError

LASTS = timedelta(minutes=30)  # since it was last asked for
EACH = 3  # answers, or synopses, of one session
CLIPS = 8  # of one session
HITS = 1_000_000  # of all answers together; up to 200 bytes each
COLUMNS = 256 << 20  # bytes of all synopses together, pictures not counted: these are read when asked for
FILMS = 128 << 20  # bytes of all clips together

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer, and the case and reason it was asked for."""

    answer: Answer
    case: str | None
    reason: str


class Shelf(Generic[T]):
    """Things of one kind (``name``, for people); for several threads.

    ``each``: of one session; ``most``: what all of them may weigh together, as ``weigh`` has it.
    """

    def __init__(self, name: str, each: int, most: int, weigh: Callable[[T], int]) -> None:
        self._name, self._each, self._most, self._weigh = name, each, most, weigh
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[str, T, datetime]] = OrderedDict()

    def keep(self, owner: str, thing: T, now: datetime) -> str:
        """Keep it for a session (a digest), and give its id; what was not asked for longest makes room."""
        made = secrets.token_urlsafe(16)
        with self._lock:
            self._held[made] = (owner, thing, now)
            mine = [id_ for id_, held in self._held.items() if held[0] == owner]
            late = {id_ for id_, held in self._held.items() if now - held[2] > LASTS}
            for id_ in late | set(mine[: -self._each]):
                del self._held[id_]
            while len(self._held) > 1 and self._weight() > self._most:
                self._held.popitem(last=False)
        return made

    def find(self, id_: str, owner: str, now: datetime) -> T:
        """What this session keeps; raises ``MissingError`` in the same words for all else."""
        with self._lock:
            held = self._held.get(id_)
            if held is None or held[0] != owner or now - held[2] > LASTS:
                raise MissingError(f"this {self._name} is no more, or never was: ask again")
            self._held[id_] = (owner, held[1], now)
            self._held.move_to_end(id_)
            return held[1]

    def drop(self, owner: str) -> None:
        """Forget what belongs to a session that ends."""
        with self._lock:
            self._held = OrderedDict((k, held) for k, held in self._held.items() if held[0] != owner)

    def _weight(self) -> int:
        return sum(self._weigh(thing) for _, thing, _ in self._held.values())


def answers() -> Shelf[Asked]:
    """Where answers to questions are kept."""
    return Shelf("answer", EACH, HITS, lambda asked: len(asked.answer.found.hits))


def synopses() -> Shelf[Interactive]:
    """Where interactive synopses are kept."""
    return Shelf("synopsis", EACH, COLUMNS, lambda made: made.weight)


def clips() -> Shelf[Context]:
    """Where clips of tracks in their context are kept."""
    return Shelf("clip", CLIPS, FILMS, lambda made: len(made.video))


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
