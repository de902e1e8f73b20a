"""The originals of what was ingested: where they lie now, and whether they still are what was ingested.

Whoever only looks (search, a synopsis of hits) opens no original. What is made of one reads all of it, so all
of it is hashed before: size and time of a file prove nothing about its bytes.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from synopticon.acts.workspace import Workspace
from synopticon.errors import FootageError
from synopticon.footage.digest import sha256
from synopticon.governance.grant import Grant
from synopticon.values.footage import Footage, SourceFile


def located(workspace: Workspace, grant: Grant, footage: str, recording: Footage) -> Footage:
    """An ingested recording with its files where the workspace has them now, which may be its own copies."""
    paths = {file.digest: Path(file.path) for file in workspace.footage.files(grant, footage)}
    return replace(
        recording, files=tuple(replace(f, path=paths.get(f.sha256, f.path)) for f in recording.files)
    )


def check_original(file: SourceFile) -> None:
    """Raise ``FootageError``, with both digests, unless a file is the one that was ingested."""
    if not file.path.is_file():
        raise FootageError(f"{file.path}: is gone since ingest: put the file of SHA-256 {file.sha256} back")
    if (now := sha256(file.path)) != file.sha256:
        raise FootageError(
            f"{file.path}: changed since ingest (then {file.sha256}, now {now}): put back the file that was "
            "ingested"
        )


def check_span(footage: Footage, low: float, high: float) -> None:
    """The same of each file that shows some of these seconds of a recording."""
    for file in footage.readable:
        if file.offset < high and file.offset + file.duration > low:
            check_original(file)


def check_places(workspace: Workspace, files: Mapping[Path, str]) -> None:
    """Raise ``FootageError`` where a file was ingested from a place and another one lies there now.

    ``files``: what was named, with its SHA-256 now. One that was ingested again, as it is now, is fine.
    """
    places = {str(path.absolute()): digest for path, digest in files.items()}
    for place, known in workspace.footage.taken_from(tuple(places)).items():
        if (now := places[place]) not in known:
            raise FootageError(
                f"{place}: changed since ingest (then {' or '.join(sorted(known))}, now {now}): put back the "
                "file that was ingested, or ingest this one, too"
            )
