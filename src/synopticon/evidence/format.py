"""What a package is: the names in it, its manifest, and what is signed.

::

    PACKAGE/
        manifest.json    what it is, for whom, and path, size, SHA-256 and role of every other file (RFC 8785)
        signature.txt    a signed note (C2SP) over the SHA-256 of the manifest
        log.json         the entries of the log of acts that are concerned, proofs, checkpoint (RFC 8785)
        verify.html      the page that checks all this in a browser, offline
        receipt.txt ...  what was handed over

Every file but the first two is in the manifest; what is not in it does not belong there.
"""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from synopticon.errors import AuditError, UsageError
from synopticon.governance.canonical import parse_canonical
from synopticon.governance.keys import PublicKey

FORMAT = "synopticon-package"
VERSION = 1
LOG_FORMAT = "synopticon-package-log/1"
MANIFEST, SIGNATURE, LOG, PAGE = "manifest.json", "signature.txt", "log.json", "verify.html"
UNLISTED = (MANIFEST, SIGNATURE)  # they cannot state their own digests
MOST = 64 << 20  # bytes of a manifest, signature or log that are read at once

ORIGINAL = "original recording, every byte as it was"
PART = "part of an original recording: whole groups of pictures, every packet as it was"
INSTEAD = "original recording, whole, since it cannot be cut without a change"
RECEIPT = "receipt: who received what, when and from whom"
LOG_ROLE = "entries of the log of acts, with their proofs"
WORKING = "working copy, MASKED, not the recording: every picture was encoded anew"
WORKING_CLEAR = "working copy, some people UNMASKED, not the recording: every picture was encoded anew"
SYNTHETIC = "synopsis, SYNTHETIC: objects of different times in one picture, not the record of any moment"
BESIDE_SYNTHETIC = "belongs to the synopsis beside it, which is SYNTHETIC"
STILL = "still picture out of the working copy"
REPORT = "report: case, scope, coverage, searches, decisions; its blank fields are for a person"
GALLERY = "appearance gallery: one picture for each track; nothing was compared"
NO_CASE = "made outside any case; not evidence"
PAGE_ROLE = "page that checks this package in a browser, offline"

_HEX = re.compile(r"[0-9a-f]{64}")
_TEXTS = ("kind", "made", "program", "recipient", "by", "mark")


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the manifest lists it: path within the package, bytes, digest, what it is."""

    path: str
    size: int
    sha256: str
    role: str


@dataclass(frozen=True, slots=True)
class PackageManifest:
    """What a manifest says. ``entry``: of the log, the act that made it; ``name``: the signer's, in notes."""

    kind: str
    made: str
    program: str
    recipient: str
    by: str
    mark: str
    entry: int
    about: Mapping[str, Any]
    files: tuple[Listed, ...]
    name: str
    key: PublicKey

    def fields(self) -> dict[str, Any]:
        """The manifest as a JSON object."""
        listed = [{"path": f.path, "role": f.role, "sha256": f.sha256, "size": f.size} for f in self.files]
        return {
            "about": dict(self.about),
            "entry": self.entry,
            "files": listed,
            "format": FORMAT,
            "signer": {"fingerprint": self.key.fingerprint, "key": self.key.text(), "name": self.name},
            "version": VERSION,
            **{name: getattr(self, name) for name in _TEXTS},
        }

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Read what ``fields`` wrote, as canonical JSON; raises ``AuditError`` for anything else."""
        try:
            fields = parse_canonical(data)
        except UsageError as error:
            raise AuditError(str(error)) from error
        _check_version(fields)
        try:
            return cls._of(fields)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise AuditError("does not say what a manifest must: use another copy of the package") from error

    @classmethod
    def _of(cls, fields: Mapping[str, Any]) -> Self:
        if set(fields) != {"about", "entry", "files", "format", "signer", "version", *_TEXTS}:
            raise ValueError
        listed = tuple(Listed(**one) for one in fields["files"])
        key = PublicKey.of_text(fields["signer"]["key"])
        texts = {name: fields[name] for name in _TEXTS}
        name, number = fields["signer"]["name"], fields["entry"]
        sound = all(isinstance(text, str) for text in (*texts.values(), name)) and isinstance(
            fields["about"], dict
        )
        told = {"fingerprint": key.fingerprint, "key": key.text(), "name": name} == fields["signer"]
        if not (sound and told and type(number) is int and number >= 0 and _sound(listed)):
            raise ValueError
        return cls(**texts, entry=number, about=fields["about"], files=listed, name=name, key=key)


def seal_text(name: str, manifest: bytes) -> str:
    """What is signed: the kind of statement, the signer's name, the digest of the manifest."""
    return f"{FORMAT}/{VERSION}\n{name}\n{base64.b64encode(hashlib.sha256(manifest).digest()).decode()}\n"


def same(path: str) -> str:
    """A path as it is compared: some systems write accented letters in another way when they copy."""
    return unicodedata.normalize("NFC", path)


def is_safe(path: object) -> bool:
    r"""Whether a path stays within the package on every system.

    >>> is_safe("footage/a.mp4"), is_safe("../a"), is_safe("/a"), is_safe("a\\b"), is_safe("a//b")
    (True, False, False, False, False)
    """
    if not isinstance(path, str) or any(c < " " or c in '\\:*?"<>|\x7f' for c in path):
        return False
    return all(part not in ("", ".", "..") for part in path.split("/"))


def _check_version(fields: Mapping[str, Any]) -> None:
    if fields.get("format") != FORMAT:
        raise AuditError("is the manifest of something else: name a package of Synopticon")
    version = fields.get("version")
    if type(version) is int and version > VERSION:
        raise AuditError(
            f"the package is of version {version}, newer than this program knows ({VERSION}), and was not "
            "checked: use a newer Synopticon, or the page of that release"
        )
    if type(version) is not int or version != VERSION:
        raise AuditError("the package is of no version that there is: use another copy of the package")


def _sound(listed: tuple[Listed, ...]) -> bool:
    """Whether the list is in order, each path safe and once (also where case does not count)."""
    paths = [one.path for one in listed]
    return (
        all(is_safe(path) and same(path) == path and path not in UNLISTED for path in paths)
        and paths == sorted(paths)
        and len({path.casefold() for path in paths}) == len(paths)
        and {LOG, PAGE} <= set(paths)
        and all(type(one.size) is int and one.size >= 0 for one in listed)
        and all(isinstance(one.sha256, str) and _HEX.fullmatch(one.sha256) for one in listed)
        and all(isinstance(one.role, str) for one in listed)
    )
