"""A declaration: one changed byte fails, and so does one in another's name; many make one register."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from synopticon.errors import AuditError
from synopticon.governance import declaration
from synopticon.governance.audit.checkpoint import Checkpoint, cosign
from synopticon.governance.audit.entry import format_time
from synopticon.governance.audit.note import Note
from synopticon.governance.canonical import canonical
from synopticon.governance.keys import SigningKey
from tests.documents import AT, DIGEST, KEY, ORIGIN, ROBIN


def said(signer=KEY, witness=ROBIN, **changes):
    seen = cosign(Checkpoint.make(ORIGIN, 5, bytes(32), signer), "robin", witness, AT)
    base = {
        "type": declaration.TYPE,
        "body": "Police of Lyon",
        "workspace": ORIGIN,
        "units": ["North"],
        "since": format_time(AT - timedelta(days=90)),
        "at": format_time(AT),
        "profile": {"name": "fr-judicial", "label": "fr-judicial", "digest": DIGEST, "difference": []},
        "capabilities": [{"name": "synopsis", "needs": ["case", "reason"]}],
        "assessments": [{"digest": DIGEST, "signed": "2026-01-10", "opinion": "favourable", "current": True}],
        "references": [{"declaration": "CNIL 2026-77"}],
        "key": {"public": signer.public.text(), "fingerprint": signer.public.fingerprint},
        "witnesses": [{"name": "robin", "fingerprint": witness.public.fingerprint, "last": format_time(AT)}],
        "witnessed": {
            "checkpoint": seen.text(),
            "size": 5,
            "time": format_time(AT),
            "by": [{"name": "robin", "key": ROBIN.public.text(), "time": format_time(AT)}],
        },
        "checkpoint": Checkpoint.make(ORIGIN, 9, bytes(32), signer).text(),
        "program": "0.1.0",
    }
    return {**base, **changes}


def file(signer=KEY, **changes):
    text = said(signer, **changes)
    return declaration.write(text, Note(declaration.seal_text(text)).signed(text["workspace"], signer))


def test_a_declaration_says_whose_it_is_and_what_its_key_proves():
    found = declaration.verify(file(), KEY.public)
    assert (found.body, found.workspace, found.at) == ("Police of Lyon", ORIGIN, AT)
    assert "key taken from the file: proves integrity, not authorship" in "\n".join(
        found.lines(key_given=False)
    )
    assert "authorship" not in "\n".join(found.lines(key_given=True))
    assert "by robin: the first 5 entries" in found.lines(key_given=True)[-1]
    alone = declaration.verify(file(witnessed=None))
    assert "never witnessed" in alone.lines(key_given=True)[-1]


def test_the_same_statement_gives_the_same_bytes():
    assert file() == file()


def test_one_changed_byte_fails():
    data = file()
    for at in range(len(data)):
        for change in (1, 32, 128):
            bad = data[:at] + bytes([data[at] ^ change]) + data[at + 1 :]
            with pytest.raises(AuditError):
                declaration.verify(bad)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: b" " + data,
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: b"[]\n",
        lambda data: b'{"declaration":{},"seal":""}\n',
        lambda data: b'{"declaration":[],"seal":3}\n',
        lambda data: json.dumps(json.loads(data), indent=1).encode() + b"\n",
    ],
)
def test_what_is_not_whole_fails(damage):
    with pytest.raises(AuditError, match="use another copy"):
        declaration.verify(damage(file()))


def test_another_key_is_not_the_bodys():
    with pytest.raises(AuditError, match="sealed with another key"):
        declaration.verify(file(), SigningKey.make().public)


def test_a_seal_by_another_than_the_key_in_it_fails():
    text = said()
    seal = Note(declaration.seal_text(text)).signed(ORIGIN, SigningKey.make())
    with pytest.raises(AuditError, match="not signed by"):
        declaration.verify(declaration.write(text, seal))


def test_no_second_signature_can_be_added_unseen():
    text = said()
    seal = Note(declaration.seal_text(text)).signed(ORIGIN, KEY).signed("other", SigningKey.make())
    with pytest.raises(AuditError, match="seal"):
        declaration.verify(declaration.write(text, seal))


@pytest.mark.parametrize(
    "changes",
    [
        {"key": {"public": KEY.public.text(), "fingerprint": "00" * 16}},
        {"checkpoint": Checkpoint.make("other", 9, bytes(32), KEY).text()},
        {"checkpoint": Checkpoint.make(ORIGIN, 9, bytes(32), ROBIN).text()},
        {"checkpoint": Checkpoint.make(ORIGIN, 3, bytes(32), KEY).text()},
        {"witness": SigningKey.make()},
        {"extra": 1},
        {"at": "yesterday"},
        {"units": None, "profile": {}},
    ],
)
def test_a_sealed_statement_must_hold_together(changes):
    with pytest.raises(AuditError):
        declaration.verify(file(**changes))


def test_the_newest_of_each_body_and_workspace_is_kept_in_any_order():
    later = format_time(AT + timedelta(days=1))
    files = [("old", file()), ("new", file(at=later)), ("lyon", file(body="Alone of Lyon"))]
    merged = declaration.merge(files)
    assert [(d.body, d.at) for d in merged.kept] == [
        ("Alone of Lyon", AT),
        ("Police of Lyon", AT + timedelta(1)),
    ]
    assert (merged.bad, merged.notes) == ((), ())
    assert declaration.merge(files[::-1]).data == merged.data
    assert declaration.merge([*files, *files]).data == merged.data
    register = json.loads(merged.data)
    assert register["type"] == declaration.REGISTER
    for entry in register["declarations"]:
        again = canonical({"declaration": entry["declaration"], "seal": entry["seal"]}) + b"\n"
        assert declaration.verify(again).digest == entry["sha256"]


def test_a_bad_one_is_named_and_left_out():
    merged = declaration.merge([("good", file()), ("bad", file().replace(b"Lyon", b"Nice"))])
    assert len(merged.kept) == 1
    (bad,) = merged.bad
    assert bad.startswith("bad: ")


def test_two_keys_for_one_workspace_are_told():
    other = SigningKey.make()
    merged = declaration.merge([("a", file()), ("b", file(other, at=format_time(AT + timedelta(1))))])
    (note,) = merged.notes
    assert KEY.public.fingerprint in note
    assert other.public.fingerprint in note


def test_of_two_at_once_the_same_is_kept():
    one, two = file(units=["North"]), file(units=["South"])
    assert (
        declaration.merge([("1", one), ("2", two)]).data == declaration.merge([("2", two), ("1", one)]).data
    )


def test_a_register_of_nothing_is_empty():
    assert replace(declaration.merge([("x", b"")]), bad=()).kept == ()
