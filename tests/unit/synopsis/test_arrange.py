import numpy as np
import pytest

from synopticon.errors import UsageError
from synopticon.synopsis.arrange import NO_PLACE, TOO_LONG, Knobs, arrange
from synopticon.synopsis.stream import places
from tests.tubesets import make_tubes, random_tubes, starts_of, walk


def crowd_of(count=40, frames=30):
    """Tubes that all use the same spot: any two that are shown at once collide."""
    return make_tubes([walk(50 * k, frames, 20, 20, 0) for k in range(count)])


def test_the_length_follows_the_density():
    tubes = random_tubes(np.random.default_rng(0), 120, length=5000)
    total = int(tubes.lengths.sum())
    assert arrange(tubes).measures["occ_mean"] == pytest.approx(8, rel=0.1)
    assert arrange(tubes, Knobs(density=4)).length_frames == pytest.approx(total / 4, rel=0.05)


def test_the_density_is_even():
    plan = arrange(random_tubes(np.random.default_rng(0), 150, length=5000))
    assert plan.measures["occ_max"] <= 12


def test_without_any_collision_it_is_as_short_as_it_can_be():
    plan = arrange(crowd_of(), Knobs(max_collision=0))
    assert plan.length_frames == 40 * 30
    assert plan.measures["OAnew"] == 0


def test_what_cannot_be_placed_is_left_out_with_its_reason():
    plan = arrange(crowd_of(), Knobs(max_collision=0, length=100))
    assert len(plan.starts) == 3
    assert {x.reason for x in plan.left_out} == {NO_PLACE}
    assert len(plan.left_out) == 37


def test_what_is_longer_than_the_synopsis_is_left_out():
    tubes = make_tubes([walk(0, 50, 0, 0, 0), walk(60, 10, 0, 0, 0)])
    plan = arrange(tubes, Knobs(length=20))
    assert plan.starts == {"t1": 0}
    assert plan.left_out[0].reason == TOO_LONG


def test_a_collision_limit_allows_what_it_says():
    """Two that walk the same way, one after the other, may overlap a little."""
    tubes = make_tubes([walk(60 * k, 40, 0, 10, 1) for k in range(6)])
    loose, tight = (
        arrange(tubes, Knobs(max_collision=0.5, density=99)),
        arrange(tubes, Knobs(max_collision=0)),
    )
    assert 0 < loose.measures["worst_pair"] <= 0.5
    assert loose.length_frames < tight.length_frames


def test_more_effort_is_no_worse():
    tubes = random_tubes(np.random.default_rng(4), 80, length=3000)
    rough, fine = (arrange(tubes, Knobs(length=90, effort=e)).measures["OAnew"] for e in (0, 30))
    assert fine <= rough * 0.9


def test_local_order_is_near_the_source_order():
    tubes = random_tubes(np.random.default_rng(4), 300, length=20_000)
    near, free = (arrange(tubes, Knobs(density=2, order=o)).measures["CDR"] for o in ("local", "free"))
    assert near < 0.15
    assert free > 0.3


def test_groups_are_inferred_when_none_is_given():
    together = [walk(0, 40, 0, 20, 1), walk(2, 40, 13, 20, 1)]
    tubes = make_tubes([*together, *(walk(100 * k, 40, 5, 20, 1) for k in range(1, 8))])
    starts = starts_of(tubes, arrange(tubes, Knobs(length=60)))
    assert starts[1] - starts[0] == 2


def test_no_tube_at_all():
    plan = arrange(make_tubes([]))
    assert plan.length_frames == 0
    assert plan.starts == {}


def test_too_many_for_any_choice_are_shown_at_their_places(monkeypatch):
    monkeypatch.setattr("synopticon.synopsis.stream.MOST", 5)
    monkeypatch.setattr("synopticon.synopsis.stream.TOGETHER", 10)
    tubes = random_tubes(np.random.default_rng(1), 200)
    plan = arrange(tubes, Knobs(length=45))
    assert len(plan.starts) == 200
    assert plan.length_frames <= 45


def test_places_are_in_source_order_and_fill_the_synopsis():
    from synopticon.synopsis.groups import make_units

    tubes = random_tubes(np.random.default_rng(2), 50, length=3000)
    units = make_units(tubes, tubes.groups, 1 << 40)
    place = places(units, 200)
    middle = place + units.lengths / 2
    assert (np.diff(middle[5:-5]) > -25).all()
    assert place.min() >= 0
    assert (place + units.lengths).max() <= 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"density": 0},
        {"length": 0},
        {"max_collision": -0.1},
        {"order": "loose"},
        {"effort": -1},
        {"density": float("nan")},
    ],
)
def test_senseless_knobs_are_refused(wrong):
    with pytest.raises(UsageError):
        Knobs(**wrong)
