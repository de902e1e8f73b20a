"""Which rules there are: those of this package, and those that others bring."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points

from synopticon.errors import UsageError
from synopticon.events.rule import Rule
from synopticon.events.rules.camera import CameraBlinded, CameraCovered, CameraMoved, CameraUnfocused
from synopticon.events.rules.crowd import CrowdMovement
from synopticon.events.rules.density import Density
from synopticon.events.rules.dwell import Dwell
from synopticon.events.rules.fall import Fall
from synopticon.events.rules.fast import Running, Speed
from synopticon.events.rules.fire import Fire, Smoke
from synopticon.events.rules.left_object import LeftObject
from synopticon.events.rules.line import LineCrossing
from synopticon.events.rules.proximity import Proximity
from synopticon.events.rules.removed_object import RemovedObject
from synopticon.events.rules.stopped_vehicle import StoppedVehicle
from synopticon.events.rules.wrong_way import WrongWay
from synopticon.events.rules.zone import Presence, ZoneEntry

GROUP = "synopticon.events"  # entry points of others
SHIPPED: tuple[type[Rule], ...] = (
    LeftObject, RemovedObject, StoppedVehicle, CameraCovered, CameraMoved, CameraBlinded, CameraUnfocused,
    ZoneEntry, Presence, LineCrossing, WrongWay, Dwell, Speed, Running, Density, Proximity, CrowdMovement,
    Fall, Fire, Smoke,
)  # fmt: skip
# What could be looked for and is not: a place is kept, so that nobody takes silence for "none was there".
NOT_SHIPPED: Mapping[str, str] = {
    "weapon": "no model of weapons is shipped: a card could bring one",
}


def defaults() -> tuple[Rule, ...]:
    """The rules that run where none are given: seldom wrong, and of use at any camera."""
    return (
        LeftObject(), RemovedObject(), StoppedVehicle(),
        CameraCovered(), CameraMoved(), CameraBlinded(), CameraUnfocused(),
    )  # fmt: skip


@cache
def rules() -> Mapping[str, type[Rule]]:
    """All rules by their kind. Raises ``UsageError`` for an entry of others that is no rule."""
    found = {rule.kind: rule for rule in SHIPPED}
    for entry in entry_points(group=GROUP):
        rule = entry.load()
        if not (isinstance(rule, type) and issubclass(rule, Rule)):
            raise UsageError(
                f"entry point {entry.name} of {GROUP}: {entry.value} is no Rule: name a subclass"
            )
        found.setdefault(rule.kind, rule)
    return found
