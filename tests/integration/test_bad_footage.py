"""Nothing that is given as footage crashes the program, hangs it, or gives nonsense."""

import subprocess
import sys
import threading
from pathlib import Path

import av
import pytest

from synopticon.errors import FootageError, SynopticonError, UsageError
from synopticon.footage.probe import grown, probe
from synopticon.footage.read import key_times, open_reader
from synopticon.values.footage import GapReason
from tests.media import (
    blank,
    fast_mp4,
    flip,
    number_of,
    segments,
    truncate,
    write_audio,
    write_imkh,
    write_raw,
    write_video,
)

# What is odd about a real file: (pictures given, seconds lost) as they have to come out.
ODD = {
    "bgslibrary/demo.avi": (51, 0.0),
    "bgslibrary/video03.avi": (1699, 0.0),
    "fate_h264/anim.mkv": (71, 0.0),
    "fate_h264/brokensps.mp4": (79, 0.634),
    "fate_h264/displaymatrix.mp4": (32, 22.55),
    "fate_h264/empty_edit_5s.mp4": (0, 10.0),
    "fate_h264/frag_overlap.mp4": (96, 0.0),
    "torchcodec/av1_video.mkv": (125, 0.0),
    "torchcodec/bt709_full_range.mp4": (30, 0.0),
    "torchcodec/h264_10bits.mp4": (30, 0.0),
    "torchcodec/h265_video.mp4": (10, 0.0),
    "torchcodec/nasa_13013.mp4": (325, 0.0),
}
FOLDERS = ("fate_h264", "torchcodec", "bgslibrary")


def read(paths):
    footage = probe(paths)
    with open_reader(footage) as reader:
        frames = list(reader)
        gaps = (*footage.gaps, *reader.gaps)
    assert [f.time for f in frames] == sorted({f.time for f in frames})
    assert all(f.y.shape == (footage.height, footage.width) for f in frames)
    assert sum(len(times) for times in key_times(footage)) >= 1
    assert not [t for t in threading.enumerate() if t.name == "synopticon-decode"]
    return footage, frames, gaps


@pytest.mark.footage
@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", ODD)
def test_odd_files_of_the_field(footage_folder, name):
    _, frames, gaps = read([footage_folder / name])
    count, lost = ODD[name]
    assert len(frames) == count
    assert sum(g.end - g.start for g in gaps) == pytest.approx(lost, abs=0.05)


@pytest.mark.footage
def test_no_odd_file_is_forgotten(footage_folder):
    held = [p for folder in FOLDERS for p in (footage_folder / folder).iterdir()]
    videos = {str(p.relative_to(footage_folder)) for p in held if p.suffix in (".mp4", ".mkv", ".avi")}
    assert videos == set(ODD)


@pytest.mark.footage
def test_displayed_as_meant(footage_folder):
    turned = probe([footage_folder / "fate_h264/displaymatrix.mp4"])
    assert turned.files[0].rotation == 90
    full = probe([footage_folder / "torchcodec/bt709_full_range.mp4"])
    assert (full.files[0].full_range, full.files[0].colour_matrix) == (True, "bt709")
    late = probe([footage_folder / "fate_h264/empty_edit_5s.mp4"])
    assert late.files[0].start_pts == 51200
    assert late.duration == 10


@pytest.mark.footage
def test_the_picture_tells_its_own_time(footage_folder):
    """Pictures of counter.mp4 carry their number and time; any of them is reached exactly."""
    footage = probe([footage_folder / "pyscenedetect/counter.mp4"])
    with open_reader(footage) as reader:
        whole = [(f.pts, f.time, int(f.y.astype(int).sum())) for f in reader]
    assert [round(time, 6) for _, time, _ in whole] == [i / 10 for i in range(30)]
    for start in (0, 7, 13, 29):
        with open_reader(footage, start / 10) as reader:
            frame = next(reader)
        assert (frame.pts, frame.time, int(frame.y.astype(int).sum())) == whole[start]


UNUSABLE = {
    "empty": lambda folder: touch(folder / "a.mp4"),
    "text": lambda folder: touch(folder / "a.mp4", b"this is no video\n" * 50),
    "text by name": lambda folder: touch(folder / "a.txt", b"this is no video\n" * 50),
    "bytes": lambda folder: touch(folder / "a.avi", bytes(range(256)) * 400),
    "audio only": lambda folder: write_audio(folder / "a.mp4"),
    "no index": lambda folder: truncate(write_video(folder / "a.mp4"), 0.5),
    "header only": lambda folder: truncate(write_video(folder / "a.mkv"), 0.02),
    "folder without video": lambda folder: touch(folder / "sub" / "a.txt", b"x").parent,
    "nothing there": lambda folder: folder / "none.mp4",
    "a picture": lambda folder: write_video(folder / "a.png", 1, codec="png", pixel_format="rgb24"),
}


def touch(path: Path, data: bytes = b"") -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", UNUSABLE)
def test_what_cannot_be_used_is_one_line_with_the_name(tmp_path, kind):
    path = UNUSABLE[kind](tmp_path)
    with pytest.raises(SynopticonError) as caught:
        read([path])
    line = str(caught.value)
    assert str(path) in line
    assert "\n" not in line
    assert isinstance(caught.value, FootageError | UsageError)


def test_one_picture(tmp_path):
    footage, frames, gaps = read([write_video(tmp_path / "a.mp4", 1)])
    assert ([number_of(f.y) for f in frames], gaps) == ([0], ())
    assert footage.duration == pytest.approx(0.04)


@pytest.mark.parametrize(
    "make",
    [
        lambda p: truncate(fast_mp4(p / "a.mp4", 100), 0.6),
        lambda p: truncate(write_video(p / "a.mkv", 100), 0.6),
        lambda p: truncate(write_video(p / "a.avi", 100, codec="mpeg4"), 0.6),
        lambda p: blank(fast_mp4(p / "b.mp4", 100), 0.5, 0.6),
        lambda p: blank(write_video(p / "b.mkv", 100), 0.5, 0.6),
        lambda p: blank(write_video(p / "b.ts", 100), 0.5, 0.6),
        lambda p: flip(fast_mp4(p / "c.mp4", 100), 20),
        lambda p: flip(write_video(p / "c.ts", 100, b_frames=2), 20),
    ],
)
def test_damage_becomes_gaps_and_what_is_shown_is_true(tmp_path, make):
    footage, frames, gaps = read([make(tmp_path)])
    assert gaps
    assert 20 < len(frames) < 100
    assert footage.duration == pytest.approx(4, abs=0.05)
    whole = [f for f in frames if not f.corrupt]
    assert len(whole) > 20
    assert [number_of(f.y) for f in whole] == [round(f.time * 25) for f in whole]


def test_a_broken_segment_among_good_ones(tmp_path):
    list(segments(tmp_path, ["20240501_080000.mp4", "20240501_080002.mp4"]))
    touch(tmp_path / "20240501_080001.mp4")
    _, frames, gaps = read([tmp_path])
    assert [number_of(f.y) for f in frames] == list(range(50))
    assert [(g.start, g.end, g.reason) for g in gaps] == [(1, 1, GapReason.UNREADABLE)]


def test_a_file_that_vanishes_between_probe_and_reading(tmp_path):
    path = write_video(tmp_path / "a.mp4")
    footage = probe([path])
    path.unlink()
    with pytest.raises(FootageError, match="no such file"), open_reader(footage) as reader:
        list(reader)


def test_a_segment_that_vanishes_becomes_a_gap(tmp_path):
    list(segments(tmp_path, ["a.mp4", "b.mp4", "c.mp4"]))
    footage = probe([tmp_path])
    (tmp_path / "b.mp4").unlink()
    with open_reader(footage) as reader:
        assert [number_of(f.y) for f in reader] == [*range(25), *range(50, 75)]
    assert [(g.start, g.end, g.reason, g.detail) for g in reader.gaps] == [
        (1, 2, GapReason.UNREADABLE, "no such file; was it moved? Put it back, or name another")
    ]
    assert [len(times) for times in key_times(footage)] == [3, 0, 3]


def test_a_file_that_shrinks_between_probe_and_reading(tmp_path):
    path = write_video(tmp_path / "a.ts", 100)
    footage = probe([path])
    truncate(path, 0.5)
    with open_reader(footage) as reader:
        frames = list(reader)
    assert 30 < len(frames) < 70
    (gap,) = reader.gaps
    assert gap.end == pytest.approx(4)
    assert gap.start == pytest.approx(frames[-1].time, abs=0.09)


def write_live(path, count):
    """A recording as it is while it is written: nothing in it says how long it will be."""
    muxer = {"movflags": "frag_keyframe+empty_moov"} if path.suffix == ".mp4" else {}
    return write_video(path, count, muxer={"live": "1"} if path.suffix == ".mkv" else muxer)


@pytest.mark.parametrize("name", ["a.ts", "a.mkv", "a.mp4", "a.264"])
def test_a_file_that_grows_between_probe_and_reading(tmp_path, name):
    path = write_live(tmp_path / name, 100) if name != "a.264" else write_raw(tmp_path / name, 100)
    whole = path.read_bytes()
    truncate(path, 0.5)
    footage = probe([path])
    assert grown(footage) == ()
    path.write_bytes(whole)
    (late,) = grown(footage)
    assert late.start == late.end == footage.duration
    assert "still being written" in late.detail
    with open_reader(footage) as reader:
        frames = list(reader)
    count = round(footage.duration * 25)
    assert 30 < count < 70
    assert [number_of(f.y) for f in frames] == list(range(count))
    assert reader.gaps == ()


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = write_video(tmp_path / "a.mp4")

    def refuse(*_args, **_keywords):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(av, "open", refuse)
    with pytest.raises(FootageError, match="permissions"):
        probe([path])


@pytest.mark.parametrize("make", [write_raw, write_imkh])
def test_recorder_streams_under_any_name(tmp_path, make):
    path = make(tmp_path / "made.bin" if make is write_imkh else tmp_path / "made.264")
    path = path.rename(tmp_path / "export.mp4")
    _, frames, gaps = read([path])
    assert [number_of(f.y) for f in frames] == list(range(50))
    assert gaps == ()


def test_a_program_that_ends_while_reading_ends(tmp_path):
    path = write_video(tmp_path / "a.mp4", 300)
    code = (
        "import sys; from synopticon.footage.probe import probe\n"
        "from synopticon.footage.read import open_reader\n"
        "reader = open_reader(probe(sys.argv[1:])); frame = next(reader); print(frame.y[0, 0]); sys.exit(3)"
    )
    run = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, timeout=30)
    assert run.returncode == 3, run.stderr
    assert run.stderr == ""
