"""What the probe says of files and folders."""

import os
import shutil
import time
from datetime import UTC, datetime
from fractions import Fraction
from hashlib import sha256

import av
import numpy as np
import pytest

from synopticon.errors import FootageError, NoVideoError, UnreadableError, UsageError
from synopticon.footage.probe import grown, probe
from synopticon.footage.read import open_reader
from synopticon.values.footage import GapReason
from tests.media import SIZE, fast_mp4, number_of, picture, segments, truncate, write_video

NEW_YEAR = datetime(2025, 1, 1, tzinfo=UTC)


def numbers(footage):
    with open_reader(footage) as reader:
        return [number_of(f.y) for f in reader]


def told(gaps):
    return [(round(g.start, 2), round(g.end, 2), g.reason, g.file) for g in gaps]


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_rotated_pictures_come_upright(tmp_path, rotation):
    footage = probe([write_video(tmp_path / "a.mp4", 3, rotation=rotation)])
    file = footage.files[0]
    assert file.rotation == rotation
    assert (footage.width, footage.height) == (SIZE if rotation == 180 else SIZE[::-1])
    with open_reader(footage) as reader:
        frame = next(reader)
    expected = np.rot90(picture(0)[0], -rotation // 90)
    assert frame.y.shape == expected.shape
    assert np.abs(frame.y.astype(int) - expected).mean() < 4
    assert np.abs(np.rot90(frame.u, rotation // 90).astype(int) - picture(0)[1]).mean() < 2


@pytest.mark.parametrize(
    ("aspect", "width"), [(Fraction(4, 3), 128), (Fraction(12, 11), 104), (Fraction(3, 4), 72)]
)
def test_pixels_become_square(tmp_path, aspect, width):
    footage = probe([write_video(tmp_path / "a.mp4", 3, aspect=aspect)])
    assert (footage.width, footage.height) == (width, 64)
    assert (footage.files[0].coded_width, footage.files[0].sample_aspect) == (96, aspect)
    with open_reader(footage) as reader:
        frame = next(reader)
    assert frame.y.shape == (64, width)
    assert frame.u.shape == (32, width // 2)
    cell = 8 * width / 96
    assert frame.y[2:6, : int(10 * cell)].mean() < 40  # the number 0: all cells dark


def test_interlaced_pictures_lose_their_comb(tmp_path):
    """The two fields of each picture show a square at two places; one picture is made of them."""
    path = tmp_path / "comb.mp4"
    options = {"preset": "ultrafast", "crf": "10", "x264-params": "tff=1"}
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options=options)
        stream.codec_context.width, stream.codec_context.height, stream.codec_context.pix_fmt = (
            *SIZE,
            "yuv420p",
        )
        for number in range(20):
            frame = av.VideoFrame(*SIZE, "yuv420p")
            for plane in frame.planes:
                np.frombuffer(plane, np.uint8)[:] = 128
            y = np.frombuffer(frame.planes[0], np.uint8).reshape(-1, frame.planes[0].line_size)
            for field in (0, 1):
                x = 4 * number + 2 * field
                y[16 + field : 48 : 2, x : x + 16] = 230
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    footage = probe([path])
    assert footage.files[0].interlaced
    with open_reader(footage) as reader:
        pictures = [f.y[18:46, :].astype(int) for f in reader]
    assert len(pictures) == 20
    combs = [np.abs(p[1:-1] - (p[:-2] + p[2:]) / 2).mean() for p in pictures]
    with av.open(str(path)) as container:
        raw = [f.to_ndarray(format="gray")[18:46, :96].astype(int) for f in container.decode(video=0)]
    assert max(combs) < 0.3 * np.mean([np.abs(p[1:-1] - (p[:-2] + p[2:]) / 2).mean() for p in raw])


def test_progress_runs_to_the_end_and_an_interrupt_ends_it(tmp_path, monkeypatch):
    from synopticon.footage import probe as module

    path = write_video(tmp_path / "a.mp4", 20)
    digest = module.sha256

    def slow(path, tick, size):
        for _ in range(1000):
            time.sleep(0.005)
            tick(0)
        return digest(path, tick)

    monkeypatch.setattr(module, "sha256", slow)
    shares = []

    def interrupt(share):
        shares.append(share)
        if len(shares) == 2:
            raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        probe([path], progress=interrupt)
    assert time.monotonic() - began < 2
    assert all(0 <= share <= 1 for share in shares)


def test_range_and_depth_keep_the_values(tmp_path):
    for name, keywords in {
        "full.mp4": {"full_range": True},
        "ten.mkv": {"pixel_format": "yuv420p10le"},
    }.items():
        footage = probe([write_video(tmp_path / name, 2, options={"crf": "0"}, **keywords)])
        with open_reader(footage) as reader:
            frame = next(reader)
        assert np.abs(frame.y.astype(int) - picture(0)[0]).max() <= 1


def test_rates_are_those_of_the_recording(tmp_path):
    for index, fps in enumerate((Fraction(25), Fraction(30000, 1001), Fraction(25, 2), Fraction(10))):
        file = probe([write_video(tmp_path / f"{index}.mp4", fps=fps)]).files[0]
        assert file.frame_rate == fps
        assert not file.variable_rate
        assert file.frames == 50
        assert file.keys == 5


def test_a_dropped_frame_now_and_then_is_no_variable_rate(tmp_path):
    times = [i + i // 40 for i in range(120)]
    footage = probe([write_video(tmp_path / "a.mp4", 120, times=times)])
    assert not footage.files[0].variable_rate
    assert footage.gaps == ()
    assert footage.frame_rate == 25


def test_a_pause_is_a_gap(tmp_path):
    times = [i + (100 if i >= 25 else 0) for i in range(50)]
    footage = probe([write_video(tmp_path / "a.mp4", times=times)])
    assert told(footage.gaps) == [(1, 5, GapReason.JUMP, 0)]
    assert footage.duration == 6
    assert numbers(footage) == list(range(50))


def test_times_that_go_back_go_on(tmp_path):
    late = write_video(tmp_path / "late.ts", times=[i + 1000 for i in range(50)], b_frames=2)
    early = write_video(tmp_path / "early.ts", first=50, b_frames=2)
    both = tmp_path / "both.ts"
    both.write_bytes(late.read_bytes() + early.read_bytes())
    footage = probe([both])
    assert told(footage.gaps) == [(2, 2, GapReason.JUMP, 0)]
    assert footage.duration == pytest.approx(4)
    assert numbers(footage) == list(range(100))
    with open_reader(footage, 2.6, 3.0) as reader:
        assert [number_of(f.y) for f in reader] == list(range(65, 75))


def test_segments_follow_each_other_and_what_is_wrong_becomes_a_gap(tmp_path):
    names = ["cam_20240501_080000.mp4", "cam_20240501_080001.mp4", "cam_20240501_080010.mp4"]
    made = list(segments(tmp_path, names))
    (tmp_path / "cam_20240501_080005.mp4").write_bytes(b"")
    (tmp_path / "Player.exe").write_bytes(b"MZ")
    (tmp_path / "read me.txt").write_text("start the player")
    shutil.copy(made[0], tmp_path / "cam_20240501_080012.mp4")
    write_video(tmp_path / "cam_20240501_080020.mp4", 10, size=(64, 96))
    footage = probe([tmp_path])
    assert [f.path.name[-10:-4] for f in footage.files] == [
        "080000",
        "080001",
        "080005",
        "080010",
        "080012",
        "080020",
    ]
    assert [f.error.split(" ")[0] for f in footage.files] == ["", "", "is", "", "has", "its"]
    assert told(footage.gaps) == [
        (2, 5, GapReason.MISSING, -1),
        (5, 10, GapReason.UNREADABLE, 2),
        (11, 20, GapReason.MISSING, -1),
        (20, 20, GapReason.UNREADABLE, 5),
    ]
    assert numbers(footage) == list(range(75))
    assert footage.start_utc == datetime(2024, 5, 1, 8, tzinfo=UTC).timestamp()
    assert any("same content as cam_20240501_080000.mp4" in note for note in footage.notes)
    assert any("64x96, the others' 96x64" in note for note in footage.notes)
    assert any("zone of the camera is unknown" in note for note in footage.notes)


def test_the_start_given_moves_all_clocks(tmp_path):
    list(segments(tmp_path, ["20240501_080000.mp4", "20240501_080030.mp4"]))
    footage = probe([tmp_path], start=NEW_YEAR, zone="Europe/Rome")
    assert [f.clock.start - NEW_YEAR.timestamp() for f in footage.files] == [0, 30]
    assert footage.files[0].clock.source == "user"
    local = probe([tmp_path], start=datetime(2025, 1, 1), zone="Europe/Rome")
    assert local.start_utc == NEW_YEAR.timestamp() - 3600


def test_files_in_the_order_of_their_clocks(tmp_path):
    list(segments(tmp_path, ["b_20240501_080000.mp4", "a_20240501_080001.mp4"]))
    assert [f.path.name[0] for f in probe([tmp_path]).files] == ["b", "a"]


def test_files_without_clocks_in_the_order_named(tmp_path):
    one, two = segments(tmp_path, ["z.mp4", "y.mp4"])
    assert numbers(probe([one, two])) == list(range(50))
    assert [f.path.name for f in probe([tmp_path]).files] == ["y.mp4", "z.mp4"]
    assert any("unknown" in note for note in probe([one, two]).notes)


def test_the_moment_of_an_export_is_no_clock_of_segments(tmp_path):
    metadata = {"creation_time": "2024-05-01T08:30:00Z"}
    for index, name in enumerate(("a.mp4", "b.mp4")):
        write_video(tmp_path / name, 100, first=index * 100, metadata=metadata)
    footage = probe([tmp_path])
    assert footage.start_utc is None
    assert footage.gaps == ()
    assert footage.duration == 8
    assert probe([tmp_path / "a.mp4"]).start_utc == datetime(2024, 5, 1, 8, 30, tzinfo=UTC).timestamp()


def test_a_truncated_file_says_so(tmp_path):
    footage = probe([truncate(fast_mp4(tmp_path / "a.mp4", 100), 0.6)])
    (gap,) = footage.gaps
    assert gap.reason is GapReason.TRUNCATED
    assert gap.end == 4
    assert 1.5 < gap.start < 3
    assert footage.duration == 4


def test_a_file_that_is_being_written_is_read_as_far_as_it_is(tmp_path, monkeypatch):
    path = write_video(tmp_path / "a.ts", 100)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    from synopticon.footage import probe as module

    look = module.look

    def grow(p, *, filled):
        seen = look(p, filled=filled)
        p.write_bytes(whole)
        return seen

    monkeypatch.setattr(module, "look", grow)
    footage = probe([path])
    assert any("still being written" in note for note in footage.notes)
    assert 30 < len(numbers(footage)) < 70
    (gap,) = footage.gaps
    assert (gap.start, gap.end, gap.reason) == (footage.duration, footage.duration, GapReason.TRUNCATED)
    assert footage.files[0].size_bytes == len(whole) // 2
    assert footage.files[0].sha256 == sha256(whole[: len(whole) // 2]).hexdigest()
    assert grown(footage) == (), "it is known already"


@pytest.mark.parametrize(
    "name", ["with space.mp4", "quo'te\".mp4", "new\nline.mp4", "-dash.mp4", "a:b.mp4", "é%20.mp4"]
)
def test_names_are_only_names(tmp_path, monkeypatch, name):
    write_video(tmp_path / "plain.mp4", 3).rename(tmp_path / name)
    assert numbers(probe([tmp_path / name])) == [0, 1, 2]
    assert numbers(probe([tmp_path])) == [0, 1, 2]
    monkeypatch.chdir(tmp_path)
    assert numbers(probe([name])) == [0, 1, 2]


@pytest.mark.posix
def test_a_name_that_is_no_text(tmp_path):
    odd = tmp_path / os.fsdecode(b"caf\xe9.mp4")
    write_video(tmp_path / "plain.mp4", 3).rename(odd)
    assert numbers(probe([odd])) == [0, 1, 2]


def test_a_playlist_opens_nothing(tmp_path):
    target = write_video(tmp_path / "a.ts", 5)
    (tmp_path / "list.m3u8").write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n"
    )
    (tmp_path / "list.txt").write_text(f"ffconcat version 1.0\nfile {target}\n")
    for name in ("list.m3u8", "list.txt"):
        with pytest.raises(FootageError):
            probe([tmp_path / name])


@pytest.mark.parametrize(
    ("name", "content", "error", "words"),
    [
        ("a.mp4", b"", UnreadableError, "is empty"),
        ("a.mp4", b"hello\n" * 100, UnreadableError, "is text"),
        ("a.txt", b"hello\n" * 100, NoVideoError, "is text"),
        ("a.mp4", bytes(range(256)) * 50, UnreadableError, "cannot be opened as video"),
        ("a.mp4", b"\0\0\0\x20ftypisom" + bytes(200), UnreadableError, "no index"),
    ],
)
def test_one_clear_line(tmp_path, name, content, error, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=words) as caught:
        probe([tmp_path / name])
    assert str(tmp_path / name) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_of_broken_files_gives_the_first_reason(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"")
    (tmp_path / "b.mp4").write_bytes(b"text\n")
    with pytest.raises(UnreadableError, match=r"a\.mp4: is empty"):
        probe([tmp_path])


def test_what_is_no_footage_is_said(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        probe([tmp_path / "none.mp4"])
    with pytest.raises(NoVideoError, match="holds no video"):
        probe([tmp_path])
