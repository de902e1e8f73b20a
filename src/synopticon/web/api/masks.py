"""The masks of a recording: the page on which they are looked at, and what was decided there."""

from fastapi import Response
from pydantic import BaseModel, Field

from synopticon.acts import masks
from synopticon.acts.masks import Decided, MasksWish
from synopticon.acts.masks_kept import keep_review
from synopticon.web.api.jobs import JobOut, job_out
from synopticon.web.auth import Here
from synopticon.web.papers import alone

MOST = 1 << 19  # characters of what a page of review gives


class MasksIn(BaseModel):
    """Of which recording, called how, from and until when (a moment, or a time into it) masks are shown."""

    footage: str = Field(max_length=200)
    name: str = Field(max_length=400)
    since: str = Field("", max_length=100)
    until: str = Field("", max_length=100)
    mask: str = Field("heads,plates", max_length=100)
    unmasked: bool = False
    case: str | None = Field(None, max_length=100)
    reason: str = Field("", max_length=4000)


class MasksReviewIn(BaseModel):
    """The file that the page gives, as text."""

    file: str = Field(max_length=MOST)


class AddedOut(BaseModel):
    """A mask that was drawn: seconds of the recording, x1, y1, x2, y2 in its pixels."""

    start: float
    end: float
    box: tuple[float, float, float, float]


class MasksReviewOut(BaseModel):
    """What was decided on a page. ``keep``: tracks that are left clear; ``add``: masks more."""

    reviewer: str
    reason: str
    mask: str
    keep: list[str]
    add: list[AddedOut]


def show_masks(here: Here, body: MasksIn) -> JobOut:
    """Ask for the page on which the masks of a recording are looked at: a job."""
    wish = MasksWish(body.footage, body.name, body.since, body.until, body.mask, body.unmasked)
    return job_out(here, masks.ask_for_masks(here, wish, case=body.case, reason=body.reason))


def show_masks_page(here: Here, job: str) -> Response:
    """Give the page that a job of one's own made, decided anew."""
    return alone(masks.page_of(here, job))


def show_masks_review(here: Here, job: str) -> MasksReviewOut | None:
    """Say what was decided on that page, if anything was."""
    found = masks.kept_review(here, job)
    return None if found is None else _out(found)


def keep_masks_review(here: Here, job: str, body: MasksReviewIn) -> MasksReviewOut:
    """Keep what was decided on that page, in one's own name."""
    return _out(keep_review(here, job, body.file.encode()))


def _out(found: Decided) -> MasksReviewOut:
    return MasksReviewOut.model_validate(found.review, from_attributes=True)
