"""What a rule finds: a situation, and what was measured against the rule's values."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Severity: TypeAlias = Literal["low", "medium", "high"]
SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high")
Box: TypeAlias = tuple[float, float, float, float]  # x, y, width, height, source pixels


@dataclass(frozen=True, slots=True)
class Measured:
    """One value against the rule's: ``what`` it is, its ``value`` and the ``limit`` in one ``unit``."""

    what: str
    value: float
    limit: float
    unit: str = ""

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.what} {self.value:.4g}{unit} (rule: {self.limit:.4g}{unit})"


@dataclass(frozen=True, slots=True)
class Event:
    """One situation. ``rule``: its kind, ``name``: what the operator calls it.

    ``start``..``end`` seconds of the footage in which the rule holds. ``start`` is the first moment at which
    it could have been known from what was seen until then: a live alarm sounds there. ``box``: the place in
    source pixels; ``tracks``: ids, who did it first. ``reason``: what was measured against the rule's values.
    """

    rule: str
    start: float
    end: float
    box: Box
    tracks: tuple[str, ...]
    reason: tuple[Measured, ...]
    name: str = ""
    severity: Severity = "medium"

    def why(self) -> dict[str, Any]:
        """Its place, tracks and reason as JSON values, the limit under the name of ``rule``."""
        return {
            "box": [round(v, 1) for v in self.box],
            "tracks": list(self.tracks),
            "reason": [
                {"what": m.what, "value": round(m.value, 4), "rule": round(m.limit, 4), "unit": m.unit}
                for m in self.reason
            ],
        }
