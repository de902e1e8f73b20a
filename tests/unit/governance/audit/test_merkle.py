"""The tree against the published vectors, and against a slow reference written from RFC 6962 alone."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synopticon.errors import AuditError
from synopticon.governance.audit.merkle import (
    EMPTY,
    Frontier,
    consistency_proof,
    hash_leaf,
    inclusion_proof,
    root_at,
    verify_consistency,
    verify_inclusion,
)

# Test data of Certificate Transparency (also in transparency-dev/merkle, proof/verify_test.go).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A, B, C, D, E, F, G, H = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
)
INCLUSION = [(0, 8, [A, B, C]), (5, 8, [D, E, F]), (2, 3, [ROOTS[1]]), (1, 5, [ROOTS[0], B, D]), (0, 1, [])]
CONSISTENCY = [(1, 8, [A, B, C]), (6, 8, [G, E, F]), (2, 5, [B, D]), (6, 7, [G, H, F]), (1, 1, [])]


def reference_root(leaves):
    """MTH of RFC 6962, 2.1."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + reference_root(leaves[:k]) + reference_root(leaves[k:])).digest()


def reference_path(m, leaves):
    """PATH of RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*reference_path(m, leaves[:k]), reference_root(leaves[k:])]
    return [*reference_path(m - k, leaves[k:]), reference_root(leaves[:k])]


def reference_consistency(m, leaves, whole=True):
    """SUBPROOF of RFC 6962, 2.1.2."""
    if m == len(leaves):
        return [] if whole else [reference_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*reference_consistency(m, leaves[:k], whole), reference_root(leaves[k:])]
    return [*reference_consistency(m - k, leaves[k:], False), reference_root(leaves[:k])]


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def grow(leaves):
    """The tree as the log keeps it: leaves, and inner nodes in the order in which they are completed."""
    frontier, nodes = Frontier(), {}
    for number, leaf in enumerate(leaves):
        nodes[0, number] = hash_leaf(leaf)
        frontier, made = frontier.append(nodes[0, number])
        nodes.update(made)
    return frontier, lambda wanted: [nodes[node] for node in wanted]


def unhex(texts):
    return [bytes.fromhex(text) for text in texts]


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size):
    frontier, read = grow(LEAVES[:size])
    assert frontier.root().hex() == ROOTS[size - 1]
    assert root_at(size, grow(LEAVES)[1]).hex() == ROOTS[size - 1]
    assert reference_root(LEAVES[:size]).hex() == ROOTS[size - 1]
    assert root_at(0, read) == EMPTY == Frontier().root()


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_published_inclusion_proofs(index, size, proof):
    leaf, root = hash_leaf(LEAVES[index]), bytes.fromhex(ROOTS[size - 1])
    assert inclusion_proof(index, size, grow(LEAVES)[1]) == unhex(proof)
    verify_inclusion(index, size, leaf, unhex(proof), root)


@pytest.mark.parametrize(("old", "size", "proof"), CONSISTENCY)
def test_published_consistency_proofs(old, size, proof):
    assert consistency_proof(old, size, grow(LEAVES)[1]) == unhex(proof)
    verify_consistency(old, size, *unhex((ROOTS[old - 1], ROOTS[size - 1])), unhex(proof))


@settings(max_examples=60)
@given(st.data())
def test_agrees_with_the_slow_reference(data):
    leaves = data.draw(st.lists(st.binary(max_size=6), min_size=1, max_size=70))
    size = data.draw(st.integers(1, len(leaves)))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    frontier, read = grow(leaves)
    root = reference_root(leaves[:size])
    assert frontier.root() == reference_root(leaves)
    assert root_at(size, read) == root
    path = inclusion_proof(index, size, read)
    assert path == reference_path(index, leaves[:size])
    verify_inclusion(index, size, hash_leaf(leaves[index]), path, root)
    steps = consistency_proof(old, size, read)
    assert steps == reference_consistency(old, leaves[:size])
    verify_consistency(old, size, reference_root(leaves[:old]), root, steps)


def corrupted(proof, *others):
    """Proofs that must not verify: of the kinds that transparency-dev/merkle tries."""
    for number, step in enumerate(proof):
        yield [*proof[:number], bytes([step[0] ^ 8, *step[1:]]), *proof[number + 1 :]]
        yield [*proof[:number], *proof[number + 1 :]]
        yield [*proof[:number], bytes(32), *proof[number:]]
    yield [*proof, b""]
    yield [b"", *proof]
    for other in others:
        yield [*proof, other]
        yield [other, *proof]


def refused(verify, *arguments):
    with pytest.raises(AuditError, match="check that it belongs"):
        verify(*arguments)


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_a_wrong_inclusion_proof_is_refused(index, size, proof):
    leaf, root, proof = hash_leaf(LEAVES[index]), bytes.fromhex(ROOTS[size - 1]), unhex(proof)
    for wrong in corrupted(proof, root):
        refused(verify_inclusion, index, size, leaf, wrong, root)
    refused(verify_inclusion, index, size, b"other", proof, root)
    refused(verify_inclusion, index, size, leaf, proof, EMPTY)
    for other in {index - 1, index + 1, index ^ 2} - {index}:
        refused(verify_inclusion, other, size, leaf, proof, root)
    for other in (size * 2, size // 2, 0):
        if other != size:
            refused(verify_inclusion, index, other, leaf, proof, root)


@pytest.mark.parametrize(("old", "size", "proof"), CONSISTENCY[:-1])
def test_a_wrong_consistency_proof_is_refused(old, size, proof):
    before, after, proof = *unhex((ROOTS[old - 1], ROOTS[size - 1])), unhex(proof)
    for wrong in (*corrupted(proof, before, after), []):
        refused(verify_consistency, old, size, before, after, wrong)
    refused(verify_consistency, old, size, after, before, proof)
    refused(verify_consistency, old, size, b"other", after, proof)
    refused(verify_consistency, old, size, before, b"other", proof)
    for other in (old - 1, old + 1, size + 1):
        refused(verify_consistency, other, size, before, after, proof)
    refused(verify_consistency, old, size * 2, before, after, proof)
    refused(verify_consistency, size, old, before, after, proof)


def test_trivial_consistency():
    some = bytes(32)
    verify_consistency(0, 0, EMPTY, EMPTY, [])
    verify_consistency(0, 5, EMPTY, some, [])
    verify_consistency(3, 3, some, some, [])
    refused(verify_consistency, 3, 3, some, EMPTY, [])
    refused(verify_consistency, 0, 5, some, some, [])
    refused(verify_consistency, 0, 5, EMPTY, some, [some])


def test_what_is_not_there_is_not_proved():
    read = grow(LEAVES)[1]
    for index, size in ((8, 8), (-1, 8), (0, 0)):
        with pytest.raises(AuditError, match="no entry"):
            inclusion_proof(index, size, read)
    with pytest.raises(AuditError, match="fewer than"):
        consistency_proof(9, 8, read)
