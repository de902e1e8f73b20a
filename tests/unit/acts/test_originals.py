"""A recording that changed since ingest is refused with both digests, whatever is to be made of it."""

import re
import shutil

import pytest

from synopticon.acts.cameras import add_camera
from synopticon.acts.handover import HandoverRequest, hand_over
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.originals import check_original, check_places
from synopticon.acts.redact import RedactRequest, make_redacted
from synopticon.acts.synopsis import SynopsisRequest, make_synopsis
from synopticon.acts.workspace import open_workspace
from synopticon.errors import FootageError
from synopticon.footage.digest import sha256
from synopticon.footage.probe import probe
from tests.media import write_video


@pytest.fixture(scope="module")
def ingested(tmp_path_factory):
    """A workspace that holds one recording, and that recording as it was."""
    folder = tmp_path_factory.mktemp("originals")
    write_video(folder / "door.mp4")
    shutil.copy(folder / "door.mp4", folder / "before")
    with open_workspace(folder / "ws") as workspace:
        add_camera(workspace, "door")
        ingest(workspace, IngestRequest((str(folder / "door.mp4"),), "door", model="none"))
    return folder


@pytest.fixture
def altered(ingested):
    """The recording with other bytes: as long, and as old, as it was."""
    path, before = ingested / "door.mp4", ingested / "before"
    data = bytearray(before.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    shutil.copystat(before, path)
    yield path
    shutil.copy(before, path)


def both(ingested):
    return f"changed since ingest (then {sha256(ingested / 'before')}, now {sha256(ingested / 'door.mp4')})"


def hand(ingested, path, out):
    with open_workspace(ingested / "ws") as workspace:
        hand_over(workspace, HandoverRequest((str(path),), "police", out, working_copy=False))


MAKERS = {
    "handover": hand,
    "redact": lambda place, path, out: make_redacted(
        RedactRequest((str(path),), out.with_suffix(".mp4"), model="none", workspace=place / "ws")
    ),
    "synopsis": lambda place, path, out: make_synopsis(
        SynopsisRequest((str(path),), out.with_suffix(".mp4"), model="none", workspace=place / "ws")
    ),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_what_changed_is_refused_with_both_digests(make, ingested, altered, tmp_path):
    with pytest.raises(FootageError, match=re.escape(both(ingested))) as error:
        make(ingested, altered, tmp_path / "out")
    assert "ingest this one, too" in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_what_did_not_change_is_handed_over(ingested, tmp_path):
    hand(ingested, ingested / "door.mp4", tmp_path / "out")
    assert (tmp_path / "out" / "footage" / "door.mp4").exists()


def test_another_place_is_nobody_s_business(ingested, altered, tmp_path):
    elsewhere = tmp_path / "door.mp4"
    shutil.copy(altered, elsewhere)
    with open_workspace(ingested / "ws") as workspace:
        check_places(workspace, {elsewhere: sha256(elsewhere)})


def test_what_was_ingested_again_as_it_is_now_is_fine(ingested, altered, tmp_path):
    """A recorder writes over its own files: the new one is another recording."""
    shutil.copytree(ingested / "ws", tmp_path / "ws")
    with open_workspace(tmp_path / "ws") as workspace:
        ingest(workspace, IngestRequest((str(altered),), "door", model="none"))
        check_places(workspace, {altered: sha256(altered)})


def test_an_original_is_checked_by_its_bytes(ingested, altered, tmp_path):
    """Size and time tell nothing: they are those of before."""
    (file,) = probe([ingested / "before"]).files
    moved = shutil.copy(ingested / "before", altered.parent / "as it was")
    check_original(file)
    (as_it_was,) = probe([moved]).files
    shutil.copy(altered, moved)
    with pytest.raises(FootageError, match="changed since ingest"):
        check_original(as_it_was)
    (altered.parent / "as it was").unlink()
    with pytest.raises(
        FootageError, match=f"is gone since ingest: put the file of SHA-256 {as_it_was.sha256}"
    ):
        check_original(as_it_was)
