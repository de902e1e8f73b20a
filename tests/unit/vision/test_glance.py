"""One look at an object: its clothes have their names in any light, its head is never looked at."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synopticon.values.footage import SourceFile
from synopticon.values.frame import Frame
from synopticon.values.traits import COLOURS
from synopticon.vision.cutter import Cutter, TubeSettings, cut_frame
from synopticon.vision.glance import LEAST, PLACES, SAMPLES, chosen, glance, places_of
from tests.unit.vision.dressed import (
    BOX,
    HEIGHT,
    PLAIN,
    WIDTH,
    background,
    colours_of,
    cut_of,
    dressed,
    look,
    street,
    track,
)

RED, BLACK, BLUE, GREEN, WHITE = (
    (0xC0, 0x20, 0x20), (0x18, 0x18, 0x18), (0x30, 0x50, 0xA0), (0x20, 0x80, 0x30), (0xE8, 0xE8, 0xE8)
)  # fmt: skip
LIGHTS = {"plain": PLAIN, "half": (0.5, 0.5, 0.5), "warm": (1.15, 1.0, 0.85), "cold": (0.85, 1.0, 1.15)}


def best(seen, place):
    return COLOURS[int(seen.shares[PLACES.index(place)].argmax())]


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize(
    ("upper", "lower", "said"),
    [(RED, BLACK, ("red", "black")), (BLACK, BLUE, ("black", "blue")), (WHITE, GREEN, ("white", "green"))],
)
def test_clothes_have_their_names_in_any_light(light, upper, lower, said):
    seen = look(upper, lower, LIGHTS[light])
    assert (best(seen, "upper"), best(seen, "lower")) == said
    assert not seen.shares[PLACES.index("body")].any()


def test_a_jacket_may_reach_below_the_hips():
    """What is looked for under trousers lies below a coat that ends at three fifths."""
    picture, mask, who = dressed(RED, BLACK)
    x1, y1, x2, y2 = BOX
    picture.rgb[y1 + round(0.52 * (y2 - y1)) : y1 + round(0.6 * (y2 - y1)), x1:x2] = RED
    seen = glance(who, 0, cut_of(picture, mask, who), colours_of(background(street())))
    assert best(seen, "lower") == "black"
    assert seen.shares[PLACES.index("lower"), COLOURS.index("red")] < 0.01


def test_ground_that_the_mask_took_along_counts_little():
    """Asphalt in the sun and in a shadow around black trousers."""
    picture, mask, who = dressed(RED, BLACK)
    mask[60:110, 40:60] = mask[60:110, 90:110] = True
    picture.rgb[60:100, 40:60] = np.array(street().rgb[60, 0]) * 0.75  # a shadow
    seen = glance(who, 0, cut_of(picture, mask, who), colours_of(background(street())))
    lower = seen.shares[PLACES.index("lower")]
    assert best(seen, "lower") == "black"
    assert lower[COLOURS.index("grey")] < 3 * LEAST


def test_grey_clothes_on_a_grey_street_are_grey():
    seen = look(street().rgb[60, 0], BLACK)
    assert best(seen, "upper") == "grey"


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["person", "object", "bicycle"]))
def test_the_head_is_never_looked_at(seed, label):
    """Whatever is in the place of the head, the same is seen."""
    picture, mask, _ = dressed(RED, BLACK)
    who = track(BOX, label=label)
    scene = colours_of(background(street()))
    other, _, _ = dressed(RED, BLACK)
    zone = cut_of(picture, mask, who).hidden > 0
    assert zone[BOX[1] : BOX[1] + 19, BOX[0] : BOX[2]].all()
    rng = np.random.default_rng(seed)
    other.rgb[zone] = rng.integers(0, 256, (int(zone.sum()), 3))
    a, b = (glance(who, 0, cut_of(p, mask, who), scene) for p in (picture, other))
    assert (a.shares == b.shares).all()
    assert (a.pixels == b.pixels).all()
    assert a.chroma == b.chroma


@settings(max_examples=40)
@given(
    st.sampled_from(["person", "car", "object", "bag", "animal", "bicycle"]),
    st.tuples(st.integers(0, 120), st.integers(0, 80), st.integers(2, 40), st.integers(2, 40)),
    st.integers(0, 2**32 - 1),
)
def test_shares_sum_to_one_or_are_none(label, place, seed):
    x, y, w, h = place
    mask = np.zeros((HEIGHT, WIDTH), np.bool_)
    mask[y : y + h, x : x + w] = True
    picture = street()
    picture.rgb[mask] = np.random.default_rng(seed).integers(0, 256, (int(mask.sum()), 3))
    who = track((x, y, x + w, y + h), label=label)
    seen = glance(who, 0, cut_of(picture, mask, who), colours_of(background(street())))
    for i, name in enumerate(PLACES):
        assert seen.shares[i].sum() == pytest.approx(1.0 if seen.worth[i] > 0 else 0.0, abs=1e-4)
        assert (seen.worth[i] > 0) == (seen.pixels[i] > 0)
        assert name in places_of(label) or not seen.pixels[i]


def test_what_is_cut_off_or_not_seen_counts_less():
    picture, mask, who = dressed(RED, BLACK)
    scene, cut = colours_of(background(street())), cut_of(picture, mask, who)
    plain = glance(who, 0, cut, scene).worth[0]
    unseen = glance(track(BOX, observed=False), 0, cut, scene).worth[0]
    wide = glance(track((30, 10, 120, 110)), 0, cut, scene).worth[0]
    at_the_border = glance(track((60, 0, 90, 110)), 0, cut, scene).worth[0]
    assert max(unseen, wide, at_the_border) < 0.5 * plain


def test_the_samples_are_the_best_of_equal_stretches():
    boxes = track((0, 30, 20, 90), n=100, step=(1.4, 0.0))  # comes in at the left border
    picked = chosen(boxes, (WIDTH, HEIGHT))
    assert len(picked) == SAMPLES
    assert (np.diff(picked) > 0).all()
    assert picked[0] >= 2  # the first two are cut off by the border
    assert chosen(track(BOX, n=3), (WIDTH, HEIGHT)).tolist() == [0, 1, 2]


def test_the_outline_is_looked_at_where_nothing_cuts_it_off():
    picture, mask, _ = dressed(RED, BLACK)
    scene = colours_of(background(street()))
    thing = track(BOX, label="object")
    assert glance(thing, 0, cut_of(picture, mask, thing), scene).outline[:2] == pytest.approx(
        (1, 1), abs=0.02
    )
    foreign = np.zeros((HEIGHT, WIDTH), np.uint8)
    foreign[30:60, 60:90] = 255
    for who, others in (
        (track(BOX), None),
        (track((0, 10, 90, 110), label="object"), None),
        (thing, foreign),
    ):
        assert np.isnan(glance(who, 0, cut_of(picture, mask, who, foreign=others), scene).outline).all()


@pytest.mark.parametrize("light", LIGHTS)
def test_clothes_have_their_names_as_they_are_cut_from_a_frame(light):
    picture, _, _ = dressed(RED, BLUE, LIGHTS[light])
    who = track(BOX)
    cutter = Cutter(who, 0, 1, TubeSettings())
    file = SourceFile(Path("a.mp4"), 1, "aa", width=WIDTH, height=HEIGHT)
    cut_frame(Frame(0, 0, 0.0, *picture.planes()), background(street(LIGHTS[light])), [(cutter, 0)], file)
    (seen,) = cutter.glances
    assert (best(seen, "upper"), best(seen, "lower")) == ("red", "blue")


def test_the_colour_of_a_vehicle_is_that_of_all_of_it_though_its_plate_is_hidden():
    """Its roof is black: had the lower part not been looked at, so would the car be."""
    picture, _, _ = dressed(BLACK, RED, head=BLACK, box=(30, 50, 110, 110))
    car = track((30, 50, 110, 110), label="car")
    cutter = Cutter(car, 0, 1, TubeSettings())
    file = SourceFile(Path("a.mp4"), 1, "aa", width=WIDTH, height=HEIGHT)
    cut_frame(Frame(0, 0, 0.0, *picture.planes()), background(street()), [(cutter, 0)], file)
    (rolled,) = cutter.finish()
    assert rolled.clear
    (seen,) = cutter.glances
    assert seen.shares[PLACES.index("body"), COLOURS.index("red")] > 0.35


def test_without_a_file_no_colours_are_counted():
    picture, _, _ = dressed(RED, BLUE)
    cutter = Cutter(track(BOX), 0, 1, TubeSettings())
    cut_frame(Frame(0, 0, 0.0, *picture.planes()), background(street()), [(cutter, 0)])
    assert cutter.glances == []
