"""How long a statistic takes, and how much memory, in the workspace that ``benchmarks.search`` made.

python -m benchmarks.search --databases sqlite --work DIR     makes it: 10 million tracks
python -m benchmarks.counting DIR/lite                        every table, each in a process of its own

Seconds are from the question to the table, the start of the program left out; ``peak_gb`` is the largest
resident set of the process. ``--groups``: by the rule that only groups of ten tracks in a quarter are shown.
``--grounds``: each camera has a ground, so that speeds are reckoned in metres.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.harness import commit, machine
from benchmarks.search import NOW, THEN
from synopticon.acts.statistics import StatisticsRequest, supply_of
from synopticon.acts.workspace import open_workspace
from synopticon.governance.grant import Scope
from synopticon.search.counts import Cameras, Counting
from synopticon.search.statistics import Groups, statistic
from synopticon.values.counted import KINDS
from synopticon.values.ground import of_points
from tests.grants import grant_for

CORNERS = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
METRES = ((0.0, 0.0), (40.0, 0.0), (40.0, 30.0), (0.0, 30.0))
RULE = Groups(10, 900, 1 << 60)


def one(folder: Path, by: str, *, groups: bool, grounds: bool) -> dict[str, Any]:
    """One table, by the hour where it has hours, of all that the workspace holds."""
    kind = next(k for k in KINDS if k == by)
    with open_workspace(folder, clock=THEN) as workspace:
        grant = grant_for("statistics", Scope(digests=workspace.footage.digests()), now=NOW)
        supply = supply_of(workspace, StatisticsRequest(kind))
        assert supply.seen is not None, "a workspace knows what was analysed"
        known = workspace.cameras.all()
        planes = {c.id: of_points(CORNERS, METRES) for c in known} if grounds else {}
        cameras = Cameras({c.id: c.name for c in known}, {c.id: c.zone for c in known}, planes)
        begin = time.perf_counter()
        counting = Counting(lambda: supply.tracks(grant), tuple(cameras.names), cameras)
        areas, rule = workspace.areas.all(), RULE if groups else None
        made = statistic(kind, counting, areas, seen=supply.seen(grant), groups=rule)
        seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {"rows": len(made.table.rows), "seconds": round(seconds, 1), "peak_gb": round(peak, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.counting", description=__doc__)
    parser.add_argument("folder", type=Path, help="a workspace that benchmarks.search made")
    parser.add_argument("--by", default="hour,camera,class,zone,flow,dwell,speed,occupancy,heat,path")
    parser.add_argument("--groups", action="store_true")
    parser.add_argument("--grounds", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.folder, options.by, groups=options.groups, grounds=options.grounds)))
        return
    results: dict[str, Any] = {"commit": commit(), "machine": machine()}
    for by in options.by.split(","):
        more = [f"--{name}" for name in ("groups", "grounds") if getattr(options, name)]
        command = [sys.executable, "-m", "benchmarks.counting", str(options.folder), "--by", by, "--one"]
        done = subprocess.run([*command, *more], check=True, capture_output=True, text=True)
        results[by] = json.loads(done.stdout)
        print(by, results[by], file=sys.stderr, flush=True)
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
