"""A workspace with many tubes for the interactive synopsis, and how fast the server gives them.

python -m benchmarks.tubes --folder DIR            make it once: 1,000 tubes of one camera; then measure
python -m benchmarks.tubes --folder DIR --tubes 200 --only-make

Three minutes are composed (``synopticon compose-footage``: 1280x720, 12.5 frames/s, people and cars of real
clips on their own paths, about seven at once) and analysed from motion alone. Its tubes are then repeated as
recordings of other days, with other ids, until there are as many as asked for: what is shown is less varied
than 1,000 different objects, and as large and as long. The measured times are of a server process on
loopback: POST is the act itself, ``sprites`` fetches all of them in batches of 64. Beside them a fixed loop,
to compare machines by.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.composed import sources
from benchmarks.harness import calibration, commit, machine
from benchmarks.web import served
from synopticon.acts.analysis import Analysis, AnalysisRequest, analysed
from synopticon.acts.cameras import add_camera
from synopticon.acts.compose_footage import ComposeFootageRequest, compose_footage
from synopticon.acts.workspace import Workspace, open_workspace
from synopticon.governance.grant import Scope
from synopticon.store.analysis import AnalysisStore
from synopticon.store.footage import Registered, Run
from synopticon.store.granted import place_of_run
from synopticon.store.sealed import SealedFiles
from synopticon.values.footage import Clock, Footage
from synopticon.values.traits import Traits
from synopticon.values.tube import BlobRef, Chunk, Tube, TubePart
from synopticon.vision.compose_footage import Look

CAMERA = "square"
FIRST = datetime(2026, 10, 1, 9, tzinfo=UTC)
MINUTES = 3
BATCH, LARGE = 64, 4 << 20  # sprite videos and bytes of a request, as the page asks for them


def build(folder: Path, tubes: int) -> int:
    """Make the workspace, if it is not there; gives the number of its tubes."""
    with open_workspace(folder / "workspace") as workspace:
        if not workspace.footage.count():
            if not workspace.cameras.all():
                add_camera(workspace, CAMERA, zone="Europe/Paris")
            _repeat(workspace, _analysed(folder), tubes)
        with workspace.act("synopsis", scope=Scope(digests=workspace.footage.digests())) as act:
            return len(workspace.tracks.tubes(act.grant))


def _analysed(folder: Path) -> Analysis:
    """The composed recording, analysed."""
    request = ComposeFootageRequest(
        output=folder / "recording", hours=MINUTES / 60, seed=3, activity=1.0, objects=7.0, width=1280,
        height=720, fps=Fraction(25, 2), look=Look(clock=False), overwrite=True,
        **sources(),  # type: ignore[arg-type]
    )  # fmt: skip
    if not any((folder / "recording").glob("*.mp4")):
        compose_footage(request)
    files = tuple(str(f) for f in sorted((folder / "recording").glob("*.mp4")))
    return analysed(AnalysisRequest(files, model="none", workspace=folder / "scratch"), None)


def _repeat(workspace: Workspace, analysis: Analysis, wanted: int) -> None:
    """Keep the tubes as recordings of as many days as it takes."""
    source, done, day = analysis.store, 0, 0
    every = source.tubes()
    traits = source.load_traits()
    assert traits is not None
    while done < wanted:
        some = every[: wanted - done]
        mine = traits.take(np.isin(traits.ids, np.array([t.id.encode() for t in some], "S48")))
        _day(workspace, analysis, FIRST + timedelta(days=day), some, mine)
        done, day = done + len(some), day + 1


def _day(
    workspace: Workspace, analysis: Analysis, start: datetime, tubes: Sequence[Tube], traits: Traits
) -> None:
    """One recording: what ingest writes of it."""
    digest = sha256(f"{start}".encode()).hexdigest()
    footage = _moved(analysis.footage, digest, start)
    copies = [replace(t, track=replace(t.track, id=f"{digest[:12]}{t.id[12:]}")) for t in tubes]
    named = replace(
        traits, ids=np.array([f"{digest[:12]}{i.decode()[12:]}".encode() for i in traits.ids], "S48")
    )
    order = np.argsort(named.ids)
    camera = workspace.cameras.find(CAMERA).id
    place = Registered(f"foot-{digest[:16]}", digest, camera, start.date().isoformat(), "registered")
    with workspace.act("ingest", scope=Scope(digests=(digest,))) as act:
        workspace.footage.register(act.grant, footage, place)
        key = workspace.vault.make(act.grant, camera, place.part)
        run = workspace.footage.begin_run(
            act.grant, Run(f"run-{digest[:16]}", place.id, "made", {}, {}, "none", "")
        )
        where = place_of_run(workspace.place, camera, place.part, place.id, "made")
        store = AnalysisStore(SealedFiles(where, key, place.id))
        bank = analysis.store.load_bank()
        assert bank is not None
        store.save_bank(bank)
        store.save_tracks([t.track for t in copies])
        store.save_tubes(_part(analysis.store, tubes, [t.id for t in copies]))
        store.save_recording(footage)
        store.save_traits(named.take(order))
        tracks = [t.track for t in copies]
        workspace.tracks.replace(act.grant, place.id, tracks, store.tubes(), key, run)
        workspace.traits.replace(act.grant, place.id, named.take(order), tracks, key)
        workspace.footage.end_run(act.grant, run, place.id, footage.duration, len(tracks), "", ())


def _moved(footage: Footage, digest: str, start: datetime) -> Footage:
    file = footage.readable[0]
    clock = Clock(start.timestamp(), "user", 1.0, "Europe/Paris")
    moved = replace(file, path=Path(f"/made/{digest[:12]}.mp4"), sha256=digest, clock=clock)
    return replace(footage, camera=CAMERA, files=(moved,))


def _part(source: AnalysisStore, tubes: Sequence[Tube], names: Sequence[str]) -> TubePart:
    """The masked sprite videos of these tubes under other names; the clear ones are left behind."""
    chunks, picture = [], bytearray()
    for tube, name in zip(tubes, names, strict=True):
        for ref, canvas in zip(tube.picture, tube.canvases, strict=True):
            own = BlobRef("p0", len(picture), ref.length, ref.first, ref.count)
            picture += source.blob("picture", ref)
            origins = tube.origins[ref.first : ref.first + ref.count]
            file, pts = int(tube.track.file[ref.first]), int(tube.track.pts[ref.first])
            none = np.zeros_like(origins)
            chunks.append(Chunk(name, file, pts, canvas, origins, own, (0, 0), none, None, 0))
    return TubePart("p0", tuple(chunks), bytes(picture), b"")


def measured(folder: Path) -> dict[str, Any]:
    """Seconds of each request, and what came."""
    with served(folder / "workspace") as browser:
        found: dict[str, Any] = {"post": []}
        for _ in range(4):  # the first of a process loads what is compiled
            began = time.perf_counter()
            said = browser.post("/api/synopses", json={"limit": 3000}).raise_for_status().json()
            found["post"].append(round(time.perf_counter() - began, 3))
        own = f"/api/synopses/{said['id']}"
        began = time.perf_counter()
        body = browser.get(f"{own}/tubes").content
        found |= {"tubes_seconds": round(time.perf_counter() - began, 3), "tubes_bytes": len(body)}
        found |= {name: said[name] for name in ("tubes", "chunks", "bytes")}
        began = time.perf_counter()
        requests = [browser.get(f"{own}/sprites", params={"n": n}).raise_for_status() for n in _batches(body)]
        took = time.perf_counter() - began
        found |= {
            "sprite_requests": len(requests), "sprites_seconds": round(took, 3),
            "chunks_per_second": round(said["chunks"] / took),
            "megabytes_per_second": round(said["bytes"] / took / 1e6, 1),
        }  # fmt: skip
        began = time.perf_counter()
        browser.get(f"{own}/backgrounds/0").raise_for_status()
        return found | {"background_seconds": round(time.perf_counter() - began, 3)}


def _batches(body: bytes) -> list[list[int]]:
    """The numbers of all sprite videos, as they are asked for together."""
    head = int.from_bytes(body[4:8], "little")
    column = json.loads(body[8 : 8 + head])["columns"]["bytes"]
    sizes = np.frombuffer(body, "<u4", column["rows"], 8 + head + column["at"]).tolist()
    batches: list[list[int]] = [[]]
    room = LARGE
    for n, size in enumerate(sizes):
        if batches[-1] and (len(batches[-1]) == BATCH or size > room):
            batches.append([])
            room = LARGE
        batches[-1].append(n)
        room -= size
    return batches


def main() -> None:
    """Make the workspace, measure, and print what was measured as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True, help="where all of it is kept")
    parser.add_argument("--tubes", type=int, default=1000)
    parser.add_argument("--only-make", action="store_true", help="the workspace, in DIR/workspace")
    given = parser.parse_args()
    count = build(given.folder, given.tubes)
    found = {"machine": machine(), "commit": commit(), "loop": calibration(), "kept": count}
    print(json.dumps(found if given.only_make else found | measured(given.folder), indent=2))


if __name__ == "__main__":
    main()
