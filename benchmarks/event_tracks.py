"""Rules without labelled events: our tracks of a real clip beside its labelled ones, event by event.

python -m benchmarks.event_tracks --models-folder DIR --work DIR

``vtest``: each rule runs over the 4,650 labelled boxes (what it finds there is true) and over our tracks; the
ground is that of the published calibration. ``aboda`` played backwards: the bag is taken away, not left.
Vehicles: no clip shows one that came and stands, so only false alarms are counted, at a third of the default.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from benchmarks.events import (
    CLIPS,
    VEHICLES,
    ZONES,
    Bench,
    _frames,
    _said,
    _share,
    _written,
    labelled,
    run_parts,
)
from benchmarks.pace import vtest_ground
from benchmarks.track_quality import footage
from synopticon.events.catalogue import defaults
from synopticon.events.evaluate import Mark, matched
from synopticon.events.event import Event
from synopticon.events.rule import Rule
from synopticon.events.rules.density import Density
from synopticon.events.rules.dwell import Dwell
from synopticon.events.rules.fall import Fall
from synopticon.events.rules.fast import Running, Speed
from synopticon.events.rules.proximity import Proximity
from synopticon.events.rules.stopped_vehicle import StoppedVehicle
from synopticon.events.rules.zone import Presence
from synopticon.events.run import run

SLACK = 1.5  # seconds by which two events may miss each other
MIXED = ("car-detection", "ahmetozlu", "traffic", "video03", "milano", "tunnel")
PERSON = ("person",)
RULES: dict[str, tuple[Rule, ...]] = {
    "dwell, 5 s in a zone": tuple(Dwell(zone=z, seconds=5) for z in ZONES["vtest"].values()),
    "dwell, 10 s in a zone": tuple(Dwell(zone=z, seconds=10) for z in ZONES["vtest"].values()),
    "dwell, 20 s in the picture": (Dwell(seconds=20),),
    "presence in a zone": tuple(Presence(zone=z, classes=PERSON) for z in ZONES["vtest"].values()),
    "proximity, 1.5 m": (Proximity(others=PERSON),),
    "proximity, 2.5 m for 3 s": (Proximity(others=PERSON, metres=2.5, seconds=3),),
    "speed, above 5 km/h": (Speed(kmh=5, classes=PERSON),),
    "speed, above 6 km/h": (Speed(kmh=6, classes=PERSON),),
    "running": (Running(),),
    "density, 7 for 3 s": (Density(people=7),),
    "fall": (Fall(),),
}


def beside_labels(bench: Bench) -> dict[str, Any]:
    """Precision and recall of each rule, matched one by one in time and place."""
    ground = vtest_ground()
    truth, mine = (replace(s, ground=ground) for s in (labelled("vtest"), bench.clip("vtest")))
    out: dict[str, Any] = {}
    for name, rules in RULES.items():
        true = found = both = 0
        for rule in rules:
            real, got = (list(_marks(rule.run(s))) for s in (truth, mine))
            true, found, both = true + len(real), found + len(got), both + len(matched(got, real, SLACK))
        out[name] = {
            "true": true,
            "found": found,
            "recall": _share(both, true),
            "precision": _share(both, found),
        }
        print(name, out[name], file=sys.stderr, flush=True)
    return out


def taken(bench: Bench) -> dict[str, Any]:
    """``aboda`` played backwards, by the default rules: the bag is there, and a man takes it."""
    clip = json.loads((footage() / "labels/events_public.json").read_text())["clips"][0]
    label, rate = clip["events"][0], clip["fps"]
    frames = list(_frames(footage() / CLIPS["aboda"]))
    video = _written(bench.work, "aboda-backwards", "aboda", iter(frames[::-1]))
    gone = (len(frames) - 1 - label["put_down"]) / rate
    events = run(defaults(), bench.scene(video)).events
    return {"taken": round(gone, 1), "label": label["box"], "events": [_said(e) for e in events]}


def stopped(bench: Bench) -> dict[str, Any]:
    """Alarms of a stopped vehicle where vehicles only pass."""
    rule, rows = StoppedVehicle(seconds=10, classes=VEHICLES), {}
    for name in MIXED:
        scene = bench.clip(name)
        rows[name] = {"seconds": round(scene.seconds, 1), "events": [_said(e) for e in rule.run(scene)]}
    return rows


def _marks(events: Any) -> Iterator[Mark]:
    one: Event
    for one in events:
        yield Mark(one.rule, "", one.start, one.end, one.box)


PARTS = {"labels": beside_labels, "taken": taken, "stopped": stopped}


if __name__ == "__main__":
    run_parts("event_tracks", __doc__, PARTS)
