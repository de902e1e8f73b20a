"""Export what a case found, to a named recipient, as a package that anyone can check.

A disclosure: masked working copies, stills, a synopsis, the case's entries of the log with their proofs;
original bytes and clear pictures each under a permission of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from synopticon.acts.analysis import Progress
from synopticon.acts.chosen import Choice, Chosen, choose, covered, ids_of, reach, undated
from synopticon.acts.copies import Copies, CopySettings, check_unchanged, ending, needed, write_copies
from synopticon.acts.leaving import (
    Delivery,
    Recording,
    check_absent,
    cut_into,
    paths_of,
    receipt,
    recipient_of,
    scratch_beside,
)
from synopticon.acts.redact import NOT_ANONYMOUS, spotters_of, unsure
from synopticon.acts.reporting import gallery_of, gather
from synopticon.acts.selection import file_names, record_of, write_selection
from synopticon.acts.synopsis import SynopsisRequest
from synopticon.acts.together import groups_of
from synopticon.acts.workspace import RULE_CLEAR, SUBJECTS, Act, Workspace, singled_out
from synopticon.errors import RefusedError, UsageError
from synopticon.evidence.format import BESIDE_SYNTHETIC, GALLERY, RECEIPT, REPORT, SYNTHETIC
from synopticon.evidence.gallery import gallery_html
from synopticon.evidence.package import Contents, Item, Package, Tick, write_package
from synopticon.evidence.pdf import report_pdf
from synopticon.evidence.report import report_html
from synopticon.evidence.review import Decided
from synopticon.footage.digest import sha256
from synopticon.governance.audit.storage import Wanted
from synopticon.governance.authority import Reason
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Grant
from synopticon.synopsis.merge import Merged
from synopticon.values.footage import Gap
from synopticon.vision.masks import Kinds, kinds
from synopticon.vision.spot import Together

OPERATION = Operation.DISCLOSURE
KIND = "export"
MASKED = (
    "Heads and plates are masked in all but the files marked as original; masked is not anonymous.",
    "Têtes et plaques sont masquées, sauf dans les fichiers originaux ; masqué n'est pas anonyme.",
)
REVIEWED = (
    "UNMASKED in part: who a review of the masks left clear is clear; all others are masked.",
    "NON MASQUÉ en partie : qui la vérification laisse visible l'est ; les autres sont masqués.",
)
CLEAR = (
    "UNMASKED: the people that this is about are clear; all others are masked.",
    "NON MASQUÉ : les personnes concernées sont visibles ; toutes les autres sont masquées.",
)


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export to whom; the fields are the options of ``synopticon export``."""

    recipient: str
    output: Path
    choice: Choice
    case: str | None = None
    reason: str = ""
    originals: bool = False
    unmasked: bool = False
    mask: Literal["heads", "people", "all"] = "heads"  # in working copies, besides plates
    languages: tuple[str, ...] = ("en",)  # of the report and the gallery
    models_folder: Path | None = None
    reviews: tuple[Decided, ...] = ()  # what persons decided about the masks of recordings


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written: paths in the package. ``entries`` of the log; ``exit_code`` 4 = with gaps.

    ``entry``: of the log, the act that the package is of.

    ``bare_frames``: of the working copies, in which something was seen and nothing was masked on it.
    """

    package: Path
    manifest: str
    fingerprint: str
    files: int
    bytes: int
    entry: int
    entries: int
    recordings: int
    tracks: tuple[str, ...]
    originals: tuple[str, ...]
    working_copies: tuple[str, ...]
    synopses: tuple[str, ...]
    stills: tuple[str, ...]
    reports: tuple[str, ...]
    bare_frames: int
    gaps: int
    notes: tuple[str, ...]
    exit_code: int


@dataclass(slots=True)
class _Made:
    """What is on its way into the package, in the order of the receipt."""

    originals: tuple[Recording, ...] = ()
    copies: Copies = field(default_factory=Copies)
    synopses: list[Recording] = field(default_factory=list)
    reports: list[Recording] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def all(self) -> tuple[Recording, ...]:
        return (
            *self.reports, *self.originals, *self.copies.videos, *self.copies.stills, *self.synopses,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Permitted:
    """The acts: the export, the one under which pictures are read, the one that hands originals out.

    ``making`` is the one that the package is of: its entry names the recipient and the originals.
    ``reviewed``: what was decided about the masks of a recording, by its id.
    """

    act: Act
    sight: Act
    making: Act
    whole: tuple[Recording, ...]
    reviewed: Mapping[str, Decided]

    @property
    def kept(self) -> tuple[str, ...]:
        """The tracks that a review left clear."""
        return tuple(sorted({t for one in self.reviewed.values() for t in one.review.keep}))


def export(workspace: Workspace, request: ExportRequest, progress: Progress | None = None) -> ExportResult:
    """Write the package; see ``ExportRequest``.

    Raises ``UsageError`` without a recipient or a choice, ``OutputError`` when the folder exists,
    ``RefusedError`` with the rule, ``FootageError`` for recordings that changed since ingest, and the errors
    of ``write_package``.
    """
    tell = progress or (lambda _stage, _share: None)
    to = recipient_of(request.recipient)
    check_absent(request.output)
    request.choice.check()
    clear = request.unmasked or any(one.review.keep for one in request.reviews)
    if clear and not request.reason.strip():
        says = f"clear pictures need a reason (rule {RULE_CLEAR}): add --reason TEXT, or ask for masked ones"
        raise workspace.refuse("view.unmasked", RefusedError(says, RULE_CLEAR), case=request.case)
    said = {"recipient": to, "originals": [], "asked": request.choice.plain(), "masked": not clear}
    why = _why(request.reason, request.choice.tracks)
    with ExitStack() as stack:
        act = stack.enter_context(workspace.act("export.masked", case=request.case, reason=why, payload=said))
        if act.grant.case is None:  # a profile of one's own may ask for none
            raise no_case(workspace)
        if request.choice.where:
            more: dict[str, Any] = {"case": request.case, "reason": why, "within": act}
            asked = {"query": request.choice.where}
            stack.enter_context(workspace.act("search.attributes", **more, payload=asked))
        chosen = choose(workspace, act.grant, request.choice)
        check_unchanged(chosen, tell)
        permitted = _permitted(workspace, request, to, act, chosen, stack)
        scratch = stack.enter_context(scratch_beside(request.output))
        made = _make(workspace, request, to, permitted, chosen, scratch, tell)
        contents = _contents(workspace, request, to, permitted, chosen, made)
        package = write_package(request.output, contents, workspace.log, _ticking(tell, made.all))
        act.note(manifest=package.sha256, files=package.files, bytes=package.bytes)
        act.note(**singled_out(ids_of(chosen)))
    return _result(package, contents, chosen, made)


def no_case(workspace: Workspace) -> RefusedError:
    """The refusal of an export that is for no case, logged."""
    rule = "case.named"
    says = f"what is exported is a case's (rule {rule}): name it with --case, or use 'synopticon handover'"
    return workspace.refuse("export.masked", RefusedError(says, rule))


def _why(text: str, tracks: Sequence[str]) -> Reason:
    """The reason, for each track by its name as far as one entry of the log names them."""
    return Reason(text, tuple(tracks)) if len(tracks) <= SUBJECTS else Reason(text)


# --- permissions -------------------------------------------------------------------------------------------


def _permitted(
    workspace: Workspace,
    request: ExportRequest,
    to: str,
    act: Act,
    chosen: Sequence[Chosen],
    stack: ExitStack,
) -> _Permitted:
    """What is asked for beyond masked copies, once it is known of which tracks and recordings."""
    ids, reviewed = ids_of(chosen), reviewed_of(chosen, request.reviews, request.mask)
    act.note(**_told_of(reviewed))
    more: dict[str, Any] = {"case": request.case, "reason": _why(request.reason, ids), "within": act}
    sight = making = act
    whole: tuple[Recording, ...] = ()
    kept = {t for one in reviewed.values() for t in one.review.keep}
    shown = tuple(sorted({*(ids if request.unmasked else ()), *kept}))
    if shown:
        said = {"masked": False, "recipient": to, **singled_out(shown)}
        seen = {**more, "reason": _why(request.reason, shown)}
        sight = stack.enter_context(workspace.act("view.unmasked", **seen, payload=said))
        reach(workspace, sight.grant, shown)
    if request.originals:
        whole = tuple(_originals(chosen))
        said = {
            "recipient": to,
            "originals": [r.sha256 for r in whole if r.span is None],
            "parts": {r.path: [r.sha256, *r.span] for r in whole if r.span is not None},
            "files": {r.sha256: r.file.name for r in whole},
        }
        making = stack.enter_context(workspace.act("export.original", **more, payload=said))
        for one in chosen:
            _check_scope(workspace, making.grant, one, one.spans)
    return _Permitted(act, sight, making, whole, reviewed)


def reviewed_of(chosen: Sequence[Chosen], reviews: Sequence[Decided], mask: str) -> Mapping[str, Decided]:
    """The review of each recording that leaves, by its id; of other recordings they say nothing here.

    Raises ``UsageError`` for one of other masks, or of tracks that are not those of now.
    """
    found: dict[str, Decided] = {}
    for one in chosen:
        digests = tuple(f.sha256 for f in one.footage.readable)
        for decided in reviews:
            if decided.review.footage != digests:
                continue
            if one.id in found:
                name = one.footage.readable[0].path.name
                raise UsageError(f"{name}: two reviews are of this recording: choose one")
            if kinds(decided.review.mask) != {mask, "plates"}:
                raise UsageError(
                    f"{one.footage.readable[0].path.name}: the review is of masks of {decided.review.mask}, "
                    f"and {mask},plates are to be filled: choose the same, or make the review again"
                )
            decided.review.check_footage(one.footage)
            decided.review.check_tracks(one.footage, one.known)
            found[one.id] = decided
    return found


def _originals(chosen: Sequence[Chosen]) -> Iterator[Recording]:
    """Each file that shows what leaves, with what is wanted of it."""
    wanted = [
        (file, (max(a, file.offset), min(b, file.offset + file.duration)))
        for one in chosen
        for file in needed(one)
        for a, b in one.spans
        if file.offset < b and file.offset + file.duration > a
    ]
    for (file, span), path in zip(wanted, paths_of([f.path for f, _ in wanted]), strict=True):
        whole = span == (file.offset, file.offset + file.duration)
        yield Recording(
            file.path, path, file.size_bytes, file.sha256, span=None if whole else span, source=file
        )


def _check_scope(
    workspace: Workspace, grant: Grant, one: Chosen, spans: Sequence[tuple[float, float]]
) -> None:
    """Raise ``RefusedError``, logged, unless a grant covers these seconds of a recording."""
    given = covered(grant.scope, one.camera, one.footage)
    for begin, end in spans:
        if not any(a - 1e-6 <= begin and end <= b + 1e-6 for a, b in given):
            rule = "scope.windows"
            says = (
                f"{one.footage.readable[0].path.name}: original bytes come in whole groups of pictures, from "
                f"{begin:.3f} s to {end:.3f} s of it, and that is not all in the scope (rule {rule}): leave "
                "--originals out, or ask for other times"
            )
            raise workspace.refuse("export.original", RefusedError(says, rule), case=grant.case)


# --- what is made ------------------------------------------------------------------------------------------


def _make(
    workspace: Workspace,
    request: ExportRequest,
    to: str,
    permitted: _Permitted,
    chosen: Sequence[Chosen],
    scratch: Path,
    tell: Progress,
) -> _Made:
    made = _Made()
    names = ("footage", "copies", "synopsis")
    parts, copies, synopsis = (scratch / name for name in names)
    for folder in (parts, copies, synopsis):
        folder.mkdir()
    if permitted.whole:
        tell("cutting the originals", 0.0)
        made.originals = cut_into(parts, permitted.whole)
        _check_parts(workspace, permitted.making.grant, chosen, made.originals)
    what: Kinds = frozenset({request.mask, "plates"})
    spotters = spotters_of(what, request.models_folder)
    reviewed = {id_: one.review for id_, one in permitted.reviewed.items()}
    spotter = Together([*spotters.values()])
    settings = CopySettings(what, request.unmasked, spotter, reviewed=reviewed)
    made.copies = write_copies(workspace, chosen, copies, settings, tell)
    made.synopses = list(_synopses(workspace, request, permitted.sight.grant, chosen, synopsis, tell))
    tell("writing the report", 0.0)
    made.reports = list(_reports(workspace, request, to, permitted, ids_of(chosen), scratch))
    made.notes = [
        *unsure(what, [t for one in chosen for t in one.known], spotters),
        *_reviews_told(chosen, permitted.reviewed),
        *_notes(workspace, request, permitted.act.grant, chosen, made),
    ]
    return made


def _check_parts(
    workspace: Workspace, grant: Grant, chosen: Sequence[Chosen], originals: Sequence[Recording]
) -> None:
    """What was cut begins with a key frame and ends before one: that too must be in the scope."""
    of = {file.sha256: one for one in chosen for file in one.footage.readable}
    for part in originals:
        if part.covers is not None and part.source is not None:
            _check_scope(workspace, grant, of[part.source.sha256], (part.covers,))


def _synopses(
    workspace: Workspace,
    request: ExportRequest,
    grant: Grant,
    chosen: Sequence[Chosen],
    folder: Path,
    tell: Progress,
) -> Iterator[Recording]:
    """A synopsis of exactly these tracks for each camera, with its manifest and its page."""
    asked = SynopsisRequest(
        (), unmasked=request.unmasked, reason=request.reason, case=request.case, where=request.choice.where
    )
    wanted = {one.id: one.tracks for one in chosen if one.tracks}
    groups = groups_of(workspace, grant, wanted)
    names = file_names([name for name, _ in groups])
    for (camera, merged), name in zip(groups, names, strict=True):
        video = folder / f"{name}{ending(request.unmasked)}.mp4"
        write_selection(
            _apart(merged, folder), video, asked, record_of(workspace, grant, merged, asked), tell
        )
        for file in sorted(folder.glob(f"{video.stem}.*")):
            role = SYNTHETIC if file == video else BESIDE_SYNTHETIC
            path = f"synopsis/{file.name}"
            yield Recording(file, path, file.stat().st_size, sha256(file), role, told=f"camera {camera}")


def _apart(merged: Merged, folder: Path) -> Merged:
    """The same, its recordings named as if they lay beside it: where they lie here concerns nobody else."""
    files = tuple(replace(f, path=folder / f.path.name) for f in merged.footage.files)
    return replace(merged, footage=replace(merged.footage, files=files))


def _reports(
    workspace: Workspace,
    request: ExportRequest,
    to: str,
    permitted: _Permitted,
    tracks: Sequence[str],
    folder: Path,
) -> Iterator[Recording]:
    """The report as a page and on paper, and the gallery, in each language."""
    now, clear = workspace.clock(), request.unmasked
    told = gather(
        workspace, permitted.act, recipient=to, reason=request.reason.strip(), tracks=tracks,
        masked=not (clear or permitted.kept), at=now,
    )  # fmt: skip
    pictures = gallery_of(workspace, permitted.sight.grant, tracks, clear=clear, at=now)
    for language in request.languages:
        end = f".{language}" if len(request.languages) > 1 else ""
        files = {
            f"report{end}.html": (REPORT, report_html(told, language).encode()),
            f"report{end}.pdf": (REPORT, report_pdf(told, language)),
            f"gallery{end}{ending(clear)}.html": (GALLERY, gallery_html(pictures, language).encode()),
        }
        for name, (role, data) in files.items():
            (folder / name).write_bytes(data)
            yield Recording(folder / name, name, len(data), sha256(folder / name), role)


def _told_of(reviewed: Mapping[str, Decided]) -> dict[str, Any]:
    """What the log and the manifest say of reviews, where there are any."""
    return {"reviews": {id_: one.told() for id_, one in reviewed.items()}} if reviewed else {}


def _reviews_told(chosen: Sequence[Chosen], reviewed: Mapping[str, Decided]) -> Iterator[str]:
    for one in chosen:
        if one.id in reviewed:
            name = one.footage.readable[0].path.name
            yield from (f"{name}: {line}" for line in reviewed[one.id].review.lines(one.spans))


def _notes(
    workspace: Workspace,
    request: ExportRequest,
    grant: Grant,
    chosen: Sequence[Chosen],
    made: _Made,
) -> Iterator[str]:
    if made.copies.bare:
        where = f"{made.copies.bare} frames of the working copies"
        yield f"something was seen and not masked in {where}: look at them"
    if ids_of(chosen) and not made.synopses:
        yield "no synopsis: no picture of these tracks is stored: run 'synopticon ingest' again"
    for name in undated(workspace, grant, request.choice):
        yield f"{name}: left out, since nobody knows when it was made: set its clock, or name its tracks"
    yield NOT_ANONYMOUS


# --- the package -------------------------------------------------------------------------------------------


def _contents(
    workspace: Workspace,
    request: ExportRequest,
    to: str,
    permitted: _Permitted,
    chosen: Sequence[Chosen],
    made: _Made,
) -> Contents:
    now, entry = workspace.clock(), permitted.making.entry.sequence
    by = workspace.settings.organisation or workspace.actor.name
    mark, case = workspace.profile.mark, permitted.act.grant.case
    says = CLEAR if request.unmasked else REVIEWED if permitted.kept else MASKED
    delivery = Delivery(to, request.reason, case, mark, entry, now, says)
    items = [Item(r.path, r.role, r.file, r.sha256) for r in made.all]
    items.append(Item("receipt.txt", RECEIPT, receipt(workspace, delivery, made.all).encode()))
    return Contents(
        kind=KIND, recipient=to, by=by, made=now, items=tuple(items),
        entries=tuple(_entries(workspace, case, entry)), mark=mark,
        about={
            "asked": request.choice.plain(),
            "case": case,
            "mask": sorted({request.mask, "plates"}),
            "masked": not (request.unmasked or permitted.kept),
            "notes": list(made.notes),
            "originals": {r.path: r.file.name for r in made.originals if not r.told},
            "parts": {r.path: r.told for r in made.originals if r.told},
            "profile": {"digest": workspace.profile.digest, "name": workspace.profile.label},
            "reason": request.reason.strip(),
            "recordings": [_about(one) for one in chosen],
            **_told_of(permitted.reviewed),
            "stills": {r.path: r.told for r in made.copies.stills},
            "tracks": list(ids_of(chosen)),
            "working_copies": {r.path: r.told for r in made.copies.videos},
        },
    )  # fmt: skip


def _entries(workspace: Workspace, case: str | None, entry: int) -> Iterator[int]:
    """The entry of the act that makes the package, then all others of the case so far; of no other case."""
    yield entry
    if case is not None:
        yield from (n for n in workspace.log.storage.find(Wanted(case=case)) if n != entry)


def _ticking(tell: Progress, files: Sequence[Recording]) -> Tick:
    """Tells how much of the files is written."""
    total, done = max(sum(r.size for r in files), 1), 0

    def tick(written: int) -> None:
        nonlocal done
        done += written
        tell("writing the package", min(done / total, 1.0))

    return tick


def _about(one: Chosen) -> dict[str, Any]:
    """A recording in the manifest: what it is, what of it left, its clock, what of that was not seen."""
    first = one.footage.readable[0]
    return {
        "camera": one.name,
        "clock": {
            "source": first.clock.source, "start": first.clock.start, "zone": first.clock.zone,
            "uncertainty": max(f.clock.uncertainty for f in one.footage.readable),
        },
        "files": {f.sha256: f.path.name for f in needed(one)},
        "gaps": [[g.start, g.end, str(g.reason)] for g in one.gaps],
        "seconds": [list(span) for span in one.spans],
    }  # fmt: skip


def _result(package: Package, contents: Contents, chosen: Sequence[Chosen], made: _Made) -> ExportResult:
    gaps: set[Gap] = {g for one in chosen for g in one.gaps} | set(made.copies.gaps)
    return ExportResult(
        package=package.path,
        manifest=package.sha256,
        fingerprint=package.fingerprint,
        files=package.files,
        bytes=package.bytes,
        entry=contents.entries[0],
        entries=len(contents.entries),
        recordings=len(chosen),
        tracks=ids_of(chosen),
        originals=tuple(r.path for r in made.originals),
        working_copies=tuple(r.path for r in made.copies.videos),
        synopses=tuple(r.path for r in made.synopses if r.role == SYNTHETIC),
        stills=tuple(r.path for r in made.copies.stills),
        reports=tuple(r.path for r in made.reports),
        bare_frames=made.copies.bare,
        gaps=len(gaps),
        notes=tuple(made.notes),
        exit_code=4 if gaps else 0,
    )
