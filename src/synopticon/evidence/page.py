"""``verify.html``: one page that checks a package in a browser, offline; the same bytes for each release.

The page knows its own digest: it holds the pieces around its style, markup and script, puts itself together
from them, and hashes that. So the copy that was fetched from elsewhere tells whether the copy in a package is
the same page.
"""

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files


@cache
def page() -> bytes:
    """The page; the same for the same release on every machine."""
    parts = {"css": part("page.css"), "markup": part("page.markup")}
    parts["js"] = part("proofs.js") + part("check.js")
    start = part("page.html").replace("{csp}", policy(parts["css"], parts["js"]))
    pieces, rest = [], start
    for name in ("css", "markup", "shell", "js"):
        piece, rest = rest.split("{" + name + "}")
        pieces.append(piece)
    pieces.append(rest)
    parts["shell"] = json.dumps(pieces, ensure_ascii=True).replace("<", "\\u003c")
    middle = (parts["css"], parts["markup"], parts["shell"], parts["js"])
    return "".join(a + b for a, b in zip(pieces, (*middle, ""), strict=True)).encode()


def page_digest() -> str:
    """SHA-256 of the page, in hexadecimal: what is published."""
    return sha256(page()).hexdigest()


def part(name: str) -> str:
    """A piece of the pages that are made here, by its file's name."""
    return files("synopticon.evidence").joinpath("page", name).read_text("utf-8").replace("\r\n", "\n")


def policy(css: str, script: str, more: str = "") -> str:
    """Content security policy of a page with one style and one script; ``more``: directives besides."""

    def digest(text: str) -> str:
        return b64encode(sha256(text.encode()).digest()).decode()

    return (
        f"default-src 'none'; script-src 'sha256-{digest(script)}'; style-src 'sha256-{digest(css)}'; "
        + (f"{more}; " if more else "")
        + "base-uri 'none'; form-action 'none'"
    )
