"""The decode-ahead thread: bounded, in order, stopped cleanly however the reader leaves."""

import gc
import threading
import time

import pytest

from synopticon.footage.ahead import Ahead


def filling():
    return [t for t in threading.enumerate() if t.name == "synopticon-decode"]


@pytest.mark.parametrize("size", [1, 2, 7, 100])
def test_everything_comes_in_order(size):
    assert list(Ahead(iter(range(50)), size)) == list(range(50))
    assert list(Ahead(iter(()), size)) == []


@pytest.mark.parametrize("size", [2, 8])
def test_no_more_is_made_than_asked_for(size):
    made = []
    ahead = Ahead((made.append(i) or i for i in range(1000)), size)
    time.sleep(0.05)
    assert len(made) <= size // 2 + 1
    next(ahead)
    time.sleep(0.05)
    assert len(made) <= size + 2
    ahead.close()


def test_an_error_comes_where_it_happened():
    def items():
        yield from range(3)
        raise ValueError("here")

    ahead = Ahead(items(), 8)
    assert [next(ahead), next(ahead), next(ahead)] == [0, 1, 2]
    with pytest.raises(ValueError, match="here"):
        next(ahead)
    with pytest.raises(StopIteration):
        next(ahead)


def test_closing_early_closes_the_items_and_ends_the_thread():
    closed = threading.Event()

    def items():
        try:
            yield from range(10**9)
        finally:
            closed.set()

    ahead = Ahead(items(), 4)
    next(ahead)
    ahead.close()
    assert closed.is_set()
    assert not filling()
    ahead.close()
    assert list(ahead) == []


def test_forgetting_it_ends_the_thread():
    ahead = Ahead(iter(range(10**9)), 4)
    next(ahead)
    del ahead
    gc.collect()
    for _ in range(100):
        if not filling():
            return
        time.sleep(0.01)
    pytest.fail("the thread goes on")
