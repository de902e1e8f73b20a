"""The page itself: what the build of ``ui/`` left in ``static/``; its own addresses lead to ``index.html``.

Files whose name carries a digest of their content never change and may be kept; everything else is asked for
anew each time. Files are known by name before the first request: no address is ever made into a path.
"""

import mimetypes
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from synopticon.web.problems import problem

FOLDER = Path(__file__).parent / "static"
_HASHED = re.compile(r"[.-][A-Za-z0-9_-]{8,}\.\w+$")
_ASSETS = "/assets/"  # where the build puts what carries a digest
_FOREVER = "public, max-age=31536000, immutable"
_EMPTY = (
    b"<!doctype html><html lang=en><meta charset=utf-8><title>Synopticon</title>"
    b"<p>The page was not built into this installation; the interface under /api/ works."
)


class Pages:
    """An ASGI application that gives the files of a folder, and ``index.html`` for what is no file."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    @cached_property
    def _files(self) -> Mapping[str, Path]:
        return {
            f"/{path.relative_to(self._folder).as_posix()}": path
            for path in self._folder.rglob("*")
            if path.is_file() and not path.is_symlink()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a file or a page."""
        if scope["type"] == "http":
            await self.answer(scope["method"], scope["path"])(scope, receive, send)

    def answer(self, method: str, path: str) -> Response:
        """The file at a path, or the page, or what is wrong."""
        if path.startswith(("/api/", "/.well-known/")) or path in ("/api", "/.well-known"):
            return problem(404, "there is nothing at this address")
        if method not in ("GET", "HEAD"):
            return problem(405, "this address does not do that", {"Allow": "GET, HEAD"})
        if (file := self._files.get(path)) is not None and path != "/index.html":
            return self._file(path, file)
        if path.startswith(_ASSETS):
            return problem(404, "there is nothing at this address")
        index = self._files.get("/index.html")
        body = index.read_bytes() if index else _EMPTY
        return Response(body, media_type="text/html", headers={"Cache-Control": "no-cache"})

    @staticmethod
    def _file(path: str, file: Path) -> Response:
        kept = path.startswith(_ASSETS) and _HASHED.search(path)
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        headers = {"Cache-Control": _FOREVER if kept else "no-cache"}
        return Response(file.read_bytes(), media_type=kind, headers=headers)
