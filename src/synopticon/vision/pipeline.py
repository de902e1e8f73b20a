"""From footage to tubes, top-down.

footage -> background bank (pass 0, key frames) -> observations (pass 1, segment by segment: what moves, what
it is) -> tracks (no pixels needed) -> tubes (pass 2, only where something was). Each step is kept in the
store, so an analysis that was broken off goes on where it was, and what is done can be used at once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import ceil, inf
from typing import Any, TypeVar

import numpy as np

from synopticon.errors import StoreError
from synopticon.models.cards import resolve
from synopticon.store.analysis import CHECKED, GLANCED, WATCHED, AnalysisStore
from synopticon.store.place import Files
from synopticon.values.footage import Footage, Gap, GapReason
from synopticon.values.plate import PlateReading
from synopticon.values.scene import Bank
from synopticon.values.track import Dropped, Track
from synopticon.values.traits import Traits
from synopticon.vision.appearance import Glances, describe
from synopticon.vision.background import Sketch, Span, bank_of, sketch, tasks
from synopticon.vision.checks import Checks
from synopticon.vision.detect import Detector, open_detector
from synopticon.vision.kinds import count
from synopticon.vision.observations import Observations
from synopticon.vision.observe import ObserveSettings, observe
from synopticon.vision.plate import PlateEye, open_eye_at
from synopticon.vision.plate_track import PlateSettings, PlateWatch, readings
from synopticon.vision.track import TrackSettings, build_tracks
from synopticon.vision.tube import TubeSettings, cut_tubes

_HOUR = 3600.0  # seconds
_PLATES = "plates-"

T = TypeVar("T")
R = TypeVar("R")
Runner = Callable[[Callable[[Any], Any], Sequence[Any]], Iterator[tuple[int, Any]]]


@dataclass(frozen=True, slots=True)
class AnalysisSettings:
    """How footage is analysed. ``weights``: path of the detector's weights, empty = motion alone.

    ``unsafe_unknown_model``: let weights run that are on no card. ``quick``: look at key frames only.
    ``segment``: seconds of footage that one task takes; any value gives the same tracks. ``pause``: seconds
    in which nothing is seen that end an episode; tracks never cross one. ``plates``: read those of vehicles;
    what was read lies in the store, which must be sealed. None = no plate is read.
    """

    weights: str = ""
    unsafe_unknown_model: bool = False
    quick: bool = False
    segment: float = 150.0
    pause: float = 8.0
    observe: ObserveSettings = field(default_factory=ObserveSettings)
    track: TrackSettings = field(default_factory=TrackSettings)
    tube: TubeSettings = field(default_factory=TubeSettings)
    plates: PlateSettings | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far an analysis has come: seconds of the timeline that are done, out of ``total``.

    Up to ``usable`` (seconds) everything is cut into tubes, but for objects still there; it never shrinks.
    """

    done: float
    total: float
    tracks: int
    usable: float = 0.0


@dataclass(frozen=True, slots=True)
class Job:
    """What every task needs to know; small, so that it can be sent to another process."""

    footage: Footage
    files: Files  # of the store; where they are sealed, with their key
    settings: AnalysisSettings


@dataclass(frozen=True, slots=True)
class Stretch:
    """A task: a named stretch of the timeline, in seconds."""

    job: Job
    name: str
    start: float
    end: float


def quick_settings(settings: AnalysisSettings, interval: float) -> AnalysisSettings:
    """The same settings for an analysis of key frames alone, ``interval`` seconds apart.

    Between two of them an object moves several times its own size, so links must reach far and tracks may be
    short; what passes between two key frames is not seen.
    """
    link = replace(
        settings.track.link, max_lost=3.5 * interval, reach=4.0, min_iou=0.12, min_iou_uncertain=0.25
    )
    stitching = replace(settings.track.stitch, max_gap=max(6.0, 3 * interval))
    track = replace(
        settings.track, link=link, stitch=stitching, min_seen=2, min_life=0.0, longest_step=2.5 * interval
    )
    return replace(
        settings,
        quick=True,
        segment=max(settings.segment, 600.0),
        pause=max(settings.pause, 5 * interval),
        observe=replace(settings.observe, keys_only=True),
        tube=replace(settings.tube, keys_only=True),
        track=track,
    )


def run_here(task: Callable[[T], R], items: Sequence[T]) -> Iterator[tuple[int, R]]:
    """Run tasks one after the other in this process; ``jobs.pool`` runs them in several."""
    for index, item in enumerate(items):
        yield index, task(item)


def analyse(
    footage: Footage,
    store: AnalysisStore,
    settings: AnalysisSettings | None = None,
    run: Runner = run_here,
    *,
    batch: int = 4,
    cut: bool = True,
) -> Iterator[Coverage]:
    """Analyse footage into ``store``, segment by segment; after each step ``store.tubes()`` has what is done.

    ``batch`` segments are observed before the episodes that they complete are cut into tubes (while the next
    are observed: nobody waits), then twice as many, and so on. Without ``cut`` only tracks are found, and
    nothing is decoded to cut tubes; a later call goes on from there.
    """
    job = Job(footage, store.files, settings or AnalysisSettings())
    _learn(job, store, run)
    total = footage.duration
    yield Coverage(0.0, total, 0)
    tracker = _Tracker(job, store)
    cuts, reached, usable = list[_Cutting](), 0.0, 0.0
    for group in [*_batches(segments(job), batch), ()]:
        end = group[-1].end if group else np.inf
        for step in _work(store, run, cuts, group):
            usable = reached if step.all_cut else usable
            done = reached + (min(end, total) - reached) * step.observed
            yield Coverage(done, total, len(tracker.tracks), usable)
        found = [store.load_arrays(s.name) for s in group]
        episodes = tracker.take([Observations.of(arrays) for arrays in found if arrays is not None], end)
        cuts = [task for tracks in episodes for task in _cuttings(job, tracks)] if cut else []
        reached = min(end, total)
    if cut:
        _describe(job, store, tracker.tracks)


def observed(footage: Footage, store: AnalysisStore, settings: AnalysisSettings) -> Observations:
    """All that was seen in pass 1 of an analysis, in time order."""
    return Observations.join([*_observed(Job(footage, store.files, settings), store)])


def checked(store: AnalysisStore) -> Checks:
    """How the whole picture compared with its scene, over all segments that are done."""
    return Checks.join([Checks.of(arrays) for arrays in store.load_all(CHECKED)])


def glanced(store: AnalysisStore) -> Glances:
    """What was counted of tracks while they were cut, over all that are done."""
    return Glances.join([*store.load_all(GLANCED)])


@dataclass(frozen=True, slots=True)
class _Step:
    """Share of the segments of a batch that are observed, and whether all its tubes are cut."""

    observed: float
    all_cut: bool


def _work(
    store: AnalysisStore, run: Runner, cuts: "Sequence[_Cutting]", group: Sequence[Stretch]
) -> Iterator[_Step]:
    """Cut tubes and observe stretches, as far as that is not in the store yet; one step at least."""
    have = set(store.parts())
    cutting = [task for task in cuts if task.stretch.name not in have]
    observing = [s for s in group if store.load_arrays(s.name) is None]
    left, watched = len(cutting), len(group) - len(observing)
    yield _Step(watched / max(len(group), 1), left == 0)
    for index, _ in run(do_task, [*cutting, *observing]):
        left -= index < len(cutting)
        watched += index >= len(cutting)
        yield _Step(watched / max(len(group), 1), left == 0)


def do_task(task: "Stretch | _Cutting") -> str:
    """What a worker does: observe a stretch, or cut the tubes of one. Gives the name of what it stored."""
    return observe_stretch(task) if isinstance(task, Stretch) else cut_stretch(task)


def segments(job: Job) -> list[Stretch]:
    """The stretches of pass 1, in time order; they tile the timeline."""
    total, length = job.footage.duration, job.settings.segment
    count = max(1, int(np.ceil(total / length)))
    ends = [*(length * (n + 1) for n in range(count - 1)), np.inf]
    return [Stretch(job, f"{WATCHED}{n:06d}", length * n, end) for n, end in enumerate(ends)]


def gaps_met(store: AnalysisStore) -> tuple[Gap, ...]:
    """The gaps that decoding met, over all segments that are done."""
    found: list[Gap] = []
    for arrays in store.load_all(WATCHED):
        rows = zip(
            arrays["gap_start"],
            arrays["gap_end"],
            arrays["gap_reason"],
            arrays["gap_file"],
            arrays["gap_detail"],
            strict=True,
        )
        found += [Gap(float(a), float(b), GapReason(str(r)), int(f), str(d)) for a, b, r, f, d in rows]
    return tuple(sorted(set(found), key=lambda g: (g.start, g.end, g.reason)))


# --- pass 0 -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sketching:
    """A task of pass 0: some epochs of the timeline."""

    job: Job
    spans: tuple[Span, ...]


def _learn(job: Job, store: AnalysisStore, run: Runner) -> None:
    if store.load_bank() is not None:
        return
    motion = job.settings.observe.motion
    sketches = run(sketch_epochs, [_Sketching(job, spans) for spans in tasks(job.footage, motion)])
    store.save_bank(bank_of(job.footage, _in_order(sketches), motion))


def _in_order(results: Iterable[tuple[int, T]]) -> Iterator[T]:
    """Results by their number, each as soon as those before it are there."""
    waiting: dict[int, T] = {}
    due = 0
    for number, result in results:
        waiting[number] = result
        while due in waiting:
            yield waiting.pop(due)
            due += 1


def sketch_epochs(task: _Sketching) -> Sketch:
    """Task of pass 0: the scenes of some epochs."""
    return sketch(task.job.footage, task.spans, task.job.settings.observe.motion)


# --- pass 1 -------------------------------------------------------------------------------------------------


def observe_stretch(stretch: Stretch) -> str:
    """Task of pass 1: watch one stretch and store what was seen."""
    job = stretch.job
    bank, store = _known_for(stretch)
    seen, gaps, checks = observe(
        job.footage,
        bank,
        stretch.start,
        stretch.end,
        detector_of(job.settings),
        job.settings.observe,
    )
    store.save_arrays(stretch.name.replace(WATCHED, CHECKED), checks.arrays())
    store.save_arrays(stretch.name, {**seen.arrays(), **_gap_arrays(gaps)})
    return stretch.name


def _gap_arrays(gaps: Sequence[Gap]) -> dict[str, Any]:
    return {
        "gap_start": np.array([g.start for g in gaps], np.float64),
        "gap_end": np.array([g.end for g in gaps], np.float64),
        "gap_reason": np.array([g.reason.value for g in gaps], np.str_),
        "gap_file": np.array([g.file for g in gaps], np.int32),
        "gap_detail": np.array([g.detail for g in gaps], np.str_),
    }


def detector_of(settings: AnalysisSettings) -> Detector | None:
    """The detector of an analysis, loaded once; None = motion alone."""
    return _detector(settings.weights, settings.unsafe_unknown_model)


@lru_cache(maxsize=1)
def _detector(weights: str, unsafe_unknown_model: bool) -> Detector | None:
    if not weights:
        return None
    found = resolve(weights, unsafe_unknown_model=unsafe_unknown_model)
    return open_detector(*found) if found else None


def _known_for(stretch: Stretch) -> tuple[Bank, AnalysisStore]:
    """The store, and the backgrounds of the hours around a stretch: memory does not grow with the footage."""
    lead_in = 60 + 30 / float(stretch.job.footage.frame_rate)
    end = ceil(stretch.end / _HOUR) * _HOUR if stretch.end < inf else inf
    return _known(stretch.job.files, stretch.start // _HOUR * _HOUR - lead_in, end)


@lru_cache(maxsize=1)
def _known(files: Files, start: float, end: float) -> tuple[Bank, AnalysisStore]:
    store = AnalysisStore(files)
    bank = store.load_bank(start, end)
    assert bank is not None, "pass 0 comes first"
    return bank, store


# --- tracks -------------------------------------------------------------------------------------------------


class _Tracker:
    """Cuts the stream of observations into episodes and keeps the tracks found so far."""

    def __init__(self, job: Job, store: AnalysisStore) -> None:
        self._job = job
        self._store = store
        self._digests = [f.sha256 for f in job.footage.files]
        self._open: list[Observations] = []
        self.tracks: list[Track] = []
        self.dropped: list[Dropped] = []

    def take(self, seen: Sequence[Observations], end: float) -> list[list[Track]]:
        """Add observations up to ``end`` (seconds); returns the tracks of each episode that is complete."""
        whole = Observations.join([*self._open, *seen])
        closed, rest = split_episodes(whole, self._job.settings.pause, end)
        self._open = [rest]
        found = []
        for episode in closed:
            tracks, dropped = build_tracks(
                episode,
                self._digests,
                self._job.footage.width,
                self._job.footage.height,
                self._job.settings.track,
            )
            self.dropped += [replace(d, id=f"x{len(self.dropped) + n}") for n, d in enumerate(dropped)]
            self.tracks += tracks
            found.append(list(tracks))
        self._store.save_tracks(self.tracks, self.dropped)
        return [f for f in found if f]


def split_episodes(whole: Observations, pause: float, end: float) -> tuple[list[Observations], Observations]:
    """Cut where nothing was seen for ``pause`` seconds; the last episode stays open if it may go on.

    ``end``: time up to which the observations are complete. Idle frames at the edges belong to no episode.
    """
    times = whole.item_times()
    if not len(times):
        return [], whole.part(len(whole), len(whole))
    breaks = np.flatnonzero(np.diff(times) > pause)
    firsts = times[np.concatenate([[0], breaks + 1])]
    lasts = times[np.concatenate([breaks, [len(times) - 1]])]
    cuts = [
        (int(np.searchsorted(whole.time, a)), int(np.searchsorted(whole.time, b, "right")))
        for a, b in zip(firsts, lasts, strict=True)
    ]
    still_open = end - lasts[-1] <= pause
    closed = [whole.part(a, b) for a, b in (cuts[:-1] if still_open else cuts)]
    rest_from = cuts[-1][0] if still_open else len(whole)
    return closed, whole.part(rest_from, len(whole))


# --- pass 2 -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cutting:
    """A task of pass 2: the tracks that have samples in a stretch."""

    stretch: Stretch
    tracks: tuple[Track, ...]


def _cuttings(job: Job, tracks: Sequence[Track]) -> Iterable[_Cutting]:
    """Stretches of at most a segment each, on a fixed grid: they do not depend on what came before."""
    length = job.settings.segment
    first = int(min(t.start for t in tracks) // length)
    last = int(max(t.end for t in tracks) // length)
    begin = round(min(t.start for t in tracks) * 1000)
    for n in range(first, last + 1):
        here = tuple(t for t in tracks if t.start < (n + 1) * length and t.end >= n * length)
        if here:
            name = f"tubes-{begin:010d}-{n:06d}"
            yield _Cutting(Stretch(job, name, n * length, (n + 1) * length), here)


def cut_stretch(task: _Cutting) -> str:
    """Task of pass 2: cut the tubes of one stretch and store them."""
    stretch = task.stretch
    bank, store = _known_for(stretch)
    settings = stretch.job.settings
    watch = PlateWatch(_eye(settings.plates), settings.plates) if settings.plates else None
    part = cut_tubes(
        stretch.job.footage,
        bank,
        task.tracks,
        stretch.start,
        stretch.end,
        part=stretch.name,
        settings=settings.tube,
        watch=watch,
    )
    if watch is not None:
        store.save_arrays(_PLATES + stretch.name, watch.arrays())
    store.save_arrays(GLANCED + stretch.name, part.glances)
    store.save_tubes(part)  # last: a part that is there is whole
    return stretch.name


@lru_cache(maxsize=1)
def _eye(settings: PlateSettings) -> PlateEye:
    return open_eye_at(settings.reader, settings.finder)


def plates_of(store: AnalysisStore, settings: AnalysisSettings) -> tuple[PlateReading, ...]:
    """The plates that a complete analysis has read, in the order of its tracks; none unless asked for."""
    loaded = store.load_tracks() if settings.plates else None
    if settings.plates is None or loaded is None:
        return ()
    return readings([*store.load_all(_PLATES)], loaded[0], settings.plates.countries)


# --- traits -------------------------------------------------------------------------------------------------


def _describe(job: Job, store: AnalysisStore, tracks: Sequence[Track]) -> None:
    """Keep what is known of all tracks beyond their boxes, once they are cut."""
    if store.load_traits() is not None:
        return
    bank = store.load_bank()
    assert bank is not None, "pass 0 comes first"
    glances = glanced(store)
    order = sorted(tracks, key=lambda t: t.id)
    kinds = count(_observed(job, store), order, _classes(job.settings))
    store.save_traits(describe(job.footage, order, bank, glances, kinds))


def _observed(job: Job, store: AnalysisStore) -> Iterator[Observations]:
    for stretch in segments(job):
        arrays = store.load_arrays(stretch.name)
        if arrays is not None:
            yield Observations.of(arrays)


def _classes(settings: AnalysisSettings) -> tuple[str, ...]:
    """The classes that the model has; none without a model."""
    if not settings.weights:
        return ()
    found = resolve(settings.weights, unsafe_unknown_model=settings.unsafe_unknown_model)
    return tuple(found[0].classes) if found else ()


def traits_of(store: AnalysisStore) -> Traits:
    """What is known of the tracks of a complete analysis, in id order; raises ``StoreError`` before."""
    traits = store.load_traits()
    if traits is None:
        raise StoreError(f"{store.files.where('')}: the analysis is not complete: run it again to go on")
    return traits


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Batches that double in size up to 64 times the first: early results, then few pauses between them."""
    at, limit = 0, 64 * size
    while at < len(items):
        yield items[at : at + size]
        at, size = at + size, min(2 * size, limit)
