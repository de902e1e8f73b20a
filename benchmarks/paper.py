"""What a long report costs: python -m benchmarks.paper [TRACKS] [PICTURES], JSON on stdout."""

import json
import sys
import time
from collections.abc import Callable

from synopticon.evidence.gallery import gallery_html
from synopticon.evidence.pdf import report_pdf
from synopticon.evidence.report import report_html
from tests.reports import JPEG, gallery, report, seen, shot


def timed(make: Callable[[], str | bytes]) -> dict[str, float]:
    """Seconds of one core, and the size of what was made."""
    used = time.process_time()
    made = make()
    return {"core_seconds": round(time.process_time() - used, 2), "bytes": len(made)}


def measure(tracks: int, pictures: int) -> dict[str, object]:
    """A report of so many tracks, a gallery of so many pictures (each other bytes), both as page and PDF."""
    told = report(tracks=tuple(seen(n) for n in range(tracks)))
    shots = tuple(shot(n, picture=JPEG + n.to_bytes(4, "big")) for n in range(pictures))
    shown = gallery(shots=shots)
    return {
        "tracks": tracks,
        "pictures": pictures,
        "report_html": timed(lambda: report_html(told)),
        "report_pdf": timed(lambda: report_pdf(told)),
        "gallery_html": timed(lambda: gallery_html(shown)),
        "gallery_pdf": timed(lambda: report_pdf(report(), gallery=shown)),
    }


if __name__ == "__main__":
    counts = [int(text) for text in sys.argv[1:3]]
    print(json.dumps(measure(*(counts + [5000, 1000][len(counts) :]))))
