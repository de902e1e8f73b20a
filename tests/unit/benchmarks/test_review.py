"""A head that stayed uncovered is named by a doubtful moment of its own track, or of nobody, near it."""

import pytest

from benchmarks.review import named
from synopticon.evidence.risk import Reason, Risk
from tests.unit.vision.test_masks import walker

BARE = Risk(Reason.BARE, 4.0, 4.2, 4.1)
OWN = Risk(Reason.JUMP, 1.5, 1.5, 1.5, "a")


@pytest.mark.parametrize(
    ("time", "middle", "hit"),
    [(1.5, 130.0, True), (1.9, 130.0, True), (2.1, 130.0, False), (1.5, 20.0, False), (3.6, 20.0, True)],
)
def test_what_is_named(time, middle, hit):
    assert named([OWN, BARE], {"a": walker()}, time, middle) is hit
