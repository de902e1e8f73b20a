"""What tracks look like and do, as columns: once for each track, from what was counted while it was cut.

A few samples of each are looked at (``glance``); here they vote. Nothing is guessed about a person but
clothing: no age, no sex, no origin, and no head is looked at.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cache
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.store.moments import SECOND, span
from synopticon.values.cells import visited
from synopticon.values.detection import CLASS_INDEX
from synopticon.values.footage import Footage
from synopticon.values.scene import Bank
from synopticon.values.track import Track
from synopticon.values.traits import COLOURS, COLUMNS, KINDS, LIGHTS, UNTIMED, Traits
from synopticon.vision.glance import PLACES, Glance
from synopticon.vision.kinds import Kinds
from synopticon.vision.movement import movement
from synopticon.vision.outline import stiff
from synopticon.vision.substance import Substance, usual
from synopticon.vision.tone import COLOURED, tone_of

Arrays = Mapping[str, NDArray[Any]]
Floats = NDArray[np.float32]

KNOWN, NO_COLOUR, TOO_SMALL, NOT_MEASURED = range(len(LIGHTS))
FEWEST = 12  # blocks of 2 x 2 pixels, in the best sample, below which nothing is said
SURE = 3.0  # samples fully seen after which more hardly add certainty


@dataclass(frozen=True, slots=True, eq=False)
class Glances:
    """Glances of many tracks, n rows: ``track`` ids, ``pts`` int64 of the sample, and those of ``Glance``.

    ``made_of`` float32 ``(n, 3)``: the columns of ``Substance``.
    """

    track: NDArray[np.bytes_]
    pts: NDArray[np.int64]
    time: NDArray[np.float64]
    shares: Floats
    worth: Floats
    pixels: NDArray[np.int32]
    chroma: Floats
    outline: Floats
    made_of: Floats

    @staticmethod
    def of(seen: Iterable[tuple[Track, Sequence[Glance]]]) -> "Glances":
        """The glances at each of several tracks."""
        rows = [(t, g) for t, glances in seen for g in glances]
        return Glances(
            np.array([t.id for t, _ in rows], "S48"),
            np.array([t.pts[g.k] for t, g in rows], np.int64),
            np.array([t.times[g.k] for t, g in rows], np.float64),
            np.array([g.shares for _, g in rows], np.float32).reshape(-1, len(PLACES), len(COLOURS)),
            np.array([g.worth for _, g in rows], np.float32).reshape(-1, len(PLACES)),
            np.array([g.pixels for _, g in rows], np.int32).reshape(-1, len(PLACES)),
            np.array([g.chroma for _, g in rows], np.float32),
            np.array([g.outline for _, g in rows], np.float32).reshape(-1, 3),
            np.array([astuple(g.made_of) for _, g in rows], np.float32).reshape(-1, 3),
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All columns by name, to be stored."""
        return {name: getattr(self, name) for name in Glances.__slots__}

    @staticmethod
    def join(parts: Sequence[Arrays]) -> "Glances":
        """What ``arrays`` gave of several parts."""
        if not parts:
            return Glances.of(())
        whole = [p if "made_of" in p else {**p, "made_of": _unknown(len(p["pts"]))} for p in parts]
        return Glances(**{name: np.concatenate([p[name] for p in whole]) for name in Glances.__slots__})


def _unknown(n: int) -> Floats:
    """The substance in parts that an older version stored."""
    return np.full((n, 3), np.nan, np.float32)


def substances(glances: Glances) -> Callable[[Track], Substance]:
    """What gives for a track what it is made of; each is reckoned when it is first asked for."""
    rows = _rows(glances)
    return cache(lambda track: usual(glances.made_of[rows(track)]))


def describe(
    footage: Footage, tracks: Sequence[Track], bank: Bank, glances: Glances, kinds: Kinds | None = None
) -> Traits:
    """The traits of tracks, in id order; ``kinds`` is what the model saw of them, None where there is none.

    Camera and footage are those of the recording alone; whoever takes it in names them.
    """
    order = sorted(tracks, key=lambda t: t.id)
    columns = _columns(len(order))
    if order:
        columns |= _plain(footage, order)
        columns |= _moving(footage, order)
        columns |= _coloured(footage, order, bank, glances)
        columns |= kinds.columns(order) if kinds else {}
        columns["kind"] = _by_shape(order, columns["kind"], columns["heading"], glances)
    return Traits((footage.camera,), ("",), **columns)


def _columns(n: int) -> dict[str, Any]:
    return {name: np.zeros((n, *shape), kind) for name, (kind, shape) in COLUMNS.items()}


def _plain(footage: Footage, tracks: Sequence[Track]) -> dict[str, NDArray[Any]]:
    """Names, classes and times: as the clock of the footage says them."""
    begin, n = footage.start_utc, len(tracks)
    spans = np.array([span(t.start, t.end) for t in tracks], np.int64)
    times = {name: np.full(n, UNTIMED, np.int64) for name in ("start", "end", "low", "high")}
    if begin is not None:
        slack = ceil(max(f.clock.uncertainty for f in footage.readable) * SECOND)
        start, end = spans.T + round(begin * SECOND)
        times = {"start": start, "end": end, "low": start - slack, "high": end + slack}
    return times | {
        "ids": np.array([t.id for t in tracks], "S48"),
        "offset": np.array([t.start for t in tracks], np.float64),
        "dwell": np.array([t.end - t.start for t in tracks], np.float32),
        "label": np.array([CLASS_INDEX[t.label] for t in tracks], np.uint8),
        "score": np.array([t.score for t in tracks], np.float32),
    }


def _moving(footage: Footage, tracks: Sequence[Track]) -> dict[str, NDArray[Any]]:
    moves = [movement(t, footage.width, footage.height) for t in tracks]
    unknown = np.full(len(tracks), np.nan, np.float32)
    return {
        "heading": np.array([m.heading for m in moves], np.float32),
        "turned": np.array([m.turned for m in moves], np.float32),
        "speed": np.array([m.speed for m in moves], np.float32),
        "stopped": np.array([m.stopped for m in moves], np.float32),
        "path": np.stack([m.path for m in moves]),
        "size": np.array([m.size for m in moves], np.float32),
        "cells": np.array([visited(t, footage.width, footage.height) for t in tracks], np.uint64),
        "pace": unknown,
        "pace_error": unknown,
    }


def _by_shape(
    tracks: Sequence[Track], kinds: NDArray[np.uint8], headings: Floats, glances: Glances
) -> NDArray[np.uint8]:
    """The kinds; what has no name, goes somewhere, and has the outline of a car from above is one.

    Models see too few of these to be asked first: they call them a bus or a bag.
    """
    found = kinds.copy()
    for i, rows in enumerate(map(_rows(glances), tracks)):
        if tracks[i].label == "object" and not np.isnan(headings[i]) and stiff(glances.outline[rows]):
            found[i] = KINDS.index("car")
    return found


def _rows(glances: Glances) -> Callable[[Track], NDArray[np.intp]]:
    """What gives the rows of a track's glances."""
    order = np.argsort(glances.track, kind="stable")
    of = glances.track[order]

    def rows(track: Track) -> NDArray[np.intp]:
        first, stop = (int(np.searchsorted(of, np.bytes_(track.id), side)) for side in ("left", "right"))
        found = order[first:stop]
        return found[np.isin(glances.pts[found], track.pts)]

    return rows


# --- colours ---------------------------------------------------------------------------------------------


def _coloured(
    footage: Footage, tracks: Sequence[Track], bank: Bank, glances: Glances
) -> dict[str, NDArray[Any]]:
    """What most of the glances at each track say, each as much as it is worth."""
    n = len(tracks)
    dull = _without_colour(footage, bank, glances)
    out = {name: np.zeros((n, len(COLOURS)), np.uint8) for name in PLACES}
    sure, light = np.zeros(n, np.uint8), np.full(n, NOT_MEASURED, np.uint8)
    for i, found in enumerate(map(_rows(glances), tracks)):
        rows = found[glances.worth[found].max(axis=1) > 0]
        if not len(rows):
            continue
        if dull[rows].all():
            light[i] = NO_COLOUR
        elif glances.pixels[rows].max() < FEWEST:
            light[i] = TOO_SMALL
        else:
            light[i] = KNOWN
            votes = _votes(glances, rows)
            for name, (shares, _) in votes.items():
                out[name][i] = np.rint(255 * shares)
            sure[i] = round(255 * max(certain for _, certain in votes.values()))
    return {**out, "sure": sure, "light": light}


def _votes(glances: Glances, rows: NDArray[np.intp]) -> dict[str, tuple[Floats, float]]:
    """For each place that was seen the shares of its colours, and how certain they are, 0..1."""
    votes = {}
    for place, name in enumerate(PLACES):
        worth, shares = glances.worth[rows, place], glances.shares[rows, place]
        if worth.sum() <= 0 or glances.pixels[rows, place].max() < FEWEST:
            continue
        mean = (worth[:, None] * shares).sum(axis=0) / worth.sum()
        alike = float((worth * np.minimum(shares, mean).sum(axis=1)).sum() / worth.sum())
        votes[name] = (mean.astype(np.float32), alike * (1 - float(np.exp(-worth.sum() / SURE))))
    return votes


def _without_colour(footage: Footage, bank: Bank, glances: Glances) -> NDArray[np.bool_]:
    """For each glance whether nothing at all has colour in its scene: infra-red, or too dark a night."""
    file = footage.readable[0]
    scene = np.array([bank.scenes.index(bank.at(t)) for t in glances.time.tolist()], np.intp)
    dull = np.zeros(len(scene), np.bool_)
    for i, background in enumerate(bank.scenes):
        here = scene == i
        tone = tone_of(background, file.colour_matrix, file.full_range)
        most = float(glances.chroma[here].max(initial=0.0))
        dull[here] = max(tone.spread, most) < COLOURED
    return dull
