"""Cameras: add, change, list; and set the clock of a recording."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from synopticon.acts.jobs import my_job
from synopticon.acts.names import checked_name
from synopticon.acts.workspace import Workspace
from synopticon.errors import UsageError
from synopticon.footage.digest import sha256
from synopticon.governance.capability import Operation
from synopticon.governance.case import new_id
from synopticon.governance.grant import Scope
from synopticon.governance.retention import check_days, days_of
from synopticon.store.cameras import Camera

OPERATION = Operation.ALTERATION


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera as it is shown; ``days``: how long its footage is kept, None = no rule sets an end."""

    id: str
    name: str
    place: str
    zone: str
    purpose: str
    days: int | None


def add_camera(
    workspace: Workspace,
    name: str,
    *,
    place: str = "",
    zone: str = "",
    purpose: str = "",
    days: int | None = None,
) -> CameraInfo:
    """Add a camera. Raises ``UsageError`` for a taken name, an unknown zone, or days that make no sense.

    The name must be one that a query can say; ``RefusedError`` is raised for one that sorts persons.
    An organisation states a purpose for each camera (EDPB guidelines 3/2019, 15), and the zone.
    """
    clean = checked_name(workspace, "camera.add", name)
    camera = Camera(new_id("cam"), clean, place, zone, purpose, days, "", workspace.clock())
    _check(workspace, camera)
    said = {"camera": camera.id, "name": camera.name, "purpose": purpose, "zone": zone, "days": days}
    with workspace.act("camera.add", about=camera.id, payload=said):
        workspace.cameras.add(camera)
    return _shown(workspace, camera)


def set_camera(workspace: Workspace, name: str, /, **changes: str | int | None) -> CameraInfo:
    """Change what is known of a camera: ``name``, ``place``, ``zone``, ``purpose``, ``retention_days``.

    A name that it has already may stay, whatever it is; a new one is checked as ``add_camera`` does.
    """
    old = workspace.cameras.find(name)
    allowed = {"name", "place", "zone", "purpose", "retention_days"}
    if strange := sorted(set(changes) - allowed):
        raise UsageError(f"a camera has no {strange[0]}: choose from {', '.join(sorted(allowed))}")
    if changes.get("name", old.name) != old.name:
        changes["name"] = checked_name(workspace, "camera.set", str(changes["name"]), old.id)
    new = replace(old, **changes)  # type: ignore[arg-type]
    _check(workspace, new)
    with workspace.act("camera.set", about=old.id, payload={"camera": old.id, "changes": changes}):
        workspace.cameras.change(new)
    return _shown(workspace, new)


def list_cameras(workspace: Workspace) -> tuple[CameraInfo, ...]:
    """All cameras, by name."""
    with workspace.act("camera.read") as act:
        found = tuple(_shown(workspace, c) for c in workspace.cameras.all())
        act.note(cameras=len(found))
    return found


def set_clock(
    workspace: Workspace, camera: str, recordings: Sequence[str], start: datetime, uncertainty: float = 0.0
) -> str:
    """Set when a recording begins and how surely (seconds); by someone other than a case's requester.

    ``recordings``: the file, or its SHA-256; each one, where one recording has several. Gives its id. Raises
    ``RefusedError``, and ``UsageError`` when that is no recording of this camera.
    """
    known, digests = workspace.cameras.find(camera), tuple(_digest(text) for text in recordings)
    footage = _recording(workspace, known, digests)
    set_clock_of(workspace, footage, start, uncertainty)
    return footage


def set_clock_of(
    workspace: Workspace,
    footage: str,
    start: datetime,
    uncertainty: float = 0.0,
    *,
    read: str = "",
    reason: str = "",
) -> None:
    """The same of a recording by its id. ``read``: a job of one's own that read the clock in its picture.

    That is in the log, so that one sees what the person had before them.
    """
    if start.tzinfo is None:
        raise UsageError(f"{start} has no time zone: write 2026-11-24T10:00:00+01:00")
    if not 0 <= uncertainty < 7 * 86400:
        raise UsageError(f"an uncertainty of {uncertainty:g} s: expected 0 to a week, in seconds")
    if read and my_job(workspace, read).payload.get("footage") != footage:
        raise UsageError("that job looked at another recording: choose what it read")
    camera, digests = workspace.footage.home(footage) or ("", ())
    zone = workspace.cameras.find(camera).zone if camera else ""
    said = {"footage": footage, "start": start.isoformat(), "uncertainty": uncertainty}
    said |= {"job": read} if read else {}
    scope, why = Scope(digests=digests), reason or None
    with workspace.act("camera.clock", about=camera, scope=scope, reason=why, payload=said) as act:
        workspace.footage.set_clock(act.grant, footage, start, uncertainty, zone)


def _digest(text: str) -> str:
    """A digest as it is, or that of the file of this name; raises ``UnreadableError``."""
    return text if re.fullmatch(r"[0-9a-f]{64}", text) else sha256(Path(text))


def _recording(workspace: Workspace, camera: Camera, digests: Sequence[str]) -> str:
    """The one recording of these files; of another camera it is none, whose clock others may guard."""
    found = {one.id for one in workspace.footage.known(digests).values() if one.camera == camera.id}
    if len(found) != 1:
        raise UsageError(
            f"these are no one recording of {camera.name}: name all of its files, and its camera"
        )
    return found.pop()


def _check(workspace: Workspace, camera: Camera) -> None:
    try:
        ZoneInfo(camera.zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"{camera.zone}: is no time zone: give a name such as Europe/Paris") from error
    if workspace.settings.organisation and not (camera.purpose.strip() and camera.zone):
        raise UsageError(f"the camera {camera.name} has no purpose or no zone: add --purpose and --zone")
    check_days(camera.retention_days, workspace.retention_days)


def _shown(workspace: Workspace, c: Camera) -> CameraInfo:
    days = days_of(c.retention_days, workspace.retention_days)
    return CameraInfo(c.id, c.name, c.place, c.zone, c.purpose, days)
