"""What the model saw of tracks beyond their class: kinds of vehicle, things carried, what it cannot see."""

import numpy as np
import pytest

from synopticon.values.detection import CLASS_INDEX, CLASSES
from synopticon.values.track import Track
from synopticon.values.traits import CARRIED, KINDS, carried
from synopticon.vision.kinds import TIMES, Kinds, count
from synopticon.vision.observations import LOOK, ObservationsBuilder

COCO = ("person", "bicycle", "motorcycle", "car", "bus", "truck", "bag")
BODY = (100, 100, 130, 180)


def still(label, box=BODY, n=20, name="aa-0-0"):
    boxes = np.tile(np.asarray(box, np.float32), (n, 1))
    return Track(
        name, label, 0.9, np.zeros(n, np.int32), np.arange(n), np.arange(n) / 10, boxes, np.ones(n, bool)
    )


def seen(*things, frames=20, begin=0):
    """Observations in which the same (label, box, score) are found in each frame."""
    builder = ObservationsBuilder()
    for k in range(begin, begin + frames):
        builder.add_frame(0, k, k / 10, watched=True, looked=True)
        builder.add_detections(
            np.array([b for _, b, _ in things], np.float32).reshape(-1, 4),
            np.array([s for _, _, s in things], np.float32),
            np.array([CLASS_INDEX[c] for c, _, _ in things], np.int16),
            np.zeros(len(things), np.float32),
            np.zeros((len(things), LOOK), np.uint8),
        )
    return builder.build()


def columns(track, *parts, known=COCO):
    return count(parts, [track], known).columns([track])


def kind(track, *parts):
    return KINDS[columns(track, *parts)["kind"][0]]


@pytest.mark.parametrize(
    ("label", "said"),
    [("car", "car"), ("truck", "van"), ("bus", "bus"), ("bicycle", "two-wheeler"),
     ("motorcycle", "two-wheeler"), ("person", ""), ("bag", ""), ("train", "")],
)  # fmt: skip
def test_the_class_of_a_track_says_its_kind(label, said):
    assert kind(still(label), seen((label, BODY, 0.8))) == said


def test_most_votes_decide_among_vehicles():
    both = seen(("car", BODY, 0.3), ("truck", BODY, 0.6))
    assert kind(still("car"), both) == "van"


def test_without_detections_the_label_decides():
    assert kind(still("bus"), seen(("car", (300, 300, 400, 400), 0.9))) == "bus"


def test_what_has_no_name_is_a_vehicle_only_where_it_is_seen_as_one_often():
    assert kind(still("object"), seen(("car", BODY, 0.3))) == "car"
    assert kind(still("object"), seen(("car", BODY, 0.3), frames=2)) == ""
    assert kind(still("object"), seen(("car", BODY, 0.2), ("bag", BODY, 0.4))) == ""


def test_detections_elsewhere_do_not_count():
    found = count([seen(("truck", (130, 100, 160, 180), 0.9))], [still("car")], COCO)
    assert not found.votes.any()


def test_parts_add_up_in_any_order():
    track = still("car")
    parts = [seen(("car", BODY, 0.5), frames=10), seen(("truck", BODY, 0.7), frames=10, begin=10)]
    a, b = (count(order, [track], COCO) for order in (parts, parts[::-1]))
    assert (a.votes == b.votes).all()
    assert a.seen[0] == b.seen[0] == 20
    assert a.votes[0, CLASS_INDEX["truck"]] == pytest.approx(7.0)


def test_no_track_and_no_observation_are_no_error():
    assert count([seen(("car", BODY, 0.5))], [], COCO).columns([])["kind"].shape == (0,)
    assert columns(still("person"))["carries"][0] == 0


BAG, BIKE = (118, 130, 134, 150), (96, 140, 150, 182)


@pytest.mark.parametrize(("thing", "box"), [("bag", BAG), ("bicycle", BIKE)])
def test_a_person_goes_with_what_is_in_its_box(thing, box):
    row = columns(still("person"), seen(("person", BODY, 0.9), (thing, box, 0.4)))
    assert carried(int(row["carries"][0]), int(row["computed"][0]))[thing] == "yes"


@pytest.mark.parametrize(
    "things",
    [
        [("bag", (150, 130, 166, 150), 0.4)],  # beside
        [("bag", BAG, 0.1)],  # too uncertain
        [],
    ],
)
def test_a_person_without(things):
    row = columns(still("person"), seen(("person", BODY, 0.9), *things))
    assert carried(int(row["carries"][0]), int(row["computed"][0]))["bag"] == "no"


def test_a_thing_seen_too_seldom_is_not_carried():
    few = [seen(("person", BODY, 0.9), ("bag", BAG, 0.5), frames=TIMES - 1),
           seen(("person", BODY, 0.9), begin=TIMES - 1, frames=17)]  # fmt: skip
    assert columns(still("person"), *few)["carries"][0] == 0


def test_what_the_model_cannot_see_is_not_computed_by_name():
    for known, bag in ((COCO, "no"), (("person", "car"), "not computed"), ((), "not computed")):
        row = columns(still("person"), seen(("person", BODY, 0.9)), known=known)
        said = carried(int(row["carries"][0]), int(row["computed"][0]))
        assert said == {"bag": bag, "bicycle": bag, "helmet": "not computed", "hat": "not computed"}
    assert set(said) == set(CARRIED)


def test_vehicles_carry_nothing_and_nothing_is_computed_for_them():
    row = columns(still("car"), seen(("car", BODY, 0.9), ("bag", BAG, 0.9)))
    assert row["carries"][0] == row["computed"][0] == 0


def test_the_counts_have_their_shapes():
    found = count([], [still("person")], COCO)
    assert isinstance(found, Kinds)
    assert found.votes.shape == (1, len(CLASSES))
    assert found.beside.shape == (1, len(CARRIED))
