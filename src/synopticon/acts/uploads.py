"""Footage that comes over the web, piece by piece: kept aside until all is here, then taken in as a job.

An upload is a job whose bytes are still on their way: asking for it is the act, its end is the outcome, and
whoever may cancel the one may cancel the other. How much is here is the size of the file, nothing else.
"""

import errno
import hashlib
import os
import re
import shutil
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from synopticon.acts import jobs
from synopticon.acts.jobs import Job, NoJobError
from synopticon.acts.kinds import INGEST
from synopticon.acts.workspace import Workspace
from synopticon.aside import remove
from synopticon.errors import OutputError, UsageError
from synopticon.footage.find import VIDEO_SUFFIXES
from synopticon.governance.case import new_id
from synopticon.store.atomic import flush, make_folder
from synopticon.store.jobs import End, State
from synopticon.store.lock import held

GIB = 1 << 30
LARGEST = 64 * GIB  # bytes of an upload, unless the server says otherwise
PIECE = 4 << 20  # bytes at once
LEFT = GIB  # bytes that stay free on the disk
LASTS = timedelta(hours=24)  # since its last piece
NAME = 100  # bytes of a file's name
DIGESTS: dict[str, Callable[[bytes], "hashlib._Hash"]] = {"sha256": hashlib.sha256}
_PLAIN = " ._-()"


class TooLargeError(UsageError):
    """What is announced is larger than what is taken."""


class NoRoomError(OutputError):
    """The disk has no room for it."""


class DamagedError(UsageError):
    """A piece is not what its digest says: it was changed on its way."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be sent. ``name``: a label, from elsewhere; ``camera``: its name; ``sha256``: of all, or "".

    ``start``: when the first picture was taken, without a zone in the camera's; None = see the recording.
    """

    name: str
    length: int
    camera: str
    start: datetime | None = None
    sha256: str = ""
    case: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload of one's own: bytes announced and here, and when it is given up (UTC)."""

    job: Job
    length: int
    offset: int
    expires: datetime


def begin_upload(workspace: Workspace, wish: Wish, largest: int = LARGEST) -> Upload:
    """Announce footage; raises ``TooLargeError``, ``NoRoomError``, ``UsageError``, and refusals of ingest."""
    if wish.length <= 0:
        raise UsageError("an upload of no bytes is no footage: give a recording")
    if wish.length > largest:
        raise TooLargeError(f"{wish.length} bytes are announced, {largest} are taken: give a shorter one")
    if wish.sha256 and not re.fullmatch(r"[0-9a-f]{64}", wish.sha256):
        raise UsageError("sha256 is no SHA-256: write 64 hexadecimal digits, or leave it out")
    camera = workspace.cameras.find(wish.camera)
    _check_room(workspace, wish.length)
    payload = {
        "upload": new_id("upload"), "name": safe_name(wish.name), "length": wish.length,
        "camera": camera.name, "start": wish.start.isoformat() if wish.start else "", "sha256": wish.sha256,
        "own": True,
    }  # fmt: skip
    job = jobs.submit(
        workspace, INGEST, payload, title=label_of(wish.name), case=wish.case, reason=wish.reason,
        receiving=True,
    )  # fmt: skip
    return _upload(workspace, job)


def find_upload(workspace: Workspace, job: str) -> Upload:
    """An upload of one's own that is on its way, or all here; raises ``NoJobError``."""
    found = jobs.my_job(workspace, job)
    if "upload" not in found.payload or found.over:
        raise NoJobError("there is no such upload of yours, or no more: send it anew")
    return _upload(workspace, found)


def add_piece(workspace: Workspace, job: str, offset: int, data: bytes, digest: str = "") -> Upload:
    """Keep the next piece of an upload; ``digest``: as ``sha256 BASE64``, or "".

    One writer at a time, and only where the last piece ended; the whole piece or nothing of it is kept, and
    the last one lets the job begin. Raises ``DamagedError``, ``NoRoomError``, and ``OutputError`` where
    another writes, or the offset is not where it ends.
    """
    _check_digest(data, digest)
    with held(jobs.lock_of(workspace, job), wait=False) as mine:
        upload = find_upload(workspace, job)
        if not mine:
            raise OutputError(f"{upload.job.title}: another writes it at this moment: try again soon")
        if offset != upload.offset:
            raise OutputError(f"{upload.job.title}: goes on at byte {upload.offset}, not {offset}: see there")
        if offset + len(data) > upload.length:
            raise TooLargeError(f"{upload.job.title}: has {upload.length} bytes as announced: send no more")
        if data:
            _write(upload_path(workspace, upload.job.payload), offset, data)
        if offset + len(data) == upload.length:
            workspace.jobs.received(job)
        else:
            workspace.jobs.receive(job, (offset + len(data)) / upload.length)
    return find_upload(workspace, job)


def drop_upload(workspace: Workspace, job: str) -> None:
    """Give up an upload of one's own; its bytes are removed."""
    upload = find_upload(workspace, job)
    jobs.cancel(workspace, job)
    with held(jobs.lock_of(workspace, job), wait=False) as free:
        if free:
            remove(_folder(workspace) / upload.job.payload["upload"])


def upload_path(workspace: Workspace, payload: Mapping[str, Any]) -> Path:
    """Where the bytes of an upload are, by the payload of its job."""
    return _folder(workspace) / str(payload["upload"]) / str(payload["name"])


def tidy_uploads(workspace: Workspace) -> None:
    """End uploads to which nothing was added for long; remove the bytes of those that are done with."""
    for job in workspace.jobs.in_state(State.RECEIVING):
        if "upload" in job.payload and _upload(workspace, job).expires < workspace.clock():
            end = End(State.CANCELLED, "not all of it came in time: send it anew")
            jobs.finish(workspace, job, end, (State.RECEIVING,))
    open_ = (State.RECEIVING, State.WAITING, State.RUNNING)
    needed = {job.payload.get("upload") for job in workspace.jobs.in_state(*open_)}
    late = workspace.clock() - LASTS
    for job in workspace.jobs.in_state(State.FAILED, State.REFUSED):  # may be asked for again
        if job.ended is not None and job.ended > late:
            needed.add(job.payload.get("upload"))
    for folder in _folder(workspace).glob("*"):
        if folder.name not in needed:
            remove(folder)


def safe_name(label: str) -> str:
    """A file's name made of a label from elsewhere: letters and digits of it, and an ending of videos."""
    text = unicodedata.normalize("NFC", re.split(r"[/\\]", label)[-1])
    kept = "".join(c for c in text if c.isalnum() or c in _PLAIN).strip(" .")
    stem, suffix = os.path.splitext(kept)  # noqa: PTH122 (a label, no path)
    if suffix.lower() not in VIDEO_SUFFIXES:
        stem, suffix = kept, ""
    stem = stem.encode()[: NAME - len(suffix)].decode(errors="ignore").strip(" .")
    return f"{stem or 'recording'}{suffix.lower()}"


def label_of(name: str) -> str:
    """A name from elsewhere on one line, to be shown: nothing in it moves the text around it."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name).strip()
    return text[:200] or "recording"


def _folder(workspace: Workspace) -> Path:
    return workspace.folder / "uploads"


def _upload(workspace: Workspace, job: Job) -> Upload:
    try:
        state = upload_path(workspace, job.payload).stat()
        offset, last = state.st_size, datetime.fromtimestamp(state.st_mtime, UTC)
    except FileNotFoundError:
        offset, last = 0, job.submitted
    return Upload(job, job.payload["length"], offset, last + LASTS)


def _check_room(workspace: Workspace, length: int) -> None:
    """It takes its bytes twice for a while: aside, and where the workspace keeps it. So do the others."""
    others = sum(
        2 * job.payload["length"] - _upload(workspace, job).offset
        for job in workspace.jobs.in_state(State.RECEIVING)
        if "upload" in job.payload
    )
    free = shutil.disk_usage(workspace.folder).free - others - LEFT
    if free < 2 * length:
        raise NoRoomError(
            f"the disk has no room for {length} bytes (twice, while they are taken in): free some space"
        )


def _check_digest(data: bytes, digest: str) -> None:
    if not digest:
        return
    name, _, value = digest.partition(" ")
    if name not in DIGESTS:
        raise UsageError(f"{name!r} is no digest that is known here: use {', '.join(DIGESTS)}")
    if b64encode(DIGESTS[name](data).digest()).decode() != value.strip():
        raise DamagedError("this piece is not what its digest says: send it again")


def _write(path: Path, offset: int, data: bytes) -> None:
    make_folder(path.parent).chmod(0o700)
    try:
        with path.open("ab") as file:
            file.write(data)
        flush(path)
    except OSError as error:
        with suppress(OSError):
            os.truncate(path, offset)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise NoRoomError("the disk is full: free some space; then it goes on where it was") from error
        raise OutputError(f"an upload cannot be kept ({error.strerror}): check the disk") from error
