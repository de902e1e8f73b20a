"""Speed: analysis beside decoding, beside the naive pipeline, beside dvr-scan; composing beside real time."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import composed, harness, peers, quality, track_quality
from benchmarks.track_quality import footage
from synopticon.acts.analysis import AnalysisRequest, analysed
from synopticon.acts.synopsis import SynopsisRequest, make_synopsis
from synopticon.values.track import Track


def analysis_of(source: Path, model: str, folder: Path | None) -> Callable[[], None]:
    """Analysis of a recording up to tubes on disk, in an empty workspace, on all cores."""

    def run() -> None:
        with quality.analysis(source, model, folder):
            pass

    return run


def warm_up(source: Path, model: str, folder: Path | None) -> None:
    """Once before anything is timed: compiled code lands in its cache."""
    analysis_of(source, model, folder)()


def beside_decoding(
    work: Path, kind: str, hours: float, model: str, folder: Path | None, rounds: int
) -> dict[str, Any]:
    """(a) A composed recording: analysis up to tubes on disk, as a multiple of decoding alone."""
    source = composed.recording(work, kind, hours)
    files = composed.videos(source)
    mode = peers.fastest_mode(files[:1])
    pictures = peers.decode(files, mode)
    made = harness.side_by_side(analysis_of(source, model, folder), lambda: peers.decode(files, mode), rounds)
    rate = pictures / (25 * float(np.median(made["ours_seconds"])))
    limit = composed.KINDS[kind].limit
    return made | {"limit": limit, "mode": mode, "pictures": pictures, "times_real_time": round(rate, 1)}


def beside_naive(model: str, folder: Path | None, rounds: int) -> dict[str, Any]:
    """(b) vtest, never idle: analysis beside the detector on every frame with ByteTrack, and both MOTAs."""
    video = footage() / track_quality.CLIPS["vtest"].video
    found: list[Any] = []

    def theirs() -> None:
        found.append(peers.naive(video, model, folder))

    made = harness.side_by_side(analysis_of(video, model, folder), theirs, rounds)
    tracks, _, _ = quality.tracks_of("vtest", model, folder)
    return made | {
        "times_faster": round(1 / made["ratio"], 2),
        "ours": _scores(track_quality.score("vtest", tracks)),
        "theirs": _scores(track_quality.score("vtest", found[-1])),
    }


def _scores(scores: dict[str, float]) -> dict[str, float]:
    return {name: round(scores[name], 4) for name in ("MOTA", "IDF1", "HOTA", "MOTA_flagged", "IDF1_flagged")}


def beside_dvr_scan(work: Path, hours: float, rounds: int) -> dict[str, Any]:
    """(c) Motion on a composed recording, no model on either side: seconds, and how much is found."""
    source = composed.recording(work, "mpeg4_768x576", hours)
    files = composed.videos(source)
    events: list[tuple[float, float]] = []
    tracks: list[Track] = []

    def theirs() -> None:
        events[:] = peers.dvr_scan(files)

    def ours() -> None:
        with quality.analysis(source, "none") as (made, _):
            tracks[:] = (made.store.load_tracks() or ((), ()))[0]

    made = harness.side_by_side(ours, theirs, rounds)
    truth = json.loads((source / "truth/truth.json").read_text("utf-8"))
    busy = [(o["first_s"], o["last_s"]) for o in truth["objects"]]
    length = hours * 3600
    return made | {
        "ours": overlap([(t.start, t.end) for t in tracks], busy, length),
        "theirs": overlap(events, busy, length),
    }


def overlap(
    found: Sequence[tuple[float, float]], busy: Sequence[tuple[float, float]], length: float
) -> dict[str, float]:
    """Of the time in which something moves, how much was found, and of what was found, how much is true."""
    a, b = _line(found, length), _line(busy, length)
    both = (a & b).sum()
    return {"recall": round(both / max(b.sum(), 1), 4), "precision": round(both / max(a.sum(), 1), 4)}


def _line(spans: Sequence[tuple[float, float]], length: float, step: float = 0.1) -> np.ndarray:
    line = np.zeros(int(length / step) + 1, bool)
    for start, end in spans:
        line[int(start / step) : int(end / step) + 1] = True
    return line


def composing(work: Path, hours: float, model: str, folder: Path | None) -> dict[str, Any]:
    """Arranging, composing and writing what lies beside the video, analysis being done: times real time."""
    source = composed.recording(work, "mpeg4_768x576", hours)
    with tempfile.TemporaryDirectory() as out:
        request = SynopsisRequest(
            footage=(str(source),),
            output=Path(out) / "s.mp4",
            model=model,
            models_folder=folder,
            density=10,
            clips=False,
            overwrite=True,
            workspace=Path(out) / "home",
        )
        lasts: list[float] = []
        make_synopsis(request, None)
        took = harness.seconds(lambda: lasts.append(make_synopsis(request, None).length_seconds))
    return took | {"synopsis_seconds": lasts[-1], "times_real_time": round(lasts[-1] / took["seconds"], 2)}


def first_synopsis(work: Path, kind: str, hours: float) -> dict[str, Any]:
    """``--progressive``: seconds until the first synopsis of a long recording can be played and clicked."""
    source = composed.recording(work, kind, hours, clock=False)
    with tempfile.TemporaryDirectory() as out:
        page = Path(out) / "s.html"
        program = "from synopticon.cli.main import run; run()"
        command = [sys.executable, "-c", program, "synopsis", str(source), "--progressive"]
        command += ["--output", str(page.with_suffix(".mp4")), "--workspace", str(Path(out) / "home")]

        def run() -> None:
            child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while child.poll() is None and not page.exists():
                time.sleep(0.2)
            child.terminate()
            child.wait()

        return harness.seconds(run, rounds=1)


def storage(work: Path, kind: str, hours: float, model: str, folder: Path | None) -> dict[str, Any]:
    """Bytes of the tubes beside those of a 4 Mbit/s recording, and bits for each stored object pixel."""
    source = composed.recording(work, kind, hours)
    with tempfile.TemporaryDirectory() as empty:
        request = AnalysisRequest(
            footage=(str(source),), model=model, models_folder=folder, workspace=Path(empty)
        )
        store = analysed(request, None).store
        sizes = store.size()
        tubes = store.tubes()
    blobs = sizes["picture"] + sizes["clear"]
    pixels = sum(t.pixels for t in tubes)
    return {
        "tubes": len(tubes),
        "bytes": sizes,
        "share_of_4_mbit": round((blobs + sizes["index"]) / (hours * 3600 * 500_000), 4),
        "bits_per_object_pixel": round(8 * blobs / max(pixels, 1), 3),
        "bits_per_object_pixel_picture_only": round(8 * sizes["picture"] / max(pixels, 1), 3),
    }
