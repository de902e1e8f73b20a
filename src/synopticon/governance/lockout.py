"""Wrong passwords: after some in a row each next one must wait, longer each time. Pure rules on values.

The wait is for a name, whether a user has it or not, so that it tells nobody who is a user. It ends by
itself: whoever types wrong passwords on purpose delays somebody, an hour at a time.
Source: NIST SP 800-63B, 5.2.2 (limit failed attempts; growing waits), ANSSI's recommendations of 2021.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from synopticon.errors import WaitError

FREE = 5  # wrong passwords in a row until a wait begins
WINDOW = timedelta(minutes=15)  # without a wrong password, or since the last wait ended: all is forgotten
FIRST = timedelta(minutes=1)  # the first wait; each later one is twice as long
LONGEST = timedelta(hours=1)
RULE_WAIT = "user.password-wait"


@dataclass(frozen=True, slots=True)
class Tries:
    """Passwords tried for one name and not found right: how many in a row, when last, when the next may be.

    All times are UTC.
    """

    count: int = 0
    last: datetime | None = None
    until: datetime | None = None


def try_once(tries: Tries, now: datetime) -> tuple[Tries, timedelta]:
    """Count one more try: what to keep from now on, and how long to wait (zero: it may be looked at).

    A try that must wait is not counted. The others are before the password is looked at, and taken back when
    it was right: so many processes at once are no quicker than one.
    """
    kept = _kept(tries, now)
    if kept.until is not None and now < kept.until:
        return kept, kept.until - now
    count = kept.count + 1
    wait = min(FIRST * 2 ** min(count - FREE, 10), LONGEST) if count >= FREE else None
    return Tries(count, now, None if wait is None else now + wait), timedelta(0)


def _kept(tries: Tries, now: datetime) -> Tries:
    """What still counts; a clock that was set back makes no wait longer than the longest."""
    if tries.last is None:
        return Tries()
    if tries.last > now:
        until = None if tries.until is None else min(tries.until, now + LONGEST)
        return replace(tries, last=now, until=until)
    return Tries() if now - max(tries.last, tries.until or tries.last) > WINDOW else tries


def must_wait(left: timedelta) -> WaitError:
    """The refusal of a try that comes too early, in the same words for every name."""
    seconds = max(1, math.ceil(left.total_seconds()))
    minutes = max(1, -(-int(left.total_seconds()) // 60))
    text = f"too many wrong passwords for this name (rule {RULE_WAIT})"
    return WaitError(f"{text}: wait {minutes} min, then try again", RULE_WAIT, seconds)
