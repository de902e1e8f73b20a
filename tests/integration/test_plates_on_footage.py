"""From a recording to a plate that is found and shown: the real detector, reader, seal and search."""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from synopticon.acts import plates
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.search import search
from synopticon.footage.encode import VideoWriter
from tests.investigation import WHY, investigate
from tests.people import HOUR, NOW

pytestmark = [pytest.mark.footage, pytest.mark.model]
TEXT = "RK565AV"


def write_passing(path, photo):
    """A photo of a car passes over a blurred, noisy ground: 1280x720, 12 pictures a second, 12 s."""
    rng = np.random.default_rng(1)
    ground = cv2.GaussianBlur(rng.integers(60, 140, (720, 1280, 3)).astype(np.uint8), (0, 0), 9)
    car = cv2.resize(photo, (640, round(photo.shape[0] * 640 / photo.shape[1])))[:500]
    noisy = [np.clip(ground + rng.normal(0, 2, ground.shape), 0, 255).astype(np.uint8) for _ in range(4)]
    with VideoWriter(path, 1280, 720, Fraction(12)) as video:
        for k in range(144):
            frame = noisy[k % 4].copy()
            x = 20 * (k - 24) - 640
            left, right = max(x, 0), min(x + 640, 1280)
            if right > left:
                frame[200 : 200 + len(car), left:right] = car[:, left - x : right - x]
            video.write(*_planes(frame))
    return path


def _planes(frame):
    rows = cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420)
    return rows[:720], rows[720:900].reshape(360, 640), rows[900:].reshape(360, 640)


def test_a_plate_is_read_sealed_found_and_shown_for_a_reason(
    tmp_path, monkeypatch, footage_folder, models_folder_shared
):
    photo = cv2.imread(str(footage_folder / "openalpr_benchmarks" / "eu" / "test_089.jpg"))
    path = write_passing(tmp_path / "car.mp4", photo)
    made = investigate(tmp_path / "made", monkeypatch)
    asked = IngestRequest(
        (str(path),), "gate", model="yolox-nano", models_folder=models_folder_shared,
        start=NOW + 2 * HOUR, case=made.case,
    )  # fmt: skip
    ingest(made.workspace, asked)
    found = search(made.workspace, f"plate:{TEXT}", case=made.case, reason=WHY).found.hits
    assert [hit.label in ("car", "van") for hit in found] == [True]
    assert TEXT not in str(found[0])
    clear = [p for p in made.workspace.folder.rglob("*") if p.is_file() and TEXT.encode() in p.read_bytes()]
    assert clear == []
    (shown,) = plates.reveal(made.workspace, [found[0].track], case=made.case, reason=WHY)
    assert shown.text == TEXT
    assert min(shown.confidence) > 0.4
