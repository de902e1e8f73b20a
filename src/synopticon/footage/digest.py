"""SHA-256 of a file (FIPS 180-4), streamed."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from synopticon.errors import UnreadableError

BLOCK = 4 << 20  # large enough that hashing, which lets other threads run, dominates


def sha256(path: str | Path, tick: Callable[[int], None] | None = None, size: int | None = None) -> str:
    """Return the SHA-256 of a file as 64 hex digits, reading it once in blocks.

    ``size``: of its first bytes only, for a file that may grow meanwhile. ``tick`` is called with the bytes
    of each block; what it raises ends the reading.
    Raises UnreadableError when the file cannot be opened or read to its end.
    """
    digest = hashlib.sha256()
    block = memoryview(bytearray(BLOCK))
    left = float("inf") if size is None else size
    try:
        with Path(path).open("rb", buffering=0) as file:
            while left > 0 and (count := file.readinto(block[: int(min(left, BLOCK))])):
                digest.update(block[:count])
                left -= count
                if tick:
                    tick(count)
    except OSError as error:
        raise UnreadableError(
            f"{path}: cannot be read: {error.strerror or error}; check its permissions and the disk"
        ) from error
    return digest.hexdigest()
