"""Plain French or English -> a query, by rules and lists of words: no network, no model.

The translation is shown, with the words that were not understood; a search runs what is shown and nothing
else. A request for a sensitive trait is refused by name.

1. A text with ``field:value``, ``|`` or ``-word`` is the query language itself.
2. Words become units of meaning (``lexicon``); names of cameras, zones and lines are found among them.
3. Sensitive words are refused.
4. Units become terms: first what it is about, then when, how much, where, in which colour.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

from synopticon.errors import QueryError, UsageError
from synopticon.search.errors import nearest, pointed
from synopticon.search.fields import FIELDS, VEHICLES, Kind, data, folded
from synopticon.search.lexicon import LANGUAGES, Reader, Token, Unit, language_of, tokens_of
from synopticon.search.query import Names, parse, text_of
from synopticon.search.sensitive import is_given_name, refuse, refuse_in, traits_in
from synopticon.search.when import When
from synopticon.values.query import Bound, Near, Query, Term, Value

LONGEST = 1000  # characters
_STRUCTURED = re.compile(r"(?:^|\s)-?[^\W\d_][\w-]*:\S|\||(?:^|\s)-\w")
# Units that may stand between a negation and what it negates.
_SOFT = ("of", "in", "at", "to", "from", "by", "with", "camera", "zone", "line", "through", "stop")
_ASKING = ("find", "is", "cherche", "trouve", "est", "follow", "suis", "for", "track")
_NOUNS = ("garment", "carry", "class")


@dataclass(frozen=True, slots=True)
class Understood:
    """A question in plain words, translated.

    ``text``: the translation, canonical; ``ignored``: words without a meaning here, as they were typed;
    ``language``: "en", "fr", or "" for the query language itself.
    """

    query: Query
    text: str
    ignored: tuple[str, ...] = ()
    language: str = ""


def understand(
    text: str, now: datetime, language: str | None = None, names: Names | None = None
) -> Understood:
    """Translate plain words; ``now`` says when today is, in the cameras' zone.

    Raises ``RefusedError`` for a sensitive trait (rule ``search.no-sensitive-traits``; whoever calls logs
    it), ``QueryError`` for a text that is too long, or a mistake in the query language.

    >>> understand("une personne en rouge qui va à gauche après 18 h", datetime(2026, 11, 24)).text
    'person colour:red going:left from:18:00'
    """
    if len(text) > LONGEST:
        says = f"a question of {len(text)} characters: write at most {LONGEST}"
        raise pointed(text[: LONGEST + 40], LONGEST, "long", says)
    if _STRUCTURED.search(text):
        query = parse(text, names)
        return Understood(query, text_of(query))
    tokens = tokens_of(text)
    language = language or language_of(tokens)
    if language not in LANGUAGES:
        raise UsageError(f"no words of the language {language!r}: choose from {', '.join(LANGUAGES)}")
    units = Reader(tokens, language, now, names or {}).units()
    refuse(_traits(tokens, units))
    reading = _Reading(tokens, [u for u in units if u.means.keys() != {"stop"}], language, now)
    query, ignored = reading.query(), reading.ignored()
    if query == Query() and ignored:
        raise _nothing(text, ignored[0])
    return Understood(query, text_of(query), ignored, language)


def _nothing(text: str, word: str) -> QueryError:
    says = "none of these words is understood: write what it is, its colour, where or when"
    return pointed(text, max(0, text.find(word)), "word", says, nearest(folded(word), FIELDS["class"].words))


def _traits(tokens: tuple[Token, ...], units: list[Unit]) -> tuple[str, ...]:
    """Sensitive traits in the words that are no names of places."""
    words = ["." if unit.has("name") else _typed(tokens, unit) for unit in units]
    classes = {unit.means["class"] for unit in units if unit.has("class")}
    people = "person" in classes or any(unit.has("rider", "garment", "carry") for unit in units)
    text = " ".join(words)
    found = traits_in(text, things_only=bool(classes) and not people and not traits_in(text, True))
    return found or (("identity",) if any(_someone(tokens, unit) for unit in units) else ())


def _typed(tokens: tuple[Token, ...], unit: Unit) -> str:
    """The words of a unit; those that touched each other still do."""
    text, end = "", -1
    for token in tokens[unit.first : unit.last]:
        text += token.typed if token.at == end or not text else f" {token.typed}"
        end = token.at + len(token.typed)
    return text


def _someone(tokens: tuple[Token, ...], unit: Unit) -> bool:
    """Whether a word names a person: a given name with its capital, or what is asked for by a name."""
    token, k = tokens[unit.first], unit.first
    if unit.has("name") or not token.typed.istitle():
        return False
    following = tokens[k + 1].typed if k + 1 < len(tokens) else ""
    if is_given_name(token.word) and (k > 0 or following.istitle()):
        return True
    return not unit.means and k > 0 and tokens[k - 1].word in _ASKING


@dataclass(slots=True)
class _Reading:
    """Units and the terms they have become so far; ``used``: units that are in a term."""

    tokens: tuple[Token, ...]
    units: list[Unit]
    language: str
    now: datetime
    terms: list[Term] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    about: dict[int, str] = field(default_factory=dict)  # units that say what it is -> class
    worn: bool = False  # a piece of clothing is spoken of
    sort: str = ""
    limit: int | None = None

    def query(self) -> Query:
        """The query that all units make."""
        order = list(FIELDS)
        for step in (
            self.classes,
            self.times,
            self.quantities,
            self.places,
            self.words,
            self.colours,
            self.verbs,
        ):
            for k in range(len(self.units)):
                if k not in self.used:
                    step(k)
        who = self.get(0).has("who") and self.get(0).first == 0
        worn = any(t.field in ("upper", "lower", "with") for t in self.terms)
        if not self.about and (who or worn or self.worn):
            self.about[-1] = "person"
        whole = [Term("class", tuple(dict.fromkeys(self.about.values())))] if self.about else []
        return Query(
            tuple(sorted(whole + self.terms, key=lambda t: order.index(t.field))), self.sort, self.limit
        )

    def ignored(self) -> tuple[str, ...]:
        """Words that are in no term and join nothing."""
        content = (
            "class",
            "colour",
            "garment",
            "number",
            "length",
            "amount",
            "verb",
            "name",
            "clock",
            "date",
        )
        lost = [
            u
            for k, u in enumerate(self.units)
            if k not in self.used and (not u.means or u.has(*content)) and not (u.has("stop") or _joins(u))
        ]
        return tuple(_typed(self.tokens, unit) for unit in lost)

    def get(self, k: int) -> Unit:
        """A unit, or one without a meaning outside."""
        return self.units[k] if 0 <= k < len(self.units) else Unit(0, 0)

    def add(self, name: str, *values: Value, negated: bool = False) -> bool:
        """Keep a term; a field of which there is one takes the values in, unless it is a time."""
        for k, term in enumerate(self.terms):
            if (term.field, term.negated) == (name, negated) and FIELDS[name].once:
                if FIELDS[name].kind in (Kind.TIME, Kind.QUANTITY):
                    return False
                self.terms[k] = Term(name, tuple(dict.fromkeys(term.values + values)), negated)
                return True
        self.terms.append(Term(name, values, negated))
        return True

    def negated(self, k: int) -> bool:
        """Whether "not", "without" or "outside" stands before a unit."""
        k -= 1
        while k >= 0 and self.get(k).has(*_SOFT) and not self.get(k).has("not", "without", "out"):
            k -= 1
        return self.get(k).has("not", "without", "out")

    def before(self, k: int) -> int:
        """The unit before, past words that only join."""
        k -= 1
        while k >= 0 and self.get(k).has("of") and not self.get(k).has("name"):
            k -= 1
        return k

    # What it is

    def classes(self, k: int) -> None:
        """Say what a class word stands for: what is looked for, what is near it, what it carries."""
        unit = self.get(k)
        if unit.has("rider"):
            self.about[k] = "person"
            self.add("with", unit.means["rider"])
            self.used.add(k)
        if not unit.has("class"):
            return
        name, last = unit.means["class"], self.get(self.before(k))
        person = "person" in self.about.values()
        if last.has("by") and not last.has("name") and self.about:
            self.add("near", Near(_bound(data("defaults")["near"]), name))
        elif self.measured(k):
            return
        elif name in ("bag", "bicycle") and (person or last.has("with")) and not self.listed(k):
            self.add("with", name, negated=self.negated(k))
        elif self.negated(k):
            self.add("class", name, negated=True)
        elif not self.about or self.joined(k):
            self.about[k] = name
        else:
            return
        self.used.add(k)

    def listed(self, k: int) -> bool:
        """Whether "or" or "and" stands before a class, but not behind something carried."""
        return self.get(k - 1).has("or", "and", "comma") and not self.get(k - 2).has("carry")

    def joined(self, k: int) -> bool:
        """Whether a class goes on a list of classes: ``cars and vans``."""
        if not self.get(k - 1).has("or", "and", "comma"):
            return False
        before = k - 2
        while before >= 0 and self.get(before).has("colour"):
            before -= 1
        return before in self.about

    def measured(self, k: int) -> bool:
        """Whether a class stands behind a distance: ``within 2 m of a car``."""
        before = self.before(k)
        far = self.get(before)
        cue = self.get(before - 1)
        beyond = cue.has("more") and not cue.has("less")
        if not far.has("amount") or far.means["amount"][1] != "m" or beyond:
            return False
        value, unit = far.means["amount"]
        self.add("near", Near(Bound(high=value, unit=unit), self.get(k).means["class"]))
        self.used |= {k, before}
        return True

    # When, how long, how fast

    def times(self, k: int) -> None:
        """Days and times of day; a length of time is none, if words before it say so."""
        unit, before = self.get(k), self.get(k - 1)
        if unit.has("length") and before.has("more", "less", "for", "within"):
            return
        found = When(self.units, self.now).at(k)
        if found and not any(j in self.used for j in range(k, k + found.units)):
            kept = [self.add(name, value) for name, value in found.terms]
            self.used |= set(range(k, k + found.units)) if all(kept) else set()

    def quantities(self, k: int) -> None:
        """Lengths of time, speeds, and how many hits."""
        unit, before = self.get(k), self.get(k - 1)
        if unit.has("number") and (
            self.get(k + 1).has("first", "sort") or before.has("first") or self.top(k)
        ):
            self.limit = max(1, min(int(unit.means["number"]), int(FIELDS["limit"].most)))
            self.used.add(k)
        elif unit.has("length"):
            self.lasting(k, unit.means["length"])
        elif unit.has("amount") and unit.means["amount"][1] in FIELDS["speed"].units:
            value, of = unit.means["amount"]
            if before.has("more", "less"):
                bound = Bound(low=value, unit=of) if before.has("more") else Bound(high=value, unit=of)
                self.add("speed", bound, negated=self.negated(k - 1))
                self.used.add(k)
            elif self.lower(k) is not None:
                self.add("speed", Bound(self.lower(k) or 0, value, of))
                self.used |= {k, k - 2}

    def top(self, k: int) -> bool:
        """Whether a number counts hits: ``the 10 fastest cars``, ``les 10 voitures les plus rapides``."""
        noun = self.get(k + 1)
        return (noun.has("class") or not noun.means) and self.get(k + 2).has("sort")

    def lower(self, k: int) -> float | None:
        """The smaller end of ``between 10 and 30 ...``."""
        said = self.get(k - 2).means
        if not (self.get(k - 3).has("between", "from") and self.get(k - 1).has("and", "to")):
            return None
        step = self.get(k).means.get("step", 1.0)
        number = said["number"] * step if "number" in said else None
        low = said.get("length", (said.get("amount") or (number,))[0])
        high = self.get(k).means.get("length", (self.get(k).means.get("amount") or (inf,))[0])
        return float(low) if low is not None and low <= high else None

    def lasting(self, k: int, seconds: float) -> None:
        """A length of time: of the stop if one is spoken of, else in the picture."""
        verb = next(
            (v for v in reversed(range(len(self.units))) if self.get(v).means.get("verb") in _LASTING), None
        )
        before, low = self.get(k - 1), self.lower(k)
        if low is not None:
            bound = Bound(low, seconds, "s")
            self.used.add(k - 2)
        elif before.has("more", "for") or (verb is not None and not before.has("less", "within")):
            bound = Bound(low=seconds, unit="s")
        elif before.has("less", "within"):
            bound = Bound(high=seconds, unit="s")
        else:
            return
        self.used.add(k)
        name = "dwell" if verb is None or self.get(verb).means["verb"] == "waiting" else "stopped"
        self.add(name, bound, negated=verb is not None and self.negated(verb))
        if verb is not None:
            self.used.add(verb)

    def verbs(self, k: int) -> None:
        """Stopping, waiting and running without a length or a speed: what the defaults say."""
        verb, usual = self.get(k).means.get("verb"), data("defaults")
        done = any(t.field in ("stopped", "dwell") for t in self.terms)
        if verb in _LASTING and done and not self.negated(k):
            self.used.add(k)
        elif verb in _LASTING:
            name = "dwell" if verb == "waiting" else "stopped"
            self.used.add(k)
            if self.sort != "dwell":  # "the longest stays" has no limit
                self.add(name, Bound(low=float(usual[verb]), unit="s"), negated=self.negated(k))
        elif verb == "running":
            self.add("speed", _bound(usual["running"]), negated=self.negated(k))
            self.used.add(k)

    # Where

    def places(self, k: int) -> None:
        """Cameras, zones and lines by their names."""
        unit, before = self.get(k), self.get(k - 1)
        if not unit.has("name"):
            return
        names = unit.means["name"]
        verb = next((self.get(v).means["verb"] for v in reversed(range(k)) if self.get(v).has("verb")), "")
        wanted = "camera" if before.has("camera") else "line" if verb in _SIDES else "zone"
        kind = next(kind for kind in (wanted, "zone", "line", "camera") if kind in names)
        name = names[kind]
        if kind == "line":
            name += _SIDES.get(verb, "")
        where = {"camera": "camera", "zone": "in", "line": "cross"}[kind]
        if kind != "camera":
            refuse_in(names[kind], place=True)
        if before.has("or") and self.terms and self.terms[-1].field == where and self.get(k - 2).has("name"):
            last = self.terms.pop()
            self.terms.append(Term(where, (*last.values, name), last.negated))
        else:
            self.add(where, name, negated=self.negated(k))
        self.used |= {k} | {v for v in range(k) if self.get(v).means.get("verb") in _SIDES and kind == "line"}

    # Words of closed lists

    def words(self, k: int) -> None:
        """Directions, things carried, states, orders."""
        unit = self.get(k)
        for kind, name in (("going", "going"), ("carry", "with"), ("is", "is")):
            if unit.has(kind):
                self.add(name, unit.means[kind], negated=self.negated(k))
                self.used.add(k)
        if unit.has("sort"):
            self.sort = self.sort or unit.means["sort"]
            self.used.add(k)

    # Colours

    def colours(self, k: int) -> None:
        """A colour, or several joined, and what has it."""
        if not self.get(k).has("colour"):
            return
        end, colours, both = k + 1, [self.get(k).means["colour"]], True
        while self.get(end).has("and", "or", "comma") and self.get(end + 1).has("colour"):
            both = both and self.get(end).has("and")
            colours.append(self.get(end + 1).means["colour"])
            end += 2
        noun = self.noun(k, end)
        name = self.coloured(noun)
        if not name:
            self.used |= set(range(k + 1, end, 2))
            return
        self.used |= set(range(k, end)) | ({noun} if noun is not None else set())
        negated = self.negated(k) or (
            noun is not None and noun < k and self.negated(noun) and noun not in self.about
        )
        groups = [(c,) for c in dict.fromkeys(colours)] if both else [tuple(dict.fromkeys(colours))]
        for group in groups:
            self.tint(name, group, negated, alone=len(groups) == 1)

    def tint(self, name: str, group: tuple[str, ...], negated: bool, alone: bool) -> None:
        """Keep a colour; a vehicle has one body, so a second group of colours is an alternative."""
        for k, term in enumerate(self.terms):
            if alone and (term.field, term.negated) == (name, negated) and name in ("body", "colour"):
                self.terms[k] = Term(name, tuple(dict.fromkeys(term.values + group)), negated)
                return
        self.add(name, *group, negated=negated)

    def noun(self, start: int, end: int) -> int | None:
        """What colours ``start`` to ``end`` belong to: in English what follows, in French what is before."""
        left, right = self.beside(start - 1, -1), self.beside(end, 1)
        if self.language == "en":
            return right if right is not None else left
        if (
            self.get(start - 1).has("in", "with", "not")
            and right is not None
            and self.get(right).has("garment")
        ):
            return right
        return left if left is not None else right

    def beside(self, k: int, step: int) -> int | None:
        """The next noun on one side, past a few words that are not known."""
        for _ in range(3):
            unit = self.get(k)
            if unit.has(*_NOUNS):
                return k
            soft = unit.has("of", "stop") or (step < 0 and unit.has("in", "not"))
            if not 0 <= k < len(self.units) or not (soft or not unit.means):
                return None
            k += step
        return None

    def coloured(self, noun: int | None) -> str:
        """The field for the colour of a noun; "" if its colour is not known."""
        unit = self.get(-1 if noun is None else noun)
        if unit.has("garment"):
            self.worn = True
            return {"upper": "upper", "lower": "lower"}.get(unit.means["garment"], "colour")
        if unit.has("carry") or (unit.has("class") and noun not in self.about):
            return ""
        classes = set(self.about.values())
        return "body" if classes and classes <= VEHICLES else "colour"


_LASTING = ("stopped", "parked", "waiting")
_SIDES = {"crossing": "", "entering": ":in", "leaving": ":out"}


def _bound(text: str) -> Bound:
    """A bound as the query language writes it; without a sign, an upper one."""
    (term,) = parse(f"near:{text} of person" if text[0] not in "<>" else f"speed:{text}").terms
    (value,) = term.values
    bound = value.distance if isinstance(value, Near) else value
    assert isinstance(bound, Bound)
    return bound


def _joins(unit: Unit) -> bool:
    """Whether a unit is only a word between others."""
    joins = (
        "and",
        "or",
        "of",
        "in",
        "at",
        "to",
        "from",
        "with",
        "by",
        "comma",
        "for",
        "through",
        "not",
        "camera",
    )
    return unit.has(*joins) and not unit.has("name", "class", "colour", "verb")
