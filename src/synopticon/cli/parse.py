"""Turns what people type into values; raises ``UsageError`` with the remedy."""

import re
from datetime import UTC, datetime
from fractions import Fraction

from synopticon.errors import UsageError
from synopticon.values.duration import Duration, format_duration, parse_duration

__all__ = [
    "Duration",
    "format_duration",
    "parse_duration",
    "parse_fps",
    "parse_moment",
    "parse_size",
    "parse_start",
]


def parse_size(text: str) -> tuple[int, int]:
    """Read ``768x576`` as (width, height)."""
    match = re.fullmatch(r"(\d+)[xX×](\d+)", text.strip())
    if not match or not int(match[1]) or not int(match[2]):
        raise UsageError(f"{text!r} is no size: write WIDTHxHEIGHT, like 768x576")
    return int(match[1]), int(match[2])


def parse_fps(text: str) -> Fraction:
    """Read ``25``, ``29.97`` or ``30000/1001`` frames a second."""
    try:
        fps = Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        fps = Fraction(0)
    if not 0 < fps <= 1000:
        raise UsageError(f"{text!r} is no frame rate: write 25, 29.97 or 30000/1001")
    return fps


def parse_start(text: str) -> datetime:
    """Read the time of the first frame: ``2024-05-01T08:30:00`` with or without ``+02:00``."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{text!r} is no time: write it like 2024-05-01T08:30:00+02:00") from None


def parse_moment(text: str) -> datetime:
    """A time with its zone, as UTC; a bare date is its beginning in UTC."""
    time = parse_start(text)
    if time.tzinfo is None and len(text.strip()) > len("2026-11-24"):
        raise UsageError(f"{text!r} has no time zone: add one, such as {text.strip()}+01:00")
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
