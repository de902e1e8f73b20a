"""Several processes, kill -9, and the order in which bytes reach the disk.

The figures of the acceptance (8 x 500 acts, 200 kills on each database) are measured by ``python -m
benchmarks.audit``, which calls the functions here with larger counts; so do the environment variables.
"""

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from synopticon.acts.workspace import init_workspace, open_workspace
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
KILLS = int(os.environ.get("SYNOPTICON_AUDIT_KILLS", "200"))
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


def start(*arguments):
    command = [sys.executable, "-m", "tests.audit_worker", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def write_at_once(url, folder, acts, writers=WRITERS):
    """Let processes write at once; the seconds of each pair of record and outcome."""
    key = prepare(url, folder)
    return run_at_once([(url, key, acts, folder / "left")] * writers)


def run_at_once(commands):
    """Start workers, let them all go, and give the seconds that they measured."""
    workers = [start(*command) for command in commands]
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


def kill_at_random(url, folder, kills, seed=5, at_once=2):
    """Kill processes in the middle of acts of a workspace; the folder of the workspace.

    Each is killed so soon after its first act began that it may be in the middle of any step.
    """
    rng, place = random.Random(seed), folder / "ws"
    init_workspace(place, database=str(url))
    server = start("serve", place)
    assert server.stdout.readline() == "ready\n"
    for done in range(0, kills, at_once):
        children = [_child(server) for _ in range(min(at_once, kills - done))]
        for child in children:
            time.sleep(rng.uniform(0.0, 0.1))
            os.kill(child, signal.SIGKILL)
    server.communicate()
    assert server.returncode == 0
    return place


def _child(server):
    server.stdin.write("one more\n")
    server.stdin.flush()
    return int(server.stdout.readline())


def judge_kills(place):
    """What is wrong after the kills (nothing, if all is right), and counts of what was done."""
    with open_workspace(place) as here:
        with here.act("audit.read"):  # the log goes on
            pass
        report = verify_log(here.log)
        entries = list(here.log.entries())
        records = {e.sequence: e for e in entries if e.header.kind == "record"}
        outcomes = {e.header.refers: e.payload["state"] for e in entries if e.header.kind == "outcome"}
        added = {e.payload["camera"]: n for n, e in records.items() if e.header.capability == "camera.add"}
        left = {c.id for c in here.cameras.all()}
        check_whole(here.engine)
        wrong = {
            "data without record": left - set(added),
            "done without data": {c for c, n in added.items() if outcomes.get(n) == "done"} - left,
            "failed": {n for n, state in outcomes.items() if state == "failed"},
            "unknown is not said": set(records) - set(outcomes) ^ set(report.open_records),
        }
    counts = {"entries": report.size, "acts": len(records), "left_data": len(left)}
    return wrong, counts | {"outcome_unknown": len(report.open_records)}


@pytest.mark.slow
@pytest.mark.posix
def test_killed_processes_leave_a_log_that_verifies_and_no_act_without_its_record(database_url, tmp_path):
    wrong, counts = judge_kills(kill_at_random(database_url, tmp_path, KILLS))
    assert not any(wrong.values()), wrong
    assert counts["left_data"] >= KILLS // 8
    assert counts["outcome_unknown"] >= KILLS // 16  # the kills met acts


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
