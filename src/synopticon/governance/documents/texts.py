"""The sentences of documents: TOML data, one file a language, with the same keys.

``profile.fr.toml`` holds the French of what profiles say in English; what it does not know (an organisation's
own words) stands as it is written.
"""

import functools
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from synopticon.errors import UsageError
from synopticon.governance.capability import EVENTS
from synopticon.governance.documents.page import Page

LANGUAGES = ("fr", "en")
_EVENTS = frozenset(f"event.{name}" for name in EVENTS)


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences of one language, by their place: ``t("dpia.title")``."""

    language: str
    table: Mapping[str, Any]
    phrases: Mapping[str, str]  # of profiles: English -> this language, whole texts
    terms: Mapping[str, str]  # of sources: English -> this language, parts of texts

    def __call__(self, place: str, **values: object) -> str:
        """The sentence at a place, its ``{names}`` filled in; a value is never read as a template."""
        room, _, name = place.rpartition(".") if place.count(".") <= 1 else place.partition(".")
        found = self.table[room][name] if room else self.table[name]
        return string.Formatter().vformat(str(found), (), values) if values else str(found)

    def named(self, room: str, name: str) -> str:
        """The sentence for something that is one of a list, such as a role; the name itself if unknown."""
        return str(self.table[room].get(name, name))

    def law(self, page: Page, place: str) -> None:
        """Put what a text asks into a page, with its source and the day on which it was read."""
        page.note("law", self("common.law"), self(f"{place}_text"), self.source(place))

    def source(self, place: str) -> str:
        """Where a statement of law is from, and when it was read."""
        room, _, name = place.partition(".")
        known = self.table[room]
        checked = self.day(known[f"{name}_checked"])
        return self("common.read", source=str(known[f"{name}_source"]), checked=checked)

    def said(self, text: str) -> str:
        """A text of a profile."""
        return self.phrases.get(text, text)

    def cited(self, text: str) -> str:
        """The source of a rule, its usual words in this language."""
        for english, here in self.terms.items():
            text = text.replace(english, here)
        return text

    def capabilities(self, names: tuple[str, ...]) -> str:
        """What capabilities mean, in words; families that are complete as one."""
        found, left = [], list(names)
        for family, members in (("event.*", _EVENTS), ("case.*", None), ("camera.*", None)):
            mine = [name for name in left if name in members] if members else _family(left, family)
            if len(mine) > 1 and (members is None or len(mine) == len(members)):
                at = left.index(mine[0])
                left = [*left[:at], family, *(n for n in left[at:] if n not in mine)]
        found = [self.named("capability", name) for name in left]
        return "; ".join(found)

    def day(self, day: date) -> str:
        """A day in words."""
        months = self.table["months"]
        first = "1er" if self.language == "fr" and day.day == 1 else day.day
        return self("day", day=first, month=months[day.month - 1], year=day.year)

    def moment(self, moment: datetime) -> str:
        """A moment in words (UTC)."""
        months = self.table["months"]
        first = "1er" if self.language == "fr" and moment.day == 1 else moment.day
        clock = moment.strftime("%H:%M")
        words = {"day": first, "month": months[moment.month - 1], "year": moment.year}
        return self("moment", **words, clock=clock, zone="UTC")

    def days(self, n: int | None) -> str:
        """A number of days; None = no end."""
        if n is None:
            return self("common.no_end")
        return self("common.one_day") if n == 1 else self("common.days", n=n)

    def number(self, value: float, places: int = 1) -> str:
        """A number with the decimal mark of this language."""
        return f"{value:.{places}f}".replace(".", str(self.table["decimal"]))


def local(moment: datetime, zone: str) -> str:
    """A moment for tables, in a camera's zone: ``2026-11-02 11:00:00 +01:00``."""
    return moment.astimezone(ZoneInfo(zone or "UTC")).isoformat(" ", "seconds").replace("+", " +")


def _family(names: list[str], family: str) -> list[str]:
    return [name for name in names if name.startswith(family[:-1])]


@functools.cache
def texts(language: str) -> Texts:
    """The sentences of a language; raises ``UsageError`` for one that is not there."""
    if language not in LANGUAGES:
        raise UsageError(f"{language!r} is no language of documents: choose one of {', '.join(LANGUAGES)}")
    here = resources.files("synopticon.governance.documents") / "texts"
    table = tomllib.loads((here / f"{language}.toml").read_text("utf-8"))
    own = here / f"profile.{language}.toml"
    words = tomllib.loads(own.read_text("utf-8")) if own.is_file() else {"texts": {}, "sources": {}}
    kept = (MappingProxyType(part) for part in (table, words["texts"], words["sources"]))
    return Texts(language, *kept)
