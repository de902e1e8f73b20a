"""Legal settings as data: what may be done, what it asks for, and which text says so.

A profile is one TOML file (``synopticon/profiles``, or the organisation's own). Its digest is the SHA-256 of
the file's bytes, so that anyone can check it with any tool; it is in every entry of the log. What no rule
of the profile allows is refused.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from synopticon.errors import UsageError
from synopticon.governance.capability import HOUSE, spread

# Digests of the shipped files: one that was changed where it is installed is told from the original, too.
SHIPPED: Mapping[str, str] = MappingProxyType(
    {
        "defence": "6fe60a36bb0c24121fc1adbae54755203f19300b5ebb8f78f042cdb101608150",
        "eu-private-site": "7e1005665c3f9797603aef01684b7cbaed8ae36cf8d8663505dcbd7a09ffcf40",
        "fr-judicial": "84f09dfd843bf24b58adfd18a58fe57e0f33f002a07b434ebdb250b6a90ad508",
        "fr-town": "c5fc7f1c0e8b23881f34d53350955ccddc0744cd8c1d6d14c0d137e1527e1e05",
        "insurer": "df4b0ccde650f923dda08cb08bcb1ee6764c5a3b2411ee6a6ba1e17f46683b80",
        "law-enforcement": "2f8c04fb31f9f710700041ec5941af56fcd26c284093d0b89b0848a57528b13f",
        "personal": "840f7d65a8a66e21cd36732e86f241e46a60a817cda3f795ca4b26ce3522f70e",
        "private-investigator": "258d83e7d76f9e580b50327e7c8b943faf516c13f09f3979abe86cc80945a41d",
        "research": "5aae0db4320db9e625bc20f508a4682a51c8f0ed88341e60c821ef10ed8557cb",
        "statistics": "d287f7e56603d1053ca57f9eb4edb8e89581a4320e08938915198a86f719fc03",
    }
)


class Need(StrEnum):
    """What a rule asks for before it lets an act pass."""

    CASE = "case"  # an approved case whose scope and capabilities hold the act
    REASON = "reason"  # in words, for a selection or a session
    APPROVAL = "approval"  # by a second key, for this capability in this case
    AUTHORISED = "authorised-user"  # the user's own authorisation, by its number and date
    NAMED_FILES = "named-files"  # only recordings named one by one
    REQUEST = "request"  # an open request of the person filmed whose cameras and hours hold the act


class Kind(StrEnum):
    """What a field of a case must hold."""

    TEXT = "text"
    NUMBER = "number"  # of a procedure, a declaration: at least one digit
    DATE = "date"  # such as 2026-11-24, not in the future
    DIGEST = "digest"  # SHA-256 of a file, 64 hexadecimal digits
    DPIA = "dpia"  # digest of an impact assessment that this workspace knows
    CHOICE = "choice"
    PERSON = "person"  # name and office of who signed or decided


class Stage(StrEnum):
    """When a field is asked for."""

    OPEN = "open"
    RENEW = "renew"  # an extension past the longest time that the profile gives a case
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Source:
    """The text that a rule rests on, and the day on which somebody read it."""

    text: str
    checked: date | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: these capabilities are allowed (with ``needs``) or refused, and why."""

    name: str  # with the profile's name in front: fr-judicial.search
    capabilities: tuple[str, ...]
    allow: bool
    needs: frozenset[Need]
    why: str
    source: Source


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a case must state.

    ``unless``: name and value of a field that makes it needless; ``must``: the only value that passes.
    """

    name: str
    kind: Kind
    ask: str
    stage: Stage
    source: Source
    choices: tuple[str, ...] = ()
    unless: tuple[str, str] | None = None
    must: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers of the profile. 0 days = no limit that the profile knows; hours of grants and emergencies.

    ``independent``: an approval that is not independent does not count (else it is shown as such).
    ``witness_days`` 0 = a log never witnessed refuses nothing.
    """

    case_days: int = 0
    renewal_days: int = 0
    approvals: int = 0
    independent: bool = False
    grant_hours: int = 12
    emergency_hours: int = 0
    emergency: tuple[str, ...] = ()  # capabilities of the emergency path
    dpia: bool = False
    dpia_days: int = 0  # oldest assessment that counts
    witness_days: int = 0
    retention_days: int = 0  # longest of footage and what is derived from it
    erase_at_closure: bool = False  # of the last case that footage lies in
    log_days: int = 0  # how long payloads of the log are kept
    tracks_per_cell: int = 0  # statistics: at least so many
    bin_minutes: int = 0  # statistics: fixed bins of time
    sources: Mapping[str, Source] = field(default_factory=lambda: MappingProxyType({}))  # by table


@dataclass(frozen=True, slots=True)
class Profile:
    """A legal setting. ``digest`` is the SHA-256 of the file; ``users``: acts need an enrolled user.

    ``organisation``: whether it may be used in a workspace declared to one. ``mark`` is put on everything
    made under it. ``template``: empty until filled in; a rule without a source refuses.
    """

    name: str
    title: str
    who: str
    digest: str
    users: bool
    organisation: bool
    mark: str
    template: bool
    rules: tuple[Rule, ...]
    fields: tuple[Field, ...]
    limits: Limits
    text: str = field(repr=False, compare=False)

    def rule_for(self, capability: str) -> Rule:
        """Return the one rule about a capability; the one that refuses everything else when none is."""
        for rule in self.rules:
            if capability in rule.capabilities:
                return rule
        why = f"the profile {self.name} has no rule that allows it"
        return Rule(f"{self.name}.default-deny", (), False, frozenset(), why, Source("default deny", None))

    def allows(self, capability: str) -> bool:
        """Whether a rule of the profile allows the capability (with what the rule needs)."""
        rule = self.rule_for(capability)
        return rule.allow and bool(rule.source.text)

    def asked(self, stage: Stage) -> tuple[Field, ...]:
        """Fields that a case states at this stage."""
        return tuple(f for f in self.fields if f.stage is stage)

    @property
    def modified(self) -> bool:
        """Whether it differs from what was shipped under its name."""
        return SHIPPED.get(self.name) != self.digest

    @property
    def label(self) -> str:
        """Its name as documents print it: with *modified* when it is not the shipped one."""
        return f"{self.name} (modified)" if self.modified else self.name


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where a profile differs from the shipped one; "" = not there."""

    place: str
    shipped: str
    here: str

    def __str__(self) -> str:
        return f"{self.place}: shipped {self.shipped or 'nothing'}, here {self.here or 'nothing'}"


def names() -> tuple[str, ...]:
    """Names of the shipped profiles."""
    return tuple(sorted(SHIPPED))


def shipped(name: str) -> Profile:
    """Return a shipped profile; raises ``UsageError`` for an unknown name."""
    if name not in SHIPPED:
        raise UsageError(f"{name!r} is no profile: choose one of {', '.join(names())}, or name a file")
    return parse(_packaged(name), f"{name}.toml")


def load(where: str | Path) -> Profile:
    """Read a profile by its shipped name, or from a TOML file; raises ``UsageError``."""
    path = Path(where)
    if str(where) in SHIPPED:
        return shipped(str(where))
    try:
        return parse(path.read_bytes(), str(path))
    except OSError as error:
        known = ", ".join(names())
        raise UsageError(
            f"{path}: cannot be read ({error.strerror}): name a TOML file or one of {known}"
        ) from error


def difference(profile: Profile) -> tuple[Difference, ...]:
    """List where a profile differs from the shipped one of its name; empty only when it does not."""
    if not profile.modified:
        return ()
    if profile.name not in SHIPPED:
        return (
            Difference("profile", "", f"{profile.name}: the organisation's own, none of this name ships"),
        )
    original = _packaged(profile.name)
    if _digest(original) != SHIPPED[profile.name]:
        return (Difference("profile", SHIPPED[profile.name], "the installed copy itself was changed"),)
    ours, theirs = _leaves(_toml(profile.text.encode(), "")), _leaves(_toml(original, ""))
    found = [
        Difference(place, theirs.get(place, ""), ours.get(place, ""))
        for place in sorted(ours.keys() | theirs.keys())
        if ours.get(place) != theirs.get(place)
    ]
    return tuple(found) or (Difference("text", "", "comments, order or spaces only"),)


def parse(data: bytes, name: str) -> Profile:
    """Read the bytes of a profile; ``name`` is for messages. Raises ``UsageError`` naming what is wrong."""
    table = _toml(data, name)
    try:
        return _Reader(name, table).profile(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, UsageError):
            raise
        what = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise UsageError(f"{name}: {what}: see docs/profiles.md") from error


def _packaged(name: str) -> bytes:
    return (resources.files("synopticon") / "profiles" / f"{name}.toml").read_bytes()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _toml(data: bytes, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{name}: is no TOML ({error}): correct that line") from error


def _leaves(value: Any, place: str = "") -> dict[str, str]:
    """Each value with its place; rules and fields by their name, so that their order does not matter."""
    if isinstance(value, dict):
        pairs = [(f"{place}.{key}".lstrip("."), part) for key, part in value.items()]
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        pairs = [(f"{place}.{part.get('name', n)}", part) for n, part in enumerate(value)]
    else:
        return {place: str(value)}
    return {key: text for at, part in pairs for key, text in _leaves(part, at).items()}


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the tables of one profile; unknown keys are errors, so that no typing error allows anything."""

    name: str
    table: dict[str, Any]

    def profile(self, data: bytes) -> Profile:
        """The profile of the table; ``data``: the file's bytes, for its digest. Raises ``UsageError``."""
        top = self.table
        self.known(top, "name title who users organisation mark template rule field", *_LIMITS)
        self.named(top["name"])
        template = bool(top.get("template", False))
        rules = tuple(self.rule(part, template) for part in top.get("rule", ()))
        fields = tuple(self.field(part, template) for part in top.get("field", ()))
        self.once([c for r in rules for c in r.capabilities], "capability")
        self.once([r.name for r in rules], "rule")
        self.once([f.name for f in fields], "field")
        return Profile(
            name=top["name"],
            title=str(top["title"]),
            who=str(top["who"]),
            digest=_digest(data),
            users=_bool(top["users"]),
            organisation=_bool(top["organisation"]),
            mark=str(top.get("mark", "")),
            template=template,
            rules=rules,
            fields=fields,
            limits=self.limits(template),
            text=data.decode("utf-8"),
        )

    def named(self, name: Any) -> None:
        if not isinstance(name, str) or not name.replace("-", "").isalnum() or not name.islower():
            raise UsageError(f"{self.name}: name {name!r}: use small letters, digits and dashes")

    def rule(self, part: dict[str, Any], template: bool) -> Rule:
        """A rule of the table; in a template its source may be empty. Raises ``UsageError``."""
        self.known(part, "name capabilities allow needs why source checked")
        capabilities = tuple(name for pattern in part["capabilities"] for name in spread(pattern))
        if house := [name for name in capabilities if name in HOUSE]:
            raise UsageError(f"{self.name}: {house[0]} is a matter of roles, no profile's: delete it")
        return Rule(
            name=f"{self.table['name']}.{part['name']}",
            capabilities=capabilities,
            allow=_bool(part["allow"]),
            needs=frozenset(Need(need) for need in part.get("needs", ())),
            why=str(part["why"]),
            source=self.source(part, template),
        )

    def field(self, part: dict[str, Any], template: bool) -> Field:
        """A field that a case must fill in; raises ``UsageError``."""
        self.known(part, "name kind ask stage choices unless must source checked")
        kind, choices = Kind(part["kind"]), tuple(part.get("choices", ()))
        if (kind is Kind.CHOICE) != bool(choices):
            raise UsageError(
                f"{self.name}: field {part['name']}: add choices to a choice, and to nothing else"
            )
        unless = tuple(part["unless"]) if "unless" in part else None
        if unless is not None and len(unless) != 2:
            raise UsageError(f"{self.name}: field {part['name']}: unless should be [field, value]")
        return Field(
            name=part["name"],
            kind=kind,
            ask=str(part["ask"]),
            stage=Stage(part.get("stage", "open")),
            source=self.source(part, template),
            choices=choices,
            unless=(unless[0], unless[1]) if unless else None,
            must=str(part.get("must", "")),
        )

    def limits(self, template: bool) -> Limits:
        """The numbers that the profile sets, each with its source; raises ``UsageError``."""
        values: dict[str, Any] = {}
        sources = {}
        for name, keys in _LIMITS.items():
            part = self.table.get(name, {})
            self.known(part, f"{' '.join(keys)} source checked")
            values |= {keys[key]: value for key, value in part.items() if key in keys}
            if part:
                sources[name] = self.source(part, template)
        values["emergency"] = tuple(c for pattern in values.get("emergency", ()) for c in spread(pattern))
        limits = Limits(**values, sources=MappingProxyType(sources))
        for key, value in values.items():
            wanted = type(getattr(_NO_LIMITS, key))
            if type(value) is not wanted or (wanted is int and value < 0):
                raise UsageError(f"{self.name}: {key} is {value!r}: expected {_WORDS[wanted]}")
        return limits

    def source(self, part: dict[str, Any], template: bool) -> Source:
        text, checked = str(part.get("source", "")).strip(), part.get("checked")
        if template and not text:
            return Source("", None)
        if not text or type(checked) is not date:
            where = part.get("name", "a table")
            raise UsageError(f"{self.name}: {where}: add its source and the day it was checked (a date)")
        return Source(text, checked)

    def known(self, part: dict[str, Any], *keys: str) -> None:
        allowed = {key for text in keys for key in text.split()}
        if strange := sorted(part.keys() - allowed):
            raise UsageError(
                f"{self.name}: unknown key {strange[0]!r}: use one of {', '.join(sorted(allowed))}"
            )

    def once(self, found: list[str], what: str) -> None:
        if twice := sorted({name for name in found if found.count(name) > 1}):
            raise UsageError(f"{self.name}: {what} {twice[0]} stands twice: keep one")


# Tables of numbers: key in the file -> name in Limits.
_LIMITS: Mapping[str, Mapping[str, str]] = {
    "case": {
        "days": "case_days",
        "renewal_days": "renewal_days",
        "approvals": "approvals",
        "independent": "independent",
        "grant_hours": "grant_hours",
    },
    "emergency": {"hours": "emergency_hours", "capabilities": "emergency"},
    "dpia": {"needed": "dpia", "days": "dpia_days"},
    "witness": {"days": "witness_days"},
    "retention": {
        "days": "retention_days",
        "log_days": "log_days",
        "at_closure": "erase_at_closure",
    },
    "statistics": {"tracks_per_cell": "tracks_per_cell", "bin_minutes": "bin_minutes"},
}
_NO_LIMITS = Limits()
_WORDS = {int: "a whole number", bool: "true or false", tuple: "a list"}


def _bool(value: Any) -> bool:
    if type(value) is not bool:
        raise TypeError(f"{value!r} should be true or false")
    return value
