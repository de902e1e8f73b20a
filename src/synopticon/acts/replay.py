"""Make a synopsis again from what its manifest says, and tell whether it comes out the same."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from synopticon.acts.analysis import Progress, analysing, code_digest, looked_up, named
from synopticon.acts.replayed import FoundFile, ReplayResult, compared, is_selection
from synopticon.acts.selection import write_selection
from synopticon.acts.synopsis import SynopsisRequest, analysis_of, check_outputs, made_of
from synopticon.acts.verify import check_package
from synopticon.acts.workspace import open_workspace, passing
from synopticon.errors import AuditError, FootageError, ModelError, NoVideoError, OutputError, UsageError
from synopticon.evidence import format as form
from synopticon.footage.clock import SIDECAR, from_name
from synopticon.footage.digest import sha256
from synopticon.footage.find import find_files
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Scope
from synopticon.measure.replay import Seen, compare_tracks
from synopticon.models.cards import by_digest, models_folder, present, remedy
from synopticon.store.place import Files
from synopticon.synopsis.compose import NO_CASE
from synopticon.synopsis.manifest import Record
from synopticon.synopsis.merge import Part, merge
from synopticon.synopsis.recorded import Input, Recorded, is_manifest, read_manifest
from synopticon.values.footage import Footage

OPERATION = Operation.CONSULTATION


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What to make again; the fields are the options of ``synopticon replay``.

    ``workspace``: where to analyse and to log; None = a temporary one, of which nothing stays.
    """

    package: Path
    footage: tuple[str, ...]
    key: str = ""
    models_folder: Path | None = None
    workspace: Path | None = None
    workers: int = 0


def replay(request: ReplayRequest, progress: Progress | None = None) -> ReplayResult:
    """Analyse the footage again as a manifest says, and compare; see ``ReplayRequest``.

    Raises ``AuditError`` for a package that is not as it was signed, ``UsageError`` where there is no one
    manifest, ``ModelError`` when the model is missing, and the errors of the analysis.
    """
    tell = progress or (lambda _stage, _share: None)
    path, signed = _manifest(request.package, request.key)
    recorded = read_manifest(path)
    states, extra = _look(recorded.inputs, request.footage, tell)
    result = ReplayResult(str(path), signed, states, extra)
    if any(f.state != "same" for f in states):
        return result
    with TemporaryDirectory(prefix="synopticon-replay-") as folder:
        now, notes = _again(recorded, request, states, Path(folder).resolve(), progress)
    return compared(replace(result, notes=notes), recorded, now)


# --- what is to be replayed ---------------------------------------------------------------------------------


def _manifest(package: Path, key: str) -> tuple[Path, str]:
    """The manifest that a package or a folder holds, or that was named; the key of its package, checked."""
    if package.is_file():
        roots = [p for p in package.absolute().parents if (p / form.SIGNATURE).is_file()]
        return package, _checked(roots[0], key) if roots else ""
    if not package.is_dir():
        raise UsageError(f"{package}: is not there: name a package, or the manifest beside a synopsis")
    signed = _checked(package, key) if (package / form.MANIFEST).exists() else ""
    found = sorted(p for p in package.rglob("*.json") if is_manifest(p))
    if not found:
        raise UsageError(f"{package}: holds no manifest of a synopsis: name the .json beside one")
    if len(found) > 1:
        names = ", ".join(p.relative_to(package).as_posix() for p in found[:5])
        raise UsageError(f"{package}: holds several manifests ({names}): name one of them")
    return found[0], signed


def _checked(package: Path, key: str) -> str:
    report = check_package(package, key)
    if report.problems:
        raise AuditError(
            f"{package}: is not as it was signed ({report.problems[0]}): nothing was replayed; "
            "use another copy of the package"
        )
    return report.fingerprint


# --- the footage --------------------------------------------------------------------------------------------


def _look(
    inputs: Sequence[Input], places: tuple[str, ...], tell: Progress
) -> tuple[tuple[FoundFile, ...], tuple[str, ...]]:
    """Find each file by its digest; what else lies there. Only files of such a size or name are read."""
    try:
        there = find_files(places)
    except NoVideoError:
        there = []
    wanted = [one for one in _once(inputs) if one.sha256]
    sizes, names = {one.size for one in wanted}, {one.file.name for one in wanted}
    asked = [p for p in there if p.stat().st_size in sizes or p.name in names]
    digests: dict[Path, str] = {}
    for n, path in enumerate(asked):
        tell("looking for the footage", n / len(asked))
        digests[path] = sha256(path)
    by_sha = {digest: path for path, digest in reversed(digests.items())}
    states = tuple(_state(one, by_sha, digests) for one in wanted)
    used = {f.path for f in states}
    return states, tuple(str(p) for p in there if str(p) not in used)


def _state(one: Input, by_sha: Mapping[str, Path], digests: Mapping[Path, str]) -> FoundFile:
    if found := by_sha.get(one.sha256):
        return FoundFile(one.file.name, one.sha256, "same", str(found))
    for path, digest in digests.items():
        if path.name == one.file.name:
            return FoundFile(one.file.name, one.sha256, "changed", str(path), digest)
    return FoundFile(one.file.name, one.sha256, "missing")


def _once(inputs: Iterable[Input]) -> Iterator[Input]:
    """Each content once, as it was read then."""
    seen: set[str] = set()
    for one in inputs:
        if one.sha256 not in seen:
            yield one
        seen.add(one.sha256)


def _place(recorded: Recorded, states: Sequence[FoundFile], folder: Path) -> tuple[Path, list[Path]]:
    """Put the files where the manifest names them, under their old names; gives its folder, and them.

    A folder has the camera's name, as far as the manifest does not say what it was called.
    """
    camera = "".join(c for c in str(recorded.head["camera"]) if c.isprintable() and c not in '\\/:*?"<>|')
    ups = max(sum(part == ".." for part in one.file.parts) for one in recorded.inputs)
    here = folder.joinpath(*[camera.strip(". ") or "camera"] * (ups + 1))
    here.mkdir(parents=True)
    paths = {f.sha256: Path(f.path).resolve() for f in states}
    placed = []
    for one in _once(recorded.inputs):
        if one.sha256 in paths:
            target = Path(os.path.normpath(here / one.file))
            while target.exists():  # of another folder
                target = target.parent / "other" / target.name
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(paths[one.sha256], target)
            _tell_time(one, target)
            placed.append(target)
    return here, placed


def _link(source: Path, target: Path) -> None:
    try:
        target.symlink_to(source)
    except OSError:
        try:  # systems that let only administrators make links of that kind
            os.link(source, target)
        except OSError as error:
            raise OutputError(
                f"{source}: cannot be linked to from {target.parent} ({error.strerror or error}): give "
                "TMPDIR a folder on the same disk"
            ) from error


def _tell_time(one: Input, path: Path) -> None:
    """Write the clock that the file had beside it, where its name does not tell it as it did."""
    clock = one.clock
    if clock.start is None or clock.source == "container":
        return
    if clock.source == "name" and (named := from_name(path, clock.zone)) and named.start == clock.start:
        return
    start = datetime.fromtimestamp(clock.start, UTC).isoformat()
    told = {"start": start, "zone": clock.zone, "uncertainty": clock.uncertainty}
    path.with_name(path.name + SIDECAR).write_text(json.dumps(told), "utf-8")


# --- making it again ----------------------------------------------------------------------------------------


def _again(
    recorded: Recorded,
    request: ReplayRequest,
    states: Sequence[FoundFile],
    folder: Path,
    progress: Progress | None,
) -> tuple[Recorded, tuple[str, ...]]:
    """The manifest of the synopsis that is made now, and notes; pictures are masked, whatever they were."""
    here, files = _place(recorded, states, folder)
    # analysed from nothing, also where an analysis of the same lies in the workspace
    wish = _request(recorded, request, files, here / "replay.mp4", folder / "workspace")
    footage = looked_up(analysis_of(wish), progress)
    digests = tuple(f.sha256 for f in footage.readable)
    said = {"replay": recorded.sha256, "files": {f.sha256: f.path.name for f in footage.readable}}
    with open_workspace(request.workspace or folder / "workspace") as workspace, ExitStack() as stack:
        act = stack.enter_context(workspace.act("synopsis", scope=Scope(digests=digests), payload=said))
        place = stack.enter_context(passing(workspace))
        make = _chosen if is_selection(recorded) else _whole
        notes = make(recorded, wish, footage, progress, place)
        now = read_manifest(here / "replay.json")
        act.note(shown=len(now.objects), gaps=len(now.head["gaps"]))
    return now, notes


Place: TypeAlias = Callable[[str], Files] | None


def _whole(
    recorded: Recorded, wish: SynopsisRequest, footage: Footage, progress: Progress | None, place: Place
) -> tuple[str, ...]:
    """Make the synopsis of all that is found."""
    del recorded
    assert wish.output is not None
    return made_of(wish, check_outputs(wish.output, wish), footage, progress, place)[0].notes


def _chosen(
    recorded: Recorded, wish: SynopsisRequest, footage: Footage, progress: Progress | None, place: Place
) -> tuple[str, ...]:
    """Make the synopsis of the objects that are those of the manifest, by their ids or else their boxes."""
    assert wish.output is not None
    (analysis,) = analysing(analysis_of(wish), progress, footage=footage, files=place)
    store, left = analysis.store, {one["id"] for one in recorded.head["left_out"]}
    tubes = store.tubes()
    found = [Seen(t.id, t.track.label, 0, t.track.times, t.track.boxes) for t in tubes]
    wanted = left | set(compare_tracks(recorded.objects, found).pairs.values())
    chosen = tuple(t for t in tubes if t.id in wanted)
    if not chosen:
        raise FootageError(
            f"{named(footage)}: not one object of {recorded.path} was found again: check the model"
        )
    shown = replace(footage, camera=str(recorded.head["camera"]), gaps=analysis.gaps)
    merged = merge([Part(shown, store.load_bank, chosen, store)])
    models = {one["name"]: one["sha256"] for one in recorded.head["models"]}
    record = Record(merged.footage.gaps, recorded.settings, models, program={"code": code_digest()})
    write_selection(merged, wish.output, wish, record, progress)
    return analysis.notes


def _request(
    recorded: Recorded, request: ReplayRequest, files: list[Path], output: Path, workspace: Path
) -> SynopsisRequest:
    settings = recorded.settings
    first = next((one for one in recorded.inputs if not one.error), recorded.inputs[0]).clock
    by_hand = first.source == "user" and first.start is not None
    outside = NO_CASE in [mark["text"] for mark in recorded.head["marks"]]
    return SynopsisRequest(
        footage=tuple(str(f) for f in files),
        output=output,
        model=_model(recorded, request.models_folder),
        models_folder=request.models_folder,
        unsafe_unknown_model=bool(settings.get("unsafe_unknown_model")),
        density=settings["density"],
        length=settings["length"],
        max_collision=settings["max_collision"],
        order=settings["order"],
        effort=settings["effort"],
        quick=bool(settings.get("quick")),
        colour_match=settings["colour_match"],
        where=settings.get("where", ""),
        clips=False,
        start=datetime.fromtimestamp(first.start or 0.0, UTC) if by_hand else None,
        zone=first.zone,
        workers=request.workers,
        workspace=workspace,
        case=None if outside else "replay",  # it only decides what is written on the picture
    )


def _model(recorded: Recorded, folder: Path | None) -> str:
    """The model that the manifest names, by its digest; raises ``ModelError`` with the remedy."""
    if not recorded.head["models"]:
        return "none"
    if len(recorded.head["models"]) > 1:
        raise UsageError(f"{recorded.path}: was made with several models: name the manifest of one recording")
    (one,) = recorded.head["models"]
    place = folder or models_folder()
    if known := by_digest(one["sha256"]):
        if not present(known[0], place):
            raise ModelError(
                f"{known[0].name} (SHA-256 {one['sha256']}) is not in {place}: {remedy(known[0])}"
            )
        return known[0].name
    for path in sorted((*place.glob("*.onnx"), *place.glob("*.pb"))):
        if sha256(path) == one["sha256"]:
            return str(path)
    raise ModelError(f"{one['name']} (SHA-256 {one['sha256']}) is not in {place}: put its file there")
