"""What the model saw of tracks beyond their class: kinds of vehicle, and what goes along with a person.

Only what the model has a class for is looked for; ``computed`` says which that is. No helmet, no hat: no
model on a card knows them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.values.detection import CLASS_GROUP, CLASS_INDEX, CLASSES
from synopticon.values.track import Track
from synopticon.values.traits import CARRIED, KINDS
from synopticon.vision.geometry import areas, paired_iou, paired_overlaps
from synopticon.vision.observations import Observations

# What a witness calls what the model has a class for; van, pickup and small lorry are one class to it.
KIND_OF = {"car": "car", "truck": "van", "bus": "bus", "bicycle": "two-wheeler", "motorcycle": "two-wheeler"}
SAME = 0.5  # IoU from which a detection is of the track
LEAST = 1.0  # sum of the scores from which what has no name is called a vehicle
CARRIED_SCORE = 0.2  # of a detection of something carried
WITHIN = {"bag": 0.6, "bicycle": 0.3}  # share of the thing that lies in the person's box
CLOSE = 1e-6  # seconds by which times may differ that are the same
OFTEN = 0.25  # share of the frames in which the model saw the person, in which it must be there,
TIMES = 4  # and so many at least


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """What the model said of each of n tracks, in their order.

    ``votes`` float32 ``(n, classes)``: sum of the scores of detections on the track; ``seen`` int32 ``(n,)``
    frames with any; ``beside`` int32 ``(n, CARRIED)`` frames in which a thing is with it. ``known``: the
    classes that the model has.
    """

    votes: NDArray[np.float32]
    seen: NDArray[np.int32]
    beside: NDArray[np.int32]
    known: frozenset[str]

    def columns(self, tracks: Sequence[Track]) -> dict[str, NDArray[Any]]:
        """The columns ``kind``, ``carries`` and ``computed`` of these tracks."""
        bits = 1 << np.arange(len(CARRIED))
        often = (self.beside >= TIMES) & (self.beside >= OFTEN * self.seen[:, None])
        people = np.array([t.label == "person" for t in tracks])
        computed = sum(1 << i for i, name in enumerate(CARRIED) if name in self.known)
        kinds = [_kind(t.label, votes) for t, votes in zip(tracks, self.votes, strict=True)]
        return {
            "kind": np.array(kinds, np.uint8),
            "carries": np.where(people, (often * bits).sum(axis=1), 0).astype(np.uint8),
            "computed": np.where(people, computed, 0).astype(np.uint8),
        }


def _kind(label: str, votes: NDArray[np.float32]) -> int:
    """The kind of vehicle that most was seen of; of what has no name only where it is rather one."""
    if CLASS_GROUP[label] not in ("vehicle", "two-wheeler", "object"):
        return 0
    found = {name: float(votes[CLASS_INDEX[name]]) for name in KIND_OF}
    best = max(found, key=lambda name: found[name])
    if label == "object" and (found[best] < LEAST or found[best] < max(votes)):
        return 0
    return KINDS.index(KIND_OF[best] if found[best] > 0 else KIND_OF.get(label, ""))


def count(parts: Iterable[Observations], tracks: Sequence[Track], known: Iterable[str]) -> Kinds:
    """Count what the model saw of ``tracks``, over the parts of the observations in any order."""
    n = len(tracks)
    kinds = Kinds(
        np.zeros((n, len(CLASSES)), np.float32),
        np.zeros(n, np.int32),
        np.zeros((n, len(CARRIED)), np.int32),
        frozenset(known),
    )
    start, end = (np.array([getattr(t, name) for t in tracks]) for name in ("start", "end"))
    for part in parts:
        if not len(part.det_frame):
            continue
        times = part.time[part.det_frame]
        for i in np.flatnonzero((start <= times[-1] + CLOSE) & (end >= times[0] - CLOSE)).tolist():
            first, stop = np.searchsorted(times, (start[i] - CLOSE, end[i] + CLOSE))
            if stop > first:
                _count(kinds, i, tracks[i], part, slice(first, stop))
    return kinds


def _count(kinds: Kinds, i: int, track: Track, part: Observations, rows: slice) -> None:
    """Add what one part saw of track ``i``."""
    frames, classes, scores = part.det_frame[rows], part.det_classes[rows], part.det_scores[rows]
    found = part.det_boxes[rows]
    own = track.at(part.time[frames])
    same = paired_iou(found, own) >= SAME
    np.add.at(kinds.votes[i], classes[same], scores[same])
    kinds.seen[i] += len(np.unique(frames[same]))
    if track.label != "person":
        return
    for bit, name in enumerate(CARRIED):
        if name in WITHIN:
            it = (classes == CLASS_INDEX[name]) & (scores >= CARRIED_SCORE)
            held = _within(found[it], own[it]) >= WITHIN[name]
            kinds.beside[i, bit] += len(np.unique(frames[it][held]))


def _within(things: NDArray[np.float32], boxes: NDArray[np.float32]) -> NDArray[np.float64]:
    """Share of each thing that lies in the box of the same row."""
    return np.asarray(paired_overlaps(things, boxes) / np.maximum(areas(things), 1e-9))
