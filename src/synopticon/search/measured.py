"""How much of such a question is found on labelled footage: figures that travel with every answer.

Footage like the user's own was never measured, and the answer says so.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from synopticon.values.interval import wilson
from synopticon.values.query import Query

KINDS = {
    "class": "class", "upper": "colour", "lower": "colour", "body": "colour", "colour": "colour",
    "going": "direction",
}  # fmt: skip
VEHICLES = ("car", "van", "lorry", "truck", "bus", "two-wheeler", "bicycle", "motorcycle")


@dataclass(frozen=True, slots=True)
class Figure:
    """``found`` of ``n`` labelled things, with one model, on named footage; ``command`` measures it again."""

    kind: str
    says: str
    model: str
    found: int
    n: int
    footage: str
    command: str

    @property
    def share(self) -> float:
        """0..1."""
        return self.found / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of the share, 95 %."""
        return wilson(self.found, self.n)

    def __str__(self) -> str:
        low, high = self.interval
        share = f"{self.share:.0%} [{low:.0%}, {high:.0%}] of {self.n}"
        return f"{self.says}: {share} ({self.footage}; {self.model})"


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures that a question rests on; ``lacking``: what of it was never measured."""

    figures: tuple[Figure, ...]
    lacking: tuple[str, ...]


def measured(query: Query, models: Sequence[str]) -> Measured:
    """What is known of questions like this one, with these models."""
    kinds = kinds_of(query)
    known = [f for f in figures() if f.kind in kinds and f.model in models]
    lacking = [
        f"{kind} with {model}"
        for kind in kinds
        for model in models
        if not any((f.kind, f.model) == (kind, model) for f in known)
    ]
    return Measured(tuple(known), tuple(lacking))


def kinds_of(query: Query) -> tuple[str, ...]:
    """Which kinds of measurement a question needs: class, type, colour, direction; the rest by name."""
    kinds: dict[str, None] = {"class": None}
    for term in query.terms:
        if term.field == "class" and any(v in VEHICLES for v in term.values):
            kinds["type"] = None
        if term.field not in ("camera", "on", "from", "to", "track", "tag", "is", "sure", "event"):
            kinds[KINDS.get(term.field, term.field)] = None
    return tuple(kinds)


@cache
def figures() -> tuple[Figure, ...]:
    """All figures."""
    text = files("synopticon.search").joinpath("measured.toml").read_text("utf-8")
    found: Iterable[dict[str, object]] = tomllib.loads(text)["figure"]
    return tuple(Figure(**one) for one in found)  # type: ignore[arg-type]
