"""Bytes that were granted, whole or the part that is asked for (RFC 9110, 14): pictures and masked clips."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from starlette.responses import Response, StreamingResponse

from synopticon.web.problems import problem

PIECE = 256 * 1024  # bytes that are read at once
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def ranged(headers: Mapping[str, str], source: bytes | Path, kind: str) -> Response:
    """Answer with ``source`` (bytes, or a file that was granted), or the one range of it that is asked for.

    ``kind``: its media type. What is no range, or several, is answered with the whole, as RFC 9110 allows;
    one that begins after the end with 416.
    """
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    said = {"Accept-Ranges": "bytes"}
    asked = _RANGE.fullmatch(headers.get("range", "").strip().lower())
    if asked is None or asked.groups() == ("", ""):
        return _body(source, 0, size, 200, said, kind)
    start, end = _ends(asked[1], asked[2], size)
    if start is None:
        return _body(source, 0, size, 200, said, kind)
    if start >= size:
        return problem(416, f"there are {size} bytes only", {"Content-Range": f"bytes */{size}"})
    said["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return _body(source, start, end, 206, said, kind)


def _ends(first: str, last: str, size: int) -> tuple[int | None, int]:
    """From where up to, not including, where; no start where the last byte is before the first."""
    if not first:  # the last so many bytes
        count = int(last)
        return (size, size) if count == 0 else (max(size - count, 0), size)
    start = int(first)
    if last and int(last) < start:
        return None, size
    return start, min(int(last) + 1, size) if last else size


def _body(
    source: bytes | Path, start: int, end: int, status: int, said: Mapping[str, str], kind: str
) -> Response:
    headers = {**said, "Content-Length": str(end - start)}
    if isinstance(source, bytes):
        return Response(source[start:end], status, headers, kind)
    return StreamingResponse(_pieces(source, start, end), status, headers, kind)


def _pieces(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while start < end and (piece := file.read(min(PIECE, end - start))):
            start += len(piece)
            yield piece
