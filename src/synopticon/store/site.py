"""The plan of the site: a picture, and where the cameras are on it. One file; nothing is of footage."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from synopticon.errors import StoreError
from synopticon.store.atomic import write_bytes

NAME = "site.json"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Site:
    """``picture``: JPEG, b"" = a blank grid; ``places``: by camera (its id) x and y, 0..1, and the direction.

    That is where it looks, in degrees clockwise, 0 = up.
    """

    picture: bytes = b""
    places: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)


class SiteStore:
    """The plan of a workspace, in its folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def read(self) -> Site:
        """The plan; a blank one where none was kept. Raises ``StoreError`` when it is damaged."""
        if not self._path.exists():
            return Site()
        try:
            found = json.loads(self._path.read_text("utf-8"))
            if found["version"] != _VERSION:
                raise ValueError(f"version {found['version']}")
            places = {str(c): (float(x), float(y), float(a)) for c, (x, y, a) in found["places"].items()}
            return Site(base64.b64decode(found["picture"], validate=True), places)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(f"{self._path}: damaged ({error}): delete it and draw the plan again") from error

    def write(self, site: Site) -> None:
        """Keep a plan instead of the one before, whole or not at all."""
        picture = base64.b64encode(site.picture).decode()
        plain = {
            "version": _VERSION,
            "picture": picture,
            "places": {k: list(v) for k, v in site.places.items()},
        }
        write_bytes(self._path, json.dumps(plain).encode(), overwrite=True)
