"""Permissions for tests; the program itself gets them from ``governance.authority`` only."""

from datetime import UTC, datetime, timedelta

from synopticon.governance import grant as grants
from synopticon.governance.grant import Grant, Scope

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def grant_for(capability="synopsis", scope=None, *, now=NOW, case="case-1") -> Grant:
    return grants._mint(
        case=case,
        actor="user-1",
        capability=capability,
        scope=scope or Scope(),
        expires=now + timedelta(hours=1),
        rule="test.rule",
        profile="0" * 64,
        unit="",
    )


def clock():
    return NOW
