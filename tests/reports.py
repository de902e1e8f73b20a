"""A made-up report and gallery for tests, with everything that they say."""

from base64 import b64decode
from dataclasses import replace
from datetime import timedelta

from synopticon.evidence.gallery import Gallery, Shot
from synopticon.evidence.reported import (
    Answer,
    Asked,
    CaseTold,
    Counted,
    Covered,
    Decided,
    Linked,
    Ran,
    Recording,
    Report,
    Seen,
    Unseen,
)
from synopticon.governance.grant import Scope
from synopticon.search.measured import figures
from tests.documents import AT, DIGEST, HOURS, facts

HOUR = timedelta(hours=1)
# The smallest grey JPEG.
JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQ"
    "CgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k="
)


def seen(number: int = 1, kind: str = "person", camera: str = "entrance", known: bool = True) -> Seen:
    start = AT - 30 * HOUR + number * timedelta(seconds=97)
    times = (start, start + timedelta(seconds=8)) if known else (None, None)
    return Seen(f"0123456789ab-{number * 1200}-0", kind, camera, *times, 8.25)


CASE = CaseTold(
    "case-00112233", "North", "Ines Moreau", AT - 200 * HOUR, AT + 400 * HOUR, "approved",
    "find who took the bicycle in the night of 22 November", "CPP art. 77-1", "Mme Roux, magistrate",
    ("search.attributes", "export.masked"), (("the number of the procedure", "2026/1234"),),
    (
        Answer("open", "approve", "Axel Petit", AT - 190 * HOUR, True, True, "independent"),
        Answer(
            "allow", "approve", "Axel Petit", AT - 20 * HOUR, True, False,
            "not independent: approved within 60 s of the request",
        ),
    ),
)  # fmt: skip
RUN = Ran("yolox-nano", 2, 'motion: {"threshold": 14}\nstride: 2', (("synopticon", "0.1.0"),))


def report(**changes) -> Report:
    """A report of a case with two cameras, one of them without a clock."""
    base = Report(
        facts=facts("fr-judicial"),
        recipient="Mme Roux, tribunal judiciaire de Lyon",
        by="Ines Moreau, Police of Lyon",
        reason="requested on 23 November",
        case=CASE,
        scope=Scope(("cam-1", "cam-2"), (HOURS,)),
        recordings=(
            Recording(
                "entrance", "ch01_20261122.mp4", HOURS.start, HOURS.end, 36000.0, "name", 2.5, (DIGEST,)
            ),
            Recording("car park", "export.avi", None, None, 612.4, "unknown", 0.0, (DIGEST[::-1],)),
        ),
        covered=(Covered("car park", 612.4, 612.4), Covered("entrance", 36000.0, 35940.0)),
        gaps=(Unseen("entrance", HOURS.start, HOURS.start + timedelta(minutes=1), 60.0, "damaged"),),
        tracks=(seen(1), seen(2, "bicycle"), seen(3, "object", "car park", known=False)),
        searches=(
            Asked(31, AT - 5 * HOUR, "Ines Moreau", "search.attributes", "person upper:red", 7, "done"),
            Asked(33, AT - 4 * HOUR, "Ines Moreau", "search.similar", "0123456789ab-1200-0", 20, "done"),
            Asked(35, AT - 3 * HOUR, "Ines Moreau", "search.attributes", None, None, "failed"),
        ),
        others=(Counted("case.mark", 4, 0), Counted("journey", 0, 2)),
        decisions=(
            Decided(
                seen(1), "accepted", "Ines Moreau", AT - 2 * HOUR, ("red top", "suspect A"),
                "leaves by the back door with the bicycle", (1.0, 6.5),
            ),
            Decided(seen(2, "bicycle"), "unsure", "Omar Diallo", AT - HOUR),
        ),
        links=(
            Linked(
                37, AT - HOUR, "Omar Diallo", "confirmed",
                (seen(1).track, seen(3).track), "the same bag and shoes",
            ),
        ),
        figures=tuple(f for f in figures() if f.model == "yolox-nano"),
        cards=(("yolox-nano", ("people lower than about 30 pixels",)),),
        runs=(RUN,),
    )  # fmt: skip
    return replace(base, **changes)


def shot(number: int = 1, **changes) -> Shot:
    base = Shot(seen(number), JPEG, 12.5 * number, 0.5 + number / 100, 40, 120)
    return replace(base, **changes)


def gallery(**changes) -> Gallery:
    """Shots of two groups, one in both, one without a picture, one without a known time."""
    shots = (
        shot(1, tags=("red top", "suspect A"), verdict="accepted", note="leaves by the back door"),
        shot(2, seen=seen(2, "bicycle", "car park"), tags=("red top",)),
        shot(3, picture=b""),
        shot(4, seen=seen(4, "object", "car park", known=False)),
    )
    return replace(Gallery(facts("fr-judicial"), shots, case="case-00112233"), **changes)
