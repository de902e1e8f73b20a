"""What a transparency report costs on a long log: python -m benchmarks.documents [ACTS], JSON on stdout."""

import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from synopticon.acts.cameras import add_camera
from synopticon.acts.documents import write_documents
from synopticon.acts.workspace import Workspace, open_workspace
from synopticon.governance.audit.entry import ActHeader
from synopticon.governance.grant import Scope, Window


def fill(workspace: Workspace, acts: int) -> None:
    """So many looks at two hours of one camera, each with its outcome."""
    camera, now = add_camera(workspace, "door"), datetime.now(UTC)
    scope = Scope((camera.id,), (Window(now - timedelta(hours=2), now),)).plain()
    header = ActHeader("consultation", "synopsis", "user-1", "case-1", workspace.profile.digest)
    for number in range(acts):
        record = workspace.log.record(header, {"scope": scope, "reason": ["what happened at the door"]})
        workspace.log.outcome(record, {"state": "done", "tracks": number})


def measure(acts: int) -> dict[str, float]:
    """Seconds by the clock, and of one core, for a report in two languages."""
    with tempfile.TemporaryDirectory() as folder, open_workspace(Path(folder) / "ws") as workspace:
        fill(workspace, acts)
        entries = workspace.log.storage.size()
        began, used = time.perf_counter(), time.process_time()
        write_documents(workspace, "transparency", Path(folder) / "out", ("fr", "en"))
        seconds, core = time.perf_counter() - began, time.process_time() - used
    return {"entries": entries, "seconds": round(seconds, 2), "core_seconds": round(core, 2)}


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)))
