import hashlib

import pytest

from synopticon.errors import UnreadableError
from synopticon.footage.digest import BLOCK, sha256


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1])
def test_equals_the_digest_of_the_whole(tmp_path, size):
    data = bytes(i * 7 % 251 for i in range(1024)) * (size // 1024 + 1)
    path = tmp_path / "file"
    path.write_bytes(data[:size])
    assert sha256(path) == hashlib.sha256(data[:size]).hexdigest()


def test_equals_the_digest_of_the_first_bytes(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(3 * BLOCK // 2))
    for size in (0, 1, BLOCK, BLOCK + 1, 2 * BLOCK):
        expected = hashlib.sha256(bytes(min(size, 3 * BLOCK // 2))).hexdigest()
        assert sha256(path, size=size) == expected


def test_a_file_that_is_gone_is_named(tmp_path):
    with pytest.raises(UnreadableError, match="gone"):
        sha256(tmp_path / "gone")
