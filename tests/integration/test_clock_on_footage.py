"""The clock of a motorway webcam, read by the real reader; pictures of the readings show the clock alone."""

import cv2
import pytest

from synopticon.acts.probe import examine_footage, probe_text
from tests.unit.acts.test_probe import valid

pytestmark = pytest.mark.footage


def test_the_clock_of_a_webcam_is_proposed_and_shown(tmp_path, footage_folder):
    path = footage_folder / "iacv_highway" / "tunnelligure_2019_1_14__16_6.mp4"
    found = examine_footage(
        [path], zone="Europe/Rome", look_at_camera=False, clock_pictures=tmp_path / "shown"
    ).report
    clock = valid(found)["clock_in_picture"]
    assert clock["proposal"]["start"].startswith("2019-01-14T16:06:00")
    assert clock["proposal"]["uncertainty"] < 0.2
    assert clock["proposal"]["jumps"] == []
    assert found["clock"]["start"] is None  # it only proposes
    assert "nothing was changed" in "\n".join(probe_text(found))
    (left, top, right, bottom) = clock["lines"][0]
    for reading in clock["readings"]:
        picture = cv2.imread(str(tmp_path / "shown" / reading["picture"]))
        assert picture.shape[0] <= bottom - top + 14
        assert picture.shape[1] <= right - left + 14
