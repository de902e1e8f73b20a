"""The plan of the site: kept in one file, coded anew, cameras only where they can be."""

import cv2
import numpy as np
import pytest

from synopticon.acts.cameras import add_camera
from synopticon.acts.site import LARGEST, place_cameras, set_picture, show_site
from synopticon.acts.workspace import open_workspace
from synopticon.errors import StoreError, UsageError
from synopticon.store.site import NAME


@pytest.fixture
def workspace(tmp_path):
    with open_workspace(tmp_path) as found:
        yield found


def test_a_plan_is_blank_until_it_is_given_and_is_coded_anew(workspace):
    camera = add_camera(workspace, "gate").id
    assert (show_site(workspace).picture, dict(show_site(workspace).places)) == (b"", {})
    hidden = b"a note that must not be kept"
    given = bytes(cv2.imencode(".png", np.full((40, 60, 3), 200, np.uint8))[1]) + hidden
    set_picture(workspace, given)
    place_cameras(workspace, {camera: (0.25, 1.0, 359.0)})
    found = show_site(workspace)
    assert found.picture.startswith(b"\xff\xd8")
    assert hidden not in found.picture
    assert found.places == {camera: (0.25, 1.0, 359.0)}
    assert set_picture(workspace, b"").places == found.places
    last = workspace.log.storage.size()
    said = [e.payload for e in workspace.log.entries(last - 2, last) if e.payload and "plan" in e.payload]
    assert said[-1]["sha256"] is None


def test_what_makes_no_sense_is_refused_and_changes_nothing(workspace):
    camera = add_camera(workspace, "gate").id
    for places in ({"cam-none": (0.5, 0.5, 0.0)}, {camera: (1.1, 0, 0)}, {camera: (0, 0, 360.0)}):
        with pytest.raises(UsageError):
            place_cameras(workspace, places)
    with pytest.raises(UsageError, match="KiB"):
        set_picture(workspace, b"x" * (LARGEST + 1))
    assert not (workspace.folder / NAME).exists()
    (workspace.folder / NAME).write_text("[]")
    with pytest.raises(StoreError, match="draw the plan again"):
        show_site(workspace)
