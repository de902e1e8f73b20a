"""Is the picture true? Random entries of a manifest against the source frames that they name.

Independent of the program: it reads the video, the manifest and the footage, nothing else. An entry is a row
of an object's ``frames``. What must be seen is its object: source pixels inside the box that differ from the
median of the footage, eroded, without what the manifest says lies over it (nearer objects, labels, filled
zones, marks), and without the boxes of other objects that were there at that moment. With ``alpha_of`` the
object is what the program itself stored as such, and what lies over it likewise.
"""

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]  # x, y, w, h
AlphaOf = Callable[[str, int, slice, slice], NDArray[np.uint8]]


@dataclass(frozen=True)
class Entry:
    """One shown object in one synopsis frame; ``psnr`` in dB, correlations with the frames around it."""

    id: str
    frame: int
    time: float
    pixels: int
    psnr: float
    correlation: float
    beside: float  # the larger correlation with the frames ``apart`` before and after


@dataclass(frozen=True)
class Truth:
    """All entries that were checked, and what the acceptance asks."""

    entries: tuple[Entry, ...]

    def share(self, holds: Callable[[Entry], bool]) -> float:
        return sum(map(holds, self.entries)) / max(len(self.entries), 1)

    @property
    def report(self) -> dict[str, float]:
        return {
            "entries": len(self.entries),
            "psnr_30": self.share(lambda e: e.psnr >= 30),
            "psnr_min": min((e.psnr for e in self.entries), default=float("nan")),
            "psnr_median": float(np.median([e.psnr for e in self.entries])) if self.entries else float("nan"),
            "best_at_named_time": self.share(lambda e: e.correlation > e.beside),
            "correlation_0.8": self.share(lambda e: e.correlation > 0.8),
        }


def truth_of_picture(
    video: Path,
    manifest: Path,
    count: int = 200,
    seed: int = 0,
    apart: int = 5,
    visible: float = 0.8,
    alpha_of: AlphaOf | None = None,
) -> Truth:
    """Check ``count`` random entries in no fade frame, at least ``visible`` of whose object is uncovered.

    ``alpha_of(id, row, y, x)``: an object's alpha over rows ``y`` and columns ``x`` of the picture (slices).
    """
    data = json.loads(Path(manifest).read_text("utf-8"))
    picks = _picks(data, 4 * count, seed)
    names = [Path(manifest).parent / i["file"] for i in data["inputs"]]
    shown = _frames_of(video, {p["frame"] for p in picks})
    source = _Source(names, data, picks, apart)
    found: list[Entry] = []
    for pick in picks:
        entry = _compare(pick, shown, source, visible, alpha_of)
        if entry:
            found.append(entry)
        if len(found) == count:
            break
    return Truth(tuple(found))


def _picks(data: Mapping[str, Any], count: int, seed: int) -> list[dict[str, Any]]:
    """Random entries, each with the boxes that lie over it."""
    over: dict[int, list[tuple[int, tuple[str, int], Box]]] = defaultdict(list)
    labels: dict[int, list[Box]] = defaultdict(list)
    there: dict[tuple[int, int], list[tuple[str, Box]]] = defaultdict(list)
    rows = []
    for o in data["objects"]:
        for k, (frame, time, *box) in enumerate(o["frames"]):
            over[frame].append((o["z"][k], (o["id"], k), tuple(box)))
            there[_file(o, k), o["pts"][k]].append((o["id"], tuple(box)))
            if o["label"][k]:
                labels[frame].append(tuple(o["label"][k]))
            if o["fade"][0] <= k < len(o["frames"]) - o["fade"][1]:
                rows.append((o, k, frame, time, tuple(box)))
    marks = [tuple(m["box"]) for m in data["marks"]]
    random.Random(seed).shuffle(rows)
    return [
        {
            "id": o["id"],
            "frame": frame,
            "time": time,
            "box": box,
            "file": _file(o, k),
            "pts": o["pts"][k],
            "row": k,
            "others": [b for i, b in there[_file(o, k), o["pts"][k]] if i != o["id"]],
            "nearer": [i for z, i, _ in over[frame] if z > o["z"][k]],
            "cover": [b for z, i, b in over[frame] if z > o["z"][k]] + labels[frame] + marks,
            "filled": [tuple(m) for m in (o["mask"][k] if o["mask"] else [])],
        }
        for o, k, frame, time, box in rows[:count]
    ]


def _file(shown: Mapping[str, Any], row: int) -> int:
    return [file for first, file in shown["source"]["files"] if first <= row][-1]


def _frames_of(video: Path, wanted: Iterable[int]) -> dict[int, NDArray[np.uint8]]:
    wanted = set(wanted)
    with av.open(str(video)) as container:
        return {i: _luma(f) for i, f in enumerate(container.decode(video=0)) if i in wanted}


def _luma(frame: av.VideoFrame) -> NDArray[np.uint8]:
    plane = frame.planes[0]
    whole = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return whole[: frame.height, : frame.width].copy()


class _Source:
    """Crops of source frames: at each named time and ``apart`` frames before and after; and the median."""

    def __init__(
        self, names: Sequence[Path], data: Mapping[str, Any], picks: Sequence[Mapping[str, Any]], apart: int
    ) -> None:
        self.crops: dict[tuple[int, int, Box], list[NDArray[np.uint8]]] = {}
        self.empty: dict[int, NDArray[np.uint8]] = {}
        for file in sorted({p["file"] for p in picks}):
            mine = [p for p in picks if p["file"] == file]
            times = _times(names[file])
            wanted: dict[int, list[tuple[int, Mapping[str, Any]]]] = defaultdict(list)
            for p in mine:
                at = times.index(p["pts"])
                for slot, by in enumerate((0, -apart, apart)):
                    wanted[min(max(at + by, 0), len(times) - 1)].append((slot, p))
            self._read(names[file], file, wanted, max(1, len(times) // 41))

    def _read(self, name: Path, file: int, wanted: Mapping[int, Any], every: int) -> None:
        samples = []
        with av.open(str(name)) as container:
            for i, frame in enumerate(container.decode(video=0)):
                if i % every and i not in wanted:
                    continue
                luma = _luma(frame)
                if i % every == 0:
                    samples.append(luma)
                for slot, p in wanted.get(i, ()):
                    crops = self.crops.setdefault(
                        (file, p["pts"], p["box"]), [np.zeros((0, 0), np.uint8)] * 3
                    )
                    crops[slot] = luma[_window(p["box"])]
        self.empty[file] = np.median(np.stack(samples), axis=0).astype(np.uint8)


def _times(name: Path) -> list[int]:
    with av.open(str(name)) as container:
        stream = container.streams.video[0]
        found = [p.pts if p.pts is not None else p.dts for p in container.demux(stream) if p.size]
    return sorted(t for t in found if t is not None)


def _window(box: Box) -> tuple[slice, slice]:
    x, y, w, h = box
    return slice(int(y), int(np.ceil(y + h))), slice(int(x), int(np.ceil(x + w)))


def _compare(
    pick: Mapping[str, Any],
    shown: Mapping[int, Any],
    source: _Source,
    visible: float,
    alpha_of: AlphaOf | None,
) -> Entry | None:
    window = _window(pick["box"])
    true, earlier, later = source.crops[pick["file"], pick["pts"], pick["box"]]
    seen = shown[pick["frame"]][window]
    if seen.shape != true.shape or seen.size < 64:
        return None
    if alpha_of:
        mask = (alpha_of(pick["id"], pick["row"], *window) > 250).astype(np.uint8)
    else:
        mask = (cv2.absdiff(true, source.empty[pick["file"]][window]) > 25).astype(np.uint8)
        mask = cv2.medianBlur(mask, 5) * _free(pick["others"], window, mask.shape)
    mask = cv2.erode(mask, np.ones((5, 5), np.uint8), borderValue=0) > 0
    mask &= _free(pick["filled"], window, mask.shape, margin=4)
    free = _free(pick["cover"], window, mask.shape)
    if alpha_of:
        for other, row in pick["nearer"]:
            free &= cv2.dilate(alpha_of(other, row, *window), np.ones((5, 5), np.uint8)) < 8
    if mask.sum() < 40 or (mask & free).sum() < visible * mask.sum():
        return None
    inside = mask & free
    error = (seen[inside].astype(float) - true[inside]) ** 2
    beside = max(_correlation(seen[inside], other[inside]) for other in (earlier, later))
    return Entry(
        id=pick["id"],
        frame=pick["frame"],
        time=pick["time"],
        pixels=int(inside.sum()),
        psnr=float(10 * np.log10(255**2 / max(error.mean(), 1e-9))),
        correlation=_correlation(seen[inside], true[inside]),
        beside=beside,
    )


def _free(
    boxes: Iterable[Box], window: tuple[slice, slice], shape: tuple[int, ...], margin: int = 1
) -> NDArray[np.bool_]:
    """Pixels of the window that none of the boxes comes nearer to than ``margin``."""
    free = np.ones(shape, bool)
    top, left = window[0].start, window[1].start
    for x, y, w, h in boxes:
        rows = slice(max(0, int(y) - top - margin), max(0, int(np.ceil(y + h)) - top + margin))
        free[rows, max(0, int(x) - left - margin) : max(0, int(np.ceil(x + w)) - left + margin)] = False
    return free


def _correlation(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    left, right = a.astype(float) - a.mean(), b.astype(float) - b.mean()
    scale = np.sqrt((left**2).sum() * (right**2).sum())
    return float((left * right).sum() / scale) if scale > 0 else 0.0
