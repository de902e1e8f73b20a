"""Offsets and gaps, from clocks and packets alone."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from synopticon.footage.scan import Scan
from synopticon.footage.timeline import Part, lay
from synopticon.values.footage import Clock, GapReason, SourceFile

BASE = Fraction(1, 100)


def part(name, count=100, start=None, declared=None, times=None, jumps=(), variable=False):
    ticks = np.arange(count, dtype=np.int64) * 4 if times is None else np.array(times, np.int64)
    clock = Clock() if start is None else Clock(1000.0 + start, "name", 0.0)
    file = SourceFile(
        Path(name), 1, name, time_base=BASE, start_pts=int(ticks[0]), end_pts=int(ticks[-1]) + 4,
        variable_rate=variable, clock=clock,
    )  # fmt: skip
    scan = Scan(
        container="mp4", codec="h264", time_base=BASE, times=ticks, step=4, frames=count, keys=1, made=False,
        filled=False, seekable=True, jumps=tuple(jumps), declared_end=declared, rate=Fraction(25),
        variable=variable, streams=1, metadata={},
    )  # fmt: skip
    return Part(file, scan)


def broken(name, start=None):
    clock = Clock() if start is None else Clock(1000.0 + start, "name", 0.0)
    return Part(SourceFile(Path(name), 0, "", clock=clock, error="is empty"), None)


def told(gaps):
    return [(round(g.start, 2), round(g.end, 2), g.reason, g.file) for g in gaps]


def test_files_without_clocks_follow_each_other():
    files, gaps, _ = lay([part("a"), part("b"), part("c")])
    assert [f.offset for f in files] == [0, 4, 8]
    assert gaps == ()


def test_clocks_that_are_a_little_off_make_no_gap():
    files, gaps, _ = lay([part("a", start=0), part("b", start=5.5), part("c", start=9)])
    assert [f.offset for f in files] == [0, 4, 8]
    assert gaps == ()


def test_a_missing_segment():
    files, gaps, _ = lay([part("a", start=0), part("b", start=20)])
    assert [f.offset for f in files] == [0, 20]
    assert told(gaps) == [(4, 20, GapReason.MISSING, -1)]


def test_a_clock_that_was_set_back_goes_on():
    files, gaps, notes = lay([part("a", start=0), part("b", start=-3600), part("c", start=-3590)])
    assert [f.offset for f in files] == [0, 4, 14]
    assert told(gaps) == [(8, 14, GapReason.MISSING, -1)]
    assert "b: begins 3604 s before" in notes[0]
    assert [f.clock.start for f in files] == [1000, -2600, -2590]


@pytest.mark.parametrize(("clocks", "end"), [((None, None), 4.0), ((0, 30), 30.0)])
def test_an_unreadable_file_between_two(clocks, end):
    files, gaps, _ = lay([part("a", start=clocks[0]), broken("b"), part("c", start=clocks[1])])
    assert told(gaps) == [(4, end, GapReason.UNREADABLE, 1)]
    assert gaps[0].detail == "is empty"
    assert files[2].offset == end


def test_an_unreadable_file_with_a_clock_takes_its_own_place():
    _, gaps, _ = lay([part("a", start=0), broken("b", start=20), part("c", start=40)])
    assert told(gaps) == [(4, 20, GapReason.MISSING, -1), (20, 40, GapReason.UNREADABLE, 1)]


def test_unreadable_files_in_a_row_and_at_the_end():
    parts = [
        part("a", start=0),
        broken("b", start=10),
        broken("c", start=20),
        part("d", start=30),
        broken("e", 60),
    ]
    _, gaps, _ = lay(parts)
    assert told(gaps) == [
        (4, 10, GapReason.MISSING, -1), (10, 20, GapReason.UNREADABLE, 1), (20, 30, GapReason.UNREADABLE, 2),
        (34, 60, GapReason.MISSING, -1), (60, 60, GapReason.UNREADABLE, 4),
    ]  # fmt: skip


def test_a_file_that_ends_early_is_truncated():
    files, gaps, _ = lay([part("a", declared=1000), part("b")])
    assert told(gaps) == [(4, 10, GapReason.TRUNCATED, 0)]
    assert files[1].offset == 10


def test_the_next_clock_overrules_a_declared_end():
    files, gaps, _ = lay([part("a", declared=1000, start=0), part("b", start=7)])
    assert told(gaps) == [(4, 7, GapReason.TRUNCATED, 0)]
    assert files[1].offset == 7


def test_a_truncated_file_and_a_missing_one():
    _, gaps, _ = lay([part("a", declared=1000, start=0), part("b", start=50)])
    assert told(gaps) == [(4, 10, GapReason.TRUNCATED, 0), (10, 50, GapReason.MISSING, -1)]


def test_a_little_less_than_declared_is_no_gap():
    assert lay([part("a", declared=412)])[1] == ()


def test_holes_between_pictures():
    _, gaps, _ = lay([part("a", times=[0, 4, 8, 108, 112])])
    assert told(gaps) == [(0.12, 1.08, GapReason.JUMP, 0)]


def test_uneven_pictures_are_no_holes():
    times = np.cumsum(np.tile([4, 40, 80], 30))
    assert lay([part("a", times=times, variable=True)])[1] == ()


def test_times_that_go_back_leave_a_mark():
    _, gaps, _ = lay([part("a", jumps=[(200, 5000)])])
    assert told(gaps) == [(2, 2, GapReason.JUMP, 0)]
    assert "50.0 s" in gaps[0].detail


def test_files_without_a_clock_take_the_others():
    files, _, _ = lay([part("a", start=0), part("b")])
    assert files[1].clock.start == 1004
    files, _, _ = lay([part("a"), part("b", start=100)])
    assert files[0].clock.start == 1096
