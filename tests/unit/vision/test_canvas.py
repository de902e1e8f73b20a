"""Canvases hold every crop, tile the track, and stand still when the object does."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synopticon.vision.canvas import enlarged, lay_out


def walk(seed, count, jump):
    chance = np.random.default_rng(seed)
    middle = np.cumsum(chance.normal(0, jump, (count, 2)), axis=0) + 200
    size = np.exp(np.cumsum(chance.normal(0, 0.05, (count, 2)), axis=0)) * (30, 70)
    return np.concatenate([middle - size / 2, middle + size / 2], axis=1).astype(np.float32)


@given(st.integers(0, 10_000), st.integers(1, 120), st.floats(0, 30), st.integers(1, 60))
def test_every_crop_lies_on_its_canvas(seed, count, jump, longest):
    boxes = walk(seed, count, jump)
    crops = enlarged(boxes, 0.15, 4)
    assert (crops % 2 == 0).all()
    assert (crops[:, :2] <= boxes[:, :2] - 4).all()
    assert (crops[:, 2:] >= boxes[:, 2:] + 4).all()
    at = 0
    for canvas in lay_out(crops, longest=longest):
        assert canvas.first == at
        assert canvas.width % 16 == canvas.height % 16 == 0
        assert (canvas.origins % 2 == 0).all()
        here = crops[canvas.first : canvas.stop]
        assert (canvas.origins <= here[:, :2]).all()
        assert (canvas.origins + np.array([canvas.width, canvas.height]) >= here[:, 2:]).all()
        assert len(canvas.origins) <= longest
        at = canvas.stop
    assert at == count


def test_a_trembling_box_keeps_its_place():
    boxes = np.array([100, 100, 130, 170], np.float32) + np.random.default_rng(0).uniform(-1, 1, (50, 4))
    (canvas,) = lay_out(enlarged(boxes.astype(np.float32), 0.15, 4))
    assert len(np.unique(canvas.origins, axis=0)) <= 2


def test_an_object_that_comes_near_gets_a_larger_canvas():
    side = np.linspace(20, 200, 60)
    boxes = np.stack([300 - side, 300 - side, 300 + side, 300 + side], axis=1).astype(np.float32)
    canvases = lay_out(enlarged(boxes, 0.15, 4))
    assert len(canvases) >= 3
    areas = [c.width * c.height for c in canvases]
    assert areas == sorted(areas)


def test_a_part_of_a_canvas_has_the_same_places():
    boxes = walk(3, 40, 3)
    (canvas,) = lay_out(enlarged(boxes, 0.15, 4), growth=1e9)
    part = canvas.part(10, 25)
    assert (part.first, part.stop, part.width) == (10, 25, canvas.width)
    np.testing.assert_array_equal(part.origins, canvas.origins[10:25])
    assert canvas.part(40, 60) is None
