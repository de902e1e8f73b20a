"""The public declaration: make it, check one, make many into one register."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from synopticon import __version__
from synopticon.acts.audit import public
from synopticon.acts.documents import log_facts
from synopticon.acts.workspace import Workspace
from synopticon.errors import AuditError, OutputError, UsageError
from synopticon.governance import declaration
from synopticon.governance.audit.entry import format_time
from synopticon.governance.audit.log import AuditLog, Witnessed
from synopticon.governance.canonical import canonical
from synopticon.governance.capability import FOOTAGE, Operation
from synopticon.governance.declaration import Declaration, Merged
from synopticon.governance.profile import Need, Profile, difference
from synopticon.store.atomic import make_folder, write_bytes

OPERATION = Operation.DISCLOSURE
# Fields of cases that refer to an act of the regulator, alone or together; nothing else of a case is public.
_REFERENCES = (("declaration", "declaration_date", "declaration_digest"), ("permit", "permit_date"))

PUBLIC = Path("public", "synopticon.json")  # in the workspace: what the web server shows, or since when not
DAY = 86400  # seconds


@dataclass(frozen=True, slots=True)
class Published:
    """What everybody may see; ``withdrawn``: since when it is switched off (UTC)."""

    data: bytes | None
    withdrawn: str = ""


def declare(workspace: Workspace, output: Path, *, overwrite: bool = False) -> Declaration:
    """Write the signed declaration of this workspace; it names no user, no case and no camera."""
    if output.exists() and not overwrite:
        raise OutputError(f"{output}: exists already: add --overwrite, or name another file")
    with workspace.act("declaration") as act:
        made, data = _made(workspace)
        write_bytes(output, data, overwrite=overwrite)
        act.note(sha256=made.digest)
    return made


def publish(workspace: Workspace, public: bool) -> None:
    """Show the declaration to everybody who asks the web server, or show it no more; either is logged."""
    place = workspace.folder / PUBLIC
    make_folder(place.parent)
    with workspace.act("declaration", payload={"public": public}) as act:
        if not public:
            stopped = {"withdrawn": format_time(workspace.clock())}
            write_bytes(place, canonical(stopped), overwrite=True)
            return
        made, data = _made(workspace)
        write_bytes(place, data, overwrite=True)
        act.note(sha256=made.digest)


def published(workspace: Workspace) -> Published:
    """What is shown to everybody: in an organisation, the declaration, unless somebody switched it off.

    One that is older than a day is made anew, by the program itself.
    """
    place = workspace.folder / PUBLIC
    data = place.read_bytes() if place.exists() else b""
    if data and "withdrawn" in (said := json.loads(data)):
        return Published(None, str(said["withdrawn"]))
    if not workspace.settings.organisation:
        return Published(None)
    if not data or _age(workspace, data) > DAY:
        publish(workspace.acting(workspace.actor).as_program(), True)
        data = place.read_bytes()
    return Published(data)


def _age(workspace: Workspace, data: bytes) -> float:
    """Seconds since a declaration was made."""
    made = datetime.fromisoformat(json.loads(data)["declaration"]["at"])
    return (workspace.clock() - made).total_seconds()


def _made(workspace: Workspace) -> tuple[Declaration, bytes]:
    """The declaration as of now, checked, and its bytes."""
    said = _said(workspace)
    data = declaration.write(said, workspace.log.seal(declaration.seal_text(said)))
    return declaration.verify(data, workspace.log.public), data


def verify_declaration(path: Path, key: str = "") -> Declaration:
    """Check a declaration, offline, without a workspace; ``key``: public key, text or file."""
    data = _read(path)
    try:
        return declaration.verify(data, public(key) if key else None)
    except AuditError as error:
        raise AuditError(f"{path}: {error}") from error


def merge_declarations(paths: Sequence[Path], output: Path, *, overwrite: bool = False) -> Merged:
    """Make many declarations into one register; raises ``AuditError`` when none of them holds."""
    merged = declaration.merge((str(path), _read(path)) for path in paths)
    if not merged.kept:
        raise AuditError(
            f"{'; '.join(merged.bad)} (none of them holds, so no register is written): use other copies"
        )
    write_bytes(output, merged.data, overwrite=overwrite)
    return merged


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}): name a declaration") from error


def _said(workspace: Workspace) -> dict[str, Any]:
    profile, log = workspace.profile, workspace.log
    known = log_facts(log)
    return {
        "type": declaration.TYPE,
        "body": workspace.settings.organisation,
        "workspace": workspace.settings.origin,
        "units": [unit.name for unit in workspace.people.units()],
        "since": format_time(datetime.fromisoformat(workspace.settings.made)),
        "at": format_time(workspace.clock()),
        "profile": {
            "name": profile.name,
            "label": profile.label,
            "digest": profile.digest,
            "difference": [str(one) for one in difference(profile)],
        },
        "capabilities": [
            {"name": name, "needs": _needs(profile, name)} for name in FOOTAGE if profile.allows(name)
        ],
        "assessments": _assessments(workspace),
        "references": list(_references(workspace)),
        "key": {"public": log.public.text(), "fingerprint": log.public.fingerprint},
        "witnesses": [
            {"name": w.name, "fingerprint": w.fingerprint, "last": format_time(w.last)}
            for w in known.witnesses
        ],
        "witnessed": _witnessed(log, known.witnessed),
        "checkpoint": known.checkpoint,
        "program": __version__,
    }


def _needs(profile: Profile, capability: str) -> list[str]:
    needs = profile.rule_for(capability).needs
    return [need.value for need in Need if need in needs]


def _assessments(workspace: Workspace) -> list[dict[str, Any]]:
    """The registered impact assessments: digest, date, the DPO's opinion; no names."""
    now = workspace.configuration()
    return [
        {
            "digest": d.digest,
            "signed": d.signed.isoformat(),
            "opinion": d.opinion,
            "current": d.configuration == now,
        }
        for d in workspace.cases.dpias()
    ]


def _references(workspace: Workspace) -> Iterator[dict[str, str]]:
    """Declarations to the regulator and permits that cases state: number, date, digest; each once."""
    seen = set()
    for case in workspace.cases.cases():
        fields: Mapping[str, Any] = case.first.said.get("fields", {})
        for names in _REFERENCES:
            stated = tuple((name, str(fields[name])) for name in names if fields.get(name))
            if stated and stated[0][0] == names[0]:
                seen.add(stated)
    yield from (dict(stated) for stated in sorted(seen))


def _witnessed(log: AuditLog, last: Witnessed | None) -> dict[str, Any] | None:
    """The last witnessed state with the cosigned checkpoint itself, so that anyone can check it."""
    if last is None:
        return None
    payload = log.entry(last.entry).payload or {}
    by = [{"name": c.name, "key": c.key.text(), "time": format_time(c.time)} for c in last.by]
    return {"checkpoint": payload["checkpoint"], "size": last.size, "time": format_time(last.time), "by": by}
