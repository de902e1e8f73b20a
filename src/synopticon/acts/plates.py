"""Plates beyond the search for them: shown in clear for a reason, looked for by lists, followed by camera.

Everywhere else a plate is shown masked. Who sees one in clear gave a reason first, and the log says of which
tracks; it holds no text of a plate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from synopticon.acts.journey import between_tracks, ways_between
from synopticon.acts.plate_search import RULE_CASE, found_in, marked
from synopticon.acts.similar import Sighting, of_tracks
from synopticon.acts.workspace import Act, Workspace, singled_out
from synopticon.errors import QueryError, RefusedError, UsageError
from synopticon.governance.authority import Reason
from synopticon.governance.capability import Operation
from synopticon.governance.case import stand
from synopticon.search.plates import How, PlatesFound, asked, text_at, veiled, without
from synopticon.search.query import parse
from synopticon.search.values import LIST_NAME
from synopticon.store.plate_lists import Listed, PlateList
from synopticon.store.plates import Plates
from synopticon.store.tracks import TrackRow, Wanted
from synopticon.values.plate import LONGEST
from synopticon.values.plate_text import cleaned, masked

OPERATION = Operation.CONSULTATION
MOST = 100  # tracks whose plates are shown at once
LONGEST_LIST = 10_000  # plates
RULE_REASON = "plates.reason"
NOTE = "read by a program from pictures: a person compares each with the recording before it is relied on"


# --- shown in clear ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Revealed:
    """What was read of a track's plate, in clear. ``confidence`` 0..1, one number a character.

    ``country`` of the grammar that fits, "" = none or several; ``corrected``: it put a character right.
    """

    track: str
    text: str
    confidence: tuple[float, ...]
    country: str
    corrected: bool


def reveal(
    workspace: Workspace, tracks: Sequence[str], *, case: str | None, reason: str
) -> tuple[Revealed, ...]:
    """The plates of these tracks in clear, in their order; of what no plate was read there is none.

    Raises ``RefusedError`` without a reason, whatever the profile asks for, and for a track out of scope.
    """
    if not 0 < len(tracks) <= MOST:
        raise UsageError(f"{len(tracks)} tracks: name 1 to {MOST}")
    if not reason.strip():
        text = f"a plate is shown in clear for a reason (rule {RULE_REASON}): add --reason TEXT"
        raise workspace.refuse("search.plate", RefusedError(text, RULE_REASON), case=case)
    ids = tuple(dict.fromkeys(tracks))
    said = {"step": "reveal", **singled_out(ids)}
    with workspace.act("search.plate", case=case, reason=Reason(reason, ids), payload=said) as act:
        there = [workspace.tracks.one(act.grant, track) for track in ids]  # refuses what is out of scope
        rows = workspace.plates.view(act.grant).of(ids, {(t.camera, t.part) for t in there})
        found = {one.track: one for one in _revealed(rows)}
        act.note(shown=len(found))
    return tuple(found[track] for track in ids if track in found)


def _revealed(rows: Plates) -> list[Revealed]:
    made = []
    for k, track in enumerate(rows.ids.tolist()):
        text = text_at(rows.text, k)
        sure = tuple(round(int(v) / 255, 2) for v in rows.sure[k, : len(text)])
        made.append(Revealed(track.decode(), text, sure, rows.country[k].decode(), bool(rows.corrected[k])))
    return made


# --- lists -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListInfo:
    """A list of a case. ``plates``: masked; none after its end. ``by``: who imported it; times UTC."""

    name: str
    reason: str
    by: str
    at: datetime
    until: datetime
    ended: bool
    count: int
    plates: tuple[str, ...]


def import_list(
    workspace: Workspace, name: str, text: str, *, until: datetime, case: str | None, reason: str
) -> ListInfo:
    """Keep plates (one a line, or first of a line with commas) that a case looks for, until a date.

    It is kept sealed under the case's key and found as ``plate:@NAME``. Raises ``UsageError`` for a list that
    cannot be read, or would last longer than the case; ``RefusedError`` outside a case or without a reason.
    """
    plates = plates_of(text)
    if not LIST_NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name of a list: use letters, digits, - and _ , at most 60")
    if not reason.strip():
        why = f"a list of plates is kept for a reason (rule {RULE_REASON}): add --reason TEXT"
        raise workspace.refuse("search.plate", RefusedError(why, RULE_REASON), case=case)
    if case is None:
        why = f"a list of plates is of a case only (rule {RULE_CASE}): name it with --case"
        raise workspace.refuse("search.plate", RefusedError(why, RULE_CASE))
    told = without(reason, {plate: masked(plate) for plate in plates})
    said = {"step": "import", "list": name, "count": len(plates), "until": until.isoformat()}
    said |= marked(workspace, plates)
    with workspace.act("search.plate", case=case, reason=told, payload=said) as act:
        now = workspace.clock()
        _check_end(workspace, case, until, now)
        one = PlateList(case, name, workspace.actor.id, now, until, len(plates))
        listed = Listed(plates, told)
        workspace.plate_lists.put(act.grant, one, listed)
        act.note(kept=len(plates))
        return _shown(workspace, one, listed)


def plates_of(text: str) -> tuple[str, ...]:
    """The plates of a file, each once; raises ``UsageError`` with the line that is none, without its text."""
    found: dict[str, None] = {}
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        plate = cleaned(line.replace(";", ",").partition(",")[0].strip().strip('"'))
        if not plate or line.lstrip().startswith("#"):
            continue
        if not (plate.isascii() and plate.isalnum() and 2 <= len(plate) <= LONGEST):
            raise UsageError(
                f"line {number} of the list is no plate: write 2 to {LONGEST} letters and digits"
            )
        found[plate] = None
    if not 0 < len(found) <= LONGEST_LIST:
        raise UsageError(f"a list of {len(found)} plates: give 1 to {LONGEST_LIST}, one a line")
    return tuple(found)


def _check_end(workspace: Workspace, case: str, until: datetime, now: datetime) -> None:
    found = workspace.cases.case(case)
    assert found is not None, "the act was permitted in it"
    ends = stand(found, workspace.profile, workspace.cases.signers(found), now).until
    if not now < until <= ends:
        said = ends.isoformat(timespec="minutes")
        raise UsageError(f"the list would end on {until.isoformat()}: choose a time from now to {said}")


def list_lists(workspace: Workspace, *, case: str | None, reason: str = "") -> tuple[ListInfo, ...]:
    """The lists of a case, their plates masked."""
    with workspace.act("search.plate", case=case, reason=reason, payload={"step": "lists"}) as act:
        found = workspace.plate_lists.all(act.grant)
        act.note(lists=len(found))
        return tuple(_shown(workspace, one, listed) for one, listed in found)


def drop_list(workspace: Workspace, name: str, *, case: str | None, reason: str = "") -> None:
    """Destroy a list of a case; raises ``UsageError`` where it has none of this name."""
    said = {"step": "drop", "list": name}
    with workspace.act("search.plate", case=case, reason=reason, payload=said) as act:
        if not workspace.plate_lists.drop(act.grant, name):
            raise UsageError(f"the case has no list of plates called {name!r}: see 'synopticon plates lists'")


def _shown(workspace: Workspace, one: PlateList, listed: Listed) -> ListInfo:
    user = workspace.people.user(one.by)
    return ListInfo(
        one.name, listed.reason, user.name if user else one.by, one.at, one.until,
        one.until <= workspace.clock(), one.count, tuple(masked(p) for p in listed.plates),
    )  # fmt: skip


# --- across cameras ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlateStop:
    """Where and when a plate was read, masked. ``score`` 0..1; ``says``: how it differs from the question.

    ``before``: what lies between it and the stop before; ``way``: whether that fits the way between the two
    cameras, "" = none was set. ``seconds``: from the end of the one before to its start, None = not known.
    """

    seen: Sighting
    plate: str
    score: float
    says: str
    before: str
    way: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class PlateJourney:
    """Stops in true time, those of unknown clocks last. ``of``: what was looked for, masked.

    ``exit_code`` 4: something of the scope was not seen.
    """

    of: str
    stops: tuple[PlateStop, ...]
    gap_seconds: float
    notes: tuple[str, ...]
    exit_code: int


def follow(workspace: Workspace, plate: str, *, case: str | None, reason: str = "") -> PlateJourney:
    """Where a plate was read, camera by camera, with the time between: proposals, for a person to confirm.

    ``plate``: as after ``plate:``, not a list. Needs ``journey`` and ``search.plate``. Raises
    ``RefusedError``, ``UsageError``.
    """
    value = _one(plate)
    one = asked(value)
    told = without(reason, {one.text: masked(one.text)})
    said = {"step": "plate", "asked": veiled(value), **marked(workspace, (value,))}
    with workspace.act("journey", case=case, reason=told, payload=said) as act:
        scope, inner = act.grant.scope, {"step": "follow", "asked": veiled(value)}
        with workspace.act(
            "search.plate", case=case, scope=scope, reason=told, payload=inner, within=act
        ) as look:
            found = found_in(workspace, look.grant, workspace.plates.view(look.grant), value)
            look.note(found=len(found))
        stops = _stops(workspace, act, found)
        gaps = sum(g.seconds for g in workspace.footage.gaps(act.grant))
        act.note(**singled_out([s.seen.track for s in stops]), stops=len(stops))
    return PlateJourney(veiled(value), stops, round(gaps, 3), (NOTE,), 4 if gaps else 0)


def _one(plate: str) -> str:
    """The value of ``plate:`` that somebody typed; the error names no plate."""
    try:
        (term,) = parse(f'plate:"{plate}"').terms
        (value,) = term.values
    except (QueryError, ValueError):
        raise UsageError("that is no plate: write its letters and digits, like AB123CD or ~AB123CD") from None
    if asked(str(value)).how is How.LISTED:
        raise UsageError("one plate is followed, not a list: give the plate")
    return str(value)


def _stops(workspace: Workspace, act: Act, found: PlatesFound) -> tuple[PlateStop, ...]:
    ids = tuple(i.decode() for i in found.ids.tolist())
    sources = {s.footage: s for s in workspace.descriptors.sources(act.grant)}
    rows = [t for t in workspace.tracks.find(act.grant, Wanted(ids=ids)) if t.footage in sources]
    shown = of_tracks(workspace, act, sources, tuple(t.id for t in rows))
    order = sorted(rows, key=_when)
    ways = ways_between(workspace.ways.all())
    pairs = {b.id: (a, b) for a, b in pairwise(order)}
    stops = []
    for t in order:
        at = int(found.ids.searchsorted(t.id.encode()))
        before, way, seconds = "", "", None
        if t.id in pairs:
            a, b = pairs[t.id]
            lies = between_tracks(a, b, sources)
            before = lies.says()
            seconds = round((lies.low + lies.high) / 2, 3) if lies.known else None
            way = lies.fits(ways.get((a.camera, b.camera)))
        plate = masked(text_at(found.texts, at))
        says = found.says(t.id.encode())
        stops.append(
            PlateStop(shown[t.id], plate, round(float(found.score[at]), 4), says, before, way, seconds)
        )
    return tuple(stops)


def _when(t: TrackRow) -> tuple[bool, float, str]:
    return t.start is None, t.start.timestamp() if t.start else 0.0, t.id
