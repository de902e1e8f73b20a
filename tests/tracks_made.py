"""Columns of tracks made by hand, for tests of searches and statistics."""

from datetime import datetime

import numpy as np

from synopticon.search.rows import Plain, TraitRows
from synopticon.values.detection import CLASS_INDEX
from synopticon.values.traits import COLOURS, COLUMNS, KINDS, UNTIMED, Traits

SECOND = 1_000_000


def made(*tracks, camera="cam-1", zone="Europe/Paris", aspect=16 / 9):
    """Rows of one recording; each track is a mapping: see ``one``."""
    n = len(tracks)
    columns = {name: np.zeros((n, *shape), kind) for name, (kind, shape) in COLUMNS.items()}
    for k, track in enumerate(tracks):
        for name, value in one(k, **track).items():
            columns[name][k] = value
    return TraitRows(Traits((camera,), ("foot-1",), **columns), Plain("foot-1", camera, zone, aspect))


def one(
    k, *, id=None, label="person", kind="", score=0.9, start=None, dwell=10.0, offset=0.0, upper=None,
    lower=None, body=None, sure=255, heading=np.nan, way=((0.1, 0.5), (0.9, 0.5)), **more,
):  # fmt: skip
    """One row. ``start``: ISO time with its zone (None: unknown); colours: name -> share; ``way``: path."""
    path = along(way)
    known = start is not None
    at = round(datetime.fromisoformat(start).timestamp() * SECOND) if known else UNTIMED
    end = at + round(dwell * SECOND) if known else UNTIMED
    cells = np.clip((path.astype(float) / 65536 * 8).astype(int), 0, 7)
    return {
        "ids": (id or f"track-{k}").encode(),
        "label": CLASS_INDEX[label],
        "kind": KINDS.index(kind),
        "score": score,
        "start": at, "end": end, "low": at, "high": end,
        "offset": offset, "dwell": dwell,
        "upper": shares(upper), "lower": shares(lower), "body": shares(body),
        "sure": sure,
        "light": 0 if upper or lower or body else 3,
        "heading": heading,
        "path": path,
        "cells": np.bitwise_or.reduce(np.uint64(1) << (cells[:, 1] * 8 + cells[:, 0]).astype(np.uint64)),
        **more,
    }  # fmt: skip


def shares(colours):
    row = np.zeros(len(COLOURS), np.uint8)
    for name, share in (colours or {}).items():
        row[COLOURS.index(name)] = round(255 * share)
    return row


def along(way):
    """A path at even speed through points 0..1."""
    points = np.array(way, float)
    steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    at = np.linspace(0, steps[-1], 16)
    places = np.stack([np.interp(at, steps, points[:, k]) for k in (0, 1)], 1)
    return np.rint(places * 65535).astype(np.uint16)
