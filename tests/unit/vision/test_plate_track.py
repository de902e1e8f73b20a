"""Plates over the frames of tracks: which samples, which frames, one text for all."""

from dataclasses import replace

import numpy as np
import pytest

from synopticon.values.frame import Frame
from synopticon.values.track import Track
from synopticon.vision.plate import Place
from synopticon.vision.plate_track import PlateSettings, PlateWatch, readings, samples, shots_in
from synopticon.vision.plate_vote import Look
from tests.property.test_plates import line
from tests.unit.vision.test_plate import square

SETTINGS = PlateSettings("reader.onnx", "finder.onnx", narrow=40, samples=4, shots=3)


def track(name="t", label="car", n=12, left=20, low=100, grow=0):
    k = np.arange(n, dtype=np.float32)
    boxes = np.stack([left + 0 * k, 20 + 0 * k, left + 100 + grow * k, low + 0 * k], 1).astype(np.float32)
    return Track(
        name, label, 0.9, np.zeros(n, np.int32), np.arange(n, dtype=np.int64), k / 10, boxes, np.ones(n, bool)
    )


def frame(k, size=(160, 320)):
    high, wide = size
    half = np.full((high // 2, wide // 2), 128, np.uint8)
    return Frame(0, k, k / 10, np.full(size, 100, np.uint8), half, half)


class Eye:
    """Finds a plate in the middle of each vehicle, and reads the next of some texts."""

    def __init__(self, texts, found=True):
        self.texts, self.found, self.searched, self.read = list(texts), found, 0, 0
        self.concluded = []

    def places(self, vehicle):
        self.searched += 1
        high, wide = vehicle.shape[:2]
        middle = square(0.3 * wide, 0.5 * high, 0.7 * wide, 0.62 * high)
        return [Place(middle, 0.8)] if self.found else []

    def by_text(self, picture, long):
        high, wide = picture.shape[:2]
        return [Place(square(0.3 * wide, 0.4 * high, 0.7 * wide, 0.55 * high), 0.9, by_text=True)]

    def near(self, picture, place):
        self.concluded.append((picture, place))
        return place if self.found or place.by_text else None

    def looks(self, picture, place):
        text = self.texts[self.read % len(self.texts)]
        self.read += 1
        return [Look(line(text))]


def watched(eye, tracks, settings=SETTINGS):
    watch = PlateWatch(eye, settings)
    for k in range(12):
        watch.see(frame(k), [(t, k) for t in tracks if k < len(t)])
    return watch.arrays()


def test_a_plate_is_told_with_its_place_and_time():
    one = track()
    (told,) = readings([watched(Eye(["AB123CD"]), [one])], [one])
    assert (told.track, told.text) == ("t", "AB123CD")
    assert told.time == pytest.approx(told.pts / 10)
    x1, y1, x2, y2 = told.box
    assert 20 <= x1 < x2 <= 120
    assert 20 <= y1 < y2 <= 100


def test_a_sign_that_is_wrong_in_one_picture_is_outvoted():
    one = track()
    (told,) = readings([watched(Eye(["AB123CD", "AB128CD", "AB123CD"]), [one])], [one])
    assert told.text == "AB123CD"


def test_two_pictures_that_agree_are_enough():
    eye = Eye(["AB123CD"])
    watched(eye, [track()])
    assert eye.searched == 4, "no more samples than that are searched"
    assert eye.read == 2


@pytest.mark.parametrize(("low", "shown"), [(100, 0.8), (125, 0.85), (150, 0.91)])
def test_a_tall_vehicle_is_shown_without_its_top(low, shown):
    """As much of its upper part is left out as makes it not tall; what is told stays where it is."""
    searched = []

    class Tall(Eye):
        def places(self, vehicle):
            searched.append(vehicle.shape[0] / vehicle.shape[1])
            return super().places(vehicle)

    one, watch = track(low=low), PlateWatch(Tall(["AB123CD"]), SETTINGS)
    for k in range(12):
        watch.see(frame(k, (200, 320)), [(one, k)])
    assert searched == [pytest.approx(shown, abs=0.02)] * 4
    top = watch.arrays()["box"][:, 1]
    assert top.tolist() == [pytest.approx(low + 4 - 0.5 * shown * 108, abs=5)] * len(top)


def test_large_samples_are_chosen_evenly_and_only_of_what_has_plates():
    chosen = samples(track(grow=20), SETTINGS)
    assert len(chosen) == 4
    assert chosen.min() >= 4, "small ones are left out"
    assert len(samples(track(label="person"), SETTINGS)) == 0
    assert len(samples(track(), replace(SETTINGS, narrow=400))) == 0


def test_a_plate_on_a_vehicle_in_front_is_not_that_of_the_one_behind():
    behind, front = track("a", low=100), track("b", low=140, left=10)
    told = readings([watched(Eye(["AB123CD"]), [behind, front])], [behind, front])
    assert [t.track for t in told] == ["b"]


def test_stretches_of_one_track_vote_together():
    one = track()
    parts = [watched(Eye([text]), [one]) for text in ("AB123CD", "AB123CD", "AB128CD")]
    (told,) = readings(parts, [one])
    assert told.text == "AB123CD"


def test_what_was_read_of_a_track_that_changed_since_is_left_out():
    one = track()
    moved = replace(one, pts=one.pts + 1000)
    assert readings([watched(Eye(["AB123CD"]), [one])], [moved]) == ()


def test_a_line_of_text_stands_in_where_no_plate_is_found():
    wide = replace(track(), boxes=track().boxes * np.array([1, 1, 2.4, 1.5], np.float32))
    arrays = watched(Eye(["AB123CD"], found=False), [wide])
    assert arrays["by_text"].tolist() == [True, True], "once more where it must be in another sample"
    assert [t.text for t in readings([arrays], [wide])] == ["AB123CD"]
    assert readings([watched(Eye(["AB123CD"], found=False), [track()])], [track()]) == (), "too small for it"


def test_where_it_must_be_it_is_read_though_it_was_not_found_there():
    """The finder tells it in the first sample alone; the vehicle comes nearer."""

    class Once(Eye):
        def places(self, vehicle):
            return super().places(vehicle) if self.searched == 0 else []

    eye, one = Once(["AB123CD", "AB128CD", "AB123CD"]), track(grow=4)
    arrays = watched(eye, [one])
    assert len(arrays["track"]) == 3
    (told,) = readings([arrays], [one])
    assert told.text == "AB123CD"
    middles = []
    for picture, place in eye.concluded:
        high, wide = picture.shape[:2]
        x, y = place.corners.mean(0)
        middles.append((x / wide, y / high))
    assert middles == [pytest.approx((0.5, 0.56), abs=0.03)] * len(middles), "the same place of the vehicle"


class Unsure(Eye):
    """Reads pictures unsurely, and one that was made of several surely: it is larger."""

    def looks(self, picture, place):
        made = place.size[1] > 20
        self.read += not made
        return [
            Look(line("AB123CD" if made else self.texts[self.read % len(self.texts)], 0.97 if made else 0.7))
        ]


def lettered(k):
    """A frame whose vehicle bears a sign with edges, the same at each time."""
    one = frame(k)
    y = one.y.copy()
    y[60:76, 50:90] = np.kron(np.random.default_rng(1).integers(0, 2, (4, 10)), np.full((4, 4), 200))
    return replace(one, y=y)


def test_where_pictures_do_not_agree_all_are_made_into_one():
    one, eye = track(), Unsure(["AB128CD", "AB123CD", "XB123CD"])
    watch = PlateWatch(eye, SETTINGS)
    for k in range(12):
        watch.see(lettered(k), [(one, k)])
    arrays = watch.arrays()
    assert arrays["pictures"].tolist() == [1, 1, 1, 4, 4, 4], (
        "the four samples are all in it, laid over each of the three that are read"
    )
    assert [t.text for t in readings([arrays], [one])] == ["AB123CD"]
    before = {name: rows for name, rows in arrays.items() if name != "pictures"}
    assert len(list(shots_in(before))) == 6, "what was kept before there was this is read as it was"


@pytest.mark.parametrize(("texts", "sure"), [(["AB123CD"], True), (["ABC"], False)])
def test_none_is_made_where_they_agree_or_no_plate_can_be_seen(texts, sure):
    one, eye = track(), Eye(texts) if sure else Unsure(texts)
    watch = PlateWatch(eye, SETTINGS)
    for k in range(12):
        watch.see(lettered(k), [(one, k)])
    assert set(watch.arrays()["pictures"].tolist()) == {1}


def test_nothing_is_read_on_where_the_first_line_says_nothing():
    class Mute(Eye):
        def looks(self, picture, place):
            self.read += 1
            return []

    eye = Mute([])
    assert len(watched(eye, [track()])["track"]) == 0
    assert eye.read == 1


def test_nothing_seen_is_nothing_told():
    arrays = PlateWatch(Eye([]), SETTINGS).arrays()
    assert arrays["chances"].shape == (0, 38)
    assert readings([arrays], [track()]) == ()
    assert readings([], [track()]) == ()
