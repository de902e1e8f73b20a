"""Peak memory of an analysis, as seen from outside, for recordings of different length.

python -m benchmarks.memory SOURCE MODEL [MODELS_FOLDER]     one analysis, to be watched
"""

import sys
from pathlib import Path
from typing import Any

from benchmarks import composed, harness, quality


def peaks(work: Path, hours: tuple[float, float], model: str, folder: Path | None) -> dict[str, Any]:
    """Peak memory (MB, all processes) for a short and a long recording, and how far apart they are."""
    made: dict[str, Any] = {}
    for length in hours:
        source = composed.recording(work, "mpeg4_768x576", length, clock=False)
        arguments = ["benchmarks.memory", str(source), model, *([str(folder)] if folder else [])]
        seen, seconds = harness.in_own_process(arguments)
        made[f"{length:g}h"] = seen | {"seconds": round(seconds, 1)}
    short, long = (made[f"{h:g}h"]["proportional_mb"] for h in hours)
    return made | {"growth": round(long / max(short, 1) - 1, 4)}


if __name__ == "__main__":
    with quality.analysis(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]) if len(sys.argv) > 3 else None):
        pass
