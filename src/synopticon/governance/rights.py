"""What the law says of requests of persons filmed: grounds, remedies, deadline; as data."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

from synopticon.errors import UsageError
from synopticon.governance.demand import Right
from synopticon.governance.profile import Profile

_DIRECTIVE = "2016/680"


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that the law says, by language, and where."""

    words: Mapping[str, str]
    source: str


@dataclass(frozen=True, slots=True)
class Law:
    """The law of a profile on requests. ``staff_names``: whether a list of looks names who looked.

    ``grounds``: of refusal, by name, with the rights that each may refuse; ``checked``: when it was read.
    """

    staff_names: bool
    staff_source: str
    rights: Mapping[Right, str]
    deadline: Statement
    remedy: Statement
    grounds: Mapping[str, tuple[frozenset[Right], Statement]]
    checked: date

    def ground(self, name: str, right: Right) -> Statement:
        """The ground of that name; raises ``UsageError`` with those there are for this right."""
        fitting = [one for one, (rights, _) in self.grounds.items() if right in rights]
        if name not in fitting:
            known = ", ".join(fitting)
            raise UsageError(f"{name or 'nothing'!r} is no ground to refuse {right}: choose one of {known}")
        return self.grounds[name][1]


def policing(profile: Profile) -> bool:
    """Whether the profile rests on directive 2016/680: rights and duties are then those of the directive."""
    found = (rule.source.text for rule in profile.rules if "request" in rule.capabilities)
    return any(_DIRECTIVE in text for text in found)


def law_of(profile: Profile) -> Law:
    """What holds under a profile."""
    return _laws()["directive" if policing(profile) else "gdpr"]


@functools.cache
def _laws() -> Mapping[str, Law]:
    text = (resources.files("synopticon.governance") / "rights.toml").read_text("utf-8")
    return {name: _law(table) for name, table in tomllib.loads(text).items()}


def _law(table: Mapping[str, Any]) -> Law:
    grounds = {
        name: (frozenset(Right(right) for right in one["rights"]), _statement(one))
        for name, one in table["ground"].items()
    }
    rights = {Right(name): text for name, text in table["rights"].items()}
    return Law(
        table["staff_names"], table["staff_names_source"], rights, _statement(table["deadline"]),
        _statement(table["remedy"]), grounds, table["checked"],
    )  # fmt: skip


def _statement(table: Mapping[str, Any]) -> Statement:
    return Statement({"en": table["en"], "fr": table["fr"]}, table["source"])
