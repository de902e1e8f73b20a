"""What browsers do not play is handed over with a masked copy beside it, and the receipt says of what."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from synopticon.acts.handover import HandoverRequest, hand_over
from synopticon.acts.verify import check_package
from synopticon.acts.working import PLAYS
from synopticon.acts.workspace import open_workspace
from synopticon.cli.main import main
from synopticon.evidence.format import ORIGINAL, PART, WORKING
from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.synopsis.clips import browser_plays
from synopticon.synopsis.door import FILL
from tests.scene import write_scene


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A workspace; one recording under a name that browsers play, and one that they do not."""
    folder = tmp_path_factory.mktemp("working")
    write_scene(folder / "door.mp4", 1, 2.0, 1.0)
    shutil.copy(folder / "door.mp4", folder / "yard.avi")
    return folder


@pytest.fixture
def handed(place, tmp_path):
    def run(*names, **changes):
        asked = HandoverRequest(
            tuple(str(place / n) for n in names), "police", tmp_path / "out", model="none"
        )
        with open_workspace(place / "ws") as workspace:
            hand_over(workspace, replace(asked, **changes), lambda stage, share: told.append((stage, share)))
        report = check_package(tmp_path / "out")
        assert report.good
        return tmp_path / "out", report.manifest

    told: list[tuple[str, float]] = []
    run.told = told
    return run


def role(manifest, path):
    return next(f.role for f in manifest.files if f.path == path)


def test_what_browsers_play_needs_no_copy_and_the_receipt_says_so(handed):
    package, manifest = handed("door.mp4")
    assert not (package / "working-copy").exists()
    assert manifest.about["without_working_copy"] == {"footage/door.mp4": PLAYS}
    assert f"footage/door.mp4: {PLAYS}" in (package / "receipt.txt").read_text("utf-8")


def test_what_they_do_not_play_gets_a_masked_copy_at_the_same_times(handed, place):
    package, manifest = handed("yard.avi")
    copy = package / "working-copy" / "yard.mp4"
    (made,) = probe([copy]).readable
    assert browser_plays(made)
    assert made.pixel_format == "yuv420p"
    with open_reader(probe([place / "yard.avi"])) as source, open_reader(probe([copy])) as reader:
        pictures = [(a, b) for a, b in zip(source, reader, strict=True)]
    assert [a.time for a, _ in pictures] == pytest.approx([b.time for _, b in pictures], abs=1e-4)
    filled = [int((np.abs(b.y[:200].astype(int) - FILL) <= 3).sum()) for _, b in pictures]
    assert max(filled) > 200, "the head of the figure is filled"
    assert role(manifest, "working-copy/yard.mp4") == WORKING
    assert role(manifest, "footage/yard.avi") == ORIGINAL
    assert manifest.about["working_copies"]["working-copy/yard.mp4"].startswith("of footage/yard.avi; ")
    receipt = (package / "receipt.txt").read_text("utf-8")
    assert "In the working copies heads and plates are masked" in receipt
    assert "of footage/yard.avi; " in receipt
    assert any("working copy 1 of 1 (" in stage for stage, _ in handed.told), (
        "how long it is, before it begins"
    )


def test_a_copy_can_be_had_of_each_or_of_none(handed):
    package, manifest = handed("door.mp4", "yard.avi", working_copy=True)
    assert sorted(p.name for p in (package / "working-copy").iterdir()) == ["door.mp4", "yard.mp4"]
    shutil.rmtree(package)
    package, manifest = handed("yard.avi", working_copy=False)
    assert not (package / "working-copy").exists()
    assert manifest.about["working_copies"] == manifest.about["without_working_copy"] == {}


def test_two_of_one_name_have_a_copy_each(handed, place):
    shutil.copy(place / "yard.avi", place / "yard.mkv")
    _, manifest = handed("yard.avi", "yard.mkv")
    assert sorted(manifest.about["working_copies"]) == ["working-copy/yard.mkv.mp4", "working-copy/yard.mp4"]


def test_of_a_part_the_copy_is_of_that_part(handed, place):
    """The part keeps the name of its recording."""
    package, manifest = handed("door.mp4", since="2s", working_copy=True)
    assert role(manifest, "footage/door.mp4") == PART
    part, copy = (probe([package / folder / "door.mp4"]) for folder in ("footage", "working-copy"))
    assert copy.duration == pytest.approx(part.duration, abs=0.01)
    assert copy.duration < probe([place / "door.mp4"]).duration


def test_what_cannot_be_copied_leaves_all_the_same(handed, place):
    (place / "noise.dav").write_bytes(bytes(range(256)) * 8)
    package, manifest = handed("noise.dav")
    assert (package / "footage" / "noise.dav").read_bytes() == bytes(range(256)) * 8
    (why,) = manifest.about["without_working_copy"].values()
    assert why.startswith("no working copy: ")
    assert str(package.parent) not in why


def test_it_can_be_typed(place, tmp_path, capsys):
    arguments = ["handover", str(place / "door.mp4"), "--to", "police", "--workspace", str(place / "ws")]
    assert main([*arguments, "-o", str(tmp_path / "a"), "--no-working-copy"]) == 0
    assert PLAYS not in capsys.readouterr().err
    assert main([*arguments, "-o", str(tmp_path / "b")]) == 0
    assert PLAYS in capsys.readouterr().err
    assert json.loads((tmp_path / "b" / "manifest.json").read_text("utf-8"))["about"]["masked"] is False
