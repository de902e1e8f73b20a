"""What the report of an export says, read within the export's own permission: nothing of another case.

These are parts of the act that exports: they take its permission (``Act``, ``Grant``), and record nothing
themselves. Recordings, tracks and notes come through the scope of the grant, entries of the log by its case.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from synopticon import __version__
from synopticon.acts.documents import log_facts
from synopticon.acts.kept_events import judged_events
from synopticon.acts.search import covering, opened_tubes
from synopticon.acts.workspace import Act, Workspace
from synopticon.errors import RefusedError, UsageError
from synopticon.evidence.gallery import Gallery, Order, Shot
from synopticon.evidence.reported import (
    Answer,
    Asked,
    CaseTold,
    Counted,
    Covered,
    Decided,
    Linked,
    Ran,
    Recording,
    Report,
    RuleRate,
    Seen,
    Situation,
    Unseen,
)
from synopticon.governance.approval import Approval, ApprovalRequest, check_approval, independent
from synopticon.governance.audit.entry import OUTCOME, RECORD, REFUSAL, Entry
from synopticon.governance.audit.storage import Wanted as Entries
from synopticon.governance.capability import CAPABILITIES
from synopticon.governance.case import Case, spread_all, stand
from synopticon.governance.documents.facts import CameraFacts, Facts, ModelFacts
from synopticon.governance.grant import Grant
from synopticon.governance.profile import difference
from synopticon.governance.retention import days_of
from synopticon.governance.users import User
from synopticon.models.cards import ModelCard, load_cards
from synopticon.search.measured import figures
from synopticon.store.footage import Run
from synopticon.store.marks import Mark
from synopticon.store.tracks import TrackRow, Wanted
from synopticon.synopsis.best import best
from synopticon.synopsis.thumbnail import still
from synopticon.values.interval import wilson
from synopticon.values.query import Query

LINKS = ("confirmed", "rejected")  # steps of a journey in which a person decides
SEARCHES = ("search.attributes", "search.plate", "search.similar", "journey")


def gather(
    workspace: Workspace,
    act: Act,
    *,
    recipient: str,
    reason: str = "",
    tracks: Sequence[str] = (),
    masked: bool = True,
    at: datetime | None = None,
) -> Report:
    """All that the report of an export says. ``tracks``: those chosen; ``at``: the package's time.

    Raises ``UsageError`` for a track that is not in the scope of the act.
    """
    grant = act.grant
    facts = _facts(workspace, grant, at or workspace.clock())
    names = facts.names
    covered, gaps = _coverage(workspace, grant, names)
    runs = workspace.footage.runs(grant)
    used = {run.model for run in runs.values()}
    logged = _log(workspace, act)
    events, rates = _events(workspace, grant, names)
    organisation = facts.organisation
    cards = {card.sha256: card for card in load_cards()}
    return Report(
        facts=facts,
        recipient=recipient,
        by=workspace.actor.name + (f", {organisation}" if organisation else ""),
        reason=reason,
        masked=masked,
        case=_case(workspace, grant),
        scope=grant.scope,
        recordings=_recordings(workspace, grant, names),
        covered=covered,
        gaps=gaps,
        tracks=tuple(_seen(row, names) for row in _rows(workspace, grant, tracks)),
        searches=logged.searches,
        others=logged.others,
        links=logged.links,
        decisions=_decisions(workspace, grant, names),
        events=events,
        rates=rates,
        figures=tuple(f for f in figures() if f.model in used),
        cards=tuple((m.name, _errors(cards[m.digest])) for m in facts.models if m.digest in cards),
        runs=_runs(runs),
    )


# --- of the workspace, and of the case ---------------------------------------------------------------------


def _facts(workspace: Workspace, grant: Grant, at: datetime) -> Facts:
    """Of the workspace; of its cameras and models only those of the scope."""
    here = {r.camera for r in workspace.footage.reached(grant)} | set(grant.scope.cameras)
    days = workspace.retention_days
    cameras = tuple(
        CameraFacts(c.id, c.name, c.place, c.zone, c.purpose, days_of(c.retention_days, days))
        for c in workspace.cameras.all()
        if c.id in here
    )
    cards = {card.sha256: card for card in load_cards()}
    used = sorted(
        {(r.model, r.model_digest) for r in workspace.footage.runs(grant).values() if r.model_digest}
    )
    models = tuple(
        ModelFacts(name, digest, cards[digest].task, cards[digest].licence)
        if digest in cards
        else ModelFacts(name, digest, "", "")
        for name, digest in used
    )
    return Facts(
        organisation=workspace.settings.organisation,
        since=datetime.fromisoformat(workspace.settings.made),
        at=at,
        version=__version__,
        profile=workspace.profile,
        log=log_facts(workspace.log),
        difference=difference(workspace.profile),
        cameras=cameras,
        models=models,
        names={c.id: c.name for c in cameras},
    )


def _case(workspace: Workspace, grant: Grant) -> CaseTold | None:
    case = workspace.cases.case(grant.case) if grant.case else None
    if case is None:
        return None
    users = workspace.cases.signers(case)
    standing = stand(case, workspace.profile, users, workspace.clock())
    terms, closing, emergency = standing.terms, case.closing, case.emergency
    asks = {field.name: field.ask for field in workspace.profile.fields}
    given = sorted(terms.fields.items(), key=lambda one: [*asks, one[0]].index(one[0]))
    units = {unit.id: unit.name for unit in workspace.people.units()}
    return CaseTold(
        id=case.id,
        unit=units.get(case.unit, case.unit),
        requester=_name(users, case.requester),
        opened=case.opened,
        until=standing.until,
        state=standing.state.value,
        purpose=terms.purpose,
        basis=terms.basis,
        authority=terms.authorised_by,
        capabilities=tuple(c for c in CAPABILITIES if c in spread_all(terms.capabilities)),
        fields=tuple((asks.get(name, name), value) for name, value in given if value),
        answers=tuple(_answers(workspace, case, users)),
        closed=(_person(workspace, closing.by), closing.at, closing.outcome) if closing else None,
        emergency=(emergency.at, emergency.reason) if emergency else None,
    )


def _answers(workspace: Workspace, case: Case, users: Mapping[str, User]) -> Iterator[Answer]:
    requests = {request.digest: request for request in case.requests}
    for one in case.approvals:
        request = requests.get(one.request)
        if request is not None:
            counts, why = _judged(workspace, one, request, users)
            by = _name(users, one.approver)
            apart = independent(one, request)[0]
            yield Answer(request.matter.value, one.decision.value, by, one.at, counts, apart, why)


def _judged(
    workspace: Workspace, one: Approval, request: ApprovalRequest, users: Mapping[str, User]
) -> tuple[bool, str]:
    """Whether an answer counts; why not, or why it is not independent."""
    try:
        check_approval(one, request, users.get(one.approver), users.get(request.requester), workspace.clock())
    except (RefusedError, UsageError) as error:
        return False, str(error)
    return True, independent(one, request)[1]


def _name(users: Mapping[str, User], user: str) -> str:
    return users[user].name if user in users else user


def _person(workspace: Workspace, user: str) -> str:
    known = workspace.people.user(user)
    return known.name if known else user


# --- of recordings -----------------------------------------------------------------------------------------


def _recordings(workspace: Workspace, grant: Grant, names: Mapping[str, str]) -> tuple[Recording, ...]:
    clocks = workspace.footage.clocks(grant)
    files: dict[str, tuple[str, ...]] = {}
    found = []
    for s in workspace.footage.stretches(grant):
        if s.footage not in files:
            files[s.footage] = tuple(f.digest for f in workspace.footage.files(grant, s.footage))
        clock = clocks[s.footage]
        found.append(
            Recording(
                names.get(s.camera, s.camera), s.name, s.start, s.end, s.seconds, clock.source,
                clock.uncertainty, files[s.footage],
            )
        )  # fmt: skip
    return tuple(sorted(found, key=_place))


def _place(one: Recording | Unseen) -> tuple[str, bool, str, float]:
    """The order in lists: by camera, then by time, what has none last."""
    return one.camera, one.start is None, one.start.isoformat() if one.start else "", one.seconds


def _coverage(
    workspace: Workspace, grant: Grant, names: Mapping[str, str]
) -> tuple[tuple[Covered, ...], tuple[Unseen, ...]]:
    """How much of each camera was looked at, and what was not seen."""
    _, blind, _ = covering(workspace, grant, Query())
    analysed = workspace.footage.models(grant)
    recorded: dict[str, float] = defaultdict(float)
    lost: dict[str, float] = defaultdict(float)
    for s in workspace.footage.stretches(grant):
        recorded[s.camera] += s.seconds
        lost[s.camera] += 0.0 if s.footage in analysed else s.seconds
    for g in blind:
        lost[g.camera] += g.seconds if g.footage in analysed else 0.0
    covered = tuple(
        Covered(names.get(camera, camera), seconds, max(seconds - lost[camera], 0.0))
        for camera, seconds in sorted(recorded.items(), key=lambda row: names.get(row[0], row[0]))
    )
    unseen = (Unseen(names.get(g.camera, g.camera), g.start, g.end, g.seconds, g.reason) for g in blind)
    return covered, tuple(sorted(unseen, key=_place))


def _errors(card: ModelCard) -> tuple[str, ...]:
    """What a card says of the model's errors."""
    return (*(f"{m.what}: {m.value} ({m.how})" for m in card.measured), *card.known_failures)


def _runs(runs: Mapping[str, Run]) -> tuple[Ran, ...]:
    """What recordings were analysed with, each way once."""
    ways = Counter((r.model, _settings(r.settings), tuple(sorted(r.versions.items()))) for r in runs.values())
    return tuple(Ran(way[0], count, *way[1:]) for way, count in sorted(ways.items()))


def _settings(settings: Mapping[str, Any]) -> str:
    """Settings as text, a line for each group; what cannot be seen is written as JSON writes it."""
    return "\n".join(f"{name}: {json.dumps(settings[name], sort_keys=True)}" for name in sorted(settings))


# --- of tracks, and what people said of them ---------------------------------------------------------------


def _rows(workspace: Workspace, grant: Grant, tracks: Sequence[str]) -> tuple[TrackRow, ...]:
    """The rows of chosen tracks; raises ``UsageError`` for one that is not in the scope."""
    found = workspace.tracks.find(grant, Wanted(ids=tuple(tracks))) if tracks else ()
    if missing := sorted(set(tracks) - {row.id for row in found}):
        raise UsageError(f"{missing[0]}: is no track in this scope: see 'synopticon search'")
    return found


def _seen(row: TrackRow, names: Mapping[str, str]) -> Seen:
    return Seen(row.id, row.label, names.get(row.camera, row.camera), row.start, row.end, row.seconds)


def _decisions(workspace: Workspace, grant: Grant, names: Mapping[str, str]) -> tuple[Decided, ...]:
    marks = workspace.marks.read(grant)
    rows = {row.id: row for row in _rows(workspace, grant, [m.track for m in marks])}
    people = {by: _person(workspace, by) for by in {m.by for m in marks}}
    return tuple(
        Decided(_seen(rows[m.track], names), m.verdict, people[m.by], m.at, m.tags, m.note, m.trim)
        for m in marks
    )


def _events(
    workspace: Workspace, grant: Grant, names: Mapping[str, str]
) -> tuple[tuple[Situation, ...], tuple[RuleRate, ...]]:
    """The events that were decided on, and the figures of their rules."""
    found, counted = judged_events(workspace, grant)
    decided = [(e, e.decision) for e in found if e.decision is not None]
    people = {by: _person(workspace, by) for by in {d.by for _, d in decided}}
    events = tuple(
        Situation(
            e.event.name, names.get(e.camera, e.camera), e.start, tuple(map(str, e.event.reason)), d.verdict,
            people[d.by], d.at, d.note,
        )
        for e, d in decided
    )  # fmt: skip
    shown = {(e.camera, e.event.rule, e.event.name) for e, _ in decided}
    rates = tuple(
        RuleRate(
            r.name, names.get(r.camera, r.camera), r.accepted, r.rejected, r.unsure + r.new,
            wilson(r.accepted, r.accepted + r.rejected), r.days,
        )
        for r in counted
        if (r.camera, r.rule, r.name) in shown
    )  # fmt: skip
    return events, rates


# --- of the log --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Told:
    """What the log of a case says, sorted."""

    searches: tuple[Asked, ...] = ()
    links: tuple[Linked, ...] = ()
    others: tuple[Counted, ...] = ()


def _log(workspace: Workspace, act: Act) -> _Told:
    """The searches of the case, what people joined, and how often all else was done in it, up to this act."""
    if act.grant.case is None:
        return _Told()
    entries = [e for e in workspace.log.find(Entries(case=act.grant.case)) if e.sequence < act.entry.sequence]
    outcomes = {e.header.refers: e for e in entries if e.header.kind == OUTCOME}
    people = {id: _person(workspace, id) for id in {e.header.actor for e in entries}}
    done, refused = Counter[str](), Counter[str]()
    searches: list[Asked] = []
    links: list[Linked] = []
    for e in entries:
        name, by = e.header.capability, people[e.header.actor]
        refused[name] += e.header.kind == REFUSAL
        if e.header.kind == RECORD and (e.payload or {}).get("step") in LINKS:
            links += _linked(e, outcomes.get(e.sequence), by)
        elif e.header.kind == RECORD and name in SEARCHES:
            searches.append(_asked(e, outcomes.get(e.sequence), by))
        else:
            done[name] += e.header.kind == RECORD
    others = sorted(name for name in {*done, *refused} if done[name] or refused[name])
    counted = tuple(Counted(name, done[name], refused[name]) for name in others)
    return _Told(tuple(searches), tuple(links), counted)


def _linked(entry: Entry, outcome: Entry | None, by: str) -> Iterator[Linked]:
    """A decision about two tracks, if it came to be one."""
    said = entry.payload or {}
    if outcome is not None and (outcome.payload or {}).get("state") == "done":
        tracks = tuple(str(track) for track in said.get("subjects", ()))
        lines = [str(line) for line in said.get("reason", ())]  # "TRACK: text"
        reason = lines[0].partition(": ")[2] if lines else ""
        yield Linked(entry.sequence, entry.header.time, by, str(said["step"]), tracks, reason)


def _asked(entry: Entry, outcome: Entry | None, by: str) -> Asked:
    said, ended = entry.payload, (outcome.payload or {}) if outcome else {}
    question = None if said is None else _question(said)
    hits = ended.get("hits", ended.get("shown"))
    state = str(ended.get("state", "done")) if outcome else ""
    header = entry.header
    return Asked(entry.sequence, header.time, by, header.capability, question, hits, state)


def _question(said: Mapping[str, Any]) -> str:
    """What was asked: the query, or the tracks that it was about."""
    asked = said.get("query") or said.get("like") or said.get("of") or said.get("subjects") or ""
    return asked if isinstance(asked, str) else ", ".join(str(one) for one in asked)


# --- pictures ----------------------------------------------------------------------------------------------


def gallery_of(
    workspace: Workspace,
    grant: Grant,
    tracks: Sequence[str] | None = None,
    *,
    clear: bool = False,
    order: Order = "time",
    at: datetime | None = None,
) -> Gallery:
    """One picture for each track (None: for all in the scope), with what people noted.

    ``clear``: with what masks hide; only a grant for ``view.unmasked`` gives it. Raises ``UsageError`` for a
    track that is not in the scope, ``RefusedError``, ``StoreError``.
    """
    facts = _facts(workspace, grant, at or workspace.clock())
    rows = workspace.tracks.find(grant) if tracks is None else _rows(workspace, grant, tracks)
    notes = {m.track: m for m in workspace.marks.read(grant)}
    shots = {row.id: Shot(_seen(row, facts.names), b"") for row in rows}
    shots |= dict(_taken(workspace, grant, rows, shots, clear=clear))
    noted = tuple(_noted(shot, notes.get(id)) for id, shot in shots.items())
    return Gallery(facts, noted, masked=not clear, order=order, case=grant.case or "")


def _taken(
    workspace: Workspace, grant: Grant, rows: Sequence[TrackRow], shots: Mapping[str, Shot], *, clear: bool
) -> Iterator[tuple[str, Shot]]:
    """The best picture of each track that has one."""
    by_footage: dict[str, list[str]] = {}
    for row in rows:
        by_footage.setdefault(row.footage, []).append(row.id)
    for tube, opened, scene, file in opened_tubes(workspace, grant, by_footage):
        found = best(tube, opened, (scene.y.shape[1], scene.y.shape[0]))
        coding = (file.colour_matrix, file.full_range)
        picture = still(tube, found.sample, opened, scene, coding, clear=clear)
        yield (
            tube.id,
            replace(
                shots[tube.id], picture=picture, offset=tube.track.start, quality=found.quality,
                width=found.width, height=found.height,
            ),
        )  # fmt: skip


def _noted(shot: Shot, mark: Mark | None) -> Shot:
    if mark is None:
        return shot
    return replace(shot, verdict=mark.verdict, tags=mark.tags, note=mark.note)
