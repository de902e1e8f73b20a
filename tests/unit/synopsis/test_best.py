"""The best picture of a tube: large, sharp, whole and really seen."""

import numpy as np
import pytest

from synopticon.acts.analysis import AnalysisRequest, analysed
from synopticon.synopsis import best as module
from synopticon.synopsis.best import best
from synopticon.values.track import Track
from synopticon.values.tube import Sprite, Tube
from tests.scene import write_scene

SIZE = (400, 300)


@pytest.fixture
def tube(monkeypatch):
    """Make a tube of boxes whose pictures are as sharp and as full as asked."""

    def make(boxes, sharp=None, full=None, observed=None):
        n = len(boxes)
        sharp, full = sharp or [1.0] * n, full or [1.0] * n
        known = np.array(observed or [True] * n)
        track = Track(
            "t", "person", 1.0, np.zeros(n, np.int32), np.arange(n), np.arange(n) / 10.0,
            np.array(boxes, np.float32), known,
        )  # fmt: skip

        def sprites(tube, store, *, only):
            rng = np.random.default_rng(1)
            for k in sorted(only):
                x1, y1, x2, y2 = (int(v) for v in tube.track.boxes[k])
                noise = rng.integers(-40, 40, (y2 - y1, x2 - x1))
                y = (120 + sharp[k] * noise).astype(np.uint8)
                alpha = np.zeros_like(y)
                alpha[: int(len(y) * full[k])] = 255
                half = np.full((y.shape[0] // 2, y.shape[1] // 2), 128, np.uint8)
                yield Sprite(x1, y1, y, half, half, alpha, half)

        monkeypatch.setattr(module, "sprites", sprites)
        return Tube(track, (0, 0), np.zeros((n, 2), np.int32), ())

    return make


def box(x, side):
    return (x, 100, x + side, 100 + 2 * side)


def test_the_largest_is_best_where_all_else_is_equal(tube):
    found = best(tube([box(50, 30), box(60, 60), box(70, 40)]), None, SIZE)
    assert (found.sample, found.width, found.height) == (1, 60, 120)
    assert 0 < found.quality <= 1


def test_a_sharp_one_beats_a_blurred_one(tube):
    assert best(tube([box(50, 60), box(60, 58)], sharp=[0.02, 1.0]), None, SIZE).sample == 1


def test_a_whole_one_beats_one_at_the_border(tube):
    assert best(tube([(0, 100, 60, 220), box(60, 55)]), None, SIZE).sample == 1
    assert best(tube([(341, 100, 400, 219), box(60, 55)]), None, SIZE).sample == 1


def test_a_hidden_one_loses(tube):
    assert best(tube([box(50, 60), box(60, 55)], full=[0.4, 1.0]), None, SIZE).sample == 1


def test_a_guessed_box_loses(tube):
    assert best(tube([box(50, 60), box(60, 40)], observed=[False, True]), None, SIZE).sample == 1


def test_equal_ones_give_the_first(tube):
    assert best(tube([box(50, 40)] * 4, sharp=[0.0] * 4), None, SIZE).sample == 0


def test_of_a_long_track_few_pictures_are_looked_at(tube):
    made = tube([box(50, 30 + n % 7) for n in range(300)])
    found = best(made, None, SIZE)
    assert found.width == 36


def test_a_real_tube_gives_the_same_picture_each_time(tmp_path):
    video = write_scene(tmp_path / "a.mp4", figures=1)
    made = analysed(AnalysisRequest((str(video),), model="none", workspace=tmp_path / "ws"), None)
    (tube,) = made.store.tubes()
    found = best(tube, made.store, (made.footage.width, made.footage.height))
    assert best(tube, made.store, (made.footage.width, made.footage.height)) == found
    x1, y1, x2, y2 = tube.track.boxes[found.sample]
    assert tube.track.observed[found.sample]
    assert x1 > 0
    assert x2 < made.footage.width
    assert found.height == round(float(y2 - y1))
