"""The ground over HTTP: people to measure it against, a trial that looks at nothing, what is kept."""

import numpy as np
import pytest

from synopticon.governance.users import Role
from synopticon.values.ground import of_points
from tests.investigation import WHY
from tests.site import acts

PLACES = [[0.1, 0.9], [0.9, 0.9], [0.7, 0.4], [0.3, 0.4]]
METRES = [[0, 0], [8, 0], [8, 9], [0, 9]]


def test_people_are_boxes_in_the_picture_and_no_more(ines, inquiry):
    url = f"/api/cameras/{inquiry.camera}/people"
    boxes = ines.get(url, params={"case": inquiry.case, "reason": WHY}).json()
    assert 3 <= len(boxes) <= 9  # three figures, a few boxes each
    for x1, y1, x2, y2 in boxes:
        assert 0 < x1 < x2 < 1
        assert 0 < y1 < y2 < 1
        assert (y2 - y1) * 240 > (x2 - x1) * 320  # upright


def test_a_trial_reckons_and_leaves_no_entry(ines, inquiry):
    sent = {"picture": PLACES, "metres": METRES, "width": 1280, "height": 720}
    with acts(inquiry.workspace) as found:
        said = ines.post("/api/grounds/trial", json={**sent, "boxes": [[0.4, 0.4, 0.5, 0.8]]}).json()
    assert found == []
    assert said["fits"] is True
    assert said["lines"]
    assert said["error"] == pytest.approx(0, abs=1e-6)
    assert len(said["heights"]) == 1
    wrong = {**sent, "metres": [[0, 0], [1, 1], [2, 2], [3, 3]]}
    assert ines.post("/api/grounds/trial", json=wrong).json()["fits"] is False
    for odd in ({"width": 0}, {"picture": PLACES[:3]}, {"boxes": [[0, 0, 1, 1]] * 401}):
        assert ines.post("/api/grounds/trial", json={**sent, **odd}).status_code == 422


def test_what_is_kept_is_told_by_places_of_the_same_ground(browsers, inquiry):
    otto = browsers[Role.OPERATOR]
    url = f"/api/cameras/{inquiry.camera}/ground"
    assert otto.put(url, json={"picture": PLACES, "metres": METRES}).status_code == 204
    told = otto.get(url).json()
    assert len(told["picture"]) == 4
    again = of_points(told["picture"], told["metres"])
    assert again.metres(PLACES) == pytest.approx(np.array(METRES), abs=1e-6)
    assert ines_sees(browsers, url) == told


def ines_sees(browsers, url):
    """Whoever reads cameras reads their ground."""
    return browsers[Role.INVESTIGATOR].get(url).json()
