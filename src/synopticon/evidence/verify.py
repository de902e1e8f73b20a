"""Check a package offline, with nothing but the package: no workspace, no database, no network.

What is checked; all that is bad is named, not only the first:

1. the manifest is canonical, of a version that is known, and signed by the key that it names (or was given);
2. every file that it lists is there, with its size and SHA-256; nothing else is there, no link, no device;
3. each entry of the log is under the checkpoint (RFC 6962), its payload is the one that it commits to, the
   act that made the package is among them and names the same recipient and recordings;
4. the checkpoint is signed by the same key; what witnesses saw is continued by it (RFC 9162).

``verify.html`` checks the same.
"""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synopticon.errors import AuditError, SynopticonError, UsageError
from synopticon.evidence import format as form
from synopticon.evidence.page import page_digest
from synopticon.governance.audit.checkpoint import Checkpoint, cosignatures
from synopticon.governance.audit.entry import Header, commitment, format_time
from synopticon.governance.audit.merkle import hash_leaf, verify_consistency, verify_inclusion
from synopticon.governance.audit.note import Note
from synopticon.governance.canonical import canonical, parse_canonical
from synopticon.governance.keys import PublicKey, unbase64

_BLOCK = 4 << 20
_FINGERPRINT = 32  # hexadecimal digits
# What operating systems put into folders that somebody looks at: said, and not counted as a change.
_LITTER = ("Thumbs.db", "desktop.ini", ".DS_Store")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: a path in the package, or what the manifest calls it."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


@dataclass(frozen=True, slots=True)
class Act:
    """An entry of the log that the package proves; ``said``: whether its payload is in the package."""

    sequence: int
    time: str
    kind: str
    capability: str
    said: bool


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What others saw of the log: its first ``size`` entries, by whom (name, fingerprint), when."""

    size: int
    by: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. With ``problems`` nothing else of it can be relied on."""

    package: str
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...] = ()
    manifest: form.PackageManifest | None = None
    key_given: bool = False
    files: int = 0
    bytes: int = 0
    acts: tuple[Act, ...] = ()
    log_size: int = 0
    witnessed: Witnessed | None = None

    @property
    def good(self) -> bool:
        """Whether all fits."""
        return not self.problems

    @property
    def fingerprint(self) -> str:
        """Of the key that the package says it was signed with; "" if it says none."""
        return self.manifest.key.fingerprint if self.manifest else ""

    def lines(self) -> list[str]:
        """The report for people."""
        return [*self._signer(), *self._verdict(), *self.remarks]

    def _signer(self) -> list[str]:
        if self.manifest is None:
            return []
        if any(p.place in form.UNLISTED for p in self.problems):
            return [f"says that {self.manifest.name} signed it, key {self.fingerprint}: that does not hold"]
        said = [f"signed by {self.manifest.name}, key {self.fingerprint}"]
        if not self.key_given:
            said.append(
                "key taken from the package: proves integrity, not authorship; compare the fingerprint with "
                "the one you got elsewhere: a package cannot vouch for itself"
            )
        return said

    def _verdict(self) -> list[str]:
        if self.problems or self.manifest is None:
            return ["THE PACKAGE IS NOT AS IT WAS SIGNED", *(str(p) for p in self.problems)]
        made = self.manifest
        what = [f"{made.kind} for {made.recipient}, by {made.by}, {made.made}", *filter(None, [made.mark])]
        return [
            *what,
            *(f"proved: {text}" for text in self.proved()),
            *(f"not proved: {text}" for text in self.unproved()),
        ]

    def proved(self) -> list[str]:
        """What a good package proves, in plain words."""
        said = [
            f"all {self.files} files ({self.bytes} bytes) are, byte for byte, what the key "
            f"{self.fingerprint} signed; none is missing and none was added"
        ]
        made = self.manifest and self.manifest.entry
        said += [
            f"entry {a.sequence} of the log ({a.kind} of {a.capability}, {a.time}) is in the log of "
            f"{self.log_size} entries that the same key signed"
            for a in self.acts
            if a.sequence == made
        ]
        if others := sorted(a.sequence for a in self.acts if a.sequence != made):
            said.append(
                f"the same of {len(others)} more entries of that log, from {others[0]} to {others[-1]}, "
                "which log.json holds"
            )
        if self.witnessed is not None:
            names = ", ".join(f"{name} (key {key}) on {time}" for name, key, time in self.witnessed.by)
            said.append(f"the first {self.witnessed.size} entries of that log were signed by {names}")
        return said

    def unproved(self) -> list[str]:
        """What no package proves, and what this one does not."""
        if self.witnessed is None:
            return [
                *OPEN[:-1],
                "when: nobody else ever signed that log; who holds the machine can rewrite it",
            ]
        return list(OPEN)


OPEN = (
    "who holds the key: compare the fingerprint with the one you got elsewhere",
    "that what the recordings show is true, or that they were whole before they came into the package",
    "that the clocks were right: times are those of the machine that wrote them",
    "entries of the log after the last that others saw: whoever holds the machine could write them anew",
)


@dataclass(slots=True)
class _Checking:
    """What is known so far."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    size: int = 0
    witnessed: Witnessed | None = None

    def bad(self, place: str, what: str) -> None:
        self.problems.append(Problem(place, what))

    @contextmanager
    def step(self, place: str) -> Iterator[None]:
        """Note what a check raises, and go on with the next."""
        try:
            yield
        except SynopticonError as error:
            self.bad(place, " ".join(str(error).split()))
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            self.bad(place, "does not say what it must")


def verify_package(folder: str | Path, key: str = "") -> Report:
    """Check a package. ``key``: the fingerprint or the public key of the signer, from elsewhere.

    Raises ``UsageError`` when there is no package or it cannot be read, or when ``key`` is no key.
    """
    place = Path(folder)
    given = _given(key)
    if not (place / form.MANIFEST).is_file():
        raise UsageError(f"{place}: is no package: name a folder that holds a {form.MANIFEST}")
    checking = _Checking(place)
    try:
        return _verify(checking, given)
    except OSError as error:
        named = os.fsdecode(error.filename) if error.filename else str(place)
        raise UsageError(
            f"{named}: cannot be read ({error.strerror or error}): check the disk, or copy it again"
        ) from error


def _given(key: str) -> str:
    """The fingerprint of what was given; "" for nothing."""
    text = "".join(key.split()).replace(":", "")
    if not text:
        return ""
    if len(text) == _FINGERPRINT and all(c in "0123456789abcdefABCDEF" for c in text):
        return text.lower()
    return PublicKey.of_text(key).fingerprint


def _verify(checking: _Checking, given: str) -> Report:
    found = _walk(checking)
    manifest: form.PackageManifest | None = None
    with checking.step(form.MANIFEST):
        data = _small(found[form.MANIFEST]) if form.MANIFEST in found else b""
        manifest = form.PackageManifest.read(data)
        _check_signature(checking, found, manifest, data, given)
    total = 0
    if manifest is not None:
        total = _check_files(checking, found, manifest)
        with checking.step(form.LOG):
            if form.LOG in found:  # that it is missing is said already
                _check_log(checking, _small(found[form.LOG]), manifest)
    return Report(
        package=str(checking.folder),
        problems=tuple(checking.problems),
        remarks=tuple(checking.remarks),
        manifest=manifest,
        key_given=bool(given),
        files=len(manifest.files) if manifest else 0,
        bytes=total,
        acts=tuple(checking.acts),
        log_size=checking.size,
        witnessed=checking.witnessed,
    )


def _walk(checking: _Checking) -> dict[str, Path]:
    """The regular files of the package by their path as it is compared; all else is bad."""
    found: dict[str, Path] = {}
    folders = [checking.folder]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in sorted(entries, key=lambda e: e.name):
                path = Path(entry.path)
                name = form.same(path.relative_to(checking.folder).as_posix())
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                elif not entry.is_file(follow_symlinks=False):
                    what = "a link" if entry.is_symlink() else "no regular file"
                    checking.bad(name, f"is {what}: a package holds files only")
                elif name in found:
                    checking.bad(name, "is there twice, its name written in two ways")
                else:
                    found[name] = path
    return found


def _check_signature(
    checking: _Checking, found: Mapping[str, Path], manifest: form.PackageManifest, data: bytes, given: str
) -> None:
    """The signature of the manifest, and whether its key is the one that was given."""
    if given and manifest.key.fingerprint != given:
        checking.bad(form.MANIFEST, f"is signed with the key {manifest.key.fingerprint}, not with {given}")
    if form.SIGNATURE not in found:
        checking.bad(form.SIGNATURE, "is missing")
        return
    with checking.step(form.SIGNATURE):
        written = _text(_small(found[form.SIGNATURE]))
        note = Note.parse(written)
        if note.text != form.seal_text(manifest.name, data) or len(note.signatures) != 1:
            checking.bad(form.SIGNATURE, f"is of another {form.MANIFEST}: one of the two was changed")
            return
        note.verify(manifest.name, manifest.key)


def _check_files(checking: _Checking, found: Mapping[str, Path], manifest: form.PackageManifest) -> int:
    """Every file that is listed, and that nothing else is there; gives the bytes read."""
    listed = {one.path: one for one in manifest.files}
    total = 0
    for name, one in listed.items():
        if name not in found:
            checking.bad(name, "is missing")
            continue
        size, digest = _digest(found[name])
        total += size
        if size != one.size:
            checking.bad(name, f"was changed: it has {size} bytes, not {one.size}")
        elif digest != one.sha256:
            checking.bad(name, f"was changed: its SHA-256 is {digest}, not {one.sha256}")
    for name in sorted(set(found) - set(listed) - set(form.UNLISTED)):
        if _is_litter(name):
            checking.remarks.append(f"{name}: put there by an operating system; no part of the package")
        else:
            checking.bad(name, "does not belong to the package: it was added, or renamed")
    if listed[form.PAGE].sha256 != page_digest():
        checking.remarks.append(
            f"{form.PAGE}: is not the page of this release of Synopticon (SHA-256 "
            f"{listed[form.PAGE].sha256}): it is of another release, or forged; do not rely on what it says"
        )
    return total


def _check_log(checking: _Checking, data: bytes, manifest: form.PackageManifest) -> None:
    try:
        told = parse_canonical(data)
    except UsageError as error:
        raise AuditError(str(error)) from error
    if set(told) != {"checkpoint", "entries", "format", "witnessed"} or told["format"] != form.LOG_FORMAT:
        raise ValueError
    checkpoint = Checkpoint.parse(told["checkpoint"])
    if checkpoint.origin != manifest.name:
        raise AuditError(f"its checkpoint is of the log {checkpoint.origin}: use another copy")
    checkpoint.verify(manifest.key)
    checking.size = checkpoint.size
    for one in told["entries"]:
        checking.acts.append(_entry(one, checkpoint, manifest))
    if manifest.entry not in [act.sequence for act in checking.acts]:
        raise AuditError(f"entry {manifest.entry}, which made the package, is not in it: use another copy")
    if told["witnessed"] is not None:
        checking.witnessed = _seen(told["witnessed"], checkpoint)


def _entry(told: Mapping[str, Any], checkpoint: Checkpoint, manifest: form.PackageManifest) -> Act:
    """An entry under the checkpoint, its payload the one that it commits to."""
    said = set(told) == {"header", "path", "payload", "salt"}
    if not said and set(told) != {"header", "path"}:
        raise ValueError
    header = Header.of_fields(told["header"])
    path = [unbase64(text) for text in told["path"]]
    leaf = hash_leaf(header.leaf())
    verify_inclusion(header.sequence, checkpoint.size, leaf, path, checkpoint.root)
    if said and commitment(unbase64(told["salt"]), canonical(told["payload"])) != header.commitment:
        raise AuditError(f"entry {header.sequence}: its payload was changed: use another copy")
    if header.sequence == manifest.entry:
        _check_act(told.get("payload"), manifest)
    return Act(header.sequence, format_time(header.time), header.kind, header.capability, said)


def _check_act(payload: Mapping[str, Any] | None, manifest: form.PackageManifest) -> None:
    """The act that made the package names the recipient and the recordings that are in it."""
    if payload is None:
        return  # its payload was erased at the end of its time
    originals = sorted(one.sha256 for one in manifest.files if one.role == form.ORIGINAL)
    if payload.get("recipient") != manifest.recipient or sorted(payload.get("originals", [])) != originals:
        raise AuditError(
            f"entry {manifest.entry} is of another recipient or of other recordings: use another copy"
        )


def _seen(told: Mapping[str, Any], checkpoint: Checkpoint) -> Witnessed:
    """What witnesses cosigned; the keys are those in the package."""
    old = Checkpoint.parse(told["checkpoint"])
    proof: Sequence[bytes] = [unbase64(text) for text in told["consistency"]]
    keys = {one["name"]: PublicKey.of_text(one["key"]) for one in told["by"]}
    if old.origin != checkpoint.origin:
        raise AuditError(f"what was witnessed is the log {old.origin}: use another copy")
    verify_consistency(old.size, checkpoint.size, old.root, checkpoint.root, proof)
    by = cosignatures(old, keys)
    if {c.name for c in by} != set(keys) or not by:
        raise AuditError("a witness that it names did not sign: use another copy")
    return Witnessed(old.size, tuple((c.name, c.key.fingerprint, format_time(c.time)) for c in by))


def _digest(path: Path) -> tuple[int, str]:
    hashed, size = hashlib.sha256(), 0
    with _opened(path) as descriptor:
        while block := os.read(descriptor, _BLOCK):
            hashed.update(block)
            size += len(block)
    return size, hashed.hexdigest()


def _small(path: Path) -> bytes:
    """A file that is read at once; raises ``AuditError`` for one of a size that none of them has."""
    with _opened(path) as descriptor:
        if os.fstat(descriptor).st_size > form.MOST:
            raise AuditError(f"is larger than {form.MOST >> 20} MB: use another copy of the package")
        parts = iter(lambda: os.read(descriptor, _BLOCK), b"")
        return b"".join(parts)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """A descriptor of a regular file, never of what a link put in its place leads to."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise AuditError(f"{path.name} is no regular file: use another copy of the package")
        yield descriptor
    finally:
        os.close(descriptor)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise AuditError("is no text in UTF-8: use another copy of the package") from error


def _is_litter(name: str) -> bool:
    base = name.rpartition("/")[2]
    return base in _LITTER or base.startswith("._")
