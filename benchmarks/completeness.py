"""What a synopsis shows of the people and vehicles that somebody labelled, and what it shows besides.

    python -m benchmarks.completeness vtest=vtest.synopsis.json one-by-one=o.json car-detection=c.json ...

From a script: ``pool([judge_tracks("vtest", tracks, dropped), ...])``, ``clock_tubes("milanoest", tracks)``.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.track_quality import footage, truth
from synopticon.measure.truth import (
    Shown,
    TruthClip,
    Verdict,
    from_dropped,
    from_manifest,
    from_tracks,
    inside,
    judge,
    labels_from_intervals,
    labels_from_mot,
    pool,
)
from synopticon.values.track import Dropped, Track

SLACK = 10  # frames: how far the labels made by eye may be off
VIDEOS = {
    "vtest": "opencv_samples/vtest.avi",
    "one-by-one": "intel_sample_videos/one-by-one-person-detection.mp4",
    "car-detection": "intel_sample_videos/car-detection.mp4",
    "ahmetozlu": "ahmetozlu_traffic/input_video.mp4",
}
# Drawn on the picture by the camera's maker: nothing real can be there (xyxy).
DRAWN = {
    "tunnelligure": ("iacv_highway/tunnelligure_2019_1_14__16_6.mp4", (0.0, 333.0, 640.0, 360.0)),
    "milanoest": ("iacv_highway/milanoest_2019_1_14__16_6.mp4", (0.0, 270.0, 352.0, 288.0)),
}
# Real movers that the truth of a clip leaves out, seen with our own eyes: from, to (s), where (xyxy).
UNLABELLED: dict[str, list[tuple[float, float, tuple[float, float, float, float]]]] = {
    "vtest": [
        (6.0, 19.0, (90.0, 50.0, 320.0, 125.0)),  # somebody walks over the lawn, far away
        (64.0, 80.0, (680.0, 20.0, 768.0, 115.0)),  # somebody comes to the blue car and opens its boot
    ]
}


def clip(name: str) -> TruthClip:
    """The labels of one of the four labelled recordings."""
    labels = footage() / "labels"
    if name == "vtest":
        objects = labels_from_mot(truth("vtest"), 10.0, "person", "vtest/")
        return TruthClip(name, objects, SLACK / 10.0)
    if name == "one-by-one":
        data = json.loads((labels / "one_by_one_persons.json").read_text("utf-8"))
        spans = [(p["frames"][0], p["frames"][1]) for p in data["persons"]]
        return TruthClip(name, labels_from_intervals(spans, 10.0, "person", "one/"), SLACK / 10.0)
    if name == "car-detection":
        data = json.loads((labels / "car_detection_vehicles.json").read_text("utf-8"))
        spans = [(v["frames"][0], v["frames"][1]) for v in data["vehicles"]]
        return TruthClip(name, labels_from_intervals(spans, 12.5, "vehicle", "car/"), SLACK / 12.5)
    data = json.loads((labels / "ahmetozlu_vehicles.json").read_text("utf-8"))
    # Only the moment when a car is near is labelled; it is in view for more than a second around it.
    spans = [(v["near_frame"] - 13, v["near_frame"] + 13) for v in data["vehicles"]]
    return TruthClip(name, labels_from_intervals(spans, 24.01, "vehicle", "street/"), 0.0, exhaustive=False)


def judge_tracks(name: str, tracks: Sequence[Track], dropped: Sequence[Dropped] = ()) -> Verdict:
    return judge(clip(name), from_tracks(tracks), from_dropped(dropped))


def clock_tubes(name: str, tracks: Sequence[Track]) -> list[str]:
    """Tubes on what is drawn on the picture: must be none."""
    return inside(from_tracks(tracks), DRAWN[name][1])


def plainly_false(name: str, shown: Sequence[Shown], verdict: Verdict) -> list[str]:
    """The false tubes of a verdict without those that show a real mover that nobody labelled."""
    real: set[str] = set()
    for start, end, zone in UNLABELLED.get(name, []):
        real |= set(inside([s for s in shown if s.times[0] >= start and s.times[-1] <= end], zone, 0.9))
    return [i for i in verdict.false if i not in real]


def describe(verdict: Verdict) -> str:
    """One clip in a few lines: what is missing and what is false, by name."""
    missed = [name for name, tube in verdict.found.items() if not tube]
    single = [name for name, tube in verdict.single.items() if not tube]
    lines = [
        f"{verdict.clip}: {len(verdict.found) - len(missed)} of {len(verdict.found)} shown, "
        f"{verdict.tubes} tubes, {len(verdict.false)} false, {len(verdict.unmatched)} nobody's best match"
        + " (not everything is labelled)"
        * (not verdict.exhaustive)
    ]
    lines += [f"  missed {name}{' (listed)' * (name in verdict.listed)}" for name in missed]
    lines += [f"  shares its tube: {name}" for name in single if name not in missed]
    if verdict.exhaustive:
        lines += [f"  false: {name}" for name in verdict.false]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("manifest", nargs="+", help=f"CLIP=OUT.json with CLIP one of {', '.join(VIDEOS)}")
    verdicts = []
    for argument in parser.parse_args(argv).manifest:
        name, _, path = argument.partition("=")
        verdicts.append(judge(clip(name), *from_manifest(Path(path))))
        print(describe(verdicts[-1]))
    for measure, value in pool(verdicts).items():
        print(f"{measure:20s} {value:.4f}")


if __name__ == "__main__":
    main()
