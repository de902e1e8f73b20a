"""A process that does acts: used by tests and by ``benchmarks.audit``.

python -m tests.audit_worker DATABASE KEY COUNT FOLDER

Before each act leaves its "data" (a file in FOLDER, or a line on stdout if that is "-") its record is in the
log; prints the seconds of each pair of record and outcome at the end, as JSON.
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

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


if __name__ == "__main__":
    main(*sys.argv[1:])
