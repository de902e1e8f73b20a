import time

from synopticon.footage.probe import probe
from synopticon.footage.segments import PART, Recorder, segment_of
from synopticon.footage.stream import Stream, StreamSettings
from tests.media import write_video


def recorded(folder, path, seconds, length):
    found = []
    record = Recorder(folder, found.append, length)
    with Stream(str(path), time.monotonic(), StreamSettings(), record):
        time.sleep(seconds)
    return found, record


def test_segments_begin_with_key_frames_and_hold_every_picture(tmp_path):
    path = write_video(tmp_path / "a.mp4", 45, fps=10, gop=10)
    found, record = recorded(tmp_path / "kept", path, 4.9, 1.5)
    assert record.failed == ""
    assert len(found) >= 2
    assert [segment_of(one.path).start for one in found] == [round(one.start, 6) for one in found]
    footage = [probe([one.path]) for one in found]
    assert all(not f.gaps and f.files[0].keys >= 1 for f in footage)
    assert sum(f.files[0].frames for f in footage) >= 45
    assert not list((tmp_path / "kept").glob(f"*{PART}"))


def test_what_a_killed_process_leaves_can_be_read(tmp_path):
    path = write_video(tmp_path / "a.mp4", 60, fps=10, gop=10, size=(320, 240))
    record = Recorder(tmp_path / "kept", lambda _: None, 60.0)
    with Stream(str(path), time.monotonic(), StreamSettings(), record):
        time.sleep(4.0)
        (left,) = (tmp_path / "kept").glob(f"*{PART}")
        bytes_ = left.read_bytes()
    torn = tmp_path / left.name.removesuffix(PART)
    torn.write_bytes(bytes_)
    assert segment_of(torn) is not None
    if len(bytes_) > 5000:
        assert probe([torn]).duration > 0.5


def test_a_folder_that_cannot_be_written_is_told_of_and_ends_nothing(tmp_path):
    path = write_video(tmp_path / "a.mp4", 20, fps=10)
    (tmp_path / "kept").write_text("no folder")
    found, record = recorded(tmp_path / "kept", path, 1.5, 1.0)
    assert not found
    assert record.failed


def test_other_names_are_no_segments(tmp_path):
    assert segment_of(tmp_path / "holiday.mkv") is None
