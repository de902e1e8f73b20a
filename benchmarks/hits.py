"""From a question to a playing synopsis of its hits: how long until the plan, and the first seconds.

python -m benchmarks.hits RECORDING --model yolox-nano --models-folder DIR      about 1,000 hits of vtest.avi

The recording is taken in many times under one camera, an hour apart (each copy ends with other bytes, so that
it is another file), until there are so many tracks. Then a synopsis of all that were found is streamed.
"""

import argparse
import json
import shutil
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.harness import calibration, commit, machine
from synopticon.acts import selection
from synopticon.acts.cameras import add_camera
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.selection import stream_of_hits
from synopticon.acts.synopsis import SynopsisRequest
from synopticon.acts.workspace import Workspace, open_workspace

FIRST = datetime(2026, 11, 1, tzinfo=UTC)
PLAY = 3  # fragments, of a second each, that a player has before "the first seconds" are there


class Sink:
    """Takes a stream and remembers when its fragments were complete."""

    def __init__(self) -> None:
        self.fragments: list[float] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        if b"moof" in data[:64]:
            self.fragments.append(time.perf_counter())
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def fill(
    workspace: Workspace, recording: Path, folder: Path, tracks: int, model: str, models: Path | None
) -> int:
    """Take the recording in until there are ``tracks``; gives how many."""
    add_camera(workspace, "gate", zone="Europe/Paris")
    found = number = 0
    while found < tracks:
        at = FIRST + timedelta(hours=number)
        copy = folder / f"gate_{at:%Y%m%dT%H%M%SZ}{recording.suffix}"
        shutil.copyfile(recording, copy)
        with copy.open("ab") as file:
            file.write(number.to_bytes(8, "big"))
        done = ingest(workspace, IngestRequest((str(copy),), "gate", model=model, models_folder=models))
        found += sum(r.tracks for r in done.recordings)
        number += 1
    return found


def once(workspace: Workspace, where: str, seconds: float) -> dict[str, float]:
    """One stream, broken off after so many seconds of video."""
    planned: list[float] = []
    arranging: list[float] = []
    plan_tubes = selection.plan_tubes

    def plan(*arguments: Any) -> Any:
        started = time.perf_counter()
        made = plan_tubes(*arguments)
        planned.append(time.perf_counter())
        arranging.append(planned[-1] - started)
        return made

    class Enough(Exception):  # noqa: N818
        """The stream is long enough."""

    class Short(Sink):
        def write(self, data: bytes) -> int:
            if len(self.fragments) > seconds:
                raise Enough
            return super().write(data)

    sink, begin = Short(), time.perf_counter()
    selection.plan_tubes = plan  # type: ignore[assignment]
    try:
        stream_of_hits(workspace, SynopsisRequest((), where=where), sink)  # type: ignore[arg-type]
    except Enough:
        pass
    finally:
        selection.plan_tubes = plan_tubes
    return {
        "arranging_seconds": arranging[0],
        "plan_seconds": planned[0] - begin,
        "first_seconds": sink.fragments[min(PLAY, len(sink.fragments) - 1)] - begin,
    }


def measure(recording: Path, tracks: int, model: str, models: Path | None, work: Path) -> dict[str, Any]:
    with open_workspace(work / "workspace") as workspace:
        count = fill(workspace, recording, work, tracks, model, models)
        where = "dwell:>0.1s"
        once(workspace, where, 4)  # what is compiled once
        fixed = calibration()
        rounds = [once(workspace, where, 6) for _ in range(5)]
    middle = {k: round(statistics.median(r[k] for r in rounds), 2) for k in rounds[0]}
    return {"tracks": count, **middle, "rounds": rounds, "calibration_seconds": round(fixed, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hits", description=__doc__)
    parser.add_argument("recording", type=Path)
    parser.add_argument("--tracks", type=int, default=1000)
    parser.add_argument("--model", default="auto")
    parser.add_argument("--models-folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(options.recording, options.tracks, options.model, options.models_folder, Path(folder))
    print(json.dumps({"commit": commit(), "machine": machine(), **found}, indent=2))


if __name__ == "__main__":
    main()
