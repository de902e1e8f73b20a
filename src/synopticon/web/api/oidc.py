"""To the identity provider and back: addresses that a browser opens, not the page's own requests."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from synopticon.errors import RefusedError
from synopticon.web.auth import At, Host
from synopticon.web.problems import MissingError

BACK = "/oidc/callback"


def start_oidc(request: Request, door: At, host: Host) -> Response:
    """Send the browser to the identity provider."""
    if door.oidc is None:
        raise MissingError("no identity provider is set up here: sign in by name and password")
    try:
        cookie, place = door.oidc.begin(f"{door.origin(request.headers['host'])}{BACK}")
    except RefusedError as error:
        return _home(door.turned_away(error, host).rule)
    going = RedirectResponse(place, 303)
    door.lend(going, cookie)
    return going


def finish_oidc(request: Request, door: At, host: Host) -> Response:
    """Take whom the identity provider sends back: a session of a user who is mapped to them, or none."""
    if door.oidc is None:
        raise MissingError("no identity provider is set up here: sign in by name and password")
    try:
        visit = door.come_back(request.cookies.get(door.attempt), dict(request.query_params), host)
    except RefusedError as error:
        return _home(error.rule)
    if before := request.cookies.get(door.cookie):
        door.leave(before)
    back = _home()
    door.give(back, visit)
    return back


def _home(rule: str = "") -> Response:
    """To the page, which says by which rule somebody was refused; the attempt's cookie is spent."""
    return RedirectResponse(f"/?refused={rule}" if rule else "/", 303)
