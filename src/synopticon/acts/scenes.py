"""What is shown while somebody draws into a camera's picture: the empty scene, the ways of the last day."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from synopticon.acts.search import scope_for, views
from synopticon.acts.workspace import Act, Workspace
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Grant
from synopticon.store.cameras import Camera
from synopticon.store.granted import GrantedAnalysis, open_granted
from synopticon.store.moments import moment_of
from synopticon.synopsis import empty
from synopticon.synopsis.blend import Planes
from synopticon.values.detection import CLASSES
from synopticon.values.query import Query, Term
from synopticon.values.scene import Background
from synopticon.values.track import Track
from synopticon.values.traits import UNTIMED

OPERATION = Operation.CONSULTATION
SIDE = 1280  # pixels of the longer side of a scene, at most
WAYS = 2000  # of the last day, as many are shown
_TRIED = 3  # recordings that are opened to find a scene
PEOPLE = 400  # boxes of people that a ground is measured against
_EACH = 3  # boxes of a track
_BORDER = 0.01  # of the picture: who is nearer to its edge may be cut off
_DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Scene:
    """The empty scene of a camera as JPEG; ``size`` (width, height) of the recording.

    ``at``: the middle of the time that it is of, None where the clock is unknown.
    """

    picture: bytes
    size: tuple[int, int]
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Way:
    """A track as a way: its class, and its foot at 16 times equally apart, float64 ``(16, 2)``, 0..1."""

    label: str
    path: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ways:
    """The tracks that began in the last day of which there are any, the newest ``WAYS`` of ``total``.

    ``since``, ``until``: the first and the last start (UTC), None where the clock is unknown.
    """

    ways: tuple[Way, ...]
    total: int
    since: datetime | None
    until: datetime | None


def empty_scene(
    workspace: Workspace, camera: str, *, case: str | None = None, reason: str = ""
) -> Scene | None:
    """The newest empty scene of a camera within the scope, the lightest of its day; None where there is none.

    Raises ``UsageError`` for an unknown camera.
    """
    known = workspace.cameras.find(camera)
    with _looking(workspace, known, "the empty scene", case, reason) as act:
        for footage, opened, found in _scenes(workspace, act.grant, known.id):
            act.note(footage=footage)
            return _shown(opened, found)
    return None


def ways_of(workspace: Workspace, camera: str, *, case: str | None = None, reason: str = "") -> Ways:
    """The ways that tracks took in the last day: to see what a zone that is being drawn would count.

    Raises ``UsageError`` for an unknown camera.
    """
    known = workspace.cameras.find(camera)
    with _looking(workspace, known, "ways", case, reason) as act:
        start, label, path = _last_day(workspace, act.grant, known.id)
        order = np.argsort(start, kind="stable")[::-1][:WAYS]
        act.note(track_count=len(start), shown=len(order))
    found = tuple(Way(CLASSES[label[k]], path[k] / 65535) for k in order.tolist())
    timed = start[start != UNTIMED]
    ends = (moment_of(int(timed.min())), moment_of(int(timed.max()))) if len(timed) else (None, None)
    return Ways(found, len(start), *ends)


def people_of(
    workspace: Workspace, camera: str, *, case: str | None = None, reason: str = ""
) -> NDArray[np.float64]:
    """Boxes ``(n, 4)`` xyxy 0..1 of people in the newest recordings, to measure the ground against.

    Of what a model named a person; where none did, of what moves and is upright. Raises ``UsageError`` for an
    unknown camera.
    """
    known = workspace.cameras.find(camera)
    found: dict[str, list[NDArray[np.float64]]] = {"person": [], "object": []}
    with _looking(workspace, known, "people", case, reason) as act:
        for _, opened, scene in _scenes(workspace, act.grant, known.id):
            size = np.array([scene.y.shape[1], scene.y.shape[0]] * 2, np.float64)
            for tube in opened.tubes():
                if tube.track.label in found:
                    found[tube.track.label] += list(_whole_boxes(tube.track, size))
        boxes = (found["person"] or found["object"])[:PEOPLE]
        act.note(boxes=len(boxes))
    return np.reshape(np.array(boxes, np.float64), (-1, 4))


def _whole_boxes(track: Track, size: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """A few boxes of a track, 0..1, in which all of somebody upright is seen."""
    boxes = track.boxes / size
    width, height = ((track.boxes[:, 2:] - track.boxes[:, :2]).T).astype(np.float64)
    inside = (boxes > _BORDER).all(axis=1) & (boxes < 1 - _BORDER).all(axis=1)
    good = np.flatnonzero(inside & track.observed & (height > 1.5 * width))
    for k in np.unique(np.linspace(0, len(good) - 1, _EACH).round().astype(int)) if len(good) else ():
        yield boxes[good[k]]


def scene_planes(workspace: Workspace, grant: Grant, camera: str) -> Planes | None:
    """The planes of the newest empty scene within a grant, masked; None where there is none."""
    for _, opened, found in _scenes(workspace, grant, camera):
        return empty.emptied(found, opened.everybody(), opened.load_recording().duration)
    return None


@contextmanager
def _looking(workspace: Workspace, camera: Camera, what: str, case: str | None, reason: str) -> Iterator[Act]:
    """The permission to see what is of one camera."""
    scope = scope_for(workspace, Query((Term("camera", (camera.name,)),)), case)
    said = {"what": what, "camera": camera.id}
    with workspace.act("view.masked", case=case, scope=scope, reason=reason, payload=said) as act:
        yield act


def _scenes(
    workspace: Workspace, grant: Grant, camera: str
) -> Iterator[tuple[str, GrantedAnalysis, Background]]:
    """The newest analysed recordings of a camera that have an empty scene, each with its lightest."""
    analysed = workspace.footage.models(grant)
    mine = [s for s in workspace.footage.stretches(grant) if s.camera == camera and s.footage in analysed]
    for one in reversed(list(dict.fromkeys(s.footage for s in mine))[-_TRIED:]):
        opened = open_granted(workspace.engine, workspace.place, workspace.vault, workspace.clock, grant, one)
        if (bank := opened.load_bank()) is not None:
            yield one, opened, max(bank.scenes, key=lambda scene: float(scene.small.mean()))


def _shown(opened: GrantedAnalysis, scene: Background) -> Scene:
    recording = opened.load_recording()
    file, length = recording.readable[0], recording.duration
    size = (scene.y.shape[1], scene.y.shape[0])
    coding = (file.colour_matrix, file.full_range)
    data = empty.picture(scene, opened.everybody(), length, coding, min(SIDE, max(size)))
    return Scene(data, size, _moment(recording.start_utc, scene, length))


def _moment(start: float | None, scene: Background, length: float) -> datetime | None:
    if start is None:
        return None
    middle = (max(scene.start, 0.0) + min(scene.end, length)) / 2
    return moment_of(round((start + middle) * 1e6))


def _last_day(
    workspace: Workspace, grant: Grant, camera: str
) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.uint16]]:
    """Start, class and path of the tracks that began within a day of a camera's last, or at no known time.

    Older ones are dropped as soon as a newer one is met, so that months are never held.
    """
    start, label = np.zeros(0, np.int64), np.zeros(0, np.uint8)
    path = np.zeros((0, 16, 2), np.uint16)
    for view in views(workspace, grant):
        if camera not in view.cameras:
            continue
        here = np.flatnonzero(view["camera"] == view.cameras.index(camera))
        start = np.concatenate([start, view["start"][here]])
        label = np.concatenate([label, view.pick("label", here)])
        path = np.concatenate([path, view.pick("path", here)])
        timed = start[start != UNTIMED]
        if len(timed):
            near = start >= timed.max() - _DAY  # what has no known time lies before all time
            start, label, path = start[near], label[near], path[near]
    return start, label, path
