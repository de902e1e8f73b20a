"""The plan of the site: a floor plan or a picture that somebody gives, and where the cameras are on it."""

import hashlib
from collections.abc import Mapping

from synopticon.acts.workspace import Workspace
from synopticon.errors import UsageError
from synopticon.governance.capability import Operation
from synopticon.store.site import Site, SiteStore
from synopticon.synopsis.door import jpeg
from synopticon.vision.still import planes_of

__all__ = ["Site", "place_cameras", "set_picture", "show_site"]
OPERATION = Operation.ALTERATION
SIDE = 2000  # pixels of the longer side of a plan, as it is kept
LARGEST = 768 * 1024  # bytes of a picture as it is given
MOST = 1000  # cameras
Places = Mapping[str, tuple[float, float, float]]


def show_site(workspace: Workspace) -> Site:
    """The plan, and the places of cameras that are still there."""
    with workspace.act("camera.read") as act:
        found = SiteStore(workspace.folder).read()
        here = {c.id for c in workspace.cameras.all()}
        act.note(cameras=len(here & set(found.places)))
        return Site(found.picture, {c: place for c, place in found.places.items() if c in here})


def set_picture(workspace: Workspace, data: bytes) -> Site:
    """Keep a PNG or JPEG as the plan, coded anew; b"" = a blank grid. Raises ``UsageError``."""
    if len(data) > LARGEST:
        raise UsageError(f"a picture of {len(data)} bytes: give one of at most {LARGEST // 1024} KiB")
    picture = jpeg(planes_of(data, SIDE), "bt601", False) if data else b""
    digest = hashlib.sha256(picture).hexdigest() if picture else None
    with workspace.act("camera.set", payload={"plan": "picture", "sha256": digest}):
        return _kept(workspace, picture=picture)


def place_cameras(workspace: Workspace, places: Places) -> Site:
    """Say where cameras (ids) are on the plan: x and y 0..1, direction in degrees; others are nowhere.

    Raises ``UsageError`` for an unknown camera, or a place beside the plan.
    """
    known = {c.id for c in workspace.cameras.all()}
    if strange := sorted(set(places) - known):
        raise UsageError(f"{strange[0]}: there is no such camera: see 'synopticon camera list'")
    if len(places) > MOST or not all(
        0 <= x <= 1 and 0 <= y <= 1 and 0 <= angle < 360 for x, y, angle in places.values()
    ):
        raise UsageError("a place lies on the plan: give x and y from 0 to 1, and 0 to 359 degrees")
    plain = {camera: [round(v, 4) for v in place] for camera, place in places.items()}
    with workspace.act("camera.set", payload={"plan": "places", "places": plain}):
        return _kept(workspace, places=places)


def _kept(workspace: Workspace, picture: bytes | None = None, places: Places | None = None) -> Site:
    store = SiteStore(workspace.folder)
    before = store.read()
    made = Site(
        before.picture if picture is None else picture, before.places if places is None else dict(places)
    )
    store.write(made)
    return made
