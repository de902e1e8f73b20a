"""What went wrong, as a browser is told: RFC 9457, the one line of the error, the rule of a refusal.

===========================  ====  =============================================
``WaitError``                429   with ``Retry-After``
``RefusedError``             403   404 for what another unit has, in the words for what is not there
``QueryError``               422   with the character
``UsageError``               422
``FootageError``             422
``OutputError``              409
others of the tree           500   with their line
all the rest                 500   with no word of what it was
===========================  ====  =============================================
"""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from synopticon.acts.jobs import NoJobError
from synopticon.errors import (
    FootageError,
    OutputError,
    QueryError,
    RefusedError,
    SynopticonError,
    UsageError,
    WaitError,
)

MEDIA = "application/problem+json"
HIDDEN = frozenset({"case.of-unit"})  # what is refused under these rules is not there, as far as one may know
_TITLES = {
    401: "Nobody is signed in", 403: "Refused", 404: "Not there", 405: "Not done here",
    408: "Too slow", 409: "In the way", 413: "Too large", 421: "Another server", 422: "Makes no sense",
    429: "Too often", 431: "Too large", 500: "Failed", 503: "Busy",
}  # fmt: skip
_log = logging.getLogger("synopticon.web")


class Place(BaseModel):
    """Where something is wrong: ``at`` the field (``body.purpose``), or the character of a query, from 1."""

    at: str
    says: str


class Problem(BaseModel):
    """What went wrong (RFC 9457). ``rule``: of a refusal; ``suggestion``: what to write instead."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    rule: str | None = None
    column: int | None = None
    suggestion: str | None = None
    places: list[Place] | None = None


class MissingError(SynopticonError):
    """What the address names is not there, or not for whoever asks."""


class NobodyError(SynopticonError):
    """Nobody is signed in, or no more."""

    rule = "user.signed-in"


_STATUS: tuple[tuple[type[SynopticonError], int], ...] = (
    (WaitError, 429),
    (RefusedError, 403),
    (NobodyError, 401),
    (MissingError, 404),
    (NoJobError, 404),
    (OutputError, 409),
    (UsageError, 422),  # and QueryError
    (FootageError, 422),
    (SynopticonError, 500),
)


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """An answer that says what went wrong."""
    said = Problem(title=_TITLES.get(status, "Failed"), status=status, detail=detail, **more)
    body = said.model_dump(exclude_none=True)
    return JSONResponse(body, status, dict(headers or {}), media_type=MEDIA)


def of_error(error: SynopticonError) -> Response:
    """What an error of the tree says to a browser."""
    says, rule = str(error).split("\n")[0], getattr(error, "rule", "")
    if rule in HIDDEN:
        return problem(404, f"there is no such case here (rule {rule})", rule=rule)
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    wait = {"Retry-After": str(error.seconds)} if isinstance(error, WaitError) else None
    more: dict[str, Any] = {"rule": rule or None}
    if isinstance(error, QueryError):
        more |= {"column": error.column or None, "suggestion": error.suggestion or None}
    return problem(status, says, wait, **more)


def install(app: FastAPI) -> None:
    """Answer every error of the application with a problem."""

    @app.exception_handler(SynopticonError)
    def known(_request: Request, error: SynopticonError) -> Response:
        return of_error(error)

    @app.exception_handler(RequestValidationError)
    def unreadable(_request: Request, error: RequestValidationError) -> Response:
        places = [
            Place(at=".".join(map(str, one["loc"])), says=str(one["msg"])) for one in error.errors()[:20]
        ]
        first = places[0]
        return problem(422, f"{first.at}: {first.says}", places=places)

    @app.exception_handler(HTTPException)
    def of_http(_request: Request, error: HTTPException) -> Response:
        said = {404: "there is nothing at this address", 405: "this address does not do that"}
        if error.status_code == 400:  # a body that is no JSON in UTF-8
            return problem(422, "body: cannot be read: send JSON")
        return problem(error.status_code, said.get(error.status_code, str(error.detail)), error.headers)

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> Response:
        _log.critical("%s %s: %s", request.method, request.url.path, type(error).__name__, exc_info=error)
        return problem(500, "something unexpected went wrong: the server's own terminal says what")
