"""Analysing footage into the workspace: what ``synopsis`` and ``tracks`` share."""

import hashlib
import json
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import synopticon
from synopticon import __version__
from synopticon.errors import FootageError, ModelError, UsageError
from synopticon.footage.probe import grown, probe
from synopticon.footage.read import open_reader
from synopticon.jobs.pool import Pool
from synopticon.models.cards import ModelCard, home, resolve
from synopticon.store.analysis import AnalysisStore
from synopticon.store.place import Files, Folder
from synopticon.values.footage import Footage, Gap, GapReason
from synopticon.values.plate import PlateReading
from synopticon.vision.observe import Cadence, ObserveSettings
from synopticon.vision.pipeline import AnalysisSettings, analyse, gaps_met, plates_of, quick_settings
from synopticon.vision.plate import weights as plate_weights
from synopticon.vision.plate_track import PlateSettings

Progress = Callable[[str, float], None]
SOURCE = "source.json"
QUICK_MOST = 6.0  # seconds between key frames
_ANALYSING = ("footage", "values", "vision")  # the rooms of the package whose code makes an analysis
MOVING_NOTE, MOVING_STOP = 0.15, 0.5  # shares of frames in which the whole picture moved


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """What to analyse and how; see the options of the command line."""

    footage: tuple[str, ...]
    model: str = "auto"
    models_folder: Path | None = None
    unsafe_unknown_model: bool = False
    start: datetime | None = None
    zone: str = ""
    camera: str = ""
    quick: bool = False
    workspace: Path | None = None
    workers: int = 0
    plates: bool = False  # read the plates of vehicles


@dataclass(frozen=True, slots=True)
class Analysis:
    """An analysis, ``complete`` or as far as it has come: where it is, and what must be said of it."""

    footage: Footage
    store: AnalysisStore
    card: ModelCard | None
    settings: AnalysisSettings
    interval: float  # seconds from one frame that was looked at to the next
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...] = ()
    complete: bool = False
    key: str = ""
    plates: tuple[PlateReading, ...] = ()  # empty unless they were asked for

    @property
    def described(self) -> dict[str, Any]:
        """The settings as JSON values."""
        return described(self.settings)


def analysed(
    request: AnalysisRequest,
    progress: Progress | None,
    outputs: Sequence[Path] = (),
    footage: Footage | None = None,
) -> Analysis:
    """Analyse footage to its end (or go on where it was left); see ``analysing``."""
    (analysis,) = analysing(request, progress, outputs, footage=footage)
    return analysis


def looked_up(
    request: AnalysisRequest, progress: Progress | None = None, outputs: Sequence[Path] = ()
) -> Footage:
    """The footage of a request, probed: digests and times, no picture. Raises the errors of ``probe``.

    ``outputs`` is what will be written; it must not be the footage (``UsageError``).
    """
    (progress or _silent)("reading the recording", 0.0)
    footage = probe(request.footage, start=request.start, zone=request.zone, camera=request.camera)
    _keep_apart(footage, outputs)
    return footage


def _name_source(store: AnalysisStore, footage: Footage) -> None:
    """Keep beside an analysis that is not sealed whose it is, so that it can go with its footage."""
    if store.files.read(SOURCE) is None:
        text = json.dumps({"files": [f.sha256 for f in footage.readable]})
        store.files.write(SOURCE, text.encode() + b"\n")


def forget_analyses(workspace: Path, digests: Iterable[str]) -> int:
    """Remove the analyses, not sealed, of files with these digests; gives how many there were."""
    gone, folder = set(digests), Folder(workspace / "analyses")
    found = 0
    for name in folder.names():
        try:
            source = set(json.loads(folder.read(f"{name}/{SOURCE}") or b"{}").get("files", ()))
        except (ValueError, AttributeError, TypeError):
            continue
        if source & gone:
            folder.remove(name)
            found += 1
    return found


def _silent(_stage: str, _share: float) -> None:
    """Tell nobody."""


def analysing(
    request: AnalysisRequest,
    progress: Progress | None,
    outputs: Sequence[Path] = (),
    *,
    progressive: bool = False,
    footage: Footage | None = None,
    files: Callable[[str], Files] | None = None,
    cut: bool = True,
) -> Iterator[Analysis]:
    """Analyse footage; with ``progressive`` also give what is done each time that it has doubled.

    ``footage``: what ``looked_up`` gave, if it was; ``files``: where an analysis of this key is kept, instead
    of the folder of analyses; ``cut``: cut tubes, too, not only find tracks. Raises the errors of
    ``looked_up``, ``ModelError``, and ``FootageError`` when the camera moves too much.
    """
    tell = progress or _silent
    footage = footage or looked_up(request, progress, outputs)
    model = resolve(request.model, request.models_folder, unsafe_unknown_model=request.unsafe_unknown_model)
    notes = [*footage.notes, *_model_notes(model, request.model)]
    interval, quick = _interval(footage, request.quick, notes)
    settings = _settings(footage, model, interval if quick else None)
    settings = replace(settings, plates=_plates(request, files is not None, notes))
    key = key_of(footage, model, settings)
    folder = (request.workspace or home()) / "analyses" / key
    store = AnalysisStore(files(key) if files else folder)
    if files is None:
        _name_source(store, footage)
    card = model[0] if model else None
    so_far = Analysis(footage, store, card, settings, interval, (), tuple(notes), key=key)
    with Pool(request.workers) as pool:
        given = 0.0
        for step in analyse(footage, store, settings, pool.run, batch=2 * pool.workers, cut=cut):
            if step.done == 0.0:
                so_far = replace(so_far, notes=(*notes, *_stability(footage, store)))
            tell("looking for what moves", step.done / max(step.total, 1e-9))
            if progressive and step.usable > given and 2 * given <= step.usable < step.total:
                given = step.usable
                yield replace(so_far, gaps=_gaps(footage, store, given))
    late = grown(footage)
    said = [f"{footage.files[gap.file].path.name}: {gap.detail}" for gap in late]
    gaps = _in_order((*_gaps(footage, store, footage.duration), *late))
    plates = plates_of(store, settings)
    yield replace(so_far, gaps=gaps, notes=(*so_far.notes, *said), complete=True, plates=plates)


def _plates(request: AnalysisRequest, sealed: bool, notes: list[str]) -> PlateSettings | None:
    """What reads plates, if they are asked for; ``notes`` say when nothing can. Never onto an open disk."""
    if not request.plates:
        return None
    if not sealed:
        raise UsageError(
            "plates are read into a workspace only, where they are sealed: use 'synopticon ingest'"
        )
    try:
        reader, finder = plate_weights(request.models_folder)
    except ModelError as error:
        notes.append(f"no plate was read: {error}")
        return None
    if finder is None:
        notes.append(
            "no model that finds plates is here: they were looked for by text alone, which misses more"
        )
    return PlateSettings(str(reader), str(finder or ""))


def _gaps(footage: Footage, store: AnalysisStore, done: float) -> tuple[Gap, ...]:
    """All that was not seen when the analysis has come to ``done`` (seconds of the timeline)."""
    gaps = {*footage.gaps, *gaps_met(store)}
    if done < footage.duration:
        gaps.add(Gap(done, footage.duration, GapReason.NOT_ANALYSED))
    return _in_order(gaps)


def _in_order(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    return tuple(sorted(gaps, key=lambda g: (g.start, g.end, g.reason)))


def _keep_apart(footage: Footage, outputs: Sequence[Path]) -> None:
    """The original is never changed, whatever may be overwritten."""
    files = {part for f in footage.files for part in (f.path.resolve(), *f.path.resolve().parents)}
    for path in outputs:
        if path.resolve() in files:
            raise UsageError(f"{path}: is the footage itself, which is never changed: choose another name")


def named(footage: Footage) -> str:
    """What a message calls the footage: its file, or the camera when there are several."""
    return str(footage.files[0].path) if len(footage.files) == 1 else footage.camera


def stem_of(footage: Sequence[str]) -> str:
    """What an output is called after to which nobody gave a name: the first file or folder."""
    first = footage[0]
    return "footage" if any(c in first for c in "*?[") else (Path(first).stem or "footage")


def _stability(footage: Footage, store: AnalysisStore) -> list[str]:
    bank = store.load_bank()
    if bank is None or bank.moving < MOVING_NOTE:
        return []
    share = f"the camera moves in {bank.moving:.0%} of the frames that were compared"
    if bank.moving >= MOVING_STOP:
        raise FootageError(f"{named(footage)}: {share}: give a recording of a camera that stands still")
    return [f"{share}: results unreliable"]


def _model_notes(model: tuple[ModelCard, Path] | None, asked: str) -> list[str]:
    if model is None:
        remedy = "" if asked == "none" else " (run 'synopticon models fetch' once)"
        return [f"no detection model: objects are found by motion alone and are not named{remedy}"]
    return [f"unknown model {model[0].name}: nobody vouches for it"] if model[0].unsafe else []


def _settings(
    footage: Footage, model: tuple[ModelCard, Path] | None, interval: float | None
) -> AnalysisSettings:
    settings = AnalysisSettings()
    if interval is not None:
        settings = quick_settings(settings, interval)
    # short footage keeps several processes busy too; the cut changes no track
    settings = replace(settings, segment=min(settings.segment, max(20.0, footage.duration / 8)))
    return settings_for(model, settings)


def settings_for(
    model: tuple[ModelCard, Path] | None, settings: AnalysisSettings | None = None
) -> AnalysisSettings:
    """Settings with what a model asks for; None = motion alone."""
    settings = settings or AnalysisSettings()
    if model is None:
        return settings
    card, weights = model
    link = replace(settings.track.link, certain=card.certain, uncertain=card.uncertain)
    track = replace(settings.track, link=link, min_score=card.sure)
    watching = replace(settings.observe, look=replace(settings.observe.look, min_crop=card.crop))
    return replace(
        settings,
        weights=str(weights.absolute()),
        unsafe_unknown_model=card.unsafe,
        observe=watching,
        track=track,
    )


def _interval(footage: Footage, quick: bool, notes: list[str]) -> tuple[float, bool]:
    """Seconds between the frames to look at, and whether those are the key frames; says so in ``notes``."""
    if quick:
        interval = key_interval(footage)
        if interval <= QUICK_MOST:
            notes.append(
                f"quick: only key frames were looked at, one every {interval:.1f} s; what passed between two "
                "of them is missing, and movement is shown in steps"
            )
            return interval, True
        notes.append(f"key frames are {interval:.0f} s apart, too far for --quick: every frame was looked at")
    return Cadence(footage.frame_rate, ObserveSettings()).interval, False


def key_interval(footage: Footage) -> float:
    """Seconds from one key frame to the next, as the first ones lie; at least one frame."""
    with open_reader(footage, keys_only=True, threads=1, ahead=2) as reader:
        times = [frame.time for frame in islice(reader, 8)]
    steps = [b - a for a, b in pairwise(times)]
    return max(statistics.median(steps) if steps else footage.duration, 1 / float(footage.frame_rate))


def key_of(footage: Footage, model: tuple[ModelCard, Path] | None, settings: AnalysisSettings) -> str:
    """Name of the analysis: changes with the footage's bytes, the model, the settings and the program."""
    files = [(f.sha256, f.offset, f.clock.start) for f in footage.files]
    weights = model[0].sha256 if model else ""
    program = [__version__, code_digest()]
    text = json.dumps([program, files, weights, described(replace(settings, weights=""))], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@cache
def code_digest(package: Path = Path(synopticon.__file__).parent) -> str:
    """SHA-256 of the code that decides what an analysis finds: other code never goes on with old results."""
    digest = hashlib.sha256()
    for path in sorted(path for room in _ANALYSING for path in (package / room).rglob("*.py")):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(package).as_posix()} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def described(settings: AnalysisSettings) -> dict[str, Any]:
    """Settings as JSON values, without paths."""
    values = asdict(replace(settings, weights=Path(settings.weights).name))
    if settings.plates:
        names = {name: Path(values["plates"][name]).name for name in ("reader", "finder")}
        values["plates"] = {**values["plates"], **names}

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(v) for v in value]
        return float(value) if isinstance(value, Fraction) else value

    return dict(plain(values))
