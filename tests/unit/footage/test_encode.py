"""Values are written as given, files appear whole or not at all, streams hold what was written."""

import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import pytest

from synopticon.errors import OutputError, StoreError, UsageError
from synopticon.footage.encode import SpriteWriter, TimedWriter, VideoWriter, read_sprites
from tests.media import SIZE, number_of, picture


def noise(size, seed):
    chance = np.random.default_rng(seed)
    width, height = size
    half = (height // 2, width // 2)
    return tuple(chance.integers(0, 256, shape, np.uint8) for shape in ((height, width), half, half))


@pytest.mark.parametrize("size", [(2, 2), (16, 16), (50, 38), (320, 180)])
def test_sprites_are_bit_transparent_at_crf_0(size):
    writer = SpriteWriter(*size, crf=0)
    pictures = [noise(size, seed) for seed in range(4)]
    for planes in pictures:
        writer.write(*planes)
    back = list(read_sprites(writer.finish()))
    assert len(back) == 4
    for told, read in zip(pictures, back, strict=True):
        for a, b in zip(told, read, strict=True):
            assert b.flags.c_contiguous
            assert np.array_equal(a, b)


@pytest.mark.parametrize("count", [1, 2, 15, 300])
@pytest.mark.parametrize("moving", [False, True])
def test_sprites_come_back_one_for_one(count, moving):
    writer = SpriteWriter(*SIZE)
    for number in range(count):
        writer.write(*picture(number if moving else 7))
    data = writer.finish()
    assert writer.count == count
    numbers = [number_of(y) for y, _, _ in read_sprites(data)]
    assert numbers == (list(range(count)) if moving else [7] * count)


def test_sprite_stream_holds_one_header_and_no_settings():
    writer = SpriteWriter(*SIZE)
    for number in range(20):
        writer.write(*picture(number))
    data = writer.finish()
    kinds = [unit[0] & 31 for unit in data.split(b"\x00\x00\x01")[1:]]
    assert kinds == [7, 8, 5] + [1] * 19


def test_nothing_written_is_no_stream():
    assert SpriteWriter(*SIZE).finish() == b""
    assert list(read_sprites(b"")) == []


def test_a_finished_sprite_stream_takes_no_more():
    writer = SpriteWriter(*SIZE)
    writer.finish()
    with pytest.raises(UsageError):
        writer.write(*picture(0))


def test_damaged_sprites_are_a_store_error():
    with pytest.raises(StoreError, match="damaged"):
        list(read_sprites(bytes(range(256)) * 8))


def test_sprites_of_one_run_and_another_are_the_same_bytes():
    def once():
        writer = SpriteWriter(*SIZE)
        for number in range(30):
            writer.write(*picture(number))
        return writer.finish()

    assert once() == once()


@pytest.mark.parametrize("size", [(3, 4), (4, 3), (0, 2)])
def test_odd_sizes_are_refused(size, tmp_path):
    with pytest.raises(UsageError, match="even"):
        SpriteWriter(*size)
    with pytest.raises(UsageError, match="even"):
        VideoWriter(tmp_path / "a.mp4", *size, Fraction(25))


def test_planes_of_another_size_are_refused():
    with pytest.raises(UsageError, match="4:2:0"):
        SpriteWriter(32, 32).write(*picture(0))


@pytest.mark.parametrize("matrix", ["bt601", "bt709"])
@pytest.mark.parametrize("full", [False, True])
def test_mp4_is_faststart_tagged_and_exact(tmp_path, matrix, full):
    path = tmp_path / "out.mp4"
    pictures = [noise((64, 48), seed) for seed in range(5)]
    with VideoWriter(
        path,
        64,
        48,
        Fraction(25, 2),
        crf=0,
        full_range=full,
        colour_matrix=matrix,
        metadata={"comment": "synthetic"},
    ) as writer:
        for planes in pictures:
            writer.write(*planes)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.average_rate == Fraction(25, 2)
        assert container.metadata["comment"] == "synthetic"
        assert stream.codec_context.color_range == (2 if full else 1)
        assert stream.codec_context.colorspace == (6 if matrix == "bt601" else 1)
        frames = list(container.decode(stream))
    assert [f.time for f in frames] == [pytest.approx(i * 0.08) for i in range(5)]
    for frame, planes in zip(frames, pictures, strict=True):
        for plane, told in zip(frame.planes, planes, strict=True):
            view = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
            assert np.array_equal(view[: told.shape[0], : told.shape[1]], told)


def test_timed_pictures_keep_their_times_and_the_last_its_length(tmp_path):
    times = [0.0, 0.1, 0.5, 0.6, 2.0]
    with TimedWriter(tmp_path / "out.mp4", *SIZE, Fraction(10)) as writer:
        for number, time in enumerate(times):
            writer.write(*picture(number), time)
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert [f.time for f in container.decode(video=0)] == pytest.approx(times)
        assert container.duration == pytest.approx(2.1e6)


def test_no_encoder_uses_what_depends_on_the_memory_of_before(tmp_path):
    """The encoder writes its settings into the stream: macroblock-tree rate control is off."""
    with TimedWriter(tmp_path / "timed.mp4", *SIZE) as timed:
        timed.write(*picture(0), 0.0)
    with VideoWriter(tmp_path / "steady.mp4", *SIZE, Fraction(25)) as steady:
        steady.write(*picture(0))
    for path in tmp_path.iterdir():
        assert b" mbtree=0 " in path.read_bytes(), path


def test_times_must_increase(tmp_path):
    with TimedWriter(tmp_path / "out.mp4", *SIZE) as writer:
        writer.write(*picture(0), 1.0)
        with pytest.raises(UsageError, match="increase"):
            writer.write(*picture(1), 1.0)


def test_an_output_that_exists_is_kept(tmp_path):
    path = tmp_path / "out.mp4"
    path.write_text("precious")
    with pytest.raises(OutputError, match="--overwrite"):
        VideoWriter(path, *SIZE, Fraction(25))
    assert path.read_text() == "precious"
    with VideoWriter(path, *SIZE, Fraction(25), overwrite=True) as writer:
        writer.write(*picture(0))
    assert path.read_bytes()[4:8] == b"ftyp"


def fail(path):
    with VideoWriter(path, *SIZE, Fraction(25), overwrite=True) as writer:
        writer.write(*picture(0))
        raise RuntimeError


def test_a_failure_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError):
        fail(tmp_path / "out.mp4")
    assert not list(tmp_path.iterdir())


def test_a_failure_keeps_what_was_there(tmp_path):
    path = tmp_path / "out.mp4"
    path.write_text("precious")
    with pytest.raises(RuntimeError):
        fail(path)
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


def test_a_video_without_pictures_is_an_error(tmp_path):
    with (
        pytest.raises(OutputError, match="not one picture"),
        VideoWriter(tmp_path / "o.mp4", *SIZE, Fraction(25)),
    ):
        pass
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(OutputError, match=r"o\.mp4: cannot be written"):
        VideoWriter(tmp_path / "none" / "o.mp4", *SIZE, Fraction(25))


FULL_DISK = """
import resource, signal, sys
from fractions import Fraction
from pathlib import Path
import numpy as np
from synopticon.errors import OutputError
from synopticon.footage.encode import VideoWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
chance = np.random.default_rng(0)
try:
    with VideoWriter(Path(sys.argv[1]), 128, 128, Fraction(25), crf=1) as writer:
        for _ in range(200):
            writer.write(*(chance.integers(0, 256, s, np.uint8) for s in ((128, 128), (64, 64), (64, 64))))
except OutputError as error:
    print(error)
"""


@pytest.mark.posix
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path):
    path = tmp_path / "out.mp4"
    run = subprocess.run([sys.executable, "-c", FULL_DISK, path], capture_output=True, text=True, check=True)
    assert run.stdout.startswith(f"{path}: cannot be written: ")
    assert run.stdout.count("\n") == 1
    assert not list(tmp_path.iterdir())
