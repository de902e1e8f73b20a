"""Events that were found and kept: list them, decide on each, and say how often their rules are wrong.

An event is a proposal until somebody decides. Whoever lists events sees those of the kinds that their case
(or the profile) permits, each with the figures of its rule at its camera: how many of those that were decided
were right.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from synopticon.acts.event_search import permitted
from synopticon.acts.events import Told
from synopticon.acts.search import scope_for
from synopticon.acts.workspace import SUBJECTS, Workspace
from synopticon.errors import UsageError
from synopticon.events.evaluate import DAY
from synopticon.events.feedback import Judged, Rate, rates
from synopticon.governance.canonical import digest
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Grant, Scope, Window
from synopticon.search.bins import micros_in
from synopticon.search.rows import zone_of
from synopticon.search.sensitive import refuse_in
from synopticon.store.events import VERDICTS, Decision, EventsWanted, StoredEvent
from synopticon.store.moments import moment_of
from synopticon.values.query import Query, Term

__all__ = ["VERDICTS", "EventQuestion", "KeptEvents", "StoredEvent", "decide_events", "list_events"]
OPERATION = Operation.CONSULTATION
LONGEST = 2000  # characters of a note
MOST = 5000  # events of one list


@dataclass(frozen=True, slots=True)
class EventQuestion:
    """Which kept events: of a camera (its name or id; "" = all), of rules, decided so, begun from..to.

    ``rules``: kinds or what rules are called. ``start``, ``end`` without a zone are by the camera's clock.
    """

    camera: str = ""
    rules: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    live: bool | None = None
    limit: int = 500


@dataclass(frozen=True, slots=True)
class KeptEvents:
    """Events in the order of their starts; ``cameras``: names by id; ``rates``: of their rules, by camera.

    ``more``: there are earlier ones that were not given; ``may``: kinds of event that may be seen here.
    """

    events: tuple[StoredEvent, ...]
    cameras: dict[str, str]
    rates: tuple[Rate, ...]
    more: bool
    may: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """All of it as JSON values, cameras by their names."""
        names = self.cameras
        return {
            "events": [_plain_event(e, names.get(e.camera, e.camera)) for e in self.events],
            "rates": [
                {
                    **r.plain(), "camera": names.get(r.camera, r.camera), "says": r.says,
                    "proposal": None if r.proposal is None else asdict(r.proposal),
                }
                for r in self.rates
            ],
            "more": self.more,
        }  # fmt: skip

    @property
    def says(self) -> tuple[str, ...]:
        """What must be said with them: how far each rule can be trusted at each camera."""
        return tuple(f"{self.cameras.get(r.camera, r.camera)}: {r.says}" for r in self.rates)


def list_events(
    workspace: Workspace, asked: EventQuestion, *, case: str | None = None, reason: str = ""
) -> KeptEvents:
    """The kept events in the scope that answer, with the figures of their rules. Raises ``RefusedError``."""
    wanted = _wanted(workspace, asked)
    scope = _scope(workspace, asked.camera, case)
    said = {"camera": wanted.camera, "rules": list(asked.rules), "verdicts": list(asked.verdicts)}
    with workspace.act("view.masked", case=case, scope=scope, reason=reason, payload={"events": said}) as act:
        may = permitted(workspace, act.grant)
        wanted, all_ = replace(wanted, capabilities=may), EventsWanted(wanted.camera, capabilities=may)
        every = workspace.events.find(act.grant, all_)  # figures are of all that was decided
        found = every if wanted == all_ else workspace.events.find(act.grant, wanted)
        found = _named(found, asked.rules)
        shown = found[-min(asked.limit, MOST) :]
        counted = _rates(workspace, act.grant, every, {(e.camera, e.event.rule, e.event.name) for e in shown})
        tracks = sorted({t for e in shown for t in e.event.tracks})
        act.note(shown=len(shown), subjects=tracks[:SUBJECTS])
    names = {c.id: c.name for c in workspace.cameras.all()}
    return KeptEvents(shown, names, counted, len(found) > len(shown), may)


def decide_events(
    workspace: Workspace,
    events: Sequence[str],
    verdict: str,
    *,
    note: str = "",
    case: str | None = None,
    reason: str = "",
) -> tuple[tuple[Decision, ...], tuple[Rate, ...]]:
    """Accept, reject or doubt events; all or none. Raises ``RefusedError``, ``UsageError``.

    The log keeps what was decided, and a digest of what stood there before. Also gives what the figures of
    these events' rules are now.
    """
    if not events:
        raise UsageError("no event is named: give one or more, as 'synopticon event list' names them")
    if len(note) > LONGEST:
        raise UsageError(f"a note of {len(note)} characters: keep it under {LONGEST}")
    if note:
        refuse_in(note)
    now, by = workspace.clock(), workspace.actor.id
    made = tuple(Decision(e, verdict, by, now, note) for e in dict.fromkeys(events))
    said = {"events": [d.event for d in made], "verdict": verdict, "note": note}
    scope = _scope(workspace, "", case)
    with workspace.act("case.mark", case=case, scope=scope, reason=reason, payload=said) as act:
        before = workspace.events.find(act.grant, EventsWanted(ids=tuple(d.event for d in made)))
        workspace.events.decide(act.grant, made)
        act.note(decided=len(made), before=digest({"decisions": [_plain(e.decision) for e in before]}))
        rules = {(e.camera, e.event.rule, e.event.name) for e in before}
        same = EventsWanted(names=tuple({name for _, _, name in rules}))
        counted = _rates(workspace, act.grant, workspace.events.find(act.grant, same), rules)
    return made, counted


def judged_events(workspace: Workspace, grant: Grant) -> tuple[tuple[StoredEvent, ...], tuple[Rate, ...]]:
    """All events within a permission that somebody has, and the figures of their rules; no act of its own."""
    found = workspace.events.find(grant, EventsWanted(capabilities=permitted(workspace, grant)))
    return found, _rates(workspace, grant, found, {(e.camera, e.event.rule, e.event.name) for e in found})


def _wanted(workspace: Workspace, asked: EventQuestion) -> EventsWanted:
    if wrong := [v for v in asked.verdicts if v not in (*VERDICTS, "new")]:
        raise UsageError(f"{wrong[0]!r} is no decision: choose from {', '.join((*VERDICTS, 'new'))}")
    camera = workspace.cameras.find(asked.camera) if asked.camera else None
    zone = zone_of(camera.zone if camera else "")
    start, end = (None if m is None else moment_of(micros_in(m, zone)) for m in (asked.start, asked.end))
    return EventsWanted(
        camera=camera.id if camera else "", verdicts=asked.verdicts, after=start, before=end, live=asked.live
    )


def _named(found: tuple[StoredEvent, ...], rules: tuple[str, ...]) -> tuple[StoredEvent, ...]:
    if not rules:
        return found
    return tuple(e for e in found if e.event.rule in rules or e.event.name in rules)


def _scope(workspace: Workspace, camera: str, case: str | None) -> Scope:
    """What a case allows of a camera, or all; without a case also what was seen live and not recorded."""
    only = (Term("camera", (workspace.cameras.find(camera).name,)),) if camera else ()
    recorded = scope_for(workspace, Query(only), case)
    if case is not None:
        return recorded
    cameras = [c.id for c in workspace.cameras.all() if camera in ("", c.id, c.name)]
    ever = Window(datetime(1970, 1, 1, tzinfo=UTC), workspace.clock() + timedelta(days=1))
    return Scope(tuple(cameras), (ever,), recorded.digests)


def _rates(
    workspace: Workspace, grant: Grant, events: Sequence[StoredEvent], shown: set[tuple[str, str, str]]
) -> tuple[Rate, ...]:
    days: dict[str, float] = {}
    for stretch in workspace.footage.stretches(grant):
        days[stretch.camera] = days.get(stretch.camera, 0.0) + stretch.seconds / DAY
    judged = (Judged(e.event.rule, e.event.name, e.camera, e.verdict, e.event.reason) for e in events)
    return tuple(r for r in rates(judged, days) if (r.camera, r.rule, r.name) in shown)


def _plain_event(e: StoredEvent, camera: str) -> dict[str, Any]:
    told = Told(e.event, camera, e.footage, e.start, e.end).plain()
    d = e.decision
    return {
        "id": e.id, **told, "raised": e.raised.isoformat(), "verdict": e.verdict, "by": d.by if d else "",
        "at": d.at.isoformat() if d else None, "note": d.note if d else "",
    }  # fmt: skip


def _plain(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "event": decision.event, "verdict": decision.verdict, "by": decision.by, "note": decision.note,
        "at": decision.at.isoformat(),
    }  # fmt: skip
