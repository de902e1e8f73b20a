"""Server-sent events (WHATWG HTML, 9.2): changes that belong to one session, until it ends.

A stream never keeps a session alive: it looks whether it holds, and does not use it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

from anyio.to_thread import run_sync

from synopticon.errors import WaitError
from synopticon.web.auth import Door, Visit

LOOK = 0.5  # seconds between two looks for changes
BEAT = 15.0  # seconds without a word, then one is said, so that nobody takes the line for dead
EACH = 6  # streams of one session
AGAIN = 2  # seconds after which a browser asks again
RULE_STREAMS = "web.streams"

Told = Callable[[int], list[tuple[int, str]]]


def follow(door: Door, visit: Visit, latest: Callable[[], int], told: Told, since: int) -> AsyncIterator[str]:
    """The text of a stream. ``latest``: the number of the last change of all; ``told``: changes from one on.

    Each change comes with its number; ``since``: the last one that the browser has had. Raises ``WaitError``.
    """
    if not door.streams.take(visit.owner, EACH):
        text = f"{EACH} windows of this session are told already (rule {RULE_STREAMS}): close one"
        raise WaitError(text, RULE_STREAMS, AGAIN)
    return _stream(door, visit, latest, told, since)


async def _stream(
    door: Door, visit: Visit, latest: Callable[[], int], told: Told, since: int
) -> AsyncIterator[str]:
    clock = asyncio.get_running_loop().time
    spoken, seen = clock(), -1
    try:
        yield f"retry: {AGAIN * 1000}\n\n"
        while not door.closing.is_set() and await run_sync(door.holds, visit):
            newest = await run_sync(latest)
            changes = await run_sync(told, since + 1) if newest != seen else []
            seen = newest
            for number, text in changes:
                since = number
                yield f"event: job\nid: {number}\ndata: {text}\n\n"
            if changes or clock() - spoken > BEAT:
                spoken = clock()
                yield ": \n\n"
            await asyncio.sleep(LOOK)
    finally:
        door.streams.give(visit.owner)
