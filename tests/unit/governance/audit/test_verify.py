"""An export verifies as it was written and in no other way."""

import json
import os
import random
from datetime import timedelta

import pytest

from synopticon.errors import AuditError, OutputError, UsageError
from synopticon.governance.audit.checkpoint import Checkpoint, cosign
from synopticon.governance.audit.export import write_export
from synopticon.governance.audit.log import AuditLog
from synopticon.governance.audit.storage import MemoryStorage
from synopticon.governance.audit.verify import verify_export
from synopticon.governance.keys import SigningKey
from tests.logs import START, act, fill, house, make_log

# Changes tried on an export of 1,000 entries; the acceptance figure (10,000) is measured by
# "python -m benchmarks.audit changes", which runs the same function.
TRIES = int(os.environ.get("SYNOPTICON_AUDIT_CHANGES", "60"))
KEY, ANNA = SigningKey.make(), SigningKey.make()


def export(log, folder, name="log.jsonl", **options):
    write_export(log, folder / name, **options)
    return folder / name


def varied():
    """A small log with one of each kind of entry."""
    log = fill(make_log(key=KEY), 6)
    log.witness(cosign(log.checkpoint(), "anna", ANNA, START).text(), {"anna": ANNA.public}, house())
    log.rotate(SigningKey.make(), house("key.rotate"))
    log.erase_payloads(log.entry(3).header.time, house("audit.erase"))
    log.record(act(), {"reason": "last"})
    return log


def test_an_export_verifies_offline(tmp_path):
    log = varied()
    report = verify_export(export(log, tmp_path))
    assert report.size == log.storage.size()
    assert report.root == log.checkpoint().root
    assert report.key_from_file
    text = "\n".join(report.lines())
    for said in (
        "key taken from the file: proves integrity, not authorship",
        "entry 0: payload erased by entry 8",
        "entry 7: changes the key",
        "last witnessed 2026-11-24T08:00:00.000000Z by anna; entries from 6 on can be rewritten",
        "entry 9: outcome unknown",
    ):
        assert said in text
    for key in (KEY.public, log.public):  # the first key leads to the last
        known = verify_export(tmp_path / "log.jsonl", key)
        assert not known.key_from_file
        assert "proves integrity" not in "\n".join(known.lines())


def test_an_empty_log_is_exported(tmp_path):
    report = verify_export(export(make_log(), tmp_path))
    assert report.size == 0
    assert "never witnessed" in report.lines()[-1]


def test_payloads_can_be_withheld(tmp_path):
    log = varied()
    path = export(log, tmp_path, payloads=False)
    assert "reason" not in path.read_text()
    report = verify_export(path)
    assert (report.withheld, len(report.erased)) == (4, 3)


def test_another_key_is_named(tmp_path):
    path = export(fill(make_log(), 3), tmp_path)
    with pytest.raises(AuditError, match=r"log\.jsonl: is signed with another key"):
        verify_export(path, KEY.public)


def changed_bytes(path, places):
    """(place, xor) of the changes that verify took for the file as it was written."""
    data = path.read_bytes()
    missed, named = [], 0
    for place, mask in places(len(data)):
        wrong = bytearray(data)
        wrong[place] ^= mask
        path.write_bytes(wrong)
        try:
            verify_export(path)
        except AuditError as error:
            named += str(path) in str(error)
        else:
            missed.append((place, mask))
    path.write_bytes(data)
    assert named  # each message names the file
    return missed


def test_every_changed_byte_of_a_small_log_is_found(tmp_path):
    path = export(varied(), tmp_path)
    rng = random.Random(3)
    assert changed_bytes(path, lambda size: [(n, rng.randrange(1, 256)) for n in range(size)]) == []
    verify_export(path)


def test_random_changes_of_a_thousand_entries_are_found(tmp_path):
    path = export(fill(make_log(), 1000), tmp_path)
    rng = random.Random(4)
    places = lambda size: [(rng.randrange(size), rng.randrange(1, 256)) for _ in range(TRIES)]  # noqa: E731
    assert changed_bytes(path, places) == []
    assert verify_export(path).size == 1000


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    path = export(fill(make_log(key=KEY), 24), tmp_path_factory.mktemp("log"))
    return path.read_bytes().splitlines(keepends=True)


def refused(path, lines, said, **options):
    path.write_bytes(b"".join(lines))
    with pytest.raises(AuditError, match=said):
        verify_export(path, **options)


def test_removed_swapped_repeated_entries_are_named(tmp_path, lines):
    path = tmp_path / "x.jsonl"
    at = 11  # entry 10
    refused(path, [*lines[:at], *lines[at + 1 :]], "entry 10: here stands entry 11")
    refused(path, [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]], "entry 10: here stands entry 11")
    refused(path, [*lines[: at + 1], lines[at], *lines[at + 1 :]], "entry 11: here stands entry 10")
    refused(path, lines[:at], "entry 10: the file ends here")
    refused(path, [*lines[:at], lines[-1]], "entry 10: its line lacks")
    refused(path, lines[:-1], "last line: the file ends here")
    refused(path, [*lines, lines[-1]], "goes on after its last line")
    refused(path, [*lines[:-1], lines[-1].rstrip()], "ends in the middle of a line")
    refused(path, lines[1:], "is no export of a log")
    refused(path, [], "is no export of a log")
    refused(
        path,
        [lines[0].replace(b'"size":24', b'"size":23'), *lines[1:24], lines[-1]],
        "of another log or size",
    )


def test_a_skilled_change_is_named(tmp_path, lines):
    """A header changed so that its line, its place and its case still look right."""
    for number, field, value in ((10, "actor", "user-8"), (3, "capability", "journey"), (23, "actor", "x")):
        line = json.loads(lines[number + 1])
        line["header"][field] = value
        changed = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        wrong = [*lines[: number + 1], changed, *lines[number + 2 :]]
        refused(tmp_path / "x.jsonl", wrong, f"entry {number}: it was changed, removed, moved or added")


def test_a_changed_payload_is_named(tmp_path, lines):
    line = lines[5].replace(b'"tracks":', b'"trackz":')
    assert line != lines[5]
    refused(tmp_path / "x.jsonl", [*lines[:5], line, *lines[6:]], "entry 4: its payload was changed")


def test_a_log_that_was_cut_off_by_its_owner_needs_a_checkpoint(tmp_path):
    """Whoever holds the key can leave out the end; a checkpoint that somebody kept tells."""
    log = fill(make_log(key=KEY), 20)
    (tmp_path / "kept").write_text(log.checkpoint().text(), "utf-8")
    short = make_log(MemoryStorage(), KEY)
    for entry in list(log.entries())[:12]:
        short.storage.append(None, lambda tail, e=entry: addition(tail, e))
    path = export(short, tmp_path)
    verify_export(path, KEY.public)
    with pytest.raises(
        AuditError, match=r"kept: the log had 20 entries then, and has 12 now: its end was cut off"
    ):
        verify_export(path, KEY.public, [tmp_path / "kept"])


def addition(tail, entry):
    from synopticon.governance.audit.storage import Addition

    return Addition(entry, tail.frontier.append(entry.hash)[1])


def test_a_log_rebuilt_with_the_stolen_key_needs_a_witness(tmp_path):
    log = fill(make_log(key=KEY), 20)
    cosigned = cosign(log.checkpoint(), "anna", ANNA, START + timedelta(hours=1))
    (tmp_path / "annas").write_text(cosigned.text(), "utf-8")
    rebuilt = fill(make_log(key=KEY), 30, cases=2)  # the same key, another story
    path = export(rebuilt, tmp_path)
    verify_export(path, KEY.public)
    with pytest.raises(AuditError, match=r"annas: the first 20 entries are not those of the checkpoint"):
        verify_export(path, KEY.public, [tmp_path / "annas"])
    fill(log, 30)
    report = verify_export(export(log, tmp_path), KEY.public, [tmp_path / "annas"], {"anna": ANNA.public})
    assert [(c.size, [by.name for by in c.by]) for c in report.checkpoints] == [(20, ["anna"])]
    assert "annas: continued from its 20 entries; cosigned by anna on 2026-11-24T09:00:00" in "\n".join(
        report.lines()
    )


def test_checkpoints_that_do_not_fit_are_named(tmp_path):
    log = fill(make_log(key=KEY), 5)
    path = export(log, tmp_path)
    for name, checkpoint, said in (
        ("a", Checkpoint.make("other/log", 3, bytes(32), KEY), "checkpoint of another log"),
        ("b", fill(make_log(), 5).checkpoint(), "is not signed by"),
        ("c", Checkpoint.make(log.origin, 3, bytes(32), KEY), "not those of the checkpoint"),
    ):
        (tmp_path / name).write_text(checkpoint.text(), "utf-8")
        with pytest.raises(AuditError, match=f"{name}: .*{said}"):
            verify_export(path, checkpoints=[tmp_path / name])
    (tmp_path / "d").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="d: cannot be read"):
        verify_export(path, checkpoints=[tmp_path / "d"])


def test_old_checkpoints_fit_after_a_change_of_key(tmp_path):
    log = fill(make_log(key=KEY), 5)
    (tmp_path / "old").write_text(log.checkpoint().text(), "utf-8")
    log.rotate(SigningKey.make(), house("key.rotate"))
    fill(log, 9)
    assert verify_export(export(log, tmp_path), KEY.public, [tmp_path / "old"]).checkpoints[0].size == 5
    forged = Checkpoint.make(log.origin, 8, log.checkpoint(8).root, KEY)  # with the key that was replaced
    (tmp_path / "new").write_text(forged.text(), "utf-8")
    with pytest.raises(AuditError, match="not signed by"):
        verify_export(tmp_path / "log.jsonl", KEY.public, [tmp_path / "new"])


def test_what_is_no_export_is_named(tmp_path):
    (tmp_path / "x").write_bytes(os.urandom(3000))
    with pytest.raises(AuditError, match="is no export of a log"):
        verify_export(tmp_path / "x")
    for name in ("none", "."):
        with pytest.raises(UsageError, match="cannot be read"):
            verify_export(tmp_path / name)
    with pytest.raises(OutputError, match="cannot be written"):
        write_export(AuditLog(MemoryStorage(), KEY, "a"), tmp_path / "no" / "x")
