"""What is sealed opens with its key, in its place, whole; and in no other way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synopticon.errors import StoreError
from synopticon.governance.keys import DataKey
from synopticon.store.place import Folder, Remote, place_of
from synopticon.store.sealed import BLOCK, MAGIC, OVERHEAD, SealedFiles, seal, unseal

KEY = DataKey.make()
LENGTHS = (0, 1, 100, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 7)


def pattern(length):
    return (bytes(range(251)) * (length // 251 + 1))[:length]


@pytest.mark.parametrize("length", LENGTHS)
def test_it_comes_back(length):
    data = pattern(length)
    sealed = seal(KEY, "a/b", data)
    assert unseal(KEY, "a/b", sealed) == data
    assert data[:64] not in sealed or length < 16
    assert seal(KEY, "a/b", data) != sealed


@pytest.mark.parametrize("place", ["folder", "memory"])
@pytest.mark.parametrize("length", LENGTHS)
def test_a_part_is_read_without_the_rest(tmp_path, place, length):
    where = Folder(tmp_path) if place == "folder" else Remote(f"memory://{tmp_path}")
    files = SealedFiles(where, KEY, "foot-1")
    data = pattern(length)
    files.write("x/y", data)
    for start in {0, 1, BLOCK - 1, BLOCK, length - 1, length} & set(range(length + 1)):
        for size in (0, 1, 50, BLOCK, length):
            assert files.read_at("x/y", start, size) == data[start : start + size]
    assert files.read("x/y") == data
    assert files.read("x/z") is None
    assert files.names("x") == ("y",)


def blocks(sealed):
    step = BLOCK + OVERHEAD
    body = sealed[len(MAGIC) :]
    return [body[n : n + step] for n in range(0, len(body), step)]


def test_blocks_that_were_moved_or_cut_off_do_not_open():
    a, b, c = blocks(seal(KEY, "n", pattern(3 * BLOCK)))
    for wrong in ((b, a, c), (a, b), (a, c), (a, b, c, c), (a,), ()):
        with pytest.raises(StoreError, match="damaged"):
            unseal(KEY, "n", MAGIC + b"".join(wrong))
    with pytest.raises(StoreError):
        unseal(KEY, "other", MAGIC + a + b + c)
    with pytest.raises(StoreError):
        unseal(DataKey.make(), "n", MAGIC + a + b + c)
    with pytest.raises(StoreError, match="no sealed file"):
        unseal(KEY, "n", b"plain")


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 7))
def test_a_changed_bit_is_found(at, bit):
    sealed = bytearray(seal(KEY, "n", pattern(500)))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(StoreError):
        unseal(KEY, "n", bytes(sealed))


@pytest.mark.parametrize("place", ["folder", "memory"])
def test_a_place_lists_sizes_and_removes(tmp_path, place):
    where = place_of(tmp_path / "p" if place == "folder" else f"memory://p{tmp_path}")
    assert where.names() == ()
    assert where.sizes() == {}
    where.write("a/b", b"12")
    where.below("a").write("c", b"345")
    assert where.names("a") == ("b", "c")
    assert where.sizes() == {"a/b": 2, "a/c": 3}
    assert (where.read("a/b"), where.read_at("a/c", 1, 5), where.size("a/c")) == (b"12", b"45", 3)
    assert where.remove("a") == 2
    assert where.remove("a") == 0
    assert where.sizes() == {}
    with pytest.raises(StoreError):
        where.read_at("a/b", 0, 1)
