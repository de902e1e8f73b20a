"""The Merkle tree of RFC 6962 (section 2.1): hashes, proofs, and how they are verified (RFC 9162).

A complete subtree is named by its level (0: one leaf) and its position from the left on that level. A tree of
``size`` leaves is made of complete subtrees, its *peaks*, one for each bit of ``size`` that is set.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from synopticon.errors import AuditError

Node = tuple[int, int]  # level, position
Reader = Callable[[Sequence[Node]], Sequence[bytes]]  # the hashes of complete subtrees, in that order
EMPTY = hashlib.sha256(b"").digest()  # root of the tree without leaves


def hash_leaf(data: bytes) -> bytes:
    """The hash (32 bytes) of a leaf."""
    return hashlib.sha256(b"\0" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """The hash (32 bytes) of an inner node."""
    return hashlib.sha256(b"\1" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """What is needed of a tree to append to it: its size, and the hashes of its peaks, largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> tuple["Frontier", list[tuple[Node, bytes]]]:
        """The frontier with one more leaf (its hash), and the inner nodes that this completes."""
        peaks, made, level = [*self.peaks, leaf], [], 0
        while self.size >> level & 1:
            right = peaks.pop()
            peaks[-1] = hash_node(peaks[-1], right)
            level += 1
            made.append(((level, self.size >> level), peaks[-1]))
        return Frontier(self.size + 1, tuple(peaks)), made

    def root(self) -> bytes:
        """The hash of the whole tree."""
        return _fold(self.peaks) if self.peaks else EMPTY


def cover(start: int, end: int) -> list[Node]:
    """The complete subtrees, largest that fit, that make up leaves ``start`` to ``end``.

    ``start`` lies on the border of a subtree at least as large as the range, as in every proof.

    >>> cover(0, 7)
    [(2, 0), (1, 2), (0, 6)]
    """
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def inclusion_proof(index: int, size: int, read: Reader) -> list[bytes]:
    """The audit path of leaf ``index`` in the tree of the first ``size`` leaves (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise AuditError(f"there is no entry {index} among the first {size}: choose one that is there")
    return _read_ranges(_path(index, 0, size), read)


def consistency_proof(old: int, size: int, read: Reader) -> list[bytes]:
    """Proof that the first ``old`` leaves are those of the tree of that size (RFC 6962, 2.1.2)."""
    if not 0 <= old <= size:
        raise AuditError(f"the log holds {size} entries, fewer than {old}: check which log this is")
    return _read_ranges(_steps(old, 0, size, True), read) if old else []


def root_at(size: int, read: Reader) -> bytes:
    """The root of the tree of the first ``size`` leaves."""
    return _read_ranges([(0, size)], read)[0] if size else EMPTY


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Raise ``AuditError`` unless ``proof`` shows that ``leaf`` (hash) is leaf ``index`` under ``root``.

    RFC 9162, 2.1.3.2.
    """
    if not 0 <= index < size:
        _wrong("names a leaf outside the tree")
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0 or len(sibling) != 32:
            _wrong("is too long")
        if at & 1 or at == last:
            found = hash_node(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = hash_node(found, sibling)
        at, last = at >> 1, last >> 1
    if last != 0 or found != root:
        _wrong("does not lead to the root")


def verify_consistency(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Raise ``AuditError`` unless ``proof`` shows that the tree of ``size`` continues that of ``old`` leaves.

    RFC 9162, 2.1.4.2.
    """
    if not 0 <= old <= size:
        _wrong("goes back in time")
    if old in (0, size):
        if proof or (old == size and old_root != root) or (old == 0 and old_root != EMPTY):
            _wrong("does not lead from one root to the other")
        return
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        _wrong("is empty")
    _walk_consistency(old - 1, size - 1, path, old_root, root)


def _walk_consistency(at: int, last: int, path: list[bytes], old_root: bytes, root: bytes) -> None:
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = path[0]
    for step in path[1:]:
        if last == 0 or len(step) != 32:
            _wrong("is too long")
        if at & 1 or at == last:
            before, after = hash_node(step, before), hash_node(step, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = hash_node(after, step)
        at, last = at >> 1, last >> 1
    if last != 0 or before != old_root or after != root:
        _wrong("does not lead from one root to the other")


def _wrong(what: str) -> NoReturn:
    raise AuditError(f"the proof {what}: check that it belongs to this entry and checkpoint")


def _fold(hashes: Sequence[bytes]) -> bytes:
    found = hashes[-1]
    for left in reversed(hashes[:-1]):
        found = hash_node(left, found)
    return found


def _split(size: int) -> int:
    """The largest power of two smaller than ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def _path(index: int, start: int, end: int) -> list[tuple[int, int]]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle), (middle, end)]
    return [*_path(index, middle, end), (start, middle)]


def _steps(old: int, start: int, end: int, whole: bool) -> list[tuple[int, int]]:
    if old == end - start:
        return [] if whole else [(start, end)]
    middle = start + _split(end - start)
    if old <= middle - start:
        return [*_steps(old, start, middle, whole), (middle, end)]
    return [*_steps(old - (middle - start), middle, end, False), (start, middle)]


def _read_ranges(ranges: Sequence[tuple[int, int]], read: Reader) -> list[bytes]:
    """The root of each range of leaves; all complete subtrees are read at once."""
    covers = [cover(start, end) for start, end in ranges]
    hashes = iter(read([node for nodes in covers for node in nodes]))
    return [_fold([next(hashes) for _ in nodes]) for nodes in covers]
