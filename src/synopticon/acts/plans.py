"""Plans of an interactive synopsis: the program's own; and one of the page as a video, exactly that one.

The video is a job: the asking is checked here, against the synopsis that the page holds; the video is made
in a process of its own, under an act of its own, from nothing but the names of tracks and their starts.
"""

import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from synopticon.acts.interactive import SPEEDS, Interactive
from synopticon.acts.kinds import Made, Task
from synopticon.acts.leaving import safe_name
from synopticon.acts.search import listed, scope_for
from synopticon.acts.selection import record_of, write_plan
from synopticon.acts.synopsis import SynopsisRequest
from synopticon.acts.together import groups_of
from synopticon.acts.workspace import Workspace
from synopticon.errors import FootageError, UsageError
from synopticon.footage.digest import sha256
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Grant
from synopticon.measure.synopsis import measure_plan
from synopticon.store.tracks import Wanted
from synopticon.synopsis.arrange import EFFORT, Knobs, arrange
from synopticon.synopsis.compose import ComposeSettings
from synopticon.synopsis.merge import Merged
from synopticon.synopsis.stream import Order
from synopticon.synopsis.tubeset import tube_set
from synopticon.values.plan import Left, Plan
from synopticon.values.query import Query

OPERATION = Operation.CONSULTATION
LONGEST = 7200.0  # seconds of a video
LEFT = "left out in the page"
WITHOUT = -1  # the start of a tube that is left out


@dataclass(frozen=True, slots=True)
class Arranged:
    """A plan of one scene: for each of its tubes the first frame of the grid, or ``WITHOUT``.

    ``speed``: times which it is played; ``whole``: with the manifest, captions and page, in one ZIP.
    """

    scene: int
    starts: tuple[int, ...]
    speed: float = 1.0
    labels: bool = True
    colour_match: bool = True
    whole: bool = False


def plans_of(
    workspace: Workspace, made: Interactive, density: float | None, order: Order, effort: int | None
) -> tuple[Plan, ...]:
    """When each tube of each scene is shown, as the program itself arranges them; see ``Knobs``."""
    knobs = Knobs(density=density, order=order, effort=EFFORT if effort is None else effort)
    workspace.still(made.grant, made.reason)
    return tuple(
        arrange(tube_set([t.track for t in scene.tubes], made.rate, *scene.size), knobs)
        for scene in made.scenes
    )


def payload_of(workspace: Workspace, made: Interactive, plan: Arranged) -> dict[str, Any]:
    """What the job needs; raises ``UsageError`` for a plan that makes no sense, ``RefusedError``."""
    workspace.still(made.grant, made.reason)
    if not 0 <= plan.scene < len(made.scenes):
        raise UsageError(f"there is no scene {plan.scene}: choose one of 0 to {len(made.scenes) - 1}")
    scene = made.scenes[plan.scene]
    if len(plan.starts) != len(scene.tubes):
        raise UsageError(f"{len(plan.starts)} starts of {len(scene.tubes)} tubes: give one for each")
    if not (math.isfinite(plan.speed) and SPEEDS[0] <= plan.speed <= SPEEDS[1]):
        raise UsageError(f"a speed of {plan.speed}: give {SPEEDS[0]:g} to {SPEEDS[1]:g}")
    speed = made.speed * plan.speed
    _check_starts(scene.merged, [t.id for t in scene.tubes], plan.starts, made.rate, speed)
    return {
        "scene": scene.name,
        "tracks": [t.id for t in scene.tubes],
        "starts": list(plan.starts),
        "rate": made.rate,
        "speed": speed,
        "labels": plan.labels,
        "colour_match": plan.colour_match,
        "whole": plan.whole,
    }


def _check_starts(
    merged: Merged, tracks: Sequence[str], starts: Sequence[int], rate: float, speed: float
) -> None:
    """Raise ``UsageError`` for a plan that shows nothing, or one that is too long."""
    if any(start < WITHOUT for start in starts):
        raise UsageError(f"a start before the synopsis: give 0 or more, or {WITHOUT} for what is left out")
    shown = {i: s for i, s in zip(tracks, starts, strict=True) if s > WITHOUT}
    if not shown:
        raise UsageError("nothing is shown: keep at least one object")
    ends = (shown[t.id] + (t.track.end - t.track.start) * rate for t in merged.tubes if t.id in shown)
    if max(ends) / (rate * speed) > LONGEST:
        raise UsageError(f"the video would be longer than {LONGEST / 3600:g} hours: give earlier starts")


def export_plan(task: Task) -> Made:
    """Compose the plan of a payload: an MP4, or a ZIP of all that belongs to it.

    Raises ``FootageError`` where its tracks are not there any more.
    """
    asked, workspace = task.payload, task.workspace
    starts: dict[str, int] = dict(zip(asked["tracks"], asked["starts"], strict=True))
    said = {"what": "plan", "track_list": listed(list(starts)), "masked": True}
    scope = scope_for(workspace, Query(), task.case)
    with workspace.act("synopsis", case=task.case, scope=scope, reason=task.reason, payload=said) as act:
        merged = _merged(workspace, act.grant, asked["scene"], list(starts))
        output = task.folder / f"{safe_name(asked['scene'])}.synopsis.mp4"
        request = SynopsisRequest((), output, colour_match=asked["colour_match"], case=task.case)
        record = record_of(workspace, act.grant, merged, request)
        settings = ComposeSettings(
            labels=asked["labels"], colour_match=asked["colour_match"], speed=asked["speed"],
            in_case=task.case is not None, reason=task.reason,
        )  # fmt: skip
        plan = _plan(merged, starts, asked["rate"])
        manifest = write_plan(merged, plan, output, request, record, settings, task.progress)
        names = [output.with_suffix(end) for end in (".mp4", ".json")]
        act.note(shown=len(manifest.objects), made={path.name: sha256(path) for path in names})
    seconds = float(manifest.frames / manifest.rate)
    told = {"shown": len(manifest.objects), "seconds": round(seconds, 2), "sha256": manifest.sha256}
    if asked["whole"]:
        return Made(told, _together(output), "application/zip")
    return Made(told, output, "video/mp4")


def _merged(workspace: Workspace, grant: Grant, scene: str, tracks: Sequence[str]) -> Merged:
    """The scene as it was shown."""
    chosen: dict[str, list[str]] = {}
    for row in workspace.tracks.find(grant, Wanted(ids=tuple(tracks))):
        chosen.setdefault(row.footage, []).append(row.id)
    # a scene of its own may have another number than among others: all of these tracks are of one
    found = [merged for _, merged in groups_of(workspace, grant, chosen)]
    if len(found) != 1 or len(found[0].tubes) != len(tracks):
        raise FootageError(f"not all that {scene} showed is there any more: try the synopsis anew")
    return found[0]


def _plan(merged: Merged, starts: Mapping[str, int], rate: float) -> Plan:
    """The plan, with its measures; nothing of it is changed."""
    footage = merged.footage
    tubes = tube_set([t.track for t in merged.tubes], rate, footage.width, footage.height)
    first = [starts[i] for i in tubes.ids]
    shown = {i: s for i, s in starts.items() if s > WITHOUT}
    ends = [s + n for s, n in zip(first, tubes.lengths.tolist(), strict=True) if s > WITHOUT]
    left = tuple(Left(i, LEFT) for i, s in starts.items() if s <= WITHOUT)
    measures = measure_plan(tubes, np.array(first, np.int64))
    return Plan(fps=rate, length_frames=max(ends), starts=shown, left_out=left, measures=measures)


def _together(video: Path) -> Path:
    """The video and what was written beside it, in one file."""
    target = video.with_suffix(".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as box:
        for end in (".mp4", ".json", ".vtt", ".html"):
            box.write(video.with_suffix(end), video.with_suffix(end).name)
    return target
