"""A part of a recording: whole groups of pictures, every packet the source's own."""

import errno
from fractions import Fraction

import av
import pytest

from synopticon.footage import cut as module
from synopticon.footage.cut import cut
from synopticon.footage.probe import probe
from tests.media import write_raw, write_video


def packets(path):
    with av.open(str(path)) as container:
        (stream,) = container.streams.video
        return [(p.pts * stream.time_base, bytes(p)) for p in container.demux(stream) if p.size]


def described(path):
    return probe([path]).files[0]


CASES = [(name, b) for name in ("a.mp4", "a.mov", "a.mkv", "a.ts") for b in (0, 2)] + [("a.avi", 0)]


@pytest.mark.parametrize(("name", "b_frames"), CASES)
def test_packets_are_the_source_s(tmp_path, name, b_frames):
    source = write_video(tmp_path / name, 60, gop=10, b_frames=b_frames)
    file, target = described(source), tmp_path / f"part{source.suffix}"
    part = cut(file, target, file.offset + 1.0, file.offset + 1.5)
    assert part is not None
    whole, found = packets(source), packets(target)
    data = [d for _, d in whole]
    at = data.index(found[0][1])
    assert data[at : at + len(found)] == [d for _, d in found]
    assert (part.packets, part.first, part.end) == (20, pytest.approx(0.8), pytest.approx(1.6))
    assert probe([target]).files[0].frames == 20


def test_times_between_pictures_stay(tmp_path):
    """Variable rate: the distances between pictures are the source's, to the tick."""
    steps = [0, 3, 4, 9, 20, 21, 30, 31, 33, 47, 50, 51, 60, 64, 70, 71, 75, 80, 90, 99]
    source = write_video(tmp_path / "a.mkv", 20, gop=5, times=steps, time_base=Fraction(1, 100))
    file = described(source)
    assert cut(file, tmp_path / "part.mkv", 0.3, 0.4) is not None
    times = [t for t, _ in packets(source)][5:10]
    cutted = [t for t, _ in packets(tmp_path / "part.mkv")]
    assert [t - cutted[0] for t in cutted] == [t - times[0] for t in times]


def test_to_the_end_there_is_no_later_key_frame(tmp_path):
    file = described(write_video(tmp_path / "a.mp4", 25, gop=10))
    part = cut(file, tmp_path / "part.mp4", 0.9, 1.0)
    assert (part.first, part.end, part.packets) == (pytest.approx(0.8), None, 5)


def test_what_has_no_times_is_not_cut(tmp_path):
    file = described(write_raw(tmp_path / "a.264"))
    assert cut(file, tmp_path / "part.264", 0.5, 1.0) is None
    assert not (tmp_path / "part.264").exists()


def test_a_part_that_is_not_the_source_s_is_not_given(tmp_path, monkeypatch):
    file = described(write_video(tmp_path / "a.mp4", 30, gop=10))
    monkeypatch.setattr(module, "_of", lambda _path: ["0" * 64])
    assert cut(file, tmp_path / "part.mp4", 0.5, 0.6) is None
    assert not (tmp_path / "part.mp4").exists()


def test_a_full_disk_is_no_reason_to_hand_over_more(tmp_path, monkeypatch):
    file = described(write_video(tmp_path / "a.mp4", 30, gop=10))

    def full(*_):
        raise av.FFmpegError(errno.ENOSPC, "No space left")

    monkeypatch.setattr(module, "_copy", full)
    with pytest.raises(OSError, match="No space"):
        cut(file, tmp_path / "part.mp4", 0.5, 0.6)
    assert not (tmp_path / "part.mp4").exists()
