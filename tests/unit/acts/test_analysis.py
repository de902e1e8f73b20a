"""What names an analysis, what is said of it, and what is refused before any work."""

import json
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

import synopticon
from synopticon.acts import analysis as analysis_module
from synopticon.acts.analysis import (
    AnalysisRequest,
    analysed,
    analysing,
    code_digest,
    described,
    key_interval,
    key_of,
    named,
)
from synopticon.errors import FootageError, UsageError
from synopticon.footage.probe import probe
from synopticon.models.cards import find
from synopticon.store.analysis import AnalysisStore
from synopticon.store.place import Folder
from synopticon.values.footage import GapReason
from synopticon.values.scene import Bank
from synopticon.vision.pipeline import AnalysisSettings
from synopticon.vision.plate_track import PlateSettings
from tests import media
from tests.scene import write_scene


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    return write_scene(tmp_path_factory.mktemp("analysis") / "scene.mp4", 2, 2.0, 1.0)


@pytest.fixture(scope="module")
def footage(scene):
    return probe([scene])


def request_for(path, folder, **changes):
    return AnalysisRequest((str(path),), workspace=folder, workers=1, **{"model": "none", **changes})


def test_who_asked_for_a_model_hears_how_to_get_one(scene, tmp_path):
    analysis = analysed(request_for(scene, tmp_path, model="auto", models_folder=tmp_path / "none"), None)
    (note,) = (note for note in analysis.notes if "no detection model" in note)
    assert "models fetch" in note


def test_an_analysis_is_complete_and_says_what_it_lacks(scene, tmp_path):
    told = []
    analysis = analysed(request_for(scene, tmp_path), lambda stage, share: told.append((stage, share)))
    assert analysis.complete
    assert len(analysis.store.tubes()) == 2
    assert analysis.card is None
    assert analysis.gaps == ()
    (note,) = (note for note in analysis.notes if "no detection model" in note)
    assert "models fetch" not in note, "none was asked for"
    assert told[0] == ("reading the recording", 0.0)
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_it_lies_in_the_workspace_under_its_key(scene, tmp_path):
    analysis = analysed(request_for(scene, tmp_path), None)
    key = key_of(analysis.footage, None, analysis.settings)
    assert analysis.store.folder == tmp_path / "analyses" / key


def test_other_code_makes_another_analysis(footage, tmp_path, monkeypatch):
    package = tmp_path / "synopticon"
    shutil.copytree(Path(synopticon.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    began = time.perf_counter()
    own = code_digest(package)
    assert time.perf_counter() - began < 0.1, "about 5 ms are usual"
    code_digest.cache_clear()
    (package / "cli" / "main.py").write_text("", "utf-8")
    assert code_digest(package) == own, "the command line decides nothing"
    code_digest.cache_clear()
    deep = package / "vision" / "detect" / "select.py"
    deep.write_bytes(deep.read_bytes() + b"# changed\n")
    assert code_digest(package) != own
    before = key_of(footage, None, AnalysisSettings())
    monkeypatch.setattr(analysis_module, "code_digest", lambda: "other")
    assert key_of(footage, None, AnalysisSettings()) != before


def test_gaps_of_the_footage_are_gaps_of_the_analysis(scene, tmp_path):
    path = tmp_path / "cut.mp4"
    path.write_bytes(scene.read_bytes())
    analysis = analysed(request_for(media.truncate(path, 0.7), tmp_path), None)
    assert any(gap.reason is GapReason.TRUNCATED for gap in analysis.gaps)
    assert list(analysis.gaps) == sorted(set(analysis.gaps), key=lambda g: (g.start, g.end, g.reason))


def test_on_the_way_the_rest_is_a_gap(tmp_path):
    long = write_scene(tmp_path / "long.mp4", 5, 2.0, 12.0)
    steps = list(analysing(request_for(long, tmp_path), None, progressive=True))
    assert len(steps) > 1
    assert [s.complete for s in steps] == [False] * (len(steps) - 1) + [True]
    for step in steps[:-1]:
        (gap,) = step.gaps
        assert gap.reason is GapReason.NOT_ANALYSED
        assert 0 < gap.start < gap.end == step.footage.duration
    assert steps[-1].gaps == ()


@pytest.mark.parametrize("output", ["scene.mp4", "../{}/scene.mp4", ""])
def test_the_footage_is_no_output(output, tmp_path):
    path = media.write_video(tmp_path / "scene.mp4", 2)
    out = tmp_path / output.format(tmp_path.name)
    with pytest.raises(UsageError, match="is the footage itself"):
        analysed(request_for(path, tmp_path / "store"), None, [tmp_path / "other.mp4", out])
    assert not (tmp_path / "store").exists()


def test_a_camera_that_moves_is_refused_or_noted(scene, tmp_path, monkeypatch):
    def moving(share):
        def load(self, *span):
            bank = real(self, *span)
            return None if bank is None else replace(bank, moving=share)

        return load

    real = AnalysisStore.load_bank
    monkeypatch.setattr(AnalysisStore, "load_bank", moving(0.9))
    with pytest.raises(FootageError, match=r"scene\.mp4: the camera moves in 90%"):
        analysed(request_for(scene, tmp_path), None)
    monkeypatch.setattr(AnalysisStore, "load_bank", moving(0.3))
    notes = analysed(request_for(scene, tmp_path), None).notes
    assert any("the camera moves in 30%" in n and "unreliable" in n for n in notes)
    assert Bank(()).moving == 0.0


def test_the_key_changes_with_whatever_changes_the_result(footage):
    settings = AnalysisSettings()
    card = find("yolox-nano")
    first = key_of(footage, None, settings)
    (file,) = footage.files
    others = [
        key_of(replace(footage, files=(replace(file, sha256="f" * 64),)), None, settings),
        key_of(replace(footage, files=(replace(file, offset=1.0),)), None, settings),
        key_of(footage, (card, Path("x.onnx")), settings),
        key_of(footage, None, replace(settings, segment=20.0)),
        key_of(footage, None, replace(settings, track=replace(settings.track, min_seen=9))),
    ]
    assert len({first, *others}) == 6


def test_the_key_does_not_change_with_where_things_lie(footage):
    moved = replace(
        footage, files=tuple(replace(f, path=Path("/elsewhere") / f.path.name) for f in footage.files)
    )
    assert key_of(moved, None, AnalysisSettings()) == key_of(footage, None, AnalysisSettings())
    model = find("yolox-nano")
    a, b = (
        key_of(footage, (model, Path(p)), AnalysisSettings(weights=p))
        for p in ("/a/yolox.onnx", "/b/other.onnx")
    )
    assert a == b


def test_settings_are_described_in_json_without_paths():
    text = json.dumps(described(AnalysisSettings(weights="/media/somebody/models/yolox.onnx")))
    assert "somebody" not in text
    assert "yolox.onnx" in text


def test_a_message_names_the_file_or_the_camera(footage, tmp_path):
    assert named(footage).endswith("scene.mp4")
    folder = tmp_path / "gate"
    folder.mkdir()
    list(media.segments(folder, ["a.mp4", "b.mp4"]))
    assert named(probe([folder])) == "gate"


def test_key_frames_are_as_far_apart_as_they_lie(tmp_path):
    assert key_interval(probe([media.write_video(tmp_path / "a.mp4", 60, gop=10)])) == pytest.approx(0.4)
    alone = key_interval(probe([media.write_video(tmp_path / "b.mp4", 1)]))
    assert alone == pytest.approx(1 / 25), "a frame at least"


def test_plates_are_never_read_onto_an_open_disk(scene, tmp_path):
    with pytest.raises(UsageError, match="sealed"):
        analysed(request_for(scene, tmp_path, plates=True), None)


def test_plates_that_nothing_can_read_are_a_note(scene, tmp_path, monkeypatch):
    monkeypatch.setattr("synopticon.vision.plate.packaged", lambda _task: None)
    request = request_for(scene, tmp_path, plates=True, models_folder=tmp_path / "none")
    (analysis,) = analysing(request, None, files=lambda key: Folder(tmp_path / key))
    assert analysis.plates == ()
    assert any("no plate was read" in note for note in analysis.notes)
    assert analysis.settings.plates is None


def test_the_settings_of_plates_are_told_without_paths(footage):
    plates = PlateSettings("/somewhere/reader.onnx", "/elsewhere/finder.onnx")
    told = described(AnalysisSettings(plates=plates))["plates"]
    assert (told["reader"], told["finder"]) == ("reader.onnx", "finder.onnx")
    assert described(AnalysisSettings())["plates"] is None
    assert key_of(footage, None, AnalysisSettings(plates=plates)) != key_of(footage, None, AnalysisSettings())
