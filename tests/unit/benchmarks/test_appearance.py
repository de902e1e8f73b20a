"""The measuring of colours: what counts as found, which track a label has, how pictures are altered."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import appearance
from benchmarks.appearance import ALTERED, Item, Row
from synopticon.values.track import Track
from synopticon.values.traits import COLOURS
from synopticon.vision.colour import from_yuv
from tests.unit.vision.dressed import levels


def row(accepted, *found, name="a/1"):
    """A label, and names found with falling shares."""
    shares = np.zeros(len(COLOURS))
    for k, colour in enumerate(found):
        shares[COLOURS.index(colour)] = 200 / 2**k
    return Row(Item("a", name, {"upper": accepted}), "upper", accepted, shares)


def test_any_of_several_words_is_right():
    found = row(("black", "brown"), "grey", "brown", "black")
    assert not found.right(1)
    assert found.right(2)
    assert row(("black",)).best == []
    assert not row(("black",)).right(2)


def test_average_precision_of_a_search():
    rows = [row(("red",), "red"), row(("blue",), "blue", "red"), row(("red",), "black", "white", "red")]
    assert appearance.precision(rows, "red") == pytest.approx((1 + 2 / 3) / 2)
    assert appearance.precision(rows, "blue") == 1


def test_what_may_be_called_so_is_neither_owed_nor_wrong():
    rows = [row(("red",), "red"), row(("red", "blue"), "black"), row(("blue",), "blue", "red")]
    assert appearance.precision(rows, "red") == 1
    assert appearance.precision(rows, "red", strict=True) < 1
    assert appearance.words(rows) == ["red", "blue"]
    assert appearance.mean_precision(rows) == appearance.mean_precision_by_use(rows) == 1


def test_the_interval_holds_the_figure():
    rows = [row(("red",), "red" if k % 4 else "blue", name=f"a/{k}") for k in range(40)]
    low, high = appearance.interval(rows, lambda r: appearance.share_right(r, 1))
    assert low < 0.75 < high
    assert low > 0.5


def test_the_confusion_table_counts_what_is_allowed_as_right():
    table = appearance.confusion([row(("black", "brown"), "brown"), row(("blue",)), row(("blue",), "black")])
    lines = [line.split() for line in table.splitlines()]
    assert lines[0] == ["labelled", "black", "brown", "?"]
    assert ["brown", ".", "1", "."] in lines
    assert ["blue", "1", ".", "1"] in lines


@pytest.mark.parametrize("name", ALTERED)
def test_pictures_are_altered_in_red_green_and_blue(name):
    rgb = np.array([[0.5, 0.4, 0.3]])
    y, u, v = (np.full((2, 2), round(p), np.uint8) for p in levels(rgb)[0])
    y, u, v = appearance.alter(y, u[:1, :1], v[:1, :1], ALTERED[name])
    seen = from_yuv(np.array([[y[0, 0], u[0, 0], v[0, 0]]], np.float32))[0]
    assert seen == pytest.approx(rgb[0] * ALTERED[name], abs=0.02)


def track(first, last, step, name):
    n = round((last - first) * 10)
    boxes = np.array([100, 100, 140, 200], np.float32) + np.outer(np.arange(n), np.tile(step, 2)).astype(
        np.float32
    )
    times = first + np.arange(n) / 10
    return Track(name, "object", 1.0, np.zeros(n, np.int32), np.arange(n), times, boxes, np.ones(n, np.bool_))


def test_of_two_at_a_time_the_way_that_they_go_decides(monkeypatch):
    """Without boxes in the labels: one car goes up while another comes down."""
    labels = {"car/2": (14.6, 18.2, -90.0), "car/3": (15.2, 18.9, 90.0)}
    things = [Item("car-detection", n, {"body": ("red",)}, way) for n, (_, _, way) in labels.items()]
    spans = [type("Span", (), {"name": n, "start": a, "end": b}) for n, (a, b, _) in labels.items()]
    monkeypatch.setattr(appearance, "items", lambda clip: things)
    monkeypatch.setattr(appearance.completeness, "clip", lambda name: type("Clip", (), {"objects": spans}))
    tracks = [track(16, 18.5, (0, -5), "up"), track(15, 18, (0, 5), "down")]
    found = {i.name: i.track for i in appearance.paired("car-detection", tracks)}
    assert found == {"car/2": "down", "car/3": "up"}
    found = {i.name: i.track for i in appearance.paired("car-detection", tracks[1:])}
    assert found == {"car/2": "down", "car/3": ""}


def test_directions_are_right_within_half_a_quarter():
    class Traits:
        ids = np.array([b"a", b"b", b"c"])
        heading = np.array([170.0, 120.0, np.nan])

    base = Item("vtest", "vtest/1", {}, -170.0)
    items = [replace(base, track="a"), replace(base, name="b", track="b"), replace(base, name="c", track="c")]
    assert [ok for _, ok in appearance.directions([*items, replace(base, track="")], Traits)] == [
        True, False, False
    ]  # fmt: skip
