import numpy as np

from synopticon.synopsis.background import ScenePath
from synopticon.synopsis.match import Matcher
from synopticon.values.scene import Bank
from tests.street import background

DARK, LIGHT = 60, 160
BANK = Bank(
    tuple(background(np.full((96, 128), level, np.uint8), i, i + 1) for i, level in enumerate((DARK, LIGHT)))
)
N = 20
BOX = np.tile(np.array([40, 30, 60, 70], np.float32), (N, 1))


def path(first: int, second: int = 0, share: float = 0.0) -> ScenePath:
    full = np.full(N, first, np.int32)
    return ScenePath(full, np.full(N, second, np.int32), np.full(N, share, np.float32))


def test_nothing_changes_on_its_own_ground() -> None:
    assert Matcher(BANK, path(0), 10.0).shift(0, np.zeros(N, np.int64), BOX) is None


def test_a_dark_object_is_lifted_on_light_ground() -> None:
    shift = Matcher(BANK, path(1), 10.0).shift(0, np.zeros(N, np.int64), BOX)
    assert shift is not None
    luts = shift.luts(3, 16)
    assert 110 < luts[0, DARK] <= LIGHT
    assert luts[0, 16] == 16
    assert (np.diff(luts[0].astype(int)) >= 0).all()


def test_and_back() -> None:
    shift = Matcher(BANK, path(0), 10.0).shift(0, np.ones(N, np.int64), BOX)
    assert shift is not None
    assert DARK <= shift.luts(0, 16)[0, LIGHT] < 100


def test_half_way_through_a_change_of_ground() -> None:
    whole = Matcher(BANK, path(1), 10.0).shift(0, np.zeros(N, np.int64), BOX)
    half = Matcher(BANK, path(0, 1, 0.5), 10.0).shift(0, np.zeros(N, np.int64), BOX)
    assert whole is not None
    assert half is not None
    assert 1 < half.gain[0] < whole.gain[0]


def test_an_object_as_large_as_the_picture() -> None:
    boxes = np.tile(np.array([0, 0, 128, 96], np.float32), (N, 1))
    shift = Matcher(BANK, path(1), 10.0).shift(0, np.zeros(N, np.int64), boxes)
    assert shift is not None
    assert np.isfinite(shift.gain).all()
    assert (shift.gain > 1).all()


def test_colour_follows_too() -> None:
    warm = background(np.full((96, 128), DARK, np.uint8), 1, 2)
    warm.v[:] = 150
    shift = Matcher(Bank((BANK.scenes[0], warm)), path(1), 10.0).shift(0, np.zeros(N, np.int64), BOX)
    assert shift is not None
    assert shift.luts(0, 16)[2, 128] > 140
    assert shift.luts(0, 16)[1, 128] == 128
