"""Made-up descriptors for the made-up footage of ``holdings``: each track has numbers of its own."""

from hashlib import sha256

import numpy as np

from synopticon.governance.grant import Scope
from synopticon.store.descriptors import Described, DescriptorStore
from synopticon.store.moments import span
from synopticon.values.detection import CLASS_INDEX
from tests.grants import clock, grant_for

SIZE = 32


def vector_of(name: str) -> np.ndarray:
    """Numbers 0..127 that no other track has."""
    return np.frombuffer(sha256(name.encode()).digest(), np.uint8)[:SIZE].astype(np.int8) & 127


def block_of(*made) -> Described:
    """The descriptors of all tracks of these recordings."""
    rows = [(k, t) for k, m in enumerate(made) for t in m.tracks]
    times = np.array([span(t.start, t.end) for _, t in rows], np.int64)
    return Described(
        tuple(m.id for m in made), tuple(f"run-{m.id}" for m in made),
        ids=np.array([t.id for _, t in rows], "S48"),
        footage=np.array([k for k, _ in rows], np.int32),
        start=times[:, 0], end=times[:, 1],
        label=np.array([CLASS_INDEX[t.label] for _, t in rows], np.uint8),
        enters=np.full(len(rows), 1, np.uint8), leaves=np.full(len(rows), 2, np.uint8),
        vectors=np.stack([vector_of(t.id) for _, t in rows]),
    )  # fmt: skip


def descriptors(held) -> DescriptorStore:
    return DescriptorStore(held.engine, held.vault, clock)


def put_all(held, case: str = "case-1") -> None:
    """Keep the descriptors of all recordings, part by part, for a case."""
    everything = grant_for("journey", Scope(digests=tuple(d for m in held.made for d in m.files)), case=case)
    parts: dict[tuple[str, str], list] = {}
    for made in held.made:
        parts.setdefault((made.camera, made.part), []).append(made)
    for place, here in parts.items():
        descriptors(held).put(everything, *place, block_of(*here))
