"""The composed recordings that speed, storage and memory are measured on; made once, then kept."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from benchmarks.track_quality import footage
from synopticon.acts.compose_footage import ComposeFootageRequest, compose_footage
from synopticon.acts.samples import fetch_samples
from synopticon.vision.compose_footage import Look


@dataclass(frozen=True)
class Kind:
    """A format whose speed is asked for: ``limit`` is the most that analysis may take, times decoding."""

    width: int
    height: int
    codec: str
    limit: float | None


KINDS = {
    "mpeg4_768x576": Kind(768, 576, "mpeg4", 3.5),
    "h264_1280x720": Kind(1280, 720, "h264", 2.0),
    "h264_1920x1080": Kind(1920, 1080, "h264", None),
    "hevc_2560x1440": Kind(2560, 1440, "hevc", None),
}


def sources() -> dict[str, object]:
    """Clips to cut from: the labelled recordings where they are, else the sample that can be fetched."""
    here = footage()
    if (here / "opencv_samples/vtest.avi").is_file():
        cars = here / "intel_sample_videos/car-detection.mp4"
        people = f"{here / 'opencv_samples/vtest.avi'}={here / 'pets09_s2l1_gt/PETS09-S2L1.gt.txt'}"
        vehicles = (str(here / "dvr_scan/traffic_camera.mp4"), str(cars))
        return {"people": (people,), "vehicles": vehicles, "scene": str(cars)}
    return {"people": (str(fetch_samples(None, print)),)}


def recording(work: Path, name: str, hours: float, *, clock: bool = True, seed: int = 1) -> Path:
    """Folder of a composed recording: 25 frames/s, 4 Mbit/s, key frame every 2 s, 10 % activity."""
    kind = KINDS[name]
    folder = work / f"{name}_{hours:g}h_{'clock' if clock else 'plain'}_{seed}"
    if not (folder / "truth/truth.json").is_file():
        request = ComposeFootageRequest(
            output=folder,
            hours=hours,
            seed=seed,
            width=kind.width,
            height=kind.height,
            fps=Fraction(25),
            codec=kind.codec,
            look=Look(clock=clock),
            overwrite=True,
            **sources(),  # type: ignore[arg-type]
        )
        compose_footage(request)
    return folder


def videos(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix in {".avi", ".mp4"})
