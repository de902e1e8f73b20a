"""Requests that are refused by name: who somebody is, and what sort of person.

Such things are not computed, so no search could find them; that somebody asked is for the log. The words are
in ``words/sensitive.toml``, in French and English, as regular expressions over folded words.
"""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from synopticon.errors import RefusedError
from synopticon.search.fields import data, folded

RULE = "search.no-sensitive-traits"


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
    said = " ".join(re.findall(r"[^\W_]+|\.", folded(text)))
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
    """The trait that a field of this name would ask for, if any."""
    said = folded(name)
    return tuple(t for t, trait in data("sensitive")["trait"].items() if said in trait["fields"])


def refuse(traits: tuple[str, ...]) -> None:
    """Raise ``RefusedError`` if there is any trait to refuse.

    The message names each trait and the rule; whoever calls writes it to the log.
    """
    if traits:
        named = " and ".join(traits)
        are = "is a sensitive trait" if len(traits) == 1 else "are sensitive traits"
        raise RefusedError(
            f"{named} {are}, neither computed nor searched (rule {RULE}): "
            "write 'person' and say clothing, things carried, movement, place or time",
            RULE,
        )
