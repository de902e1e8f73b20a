import time
from itertools import pairwise

import pytest

from synopticon.errors import UsageError
from synopticon.footage.stream import APART, Stream, StreamSettings, _Clock, check_address, shown
from synopticon.values.frame import Frame
from synopticon.values.live import Lost, Opened
from tests.media import number_of, write_video
from tests.streams import camera, transport

QUICK = StreamSettings(stall=1.0, opening=3.0, pauses=(0.1, 0.3))


def taken(stream, until, seconds=25.0):
    """All items up to the first for which ``until`` holds."""
    items, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        if (item := stream.take(0.2)) is not None:
            items.append(item)
            if until(items):
                return items
    raise AssertionError(f"it never came: {[type(i).__name__ for i in items]}")


def of(kind, items):
    return [i for i in items if isinstance(i, kind)]


def frames(n):
    return lambda items: len(of(Frame, items)) >= n


def test_an_address_is_shown_without_what_is_secret():
    assert shown("rtsp://admin:s3cret@10.0.0.7:554/live?token=abc") == "rtsp://10.0.0.7:554/live"
    assert shown("http://host/path#x") == "http://host/path"
    assert shown("rtsp://u:p@host:port/x") == "rtsp://host/x"
    assert shown("/somewhere/a.mp4") == "/somewhere/a.mp4"


def test_what_is_no_stream_is_refused(tmp_path):
    for address in ("ftp://host/a", "concat://a|b", "data://text", str(tmp_path / "no.mp4")):
        with pytest.raises(UsageError):
            check_address(address)
    with pytest.raises(UsageError) as caught:
        check_address("gopher://admin:s3cret@host/")
    assert "s3cret" not in str(caught.value)


def test_a_file_is_watched_as_if_it_were_filmed_now(tmp_path):
    path = write_video(tmp_path / "a.mp4", 20, fps=10)
    begun = time.monotonic()
    with Stream(str(path), begun, QUICK) as stream:
        items = taken(stream, lambda items: bool(of(Lost, items)))
    seen = of(Frame, items)
    assert time.monotonic() - begun >= 1.8
    assert [number_of(f.y) for f in seen] == list(range(20))
    assert all(0.0 < b.time - a.time < 1.0 for a, b in pairwise(seen))
    assert of(Lost, items)[0].seen


def test_a_stream_that_stops_is_opened_again(tmp_path):
    with camera() as feed:
        feed.shows, feed.seconds = transport(tmp_path, count=20), 2.0
        with Stream(feed.url, time.monotonic(), QUICK) as stream:
            items = taken(stream, lambda items: len(of(Opened, items)) >= 2 and isinstance(items[-1], Frame))
    assert len(of(Lost, items)) >= 1
    assert feed.connections >= 2


def test_a_stream_that_stalls_is_lost_and_opened_again(tmp_path):
    with camera() as feed:
        feed.shows, feed.seconds, feed.after = transport(tmp_path, count=20), 1.0, "stall"
        with Stream(feed.url, time.monotonic(), QUICK) as stream:
            lost = of(Lost, taken(stream, lambda items: bool(of(Lost, items))))[0]
            assert "stall" in lost.why
            feed.after = "close"
            taken(stream, lambda items: isinstance(items[-1], Frame))


def test_where_nobody_answers_it_is_tried_again_until_somebody_does(tmp_path):
    with camera() as feed:
        feed.shows, feed.seconds = transport(tmp_path, count=30), 3.0
        feed.close()
        with Stream(feed.url, time.monotonic(), QUICK) as stream:
            lost = taken(stream, lambda items: len(of(Lost, items)) == 2)
            assert all("nobody answers" in i.why and not i.seen for i in lost)
            feed.open()
            taken(stream, frames(3))


def test_another_size_and_another_codec_are_told_of(tmp_path):
    with camera() as feed:
        feed.shows, feed.seconds = transport(tmp_path, count=20), 1.5
        with Stream(feed.url, time.monotonic(), QUICK) as stream:
            taken(stream, frames(5))
            feed.shows = transport(tmp_path, "b.ts", count=60, size=(160, 128), codec="mpeg2video", fps=25)
            items = taken(
                stream, lambda items: any(o.width == 160 for o in of(Opened, items)) and frames(1)(items)
            )
    assert of(Opened, items)[-1].codec == "mpeg2video"


def test_another_size_within_one_stream_is_told_of(tmp_path):
    with camera() as feed:
        feed.shows = transport(tmp_path, count=20) + transport(tmp_path, "b.ts", count=40, size=(160, 128))
        feed.seconds = 3.0
        with Stream(feed.url, time.monotonic(), QUICK) as stream:
            items = taken(stream, lambda items: any(o.width == 160 for o in of(Opened, items)))
    assert of(Opened, items)[0].width == 96


@pytest.mark.parametrize("nonsense", [bytes(range(256)) * 400, b"HTTP/1.1 200 OK\r\n\r\nhello" * 500])
def test_nonsense_is_lost_and_what_comes_then_is_seen(tmp_path, nonsense):
    with camera() as feed:
        feed.shows, feed.seconds = nonsense, 0.3
        with Stream(feed.url, time.monotonic(), QUICK) as stream:
            items = taken(stream, lambda items: bool(of(Lost, items)))
            assert not of(Frame, items)
            feed.shows, feed.seconds = transport(tmp_path, count=40), 3.0
            taken(stream, frames(3))


def test_damage_within_a_stream_does_not_end_it(tmp_path):
    good = transport(tmp_path, count=60)
    bad = bytearray(good)
    third = len(bad) // 3
    bad[third : third + 4000] = bytes((n * 37) % 256 for n in range(4000))
    with camera() as feed:
        feed.shows, feed.seconds = bytes(bad), 3.0
        with Stream(feed.url, time.monotonic(), QUICK) as stream:
            items = taken(stream, lambda items: bool(of(Lost, items)))
    assert len(of(Frame, items)) > 30


def test_who_is_slow_loses_the_oldest_pictures_and_they_are_counted(tmp_path):
    path = write_video(tmp_path / "a.mp4", 40, fps=20)
    with Stream(str(path), time.monotonic(), StreamSettings(waiting=3, pauses=(30.0,))) as stream:
        time.sleep(2.5)
        seen = of(Frame, taken(stream, lambda items: bool(of(Lost, items))))
    assert len(seen) + stream.dropped == 40
    assert number_of(seen[-1].y) == 39
    assert stream.dropped > 20


def test_times_follow_the_arrival_not_the_clock_of_the_camera():
    clock = _Clock(begun=100.0)
    first = [clock.time(5e6 + n * 0.1, 101.0 + n * 0.1) for n in range(10)]
    assert first == pytest.approx([1.0 + n * 0.1 for n in range(10)], abs=0.01)
    # the camera sets its clock an hour back: its times are tied to the arrival anew, and go on
    later = [clock.time(5e6 - 3600 + n * 0.1, 102.0 + n * 0.1) for n in range(10)]
    assert clock.jumps == 1
    assert later == pytest.approx([2.0 + n * 0.1 for n in range(10)], abs=0.02)


def test_a_camera_whose_clock_runs_fast_is_followed():
    clock = _Clock(begun=0.0)
    times = [clock.time(n * 0.1 * 1.001, n * 0.1) for n in range(1, 36000)]
    assert clock.jumps == 0
    assert max(abs(t - n * 0.1) for n, t in enumerate(times, 1)) < 0.2
    assert all(b > a for a, b in pairwise(times))


def test_a_burst_is_not_seen_before_it_came():
    clock = _Clock(begun=0.0)
    times = [clock.time(10 + n * 0.1, 1.0 + n * 0.001) for n in range(30)]
    assert all(t <= 1.0 + n * 0.001 + 0.03 for n, t in enumerate(times))
    assert clock.jumps <= 3.0 / APART
