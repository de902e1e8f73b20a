"""An investigation for tests: a workspace under ``fr-judicial``, two cameras, one approved case."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from synopticon.acts import cases, people
from synopticon.acts.cameras import add_camera
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.workspace import Workspace, init_workspace, open_workspace
from synopticon.governance.approval import ApprovalRequest
from synopticon.governance.grant import Scope, Window
from synopticon.governance.keys import SigningKey
from synopticon.governance.users import Role
from tests.organisation import PASSWORD, approve_case, enrol_all
from tests.people import DAY, DPIA, FIELDS, HOUR, NOW, terms
from tests.scene import write_scene

WHY = "the man with the red top leaves by the back door"
CAMERAS = ("gate", "hall")
STARTS = (NOW, NOW + HOUR)


class Clock:
    source = "test"

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def later(self, **more: float) -> None:
        self.now += timedelta(**more)


@dataclass
class Investigation:
    """Ines investigates and is signed in; Axel approves; Ada administers; Dora is the DPO."""

    workspace: Workspace
    clock: Clock
    keys: dict[str, SigningKey] = field(default_factory=dict)
    case: str = ""
    footage: dict[str, str] = field(default_factory=dict)

    def login(self, name: str) -> None:
        people.login(self.workspace, name, PASSWORD)

    def approved(self, asked: ApprovalRequest) -> ApprovalRequest:
        """Signed by Axel half an hour later, elsewhere."""
        self.clock.later(minutes=30)
        approve_case(self.workspace, self.keys, asked, self.clock())
        return asked

    def allow(self, *capabilities: str, **more) -> ApprovalRequest:
        return self.approved(cases.request_allowance(self.workspace, self.case, capabilities, WHY, **more))

    def open_case(self, **changes) -> str:
        cameras = tuple(c.id for c in self.workspace.cameras.all())
        scope = Scope(cameras, (Window(NOW - HOUR, NOW + 4 * HOUR),))
        wanted = {"until": self.clock() + 30 * DAY, "fields": FIELDS, "scope": scope, **changes}
        return self.approved(cases.open_case(self.workspace, terms(**wanted))).case

    def tracks(self, camera: str) -> list:
        """The tracks of a camera, in time order: figure 0, 1, 2."""
        from synopticon.governance.authority import Reason
        from synopticon.store.tracks import Wanted

        with self.workspace.act("search.attributes", case=self.case, reason=Reason(WHY)) as act:
            return list(self.workspace.tracks.find(act.grant, Wanted(footages=(self.footage[camera],))))


def investigate(
    folder: Path, monkeypatch, clock: Clock | None = None, *, anew: bool = False
) -> Investigation:
    """Three figures cross each camera's picture, the same three looks in the same order.

    It is a copy of one that is made once a process; ``anew``: what was patched before changes how it is made.
    """
    clock = clock or Clock()
    if anew:
        monkeypatch.setenv("SYNOPTICON_HOME", str(folder / "home"))
        return _make(folder, clock)
    _, kept = _kept(round((datetime.now(UTC) - clock.now) / HOUR))
    clock.now = kept.clock.now
    monkeypatch.setenv("SYNOPTICON_HOME", str(folder / "home"))
    shutil.copytree(kept.workspace.folder.parent, folder, dirs_exist_ok=True)
    with closing(sqlite3.connect(folder / "ws" / "synopticon.sqlite")) as tables:
        for name, footage in kept.footage.items():
            place = (str(folder / f"{name}.mp4"), footage)
            tables.execute("UPDATE footage_file SET path = ? WHERE footage = ?", place)
        tables.commit()
    opened = open_workspace(folder / "ws", clock=clock)
    return replace(kept, workspace=opened, clock=clock, keys={**kept.keys}, footage={**kept.footage})


@cache
def _kept(hours: int) -> tuple[TemporaryDirectory, Investigation]:
    """What is copied, made so many hours ago by its clock; making it takes longer than most tests."""
    held = TemporaryDirectory()
    clock = Clock()
    clock.later(hours=-hours)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYNOPTICON_HOME", f"{held.name}/home")
        made = _make(Path(held.name), clock)
        made.workspace.engine.dispose()
    return held, made


def _make(folder: Path, clock: Clock) -> Investigation:
    init_workspace(folder / "ws", organisation="Police of Lyon", profile="fr-judicial", clock=clock)
    made = Investigation(open_workspace(folder / "ws", clock=clock), clock)
    _enrol(made)
    made.case = made.open_case()
    for number, (name, start) in enumerate(zip(CAMERAS, STARTS, strict=True)):
        path = write_scene(folder / f"{name}.mp4", 3, 2.5, 1.0, seed=number + 1)
        asked = IngestRequest((str(path),), name, model="none", workers=1, start=start, case=made.case)
        (done,) = ingest(made.workspace, asked).recordings
        assert (done.state, done.tracks) == ("analysed", 3), done
        made.footage[name] = done.footage
    return made


def _enrol(made: Investigation) -> None:
    workspace = made.workspace
    made.keys = enrol_all(workspace)
    made.login("ada")
    people.add_user(workspace, "otto", "North", frozenset({Role.OPERATOR}), PASSWORD)
    for name in CAMERAS:
        add_camera(workspace, name, zone="Europe/Paris", purpose="who comes and goes")
    made.login("dora")
    cases.register_dpia(workspace, DPIA)  # of today's settings
    made.login("ines")
