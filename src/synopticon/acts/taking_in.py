"""The job that takes one recording in: what a browser sent, or what appeared in a watched folder."""

from datetime import datetime
from pathlib import Path

from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.kinds import Made, Task
from synopticon.acts.uploads import upload_path
from synopticon.errors import FootageError
from synopticon.footage.apart import inspect_apart
from synopticon.footage.digest import sha256


def take_in(task: Task) -> Made:
    """Take in an upload, or the file ``path``, under ``camera`` (its name), after a look into it apart.

    ``start``: ISO 8601; ``own``: copy it into the workspace; ``sha256``: what its bytes must have, or "";
    ``moved``: the file goes once it was taken in, with nothing lost (a segment of a stream).

    Goes on where it was, if it was begun before. Raises ``FootageError`` where nothing could be taken in.
    """
    asked = task.payload
    path = _looked_into(task)
    request = IngestRequest(
        (str(path),),
        asked["camera"],
        own=asked.get("own", False),
        model=asked.get("model", "auto"),
        models_folder=Path(asked["models_folder"]) if asked.get("models_folder") else None,
        quick=asked.get("quick", False),
        start=datetime.fromisoformat(asked["start"]) if asked.get("start") else None,
        case=task.case,
        workers=asked.get("workers", 0),
    )
    result = ingest(task.workspace, request, task.progress)
    if result.exit_code == 1:
        raise FootageError(next((r.note for r in result.recordings if r.note), "nothing could be read"))
    if asked.get("moved") and {r.state for r in result.recordings} <= {"analysed", "known"}:
        path.unlink(missing_ok=True)
    return Made(
        {
            "recordings": [r.footage for r in result.recordings if r.footage],
            "states": [r.state for r in result.recordings],
            "track_count": sum(r.tracks for r in result.recordings),
            "gaps": sum(r.gaps for r in result.recordings),
            "notes": list(result.notes),
        }
    )


def _looked_into(task: Task) -> Path:
    """The file, whole and readable, as far as a process apart can tell. Raises ``FootageError``."""
    asked = task.payload
    path = upload_path(task.workspace, asked) if "upload" in asked else Path(asked["path"])
    if not path.is_file():
        raise FootageError(f"{path.name}: is not there any more: give it again")
    if (wanted := asked.get("sha256")) and (found := sha256(path)) != wanted:
        raise FootageError(f"{path.name}: has the SHA-256 {found}, not {wanted}: send it again")
    task.progress("looking into the file", 0.0)
    inspect_apart(path)
    return path
