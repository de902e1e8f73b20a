"""The rules that a camera has of its own: written, tried, forgotten; each change is in the log.

They run beside those that run at every camera, whenever no others are named.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from synopticon.acts.events import CameraWish, Rules
from synopticon.acts.names import checked_name
from synopticon.acts.trial import Trial, try_rules
from synopticon.acts.workspace import Workspace
from synopticon.errors import UsageError
from synopticon.events.catalogue import defaults, rules
from synopticon.events.rules_file import Draft, draft_of, read_rules
from synopticon.governance.capability import Operation
from synopticon.store.camera_rules import CameraRule

__all__ = [
    "CameraRule", "Parameter", "RuleKind", "RuleWish", "drafted", "drop_rule", "list_rules", "rule_kinds",
    "save_rule", "save_rules", "try_rule",
]  # fmt: skip
OPERATION = Operation.ALTERATION
MOST = 50  # rules of one camera
_SHARED = ("name", "severity", "hours")
_SHAPES = ("zone", "line", "way")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What can be set of a rule. ``kind``: number, whole, truth, choice, classes, zone, line, hours, text.

    ``default`` as a file of rules has it; None where it must be given (``needed``).
    """

    name: str
    kind: str
    default: Any
    needed: bool
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleKind:
    """A rule that can be written. ``explains``: its parameters in words; ``usual``: runs at every camera."""

    kind: str
    says: str
    explains: str
    capability: str
    parameters: tuple[Parameter, ...]
    usual: bool


@dataclass(frozen=True, slots=True)
class RuleWish:
    """A rule to be written or tried: its kind and its settings, as a file of rules has them."""

    rule: str
    settings: Mapping[str, Any]


def rule_kinds() -> tuple[RuleKind, ...]:
    """All rules of this build, with their parameters."""
    usual = {r.kind for r in defaults()}
    return tuple(
        RuleKind(
            kind, made.says, " ".join((made.__doc__ or made.says).replace("``", "").split()), made.capability,
            tuple(_parameters(made)), kind in usual,
        )
        for kind, made in sorted(rules().items())
    )  # fmt: skip


def save_rule(workspace: Workspace, camera: str, name: str, wish: RuleWish) -> CameraRule:
    """Write a rule of a camera, instead of the one of this name; raises ``UsageError`` for a mistake in it.

    Raises ``RefusedError`` for a name that sorts persons, and logs that.
    """
    known = workspace.cameras.find(camera)
    clean = checked_name(workspace, "camera.zones", name, known.id)
    settings = {k: v for k, v in wish.settings.items() if k not in ("rule", "camera", "name")}
    drafted(workspace, known.id, clean, wish.rule, settings)
    own = workspace.events.rules.of(known.id)
    if len(own) >= MOST and clean not in {r.name for r in own}:
        raise UsageError(f"{known.name} has {MOST} rules already: forget one first")
    made = CameraRule(known.id, clean, wish.rule, settings, workspace.actor.id, workspace.clock())
    said = {"camera": known.id, "name": clean, "rule": wish.rule, "settings": settings}
    with workspace.act("camera.zones", about=known.id, payload=said):
        workspace.events.rules.set(made)
    return made


def save_rules(workspace: Workspace, camera: str, path: Path) -> tuple[CameraRule, ...]:
    """Write all rules of a file as those of a camera, by their names (else their kinds)."""
    made = []
    for draft in read_rules(path):
        values = dict(draft.values)
        name = str(values.pop("name", draft.kind))
        made.append(save_rule(workspace, camera, name, RuleWish(draft.kind, values)))
    return tuple(made)


def drop_rule(workspace: Workspace, camera: str, name: str) -> None:
    """Forget a rule of a camera; raises ``UsageError`` when there is none of this name."""
    known = workspace.cameras.find(camera)
    with workspace.act("camera.zones", about=known.id, payload={"camera": known.id, "dropped rule": name}):
        workspace.events.rules.drop(known.id, name)


def list_rules(workspace: Workspace, camera: str = "") -> tuple[CameraRule, ...]:
    """The rules that a camera has of its own, or all cameras."""
    only = workspace.cameras.find(camera).id if camera else ""
    with workspace.act("camera.read", about=only) as act:
        found = workspace.events.rules.of(only)
        act.note(rules=len(found))
    return found


def try_rule(workspace: Workspace, wish: RuleWish, where: CameraWish) -> Trial:
    """Replay a rule over what is stored of a camera; nothing is kept. Raises as ``try_rules``."""
    return try_rules(workspace, Rules((draft_of(wish.rule, {"rule": wish.rule, **wish.settings}),)), where)


def drafted(workspace: Workspace, camera: str, name: str, rule: str, settings: Mapping[str, Any]) -> Draft:
    """The rule as rules are read from a file, checked at its camera (its id). Raises ``UsageError``."""
    draft = draft_of(name, {"rule": rule, "name": name, **settings})
    draft.bind(workspace.areas.of(camera))
    return draft


def _parameters(rule: type[Any]) -> list[Parameter]:
    hints, found = get_type_hints(rule), []
    for f in fields(rule):
        if f.name == "name":
            continue
        needed = f.default is MISSING
        kind, choices = _kind(f.name, hints[f.name])
        default = None if needed else _written(f.default)
        found.append(Parameter(f.name, kind, default, needed, choices))
    return sorted(found, key=lambda p: (p.name in _SHARED, p.name not in _SHAPES))


def _kind(name: str, hint: Any) -> tuple[str, tuple[str, ...]]:
    if name in _SHAPES:
        return ("zone" if name == "zone" else "line"), ()
    if name == "hours":
        return "hours", ()
    if name in ("classes", "others"):
        return "classes", ()
    if choices := getattr(hint, "__args__", ()):
        return "choice", tuple(map(str, choices))
    return {float: "number", int: "whole", bool: "truth"}.get(hint, "text"), ()


def _written(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
