"""A process that does acts: used by tests and by ``benchmarks.audit``.

python -m tests.audit_worker DATABASE KEY COUNT FOLDER
python -m tests.audit_worker serve WORKSPACE
python -m tests.audit_worker look WORKSPACE CASE COUNT

Before each act leaves its "data" (a file in FOLDER, or a line on stdout if that is "-") its record is in the
log; prints the seconds of each pair of record and outcome at the end, as JSON.

``serve`` has all that is needed loaded, and for each line that it reads starts a child that does acts in a
workspace without end; it prints its number first: to be killed. ``look`` measures authorised acts.
"""

import json
import os
import secrets
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from synopticon.acts.cameras import add_camera, list_cameras, set_camera
from synopticon.acts.workspace import open_workspace
from synopticon.governance.audit.log import AuditLog, Clock
from synopticon.governance.keys import SigningKey
from synopticon.store.database import open_database
from synopticon.store.log import SqlLog
from tests.logs import ORIGIN, act

CLOCK = Clock(lambda: datetime.now(UTC), "system")


def main(database, key, count, folder):
    log = AuditLog(SqlLog(open_database(database)), SigningKey.load(key), ORIGIN, CLOCK)
    log.storage.size()  # connected, warm
    if folder != "-":
        print("ready", flush=True)
        sys.stdin.readline()
    seconds = []
    payload = {"reason": "a theft", "cameras": ["cam-1"], "host": "h"}
    for number in range(int(count)):
        begun = time.perf_counter()
        record = log.record(act(case=f"case-{number % 3}"), payload)
        taken = time.perf_counter() - begun
        leave(folder, record.sequence)
        begun = time.perf_counter()
        log.outcome(record, {"tracks": number})
        seconds.append(taken + time.perf_counter() - begun)
    print(json.dumps(seconds), flush=True)


def leave(folder, sequence):
    """The data of the act, which names its record."""
    if folder == "-":
        print(f"data {sequence}", flush=True)
    else:
        (Path(folder) / str(sequence)).touch()


def serve(workspace):
    """Start a child for each line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    with open_workspace(Path(workspace)) as here:
        list_cameras(here)
    print("ready", flush=True)
    for _ in sys.stdin:
        if os.fork() == 0:
            work(Path(workspace))


def work(workspace):
    """Acts until the end: each adds a camera, changes it, and reads all of them."""
    with open_workspace(workspace) as here:
        print(os.getpid(), flush=True)
        while True:
            name = secrets.token_hex(8)
            add_camera(here, name)
            set_camera(here, name, place="the back")
            list_cameras(here)


def look(workspace, case, count):
    """Acts in a case by whoever is signed in: permission, record, outcome; prints the seconds of each."""
    with open_workspace(Path(workspace)) as here:
        look_once(here, case)
        print("ready", flush=True)
        sys.stdin.readline()
        print(json.dumps([look_once(here, case) for _ in range(int(count))]), flush=True)


def look_once(here, case):
    """The seconds of one act, with what the user types and what is found."""
    begun = time.perf_counter()
    with here.act("synopsis", case=case, reason=REASON, payload={"masked": True}) as done:
        done.note(tracks=12)
    return time.perf_counter() - begun


REASON = "the man with the red top leaves by the back door"


if __name__ == "__main__":
    verb = {"serve": serve, "look": look}.get(sys.argv[1])
    (verb or main)(*sys.argv[2 if verb else 1 :])
