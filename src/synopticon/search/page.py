"""The page of an answer: one HTML file with masked pictures inside, that needs no network and no server."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template

from synopticon.search.find import Found
from synopticon.search.hits import Hit
from synopticon.search.reason import stretch


@dataclass(frozen=True, slots=True)
class Told:
    """What is said around the hits: ``facts`` in one line, ``marks`` that must not be missed, ``worth``."""

    query: str
    facts: str
    marks: Sequence[str]
    worth: Sequence[str]


def page(told: Told, found: Found, cameras: Mapping[str, str], pictures: Mapping[str, bytes]) -> str:
    """The page; ``cameras``: id -> name, ``pictures``: track -> JPEG."""
    css = _part("page.css")
    return Template(_part("page.html")).substitute(
        digest=b64encode(sha256(css.encode()).digest()).decode(),
        title=escape(f"Search: {told.query}"),
        css=css,
        query=escape(told.query),
        facts=escape(told.facts),
        badges="".join(f'<span class="badge">{escape(mark)}</span>' for mark in told.marks),
        cards="\n".join(_card(hit, cameras, pictures.get(hit.track)) for hit in found.hits),
        worth="\n".join(f"<li>{escape(line)}</li>" for line in told.worth),
    )


def _card(hit: Hit, cameras: Mapping[str, str], picture: bytes | None) -> str:
    return "".join(_lines(hit, cameras.get(hit.camera, hit.camera), picture))


def _lines(hit: Hit, camera: str, picture: bytes | None) -> Iterator[str]:
    yield '<article><div class="shot">'
    if picture is None:
        yield '<span class="none">no picture</span>'
    else:
        yield f'<img alt="masked picture of this {escape(hit.label)}" src="data:image/jpeg;base64,'
        yield f'{b64encode(picture).decode()}">'
    yield f'</div><div class="says"><h3>{escape(hit.label)} <span class="grade {hit.grade}">'
    yield f"{hit.grade} {hit.score:.2f}</span></h3>"
    yield f'<p class="when">{escape(when(hit))} &middot; {escape(camera)}</p><dl>'
    for reason in hit.reason:
        yield f"<dt>{escape(reason.term)}</dt><dd>{escape(reason.says)}</dd>"
    yield f'</dl><p class="id">{escape(hit.track)}</p></div></article>'


def when(hit: Hit) -> str:
    """When it was there: local time with its zone, or seconds from the start of its recording."""
    if hit.start is None or hit.end is None:
        return f"{hit.offset:.1f} s into the recording, for {hit.seconds:.1f} s"
    return stretch(hit.start, hit.end)


def _part(name: str) -> str:
    return files("synopticon.search").joinpath(name).read_text("utf-8")
