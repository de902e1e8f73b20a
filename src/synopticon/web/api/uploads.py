"""Footage that a browser sends: the protocol tus 1.0.0 (https://tus.io/protocols/resumable-upload).

The core, and its extensions creation, checksum (of SHA-256), expiration and termination.
"""

import asyncio
from base64 import b64decode
from datetime import datetime
from email.utils import format_datetime
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Depends, Header, Request, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from synopticon.acts import uploads
from synopticon.acts.uploads import PIECE, Upload, Wish
from synopticon.errors import UsageError, WaitError
from synopticon.web.auth import At, Here, Signed
from synopticon.web.guard import TUS as VERSION

EXTENSIONS = "creation,checksum,expiration,termination"
PIECES = "application/offset+octet-stream"
AT_ONCE = 2  # pieces of one session that are on their way
PATIENCE = 60.0  # seconds that a whole piece may take to come
METADATA = 16 << 10  # characters
RULE_AT_ONCE = "web.uploads"


def spoken(
    tus_resumable: Annotated[str, Header(description=f"The version of tus; must be {VERSION}.")] = "",
) -> None:
    """Refuse another version of the protocol."""
    if tus_resumable != VERSION:
        told = {"Tus-Version": VERSION}
        raise HTTPException(412, f"this server speaks tus {VERSION}: set Tus-Resumable", told)


Tus = Annotated[None, Depends(spoken)]
Length = Annotated[int, Header(alias="Upload-Length", ge=0, le=2**62)]
Offset = Annotated[int, Header(alias="Upload-Offset", ge=0, le=2**62)]
Metadata = Annotated[
    str,
    Header(
        alias="Upload-Metadata",
        max_length=METADATA,
        description="Keys with values in Base64: filename, camera (its name), start (ISO 8601; without a "
        "zone in the camera's), case, reason, sha256.",
    ),
]
Digest = Annotated[str, Header(alias="Upload-Checksum", max_length=200)]


def tell_protocol(door: At) -> Response:
    """Say how uploads are sent, and how large they may be."""
    said = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Checksum-Algorithm": ",".join(uploads.DIGESTS),
        "Tus-Max-Size": str(door.largest_upload),
        "Synopticon-Piece": str(PIECE),
    }
    return Response(status_code=204, headers=said)


def begin_upload(
    here: Here, door: At, _: Tus, upload_length: Length, upload_metadata: Metadata = ""
) -> Response:
    """Announce footage that is to be taken in under a camera; its address is in ``Location``."""
    made = uploads.begin_upload(here, _wish(upload_length, _said(upload_metadata)), door.largest_upload)
    return Response(status_code=201, headers={"Location": f"/api/uploads/{made.job.id}", **_state(made)})


def show_upload(here: Here, job: str, _: Tus) -> Response:
    """Say how much of an upload of one's own is here."""
    found = uploads.find_upload(here, job)
    return Response(status_code=200, headers={"Upload-Length": str(found.length), **_state(found)})


async def add_piece(
    here: Here,
    door: At,
    visit: Signed,
    request: Request,
    job: str,
    upload_offset: Offset,
    _: Tus,
    upload_checksum: Digest = "",
) -> Response:
    """Send the next piece of an upload of one's own; with the last one, its job begins."""
    if request.headers.get("content-type") != PIECES:
        raise HTTPException(415, f"a piece is sent as {PIECES}: set Content-Type")
    await run_sync(uploads.find_upload, here, job)  # before its bytes are waited for
    if not door.sending.take(visit.owner, AT_ONCE):
        text = f"{AT_ONCE} pieces of this session are on their way (rule {RULE_AT_ONCE}): wait for one"
        raise WaitError(text, RULE_AT_ONCE, 1)
    try:
        data = await _body(request)
        found = await run_sync(uploads.add_piece, here, job, upload_offset, data, upload_checksum)
    finally:
        door.sending.give(visit.owner)
    return Response(status_code=204, headers=_state(found))


def drop_upload(here: Here, job: str, _: Tus) -> Response:
    """Give up an upload of one's own."""
    uploads.drop_upload(here, job)
    return Response(status_code=204)


async def _body(request: Request) -> bytes:
    """A piece, however it is cut up on its way; the guard has its size and the time between two parts."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await request.body()
    except TimeoutError:
        raise HTTPException(408, "the piece did not come in time: send a smaller one") from None
    except ClientDisconnect:
        raise HTTPException(408, "the connection ended before the piece did: send it again") from None


def _said(metadata: str) -> dict[str, str]:
    """The values that belong to an upload, decoded."""
    found = {}
    for pair in filter(None, (part.strip() for part in metadata.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = b64decode(value, validate=True).decode()
        except ValueError as error:
            raise UsageError(f"Upload-Metadata: {key[:40]!r} is no Base64 of UTF-8: write it so") from error
    return found


def _wish(length: int, said: dict[str, str]) -> Wish:
    try:
        start = datetime.fromisoformat(said["start"]) if said.get("start") else None
    except ValueError as error:
        raise UsageError("start is no time: write it as 2026-11-24T10:00") from error
    return Wish(
        said.get("filename", ""), length, said.get("camera", ""), start, said.get("sha256", "").lower(),
        said.get("case") or None, said.get("reason", "")[:4000],
    )  # fmt: skip


def _state(found: Upload) -> dict[str, str]:
    expires = format_datetime(found.expires, usegmt=True)
    return {"Upload-Offset": str(found.offset), "Upload-Expires": expires, "Cache-Control": "no-store"}
