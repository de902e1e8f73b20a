"""The clock of a recording: what its picture shows of it, read by a job, and what a person sets it to."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field

from synopticon.acts import cameras, clock_job
from synopticon.web.api.fields import Moment
from synopticon.web.api.jobs import JobOut, job_out
from synopticon.web.auth import Here

JPEG = "data:image/jpeg;base64,"
Footage = Annotated[str, Path(max_length=200)]


class ClockReadIn(BaseModel):
    """``name``: what people call the recording."""

    name: str = Field(max_length=400)
    case: str | None = Field(None, max_length=100)
    reason: str = Field("", max_length=4000)


class BoundsOut(BaseModel):
    """A number with what it lies between."""

    value: float
    low: float
    high: float


class JumpOut(BaseModel):
    """The clock was set by ``size`` seconds, between two seconds of the recording."""

    after: float
    before: float
    size: BoundsOut


class ClockProposalOut(BaseModel):
    """What the clock says of the beginning: ``start`` in the camera's zone, which errs by ``uncertainty`` s.

    ``missing``: what it does not tell, ``date`` or ``zone``; ``drift``: seconds that it gains a day;
    ``within``: by how much one start for the whole recording errs, drift and jumps included; ``agree``: how
    many readings this explains; ``others``: formats that mean another day and are not ruled out.
    """

    format: str
    start: str
    uncertainty: float
    drift: BoundsOut
    jumps: list[JumpOut]
    within: float
    agree: int
    others: list[str]
    missing: list[str]


class ReadingOut(BaseModel):
    """The text at ``time`` seconds; whether it ``fits`` the proposal; ``picture``: a ``data:`` address."""

    time: float
    text: str
    fits: bool
    picture: str | None


class ClockReadOut(BaseModel):
    """What was read of a clock: a proposal, or ``why`` there is none."""

    footage: str
    proposal: ClockProposalOut | None
    why: str
    readings: list[ReadingOut]


class ClockIn(BaseModel):
    """When a recording began, give or take ``uncertainty`` seconds.

    ``read``: the job whose proposal was looked at, if one was.
    """

    start: Moment
    uncertainty: Annotated[float, Field(ge=0, lt=7 * 86400)]
    read: str = Field("", max_length=100)
    reason: str = Field("", max_length=4000)


def read_clock(here: Here, footage: Footage, body: ClockReadIn) -> JobOut:
    """Ask that the clock in the picture be read: a job, which proposes and sets nothing."""
    return job_out(
        here, clock_job.ask_for_clock(here, footage, body.name, case=body.case, reason=body.reason)
    )


def show_clock(here: Here, job: str) -> ClockReadOut:
    """Show what a job of one's own read, with a picture of each reading: all but the clock is filled."""
    found = ClockReadOut.model_validate(clock_job.clock_of(here, job))
    for reading in found.readings:
        reading.picture = reading.picture and f"{JPEG}{reading.picture}"
    return found


def set_clock(here: Here, footage: Footage, body: ClockIn) -> None:
    """Set when a recording began: its tracks, events and gaps move along."""
    cameras.set_clock_of(here, footage, body.start, body.uncertainty, read=body.read, reason=body.reason)
