"""Why a track is a hit: for each term of the question the value that was measured, in a few words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.search.fields import in_base, side_of
from synopticon.search.geometry import crossings, follows, inside
from synopticon.search.match import ANGLES, TOLERANCE
from synopticon.search.pace import metres_a_second
from synopticon.search.plates import safe
from synopticon.search.query import text_of
from synopticon.search.rows import SECOND, Rows, Source, World, picked, zone_of
from synopticon.search.values import quantity_text
from synopticon.values.detection import CLASSES
from synopticon.values.query import Bound, Near, Path, Query, Term
from synopticon.values.traits import CARRIED, COLOURS, KINDS, UNTIMED

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME, _SECONDS = len("2026-11-20 "), len("2026-11-20 18:00:00")


@dataclass(frozen=True, slots=True)
class Reason:
    """A term of the question, and what was measured of the track."""

    term: str
    says: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of ``Rows``: its values by name."""

    rows: Rows
    at: int

    def __getitem__(self, name: str, /) -> Any:
        return self.rows[name][self.at]

    @property
    def source(self) -> Source:
        """The footage that it is of."""
        return self.rows.sources[int(self["footage"])]

    @property
    def what(self) -> str:
        """Kind of vehicle, or class."""
        return KINDS[int(self["kind"])] or CLASSES[int(self["label"])]

    def moment(self, column: str) -> datetime | None:
        """A time of it in its camera's zone."""
        value = int(self[column])
        if value == UNTIMED:
            return None
        return (_EPOCH + timedelta(microseconds=value)).astimezone(zone_of(self.source.zone))


def reasons(query: Query, row: Row, world: World) -> tuple[Reason, ...]:
    """One line for each term, in their order."""
    said = zip(_texts(safe(query).terms), query.terms, strict=True)
    return tuple(Reason(text, _SAYS[t.field][1](t, row, world)) for text, t in said)


@lru_cache(maxsize=64)
def _texts(terms: tuple[Term, ...]) -> tuple[str, ...]:
    """Each term as it is asked for: the same for all hits."""
    return tuple(text_of(Query((t,))) for t in terms)


def columns_of(query: Query) -> frozenset[str]:
    """The columns that ``reasons`` reads, besides the footage of a row."""
    return frozenset(name for term in query.terms for name in _SAYS[term.field][0])


def stretch(start: datetime, end: datetime) -> str:
    """From when to when, with days and offsets of the zone as far as they are needed.

    >>> stretch(datetime(2026, 11, 20, 18, tzinfo=UTC), datetime(2026, 11, 20, 18, 1, tzinfo=UTC))
    '2026-11-20 18:00:00 to 18:01:00 (+0000)'
    """
    first, last = (moment.isoformat(" ", "seconds")[:_SECONDS] for moment in (start, end))
    if end.date() == start.date():
        last = last[_TIME:]
    if start.utcoffset() != end.utcoffset():
        first += f" ({start:%z})"
    return f"{first} to {last} ({end:%z})"


def _class(_term: Term, row: Row, _world: World) -> str:
    return f"{row.what}, detected with a mean score of {float(row['score']):.2f}"


def _colour(places: Sequence[str], _term: Term, row: Row, _world: World) -> str:
    said = []
    for place in places:
        shares: NDArray[np.uint8] = row[place]
        if shares.any():
            best = [k for k in np.argsort(-shares.astype(int), kind="stable")[:3] if shares[k] >= 20]
            said.append(f"{place} " + ", ".join(f"{COLOURS[k]} {shares[k] / 2.55:.0f} %" for k in best))
    sure = f"sure {int(row['sure']) / 2.55:.0f} %"
    return "; ".join((*said, sure)) if said else "its colours are unknown"


def _when(_term: Term, row: Row, _world: World) -> str:
    start, end = row.moment("start"), row.moment("end")
    if start is None or end is None:
        return "its time is unknown"
    slack = int(row["start"] - row["low"]) / SECOND
    return f"there from {stretch(start, end)}" + (f" ± {slack:.0f} s" if slack > 1 else "")


def _camera(_term: Term, row: Row, world: World) -> str:
    own = row.source.camera
    return f"seen by {next((name for name, id_ in world.cameras.items() if id_ == own), own)}"


def _in(term: Term, row: Row, world: World) -> str:
    said = []
    for name in map(str, term.values):
        area = world.areas.get((row.source.camera, name))
        if area is not None:
            share = float(inside(row["path"][None], area.points).share[0])
            said.append(f"{share:.0%} of its time in {name}")
    return ", ".join(said) or "its camera has no such zone"


def _cross(term: Term, row: Row, world: World) -> str:
    said = []
    for name in (side_of(str(v))[0] for v in term.values):
        area = world.areas.get((row.source.camera, name))
        if area is not None:
            to, fro = crossings(row["path"][None], area.points)[0]
            said.append(f"crossed {name} {to} times in, {fro} times out")
    return ", ".join(said) or "its camera has no such line"


def _path(term: Term, row: Row, _world: World) -> str:
    ways = [v.points for v in term.values if isinstance(v, Path)]
    off = min(float(follows(row["path"][None], w, TOLERANCE, row.source.aspect)[0]) for w in ways)
    return f"within {off:.0%} of the picture's height of that way"


def _near(term: Term, _row: Row, _world: World) -> str:
    came = "never came" if term.negated else "came"
    said = (
        f"{quantity_text(v.distance).lstrip('<')} of a {v.label}" for v in term.values if isinstance(v, Near)
    )
    return f"{came} within {' or '.join(said)}"


def _going(_term: Term, row: Row, _world: World) -> str:
    heading = float(row["heading"])
    if np.isnan(heading):
        return "goes nowhere"
    way = min(ANGLES, key=lambda name: abs((heading - ANGLES[name] + 180) % 360 - 180))
    return f"goes {way} ({heading % 360:.0f} degrees, 0 = right, 90 = up)"


def _speed(term: Term, row: Row, world: World) -> str:
    if all(in_base(v)[2] == "%/s" for v in term.values if isinstance(v, Bound)):
        return f"{float(row['speed']):.1%} of the picture's height a second"
    pace, error = metres_a_second(picked(row.rows, np.array([row.at])), world)
    return f"{float(pace[0]) * 3.6:.1f} km/h, give or take {float(error[0]) * 3.6:.1f}"


def _carries(_term: Term, row: Row, _world: World) -> str:
    bits = int(row["carries"])
    found = [name for k, name in enumerate(CARRIED) if bits >> k & 1]
    return f"with {', '.join(found)}" if found else "carries none of it"


def _noted(_term: Term, row: Row, world: World) -> str:
    noted = world.notes.get(row["ids"].decode())
    return f"{noted.verdict}, tags: {', '.join(noted.tags) or 'none'}" if noted else "nobody has looked yet"


def _plate(term: Term, row: Row, world: World) -> str:
    said = (world.plates[str(value)].says(row["ids"]) for value in term.values)
    return next(filter(None, said), "its plate was not read so")


def _event(term: Term, row: Row, world: World) -> str:
    track = row["ids"].decode()
    found = [str(value) for value in term.values if track in world.events.get(str(value), ())]
    return f"in an event: {', '.join(found)}" if found else "in no such event"


_MOMENTS = ("start", "end", "low")
_COLOURED = ("upper", "lower", "body")
# For each field of a question: the columns that are told of it, and how.
_SAYS: Mapping[str, tuple[tuple[str, ...], Callable[[Term, Row, World], str]]] = {
    "class": (("kind", "label", "score"), _class),
    **{p: ((p, "sure"), partial(_colour, (p,))) for p in _COLOURED},
    "colour": ((*_COLOURED, "sure"), partial(_colour, _COLOURED)),
    **dict.fromkeys(("from", "to", "on"), (_MOMENTS, _when)),
    "camera": ((), _camera),
    "in": (("path",), _in),
    "cross": (("path",), _cross),
    "path": (("path",), _path),
    "near": ((), _near),
    "going": (("heading",), _going),
    "speed": (("speed", "camera", "size", "path", "dwell"), _speed),
    "size": (("size",), lambda _t, row, _w: f"{float(row['size'][1]):.1%} of the picture's height"),
    "dwell": (("dwell",), lambda _t, row, _w: f"there for {float(row['dwell']):.1f} s"),
    "stopped": (("stopped",), lambda _t, row, _w: f"stood for {float(row['stopped']):.1f} s at most"),
    "with": (("carries",), _carries),
    "is": (("ids",), _noted),
    "tag": (("ids",), _noted),
    "track": (("ids",), lambda _t, row, _w: row["ids"].decode()),
    "plate": (("ids",), _plate),
    "event": (("ids",), _event),
    "sure": ((), lambda _t, _row, _w: "see the score"),
}
