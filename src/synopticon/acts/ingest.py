"""Take footage into the workspace: register it under its camera, analyse it, keep what was found sealed.

Resumable: what was broken off goes on where it was. Nothing is taken in twice, whatever its name; of two
processes at once one does the work. Files of one camera and day are one recording; a file whose time is
unknown is one by itself.
"""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from synopticon import __version__
from synopticon.acts.analysis import Analysis, AnalysisRequest, Progress, analysing, code_digest, looked_up
from synopticon.acts.workspace import Act, Workspace
from synopticon.errors import SynopticonError, UsageError
from synopticon.governance.capability import Operation
from synopticon.governance.case import new_id
from synopticon.governance.grant import Scope, Window
from synopticon.governance.keys import DataKey
from synopticon.governance.retention import days_of
from synopticon.store.atomic import make_folder, write_whole
from synopticon.store.cameras import Camera
from synopticon.store.footage import Registered, Run, digest_of
from synopticon.store.granted import place_of_run
from synopticon.store.lock import held
from synopticon.store.place import Files
from synopticon.store.sealed import SealedFiles
from synopticon.values.footage import Footage, Gap, SourceFile
from synopticon.values.track import Track

OPERATION = Operation.COLLECTION
RULE_DUE = "retention.not-past"
RULE_ERASED = "retention.destroyed-here"


@dataclass(frozen=True, slots=True)
class IngestRequest:
    """What to take in. ``own``: copy the recording into the workspace, so that it is destroyed with it."""

    footage: tuple[str, ...]
    camera: str
    own: bool = False
    model: str = "auto"
    models_folder: Path | None = None
    unsafe_unknown_model: bool = False
    quick: bool = False
    start: datetime | None = None
    case: str | None = None
    workers: int = 0


@dataclass(frozen=True, slots=True)
class Ingested:
    """One recording. ``state``: analysed, known (here already), busy (another process has it) or failed."""

    footage: str
    name: str
    state: str
    tracks: int
    gaps: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What came of each recording. ``exit_code`` 0 done, 1 nothing could be taken in, 4 done with gaps."""

    recordings: tuple[Ingested, ...]
    notes: tuple[str, ...]
    exit_code: int


def ingest(workspace: Workspace, request: IngestRequest, progress: Progress | None = None) -> IngestResult:
    """Take footage in. One bad file never stops the others; raises only what concerns them all."""
    camera = workspace.cameras.find(request.camera)
    asked = AnalysisRequest(
        footage=request.footage, model=request.model, models_folder=request.models_folder,
        unsafe_unknown_model=request.unsafe_unknown_model, start=request.start, zone=camera.zone,
        camera=camera.name, quick=request.quick, workers=request.workers,
        plates=workspace.profile.allows("search.plate"),
    )  # fmt: skip
    recording = looked_up(asked, progress)
    bad = [f"{f.path.name}: {f.error}: left out" for f in recording.files if f.error]
    done: list[Ingested] = []
    for part, footage in recordings(recording, camera.zone):
        job = _Job(workspace, request, replace(asked, footage=()), camera, part, footage)
        done.append(job.run(progress))
    notes = (*recording.notes, *bad, *(f"{i.name}: {i.note}" for i in done if i.note))
    return IngestResult(tuple(done), notes, _code(done, bool(bad)))


def _code(done: Sequence[Ingested], bad: bool) -> int:
    if not any(i.state != "failed" for i in done):
        return 1
    return 4 if bad or any(i.gaps or i.state == "failed" for i in done) else 0


def recordings(footage: Footage, zone: str) -> Iterator[tuple[str, Footage]]:
    """The recordings in what was probed, each with its part: the day (in the camera's zone) it begins."""
    days: dict[str, list[int]] = {}
    for index, file in enumerate(footage.files):
        if not file.error:
            days.setdefault(part_of(file, zone), []).append(index)
    for part, indexes in days.items():
        yield part, subset(footage, indexes)


def part_of(file: SourceFile, zone: str) -> str:
    """What shares a key with this file: all of its day, or nothing where its time is unknown."""
    if file.clock.start is None:
        return f"unknown-{file.sha256[:16]}"
    local = ZoneInfo(file.clock.zone or zone) if (file.clock.zone or zone) else UTC
    return datetime.fromtimestamp(file.clock.start, local).date().isoformat()


def subset(footage: Footage, indexes: Sequence[int]) -> Footage:
    """The recording of some of its files: times count from the first of them."""
    if len(indexes) == len(footage.files):
        return footage
    first = footage.files[indexes[0]].offset
    files = tuple(replace(footage.files[n], offset=footage.files[n].offset - first) for n in indexes)
    end = max(f.offset + f.duration for f in files)
    place = {n: k for k, n in enumerate(indexes)}
    gaps = []
    for gap in footage.gaps:
        a, b = gap.start - first, gap.end - first
        if gap.file in place or (gap.file < 0 and a >= 0 and b <= end):
            gaps.append(Gap(a, b, gap.reason, place.get(gap.file, -1), gap.detail))
    return Footage(footage.camera, files, tuple(gaps), ())


@dataclass(frozen=True, slots=True)
class _Job:
    """One recording on its way in."""

    workspace: Workspace
    request: IngestRequest
    asked: AnalysisRequest
    camera: Camera
    part: str
    footage: Footage

    def run(self, progress: Progress | None) -> Ingested:
        """Take it in, unless it is here already or another process has it."""
        digests = [f.sha256 for f in self.footage.readable]
        known = self.workspace.footage.known(digests)
        if known and set(known) != set(digests):
            fresh = [n for n, f in enumerate(self.footage.files) if f.sha256 not in known]
            return replace(self, footage=subset(self.footage, fresh)).run(progress)
        whole = known and all(r.state == "analysed" for r in known.values())
        if whole and not self.workspace.traits.lacking([r.id for r in known.values()]):
            return self._result(next(iter(known.values())).id, "known", note="is in the workspace already")
        digest = digest_of(digests)
        with held(self.workspace.folder / "locks" / f"{digest[:32]}.lock", wait=False) as mine:
            if not mine:
                return self._result("", "busy", note="another process is taking it in: left to it")
            try:
                return self._take(digests, next(iter(known.values()), None), progress)
            except SynopticonError as error:
                if error.exit_code == 3:  # a refusal concerns them all
                    raise
                return self._result("", "failed", note=str(error))

    def _take(self, digests: list[str], known: Registered | None, progress: Progress | None) -> Ingested:
        fresh = Registered(new_id("foot"), digest_of(digests), self.camera.id, self.part, "registered")
        place = known or fresh
        said = {
            "camera": self.camera.id,
            "files": {f.sha256: f.path.name for f in self.footage.readable},
            "day": place.part,
            "own": self.request.own,
            "goes_on": known is not None,
            "unsafe_unknown_model": self.request.unsafe_unknown_model,
        }
        act_ = self.workspace.act("ingest", case=self.request.case, scope=self._scope(), payload=said)
        with act_ as act:
            self._check_due(digests)
            place = known or self.workspace.footage.register(act.grant, self.footage, fresh)
            if self.request.own:
                self._own(act, place)
            tracks, analysis = self._analyse(act, place, progress)
            act.note(footage=place.id, track_count=tracks, gaps=len(analysis.gaps), run=analysis.key)
        return self._result(place.id, "analysed", tracks, len(analysis.gaps))

    def _scope(self) -> Scope:
        """What is asked for: the camera and hours of the recording, or its files by their digests.

        By digest where no case gives hours, where the time is unknown, or where the case names the files.
        """
        files = Scope(digests=tuple(f.sha256 for f in self.footage.readable))
        start, case = self.footage.start_utc, self.request.case
        if start is None or case is None or self.workspace.scope_of(case).holds(files):
            return files
        slack = max(f.clock.uncertainty for f in self.footage.readable)
        low, high = start - slack, start + self.footage.duration + slack
        return Scope((self.camera.id,), (Window(*(datetime.fromtimestamp(t, UTC) for t in (low, high))),))

    def _check_due(self, digests: list[str]) -> None:
        """Footage that would have to be destroyed at once, or was destroyed here, is not taken in."""
        gone = self.workspace.footage.erased(digests)
        if gone:
            when = max(gone.values()).date().isoformat()
            raise UsageError(
                f"was destroyed here on {when} (rule {RULE_ERASED}): keep it out of the workspace"
            )
        days = days_of(self.camera.retention_days, self.workspace.retention_days)
        start = self.footage.start_utc
        if days is None or start is None:
            return
        age = self.workspace.clock() - datetime.fromtimestamp(start, UTC)
        if age.days >= days:
            raise UsageError(
                f"is {age.days} days old and may be kept for {days} (rule {RULE_DUE}): check its clock"
            )

    def _own(self, act: Act, place: Registered) -> None:
        """Copy the files into the workspace, whole or not at all."""
        folder = make_folder(self.workspace.folder / "footage" / place.camera / place.part)
        for file in self.footage.readable:
            target = folder / f"{file.sha256[:16]}{file.path.suffix}"
            if not target.exists():
                with write_whole(target) as aside:
                    shutil.copyfile(file.path, aside)
            self.workspace.footage.own_copy(act.grant, file.sha256, str(target))

    def _analyse(self, act: Act, place: Registered, progress: Progress | None) -> tuple[int, Analysis]:
        workspace = self.workspace
        key = workspace.vault.make(act.grant, place.camera, place.part)

        def files(run_key: str) -> Files:
            where = place_of_run(workspace.place, place.camera, place.part, place.id, run_key)
            return SealedFiles(where, key, place.id)

        run_id, kept, last = "", 0, None
        steps = analysing(self.asked, progress, progressive=True, footage=self.footage, files=files)
        for analysis in steps:
            last = analysis
            run_id = run_id or workspace.footage.begin_run(act.grant, _run(place, analysis))
            known = analysis.store.load_tracks()
            tracks = known[0] if known else ()
            kept = workspace.tracks.replace(act.grant, place.id, tracks, analysis.store.tubes(), key, run_id)
        assert last is not None, "an analysis gives at least one step"
        last.store.save_recording(last.footage)
        if (traits := last.store.load_traits()) is not None:
            workspace.traits.replace(act.grant, place.id, traits, tracks, key)
        act.note(plates=self._keep_plates(act, place, run_id, last, tracks, key))
        listed = hashlib.sha256("\n".join(sorted(t.id for t in tracks)).encode()).hexdigest()
        act.note(track_list=listed)
        footage = workspace.footage
        footage.end_run(act.grant, run_id, place.id, last.footage.duration, kept, listed, last.gaps)
        return kept, last

    def _keep_plates(
        self, act: Act, place: Registered, run: str, of: Analysis, tracks: Sequence[Track], key: DataKey
    ) -> int:
        """Keep what was read of plates, where the profile lets them be searched; else nothing, nowhere."""
        there = {t.id for t in tracks}
        searched = self.workspace.profile.allows("search.plate")
        kept = [one for one in of.plates if one.track in there] if searched else []
        return self.workspace.plates.replace(act.grant, place.id, run, kept, tracks, key)

    def _result(self, footage: str, state: str, tracks: int = 0, gaps: int = 0, note: str = "") -> Ingested:
        return Ingested(footage, self.footage.readable[0].path.name, state, tracks, gaps, note)


def _run(place: Registered, analysis: Analysis) -> Run:
    card = analysis.card
    return Run(
        new_id("run"), place.id, analysis.key, analysis.described,
        {"synopticon": __version__, "code": code_digest()},
        card.name if card else "none", card.sha256 if card else "",
    )  # fmt: skip
