"""Plain words -> units of meaning: numbers with what they count, times, days, names, phrases of the lists.

The lists are ``words/en.toml`` and ``words/fr.toml``; here is no word of either language but single letters.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from typing import Any

from synopticon.search.fields import data, folded

LANGUAGES = ("en", "fr")
_TOKEN = re.compile(
    r"km/h|m/s|\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}[/.]\d{4}|\d{1,2}/\d{1,2}(?!\d)|\d{1,2}:\d{2}(?!\d)"
    r"|\d+(?:[.,]\d+)?|[^\W\d_]+|[&,]",
    re.IGNORECASE,
)
_ONE = {"a", "an", "un", "une", "one", "d une"}
_KINDS = ("line", "zone", "camera")  # of names
_CONTENT = (
    "class",
    "rider",
    "colour",
    "garment",
    "carry",
    "unit",
    "seconds",
)  # taken from the other language too


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is compared, as it was typed, and where it stands in the text."""

    word: str
    typed: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """Tokens ``first`` to ``last`` (exclusive) and all that they may mean: kind -> value."""

    first: int
    last: int
    means: Mapping[str, Any] = field(default_factory=dict)

    def has(self, *kinds: str) -> bool:
        """Whether it may mean one of these."""
        return any(kind in self.means for kind in kinds)


def tokens_of(text: str) -> tuple[Token, ...]:
    """Words, numbers, times and days of a text."""
    return tuple(Token(folded(found[0]), found[0], found.start()) for found in _TOKEN.finditer(text))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases of one language. First word -> [(all words, kind, value)], the longest first."""

    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str, Any], ...]]

    def at(self, tokens: tuple[Token, ...], i: int) -> tuple[int, dict[str, Any]]:
        """How many tokens the longest phrase at ``i`` takes (0: none), and all that it may mean."""
        size = 0
        means: dict[str, Any] = {}
        for words, kind, value in self.phrases.get(tokens[i].word, ()):
            if len(words) < size:
                break
            if all(i + k < len(tokens) and tokens[i + k].word == word for k, word in enumerate(words)):
                size = len(words)
                means.setdefault(kind, value)
        return size, means


@cache
def lexicon(language: str) -> Lexicon:
    """The list of one language, and behind it what the other one calls things."""
    found: dict[str, list[tuple[tuple[str, ...], str, Any]]] = {}
    own = {words: True for words, _, _ in entries(language)}
    others = [lang for lang in LANGUAGES if lang != language]
    listed = list(entries(language))
    listed += [e for o in others for e in entries(o) if e[1] in _CONTENT and e[0] not in own]
    for words, kind, value in listed:
        found.setdefault(words[0], []).append((words, kind, value))
    return Lexicon({first: tuple(sorted(all_, key=lambda e: -len(e[0]))) for first, all_ in found.items()})


def entries(language: str) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    """All phrases of a language: words, kind, value."""
    for kind, table in data(language).items():
        if kind == "stop":
            yield from ((tuple(phrase.split()), "stop", True) for phrase in table)
            continue
        for value, phrases in table.items():
            for phrase in phrases:
                words = tuple(phrase.split())
                if kind == "cue":
                    yield words, value, True
                else:
                    yield words, kind, time.fromisoformat(value) if kind == "clock" else value


def _plainly(word: str) -> str:
    """A word; those for a line, a zone or a camera are one in all languages."""
    return _kinds().get(word, word)


@cache
def _kinds() -> dict[str, str]:
    return {phrase: kind for lang in LANGUAGES for kind in _KINDS for phrase in data(lang)["cue"][kind]}


def language_of(tokens: tuple[Token, ...]) -> str:
    """The language that knows more of the words; English if both know as many."""
    words = [token.word for token in tokens if not token.word[0].isdigit()]
    return max(LANGUAGES, key=lambda lang: sum(word in _vocabulary(lang) for word in words))


@cache
def _vocabulary(language: str) -> frozenset[str]:
    return frozenset(word for words, _, _ in entries(language) for word in words)


@dataclass(frozen=True, slots=True)
class Reader:
    """Cuts tokens into units. ``names``: kind -> names that exist; a kind not there is not checked."""

    tokens: tuple[Token, ...]
    language: str
    now: datetime
    names: Mapping[str, Collection[str]]
    index: dict[str, list[tuple[tuple[str, ...], str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for kind in _KINDS:
            for name in self.names.get(kind, ()):
                words = tuple(_plainly(token.word) for token in tokens_of(name))
                if words:
                    self.index.setdefault(words[0], []).append((words, kind, name))

    def units(self) -> list[Unit]:
        """All units, in their order; what no list knows has no meaning."""
        units: list[Unit] = []
        i = 0
        while i < len(self.tokens):
            unit = self.named(i, units) or self.dated(i) or self.counted(i) or self.phrase(i)
            units.append(unit)
            i = unit.last
        return units

    def phrase(self, i: int) -> Unit:
        """The longest phrase of the lists, or one token without a meaning."""
        size, means = self.look(i)
        return Unit(i, i + max(1, size), means)

    def look(self, i: int) -> tuple[int, dict[str, Any]]:
        """What the lists say at a token, if there is one."""
        if i >= len(self.tokens):
            return 0, {}
        if self.tokens[i].word == ",":
            return 1, {"comma": True}
        return lexicon(self.language).at(self.tokens, i)

    def named(self, i: int, before: list[Unit]) -> Unit | None:
        """A name of a camera, a zone or a line: known, and said like a place; or said with its kind."""
        size, means = self.known(i)
        place = (*_KINDS, "in", "out", "by", "through", "at", "from", "to", "after")
        last = next((unit for unit in reversed(before) if unit.means.keys() != {"stop"}), Unit(0, 0))
        again = last.has("or", "and", "comma") and len(before) > 1 and before[-2].has("name")
        kind = self.look(i)[1].keys() & set(_KINDS)
        through = last.means.get("verb") in ("crossing", "entering", "leaving")
        if size and (last.has(*place) or through or again or kind):
            return Unit(i, i + size, {"name": means})
        if not kind or i + 1 >= len(self.tokens):
            return None
        (of,) = kind
        following = self.tokens[i + 1]
        if of in self.names or not (following.word.isdigit() or not self.look(i + 1)[1]):
            return None
        name = f"{self.tokens[i].typed}{following.typed}" if following.word.isdigit() else following.typed
        return Unit(i, i + 2, {"name": {of: name}})

    def known(self, i: int) -> tuple[int, dict[str, str]]:
        """The longest known name at a token: how many tokens, and kind -> name."""
        best = 0
        means: dict[str, str] = {}
        for words, kind, name in self.index.get(_plainly(self.tokens[i].word), ()):
            here = tuple(_plainly(token.word) for token in self.tokens[i : i + len(words)])
            if words == here and len(words) >= best:
                means = {} if len(words) > best else means
                best = len(words)
                means.setdefault(kind, name)
        return best, means

    def number(self, i: int) -> float | None:
        """The number that a token says."""
        if i >= len(self.tokens):
            return None
        word = self.tokens[i].word
        if re.fullmatch(r"\d{1,9}(?:[.,]\d{1,9})?", word):
            return float(word.replace(",", "."))
        size, means = self.look(i)
        if "number" in means and size == 1:
            return float(means["number"])
        return 1.0 if word in _ONE and self.look(i + 1)[1].keys() & {"seconds", "unit"} else None

    def dated(self, i: int) -> Unit | None:
        """A day: ``2026-11-20``, ``20/11/2026``, ``20 November [2026]``, ``November 20[, 2026]``."""
        word = self.tokens[i].word
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
                return Unit(i, i + 1, {"date": date.fromisoformat(word)})
            if re.fullmatch(r"\d{1,2}[/.]\d{1,2}(?:[/.]\d{4})?", word) and word.count(".") != 1:
                return self.slashed(i, [int(part) for part in re.split(r"[/.]", word)])
            return self.with_month(i)
        except ValueError:
            return None

    def slashed(self, i: int, parts: list[int]) -> Unit | None:
        """Day and month; where either may come first (in English), it is not taken."""
        day, month, *year = parts
        if self.language == "en" and day <= 12 and day != month:
            if month <= 12:
                return None
            day, month = month, day
        return Unit(i, i + 1, {"date": self.past(day, month, year[0] if year else 0)})

    def with_month(self, i: int) -> Unit | None:
        """A number and a month, in either order, with a year or without."""
        for day_at, month_at in ((i, i + 1), (i + 1, i)):
            size, means = self.look(month_at)
            day = self.number(day_at) if month_at <= i or size else None
            if "month" not in means or not day or day != int(day):
                continue
            end = max(day_at + 1, month_at + size)
            end += end < len(self.tokens) and self.tokens[end].word == ","
            year = self.number(end) or 0
            year = int(year) if 1970 <= year <= 2200 else 0
            end = end + 1 if year else max(day_at + 1, month_at + size)
            return Unit(i, end, {"date": self.past(int(day), int(means["month"]), year)})
        return None

    def past(self, day: int, month: int, year: int) -> date:
        """That day; without a year, the last time it was."""
        if year:
            return date(year, month, day)
        this = date(self.now.year, month, day)
        return this if this <= self.now.date() else date(self.now.year - 1, month, day)

    def counted(self, i: int) -> Unit | None:
        """A number and what it counts: a time of day, a length of time, a speed, a distance; or alone."""
        word = self.tokens[i].word
        if re.fullmatch(r"\d{1,2}:\d{2}", word):
            hour, minute = map(int, word.split(":"))
            return self.clocked(i, i + 1, hour, minute)
        value = self.number(i)
        if value is None:
            return None
        return self.timed(i, value) or self.measured(i, value)

    def timed(self, i: int, value: float) -> Unit | None:
        """A number that is a time of day or a length of time."""
        size, means = self.look(i + 1)
        after = self.tokens[i + 1].word if i + 1 < len(self.tokens) else ""
        if after == "h" or (self.language == "fr" and means.get("seconds") == "3600"):
            return self.hours(i, value, i + 1 + max(1, size))
        if means.keys() & {"am", "pm", "oclock"}:
            return self.clocked(i, i + 1, int(value), 0)
        if "seconds" in means:
            step = float(means["seconds"])
            return self.length(i, i + 1 + size, value * step, step)
        return None

    def measured(self, i: int, value: float) -> Unit:
        """A number with the unit of a speed or a distance, or the number."""
        size, means = self.look(i + 1)
        after = self.tokens[i + 1].word if i + 1 < len(self.tokens) else ""
        unit, factor = {"m": ("m", 1.0), "cm": ("m", 0.01)}.get(after) or (means.get("unit"), 1.0)
        if unit:
            return Unit(i, i + 1 + max(1, size), {"amount": (value * factor, unit)})
        return Unit(i, i + 1, {**self.look(i)[1], "number": value})

    def hours(self, i: int, value: float, end: int) -> Unit:
        """``18 h``, ``18h30``, ``2 heures``: a time of day or a length of time, as words before it say."""
        minutes = self.tokens[end].word if end < len(self.tokens) else ""
        more = int(minutes) if re.fullmatch(r"\d{2}", minutes) and int(minutes) < 60 else 0
        end += bool(re.fullmatch(r"\d{2}", minutes)) and int(minutes) < 60
        unit = self.clocked(i, end, int(value), more) if value == int(value) else Unit(i, end)
        return Unit(i, unit.last, {**unit.means, "length": value * 3600 + more * 60})

    def clocked(self, i: int, end: int, hour: int, minute: int) -> Unit:
        """A time of day with "am", "pm" or the like behind it."""
        size, means = self.look(end)
        half = "pm" if "pm" in means else "am" if "am" in means else ""
        end += size if half or "oclock" in means else 0
        if half and hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        hour = 0 if (hour, minute) == (24, 0) else hour
        if hour > 23 or minute > 59:
            return Unit(i, end)
        return Unit(i, end, {"clock": time(hour, minute), **({"pm": True} if half == "pm" else {})})

    def length(self, i: int, end: int, seconds: float, step: float) -> Unit:
        """A length of time, with smaller parts behind it: ``1 min 30``, ``1 minute 30 secondes``."""
        value = self.number(end)
        if value is not None and step > 1 and self.tokens[end].word[0].isdigit():
            size, means = self.look(end + 1)
            small = float(means.get("seconds", 0))
            if 0 < small < step:
                return Unit(i, end + 1 + size, {"length": seconds + value * small})
            if not means.keys() & {"unit", "month", "class"} and step == 60 and value < 60:
                return Unit(i, end + 1, {"length": seconds + value})
        return Unit(i, end, {"length": seconds, "step": step})
