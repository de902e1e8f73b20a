"""Sealed bytes: everything with pixels in a workspace is AES-GCM encrypted under its (camera, day)'s key.

A sealed file is ``SYNO`` and a version byte, then blocks of 64 KiB of plain text, each sealed by itself (12
bytes nonce, cipher text, 16 bytes tag), so that one sprite can be read without opening the whole file. What
each block is sealed *about* names the file, the block's number and whether it is the last: a block that was
moved, taken from another file, or a file that was cut off, does not open.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from synopticon.errors import StoreError, SynopticonError
from synopticon.governance.keys import DataKey
from synopticon.store.place import Folder, Remote

MAGIC = b"SYNO\x01"
BLOCK = 1 << 16
OVERHEAD = 12 + 16  # nonce and tag


def seal(key: DataKey, about: str, data: bytes) -> bytes:
    """Seal bytes, block by block; ``about`` must be given again to open them."""
    count = max(1, -(-len(data) // BLOCK))
    blocks = (key.seal(data[n * BLOCK : (n + 1) * BLOCK], _about(about, n, count)) for n in range(count))
    return MAGIC + b"".join(blocks)


def unseal(key: DataKey, about: str, sealed: bytes) -> bytes:
    """Open all that ``seal`` made; raises ``StoreError`` for anything else."""
    if not sealed.startswith(MAGIC):
        raise _damaged(about, "it is no sealed file")
    count = blocks_of(len(sealed))
    return b"".join(_opened(key, about, sealed[len(MAGIC) :], 0, count))


def blocks_of(size: int) -> int:
    """How many blocks a sealed file of ``size`` bytes has."""
    return max(1, -(-(size - len(MAGIC)) // (BLOCK + OVERHEAD)))


def _opened(key: DataKey, about: str, sealed: bytes, first: int, count: int) -> Iterator[bytes]:
    """Open consecutive blocks, the first of which is number ``first`` of ``count``."""
    step = BLOCK + OVERHEAD
    for n in range(max(1, -(-len(sealed) // step))):
        try:
            yield key.open(sealed[n * step : (n + 1) * step], _about(about, first + n, count))
        except SynopticonError as error:
            raise _damaged(about, "it does not open with the key of its day") from error


def _about(about: str, number: int, count: int) -> bytes:
    return f"{about}\n{number}\n{'last' if number == count - 1 else 'more'}".encode()


def _damaged(about: str, why: str) -> StoreError:
    return StoreError(f"{about}: damaged ({why}): delete this file and ingest the footage again")


@dataclass(frozen=True, slots=True)
class SealedFiles:
    """``Files`` whose bytes are sealed under one key; ``label`` is what they belong to: a footage's id.

    It holds the key itself: whoever is given one can read all of it. It is passed to the workers of an
    analysis, through pipes, never through the disk.
    """

    place: Folder | Remote
    key: DataKey
    label: str

    def where(self, name: str) -> str:
        """See ``Files``."""
        return self.place.where(name)

    def read(self, name: str) -> bytes | None:
        """See ``Files``."""
        sealed = self.place.read(name)
        return None if sealed is None else unseal(self.key, self._about(name), sealed)

    def read_at(self, name: str, offset: int, length: int) -> bytes:
        """See ``Files``; opens just the blocks that these bytes lie in."""
        count = blocks_of(self.place.size(name))
        first, last = (min(at // BLOCK, count - 1) for at in (offset, offset + max(length, 1) - 1))
        step = BLOCK + OVERHEAD
        sealed = self.place.read_at(name, len(MAGIC) + first * step, (last - first + 1) * step)
        plain = b"".join(_opened(self.key, self._about(name), sealed, first, count))
        return plain[offset - first * BLOCK :][:length]

    def write(self, name: str, data: bytes) -> None:
        """See ``Files``."""
        self.place.write(name, seal(self.key, self._about(name), data))

    def names(self, folder: str = "") -> tuple[str, ...]:
        """See ``Files``."""
        return self.place.names(folder)

    def sizes(self) -> dict[str, int]:
        """See ``Files``; sizes as sealed."""
        return self.place.sizes()

    def _about(self, name: str) -> str:
        return f"{self.label}/{name}"
