"""What is kept and until when, and what was erased: to be read; a timer or the terminal erases."""

from typing import Literal

from pydantic import BaseModel

from synopticon.acts.retention import RetentionReport, report
from synopticon.acts.workspace import Workspace
from synopticon.web.api.fields import utc
from synopticon.web.auth import Here


class KeptPartOut(BaseModel):
    """A day (UTC) of a camera that is kept. ``due``: when its erasure is, none = no rule sets an end.

    ``days``: the rule that is in force for it; ``holds``: ids of those that stay its erasure.
    """

    camera: str
    part: str
    state: Literal["kept", "due", "overdue", "held"]
    due: str | None
    days: int | None
    recordings: int
    holds: list[str]


class HoldOut(BaseModel):
    """What keeps footage from being erased: an inquiry or a request, by its number."""

    id: str
    kind: str
    reference: str
    camera: str
    placed: str


class ErasedOut(BaseModel):
    """A camera's day that was erased: how many files, when, and the entry of the log that says so."""

    camera: str
    part: str
    files: int
    at: str
    entry: int


class RetentionOut(BaseModel):
    """``days``: the profile's limit, none = it sets none; ``next_due``: the first erasure that is to come.

    ``cameras``: names by id; ``at_closure``: what a case is about goes when it is closed.
    """

    days: int | None
    at_closure: bool
    next_due: str | None
    kept: list[KeptPartOut]
    holds: list[HoldOut]
    erased: list[ErasedOut]
    cameras: dict[str, str]


def show_retention(here: Here) -> RetentionOut:
    """Say what is kept until when, what stays erasure, what was erased, and when the next is due."""
    return _out(here, report(here))


def _out(here: Workspace, found: RetentionReport) -> RetentionOut:
    free = [v.due for v in found.verdicts if v.due is not None and v.state != "held"]
    return RetentionOut(
        days=here.retention_days,
        at_closure=here.profile.limits.erase_at_closure,
        next_due=utc(min(free, default=None)),
        kept=[
            KeptPartOut(
                camera=v.camera, part=v.part, state=v.state, due=utc(v.due), days=v.days,
                recordings=len(v.footage), holds=list(v.holds),
            )
            for v in found.verdicts
        ],
        holds=[
            HoldOut(
                id=h.id, kind=h.kind.value, reference=h.reference, camera=h.camera,
                placed=h.placed.isoformat(),
            )
            for h in found.holds
        ],
        erased=[
            ErasedOut(camera=e.camera, part=e.part, files=e.files, at=e.at.isoformat(), entry=e.entry)
            for e in reversed(found.erased)
        ],
        cameras={c.id: c.name for c in here.cameras.all()},
    )  # fmt: skip
