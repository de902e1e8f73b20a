"""The pictures of a review: which moments are shown of each mask, and the pictures, taken in one pass.

What is shown is filled as the masked copy will be, so that one sees whether a head is covered.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from synopticon.evidence.redact import masked_frames
from synopticon.evidence.risk import Reason, Risk, Watched
from synopticon.footage.read import open_reader
from synopticon.synopsis.door import jpeg, masked
from synopticon.synopsis.thumbnail import around
from synopticon.values.detection import Boxes
from synopticon.values.footage import Footage, SourceFile
from synopticon.values.frame import Frame
from synopticon.values.track import Track
from synopticon.vision.masks import MaskPlan, Times
from synopticon.vision.spot import Spotter

Box = tuple[int, int, int, int]

MOST_TRACKS = 600  # tracks of which pictures are shown
MOST_THUMBS = 2400  # of all tracks together
MOST_STILLS = 80
MOST_BYTES = 40 << 20  # of all pictures, as they are written into the page
_THUMBS, _FEWEST = 8, 2  # of one track, spread over its time
_RISKS = 3  # of one track, besides
MOST_PER_TRACK = _THUMBS + _RISKS
_STILLS = 3  # of one stretch in which something is bare
_THUMB, _STILL = 176, 560  # pixels of the longer side
_ROOM = np.array([-0.3, -0.3, 0.3, 0.0], np.float32)  # of the box, shown around it: more above the head
_LATE = 1.0  # seconds: a picture that comes later is another moment
_SAME = 1e-3


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture to take: the first one at or after ``time`` (s), of ``box`` in it (source pixels).

    ``of``: a track's id, or "" = the whole picture. ``reason``: why it is shown, None = to see the mask.
    """

    time: float
    of: str
    box: Box
    reason: Reason | None = None

    @property
    def side(self) -> int:
        """Pixels of the longer side; no picture is made larger than it is, but for the smallest."""
        wide = max(self.box[2] - self.box[0], self.box[3] - self.box[1])
        return min(_STILL, wide) if not self.of else _THUMB


@dataclass(frozen=True, slots=True)
class Chosen:
    """The pictures to take, in time order, and how many tracks and risky moments are not shown."""

    shots: tuple[Shot, ...]
    tracks_left: int
    moments_left: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture that was taken: of which shot, at which time (s), JPEG; ``zones``: masks on a clear one."""

    shot: Shot
    time: float
    data: bytes
    zones: tuple[Box, ...] = ()


def choose(tracks: Sequence[Track], risks: Sequence[Risk], bare: Times, watched: Watched) -> Chosen:
    """Which pictures to take of ``tracks``, the worst of which come first, and of ``risks``, likewise.

    ``bare``: times (s), in order, of the frames in which something is bare.
    """
    shown = tracks[:MOST_TRACKS]
    each = int(np.clip(MOST_THUMBS // max(len(shown), 1), _FEWEST, _THUMBS))
    names = {t.id for t in shown}
    own: dict[str, list[Risk]] = {}
    for risk in risks:
        if risk.track in names:
            own.setdefault(risk.track, []).append(risk)
    thumbs = [shot for t in shown for shot in _strip(t, own.get(t.id, ()), each, watched)]
    stills = _stills(risks, bare, names, watched)
    order = sorted([*thumbs, *stills[:MOST_STILLS]], key=lambda s: (s.time, s.of))
    return Chosen(tuple(order), len(tracks) - len(shown), max(0, len(stills) - MOST_STILLS))


def _stills(risks: Sequence[Risk], bare: Times, names: set[str], watched: Watched) -> list[Shot]:
    """Whole pictures of risky moments, the worst first, each moment once."""
    whole = (0, 0, *watched.size)
    found: dict[float, Shot] = {}
    for risk in risks:
        times: Sequence[float] = (risk.at,) if risk.track in names else ()
        if risk.reason is Reason.BARE:
            first, stop = np.searchsorted(bare, risk.start), np.searchsorted(bare, risk.end, "right")
            times = _spread(bare[first:stop].tolist(), _STILLS)
        for time in times:
            found.setdefault(round(time, 3), Shot(time, "", whole, risk.reason))
    return list(found.values())


def _strip(track: Track, risks: Sequence[Risk], count: int, watched: Watched) -> Iterator[Shot]:
    """A track's pictures: its first risky moments, and others spread over its time."""
    inside = (track.times >= watched.start) & (track.times < watched.end)
    times: dict[float, Reason | None] = {risk.at: risk.reason for risk in reversed(risks[:_RISKS])}
    for time in _spread(track.times[inside].tolist(), count):
        times.setdefault(time, None)
    for time, reason in times.items():
        (box,) = track.at(np.array([time]))
        yield Shot(
            time, track.id, around(box + _ROOM * (box[2:] - box[:2])[[0, 1, 0, 1]], watched.size), reason
        )


def _spread(times: Sequence[float], count: int) -> Sequence[float]:
    """At most ``count`` of these times, evenly, the first and the last among them."""
    if len(times) <= count:
        return times
    return [times[round(k)] for k in np.linspace(0, len(times) - 1, count)]


def take(
    footage: Footage,
    plan: MaskPlan,
    spotter: Spotter,
    chosen: Sequence[Shot],
    watched: Watched,
    *,
    clear: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Iterator[Taken]:
    """Take pictures in time order, in one pass over the recording; one frame's pictures are in memory.

    ``clear``: nothing is filled, and masks are told as ``zones``. What cannot be decoded gives no picture.
    """
    wanted = deque(chosen)
    length = max(watched.end - watched.start, 1e-9)
    with open_reader(footage, watched.start, watched.end) as reader:
        for frame, zones in masked_frames(iter(reader), plan, spotter):
            here = []
            while wanted and wanted[0].time <= frame.time + _SAME:
                here.append(wanted.popleft())
            if now := [shot for shot in here if frame.time - shot.time <= _LATE]:
                yield from _pictures(frame, zones, now, footage.files[frame.file], clear=clear)
            if progress:
                progress((frame.time - watched.start) / length)
            if not wanted:
                return


def _pictures(
    frame: Frame, zones: Boxes, shots: Sequence[Shot], file: SourceFile, *, clear: bool
) -> Iterator[Taken]:
    planes = masked(frame, zones[:0] if clear else zones)
    height, width = planes[0].shape
    lines = tuple(_whole(zone) for zone in zones.tolist()) if clear else ()
    for shot in shots:
        left, top, right, bottom = shot.box
        box = (min(left, width - 2), min(top, height - 2), min(right, width), min(bottom, height))
        data = jpeg(planes, file.colour_matrix, file.full_range, box=box, side=shot.side)
        yield Taken(shot, frame.time, data, lines)


def _whole(zone: Sequence[float]) -> Box:
    """The pixels that a zone fills."""
    x1, y1, x2, y2 = zone
    return floor(x1), floor(y1), ceil(x2), ceil(y2)
