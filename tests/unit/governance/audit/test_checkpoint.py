from datetime import UTC, datetime

import pytest

from synopticon.errors import AuditError, UsageError
from synopticon.governance.audit.checkpoint import Checkpoint, cosign, cosignatures
from synopticon.governance.audit.note import Note
from synopticon.governance.keys import PublicKey, SigningKey, key_id, unbase64

# The example of C2SP signed-note (and of golang.org/x/mod/sumdb/note): key and note as published.
PETER = PublicKey(unbase64("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:])
PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of C2SP tlog-cosignature (its format only: no key is published with it).
EXAMPLE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZ"
    "qhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
KEY, WITNESS = SigningKey.make(), SigningKey.make()
MADE = Checkpoint.make("synopticon/x", 7, bytes(range(32)), KEY)


def test_a_published_note_verifies():
    note = Note.parse(PETERS_NOTE)
    note.verify("PeterNeumann", PETER)
    assert note.written() == PETERS_NOTE
    with pytest.raises(AuditError):
        Note.parse(PETERS_NOTE.replace("problem is", "answer is")).verify("PeterNeumann", PETER)


def test_the_published_checkpoint_is_read():
    found = Checkpoint.parse(EXAMPLE)
    assert (found.origin, found.size, found.root.hex()[:8]) == (
        "example.com/behind-the-sofa",
        20852163,
        "0ac5186a",
    )
    assert found.text() == EXAMPLE
    witness = found.note.signatures[1]
    assert int.from_bytes(witness.data[:8], "big") == 1679315147
    assert len(witness.data) == 72


def test_a_checkpoint_is_signed_and_read_back():
    found = Checkpoint.parse(MADE.text())
    assert found == MADE
    found.verify(KEY.public)
    with pytest.raises(AuditError, match="not signed by"):
        found.verify(WITNESS.public)


def test_every_changed_byte_is_found():
    text = MADE.text().encode()
    for place in range(len(text)):
        for bit in (1, 2, 32):
            data = bytearray(text)
            data[place] ^= bit
            with pytest.raises((AuditError, UnicodeDecodeError)):
                Checkpoint.parse(data.decode()).verify(KEY.public)


def test_a_cosignature_says_who_and_when():
    cosigned = cosign(MADE, "witness/anna", WITNESS, NOW)
    found = Checkpoint.parse(cosigned.text())
    found.verify(KEY.public)
    (by,) = cosignatures(found, {"witness/anna": WITNESS.public, "witness/bert": KEY.public})
    assert (by.name, by.key, by.time) == ("witness/anna", WITNESS.public, NOW)
    line = found.note.signatures[1]
    assert line.key == key_id("witness/anna", WITNESS.public, b"\x04")


def test_a_cosignature_that_does_not_fit_is_refused():
    cosigned = cosign(MADE, "witness/anna", WITNESS, NOW)
    other = Checkpoint.make("synopticon/x", 8, bytes(32), KEY)
    moved = Checkpoint(other.origin, 8, other.root, Note(other.note.text, cosigned.note.signatures))
    with pytest.raises(AuditError, match="cosignature of witness/anna does not fit"):
        cosignatures(moved, {"witness/anna": WITNESS.public})
    assert cosignatures(cosigned, {"witness/anna": KEY.public}) == ()


def test_the_log_is_no_witness_of_itself():
    with pytest.raises(UsageError, match="cannot witness itself"):
        cosign(MADE, "somebody", KEY, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n\n",
        "a\nb\n\n— a AAAAAAAA\n",
        MADE.text().replace("\n7\n", "\n07\n"),
        MADE.text().replace("\n7\n", "\n-7\n"),
        MADE.text().replace("\n7\n", "\n7\r\n"),
        MADE.text() + "\n",
        MADE.text().rstrip("\n"),
        MADE.text().replace("— ", "- "),
        MADE.text() + "— a AAAAAAA\n" * 100,
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(AuditError, match=r"^is no (checkpoint|signed note): "):
        Checkpoint.parse(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u00a0b"])
def test_names_of_keys(name):
    with pytest.raises(UsageError, match="cannot be the name of a key"):
        Checkpoint.make(name, 1, bytes(32), KEY)
