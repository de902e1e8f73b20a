"""What a query may ask about: one entry a field, and the words, units and names that it takes.

The parser, the text of a query, the plain-language layer, the page of documentation and its test all read
this list. A new field is one entry here and one matcher where tracks are compared.
"""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import resources
from math import inf
from types import MappingProxyType
from typing import Any

from synopticon.values.query import Bound
from synopticon.values.traits import CARRIED, COLOURS


class Kind(StrEnum):
    """What a field's value is."""

    WORD = "word"  # of a closed list; kept as text
    NAME = "name"  # that somebody gave: of a camera, a zone, a line, a tag, a track; kept as text
    QUANTITY = "quantity"  # a ``Bound``, more or less than a number with a unit
    TIME = "time of day"  # a ``time``
    DAYS = "days"  # ``Days``
    PATH = "path"  # a ``Path``
    NEAR = "near"  # a ``Near``
    PLATE = "plate"  # of a plate, a pattern, or the name of a list; kept as text, see ``plates.asked``
    COUNT = "number"  # a whole number


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``words``: its closed list; ``synonyms``: other word -> word of the list.

    ``named``: which known names it takes ("camera", "zone", "line", "tag"; "" = not checked). ``units``: as
    they are kept in a ``Bound``. ``most``: the largest number. ``also``: other spellings of the field's name;
    ``hints``: words for which it is suggested. ``once``: why a track can meet only one such term, else "".
    ``negates``: whether ``not`` may stand before it.
    """

    name: str
    kind: Kind
    help: str
    examples: tuple[str, ...]
    words: tuple[str, ...] = ()
    synonyms: Mapping[str, str] = field(default_factory=dict)
    named: str = ""
    units: tuple[str, ...] = ()
    most: float = inf
    also: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    once: str = ""
    negates: bool = True

    def word(self, typed: str) -> str | None:
        """The word of the closed list that somebody means, or None."""
        said = folded(typed)
        return said if said in self.words else self.synonyms.get(said)


CLASS_WORDS: tuple[str, ...] = (
    "person", "vehicle", "car", "van", "lorry", "truck", "bus", "two-wheeler", "bicycle", "motorcycle",
    "train", "boat", "animal", "bag", "object",
)  # fmt: skip
DIRECTIONS: tuple[str, ...] = (
    "left", "right", "up", "down", "up-left", "up-right", "down-left", "down-right",
)  # fmt: skip
REVIEWS: tuple[str, ...] = ("accepted", "rejected", "unsure", "new")
ORDERS: tuple[str, ...] = ("sure", "time", "unusual", "speed", "dwell", "size", "similar")
SIDES: tuple[str, ...] = ("in", "out")
# Unit as it is kept -> (base unit, factor).
BASES: Mapping[str, tuple[str, float]] = MappingProxyType(
    {
        "s": ("s", 1.0),
        "km/h": ("m/s", 1 / 3.6),
        "m/s": ("m/s", 1.0),
        "mph": ("m/s", 0.44704),
        "%/s": ("%/s", 1.0),  # of the picture's height
        "m": ("m", 1.0),
        "%": ("%", 1.0),
    }
)
# Unit as it is typed -> (unit as it is kept, factor).
SPELLINGS: Mapping[str, tuple[str, float]] = MappingProxyType(
    {unit: (unit, 1.0) for unit in BASES}
    | {
        "sec": ("s", 1.0), "min": ("s", 60.0), "mn": ("s", 60.0), "h": ("s", 3600.0),
        "kmh": ("km/h", 1.0), "kph": ("km/h", 1.0), "mps": ("m/s", 1.0), "cm": ("m", 0.01),
    }
)  # fmt: skip


def folded(text: str) -> str:
    """Text as words are compared: small letters without accents.

    >>> folded("Fourgon BLANC arrêté")
    'fourgon blanc arrete'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


def in_base(bound: Bound) -> tuple[float, float, str]:
    """Low, high and the base unit ("s", "m/s", "%/s", "m", "%") of a bound."""
    base, factor = BASES[bound.unit]
    return bound.low * factor, bound.high * factor, base


def side_of(value: str) -> tuple[str, str]:
    """Name of a line and "in", "out" or "" from a value of ``cross:``.

    >>> side_of("line1:in"), side_of("line1")
    (('line1', 'in'), ('line1', ''))
    """
    name, _, side = value.partition(":")
    return name, side


@cache
def data(name: str) -> Mapping[str, Any]:
    """One of the lists of words beside this module."""
    path = resources.files("synopticon.search").joinpath("words", f"{name}.toml")
    return tomllib.loads(path.read_text("utf-8"))


def _synonyms(name: str) -> Mapping[str, str]:
    table = data("synonyms")[name]
    return MappingProxyType({other: word for word, others in table.items() for other in others})


def _colour(name: str, what: str, *examples: str, **more: Any) -> Field:
    return Field(name, Kind.WORD, what, examples, COLOURS, _synonyms("colour"), **more)


_ALL: tuple[Field, ...] = (
    Field(
        "class", Kind.WORD, "What it is. Written without a key.",
        ("person", "car|van", "-vehicle"), CLASS_WORDS, _synonyms("class"),
        hints=("type", "kind", "label", "classe"), once="a track cannot be both",
    ),
    _colour(
        "upper", "Colour of a person's upper clothing.", "upper:red", "upper:grey|black",
        hints=("top", "haut", "jacket", "shirt", "torso", "veste", "coat"),
    ),
    _colour(
        "lower", "Colour of a person's lower clothing.", "lower:black",
        hints=("bottom", "bas", "trousers", "pants", "pantalon", "legs", "jeans"),
    ),
    _colour(
        "body", "Colour of a vehicle's body.", "van body:white", hints=("paint", "carrosserie", "vehicle"),
    ),
    _colour(
        "colour", "Colour in any of these places.", "colour:red", "person not colour:black",
        also=("color",), hints=("couleur", "tint"),
    ),
    Field(
        "with", Kind.WORD, "What a person carries or wears, where a model looked for it.",
        ("with:bag", "with:helmet|hat", "not with:helmet"), CARRIED, _synonyms("with"),
        hints=("avec", "carries", "carrying", "wearing", "has"),
    ),
    Field(
        "going", Kind.WORD, "Where it goes in the picture; up is away from the camera, down toward it.",
        ("going:left", "going:up|up-left"), DIRECTIONS, _synonyms("going"),
        hints=("direction", "vers", "heading", "toward"), once="a track goes one way",
    ),
    Field(
        "speed", Kind.QUANTITY, "Median speed; %/s is of the picture's height, others need a ground plane.",
        ("speed:>20km/h", "speed:1m/s..2m/s", "speed:<10%/s"), units=("km/h", "m/s", "mph", "%/s"),
        hints=("vitesse", "velocity", "fast"),
    ),
    Field(
        "size", Kind.QUANTITY, "Median height of its box, in % of the picture's height.",
        ("size:>5%", "size:5%..20%"), units=("%",), most=100, hints=("taille", "height", "hauteur"),
    ),
    Field(
        "dwell", Kind.QUANTITY, "How long it is in the picture.",
        ("dwell:>30s", "dwell:<1m30s", "dwell:10s..30s"), units=("s",),
        hints=("stay", "stayed", "duration", "lasts", "duree", "reste"),
    ),
    Field(
        "stopped", Kind.QUANTITY, "Its longest stop.", ("stopped:>30s", "stopped:1min..5min"), units=("s",),
        hints=("stop", "arret", "arrete", "parked", "still"),
    ),
    Field(
        "in", Kind.NAME, "It passes through this zone.", ("in:bay", "not in:\"car park\""), named="zone",
        hints=("zone", "area", "inside", "dans"),
    ),
    Field(
        "cross", Kind.NAME, "It crosses this line; with :in or :out, to that side.",
        ("cross:line1", "cross:line1:in", "cross:\"main door\":out"), named="line",
        hints=("line", "crosses", "crossing", "ligne", "franchit"),
    ),
    Field(
        "path", Kind.PATH, "It passes near these points in this order; 0,0 is the top left corner.",
        ("path:0.1,0.5>0.9,0.5",), hints=("way", "route", "trajet", "chemin"),
    ),
    Field(
        "near", Kind.NEAR, "It comes this near to something: metres need a ground plane, % is of the "
        "picture's height.", ("near:2m of bicycle", "near:10% of person"), CLASS_WORDS, _synonyms("class"),
        units=("m", "%"), hints=("close", "pres", "beside"),
    ),
    Field(
        "plate", Kind.PLATE,
        "What its number plate says, where plates may be searched: all of it, with * and ? "
        "for what is not known, ~ before what may be misread, or @ and the name of a list of the case.",
        ("plate:AB123CD", "plate:AB-*-CD", "plate:~AB123CD", "plate:@stolen"),
        hints=("plaque", "licence", "license", "registration", "immatriculation", "plates", "number"),
        negates=False,
    ),
    Field(
        "event", Kind.NAME,
        "It is in an event that was found and kept: by the rule, or by what the rule is called.",
        ("event:left-object", "event:\"into the yard\""), named="event",
        hints=("events", "alarm", "rule", "evenement", "alarme", "regle"),
    ),
    Field(
        "camera", Kind.NAME, "Seen by one of these cameras.", ("camera:gate,hall", "camera:\"north gate\""),
        named="camera", also=("cam",), hints=("cameras", "source"), once="a track is of one camera",
    ),
    Field(
        "on", Kind.DAYS, "Seen on this day, or on one of these days.",
        ("on:2026-11-20", "on:2026-11-20..2026-11-22"), hints=("date", "day", "jour", "le"),
        once="one term holds all days",
    ),
    Field(
        "from", Kind.TIME, "Not before this time of day, in the camera's zone. It may be later than to:, "
        "then the hours pass midnight.", ("from:18:00", "from:18h30", "from:6pm"),
        hints=("after", "since", "start", "begin", "de", "apres"), once="there is one earliest time",
        negates=False,
    ),
    Field(
        "to", Kind.TIME, "Not after this time of day.", ("to:19:30", "from:22:00 to:06:00"),
        also=("until",), hints=("before", "end", "avant", "a"), once="there is one latest time",
        negates=False,
    ),
    Field(
        "is", Kind.WORD, "What was decided about it in the case.", ("is:accepted", "is:new|unsure"),
        REVIEWS, _synonyms("is"), hints=("review", "state", "status"), once="a hit has one state",
    ),
    Field(
        "tag", Kind.NAME, "It carries this tag in the case.", ("tag:stolen", "tag:\"to check\""), named="tag",
        hints=("tags", "label", "mark"),
    ),
    Field(
        "track", Kind.NAME, "This track and no other.", ("track:0f3a9c-120-4",), also=("id",),
        once="a track has one id",
    ),
    Field(
        "sure", Kind.QUANTITY, "How sure the answer must be.", ("sure:>80%",), units=("%",), most=100,
        hints=("score", "confidence", "certain", "threshold"), once="there is one threshold", negates=False,
    ),
    Field(
        "sort", Kind.WORD, "What comes first: the surest, the earliest, the most unusual for its camera, the "
        "fastest, the longest in the picture, the largest, the most similar.", ("sort:unusual", "sort:time"),
        ORDERS, _synonyms("sort"), hints=("order", "by", "tri", "trier"), once="there is one order",
        negates=False,
    ),
    Field(
        "limit", Kind.COUNT, "How many hits at most.", ("limit:20",), hints=("max", "top", "count", "limite"),
        most=1_000_000, once="there is one limit", negates=False,
    ),
)  # fmt: skip

FIELDS: Mapping[str, Field] = MappingProxyType({f.name: f for f in _ALL})
# Every spelling of a field's name.
SPELT: Mapping[str, Field] = MappingProxyType({name: f for f in _ALL for name in (f.name, *f.also)})
HINTS: Mapping[str, str] = MappingProxyType({hint: f.name for f in reversed(_ALL) for hint in f.hints})
VEHICLES: frozenset[str] = frozenset(CLASS_WORDS[1:12])
