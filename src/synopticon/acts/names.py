"""Names that people give to places: of zones, lines and cameras, so that a query can say each of them."""

from synopticon.acts.workspace import Workspace
from synopticon.errors import RefusedError, UsageError
from synopticon.search.sensitive import refuse_in

LONGEST = 100  # characters


def checked_name(workspace: Workspace, capability: str, name: str, about: str = "") -> str:
    """A name without spaces around it; raises ``UsageError`` for one that cannot be asked for.

    Raises ``RefusedError`` for one that sorts persons ("women"), logged as a refusal of ``capability``;
    ``about``: the camera's id.
    """
    clean = name.strip()
    if not clean or len(clean) > LONGEST or not clean.isprintable() or any(c in clean for c in ':",'):
        raise UsageError(
            f"{name[: LONGEST + 1]!r} is no name: use up to {LONGEST} printable characters without "
            "colons, commas and quotes"
        )
    try:
        refuse_in(clean, place=True)
    except RefusedError as error:
        raise workspace.refuse(capability, error, about=about) from error
    return clean
