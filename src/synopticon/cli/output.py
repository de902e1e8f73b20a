"""Results go to stdout, talk to stderr."""

import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any


def result(line: str = "", *, now: bool = False) -> None:
    """Write one line of the result; ``now``: whoever reads it through a pipe is not to wait for more."""
    sys.stdout.write(printable(line, sys.stdout.encoding) + "\n")
    if now:
        sys.stdout.flush()


def say(line: str) -> None:
    """Tell the user something that is not the result."""
    sys.stderr.write(printable(line, sys.stderr.encoding) + "\n")
    sys.stderr.flush()


def result_json(value: object) -> None:
    """Write the result as JSON with sorted keys."""
    for line in json.dumps(plain(value), indent=2, sort_keys=True, ensure_ascii=True).splitlines():
        result(line)


def plain(value: Any) -> Any:
    """Turn frozen values into what JSON knows: mappings, lists, numbers, text, None."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def table(rows: Sequence[Sequence[str]]) -> None:
    """Write rows as columns of even width."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    for row in rows:
        result("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def printable(line: str, encoding: str | None = None) -> str:
    """Keep a line one line, whatever a file's name put into it: what cannot be printed is written out."""
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)
    return shown.encode(encoding or "utf-8", "backslashreplace").decode(encoding or "utf-8")
