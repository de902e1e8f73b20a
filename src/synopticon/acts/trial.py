"""Try a rule on what is stored, before it is used: what it would have found, and how often."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synopticon.acts.events import CameraWish, EventsResult, Rules, Told, events_of_camera
from synopticon.acts.workspace import Workspace
from synopticon.errors import UsageError
from synopticon.events.rules_file import draft_of


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have found. ``by_hour``: events in each hour of UTC that has some, by its beginning.

    ``a_day``: events in a day of footage; ``took``: seconds of the replay.
    """

    found: EventsResult
    a_day: float
    by_hour: dict[str, int]
    took: float

    def plain(self) -> dict[str, Any]:
        """The trial as JSON values."""
        return {
            "events": [t.plain() for t in self.found.events],
            "seconds": round(self.found.seconds, 3),
            "a_day": round(self.a_day, 3),
            "by_hour": self.by_hour,
            "gaps": self.found.gaps,
            "notes": list(self.found.notes),
            "took": round(self.took, 3),
        }


def rules_of(rule: str, settings: Sequence[str]) -> Rules:
    """A rule by its name with ``key=value`` settings, or the rules of a file; raises ``UsageError``."""
    if Path(rule).suffix == ".toml":
        if settings:
            raise UsageError("--set goes with the name of a rule: write the values into the file")
        return Rules.of(Path(rule))
    return Rules((draft_of(rule, {"rule": rule, **dict(map(_setting, settings))}),))


def try_rules(workspace: Workspace, rules: Rules, wish: CameraWish) -> Trial:
    """Run rules over the stored tracks of a camera; raises as ``events_of_camera``."""
    found = events_of_camera(workspace, rules, wish)
    return Trial(found, found.a_day, _by_hour(found.events), found.took)


def _by_hour(events: Sequence[Told]) -> dict[str, int]:
    count: dict[str, int] = {}
    for one in events:
        if one.start_utc is not None:
            hour = one.start_utc.replace(minute=0, second=0, microsecond=0).isoformat()
            count[hour] = count.get(hour, 0) + 1
    return dict(sorted(count.items()))


def _setting(text: str) -> tuple[str, Any]:
    name, given, value = text.partition("=")
    if not given or not name.strip():
        raise UsageError(f"--set {text}: write it as seconds=20")
    try:
        return name.strip(), tomllib.loads(f"v = {value}")["v"]
    except tomllib.TOMLDecodeError:
        return name.strip(), value.strip()  # a word needs no quotes
