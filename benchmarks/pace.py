"""Speeds on the ground of ``vtest``, from its calibration, beside the true places in metres.

    python -m benchmarks.pace

The truth of PETS09-S2.L1 gives for each box the place on the ground, metres, in its eighth and ninth column.
Here the feet of its boxes go through ``View_001.xml`` and the 16 points of a path, as those of a track do;
the true speed is the median over all seconds of the way between the true places.
"""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.track_quality import CLIPS, footage
from synopticon.values.ground import Ground, of_calibration, pace
from synopticon.values.track import Track
from synopticon.vision.movement import movement

CALIBRATION = "pets09_s2l1_gt/View_001.xml"
SIZE = (768, 576)
WALKING = (0.8, 2.0)  # metres a second


@dataclass(frozen=True)
class Walker:
    """Times (s), boxes ``(n, 4)`` xyxy pixels, places ``(n, 2)`` metres."""

    times: NDArray[np.float64]
    boxes: NDArray[np.float32]
    places: NDArray[np.float64]

    @property
    def true_speed(self) -> float:
        marks = np.arange(self.times[0], self.times[-1], 1.0)
        way = np.column_stack([np.interp(marks, self.times, self.places[:, k]) for k in (0, 1)])
        return float(np.median(np.hypot(*np.diff(way, axis=0).T)))

    @property
    def track(self) -> Track:
        n = len(self.times)
        none = np.zeros(n, np.int32)
        return Track("t", "person", 1.0, none, np.arange(n), self.times, self.boxes, np.ones(n, np.bool_))


def walkers() -> list[Walker]:
    rows = np.loadtxt(footage() / CLIPS["vtest"].truth, delimiter=",")
    found = []
    for number in np.unique(rows[:, 1]):
        r = rows[rows[:, 1] == number]
        boxes = np.column_stack([r[:, 2:4], r[:, 2:4] + r[:, 4:6]]).astype(np.float32)
        found.append(Walker((r[:, 0] - 1) / CLIPS["vtest"].fps, boxes, r[:, 7:9]))
    return found


def measure() -> dict[str, Any]:
    people, ground = walkers(), vtest_ground()
    speed, error = speeds(people, ground)
    true = np.array([w.true_speed for w in people])
    feet = np.concatenate([np.column_stack([w.boxes[:, ::2].mean(axis=1), w.boxes[:, 3]]) for w in people])
    apart = np.hypot(*(ground.metres(feet / SIZE) - np.concatenate([w.places for w in people])).T)
    return {
        "places_off_metres": [round(float(v), 3) for v in np.percentile(apart, (50, 95))],
        "median_speed": round(float(np.median(speed)), 2),
        "walking": f"{int(((speed >= WALKING[0]) & (speed <= WALKING[1])).sum())} of {len(speed)}",
        "within_one_error": round(float(np.mean(np.abs(speed - true) <= error)), 3),
        "within_two_errors": round(float(np.mean(np.abs(speed - true) <= 2 * error)), 3),
        "median_off": round(float(np.median(np.abs(speed - true))), 3),
        "rows": [f"{s:.2f} +- {e:.2f}, true {t:.2f}" for s, e, t in zip(speed, error, true, strict=True)],
    }


def vtest_ground() -> Ground:
    return of_calibration((footage() / CALIBRATION).read_bytes(), CALIBRATION)


def speeds(people: list[Walker], ground: Ground) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    moves = [movement(w.track, *SIZE) for w in people]
    dwell = np.array([w.times[-1] - w.times[0] for w in people])
    return pace(np.stack([m.path for m in moves]), dwell, ground, np.array([m.size[1] for m in moves]))


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
