"""How long it takes to compare one track with 200,000 others, every one of them.

python -m benchmarks.similar                     JSON on stdout
python -m benchmarks.similar --count 1000000 --rounds 50

exact       descriptors as they are kept (int8), one dot product each in compiled code, the best 20 in order
beside it   numpy's matrix product of the same numbers, made float32 beforehand (four times the memory), and
            the same ordering; the ratio is that of the medians of rounds run in turns
opening     unsealing and reading the blocks of 100 cameras and days that hold these descriptors, once
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks import harness
from synopticon.governance.keys import DataKey
from synopticon.search.similar import Found, first, likeness
from synopticon.store.descriptors import Described, _packed, _unpacked
from synopticon.vision.descriptor import FULL, SIZE, STRIPES

LIMIT = 20
PARTS = 100


def vectors(count: int) -> np.ndarray[Any, np.dtype[np.int8]]:
    """Made-up descriptors: roots of shares that sum to 1 in each stripe."""
    chance = np.random.default_rng(1)
    shares = chance.gamma(0.25, size=(count, STRIPES, SIZE // STRIPES)).astype(np.float32) + 1e-9
    shares /= shares.sum(axis=2, keepdims=True)
    return np.asarray(np.rint(FULL * np.sqrt(shares)), np.int8).reshape(count, SIZE)


def milliseconds(taken: Sequence[float]) -> dict[str, float]:
    return {f"p{q}": round(float(np.percentile(taken, q)) * 1e3, 2) for q in (50, 95)}


def measure(count: int, rounds: int) -> dict[str, Any]:
    held = vectors(count)
    wide, allowed = held.astype(np.float32), np.ones(count, np.bool_)
    chance = np.random.default_rng(2)

    def ours(row: int) -> tuple[Found, ...]:
        return first(likeness(held, held[row]), allowed, LIMIT)

    def theirs(row: int) -> tuple[Found, ...]:
        return first(wide @ wide[row] / np.float32(FULL**2 * STRIPES), allowed, LIMIT)

    taken: dict[str, list[float]] = {"exact": [], "matmul": []}
    assert [f.row for f in ours(0)] == [f.row for f in theirs(0)], "both find the same"
    for n in range(rounds):
        row = int(chance.integers(count))
        pairs: list[tuple[str, Callable[[int], object]]] = [("exact", ours), ("matmul", theirs)]
        for name, call in pairs if n % 2 else pairs[::-1]:
            begun = time.perf_counter()
            call(row)
            taken[name].append(time.perf_counter() - begun)
    ratio = float(np.median(taken["exact"]) / np.median(taken["matmul"]))
    return {
        "candidates": count, "size": SIZE, "rounds": rounds,
        "megabytes": round(held.nbytes / 1e6, 1),
        "exact_ms": milliseconds(taken["exact"]), "matmul_ms": milliseconds(taken["matmul"]),
        "ratio": round(ratio, 3), "opening_ms": opening(held),
    }  # fmt: skip


def opening(held: np.ndarray[Any, np.dtype[np.int8]]) -> float:
    """Milliseconds to open and join all blocks, sealed twice as the store does."""
    day, case, about = DataKey.make(), DataKey.make(), b"about"
    sealed = [case.seal(day.seal(_packed(block), about), about) for block in _blocks(held)]
    begun = time.perf_counter()
    Described.join([_unpacked(day.open(case.open(s, about), about)) for s in sealed])
    return round((time.perf_counter() - begun) * 1e3, 1)


def _blocks(held: np.ndarray[Any, np.dtype[np.int8]]) -> list[Described]:
    out = []
    for n, part in enumerate(np.array_split(held, PARTS)):
        ids = np.array([f"{n:012x}-{k}-0" for k in range(len(part))], "S48")
        zeros = np.zeros(len(part), np.int64)
        small = zeros.astype(np.uint8)
        out.append(
            Described(
                (f"foot-{n}",), ("run",), ids, zeros.astype(np.int32), zeros, zeros, small, small, small, part
            )
        )
    return out


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.similar", description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args(argv)
    fixed = harness.calibration()
    found = measure(options.count, options.rounds)
    print(
        json.dumps({"machine": harness.machine(), "calibration_seconds": round(fixed, 3), **found}, indent=1)
    )


if __name__ == "__main__":
    main()
