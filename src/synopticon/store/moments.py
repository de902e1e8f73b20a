"""Moments as the database keeps them: integer microseconds since 1970, UTC."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import ceil, floor

SECOND = 1_000_000  # microseconds
Clock = Callable[[], datetime]  # gives an aware time
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 (UTC) of an aware moment, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(microseconds: int) -> datetime:
    """The moment (UTC) of microseconds since 1970."""
    return _EPOCH + microseconds * _MICROSECOND


def span(start: float, end: float) -> tuple[int, int]:
    """Microseconds of a stretch from ``start`` to its last frame at ``end`` (seconds), its end just after."""
    return floor(start * SECOND), ceil(end * SECOND) + 1
