"""Errors that point at a character of a query."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from synopticon.errors import QueryError

AROUND = 50  # characters shown on either side
LONGEST_WORD = 40  # of what is compared with known words


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like this one, or nothing."""
    return next(iter(get_close_matches(word[:LONGEST_WORD], list(known), 1, 0.6)), "")


def shown(typed: str) -> str:
    """A piece of what was typed, in quotes, cut if it is long."""
    return repr(typed if len(typed) <= LONGEST_WORD else f"{typed[:LONGEST_WORD]}...")


def pointed(text: str, at: int, kind: str, says: str, suggestion: str = "") -> QueryError:
    """An error about the character ``at`` (from 0): what is wrong, then the text and a caret under it."""
    mean = f"; did you mean {suggestion}?" if suggestion else ""
    message = f"character {at + 1}: {says}{mean}\n{drawn(text, at)}"
    return QueryError(message, kind, at + 1, suggestion)


def drawn(text: str, at: int) -> str:
    """Two lines: the text around a character, and a caret under it."""
    start = max(0, at - AROUND)
    before = "".join(map(_seen, text[start:at]))
    after = "".join(map(_seen, text[at : at + AROUND]))
    left, right = "..." if start else "", "..." if at + AROUND < len(text) else ""
    width = sum(map(_width, before)) + len(left)
    return f"  {left}{before}{after}{right}\n  {' ' * width}^"


def _seen(character: str) -> str:
    return character if character.isprintable() else " " if character.isspace() else "?"


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
