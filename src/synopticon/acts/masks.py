"""The masks of a recording, looked at in the browser: a page of review, made of the stored analysis.

The page is a job's file. What is decided on it comes back to that job, and lies beside the page as long as
that does; an export takes it up. Nothing is analysed again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synopticon.acts.chosen import Spans, covered
from synopticon.acts.context import opened_recording
from synopticon.acts.jobs import NoJobError, result_file, submit
from synopticon.acts.kinds import CLEAR_MASKS, MASKS, Made, Task
from synopticon.acts.leaving import seconds_of
from synopticon.acts.originals import check_span
from synopticon.acts.redact import spotters_of
from synopticon.acts.review_masks import looking
from synopticon.acts.search import scope_for
from synopticon.acts.workspace import RULE_CLEAR, Act, Workspace, singled_out
from synopticon.errors import FootageError, RefusedError, UsageError
from synopticon.evidence.found import FoundMasks, find_masks
from synopticon.evidence.review import Decided, read_review
from synopticon.evidence.risk import Watched
from synopticon.footage.digest import sha256
from synopticon.governance.capability import Operation
from synopticon.store.jobs import Job
from synopticon.values.footage import Footage
from synopticon.values.query import Query
from synopticon.vision.masks import MaskSettings, kinds
from synopticon.vision.observations import Observations
from synopticon.vision.spot import Together

__all__ = ["Decided", "MasksWish", "ask_for_masks", "kept_review", "make_masks", "page_file", "page_of"]
OPERATION = Operation.CONSULTATION
MEDIA = "text/html"
PAGE, KEPT = "masks.review.html", "review.json"


@dataclass(frozen=True, slots=True)
class MasksWish:
    """Which masks are to be looked at: of a recording (its id), from and until a moment or a time into it.

    ``mask``: what is filled, as for ``redact``; ``unmasked``: heads are shown, with a line around each mask.
    """

    footage: str
    name: str
    since: str = ""
    until: str = ""
    mask: str = "heads,plates"
    unmasked: bool = False


def ask_for_masks(workspace: Workspace, wish: MasksWish, *, case: str | None = None, reason: str = "") -> Job:
    """Ask for the page of review. Raises ``UsageError`` for no kind of mask, ``RefusedError``."""
    kinds(wish.mask)
    if wish.unmasked and not reason.strip():
        says = f"clear pictures need a reason (rule {RULE_CLEAR}): say why, or ask for masked ones"
        raise workspace.refuse("view.unmasked", RefusedError(says, RULE_CLEAR), case=case)
    payload = {
        "footage": wish.footage, "from": wish.since, "to": wish.until, "mask": wish.mask,
        "unmasked": wish.unmasked,
    }  # fmt: skip
    kind = CLEAR_MASKS if wish.unmasked else MASKS
    return submit(workspace, kind, payload, title=wish.name, case=case, reason=reason)


def make_masks(task: Task) -> Made:
    """Write the page. Raises ``FootageError`` for a recording that changed, or is out of the scope."""
    asked, workspace = task.payload, task.workspace
    more: dict[str, Any] = {
        "case": task.case, "reason": task.reason, "scope": scope_for(workspace, Query(), task.case),
        "payload": {**asked, "review": True, "masked": not asked["unmasked"]},
    }  # fmt: skip
    with looking(workspace, more, unmasked=asked["unmasked"]) as (act, sight):
        footage, model, found = _found(workspace, act, asked)
        spotters = spotters_of(kinds(asked["mask"]), None)
        told = found.told(
            footage, found.review(footage, asked["mask"], model, workspace.actor.name),
            file=f"{footage.readable[0].path.stem}.review.json", faces="detect.face" in spotters,
            clear=task.reason if asked["unmasked"] else "", in_case=task.case is not None,
        )  # fmt: skip
        if asked["unmasked"]:
            sight.note(**singled_out([t.id for t in found.tracks]))
        page = task.folder / PAGE
        left = found.write(
            page, told, footage, Together([*spotters.values()]), task.progress, clear=asked["unmasked"]
        )
        act.note(places=len(found.places), shown=len(found.tracks), made={PAGE: sha256(page)})
    said = {
        "footage": asked["footage"], "places": len(found.places), "masks": len(found.tracks),
        "doubtful": len({risk.track for risk in found.risks} - {""}), "left": left, "mask": asked["mask"],
        "start": told.review.start, "end": told.review.end, "tracks": told.review.tracks,
    }  # fmt: skip
    return Made(said, page, MEDIA, PAGE)


def _found(workspace: Workspace, act: Act, asked: Mapping[str, Any]) -> tuple[Footage, str, FoundMasks]:
    """The recording, the SHA-256 of the model that looked at it, and its masks."""
    id_, grant = asked["footage"], act.grant
    footage, opened = opened_recording(workspace, grant, id_)
    camera = next(row.camera for row in workspace.footage.reached(grant) if row.id == id_)
    zone = next((c.zone for c in workspace.cameras.all() if c.id == camera), "")
    begin = seconds_of(footage, asked["from"], zone, 0.0)
    end = seconds_of(footage, asked["to"], zone, footage.duration)
    start, stop = _stretch(covered(grant.scope, camera, footage), begin, end)
    check_span(footage, start, stop)
    seen = Observations.join([Observations.of(arrays) for arrays in opened.watched()])
    masks = MaskSettings(kinds(asked["mask"]), floor=footage.height)
    watched = Watched(start, stop, (footage.width, footage.height))
    run = workspace.footage.runs(grant)[id_]
    return footage, run.model_digest, find_masks(seen, opened.everybody(), masks, watched)


def _stretch(spans: Spans, begin: float, end: float) -> tuple[float, float]:
    """The one stretch of these that is asked for."""
    found = [(max(a, begin), min(b, end)) for a, b in spans if a < end and b > begin]
    if not found:
        raise FootageError("nothing of that time lies in the scope: choose a recording from the list")
    if len(found) > 1:
        raise UsageError(f"that time lies in {len(found)} stretches of the scope: choose one of them")
    return found[0]


def kept_review(workspace: Workspace, job: str) -> Decided | None:
    """What was decided on a job's page; None: nothing yet. Raises ``NoJobError``."""
    kept = page_file(workspace, job)[1].parent / KEPT
    return read_review(kept) if kept.exists() else None


def page_of(workspace: Workspace, job: str) -> bytes:
    """The page of a job of one's own, decided anew. Raises ``NoJobError``, ``RefusedError``."""
    return page_file(workspace, job)[1].read_bytes()


def page_file(workspace: Workspace, job: str) -> tuple[Job, Path]:
    """A job of one's own and the file of its page, decided anew. Raises ``NoJobError``, ``RefusedError``."""
    found, page = result_file(workspace, job)
    if found.kind not in (MASKS, CLEAR_MASKS):
        raise NoJobError("this job shows no masks: choose one that does")
    return found, page
