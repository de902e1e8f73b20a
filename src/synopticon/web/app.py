"""The application: the table of routes, the guard around it, the errors of it, and the page itself."""

import os
from asyncio import get_running_loop
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial, wraps
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Response
from starlette.routing import BaseRoute

from synopticon import __version__
from synopticon.web import problems
from synopticon.web.auth import Door, permitted, visitor
from synopticon.web.guard import Guard, House
from synopticon.web.problems import Problem
from synopticon.web.routes import ROUTES, Heavy, Route
from synopticon.web.static import Pages

# More at once would only make all of them slow.
_THREADS: Mapping[Heavy, ThreadPoolExecutor] = {
    "query": ThreadPoolExecutor(1, "query"),
    "work": ThreadPoolExecutor(os.cpu_count() or 1, "work"),
}
_SAID: dict[int, str] = {
    401: "Nobody is signed in.",
    403: "Refused, with the rule; or from another origin, or without the page's token.",
    404: "Not there, or of another unit.",
    408: "It did not come in time.",
    409: "Something is in the way.",
    413: "Too large.",
    421: "Sent to a name that is not this server's.",
    422: "Makes no sense, with the place.",
    429: "Too often; see Retry-After.",
}


def make_app(door: Door, house: House) -> Guard:
    """The server's application for the workspace behind a door, which stays open while it runs."""
    app = bare_app()
    app.state.door = door
    return Guard(app, house)


def bare_app(routes: Sequence[Route] = ROUTES) -> FastAPI:
    """The application without a workspace: enough to describe itself."""
    app = FastAPI(
        title="Synopticon",
        version=__version__,
        description="The interface of the web application. Boxes are 0..1 of the picture, times ISO 8601 in "
        "UTC, lengths seconds. Errors are RFC 9457 problems.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        routes=[route for row in routes for route in _mounted(row)],
    )
    problems.install(app)
    app.mount("/", Pages())
    return app


@cache
def _mounted(row: Route) -> Sequence[BaseRoute]:
    """A row as the framework has it; it looks at the function for long, and so only once."""
    # JSON is said by no class, so that it goes straight from the values to bytes.
    other: Any = {} if row.kind == "application/json" else {"response_class": Response}
    router = APIRouter()
    router.add_api_route(
        row.path,
        _aside(row.call, _THREADS[row.heavy]) if row.heavy else row.call,
        methods=[row.method],
        operation_id=row.name,
        tags=[row.tag],
        status_code=row.status,
        dependencies=_gates(row),
        responses=_responses(row),
        **other,
    )
    return router.routes


def _aside(call: Callable[..., Any], threads: ThreadPoolExecutor) -> Callable[..., Any]:
    """The same function, run in one of the threads for what takes long."""

    @wraps(call)
    async def run(**arguments: Any) -> Any:
        return await get_running_loop().run_in_executor(threads, partial(call, **arguments))

    return run


def _gates(row: Route) -> list[Any]:
    """What is asked before the function of a row is called."""
    if row.public:
        return []
    return [Depends(permitted(row.capability) if row.capability else visitor)]


def _responses(row: Route) -> dict[int | str, dict[str, Any]]:
    said: dict[int | str, dict[str, Any]]
    wanted = set(_SAID) - ({401, 409} if row.public else set())
    content = {problems.MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    said = {status: {"description": _SAID[status], "content": content} for status in sorted(wanted)}
    if row.kind == "text/event-stream":
        said |= {200: {"description": "Events.", "content": {row.kind: {"schema": {"type": "string"}}}}}
    elif row.kind != "application/json":
        binary = {row.kind: {"schema": {"type": "string", "format": "binary"}}}
        said |= {200: {"description": "The whole.", "content": binary}}
        said |= {206: {"description": "The part that was asked for.", "content": binary}}
        said |= {416: {"description": "No such part.", "content": content}}
    return said


def openapi() -> dict[str, Any]:
    """The description of the interface (OpenAPI 3.1), as it is committed to ``docs/openapi.json``."""
    said = bare_app().openapi()
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    said["components"]["schemas"] |= {**problem.pop("$defs"), "Problem": problem}
    return said
