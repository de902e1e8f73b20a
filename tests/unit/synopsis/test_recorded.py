"""A manifest is read back as it was written, and nothing else is taken for one."""

import json

import pytest

from synopticon.errors import UsageError
from synopticon.synopsis.recorded import is_manifest, read_manifest


def written(path, **changes):
    """A small manifest as JSON; ``changes`` are of its head."""
    one = {
        "id": "aa-0-0", "class": "person", "source": {"file": "a.mp4", "start": 0.0, "end": 0.2},
        "fade": [0, 0], "frames": [[5, 0.0, 1.0, 2.0, 3.0, 4.0], [6, 0.1, 2.0, 2.0, 3.0, 4.0]],
        "time_base": [1, 10], "pts": [0, 1], "z": [0, 0], "label": [[], []], "mask": [],
    }  # fmt: skip
    clock = {"start": None, "source": "unknown", "uncertainty": 0.0, "zone": ""}
    head = {
        "format": "synopticon-manifest", "version": 1, "marks": [], "video": {"fps": 10.0, "sha256": "ab"},
        "camera": "gate", "plan": {"fps": 10.0}, "settings": {}, "models": [], "made_with": {},
        "inputs": [{"file": "../a.mp4", "sha256": "cd" * 32, "size_bytes": 7, "clock": clock, "error": ""}],
        "objects": [one], "left_out": [],
    }  # fmt: skip
    path.write_text(json.dumps(head | changes), "utf-8")
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out.json"


def test_objects_come_back_as_tracks(path):
    found = read_manifest(written(path))
    (track,) = found.objects
    assert (track.id, track.label, track.first) == ("aa-0-0", "person", 5)
    assert track.times.tolist() == [0.0, 0.1]
    assert track.boxes.tolist() == [[1, 2, 4, 6], [2, 2, 5, 6]]
    assert str(found.inputs[0].file) == "../a.mp4"
    assert is_manifest(path)


def test_digests_tell_what_changed(path):
    before = read_manifest(written(path))
    moved = json.loads(path.read_text("utf-8"))["objects"]
    moved[0]["frames"][0][0] = 4
    after = read_manifest(written(path, objects=moved))
    assert (before.tracks == after.tracks, before.plan == after.plan) == (True, False)
    moved[0]["frames"][0][2] = 9.0
    assert read_manifest(written(path, objects=moved)).tracks != before.tracks


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"format": "other"}, "no manifest of a synopsis"),
        ({"version": 2}, "use a newer Synopticon"),
        ({"version": "1"}, "use a newer Synopticon"),
        ({"objects": [{"id": "a"}]}, "no manifest of a synopsis"),
        ({"inputs": []}, "no manifest of a synopsis"),
        ({"video": {}}, "no manifest of a synopsis"),
        (
            {"left_out": float("nan"), "plan": None, "models": None, "settings": 3},
            "no manifest of a synopsis",
        ),
    ],
)
def test_anything_else_is_refused_in_one_line(path, changes, says):
    with pytest.raises(UsageError, match=says) as error:
        read_manifest(written(path, **changes))
    assert "\n" not in str(error.value)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    "file", ["/etc/passwd", "", "..", "a/../../../b", "../" * 50 + "a.mp4", "a\\..\\b.mp4"]
)
def test_a_path_that_leads_elsewhere_is_refused(path, file):
    """A manifest may come from anybody: what it names is linked into a folder by that path."""
    (one,) = json.loads(written(path).read_text("utf-8"))["inputs"]
    with pytest.raises(UsageError, match="no relative path"):
        read_manifest(written(path, inputs=[one | {"file": file}]))


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[]", b"[" * 100_000])
def test_bytes_that_are_no_json_are_refused(path, data):
    path.write_bytes(data)
    assert not is_manifest(path)
    with pytest.raises(UsageError, match="no manifest"):
        read_manifest(path)
