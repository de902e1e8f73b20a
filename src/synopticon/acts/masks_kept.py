"""Keep what a person decided about the masks of a recording, beside the page on which it was decided."""

import json
from dataclasses import replace

from synopticon.acts.masks import KEPT, page_file
from synopticon.acts.workspace import Workspace, singled_out
from synopticon.errors import UsageError
from synopticon.evidence.review import Decided, Review, read_review
from synopticon.governance.capability import Operation
from synopticon.store.atomic import write_bytes

OPERATION = Operation.ALTERATION


def keep_review(workspace: Workspace, job: str, data: bytes) -> Decided:
    """Keep what was decided on a job's page, in the name of whoever acts; what was kept before goes.

    Raises ``UsageError`` for what is no review, or of something else than that page; ``NoJobError``.
    """
    found, page = page_file(workspace, job)
    review = replace(Review.read(data), reviewer=workspace.actor.name)
    made = found.made
    if any(getattr(review, name) != made[name] for name in ("tracks", "mask", "start", "end")):
        raise UsageError("the review is of another page: give what this page gives")
    if review.keep and not review.reason.strip():
        raise UsageError("somebody is left clear without a reason: give one")
    said = {"job": found.id, "footage": made["footage"], **singled_out(review.keep)}
    with workspace.act("case.mark", case=found.case, reason=found.reason, payload=said) as act:
        write_bytes(page.parent / KEPT, json.dumps(review.plain()).encode(), overwrite=True)
        decided = read_review(page.parent / KEPT)
        act.note(review=decided.told())
    return decided
