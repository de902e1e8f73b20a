"""Requests that are refused by name: who somebody is, and what sort of person.

Such things are not computed, so no search could find them; that somebody asked is for the log. But people
could sort by them, if the names that they give did: those are refused by the same rule. The words are in
``words/sensitive.toml``, in French and English, as regular expressions over folded words.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from itertools import pairwise
from types import MappingProxyType

from synopticon.errors import RefusedError
from synopticon.search.fields import FIELDS, HINTS, SPELT, Kind, data, folded

RULE = "search.no-sensitive-traits"
_ITEM = re.compile(r'(?:[^\s"]|"[^"]*"|")+')  # of the query language
_VALUE = re.compile(r'"([^"]*)"|([^,|"]+)')
_INNER = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")  # where aNewWord begins
_REMEDY = "write 'person' and say clothing, things carried, movement, place or time"
_GARMENTS = ("upper", "lower", "body")


@cache
def _words(key: str) -> Mapping[str, re.Pattern[str]]:
    """Trait -> its words, in the part ``key`` of the list: "words" or "of_people"."""
    traits = data("sensitive")["trait"]
    parts = {name: trait.get(key, ()) for name, trait in traits.items()}
    return MappingProxyType(
        {name: re.compile(rf"\b(?:{'|'.join(found)})\b") for name, found in parts.items() if found}
    )


def traits_in(text: str, things_only: bool = False) -> tuple[str, ...]:
    """The sensitive traits that words ask for, in their order in the text.

    ``things_only``: the text is about vehicles and things, so "old" and "fat" are not about people.

    >>> traits_in("une jeune femme en noir"), traits_in("black jacket"), traits_in("old van", True)
    (('age', 'sex'), (), ())
    """
    said = " ".join(_apart(text))
    found: dict[str, int] = {}
    for key in ("words",) if things_only else ("words", "of_people"):
        for trait, pattern in _words(key).items():
            hit = pattern.search(said)
            if hit:
                found[trait] = min(hit.start(), found.get(trait, hit.start()))
    return tuple(sorted(found, key=lambda trait: found[trait]))


def is_given_name(word: str) -> bool:
    """Whether a word, without its capital, is also a common given name."""
    return folded(word) in _given()


@cache
def _given() -> frozenset[str]:
    return frozenset(data("sensitive")["given_names"])


def trait_of_field(name: str) -> tuple[str, ...]:
    """The traits that a field of this name, or of a name with such a part, would ask for.

    >>> trait_of_field("skin_tone"), trait_of_field("camera_name")
    (('origin',), ())
    """
    said = folded(name)
    parts = {*re.split(r"[^\w\s]|_|\d", said)}  # not at spaces: those are no fields
    if parts & {*data("sensitive")["named"]} or _things(parts):
        parts = set()
    parts.add(said)
    return tuple(t for t, trait in data("sensitive")["trait"].items() if parts & {*trait["fields"]})


def refuse_in(name: str, place: bool = False) -> None:
    """Raise ``RefusedError`` for a name that sorts persons: of a tag, or (``place``) a zone, line or camera.

    A tag may say no more than a question. A place may be called by whom it is for, if a word says that it is
    one: "women" is refused, "women's entrance" is not; origins and colours of people are refused in any case.
    """
    words = _INNER.sub(" ", name)
    apart = _apart(words)
    if place and _any("places").search(" ".join(apart)):
        found = tuple(t for t in traits_in(words, things_only=True) if t == "origin")
    else:
        found = traits_in(words, things_only=_things(apart))
    refuse(found or _tinted(apart), "use a name that says a place, a thing or clothing")


def refuse_written(text: str, known: Collection[str] = ()) -> None:
    """Raise ``RefusedError`` for what a text in the query language asks for, also where it is mistaken.

    Words in a row count together; values of known fields do not, with what stands beside them: ``upper:black
    person`` is about clothing. ``known``: names of zones, lines and cameras that exist.
    """
    said: list[str] = []
    for item in _ITEM.findall(text):
        head, colon, value = item.removeprefix("-").partition(":")
        found = SPELT.get(folded(head))
        if not colon:
            said += [part for pair in _VALUE.findall(head) for part in pair]
        elif found and found.kind is Kind.NAME:
            for name in ("".join(pair) for pair in _VALUE.findall(value)):
                if found.named and name not in known:
                    refuse_in(name, place=found.named != "tag")
            said.append(".")
        else:
            refuse(() if found else trait_of_field(head))
            said += [".", "" if found else head, value, "."]
    apart = [word for word in _apart(" ".join(said)) if word != "not"]
    refuse(traits_in(" ".join(apart)) or _tinted(apart))


def refuse(traits: tuple[str, ...], remedy: str = _REMEDY) -> None:
    """Raise ``RefusedError`` if there is any trait to refuse.

    The message names each trait, the rule and what to do; whoever calls writes it to the log.
    """
    if traits:
        named = " and ".join(traits)
        are = "is a sensitive trait" if len(traits) == 1 else "are sensitive traits"
        raise RefusedError(f"{named} {are}, neither computed nor searched (rule {RULE}): {remedy}", RULE)


def _apart(text: str) -> list[str]:
    """Folded words, numbers and full stops of a text."""
    return re.findall(r"[^\W\d_]+|\d+|\.", folded(text))


@cache
def _any(key: str) -> re.Pattern[str]:
    """The words of a list that belongs to no trait."""
    return re.compile(rf"\b(?:{'|'.join(data('sensitive')[key])})\b")


def _things(words: Collection[str]) -> bool:
    """Whether words name a vehicle or another thing, and no person."""
    classes = {FIELDS["class"].word(word) for word in words} - {None}
    return bool(classes) and "person" not in classes


def _tinted(words: Sequence[str]) -> tuple[str, ...]:
    """A colour beside a word for people, unless a piece of clothing follows: ``person black``."""
    for k, (first, second) in enumerate(pairwise(words)):
        after = next(iter(words[k + 2 : k + 3]), "")
        for who, tint in ((first, second), (second, first)):
            worn = tint is second and HINTS.get(after) in _GARMENTS
            if _any("tints").fullmatch(tint) and _person(who) and not worn:
                return ("origin",)
    return ()


def _person(word: str) -> bool:
    return FIELDS["class"].word(word) == "person" or bool({"sex", "age"} & {*traits_in(word)})
