"""A review survives being written and read, and what a person drew is filled whatever else is masked."""

import json

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from synopticon.evidence.redact import filled
from synopticon.evidence.review import Added, Review
from synopticon.synopsis.door import FILL
from synopticon.values.frame import Frame
from synopticon.vision.masks import MaskSettings, kinds, plan_masks
from tests.unit.vision.test_masks import RATE, seen, walker

WIDE, HIGH, FRAMES = 160, 96, 50
texts = st.text(max_size=30)
hexes = st.text("0123456789abcdef", min_size=64, max_size=64)


@st.composite
def added(draw):
    start, end = sorted(draw(st.tuples(*[st.integers(0, 1000 * FRAMES // RATE)] * 2)))
    x1, y1 = draw(st.integers(0, WIDE - 1)), draw(st.integers(0, HIGH - 1))
    x2, y2 = draw(st.integers(x1 + 1, WIDE)), draw(st.integers(y1 + 1, HIGH))
    return Added(start / 1000, end / 1000, (float(x1), float(y1), float(x2), float(y2)))


reviews = st.builds(
    Review,
    footage=st.lists(hexes, max_size=3).map(tuple),
    mask=st.sampled_from(["heads", "heads,plates", "all", "faces"]),
    model=st.one_of(st.just(""), hexes),
    tracks=hexes,
    start=st.floats(0, 10, allow_nan=False),
    end=st.floats(10, 1e6, allow_nan=False),
    reviewer=texts.filter(str.strip),
    reason=texts,
    keep=st.lists(texts, unique=True, max_size=4).map(tuple),
    add=st.lists(added(), max_size=4).map(tuple),
)


@given(reviews)
def test_a_review_is_read_back_as_it_was_written(review):
    assert Review.read(json.dumps(review.plain()).encode()) == review


@settings(max_examples=60, deadline=None)
@given(
    st.lists(added(), min_size=1, max_size=4),
    st.sampled_from(["heads", "people", "all", "faces", "plates"]),
    st.booleans(),
)
def test_what_was_drawn_is_filled_in_every_frame_of_its_time(boxes, mask, keep):
    """Over somebody who is left clear, too; and nothing that was filled without it is open with it."""
    track = walker(left=20.0)
    frames = seen([([], [[60, 30, 70, 60]] if k % 7 == 0 else []) for k in range(FRAMES)])
    review = Review((), mask, "", "", 0.0, 5.0, "x", "", (), tuple(boxes))
    chosen, kept = MaskSettings(kinds(mask)), [track.id] if keep else []
    plan = plan_masks(frames, [track], chosen, kept, review.strands(1 / RATE))
    without = plan_masks(frames, [track], chosen, kept)
    bright = np.full((HIGH, WIDE), 200, np.uint8), np.full((HIGH // 2, WIDE // 2), 90, np.uint8)
    for k in range(FRAMES):
        time = k / RATE
        frame = Frame(0, k, time, bright[0], bright[1], bright[1])
        y, u, _ = filled(frame, plan.at(time))
        assert (y[filled(frame, without.at(time))[0] == FILL] == FILL).all()
        for one in boxes:
            if one.start <= time <= one.end:
                x1, y1, x2, y2 = (int(v) for v in one.box)
                assert (y[y1:y2, x1:x2] == FILL).all()
                assert (u[y1 // 2 : (y2 + 1) // 2, x1 // 2 : (x2 + 1) // 2] == 128).all()
    assert set(plan.bare.tolist()) <= set(without.bare.tolist())
