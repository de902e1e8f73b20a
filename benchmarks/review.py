"""Whether the page of review names the places where heads stayed uncovered.

    python -m benchmarks.review --model yolox-nano --models-folder DIR

Heads and what counts as covered are those of ``benchmarks.redact``. A head is named when a doubtful moment is
within half a second of it, of nobody who is known or of a track whose box holds the middle of the head.
"""

import argparse
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.redact import COVERED, covered_heads, pictures_of, watched
from benchmarks.track_quality import CLIPS, footage
from synopticon.acts.redact import watched_in
from synopticon.evidence.risk import Risk, Watched, bare_risks, masked_tracks, track_risks
from synopticon.values.track import Track
from synopticon.vision.masks import MaskSettings, plan_masks

NEAR = 0.5  # seconds


def named(risks: list[Risk], tracks: dict[str, Track], time: float, middle: float) -> bool:
    """Whether a doubtful moment is of a head at this time (s), whose middle lies at this column."""
    for risk in risks:
        if not risk.start - NEAR <= time <= risk.end + NEAR:
            continue
        if not risk.track:
            return True
        (box,) = tracks[risk.track].at(np.array([time]))
        if box[0] - 5 < middle < box[2] + 5:
            return True
    return False


def measure(clip: str, options: argparse.Namespace, workspace: Path) -> dict[str, Any]:
    video = footage() / CLIPS[clip].video
    found = covered_heads(clip, pictures_of(video, options, workspace))
    analysis = watched(video, options, workspace)
    seen, tracks = watched_in(analysis)
    masks = MaskSettings(floor=analysis.footage.height)
    plan = plan_masks(seen, tracks, masks)
    all_of_it = Watched(0.0, analysis.footage.duration, (analysis.footage.width, analysis.footage.height))
    own = masked_tracks(plan, tracks, masks.what)
    risks = [*bare_risks(plan, all_of_it)]
    risks += [r for t in own for r in track_risks(t, plan, masks.what, all_of_it)]
    bad, rate = np.flatnonzero(found.share < COVERED), float(analysis.footage.frame_rate)
    by_id = {t.id: t for t in tracks}
    hits = [
        named(risks, by_id, (found.asked.frames[k] - 1) / rate, found.asked.boxes[k][[0, 2]].mean())
        for k in bad
    ]
    return {
        "uncovered": len(bad),
        "named": sum(hits),
        "moments": dict(Counter(r.reason.value for r in risks)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clips", default="vtest,tud")
    parser.add_argument("--model", default="auto")
    parser.add_argument("--models-folder", type=Path)
    parser.add_argument("--face-model", default="auto")
    parser.add_argument("--workspace", type=Path, help="keep analyses here, to measure again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = options.workspace or Path(folder)
        print(json.dumps({c: measure(c, options, place) for c in options.clips.split(",")}, indent=1))


if __name__ == "__main__":
    main()
