"""What every act that hands recordings out needs: names, times, parts between key frames, the receipt."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from synopticon import __version__
from synopticon.acts.workspace import Workspace
from synopticon.aside import beside, remove
from synopticon.errors import OutputError, SynopticonError, UsageError
from synopticon.evidence.format import INSTEAD, ORIGINAL, PART, same
from synopticon.footage.clock import posix
from synopticon.footage.cut import cut
from synopticon.footage.digest import sha256
from synopticon.governance.audit.entry import format_time
from synopticon.search.rows import zone_of
from synopticon.store.atomic import translated
from synopticon.values.duration import parse_duration
from synopticon.values.footage import Footage, SourceFile

_ODD = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]')  # of names: what some system does not take


@dataclass(frozen=True, slots=True)
class Recording:
    """A file that leaves: where it is, its name in the package, bytes, digest of the source.

    ``span``: seconds on the timeline that are wanted of ``source``; None = the whole file. ``told``: what was
    cut out of it, for people. ``covers``: what it shows, once it is cut: seconds on the timeline.
    """

    file: Path
    path: str
    size: int
    sha256: str
    role: str = ORIGINAL
    span: tuple[float, float] | None = None
    source: SourceFile | None = None
    told: str = ""
    covers: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Who gets what is in a package, from whom, why, when; ``entry``: of the log, the act that makes it.

    ``says``: a line or two on whether people in it are masked.
    """

    recipient: str
    reason: str
    case: str | None
    mark: str
    entry: int
    now: datetime
    says: tuple[str, ...]


def recipient_of(text: str) -> str:
    """The recipient on one line; raises ``UsageError`` when it is empty."""
    to = " ".join(text.split())
    if not to:
        raise UsageError("the recipient is empty: name who receives the recordings with --to NAME")
    return to


def check_absent(output: Path) -> None:
    """Raise ``OutputError`` where something of that name is: a package is never replaced."""
    if output.exists() or output.is_symlink():
        raise OutputError(f"{output}: exists already: choose another name; packages are not replaced")


def seconds_of(footage: Footage, text: str, zone: str, default: float) -> float:
    """A time into the recording (``1m30s``), or a moment, as seconds on its timeline; "" = ``default``."""
    if not text:
        return default
    try:
        return 0.0 if text.strip() in ("0", "0s") else parse_duration(text).seconds(float(footage.frame_rate))
    except UsageError:
        pass
    moment = moment_of(text)
    if footage.start_utc is None:
        raise UsageError(
            f"{text!r}: the clock of the recording is unknown: give --start, or a time into it (1m30s)"
        )
    return posix(moment, zone) - footage.start_utc


def moment_of(text: str) -> datetime:
    """A moment as it is typed; raises ``UsageError``."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{text!r} is no time: write a time into the recording (1m30s), or 2024-05-01T08:30:00+02:00"
        ) from None


def called(workspace: Workspace, camera: str, start: datetime | None) -> str:
    """Camera (its id is given) and its local time, as a name of a file: ``gate-2026-11-20T12.00.05+0100``."""
    known = {c.id: c for c in workspace.cameras.all()}
    found = known.get(camera)
    safe = safe_name(found.name if found else camera)
    if start is None:
        return f"{safe}-clock-unknown"
    local = start.astimezone(zone_of(found.zone if found else ""))
    return f"{safe}-{local.strftime('%Y-%m-%dT%H.%M.%S%z')}"


def safe_name(name: str) -> str:
    """A name of which every character may stand in the name of a file, on any system."""
    return same("".join(c if c.isalnum() or c in "-_" else "_" for c in name))


def paths_of(files: Sequence[Path]) -> Iterator[str]:
    """A path in the package for each file: its name, as every system takes it, all different."""
    taken: set[str] = set()
    for file in files:
        name = plain = same(_ODD.sub("_", file.name))
        number = len(taken)
        while name.casefold() in taken:  # of another folder
            number += 1
            name = f"{number:03}-{plain}"
        taken.add(name.casefold())
        yield f"footage/{name}"


@contextmanager
def scratch_beside(output: Path) -> Iterator[Path]:
    """A hidden folder beside a package that is to be, which goes at the end; errors name the package.

    Raises ``OutputError``.
    """
    scratch = beside(output)
    with translated(output, scratch):
        scratch.mkdir()
    try:
        with _named(output, scratch):
            yield scratch
    finally:
        remove(scratch)


@contextmanager
def _named(output: Path, scratch: Path) -> Iterator[None]:
    """Let errors of what is written into the hidden folder name the package that it was for."""
    try:
        yield
    except OutputError as error:
        raise OutputError(str(error).replace(str(scratch), str(output))) from error
    except SynopticonError:
        raise
    except OSError as error:
        inside = error.filename is None or os.fsdecode(error.filename).startswith(str(scratch))
        if not inside:
            raise
        with translated(output):
            raise OSError(error.errno, error.strerror) from error


def cut_into(folder: Path, recordings: Sequence[Recording]) -> tuple[Recording, ...]:
    """Recordings of which a part is wanted as files in a folder; those that cannot be cut stay whole."""
    return tuple(_part(r, folder / f"{n}{r.file.suffix}") for n, r in enumerate(recordings))


def _part(recording: Recording, target: Path) -> Recording:
    if recording.span is None or recording.source is None:
        return recording
    done = cut(recording.source, target, *recording.span)
    begin, length = recording.source.offset, recording.source.duration
    if done is None:
        return replace(recording, role=INSTEAD, span=None, covers=(begin, begin + length))
    end = length if done.end is None else done.end
    told = f"{done.first:.3f} s to {end:.3f} s of {recording.file.name} (SHA-256 {recording.sha256})"
    return replace(
        recording, file=target, size=target.stat().st_size, sha256=sha256(target), role=PART, told=told,
        covers=(begin + done.first, begin + end),
    )  # fmt: skip


def receipt(workspace: Workspace, delivery: Delivery, left: Sequence[Recording]) -> str:
    """The text that a recipient signs by hand: who received what, when, from whom; English and French."""
    key = workspace.log.public.fingerprint
    organisation = workspace.settings.organisation
    by = workspace.actor.name + (f", {organisation}" if organisation else "")
    reason = " ".join(delivery.reason.split())
    lines = [
        "RECEIPT / REÇU",
        "",
        f"Received by / reçu par:   {delivery.recipient}",
        f"Handed over by / par:     {by}",
        f"When / quand (UTC):       {format_time(delivery.now)}, by the clock of this machine",
        *([f"Case / dossier:           {delivery.case}"] if delivery.case else []),
        *([f"Reason / motif:           {reason}"] if reason else []),
        *([f"Mark / mention:           {delivery.mark}"] if delivery.mark else []),
        f"Log / journal:            {workspace.settings.origin}, entry {delivery.entry}",
        f"Key / clé:                {key}",
        f"Program / logiciel:       Synopticon {__version__}",
        "",
        *delivery.says,
        "",
    ]
    for one in left:
        lines += [one.path, f"  {one.role}", *([f"  {one.told}"] if one.told else [])]
        lines += [f"  {one.size} bytes", f"  SHA-256 {one.sha256}", ""]
    lines += [
        "To check: open verify.html in a browser and drop this folder on it; no network is needed.",
        "Pour vérifier : ouvrez verify.html dans un navigateur et déposez-y ce dossier, sans réseau.",
        "",
        "Received on / reçu le: ____________________   Signature: ____________________",
    ]
    return "\n".join(lines) + "\n"
