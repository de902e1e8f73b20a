"""Shared blobs are taken apart, pieces of one body put together, and nothing else is touched."""

import numpy as np
import pytest

from synopticon.values.detection import CLASS_INDEX
from synopticon.vision.geometry import paired_iou
from synopticon.vision.live import Items, LinkSettings, begun
from synopticon.vision.observations import LOOK
from synopticon.vision.parts import PartSettings, _Pass, apart, fit
from synopticon.vision.track import build_tracks
from tests.unit.vision.seen import PICTURE, look_of, path, watch

RATE = 12


def blobs_of(frames):
    """Items, foreground pixels and times from a list of frames, each a list of (box, look)."""
    rows = [(n, box, look) for n, frame in enumerate(frames) for box, look in frame]
    boxes = np.array([r[1] for r in rows], np.float32).reshape(-1, 4)
    looks = np.array([r[2] for r in rows], np.uint8).reshape(-1, LOOK)
    count = len(rows)
    items = Items(
        np.array([r[0] for r in rows], np.int32),
        boxes,
        np.full(count, 0.8, np.float32),
        np.full(count, CLASS_INDEX["object"], np.int16),
        looks,
    )
    pixels = np.array([0.6 * (b[2] - b[0]) * (b[3] - b[1]) for b in boxes], np.float32)
    return items, pixels, np.arange(len(frames)) / RATE


def merged(walkers, seconds):
    """Walkers as motion sees them: boxes that touch are one blob, its look that of none."""
    frames = []
    for k in range(round(seconds * RATE)):
        groups = []
        for number, walker in enumerate(walkers):
            if (box := walker(k / RATE)) is None:
                continue
            touching = [g for g in groups if any(_touch(box, other) for _, other in g)]
            groups = [g for g in groups if g not in touching] + [
                [(number, box), *(m for g in touching for m in g)]
            ]
        frames.append([_as_one(g) for g in groups])
    return frames


def _touch(a, b):
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _as_one(group):
    boxes = np.array([box for _, box in group])
    look = look_of(group[0][0]) if len(group) == 1 else np.full(LOOK, 128, np.uint8)
    return (*boxes[:, :2].min(0), *boxes[:, 2:].max(0)), look


def parted(frames):
    items, pixels, times = blobs_of(frames)
    made, rows = apart(items, pixels, times, LinkSettings())
    return items, made, rows


def boxes_at(items, frame):
    return items.boxes[items.frame == frame]


# One comes from the left, one from the right; they stop beside each other and go back.
def _visit(side, stop=20.0, stay=(2.0, 4.0)):
    def at(time):
        before, after = max(stay[0] - time, 0.0), max(time - stay[1], 0.0)
        middle = 300 + side * (stop / 2 + 60 * (before + after))
        return middle - 12, 200 + side, middle + 12, 260 + side

    return at


def test_who_met_in_one_blob_is_two_boxes_in_it():
    walkers = [_visit(-1), _visit(1)]
    frames = merged(walkers, 6.0)
    _, made, rows = parted(frames)
    alone = [len(f) for f in frames]
    assert min(alone) == 1  # they do share a blob
    assert [int((made.frame == k).sum()) for k in range(len(frames))] == [2] * len(frames)
    for k in range(len(frames)):
        real = np.array([w(k / RATE) for w in walkers], np.float32)
        found = boxes_at(made, k)
        assert paired_iou(real, found[np.argsort(found[:, 0])]).min() > 0.7
    assert (np.bincount(rows)[rows] > 1).sum() == 2 * alone.count(1)


def test_what_is_known_only_afterwards_parts_the_blob_too():
    walkers = [path((60, 200), (40, 0)), path((64, 204), (50, 0))]
    frames = merged(walkers, 4.0)
    assert len(frames[0]) == 1
    assert len(frames[-1]) == 2
    _, made, _ = parted(frames)
    assert [int((made.frame == k).sum()) for k in range(3, len(frames))] == [2] * (len(frames) - 3)


def test_blobs_of_one_each_stay_as_they_are():
    items, made, rows = parted(merged([path((60, 100), (40, 0)), path((60, 300), (40, 0))], 4.0))
    assert np.array_equal(made.boxes, items.boxes)
    assert np.array_equal(made.looks, items.looks)
    assert np.array_equal(rows, np.arange(len(items)))


def test_nothing_comes_of_nothing():
    items, made, rows = parted([[], []])
    assert len(made) == len(rows) == len(items) == 0


def test_a_body_behind_a_sign_is_one_box_though_its_pieces_are_two():
    """The sign hides the middle of somebody for three seconds: head and feet are blobs of their own."""
    walker = path((60, 200), (40, 0), size=(24, 80), end=9.0)

    def seen(time):
        x1, y1, x2, y2 = walker(min(time, 3.0) if time < 6 else time - 3)
        if not 3.0 <= time < 6.0:
            return [((x1, y1, x2, y2), look_of(0))]
        return [((x1, y1, x2, y1 + 20), look_of(1)), ((x1, y2 - 20, x2, y2), look_of(2))]

    frames = [seen(k / RATE) for k in range(9 * RATE)]
    _, made, _ = parted(frames)
    assert [int((made.frame == k).sum()) for k in range(len(frames))] == [1] * len(frames)
    hidden = boxes_at(made, 4 * RATE)
    assert paired_iou(hidden, np.array([walker(3.0)], np.float32)).min() > 0.8


def test_head_and_feet_of_one_body_never_make_it_two():
    """First seen in two pieces, then whole: no shared blob, because the pieces were never apart."""
    x = [100 + 3 * k for k in range(60)]
    pieces = [[((a, 200, a + 24, 220), look_of(1)), ((a, 250, a + 24, 280), look_of(2))] for a in x[:24]]
    whole = [[((a, 200, a + 24, 280), look_of(0))] for a in x[24:]]
    _, made, _ = parted(pieces + whole)
    assert [int((made.frame == k).sum()) for k in range(24, 60)] == [1] * 36


def test_more_foreground_than_the_parts_hold_is_left_whole():
    frames = merged([_visit(-1), _visit(1)], 6.0)
    items, pixels, times = blobs_of(frames)
    shared = np.bincount(items.frame)[items.frame] == 1
    pixels[shared] = 2.0 * np.prod(items.boxes[shared, 2:] - items.boxes[shared, :2], axis=1)
    made, _ = apart(items, pixels, times, LinkSettings())
    assert np.array_equal(made.boxes, items.boxes)


def test_each_edge_of_a_blob_is_that_of_the_outermost():
    boxes = np.array([(0, 0, 20, 60), (30, 10, 50, 70)], np.float32)
    moved = fit(boxes, np.array((5, 3, 60, 80), np.float32), np.zeros(2, np.bool_))
    assert moved.tolist() == [[5, 3, 25, 63], [40, 20, 60, 80]]


def test_a_mover_takes_what_those_who_stand_leave():
    boxes = np.array([(0, 0, 40, 20), (30, 10, 70, 40)], np.float32)
    moved = fit(boxes, np.array((0, 0, 120, 90), np.float32), np.array([True, False]))
    assert moved[0].tolist() == [0, 0, 40, 20]
    assert moved[1].tolist() == [30, 10, 120, 90]


@pytest.mark.parametrize("turned", [False, True])
def test_two_who_met_are_two_tracks_who_stay_themselves(turned):
    """Both turn back after they met, or both go on: their looks say which, not only their ways."""
    way = 1 if turned else -1

    def walker(side):
        def at(time):
            x = 300 + side * (60 * (2.5 - time) + 4 if time < 2.5 else way * 60 * (time - 2.5) + 4)
            return x - 12, 200 + 3 * side, x + 12, 260 + 3 * side

        return at

    frames = merged([walker(-1), walker(1)], 5.0)
    seen = watch([], 5.0, RATE)
    items, pixels, _ = blobs_of(frames)
    arrays = seen.arrays() | {
        "blob_frame": items.frame, "blob_boxes": items.boxes, "blob_areas": pixels, "blob_looks": items.looks
    }  # fmt: skip
    tracks, _ = build_tracks(type(seen).of(arrays), ["0" * 64], *PICTURE)
    assert len(tracks) == 2
    for track, side in zip(sorted(tracks, key=lambda t: float(t.boxes[0, 0])), (-1, 1), strict=True):
        real = np.array([walker(side)(t) for t in track.times], np.float32)
        assert (track.start, track.end) == (0.0, pytest.approx(59 / RATE))
        assert (paired_iou(track.boxes, real) > 0.3).mean() > 0.9


def test_a_new_track_inherits_nothing_from_one_that_is_gone():
    """Memory of a track that ended is used again: who was surely two must not depend on where that lies."""
    left, right = np.array([50, 100, 80, 180]), np.array([400, 100, 430, 180])
    items, pixels, times = blobs_of([[(box, look_of(k)) for k, box in enumerate((left, right))]] * 40)
    ours = _Pass(items, pixels, times, LinkSettings(), PartSettings())
    first, stays = (begun(items, k, 0.0) for k in (0, 1))
    for k in range(2, len(items)):
        (first, stays)[k % 2].items.append(k)
    assert ours._are_two(first, stays)
    del first
    assert not any(ours._are_two(begun(items, k, 0.0), stays) for k in range(2, len(items), 2))
