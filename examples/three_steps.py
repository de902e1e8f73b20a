"""Footage in, synopsis out, in three steps: ``python examples/three_steps.py FOOTAGE OUT.mp4``."""

import sys
from pathlib import Path

from synopticon.footage.probe import probe
from synopticon.store.analysis import AnalysisStore
from synopticon.synopsis.arrange import Knobs, arrange
from synopticon.synopsis.compose import compose
from synopticon.synopsis.tubeset import tube_set
from synopticon.vision.pipeline import AnalysisSettings, analyse


def main(source: str, target: Path) -> None:
    # 1. From footage to tubes: every moving object with its path and its pixels, kept in a folder.
    footage = probe([source])
    store = AnalysisStore(target.with_suffix(".analysis"))
    for step in analyse(footage, store, AnalysisSettings()):
        print(f"{step.done:.0f} of {step.total:.0f} seconds: {step.tracks} objects")
    tubes = store.tubes()

    # 2. From tubes to a plan: when each is shown. Boxes and times are numpy arrays, to change as you like.
    tracks = [tube.track for tube in tubes]
    fps = float(footage.frame_rate)
    plan = arrange(tube_set(tracks, fps, footage.width, footage.height), Knobs(density=4.0))
    print(f"{plan.length_frames} frames; overlap {plan.measures['OAnew']}")

    # 3. From the plan to a video, and the map of each of its pixels back to the footage.
    bank = store.load_bank()
    assert bank is not None
    manifest = compose(footage, bank, tubes, plan, store, target)
    print(f"{target}: {len(manifest.objects)} objects")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
