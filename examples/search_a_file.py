"""A question about one recording: ``python examples/search_a_file.py FOOTAGE "person going:left"``."""

import sys
from pathlib import Path

from synopticon.footage.probe import probe
from synopticon.search.find import Found, find
from synopticon.search.query import parse
from synopticon.search.rows import Plain, TraitRows, World
from synopticon.store.analysis import AnalysisStore
from synopticon.vision.pipeline import AnalysisSettings, analyse


def search(source: str, question: str, folder: Path) -> Found:
    """Analyse a recording (or go on where that was left), and find the tracks that answer a question."""
    footage = probe([source])
    store = AnalysisStore(folder)
    for _ in analyse(footage, store, AnalysisSettings()):
        pass
    traits = store.load_traits()  # one row a track, as numpy columns: traits.upper, traits.heading ...
    assert traits is not None
    zone = footage.readable[0].clock.zone
    rows = TraitRows(traits, Plain("", footage.camera, zone, footage.width / footage.height))
    return find(parse(question), lambda: [rows], World({footage.camera: footage.camera}))


def main(source: str, question: str) -> None:
    found = search(source, question, Path(source).with_suffix(".analysis"))
    print(f"{found.total} of {found.looked_at} tracks")
    for hit in found.hits:
        print(f"{hit.offset:.1f} s, {hit.label}, {hit.grade}: " + "; ".join(r.says for r in hit.reason))


if __name__ == "__main__":
    main(sys.argv[1], " ".join(sys.argv[2:]))
