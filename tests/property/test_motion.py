"""Invariants of the foreground of a frame, whatever the frame shows."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from synopticon.values.scene import Background
from synopticon.vision.motion import find_motion
from tests.unit.vision.pictures import frame, ground, learned, walk

SCENE = ground(3, (120, 160))
SCENES: list[Background] = []


def background() -> Background:
    if not SCENES:
        SCENES.append(learned(walk(SCENE, 8)))
    return SCENES[0]


def edge(limit: int) -> st.SearchStrategy[int]:
    return st.integers(0, limit)


BOXES = st.lists(
    st.tuples(edge(140), edge(100), st.integers(2, 60), st.integers(2, 60)).map(
        lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
    ),
    max_size=4,
).map(tuple)


@settings(max_examples=40, deadline=None)
@given(boxes=BOXES, gain=st.floats(0.3, 1.8), value=st.floats(0, 255))
def test_boxes_areas_and_mask_tell_the_same(
    boxes: tuple[tuple[int, int, int, int], ...], gain: float, value: float
) -> None:
    motion = find_motion(frame(SCENE, boxes, gain=gain, value=value, time=5.0), background())
    height, width = SCENE.shape
    assert set(np.unique(motion.mask)) <= {0, 255}
    assert motion.energy == np.count_nonzero(motion.mask) / motion.mask.size
    assert motion.areas.sum() == np.count_nonzero(motion.mask) * motion.scale**2
    assert (np.diff(motion.boxes[:, 0]) >= 0).all()
    assert (motion.boxes[:, :2] >= 0).all()
    assert (motion.boxes[:, 2] <= width).all()
    assert (motion.boxes[:, 3] <= height).all()
    sizes = motion.boxes[:, 2:] - motion.boxes[:, :2]
    assert (sizes.prod(axis=1) >= motion.areas).all()


@settings(max_examples=25, deadline=None)
@given(gain=st.floats(0.5, 1.5), offset=st.floats(-15, 25), dx=st.integers(-4, 4), dy=st.integers(-4, 4))
def test_the_empty_scene_is_empty_in_any_light(gain: float, offset: float, dx: int, dy: int) -> None:
    moved = np.roll(SCENE, (dy, dx), (0, 1))
    # Only what the sensor can show is asked for: no clipping.
    gain = min(gain, (250 - max(offset, 0)) / float(moved.max()))
    motion = find_motion(frame(moved, gain=gain, offset=offset, time=6.0), background())
    assert motion.energy < 0.002
