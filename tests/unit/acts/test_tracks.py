"""Tracks in the formats that researchers use."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from synopticon.acts.analysis import AnalysisRequest
from synopticon.acts.tracks import coco, jsonl, mot, write_tracks
from synopticon.errors import OutputError, UsageError
from synopticon.footage.probe import probe
from synopticon.values.detection import CLASSES
from synopticon.values.track import Track
from tests import media
from tests.scene import write_scene


def track(first=2, count=3, label="person", name="x-0-0", step=1):
    k = first + step * np.arange(count)
    x = 10.0 + 2 * k
    boxes = np.stack([x, np.full(count, 5.0), x + 20, np.full(count, 55.0)], 1).astype(np.float32)
    return Track(
        name, label, 0.75, np.zeros(count, np.int32), 512 * k, k / 25, boxes, np.ones(count, np.bool_)
    )


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    return probe([media.write_video(tmp_path_factory.mktemp("tracks") / "gate.mp4", 20)])


def test_mot_counts_frames_from_one_and_lists_them_in_order(footage):
    rows = list(csv.reader(mot([track(2), track(1, name="y-0-0")], footage).splitlines()))
    assert [(int(r[0]), int(r[1])) for r in rows] == [(2, 2), (3, 1), (3, 2), (4, 1), (4, 2), (5, 1)]
    assert rows[1] == ["3", "1", "14.00", "5.00", "20.00", "50.00", "0.750", "-1", "-1", "-1"]


def test_mot_gives_each_frame_of_a_track_once(footage):
    """Watched frames lie apart; those between are filled in, and none comes twice, whatever the times."""
    rows = list(csv.reader(mot([track(0, 4, step=2)], footage).splitlines()))
    assert [int(r[0]) for r in rows] == [1, 2, 3, 4, 5, 6, 7]
    assert [float(r[2]) for r in rows] == [10, 12, 14, 16, 18, 20, 22]
    close = track(0, 4)
    dense = replace(close, times=np.array([0.0, 0.01, 0.04, 0.05]))
    frames = [int(r[0]) for r in csv.reader(mot([dense], footage).splitlines())]
    assert frames == sorted(set(frames))


def test_coco_is_valid_and_counts_from_zero(footage):
    found = json.loads(coco([track(2), track(2, label="car", name="y-0-0")], footage))
    assert [i["id"] for i in found["images"]] == [2, 3, 4]
    assert {c["name"] for c in found["categories"]} == set(CLASSES)
    assert len({a["id"] for a in found["annotations"]}) == 6
    first = found["annotations"][0]
    assert (first["image_id"], first["track_id"]) == (2, 1)
    assert (first["bbox"], first["area"]) == ([14.0, 5.0, 20.0, 50.0], 1000.0)
    names = {c["id"]: c["name"] for c in found["categories"]}
    assert {names[a["category_id"]] for a in found["annotations"]} == {"person", "car"}


def test_json_lines_carry_exact_times(footage):
    (row,) = [json.loads(line) for line in jsonl([track()], footage).splitlines()]
    assert (row["id"], row["class"], row["file"]) == ("x-0-0", "person", "gate.mp4")
    assert row["boxes"][0] == [1024, 0.08, 14.0, 5.0, 34.0, 55.0]
    assert row["time_base"][0] == 1


def test_no_tracks_are_an_empty_file_of_the_format(footage):
    assert mot([], footage) == jsonl([], footage) == ""
    assert json.loads(coco([], footage))["annotations"] == []


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    return write_scene(tmp_path_factory.mktemp("scene") / "scene.mp4", 2, 2.0, 1.0)


@pytest.mark.parametrize("form", ["mot", "coco", "jsonl"])
def test_tracks_are_written_whole(form, scene, tmp_path):
    request = AnalysisRequest((str(scene),), model="none", workspace=tmp_path / "store", workers=1)
    out = tmp_path / "new" / "tracks.txt"
    made = write_tracks(request, out, form)
    assert (made.tracks, made.gaps, made.exit_code, made.path) == (2, 0, 0, out)
    assert out.stat().st_size > 100
    assert [p.name for p in out.parent.iterdir()] == ["tracks.txt"]
    with pytest.raises(OutputError, match="exists already"):
        write_tracks(request, out, form)
    assert write_tracks(request, out, form, classes=["car"], overwrite=True).tracks == 0


def test_what_makes_no_sense_is_said_before_any_work(scene, tmp_path):
    request = AnalysisRequest((str(scene),), model="none", workspace=tmp_path / "store", workers=1)
    with pytest.raises(UsageError, match="no class is called ghost: known are object, person"):
        write_tracks(request, tmp_path / "out.txt", classes=["person", "ghost"])
    with pytest.raises(UsageError, match="is the footage itself"):
        write_tracks(request, scene, overwrite=True)
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(OutputError, match="is a file, not a folder"):
        write_tracks(request, tmp_path / "file" / "out.txt")
    assert not (tmp_path / "store").exists()
