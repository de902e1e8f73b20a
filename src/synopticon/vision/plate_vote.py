"""One text from many looks at a plate: each look gives chances along a line, and each sign is voted for.

Which text all looks together support best is told by how likely each makes it (connectionist temporal
classification, Graves et al., ICML 2006), none counting less than ``_LEAST``: a look that was cut off or
showed something else outvotes nobody. Then each of its signs is voted on by itself, with the chances that
each look gives where that sign stands in it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.values.plate import LONGEST, UNREAD
from synopticon.vision.detect.pp_ocr import BLANK, OTHER, SIGNS
from synopticon.vision.plate_grammar import fitting

Floats = NDArray[np.float32]

SURE = 0.4  # share of the votes from which a sign counts as read
_LEAST = -15.0  # log-likelihood below which a look says no more against a text
_UNFIT = 3.0  # what a text loses that is written as no country's plates are
_FLOOR = 1e-4  # of a chance
_ROUNDS = 3  # in which each sign is voted on anew
_TRIED = 12  # texts that are tried, before what may be left out of them


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One line that was read: chances float32 ``(t, COLUMNS)``, and what it counts."""

    chances: Floats
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Voted:
    """The text, how sure each sign is (0 for ``?``), and the share of the looks that read just this text.

    ``steps``: how far each sign stands from the one before it, 1 = as most do.
    """

    text: str
    confidence: tuple[float, ...]
    agreed: float
    steps: tuple[float, ...] = ()


def voted(looks: Sequence[Look], among: tuple[str, ...] = ()) -> Voted | None:
    """The text that the looks support together; None where nothing was read. ``among``: see ``fitting``."""
    if not looks:
        return None
    read = [spelt(look.chances) for look in looks]
    order = sorted(range(len(looks)), key=lambda k: (read[k], looks[k].weight))  # whose order does not matter
    looks, read = [looks[k] for k in order], [read[k] for k in order]
    logs = [_logarithms(look.chances) for look in looks]
    weights = np.array([look.weight for look in looks])
    best = _best(_shortened(_ranked(read, weights)), logs, weights, among)
    if not best:
        return None
    for _ in range(_ROUNDS):
        shares = _votes(best, looks, logs, weights)
        changed = "".join(SIGNS[k] for k in shares.argmax(1))
        if changed == best or _best({changed, best}, logs, weights, among) == best:
            break
        best = changed
    sure = shares[np.arange(len(best)), [SIGNS.index(s) for s in best]]
    text = "".join(s if c >= SURE else UNREAD for s, c in zip(best, sure, strict=True))
    same = sum(w for w, t in zip(weights, read, strict=True) if t == best) / weights.sum()
    confidence = tuple(float(c) if c >= SURE else 0.0 for c in np.minimum(sure, 1))
    return Voted(text, confidence, float(same), _steps(best, logs, weights))


def _steps(text: str, logs: Sequence[NDArray[np.float64]], weights: NDArray[np.float64]) -> tuple[float, ...]:
    """How far the signs of a text stand apart, in the look that reads it best for its weight."""
    signs = _numbers(text)
    best = max(range(len(logs)), key=lambda k: (likelihood(logs[k], signs), weights[k]))
    at = where(logs[best], signs) @ np.arange(len(logs[best]))
    apart = np.diff(at)
    usual = float(np.median(apart)) if len(apart) else 1.0
    return tuple((apart / max(usual, 1e-3)).tolist())


def _logarithms(chances: Floats) -> NDArray[np.float64]:
    """What no plate has, hyphens and marks between its groups, counts as nothing."""
    merged = chances.astype(np.float64)
    merged[:, BLANK] += merged[:, OTHER]
    return np.ascontiguousarray(np.log(np.maximum(merged, _FLOOR)))


def spelt(chances: Floats) -> str:
    """The likeliest sign at each step, once for each run of it; without what no plate has."""
    best = chances.argmax(1)
    new = np.concatenate([[True], best[1:] != best[:-1]])
    return "".join(SIGNS[k - 1] for k in best[new & (best != BLANK) & (best != OTHER)])


def _ranked(read: Sequence[str], weights: NDArray[np.float64]) -> list[str]:
    """The texts that were read, those of most weight first."""
    counts: dict[str, float] = {}
    for text, weight in zip(read, weights, strict=True):
        if text:
            counts[text[:LONGEST]] = counts.get(text[:LONGEST], 0.0) + float(weight)
    return sorted(counts, key=lambda t: (-counts[t], t))[:_TRIED]


def _shortened(texts: Sequence[str]) -> set[str]:
    """The texts, and each without one of its signs: badges and bands at its side are taken for one."""
    cut = {t[:k] + t[k + 1 :] for t in texts if len(t) > 5 for k in range(len(t))}
    return set(texts) | cut


def _best(
    texts: Iterable[str],
    logs: Sequence[NDArray[np.float64]],
    weights: NDArray[np.float64],
    among: tuple[str, ...],
) -> str:
    """The text that all looks make likeliest, written as some country's plates if it may be."""

    def worth(text: str) -> tuple[float, str]:
        signs = _numbers(text)
        likely = sum(w * max(likelihood(log, signs), _LEAST) for log, w in zip(logs, weights, strict=True))
        return float(likely) - (0.0 if fitting(text, among) else _UNFIT), text

    return max((worth(t) for t in texts if t), default=(0.0, ""))[1]


def _votes(
    text: str, looks: Sequence[Look], logs: Sequence[NDArray[np.float64]], weights: NDArray[np.float64]
) -> Floats:
    """For each sign of the text the share of the votes of each of ``SIGNS``: ``(len(text), 36)``."""
    signs = _numbers(text)
    counts = np.array([likelihood(log, signs) > _LEAST for log in logs]) * weights
    if not counts.any():
        counts = weights
    votes = np.zeros((len(text), len(SIGNS)))
    for look, log, weight in zip(looks, logs, counts, strict=True):
        if weight > 0:
            votes += weight * where(log, signs) @ look.chances[:, 1:OTHER]
    return np.asarray(votes / counts.sum(), np.float32)


def _numbers(text: str) -> NDArray[np.int64]:
    return np.array([SIGNS.index(s) + 1 for s in text], np.int64)


@compiled("float64[:,:](float64[:,::1], int64[::1])")
def _forward(log: NDArray[np.float64], signs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Log-chances ``(t, 2n + 1)`` to have come so far through blank, sign, blank, .., sign, blank."""
    steps, states = log.shape[0], 2 * len(signs) + 1
    out = np.full((steps, states), -1e30)  # not infinite: two of them cannot be added
    out[0, 0] = log[0, 0]
    if states > 1:
        out[0, 1] = log[0, signs[0]]
    for t in range(1, steps):
        for s in range(states):
            sign = signs[s // 2] if s % 2 else 0
            best = out[t - 1, s]
            if s > 0:
                best = np.logaddexp(best, out[t - 1, s - 1])
            if s > 2 and s % 2 and sign != signs[s // 2 - 1]:
                best = np.logaddexp(best, out[t - 1, s - 2])
            out[t, s] = best + log[t, sign]
    return out


def likelihood(log: NDArray[np.float64], signs: NDArray[np.int64]) -> float:
    """How likely chances, as logarithms ``(t, COLUMNS)``, make just these signs (columns): a logarithm."""
    if not len(log):
        return -np.inf
    last = _forward(log, signs)[-1]
    return float(np.logaddexp.reduce(last[-2:]))


def where(log: NDArray[np.float64], signs: NDArray[np.int64]) -> NDArray[np.float64]:
    """For each sign the share of it at each step ``(n, t)``, each row summing to 1: where it stands."""
    forth = _forward(log, signs)
    back = _forward(np.ascontiguousarray(log[::-1]), np.ascontiguousarray(signs[::-1]))[::-1, ::-1]
    columns = 1 + 2 * np.arange(len(signs))
    both = forth[:, columns] + back[:, columns] - log[:, signs]
    both = both - both.max(axis=0, initial=-1e9)
    shares = np.exp(both)
    return np.asarray((shares / np.maximum(shares.sum(axis=0), 1e-12)).T)
