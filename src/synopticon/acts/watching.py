"""Watched folders: whole new files in them are taken in, each once, as whoever signed in at the terminal."""

import hashlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from synopticon.acts import jobs
from synopticon.acts.kinds import INGEST
from synopticon.acts.workspace import Workspace
from synopticon.errors import NoVideoError, RefusedError, SynopticonError, UsageError
from synopticon.footage.find import find_files

LOOK = 5.0  # seconds between two looks
QUIET = 10.0  # seconds that a file must not have changed: then it is whole
AFTER = 600.0  # seconds after a refusal
FEW = 20  # jobs of a look, so that a full folder does not crowd out the others

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Watched:
    """A folder, and the camera (its name) whose recordings appear in it; ``case``: for which they are."""

    folder: Path
    camera: str
    case: str | None = None


@dataclass(slots=True)
class Watcher:
    """Looks into folders while it is entered; a context manager. ``say``: talks to the terminal."""

    workspace: Workspace
    folders: tuple[Watched, ...]
    say: Say
    _leave: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _done: set[str] = field(default_factory=set)
    _rests: dict[Watched, float] = field(default_factory=dict)

    def __enter__(self) -> Self:
        for one in self.folders:
            if not one.folder.is_dir():
                raise UsageError(f"{one.folder}: is no folder to watch: name one that is there")
            self.workspace.cameras.find(one.camera)
        if self.folders:
            self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leave.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._leave.wait(LOOK):
            for one in self.folders:
                if time.monotonic() >= self._rests.get(one, 0.0):
                    self._try(one)

    def _try(self, one: Watched) -> None:
        try:
            self.look(one)
        except SynopticonError as error:
            self._rests[one] = time.monotonic() + (AFTER if isinstance(error, RefusedError) else LOOK)
            self.say(f"{one.folder}: {error}")

    def look(self, one: Watched, now: float | None = None) -> list[str]:
        """Ask for what is new and whole in a folder; gives the jobs. ``now``: seconds since 1970."""
        now = time.time() if now is None else now
        here = self.workspace.acting(self.workspace.at_terminal())
        asked: list[str] = []
        for path in _videos(one.folder):
            state = path.stat()
            once = hashlib.sha256(f"{path}\n{state.st_size}\n{state.st_mtime_ns}".encode()).hexdigest()
            if once in self._done or now - state.st_mtime < QUIET or not state.st_size:
                continue
            if len(asked) == FEW:
                break
            payload = {"path": str(path), "camera": one.camera}
            job = jobs.submit(here, INGEST, payload, title=path.name, case=one.case, once=once)
            self._done.add(once)
            asked.append(job.id)
        return asked


def _videos(folder: Path) -> list[Path]:
    """The recordings in a folder; none that a link leads out of it."""
    top = os.path.realpath(folder)
    try:
        found = find_files([folder])
    except NoVideoError:
        return []
    return [p for p in found if os.path.realpath(p).startswith(f"{top}{os.sep}")]
