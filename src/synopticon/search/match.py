"""How surely each track answers each term of a question: one small function a field, over whole columns.

A matcher gives float32 ``(n,)``, 0 = no, 1 = surely. A track is a hit if every term holds; how sure it is, is
the product. What cannot be told (a colour at night, a place in metres without a ground) does not match, and
is counted, so that an answer can say so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.search.fields import in_base, side_of
from synopticon.search.geometry import cells_touched, crossings, follows, inside
from synopticon.search.nearby import near
from synopticon.search.pace import metres_a_second
from synopticon.search.rows import DAY, SECOND, Rows, World, local, picked
from synopticon.values.area import Area
from synopticon.values.detection import CLASS_INDEX
from synopticon.values.query import Bound, Days, Near, Path, Query, Term
from synopticon.values.traits import CARRIED, COLOURS, KINDS, UNTIMED

Score: TypeAlias = NDArray[np.float32]
Matcher: TypeAlias = Callable[[Term, Rows, World], "Score"]

LEAST = 0.2  # of a colour: below this share it is not called so
AWAY = 67.5  # degrees off a direction at which nothing is left of it; up to 22.5 it is fully that
TOLERANCE = 0.15  # picture heights that a path may stay from the way that was asked for
ANGLES = {
    "right": 0.0, "up-right": 45.0, "up": 90.0, "up-left": 135.0,
    "left": 180.0, "down-left": 225.0, "down": 270.0, "down-right": 315.0,
}  # fmt: skip
# What a word means: classes, and kinds of vehicle. A kind that was not told apart leaves the class.
WORDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    **{name: ((name,), ()) for name in CLASS_INDEX if name not in ("car", "truck", "bus")},
    "car": (("car",), ("car",)),
    "van": ((), ("van",)),
    "lorry": (("truck",), ("lorry",)),
    "truck": (("truck",), ("lorry",)),
    "bus": (("bus",), ("bus",)),
    "two-wheeler": (("bicycle", "motorcycle"), ("two-wheeler",)),
    "vehicle": (("bicycle", "motorcycle", "car", "bus", "truck", "train", "boat"), tuple(KINDS[1:])),
}


@dataclass(frozen=True, slots=True)
class Matched:
    """The rows that answer, ``hits`` ``(k,)`` in their order, and how surely each does, float32 ``(k,)``.

    ``of``: how many rows were looked at; ``unknown``: why rows could not be judged that answer all the rest
    -> how many.
    """

    hits: NDArray[np.intp]
    sure: Score
    of: int
    unknown: Mapping[str, int] = field(default_factory=dict)

    @property
    def score(self) -> Score:
        """How surely each row answers, float32 ``(of,)``, 0 = no hit."""
        whole = np.zeros(self.of, np.float32)
        whole[self.hits] = self.sure
        return whole


@dataclass(slots=True)
class _Open:
    """The rows that answer all terms so far, or of whom it cannot be told: only they are looked at further.

    ``at``: where they are, none = all ``count`` rows are; ``found``: of each term how sure they are;
    ``untold``: term, why, of which.
    """

    count: int
    at: NDArray[np.intp] | None = None
    found: dict[int, Score] = field(default_factory=dict)
    untold: list[tuple[int, str, NDArray[np.bool_]]] = field(default_factory=list)

    def judge(self, term: int, score: Score, untold: Sequence[tuple[str, NDArray[np.bool_]]]) -> None:
        """Add what a term says of these rows, and leave those behind that it rules out."""
        still = score > 0
        for why, which in untold:
            if which.any():
                score, still = np.where(which, 0, score).astype(np.float32), still | which
                self.untold.append((term, why, which))
        self.found[term] = score
        if not still.all():
            kept = np.flatnonzero(still)
            self.at = kept if self.at is None else self.at.take(kept)
            self.found = {k: one.take(kept) for k, one in self.found.items()}
            self.untold = [(k, why, which.take(kept)) for k, why, which in self.untold]

    def rows(self) -> NDArray[np.intp]:
        """Where they are."""
        return np.arange(self.count) if self.at is None else self.at

    def unknown(self) -> dict[str, int]:
        """Why rows cannot be judged that answer all other terms, and how many."""
        counted: dict[str, int] = {}
        for k, why, which in self.untold:
            others = [one > 0 for j, one in self.found.items() if j != k]
            n = int(np.count_nonzero(np.logical_and.reduce([which, *others])))
            if n:
                counted[why] = max(n, counted.get(why, 0))
        return counted


def match(query: Query, rows: Rows, world: World) -> Matched:
    """How surely each row answers the whole question; what costs more looks only where all else holds."""
    open_ = _Open(len(rows))
    for k in sorted(range(len(query.terms)), key=lambda k: _COST.get(query.terms[k].field, 0)):
        term = query.terms[k]
        if term.field in _LATE:
            at = open_.rows()
            so_far = np.zeros(len(rows), np.bool_)
            so_far[at] = True
            one, untold = _matched(query, term, rows, world, so_far), _untold(term, rows, world)
            open_.judge(k, one[at], [(why, which[at]) for why, which in untold])
        else:
            here = rows if open_.at is None else picked(rows, open_.at)
            open_.judge(k, _matched(query, term, here, world), _untold(term, here, world))
    at = open_.rows()
    score = np.ones(len(at), np.float32)
    for k in range(len(query.terms)):
        score = score * open_.found[k]
    surely = score > 0
    return Matched(at[surely], score[surely], len(rows), open_.unknown())


def _matched(
    query: Query, term: Term, rows: Rows, world: World, so_far: NDArray[np.bool_] | None = None
) -> Score:
    if term.field in ("from", "to"):  # the two are one stretch
        alone = term.field == "from" or not query.of("from")
        return _hours(query, rows) if alone else np.ones(len(rows), np.float32)
    if term.field == "on":
        one = _on(query, term, rows)
    elif so_far is not None:
        one = _LATE[term.field](term, rows, world, so_far)
    else:
        one = MATCHERS[term.field](term, rows, world)
    return np.where(one >= 0.5, 0, 1 - one).astype(np.float32) if term.negated else one


def _yes(of: NDArray[np.bool_]) -> Score:
    return of.astype(np.float32)


def _surest(found: Sequence[Score]) -> Score:
    """Of several answers about each row, the surest."""
    return found[0] if len(found) == 1 else np.asarray(np.maximum.reduce(found))


# --- loops -------------------------------------------------------------------------------------------------


@compiled()
def _classed(label: Any, kind: Any, score: Any, wanted: Any) -> Score:
    out = np.zeros(len(label), np.float32)
    for i in range(len(label)):
        if wanted[label[i], kind[i]]:
            out[i] = (1 + min(max(score[i], 0), 1)) / 2
    return out


@compiled()
def _share(shares: Any, sure: Any, wanted: Any) -> Score:
    """The share of the wanted colours, as sure as it was measured."""
    out = np.zeros(len(shares), np.float32)
    for i in range(len(shares)):
        total = 0
        for k in range(len(wanted)):
            if wanted[k]:
                total += shares[i, k]
        if total >= LEAST * 255:
            out[i] = min(total / 255, 1.0) * (1 + sure[i] / 255) / 2
    return out


@compiled()
def _turned(heading: Any, angle: float) -> Score:
    """How near a heading is to an angle, degrees."""
    out = np.zeros(len(heading), np.float32)
    for i in range(len(heading)):
        off = heading[i] - angle
        off = abs(off - 360 * np.rint(off / 360))
        if off < AWAY:  # not of who goes nowhere (NaN)
            out[i] = min((AWAY - off) / (AWAY - 22.5), 1.0)
    return out


@compiled()
def _within(x: int, period: int, length: int) -> int:
    """How much of 0..x lies in the first ``length`` of each period."""
    return x // period * length + min(x % period, length)


@compiled()
def _there(local: Any, lasts: Any, slack: Any, begin: int, length: int) -> Score:
    """Who was there in ``length`` from ``begin`` on of a day: the share of the clock's errors for it."""
    out = np.zeros(len(local), np.float32)
    for i in range(len(local)):
        since = (local[i] - begin) % DAY
        if slack[i] <= 0:
            out[i] = since < length or DAY - since < lasts[i]
            continue
        first = since + lasts[i] - slack[i]
        long = min(length + lasts[i], DAY)
        held = _within(first + 2 * slack[i], DAY, long) - _within(first, DAY, long)
        out[i] = held / (2 * slack[i])
    return out


@compiled()
def _during(local: Any, lasts: Any, slack: Any, stretches: Any) -> Score:
    """Who was there in a stretch (begin, end): the share of the clock's errors that allow it.

    ``stretches`` int64 ``(k, 2)``, apart and in order.
    """
    out = np.zeros(len(local), np.float32)
    for i in range(len(local)):
        low, high, held = local[i] - slack[i], local[i] + slack[i], 0
        for k in range(len(stretches)):
            begin, end = stretches[k, 0] - max(lasts[i], 1) + 1, stretches[k, 1]
            if low == high and begin <= low < end:
                out[i] = 1
            if k > 0:
                begin = max(begin, stretches[k - 1, 1])  # not twice
            held += max(min(high, end) - max(low, begin), 0)
        if high > low:
            out[i] = held / (high - low)
    return out


# --- what it is --------------------------------------------------------------------------------------------


def _class(term: Term, rows: Rows, _world: World) -> Score:
    wanted = np.zeros((len(CLASS_INDEX), len(KINDS)), np.bool_)
    for word in term.values:
        classes, kinds = WORDS[str(word)]
        of_class, of_kind = [CLASS_INDEX[c] for c in classes], [KINDS.index(k) for k in kinds]
        wanted[:, of_kind] = True
        wanted[of_class, 0] = True
    return np.asarray(_classed(rows["label"], rows["kind"], rows["score"], wanted))


def _colour(places: Sequence[str], term: Term, rows: Rows, _world: World) -> Score:
    wanted = np.isin(COLOURS, [str(name) for name in term.values])
    found = [_share(rows[place], rows["sure"], wanted) for place in places]
    return _surest(found)


def _with(term: Term, rows: Rows, _world: World) -> Score:
    bits = sum(1 << CARRIED.index(str(name)) for name in term.values)
    return _yes((rows["carries"] & bits) != 0)


def _track(term: Term, rows: Rows, _world: World) -> Score:
    return _yes(np.isin(rows["ids"], np.array([str(v).encode() for v in term.values], "S48")))


def _event(term: Term, rows: Rows, world: World) -> Score:
    tracks = {t for value in term.values for t in world.events.get(str(value), ())}
    return _yes(np.isin(rows["ids"], np.array([t.encode() for t in sorted(tracks)], "S48")))


def _plate(term: Term, rows: Rows, world: World) -> Score:
    return _surest([world.plates[str(value)].of(rows["ids"]) for value in term.values])


# --- when and where ----------------------------------------------------------------------------------------


def hours_of(query: Query) -> tuple[int, int]:
    """When the hours of ``from`` and ``to`` begin in a day, and how long they are, microseconds.

    They pass midnight where the sum is over a day; they are then all of the day that they begin on.
    """
    begin, stop = (_clock(query, name, default) for name, default in (("from", 0), ("to", DAY)))
    return begin, (stop - begin) % DAY or DAY


def _hours(query: Query, rows: Rows) -> Score:
    """How surely it was there at any moment of the hours, by what the error of the clock leaves open."""
    begin, length = hours_of(query)
    lasts = rows["end"] - rows["start"]
    return np.asarray(_there(local(rows), lasts, rows["start"] - rows["low"], begin, length))


def _clock(query: Query, field_name: str, default: int) -> int:
    for term in query.of(field_name):
        for value in term.values:
            if isinstance(value, time):
                return (value.hour * 3600 + value.minute * 60 + value.second) * SECOND
    return default


def _on(query: Query, term: Term, rows: Rows) -> Score:
    """How surely it was there on one of the days; with hours that pass midnight, a day ends when they do."""
    begin, length = hours_of(query)
    before, after = (begin, begin + length - DAY) if begin + length > DAY else (0, 0)
    stretches: list[list[int]] = []
    for days in sorted((v for v in term.values if isinstance(v, Days)), key=lambda days: days.first):
        first, last = ((d - date(1970, 1, 1)).days * DAY for d in (days.first, days.last))
        if stretches and first + before <= stretches[-1][1]:
            stretches[-1][1] = max(stretches[-1][1], last + DAY + after)
        else:
            stretches.append([first + before, last + DAY + after])
    slack, lasts = rows["start"] - rows["low"], rows["end"] - rows["start"]
    return np.asarray(_during(local(rows), lasts, slack, np.array(stretches, np.int64)))


def _camera(term: Term, rows: Rows, world: World) -> Score:
    wanted = {world.cameras.get(str(name), str(name)) for name in term.values}
    return _yes(np.isin(rows["camera"], [k for k, name in enumerate(rows.cameras) if name in wanted]))


def _areas(
    name: str, rows: Rows, world: World, so_far: NDArray[np.bool_]
) -> list[tuple[NDArray[np.intp], Area]]:
    """The rows that may have been in an area of this name, with the area of their camera."""
    found = []
    for index, camera in enumerate(rows.cameras):
        area = world.areas.get((camera, name))
        if area is not None:
            mask = np.uint64(cells_touched(area.points, closed=area.kind == "zone"))
            here = np.flatnonzero(so_far & (rows["camera"] == index) & ((rows["cells"] & mask) != 0))
            found.append((here, area))
    return found


def _in(term: Term, rows: Rows, world: World, so_far: NDArray[np.bool_]) -> Score:
    held = np.zeros(len(rows), np.bool_)
    for name in term.values:
        for here, area in _areas(str(name), rows, world, so_far):
            held[here] |= inside(rows["path"][here], area.points).touched
    return _yes(held)


def _cross(term: Term, rows: Rows, world: World, so_far: NDArray[np.bool_]) -> Score:
    held = np.zeros(len(rows), np.bool_)
    for value in term.values:
        name, side = side_of(str(value))
        for here, area in _areas(name, rows, world, so_far):
            counts = crossings(rows["path"][here], area.points)
            wanted = {"in": counts[:, 0], "out": counts[:, 1]}.get(side, counts.sum(axis=1))
            held[here] |= wanted > 0
    return _yes(held)


def _path(term: Term, rows: Rows, _world: World, so_far: NDArray[np.bool_]) -> Score:
    out = np.zeros(len(rows), np.float32)
    aspects = np.array([source.aspect for source in rows.sources])
    for aspect in np.unique(aspects):
        here = np.flatnonzero(so_far & (aspects == aspect)[rows["footage"]])
        paths = rows["path"][here]
        for way in term.values:
            assert isinstance(way, Path), "a way"
            apart = follows(paths, way.points, TOLERANCE, float(aspect))
            out[here] = np.maximum(out[here], np.clip(1 - apart / TOLERANCE / 2, 0, 1))
    return out


def _near(term: Term, rows: Rows, world: World, so_far: NDArray[np.bool_]) -> Score:
    held = np.zeros(len(rows), np.bool_)
    for value in term.values:
        assert isinstance(value, Near), "something near"
        others = _class(Term("class", (value.label,)), rows, world) > 0
        held |= near(rows, world, so_far, others, value.distance)
    return _yes(held)


# --- how it moves ------------------------------------------------------------------------------------------


def _going(term: Term, rows: Rows, _world: World) -> Score:
    found = [_turned(rows["heading"], ANGLES[str(name)]) for name in term.values]
    return _surest(found)


def _speed(term: Term, rows: Rows, world: World) -> Score:
    held = np.zeros(len(rows), np.bool_)
    for value in term.values:
        assert isinstance(value, Bound), "a quantity"
        over_ground = in_base(value)[2] == "m/s"
        held |= _between(metres_a_second(rows, world)[0] if over_ground else 100 * rows["speed"], value)
    return _yes(held)


def _size(term: Term, rows: Rows, _world: World) -> Score:
    return _quantity(100 * rows["size"][:, 1], term)


def _lasting(column: str, term: Term, rows: Rows, _world: World) -> Score:
    return _quantity(rows[column], term)


def _quantity(column: NDArray[np.float32], term: Term) -> Score:
    held = np.zeros(len(column), np.bool_)
    for value in term.values:
        assert isinstance(value, Bound), "a quantity"
        held |= _between(column, value)
    return _yes(held)


def _between(column: NDArray[Any], value: Bound) -> NDArray[np.bool_]:
    low, high, _ = in_base(value)
    held: NDArray[np.bool_] = (column >= low) & (column <= high)
    return held


# --- what people decided -----------------------------------------------------------------------------------


def _noted(term: Term, rows: Rows, world: World, of: Callable[[str, str], bool]) -> Score:
    held = np.zeros(len(rows), np.bool_)
    ids = rows["ids"]
    for value in term.values:
        chosen = [track.encode() for track in world.notes if of(track, str(value))]
        held |= np.isin(ids, np.array(chosen, "S48"))
        if value == "new":
            held |= ~np.isin(ids, np.array([t.encode() for t in world.notes], "S48"))
    return _yes(held)


def _is(term: Term, rows: Rows, world: World) -> Score:
    return _noted(term, rows, world, lambda track, value: world.notes[track].verdict == value)


def _tag(term: Term, rows: Rows, world: World) -> Score:
    return _noted(term, rows, world, lambda track, value: value in world.notes[track].tags)


MATCHERS: Mapping[str, Matcher] = {
    "class": _class,
    "upper": partial(_colour, ("upper",)),
    "lower": partial(_colour, ("lower",)),
    "body": partial(_colour, ("body",)),
    "colour": partial(_colour, ("upper", "lower", "body")),
    "with": _with,
    "track": _track,
    "plate": _plate,
    "event": _event,
    "camera": _camera,
    "going": _going,
    "speed": _speed,
    "size": _size,
    "dwell": partial(_lasting, "dwell"),
    "stopped": partial(_lasting, "stopped"),
    "is": _is,
    "tag": _tag,
    "sure": lambda _term, rows, _world: np.ones(len(rows), np.float32),  # of the whole: see ``rank``
}
# What costs more, and is looked at last, where all else holds.
_LATE: Mapping[str, Callable[[Term, Rows, World, NDArray[np.bool_]], Score]] = {
    "in": _in,
    "cross": _cross,
    "path": _path,
    "near": _near,
}
# Terms are looked at in this order: what reads little of a row first (and is not named here).
_COST: Mapping[str, int] = {
    "class": 1,
    **dict.fromkeys(("upper", "lower", "body", "colour"), 2),
    **dict.fromkeys(("on", "from", "to", "is", "tag", "track", "plate", "event"), 3),
    **dict.fromkeys(_LATE, 4),
}


def _untold(term: Term, rows: Rows, world: World) -> list[tuple[str, NDArray[np.bool_]]]:
    """Rows about which this term can say neither yes nor no, and why."""
    if term.field in ("from", "to", "on"):
        return [("their time is unknown", rows["start"] == UNTIMED)]
    if term.field in ("upper", "lower", "body", "colour"):
        return [("their colour is unknown", rows["light"] != 0)]
    if term.field == "with":
        bits = sum(1 << CARRIED.index(str(name)) for name in term.values)
        return [("what they carry was not computed", (rows["computed"] & bits) == 0)]
    if any(_in_metres(value) for value in term.values):
        without = [k for k, name in enumerate(rows.cameras) if name not in world.planes]
        return [("their camera has no ground in metres", np.isin(rows["camera"], without))]
    return []


def _in_metres(value: object) -> bool:
    bound = value.distance if isinstance(value, Near) else value
    return isinstance(bound, Bound) and in_base(bound)[2] in ("m/s", "m")
