"""The public declaration: who uses the system, under which rules; for everybody, unless switched off."""

from fastapi import Response
from pydantic import BaseModel

from synopticon.acts.declaration import publish, published
from synopticon.web.auth import At, Here
from synopticon.web.problems import MissingError


class DeclarationSwitch(BaseModel):
    """Whether the declaration is shown to everybody."""

    public: bool


class DeclarationOut(BaseModel):
    """Whether the declaration is shown; ``withdrawn``: since when it is not."""

    public: bool
    withdrawn: str | None


def show_declaration(door: At) -> Response:
    """Show the signed declaration of who uses this system; see docs/documents.md for its form."""
    found = published(door.workspace)
    if found.data is None:
        since = (
            f"it was switched off on {found.withdrawn}" if found.withdrawn else "no organisation declares it"
        )
        raise MissingError(f"there is no public declaration here: {since}")
    return Response(found.data, media_type="application/json")


def show_declaration_state(door: At) -> DeclarationOut:
    """Say whether the declaration is public, and since when it is not."""
    found = published(door.workspace)
    return DeclarationOut(public=found.data is not None, withdrawn=found.withdrawn or None)


def switch_declaration(here: Here, body: DeclarationSwitch) -> DeclarationOut:
    """Show the declaration to everybody, or no more; the log and this server say so."""
    publish(here, body.public)
    found = published(here)
    return DeclarationOut(public=found.data is not None, withdrawn=found.withdrawn or None)
