"""Runs rules over a scene: all events in time order, and what could not be looked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from synopticon.events.event import Box, Event
from synopticon.events.rule import Rule
from synopticon.events.scene import Scene

SAME = 0.5  # share of the smaller box: of one rule at one time, it is one event
JOINED = ("left-object", "removed-object", "stopped-vehicle")  # of which one thing may have two tracks


@dataclass(frozen=True, slots=True)
class Found:
    """``events`` in the order of their starts; ``notes``: rules that could not be run, and why."""

    events: tuple[Event, ...]
    notes: tuple[str, ...]


def run(rules: Sequence[Rule], scene: Scene) -> Found:
    """All events of these rules. A rule that lacks what it needs is named in the notes, not passed over."""
    events: list[Event] = []
    notes: dict[str, None] = {}
    for rule in rules:
        lacks = rule.lacks(scene)
        if lacks:
            notes[f"{rule.name or rule.kind}: not looked for: {lacks}"] = None
            continue
        events += _once(e for e in rule.run(scene) if _in_hours(rule, scene, e))
    return Found(tuple(sorted(events, key=lambda e: (e.start, e.end, e.name, e.tracks))), tuple(notes))


def _in_hours(rule: Rule, scene: Scene, event: Event) -> bool:
    if rule.hours is None:
        return True
    utc = scene.utc(event.start)
    if utc is None:
        return False
    now = datetime.fromtimestamp(utc, UTC).astimezone(_zone(scene)).time()
    first, last = rule.hours
    return first <= now < last if first <= last else not (last <= now < first)


def _zone(scene: Scene) -> tzinfo:
    files = scene.footage.readable if scene.footage else ()
    try:
        return ZoneInfo(files[0].clock.zone) if files and files[0].clock.zone else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _once(events: Iterator[Event]) -> list[Event]:
    """One event for one thing: those of two tracks in one place at one time are the first of them."""
    kept: list[Event] = []
    for event in sorted(events, key=lambda e: (e.start, e.end)):
        same = next((k for k, e in enumerate(kept) if _same(e, event)), None)
        if same is None:
            kept.append(event)
        else:
            tracks = tuple(dict.fromkeys((*kept[same].tracks, *event.tracks)))
            kept[same] = replace(kept[same], end=max(kept[same].end, event.end), tracks=tracks)
    return kept


def _same(a: Event, b: Event) -> bool:
    if a.rule != b.rule:
        return False
    if a.rule.startswith("camera-"):
        return a.end >= b.start
    return a.rule in JOINED and a.end + 5.0 >= b.start and _shared(a.box, b.box) >= SAME


def _shared(a: Box, b: Box) -> float:
    """What two boxes share, as a share of the smaller."""
    low = np.maximum(a[:2], b[:2])
    high = np.minimum(np.add(a[:2], a[2:]), np.add(b[:2], b[2:]))
    return float(np.prod(np.maximum(high - low, 0))) / max(min(a[2] * a[3], b[2] * b[3]), 1e-9)
