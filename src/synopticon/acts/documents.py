"""Documents from the real configuration and the log: DPIA, record, register, notice, transparency."""

import functools
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from synopticon import __version__
from synopticon.acts.workspace import Act, Workspace
from synopticon.errors import OutputError, UsageError
from synopticon.governance.audit.entry import WITNESS
from synopticon.governance.audit.log import AuditLog
from synopticon.governance.audit.storage import Wanted
from synopticon.governance.capability import Operation
from synopticon.governance.documents.facts import (
    CameraFacts,
    DestroyedFacts,
    DpiaFacts,
    Facts,
    LogFacts,
    ModelFacts,
    RecordingFacts,
    UnitFacts,
    WitnessFacts,
)
from synopticon.governance.documents.kinds import KINDS, build
from synopticon.governance.documents.tally import Tally, tally
from synopticon.governance.profile import difference
from synopticon.governance.retention import days_of
from synopticon.governance.users import Role, User
from synopticon.models.cards import load_cards
from synopticon.store.atomic import make_folder, write_together
from synopticon.store.registers import Registers

OPERATION = Operation.CONSULTATION
ALL = "all"
_FROM_THE_LOG = ("register", "transparency")  # documents that read all of it


def write_documents(
    workspace: Workspace,
    kind: str,
    output: Path,
    languages: Sequence[str],
    *,
    contact: str = "",
    overwrite: bool = False,
) -> tuple[Path, ...]:
    """Write a document (or ``all``) into a folder, as HTML and Markdown in each language; gives the files.

    ``contact``: where a person filmed can write. All files appear, or none. Raises ``UsageError`` for an
    unknown kind, and for a notice without a camera.
    """
    kinds = _kinds(workspace, kind)
    targets = [
        output / f"{k}.{language}.{end}" for k in kinds for language in languages for end in ("html", "md")
    ]
    if known := [path for path in targets if path.exists() and not overwrite]:
        raise OutputError(f"{known[0]}: exists already: add --overwrite, or name another folder")
    with _made(workspace, kinds, languages, contact) as made:
        _write(output, targets, made, overwrite)
    return tuple(targets)


def make_document(workspace: Workspace, kind: str, language: str, *, contact: str = "") -> dict[str, bytes]:
    """A document by the names of its files (HTML and Markdown), for whoever reads it at once."""
    with _made(workspace, _kinds(workspace, kind), (language,), contact) as made:
        return made


@contextmanager
def _made(
    workspace: Workspace, kinds: Sequence[str], languages: Sequence[str], contact: str
) -> Iterator[dict[str, bytes]]:
    """The act of making documents, with their bytes by name; it ends when they are where they go."""
    said = {"kinds": list(kinds), "languages": list(languages)}
    with workspace.act("documents", payload=said) as act:
        facts = gather(workspace, act, kinds, contact)
        made: dict[str, bytes] = {}
        for one in kinds:
            for language in languages:
                made |= build(one, language, facts)
        yield made
        act.note(made={name: hashlib.sha256(data).hexdigest() for name, data in made.items()})


def _kinds(workspace: Workspace, kind: str) -> tuple[str, ...]:
    """What is asked for; of ``all``, the notice is left out where there is no camera."""
    if kind == ALL:
        return tuple(k for k in KINDS if k != "notice" or workspace.cameras.all())
    if kind not in KINDS:
        raise UsageError(f"{kind!r} is no document: choose one of {', '.join(KINDS)}, or {ALL}")
    return (kind,)


def _write(output: Path, targets: Sequence[Path], made: dict[str, bytes], overwrite: bool) -> None:
    make_folder(output)
    with write_together(*targets, overwrite=overwrite) as asides:
        for aside, target in zip(asides, targets, strict=True):
            aside.write_bytes(made[target.name])


def gather(workspace: Workspace, act: Act, kinds: Sequence[str], contact: str = "") -> Facts:
    """What documents say, read from the workspace and from its log as it is now."""
    registers = Registers(workspace.engine, workspace.clock)
    profile, now = workspace.profile, workspace.clock()
    cameras = tuple(
        CameraFacts(
            c.id, c.name, c.place, c.zone, c.purpose, days_of(c.retention_days, workspace.retention_days)
        )
        for c in workspace.cameras.all()
    )
    known = log_facts(workspace.log)
    wanted = set(_FROM_THE_LOG) & set(kinds)
    return Facts(
        organisation=workspace.settings.organisation,
        since=datetime.fromisoformat(workspace.settings.made),
        at=now,
        version=__version__,
        profile=profile,
        log=known,
        configuration=workspace.configuration(),
        difference=difference(profile),
        cameras=cameras,
        units=unit_facts(workspace),
        models=_models(registers, act),
        dpia=dpia_facts(workspace, now),
        recordings=_recordings(workspace, act) if "register" in wanted else (),
        destroyed=_destroyed(registers, act) if "register" in wanted else (),
        tally=_tally(workspace, registers, act) if wanted else Tally(),
        contact=contact.strip(),
        names={c.id: c.name for c in cameras},
    )


def log_facts(log: AuditLog) -> LogFacts:
    """The log as it is now: size, key, checkpoint, and who cosigned it when."""
    checkpoint, last = log.checkpoint(), log.last_witnessed()
    seen: dict[tuple[str, str], datetime] = {}
    for number in log.storage.find(Wanted(kind=WITNESS)):
        for one in log.witnessed_by(number).by:
            key = (one.name, one.key.fingerprint)
            seen[key] = max(one.time, seen.get(key, one.time))
    witnesses = tuple(WitnessFacts(*key, time) for key, time in sorted(seen.items()))
    return LogFacts(log.origin, log.public.fingerprint, checkpoint.size, checkpoint.text(), last, witnesses)


def unit_facts(workspace: Workspace) -> tuple[UnitFacts, ...]:
    """The units, and how many of their active users hold each role."""
    users = workspace.people.users()
    return tuple(UnitFacts(u.name, _roles(users, u.id)) for u in workspace.people.units())


def _roles(users: Sequence[User], unit: str) -> dict[Role, int]:
    held = [role for user in users if user.active and user.unit == unit for role in user.roles]
    return {role: held.count(role) for role in Role if role in held}


def dpia_facts(workspace: Workspace, now: datetime) -> DpiaFacts | None:
    """The impact assessment that was registered last, and what it is worth now."""
    known = workspace.cases.dpias()
    if not known:
        return None
    last, days = known[-1], workspace.profile.limits.dpia_days
    old = bool(days) and now.date() - last.signed > timedelta(days=days)
    return DpiaFacts(last, last.configuration == workspace.configuration(), old)


def _models(registers: Registers, act: Act) -> tuple[ModelFacts, ...]:
    cards = {card.sha256: card for card in load_cards()}
    found = []
    for name, digest in registers.models(act.grant):
        card = cards.get(digest)
        found.append(ModelFacts(name, digest, card.task if card else "", card.licence if card else ""))
    return tuple(found)


def _recordings(workspace: Workspace, act: Act) -> tuple[RecordingFacts, ...]:
    from synopticon.acts.retention import verdicts_of  # it knows analyses, and so all that analyses

    verdicts = {(v.camera, v.part): v for v in verdicts_of(workspace, act.grant)}
    found = []
    for kept in workspace.footage.kept(act.grant):
        verdict = verdicts[kept.camera, kept.part]
        first, last = (kept.first, kept.last) if kept.clock_known else (None, None)
        made = RecordingFacts(
            kept.camera, kept.part, kept.digests, first, last, verdict.state, verdict.due, len(verdict.holds)
        )
        found.append((kept.camera, kept.part, kept.first, made))
    return tuple(row[-1] for row in sorted(found, key=lambda row: row[:3]))


def _destroyed(registers: Registers, act: Act) -> tuple[DestroyedFacts, ...]:
    return tuple(
        DestroyedFacts(d.camera, d.part, d.files, d.at, d.entry) for d in registers.destroyed(act.grant)
    )


def _tally(workspace: Workspace, registers: Registers, act: Act) -> Tally:
    """All of the log up to this act, whose own end is not known yet."""
    entries = workspace.log.entries(0, act.entry.sequence)
    return tally(entries, functools.cache(workspace.scope_of), registers.seconds(act.grant))
