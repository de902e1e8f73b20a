"""One masked picture of an object, whole in the picture and of an even shape."""

import cv2
import numpy as np
import pytest

from synopticon.acts.analysis import AnalysisRequest, analysed
from synopticon.synopsis.merge import grey
from synopticon.synopsis.thumbnail import SIDE, _stretch, thumbnail
from tests.scene import write_scene


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    video = write_scene(folder / "a.mp4", figures=1)
    return analysed(AnalysisRequest((str(video),), model="none", workspace=folder / "ws"), None)


def test_the_object_is_shown_on_its_empty_scene(made):
    (tube,) = made.store.tubes()
    scene = made.store.load_bank().at(tube.track.start)
    picture = cv2.imdecode(np.frombuffer(thumbnail(tube, made.store, scene, "bt601", False), np.uint8), 1)
    assert max(picture.shape) == SIDE
    middle = picture[SIDE // 2 - 20 : SIDE // 2 + 20, picture.shape[1] // 2 - 10 : picture.shape[1] // 2 + 10]
    assert middle.mean() > picture[:, :8].mean() + 40  # the figure is bright, the ground is not


def test_without_a_scene_the_ground_is_grey(made):
    (tube,) = made.store.tubes()
    data = thumbnail(tube, made.store, grey(made.footage), "bt601", False)
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), 1).astype(int)
    assert np.ptp(picture[:4], axis=2).max() < 12


@pytest.mark.parametrize(
    ("middle", "length", "size", "kept"),
    [(50, 20, 100, (40, 61)), (5, 20, 100, (0, 21)), (98, 20, 100, (80, 100)), (50, 300, 100, (0, 100))],
)
def test_what_is_shown_lies_in_the_picture(middle, length, size, kept):
    assert _stretch(middle, length, size) == kept
