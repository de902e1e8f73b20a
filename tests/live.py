"""A workspace whose profile lets cameras be watched, and streams that tests make: for tests and benchmarks."""

from pathlib import Path

from sqlalchemy import select

from synopticon.acts.cameras import add_camera
from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.store.database import reading
from synopticon.store.tables_events import event

SHIPPED = Path(__file__).parents[1] / "src" / "synopticon" / "profiles" / "personal.toml"


def profile(folder):
    """The profile of one person, but that live analysis is allowed: no shipped one allows it."""
    text = SHIPPED.read_text("utf-8")
    changed = text.replace('"journey", "live"]', '"journey"]').replace('name = "personal"', 'name = "own-live"', 1)
    changed = changed.replace('["ingest", "view.masked"', '["ingest", "live", "view.masked"')
    assert changed.count('"live"') == 1, "the shipped profile changed"
    path = Path(folder) / "own-live.toml"
    path.write_text(changed, "utf-8")
    return path


def made(folder, *cameras):
    """The folder of a workspace with these cameras."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    place = Path(folder) / "workspace"
    init_workspace(place, profile=str(profile(folder)))
    with open_workspace(place) as here:
        for name in cameras:
            add_camera(here, name)
    return place


def stored_ids(workspace):
    """The ids of all live events that are stored."""
    with reading(workspace.engine) as connection:
        return {row.id for row in connection.execute(select(event.c.id).where(event.c.footage.is_(None)))}
