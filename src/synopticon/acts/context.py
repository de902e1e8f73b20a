"""A track in its context: a masked clip of the seconds around it, made when somebody wants to see it.

The heads and plates of everybody who was tracked are filled, shown or not. Nothing is shown that lies out of
the scope. Whoever holds the clip is asked anew each time it is given.
"""

import hashlib
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from synopticon.acts.chosen import covered
from synopticon.acts.originals import check_span, located
from synopticon.acts.search import scope_for
from synopticon.acts.workspace import Workspace
from synopticon.errors import FootageError
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Grant
from synopticon.store.granted import GrantedAnalysis, open_granted
from synopticon.store.tracks import TrackRow
from synopticon.synopsis.clips import Clip, ClipSettings, write_clips
from synopticon.values.footage import Footage
from synopticon.values.query import Query
from synopticon.values.track import Track

OPERATION = Operation.CONSULTATION
BEFORE, AFTER = 3.0, 2.0  # seconds
LONGEST = 60.0  # seconds of a clip
EVERY = 0.2  # seconds between the boxes that are told


@dataclass(frozen=True, slots=True)
class Context:
    """A clip (MP4) and where the track is in it. Times in seconds of the clip; ``boxes``: time, x, y, w, h.

    Boxes are 0..1 of the picture. ``start``: when the clip begins, None where the clock is unknown.
    """

    grant: Grant
    reason: str
    track: str
    camera: str
    video: bytes
    start: datetime | None
    seconds: float
    at: float
    ends: float
    boxes: tuple[tuple[float, float, float, float, float], ...]


def context_of(workspace: Workspace, track: str, *, case: str | None = None, reason: str = "") -> Context:
    """Make the clip of a track, as one act.

    Raises ``RefusedError`` for a track out of scope, ``FootageError`` where its recording is gone or changed.
    """
    scope = scope_for(workspace, Query(), case)
    said = {"what": "context", "track": track, "masked": True}
    with workspace.act("view.masked", case=case, scope=scope, reason=reason, payload=said) as act:
        row = workspace.tracks.one(act.grant, track)
        footage, opened = opened_recording(workspace, act.grant, row.footage)
        known = opened.everybody()
        own = _shortened(next(t for t in known if t.id == track))
        clip, video = _clip(footage, own, known, _settings(act.grant, row, footage, own))
        act.note(shown=1, made={"clip.mp4": hashlib.sha256(video).hexdigest()})
        return Context(
            act.grant, reason, track, row.camera, video, _moment(footage, clip.start), clip.end - clip.start,
            max(own.start - clip.start, 0.0), own.end - clip.start, tuple(_boxes(own, footage, clip)),
        )  # fmt: skip


def video_of(workspace: Workspace, made: Context) -> bytes:
    """The clip again; raises ``RefusedError`` where the permission ended, or the track was closed to it."""
    workspace.still(made.grant, made.reason)
    workspace.tracks.one(made.grant, made.track)
    return made.video


def opened_recording(workspace: Workspace, grant: Grant, footage: str) -> tuple[Footage, GrantedAnalysis]:
    """A recording, with its files where they are now, and its analysis. Raises ``RefusedError``."""
    opened = open_granted(workspace.engine, workspace.place, workspace.vault, workspace.clock, grant, footage)
    return located(workspace, grant, footage, opened.load_recording()), opened


def _shortened(track: Track) -> Track:
    """The first part of a track that is too long for a clip."""
    n = int(np.searchsorted(track.times, track.start + LONGEST - BEFORE - AFTER, side="right"))
    return replace(
        track, file=track.file[:n], pts=track.pts[:n], times=track.times[:n], boxes=track.boxes[:n],
        observed=track.observed[:n],
    )  # fmt: skip


def _settings(grant: Grant, row: TrackRow, footage: Footage, track: Track) -> ClipSettings:
    """As many seconds around the track as the scope covers."""
    spans = covered(grant.scope, row.camera, footage)
    low, high = next(((a, b) for a, b in spans if a <= track.start < b), (track.start, track.end))
    before, after = min(BEFORE, track.start - low), min(AFTER, max(high - track.end, 0.0))
    return ClipSettings(before=before, after=after, longest=LONGEST)


def _clip(
    footage: Footage, track: Track, known: tuple[Track, ...], settings: ClipSettings
) -> tuple[Clip, bytes]:
    """The clip and its bytes; it lies on disk only while it is made."""
    low, high = track.start - settings.before, track.end + settings.after
    check_span(footage, low, high)
    with tempfile.TemporaryDirectory(prefix="synopticon-") as scratch:
        made = write_clips(footage, (track,), known, Path(scratch) / "clips", settings)
        if not made:
            raise FootageError("no picture of that time can be read: check the recording with 'probe'")
        return made[0], (Path(scratch) / "clips" / made[0].name).read_bytes()


def _moment(footage: Footage, time: float) -> datetime | None:
    start = footage.start_utc
    return None if start is None else datetime.fromtimestamp(start, UTC) + timedelta(seconds=time)


def _boxes(track: Track, footage: Footage, clip: Clip) -> list[tuple[float, float, float, float, float]]:
    """Where the track is, every ``EVERY`` seconds of the clip."""
    times = np.arange(max(track.start, clip.start), min(track.end, clip.end) + EVERY / 2, EVERY)
    edge = np.array([footage.width, footage.height] * 2, np.float32)
    boxes = np.clip(track.at(times) / edge, 0.0, 1.0)
    rows = np.column_stack([times - clip.start, boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])
    return [(a, b, c, d, e) for a, b, c, d, e in np.round(rows, 4).tolist()]
