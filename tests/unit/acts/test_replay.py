"""A synopsis is made again from its manifest: the same comes out, or it is told by how much it differs."""

import json
import shutil
from dataclasses import replace

import pytest

from synopticon.acts.replay import ReplayRequest, replay
from synopticon.acts.replayed import ReplayResult, compared
from synopticon.acts.synopsis import SynopsisRequest, make_synopsis
from synopticon.acts.workspace import open_workspace
from synopticon.cli.main import main
from synopticon.errors import AuditError, ModelError, UsageError
from synopticon.evidence.format import ORIGINAL
from synopticon.evidence.package import Contents, Item, write_package
from synopticon.footage.clock import SIDECAR
from synopticon.footage.digest import sha256
from synopticon.synopsis.recorded import read_manifest
from tests.packages import MADE, TO, record, witnessed_log
from tests.scene import write_scene
from tests.unit.cli.test_reports import check


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A recording with a clock beside it, and a synopsis of it in another folder."""
    folder = tmp_path_factory.mktemp("replay")
    (folder / "door").mkdir()
    scene = write_scene(folder / "door" / "scene.mp4", 2, 2.0, 1.0)
    clock = {"start": "2024-05-01T08:30:00.250000+02:00", "zone": "Europe/Paris", "uncertainty": 2.5}
    scene.with_name(scene.name + SIDECAR).write_text(json.dumps(clock), "utf-8")
    asked = SynopsisRequest(
        (str(scene),), folder / "out" / "made.mp4", model="none", density=2.0, order="strict", clips=False,
        workspace=folder / "ws", workers=1,
    )  # fmt: skip
    make_synopsis(asked)
    return folder


@pytest.fixture(scope="module")
def elsewhere(place, tmp_path_factory):
    """The recording, alone and under another name, beside something else."""
    folder = tmp_path_factory.mktemp("elsewhere")
    shutil.copy(place / "door" / "scene.mp4", folder / "renamed.avi")
    (folder / "other.mp4").write_bytes(b"something else")
    return folder


def manifest(place):
    return place / "out" / "made.json"


def changed(place, path, **head):
    """The manifest with other members."""
    path.write_text(json.dumps(json.loads(manifest(place).read_text("utf-8")) | head), "utf-8")
    return path


def test_the_same_footage_gives_the_same_bytes(place, elsewhere, capsys, tmp_path, monkeypatch):
    """From the recording alone: its name, its clock and its place are those of the manifest."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    arguments = ["replay", str(place / "out"), "--footage", str(elsewhere), "--workers", "1", "--json"]
    assert main(arguments) == 0
    said = check("replay", capsys.readouterr().out)
    assert said["same"]
    assert [(one["what"], one["recorded"] == one["now"]) for one in said["digests"]] == [
        (what, True) for what in ("tracks", "plan", "tubes", "video", "manifest")
    ]
    assert said["extra"] == [str(elsewhere / "other.mp4")]
    assert said["programs"] == said["settings"] == []
    assert list(tmp_path.iterdir()) == []


def test_missing_footage_is_named_with_its_digest(place, tmp_path, capsys):
    (tmp_path / "a.mp4").write_bytes(b"something else")
    assert main(["replay", str(manifest(place)), "--footage", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    digest = sha256(place / "door" / "scene.mp4")
    assert f"scene.mp4: not found by its SHA-256 {digest}" in said
    assert f"{tmp_path / 'a.mp4'}: is not in the manifest" in said
    assert "NOT REPLAYED" in said


def test_changed_footage_is_named_with_both_digests(place, tmp_path, capsys):
    altered = tmp_path / "scene.mp4"
    altered.write_bytes((place / "door" / "scene.mp4").read_bytes() + b"\0")
    assert main(["replay", str(manifest(place)), "--footage", str(tmp_path), "--json"]) == 1
    said = check("replay", capsys.readouterr().out)
    (one,) = said["footage"]
    assert one["state"] == "changed"
    assert one["sha256"] == sha256(place / "door" / "scene.mp4")
    assert one["now"] == sha256(altered)
    assert not said["same"]


def test_a_folder_without_video_is_missing_footage(place, tmp_path):
    made = replay(ReplayRequest(manifest(place), (str(tmp_path),)))
    assert [one.state for one in made.footage] == ["missing"]


def beside(then, now):
    return compared(ReplayResult("m.json", "", (), ()), then, now)


def test_by_how_much_it_differs_is_told(place, tmp_path):
    """An object lies 4 pixels farther right and begins 10 frames later; a third was found before."""
    head = json.loads(manifest(place).read_text("utf-8"))
    one, same = head["objects"]
    for row in one["frames"]:
        row[0], row[2] = row[0] + 10, row[2] + 4
    lost = one | {"id": "gone", "frames": [[0, row[1] + 500, *row[2:]] for row in one["frames"]]}
    settings = head["settings"] | {"density": 3.0}
    path = changed(place, tmp_path / "other.json", objects=[one, same, lost], settings=settings)
    made = beside(read_manifest(path), read_manifest(manifest(place)))
    assert not made.same
    assert {d.what for d in made.digests if not d.same} == {"tracks", "plan", "manifest"}
    assert 0.5 < made.tracks.worst < 1
    assert made.tracks.lost == ("gone",)
    assert made.plan.moved == 1
    assert made.plan.largest == pytest.approx(10 / head["video"]["fps"])
    assert made.settings == ("density: 3.0 then, 2.0 now",)
    lines = "\n".join(made.lines())
    assert "2 found again, IoU over time 0." in lines
    assert "1 not found again, 0 new" in lines
    assert "plan: of 2 objects 1 begin at another time" in lines
    assert lines.endswith("DIFFERENT")


def test_another_program_is_named_and_is_no_difference(place, tmp_path):
    head = json.loads(manifest(place).read_text("utf-8"))
    path = changed(place, tmp_path / "old.json", made_with=head["made_with"] | {"numpy": "1.0", "code": "ab"})
    made = beside(read_manifest(path), read_manifest(manifest(place)))
    assert made.same
    assert [(p.what, p.recorded) for p in made.programs] == [("code", "ab"), ("numpy", "1.0")]
    assert "made with another numpy: 1.0 then" in "\n".join(made.lines())


def test_a_manifest_of_an_older_release_is_read(place, tmp_path):
    head = json.loads(manifest(place).read_text("utf-8"))
    head.pop("tubes")
    (tmp_path / "old.json").write_text(json.dumps(head), "utf-8")
    made = beside(read_manifest(tmp_path / "old.json"), read_manifest(manifest(place)))
    assert "tubes: not compared" in list(made.lines())


def test_a_clear_synopsis_is_compared_without_its_video(place, tmp_path):
    path = changed(place, tmp_path / "clear.json", masked=False, reason="x")
    made = beside(read_manifest(path), read_manifest(manifest(place)))
    assert made.same
    assert [d.what for d in made.digests if d.recorded == "not compared"] == ["video", "manifest"]


def test_a_model_that_is_missing_is_named_with_the_remedy(place, elsewhere, tmp_path):
    model = {"name": "yolox-nano", "sha256": "00" * 32}
    path = changed(place, tmp_path / "m.json", models=[model])
    with pytest.raises(ModelError, match=r"yolox-nano \(SHA-256 0000.*put its file there"):
        replay(ReplayRequest(path, (str(elsewhere),), models_folder=tmp_path))


def package(place, folder):
    """A package that holds the synopsis."""
    log = witnessed_log()
    items = [Item(f"synopsis/{p.name}", "synopsis", p) for p in sorted((place / "out").iterdir())]
    assert all(i.role != ORIGINAL for i in items)
    contents = Contents("export", TO, "The shop", MADE, tuple(items), (record(log, items),))
    write_package(folder, contents, log)
    return folder, log


def test_a_package_is_checked_first(place, tmp_path):
    """What it holds is used only when all of it is as it was signed, also when one file is named."""
    folder, log = package(place, tmp_path / "package")
    nowhere = (str(tmp_path / "package"),)
    key = log.public.fingerprint
    assert replay(ReplayRequest(folder, nowhere, key)).signed == key
    inside = folder / "synopsis" / "made.json"
    assert replay(ReplayRequest(inside, nowhere)).signed == key
    inside.write_bytes(inside.read_bytes().replace(b'"order":"strict"', b'"order":"locals"'))
    for named in (folder, inside):
        with pytest.raises(AuditError, match=r"is not as it was signed \(synopsis/made.json"):
            replay(ReplayRequest(named, nowhere))


def test_there_must_be_one_manifest(place, tmp_path):
    asked = ReplayRequest(tmp_path, (str(tmp_path),))
    with pytest.raises(UsageError, match="holds no manifest of a synopsis"):
        replay(asked)
    for name in ("a.json", "b.json"):
        shutil.copy(manifest(place), tmp_path / name)
    with pytest.raises(UsageError, match=r"holds several manifests \(a.json, b.json\)"):
        replay(asked)
    with pytest.raises(UsageError, match="is not there"):
        replay(replace(asked, package=tmp_path / "c"))


def test_a_named_workspace_logs_it_and_analyses_from_nothing(place, tmp_path):
    """Also when an analysis of the same lies there: a replay that read it would prove nothing."""
    before = {p.name: p.stat().st_mtime_ns for p in (place / "ws" / "analyses").iterdir()}
    made = replay(ReplayRequest(manifest(place), (str(place / "door"),), workspace=place / "ws", workers=1))
    assert made.same
    assert before == {p.name: p.stat().st_mtime_ns for p in (place / "ws" / "analyses").iterdir()}
    with open_workspace(place / "ws") as workspace:
        said = [e.payload for e in workspace.log.entries() if e.payload and "replay" in e.payload]
    assert [one["replay"] for one in said] == [sha256(manifest(place))]
