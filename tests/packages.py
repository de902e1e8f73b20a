"""Packages for tests: small, of a log in memory, with a witness who saw some of it."""

import json
import os
import random
import shutil
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from synopticon.evidence import format as form
from synopticon.evidence.format import ORIGINAL, RECEIPT
from synopticon.evidence.package import Contents, Item, write_package
from synopticon.governance.audit.checkpoint import cosign
from synopticon.governance.audit.entry import ActHeader
from synopticon.governance.audit.note import Note
from synopticon.governance.canonical import canonical
from synopticon.governance.keys import SigningKey
from tests.logs import fill, house, make_log

MADE = datetime(2026, 11, 24, 12, tzinfo=UTC)
TO = "Police of Lyon, Ms Ménard"

# Changes of one byte that are tried; docs/packages.md states what 5,000 gave.
CHANGES = int(os.environ.get("SYNOPTICON_CHANGES", "500"))


def witnessed_log(entries=11, key=None):
    """A log of which somebody else signed the first entries."""
    log = fill(make_log(key=key), entries)
    witness = SigningKey.make()
    seen = cosign(log.checkpoint(), "library.example", witness, MADE)
    log.witness(seen.text(), {"library.example": witness.public}, house())
    return fill(log, entries + 5)


def items(folder: Path) -> tuple[Item, ...]:
    """Two recordings (noise) and a receipt."""
    noise = random.Random(7)
    for name, size in (("door é.mp4", 3000), ("yard.mkv", 70)):
        (folder / name).write_bytes(noise.randbytes(size))
    found = [Item(f"footage/{p.name}", ORIGINAL, p) for p in sorted(folder.glob("*.m*"))]
    return (*found, Item("receipt.txt", RECEIPT, "reçu\n".encode()))


def record(log, contents_items, to=TO):
    """The act that makes the package, in the log; gives its number."""
    originals = [sha256(i.source.read_bytes()).hexdigest() for i in contents_items if i.role == ORIGINAL]
    act = ActHeader("disclosure", "handover", "user-1", None, "ab" * 32)
    return log.record(act, {"recipient": to, "originals": originals}).sequence


def make_package(folder: Path, log=None, name="package", before=(), **more):
    """Write a package into ``folder``, with entries ``before`` its own; gives where it is and the log."""
    log = log or witnessed_log()
    sources = folder / f"{name}-sources"
    sources.mkdir()
    held = items(sources)
    said = {"kind": "handover", "recipient": TO, "by": "The shop", "made": MADE, "about": {"reason": "theft"}}
    contents = Contents(items=held, entries=(record(log, held), *before), **{**said, **more})
    made = write_package(folder / name, contents, log)
    shutil.rmtree(sources)
    return made.path, log


def resign(package: Path, key: SigningKey, change):
    """What somebody with a key can do: change the manifest (a dict) and sign it."""
    fields = json.loads((package / form.MANIFEST).read_bytes())
    change(fields)
    data = canonical(fields)
    name = fields["signer"]["name"]
    (package / form.MANIFEST).write_bytes(data)
    note = Note(form.seal_text(name, data)).signed(name, key)
    (package / form.SIGNATURE).write_text(note.written(), "utf-8", newline="\n")


def changes(package: Path, count: int, seed: int):
    """Random changes of one byte, one after another: (file, place), undone before the next."""
    dice = random.Random(seed)
    files = sorted(p for p in package.rglob("*") if p.is_file())
    for _ in range(count):
        file = dice.choice(files)
        before = file.read_bytes()
        at = dice.randrange(len(before))
        after = bytearray(before)
        after[at] ^= dice.randrange(1, 256)
        file.write_bytes(after)
        yield file.relative_to(package).as_posix(), at
        file.write_bytes(before)
