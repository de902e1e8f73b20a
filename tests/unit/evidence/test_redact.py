"""Filling and writing: what lay under a mask is gone, and the times of the original stay."""

from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synopticon.errors import FootageError
from synopticon.evidence.redact import (
    RedactSettings,
    _size,
    check_sound,
    filled,
    masked_frames,
    redact,
)
from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.synopsis.door import FILL
from synopticon.values.frame import Frame
from synopticon.vision.masks import MaskPlan, Sightings, Strand, Strands
from tests import media

ZONE = (40.0, 20.0, 72.0, 44.0)
SIZE = (160, 96)


def plan(zone=ZONE, start=0.0, end=100.0, bare=()):
    one = Strand("t", np.array([start]), np.array([zone], np.float32), start, end)
    none = Sightings(np.zeros(0), np.zeros((0, 4), np.float32), np.zeros(0))
    return MaskPlan(Strands([one]), none, Strands(()), np.array(bare, np.float64))


def noisy(path, count=12, rate=10, seed=3):
    """Pictures of strong noise, in which nothing can be guessed from what lies beside it."""
    random = np.random.default_rng(seed)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": "6", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for _ in range(count):
            frame = av.VideoFrame(*SIZE, "yuv420p")
            for plane, shape in zip(frame.planes, ((96, 160), (48, 80), (48, 80)), strict=True):
                view = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
                view[: shape[0], : shape[1]] = random.integers(40, 216, shape)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def pictures(path):
    with open_reader(probe((str(path),))) as reader:
        return [(f.pts, f.y.copy(), f.u.copy(), f.v.copy()) for f in reader]


def correlation(a, b):
    return abs(np.corrcoef(a.ravel().astype(float), b.ravel().astype(float))[0, 1])


def test_masked_pixels_are_gone(tmp_path):
    source = noisy(tmp_path / "in.mp4")
    out = tmp_path / "out.mp4"
    redact(probe((str(source),)), plan(), None, out, RedactSettings())
    x1, y1, x2, y2 = (int(v) for v in ZONE)
    before, after = pictures(source), pictures(out)
    inside = np.stack([p[1][y1:y2, x1:x2] for p in after]).astype(float)
    original = np.stack([p[1][y1:y2, x1:x2] for p in before])
    # The encoder leaves ripples at the zone's border: they come from outside, and tell nothing of inside.
    assert abs(inside[:, 4:-4, 4:-4] - FILL).max() <= 6
    assert correlation(inside, original) < 0.03
    assert correlation(inside - inside.mean(0), original - original.mean(0)) < 0.03
    beside = np.s_[50:90, 90:150]
    assert all(correlation(a[1][beside], b[1][beside]) > 0.9 for a, b in zip(after, before, strict=True))


def test_the_same_test_finds_what_is_left_in(tmp_path):
    """A mosaic of blocks of four pixels keeps enough to be found."""
    picture = pictures(noisy(tmp_path / "in.mp4", 1))[0][1][20:44, 40:72]
    blocks = picture.reshape(6, 4, 8, 4).mean((1, 3)).repeat(4, 0).repeat(4, 1)
    assert correlation(blocks, picture) > 0.1


@pytest.mark.parametrize(
    "zone", [(3.2, 5.7, 20.1, 30.5), (-9, -9, 4, 4), (150.5, 90.2, 400, 300), (0, 0, 1, 1)]
)
def test_every_pixel_of_a_zone_is_filled(zone):
    y = np.full((96, 160), 200, np.uint8)
    half = np.full((48, 80), 90, np.uint8)
    planes = filled(Frame(0, 0, 0.0, y, half, half), np.array([zone], np.float32))
    rows, columns = np.mgrid[:96, :160]
    touched = (columns + 1 > zone[0]) & (columns < zone[2]) & (rows + 1 > zone[1]) & (rows < zone[3])
    assert touched.any()
    assert (planes[0][touched] == FILL).all()
    chroma = touched.reshape(48, 2, 80, 2).any((1, 3))
    assert (planes[1][chroma] == 128).all()
    assert (planes[2][chroma] == 128).all()
    assert y.min() == 200  # the frame itself is not touched


def times_of(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        found = sorted((p.pts, p.duration) for p in container.demux(stream) if p.size)
        return [pts * stream.time_base for pts, _ in found], found[-1][1] * stream.time_base


def test_times_of_variable_rate_stay_to_the_tick(tmp_path):
    random = np.random.default_rng(1)
    steps = random.choice([512, 1024, 1337, 3001], 40)
    times = [0, *np.cumsum(steps).tolist()]
    source = media.write_video(tmp_path / "in.mp4", 41, times=times, time_base=Fraction(1, 12800), b_frames=2)
    out = tmp_path / "out.mp4"
    made = redact(probe((str(source),)), plan(), None, out, RedactSettings())
    assert made.frames == 41
    assert times_of(out)[0] == times_of(source)[0]
    assert probe((str(out),)).duration == probe((str(source),)).duration
    numbers = [media.number_of(y) for _, y, _, _ in pictures(out)]
    assert numbers == list(range(41))


@pytest.mark.footage
@pytest.mark.slow
def test_times_of_a_real_recording_of_variable_rate_stay_to_the_tick(footage_folder, tmp_path):
    source = footage_folder / "dvr_scan" / "traffic_camera_vfr.mp4"
    out = tmp_path / "out.mp4"
    made = redact(probe((str(source),)), plan(), None, out, RedactSettings(crf=40))
    assert made.frames == 576
    assert times_of(out)[0] == times_of(source)[0]
    (one,), (two,) = probe((str(source),)).files, probe((str(out),)).files
    assert (two.start_pts, two.end_pts, two.time_base) == (one.start_pts, one.end_pts, one.time_base)


def test_a_part_begins_at_its_first_picture(tmp_path):
    source = media.write_video(tmp_path / "in.mp4", 50)
    out = tmp_path / "out.mp4"
    made = redact(probe((str(source),)), plan(), None, out, RedactSettings(0.4, 1.2))
    assert made.frames == 20
    assert [media.number_of(y) for _, y, _, _ in pictures(out)] == list(range(10, 30))
    assert times_of(out)[0] == [Fraction(n, 25) for n in range(20)]
    with pytest.raises(FootageError, match="shows nothing there"):
        redact(probe((str(source),)), plan(), None, tmp_path / "no.mp4", RedactSettings(9.0, 10.0))


def with_sound(path):
    """A picture and a tone, a title, a second sound track and a track of text."""
    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as container:
        container.metadata.update({"title": "SECRET-TITLE", "comment": "SECRET-COMMENT"})
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = *media.SIZE, "yuv420p"
        video.metadata["handler_name"] = "SECRET-HANDLER"
        audio = [container.add_stream("aac", rate=8000, layout="mono") for _ in range(2)]
        for n in range(50):
            frame = media._frame(media.picture(n), media.SIZE, "yuv420p")
            frame.pts = n
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for stream in audio:
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.float32), "fltp", "mono")
            frame.rate = 8000
            container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    return path


def test_only_the_picture_leaves(tmp_path):
    source, out = with_sound(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    redact(probe((str(source),)), plan(), None, out, RedactSettings())
    with av.open(str(out)) as container:
        assert [s.type for s in container.streams] == ["video"]
        assert "MASKED" in container.metadata["title"]
    assert b"SECRET" in source.read_bytes()
    assert b"SECRET" not in out.read_bytes()


HOLDERS = {"moov", "trak", "edts", "mdia", "minf", "dinf", "stbl", "udta", "meta", "ilst"}
TABLES = {"stsd", "stts", "stss", "ctts", "stsc", "stsz", "stco"}
HEADS = {"ftyp", "mvhd", "tkhd", "elst", "mdhd", "hdlr", "vmhd", "dref"}
SAID = {"\xa9nam", "\xa9too"}  # the title, and what wrote it


def atoms(data, start=0, end=None):
    """Name and content of every atom of an MP4, those inside others too."""
    end = len(data) if end is None else end
    while start < end:
        size, name = int.from_bytes(data[start : start + 4]), data[start + 4 : start + 8].decode("latin-1")
        assert 8 <= size <= end - start, f"{name}: every byte belongs to an atom"
        yield name, data[start + 8 : start + size]
        if name in HOLDERS:
            yield from atoms(data, start + (12 if name == "meta" else 8), start + size)
        start += size


def test_no_atom_holds_anything_but_the_masked_picture(tmp_path):
    source, out = with_sound(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    redact(probe((str(source),)), plan(), None, out, RedactSettings())
    data, found = out.read_bytes(), {}
    for name, content in atoms(data):
        found.setdefault(name, []).append(content)
    assert set(found) <= HOLDERS | TABLES | HEADS | SAID | {"mdat", "free"}
    assert len(found["trak"]) == len(found["mdat"]) == 1
    assert not any(any(content) for content in found.get("free", []))
    with av.open(str(out)) as container:  # all of the data is pictures that are shown
        sizes = [p.size for p in container.demux(container.streams.video[0]) if p.size]
    assert len(sizes) == 50
    assert sum(sizes) == len(found["mdat"][0])


def test_no_coded_picture_of_the_original_goes_over(tmp_path):
    source, out = noisy(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    redact(probe((str(source),)), plan(), None, out, RedactSettings())
    with av.open(str(source)) as container:
        packets = [bytes(p) for p in container.demux(container.streams.video[0]) if p.size]
    assert len(packets) == 12
    assert not any(packet[-40:] in out.read_bytes() for packet in packets)


def test_sound_is_kept_when_asked_for(tmp_path):
    source, out = with_sound(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    footage = probe((str(source),))
    check_sound(footage)
    redact(footage, plan(), None, out, RedactSettings(sound=True))
    with av.open(str(source)) as one, av.open(str(out)) as two:
        assert [s.type for s in two.streams] == ["video", "audio"]
        sounds = [[(p.pts, bytes(p)) for p in c.demux(c.streams.audio[0]) if p.size] for c in (one, two)]
    assert len(sounds[0]) > 10
    assert sounds[1] == [(pts, data) for pts, data in sounds[0] if 0 <= pts < 16000]  # the picture's 2 s
    assert b"SECRET" not in out.read_bytes()


def test_sound_that_is_not_there_is_said_before_any_work(tmp_path):
    source = media.write_video(tmp_path / "in.mp4", 10)
    with pytest.raises(FootageError, match="no sound in it"):
        check_sound(probe((str(source),)))


class OneFace:
    """A finder that sees one face, in one frame only."""

    linger = 0.2

    def look(self, frame, plan):
        seen = abs(frame.time - 1.0) < 0.01
        return np.array([[1, 2, 3, 4]] if seen else np.zeros((0, 4)), np.float32)


def test_a_face_is_held_before_it_was_seen_and_after(tmp_path):
    source = media.write_video(tmp_path / "in.mp4", 50)
    with open_reader(probe((str(source),))) as reader:
        given = list(masked_frames(iter(reader), plan(start=-9, end=-8), OneFace()))
    assert [f.pts for f, _ in given] == sorted(f.pts for f, _ in given)
    assert len(given) == 50
    held = [round(f.time * 25) for f, zones in given if len(zones)]
    assert held == list(range(20, 31))


def test_a_face_of_somebody_who_stays_clear_is_not_filled(tmp_path):
    source = media.write_video(tmp_path / "in.mp4", 50)
    clear = Strand("k", np.zeros(1), np.array([[0, 0, 9, 9]], np.float32), 0.0, 9.0)
    base = plan(start=-9, end=-8)
    kept = MaskPlan(base.strands, base.sightings, Strands([clear]), base.bare)
    with open_reader(probe((str(source),))) as reader:
        assert not any(len(zones) for _, zones in masked_frames(iter(reader), kept, OneFace()))


def test_bare_frames_are_told_as_stretches(tmp_path):
    source = media.write_video(tmp_path / "in.mp4", 100)
    told = plan(bare=(0.4, 0.44, 0.48, 3.0, 9.0))
    made = redact(probe((str(source),)), told, None, tmp_path / "out.mp4", RedactSettings())
    assert made.bare_frames == 4
    assert made.bare == ((0.4, 0.52), (3.0, 3.04))


def test_a_copy_for_a_telephone_is_smaller_and_what_was_masked_is_gone_from_it(tmp_path):
    """The picture is filled first and then made smaller: nothing of what lay there gets beside it."""
    source = noisy(tmp_path / "in.mp4")
    out = tmp_path / "out.mp4"
    redact(probe((str(source),)), plan(), None, out, RedactSettings(short=48))
    small = pictures(out)
    assert small[0][1].shape == (48, 80)
    assert [p[0] for p in small] == [p[0] for p in pictures(source)]
    x1, y1, x2, y2 = (int(v) // 2 for v in ZONE)
    halved = [p[1].reshape(48, 2, 80, 2).mean((1, 3)) for p in pictures(source)]
    inside = np.stack([p[1][y1:y2, x1:x2] for p in small]).astype(float)
    original = np.stack([p[y1:y2, x1:x2] for p in halved])
    assert abs(inside[:, 3:-3, 3:-3] - FILL).max() <= 12  # ripples of the encoder, from the border
    assert correlation(inside - inside.mean(0), original - original.mean(0)) < 0.06
    beside = np.s_[25:40, 45:75]
    assert all(correlation(p[1][beside], h[beside]) > 0.9 for p, h in zip(small, halved, strict=True))


@given(
    height=st.integers(2, 4000).map(lambda n: n & ~1 or 2),
    width=st.integers(2, 4000).map(lambda n: n & ~1 or 2),
    short=st.integers(16, 1080),
)
def test_the_shorter_side_is_limited_and_both_are_even(height, width, short):
    tall, wide = _size(np.zeros((height, width), np.uint8), short)
    assert tall % 2 == wide % 2 == 0
    assert (tall, wide) == (height, width) or min(tall, wide) <= short + 1
    assert max(tall, wide) <= max(height, width)
