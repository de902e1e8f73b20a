"""How countries write their plates, as data (``plates.toml``), and what that decides about a text.

Signs that are confused with each other are put right only where it is certain: the text as it was read fits
no country, all the ways to put it right give one text, and no sign is changed that was surely read.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import product
from typing import Any

from synopticon.values.plate import UNREAD

CONFUSED = ("0O", "1I", "8B", "5S", "2Z", "6G")  # a digit and the letter that it is taken for
_SURELY = 0.95  # confidence from which a sign was surely read
_DISTRICT = 3  # letters at most
_WORD = 3  # letters of a word at least
_MOST = 512  # ways to put a text right that are tried


@dataclass(frozen=True, slots=True)
class Series:
    """One form of the plates of a country (ISO 3166-1 alpha-2), over A-Z and 0-9 without separators.

    ``form`` is all of it, or what comes behind the letters of a ``district`` and a gap.
    """

    country: str
    name: str
    form: re.Pattern[str]
    district: re.Pattern[str] | None = None

    def parts(self, text: str) -> tuple[int, ...]:
        """Where it may be parted: signs before its gap, 0 = it has none; () = it is not written so."""
        if self.district is None:
            return (0,) if self.form.fullmatch(text) else ()
        before = range(1, min(_DISTRICT, len(text)) + 1)
        return tuple(k for k in before if self.district.fullmatch(text[:k]) and self.form.fullmatch(text[k:]))


@dataclass(frozen=True, slots=True)
class Settled:
    """What a grammar says of a text: ``country`` where one alone fits; whether signs were ``corrected``."""

    text: str
    country: str
    corrected: bool


@cache
def _data() -> dict[str, Any]:
    text = resources.files("synopticon.vision").joinpath("plates.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def grammars() -> tuple[Series, ...]:
    """All that this build knows, in the order of the file."""
    return tuple(
        Series(
            country["code"],
            series["name"],
            re.compile(series["form"]),
            re.compile(series["district"]) if "district" in series else None,
        )
        for country in _data()["country"]
        for series in country["series"]
    )


@cache
def words() -> frozenset[str]:
    """What letters on vehicles say that are no plate."""
    return frozenset(_data()["words"].split())


@lru_cache(maxsize=4096)
def lettering(text: str) -> bool:
    """Whether a whole group of letters of a text is a word that stands on vehicles, confused signs allowed.

    It stands between digits, or what may be one, and the ends; two of its signs or more were read as letters.
    """
    return any(_is_word(text[a:b]) for a, b in _groups(text))


def _groups(text: str) -> Iterable[tuple[int, int]]:
    """Where a group of three letters or more may begin and end."""
    edges = [k for k in range(len(text) + 1) if _edge(text[k - 1 : k]) or _edge(text[k : k + 1])]
    return ((a, b) for a in edges for b in edges if b - a >= _WORD)


def _edge(sign: str) -> bool:
    """Whether a group of letters ends beside this sign: a digit, what may be one, nothing."""
    return not sign.isalpha() or any(other.isdigit() for other in _others(sign))


def _is_word(group: str) -> bool:
    if sum(sign.isalpha() for sign in group) < 2:
        return False
    read = (sign if sign.isalpha() else _letter(sign) for sign in group)
    return "".join(read) in words()


def _letter(sign: str) -> str:
    return next((other for other in _others(sign) if other.isalpha()), sign)


def countries() -> tuple[str, ...]:
    """The countries whose plates are known."""
    return tuple(dict.fromkeys(s.country for s in grammars()))


@lru_cache(maxsize=4096)
def fitting(text: str, among: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The countries (``among`` these; none = all) that write plates so; ``?`` fits as a letter or a digit."""
    shown = set(_read_as(text))
    known = (s for s in grammars() if not among or s.country in among)
    return tuple(dict.fromkeys(s.country for s in known if any(s.parts(t) for t in shown)))


@lru_cache(maxsize=4096)
def parted(text: str) -> tuple[int, ...]:
    """Signs before the gap that a text must have to be a plate, each way it may be; (0,) = it needs none."""
    shown = set(_read_as(text))
    ways = {k for series in grammars() for t in shown for k in series.parts(t)}
    return (0,) if 0 in ways else tuple(sorted(ways))


def _read_as(text: str) -> Iterable[str]:
    """The text, or where signs are unread every way to take them for a letter or a digit."""
    options = [("A", "B", "1") if sign == UNREAD else (sign,) for sign in text]
    return ("".join(signs) for _, signs in zip(range(_MOST), product(*options), strict=False))


@cache
def _others(sign: str) -> str:
    return "".join(pair.replace(sign, "") for pair in CONFUSED if sign in pair)


def settled(text: str, confidence: Sequence[float] = (), among: tuple[str, ...] = ()) -> Settled:
    """The text with confused signs put right where that is certain.

    ``confidence``, one number a sign: what was read surely stays as it was read; without it all may change.
    ``among``: the countries that may come; none = all.
    """
    here = fitting(text, among)
    if here:
        return Settled(text, _only(here), corrected=False)
    free = [not confidence or confidence[k] < _SURELY for k in range(len(text))]
    ways = {way for way in _ways(text, free) if way != text and fitting(way, among)}
    if len(ways) != 1:
        return Settled(text, "", corrected=False)
    (right,) = ways
    return Settled(right, _only(fitting(right, among)), corrected=True)


def _ways(text: str, free: Sequence[bool]) -> Iterable[str]:
    options = [sign + (_others(sign) if may else "") for sign, may in zip(text, free, strict=True)]
    return ("".join(signs) for _, signs in zip(range(_MOST), product(*options), strict=False))


def _only(found: Sequence[str]) -> str:
    return found[0] if len(found) == 1 else ""
