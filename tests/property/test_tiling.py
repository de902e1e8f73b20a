"""Whatever happens to a file: frames and gaps cover its time, and no frame lies inside a gap."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synopticon.errors import FootageError
from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.values.footage import Footage, Gap
from synopticon.values.frame import Frame
from tests.media import number_of, write_raw, write_video

COUNT = 100
ORDINARY = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
KINDS = {
    "a.mp4": {"muxer": {"movflags": "+faststart"}},
    "b.mp4": {"muxer": {"movflags": "+faststart"}, "b_frames": 2},
    "a.ts": {"b_frames": 2},
    "a.mkv": {"b_frames": 2},
    "a.avi": {"codec": "mpeg4"},
    "a.mpg": {"codec": "mpeg2video", "b_frames": 2},
}


class Files(dict):
    def __repr__(self):
        return "the files"


@pytest.fixture(scope="module")
def originals(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("originals")
    made = {name: write_video(folder / name, COUNT, **keywords) for name, keywords in KINDS.items()}
    made["a.264"] = write_raw(folder / "a.264", COUNT)
    return Files({name: path.read_bytes() for name, path in made.items()})


def read(footage: Footage, start=0.0, end=float("inf")) -> tuple[list[Frame], tuple[Gap, ...]]:
    with open_reader(footage, start, end, threads=1, ahead=4) as reader:
        return list(reader), reader.gaps


def holes(footage: Footage, frames: list[Frame], gaps: tuple[Gap, ...]) -> list[tuple[float, float]]:
    """Stretches that neither a frame nor a gap covers; a frame covers up to four usual distances."""
    step = float(1 / footage.frame_rate)
    spans = [(f.time, f.time + max(4 * step, 0.25)) for f in frames]
    spans += [(g.start, g.end) for g in (*footage.gaps, *gaps)]
    found, reached = [], 0.0
    for start, end in sorted(spans):
        if start > reached + step / 2:
            found.append((reached, start))
        reached = max(reached, end)
    if footage.duration > reached + step / 2:
        found.append((reached, footage.duration))
    return found


def check(footage: Footage) -> None:
    frames, gaps = read(footage)
    assert holes(footage, frames, gaps) == []
    inside = [
        f.time for f in frames for g in (*footage.gaps, *gaps) if g.start + 1e-6 < f.time < g.end - 1e-6
    ]
    assert inside == []
    times = [f.time for f in frames]
    assert times == sorted(set(times))
    ends = [g.end for g in gaps]
    assert all(g.start < g.end for g in gaps)
    assert ends == sorted(ends)


def damaged(path: Path, data: bytes) -> Footage | None:
    path.write_bytes(data)
    try:
        return probe([path])
    except FootageError:
        return None


@ORDINARY
@given(name=st.sampled_from(sorted([*KINDS, "a.264"])), share=st.floats(0.02, 1.0))
def test_a_file_that_is_cut_off(originals, tmp_path, name, share):
    data = originals[name]
    footage = damaged(tmp_path / name, data[: int(len(data) * share)])
    if footage:
        check(footage)


@ORDINARY
@given(
    name=st.sampled_from(sorted([*KINDS, "a.264"])),
    flips=st.lists(st.tuples(st.floats(0.05, 0.99), st.integers(0, 7)), min_size=1, max_size=30),
)
def test_a_file_with_flipped_bits(originals, tmp_path, name, flips):
    data = bytearray(originals[name])
    for share, bit in flips:
        data[int(share * len(data))] ^= 1 << bit
    footage = damaged(tmp_path / name, bytes(data))
    if footage:
        check(footage)


@ORDINARY
@given(name=st.sampled_from(sorted(KINDS)), start=st.floats(0.05, 0.95), length=st.floats(0.001, 0.3))
def test_a_file_with_a_hole_of_zeros(originals, tmp_path, name, start, length):
    data = originals[name]
    low, high = int(start * len(data)), int(min(start + length, 1) * len(data))
    footage = damaged(tmp_path / name, data[:low] + bytes(high - low) + data[high:])
    if footage:
        check(footage)


@ORDINARY
@given(
    name=st.sampled_from(sorted([*KINDS, "a.264"])),
    cuts=st.lists(st.floats(0.01, 3.99), min_size=1, max_size=6, unique=True),
)
def test_ranges_join_to_the_whole(originals, tmp_path, name, cuts):
    footage = damaged(tmp_path / name, originals[name])
    assert footage
    borders = [0.0, *sorted(cuts), 100.0]
    parts = [read(footage, a, b)[0] for a, b in pairwise(borders)]
    numbers = [number_of(f.y) for part in parts for f in part]
    assert numbers == list(range(COUNT))
    assert all(a <= f.time < b for part, (a, b) in zip(parts, pairwise(borders), strict=True) for f in part)


@ORDINARY
@given(
    name=st.sampled_from(sorted(KINDS)),
    flips=st.lists(st.floats(0.05, 0.99), min_size=1, max_size=10),
    cut=st.floats(0.5, 3.5),
)
def test_damage_is_the_same_wherever_reading_begins(originals, tmp_path, name, flips, cut):
    data = bytearray(originals[name])
    for share in flips:
        data[int(share * len(data))] ^= 0x10
    footage = damaged(tmp_path / name, bytes(data))
    if footage is None or not footage.files[0].seekable:
        return
    whole, _ = read(footage)
    parts = [*read(footage, 0, cut)[0], *read(footage, cut)[0]]
    assert [f.pts for f in parts] == [f.pts for f in whole]
