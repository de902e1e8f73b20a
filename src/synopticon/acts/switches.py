"""The switch of each camera and rule: off at once, while it is watched, and on again; each an act.

Whoever watches looks at the switches before each event is stored and twice a second besides: a camera that is
switched off is left alone (its stream is closed, and a gap says why), a rule that is off raises nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from synopticon.acts.workspace import Workspace
from synopticon.errors import UsageError
from synopticon.governance.capability import Operation
from synopticon.store.live import WHOLE, LiveGap, Suspension

OPERATION = Operation.ALTERATION


@dataclass(frozen=True, slots=True)
class Switch:
    """What is off: a camera by its name, a rule of it ("" = the whole camera), by whom, since when, why."""

    camera: str
    rule: str
    by: str
    at: datetime
    reason: str


def suspend(workspace: Workspace, camera: str, rule: str = WHOLE, reason: str = "") -> Switch:
    """Switch a camera, or one rule by its name, off. Raises ``UsageError`` without a reason."""
    if not reason.strip():
        raise UsageError("why is it switched off? give a reason: who sees no alert will ask")
    known = workspace.cameras.find(camera)
    said = {"camera": known.id, "switch": rule, "suspended": True}
    with workspace.act("camera.suspend", about=known.id, reason=reason, payload=said) as act:
        one = Suspension(known.id, rule, workspace.actor.id, workspace.clock(), reason.strip())
        workspace.live.suspend(act.grant, one)
    return Switch(known.name, rule, one.by, one.at, one.reason)


def resume(workspace: Workspace, camera: str, rule: str = WHOLE, reason: str = "") -> None:
    """Switch it on again; raises ``UsageError`` where it is not off."""
    known = workspace.cameras.find(camera)
    said = {"camera": known.id, "switch": rule, "suspended": False}
    off = {(s.camera, s.rule) for s in workspace.live.suspended(known.id)}
    if (known.id, rule) not in off:
        raise UsageError(
            f"{known.name}: {rule or 'the camera'} is not switched off: see 'synopticon live list'"
        )
    with workspace.act("camera.suspend", about=known.id, reason=reason or None, payload=said) as act:
        workspace.live.resume(act.grant, known.id, rule)


def switches(workspace: Workspace, camera: str = "") -> tuple[Switch, ...]:
    """What is switched off, of a camera or of all."""
    only = workspace.cameras.find(camera).id if camera else ""
    with workspace.act("camera.read", about=only) as act:
        found = _suspended(workspace, only)
        act.note(suspended=len(found))
    return found


def gaps(
    workspace: Workspace, camera: str, start: datetime | None = None, end: datetime | None = None
) -> tuple[LiveGap, ...]:
    """When a camera was watched and not seen, in time order."""
    known = workspace.cameras.find(camera)
    with workspace.act("camera.read", about=known.id) as act:
        found = workspace.live.gaps(act.grant, (known.id,), start, end)
        act.note(gaps=len(found))
    return found


def now_live(workspace: Workspace) -> tuple[tuple[Switch, ...], tuple[LiveGap, ...]]:
    """What is switched off, and the gaps that last (or that a killed watch left open), of all cameras."""
    with workspace.act("camera.read") as act:
        off = _suspended(workspace)
        cameras = tuple(c.id for c in workspace.cameras.all())
        found = workspace.live.gaps(act.grant, cameras, start=workspace.clock())
        blind = tuple(gap for gap in found if gap.end is None)
        act.note(suspended=len(off), gaps=len(blind))
    return off, blind


def _suspended(workspace: Workspace, only: str = "") -> tuple[Switch, ...]:
    """What is switched off, of a camera (its id) or of all, by the cameras' names."""
    names = {c.id: c.name for c in workspace.cameras.all()}
    return tuple(
        Switch(names.get(s.camera, s.camera), s.rule, s.by, s.at, s.reason)
        for s in workspace.live.suspended(only)
    )
