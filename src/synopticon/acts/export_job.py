"""An export that is asked for in the web application: made by a job, and saved as one file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from synopticon.acts.chosen import Choice
from synopticon.acts.export import ExportRequest, ExportResult, export, no_case
from synopticon.acts.jobs import submit
from synopticon.acts.kinds import Made, Task
from synopticon.acts.leaving import recipient_of
from synopticon.acts.masks import kept_review
from synopticon.acts.workspace import RULE_CLEAR, Workspace
from synopticon.aside import remove
from synopticon.errors import RefusedError
from synopticon.evidence.bundle import MEDIA, bundle
from synopticon.evidence.review import Decided
from synopticon.governance.capability import Operation
from synopticon.store.jobs import Job

OPERATION = Operation.DISCLOSURE
KIND = "export"


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What to export to whom, as ``ExportRequest`` has it; where it goes is the job's own business.

    ``reviews``: jobs on whose pages masks were reviewed.
    """

    recipient: str
    choice: Choice
    case: str | None = None
    reason: str = ""
    originals: bool = False
    unmasked: bool = False
    mask: Literal["heads", "people", "all"] = "heads"
    languages: tuple[str, ...] = ("en",)
    reviews: tuple[str, ...] = ()


def ask_for_export(workspace: Workspace, wish: ExportWish) -> Job:
    """Ask for a package. What is wrong with the wish is said at once, all else by the job.

    Raises ``UsageError`` without a recipient or a choice, ``RefusedError`` with the rule.
    """
    to = recipient_of(wish.recipient)
    wish.choice.check()
    if wish.case is None:
        raise no_case(workspace)
    reviews = [one.review.plain() for job in wish.reviews if (one := kept_review(workspace, job))]
    if wish.unmasked and not wish.reason.strip():
        says = f"clear pictures need a reason (rule {RULE_CLEAR}): say why, or ask for masked ones"
        raise workspace.refuse("view.unmasked", RefusedError(says, RULE_CLEAR), case=wish.case)
    payload = {
        "recipient": to, "choice": wish.choice.plain(), "originals": wish.originals,
        "unmasked": wish.unmasked, "mask": wish.mask, "languages": list(wish.languages), "reviews": reviews,
    }  # fmt: skip
    return submit(workspace, KIND, payload, title=to, case=wish.case, reason=wish.reason)


def make_export(task: Task) -> Made:
    """Write the package as one file; see ``export`` for what it may raise."""
    made = export(task.workspace, _request(task), task.progress)
    name = f"export-{task.case}"
    target = task.folder / "package.zip"
    bundle(made.package, target, name, partial(task.progress, "packing"))
    remove(made.package)
    return Made(_said(made), target, MEDIA, f"{name}.zip")


def _request(task: Task) -> ExportRequest:
    asked = task.payload
    return ExportRequest(
        recipient=asked["recipient"], output=task.folder / "package", choice=_choice(asked["choice"]),
        case=task.case, reason=task.reason, originals=asked["originals"], unmasked=asked["unmasked"],
        mask=asked["mask"], languages=tuple(asked["languages"]),
        reviews=tuple(Decided.of(json.dumps(one).encode()) for one in asked.get("reviews", ())),
    )  # fmt: skip


def _choice(plain: Mapping[str, Any]) -> Choice:
    return Choice(
        tuple(plain["tracks"]), plain["where"], plain["from"], plain["until"], tuple(plain["cameras"])
    )


def _said(made: ExportResult) -> dict[str, Any]:
    """What the page shows with the file, and the log with the end of the job."""
    return {
        "fingerprint": made.fingerprint, "manifest": made.manifest, "entry": made.entry, "files": made.files,
        "bytes": made.bytes, "recordings": made.recordings, "track_count": len(made.tracks),
        "originals": len(made.originals), "bare_frames": made.bare_frames, "gaps": made.gaps,
        "notes": list(made.notes),
    }  # fmt: skip
