"""The text of a plate as people type it, and as it is shown before somebody gave a reason to see it."""

import unicodedata
from itertools import pairwise

from synopticon.values.plate import UNREAD

HIDDEN = "*"
_BETWEEN = " -.·_"  # what stands between the groups of a plate, and is no part of its text


def cleaned(typed: str) -> str:
    """What was typed in capitals, without accents and separators; other signs stay as they are.

    >>> cleaned("ab-123 cd"), cleaned("lö·a 77"), cleaned("AB-*-C?")
    ('AB123CD', 'LOA77', 'AB*C?')
    """
    apart = unicodedata.normalize("NFKD", typed.upper())
    return "".join(c for c in apart if c not in _BETWEEN and not unicodedata.combining(c))


def masked(text: str) -> str:
    """A plate with its middle hidden, in groups of letters and digits: a quarter of it, two signs at least.

    >>> masked("AB123CD"), masked("1?A"), masked("7")
    ('AB-1**-CD', '1**', '*')
    """
    hidden = max(2, -(-len(text) // 4))
    first = max(0, (len(text) - hidden + 1) // 2)
    shown = [HIDDEN if first <= k < first + hidden else c for k, c in enumerate(text)]
    ends = [_kind(a) * _kind(b) < 0 for a, b in pairwise(text)]  # a group ends after a sign
    return "".join(c + "-" * end for c, end in zip(shown, (*ends, False), strict=True))


def grouped(text: str) -> str:
    """A plate in its groups of letters and digits.

    >>> grouped("AB123CD")
    'AB-123-CD'
    """
    ends = [_kind(a) * _kind(b) < 0 for a, b in pairwise(text)]
    return "".join(c + "-" * end for c, end in zip(text, (*ends, False), strict=True))


def _kind(sign: str) -> int:
    """-1 a letter, 1 a digit, 0 what is neither."""
    return 0 if sign in (UNREAD, HIDDEN) else 1 if sign.isdigit() else -1
