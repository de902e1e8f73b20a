r"""Text -> ``Query``, and back: the language that a person types and a program writes.

::

    query  = { item }                        all of them hold
    item   = ["-" | "not "] ( class | field ":" value )
    class  = word { ("|" | ",") word }       any of them
    value  = piece { ("|" | ",") piece }     for words, names and days; one piece for anything else
    piece  = characters without space, comma, bar and quote | '"' characters, \" and \\ '"'

Reading takes time linear in the length, which is limited; there is nothing to nest. For each query that can
be written, ``parse(text_of(q)) == q``.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from synopticon.errors import QueryError
from synopticon.search import values as read
from synopticon.search.errors import nearest, pointed, shown
from synopticon.search.fields import CLASS_WORDS, FIELDS, HINTS, SIDES, SPELT, Field, Kind, data, folded
from synopticon.search.sensitive import refuse, refuse_in, refuse_written, trait_of_field, traits_in
from synopticon.search.values import Wrong
from synopticon.values.query import Near, Query, Term, Value

LONGEST = 4000  # characters of a query
LONGEST_NAME = 200
# Names that exist: "camera", "zone", "line", "tag" -> names. What is not there is not checked.
Names: TypeAlias = Mapping[str, Collection[str]]

_SPACE = re.compile(r"\s*")
_HEAD = re.compile(r'[^\s:"|,]*')
_PIECE = re.compile(r'[^\s"|,]*')
_RUN = re.compile(r"\S*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_NOT = re.compile(r"-|not\s+", re.IGNORECASE)
_OF = re.compile(r"\s+of\s+", re.IGNORECASE)
_SIDE = re.compile(r":([^\s\"|,]*)")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a value as it was typed: text without quotes, where it begins, and ``:in`` after quotes."""

    text: str
    at: int
    quoted: bool = False
    side: str = ""


@dataclass(slots=True)
class _Reader:
    """Reads one query from left to right; ``at`` is the next character."""

    text: str
    names: Names
    at: int = 0
    terms: list[Term] = field(default_factory=list)
    seen: dict[str, Term] = field(default_factory=dict)
    sort: str = ""
    limit: int | None = None

    def take(self, pattern: re.Pattern[str]) -> str:
        """What fits the pattern from here on; moves past it."""
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found[0] if found else ""

    def wrong(self, kind: str, at: int, says: str, suggestion: str = "") -> QueryError:
        """An error that points at the character ``at``."""
        return pointed(self.text, at, kind, says, suggestion)

    def query(self) -> Query:
        """All of the text."""
        for at, character in enumerate(self.text):
            if not character.isprintable() and not character.isspace():
                raise self.wrong(
                    "syntax", at, f"a character that cannot be seen (U+{ord(character):04X}): delete it"
                )
        self.take(_SPACE)
        while self.at < len(self.text):
            self.item()
            self.take(_SPACE)
        return Query(tuple(self.terms), self.sort, self.limit)

    def item(self) -> None:
        """One term, or the order, or the limit."""
        start, negated = self.at, self.negation()
        begin = self.at
        head = self.take(_HEAD)
        if self.text[self.at : self.at + 1] != ":":
            self.at = begin
            self.add(Term("class", tuple(self.words(FIELDS["class"])), negated), start)
            return
        found = self.field_of(head, begin)
        if negated and not found.negates:
            raise self.wrong("syntax", start, f"{found.name}: cannot be negated: write it without 'not'")
        self.at += 1
        self.value(found, negated, start)

    def negation(self) -> bool:
        """Whether the item begins with ``-`` or ``not``; moves past it."""
        found = _NOT.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found is not None

    def field_of(self, head: str, at: int) -> Field:
        """The field of this name."""
        said = folded(head)
        if said in SPELT:
            return SPELT[said]
        refuse(trait_of_field(said))
        suggestion = HINTS.get(said) or nearest(said, SPELT)
        known = "known are " + ", ".join(name for name in FIELDS if name != "class")
        raise self.wrong("field", at, f"no field {shown(head)}: {known}", suggestion)

    def value(self, found: Field, negated: bool, start: int) -> None:
        """The value after the colon."""
        if self.at == len(self.text) or self.text[self.at].isspace():
            raise self.wrong(
                "syntax", self.at, f"nothing after {found.name}: write {found.examples[0]}, without a space"
            )
        if found.name == "limit":
            at = self.at
            self.once(found, start)
            self.limit = self.one(found, read.count)
            self.seen["limit"] = Term("limit", (self.text[at : self.at],))
        elif found.name == "sort":
            self.once(found, start)
            order, *more = self.words(found)
            if more:
                raise self.wrong("twice", start, f"{found.once}: write one, like {found.examples[0]}")
            self.seen["sort"] = Term("sort", (order,))
            self.sort = "" if order == "sure" else order
        else:
            self.add(Term(found.name, tuple(self.values(found)), negated), start)

    def values(self, found: Field) -> list[Value]:
        """All values of a term, each once."""
        match found.kind:
            case Kind.WORD:
                return [*self.words(found)]
            case Kind.NAME:
                return [*dict.fromkeys(self.name(found, piece) for piece in self.pieces(found))]
            case Kind.DAYS:
                return [*dict.fromkeys(self.made(found, p, read.days) for p in self.pieces(found))]
            case Kind.PLATE:
                return [*dict.fromkeys(self.made(found, p, read.plate) for p in self.pieces(found))]
            case Kind.NEAR:
                return [self.near(found)]
        makers: dict[Kind, read.Maker[Value]] = {
            Kind.QUANTITY: read.quantity,
            Kind.TIME: read.time_of_day,
            Kind.PATH: read.path,
        }
        return [self.one(found, makers[found.kind])]

    def one(self, found: Field, make: "read.Maker[read.T]") -> "read.T":
        """The only value of a term, up to the next space."""
        at = self.at
        return self.made(found, _Piece(self.take(_RUN), at), make)

    def made(self, found: Field, piece: _Piece, make: "read.Maker[read.T]") -> "read.T":
        """What a piece of text says, or an error that points into it."""
        try:
            return make(found, piece.text)
        except Wrong as wrong:
            raise self.wrong("value", piece.at + wrong.offset, str(wrong), wrong.suggestion) from None

    def near(self, found: Field) -> Near:
        """A distance, "of", and what."""
        at = self.at
        text = self.take(_RUN)
        bare = text if text.startswith(("<", ">")) or ".." in text else f"<{text}"
        shift = len(bare) - len(text)
        try:
            distance = read.quantity(found, bare)
        except Wrong as wrong:
            raise self.wrong(
                "value", at + max(0, wrong.offset - shift), str(wrong), wrong.suggestion
            ) from None
        rest = _OF.match(self.text, self.at)
        if distance.low > 0 or not rest:
            raise self.wrong("value", at, "how near, and to what? write near:2m of bicycle")
        self.at = rest.end()
        begin = self.at
        return Near(distance, self.word(found, _Piece(self.take(_RUN), begin)))

    def words(self, found: Field) -> list[str]:
        """Words of the field's closed list, each once."""
        return [*dict.fromkeys(self.word(found, piece) for piece in self.pieces(found))]

    def word(self, found: Field, piece: _Piece) -> str:
        """The word of the closed list that a piece says."""
        word = found.word(piece.text)
        if word is not None:
            return word
        if found.name == "class":
            refuse(trait_of_field(piece.text))
        refuse(traits_in(piece.text))
        says, suggestion = _unknown(found, piece.text)
        raise self.wrong("word", piece.at, says, suggestion)

    def name(self, found: Field, piece: _Piece) -> str:
        """A name, checked if the known ones are given; a line's with its side."""
        name, side = piece.text, piece.side
        if found.name == "cross" and not piece.quoted:
            name, colon, side = piece.text.partition(":")
            side = f"{colon}{side}"
        if side and (found.name != "cross" or folded(side[1:]) not in SIDES):
            at = self.at - len(side) + 1
            raise self.wrong(
                "word", at, f"no side {shown(side[1:])}: write :in or :out after the name of a line"
            )
        if found.name == "cross" and ":" in name:
            raise self.wrong(
                "value", piece.at, "a line's name holds no colon: choose another name for the line"
            )
        if len(name) > LONGEST_NAME:
            raise self.wrong(
                "value", piece.at, f"a name is at most {LONGEST_NAME} characters: write the whole name once"
            )
        self.allowed(found, name)
        return self.known(found, name, piece.at) + folded(side)

    def allowed(self, found: Field, name: str) -> None:
        """Refuse a name that sorts persons; a camera that is called so already may be asked for."""
        if found.named and not (found.named == "camera" and name in self.names.get("camera", ())):
            refuse_in(name, place=found.named != "tag")

    def known(self, found: Field, name: str, at: int) -> str:
        """The name as it is known."""
        if found.named not in self.names:
            return name
        known = self.names[found.named]
        if name in known:
            return name
        alike = [other for other in known if folded(other) == folded(name)]
        if len(alike) == 1:
            return alike[0]
        listed = ", ".join(sorted(known)[:8]) or "none yet"
        says = f"no {found.named} {shown(name)}: known are {listed}"
        raise self.wrong("name", at, says, nearest(name, known))

    def pieces(self, found: Field) -> list[_Piece]:
        """Pieces of a value, apart at commas and bars."""
        pieces = [self.piece(found)]
        while self.text[self.at : self.at + 1] in ("|", ","):
            self.at += 1
            pieces.append(self.piece(found))
        if self.at < len(self.text) and not self.text[self.at].isspace():
            raise self.wrong(
                "syntax", self.at, "a quote inside a word: put all of a name in quotes, or none of it"
            )
        return pieces

    def piece(self, found: Field) -> _Piece:
        """The next piece of a value, in quotes or a word; raises ``QueryError`` where it is none."""
        at = self.at
        if self.text[at : at + 1] == '"':
            quoted = _QUOTED.match(self.text, at)
            if not quoted:
                raise self.wrong(
                    "syntax", at, 'this quote is not closed: write "..." around a name, \\" inside it'
                )
            self.at = quoted.end()
            text = re.sub(r"\\(.)", r"\1", quoted[1])
            side = self.take(_SIDE)
            return self.full(found, _Piece(text, at, True, side))
        return self.full(found, _Piece(self.take(_PIECE), at))

    def full(self, found: Field, piece: _Piece) -> _Piece:
        """The piece, if it holds something that can be seen."""
        if not piece.text:
            raise self.wrong(
                "syntax", piece.at, f"a value is missing here: write it like {found.examples[0]}"
            )
        if not piece.text.isprintable():
            raise self.wrong(
                "syntax", piece.at, "a name holds only what can be seen and spaces: write it again"
            )
        return piece

    def once(self, found: Field, start: int, term: Term | None = None) -> None:
        """Check that a term of this field may stand here."""
        first = self.seen.get(found.name)
        if not first or not found.once:
            return
        both = ""
        if term and found.kind in (Kind.WORD, Kind.NAME, Kind.DAYS):
            both = text_of(Query((Term(found.name, tuple(dict.fromkeys(first.values + term.values))),)))
        says = f"{found.name} a second time, and {found.once}: write one"
        raise self.wrong("twice", start, says, both)

    def add(self, term: Term, start: int) -> None:
        """Keep a term."""
        if not term.negated:
            self.once(FIELDS[term.field], start, term)
            self.seen[term.field] = term
        self.terms.append(term)


def parse(text: str, names: Names | None = None) -> Query:
    """Read a query; with ``names``, names of cameras, zones, lines and tags must be among them.

    Raises ``QueryError`` that points at the character, and ``RefusedError`` for a sensitive trait.

    >>> parse("van upper:red -in:bay limit:3").limit
    3
    """
    if len(text) > LONGEST:
        says = f"a query of {len(text)} characters: write at most {LONGEST}"
        raise pointed(text[: LONGEST + 40], LONGEST, "long", says)
    try:
        return _Reader(text, names or {}).query()
    except QueryError:
        known = {name for kind, names_ in (names or {}).items() if kind != "tag" for name in names_}
        refuse_written(text, known)  # a mistake is no way round
        raise


def text_of(query: Query) -> str:
    """The canonical text of a query: terms in their order, then sort and limit.

    >>> text_of(parse("Pickup  body:silver -in:bay dwell:>1m30s"))
    'van body:grey not in:bay dwell:>90s'
    """
    return " ".join(_parts(query))


def _parts(query: Query) -> Iterator[str]:
    for term in query.terms:
        yield _term(term)
    if query.sort:
        yield f"sort:{query.sort}"
    if query.limit is not None:
        yield f"limit:{query.limit}"


def _term(term: Term) -> str:
    found = FIELDS[term.field]
    between = "|" if found.kind is Kind.WORD else ","
    value = between.join(_value(found, v) for v in term.values)
    if found.name == "class":
        return f"{'-' if term.negated else ''}{value}"
    return f"{'not ' if term.negated else ''}{found.name}:{value}"


def _value(found: Field, value: Value) -> str:
    if isinstance(value, Near):
        distance = read.quantity_text(value.distance).removeprefix("<")
        return f"{distance} of {value.label}"
    if not isinstance(value, str):
        return read.text(value)
    if found.name == "cross":
        name, colon, side = value.partition(":")
        return f"{_name(name)}{colon}{side}"
    return _name(value) if found.kind is Kind.NAME else value


def _name(name: str) -> str:
    if re.fullmatch(r"\w[\w.\-]*", name):
        return name
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


def _unknown(found: Field, typed: str) -> tuple[str, str]:
    """What to say of a word that is not in a field's list, and which to suggest."""
    said = folded(typed)
    if found.name == "going" and said in data("hints")["compass"]:
        return f"{shown(typed)}: compass directions are not known: write {', '.join(found.words)}", ""
    hint = data("hints")["words"].get(said, "")
    if found.name == "class":
        near = hint or _elsewhere(said) or nearest(said, (*CLASS_WORDS, *found.synonyms, *SPELT))
        return f"no word {shown(typed)}: write what it is ({', '.join(CLASS_WORDS)}) or FIELD:VALUE", near
    near = hint if hint in found.words else nearest(said, (*found.words, *found.synonyms))
    return f"no {found.name} {shown(typed)}: known are {', '.join(found.words)}", found.word(near) or near


def _elsewhere(said: str) -> str:
    """A word of another field, with its field: red -> colour:red."""
    for name in ("colour", "going", "is", "with", "sort"):
        word = FIELDS[name].word(said)
        if word:
            return f"{name}:{word}"
    return ""
