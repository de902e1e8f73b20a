"""What was accepted in a case: the list, its masked pictures, and the clear ones that are asked for.

It is changed as marks are (``POST /api/marks``): a track leaves it by another verdict; a group is a tag.
"""

from collections.abc import Iterable
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from synopticon.acts import basket
from synopticon.acts.basket import MOST, Kept
from synopticon.evidence.gallery import Shot
from synopticon.web.api.fields import data_url, utc
from synopticon.web.auth import Here

Track = Annotated[str, Field(max_length=200)]


class KeptOut(BaseModel):
    """A track in the basket. ``tags``: its groups; ``by`` whom (an id); no start: clock unknown."""

    track: str
    camera: str
    footage: str
    label: str
    start: str | None
    seconds: float
    tags: list[str]
    note: str
    by: str
    at: str


class ShotOut(BaseModel):
    """The best picture of a track, as a ``data:`` address; empty: none is stored.

    ``quality`` 0..1; ``width``, ``height``: of the object in the recording, pixels.
    """

    track: str
    picture: str
    quality: float
    width: int
    height: int


class Reveal(BaseModel):
    """Whose pictures are to be shown clear, and why."""

    tracks: list[Track] = Field(min_length=1, max_length=MOST)
    case: str | None = Field(None, max_length=100)
    reason: str = Field("", max_length=4000)


def list_basket(here: Here, case: str | None = None, reason: str = "") -> list[KeptOut]:
    """List what was accepted, by camera and time."""
    return [_kept(one) for one in basket.list_basket(here, case=case, reason=reason)]


def list_shots(
    here: Here,
    track: Annotated[list[Track], Query(min_length=1, max_length=MOST)],
    case: str | None = None,
    reason: str = "",
) -> list[ShotOut]:
    """Give the best masked picture of each track; one entry in the log."""
    return _shots(basket.shots_of(here, track, case=case, reason=reason))


def reveal_shots(here: Here, body: Reveal) -> list[ShotOut]:
    """Give the same pictures without masks, for a reason; the log says whose."""
    return _shots(basket.clear_shots_of(here, body.tracks, case=body.case, reason=body.reason))


def _kept(one: Kept) -> KeptOut:
    row, mark = one.track, one.mark
    return KeptOut(
        track=row.id, camera=row.camera, footage=row.footage, label=row.label, start=utc(row.start),
        seconds=round(row.seconds, 3), tags=list(mark.tags), note=mark.note, by=mark.by,
        at=mark.at.isoformat(),
    )  # fmt: skip


def _shots(found: Iterable[Shot]) -> list[ShotOut]:
    return [
        ShotOut(
            track=s.seen.track, quality=s.quality, width=s.width, height=s.height,
            picture=data_url(s.picture) if s.picture else "",
        )
        for s in found
    ]  # fmt: skip
