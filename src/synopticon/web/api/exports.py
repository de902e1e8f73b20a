"""What is to leave: looked at before, with the rules that stand in its way, and the report as a draft."""

from typing import Annotated, Literal

from fastapi import Response
from pydantic import BaseModel, Field

from synopticon.acts.chosen import Choice
from synopticon.acts.export_job import ExportWish, ask_for_export
from synopticon.acts.export_preview import Preview, preview_export, preview_report
from synopticon.governance.authority import Check
from synopticon.web.api.fields import utc
from synopticon.web.api.jobs import JobOut, job_out
from synopticon.web.api.log import CheckOut
from synopticon.web.auth import Here

Name = Annotated[str, Field(max_length=200)]
MOST = 1000  # tracks of one export: as many one entry of the log names
MOST_REVIEWS = 50


class ChoiceIn(BaseModel):
    """What is exported: tracks, what answers a question, or a time (of these cameras, by name; none: all)."""

    tracks: list[Name] = Field(default_factory=list, max_length=MOST)
    where: str = Field("", max_length=2000)
    since: str = Field("", max_length=100)
    until: str = Field("", max_length=100)
    cameras: list[Name] = Field(default_factory=list, max_length=MOST)

    def choice(self) -> Choice:
        """As the act reads it."""
        return Choice(tuple(self.tracks), self.where, self.since, self.until, tuple(self.cameras))


class PreviewIn(BaseModel):
    """What is to be looked at before it leaves."""

    choice: ChoiceIn
    case: str | None = Field(None, max_length=100)
    reason: str = Field("", max_length=4000)


class DraftIn(PreviewIn):
    """The report that is to be seen before: to whom, in which language."""

    recipient: str = Field(max_length=500)
    language: Literal["en", "fr"] = "en"


class ExportIn(PreviewIn):
    """What is to leave, to whom. ``mask``: what is filled besides plates; ``languages``: of the report.

    ``reviews``: jobs on whose pages masks were reviewed.
    """

    recipient: str = Field(max_length=500)
    originals: bool = False
    unmasked: bool = False
    mask: Literal["heads", "people", "all"] = "heads"
    languages: list[Literal["en", "fr"]] = Field(min_length=1, max_length=2)
    reviews: list[Name] = Field(default_factory=list, max_length=MOST_REVIEWS)


class StretchOut(BaseModel):
    """A stretch that would leave: ``begin``..``end`` seconds of a recording; UTC where its clock is known."""

    camera: str
    recording: str
    begin: float
    end: float
    start: str | None


class PreviewOut(BaseModel):
    """What would leave. ``refused``: for each capability that it may take, the rule that forbids it, or none.

    ``original_bytes``: of the files that show it; ``undated``: recordings left out for want of a clock.
    """

    tracks: list[str]
    stretches: list[StretchOut]
    seconds: float
    gaps: int
    original_bytes: int
    undated: list[str]
    refused: dict[str, CheckOut | None]


def preview(here: Here, body: PreviewIn) -> PreviewOut:
    """Show what an export of this choice would hand out; nothing leaves."""
    return _preview(preview_export(here, body.choice.choice(), case=body.case, reason=body.reason))


def draft_report(here: Here, body: DraftIn) -> Response:
    """Give the report as it would stand in the package, marked as a draft (PDF)."""
    made = preview_report(
        here, body.choice.choice(), body.recipient, body.language, case=body.case, reason=body.reason
    )
    headers = {"Content-Disposition": 'attachment; filename="report-draft.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


def export(here: Here, body: ExportIn) -> JobOut:
    """Ask for a package for a named recipient: a job, whose file is one ZIP archive."""
    wish = ExportWish(
        body.recipient, body.choice.choice(), body.case, body.reason, body.originals, body.unmasked,
        body.mask, tuple(dict.fromkeys(body.languages)), tuple(dict.fromkeys(body.reviews)),
    )  # fmt: skip
    return job_out(here, ask_for_export(here, wish))


def _preview(found: Preview) -> PreviewOut:
    return PreviewOut(
        tracks=list(found.tracks),
        stretches=[
            StretchOut(
                camera=s.camera, recording=s.recording, begin=round(s.begin, 3), end=round(s.end, 3),
                start=utc(s.start),
            )
            for s in found.stretches
        ],
        seconds=round(found.seconds, 3),
        gaps=found.gaps,
        original_bytes=found.original_bytes,
        undated=list(found.undated),
        refused={name: _check(check) for name, check in found.refused.items()},
    )  # fmt: skip


def _check(check: Check | None) -> CheckOut | None:
    return CheckOut.model_validate(check, from_attributes=True) if check else None
