"""Files that stay open between reads: the same bytes, few open at once, none left."""

import gc
import os

import pytest

from synopticon.errors import StoreError
from synopticon.store.place import Folder, Opened


@pytest.fixture
def folder(tmp_path):
    for n in range(5):
        (tmp_path / f"f{n}").write_bytes(bytes(range(n, n + 100)))
    return Folder(tmp_path)


def test_reads_are_the_same(folder):
    opened = folder.opened()
    for n in (0, 3, 0, 4):
        for at, length in ((0, 10), (95, 10), (200, 5)):
            assert opened.read_at(f"f{n}", at, length) == folder.read_at(f"f{n}", at, length)
    with pytest.raises(StoreError, match=r"f9: cannot be read"):
        opened.read_at("f9", 0, 1)


@pytest.mark.posix
def test_few_are_open_and_none_is_left(folder, monkeypatch):
    monkeypatch.setattr(Opened, "MOST", 3)
    opened, most = folder.opened(), 0
    for n in range(5):
        assert opened.read_at(f"f{n}", 0, 1) == bytes([n])
        most = max(most, len(opened._files))
    assert most == 3
    left = list(opened._files.values())
    assert [os.fstat(file).st_size for file in left] == [100] * len(left)
    del opened
    gc.collect()
    for file in left:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(file)
