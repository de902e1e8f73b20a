"""What every kind of recording has to give: each new one is added to RECORDINGS."""

import threading
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from synopticon.errors import UsageError
from synopticon.footage.probe import probe
from synopticon.footage.read import key_times, open_reader
from tests.media import SIZE, number_of, write_av1, write_dav, write_gif, write_imkh, write_raw, write_video

COUNT = 60
SQUARES = [i * i for i in range(COUNT)]

RECORDINGS = {
    "h264.mp4": write_video,
    "h264_b.mp4": partial(write_video, b_frames=2),
    "h264_b.mkv": partial(write_video, b_frames=2),
    "h264_b.ts": partial(write_video, b_frames=2),
    "h264.flv": write_video,
    "h264_open_gop.mkv": partial(
        write_video, b_frames=3, options={"x264-params": "open-gop=1:scenecut=0:bframes=3"}
    ),
    "h264_refresh.mkv": partial(write_video, options={"x264-params": "intra-refresh=1:keyint=10:bframes=0"}),
    "hevc.mp4": partial(write_video, codec="libx265"),
    "hevc_open_gop.mkv": partial(
        write_video,
        codec="libx265",
        options={"x265-params": "log-level=none:pools=1:frame-threads=1:open-gop=1:keyint=10:bframes=3"},
    ),
    "av1.mkv": write_av1,
    "mpeg4.avi": partial(write_video, codec="mpeg4"),
    "mpeg4_b.avi": partial(write_video, codec="mpeg4", b_frames=2),
    "mpeg2.ts": partial(write_video, codec="mpeg2video", b_frames=2),
    "mpeg2.mpg": partial(write_video, codec="mpeg2video", b_frames=2),
    "h264_untimed.mpg": partial(write_video, format="vob"),
    "h264_untimed_b.mpg": partial(write_video, format="vob", b_frames=2),
    "mjpeg.avi": partial(write_video, codec="mjpeg", pixel_format="yuvj420p"),
    "raw_rgb.avi": partial(write_video, codec="rawvideo", pixel_format="bgr24"),
    "ffv1.mkv": partial(write_video, codec="ffv1"),
    "variable.mkv": partial(write_video, times=SQUARES, time_base=Fraction(1, 1000), b_frames=2),
    "variable.mp4": partial(write_video, times=SQUARES, time_base=Fraction(1, 1000), b_frames=2),
    "late_start.mp4": partial(write_video, times=[i + 77 for i in range(COUNT)], b_frames=2),
    "ten_bit.mkv": partial(write_video, pixel_format="yuv420p10le"),
    "chroma_422.mkv": partial(write_video, pixel_format="yuv422p"),
    "chroma_444.mkv": partial(write_video, pixel_format="yuv444p"),
    "full_range.mp4": partial(write_video, full_range=True),
    "interlaced.mp4": partial(write_video, options={"x264-params": "tff=1:scenecut=0"}),
    "interlaced.mpg": partial(write_video, codec="mpeg2video", b_frames=2, options={"flags": "+ildct+ilme"}),
    "odd_size.avi": partial(write_video, codec="mjpeg", pixel_format="yuvj420p", size=(97, 63)),
    "bare.264": write_raw,
    "bare_b.h264": partial(write_raw, b_frames=2),
    "bare.265": partial(write_raw, codec="libx265", b_frames=3),
    "imkh.mp4": write_imkh,
    "camera.dav": write_dav,
    "moving.gif": write_gif,
}


@pytest.fixture(scope="module", params=RECORDINGS, ids=str)
def footage(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("contract") / request.param
    RECORDINGS[request.param](path, COUNT)
    return probe([path])


@pytest.fixture(scope="module")
def whole(footage):
    with open_reader(footage) as reader:
        frames = list(reader)
        assert reader.gaps == ()
    return frames


def same(a, b, slack=0):
    """Whether two frames are the same; ``slack`` grey levels for periodic refresh, which recovers nearly."""
    off = max(np.abs(p.astype(int) - q).max() for p, q in ((a.y, b.y), (a.u, b.u), (a.v, b.v)))
    return (a.pts, a.time) == (b.pts, b.time) and off <= slack


def test_every_picture_comes_once_and_in_order(footage, whole):
    assert [number_of(f.y) for f in whole] == list(range(COUNT))
    assert footage.files[0].frames == COUNT
    assert footage.gaps == ()


def test_times_are_those_of_the_file(footage, whole):
    file = footage.files[0]
    times = [f.time for f in whole]
    step = 0.001 if file.variable_rate else float(1 / file.frame_rate)
    expected = [s / 1000 for s in SQUARES] if file.variable_rate else [i * step for i in range(COUNT)]
    assert times == pytest.approx(expected, abs=0.0051 if file.codec == "gif" else 0.00101)
    assert all(f.time == file.time_of(f.pts) for f in whole)
    assert whole[0].pts == file.start_pts
    assert file.duration == pytest.approx(times[-1] + float(1 / file.frame_rate), rel=0.03)


def test_planes_are_as_promised(footage, whole):
    height, width = footage.height, footage.width
    for frame in whole:
        assert frame.y.shape == (height, width)
        assert frame.u.shape == frame.v.shape == ((height + 1) // 2, (width + 1) // 2)
        for plane in (frame.y, frame.u, frame.v):
            assert plane.dtype == np.uint8
            assert plane.strides[1] == 1
            assert not plane.flags.writeable
        assert not frame.corrupt
    assert abs(float(whole[5].y[20:30].mean()) - 97.5) < 3
    assert whole[0].key


@pytest.mark.parametrize(
    ("first", "last"), [(0, 7), (9, 10), (10, 20), (11, 31), (25, 26), (30, 60), (59, 60)]
)
@pytest.mark.parametrize("ahead", [0, 16])
def test_a_range_gives_the_frames_of_the_whole(footage, whole, first, last, ahead):
    end = whole[last].time if last < COUNT else 1e9
    with open_reader(footage, whole[first].time, end, ahead=ahead, threads=1) as reader:
        frames = list(reader)
        assert reader.gaps == ()
    assert [number_of(f.y) for f in frames] == list(range(first, last))
    slack = 40 if footage.files[0].path.stem == "h264_refresh" else 0
    assert all(same(a, b, slack) for a, b in zip(frames, whole[first:last], strict=True))


def test_a_range_between_two_frames_is_empty(footage, whole):
    with open_reader(footage, whole[20].time + 1e-6, whole[21].time - 1e-6) as reader:
        assert list(reader) == []


def test_ranges_outside_are_empty_or_wrong(footage):
    with open_reader(footage, 1e6) as reader:
        assert list(reader) == []
    with pytest.raises(UsageError, match="after the start"):
        open_reader(footage, 2, 2)


def test_key_frames_are_frames_of_the_whole(footage, whole):
    by_pts = {f.pts: f for f in whole}
    with open_reader(footage, keys_only=True) as reader:
        keys = list(reader)
    assert keys
    assert keys[0].pts == whole[0].pts
    assert all(number_of(k.y) == number_of(by_pts[k.pts].y) for k in keys)
    times = key_times(footage)[0]
    file = footage.files[0]
    assert len(times) == (COUNT // 10 if file.path.stem == "h264_refresh" else file.keys)
    if file.keys > 1 and not file.codec.startswith(("gif", "mjpeg", "raw", "ffv1")) and file.times == "pts":
        assert [k.time for k in keys] == [
            t for i, t in enumerate(times) if not i or t // 0.5 > times[i - 1] // 0.5
        ]
    assert set(times) <= {f.time for f in whole}
    assert np.all(np.diff(times) > 0)


def test_leaving_early_ends_the_thread(footage):
    with open_reader(footage) as reader:
        next(reader)
    assert not [t for t in threading.enumerate() if t.name == "synopticon-decode"]
    reader.close()
    assert list(reader) == []


def test_a_frame_outlives_its_reader(footage, whole):
    with open_reader(footage, ahead=2) as reader:
        first = next(reader)
        copy = first.y.copy()
        list(reader)
    assert np.array_equal(first.y, copy)
    assert same(first, whole[0])


def test_media_are_as_named(footage):
    file = footage.files[0]
    name = file.path.stem
    assert file.interlaced == (name == "interlaced")
    assert file.variable_rate == (name == "variable")
    assert file.full_range == (name in ("full_range", "mjpeg", "odd_size"))
    assert (file.times == "made") == name.startswith("bare")
    assert (file.width, file.height) == ((97, 63) if name == "odd_size" else SIZE)
    assert file.sha256
    assert file.size_bytes == Path(file.path).stat().st_size
