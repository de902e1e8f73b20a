"""Colours, directions and kinds of vehicle on the recordings that somebody labelled by eye.

python -m benchmarks.appearance --models-folder DIR                 all recordings, model yolox-nano
python -m benchmarks.appearance --model ssd-mobilenet-v3 --altered  also in half the light, warm and cold

A label may allow several colours ("black or brown"): any of them is right. A labelled person or vehicle is
judged by the track that is with it longest (where there are boxes, IoU >= .5), in ``ahmetozlu`` by the
largest vehicle in the near lane at the labelled frame; a track stands for one label only. What has no track
is listed under ``missed``, and counts as wrong in ``top1_of_all``. A direction is right within 45 degrees of
that in which the label's boxes go while the track is there, or, without boxes, of what is labelled. Altered
pictures: the same tracks are cut again from frames and backgrounds that were altered.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from benchmarks import completeness, track_quality
from benchmarks.quality import VIDEOS, analysis
from benchmarks.track_quality import footage
from synopticon.acts.analysis import Analysis
from synopticon.measure.mot import mot_table
from synopticon.values.frame import Frame, Plane
from synopticon.values.scene import Bank
from synopticon.values.track import Track
from synopticon.values.traits import COLOURS, KINDS, Traits
from synopticon.vision import tube
from synopticon.vision.appearance import Glances, describe

CLIPS = ("vtest", "tud", "one-by-one", "car-detection", "ahmetozlu")
LABELS = {
    "vtest": "vtest_identities", "tud": "tud_campus_identities", "one-by-one": "one_by_one_persons",
    "car-detection": "car_detection_vehicles", "ahmetozlu": "ahmetozlu_vehicles",
}  # fmt: skip
SAME_WORD = {"silver": "grey", "gray": "grey", "light blue": "blue"}
KIND_OF = {"car": "car", "SUV": "car", "pickup truck": "van"}
CLEAR = 0.15  # of the picture's width: a label whose way is shorter has no direction
WIDE = {"vtest": 768, "tud": 640}
OFF = 45.0  # degrees by which a direction may be off
QUARTER = 90.0  # degrees: who goes further off than that goes another way
NEAR = 2500.0  # square pixels: cars that wait at the back are smaller


@dataclass(frozen=True)
class Item:
    """One labelled person or vehicle. ``places``: accepted colours of each place; ``heading``: degrees."""

    clip: str
    name: str
    places: Mapping[str, tuple[str, ...]]
    heading: float | None = None
    kind: str = ""
    track: str = ""


@dataclass(frozen=True)
class Row:
    """One labelled colour beside what was found: ``shares`` ``(12,)``, all 0 = unknown."""

    item: Item
    place: str
    accepted: tuple[str, ...]
    shares: NDArray[np.float64]

    @property
    def best(self) -> list[str]:
        """The names that were found, the largest share first."""
        order = np.argsort(-self.shares, kind="stable")
        return [COLOURS[i] for i in order if self.shares[i] > 0]

    def right(self, first: int) -> bool:
        return any(name in self.accepted for name in self.best[:first])


# --- labels ------------------------------------------------------------------------------------------------


def items(clip: str) -> list[Item]:
    """What is labelled in a clip."""
    data = json.loads((footage() / "labels" / f"{LABELS[clip]}.json").read_text("utf-8"))
    if "tracks" in data:
        return [_walker(clip, t) for t in data["tracks"]]
    if "persons" in data:
        return [
            Item(clip, f"one/{p['n']}", {k: _words(p[k]) for k in ("upper", "lower")})
            for p in data["persons"]
        ]
    return [_vehicle(clip, v) for v in data["vehicles"]]


def _walker(clip: str, t: Mapping[str, Any]) -> Item:
    places = {k: tuple(t[k]) for k in ("upper", "lower")}
    return Item(clip, f"{clip}/{t['gt_id']}", places, _heading(t["net_dx"], t["net_dy"], WIDE[clip]))


def _vehicle(clip: str, v: Mapping[str, Any]) -> Item:
    ways = {"up": 90.0, "down": -90.0}
    heading = ways[v["direction"].split()[0]] if "direction" in v else -45.0  # left-back to right-front
    name = {"car-detection": "car", "ahmetozlu": "street"}[clip]
    return Item(clip, f"{name}/{v['n']}", {"body": _words(v["colour"])}, heading, KIND_OF[v["type"]])


def _words(text: str) -> tuple[str, ...]:
    found = [w.strip() for w in re.sub(r"\(.*?\)", "", text).split("/")]
    return tuple(SAME_WORD.get(w, w) for w in found)


def paired(clip: str, tracks: Sequence[Track]) -> list[Item]:
    """The labelled objects of a clip, each with the track that shows it; "" = none.

    A track shows one object only: pairs are those that are together longest, over all.
    """
    found = items(clip)
    if clip in track_quality.CLIPS:
        together = _frames_together(clip, tracks)
    else:
        together = {"ahmetozlu": _in_lane}.get(clip, _seconds_together)(clip, tracks)
    names = list(together)
    length = np.array([together[name] for name in names]).reshape(len(names), len(tracks))
    rows, columns = linear_sum_assignment(-length)
    pairs = {names[i]: tracks[j].id for i, j in zip(rows, columns, strict=True) if length[i, j] > 0}
    shown = {t.id: t for t in tracks}
    found = [replace(i, track=pairs.get(i.name, "")) for i in found]
    return [_along(i, shown[i.track]) if i.track and clip in track_quality.CLIPS else i for i in found]


def _along(item: Item, track: Track) -> Item:
    """The same with the direction in which it goes while its track is there; None where it hardly moves."""
    real = track_quality.truth(item.clip)
    times = (real.frames - 1) / track_quality.CLIPS[item.clip].fps
    rows = np.flatnonzero(
        (real.ids == int(item.name.split("/")[1])) & (times >= track.start) & (times <= track.end)
    )
    rows = rows[np.argsort(times[rows])]
    feet = np.column_stack([real.boxes[rows, ::2].mean(axis=1), real.boxes[rows, 3]])
    return replace(item, heading=_heading(*(feet[-1] - feet[0]), WIDE[item.clip]))


def _heading(dx: float, dy: float, wide: float) -> float | None:
    """Degrees, 90 = up; None where the way is too short to have a direction."""
    return float(np.degrees(np.arctan2(-dy, dx))) if np.hypot(dx, dy) >= CLEAR * wide else None


Together = dict[str, NDArray[np.float64]]  # by label, for each track how long it lies on it, any unit


def _frames_together(clip: str, tracks: Sequence[Track]) -> Together:
    real = track_quality.truth(clip)
    table = mot_table(tracks, track_quality.CLIPS[clip].fps, group="person")
    hit, _ = track_quality.matches(real, table)
    return {
        f"{clip}/{number}": np.bincount(hit[(real.ids == number) & (hit > 0)], minlength=len(tracks) + 1)[1:]
        for number in np.unique(real.ids)
    }


def _seconds_together(clip: str, tracks: Sequence[Track]) -> Together:
    """There are no boxes: of two that are there at a time, the way that they go decides."""
    there = {}
    for label in completeness.clip(clip).objects:
        wanted = next(i.heading for i in items(clip) if i.name == label.name)
        ways = [1 if wanted is None else 0.1 + abs(_off(_way(t), wanted) <= QUARTER) for t in tracks]
        common = [min(t.end, label.end) - max(t.start, label.start) for t in tracks]
        there[label.name] = np.maximum(common, 0) * ways
    return there


def _in_lane(clip: str, tracks: Sequence[Track]) -> Together:
    data = json.loads((footage() / "labels" / f"{LABELS[clip]}.json").read_text("utf-8"))
    there = {}
    for v in data["vehicles"]:
        time = np.array([v["near_frame"] / data["fps"]])
        size = [float(np.diff(t.at(time)[0].reshape(2, 2), axis=0).prod()) for t in tracks]
        here = [t.start <= time[0] <= t.end and s > NEAR for t, s in zip(tracks, size, strict=True)]
        there[f"street/{v['n']}"] = np.where(here, size, 0)
    return there


def _way(track: Track) -> float:
    """Degrees from the middle of its first box to that of its last."""
    first, last = (track.boxes[k].reshape(2, 2).mean(axis=0) for k in (0, -1))
    return float(np.degrees(np.arctan2(first[1] - last[1], last[0] - first[0])))


def _off(a: float, b: float) -> float:
    return abs((a - b + 180) % 360 - 180)


def rows_of(found: Sequence[Item], traits: Traits) -> list[Row]:
    """Each labelled colour of the objects that have a track."""
    at = {i.decode(): k for k, i in enumerate(traits.ids.tolist())}
    return [
        Row(i, place, words, getattr(traits, place)[at[i.track]].astype(np.float64))
        for i in found
        if i.track
        for place, words in i.places.items()
    ]


# --- figures -----------------------------------------------------------------------------------------------


def share_right(rows: Sequence[Row], first: int) -> float:
    return float(np.mean([r.right(first) for r in rows])) if rows else float("nan")


def precision(rows: Sequence[Row], word: str, *, strict: bool = False) -> float:
    """Average precision of a search for ``word`` over all labelled places, ranked by its share.

    A place labelled with several words is right under each but owed to none, so it is left out of a search
    for one of them; with ``strict`` it must be found under all of them.
    """
    rows = [r for r in rows if strict or word not in r.accepted or len(r.accepted) == 1]
    score = np.array([r.shares[COLOURS.index(word)] / max(r.shares.sum(), 1) for r in rows])
    relevant = np.array([word in r.accepted for r in rows])
    at = np.flatnonzero(relevant[np.argsort(-score, kind="stable")])
    return float(np.mean((np.arange(len(at)) + 1) / (at + 1))) if len(at) else float("nan")


def words(rows: Sequence[Row], *, strict: bool = False) -> list[str]:
    """The words under which a place must be found."""
    return [w for w in COLOURS if any(w in r.accepted and (strict or len(r.accepted) == 1) for r in rows)]


def mean_precision(rows: Sequence[Row], *, strict: bool = False) -> float:
    """Mean of the average precisions of all words present."""
    return float(np.mean([precision(rows, w, strict=strict) for w in words(rows, strict=strict)]))


def mean_precision_by_use(rows: Sequence[Row]) -> float:
    """The same, each word counting as often as it is labelled."""
    counts = {w: sum(r.accepted == (w,) for r in rows) for w in words(rows)}
    return sum(n * precision(rows, w) for w, n in counts.items()) / sum(counts.values())


def interval(
    rows: Sequence[Row], figure: Callable[[Sequence[Row]], float], rounds: int = 1000
) -> tuple[float, float]:
    """95 % of a bootstrap over the labelled objects (not places: those of one person go together)."""
    rng = np.random.default_rng(0)
    groups: dict[str, list[Row]] = {}
    for r in rows:
        groups.setdefault(r.item.name, []).append(r)
    people = list(groups.values())
    drawn = (rng.integers(len(people), size=len(people)) for _ in range(rounds))
    values = [figure([r for k in picks for r in people[k]]) for picks in drawn]
    low, high = np.percentile(values, (2.5, 97.5))
    return round(float(low), 3), round(float(high), 3)


def confusion(rows: Sequence[Row]) -> str:
    """A table of what was labelled (of several words the one found, else the first) and what was found."""
    counts = Counter((r.best[0] if r.right(1) else r.accepted[0], (r.best or ["?"])[0]) for r in rows)
    real = [w for w in COLOURS if any(a == w for a, _ in counts)]
    said = [w for w in (*COLOURS, "?") if any(b == w for _, b in counts)]
    lines = ["labelled  " + "".join(f"{w[:6]:>7}" for w in said)]
    lines += [f"{a:10s}" + "".join(f"{counts[a, b] or '.':>7}" for b in said) for a in real]
    return "\n".join(lines)


def directions(found: Sequence[Item], traits: Traits) -> list[tuple[str, bool]]:
    """For each labelled object that goes somewhere whether its track says so, within ``OFF`` degrees."""
    at = {i.decode(): k for k, i in enumerate(traits.ids.tolist())}
    asked = [i for i in found if i.track and i.heading is not None]
    off = [_off(float(traits.heading[at[i.track]]), float(i.heading or 0)) for i in asked]
    return [(i.name, o <= OFF) for i, o in zip(asked, off, strict=True)]


def kinds(found: Sequence[Item], traits: Traits) -> list[tuple[str, str, str]]:
    """Name, labelled kind and found kind of each vehicle; lorry and bus are one."""
    at = {i.decode(): k for k, i in enumerate(traits.ids.tolist())}
    return [
        (i.name, i.kind, KINDS[traits.kind[at[i.track]]] if i.track else "missed") for i in found if i.kind
    ]


# --- altered pictures ---------------------------------------------------------------------------------------

# What is done to R, G and B of the picture as it is coded.
ALTERED = {"half": (0.5, 0.5, 0.5), "warm": (1.15, 1.0, 0.85), "cold": (0.85, 1.0, 1.15)}
_YUV = np.array([(0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312)])
_YUV *= np.array([219, 224, 224])[:, None]
_BLACK = np.array([16.0, 128.0, 128.0])


def alter(y: Plane, u: Plane, v: Plane, gains: Sequence[float]) -> tuple[Plane, Plane, Plane]:
    """BT.601 planes (limited range) of which R, G, B are multiplied; what is too bright is cut off."""
    turn = _YUV @ np.diag(gains) @ np.linalg.inv(_YUV)
    big = [np.repeat(np.repeat(p, 2, 0), 2, 1)[: y.shape[0], : y.shape[1]] for p in (u, v)]
    small = y[::2, ::2]
    luma = (
        turn[0, 0] * (y.astype(np.float64) - 16)
        + turn[0, 1] * (big[0] - 128.0)
        + turn[0, 2] * (big[1] - 128.0)
    )
    chroma = [
        turn[k, 0] * (small.astype(np.float64) - 16) + turn[k, 1] * (u - 128.0) + turn[k, 2] * (v - 128.0)
        for k in (1, 2)
    ]
    return _levels(luma + 16), _levels(chroma[0] + 128), _levels(chroma[1] + 128)


def _levels(plane: NDArray[np.float64]) -> Plane:
    return np.clip(np.rint(plane), 0, 255).astype(np.uint8)


def altered(made: Analysis, gains: Sequence[float]) -> Traits:
    """The traits of the same tracks, had the picture been altered."""
    bank, known = made.store.load_bank(), made.store.load_tracks()
    assert bank is not None
    assert known is not None
    scenes = []
    for s in bank.scenes:
        y, u, v = alter(s.y, s.u, s.v, gains)
        gain = float(np.sum(gains * np.array([0.299, 0.587, 0.114])))
        scenes.append(replace(s, y=y, u=u, v=v, small=(s.small - 16) * gain + 16, noise=s.noise * gain))
    bank = Bank(tuple(scenes), bank.moving, bank.quiet)
    with _read_as(gains):
        part = tube.cut_tubes(made.footage, bank, known[0], -1.0, 1e9, part="altered")
    return describe(made.footage, known[0], bank, Glances(**part.glances))


@contextmanager
def _read_as(gains: Sequence[float]) -> Iterator[None]:
    """While it lasts, tubes are cut from frames that were altered."""
    plain = tube.open_reader

    @contextmanager
    def opened(*args: Any, **kwargs: Any) -> Iterator[Iterator[Frame]]:
        with plain(*args, **kwargs) as reader:
            yield (_altered_frame(f, gains) for f in reader)

    tube.open_reader = opened  # type: ignore[assignment]
    try:
        yield
    finally:
        tube.open_reader = plain


def _altered_frame(frame: Frame, gains: Sequence[float]) -> Frame:
    y, u, v = alter(frame.y, frame.u, frame.v, gains)
    return replace(frame, y=y, u=u, v=v)


# --- all ---------------------------------------------------------------------------------------------------


def measure(
    clips: Sequence[str], model: str, models_folder: Path | None, workspace: Path | None, alters: bool
) -> tuple[dict[str, Any], list[Row], dict[str, list[Row]]]:
    """All figures; the rows as they are, and as they are in each altered picture."""
    rows: list[Row] = []
    missed: list[str] = []
    changed: dict[str, list[Row]] = {name: [] for name in ALTERED} if alters else {}
    ways: list[tuple[str, bool]] = []
    types: list[tuple[str, str, str]] = []
    for clip in clips:
        with analysis(footage() / VIDEOS[clip], model, models_folder, workspace=workspace) as (made, _):
            known, traits = made.store.load_tracks(), made.store.load_traits()
            assert known is not None
            assert traits is not None
            found = paired(clip, known[0])
            rows += rows_of(found, traits)
            missed += [i.name for i in found if not i.track]
            ways += directions(found, traits)
            types += kinds(found, traits)
            for name in changed:
                changed[name] += rows_of(found, altered(made, ALTERED[name]))
    return _figures(rows, missed, changed, ways, types) | {"model": model}, rows, changed


def _figures(
    rows: Sequence[Row],
    missed: Sequence[str],
    changed: Mapping[str, Sequence[Row]],
    ways: Sequence[tuple[str, bool]],
    types: Sequence[tuple[str, str, str]],
) -> dict[str, Any]:
    by_place = {p: [r for r in rows if r.place == p] for p in ("upper", "lower", "body")}
    by_clip = {c: [r for r in rows if r.item.clip == c] for c in dict.fromkeys(r.item.clip for r in rows)}
    lost = sum(2 - ("street" in m or "car/" in m) for m in missed)
    return {
        "labelled": len(rows),
        "missed": list(missed),
        "top1": _round(share_right(rows, 1)),
        "top1_interval": interval(rows, lambda r: share_right(r, 1)),
        "top1_of_all": _round(share_right(rows, 1) * len(rows) / (len(rows) + lost)),
        "top2": _round(share_right(rows, 2)),
        "top2_interval": interval(rows, lambda r: share_right(r, 2)),
        "top2_of_all": _round(share_right(rows, 2) * len(rows) / (len(rows) + lost)),
        "top1_by_place": {p: _round(share_right(r, 1)) for p, r in by_place.items()},
        "top1_by_clip": {c: _round(share_right(r, 1)) for c, r in by_clip.items()},
        "top2_by_clip": {c: _round(share_right(r, 2)) for c, r in by_clip.items()},
        "average_precision": {
            w: (sum(r.accepted == (w,) for r in rows), _round(precision(rows, w))) for w in words(rows)
        },
        "mean_average_precision": _round(mean_precision(rows)),
        "mean_average_precision_interval": interval(rows, mean_precision),
        "mean_average_precision_strict": _round(mean_precision(rows, strict=True)),
        "mean_average_precision_by_use": _round(mean_precision_by_use(rows)),
        "mean_average_precision_by_use_interval": interval(rows, mean_precision_by_use),
        "altered_top1": {n: _round(share_right(r, 1)) for n, r in changed.items()},
        "directions": [sum(ok for _, ok in ways), len(ways), [n for n, ok in ways if not ok]],
        "kinds": [sum(a == b for _, a, b in types), len(types), [t for t in types if t[1] != t[2]]],
    }  # fmt: skip


def _round(value: float) -> float:
    return round(value, 3)


def wrong(rows: Sequence[Row]) -> str:
    """The labels that were not met, with what was found."""
    return "\n".join(
        f"{r.item.name:10s} {r.place:6s} labelled {'/'.join(r.accepted):14s} found "
        + " ".join(f"{w} {r.shares[COLOURS.index(w)] / max(r.shares.sum(), 1):.2f}" for w in r.best[:4])
        for r in rows
        if not r.right(1)
    )


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clips", default=",".join(CLIPS))
    parser.add_argument("--model", default="yolox-nano")
    parser.add_argument("--models-folder", type=Path)
    parser.add_argument("--workspace", type=Path, help="keep the analyses here")
    parser.add_argument("--altered", action="store_true", help="also with altered pictures")
    o = parser.parse_args(argv)
    figures, rows, changed = measure(o.clips.split(","), o.model, o.models_folder, o.workspace, o.altered)
    print(json.dumps(figures, indent=1))
    print(confusion(rows))
    print(wrong(rows))
    for name, found in changed.items():
        print(f"--- {name}\n{wrong(found)}")


if __name__ == "__main__":
    main()
