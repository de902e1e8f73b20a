"""What a data protection officer keeps an eye on: the misuse review, documents, assessments."""

import hashlib
from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from synopticon.acts import cases, documents, review
from synopticon.governance.case import Dpia
from synopticon.governance.review import ReviewSettings
from synopticon.web.api.approvals import AssessmentOut
from synopticon.web.api.fields import Moment
from synopticon.web.auth import Here

LONGEST = 4000  # characters


class SeenOut(BaseModel):
    """That a finding was looked into: by whom, when, what came of it; ``entry``: where the log says so."""

    by: str
    at: str
    note: str
    entry: int


class FindingOut(BaseModel):
    """A pattern to ask about. ``entries``: those of the log that show it; it proves nothing."""

    id: str
    pattern: str
    actor: str
    name: str
    what: str
    entries: list[int]
    seen: SeenOut | None


class ReviewOut(BaseModel):
    """What was found in how many looks. ``erased``: looks whose reason and tracks are no longer known."""

    findings: list[FindingOut]
    entries: int
    looks: int
    erased: int
    zone: str


class Confirmation(BaseModel):
    """What came of looking into a finding, in words."""

    note: str = Field(max_length=LONGEST)


class NewDocument(BaseModel):
    """Which document, in which language; ``contact``: where a person filmed can write."""

    kind: Literal["dpia", "record", "register", "notice", "transparency"]
    language: Literal["fr", "en"]
    contact: str = Field("", max_length=LONGEST)


class DocumentFile(BaseModel):
    """A file of a document, with the SHA-256 that the log knows it by."""

    name: str
    sha256: str
    text: str


class DocumentOut(BaseModel):
    """A document: HTML to print, Markdown to read."""

    files: list[DocumentFile]


class NewAssessment(BaseModel):
    """An impact assessment as it was signed: the digest of its file, who signed when, the DPO's opinion."""

    digest: str = Field(max_length=64)
    signatory: str = Field(max_length=LONGEST)
    signed: date
    opinion: str = Field(max_length=100)
    dpo: str = Field(max_length=LONGEST)


def review_log(
    here: Here, *, since: Moment | None = None, until: Moment | None = None, zone: str = ""
) -> ReviewOut:
    """Go through the log for what somebody should ask about."""
    chosen = ReviewSettings(zone=zone) if zone else None
    found = review.review_log(here, settings=chosen, since=since, until=until)
    seen = {
        id_: SeenOut(by=s.by, at=s.at.isoformat(), note=s.note, entry=s.entry)
        for id_, s in found.seen.items()
    }
    return ReviewOut(
        findings=[
            FindingOut(
                id=one.id,
                pattern=one.pattern.name.lower().replace("_", "-"),
                actor=one.actor,
                name=found.names.get(one.actor, ""),
                what=one.what,
                entries=list(one.entries),
                seen=seen.get(one.id),
            )
            for one in found.findings
        ],
        entries=found.counts.entries,
        looks=found.counts.looks,
        erased=found.counts.erased,
        zone=found.settings.zone,
    )


def confirm_finding(here: Here, finding: str, body: Confirmation) -> None:
    """Confirm that a finding was looked into; that is an entry of the log."""
    review.confirm_finding(here, finding, body.note)


def make_document(here: Here, body: NewDocument) -> DocumentOut:
    """Make a document from the real settings and the log, as they are now."""
    made = documents.make_document(here, body.kind, body.language, contact=body.contact)
    files = [
        DocumentFile(name=name, sha256=hashlib.sha256(data).hexdigest(), text=data.decode())
        for name, data in made.items()
    ]
    return DocumentOut(files=files)


def register_assessment(here: Here, body: NewAssessment) -> AssessmentOut:
    """Register an impact assessment that was signed, as one that describes today's settings."""
    given = Dpia(body.digest, body.signatory, body.signed, body.opinion, body.dpo, "")
    made = cases.register_dpia(here, given)
    signed = made.signed.isoformat()
    return AssessmentOut(digest=made.digest, signed=signed, opinion=made.opinion, current=True)
