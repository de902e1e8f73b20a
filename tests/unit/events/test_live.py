from dataclasses import replace

from synopticon.events.catalogue import defaults
from synopticon.events.live import FORGET, Announcer
from synopticon.events.rules.dwell import Dwell
from synopticon.events.rules.line import LineCrossing
from synopticon.events.rules.zone import ZoneEntry
from synopticon.events.scene import Scene
from tests.unit.vision.test_rolling import track

SIZE = (640, 480)
LINE = ((0.5, 0.0), (0.5, 1.0))
ALL = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def scene(now, *tracks):
    seen = [t for t in tracks if t is not None]
    return Scene(*SIZE, now, seen)


def walked(now, name="a"):
    """Somebody who crosses the middle of the picture at second 15.5, as far as was seen."""
    return track(name, 2, min(now, 30)) if now > 2.5 else None


def told(announcer, moments, *makers):
    found = []
    for now in moments:
        fresh, _ = announcer.look(scene(now, *(make(now) for make in makers)))
        found += [(now, e) for e in fresh]
    return found


def test_an_event_is_announced_once_and_soon():
    found = told(Announcer([LineCrossing(line=LINE)]), [n * 0.5 for n in range(120)], walked)
    assert len(found) == 1
    now, event = found[0]
    assert 0 <= now - event.start < 1.0


def test_a_stay_is_announced_once_and_told_of_again_as_it_lasts():
    announcer = Announcer([Dwell(zone=ALL, seconds=10)])
    fresh, longer = [], []
    for n in range(80):
        now = n * 0.5
        a, b = announcer.look(scene(now, walked(now)))
        fresh, longer = fresh + a, longer + b
    assert len(fresh) == 1
    assert 2 <= len(longer) <= 5
    assert {e.start for e in longer} == {fresh[0].start}
    assert longer[-1].end > fresh[0].end + 10


def test_a_start_that_the_tracker_thinks_better_of_is_not_announced_again():
    rule = LineCrossing(line=LINE)
    announcer = Announcer([rule])
    (event,), _ = announcer.look(scene(20.0, walked(20.0)))
    shifted = track("a", 2, 20, x=4.0)
    assert announcer.look(scene(20.5, shifted)) == ([], [])
    (other,), _ = announcer.look(scene(21.0, walked(21.0), track("b", 2, 21, x=1.0)))
    assert other.tracks == ("b",)
    assert event.tracks == ("a",)


def test_twenty_rules_at_one_camera_each_announce_their_own():
    rules = [replace(ZoneEntry(zone=ALL), name=f"zone {n}") for n in range(10)]
    rules += [replace(LineCrossing(line=LINE), name=f"line {n}") for n in range(10)]
    found = told(Announcer(rules), [n * 0.7 for n in range(60)], walked)
    assert sorted(e.name for _, e in found) == sorted(r.name for r in rules)


def test_what_is_known_is_bounded():
    announcer = Announcer([ZoneEntry(zone=ALL)])
    for n in range(50):
        begin = n * FORGET / 4
        announcer.look(scene(begin + 10, track(f"t{n}", begin + 1, begin + 9, x=-20 * begin)))
    assert len(announcer._known) <= 6


def test_rules_that_cannot_be_looked_for_are_named():
    announcer = Announcer(defaults())
    announcer.look(Scene(*SIZE, 10.0, [], named=False))
    assert any("stopped-vehicle" in note for note in announcer.notes)
