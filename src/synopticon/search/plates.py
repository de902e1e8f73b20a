"""Which readings of plates answer a question: the same text, a pattern, or a text with some wrong characters.

What was read is columns of texts, ``(n, LONGEST)`` bytes, 0 behind the end; loops over them are compiled. A
character that could not be read (``?``) may be any, and makes the answer less sure. Likely misreadings (O and
0, B and 8) cost less than others, and all cost less where the reader was not sure itself. The weights are
choices of ours from the shapes of letters; how often readers err so is measured elsewhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.values.plate import LONGEST, UNREAD
from synopticon.values.plate_text import cleaned, masked
from synopticon.values.query import Query, Term

Texts = NDArray[np.uint8]
Score = NDArray[np.float32]

NEAR, LISTED = "~", "@"  # before a plate that may be misread, and before the name of a list
MOST_UNREAD = 3  # characters of a reading that a pattern or a near text lets be unread
LEAST_NEAR, LEAST_FIXED = 4, 2  # characters of what may be misread; characters that a pattern must say
UNREAD_WORTH, OTHER_WORTH, GAP_WORTH = 0.7, 0.35, 0.35  # of a score, for each such character
WRONG_WORTH = 0.7  # of the score of what differs at all: it is never called certain
# Pairs that look alike, and what is left of a score for each: from the shapes of the usual typefaces.
ALIKE: Mapping[str, float] = MappingProxyType(
    {
        "O0": 0.95, "I1": 0.95, "B8": 0.9, "S5": 0.9, "Z2": 0.9, "OQ": 0.9, "0Q": 0.85, "OD": 0.85,
        "0D": 0.85, "G6": 0.8, "IL": 0.8, "1L": 0.8, "17": 0.75, "1T": 0.65, "7T": 0.75, "Z7": 0.7,
        "VY": 0.75, "UV": 0.75, "EF": 0.75, "PR": 0.7, "PF": 0.7, "CG": 0.8, "MN": 0.7, "MH": 0.6,
        "NH": 0.65, "KX": 0.6, "MW": 0.6, "A4": 0.75, "38": 0.7, "B3": 0.7, "B6": 0.6, "68": 0.7,
        "69": 0.55, "08": 0.65, "06": 0.6, "56": 0.65, "S8": 0.65, "GC": 0.8, "J1": 0.6, "JI": 0.6,
        "OC": 0.65, "0C": 0.65, "OU": 0.6, "BR": 0.6, "BD": 0.65, "XY": 0.6, "9G": 0.55, "39": 0.55,
    }
)  # fmt: skip
_EDIT, _STAR, _ANY = 4, ord("*"), ord(UNREAD)


class How(StrEnum):
    """How a reading must be like what is asked for."""

    EXACT = "exact"
    PATTERN = "pattern"
    NEAR = "near"
    LISTED = "listed"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a value of ``plate:`` asks for. ``text``: a plate, a pattern with * and ?, or a list's name."""

    how: How
    text: str

    @property
    def codes(self) -> Texts:
        """Its signs as bytes."""
        return np.frombuffer(self.text.encode(), np.uint8)

    @property
    def wrong(self) -> int:
        """So many characters may be wrong, missing or too many: two; of a short plate one."""
        return 0 if self.how is not How.NEAR else 2 if len(self.text) >= 6 else 1


def asked(value: str) -> Asked:
    """Read a value of ``plate:`` as the query language keeps it.

    >>> asked("~AB123CD").how, asked("AB*CD").how, asked("AB123CD").how, asked("@stolen").text
    (<How.NEAR: 'near'>, <How.PATTERN: 'pattern'>, <How.EXACT: 'exact'>, 'stolen')
    """
    if value.startswith(LISTED):
        return Asked(How.LISTED, value[1:])
    if value.startswith(NEAR):
        return Asked(How.NEAR, value[1:])
    return Asked(How.PATTERN if set(value) & {"*", UNREAD} else How.EXACT, value)


def veiled(value: str) -> str:
    """A value of ``plate:`` as it may be shown and logged.

    >>> veiled("~AB123CD"), veiled("@stolen")
    ('~AB-1**-CD', '@stolen')
    """
    one = asked(value)
    return value if one.how is How.LISTED else f"{NEAR if one.how is How.NEAR else ''}{masked(one.text)}"


def safe(query: Query) -> Query:
    """The question as it may be shown and logged: with its plates masked."""
    if not query.of("plate"):
        return query
    return replace(query, terms=tuple(_safe(t) if t.field == "plate" else t for t in query.terms))


def _safe(term: Term) -> Term:
    return replace(term, values=tuple(veiled(str(v)) for v in term.values))


def without(words: str, plates: Mapping[str, str]) -> str:
    """Words with these plates (text -> what stands for it) taken out, however they were written.

    >>> without("looked for ab 123-cd again", {"AB123CD": "AB-1**-CD"})
    'looked for AB-1**-CD again'
    """
    for text, instead in plates.items():
        words = _replaced(words, text, instead)
    return words


def _replaced(words: str, text: str, instead: str) -> str:
    """Every stretch of words that says this text, whatever separators stand in it."""
    said = [(k, c) for k, sign in enumerate(words) for c in cleaned(sign)]
    plain, at = "".join(c for _, c in said), 0
    out, done = [], 0
    while text and (at := plain.find(text, at)) >= 0:
        first, last = said[at][0], said[at + len(text) - 1][0]
        out += [words[done:first], instead]
        done, at = last + 1, at + len(text)
    return "".join((*out, words[done:]))


# --- what was found ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class PlatesFound:
    """The tracks whose plate answers one value, sorted by id: n rows.

    ``ids`` bytes ``S48``; ``score`` float32, 0..1; ``texts`` ``(n, LONGEST)``; ``wrong``, ``unread`` uint8:
    characters that differ, and that could not be read. ``footages``: ids of recordings; the tracks are of no
    others.
    """

    ids: NDArray[np.bytes_]
    score: Score
    texts: Texts
    wrong: NDArray[np.uint8]
    unread: NDArray[np.uint8]
    footages: frozenset[str]

    def __len__(self) -> int:
        return len(self.ids)

    def of(self, ids: NDArray[np.bytes_]) -> Score:
        """How surely each of these tracks answers; 0 = not."""
        if not len(self.ids):
            return np.zeros(len(ids), np.float32)
        at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[at] == ids, self.score[at], 0).astype(np.float32)

    def says(self, track: bytes) -> str:
        """What was read of a track, masked, and how it differs; "" where it is none of these."""
        at = int(np.searchsorted(self.ids, track))
        if at >= len(self.ids) or self.ids[at] != track:
            return ""
        wrong, unread = int(self.wrong[at]), int(self.unread[at])
        parts = [f"reads {masked(text_at(self.texts, at))}"]
        parts += [f"{_counted(wrong)} wrong, missing or too many"] if wrong else []
        parts += [f"{_counted(unread)} could not be read"] if unread else []
        return ", ".join(parts)


def _counted(n: int) -> str:
    return "1 character" if n == 1 else f"{n} characters"


def text_at(texts: Texts, row: int) -> str:
    """The text of a row."""
    return bytes(texts[row]).rstrip(b"\0").decode()


def found(
    asked_for: Asked, ids: NDArray[np.bytes_], texts: Texts, sure: Texts, footages: Iterable[str]
) -> PlatesFound:
    """What is to be said of readings that answer: how surely, and what differs.

    ``sure``: how sure the reader was of each character, 0..255; ``footages``: those that the tracks are of.
    """
    own, n = np.ascontiguousarray(texts), len(texts)
    unread = (own == _ANY).sum(axis=1).astype(np.uint8)
    wrong = np.zeros(n, np.uint8)
    score: Score = (UNREAD_WORTH ** unread.astype(np.float32)).astype(np.float32)
    if asked_for.how is How.NEAR:
        score = np.asarray(_alike(own, (sure / 255).astype(np.float32), asked_for.codes, _weights()))
        wrong = (_apart(own, asked_for.codes, asked_for.wrong) // _EDIT).astype(np.uint8)
        score = np.where(wrong > 0, WRONG_WORTH * score, score)
    read = np.maximum((own != 0).sum(axis=1), 1)
    mean = np.where(own != 0, sure, 0).sum(axis=1) / read / 255
    score = (score * (1 + mean) / 2).astype(np.float32)
    order = np.argsort(ids, kind="stable")
    return PlatesFound(ids[order], score[order], own[order], wrong[order], unread[order], frozenset(footages))


def answering(asked_for: Asked, texts: Texts) -> NDArray[np.bool_]:
    """Which texts answer, bool ``(n,)``."""
    rows = np.ascontiguousarray(texts)
    if asked_for.how is How.PATTERN:
        return np.asarray(_fits(rows, asked_for.codes))
    if asked_for.how is How.NEAR:
        return np.asarray(_apart(rows, asked_for.codes, asked_for.wrong) >= 0)
    wanted = np.frombuffer(asked_for.text.encode().ljust(LONGEST, b"\0"), np.uint8)
    return np.asarray((rows == wanted).all(axis=1))


@cache
def _weights() -> Score:
    """What is left of a score where one sign was read for another, ``(128, 128)``."""
    out = np.full((128, 128), OTHER_WORTH, np.float32)
    for pair, worth in ALIKE.items():
        a, b = map(ord, pair)
        out[a, b] = out[b, a] = worth
    out[np.arange(128), np.arange(128)] = 1
    out[_ANY, :] = out[:, _ANY] = UNREAD_WORTH
    return out


# --- loops -------------------------------------------------------------------------------------------------


@compiled()
def _fits(texts: Any, pattern: Any) -> Any:
    """Which texts fit a pattern: ``*`` any number of signs, ``?`` one; an unread sign is any one."""
    out = np.zeros(len(texts), np.bool_)
    width, size = texts.shape[1], len(pattern)
    for row in range(len(texts)):
        length, unread = 0, 0
        while length < width and texts[row, length] != 0:
            unread += texts[row, length] == _ANY
            length += 1
        if unread > MOST_UNREAD or length == 0:
            continue
        i, j, star, mark = 0, 0, -1, 0
        while i < length:
            if j < size and pattern[j] == _STAR:
                star, mark = j, i
                j += 1
            elif j < size and (pattern[j] == _ANY or pattern[j] == texts[row, i] or texts[row, i] == _ANY):
                i += 1
                j += 1
            elif star >= 0:
                mark += 1
                i, j = mark, star + 1
            else:
                break
        while j < size and pattern[j] == _STAR:
            j += 1
        out[row] = i == length and j == size
    return out


@compiled()
def _apart(texts: Any, wanted: Any, most: int) -> Any:
    """By what each text differs, int16: 4 for a wrong, missing or odd sign, 1 for one unread; -1 = too much.

    The letters that two texts share are counted first, which rules nearly all out.
    """
    out = np.full(len(texts), -1, np.int16)
    size, width = len(wanted), texts.shape[1]
    letters = np.uint64(0)
    for k in range(size):
        letters |= np.uint64(1) << np.uint64(wanted[k] - 48)
    room = np.zeros((2, width + 1), np.int16)
    for row in range(len(texts)):
        length, unread, seen = 0, 0, np.uint64(0)
        while length < width and texts[row, length] != 0:
            sign = texts[row, length]
            unread += sign == _ANY
            seen |= np.uint64(1) << np.uint64(sign - 48)
            length += 1
        if abs(length - size) > most or unread > MOST_UNREAD:
            continue
        if _count(letters & ~seen, most + unread + 1) <= most + unread:
            least = _least(texts[row], length, wanted, room)
            if least // _EDIT <= most and least // _EDIT + least % _EDIT <= MOST_UNREAD:
                out[row] = least
    return out


@compiled()
def _count(bits: Any, most: int) -> int:
    """How many bits are set, ``most`` at the most."""
    count = 0
    while bits and count < most:
        bits &= bits - np.uint64(1)
        count += 1
    return count


@compiled()
def _least(text: Any, length: int, wanted: Any, room: Any) -> int:
    """The least cost of turning one text into the other (Wagner and Fischer, 1974); ``room``: two rows."""
    for j in range(length + 1):
        room[0, j] = _EDIT * j
    for i in range(len(wanted)):
        before, after = room[i % 2], room[(i + 1) % 2]
        after[0] = _EDIT * (i + 1)
        for j in range(length):
            step = 0 if text[j] == wanted[i] else 1 if text[j] == _ANY else _EDIT
            after[j + 1] = min(before[j] + step, before[j + 1] + _EDIT, after[j] + _EDIT)
    return int(room[len(wanted) % 2, length])


@compiled()
def _alike(texts: Any, sure: Any, wanted: Any, weights: Any) -> Any:
    """How alike each text and the wanted one are, float32, 0..1: the best product over all ways.

    A sign read for another leaves what ``weights`` say, and half of what is lacking to 1 where the reader was
    not sure at all.
    """
    out = np.zeros(len(texts), np.float32)
    size, width = len(wanted), texts.shape[1]
    best = np.zeros((size + 1, width + 1), np.float32)
    for row in range(len(texts)):
        length = 0
        while length < width and texts[row, length] != 0:
            length += 1
        for i in range(size + 1):
            for j in range(length + 1):
                worth = np.float32(1 if i == 0 and j == 0 else 0)
                if i > 0:
                    worth = max(worth, best[i - 1, j] * GAP_WORTH)
                if j > 0:
                    worth = max(worth, best[i, j - 1] * GAP_WORTH)
                if i > 0 and j > 0:
                    weight = weights[wanted[i - 1], texts[row, j - 1]]
                    doubt = (1 - weight) * (1 - sure[row, j - 1]) / 2
                    if texts[row, j - 1] == _ANY or weight == 1:
                        doubt = 0
                    worth = max(worth, best[i - 1, j - 1] * (weight + doubt))
                best[i, j] = worth
        out[row] = best[size, length]
    return out
