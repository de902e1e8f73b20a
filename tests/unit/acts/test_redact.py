"""The act: who may stay clear, what the log says, what is written."""

import inspect
import json
from dataclasses import replace

import numpy as np
import pytest

from synopticon.acts.analysis import AnalysisRequest, analysed, analysing
from synopticon.acts.redact import RedactRequest, make_redacted
from synopticon.acts.workspace import open_workspace
from synopticon.cli.main import main
from synopticon.cli.redact import redact
from synopticon.errors import ModelError, OutputError, RefusedError, UsageError
from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.synopsis.door import FILL
from synopticon.vision.masks import MaskSettings, kinds
from tests.scene import write_scene
from tests.unit.cli.test_reports import check

HEAD = 14  # pixels that the head of a figure in the scene has, from its top


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("redact")
    write_scene(folder / "scene.mp4", 2, 2.0, 1.0)
    return folder


@pytest.fixture
def request_(place, tmp_path):
    return RedactRequest(
        (str(place / "scene.mp4"),), tmp_path / "out.mp4", model="none", workspace=place / "store", workers=1
    )


def entries(request):
    with open_workspace(request.workspace) as here:
        return list(here.log.entries())


def frames(path):
    with open_reader(probe((str(path),))) as reader:
        return [frame.y.copy() for frame in reader]


def test_heads_are_filled_and_the_rest_is_not(request_, place):
    before = (place / "scene.mp4").read_bytes()
    made = make_redacted(request_)
    assert (place / "scene.mp4").read_bytes() == before
    assert made.video == request_.output
    assert made.tracks == 2
    assert made.exit_code == 0
    assert any("not anonymous" in note for note in made.notes)
    source, copy = frames(place / "scene.mp4"), frames(made.video)
    assert len(copy) == len(source) == made.frames
    grey = [int((np.abs(y.astype(int) - FILL) <= 3)[:200].sum()) for y in copy]
    middle = [12 + 12, 12 + 24 + 12 + 12]  # frames in which a figure is half way
    for k in middle:
        assert grey[k] > 24 * HEAD / 2
    assert max(grey) < 0.1 * copy[0].size
    assert [p.name for p in made.video.parent.iterdir()] == ["out.mp4"]


def test_the_head_of_every_frame_is_gone(request_, place):
    """The first figure is bright, and nothing bright is left where its head was."""
    made = make_redacted(request_)
    for before, after in zip(frames(place / "scene.mp4")[12:36], frames(made.video)[12:36], strict=True):
        rows, columns = np.nonzero(before[:180] > 195)
        if len(rows) < 500:
            continue  # not yet whole in the picture
        top = rows.min()
        head = rows < top + HEAD - 2
        assert (after[rows[head], columns[head]] < 120).mean() > 0.97


def test_somebody_stays_clear_for_a_reason_only(request_):
    make_redacted(request_)
    with pytest.raises(RefusedError, match="needs a reason") as refused:
        make_redacted(replace(request_, keep=("x",), overwrite=True))
    assert refused.value.rule == "masking.reason"
    assert entries(request_)[-1].header.kind == "refusal"


def test_who_stays_clear_is_in_the_log_and_the_name_says_so(request_, place, tmp_path):
    tracks = tmp_path / "tracks.jsonl"
    words = ["tracks", str(place / "scene.mp4"), "--model", "none", "--workspace", str(place / "store")]
    words += ["--workers", "1"]
    assert main([*words, "--format", "jsonl", "-o", str(tracks)]) == 0
    name = json.loads(tracks.read_text().splitlines()[0])["id"]
    made = make_redacted(replace(request_, keep=(name,), reason="asked for by her"))
    assert made.video.name == "out.UNMASKED.mp4"
    assert made.kept == (name,)
    said = [e for e in entries(request_) if e.header.capability == "view.unmasked" and e.payload]
    assert said[-2].payload["reason"] == ["asked for by her"]
    assert said[-1].payload["subjects"] == [name]
    masked = make_redacted(replace(request_, overwrite=True))
    first = slice(12, 36)
    clear, hidden = frames(made.video)[first], frames(masked.video)[first]
    bright = [sum(int((y[:180] > 195).sum()) for y in ys) for ys in (clear, hidden)]
    assert bright[0] > 1.15 * bright[1]


def test_what_makes_no_sense_is_said(request_, place):
    with pytest.raises(UsageError, match="no such track"):
        make_redacted(replace(request_, keep=("nobody",), reason="asked for by her"))
    with pytest.raises(UsageError, match="not before"):
        make_redacted(replace(request_, begin="5s", end="4s"))
    with pytest.raises(UsageError, match="an earlier time"):
        make_redacted(replace(request_, begin="1h"))
    with pytest.raises(UsageError, match="MP4"):
        make_redacted(replace(request_, output=request_.output.with_suffix(".avi")))
    with pytest.raises(UsageError, match="is the footage itself"):
        make_redacted(replace(request_, output=place / "scene.mp4", overwrite=True))
    with pytest.raises(UsageError, match="'noses' is none of heads, faces"):
        make_redacted(replace(request_, mask="heads,noses"))
    with pytest.raises(ModelError, match="faces need a model"):
        make_redacted(replace(request_, mask="faces", models_folder=place))
    assert not request_.output.exists()
    request_.output.write_bytes(b"kept")
    with pytest.raises(OutputError, match="exists already"):
        make_redacted(request_)
    assert request_.output.read_bytes() == b"kept"


def test_the_report_is_what_its_schema_says(request_, place, capsys):
    words = ["redact", str(place / "scene.mp4"), "-o", str(request_.output), "--model", "none"]
    words += ["--workspace", str(place / "store"), "--from", "1s", "--to", "3s"]
    assert main([*words, "--json"]) == 0
    told = check("redact", capsys.readouterr().out)
    assert told["frames"] == 24
    assert main([*words, "--overwrite", "--mask", "people"]) == 0
    shown = capsys.readouterr()
    assert shown.out.strip() == str(request_.output)
    assert "not anonymous" in shown.err


def test_what_stays_clear_by_choice_is_said(request_):
    plates = make_redacted(replace(request_, mask="plates"))
    assert plates.masked_frames == 0  # nothing in it is wide enough to show a plate that can be read
    assert any("not masked: people" in note for note in plates.notes)
    heads = make_redacted(replace(request_, mask="heads", overwrite=True))
    assert heads.masked_frames > 0
    assert any("not masked: plates" in note for note in heads.notes)
    assert not any("not masked" in note for note in make_redacted(replace(request_, overwrite=True)).notes)


def test_a_face_model_that_is_not_there_is_said(request_, place):
    with pytest.raises(ModelError, match="centerface is not in"):
        make_redacted(replace(request_, face_model="centerface", models_folder=place))


def test_a_reason_without_anybody_clear_is_refused(place, tmp_path):
    assert main(["redact", str(place / "scene.mp4"), "--reason", "why", "-o", str(tmp_path / "o.mp4")]) == 2


def test_the_settings_of_the_command_line_are_those_of_the_plan():
    assert MaskSettings().what == kinds(RedactRequest(("x",)).mask) == {"heads", "plates"}
    assert inspect.signature(redact).parameters["mask"].default == RedactRequest(("x",)).mask


def test_an_analysis_goes_on_from_what_was_watched(place, tmp_path):
    """Redacting cuts no tubes; a synopsis that follows cuts them, and is what it would be without."""
    request = AnalysisRequest((str(place / "scene.mp4"),), model="none", workspace=tmp_path / "a", workers=1)
    (watched,) = analysing(request, None, cut=False)
    assert watched.store.parts() == ()
    found = [t.id for t in watched.store.load_tracks()[0]]
    later = analysed(request, None)
    alone = analysed(replace(request, workspace=tmp_path / "b"), None)
    assert [t.id for t in later.store.load_tracks()[0]] == found
    assert [t.id for t in later.store.tubes()] == [t.id for t in alone.store.tubes()] == found
    assert later.store.parts() == alone.store.parts() != ()
