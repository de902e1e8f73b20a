"""Logs for tests."""

from datetime import UTC, datetime, timedelta

from synopticon.governance.audit.entry import ActHeader
from synopticon.governance.audit.log import AuditLog, Clock
from synopticon.governance.audit.storage import MemoryStorage
from synopticon.governance.keys import SigningKey

ORIGIN = "synopticon/tests"
START = datetime(2026, 11, 24, 8, tzinfo=UTC)


def act(kind="record", case="case-1", actor="user-1", capability="synopsis"):
    return ActHeader("consultation", capability, actor, case, "ab" * 32, kind)


def house(capability="audit.witness"):
    return ActHeader("alteration", capability, "user-9", None, "ab" * 32)


class Ticking:
    """A clock that goes on by a second with each look."""

    def __init__(self, start=START):
        self.now = start

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


def make_log(storage=None, key=None, clock=None):
    storage = storage if storage is not None else MemoryStorage()
    return AuditLog(storage, key or SigningKey.make(), ORIGIN, Clock(clock or Ticking(), "test"))


def fill(log, count, cases=3):
    """Append ``count`` entries: records with their outcomes, refusals, entries outside any case."""
    while (size := log.storage.size()) < count:
        case = f"case-{size % cases}" if size % 7 else None
        reason = {"reason": f"é reason {size}", "cameras": ["cam-1"], "host": "h"}
        if size % 5 == 4:
            log.record(act("refusal", case), reason | {"rule": "scope"})
            continue
        record = log.record(act(case=case), reason)
        if size + 1 < count and size % 11:
            log.outcome(record, {"tracks": size, "error": None})
    return log
