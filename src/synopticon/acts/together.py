"""Tracks of any number of recordings as they are shown together: what is kept of them, camera by camera.

It loads little, so that a server may begin with it: nothing that analyses, arranges or composes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from synopticon.acts.workspace import Workspace
from synopticon.governance.grant import Grant
from synopticon.store.footage import Stretch
from synopticon.store.granted import GrantedAnalysis, open_several
from synopticon.synopsis.merge import Merged, Part, alike, merge
from synopticon.values.footage import Footage, Gap, GapReason
from synopticon.values.tube import Tube

QUICK_RATE = 4.0  # key frames a second that are shown of a recording of which only these were looked at
STILL = 0.5  # seconds between samples from which only key frames were looked at
_CLOCK = 1e-3  # seconds by which times of two clocks may differ by rounding


def groups_of(
    workspace: Workspace, grant: Grant, chosen: Mapping[str, Sequence[str]]
) -> list[tuple[str, Merged]]:
    """These tracks (ids by footage) as they are shown together; those without a stored picture are left out.

    Each group with its camera's name (and a number, where its pictures differ in size).
    """
    names = {c.id: c.name for c in workspace.cameras.all()}
    parts: dict[str, list[Part]] = {}
    stretches: dict[str, list[Stretch]] = {}
    for stretch in workspace.footage.stretches(grant):
        stretches.setdefault(stretch.footage, []).append(stretch)
    gaps = workspace.footage.timeline_gaps(grant)
    cameras = {row.id: row.camera for row in workspace.footage.reached(grant)}
    wanted = {footage: chosen[footage] for footage in cameras if footage in chosen}
    for footage, opened in open_several(
        workspace.engine, workspace.place, workspace.vault, workspace.clock, grant, wanted
    ):
        part = _part(opened, gaps.get(footage, ()), stretches.get(footage, []))
        parts.setdefault(names.get(cameras[footage], cameras[footage]), []).append(part)
    found = []
    for name, own in sorted(parts.items()):
        for n, group in enumerate(alike(p for p in own if p.tubes), 1):
            merged = merge(group)
            named = replace(merged, footage=replace(merged.footage, camera=name))
            found.append((name if n == 1 else f"{name}-{n}", named))
    return found


def _part(opened: GrantedAnalysis, gaps: Sequence[Gap], stretches: Sequence[Stretch]) -> Part:
    """What was found in a recording, and what of it was not seen: gaps, and what lies out of scope."""
    recording = opened.load_recording()
    unseen = (*gaps, *_outside(recording, stretches))
    ordered = tuple(sorted(unseen, key=lambda g: (g.start, g.end, g.reason)))
    return Part(
        replace(recording, gaps=ordered), opened.load_bank, opened.tubes(), opened, opened.scene_times,
        opened.traits,
    )  # fmt: skip


def _outside(recording: Footage, stretches: Sequence[Stretch]) -> Iterator[Gap]:
    """The stretches of a recording's timeline that lie out of the scope."""
    begin, at = recording.start_utc, 0.0
    if begin is None:  # named by its digest, as a whole
        return
    for stretch in stretches:
        if stretch.start and stretch.end:
            start = stretch.start.timestamp() - begin
            if start > at + _CLOCK:
                yield Gap(at, start, GapReason.NOT_ANALYSED, detail="out of scope")
            at = max(at, stretch.end.timestamp() - begin)
    if recording.duration > at + _CLOCK:
        yield Gap(at, recording.duration, GapReason.NOT_ANALYSED, detail="out of scope")


def interval_of(tubes: Sequence[Tube]) -> float:
    """Seconds from one sample of a track to the next, as most have it."""
    steps = [np.diff(t.track.times) for t in tubes if len(t.track) > 1]
    return float(np.median(np.concatenate(steps))) if steps else 1 / 12.5


def speed_of(interval: float) -> float:
    """How much faster than life it plays: above 1 where only key frames were looked at."""
    return max(1.0, QUICK_RATE * interval) if interval > STILL else 1.0
