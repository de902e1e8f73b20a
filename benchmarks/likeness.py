"""Does what looks alike come first? Measured on real footage through the whole pipeline.

python -m benchmarks.likeness --models-folder DIR              both; JSON on stdout
python -m benchmarks.likeness similar --rows                   also: at which place the right track came

similar   on ``vtest``: each track of somebody who re-enters, among all other tracks of the clip. Tracks of
          the very same stay (pieces of one entry of the truth) are left out, neither right nor wrong.
journey   two composed cameras: two windows of ``vtest``, one after the other; the second is mirrored and
          re-coloured, and begins 40 s later. Each track of somebody who is in both, among the tracks of the
          other camera; by look alone, as if no way were set. Pieces of one stay, cut by the border of the
          windows, are left out, too.

Heads are not in the tubes, and not in what is compared. Who is who was labelled by eye for this project
(``labels/vtest_identities.json``): ten people, most in dark coats and jeans. So few say that the method
works, and hardly how well it will elsewhere; the intervals are bootstrapped over people.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.quality import analysis
from benchmarks.track_quality import CLIPS, footage, matches, truth
from synopticon.acts.analysis import Analysis
from synopticon.footage.encode import VideoWriter
from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.measure.mot import MotTable, mot_table
from synopticon.search.similar import first, likeness
from synopticon.values.frame import Frame, Plane
from synopticon.values.tube import Tube
from synopticon.vision.descriptor import describe

LABELS = "labels/vtest_identities.json"
SPLIT = 400  # frames of ``vtest`` that the first of the two cameras sees: 40 s
BALANCE = (1.18, 1.0, 0.78)  # gains of linear R, G, B: a camera set for other light
DARKER, GAMMA = 0.8, 1.12  # and its exposure and curve
LEAST = 0.5  # share of a track's boxes that are of one entry of the truth


@dataclass(frozen=True)
class Seen:
    """A track that was described: camera, entry and person of the truth ("" = nobody's), descriptor."""

    camera: str
    track: str
    entry: int
    person: str
    vector: NDArray[np.int8]


def persons() -> dict[int, str]:
    """The person of each entry of the truth."""
    rows = json.loads((footage() / LABELS).read_text("utf-8"))["tracks"]
    return {row["gt_id"]: row["person"] for row in rows}


def window(first: int, stop: int, *, mirrored: bool = False) -> MotTable:
    """The truth of ``vtest`` in frames ``first``..``stop - 1`` (from 0), as of a clip of its own."""
    whole = truth("vtest")
    rows = (whole.frames > first) & (whole.frames <= stop)
    boxes = whole.boxes[rows]
    if mirrored:
        boxes = boxes[:, (2, 1, 0, 3)] * np.array([-1, 1, -1, 1], np.float32) + np.float32([768, 0, 768, 0])
    return MotTable(whole.frames[rows] - first, whole.ids[rows], boxes)


def cameras(work: Path) -> tuple[Path, Path]:
    """The two composed cameras, made once."""
    work.mkdir(parents=True, exist_ok=True)
    names = work / "likeness_first.mp4", work / "likeness_second.mp4"
    if not all(n.exists() for n in names):
        clip = probe([footage() / CLIPS["vtest"].video])
        with (
            open_reader(clip) as reader,
            VideoWriter(names[0], 768, 576, Fraction(10), crf=16, overwrite=True) as one,
            VideoWriter(names[1], 768, 576, Fraction(10), crf=16, overwrite=True) as two,
        ):
            for number, frame in enumerate(reader):
                if number < SPLIT:
                    one.write(frame.y, frame.u, frame.v)
                else:
                    two.write(*_elsewhere(frame))
    return names


def _elsewhere(frame: Frame) -> tuple[Plane, Plane, Plane]:
    """The picture as another camera would show it: mirrored, in other colours."""
    height, width = frame.y.shape
    planar = np.concatenate([p.ravel() for p in (frame.y, frame.u, frame.v)]).reshape(height * 3 // 2, width)
    rgb = cv2.cvtColor(planar, cv2.COLOR_YUV2RGB_I420)[:, ::-1]
    light = (rgb / 255.0) ** 2.2 * np.array(BALANCE) * DARKER
    changed = np.rint(255 * np.clip(light, 0, 1) ** (GAMMA / 2.2)).astype(np.uint8)
    back = cv2.cvtColor(np.ascontiguousarray(changed), cv2.COLOR_RGB2YUV_I420).ravel()
    y, u, v = np.split(back, [height * width, height * width * 5 // 4])
    return y.reshape(height, width), u.reshape(height // 2, -1), v.reshape(height // 2, -1)


def seen(made: Analysis, real: MotTable, camera: str) -> list[Seen]:
    """All tracks with a descriptor, and who they are by the truth."""
    tubes: Sequence[Tube] = made.store.tubes()
    table = mot_table([t.track for t in tubes], 10.0)
    _, used = matches(real, table)
    bank, file, who, out = made.store.load_bank(), made.footage.files[0], persons(), []
    for number, tube in enumerate(tubes, 1):
        mine = used[table.ids == number]
        entries, counts = np.unique(mine[mine >= 0], return_counts=True)
        sure = len(counts) and counts.max() >= LEAST * len(mine)
        entry = int(entries[counts.argmax()]) if sure else -number  # nobody's: an entry of its own
        vector = describe(tube, made.store, bank, file.colour_matrix, file.full_range)
        if vector is not None:
            out.append(Seen(camera, tube.id, entry, who.get(entry, ""), vector))
    return out


def places(rows: Sequence[Seen], *, across: bool) -> list[dict[str, Any]]:
    """At which place the first right track came, for each track that has one; ``across``: other cameras."""
    vectors, out = np.stack([r.vector for r in rows]), []
    for i, one in enumerate(rows):
        own = [(r.camera, r.entry) == (one.camera, one.entry) or 0 < r.entry == one.entry for r in rows]
        other = [not across or r.camera != one.camera for r in rows]
        allowed = np.array(other) & ~np.array(own) & (np.arange(len(rows)) != i)
        right = [r.person == one.person != "" and bool(ok) for r, ok in zip(rows, allowed, strict=True)]
        if not any(right):
            continue
        order = [f.row for f in first(likeness(vectors, one.vector), allowed, len(rows))]
        at = 1 + next(n for n, row in enumerate(order) if right[row])
        best = [rows[r].person or "-" for r in order[:5]]
        told = {"track": one.track, "camera": one.camera, "person": one.person, "place": at}
        out.append(told | {"among": int(allowed.sum()), "first": best})
    return out


def figures(found: Sequence[dict[str, Any]], rows: bool) -> dict[str, Any]:
    """Shares at the first place and among the first five, with intervals over people."""
    at = np.array([f["place"] for f in found])
    who = np.array([f["person"] for f in found])
    names, chance = np.unique(who), np.random.default_rng(1)
    groups = {name: at[who == name] for name in names}
    draws = [np.concatenate([groups[n] for n in chance.choice(names, len(names))]) for _ in range(2000)]
    among = [f["among"] for f in found]
    out: dict[str, Any] = {"queries": len(at), "people": len(names), "among": [min(among), max(among)]}
    for name, most in (("rank1", 1), ("rank5", 5)):
        low, high = np.percentile([(d <= most).mean() for d in draws], (2.5, 97.5))
        out[name] = round(float((at <= most).mean()), 3)
        out[f"{name}_95"] = [round(float(low), 3), round(float(high), 3)]
    return out | ({"rows": list(found)} if rows else {})


def similar(options: argparse.Namespace) -> list[dict[str, Any]]:
    with _analysed(footage() / CLIPS["vtest"].video, options) as (made, _):
        return places(seen(made, window(0, 795), "vtest"), across=False)


def journey(options: argparse.Namespace) -> list[dict[str, Any]]:
    one, two = cameras(options.work)
    with _analysed(one, options) as (made, _):
        rows = seen(made, window(0, SPLIT), "first")
    with _analysed(two, options) as (made, _):
        rows += seen(made, window(SPLIT, 795, mirrored=True), "second")
    return places(rows, across=True)


def _analysed(video: Path, options: argparse.Namespace) -> Any:
    return analysis(video, options.model, options.models_folder, workspace=options.work / "analyses")


SUITES: dict[str, Callable[[argparse.Namespace], list[dict[str, Any]]]] = {
    "similar": similar,
    "journey": journey,
}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.likeness",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("suites", nargs="*", choices=[[], *SUITES], help="similar, journey; both if none")
    parser.add_argument("--rows", action="store_true", help="also list every query")
    parser.add_argument("--model", default="yolox-nano")
    parser.add_argument("--models-folder", type=Path)
    parser.add_argument(
        "--work", type=Path, default=Path("build/bench"), help="where clips and analyses are kept"
    )
    options = parser.parse_args(argv)
    results: dict[str, Any] = {"model": options.model}
    for name in options.suites or SUITES:
        print(f"{name} ...", file=sys.stderr, flush=True)
        results[name] = figures(SUITES[name](options), options.rows)
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
