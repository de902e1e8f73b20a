"""Making a synopsis: what is refused, what is written, and that it says how it was made."""

import json
from pathlib import Path

import pytest

from synopticon.acts.synopsis import SynopsisRequest, make_synopsis
from synopticon.errors import FootageError, OutputError, RefusedError, UsageError
from tests import media
from tests.scene import write_scene


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("synopsis")


@pytest.fixture(scope="module")
def scene(folder):
    return write_scene(folder / "scene.mp4", 2, 2.0, 1.0)


@pytest.fixture
def asked(scene, folder, tmp_path):
    """A request with what the tests share; the analysis is made once."""

    def ask(**changes):
        fields = {
            "footage": (str(scene),), "output": tmp_path / "out.mp4", "model": "none",
            "workspace": folder / "store", "workers": 1, **changes,
        }  # fmt: skip
        return SynopsisRequest(**fields)

    return ask


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def test_everything_that_belongs_to_a_synopsis_is_written(asked, tmp_path):
    told = []
    made = make_synopsis(asked(plot=tmp_path / "plan.svg"), lambda stage, share: told.append((stage, share)))
    assert names(tmp_path) == ["out.clips", "out.html", "out.json", "out.mp4", "out.vtt", "plan.svg"]
    assert (made.shown, made.left_out, made.gaps, made.exit_code) == (2, 0, 0, 0)
    assert made.video == tmp_path / "out.mp4"
    assert made.source_seconds == pytest.approx(7.0, abs=0.1)
    assert made.condensation == pytest.approx(made.source_seconds / made.length_seconds)
    stages = list(dict.fromkeys(stage for stage, _ in told))
    assert stages == [
        "reading the recording", "looking for what moves", "composing the synopsis",
        "making the clips behind the objects",
    ]  # fmt: skip
    assert all(0 <= share <= 1 for _, share in told)


def test_the_manifest_says_how_it_was_made(asked, tmp_path):
    make_synopsis(asked(density=3.0, clips=False))
    found = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert found["masked"] is True
    assert found["settings"]["model"] == "none"
    assert found["settings"]["density"] == 3.0
    assert found["models"] == []
    assert not (tmp_path / "out.clips").exists()
    text = json.dumps(found)
    assert str(tmp_path) not in text, "paths are relative"


def test_clear_pictures_need_a_reason(asked, tmp_path):
    with pytest.raises(RefusedError, match=r"rule masking\.reason"):
        make_synopsis(asked(unmasked=True, reason="  "))
    assert names(tmp_path) == []
    make_synopsis(asked(unmasked=True, reason="a test of clear pictures"))
    found = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert (found["masked"], found["reason"]) == (False, "a test of clear pictures")


@pytest.mark.parametrize(
    ("changes", "error", "why"),
    [
        ({"output": Path("out.avi")}, UsageError, r"give a name that ends in \.mp4"),
        ({"plot": "out.html"}, UsageError, "give --plot another name"),
        ({"plot": "scene.mp4"}, OutputError, "exists already"),
        ({"plot": "scene.mp4", "overwrite": True}, UsageError, "is the footage itself"),
        ({"footage": ("nothing.mp4",)}, UsageError, "no such file"),
        ({"length": "soon"}, UsageError, "soon"),
    ],
)
def test_what_cannot_be_is_said_and_leaves_nothing(asked, scene, tmp_path, changes, error, why):
    if "plot" in changes:
        changes = {**changes, "plot": scene if changes["plot"] == "scene.mp4" else tmp_path / changes["plot"]}
    with pytest.raises(error, match=why):
        make_synopsis(asked(**changes))
    assert names(tmp_path) == []
    assert scene.stat().st_size > 1000


def test_a_still_recording_has_no_synopsis_and_the_line_names_it(asked, tmp_path):
    still = media.write_video(tmp_path / "still.mp4", 1)
    with pytest.raises(FootageError, match=r"still\.mp4: nothing moved"):
        make_synopsis(asked(footage=(str(still),)))
    assert names(tmp_path) == ["still.mp4"]


def test_the_name_comes_from_the_footage(asked, scene, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = make_synopsis(asked(output=None, clips=False))
    assert made.video == Path("scene.synopsis.mp4")
    assert names(tmp_path) == [f"scene.synopsis{end}" for end in (".html", ".json", ".mp4", ".vtt")]


def test_the_same_request_gives_the_same_bytes(asked, tmp_path):
    make_synopsis(asked(clips=False))
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    make_synopsis(asked(clips=False, overwrite=True))
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_an_error_while_writing_leaves_what_was_there(asked, tmp_path, monkeypatch):
    make_synopsis(asked())
    before = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}

    def broken(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("synopticon.acts.synopsis.write_player", broken)
    with pytest.raises(KeyboardInterrupt):
        make_synopsis(asked(overwrite=True, density=2.0))
    assert {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
