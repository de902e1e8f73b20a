"""What is drawn into a camera's picture: zones, lines, and where its ground lies in metres."""

from dataclasses import dataclass

from synopticon.acts.names import checked_name
from synopticon.acts.workspace import Workspace
from synopticon.errors import UsageError
from synopticon.governance.capability import Operation
from synopticon.values.area import Area, AreaKind
from synopticon.values.ground import Ground, of_plain, to_plain
from synopticon.values.query import Point

OPERATION = Operation.ALTERATION
MOST = 200  # points of a zone or line
FEWEST = {"zone": 3, "line": 2}


@dataclass(frozen=True, slots=True)
class AreaInfo:
    """A zone or line as it is shown: its camera by name."""

    camera: str
    name: str
    kind: str
    points: tuple[Point, ...]


def draw(workspace: Workspace, camera: str, name: str, kind: AreaKind, points: tuple[Point, ...]) -> AreaInfo:
    """Draw a zone or a line, instead of one of this name; raises ``UsageError`` for what is none.

    Raises ``RefusedError`` for a name that sorts persons, and logs that.
    """
    known = workspace.cameras.find(camera)
    clean = checked_name(workspace, "camera.zones", name, known.id)
    area = Area(clean, known.id, kind, points)
    if len(points) < FEWEST[kind] or len(points) > MOST:
        raise UsageError(
            f"a {kind} of {len(points)} points: give it {FEWEST[kind]} to {MOST}, such as 0.1,0.9 0.5,0.2"
        )
    if not all(0 <= v <= 1 for p in points for v in p):
        raise UsageError("points lie in the picture: give x,y from 0 to 1, the upper left corner is 0,0")
    said = {"camera": known.id, "name": area.name, "kind": kind, "points": [list(p) for p in points]}
    with workspace.act("camera.zones", about=known.id, payload=said):
        workspace.areas.set(area)
    return AreaInfo(known.name, area.name, kind, points)


def drop(workspace: Workspace, camera: str, name: str) -> None:
    """Forget a zone or a line; raises ``UsageError`` when there is none."""
    known = workspace.cameras.find(camera)
    with workspace.act("camera.zones", about=known.id, payload={"camera": known.id, "dropped": name}):
        workspace.areas.drop(known.id, name)


def list_areas(workspace: Workspace, camera: str = "") -> tuple[AreaInfo, ...]:
    """The zones and lines of a camera, or of all."""
    only = workspace.cameras.find(camera).id if camera else ""
    with workspace.act("camera.read", about=only) as act:
        names = {c.id: c.name for c in workspace.cameras.all()}
        found = tuple(
            AreaInfo(names[a.camera], a.name, a.kind, a.points)
            for a in workspace.areas.all()
            if not only or a.camera == only
        )
        act.note(areas=len(found))
    return found


def set_ground(workspace: Workspace, camera: str, plane: Ground) -> None:
    """Say where the ground of a camera lies, so that speeds and distances can be told in metres."""
    known = workspace.cameras.find(camera)
    plain = to_plain(plane)
    with workspace.act("camera.zones", about=known.id, payload={"camera": known.id, "ground": plain}):
        workspace.areas.set_ground(known.id, plain)


def ground_of(workspace: Workspace, camera: str) -> Ground | None:
    """Where the ground of a camera lies; None where nobody has said it."""
    known = workspace.cameras.find(camera)
    with workspace.act("camera.read", about=known.id):
        found = workspace.areas.grounds().get(known.id)
    return None if found is None else of_plain(found)
