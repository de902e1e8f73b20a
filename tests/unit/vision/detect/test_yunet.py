"""The decoder of YuNet's outputs, and what it finds in a real picture."""

import numpy as np
import pytest

from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.models.cards import companion
from synopticon.vision.detect.yunet import decoded
from synopticon.vision.faces import Faces, FaceSettings

SIZE = (64, 32)


def outputs(cell=None, box=(0, 0, 0, 0), score=0.81):
    """All of nothing, but for one cell of stride 8."""
    cells = [SIZE[0] // s * (SIZE[1] // s) for s in (8, 16, 32)]
    made = [np.zeros((1, n, 1), np.float32) for n in (*cells, *cells)]
    made += [np.zeros((1, n, 4), np.float32) for n in cells]
    if cell is not None:
        made[0][0, cell], made[3][0, cell], made[6][0, cell] = score, 1.0, box
    return made


def test_a_cell_becomes_a_box():
    boxes, scores = decoded(outputs(8 + 2, (0.5, 0.25, np.log(2), np.log(3))), SIZE)
    (found,) = np.flatnonzero(scores > 0.5)
    assert scores[found] == pytest.approx(0.9)
    # row 1, column 2 of stride 8: the middle at (2.5 * 8, 1.25 * 8), 16 wide and 24 high
    assert boxes[found].tolist() == pytest.approx([12, -2, 28, 22])


def test_nothing_is_nothing():
    assert decoded(outputs(), SIZE)[1].max() == 0


@pytest.mark.footage
@pytest.mark.model
def test_faces_of_a_real_recording_are_found(footage_folder, models_folder_shared):
    found = companion("detect.face", models_folder_shared)
    assert found is not None
    faces = Faces(*found, FaceSettings(every=0.2))
    name = "preview_head-pose-face-detection-female-and-male.gif"
    with open_reader(probe((str(footage_folder / "intel_sample_videos" / name),))) as reader:
        seen = [(frame.time, faces.look(frame)) for frame in reader]
    looked = [zones for _, zones in seen if len(zones)]
    assert len(looked) >= 0.15 * len(seen)
    for zones in looked:
        width, height = (zones[:, 2:] - zones[:, :2]).T
        assert ((width > 10) & (width < 200) & (height > 10) & (height < 200)).all()
    assert len(looked) < 0.7 * len(seen)  # not every frame is looked at


def test_a_folder_without_such_a_model(tmp_path):
    assert companion("detect.face", tmp_path) is None
    assert companion("read.plate", tmp_path) is None
