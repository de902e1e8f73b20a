"""What holds for any observations: nothing is owned twice, times grow, and the same gives the same."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from synopticon.values.detection import CLASSES
from synopticon.vision.associate import Items, link
from synopticon.vision.observations import LOOK, Observations, ObservationsBuilder
from synopticon.vision.pipeline import split_episodes
from synopticon.vision.stitch import Piece, group_of, stitch
from synopticon.vision.track import build_tracks

WIDTH, HEIGHT = 320, 240
DIGESTS = ["a" * 64, "b" * 64]


@st.composite
def observations(draw, most=40):
    """Anything that a watcher could have seen: boxes that wander, vanish, double and lie at the edge."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    frames = draw(st.sampled_from([0, 1, 3, most // 2, most]))
    steps = draw(st.sampled_from([(0.08,), (0.04, 0.12), (0.08, 0.08, 1.5), (0.08, 0.08, 0.08, 9.0)]))
    things = [_thing(random) for _ in range(draw(st.sampled_from([0, 1, 2, 4])))]
    builder, time = ObservationsBuilder(), 0.0
    for k in range(frames):
        time += steps[k % len(steps)]
        builder.add_frame(int(k > frames // 2), 1000 + k, time, watched=True, looked=True)
        boxes = _boxes(things, k, random)
        n = len(boxes)
        looks = random.integers(0, 255, (n, LOOK), np.uint8)
        classes = random.integers(0, len(CLASSES), n).astype(np.int16)
        builder.add_detections(
            boxes, random.random(n).astype(np.float32), classes, random.random(n).astype(np.float32), looks
        )
        some = random.random(n) < 0.8
        areas = random.uniform(0.2, 1, n) * (boxes[:, 2:] - boxes[:, :2]).prod(1)
        builder.add_blobs(boxes[some], areas[some].astype(np.float32), looks[some])
    return builder.build()


def _thing(random):
    return random.uniform(0, 280, 2), random.normal(0, 4, 2), random.uniform(3, 90, 2)


def _boxes(things, k, random):
    rows = []
    for place, speed, size in things:
        for _ in range(random.choice([0, 1, 1, 1, 2])):
            low = place + speed * k + random.normal(0, 1, 2)
            rows.append([*low, *(low + size)])
    limit = np.array([WIDTH, HEIGHT] * 2)
    boxes = np.clip(np.array(rows).reshape(-1, 4), 0, limit).astype(np.float32)
    return boxes[((boxes[:, 2:] - boxes[:, :2]) > 1).all(1)]


def items_of(seen):
    return Items(seen.det_frame, seen.det_boxes, seen.det_scores, seen.det_classes, seen.det_looks)


def piece_of(items, rows, times):
    group = group_of(items.classes[rows], items.scores[rows])
    return Piece(rows, times[items.frame[rows]], items.boxes[rows], items.looks[rows], group)


def same(a, b):
    return all(np.array_equal(x, b.arrays()[name]) for name, x in a.arrays().items())


@given(observations(), st.data())
def test_parting_and_joining_are_inverse(seen, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(seen)), max_size=4)))
    edges = [0, *cuts, len(seen)]
    parts = [seen.part(a, b) for a, b in pairwise(edges)]
    assert same(Observations.join(parts), seen)


@settings(deadline=None)
@given(observations())
def test_linking_uses_nothing_twice_and_keeps_the_order_of_time(seen):
    items = items_of(seen)
    tracklets = link(items, seen.time)
    used = [k for t in tracklets for k in t]
    assert len(used) == len(set(used))
    assert set(used) <= set(range(len(items)))
    for tracklet in tracklets:
        assert (np.diff(items.frame[tracklet]) > 0).all()
    assert link(items, seen.time) == tracklets


@settings(deadline=None)
@given(observations())
def test_stitching_gives_each_piece_to_exactly_one_chain(seen):
    items = items_of(seen)
    pieces = [piece_of(items, np.array(t), seen.time) for t in link(items, seen.time)]
    chains = stitch(pieces, WIDTH, HEIGHT)
    assert sorted(k for chain in chains for k in chain) == list(range(len(pieces)))
    for chain in chains:
        starts = [pieces[k].times[0] for k in chain]
        ends = [pieces[k].times[-1] for k in chain]
        assert starts == sorted(starts)
        assert ends == sorted(ends)


@settings(deadline=None, max_examples=60)
@given(observations())
def test_tracks_are_whole_and_lie_in_time_and_picture(seen):
    tracks, dropped = build_tracks(seen, DIGESTS, WIDTH, HEIGHT)
    assert len({t.id for t in tracks}) == len(tracks)
    frames = dict(
        zip(seen.time.tolist(), zip(seen.source.tolist(), seen.pts.tolist(), strict=True), strict=True)
    )
    for track in tracks:
        assert (np.diff(track.times) > 0).all()
        named = zip(track.times.tolist(), track.file.tolist(), track.pts.tolist(), strict=True)
        assert all(frames[time] == (file, pts) for time, file, pts in named)
        assert np.isfinite(track.boxes).all()
        assert (track.boxes >= 0).all()
        assert (track.boxes[:, 2:] <= (WIDTH, HEIGHT)).all()
        assert (track.boxes[:, 2:] >= track.boxes[:, :2]).all()
        assert track.label in CLASSES
        assert 0 <= track.score <= 1
        assert track.id.startswith(DIGESTS[track.file[0]][:12])
    for drop in dropped:
        assert drop.start <= drop.end


@settings(deadline=None, max_examples=30)
@given(observations())
def test_the_same_observations_give_the_same_tracks(seen):
    first, second = (build_tracks(seen, DIGESTS, WIDTH, HEIGHT) for _ in range(2))
    assert [t.id for t in first[0]] == [t.id for t in second[0]]
    assert all(np.array_equal(a.boxes, b.boxes) for a, b in zip(first[0], second[0], strict=True))
    assert first[1] == second[1]


@settings(deadline=None)
@given(observations(80), st.floats(0.5, 8.0), st.data())
def test_episodes_do_not_depend_on_how_the_observations_come(seen, pause, data):
    """All at once or in pieces: the same episodes, which hold all that was seen."""
    at_once, _ = split_episodes(seen, pause, np.inf)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(seen) - 1), max_size=5))) if len(seen) > 1 else []
    found, rest = [], seen.part(0, 0)
    for a, b in pairwise([0, *cuts]):
        # What comes next is later than this: so far the observations are complete.
        closed, rest = split_episodes(Observations.join([rest, seen.part(a, b)]), pause, seen.time[b - 1])
        found += closed
    last = seen.part(cuts[-1] if cuts else 0, len(seen))
    found += split_episodes(Observations.join([rest, last]), pause, np.inf)[0]
    assert len(found) == len(at_once)
    assert all(same(a, b) for a, b in zip(found, at_once, strict=True))
    assert sum(len(e.det_frame) for e in at_once) == len(seen.det_frame)
    for episode in at_once:
        assert (np.diff(episode.item_times()) <= pause).all()
