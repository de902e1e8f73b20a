"""Values of a query as text: quantities, times of day, days, paths, numbers; both ways."""

import re
from collections.abc import Callable
from datetime import date, time
from math import inf, isfinite
from typing import Any, NoReturn, TypeAlias, TypeVar

from synopticon.search.errors import LONGEST_WORD, shown
from synopticon.search.fields import SPELLINGS, Field, folded
from synopticon.search.plates import LEAST_FIXED, LEAST_NEAR, LISTED, NEAR
from synopticon.values.plate import LONGEST, UNREAD
from synopticon.values.plate_text import cleaned
from synopticon.values.query import Bound, Days, Path, Point
from synopticon.values.traits import PATH_POINTS

T = TypeVar("T")
Maker: TypeAlias = Callable[[Field, str], T]

_NUMBER = r"\d+(?:[.,]\d+)?(?:e[+-]?\d+)?"
_AMOUNT = re.compile(rf"({_NUMBER})\s*([^\d\s.,]*)", re.IGNORECASE)
_LENGTH = re.compile(rf"(?:({_NUMBER})(h|min|mn|m|sec|s))", re.IGNORECASE)
_CLOCKED = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"(\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?|h(\d{2})?)?(am|pm)?", re.IGNORECASE)
LIST_NAME = re.compile(r"\w[\w.\-]{0,59}")
_POINT = re.compile(r"(\d+(?:\.\d+)?(?:e[+-]?\d+)?),(\d+(?:\.\d+)?(?:e[+-]?\d+)?)", re.IGNORECASE)


class Wrong(Exception):  # noqa: N818 - never leaves this package; it becomes a QueryError there
    """A value that cannot be read: what is wrong, how far into it, and what to write."""

    def __init__(self, says: str, offset: int = 0, suggestion: str = "") -> None:
        super().__init__(says)
        self.offset = offset
        self.suggestion = suggestion


def quantity(found: Field, typed: str) -> Bound:
    """Read ``>20km/h``, ``<30s``, ``10s..30s``, ``10..30s``, ``30s..``, ``..30s``."""
    sign = re.match(r">=|<=|[<>≥≤]", typed)
    if sign:
        value, unit = _amount(found, typed[sign.end() :])
        unit = unit or _no_unit(found, typed)
        low, high = (value, inf) if sign[0][0] in ">≥" else (-inf, value)
    elif ".." in typed:
        low, high, unit = _between(found, typed)
    else:
        value, unit = _amount(found, typed)
        given = (typed if unit else f"{typed}{found.units[0]}")[:LONGEST_WORD]
        raise Wrong(f"more or less than {given}? write >{given}, <{given} or a range", suggestion=f">{given}")
    if low > high:
        raise Wrong(f"the range {shown(typed)} runs backwards: write the smaller number first")
    if max(low, high if high < inf else low) > found.most:
        raise Wrong(f"{shown(typed)} is too much: write at most {_number(found.most)}{unit}")
    return Bound(low, high, unit)


def _between(found: Field, typed: str) -> tuple[float, float, str]:
    first, _, last = typed.partition("..")
    if not first and not last:
        _unreadable(found, typed)
    low, unit = _amount(found, first) if first else (-inf, "")
    high, other = _amount(found, last) if last else (inf, unit)
    if unit and other and unit != other:
        raise Wrong(f"{unit} and {other} in one range: write both in one unit")
    return low, high, unit or other or _no_unit(found, typed)


def _amount(found: Field, typed: str) -> tuple[float, str]:
    """A number and the unit as it is kept, "" if there is none."""
    if found.units == ("s",):
        return _seconds(found, typed), "s"
    match = _AMOUNT.fullmatch(typed)
    if not match:
        _unreadable(found, typed)
    value = float(match[1].replace(",", "."))
    if not match[2]:
        return _finite(found, typed, value), ""
    unit, factor = SPELLINGS.get(folded(match[2]), ("", 1.0))
    if unit not in found.units:
        raise Wrong(f"no unit {shown(match[2])} for {found.name}: write {_or(found.units)}")
    return _finite(found, typed, value * factor), unit


def _seconds(found: Field, typed: str) -> float:
    """Read ``90``, ``90s``, ``1m30s``, ``1h``, ``2min``, ``00:01:30``."""
    said = typed.lower()
    clock = _CLOCKED.fullmatch(said)
    if clock:
        return int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3])
    if re.fullmatch(_NUMBER, said):
        return _finite(found, typed, float(said.replace(",", ".")))
    parts = _LENGTH.findall(said)
    if not parts or "".join(n + u for n, u in parts) != said:
        _unreadable(found, typed)
    each = {"h": 3600.0, "min": 60.0, "mn": 60.0, "m": 60.0, "sec": 1.0, "s": 1.0}
    return _finite(found, typed, sum(float(n.replace(",", ".")) * each[u] for n, u in parts))


def _finite(found: Field, typed: str, value: float) -> float:
    if not isfinite(value):
        _unreadable(found, typed)
    return value


def _no_unit(found: Field, typed: str) -> NoReturn:
    raise Wrong(f"{shown(typed)} of what? write the unit behind it, without a space: {_or(found.units)}")


def _unreadable(found: Field, typed: str) -> NoReturn:
    raise Wrong(f"{shown(typed)} is no {found.name}: write it like {_or(found.examples)}")


def time_of_day(found: Field, typed: str) -> time:
    """Read ``18:00``, ``18:00:30``, ``18h``, ``18h30``, ``6pm``, ``6:30pm``; ``24:00`` is midnight."""
    match = _TIME.fullmatch(typed)
    if not match or typed.isdigit():
        _unreadable(found, typed)
    hour, minute, second = int(match[1]), int(match[2] or match[5] or 0), int(match[3] or 0)
    half = (match[6] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else 99
    if (hour, minute, second) == (24, 0, 0):
        hour = 0
    try:
        return time(hour, minute, second, int((match[4] or "0").ljust(6, "0")))
    except ValueError:
        _unreadable(found, typed)


def days(_: Field, typed: str) -> Days:
    """Read ``2026-11-20`` or ``2026-11-20..2026-11-22``."""
    first, dots, last = typed.partition("..")
    begin = _day(first)
    end = _day(last) if dots else begin
    if end < begin:
        raise Wrong(f"{shown(typed)} runs backwards: write the earlier day first")
    return Days(begin, end)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed if _DAY.fullmatch(typed) else "")
    except ValueError:
        pass
    if folded(typed) in ("today", "yesterday", "tomorrow", "aujourd'hui", "hier"):
        raise Wrong(f"{shown(typed)} depends on when it is read: write the day, like 2026-11-20")
    slashed = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", typed)
    suggestion = ""
    if slashed and int(slashed[1]) > 12:
        suggestion = f"{slashed[3]}-{int(slashed[2]):02}-{int(slashed[1]):02}"
    raise Wrong(f"{shown(typed)} is no day: write year-month-day, like 2026-11-20", suggestion=suggestion)


def path(found: Field, typed: str) -> Path:
    """Read ``0.1,0.5>0.9,0.5``: points in 0..1."""
    points: list[Point] = []
    at = 0
    for part in typed.split(">"):
        match = _POINT.fullmatch(part)
        if not match:
            raise Wrong(f"{shown(part)} is no point: write x,y in 0..1, like {found.examples[0]}", at)
        x, y = float(match[1]), float(match[2])
        if x > 1 or y > 1:
            raise Wrong(f"the point {shown(part)} is outside the picture: write x,y in 0..1", at)
        points.append((x, y))
        at += len(part) + 1
    if not 2 <= len(points) <= PATH_POINTS:
        raise Wrong(f"a path of {len(points)} points: write 2 to {PATH_POINTS}, like {found.examples[0]}")
    return Path(tuple(points))


def plate(found: Field, typed: str) -> str:
    """Read ``AB-123-CD``, ``AB-*-C?``, ``~AB123CD`` or ``@stolen``."""
    if typed.startswith(LISTED):
        if not LIST_NAME.fullmatch(typed[1:]):
            raise Wrong(f"{shown(typed)} is no name of a list: write it like {found.examples[-1]}")
        return typed
    near = typed.startswith(NEAR)
    text = re.sub(r"\*+", "*", cleaned(typed[near:]))
    if not re.fullmatch(r"[A-Z0-9*?]+", text):
        raise Wrong(f"{shown(typed)} is no plate: write its letters and digits, like {found.examples[0]}")
    fixed = len(text) - text.count("*") - text.count(UNREAD)
    if near and fixed < len(text):
        raise Wrong(f"{shown(typed)} is a pattern and may be misread: write ~, or * and ?, not both")
    if len(text) - text.count("*") > LONGEST:
        raise Wrong(f"{shown(typed)} is longer than any plate: write at most {LONGEST} characters")
    least = LEAST_NEAR if near else LEAST_FIXED
    if fixed < least:
        raise Wrong(f"{shown(typed)} would answer with nearly all plates: write {least} characters at least")
    return f"{NEAR * near}{text}"


def count(found: Field, typed: str) -> int:
    """Read a whole number of at least 1."""
    if not re.fullmatch(r"\d{1,12}", typed, re.ASCII) or not 1 <= int(typed) <= found.most:
        raise Wrong(f"{shown(typed)} is no {found.name}: write a whole number from 1 to {int(found.most)}")
    return int(typed)


def text(value: Any) -> str:
    """The canonical text of a bound, a time, days or a path."""
    if isinstance(value, Bound):
        return quantity_text(value)
    if isinstance(value, time):
        return value.isoformat() if value.second or value.microsecond else value.isoformat("minutes")
    if isinstance(value, Days):
        first, last = value.first.isoformat(), value.last.isoformat()
        return first if first == last else f"{first}..{last}"
    return ">".join(f"{_number(x)},{_number(y)}" for x, y in value.points)


def quantity_text(bound: Bound) -> str:
    """``>30s``, ``<30s`` or ``10s..30s``."""
    if bound.high == inf:
        return f">{_number(bound.low)}{bound.unit}"
    if bound.low == -inf:
        return f"<{_number(bound.high)}{bound.unit}"
    return f"{_number(bound.low)}{bound.unit}..{_number(bound.high)}{bound.unit}"


def _number(value: float) -> str:
    return repr(float(abs(value))).removesuffix(".0")


def _or(words: tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
