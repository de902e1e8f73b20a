"""Whatever recordings and cameras are called, nothing in a package lies outside it."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path, PurePosixPath, PureWindowsPath

from hypothesis import given
from hypothesis import strategies as st

from synopticon.acts.chosen import covered
from synopticon.acts.leaving import paths_of, safe_name
from synopticon.evidence.format import is_safe, same
from synopticon.governance.grant import Scope, Window
from synopticon.values.footage import Clock, Footage, SourceFile
from tests.people import NOW

# What a file may be called somewhere: anything but "/" and NUL; with what other systems dislike, often.
NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12)
ODD = st.sampled_from(["a", "A", "002-a", "003-a", "é", "é", "a:b", "a\\b", "..a", "~", "c:", "con"])


def files(names):
    return [Path("/rec") / f"{n}" / name for n, name in enumerate(names) if name not in (".", "..")]


@given(st.lists(NAMES | ODD, max_size=8))
def test_every_recording_has_a_place_of_its_own_within_the_package(names):
    found = list(paths_of(files(names)))
    assert len({path.casefold() for path in found}) == len(files(names))
    for path in found:
        assert is_safe(path)
        assert same(path) == path
        assert path.startswith("footage/")


@given(st.text(max_size=30) | st.lists(ODD | st.sampled_from(["..", ".", ""]), max_size=4).map("/".join))
def test_a_safe_path_stays_within_on_every_system(path):
    if is_safe(path):
        for system, root in ((PurePosixPath, "/package"), (PureWindowsPath, "c:/package")):
            place = system(root) / path
            assert place.is_relative_to(root)
            assert ".." not in place.parts


@given(NAMES | ODD)
def test_the_name_of_a_camera_makes_no_folder(name):
    found = safe_name(name)
    assert is_safe(found)
    assert "/" not in found
    assert same(found) == found


MINUTES = st.tuples(st.integers(-30, 90), st.integers(1, 30))


@given(st.lists(MINUTES, max_size=4), st.integers(0, 4), st.floats(0.001, 0.999))
def test_what_may_leave_of_a_recording_is_covered_frame_by_frame(spans, slack, share):
    """An hour from NOW: any moment of what ``covered`` gives is in the scope, with its clock's error."""
    clock = Clock(NOW.timestamp(), "name", slack * 60.0)
    file = SourceFile(Path("gate.mp4"), 1, "ab" * 32, clock=clock, end_pts=3600, time_base=Fraction(1))
    footage = Footage("gate", (file,))
    windows = tuple(Window(NOW + timedelta(minutes=a), NOW + timedelta(minutes=a + n)) for a, n in spans)
    scope = Scope(("cam",), windows)
    for begin, end in covered(scope, "cam", footage):
        moment = datetime.fromtimestamp(NOW.timestamp() + begin + share * (end - begin), UTC)
        assert scope.covers("cam", moment, moment, slack * 60.0)
        assert 0 <= begin < end <= 3600
