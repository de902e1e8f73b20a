"""A little workspace of made-up footage for tests of what may be read: no video, all kinds of clocks."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from synopticon.governance.grant import Scope
from synopticon.governance.keys import BoxKey
from synopticon.store.analysis import AnalysisStore
from synopticon.store.blobs import BlobStore, NewBlob
from synopticon.store.cameras import Camera, Cameras
from synopticon.store.database import open_database
from synopticon.store.footage import FootageStore, Registered, Run, digest_of
from synopticon.store.granted import place_of_run
from synopticon.store.marks import MarkStore
from synopticon.store.place import Folder
from synopticon.store.sealed import SealedFiles
from synopticon.store.tables import load_tables
from synopticon.store.tracks import TrackStore
from synopticon.store.traits import TraitStore
from synopticon.store.vault import Vault
from synopticon.values.detection import CLASS_INDEX
from synopticon.values.footage import Clock, Footage, Gap, GapReason, SourceFile
from synopticon.values.scene import Background, Bank
from synopticon.values.track import Track
from synopticon.values.traits import COLUMNS, Traits
from synopticon.values.tube import BlobRef, Chunk, TubePart
from tests.grants import NOW, clock, grant_for

DAY = datetime(2026, 11, 20, tzinfo=UTC)
STEP = timedelta(minutes=10)
CAMERAS = ("cam-a", "cam-b", "cam-c")


def hex_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Made:
    """Footage as it was made, and when (None: its clock is unknown)."""

    id: str
    camera: str
    part: str
    start: datetime | None
    uncertainty: float
    seconds: float
    files: tuple[str, ...]
    tracks: tuple[Track, ...]
    gaps: tuple[Gap, ...]
    blobs: tuple[NewBlob, ...]


@dataclass(frozen=True)
class World:
    """The stores of a workspace, and all that was put into them."""

    engine: Any
    cameras: Cameras
    footage: FootageStore
    tracks: TrackStore
    traits: TraitStore
    marks: MarkStore
    blobs: BlobStore
    vault: Vault
    place: Folder
    made: tuple[Made, ...]


def source(
    name: str, start: datetime | None, uncertainty: float, offset: float, seconds: float
) -> SourceFile:
    known = Clock(None if start is None else start.timestamp(), "user" if start else "unknown", uncertainty)
    return SourceFile(
        path=Path(f"/footage/{name}.mp4"), size_bytes=1000, sha256=hex_of(name), width=640, height=480,
        time_base=Fraction(1, 1000), end_pts=round(seconds * 1000), frames=10, offset=offset, clock=known,
    )  # fmt: skip


def track_at(name: str, start: float, seconds: float, seed: int = 0) -> Track:
    n = 5
    chance = np.random.default_rng(seed)
    times = start + np.linspace(0, seconds, n)
    corner = chance.uniform(0, 400, (n, 2))
    boxes = np.hstack([corner, corner + chance.uniform(5, 80, (n, 2))]).astype(np.float32)
    pts = np.rint(times * 1000).astype(np.int64)
    observed = np.arange(n) % 2 == 0
    label = ("person", "car", "object")[seed % 3]
    return Track(name, label, 0.5, np.zeros(n, np.int32), pts, times, boxes, observed)


def footage_of(world_seed: int, number: int) -> tuple[Made, Footage]:
    """One recording; tracks, gaps and blobs lie on a grid of ten minutes, so that edges meet edges."""
    chance = np.random.default_rng([world_seed, number])
    camera = CAMERAS[number % len(CAMERAS)]
    start = None if number % 5 == 4 else DAY + int(chance.integers(0, 288)) * STEP
    uncertainty = float(chance.choice([0.0, 0.0, 1.5, 600.0]))
    seconds = 600.0 * int(chance.integers(1, 13))
    parts = 1 + number % 2
    files = tuple(
        source(f"{world_seed}-{number}-{k}", start and start + timedelta(seconds=seconds / parts * k),
               uncertainty, seconds / parts * k, seconds / parts)
        for k in range(parts)
    )  # fmt: skip
    digests = tuple(f.sha256 for f in files)
    tracks = tuple(
        track_at(f"{digests[0][:12]}-{k}-0", 600.0 * int(chance.integers(0, seconds // 600)),
                 float(chance.choice([0.0, 30.0, 599.0, 599.999])), number * 10 + k)
        for k in range(6)
    )  # fmt: skip
    gaps = tuple(Gap(600.0 * a, 600.0 * a + 300, GapReason.DAMAGED) for a in range(0, int(seconds // 600), 3))
    part = f"unknown-{digests[0][:12]}" if start is None else start.date().isoformat()
    id_ = f"foot-{number}"
    blobs = tuple(
        NewBlob(id_, f"thumb-{t.id}", t.start, t.end, clear=k == 0) for k, t in enumerate(tracks[:3])
    )
    made = Made(id_, camera, part, start, uncertainty, seconds, digests, tracks, gaps, blobs)
    return made, Footage(camera, files, gaps)


def world(url: str, folder: Path, seed: int = 1, count: int = 15) -> World:
    engine = open_database(url)
    load_tables().create_all(engine)
    role = BoxKey.make()
    vault = Vault(engine, {"investigator": role.public}, [role], clock)
    place = Folder(folder)
    store, tracks = FootageStore(engine, clock), TrackStore(engine, clock)
    blobs, traits = BlobStore(engine, place, vault, clock), TraitStore(engine, place, vault, clock)
    cameras = Cameras(engine)
    for id_ in CAMERAS:
        cameras.add(Camera(id_, id_[-1], "a place", "UTC", "safety", 30, "", NOW))
    made = []
    for number in range(count):
        one, recording = footage_of(seed, number)
        made.append(one)
        fill(one, recording, (store, tracks, blobs, traits), vault, place)
    marks = MarkStore(engine, clock)
    return World(engine, cameras, store, tracks, traits, marks, blobs, vault, place, tuple(made))


def fill(made: Made, recording: Footage, stores, vault, place) -> None:
    store, tracks, blobs, traits = stores
    ingest = grant_for("ingest", Scope(digests=made.files))
    registered = Registered(made.id, digest_of(made.files), made.camera, made.part, "registered")
    store.register(ingest, recording, registered)
    run_id = store.begin_run(ingest, Run(f"run-{made.id}", made.id, "key", {}, {}, "none", ""))
    key = vault.make(ingest, made.camera, made.part)
    files = SealedFiles(place_of_run(place, made.camera, made.part, made.id, "key"), key, made.id)
    analysis = AnalysisStore(files)
    analysis.save_recording(recording)
    analysis.save_bank(Bank(tuple(scene(at, at + 600) for at in np.arange(0, made.seconds, 600))))
    analysis.save_tracks(made.tracks)
    analysis.save_tubes(part_of(made.tracks))
    tracks.replace(ingest, made.id, made.tracks, analysis.tubes(), key, run_id)
    traits.replace(ingest, made.id, traits_of(made), made.tracks, key)
    store.end_run(ingest, run_id, made.id, made.seconds, len(made.tracks), "", made.gaps)
    for blob in made.blobs:
        blobs.put(ingest, blob, f"{MARK}{blob.name}".encode())


MARK = "PIXELS OF "


def traits_of(made: Made) -> Traits:
    """Made-up columns of a footage's tracks; ids are longer in some footage than in other."""
    chance = np.random.default_rng(len(made.tracks) + len(made.id))
    n, order = len(made.tracks), sorted(made.tracks, key=lambda t: t.id)
    columns = {
        name: chance.integers(0, 200, (n, *shape)).astype(kind) if name != "ids" else np.array([], "S48")
        for name, (kind, shape) in COLUMNS.items()
    }
    columns |= {
        "ids": np.array([t.id for t in order], "S48"),
        "label": np.array([CLASS_INDEX[t.label] for t in order], np.uint8),
        "offset": np.array([t.start for t in order]),
        "dwell": np.array([t.end - t.start for t in order], np.float32),
        "kind": np.zeros(n, np.uint8),
        "light": np.zeros(n, np.uint8),
    }
    return Traits((made.camera,), (made.id,), **columns)


def part_of(tracks) -> TubePart:
    data, chunks = b"", []
    for t in tracks:
        origins = np.zeros((len(t), 2), np.int32)
        body = f"{MARK}{t.id}".encode()
        ref = BlobRef("p0", len(data), len(body), 0, len(t))
        chunks.append(Chunk(t.id, 0, int(t.pts[0]), (32, 32), origins, ref, (32, 32), origins, ref, 9))
        data += body
    return TubePart("p0", tuple(chunks), data, data)


def scene(start: float, end: float) -> Background:
    y = np.full((16, 16), 90, np.uint8)
    small = np.full((8, 8), 90, np.float32)
    return Background(start, end, y, y[:8, :8], y[:8, :8], small, small, small > 100, 2)


def moved(made: Made, start: datetime, uncertainty: float) -> Made:
    return replace(made, start=start, uncertainty=uncertainty)
