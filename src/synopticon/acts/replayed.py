"""What a replay says: which digests are the same, and where they are not, by how much it differs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from synopticon.measure.replay import PlanDifference, TrackDifference, compare_plans, compare_tracks
from synopticon.synopsis.recorded import Recorded

_NOT_COMPARED = "not compared"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that the manifest names: ``state`` same, missing or changed; ``now``: its digest, if another."""

    file: str
    sha256: str
    state: str
    path: str = ""
    now: str = ""

    def line(self) -> str:
        """What is wrong with it, and what to do; "" when nothing is."""
        if self.state == "missing":
            return f"{self.file}: not found by its SHA-256 {self.sha256}: put it into the folder of --footage"
        if self.state == "changed":
            return (
                f"{self.path}: is not what was analysed (then SHA-256 {self.sha256}, now {self.now}): "
                "bring the file as it was"
            )
        return ""


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing of both: its digest, or what was written of it, then and now."""

    what: str
    recorded: str
    now: str

    @property
    def same(self) -> bool:
        """Whether it is, or was not to be compared."""
        return self.recorded == self.now or _NOT_COMPARED in (self.recorded, self.now)


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """Whether it came out the same. ``signed``: key of the package that the manifest lies in; "" = in none.

    ``digests``: tracks, plan, tubes, video, manifest; ``programs`` and ``settings``: what differs.
    """

    manifest: str
    signed: str
    footage: tuple[FoundFile, ...]
    extra: tuple[str, ...]
    digests: tuple[Compared, ...] = ()
    tracks: TrackDifference | None = None
    plan: PlanDifference | None = None
    programs: tuple[Compared, ...] = ()
    settings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether it was made again and nothing that was found differs; the program that made it may."""
        return bool(self.digests) and all(d.same for d in self.digests)

    def lines(self) -> Iterator[str]:
        """The result for people."""
        if self.signed:
            yield f"package: as it was signed, key {self.signed}"
        else:
            yield "package: none; the manifest is taken as it lies there, nobody vouches for it"
        yield from (line for f in self.footage if (line := f.line()))
        yield from (f"{path}: is not in the manifest, and was not looked at" for path in self.extra)
        if not self.digests:
            yield "NOT REPLAYED: footage is missing or changed"
            return
        yield from (_told(one) for one in self.digests)
        if self.tracks and self.plan and not self.same:
            yield from _by_how_much(self.tracks, self.plan)
        yield from (f"made with another {p.what}: {p.recorded} then, {p.now} now" for p in self.programs)
        yield from (f"other setting {line}" for line in self.settings)
        yield "THE SAME" if self.same else "DIFFERENT"


def _told(one: Compared) -> str:
    if _NOT_COMPARED in (one.recorded, one.now):
        return f"{one.what}: not compared"
    if one.same:
        return f"{one.what}: the same (SHA-256 {one.now})"
    return f"{one.what}: different (SHA-256 {one.recorded} then, {one.now} now)"


def _by_how_much(tracks: TrackDifference, plan: PlanDifference) -> Iterator[str]:
    worst = f", worst {tracks.worst:.3f} ({tracks.worst_pair[0]})" if tracks.worst_pair[0] else ""
    yield (
        f"tracks: {len(tracks.pairs)} found again, IoU over time {tracks.mean:.3f} on average{worst}; "
        f"{tracks.relabelled} of another class; {len(tracks.lost)} not found again, {len(tracks.new)} new"
    )
    yield (
        f"plan: of {plan.tubes} objects {plan.moved} begin at another time of the synopsis, by "
        f"{plan.largest:.2f} s at most"
    )


def is_selection(recorded: Recorded) -> bool:
    """Whether it was made of objects of ingested recordings, chosen by a question or by hand."""
    return "analysis" not in recorded.settings


def compared(result: ReplayResult, then: Recorded, now: Recorded) -> ReplayResult:
    """Put what is now beside what was recorded."""
    tracks = compare_tracks(then.objects, now.objects)
    masked, part = bool(then.head["masked"]), is_selection(then)
    other = [name for name in _different(then, now) if name != "made_with"]
    programs = tuple(_programs(then.head["made_with"], now.head["made_with"]))
    notes = list(result.notes)
    if not masked:
        notes.append("the synopsis shows people clear: it was made again masked, and its video not compared")
    elif part:
        notes.append("made of objects that were chosen: compared are their tracks and the plan")
    elif other:
        notes.append(f"of the manifest differ: {', '.join(other)}")
    elif programs:
        notes.append("the manifest is the same but for made_with")
    film = masked and not part
    whole = film and (other or not programs)
    video = then.head["video"]["sha256"] if film else _NOT_COMPARED
    return replace(
        result,
        digests=(
            Compared("tracks", then.tracks, now.tracks),
            Compared("plan", then.plan, now.plan),
            Compared("tubes", *(m.head.get("tubes", _NOT_COMPARED) for m in (then, now))),
            Compared("video", video, now.head["video"]["sha256"]),
            Compared("manifest", then.sha256 if whole else _NOT_COMPARED, now.sha256),
        ),
        tracks=tracks,
        plan=compare_plans(then.objects, now.objects, tracks.pairs, (then.fps, now.fps)),
        programs=programs,
        settings=tuple(_paths(then.settings, now.settings)),
        notes=tuple(notes),
    )


def _different(then: Recorded, now: Recorded) -> Iterator[str]:
    """Members of the manifest that differ."""
    for name in sorted({*then.head, *now.head}):
        if then.head.get(name) != now.head.get(name):
            yield name
    if then.digests != now.digests:
        yield "objects"


def _programs(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Compared]:
    for name in sorted({*then, *now}):
        if then.get(name) != now.get(name):
            yield Compared(name, then.get(name, "not said"), now.get(name, "not said"))


def _paths(then: Any, now: Any, path: str = "") -> Iterator[str]:
    """Settings that differ, as ``analysis.track.hold: 2 then, 3 now``."""
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for name in sorted({*then, *now}):
            yield from _paths(then.get(name), now.get(name), f"{path}.{name}" if path else name)
    elif then != now:
        yield f"{path}: {then} then, {now} now"
