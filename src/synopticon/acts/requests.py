"""Requests of persons filmed: taken in, listed, extended, decided. Opening holds the window at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from synopticon.acts.workspace import Act, Workspace, singled_out
from synopticon.errors import RefusedError, UsageError
from synopticon.governance.capability import Operation
from synopticon.governance.demand import (
    Decision,
    Demand,
    Person,
    Right,
    Shown,
    decide,
    extend,
    holds_of,
    open_demand,
)
from synopticon.governance.grant import Scope, Window
from synopticon.governance.rights import law_of
from synopticon.store.registers import Registers
from synopticon.store.tracks import TrackRow, Wanted

OPERATION = Operation.ALTERATION
RULE_TRACKS = "request.its-own-tracks"


@dataclass(frozen=True, slots=True)
class DemandInfo:
    """A request and where it stands. ``person``, ``reasons``: opened for one request, not for the list.

    ``notes``: what must be known before it is answered.
    """

    demand: Demand
    days_left: int
    overdue: bool
    cameras: tuple[str, ...]
    person: Person | None = None
    reasons: dict[str, str] | None = None
    notes: tuple[str, ...] = ()


def open_request(
    workspace: Workspace, right: Right, cameras: Sequence[str], window: Window, person: Person
) -> DemandInfo:
    """Take a request in and hold its window, in one step.

    Raises ``UsageError`` for an unknown camera and for words that say nothing, ``StoreError`` without the
    public key of any role.
    """
    scope = Scope(tuple(workspace.cameras.find(name).id for name in cameras), (window,))
    made = open_demand(right, scope, person, workspace.actor.id, workspace.clock())
    said = {"right": right.value, "identity_seen": True}
    with workspace.act("request.open", scope=scope, payload=said, demand=made.id) as act:
        holds = holds_of(made)
        workspace.demands.open(act.grant, made, person, holds)
        notes = _kept(workspace, act, made)
        act.note(holds=[hold.id for hold in holds], due=made.due.isoformat())
    return replace(info_of(workspace, made), notes=notes)


def list_requests(workspace: Workspace) -> tuple[DemandInfo, ...]:
    """All requests, oldest first, with the days left; no name is opened."""
    with workspace.act("request.read") as act:
        found = tuple(info_of(workspace, demand) for demand in workspace.demands.all())
        act.note(requests=len(found))
    return found


def show_request(workspace: Workspace, id: str) -> DemandInfo:
    """One request with its words, as far as they were not destroyed yet."""
    found = find_request(workspace, id)
    with workspace.act("request.read", scope=found.scope, demand=id) as act:
        person = workspace.demands.person(act.grant, id)
        steps = ("extended", "decided") if person else ()
        reasons = {step: workspace.demands.reason(act.grant, id, step) for step in steps}
        notes = _kept(workspace, act, found)
    kept = {step: words for step, words in reasons.items() if words}
    return replace(info_of(workspace, found), person=person, reasons=kept, notes=notes)


def extend_request(workspace: Workspace, id: str, reason: str) -> tuple[DemandInfo, Person | None]:
    """Two more months, inside the first; gives whom to tell, also inside the first."""
    found = find_request(workspace, id)
    try:
        made = extend(found, reason, workspace.clock())
    except RefusedError as error:
        raise workspace.refuse("request.extend", error, about=id) from error
    with workspace.act("request.extend", scope=found.scope, reason=reason, demand=id) as act:
        workspace.demands.extend(act.grant, made, reason)
        person = workspace.demands.person(act.grant, id)
        act.note(due=made.due.isoformat())
    return info_of(workspace, made), person


def decide_request(
    workspace: Workspace, id: str, *, tracks: Sequence[str] = (), ground: str = "", reason: str = ""
) -> DemandInfo:
    """Grant it for the tracks that show the person, or refuse it on a ground that the law knows.

    Raises ``RefusedError`` for tracks outside the request, a second decision, or one who may not; of two
    who decide at once, one is refused.
    """
    found = find_request(workspace, id)
    if bool(tracks) == bool(ground):
        raise UsageError(
            "grant it or refuse it: give --grant with --tracks ID,.. or --refuse with --ground NAME"
        )
    if ground:
        law_of(workspace.profile).ground(ground, found.right)
    said = {"granted": bool(tracks), "ground": ground, **singled_out(tracks)}
    with workspace.act("request.decide", scope=found.scope, reason=reason, payload=said, demand=id) as act:
        shown = _shown(workspace, act, found, tracks)
        chosen = Decision(bool(tracks), workspace.actor.id, workspace.clock(), shown, ground)
        made = decide(found, chosen, apart=workspace.profile.users)
        workspace.demands.decide(act.grant, made, reason)
        notes = _consequence(made)
    return replace(info_of(workspace, made), notes=notes)


def find_request(workspace: Workspace, id: str) -> Demand:
    """The request of this number; raises ``UsageError``."""
    found = workspace.demands.find(id)
    if found is None:
        raise UsageError(f"{id!r} is no request: see 'synopticon request list'")
    return found


def reason_of(demand: Demand) -> str:
    """Why anybody looks: the request itself."""
    return f"request {demand.id} of the person filmed"


def info_of(workspace: Workspace, demand: Demand) -> DemandInfo:
    """Where a request stands now."""
    now, names = workspace.clock(), {c.id: c.name for c in workspace.cameras.all()}
    cameras = tuple(names.get(camera, camera) for camera in demand.scope.cameras)
    return DemandInfo(demand, demand.days_left(now), demand.overdue(now), cameras)


# --- what is kept of its window ----------------------------------------------------------------------------


def _kept(workspace: Workspace, act: Act, demand: Demand) -> tuple[str, ...]:
    """Whether there is anything in the window, what was destroyed of it, and what no clock tells."""
    if demand.answered is not None:
        return ()
    inside, unknown = workspace.footage.about(act.grant)
    gone = Registers(workspace.engine, workspace.clock).destroyed_in(act.grant)
    names = {c.id: c.name for c in workspace.cameras.all()}
    notes = [
        f"{names.get(one.camera, one.camera)} {one.part} was destroyed on {one.at.date().isoformat()} "
        f"(entry {one.entry} of the log)"
        for one in gone
    ]
    if not inside:
        notes.append("no recording of that place and time is kept")
    if unknown:
        notes.append(
            f"{unknown} recordings of these cameras have an unknown clock: they are held too, and not looked "
            "at until 'synopticon camera clock' sets it"
        )
    return tuple(notes)


def _consequence(demand: Demand) -> tuple[str, ...]:
    """What follows from a decision."""
    if demand.erases and demand.decision:
        days = ", ".join(f"{camera} {part}" for camera, part in demand.decision.parts)
        return (
            f"the next 'synopticon retention run' destroys all of {days}, others in it too, unless another "
            "hold stands; then send the answer",
        )
    if demand.right is Right.RESTRICTION and demand.decision and demand.decision.granted:
        return ("searches and looks in cases pass over these tracks from now on",)
    return ()


# --- the tracks of the person ------------------------------------------------------------------------------


def _shown(workspace: Workspace, act: Act, demand: Demand, tracks: Sequence[str]) -> tuple[Shown, ...]:
    """The tracks that were named, as they are; each must lie in the request's cameras and hours."""
    if not tracks:
        return ()
    ids = tuple(dict.fromkeys(tracks))
    more: dict[str, Any] = {
        "scope": demand.scope,
        "demand": demand.id,
        "within": act,
        "reason": reason_of(demand),
    }
    with workspace.act("request.search", **more) as look:
        rows = {row.id: row for row in workspace.tracks.find(look.grant, Wanted(ids=ids))}
        if strange := [id for id in ids if id not in rows]:
            text = f"{', '.join(strange)}: no such track in the window of {demand.id}"
            raise RefusedError(f"{text} (rule {RULE_TRACKS}): see 'synopticon request search'", RULE_TRACKS)
        files = {
            row.footage: tuple(f.digest for f in workspace.footage.files(look.grant, row.footage))
            for row in rows.values()
        }
        look.note(**singled_out(ids))
    return tuple(_row(rows[id], files) for id in ids)


def _row(row: TrackRow, files: dict[str, tuple[str, ...]]) -> Shown:
    assert row.start is not None and row.end is not None, "a track in a window has its times"  # noqa: PT018
    return Shown(row.id, row.footage, row.camera, row.part, files[row.footage], row.start, row.end)


def stated(info: DemandInfo) -> dict[str, Any]:
    """A request as JSON values: the published form of ``request list --json``."""
    demand, found = info.demand, info.demand.decision
    return {
        "id": demand.id,
        "right": demand.right.value,
        "stage": demand.stage.value,
        "cameras": list(info.cameras),
        "windows": [str(window) for window in demand.scope.windows],
        "opened": demand.opened.isoformat(),
        "seen_by": demand.seen_by,
        "due": demand.due.isoformat(),
        "days_left": info.days_left,
        "overdue": info.overdue,
        "extended": demand.extended and demand.extended.isoformat(),
        "answered": demand.answered and demand.answered.isoformat(),
        "decision": found
        and {
            "granted": found.granted,
            "ground": found.ground,
            "by": found.by,
            "at": found.at.isoformat(),
            "tracks": list(found.ids),
        },
        "notes": list(info.notes),
    }
