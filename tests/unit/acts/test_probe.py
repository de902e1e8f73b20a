"""The report is complete, valid against its schema, and readable."""

import json
from fractions import Fraction
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from synopticon.acts.probe import clock_time, examine_footage, moment, probe_report, probe_text, unseen
from synopticon.footage.encode import VideoWriter
from synopticon.footage.probe import probe
from synopticon.values.footage import Gap, GapReason
from tests.media import fast_mp4, segments, truncate, write_video

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "probe.schema.json").read_text())


def valid(report):
    jsonschema.validate(json.loads(json.dumps(report)), SCHEMA)
    return report


def test_a_plain_file(tmp_path):
    path = write_video(tmp_path / "gate.mp4")
    found = examine_footage([path], look_at_camera=False)
    report = valid(found.report)
    assert found.exit_code == 0
    assert (report["camera"], report["duration"], report["seen"], report["frames"]) == ("gate", 2.0, 2.0, 50)
    text = list(probe_text(report))
    assert text[0] == "gate: 0:00:02.0, 96x64, 25 frames a second"
    assert "began: unknown" in text
    assert not any("gaps" in line or "moves" in line for line in text)


def test_gaps_are_counted_and_change_the_exit_code(tmp_path):
    found = examine_footage([truncate(fast_mp4(tmp_path / "a.mp4", 100), 0.6)], look_at_camera=False)
    report = valid(found.report)
    assert found.exit_code == 4
    (gap,) = report["gaps"]
    assert report["seen"] == pytest.approx(4 - (gap["end"] - gap["start"]))
    assert any("truncated" in line for line in probe_text(report))


def test_a_folder_with_a_broken_file_and_a_clock(tmp_path):
    list(segments(tmp_path, ["20240501_080000.mp4", "20240501_080010.mp4"]))
    (tmp_path / "20240501_080005.mp4").write_bytes(b"")
    report = valid(examine_footage([tmp_path], zone="Europe/Rome", look_at_camera=False).report)
    assert report["clock"]["start"] == "2024-05-01T08:00:00.000+02:00"
    assert report["files"][1]["error"].startswith("is empty; give")
    text = "\n".join(probe_text(report))
    assert "not read: is empty" in text
    assert "unreadable: is empty" in text


@pytest.mark.parametrize(("share", "unreliable"), [(None, None), (0.0, False), (0.9, True)])
def test_a_moving_camera_is_said(tmp_path, share, unreliable):
    report = valid(probe_report(probe([write_video(tmp_path / "a.mp4", 5)]), share))
    assert report["camera_moves"]["unreliable"] is unreliable
    assert any("results are unreliable" in line for line in probe_text(report)) is bool(unreliable)


def scene(path, step):
    """Random blocks in which a square passes, seen by a camera that moves ``step`` pixels a frame."""
    blocks = np.random.default_rng(1).integers(40, 200, (30, 100), np.uint8)
    wide = np.kron(blocks, np.ones((8, 8), np.uint8))
    with VideoWriter(path, 320, 240, Fraction(5)) as writer:
        for number in range(60):
            y = wide[:, number * step : number * step + 320].copy()
            y[100:120, number * 4 : number * 4 + 20] = 255
            gray = np.full((120, 160), 128, np.uint8)
            writer.write(y, gray, gray)
    return path


@pytest.mark.parametrize(("step", "moves"), [(0, False), (8, True)])
def test_a_camera_that_moves_is_told_from_one_that_stands(tmp_path, step, moves):
    found = examine_footage([scene(tmp_path / "a.mp4", step)])
    assert found.report["camera_moves"]["unreliable"] is moves


def test_gaps_that_overlap_count_once():
    gaps = [Gap(a, b, GapReason.DAMAGED) for a, b in ((0, 4), (2, 3), (3, 6), (10, 10), (9, 11))]
    assert unseen(gaps) == 8


def test_moments_and_lengths():
    assert moment(None, "") is None
    assert moment(0.5, "") == "1970-01-01T00:00:00.500"
    assert moment(0, "Europe/Rome") == "1970-01-01T01:00:00.000+01:00"
    assert [clock_time(s) for s in (0, 59.96, 3661.5)] == ["0:00:00.0", "0:01:00.0", "1:01:01.5"]
