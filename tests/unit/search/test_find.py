"""From a question to its hits: the best of all, with reasons, counts and grades."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synopticon.errors import UsageError
from synopticon.search.find import find, tracks_of
from synopticon.search.hits import CERTAIN, LIKELY, Best
from synopticon.search.match import match
from synopticon.search.plates import asked, found
from synopticon.search.query import parse
from synopticon.search.reason import _SAYS
from synopticon.search.rows import World
from synopticon.search.unusual import FEWEST, usual
from synopticon.values.ground import of_points
from synopticon.values.plate import LONGEST
from tests.tracks_made import made

WORLD = World({"gate": "cam-1"})
GROUND = of_points(((0, 0), (1, 0), (1, 1), (0, 1)), ((0, 0), (20, 0), (20, 10), (0, 10)))


def people(*reds, **more):
    return made(
        *({"id": f"t{k:03}", "upper": {"red": red, "black": 1 - red}} for k, red in enumerate(reds)), **more
    )


def test_the_surest_come_first_over_all_views_and_all_are_counted():
    views = [people(0.3, 0.9, 0.5), people(0.95, 0.1, 0.6)]
    found = find(parse("upper:red limit:3"), lambda: views, WORLD)
    assert [round(h.score, 2) for h in found.hits] == [0.95, 0.9, 0.6]
    assert (found.total, found.looked_at) == (5, 6)
    assert sum(found.grades.values()) == 5
    assert [h.grade for h in found.hits] == ["certain", "certain", "likely"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=20), min_size=1, max_size=4), st.integers(0, 9)
)
def test_ranking_agrees_with_sorting_everything(parts, limit):
    views = [people(*reds) for reds in parts]
    query = parse("upper:red")
    everything = sorted(-round(float(s), 4) for v in views for s in match(query, v, WORLD).score if s > 0)
    found = find(parse(f"upper:red limit:{limit}") if limit else query, lambda: views, WORLD)
    assert [-h.score for h in found.hits] == everything[: limit or 50]
    assert found.total == len(everything)


def test_a_threshold_is_the_users():
    found = find(parse("upper:red sure:>80%"), lambda: [people(0.3, 0.9, 0.5)], WORLD)
    assert [h.track for h in found.hits] == ["t001"]
    assert found.total == 1


def test_orders():
    rows = made(
        {"id": "b", "start": "2026-11-20T18:00:00+01:00", "dwell": 5.0, "speed": 0.3, "size": (0.1, 0.2)},
        {"id": "a", "start": "2026-11-20T17:00:00+01:00", "dwell": 9.0, "speed": 0.1, "size": (0.1, 0.1)},
        {"id": "c", "start": "2026-11-20T19:00:00+01:00", "dwell": 1.0, "speed": 0.9, "size": (0.1, 0.9)},
    )
    for order, ids in (("time", "abc"), ("dwell", "abc"), ("speed", "cba"), ("size", "cba")):
        found = find(parse(f"person sort:{order}"), lambda: [rows], WORLD)
        assert "".join(h.track for h in found.hits) == ids


def test_each_term_has_its_reason_with_what_was_measured():
    rows = made({"upper": {"red": 0.8, "blue": 0.2}, "heading": 170.0, "start": "2026-11-20T18:03:00+01:00"})
    (hit,) = find(parse("person upper:red going:left from:18:00"), lambda: [rows], WORLD).hits
    said = {r.term: r.says for r in hit.reason}
    assert list(said) == ["person", "upper:red", "going:left", "from:18:00"]
    assert "red 80 %" in said["upper:red"]
    assert "170 degrees" in said["going:left"]
    assert "18:03:00" in said["from:18:00"]
    assert hit.start.isoformat() == "2026-11-20T18:03:00+01:00"
    assert hit.grade == "certain"
    assert hit.score >= CERTAIN > LIKELY


SAYING = (
    "person", "upper:red", "lower:red", "body:red", "colour:red", "camera:gate", "from:01:00 to:23:00",
    "on:2026-11-20", "in:bay", "cross:door", "path:0.1,0.5>0.9,0.5", "near:1m of person", "going:right",
    "speed:>0%/s", "speed:>1km/h", "size:>1%", "dwell:>0s", "stopped:>0s", "with:bag", "is:new", "tag:seen",
    "track:t000", "sure:>1%", "plate:AB123CD", "event:left-object",
)  # fmt: skip


PLATES = found(
    asked("AB123CD"), np.array([b"t000"], "S48"),
    np.frombuffer(b"AB123CD".ljust(LONGEST, b"\0"), np.uint8)[None], np.full((1, LONGEST), 200, np.uint8),
    ("foot-1",),
)  # fmt: skip


@pytest.mark.parametrize("text", SAYING)
def test_every_term_can_be_told_after_its_rows_are_gone(text):
    rows, query = [people(0.3), people(0.9, 0.5)], parse(text)
    assert {t.field for t in query.terms} <= set(_SAYS)
    best = Best(query, replace(WORLD, planes={"cam-1": GROUND}, plates={"AB123CD": PLATES}), 2)
    for view in rows:
        every = np.arange(len(view))
        best.add(view, every, every.astype(float), np.ones(len(view), np.float32), None)
    hits = best.hits()
    assert hits.tracks == [h.track for h in hits[:]] == ["t000", "t000"]
    assert all(len(h.reason) == len(query.terms) and all(r.says for r in h.reason) for h in hits)


def test_all_that_can_be_asked_is_among_them():
    assert {t.field for text in SAYING for t in parse(text).terms} == set(_SAYS)


def test_plates_that_were_not_searched_are_no_answer():
    with pytest.raises(UsageError, match="synopticon search"):
        find(parse("plate:AB123CD"), lambda: [people(0.5)], WORLD)


def test_a_zone_that_no_camera_has_is_named_with_those_there_are():
    with pytest.raises(UsageError, match=r"no camera has a zone called 'bay' .*zones draw"):
        find(parse("in:bay"), lambda: [people(0.5)], WORLD)
    with pytest.raises(UsageError, match="--like"):
        find(parse("person sort:similar"), lambda: [people(0.5)], WORLD)


def test_the_tracks_of_a_question_are_those_of_its_hits():
    views = [people(0.3, 0.9, 0.1)]
    assert tracks_of(parse("upper:red"), lambda: views, WORLD) == {"foot-1": ["t000", "t001"]}
    assert tracks_of(parse("upper:red limit:1"), lambda: views, WORLD) == {"foot-1": ["t001"]}


def ordinary(n, **odd):
    usual_one = {"start": "2026-11-20T10:00:00+01:00", "heading": 0.0, "speed": 0.1, "dwell": 10.0}
    return made(*[usual_one] * n, {**usual_one, "id": "odd", **odd})


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"start": "2026-11-20T03:00:00+01:00"}, "hour"), ({"heading": 180.0}, "direction"),
        ({"speed": 0.9}, "speed"), ({"dwell": 600.0}, "dwell"), ({"way": ((0.1, 0.95), (0.9, 0.95))}, "path"),
    ],
)  # fmt: skip
def test_the_unusual_comes_first_with_what_is_rare_about_it(odd, why):
    found = find(parse("person sort:unusual limit:2"), lambda: [ordinary(60, **odd)], WORLD)
    assert found.hits[0].track == "odd"
    assert found.hits[0].reason[-1].says.endswith(f": {why}")
    assert "98." in found.hits[0].reason[-1].says


def test_nothing_is_rare_among_few():
    rows = ordinary(FEWEST - 2, heading=180.0)
    assert not usual([rows]).rarity(rows)[0].any()


def test_rarity_is_the_share_of_tracks_in_bins_as_empty():
    rows = made(*[{"heading": 0.0}] * 90, *[{"heading": 180.0}] * 10)
    rare, _ = usual([rows]).rarity(rows)
    np.testing.assert_allclose(np.unique(rare.round(4)), [0.0, 0.9])
