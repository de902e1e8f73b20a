import numpy as np
import pytest

from synopticon.errors import UsageError
from synopticon.synopsis.trackfile import load_tracks, read_tracks
from synopticon.synopsis.tubeset import sample_index, tube_set
from synopticon.values.track import Track


def track(times, name="a"):
    times = np.array(times, float)
    n = len(times)
    boxes = np.stack([np.arange(n), np.zeros(n), np.arange(n) + 5, np.full(n, 9)], 1).astype(np.float32)
    return Track(name, "person", 1.0, np.zeros(n, np.int32), np.arange(n), times, boxes, np.ones(n, np.bool_))


def test_each_grid_frame_takes_the_nearest_sample():
    rng = np.random.default_rng(0)
    for _ in range(20):
        times = 3 + np.cumsum(rng.uniform(0.01, 0.3, 30))
        one, fps = track(times), float(rng.uniform(3, 30))
        index = sample_index(one, fps)
        grid = times[0] + np.arange(len(index)) / fps
        distance = np.abs(times[None] - grid[:, None])
        assert np.allclose(distance[np.arange(len(index)), index], distance.min(1))
        assert abs(grid[-1] - times[-1]) <= 0.5 / fps + 1e-9


def test_one_sample_is_one_frame():
    assert sample_index(track([4.2]), 25).tolist() == [0]


def test_tracks_become_tubes_on_the_grid():
    tubes = tube_set([track([1.0, 1.1, 1.2]), track([0.0, 0.5], "b")], 10, 64, 48)
    assert tubes.ids == ("a", "b")
    assert tubes.starts.tolist() == [10, 0]
    assert tubes.lengths.tolist() == [3, 6]
    assert tubes.boxes[3:, 0].tolist() == [0, 0, 0, 1, 1, 1]
    assert tubes.length == 13
    assert tubes.groups.tolist() == [-1, -1]


def test_no_track_is_an_empty_set():
    tubes = tube_set([], 10, 64, 48)
    assert len(tubes) == 0
    assert tubes.boxes.shape == (0, 4)


def write(folder, text, name="tracks.csv"):
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_csv_counts_from_0_and_has_groups(tmp_path):
    text = "frame,id,x,y,w,h,group\n4,7,1,2,3,4,5\n5,7,2.5,2,3,4,5\n2,3,0,0,9,9,1\n"
    tubes, notes = load_tracks(write(tmp_path, text), 64, 48, 5, 20)
    assert tubes.ids == ("3", "7")
    assert tubes.starts.tolist() == [2, 4]
    assert tubes.groups.tolist() == [1, 5]
    assert tubes.boxes.tolist() == [[0, 0, 9, 9], [1, 2, 4, 6], [2.5, 2, 5.5, 6]]
    assert notes == ()


def test_mot_text_counts_from_1_and_may_go_on(tmp_path):
    text = "1,-1,-2.5,3e0,10,4,0.9,-1,-1,-1\r\n2,-1,0,3,10,4,0.9,-1,-1,-1\r\n\r\n"
    tubes, notes = load_tracks(write(tmp_path, text, "gt.txt"), 64, 48, 5, 20)
    assert tubes.ids == ("-1",)
    assert tubes.starts.tolist() == [0]
    assert tubes.boxes.tolist() == [[0, 3, 7.5, 7], [0, 3, 10, 7]]
    assert "no group column" in notes[0]


def test_holes_are_filled_and_noted(tmp_path):
    text = "frame,id,x,y,w,h\n3,1,0,0,4,4\n6,1,6,3,4,10\n7,1,6,3,4,10\n5,2,0,0,4,4\n"
    tubes, notes = load_tracks(write(tmp_path, text), 64, 48, 5, 20)
    assert tubes.lengths.tolist() == [5, 1]
    assert tubes.boxes[:4].tolist() == [[0, 0, 4, 4], [2, 1, 6, 7], [4, 2, 8, 10], [6, 3, 10, 13]]
    assert any("2 missing frames" in note for note in notes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("frame,id,x,y,w,h\n", "holds no row"),
        ("frame,id,x,y,w,h\n1,1,0,0,4,4\n2,1,zero,0,4,4\n", "line 3"),
        ("frame,id,x,y,w,h\n1,1,0,0,4\n", "too few"),
        ("frame,id,x,y,w,h\n1,1,0,0,4,4,1,1\n", "too many"),
        ("frame,id,x,y,w,h\n1.5,1,0,0,4,4\n", "whole numbers"),
        ("frame,id,x,y,w,h\n1,1,0,0,0,4\n", "above 0"),
        ("frame,id,x,y,w,h\n1,1,0,0,nan,4\n", "line 2"),
        ("frame,id,x,y,w,h\n1,1,0,0,1e,4\n", "not a number"),
        ("frame,id,x,y,w,h\n1,1,0,0,4,4\n\n1,1,0,0,4,4\n", "line 4"),
        ("frame,id,x,y,w,h\n20,1,0,0,4,4\n", "outside the 20 frames"),
        ("frame,id,x,y,w,h\n-1,1,0,0,4,4\n", "outside"),
        ("time,who\n", "header"),
    ],
)
def test_a_bad_file_gets_one_line_that_names_it(tmp_path, text, words):
    path = write(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        read_tracks(path, 64, 48, 5, 20)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"nothing\.csv"):
        read_tracks(tmp_path / "nothing.csv", 64, 48, 5, 20)
