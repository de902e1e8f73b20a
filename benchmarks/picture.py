"""Whether the picture is true, and what it costs to keep: a synopsis compared with its own source.

python -m benchmarks.picture RECORDING [--model NAME] [--models-folder DIR]

Random entries of the manifest (in no fade, at least 80 % visible) are compared with the source frame that
they name, inside the stored mask less one pixel: luma PSNR, and whether the named time fits better than half
a second away.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synopticon.acts.analysis import AnalysisRequest, analysed
from synopticon.acts.synopsis import SynopsisRequest, make_synopsis
from synopticon.values.tube import Sprite
from synopticon.vision.tube import sprites
from tests.truth_of_picture import AlphaOf, truth_of_picture

PAD = 512  # sprites may reach beyond the picture


def stored_masks(kept: dict[str, list[Sprite]], width: int, height: int) -> AlphaOf:
    """The alpha that the store holds for a row of an object."""

    def alpha_of(name: str, row: int, y: slice, x: slice) -> NDArray[np.uint8]:
        sprite = kept[name][row]
        whole = np.zeros((height + 2 * PAD, width + 2 * PAD), np.uint8)
        high, wide = sprite.alpha.shape
        whole[sprite.y0 + PAD :, sprite.x + PAD :][:high, :wide] = sprite.alpha
        return whole[PAD:-PAD, PAD:-PAD][y, x]

    return alpha_of


def measure(recording: str, model: str, models_folder: Path | None) -> dict[str, object]:
    """Make a clear and a masked synopsis of ``recording`` and compare both with it."""
    found: dict[str, object] = {"model": model}
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        asked = AnalysisRequest((recording,), model=model, models_folder=models_folder, workspace=work)
        made = analysed(asked, None)
        tubes = made.store.tubes()
        kept = {t.id: list(sprites(t, made.store, clear=True)) for t in tubes}
        masks = stored_masks(kept, made.footage.width, made.footage.height)
        for kind, reason in (("clear", "benchmark"), ("masked", "")):
            video = work / f"{kind}.mp4"
            request = SynopsisRequest(
                (recording,),
                video,
                model=model,
                models_folder=models_folder,
                workspace=work,
                clips=False,
                unmasked=bool(reason),
                reason=reason,
                colour_match=not reason,
            )
            make_synopsis(request)
            found[kind] = truth_of_picture(video, video.with_suffix(".json"), alpha_of=masks).report
        size = made.store.size()
        held = size["picture"] + size["clear"] + size["index"]
        found["bits_per_pixel"] = round(8 * held / sum(t.pixels for t in tubes), 3)
    return found


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recording")
    parser.add_argument("--model", default="auto")
    parser.add_argument("--models-folder", type=Path)
    args = parser.parse_args()
    print(json.dumps(measure(args.recording, args.model, args.models_folder), indent=1))


if __name__ == "__main__":
    main()
