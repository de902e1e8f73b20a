"""Writes the fields and words that the query line of the web application completes: ``make docs``."""

import json

from synopticon.events.catalogue import SHIPPED
from synopticon.search.fields import FIELDS, Kind
from tests.architecture.source import ROOT

_SHIPPED = {"event": tuple(rule.kind for rule in SHIPPED)}  # names that are the same everywhere
FILE = ROOT / "ui" / "src" / "search" / "words.json"


def words() -> str:
    """The file as it should be: for each field what it means, its words or the kind of names it takes."""
    said = [
        {
            "name": field.name,
            "kind": field.kind.name.lower(),
            "named": field.named,
            "words": [*field.words, *_SHIPPED.get(field.named, ())],
            "examples": list(field.examples),
            "negates": field.negates,
        }
        for field in FIELDS.values()
    ]
    assert {one["kind"] for one in said} <= {kind.name.lower() for kind in Kind}
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(words(), "utf-8")
