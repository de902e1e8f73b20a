"""Bins of time that are fixed on the clock of a camera's zone: quarters, hours, days.

A bin is known by its start in UTC, so that the hour that comes twice when clocks go back is two bins.
"""

from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import UsageError
from synopticon.search.rows import offset_of
from synopticon.values.traits import UNTIMED

Moments = NDArray[np.int64]

SECOND = 1_000_000  # microseconds, as in Traits
DAY = 86400  # seconds
_SLOT = 900 * SECOND  # no zone changes its clock within a quarter of an hour
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def check_size(seconds: float) -> int:
    """A size of bins in seconds; raises ``UsageError`` unless it divides an hour, or is a day."""
    whole = round(seconds)
    if whole != seconds or not (whole == DAY or (60 <= whole <= 3600 and 3600 % whole == 0)):
        raise UsageError("a bin that fits no clock: choose 1m, 5m, 10m, 15m, 30m, 1h or 24h")
    return whole


def bins_of(moments: Moments, zone: tzinfo, size: int) -> Moments:
    """The start of each moment's bin, microseconds since 1970 (UTC); ``UNTIMED`` stays so.

    ``size`` in seconds, as ``check_size`` lets it pass.
    """
    slots, where = np.unique(moments // _SLOT, return_inverse=True)
    starts = np.array([offset_of(int(slot) * _SLOT, zone) for slot in slots], np.int64)
    local = moments + starts[where]
    found = local // (size * SECOND) * (size * SECOND) - starts[where]
    if size == DAY:
        days, at = np.unique(local // (DAY * SECOND), return_inverse=True)
        found = np.array([_midnight(int(day), zone) for day in days], np.int64)[at]
    return np.where(moments == UNTIMED, UNTIMED, found)


def ends_of(starts: Moments, zone: tzinfo, size: int) -> Moments:
    """When bins end: a day lasts until the next midnight, be it 23 or 25 hours away."""
    if size < DAY:
        return starts + size * SECOND
    return np.where(starts == UNTIMED, UNTIMED, bins_of(starts + 36 * 3600 * SECOND, zone, DAY))


def name_of(start: int, zone: tzinfo, size: int) -> str:
    """A bin as people read it: ``2026-10-25T02:00+02:00``, ``2026-10-25``; "" = the clock is unknown."""
    if start == UNTIMED:
        return ""
    local = (_EPOCH + timedelta(microseconds=start)).astimezone(zone)
    return local.date().isoformat() if size == DAY else local.isoformat(timespec="minutes")


def micros_in(moment: datetime, zone: tzinfo) -> int:
    """Microseconds since 1970 of a moment; one without a zone is in ``zone``."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def _midnight(day: int, zone: tzinfo) -> int:
    """The start of a local day, counted from 1970-01-01, in microseconds (UTC)."""
    if abs(day) > 60_000:
        return UNTIMED
    start = datetime(1970, 1, 1) + timedelta(days=day)
    return (start.replace(tzinfo=zone).astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)
