"""The log of acts: list it, look at an entry with its proof, check it; and whether one may do an act."""

from base64 import b64encode
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from synopticon.acts import audit
from synopticon.errors import AuditError, UsageError
from synopticon.governance.audit.checkpoint import Checkpoint
from synopticon.governance.audit.storage import Wanted
from synopticon.governance.capability import operation_of
from synopticon.governance.keys import PublicKey
from synopticon.web.api.fields import Before, Entry, Moment
from synopticon.web.api.house import WitnessedOut, witnessed
from synopticon.web.auth import Here

Kind = Literal["record", "outcome", "refusal", "witness", "erasure", "key"]


class HeaderOut(BaseModel):
    """An entry without what its payload says. ``refers``: the record that an outcome is of."""

    sequence: int
    time: str
    kind: str
    operation: str
    capability: str
    actor: str
    case: str | None
    profile: str
    refers: int | None


class LogOut(BaseModel):
    """Entries, oldest first; ``size``: of the whole log; ``before``: what to ask for to see earlier ones."""

    entries: list[HeaderOut]
    size: int
    before: int | None
    witnessed: WitnessedOut | None


class EntryOut(HeaderOut):
    """An entry; its payload is none where it was erased."""

    leaf_hash: str
    payload: dict[str, Any] | None


class ProofOut(BaseModel):
    """That an entry is in the log (RFC 6962): its leaf, its audit path, the checkpoint that it leads to."""

    sequence: int
    size: int
    leaf: str
    leaf_hash: str
    path: list[str]
    checkpoint: str


class ReportOut(BaseModel):
    """That the whole log holds: what was found, a line each."""

    origin: str
    size: int
    key: str
    lines: list[str]


class CheckpointOut(BaseModel):
    """The log as it is now, signed: for a witness. ``qr``: the same as a picture (a ``data:`` address)."""

    text: str
    size: int
    fingerprint: str
    qr: str


class WitnessKey(BaseModel):
    """A witness's name and public key, known from elsewhere."""

    name: str = Field(min_length=1, max_length=200)
    key: str = Field(min_length=1, max_length=200)


class Cosigned(BaseModel):
    """A checkpoint with the cosignatures of witnesses, and who they are."""

    file: str = Field(max_length=20_000)
    witnesses: list[WitnessKey] = Field(min_length=1, max_length=20)


class Noted(BaseModel):
    """A checkpoint that somebody noted earlier (its text): the log must continue it; "": none."""

    checkpoint: str = Field("", max_length=20_000)


class CheckOut(BaseModel):
    """One line of a decision."""

    rule: str
    holds: bool
    says: str
    remedy: str
    source: str


def list_log(
    here: Here,
    *,
    case: str | None = None,
    kind: Kind | None = None,
    start: Moment | None = None,
    end: Moment | None = None,
    before: Before = None,
    last: Annotated[int, Query(ge=1, le=500)] = 50,
) -> LogOut:
    """List the last entries, of a case, a kind or a time, or those before one of them."""
    wanted = Wanted(case, kind, start, end)
    found = audit.list_entries(here, wanted=wanted, last=last, before=before)
    entries = [HeaderOut.model_validate(e) for e in found.entries]
    earlier = entries[0].sequence if len(entries) == last and entries[0].sequence else None
    return LogOut(entries=entries, size=found.size, before=earlier, witnessed=witnessed(found.witnessed))


def show_entry(here: Here, sequence: Entry) -> EntryOut:
    """Show an entry with its payload, as far as that has not been erased."""
    return EntryOut.model_validate(audit.show_entry(here, sequence))


def prove_entry(here: Here, sequence: Entry) -> ProofOut:
    """Prove that an entry is in the log."""
    return ProofOut.model_validate(audit.prove_entry(here, sequence))


def verify_log(here: Here, body: Noted) -> ReportOut:
    """Check the whole log where it is, and that it continues a checkpoint that somebody noted."""
    noted = body.checkpoint.strip()
    report = audit.verify_workspace(here, [_read(noted)] if noted else ())
    return ReportOut(origin=report.origin, size=report.size, key=report.key.fingerprint, lines=report.lines())


def show_checkpoint(here: Here) -> CheckpointOut:
    """Show the log as it is now, signed, as text and as a QR code, for a witness to take away."""
    found, picture = audit.show_checkpoint(here)
    return CheckpointOut(
        text=found.text(),
        size=found.size,
        fingerprint=here.log.public.fingerprint,
        qr=f"data:image/svg+xml;base64,{b64encode(picture).decode()}",
    )


def take_witness(here: Here, body: Cosigned) -> WitnessedOut | None:
    """Enter into the log that witnesses cosigned one of its checkpoints."""
    keys = {one.name: PublicKey.of_text(one.key.strip()) for one in body.witnesses}
    cosigned = _read(body.file)
    try:
        return witnessed(audit.take_cosigned(here, cosigned, keys))
    except AuditError as error:
        raise UsageError(str(error)) from error  # the file is wrong, not the log


def _read(text: str) -> Checkpoint:
    """A checkpoint that was typed or pasted; raises ``UsageError``."""
    try:
        return Checkpoint.parse(f"{text.strip()}\n")
    except AuditError as error:
        raise UsageError(f"this {error}") from error


def explain(here: Here, capability: str, case: str | None = None, reason: str = "") -> list[CheckOut]:
    """Say whether one may do an act, rule by rule, without doing it."""
    operation_of(capability)
    checks = here.explain(capability, case=case, reason=reason or None)
    return [CheckOut.model_validate(c, from_attributes=True) for c in checks]
