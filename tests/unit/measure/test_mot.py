"""Tracking measures against hand-made cases."""

from pathlib import Path

import numpy as np
import pytest

from synopticon.errors import UsageError
from synopticon.measure.mot import MotTable, iou_matrix, mot_scores, mot_table, mot_text, read_mot
from synopticon.values.track import Track


def table(rows: list[tuple[int, int, float]]) -> MotTable:
    """Boxes of 10 x 10 at x on one line: (frame, id, x)."""
    a = np.array(rows, np.float64).reshape(-1, 3)
    boxes = np.stack([a[:, 2], a[:, 2] * 0, a[:, 2] + 10, a[:, 2] * 0 + 10], axis=1)
    return MotTable(a[:, 0].astype(np.int64), a[:, 1].astype(np.int64), boxes.astype(np.float32))


def track(label: str = "person", n: int = 3, fps: float = 10.0) -> Track:
    boxes = np.tile(np.array([[5, 6, 15, 26]], np.float32), (n, 1))
    return Track(
        "0-0-0",
        label,
        0.9,
        np.zeros(n, np.int32),
        np.arange(n),
        np.arange(n) / fps,
        boxes,
        np.arange(n) % 2 == 0,
    )


TWO = [(f, i, 100.0 * i) for f in (1, 2, 3, 4) for i in (1, 2)]


def test_truth_against_itself_is_perfect():
    scores = mot_scores(table(TWO), table(TWO))
    assert scores["MOTA"] == scores["IDF1"] == scores["HOTA"] == 1.0
    assert scores["FP"] == scores["FN"] == scores["IDSW"] == 0


def test_a_switch_a_miss_and_a_false_box_are_each_counted_once():
    # Person 1 becomes track 7 in frame 3 (one switch); person 2 is missed in frame 4; frame 1 has a ghost.
    found = [(1, 1, 100.0), (2, 1, 100.0), (3, 7, 100.0), (4, 7, 100.0)]
    found += [(f, 2, 200.0) for f in (1, 2, 3)] + [(1, 9, 900.0)]
    scores = mot_scores(table(TWO), table(sorted(found)))
    assert (scores["IDSW"], scores["FN"], scores["FP"]) == (1, 1, 1)
    assert scores["MOTA"] == pytest.approx(1 - 3 / 8)
    # Ids are matched one to one for the whole clip: person 1 keeps 2 boxes, person 2 keeps 3.
    assert scores["IDF1"] == pytest.approx(2 * 5 / (8 + 8))
    assert scores["recall"] == pytest.approx(7 / 8)
    assert scores["precision"] == pytest.approx(7 / 8)


def test_boxes_below_the_threshold_do_not_match():
    moved = table([(f, i, x + 4.0) for f, i, x in TWO])  # IoU 6 / 14
    assert mot_scores(table(TWO), moved)["MOTA"] == -1.0
    assert mot_scores(table(TWO), moved, iou=0.4)["MOTA"] == 1.0


@pytest.mark.parametrize(("truth", "found"), [(TWO, []), ([], TWO), ([], [])])
def test_empty_tables_are_scored(truth, found):
    scores = mot_scores(table(truth), table(found))
    assert (scores["FN"], scores["FP"]) == (len(truth), len(found))


def test_iou_of_touching_nested_and_empty_boxes():
    a = np.array([[0, 0, 10, 10], [3, 3, 3, 3]], np.float32)
    b = np.array([[10, 0, 20, 10], [0, 0, 5, 10], [0, 0, 10, 10]], np.float32)
    assert np.allclose(iou_matrix(a, b), [[0, 0.5, 1], [0, 0, 0]])


def test_tracks_become_rows_and_text_and_come_back(tmp_path: Path):
    made = mot_table([track("car"), track("person")], 10.0, group="person")
    assert made.frames.tolist() == [1, 2, 3]
    assert made.ids.tolist() == [2, 2, 2]
    (tmp_path / "t.txt").write_text(mot_text(made), "utf-8")
    back = read_mot(tmp_path / "t.txt")
    assert np.array_equal(back.boxes, made.boxes)
    assert np.array_equal(back.frames, made.frames)


def test_frames_between_watched_ones_are_filled():
    watched = track()
    whole = mot_table([watched], 20.0)
    assert whole.frames.tolist() == list(range(1, 2 * len(watched)))
    assert np.allclose(whole.boxes[1], (watched.boxes[0] + watched.boxes[1]) / 2)


def test_one_group_alone_when_asked():
    assert len(mot_table([track("car")], 10.0, group="person")) == 0


def test_rows_marked_zero_do_not_count_unless_asked(tmp_path: Path):
    (tmp_path / "gt.txt").write_text(
        "2,1,0,0,5,5,1,-1,-1,-1\n1,1,0,0,5,5,0,-1,-1,-1\n\n1,2,1,1,2,2\n", "utf-8"
    )
    assert read_mot(tmp_path / "gt.txt").frames.tolist() == [1, 2]
    assert read_mot(tmp_path / "gt.txt", min_confidence=-1).ids.tolist() == [1, 2, 1]


@pytest.mark.parametrize("line", ["0,1,1,1,2,2", "1,1,1,1", "a,b,c,d,e,f", "1,1,nan,1,2,2"])
def test_a_bad_line_is_named(tmp_path: Path, line: str):
    (tmp_path / "gt.txt").write_text(f"1,1,1,1,2,2\n{line}\n", "utf-8")
    with pytest.raises(UsageError, match="line 2"):
        read_mot(tmp_path / "gt.txt")


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(UsageError, match=r"none\.txt"):
        read_mot(tmp_path / "none.txt")
