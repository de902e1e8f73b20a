"""The emergency path: a life is at risk, so somebody looks at once. Loud, short, and counted.

It gives no more than the capabilities that the profile names, to a user who could open a case; it tells
the approvers and the data protection officers of the unit at once, and lapses unless it is approved in time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from synopticon.errors import RefusedError
from synopticon.governance.case import Case, Dpia, Standing, State, Terms, check_terms, check_text, spread_all
from synopticon.governance.profile import Profile
from synopticon.governance.users import Role, User

TOLD = (Role.APPROVER, Role.DPO)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a user must be told, and confirms having read (``read`` UTC, None = not yet)."""

    id: str
    user: str
    case: str
    at: datetime
    text: str
    read: datetime | None = None


def emergency_terms(
    terms: Terms, reason: str, profile: Profile, now: datetime, dpias: Iterable[Dpia] = ()
) -> dict[str, Any]:
    """Return the plain terms of an emergency case; raises ``UsageError`` or ``RefusedError``.

    Its capabilities are cut down to those of the emergency path, its end to when it lapses; fields that the
    profile asks may be missing until it is approved.
    """
    hours, rule = profile.limits.emergency_hours, f"{profile.name}.emergency"
    if not hours:
        text = f"{profile.label} has no emergency path (rule {rule})"
        raise RefusedError(f"{text}: use 'case open'", rule)
    check_text("reason of the emergency", reason)
    given = tuple(sorted(spread_all(terms.capabilities) & set(profile.limits.emergency)))
    if not given:
        known = ", ".join(profile.limits.emergency)
        raise RefusedError(f"the emergency path does not give this (rule {rule}): choose from {known}", rule)
    until = min(terms.until, now + timedelta(hours=hours))
    cut = check_terms(replace(terms, capabilities=given, until=until), profile, now, dpias, emergency=True)
    return {**cut.plain(), "emergency": {"reason": reason, "hours": hours}, "approvals": 1}


def notices(case: Case, users: Iterable[User], ids: Iterable[str]) -> tuple[Notice, ...]:
    """Who is told of an emergency, and what: each active approver and DPO of the unit; ids from ``ids``."""
    emergency = case.emergency
    if emergency is None:
        return ()
    text = (
        f"EMERGENCY {case.id}, declared by {case.requester} on {emergency.at.isoformat()}: "
        f"{emergency.reason}. It lapses on {emergency.lapses.isoformat()} unless an approver approves it"
    )
    told = [
        u
        for u in users
        if u.active and u.unit == case.unit and u.roles & set(TOLD) and u.id != case.requester
    ]
    return tuple(Notice(i, u.id, case.id, emergency.at, text) for u, i in zip(told, ids, strict=False))


def unapproved(standing: Standing, case: Case) -> bool:
    """Whether the transparency report counts it as an emergency that nobody approved."""
    return case.emergency is not None and standing.state in (State.EMERGENCY, State.LAPSED, State.REFUSED)
