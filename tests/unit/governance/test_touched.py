"""Which acts touched the tracks of a person: by name, by scope, or not at all."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from synopticon.governance.audit.entry import ActHeader
from synopticon.governance.capability import operation_of
from synopticon.governance.demand import Shown
from synopticon.governance.grant import NOTHING, Scope, Window
from synopticon.governance.touched import How, touched
from tests.logs import make_log

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DIGEST = "ab" * 32
MINE = (
    Shown("t-1", "f-1", "cam-1", "2026-11-24", (DIGEST,), AT, AT + MINUTE),
    Shown("t-2", "f-1", "cam-1", "2026-11-24", (DIGEST,), AT + 9 * MINUTE, AT + 10 * MINUTE),
)
HERE = Scope(("cam-1",), (Window(AT - MINUTE, AT + 2 * MINUTE),))
BESIDE = Scope(("cam-1",), (Window(AT + 2 * MINUTE, AT + 5 * MINUTE),))
ELSEWHERE = Scope(("cam-2",), (Window(AT - MINUTE, AT + 2 * MINUTE),))


def act(log, capability="synopsis", scope=ELSEWHERE, case=None, outcome=None, **said):
    header = ActHeader(operation_of(capability), capability, "user-1", case, "ab" * 32)
    entry = log.record(header, {"actor": "ines", "scope": scope.plain(), **said})
    log.outcome(entry, {"state": "done", **(outcome or {})})
    return entry.sequence


def found(log, scope_of=lambda _case: NOTHING):
    return touched(log.entries(), MINE, scope_of)


def listed(*ids):
    return sha256("\n".join(sorted(ids)).encode()).hexdigest()


@pytest.mark.parametrize(
    ("said", "how"),
    [
        ({"subjects": ["t-9", "t-2"]}, How.NAMED),
        ({"outcome": {"subjects": ["t-1"]}}, How.NAMED),
        ({"outcome": {"track_list": listed("t-2", "t-1")}}, How.NAMED),
        ({"outcome": {"track_list": listed("t-2")}}, How.NAMED),
        ({"outcome": {"track_list": listed("t-2", "t-9")}}, None),
        ({"scope": HERE}, How.SCOPE),
        ({"scope": Scope(digests=(DIGEST,))}, How.SCOPE),
        ({"scope": BESIDE}, None),
        ({"scope": ELSEWHERE}, None),
        ({"scope": NOTHING, "case": "case-1"}, How.SCOPE),
        ({"scope": HERE, "capability": "handover", "recipient": "the police"}, How.SCOPE),
        ({"scope": HERE, "capability": "ingest"}, None),
        ({"scope": HERE, "capability": "case.mark"}, None),
        ({"scope": HERE, "outcome": {"state": "failed"}}, How.SCOPE),
    ],
)
def test_what_touches(said, how):
    log = make_log()
    number = act(log, **said)
    told = found(log, lambda case: HERE if case == "case-1" else NOTHING)
    assert [(one.entry, one.how) for one in told.touches] == ([(number, how)] if how else [])


def test_a_record_without_outcome_counts_and_a_refusal_does_not():
    log = make_log()
    header = ActHeader("consultation", "synopsis", "user-1", None, "ab" * 32)
    log.record(header, {"scope": HERE.plain()})
    log.record(
        ActHeader("consultation", "synopsis", "user-1", None, "ab" * 32, "refusal"), {"scope": HERE.plain()}
    )
    assert [one.entry for one in found(log).touches] == [0]


def test_of_a_reason_only_the_words_are_told_and_nobody_elses_track():
    log = make_log()
    act(log, subjects=["t-9", "t-1"], reason=["t-9: a theft", "t-1: a witness"])
    act(log, scope=HERE, reason=["t-8: somebody else", "t-9: somebody else"])
    act(log, scope=HERE, reason=["theft: of a coat"], recipient="Ms Roux")
    told = found(log).touches
    assert [one.why for one in told] == ["a witness", "somebody else", "theft: of a coat"]
    assert [one.recipient for one in told] == ["", "", "Ms Roux"]


def test_what_was_erased_is_counted():
    log = make_log()
    act(log, scope=HERE)
    later = AT + timedelta(days=9000)
    log.erase_payloads(later, ActHeader("erasure", "audit.erase", "user-1", None, "ab" * 32))
    told = found(log)
    assert (told.touches, told.erased) == ((), 1)
