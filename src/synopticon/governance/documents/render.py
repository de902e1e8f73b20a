"""Pages as HTML (one file, nothing fetched, made to be printed) and as Markdown, by Jinja2 templates.

Whatever a camera or an organisation is called, it stays a text: HTML is escaped by Jinja2 (autoescape),
Markdown by ``plain``; characters that cannot be seen, or that turn the direction of writing, become spaces.
"""

import functools
import re
import textwrap
from base64 import b64encode
from hashlib import sha256
from importlib import resources
from typing import Any

import jinja2

from synopticon.governance.documents.page import Block, Page

_INLINE = re.compile(r"([\\`*_\[\]<>&|~${}^@])")
_OPENING = re.compile(r"^([#+=-]|\d+(?=[.)](?:\s|$)))")
_ADDRESS = re.compile(r"(?<=[A-Za-z])(:)(?=//)|(?<=\bwww)(\.)", re.IGNORECASE)


def html(page: Page) -> str:
    """The page as one HTML file."""
    style = _file("page.css")
    return _templates().get_template("page.html").render(page=page, style=style, policy=_policy(page, style))


def markdown(page: Page) -> str:
    """The page as Markdown (CommonMark with tables)."""
    return _templates().get_template("page.md").render(page=page).rstrip("\n") + "\n"


def text(page: Page, width: int = 90) -> str:
    """The page as plain text, in lines of at most ``width`` characters where words allow it."""
    lines = [seen(page.title).upper(), seen(page.subtitle), ""]
    for block in page.blocks:
        lines += [*_lines(block, width, " : " if page.language == "fr" else ": "), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _lines(block: Block, width: int, colon: str) -> list[str]:
    """A block as lines of text; a table is one paragraph a row, each cell with the name of its column."""
    if block.kind == "heading":
        return [seen(block.text), "-" * min(len(seen(block.text)), width)]
    if block.kind == "code":
        return block.text.splitlines()
    found: list[str] = []
    for line in (block.title, *block.lines):
        found += _wrapped(line, width, "- " if block.kind == "list" else "")
    for row in block.rows:
        cells = zip(block.head, row, strict=True) if block.head else [(row[0], row[1])]
        found += [part for head, cell in cells for part in _wrapped(seen(head) + colon + seen(cell), width)]
        found += [""] if block.head else []
    found += _wrapped(block.text, width)
    if block.kind == "blank":
        found += ["", "_" * width, "", "_" * width]
    return found[:-1] if found and not found[-1] else found


def _wrapped(line: str, width: int, mark: str = "") -> list[str]:
    return textwrap.wrap(mark + seen(line), width, subsequent_indent=" " * len(mark)) if seen(line) else []


def _policy(page: Page, style: str) -> str:
    """What a browser may load for the page: its own style, and pictures that are in it."""
    digest = _base64(sha256(style.encode()).digest())
    pictures = " img-src data:;" if any(p.data for block in page.blocks for p in block.pictures) else ""
    return f"default-src 'none'; style-src 'sha256-{digest}';{pictures} base-uri 'none'; form-action 'none'"


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def seen(text: object) -> str:
    """A text in one line, without what cannot be seen."""
    shown = "".join(c if c.isprintable() else " " for c in str(text))
    return " ".join(shown.split())


def kept(text: object) -> str:
    """A text in its lines and with its spaces, without what cannot be seen."""
    lines = str(text).splitlines()
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines)


def plain(text: object) -> str:
    r"""A text that Markdown takes as a text, wherever it stands.

    >>> plain("# a | <b>")
    '\\# a \\| \\<b\\>'
    """
    escaped = _INLINE.sub(r"\\\1", seen(text))
    escaped = _ADDRESS.sub(lambda m: f"\\{m[0]}", escaped)
    return _OPENING.sub(lambda m: f"\\{m[0]}" if not m[0].isdigit() else f"{m[0]}\\", escaped)


@functools.cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(_file),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {"plain": plain, "seen": seen, "kept": kept, "base64": _base64}
    made.filters.update(filters)
    made.tests["number_text"] = lambda text: str(text).isdigit()
    return made


def _file(name: str) -> str:
    return (resources.files("synopticon.governance.documents") / "templates" / name).read_text("utf-8")
