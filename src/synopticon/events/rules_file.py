"""Rules as TOML: read, checked against the parameters of each rule, and bound to a camera's zones and lines.

::

    [[rule]]
    rule = "line"               # which rule: docs/events.md lists them with their parameters
    name = "into the yard"      # what its events are called; default: the rule
    camera = "gate"             # only at this camera; default: at all
    line = "gate line"          # a line of the camera by its name, or points: [[0.1, 0.5], [0.9, 0.5]]
    classes = ["person"]
    hours = "22:00-06:00"       # by the camera's clock
    severity = "high"

Each mistake is one line that names the file, the rule and the remedy.
"""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import time
from math import isfinite
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from synopticon.errors import UsageError
from synopticon.events.catalogue import NOT_SHIPPED, rules
from synopticon.events.rule import Rule
from synopticon.events.shapes import area
from synopticon.values.area import Area, AreaKind
from synopticon.values.detection import CLASSES
from synopticon.values.query import Point

EMPTY = 1e-4  # of the picture: a smaller zone holds nothing
MOST = 200  # rules of a file
_SHAPES: Mapping[str, tuple[AreaKind, int]] = {"zone": ("zone", 3), "line": ("line", 2), "way": ("line", 2)}
_LISTS = ("classes", "others")


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as it is written, not yet bound to a camera; ``where`` names it in messages."""

    where: str
    kind: str
    camera: str
    values: Mapping[str, Any]

    def bind(self, areas: Mapping[str, Area]) -> Rule:
        """The rule for a camera with these zones and lines. Raises ``UsageError``."""
        made = rules()[self.kind]
        hints = get_type_hints(made)
        known = {f.name: f for f in fields(made)}
        values = {}
        for name, value in self.values.items():
            if name not in known:
                raise UsageError(
                    f"{self.where}: {name!r} is no parameter of {self.kind}: {_near(name, known)}"
                )
            values[name] = self._value(name, value, hints[name], areas)
        missing = [f.name for f in known.values() if f.default is MISSING and f.name not in values]
        if missing:
            raise UsageError(f"{self.where}: {self.kind} needs {', '.join(missing)}: add it")
        return made(**values)

    def _value(self, name: str, value: Any, hint: Any, areas: Mapping[str, Area]) -> Any:
        if name in _SHAPES:
            return self._shape(name, value, areas)
        if name in _LISTS:
            return self._classes(name, value)
        if name == "hours":
            return _hours(self.where, value)
        if get_origin(hint) is Literal:
            if value not in get_args(hint):
                raise UsageError(
                    f"{self.where}: {name} = {value!r}: choose one of {', '.join(get_args(hint))}"
                )
            return value
        return self._plain(name, value, hint)

    def _plain(self, name: str, value: Any, hint: Any) -> Any:
        right = isinstance(value, hint) if hint in (bool, str) else isinstance(value, int | float)
        if not right or (hint is not bool and isinstance(value, bool)):
            raise UsageError(f"{self.where}: {name} = {value!r}: expected a {_called(hint)}")
        if hint in (int, float) and not (isfinite(value) and value >= 0):
            raise UsageError(f"{self.where}: {name} = {value!r}: expected a number, 0 or more")
        if hint is int and value != int(value):
            raise UsageError(f"{self.where}: {name} = {value!r}: expected a whole number")
        return hint(value)

    def _shape(self, name: str, value: Any, areas: Mapping[str, Area]) -> tuple[Point, ...]:
        kind, fewest = _SHAPES[name]
        points = self._named(name, value, kind, areas) if isinstance(value, str) else _points(value)
        if points is None or len(points) < fewest:
            raise UsageError(
                f"{self.where}: {name} is empty: give {fewest} points or more such as [0.1, 0.5], "
                f"or the name of a {kind}"
            )
        if not all(0 <= v <= 1 for point in points for v in point):
            raise UsageError(
                f"{self.where}: {name}: points must be from 0 to 1, the upper left corner is 0, 0"
            )
        if kind == "zone" and area(points) < EMPTY:
            raise UsageError(f"{self.where}: {name} is empty: its corners hold no area: choose others")
        if kind == "line" and points[0] == points[-1] and len(set(points)) < 2:
            raise UsageError(f"{self.where}: {name} is empty: its points are one: choose another")
        return points

    def _named(self, field: str, name: str, kind: AreaKind, areas: Mapping[str, Area]) -> tuple[Point, ...]:
        found = areas.get(name)
        if found is None or found.kind != kind:
            known = sorted(a.name for a in areas.values() if a.kind == kind)
            said = (
                f"known are {', '.join(known)}"
                if known
                else f"give points, or use --camera with a {kind} drawn"
            )
            raise UsageError(f"{self.where}: {field} = {name!r}: no {kind} is called so: {said}")
        return found.points

    def _classes(self, name: str, value: Any) -> tuple[str, ...]:
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list) or not all(isinstance(v, str) for v in given):
            raise UsageError(f"{self.where}: {name}: expected a list of classes, such as ['person']")
        wrong = [v for v in given if v not in CLASSES]
        if wrong:
            raise UsageError(
                f"{self.where}: {name}: no class is called {wrong[0]!r}: known are {', '.join(CLASSES)}"
            )
        return tuple(given)


def read_rules(path: Path) -> tuple[Draft, ...]:
    """The rules of a file, in their order. Raises ``UsageError`` for what is none."""
    try:
        plain = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}): name a file of rules") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: is no TOML ({error}): correct it") from error
    listed = plain.get("rule")
    if set(plain) - {"rule"} or not isinstance(listed, list) or not listed:
        raise UsageError(f"{path}: holds no rules: write each as [[rule]] with rule = 'line' and so on")
    if len(listed) > MOST:
        raise UsageError(f"{path}: {len(listed)} rules: give {MOST} at most")
    return tuple(draft_of(f"{path}, rule {n}", each) for n, each in enumerate(listed, 1))


def draft_of(where: str, values: Any) -> Draft:
    """One rule of a file (or of the command line). Raises ``UsageError`` for an unknown one."""
    if not isinstance(values, dict) or not isinstance(values.get("rule"), str):
        raise UsageError(f"{where}: says not which rule it is: add rule = 'line' or another of {_all()}")
    kind = values["rule"]
    if kind in NOT_SHIPPED:
        raise UsageError(f"{where}: {kind}: {NOT_SHIPPED[kind]}: choose another of {_all()}")
    if kind not in rules():
        raise UsageError(f"{where}: no rule is called {kind!r}: {_near(kind, rules())}")
    camera = values.get("camera", "")
    if not isinstance(camera, str):
        raise UsageError(f"{where}: camera: expected a name")
    return Draft(where, kind, camera, {k: v for k, v in values.items() if k not in ("rule", "camera")})


def bound(drafts: Sequence[Draft], camera: str, areas: Mapping[str, Area]) -> tuple[Rule, ...]:
    """The rules that hold at a camera ("" = a recording of none), with its zones and lines."""
    return tuple(d.bind(areas) for d in drafts if not d.camera or d.camera == camera)


def _points(value: Any) -> tuple[Point, ...] | None:
    try:
        return tuple((float(x), float(y)) for x, y in value)
    except (TypeError, ValueError):
        return None


def _hours(where: str, value: Any) -> tuple[time, time]:
    first, _, last = value.partition("-") if isinstance(value, str) else ("", "", "")
    try:
        return time.fromisoformat(first.strip()), time.fromisoformat(last.strip())
    except ValueError:
        raise UsageError(f"{where}: hours = {value!r}: write them like '22:00-06:00'") from None


def _near(name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, n=3)
    return f"try {' or '.join(near)}" if near else f"known are {', '.join(known)}"


def _all() -> str:
    return ", ".join(rules())


def _called(hint: Any) -> str:
    return {bool: "true or false", str: "text", int: "whole number", float: "number"}.get(hint, str(hint))
