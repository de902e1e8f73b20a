"""The log on every storage: in memory, on SQLite, on PostgreSQL."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from synopticon.errors import AuditError, UsageError
from synopticon.governance.audit.checkpoint import Checkpoint, cosign
from synopticon.governance.audit.entry import ActHeader, commitment
from synopticon.governance.audit.log import AuditLog, system_clock
from synopticon.governance.audit.merkle import verify_consistency, verify_inclusion
from synopticon.governance.audit.storage import MemoryStorage, Wanted
from synopticon.governance.audit.verify import verify_log
from synopticon.governance.keys import SigningKey
from synopticon.store.database import migrate, open_database, reading, writing
from synopticon.store.log import SqlLog
from tests.databases import POSTGRES
from tests.logs import ORIGIN, START, Ticking, act, fill, house, make_log

ANNA = SigningKey.make()


@pytest.fixture(params=["memory", "sqlite", POSTGRES])
def storage(request, tmp_path):
    if request.param == "memory":
        yield MemoryStorage()
        return
    sqlite = request.param == "sqlite"
    engine = open_database(tmp_path / "x.sqlite" if sqlite else request.getfixturevalue("postgres_url"))
    migrate(engine)
    yield SqlLog(engine)
    engine.dispose()


def test_an_act_leaves_a_record_and_an_outcome(storage):
    log = make_log(storage)
    record = log.record(act(), {"reason": "theft"})
    assert log.open_records() == [0]
    outcome = log.outcome(record, {"tracks": 3})
    assert log.open_records() == []
    found = list(log.entries())
    assert found == [record, outcome]
    assert [e.payload for e in found] == [{"reason": "theft"}, {"tracks": 3}]
    header = outcome.header
    assert (header.kind, header.refers, header.case, header.actor) == ("outcome", 0, "case-1", "user-1")
    assert (header.case_sequence, header.case_previous) == (1, record.hash.hex())
    assert (header.operation, header.clock) == ("consultation", "test")
    assert record.header.commitment == commitment(record.salt, b'{"reason":"theft"}')
    assert verify_log(log).size == 2


def test_an_act_has_one_outcome(storage):
    log = make_log(storage)
    record = log.record(act(), {})
    log.outcome(record, {})
    with pytest.raises(AuditError, match="has an outcome"):
        log.outcome(record, {})
    with pytest.raises(UsageError, match="no record of an act"):
        log.outcome(log.record(act("refusal"), {}), {})
    assert verify_log(log).size == 3


def test_what_cannot_be_written_leaves_nothing(storage):
    log = make_log(storage)
    for payload in ({"a": object()}, {"a": float("nan")}, {"a": 2**60}):
        with pytest.raises(UsageError, match="canonical JSON"):
            log.record(act(), payload)
    with pytest.raises(UsageError, match="canonical JSON"):
        log.record(act(actor="\ud800"), {})
    with pytest.raises(UsageError, match="no kind of act"):
        log.record(act("erasure"), {})
    assert log.storage.size() == 0
    log.record(act(), {})
    assert verify_log(log).size == 1


@pytest.mark.parametrize("size", [1, 2, 7, 40])
def test_proofs(storage, size):
    log = fill(make_log(storage), size)
    now = log.checkpoint()
    now.verify(log.public)
    for number in range(0, size, 3):
        entry = log.entry(number)
        verify_inclusion(number, size, entry.hash, log.inclusion(number), now.root)
        old = log.checkpoint(number)
        old.verify(log.public)
        verify_consistency(number, size, old.root, now.root, log.consistency(number))
        log.check(old)


def test_an_empty_log_has_a_checkpoint(storage):
    log = make_log(storage)
    log.checkpoint().verify(log.public)
    assert log.checkpoint().size == 0
    with pytest.raises(UsageError, match="choose a smaller"):
        log.checkpoint(1)
    with pytest.raises(UsageError, match="no entry 0"):
        log.entry(0)
    assert verify_log(log).size == 0


def test_a_checkpoint_is_of_what_is_on_the_disk(storage, monkeypatch):
    log, settled = fill(make_log(storage), 5), []
    monkeypatch.setattr(type(storage), "settle", lambda self: settled.append(self.size()))
    assert log.checkpoint().size == 5
    assert settled == [5]


def test_entries_are_found(storage):
    log = fill(make_log(storage), 30)
    everything = list(log.entries())
    for wanted, fits in (
        (Wanted(), lambda h: True),
        (Wanted(case="case-1"), lambda h: h.case == "case-1"),
        (Wanted(kind="refusal"), lambda h: h.kind == "refusal"),
        (Wanted(start=everything[9].header.time), lambda h: h.sequence >= 9),
        (Wanted(end=everything[9].header.time), lambda h: h.sequence < 9),
    ):
        assert list(log.find(wanted)) == [e for e in everything if fits(e.header)]
    assert list(log.entries(5, 8)) == everything[5:8]
    for case in (None, "case-1"):
        fitting = list(log.find(Wanted(case=case, before=20)))
        assert fitting == [e for e in everything[:20] if case in (None, e.header.case)]
        for last in (1, 4, 100):
            assert list(log.find(Wanted(case=case, before=20, last=last))) == fitting[-last:]
    assert list(log.storage.some([9, 3, 99])) == [everything[3], everything[9]]


def test_a_case_has_its_own_chain(storage):
    log = fill(make_log(storage), 30)
    for case in ("case-0", "case-1", "case-2"):
        chain = list(log.find(Wanted(case=case)))
        assert [e.header.case_sequence for e in chain] == list(range(len(chain)))
        assert [e.header.case_previous for e in chain] == [None, *(e.hash.hex() for e in chain[:-1])]


def test_payloads_are_erased_and_all_still_verifies(storage):
    log = fill(make_log(storage), 30)
    before = log.checkpoint()
    witnessed = log.witness(cosign(before, "anna", ANNA, START).text(), {"anna": ANNA.public}, house())
    border = log.entry(20).header.time
    erasure = log.erase_payloads(border, house("audit.erase"))
    assert erasure.payload == {"before": "2026-11-24T08:00:21.000000Z", "count": 20, "spans": [[0, 20]]}
    assert all((e.payload is None) == (e.sequence < 20) for e in log.entries())
    again = log.erase_payloads(START + timedelta(days=1), house("audit.erase"))
    assert again.payload["spans"] == [[20, 30]]
    assert log.entry(witnessed.sequence).payload
    report = verify_log(log)
    assert report.erased == tuple((n, erasure.sequence if n < 20 else again.sequence) for n in range(30))
    log.check(before)
    verify_inclusion(3, 33, log.entry(3).hash, log.inclusion(3), log.checkpoint().root)


def test_a_payload_that_vanished_is_named(storage):
    log = fill(make_log(storage), 10)
    if isinstance(storage, MemoryStorage):
        bare = storage.rows[4]
        storage.rows[4] = type(bare)(bare.header, bare.leaf, bare.hash, bare.signature, None, None)
    else:
        with writing(storage._engine) as connection:
            connection.exec_driver_sql("DELETE FROM log_payload WHERE sequence = 4")
    with pytest.raises(AuditError, match="entry 4: its payload is missing and no erasure says so"):
        verify_log(log)


def test_witnesses(storage):
    log = fill(make_log(storage), 12)
    assert log.last_witnessed() is None
    early = cosign(log.checkpoint(5), "anna", ANNA, START + timedelta(hours=3)).text()
    late = cosign(log.checkpoint(), "bert", SigningKey.make(), START)
    late = cosign(late, "anna", ANNA, START + timedelta(hours=2)).text()
    entry = log.witness(late, {"anna": ANNA.public, "carl": SigningKey.make().public}, house())
    log.witness(early, {"anna": ANNA.public}, house())
    found = log.last_witnessed()
    assert (found.size, found.entry, found.names) == (12, entry.sequence, "anna")
    assert found.time == START + timedelta(hours=2)
    assert verify_log(log).witnessed == found


def test_what_is_no_witness_is_refused(storage):
    log, other = fill(make_log(storage), 12), fill(make_log(key=SigningKey.make()), 12)
    known = {"anna": ANNA.public}
    for text, keys, said in (
        (log.checkpoint().text(), known, "no known witness"),
        (cosign(log.checkpoint(), "anna", ANNA, START).text(), {}, "no known witness"),
        (cosign(log.checkpoint(), "anna", ANNA, START).text(), {"anna": log.public}, "no known witness"),
        (cosign(other.checkpoint(), "anna", ANNA, START).text(), known, "not those of the checkpoint"),
        (
            cosign(fill(make_log(), 20).checkpoint(), "anna", ANNA, START).text(),
            known,
            "entries were removed",
        ),
        ("hello", known, "no signed note"),
    ):
        with pytest.raises(AuditError, match=said):
            log.witness(text, keys, house())
    strange = Checkpoint.make("other/log", 1, bytes(32), log._key)
    with pytest.raises(AuditError, match="is of other/log"):
        log.check(strange)
    assert log.storage.size() == 12


def test_a_change_of_key(storage):
    old, new = SigningKey.make(), SigningKey.make()
    log = fill(make_log(storage, old), 5)
    left = AuditLog(storage, old, ORIGIN, log.clock)  # another process, which has not heard of it
    left.record(act(), {})
    before = log.checkpoint()
    change = log.rotate(new, house("key.rotate"))
    log.checkpoint().verify(old.public)  # the change itself
    fill(log, 12)
    log.checkpoint().verify(new.public)
    log.checkpoint(6).verify(old.public)
    assert log.checkpoint(6) == before
    with pytest.raises(AuditError, match=f"changed by entry {change.sequence}: use the key"):
        left.record(act(), {})
    size = log.storage.size()
    assert fill(AuditLog(storage, new, ORIGIN, log.clock), size + 2).storage.size() >= size + 2
    report = verify_log(log)
    assert report.changes == (change.sequence,)
    with pytest.raises(AuditError, match="not signed by both keys"):
        AuditLog(storage, SigningKey.make(), "other/name").record(act(), {})


def test_another_key_is_refused(storage):
    fill(make_log(storage), 5)
    with pytest.raises(AuditError, match="not its key"):
        make_log(storage).record(act(), {})
    assert storage.size() == 5


def test_a_clock_that_goes_back_is_told(storage):
    clock = Ticking()
    log = fill(make_log(storage, clock=clock), 5)
    clock.now = START - timedelta(days=1)
    fill(log, 8)
    (where, seconds), *rest = verify_log(log).backwards
    assert where == 5
    assert seconds == pytest.approx(86406, abs=5)
    assert not rest


def test_threads_share_a_log(storage):
    log = make_log(storage, clock=lambda: datetime.now(UTC))
    failed = []

    def work(number):
        try:
            for _ in range(10):
                log.outcome(log.record(act(case=f"case-{number % 2}"), {}), {})
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    report = verify_log(log)
    assert report.size == 80
    assert not report.open_records


def test_the_clock_must_know_its_zone(storage):
    log = AuditLog(storage, SigningKey.make(), ORIGIN)
    assert log.clock is system_clock
    assert abs(log.record(act(), {}).header.time - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_case_named_by_an_empty_text_is_a_case(storage):
    log = make_log(storage)
    log.record(ActHeader("erasure", "retention.run", "system", "", "ab" * 32), {})
    log.record(ActHeader("erasure", "retention.run", "system", "", "ab" * 32), {})
    assert verify_log(log).size == 2


@pytest.mark.parametrize("kind", ["sqlite", POSTGRES])
def test_erased_payloads_leave_no_bytes(kind, tmp_path, request):
    url = tmp_path / "x.sqlite" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    engine = open_database(url)
    migrate(engine)
    log = make_log(SqlLog(engine))
    for number in range(60):
        log.record(act(), {"reason": f"UNMISTAKABLE-{number}"})
    log.erase_payloads(START + timedelta(days=1), house("audit.erase"))
    if kind == "sqlite":
        for path in tmp_path.iterdir():
            assert b"UNMISTAKABLE" not in path.read_bytes()
    else:
        with reading(engine) as connection:
            dead = "SELECT count(*) FROM log_payload"
            assert connection.exec_driver_sql(dead).scalar() == 1
    assert len(verify_log(log).erased) == 60
    engine.dispose()


def test_many_subtrees_are_read_at_once(storage):
    log = fill(make_log(storage), 9)
    wanted = [(level, at) for level in range(4) for at in range(9 >> level)]
    one_by_one = [log.storage.nodes([node])[0] for node in wanted]
    assert list(log.storage.nodes(wanted * 300)) == one_by_one * 300
    assert list(log.storage.nodes([])) == []
