"""Plates in what leaves, in an object store, and after the key of their day is destroyed.

The pipeline reads them itself here, with an eye that knows what it says, so that what a stretch keeps of its
readings (``plates-*``, chances and not texts) lies where it lies in earnest: sealed, in an object store.
"""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

import fsspec
import pytest
from pypdf import PdfReader
from sqlalchemy import select

import tests.investigation as story
from synopticon.acts import analysis, plates
from synopticon.acts.chosen import Choice
from synopticon.acts.export import ExportRequest, export
from synopticon.acts.retention import run as run_retention
from synopticon.acts.search import Wishes, search
from synopticon.acts.workspace import init_workspace
from synopticon.errors import StoreError
from synopticon.governance.authority import Reason
from synopticon.governance.keys import DataKey
from synopticon.store.analysis import AnalysisStore
from synopticon.store.database import reading
from synopticon.store.granted import place_of_run
from synopticon.store.place import Remote
from synopticon.store.sealed import SealedFiles
from synopticon.store.tables_footage import data_key
from synopticon.store.tables_plates import plate_block
from synopticon.vision import pipeline, plate_track
from synopticon.vision.plate_track import PlateSettings, shots_in
from synopticon.vision.plate_vote import spelt
from tests.investigation import WHY, investigate
from tests.unit.vision.test_plate_track import Eye

TEXT = "AB123CD"
SPELT = tuple(form.encode() for form in (TEXT, TEXT.lower(), "AB-123-CD", "AB 123 CD"))
BUCKET = "memory://elsewhere"
LEAVE = ("export.masked", "export.original", "view.unmasked")
ALL = ("ingest", "view.masked", "view.unmasked", "synopsis", "search.*", "export.masked", "export.original")


def reads_plates(patch):
    """From now on every figure is a vehicle that bears the plate ``TEXT``, and pictures lie in a bucket."""
    patch.setattr(plate_track, "PLATED", plate_track.PLATED | {"object"})
    patch.setattr(pipeline, "_eye", lambda _settings: Eye([TEXT]))
    patch.setattr(analysis, "_plates", lambda *_: PlateSettings("reader.onnx", "finder.onnx", narrow=10))
    patch.setattr(story, "init_workspace", lambda *a, **k: init_workspace(*a, **k, blobs=BUCKET))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        reads_plates(patch)
        found = investigate(tmp_path_factory.mktemp("elsewhere"), patch, anew=True)
        found.case = found.open_case(capabilities=ALL)
        found.allow(*LEAVE)
        yield found
        found.workspace.engine.dispose()


def bucket():
    """All that lies in the object store, by name."""
    store = fsspec.filesystem("memory")
    return {name: store.cat_file(name) for name in store.find("/elsewhere")}


@dataclass(frozen=True)
class Kept:
    """What the stretches of a recording keep, with its day's key and where that is kept."""

    where: Remote
    key: DataKey
    footage: str
    camera: str
    part: str

    def open(self, key=None):
        store = AnalysisStore(SealedFiles(self.where, key or self.key, self.footage))
        names = [name for name in store.names() if name.startswith("plates-")]
        return [found for name in names if (found := store.load_arrays(name)) is not None]


def kept(made, camera):
    workspace, footage = made.workspace, made.footage[camera]
    digest = sha256(workspace.folder.parent.joinpath(f"{camera}.mp4").read_bytes()).hexdigest()
    place = workspace.footage.known([digest])[digest]
    (run,) = {name.split("/")[5] for name in bucket() if f"/{footage}/" in name and "/arrays/plates-" in name}
    with workspace.act("view.masked", case=made.case, reason=Reason(WHY)) as act:
        key = workspace.vault.key_for(act.grant, footage)
    where = place_of_run(workspace.place, place.camera, place.part, footage, run)
    return Kept(where, key, footage, place.camera, place.part)


def holds(data):
    """Which spellings of the plate bytes hold; of a PDF the text of its pages, too."""
    text = b""
    if data.startswith(b"%PDF"):
        text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages).encode()
    return [s for s in SPELT if s in data or s in text]


def test_stretches_keep_chances_sealed_in_the_object_store(made):
    parts = kept(made, "gate").open()
    read = {spelt(look.chances) for part in parts for _, shot in shots_in(part) for look in shot.looks}
    assert read == {TEXT}, "so that what follows would find it"
    pieces = [part["chances"].tobytes()[k : k + 64] for part in parts for k in (0, 4000)]
    there = bucket()
    assert len([name for name in there if "/arrays/plates-" in name]) >= 2
    for name, data in there.items():
        assert not holds(data), name
        assert not [piece for piece in pieces if piece in data], name


def test_no_clear_plate_leaves_in_a_package_or_on_paper(made, tmp_path):
    made.login("ines")
    found = search(
        made.workspace, f"plate:{TEXT}", case=made.case, reason=f"{WHY} {TEXT}",
        wishes=Wishes(tmp_path / "hits.html", tmp_path / "pictures"),
    ).found.hits  # fmt: skip
    assert len(found) == 6
    shown = plates.reveal(made.workspace, [found[0].track], case=made.case, reason=f"{WHY} ab 123 cd")
    assert shown[0].text == TEXT
    tracks = tuple(hit.track for hit in found[:2])
    asked = ExportRequest(
        recipient="Public prosecutor", output=tmp_path / "package", choice=Choice(tracks), case=made.case,
        reason=WHY, originals=True,
    )  # fmt: skip
    export(made.workspace, asked)
    files = [f for root in (tmp_path, made.workspace.folder) for f in root.rglob("*") if f.is_file()]
    kinds = {f.suffix for f in files}
    assert {".pdf", ".html", ".json", ".mp4", ".jpg"} <= kinds, kinds
    for file in files:
        assert not holds(file.read_bytes()), file
    for name, data in bucket().items():
        assert not holds(data), name


def test_with_the_key_of_its_day_all_of_it_is_gone(made):
    copies, of_gate = bucket(), kept(made, "gate")
    assert of_gate.open()
    made.clock.later(days=1200)
    done = run_retention(made.workspace.acting(made.workspace.actor).as_program())
    assert {one.camera for one in done.erased} >= {of_gate.camera}
    assert not [name for name in bucket() if of_gate.footage in name]
    for name, data in copies.items():  # somebody kept a copy
        fsspec.filesystem("memory").pipe_file(name, data)
    here = (data_key.c.camera == of_gate.camera, data_key.c.part == of_gate.part)
    with reading(made.workspace.engine) as connection:
        assert not connection.execute(select(data_key).where(*here)).all(), "its key is nowhere any more"
        assert not connection.execute(select(plate_block).where(plate_block.c.camera == of_gate.camera)).all()
    with pytest.raises(StoreError):
        of_gate.open(DataKey.make())
    assert of_gate.open(), "with that key alone they would open"
