"""What a text says of date and time, by a table of the formats that cameras and recorders burn in.

A format is written in letters: ``YYYY`` ``YY`` ``MM`` ``DD`` ``MON`` (a month's name) ``hh`` ``mm`` ``ss``
``AP`` (AM or PM). Date and time may stand in any order, with other words (a camera's name, a weekday) around
them. Signs for which digits are easily taken (O, I, S, B) are read as digits only where the format has one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

# Most usual first: of two that mean the same text, the first is proposed, and the other stated.
DATES = (
    "YYYY-MM-DD", "YYYY/MM/DD", "YYYY.MM.DD", "YYYY年MM月DD", "DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY",
    "MM-DD-YYYY", "DD.MM.YYYY", "MM.DD.YYYY", "DD MON YYYY", "DD-MON-YYYY", "MON DD YYYY", "MON-DD-YYYY",
    "YYYY MON DD", "DD/MM/YY", "MM/DD/YY", "YY/MM/DD", "DD-MM-YY", "MM-DD-YY", "YY-MM-DD", "DD.MM.YY",
    "YY.MM.DD",
)  # fmt: skip
TIMES = ("hh:mm:ss AP", "hh:mm:ss", "hh.mm.ss", "hh:mm AP", "hh:mm")
_DIGIT = r"[0-9OoQDIl|!ZSsBG]"
_LOOKS = str.maketrans("OoQDIl|!ZSsBG", "0000111125586")
_TOKENS = {
    "YYYY": rf"(?P<Y>{_DIGIT}{{4}})", "YY": rf"(?P<y>{_DIGIT}{{2}})", "MM": rf"(?P<m>{_DIGIT}{{1,2}})",
    "DD": rf"(?P<d>{_DIGIT}{{1,2}})", "MON": r"(?P<b>[^\W\d_]{3,9})\.?", "hh": rf"(?P<H>{_DIGIT}{{1,2}})",
    "mm": rf"(?P<M>{_DIGIT}{{2}})", "ss": rf"(?P<S>{_DIGIT}{{2}})", "AP": r"(?P<p>[AaPp])\.?\s*[Mm]",
    "-": r"\s*[-–—−]\s*", "/": r"\s*/\s*", ".": r"\s*[.,·]\s*", ":": r"\s*[:：;]\s*", " ": r"\s*[,.]?\s*",
}  # fmt: skip
_DOT = r"\s*[.,·:]\s*"  # of a date that cannot be taken for a time
_AFTER = {  # what may not follow: more of the same
    "date": r"(?![0-9])",
    "ss": r"(?![0-9:：])(?!\s*[AaPp]\.?\s*[Mm]\b)",
    "AP": "",
    "mm": r"(?![0-9])(?!\s*[:：;.]\s*[0-9])(?!\s*[AaPp]\.?\s*[Mm]\b)",
}
_YEAR = "(?:19|20)[0-9]{2}"
_ENDS = (  # of a date, behind which a time may follow without a space
    "[-/.][0-9]{2}", f"[-/.]{_YEAR}", *(rf"[^\W\d_][0-9]{{{n}}}{_YEAR}" for n in (0, 1, 2)),
)  # fmt: skip
_MONTHS = (
    ("jan", "gen", "ene"), ("feb", "fev", "fév"), ("mar", "mär", "mrz"), ("apr", "avr", "abr"),
    ("may", "mai", "mag"), ("jun", "juin", "giu"), ("jul", "juil", "lug"), ("aug", "aou", "aoû", "ago"),
    ("sep", "set"), ("oct", "okt", "ott"), ("nov",), ("dec", "déc", "dez", "dic"),
)  # fmt: skip
_WEEKDAYS = (
    ("mon", "lun", "星期一"), ("tue", "星期二"), ("wed", "mer", "mit", "星期三"),
    ("thu", "jeu", "don", "星期四"), ("fri", "ven", "fre", "星期五"), ("sat", "sam", "星期六"),
    ("sun", "dim", "son", "星期日"),
)  # fmt: skip
_NAMED = re.compile(
    r"(?<![^\W\d_])(?P<n>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|"
    r"sun(?:day)?|lun(?:di)?|mer(?:credi)?|jeu(?:di)?|ven(?:dredi)?|sam(?:edi)?|dim(?:anche)?|mittwoch|"
    r"donnerstag|freitag|samstag|sonntag)(?![^\W\d_])|(?P<z>星期[一二三四五六日])",
    re.IGNORECASE,
)
_GUESSED = 1 / 3  # share of the digits that may have been read as letters
DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Told:
    """What a text says when it is read by one format.

    ``shown``: seconds since 1970 as if the clock showed UTC; without a date, seconds of the day. ``every``:
    seconds in which the text stays the same, 1 or 60.
    """

    format: str
    shown: float
    every: float
    dated: bool


def told(text: str) -> tuple[Told, ...]:
    """All that a text can mean: of each format that fits and gives a real date, once; () for no clock.

    Without a date it means the time of day, told beside what it means with one. A weekday in it that is not
    the date's rules a format out.
    """
    found = {one.format: one for one in _told(text)}
    return tuple(found.values())


def _told(text: str) -> Iterator[Told]:
    day = _weekday(text)
    for time in TIMES:
        for clock in _pattern(time, "AP" if "AP" in time else time[-2:]).finditer(text):
            seconds = _seconds(clock)
            if seconds is None or not _certain(clock):
                continue
            every = 1.0 if "ss" in time else 60.0
            rest = text[: clock.start()] + "\n" + text[clock.end() :]
            yield Told(time, seconds, every, dated=False)
            for date in DATES:
                if "." in date and "." in time:
                    continue  # one cannot be told from the other
                for match in _pattern(date, "date").finditer(rest):
                    moment = _date(match)
                    if moment and _certain(match) and day in (None, moment.weekday()):
                        yield Told(f"{date} {time}", _posix(moment) + seconds, every, dated=True)


@cache
def _pattern(format_: str, last: str) -> re.Pattern[str]:
    tokens = re.split(r"(YYYY|YY|MM|DD|MON|hh|mm|ss|AP)", format_)
    signs = _TOKENS | {".": _DOT} if "YYYY" in tokens else _TOKENS
    body = "".join(signs.get(token, re.escape(token)) for token in tokens)
    # A digit before it would be part of it, unless the space after a date was lost; letters may stand there
    # (the T of ISO 8601).
    lost = "" if last == "date" else "".join(rf"|(?<={end})" for end in _ENDS)
    return re.compile(rf"(?:(?<![0-9]){lost})(?<![0-9][:：./-]){body}(?:{_AFTER[last]})")


def _certain(match: re.Match[str]) -> bool:
    text = "".join(value for key, value in match.groupdict().items() if key not in "bp" and value)
    return sum(not c.isdecimal() for c in text) <= _GUESSED * len(text)


def _number(match: re.Match[str], key: str) -> int:
    return int(match[key].translate(_LOOKS))


def _seconds(match: re.Match[str]) -> float | None:
    parts = match.groupdict()
    hour, minute = _number(match, "H"), _number(match, "M")
    second = _number(match, "S") if "S" in parts else 0
    if "p" in parts:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["p"] in "pP" else 0)
    return hour * 3600.0 + minute * 60 + second if hour < 24 and minute < 60 and second < 60 else None


def _date(match: re.Match[str]) -> datetime | None:
    parts = match.groupdict()
    year = _number(match, "Y") if "Y" in parts else 2000 + _number(match, "y")
    month = _month(match["b"]) if "b" in parts else _number(match, "m")
    try:
        return datetime(year, month, _number(match, "d")) if 1990 <= year < 2100 else None
    except ValueError:
        return None


def _month(name: str) -> int:
    low = name.lower()
    return next((n for n, names in enumerate(_MONTHS, 1) if low.startswith(names)), 0)


def _weekday(text: str) -> int | None:
    """Day of the week that is named, Monday = 0; None when there is none, or several."""
    named = [(m["n"] or m["z"]).lower() for m in _NAMED.finditer(text)]
    days = {n for name in named for n, names in enumerate(_WEEKDAYS) if name.startswith(names)}
    return days.pop() if len(days) == 1 else None


def _posix(moment: datetime) -> float:
    return (moment - datetime(1970, 1, 1)).total_seconds()
