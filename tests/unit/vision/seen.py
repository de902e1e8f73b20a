"""Made observations: walkers on straight lines, as a detector or motion alone would see them."""

import numpy as np

from synopticon.values.detection import CLASS_INDEX
from synopticon.vision.observations import LOOK, ObservationsBuilder

PICTURE = (640, 480)


def path(start, speed, size=(24, 60), begin=0.0, end=5.0):
    """A walker: box (xyxy) as a function of time, None when it is away; pixels and seconds."""

    def at(time):
        if not begin <= time < end:
            return None
        x, y = start[0] + speed[0] * (time - begin), start[1] + speed[1] * (time - begin)
        return x, y, x + size[0], y + size[1]

    return at


def look_of(number):
    return np.full(LOOK, 20 + 37 * number % 200, np.uint8)


def watch(
    walkers, seconds=6.0, rate=12, *, label="person", score=0.8, detected=True, blobs=True, noise=0.0, seed=0,
    missed=lambda walker, time: False, moving=0.6, offset=0.0,
):  # fmt: skip
    """Observations of walkers at ``rate`` Hz; ``missed`` says which boxes the detector did not see."""
    random = np.random.default_rng(seed)
    builder = ObservationsBuilder()
    for k in range(round(seconds * rate)):
        time = offset + k / rate
        builder.add_frame(0, k * 100, time, watched=True, looked=detected)
        here = [(n, w(k / rate)) for n, w in enumerate(walkers) if w(k / rate) is not None]
        boxes = np.array([b for _, b in here], np.float32).reshape(-1, 4)
        boxes += random.normal(0, noise, boxes.shape).astype(np.float32) if noise else np.float32(0)
        looks = np.array([look_of(n) for n, _ in here], np.uint8).reshape(-1, LOOK)
        found = np.array([not missed(n, k / rate) for n, _ in here], np.bool_)
        count = int(found.sum())
        if detected:
            builder.add_detections(
                boxes[found],
                np.full(count, score, np.float32),
                np.full(count, CLASS_INDEX[label], np.int16),
                np.full(count, moving, np.float32),
                looks[found],
            )
        if blobs:
            sides = boxes[:, 2:] - boxes[:, :2]
            builder.add_blobs(boxes, (0.8 * sides.prod(1)).astype(np.float32), looks)
    return builder.build()
