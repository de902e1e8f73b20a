"""A probed footage as JSON, and back, without loss."""

import json
from dataclasses import asdict, fields
from fractions import Fraction
from pathlib import Path
from typing import Any

from synopticon.values.footage import Clock, Footage, Gap, GapReason, SourceFile

_FRACTIONS = tuple(f.name for f in fields(SourceFile) if f.type in (Fraction, "Fraction"))


def to_json(footage: Footage) -> bytes:
    """The footage as canonical JSON; paths as text."""
    return json.dumps(asdict(footage), default=_plain, sort_keys=True).encode() + b"\n"


def of_json(data: bytes) -> Footage:
    """The footage that ``to_json`` wrote; raises ``ValueError``, ``KeyError`` or ``TypeError`` for else."""
    found = json.loads(data)
    files = tuple(_file(file) for file in found["files"])
    gaps = tuple(Gap(**{**gap, "reason": GapReason(gap["reason"])}) for gap in found["gaps"])
    return Footage(found["camera"], files, gaps, tuple(found["notes"]))


def _file(found: dict[str, Any]) -> SourceFile:
    exact = {name: Fraction(*found[name]) for name in _FRACTIONS}
    return SourceFile(**{**found, **exact, "path": Path(found["path"]), "clock": Clock(**found["clock"])})


def _plain(value: object) -> Any:
    return [value.numerator, value.denominator] if isinstance(value, Fraction) else str(value)
