"""What an export would hand out, told before anything leaves; and which rules stand in its way."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from synopticon.acts.chosen import Choice, Chosen, choose, ids_of, undated
from synopticon.acts.copies import needed
from synopticon.acts.leaving import recipient_of
from synopticon.acts.reporting import gather
from synopticon.acts.search import listed
from synopticon.acts.workspace import Act, Workspace
from synopticon.evidence.pdf import report_pdf
from synopticon.governance.authority import Check
from synopticon.governance.capability import Operation

OPERATION = Operation.CONSULTATION
DRAFT = "DRAFT / PROJET"
LEAVING = ("export.masked", "export.original", "view.unmasked")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch that would leave: of a camera (its name), in seconds of a recording, and UTC where known."""

    camera: str
    recording: str
    begin: float
    end: float
    start: datetime | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What would leave. ``gaps``: stretches of it that were not seen; ``original_bytes``: of the files.

    ``undated``: recordings left out since nobody knows when they were made. ``refused``: by capability, the
    first rule that does not hold; none where it would be allowed.
    """

    tracks: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    gaps: int
    original_bytes: int
    undated: tuple[str, ...]
    refused: Mapping[str, Check | None]

    @property
    def seconds(self) -> float:
        """How long all of it is."""
        return sum(one.end - one.begin for one in self.stretches)


def preview_export(
    workspace: Workspace, choice: Choice, *, case: str | None = None, reason: str = ""
) -> Preview:
    """Look at what a choice is, as ``export`` would read it; nothing is written, no picture is opened.

    Raises what ``export`` would raise of the choice: ``UsageError``, ``FootageError``, ``RefusedError``.
    """
    with ExitStack() as stack:
        act, chosen = _chosen(workspace, choice, case, reason, stack, "export preview")
        left_out = undated(workspace, act.grant, choice)
    return Preview(
        tracks=ids_of(chosen),
        stretches=tuple(s for one in chosen for s in _stretches(one)),
        gaps=len({g for one in chosen for g in one.gaps}),
        original_bytes=sum(f.size_bytes for one in chosen for f in needed(one)),
        undated=left_out,
        refused={name: _refusal(workspace, name, case, reason) for name in LEAVING},
    )


def preview_report(
    workspace: Workspace,
    choice: Choice,
    recipient: str,
    language: str,
    *,
    case: str | None = None,
    reason: str = "",
) -> bytes:
    """The report (PDF) as it would stand in the package; beside the recipient it says that it is a draft."""
    to = f"{recipient_of(recipient)} ({DRAFT})"
    with ExitStack() as stack:
        act, chosen = _chosen(workspace, choice, case, reason, stack, "report preview")
        told = gather(workspace, act, recipient=to, reason=reason.strip(), tracks=ids_of(chosen))
        return report_pdf(told, language)


def _chosen(
    workspace: Workspace, choice: Choice, case: str | None, reason: str, stack: ExitStack, what: str
) -> tuple[Act, Sequence[Chosen]]:
    choice.check()
    more: dict[str, Any] = {"case": case, "reason": reason}
    said = {"what": what, "asked": choice.plain()}
    act = stack.enter_context(workspace.act("view.masked", **more, payload=said))
    if choice.where:
        asked = {"query": choice.where}
        stack.enter_context(workspace.act("search.attributes", **more, payload=asked, within=act))
    chosen = choose(workspace, act.grant, choice)
    act.note(track_list=listed(ids_of(chosen)), track_count=len(ids_of(chosen)))
    return act, chosen


def _stretches(one: Chosen) -> Sequence[Stretch]:
    start = one.footage.start_utc
    name = one.footage.readable[0].path.name
    return [
        Stretch(
            one.name, name, begin, end, None if start is None else datetime.fromtimestamp(start + begin, UTC)
        )
        for begin, end in one.spans
    ]


def _refusal(workspace: Workspace, capability: str, case: str | None, reason: str) -> Check | None:
    """The first rule that does not hold."""
    checks = workspace.explain(capability, case=case, reason=reason or None)
    return next((check for check in checks if not check.holds), None)
