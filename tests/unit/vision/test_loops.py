"""The compiled loops do what the slower, plainer words for it do."""

import cv2
import numpy as np
import pytest

from synopticon.vision.loops import claimed, exceeding, ground_sums, outbid, paint, shaded_where, tallied


def noise(shape, low=0, high=256, seed=0):
    return np.random.default_rng(seed).integers(low, high, shape, dtype=np.uint8)


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (2, 3), (9, 14)])
def test_a_shadow_is_what_the_blurred_pictures_say(shape):
    then = tuple(noise(shape, 60, 200, s) for s in range(3))
    now = tuple((p * 0.8 + noise(shape, 0, 40, 5 + i)).astype(np.uint8) for i, p in enumerate(then))
    lowest, bounds = np.full(shape, 0.7, np.float32), np.array([0.985, 0.02, 12], np.float32)
    ratio, shaded = shaded_where(now, then, lowest, bounds)
    expected = (now[0].astype(np.float32) + 4) / (then[0].astype(np.float32) + 4)
    mean = cv2.blur(expected, (3, 3))
    rough = cv2.blur(expected**2, (3, 3)) - mean**2
    wanted = (mean > 0.7) & (mean < 0.985) & (rough < 0.02)
    for a, b in zip(now[1:], then[1:], strict=True):
        change = (a.astype(np.float32) - 128) - (b.astype(np.float32) - 128) * mean
        wanted &= np.abs(cv2.blur(change, (3, 3))) < 12
    assert np.allclose(ratio, expected)
    assert (shaded > 0).tolist() == wanted.tolist()


def test_a_claim_counts_the_mask_where_it_lies():
    near = np.full((6, 8), 200, np.uint8)
    mask = np.full((4, 4), 255, np.uint8)
    claim = claimed(near, 150, mask, (-2, 3, 1), 90)
    assert (claim == 240).nonzero()[0].tolist() == [3, 3, 4, 4, 5, 5]
    assert set(np.unique(claim)) == {150, 240}
    assert (claimed(near, 150, mask, (4, 4, 2), 90)[2:4, 2:4] == 240).all()
    assert (claimed(near, 150, np.zeros((0, 0), np.uint8), (0, 0, 1), 90) == 150).all()


def test_the_higher_claim_wins():
    foreign, mine = np.zeros((2, 3), np.uint8), np.full((2, 3), 100, np.int16)
    outbid(foreign, mine, np.array([[30, 40, 41], [0, 200, 100]], np.int16), 60)
    assert foreign.tolist() == [[0, 0, 255], [0, 255, 255]]


def test_thresholds_are_looked_up_by_level():
    weak, sure = np.arange(256, dtype=np.uint8), np.arange(256, dtype=np.uint8) + np.uint8(1)
    low, high = exceeding(np.full((1, 3), 10, np.uint8), np.array([[8, 9, 10]], np.uint8), weak, sure)
    assert low.tolist() == [[255, 255, 0]]
    assert high.tolist() == [[255, 0, 0]]


def test_labels_are_tallied():
    labels = np.array([[0, 1, 1], [2, 2, 2]], np.uint16)
    sure = np.array([[255, 255, 0], [255, 255, 0]], np.uint8)
    core = np.array([[255, 255, 255], [0, 255, 100]], np.uint8)
    assert tallied(labels, 3, sure, core)[1:].tolist() == [[2, 1, 2], [3, 1, 1]]


def test_the_ground_is_seen_only_at_the_rim_and_never_where_it_is_hidden():
    alpha, hidden = np.zeros((4, 4), np.uint8), np.zeros((4, 4), np.uint8)
    y, u, v = noise((4, 4)), noise((2, 2), seed=1), noise((2, 2), seed=2)
    assert not ground_sums(alpha, hidden, (y, u, v), 8, 60).any()
    alpha[0, 0] = alpha[3, 3] = 30
    hidden[2:, 2:] = 255
    assert ground_sums(alpha, hidden, (y, u, v), 8, 60).tolist() == [y[0, 0], u[0, 0], v[0, 0], 1, 1, 1]


def test_what_is_kept_is_painted_and_rows_that_are_not_there_are_left_out():
    picture = tuple(np.zeros(s, np.uint8) for s in ((6, 8), (3, 4), (3, 4)))
    seen = tuple(noise(s, 1) for s in ((4, 4), (2, 2), (2, 2)))
    keep = np.array([[0, 9, 0, 0], [0, 0, 0, 0], [255, 255, 0, 0], [0, 0, 0, 0]], np.uint8)
    paint(picture, seen, keep, 4, 2)
    assert np.argwhere(picture[0]).tolist() == [[4, 3]]
    assert picture[0][4, 3] == seen[0][0, 1]
    for plane, source in zip(picture[1:], seen[1:], strict=True):
        assert np.argwhere(plane).tolist() == [[2, 1]]
        assert plane[2, 1] == source[0, 0]
