"""What is said of real recordings without any model: cars from above, their colours and ways."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.pace import measure
from benchmarks.quality import VIDEOS, analysis
from benchmarks.track_quality import footage
from synopticon.values.traits import COLOURS, KINDS

pytestmark = pytest.mark.footage


def test_the_four_cars_of_a_car_park_seen_from_above(tmp_path: Path) -> None:
    with analysis(footage() / VIDEOS["car-detection"], "none", workspace=tmp_path) as (made, _):
        traits = made.store.load_traits()
    assert traits is not None
    assert [KINDS[k] for k in traits.kind] == ["car"] * 4
    assert sorted(COLOURS[int(row.argmax())] for row in traits.body) == ["red", "white", "white", "white"]
    assert np.sign(traits.heading).tolist() == [1, -1, 1, -1]  # up, down, up, down, in the order they come
    assert not traits.computed.any()


def test_people_walk_at_the_speed_of_people() -> None:
    found = measure()
    assert found["places_off_metres"][0] < 0.15
    assert 0.8 < found["median_speed"] < 2
    assert found["within_two_errors"] > 0.8
    assert found["median_off"] < 0.05
