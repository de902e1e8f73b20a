"""A small street with known walkers: footage, background, exact tracks and the tubes cut from it."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.footage.encode import VideoWriter
from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.store.analysis import AnalysisStore
from synopticon.values.footage import Footage
from synopticon.values.plan import Left, Plan
from synopticon.values.scene import Background, Bank
from synopticon.values.track import Track
from synopticon.values.tube import Tube
from synopticon.vision.tube import cut_tubes

WIDTH, HEIGHT, FPS, COUNT = 192, 144, 10, 80
BODY = (20, 40)


@dataclass(frozen=True)
class Walker:
    """Shown in frames ``first``..``last``; its box's top-left corner moves from ``a`` to ``b``."""

    first: int
    last: int
    a: tuple[int, int]
    b: tuple[int, int]
    label: str = "person"

    def corner(self, frame: int) -> tuple[int, int]:
        share = (frame - self.first) / max(self.last - self.first, 1)
        x, y = (round(p + (q - p) * share) for p, q in zip(self.a, self.b, strict=True))
        return x, y


WALKERS = (
    Walker(0, 30, (4, 40), (150, 60)),
    Walker(20, 55, (160, 90), (10, 96)),
    Walker(40, 79, (20, 20), (120, 24), "bicycle"),
    Walker(50, 79, (150, 30), (60, 90), "car"),
)


@dataclass(frozen=True)
class Street:
    """Everything that composing needs."""

    footage: Footage
    bank: Bank
    store: AnalysisStore
    tubes: tuple[Tube, ...]

    @property
    def tracks(self) -> tuple[Track, ...]:
        return tuple(t.track for t in self.tubes)

    def plan(self, starts: tuple[int, ...] = (0, 5, 10, 12), left: str = "") -> Plan:
        chosen = {t.id: s for t, s in zip(self.tubes, starts, strict=True) if t.id != left}
        length = max(s + len(t.track) for t, s in zip(self.tubes, starts, strict=True))
        return Plan(FPS, length, chosen, (Left(left, "too long"),) if left else (), measures={"OAnew": 0.0})


def ground(level: float = 110.0) -> NDArray[np.uint8]:
    noise = np.random.default_rng(1).normal(0, 60, (HEIGHT, WIDTH)).astype(np.float32)
    return np.clip(cv2.GaussianBlur(noise, (0, 0), 4) * 2 + level, 30, 220).astype(np.uint8)


def body(index: int) -> NDArray[np.uint8]:
    random = np.random.default_rng(100 + index)
    rough = random.integers(0, 2, (BODY[1] // 4, BODY[0] // 4)).astype(np.float32)
    return cv2.resize(20 + 35 * rough, BODY, interpolation=cv2.INTER_CUBIC).clip(16, 70).astype(np.uint8)


def picture(frame: int) -> NDArray[np.uint8]:
    luma = ground()
    for index, walker in enumerate(WALKERS):
        if walker.first <= frame <= walker.last:
            x, y = walker.corner(frame)
            luma[y : y + BODY[1], x : x + BODY[0]] = body(index)
    return luma


def make_street(folder: Path, name: str = "street.mp4", start: datetime | None = None) -> Street:
    path = folder / name
    grey = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    with VideoWriter(path, WIDTH, HEIGHT, Fraction(FPS), crf=12) as writer:
        for frame in range(COUNT):
            writer.write(picture(frame), grey, grey)
    footage = probe([path], start=start)
    scene = background(ground(), 0.0, 1e9)
    store = AnalysisStore(folder / "analysis")
    with open_reader(footage) as reader:
        stamps = [(f.pts, f.time) for f in reader]
    tracks = [_track(walker, index, stamps) for index, walker in enumerate(WALKERS)]
    bank = Bank((scene,))
    store.save_tracks(tracks)
    store.save_tubes(cut_tubes(footage, bank, tracks, 0.0, 1e9, part="all"))
    tubes = sorted(store.tubes(), key=lambda t: t.id)
    return Street(footage, bank, store, tuple(tubes))


def background(luma: NDArray[np.uint8], start: float, end: float) -> Background:
    grey = np.full((luma.shape[0] // 2, luma.shape[1] // 2), 128, np.uint8)
    small = luma[::2, ::2].astype(np.float32)
    still = np.zeros(small.shape, np.bool_)
    return Background(start, end, luma, grey, grey.copy(), small, np.full_like(small, 1.5), still, 2)


def _track(walker: Walker, index: int, stamps: list[tuple[int, float]]) -> Track:
    frames = range(walker.first, walker.last + 1)
    corners = np.array([walker.corner(f) for f in frames], np.float32)
    count = len(frames)
    return Track(
        id=f"0123456789ab-{index}-0",
        label=walker.label,
        score=0.9,
        file=np.zeros(count, np.int32),
        pts=np.array([stamps[f][0] for f in frames], np.int64),
        times=np.array([stamps[f][1] for f in frames]),
        boxes=np.hstack([corners, corners + np.array(BODY, np.float32)]),
        observed=np.ones(count, np.bool_),
    )
