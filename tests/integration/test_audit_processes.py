"""Several processes, kill -9, and the order in which bytes reach the disk.

The figures of the acceptance (8 x 500 acts, 200 kills) are measured by ``python -m benchmarks.audit``, which
calls the functions here with larger counts; so do the environment variables.
"""

import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from synopticon.errors import AuditError
from synopticon.governance.audit.export import write_export
from synopticon.governance.audit.log import AuditLog
from synopticon.governance.audit.verify import verify_export, verify_log
from synopticon.governance.keys import SigningKey
from synopticon.store.database import check_whole, migrate, open_database
from synopticon.store.log import SqlLog
from tests.audit_trace import trace
from tests.logs import ORIGIN, act, fill, make_log

ROOT = Path(__file__).parents[2]
ACTS = int(os.environ.get("SYNOPTICON_AUDIT_ACTS", "12"))
KILLS = int(os.environ.get("SYNOPTICON_AUDIT_KILLS", "6"))
WRITERS = 8


def prepare(url, folder):
    """A new log; its key file."""
    engine = open_database(url)
    migrate(engine)
    engine.dispose()
    folder.mkdir(exist_ok=True, parents=True)
    SigningKey.make().save(folder / "key.pem")
    (folder / "left").mkdir()
    return folder / "key.pem"


def start(url, key, count, left):
    command = [sys.executable, "-m", "tests.audit_worker", str(url), str(key), str(count), str(left)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def write_at_once(url, folder, acts, writers=WRITERS):
    """Let processes write at once; the seconds of each pair of record and outcome."""
    key = prepare(url, folder)
    workers = [start(url, key, acts, folder / "left") for _ in range(writers)]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    seconds = []
    for worker in workers:
        out, _ = worker.communicate()
        assert worker.returncode == 0
        seconds += json.loads(out)
    return seconds


def reopen(url, key):
    return AuditLog(SqlLog(open_database(url)), SigningKey.load(key), ORIGIN)


def test_processes_write_one_chain(database_url, tmp_path):
    seconds = write_at_once(database_url, tmp_path / "w", ACTS)
    assert len(seconds) == WRITERS * ACTS
    log = reopen(database_url, tmp_path / "w" / "key.pem")
    report = verify_log(log)
    kinds = [e.header.kind for e in log.entries()]
    assert report.size == 2 * WRITERS * ACTS
    assert kinds.count("record") == kinds.count("outcome") == WRITERS * ACTS
    assert not report.open_records
    write_export(log, tmp_path / "log.jsonl")
    assert verify_export(tmp_path / "log.jsonl", log.public).root == report.root


def kill_at_random(url, folder, kills, seed=5):
    """Kill processes in the middle of acts; the log, and the records whose acts had left data."""
    key, rng = prepare(url, folder), random.Random(seed)
    done = 0
    while done < kills:
        pair = [start(url, key, 100_000, folder / "left") for _ in range(min(2, kills - done))]
        for worker in pair:
            worker.stdout.readline()
        for worker in pair:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        for worker in pair:
            time.sleep(rng.uniform(0.0, 0.06))
            worker.kill()
            worker.communicate()
            done += 1
        log = reopen(url, key)
        log.record(act(), {"reason": "after the kill"})  # the log goes on
    return log, {int(path.name) for path in (folder / "left").iterdir()}


def test_a_killed_process_leaves_a_log_that_verifies(database_url, tmp_path):
    log, left = kill_at_random(database_url, tmp_path / "k", KILLS)
    report = verify_log(log)
    records = {e.sequence for e in log.entries() if e.header.kind == "record"}
    assert left <= records  # no act without its record
    assert left
    assert set(log.open_records()) == set(report.open_records)
    assert any("outcome unknown" in line for line in report.lines())
    if "sqlite" in database_url:
        check_whole(log.storage._engine)


@pytest.mark.trace
def test_one_flush_before_data_leaves(tmp_path):
    """Between one act's data and the next there is one flush for each entry, after all that it writes."""
    url = tmp_path / "x.sqlite"
    key = prepare(url, tmp_path / "t")
    fill(reopen(url, key), 4)
    command = [sys.executable, "-m", "tests.audit_worker", str(url), str(key), "3", "-"]
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        calls = trace(command, tmp_path / "out")
    finally:
        os.chdir(before)
    mine = [(name, file, data) for name, file, data in calls if "x.sqlite" in file or data]
    text = "".join(_letter(*call) for call in mine)
    # w: bytes of the write-ahead log, f: a flush of it, D: data leaves
    wal = re.sub(r"[^wfD]", "", text)
    assert re.fullmatch(r"(w*f)?(w+fDw+f){3}w*D?[wfD]*", wal), text
    assert wal.count("D") == 3


def _letter(name, file, data):
    if data.startswith(b"data "):
        return "D"
    if file.endswith("-wal"):
        return "f" if name in ("fsync", "fdatasync") else "w"
    return "."


def test_an_older_copy_of_the_database_is_found(tmp_path):
    """Somebody rolls back to a backup: a checkpoint that was kept elsewhere tells."""
    url = tmp_path / "x.sqlite"
    key = prepare(url, tmp_path / "b")
    log = fill(reopen(url, key), 20)
    log.storage._engine.dispose()
    shutil.copy(url, tmp_path / "backup")
    log = fill(reopen(url, key), 40)
    (tmp_path / "kept").write_text(log.checkpoint().text(), "utf-8")
    log.storage._engine.dispose()
    for path in tmp_path.glob("x.sqlite*"):
        path.unlink()
    shutil.copy(tmp_path / "backup", url)
    log = fill(reopen(url, key), 50)  # goes on as if nothing had been
    assert verify_log(log).size == 50
    with pytest.raises(AuditError, match="kept: the first 40 entries are not those of the checkpoint"):
        verify_log(log, [tmp_path / "kept"])


def test_two_copies_of_a_log_contradict_each_other(tmp_path):
    key = SigningKey.make()
    one, other = fill(make_log(key=key), 10), fill(make_log(key=key), 14)
    (tmp_path / "one").write_text(one.checkpoint().text(), "utf-8")
    with pytest.raises(AuditError, match="one: the first 10 entries are not those"):
        verify_log(other, [tmp_path / "one"])


SET = "UPDATE log_entry SET"
TAMPERING = {
    "leaf": (
        f"{SET} leaf = CAST(replace(CAST(leaf AS TEXT), 'user-1', 'user-2') AS BLOB) WHERE sequence = 7",
        7,
    ),
    "column": (f"{SET} kind = 'refusal' WHERE sequence = 7", 7),
    "hash": (f"{SET} hash = zeroblob(32) WHERE sequence = 7", 7),
    "payload": ("UPDATE log_payload SET payload = '{}' WHERE sequence = 7", 7),
    "removed": ("DELETE FROM log_entry WHERE sequence = 7", 7),
    "moved": (f"{SET} sequence = 99 WHERE sequence = 7", 7),
    "node": ("UPDATE log_node SET hash = zeroblob(32) WHERE level = 2 AND position = 1", 4),
    "last signature": (f"{SET} signature = zeroblob(64) WHERE sequence = 19", 19),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_whoever_changes_the_database_is_found(what, tmp_path):
    url = tmp_path / "x.sqlite"
    key = prepare(url, tmp_path / "d")
    engine = fill(reopen(url, key), 20).storage._engine
    change, where = TAMPERING[what]
    engine.dispose()
    insider = sqlite3.connect(url, isolation_level=None)
    for table in ("entry", "node"):
        for verb in ("update", "delete"):
            insider.execute(f"DROP TRIGGER log_{table}_no_{verb}")
    assert insider.execute(change).rowcount == 1
    insider.close()
    with pytest.raises(AuditError, match=f"(entry|entries) {where}"):
        verify_log(reopen(url, key))


def test_nothing_is_appended_to_a_tree_that_was_changed(tmp_path):
    """Whoever changes an entry and all hashes above it, but has no key, stops the log."""
    url = tmp_path / "x.sqlite"
    key = prepare(url, tmp_path / "d")
    running = fill(reopen(url, key), 20)
    insider = sqlite3.connect(url, isolation_level=None)
    insider.execute("DROP TRIGGER log_node_no_update")
    insider.execute("UPDATE log_node SET hash = zeroblob(32) WHERE level = 4 AND position = 0")
    insider.close()
    with pytest.raises(AuditError, match="does not fit its last signature"):
        reopen(url, key).record(act(), {})
    with pytest.raises(AuditError, match="does not fit"):
        running.checkpoint()
    assert running.storage.size() == 20
