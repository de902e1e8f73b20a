"""The job that takes one recording in: what a browser sent, or what appeared in a watched folder."""

from datetime import datetime
from pathlib import Path

from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.kinds import Made, Task
from synopticon.errors import FootageError


def take_in(task: Task) -> Made:
    """Take in the file ``path`` under ``camera`` (its name); ``start``: ISO 8601; ``own``: copy it here.

    Goes on where it was, if it was begun before. Raises ``FootageError`` where nothing could be taken in.
    """
    asked = task.payload
    request = IngestRequest(
        (str(Path(asked["path"])),),
        asked["camera"],
        own=asked.get("own", False),
        model=asked.get("model", "auto"),
        quick=asked.get("quick", False),
        start=datetime.fromisoformat(asked["start"]) if asked.get("start") else None,
        case=task.case,
        workers=asked.get("workers", 0),
    )
    result = ingest(task.workspace, request, task.progress)
    if result.exit_code == 1:
        raise FootageError(next((r.note for r in result.recordings if r.note), "nothing could be read"))
    return Made(
        {
            "recordings": [r.footage for r in result.recordings if r.footage],
            "states": [r.state for r in result.recordings],
            "track_count": sum(r.tracks for r in result.recordings),
            "gaps": sum(r.gaps for r in result.recordings),
            "notes": list(result.notes),
        }
    )
