"""Durations as people write them: ``90s``, ``1m30s``, ``00:01:30``, or frames, ``900f``."""

import math
import re
from dataclasses import dataclass

from synopticon.errors import UsageError

_UNITS = re.compile(r"(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m)?(?:(?P<s>\d+(?:\.\d+)?)s)?")
_CLOCK = re.compile(r"(?:(?P<h>\d+):)?(?P<m>\d{1,2}):(?P<s>\d{1,2}(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of video: ``amount`` seconds, or frames when ``in_frames``."""

    amount: float
    in_frames: bool = False

    def frames(self, fps: float) -> int:
        """Whole frames at ``fps`` frames a second, at least 1."""
        return max(1, math.floor(self.amount if self.in_frames else self.amount * fps + 1e-6))

    def seconds(self, fps: float) -> float:
        """Seconds at ``fps`` frames a second."""
        return self.amount / fps if self.in_frames else self.amount


def parse_duration(text: str) -> Duration:
    """Read ``90s``, ``1m30s``, ``2h``, ``00:01:30``, ``01:30``, ``90`` (seconds) or ``900f`` (frames).

    Raises ``UsageError`` for anything else, and for a length of zero.

    >>> parse_duration("1m30s").amount, parse_duration("00:01:30").amount, parse_duration("900f").in_frames
    (90.0, 90.0, True)
    """
    given = text.strip().lower()
    found = _read(given)
    if found is None or found.amount <= 0:
        raise UsageError(f"{text!r} is no duration: write 90s, 1m30s, 00:01:30, or frames as 900f")
    return found


def _read(text: str) -> Duration | None:
    if re.fullmatch(r"\d+f", text):
        return Duration(float(text[:-1]), in_frames=True)
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return Duration(float(text))
    match = (_UNITS.fullmatch(text) if text else None) or _CLOCK.fullmatch(text)
    if not match:
        return None
    hours, minutes, seconds = (float(match[unit] or 0) for unit in "hms")
    return Duration(hours * 3600 + minutes * 60 + seconds)


def format_duration(seconds: float) -> str:
    """Write seconds as people read them: ``0.4s``, ``12s``, ``1m30s``, ``2h05m``.

    >>> format_duration(0.42), format_duration(90), format_duration(7500)
    ('0.4s', '1m30s', '2h05m')
    """
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    minutes = round(seconds / 60)
    return f"{minutes // 60}h{minutes % 60:02d}m"
