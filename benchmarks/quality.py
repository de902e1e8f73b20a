"""Quality on real recordings: tracking, completeness, false tubes; with a model and without.

python -m benchmarks.quality                              all clips, default model and none
python -m benchmarks.quality --models yolox-nano --clips vtest,tud --models-folder DIR --rows
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import completeness, track_quality
from benchmarks.track_quality import footage
from synopticon.acts.analysis import Analysis, AnalysisRequest, analysed
from synopticon.measure.mot import mot_table
from synopticon.measure.truth import Verdict, closest, from_tracks, pool
from synopticon.values.track import Dropped, Track

VIDEOS = completeness.VIDEOS | {"tud": track_quality.CLIPS["tud"].video}
VIDEOS |= {name: place for name, (place, _) in completeness.DRAWN.items()}


@contextmanager
def analysis(
    video: Path,
    model: str,
    models_folder: Path | None = None,
    *,
    workspace: Path | None = None,
    workers: int = 0,
) -> Iterator[tuple[Analysis, float]]:
    """An analysis in an empty workspace (or the given one), and the seconds it took."""
    with tempfile.TemporaryDirectory() as empty:
        request = AnalysisRequest(
            footage=(str(video),),
            model=model,
            models_folder=models_folder,
            workspace=workspace or Path(empty),
            workers=workers,
        )
        begin = time.perf_counter()
        yield analysed(request, None), time.perf_counter() - begin


def tracks_of(
    clip: str, model: str, models_folder: Path | None = None
) -> tuple[list[Track], list[Dropped], float]:
    """Tracks, what was dropped, and the seconds it took."""
    with analysis(footage() / VIDEOS[clip], model, models_folder) as (made, seconds):
        known = made.store.load_tracks()
        return ([], [], seconds) if known is None else (list(known[0]), list(known[1]), seconds)


def measure(
    clips: Sequence[str], model: str, models_folder: Path | None = None, rows: bool = False
) -> dict[str, Any]:
    """All that can be measured on these clips with one model."""
    found: dict[str, Any] = {"model": model, "tracking": {}, "clips": {}}
    verdicts: list[Verdict] = []
    for clip in clips:
        tracks, dropped, seconds = tracks_of(clip, model, models_folder)
        found["clips"][clip] = {"tracks": len(tracks), "dropped": len(dropped), "seconds": round(seconds, 2)}
        if clip in track_quality.CLIPS:
            # Motion alone names nobody: then everything that moves counts as a person.
            group = "" if model == "none" else "person"
            found["tracking"][clip] = _rounded(track_quality.score(clip, tracks, group=group))
            if rows:
                table = mot_table(tracks, track_quality.CLIPS[clip].fps, group=group)
                print(track_quality.rows(track_quality.truth(clip), table), file=sys.stderr)
        if clip in completeness.VIDEOS:
            verdicts.append(completeness.judge_tracks(clip, tracks, dropped))
            plainly = completeness.plainly_false(clip, from_tracks(tracks), verdicts[-1])
            if verdicts[-1].exhaustive:
                found["clips"][clip] |= {"false": len(verdicts[-1].false), "plainly_false": len(plainly)}
            print(completeness.describe(verdicts[-1]), file=sys.stderr)
            why = [*_missed(clip, tracks, verdicts[-1]), *_portraits(tracks, verdicts[-1])]
            print("\n".join(why), file=sys.stderr)
        if clip in completeness.DRAWN:
            found["clips"][clip]["on_the_clock"] = completeness.clock_tubes(clip, tracks)
        print(model, clip, found["clips"][clip], found["tracking"].get(clip, ""), file=sys.stderr, flush=True)
    found["completeness"] = _rounded(pool(verdicts))
    return found


def _missed(clip: str, tracks: Sequence[Track], verdict: Verdict) -> list[str]:
    """Which tube comes closest to each object that is missed."""
    labels, shown = completeness.clip(clip), from_tracks(tracks)
    lines = []
    for truth in labels.objects:
        if not verdict.found.get(truth.name, "x"):
            tube, time, fit = closest(truth, shown, labels.slack)
            when = f"{truth.start:.1f}-{truth.end:.1f} s"
            lines.append(
                f"    {truth.name} ({when}): best {tube}, {time:.0%} of its time, {fit:.0%} of its boxes"
            )
    return lines


def _portraits(tracks: Sequence[Track], verdict: Verdict) -> list[str]:
    """What the false tubes are like, to find out why they are there."""
    wanted = set(verdict.false) if verdict.exhaustive else set()
    return [
        f"    {t.id}: {t.label} {t.score:.2f}, {t.start:.1f}-{t.end:.1f} s, "
        f"observed {t.observed.mean():.0%}, middle box {t.boxes[len(t) // 2].round().astype(int).tolist()}"
        for t in tracks
        if t.id in wanted
    ]


def _rounded(scores: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in scores.items()}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clips", default=",".join(VIDEOS))
    parser.add_argument("--models", default="auto,none")
    parser.add_argument("--models-folder", type=Path)
    parser.add_argument("--rows", action="store_true", help="what was missed and what is false, box by box")
    options = parser.parse_args(argv)
    clips = options.clips.split(",")
    made = [measure(clips, model, options.models_folder, options.rows) for model in options.models.split(",")]
    print(json.dumps(made, indent=1))


if __name__ == "__main__":
    main()
