"""Canonical JSON (RFC 8785): one value, one sequence of bytes; what is hashed and signed.

Objects that hold only texts, whole numbers, booleans and nulls (nearly all) are written by the standard
library, whose output then equals that of ``rfc8785`` and which is ten times as fast; all else by ``rfc8785``.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import rfc8785

from synopticon.errors import UsageError

_LARGEST = 2**53 - 1  # whole numbers that every reader of JSON reads back exactly (RFC 8785, 3.2.2.3)
_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: Mapping[str, Any]) -> bytes:
    r"""The canonical bytes (UTF-8) of an object of texts, numbers, booleans, nulls, lists and objects.

    Raises ``UsageError`` for anything else: whole numbers of more than 53 bits, NaN and infinities, keys
    that are no texts, halves of surrogate pairs, bytes, times.

    >>> canonical({"b": 1.0, "a": [True, None, "é"]})
    b'{"a":[true,null,"\xc3\xa9"],"b":1}'
    """
    try:
        if _plain(value):
            return _ENCODE(value).encode("utf-8")
        return rfc8785.dumps(_lists(value))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise UsageError(
            f"cannot be written as canonical JSON ({error}): keep to texts and numbers"
        ) from error


def digest(value: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical bytes, in lower-case hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def parse_canonical(data: bytes) -> dict[str, Any]:
    """Read back an object of which ``data`` must be the canonical bytes; raises ``UsageError`` if not.

    >>> parse_canonical(b'{"a":1}')
    {'a': 1}
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"is no JSON ({error}): see docs/audit-log.md for the format expected") from error
    if not isinstance(value, dict) or canonical(value) != data:
        raise UsageError("is no canonical JSON object (RFC 8785): use the bytes as they were written")
    return value


def _plain(value: object) -> bool:
    """Whether the standard library writes ``value`` as RFC 8785 asks."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return -_LARGEST <= value <= _LARGEST  # type: ignore[operator]
    if kind is dict:
        return all(_plain_key(k) and _plain(v) for k, v in value.items())  # type: ignore[attr-defined]
    if kind is list or kind is tuple:
        return all(_plain(v) for v in value)  # type: ignore[attr-defined]
    return False


def _plain_key(key: object) -> bool:
    """Keys are sorted by UTF-16 units, the standard library sorts by code points: equal below U+D800."""
    return type(key) is str and (key.isascii() or max(key) < "\ud800")


def _lists(value: Any) -> Any:
    """Mappings and sequences of any kind as those that ``rfc8785`` takes, texts of any kind as texts.

    A float of 2**53 to 1e21 would be written like a whole number, and so be refused when it is read back.
    """
    if isinstance(value, float) and _LARGEST < abs(value) < 1e21:
        raise rfc8785.FloatDomainError(value)
    if isinstance(value, Mapping):
        return {_lists(k): _lists(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_lists(v) for v in value]
    return str(value) if isinstance(value, str) else value
