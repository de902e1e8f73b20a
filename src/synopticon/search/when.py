"""When: units of plain language -> days and times of day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from synopticon.search.fields import data
from synopticon.search.lexicon import Unit
from synopticon.values.query import Days, Value

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Found:
    """How many units were understood, and the terms they become: (field, value)."""

    units: int
    terms: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class When:
    """Finds days and times among units; pure function of them and of ``now``."""

    units: list[Unit]
    now: datetime

    def at(self, k: int) -> Found | None:
        """What begins at unit ``k``, if it is about time."""
        return self.hours(k) or self.days(k)

    def get(self, k: int) -> Unit:
        """A unit, or one without a meaning past the end."""
        return self.units[k] if 0 <= k < len(self.units) else Unit(0, 0)

    def hours(self, k: int) -> Found | None:
        """Times of day."""
        if self.get(k).has("part"):
            return Found(1, _part(self.get(k).means["part"]))
        return self.between(k) or self.from_to(k) or self.after(k)

    def between(self, k: int) -> Found | None:
        """``between 5 pm and 7 pm``, ``de 17h à 19h``, ``between 6 and 8 in the morning``."""
        if not (self.get(k).has("between", "from", "after", "at") and self.get(k + 2).has("and", "to")):
            return None
        first, last, part = self.get(k + 1), self.get(k + 3), self.get(k + 4)
        if first.has("number") and last.has("number") and part.has("part"):
            later = 0 if part.means["part"] == "morning" else 12
            hours = [int(unit.means["number"]) + later for unit in (first, last)]
            if max(hours) < 24:
                return Found(5, (("from", time(hours[0])), ("to", time(hours[1]))))
        if not last.has("clock") or not first.has("clock", "number"):
            return None
        return Found(4, (("from", _clock(first, last)), ("to", last.means["clock"])))

    def from_to(self, k: int) -> Found | None:
        """``17:00 to 19:00``, ``17h-19h``."""
        size = 2 if self.get(k + 1).has("clock") else 3 if self.get(k + 1).has("to") else 0
        first, last = self.get(k), self.get(k + size - 1)
        if not size or not first.has("clock") or not last.has("clock"):
            return None
        return Found(size, (("from", first.means["clock"]), ("to", last.means["clock"])))

    def after(self, k: int) -> Found | None:
        """``after 6 pm``, ``avant 19h``, ``at 6 pm``, ``18:00``."""
        unit, following = self.get(k), self.get(k + 1)
        if unit.has("clock"):
            return Found(1, _around(unit.means["clock"]))
        if not following.has("clock"):
            return None
        if unit.has("after", "before"):
            return Found(2, (("from" if unit.has("after") else "to", following.means["clock"]),))
        return Found(2, _around(following.means["clock"])) if unit.has("at") else None

    def days(self, k: int) -> Found | None:
        """Days."""
        unit = self.get(k)
        if unit.has("daypart"):
            back, part = unit.means["daypart"].split()
            return Found(1, (("on", _whole(self.ago(int(back)))), *_part(part)))
        return self.lately(k) or self.range(k) or self.since(k) or self.one(k)

    def range(self, k: int) -> Found | None:
        """``from 20 to 22 November``."""
        if not (self.get(k).has("from", "between") and self.get(k + 2).has("to", "and")):
            return None
        last = self.day(k + 3)
        if not last:
            return None
        begin = self.day(k + 1)
        number = self.get(k + 1).means.get("number", 0)
        first = begin[1].first if begin else _same_month(last[1].last, number)
        if first is None or first > last[1].last:
            return None
        return Found(3 + last[0], (("on", Days(first, last[1].last)),))

    def lately(self, k: int) -> Found | None:
        """``last 3 days``, ``3 derniers jours``, ``depuis 3 jours``."""
        three = [self.get(k + j) for j in range(3)]
        numbers = [unit for unit in three[:2] if unit.has("number")]
        if not (three[2].has("days") and numbers and any(unit.has("last", "after") for unit in three[:2])):
            return None
        count = min(int(numbers[0].means["number"]), 36500)
        return Found(3, (("on", Days(self.ago(max(0, count - 1)), self.now.date())),))

    def since(self, k: int) -> Found | None:
        """``since Monday``: until today."""
        found = self.day(k + 1) if self.get(k).has("after") else None
        if not found or found[1].first > self.now.date():
            return None
        return Found(1 + found[0], (("on", Days(found[1].first, self.now.date())),))

    def one(self, k: int) -> Found | None:
        """A day, with "on" before it."""
        skip = int(self.get(k).has("at", "of", "in", "from") and not self.get(k).has("clock"))
        found = self.day(k + skip)
        return Found(skip + found[0], (("on", found[1]),)) if found else None

    def day(self, k: int) -> tuple[int, Days] | None:
        """How many units name a day, a week or a weekend, and which."""
        unit = self.get(k)
        if unit.has("last") and self.get(k + 1).has("weekday"):
            return 2, _whole(self.weekday(self.get(k + 1), before=True))
        if unit.has("date"):
            return 1, _whole(unit.means["date"])
        if unit.has("day"):
            return 1, _whole(self.ago(int(unit.means["day"])))
        if unit.has("weekday"):
            last = self.get(k + 1).has("last")
            return 1 + last, _whole(self.weekday(unit, before=last))
        return self.week(unit)

    def week(self, unit: Unit) -> tuple[int, Days] | None:
        """A week or a weekend, up to today."""
        monday = self.ago(self.now.weekday())
        if unit.has("week"):
            begin = monday - 7 * _DAY * int(unit.means["week"])
            return 1, Days(begin, min(begin + 6 * _DAY, self.now.date()))
        if unit.has("weekend"):
            begin = monday + 5 * _DAY if self.now.weekday() >= 5 else monday - 2 * _DAY
            return 1, Days(begin, min(begin + _DAY, self.now.date()))
        return None

    def ago(self, days: int) -> date:
        """So many days before now."""
        return self.now.date() - days * _DAY

    def weekday(self, unit: Unit, before: bool) -> date:
        """The last such day; today only if not ``before``."""
        back = (self.now.weekday() - int(unit.means["weekday"])) % 7
        return self.ago(back or (7 if before else 0))


def _whole(day: date) -> Days:
    return Days(day, day)


def _same_month(day: date, number: float) -> date | None:
    return day.replace(day=int(number)) if 1 <= number <= day.day else None


def _clock(first: Unit, last: Unit) -> time:
    """The beginning of "from 5 to 7 pm": in the same half of the day."""
    said: Any = first.means.get("clock")
    if said is None:
        said = time(int(first.means["number"]) % 24)
    later = said.hour + 12
    if last.has("pm") and not first.has("pm") and said.hour < 12 and later <= last.means["clock"].hour:
        return time(later, said.minute)
    return time(said.hour, said.minute)


def _around(said: time) -> tuple[tuple[str, Value], ...]:
    some = timedelta(minutes=data("defaults")["around_minutes"])
    middle = datetime.combine(date(2000, 1, 2), said)
    return ("from", (middle - some).time()), ("to", (middle + some).time())


def _part(name: str) -> tuple[tuple[str, Value], ...]:
    first, last = data("defaults")["hours"][name]
    return ("from", time.fromisoformat(first)), ("to", time.fromisoformat(last))
