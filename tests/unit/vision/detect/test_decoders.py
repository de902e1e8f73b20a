"""Each decoder, on made network outputs whose meaning is known."""

import numpy as np
import pytest

from synopticon.errors import ModelError
from synopticon.models.cards import Input
from synopticon.values.detection import CLASS_INDEX
from synopticon.vision.detect import nanodet, open_detector, ssd, yolox
from synopticon.vision.detect.onnx import OnnxNet
from synopticon.vision.detect.picture import prepare
from synopticon.vision.detect.select import select
from tests.unit.vision.detect.nets import NOWHERE, Net, card, grey

PERSON, CAR = CLASS_INDEX["person"], CLASS_INDEX["car"]
CLASSES = {"person": (0,), "car": (2, 3)}


def with_net(monkeypatch, module, outputs, made):
    net = Net(outputs, made.input.size, made.input)
    monkeypatch.setattr(module, "OnnxNet", lambda *_: net)
    return net, open_detector(made, NOWHERE)


# --- YOLOX --------------------------------------------------------------------------------------------------


def yolox_output(cells):
    """A raw output for a 64 x 32 network: rows of the strides 8, 16, 32; ``cells`` = {row: values}."""
    out = np.zeros((1, 32 + 8 + 2, 5 + 4), np.float32)
    for row, (dx, dy, w, h, sure, number) in cells.items():
        out[0, row, :5] = dx, dy, np.log(w), np.log(h), sure
        out[0, row, 5 + number] = 0.9
    return out


@pytest.fixture
def yolox_card():
    return card("yolox", (64, 32), classes=CLASSES)


def test_yolox_cells_become_boxes(monkeypatch, yolox_card):
    # Row 10 is cell (2, 1) of stride 8, row 32 + 5 cell (1, 1) of stride 16, row 41 cell (1, 0) of stride 32.
    cells = {10: (0.5, 0.25, 2, 3, 1.0, 0), 37: (0, 0, 1, 1, 0.5, 3), 41: (0.5, 0.5, 0.5, 0.5, 1, 1)}
    _, detector = with_net(monkeypatch, yolox, [yolox_output(cells)], yolox_card)
    (found,) = detector.detect([grey(64, 32)])
    assert found.boxes.tolist() == [[12, -2, 28, 22], [8, 8, 24, 24]]
    assert found.scores == pytest.approx([0.9, 0.45])
    assert found.classes.tolist() == [PERSON, CAR], "class 1 is unknown to the card"


def test_yolox_boxes_are_in_pixels_of_the_crop(monkeypatch, yolox_card):
    net, detector = with_net(monkeypatch, yolox, [yolox_output({10: (0.5, 0.25, 2, 3, 1.0, 0)})], yolox_card)
    found = detector.detect([grey(128, 64), grey(32, 32)])
    assert found[0].boxes.tolist() == [[24, -4, 56, 44]]
    assert found[1].boxes.tolist() == [[12, -2, 28, 22]]
    assert [b.shape for b in net.shown] == [(1, 3, 32, 64)] * 2
    assert (net.shown[1][0, :, :, 32:] == 114).all(), "the rest is filled"


def test_yolox_that_is_sure_of_nothing_finds_nothing(monkeypatch, yolox_card):
    _, detector = with_net(monkeypatch, yolox, [yolox_output({})], yolox_card)
    assert [len(f) for f in detector.detect([grey(64, 32)])] == [0]
    assert detector.detect([]) == []


# --- NanoDet ------------------------------------------------------------------------------------------------

COUNTS = [(8, 4), (4, 2), (2, 1), (1, 1)]  # cells of a 64 x 32 network at the strides 8, 16, 32, 64


def nanodet_outputs(cells):
    """Scores and distributions a stride; ``cells`` = {(stride, row): (number, score, sides in strides)}."""
    scores = [np.zeros((1, w * h, 4), np.float32) for w, h in COUNTS]
    sides = [np.zeros((1, w * h, 32), np.float32) for w, h in COUNTS]
    for (level, row), (number, score, reach) in cells.items():
        scores[level][0, row, number] = score
        for side, value in enumerate(reach):
            # All weight on the two bins around the value, so that their mean is the value.
            low = int(value)
            logits = np.full(8, -30.0)
            logits[low] = np.log(1 - (value - low) + 1e-9)
            logits[low + 1] = np.log(value - low + 1e-9)
            sides[level][0, row, 8 * side : 8 * side + 8] = logits
    return scores, sides


@pytest.fixture
def nanodet_card():
    return card("nanodet", (64, 32), classes=CLASSES, pad=0)


@pytest.mark.parametrize("order", ["scores first", "sides first", "mixed"])
def test_nanodet_distributions_become_boxes(monkeypatch, nanodet_card, order):
    scores, sides = nanodet_outputs(
        {(0, 10): (0, 0.8, (1, 0.5, 1, 2)), (1, 5): (2, 0.6, (0.25, 0.5, 1, 0.25))}
    )
    mixed = [o for pair in zip(reversed(scores), reversed(sides), strict=True) for o in pair]
    outputs = {"scores first": [*scores, *sides], "sides first": [*sides, *scores], "mixed": mixed}[order]
    _, detector = with_net(monkeypatch, nanodet, outputs, nanodet_card)
    (found,) = detector.detect([grey(64, 32)])
    assert found.boxes == pytest.approx(np.array([[8, 4, 24, 24], [12, 8, 32, 20]]), abs=0.01)
    assert found.scores == pytest.approx([0.8, 0.6])
    assert found.classes.tolist() == [PERSON, CAR]


def test_nanodet_boxes_are_in_pixels_of_the_crop(monkeypatch, nanodet_card):
    scores, sides = nanodet_outputs({(0, 10): (0, 0.8, (1, 0.5, 1, 2))})
    _, detector = with_net(monkeypatch, nanodet, [*scores, *sides], nanodet_card)
    (found,) = detector.detect([grey(128, 64)])
    assert found.boxes == pytest.approx(np.array([[16, 8, 48, 48]]), abs=0.01)


def test_nanodet_survives_huge_logits_and_silence(monkeypatch, nanodet_card):
    scores, sides = nanodet_outputs({(0, 10): (0, 0.8, (1, 0.5, 1, 2))})
    sides[0][0, 10] += 1000
    _, detector = with_net(monkeypatch, nanodet, [*scores, *sides], nanodet_card)
    with np.errstate(all="raise"):
        assert np.isfinite(detector.detect([grey(64, 32)])[0].boxes).all()
    _, silent = with_net(monkeypatch, nanodet, [*nanodet_outputs({})[0], *sides], nanodet_card)
    assert len(silent.detect([grey(64, 32)])[0]) == 0


def test_nanodet_of_another_shape_is_refused(monkeypatch, nanodet_card):
    scores, sides = nanodet_outputs({})
    _, detector = with_net(monkeypatch, nanodet, [*scores[1:], *sides[1:]], nanodet_card)
    with pytest.raises(ModelError, match="cells where"):
        detector.detect([grey(64, 32)])


# --- SSD ----------------------------------------------------------------------------------------------------


class Graph:
    def __init__(self, rows):
        self.rows = rows

    def setInput(self, picture):  # noqa: N802 (its name in OpenCV)
        assert picture.shape == (1, 3, 30, 30)
        assert picture.dtype == np.float32

    def forward(self):
        return np.array(self.rows, np.float32).reshape(1, 1, -1, 7)


@pytest.fixture
def ssd_card():
    return card(
        "ssd", (30, 30), classes={"person": (1,)}, runtime="opencv-dnn", fit="stretch", channels="rgb"
    )


@pytest.fixture
def ssd_files(tmp_path):
    for name in ("made.onnx", "made.pbtxt"):
        (tmp_path / name).write_bytes(b"stands in for the graph")
    return tmp_path / "made.onnx"


def test_ssd_rows_become_boxes(monkeypatch, ssd_card, ssd_files):
    rows = [
        (0, 1, 0.9, 0.1, 0.2, 0.5, 0.6),
        (0, 1, 0.05, 0, 0, 1, 1),  # too unsure
        (0, 5, 0.9, 0, 0, 1, 1),  # not on the card
        (0, 1, 0.8, 0.12, 0.2, 0.5, 0.6),  # the first once more
    ]
    monkeypatch.setattr(ssd.cv2.dnn, "readNetFromTensorflow", lambda *_: Graph(rows))
    (found,) = open_detector(ssd_card, ssd_files).detect([grey(200, 100)])
    assert found.boxes == pytest.approx(np.array([[20, 20, 100, 60]]), abs=0.01)
    assert found.scores == pytest.approx([0.9])
    assert found.classes.tolist() == [PERSON]


def test_ssd_that_finds_nothing(monkeypatch, ssd_card, ssd_files):
    monkeypatch.setattr(ssd.cv2.dnn, "readNetFromTensorflow", lambda *_: Graph([]))
    assert [len(f) for f in open_detector(ssd_card, ssd_files).detect([grey(20, 20)])] == [0]


# --- around them --------------------------------------------------------------------------------------------


def test_an_output_that_nobody_decodes_is_refused():
    with pytest.raises(ModelError, match="no decoder for 'poem' outputs"):
        open_detector(card("poem", (30, 30), classes={}), NOWHERE)


@pytest.mark.parametrize("decode", ["yolox", "nanodet", "ssd"])
def test_a_file_that_is_no_model_is_named(tmp_path, decode):
    path = tmp_path / "made.onnx"
    path.write_bytes(b"this is not a model")
    (tmp_path / "made.pbtxt").write_bytes(b"nor is this")
    with pytest.raises(ModelError) as caught:
        open_detector(card(decode, (30, 30), classes={}), path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_letterbox_keeps_the_aspect_and_a_stretch_does_not():
    crop = grey(40, 20)
    picture, across, down = prepare(crop, (64, 64), Input((64, 64), fit="letterbox", pad=7))
    assert picture.shape == (3, 64, 64)
    assert (across, down) == (0.625, 0.625)
    assert (picture[:, :32] == 100).all()
    assert (picture[:, 32:] == 7).all()
    picture, across, down = prepare(crop, (64, 64), Input((64, 64), fit="stretch"))
    assert (across, down) == (0.625, 0.3125)
    assert (picture == 100).all()


def test_channels_means_and_scales_are_as_the_card_says():
    crop = np.tile(np.array([10, 20, 30], np.uint8), (8, 8, 1))
    form = Input((8, 8), channels="rgb", mean=(30.0, 10.0, 0.0), scale=(1.0, 0.5, 2.0))
    picture, _, _ = prepare(crop, (8, 8), form)
    assert picture[:, 0, 0].tolist() == [0, 5, 20]
    assert picture.dtype == np.float32
    assert picture.flags.c_contiguous


def test_selecting_keeps_one_box_an_object_and_class():
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 9], [0, 0, 10, 10], [5, 5, 5, 9], [50, 0, 60, 10]], float)
    scores, numbers = np.array([0.5, 0.9, 0.8, 0.9, 0.05]), np.array([0, 0, 2, 0, 0])
    found = select(boxes, scores, numbers, {0: PERSON, 2: CAR})
    assert found.classes.tolist() == [PERSON, CAR]
    assert found.scores == pytest.approx([0.9, 0.8])
    assert len(select(boxes[:0], scores[:0], numbers[:0], {})) == 0


@pytest.mark.model
def test_a_real_network_says_its_own_size(models_folder_shared):
    made = card("yolox", (0, 0), classes={"person": (0,)})
    net = OnnxNet(made, models_folder_shared / "yolox_nano.onnx", 1)
    assert net.size == (416, 416)
    (out,) = net.run(np.zeros((1, 3, 416, 416), np.float32))
    assert out.shape == (1, 3549, 85)
