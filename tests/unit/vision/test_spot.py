"""What is looked for in the frames themselves: how often, where, and by which models."""

import numpy as np
import pytest

from synopticon.errors import ModelError
from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.models.cards import companion
from synopticon.values.frame import Frame
from synopticon.vision.detect import open_finder
from synopticon.vision.mask import Margin
from synopticon.vision.masks import MaskPlan, Sightings, Strand, Strands
from synopticon.vision.spot import Faces, Plates, SpotSettings, Together

NONE = Sightings(np.zeros(0), np.zeros((0, 4), np.float32), np.zeros(0))


def plan(*vehicles):
    boxes = [Strand(str(k), np.zeros(1), np.array([b], np.float32), 0.0, 9.0) for k, b in enumerate(vehicles)]
    return MaskPlan(Strands(()), NONE, Strands(()), np.zeros(0), Strands(boxes))


def frame(time=0.0):
    return Frame(0, 0, time, *(np.zeros(s, np.uint8) for s in ((96, 160), (48, 80), (48, 80))))


class Corner:
    """Finds something in the upper left of everything, and remembers what it was shown."""

    name = "corner"

    def __init__(self):
        self.shown = []

    def find(self, picture, score):
        self.shown.append(picture.shape[:2])
        return np.array([[2, 3, 6, 7]], np.float32)


EXACT = SpotSettings(every=0.2, margin=Margin(0.0, 0.0), least=20)


@pytest.mark.parametrize("kind", [Faces, Plates])
def test_looks_are_taken_in_turns(kind):
    spotter = kind(Corner(), EXACT)
    looked = [k for k in range(20) if len(spotter.look(frame(k / 25), plan((0, 0, 90, 90))))]
    assert looked == [0, 5, 10, 15]


def test_faces_are_looked_for_in_the_whole_frame():
    finder = Corner()
    assert Faces(finder, EXACT).look(frame(), plan()).tolist() == [[2, 3, 6, 7]]
    assert finder.shown == [(96, 160)]


def test_plates_are_looked_for_in_vehicles_alone():
    finder = Corner()
    found = Plates(finder, EXACT).look(frame(), plan((21, 10, 71, 40), (150, 80, 300, 200), (-9, 0, 40, 30)))
    assert found.tolist() == [[22, 13, 26, 17], [2, 3, 6, 7]]  # the second shows 10 pixels: too little
    assert finder.shown == [(30, 50), (30, 40)]
    assert Plates(Corner(), EXACT).look(frame(), plan()).shape == (0, 4)


def test_what_is_as_large_as_a_vehicle_is_no_plate():
    assert Plates(Corner(), EXACT).look(frame(), plan((0, 0, 24, 10))).shape == (0, 4)


def test_several_are_one():
    both = Together([Faces(Corner(), EXACT), Plates(Corner(), SpotSettings(linger=0.7))])
    assert both.linger == 0.7
    assert len(both.look(frame(), plan((0, 0, 90, 90)))) == 2
    assert Together([]).look(frame(), plan()).shape == (0, 4)
    assert Together([]).linger == 0


@pytest.mark.footage
@pytest.mark.model
def test_faces_of_a_real_recording_are_found(footage_folder, models_folder_shared):
    found = companion("detect.face", models_folder_shared)
    assert found is not None
    faces = Faces(open_finder(*found))
    name = "preview_head-pose-face-detection-female-and-male.gif"
    with open_reader(probe((str(footage_folder / "intel_sample_videos" / name),))) as reader:
        seen = [(frame.time, faces.look(frame, plan())) for frame in reader]
    looked = [zones for _, zones in seen if len(zones)]
    assert len(looked) >= 0.15 * len(seen)
    for zones in looked:
        width, height = (zones[:, 2:] - zones[:, :2]).T
        assert ((width > 10) & (width < 200) & (height > 10) & (height < 200)).all()
    assert len(looked) < 0.7 * len(seen)  # not every frame is looked at


def test_a_folder_without_such_a_model(tmp_path):
    assert companion("detect.face", tmp_path) is None
    assert companion("read.plate", tmp_path) is None
    assert companion("detect.face", tmp_path, "none") is None
    with pytest.raises(ModelError, match="is not in"):
        companion("detect.face", tmp_path, "centerface")
    with pytest.raises(ModelError, match=r"is for detect\.plate"):
        companion("detect.face", tmp_path, "lpd-yunet")
