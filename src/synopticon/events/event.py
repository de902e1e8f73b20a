"""What a rule finds; see ``synopticon.values.event``."""

from synopticon.values.event import SEVERITIES, Box, Event, Measured, Severity

__all__ = ["SEVERITIES", "Box", "Event", "Measured", "Severity"]
