"""Looks at the workspace for ``doctor``: database, keys, log, overdue destruction; makes none."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from synopticon.acts import retention
from synopticon.acts.finding import Finding
from synopticon.acts.workspace import (
    DATABASE,
    LOG_KEY,
    NEXT_KEY,
    SETTINGS,
    Workspace,
    WorkspaceSettings,
    open_workspace,
    read_settings,
)
from synopticon.errors import SynopticonError
from synopticon.governance.audit.entry import format_time
from synopticon.governance.capability import Operation
from synopticon.models.cards import home
from synopticon.store.database import SCHEMA, durability, open_database, schema_of

OPERATION = Operation.CONSULTATION
_SHOWN = 5  # of a list


def examine_workspace(folder: Path | None = None) -> list[Finding]:
    """Findings about the workspace in ``folder`` (None: the user's own); one that breaks stops no other.

    What is kept and until when is read as an act of the program itself, which leaves its record in the log.
    """
    place = (folder or home()).absolute()
    if not (place / SETTINGS).exists():
        return [Finding("workspace", "fine", f"none in {place}: it is made at its first use")]
    found = _safely("workspace", lambda: _settings(place))
    if any(f.level == "problem" for f in found):
        return found
    found += _safely("keys", lambda: _keys(place / "keys"))
    database = _safely("database", lambda: _database(place, read_settings(place)))
    found += database
    if any(f.level != "fine" for f in database) or any(f.level == "problem" for f in found):
        return found  # to open it would change it, or fail
    return found + _safely("log", lambda: _opened(place))


def _safely(what: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    """What a look finds; an error on purpose is a finding, its remedy in its line."""
    try:
        return look()
    except SynopticonError as error:
        said, _, remedy = " ".join(str(error).split()).rpartition(": ")
        return [Finding(what, "problem", said or remedy, remedy)]


def _settings(place: Path) -> list[Finding]:
    settings = read_settings(place)
    owner = f"of {settings.organisation}" if settings.organisation else "one person's own"
    return [Finding("workspace", "fine", f"{place}, {owner}, made {settings.made[:10]}")]


def _keys(folder: Path) -> list[Finding]:
    """Whether the key of the log is there, and whether others can read what is secret."""
    if not (folder / LOG_KEY).exists():
        remedy = "put back a copy of it: without it nothing can be logged, so nothing can be done"
        return [Finding("keys", "problem", f"{folder / LOG_KEY} is missing", remedy)]
    found = [Finding("keys", "fine", f"{folder}: {', '.join(sorted(p.name for p in folder.glob('*.pem')))}")]
    if (folder / NEXT_KEY).exists():
        remedy = "'synopticon audit rotate' ends it, or begins anew"
        found.append(Finding("keys", "note", "a change of the log's key was broken off", remedy))
    if os.name == "posix":
        paths = (folder, *sorted(folder.glob("*.pem")))
        found += [finding for path in paths if (finding := _open_to_others(path))]
    return found


def _open_to_others(path: Path) -> Finding | None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & 0o077:
        return None
    wanted = "700" if path.is_dir() else "600"
    text = f"{path} has mode {mode:o}: others may read it, and could have copied the keys"
    return Finding("keys", "problem", text, f"'chmod {wanted} {path}', then 'synopticon audit rotate'")


def _database(place: Path, settings: WorkspaceSettings) -> list[Finding]:
    """Whether a commit survives a loss of power, and whether this program knows the tables."""
    lite = place / DATABASE
    if not settings.database and not lite.exists():
        return [Finding("database", "problem", f"{lite} is missing", "put back a copy of it, with its log")]
    engine = open_database(settings.database or lite)
    try:
        schema, found = schema_of(engine), durability(engine)
    finally:
        engine.dispose()
    how = ", ".join(f"{name} {value}" for name, value in found.items())
    kind = engine.dialect.name
    findings = [Finding("database", "fine", f"{kind}: what was committed survives a loss of power ({how})")]
    if schema != SCHEMA:
        text = f"tables of version {schema}; this program makes them {SCHEMA} at its next use"
        findings.append(Finding("database", "note", text, "keep a copy of the database before"))
    return findings


def _opened(place: Path) -> list[Finding]:
    with open_workspace(place) as here:
        here.as_program()
        kept = _safely("retention", lambda: _overdue(here))
        return [*_witnessed(here), *_unknown(here), *kept, *_requests(here)]


def _witnessed(here: Workspace) -> list[Finding]:
    size, seen = here.log.storage.size(), here.log.last_witnessed()
    days = here.profile.limits.witness_days
    if seen is None:
        said = f"{size} entries, last witnessed never: whoever holds this machine can rewrite all of it"
    else:
        after = f"entries from {seen.size} on can be rewritten by whoever holds this machine"
        said = f"{size} entries, last witnessed {format_time(seen.time)} by {seen.names}: {after}"
    late = days and (seen is None or (here.clock() - seen.time).days >= days)
    remedy = f"'synopticon audit witness ask', for a second person (the profile asks for one in {days} days)"
    return [Finding("log", "note" if late else "fine", said, remedy if late else "")]


def _unknown(here: Workspace) -> list[Finding]:
    """Records without an outcome: acts that run now, or were cut short."""
    found = here.log.open_records()
    if not found:
        return []
    shown = ", ".join(str(n) for n in found[:_SHOWN]) + (" ..." if len(found) > _SHOWN else "")
    text = f"outcome unknown of {len(found)} acts: entries {shown}"
    return [Finding("log", "note", text, "'synopticon audit show N' says which they were; some may run now")]


def _requests(here: Workspace) -> list[Finding]:
    """Requests of persons filmed that should have been answered already; no name is opened."""
    waiting = [demand for demand in here.demands.all() if demand.answered is None]
    late = [demand.id for demand in waiting if demand.overdue(here.clock())]
    if late:
        text = f"{len(late)} requests of persons filmed are overdue: {', '.join(late[:_SHOWN])}"
        return [Finding("requests", "problem", text, "'synopticon request list', and answer them")]
    if not waiting:
        return []
    first = min(demand.due for demand in waiting).isoformat()
    return [Finding("requests", "fine", f"{len(waiting)} to be answered, the first by {first}")]


def _overdue(here: Workspace) -> list[Finding]:
    report = retention.report(here)
    names = {camera.id: camera.name for camera in here.cameras.all()}
    late = [f"{names.get(v.camera, v.camera)} {v.part}" for v in report.overdue]
    if late:
        shown = ", ".join(late[:_SHOWN]) + (" ..." if len(late) > _SHOWN else "")
        text = f"{len(late)} days of footage are overdue for destruction: {shown}"
        return [Finding("retention", "problem", text, "'synopticon retention run', every day")]
    held = sum(v.state == "held" for v in report.verdicts)
    return [Finding("retention", "fine", f"nothing is overdue; {held} days are held")]
