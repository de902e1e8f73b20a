"""A workspace whose profile lets cameras be watched, and a webhook: for tests and benchmarks."""

import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sqlalchemy import select

from synopticon.acts.cameras import add_camera
from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.governance.grant import Scope, Window
from synopticon.store.database import reading
from synopticon.store.events import NewEvent
from synopticon.store.tables_events import event
from synopticon.values.event import Event, Measured

SHIPPED = Path(__file__).parents[1] / "src" / "synopticon" / "profiles" / "personal.toml"


def profile(folder):
    """The profile of one person, but that live analysis is allowed: no shipped one allows it."""
    text = SHIPPED.read_text("utf-8")
    changed = text.replace('"journey", "live"]', '"journey"]').replace(
        'name = "personal"', 'name = "own-live"', 1
    )
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


def raise_event(workspace, camera, at, rule="line", name="gate line"):
    """Store an event as a watch does; gives its id."""
    found = Event(rule, 1.0, 1.0, (1.0, 2.0, 3.0, 4.0), ("track",), (Measured("crossed", 1, 1),), name)
    known = workspace.cameras.find(camera)
    day = at.date().isoformat()
    new = NewEvent(found, known.id, "event.line", "", at, 1.0, day)
    scope = Scope((known.id,), (Window(at - timedelta(hours=1), at + timedelta(hours=1)),))
    with workspace.act("live", scope=scope) as act:
        (kept,) = workspace.events.keep(act.grant, (new,))
    return kept


class Receiver:
    """A webhook: what came (path, headers, body), and what it answers: a status, or seconds that it takes."""

    def __init__(self):
        self.came, self.answers, self.default = [], [], 204
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.came.append((self.path, dict(self.headers), body))
                answer = outer.answers.pop(0) if outer.answers else outer.default
                if isinstance(answer, float):
                    time.sleep(answer)
                    return
                self.send_response(answer)
                if answer == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/alerts"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
