"""The page that checks packages: opened here, or saved for a machine without a network."""

from fastapi import Response
from pydantic import BaseModel

from synopticon import __version__
from synopticon.evidence.format import PAGE
from synopticon.evidence.page import page, page_digest
from synopticon.web.papers import alone


class VerifyPageOut(BaseModel):
    """The page's SHA-256, as it is published with the release."""

    sha256: str
    bytes: int
    release: str


def show_verify_page(save: bool = False) -> Response:
    """Give ``verify.html``, byte for byte as it lies in every package; ``save``: as a file."""
    return alone(page(), PAGE if save else "")


def show_verify_digest() -> VerifyPageOut:
    """Say the digest of that page, to be compared with the published one."""
    return VerifyPageOut(sha256=page_digest(), bytes=len(page()), release=__version__)
