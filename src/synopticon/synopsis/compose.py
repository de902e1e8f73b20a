"""From a plan to a video: tubes are laid over a ground of their own light, and the map is kept."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from synopticon.footage.digest import sha256
from synopticon.footage.encode import StreamWriter, VideoWriter
from synopticon.synopsis.background import (
    Ground,
    ScenePath,
    choose_scenes,
    count_scenes,
    scene_indices,
)
from synopticon.synopsis.blend import OPAQUE, SAME, Luts, Planes, blend, join, shade, stamp
from synopticon.synopsis.label import Labels, Stamp, letter_height, stack, write
from synopticon.synopsis.manifest import Manifest, Mark, Record, ShownObject
from synopticon.synopsis.match import Matcher, Shift
from synopticon.synopsis.place import place
from synopticon.synopsis.showing import Showing, SpriteCursor, schedule
from synopticon.synopsis.times import SourceTimes
from synopticon.synopsis.zones import Masks
from synopticon.values.footage import Footage
from synopticon.values.frame import Plane
from synopticon.values.plan import Left, Plan
from synopticon.values.scene import Bank
from synopticon.values.track import Dropped
from synopticon.values.tube import Sprite, SpriteStore, Tube
from synopticon.vision.tube import sprites

SYNTHETIC = "SYNOPSIS - SYNTHETIC PICTURE"
NO_CASE = "made outside any case; not evidence"
UNMASKED = "UNMASKED"
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class ComposeSettings:
    """How a synopsis looks.

    ``clear`` shows heads and plates, and needs a ``reason``, which is written into the manifest. ``in_case``:
    made under a case; without one the picture says that it is no evidence. ``quality`` is x264's CRF.
    """

    colour_match: bool = True
    labels: bool = True
    fade: float = 0.25  # seconds
    speed: float = 1.0  # of playing; above 1 when only key frames were looked at
    clear: bool = False
    reason: str = ""
    in_case: bool = False
    quality: int = 18
    preset: str = "veryfast"
    overwrite: bool = False


def compose(  # noqa: PLR0913, PLR0917
    footage: Footage,
    bank: Bank,
    tubes: Sequence[Tube],
    plan: Plan,
    store: SpriteStore,
    out: Path,
    settings: ComposeSettings | None = None,
    record: Record | None = None,
    progress: Progress | None = None,
) -> Manifest:
    """Write the synopsis video of a plan to ``out`` (H.264 MP4) and return its manifest.

    Streams: memory does not grow with the length of the video, apart from the manifest's boxes. ``progress``
    gets the share done, 0..1. Raises OutputError when ``out`` cannot be written, StoreError on damaged tubes.
    """
    settings, record = settings or ComposeSettings(), record or Record(gaps=footage.gaps)
    stage = Stage(footage, bank, tubes, plan, store, settings)
    _film(stage, out, progress)
    return Manifest(
        footage=footage,
        plan=plan,
        record=record,
        width=stage.size[0],
        height=stage.size[1],
        rate=stage.rate,
        frames=stage.frames,
        sha256=sha256(out),
        unmasked=settings.clear,
        reason=settings.reason,
        marks=stage.marks,
        objects=tuple(stage.described()),
        left_out=(*_left_out(tubes, plan.left_out), *record.dropped),
    )


def stream(
    footage: Footage,
    bank: Bank,
    tubes: Sequence[Tube],
    plan: Plan,
    store: SpriteStore,
    out: BinaryIO,
    settings: ComposeSettings | None = None,
) -> int:
    """Write the synopsis video of a plan to an open file while it is drawn; gives its number of frames.

    It can be played from its first second on. Raises OutputError, StoreError on damaged tubes.
    """
    stage = Stage(footage, bank, tubes, plan, store, settings or ComposeSettings())
    first = footage.readable[0]
    writer = StreamWriter(
        out, stage.size, stage.rate, full_range=first.full_range, colour_matrix=first.colour_matrix
    )
    for planes in stage.pictures():
        writer.write(*planes)
    writer.close()
    return stage.frames


def _film(stage: "Stage", out: Path, progress: Progress | None) -> None:
    first = stage.footage.readable[0]
    width, height = stage.size
    with VideoWriter(
        out,
        width,
        height,
        stage.rate,
        crf=stage.settings.quality,
        preset=stage.settings.preset,
        full_range=first.full_range,
        colour_matrix=first.colour_matrix,
        overwrite=stage.settings.overwrite,
        metadata={"title": " / ".join(m.text for m in stage.marks)},
    ) as writer:
        for frame, planes in enumerate(stage.pictures()):
            writer.write(*planes)
            if progress and frame % 32 == 0:
                progress(frame / stage.frames)
    if progress:
        progress(1.0)


@dataclass(slots=True, eq=False)
class _Actor:
    """A showing that is on the stage now, with what is drawn of it."""

    showing: Showing
    cursor: SpriteCursor
    shift: Shift | None
    z: NDArray[np.int32]
    labels: NDArray[np.int32]
    side: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class _Act:
    """What an actor does in one frame: row ``k`` of its showing."""

    actor: _Actor
    k: int
    sprite: Sprite | None
    file: int
    time: float  # seconds on the timeline
    opacity: int


def _act(actor: _Actor, frame: int) -> _Act:
    showing = actor.showing
    k = frame - showing.first
    sample, track = int(showing.samples[k]), showing.tube.track
    sprite = actor.cursor.at(sample)
    return _Act(actor, k, sprite, int(track.file[sample]), float(track.times[sample]), showing.opacity(k))


def _joined(act: _Act, nearer: list[_Act], together: float) -> Plane:
    """The act's alpha, without seams to nearer acts of the same moment (``together`` seconds at most)."""
    assert act.sprite is not None
    alpha, own = act.sprite.alpha, act.sprite
    for other in nearer:
        if other.sprite and abs(other.time - act.time) < together:
            alpha = alpha.copy() if alpha is own.alpha else alpha
            join(alpha, other.sprite.alpha, (other.sprite.x - own.x, other.sprite.y0 - own.y0))
    return alpha


class Stage:
    """Draws the frames of one synopsis in order."""

    def __init__(
        self,
        footage: Footage,
        bank: Bank,
        tubes: Sequence[Tube],
        plan: Plan,
        store: SpriteStore,
        settings: ComposeSettings,
    ) -> None:
        self.footage, self.settings = footage, settings
        self.size = (footage.width // 2 * 2, footage.height // 2 * 2)
        self.rate = exact_rate(plan.fps * settings.speed, footage.frame_rate)
        self.showings = schedule(tubes, plan, self.size, settings.fade)
        ends = [s.end for s in self.showings]
        self.frames = max([plan.length_frames, *ends, 1])
        self._bank, self._store = bank, store
        self._scenes = [scene_indices(bank, s.times) for s in self.showings]
        path = self._path(plan.fps)
        self._ground = Ground(bank.scenes, path, self.size)
        self._black = 0 if footage.readable[0].full_range else 16
        self._matcher = Matcher(bank, path, plan.fps, self._black) if settings.colour_match else None
        self._times = SourceTimes.of(footage)
        self._together = 0.6 / plan.fps
        self._masks = Masks([tube.track for tube in tubes], hold=0.0)
        self._texts = Labels(letter_height(self.size[1]))
        self._mark, self._mark_at, self.marks = _marks(settings, self.size)
        self._light = np.empty((self.size[1] // 2, self.size[0] // 2), np.uint8)
        self._actors: list[_Actor] = []
        self._done: dict[str, tuple[NDArray[np.int32], NDArray[np.int32]]] = {}

    def _path(self, fps: float) -> ScenePath:
        step = max(1, round(fps / 2))
        shown = ((s.first, scene) for s, scene in zip(self.showings, self._scenes, strict=True))
        counts = count_scenes(shown, len(self._bank.scenes), self.frames, step)
        return choose_scenes(self._bank, counts, step, self.frames, fps)

    def pictures(self) -> Iterator[Planes]:
        """Every frame; the planes are drawn into again for the next one."""
        width, height = self.size
        half = (height // 2, width // 2)
        planes = (np.empty((height, width), np.uint8), np.empty(half, np.uint8), np.empty(half, np.uint8))
        coming = 0
        for frame in range(self.frames):
            while coming < len(self.showings) and self.showings[coming].first <= frame:
                self._enter(coming)
                coming += 1
            self._ground.copy_to(frame, planes)
            self._draw(frame, planes)
            yield planes
            self._actors = [a for a in self._actors if a.showing.end > frame + 1]

    def _enter(self, index: int) -> None:
        showing = self.showings[index]
        n, shift = len(showing.samples), None
        if self._matcher:
            shift = self._matcher.shift(showing.first, self._scenes[index], showing.boxes)
        cursor = SpriteCursor(sprites(showing.tube, self._store, clear=self.settings.clear))
        actor = _Actor(showing, cursor, shift, np.zeros(n, np.int32), np.zeros((n, 4), np.int32))
        self._actors.append(actor)
        self._done[showing.tube.id] = (actor.z, actor.labels)

    def _draw(self, frame: int, planes: Planes) -> None:
        """Draw what is on the stage, the farthest first; shadows fall on the ground, never on an object."""
        order = sorted(
            self._actors, key=lambda a: (a.showing.depth[frame - a.showing.first], a.showing.tube.id)
        )
        acts = [_act(actor, frame) for actor in order]
        self._light[:] = 255
        for z, act in enumerate(acts):
            act.actor.z[act.k] = z
            if act.sprite:
                corner = (act.sprite.x, act.sprite.y0)
                shade(planes, self._light, act.sprite.shadow, corner, act.opacity, self._black)
        for z, act in enumerate(acts):
            if act.sprite:
                shift, sprite = act.actor.shift, act.sprite
                luts: Luts = shift.luts(act.k, self._black) if shift else SAME
                alpha = _joined(act, acts[z + 1 :], self._together)
                picture, corner = (sprite.y, sprite.u, sprite.v), (sprite.x, sprite.y0)
                blend(planes, picture, alpha, corner, act.opacity, luts)
        if self.settings.labels and acts:
            self._draw_labels(acts[::-1], planes)
        stamp(planes, self._mark.planes, self._mark.alpha, self._mark_at, OPAQUE)

    def _draw_labels(self, nearest_first: list["_Act"], planes: Planes) -> None:
        stamps = [self._label(act) for act in nearest_first]
        spots, sides = place(
            np.stack([act.actor.showing.anchors[act.k] for act in nearest_first]),
            np.array([s.size for s in stamps]),
            np.array([act.actor.side for act in nearest_first]),
            self.size,
            np.array([m.box for m in self.marks], np.float32),
        )
        for i, (act, drawn) in enumerate(zip(nearest_first, stamps, strict=True)):
            if drawn.size[0] <= self.size[0] and drawn.size[1] <= self.size[1]:
                act.actor.side, act.actor.labels[act.k] = int(sides[i]), spots[i]
                stamp(planes, drawn.planes, drawn.alpha, (int(spots[i, 0]), int(spots[i, 1])), act.opacity)

    def _label(self, act: "_Act") -> Stamp:
        return self._texts.draw(
            self._times.text(act.file, act.time), self._times.day_share(act.file, act.time)
        )

    def described(self) -> Iterator[ShownObject]:
        """The objects as they were drawn, in the order they begin; call it after the last picture."""
        for showing in self.showings:
            track, pick = showing.tube.track, showing.samples
            z, labels = self._done[showing.tube.id]
            rows = zip(showing.boxes, showing.times, strict=True)
            hidden = () if self.settings.clear else tuple(self._masks.touching(b, float(t)) for b, t in rows)
            yield ShownObject(
                id=track.id,
                label=track.label,
                first=showing.first,
                file=track.file[pick],
                pts=track.pts[pick],
                times=track.times[pick],
                boxes=showing.boxes,
                z=z,
                labels=labels,
                masks=hidden,
                fade=showing.fade,
                start=track.start,
                end=track.end,
            )


def exact_rate(fps: float, usual: Fraction) -> Fraction:
    """The rate as a fraction: the footage's own when it is that, else the simplest near one."""
    if abs(float(usual) - fps) < 1e-6:
        return usual
    return Fraction(fps).limit_denominator(1001)


def _marks(
    settings: ComposeSettings, size: tuple[int, int]
) -> tuple[Stamp, tuple[int, int], tuple[Mark, ...]]:
    """The permanent mark: its picture, where it goes, and what it says."""
    texts = [UNMASKED] if settings.clear else []
    texts += [SYNTHETIC] if settings.in_case else [SYNTHETIC, NO_CASE]
    cap = letter_height(size[1])
    lines = [write(text, cap) for text in texts]
    while cap > 3 and max(s.size[0] for s in lines) > size[0]:
        cap -= 1
        lines = [write(text, cap) for text in texts]
    picture = _cropped(stack(lines), size)
    top = size[1] - picture.size[1]
    marks, y = [], top
    for text, line in zip(texts, lines, strict=True):
        marks.append(Mark(text, (0, y, min(line.size[0], size[0]), min(y + line.size[1], size[1]))))
        y += line.size[1]
    return picture, (0, top), tuple(marks)


def _cropped(picture: Stamp, size: tuple[int, int]) -> Stamp:
    """No larger than the synopsis (of a few pixels' size only)."""
    w, h = min(picture.size[0], size[0]), min(picture.size[1], size[1])
    half = (slice(h // 2), slice(w // 2))
    return Stamp(picture.y[:h, :w], picture.u[half], picture.v[half], picture.alpha[:h, :w])


def _left_out(tubes: Sequence[Tube], left: Sequence[Left]) -> list[Dropped]:
    """What the plan leaves out, with where it comes from."""
    known = {t.id: t.track for t in tubes}
    return [
        Dropped(item.id, t.label, int(t.file[0]), t.start, t.end, item.reason)
        for item in left
        if (t := known.get(item.id))
    ]
