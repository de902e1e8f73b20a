"""What one pass over the log counts, also where payloads were erased."""

from datetime import UTC, datetime, timedelta

from synopticon.governance.audit.entry import ActHeader
from synopticon.governance.capability import operation_of
from synopticon.governance.documents.tally import tally
from synopticon.governance.grant import NOTHING, Scope, Window
from tests.logs import Ticking, house, make_log

START = datetime(2026, 10, 30, 12, tzinfo=UTC)
NIGHT = Window(START - timedelta(hours=10), START - timedelta(hours=8))
SCOPE = Scope(("cam-1", "cam-2"), (NIGHT,))
DIGEST = "ab" * 32


class Log:
    """A log in memory with a clock that tests move."""

    def __init__(self):
        self.clock = Ticking(START)
        self.log = make_log(clock=self.clock)

    def act(self, capability, said=None, outcome="done", case="case-1", kind="record"):
        header = ActHeader(operation_of(capability).value, capability, "user-1", case, "ab" * 32, kind)
        record = self.log.record(header, {"scope": NOTHING.plain(), **(said or {})})
        if kind == "record" and outcome is not None:
            self.log.outcome(record, {"state": "done"} if outcome == "done" else outcome)
        return record

    def counted(self, scope=NOTHING, seconds=None):
        return tally(self.log.entries(), lambda case: scope if case == "case-1" else NOTHING, seconds or {})

    def erase(self):
        self.log.erase_payloads(self.clock.now + timedelta(days=1), house("audit.erase"))


def test_acts_are_counted_by_the_month_in_which_they_began():
    log = Log()
    log.act("case.open")
    log.act("synopsis", {"scope": SCOPE.plain()})
    log.clock.now = datetime(2026, 10, 31, 23, 59, 58, tzinfo=UTC)
    log.act("journey", {"scope": SCOPE.plain()})  # its outcome is of November
    log.act("case.emergency")
    log.act("search.plate", kind="refusal")
    october, november = log.counted().months
    assert (october.name, november.name) == ("2026-10", "2026-11")
    assert (october.opened, november.opened) == (1, 0)
    assert dict(october.acts) == {"case.open": 1, "synopsis": 1, "journey": 1}
    assert (november.emergencies, november.refusals, dict(november.refused)) == (1, 1, {"search.plate": 1})
    assert october.seconds == 2 * 4 * 3600, "two cameras, two hours, two looks"


def test_what_failed_opened_nothing_and_what_never_ended_is_told():
    log = Log()
    log.act("case.open", outcome={"state": "failed", "error": "the disk is full"})
    log.act("synopsis", {"scope": SCOPE.plain()}, outcome=None)
    (month,) = log.counted().months
    assert (month.opened, month.unknown) == (0, 1)
    assert month.acts["case.open"] == 1
    assert month.seconds == 4 * 3600, "what a killed act may have seen counts"


def test_hours_come_from_the_case_or_from_the_recordings_that_are_named():
    log = Log()
    log.act("synopsis")
    assert log.counted(SCOPE).months[0].seconds == 4 * 3600
    log.act("synopsis", {"scope": Scope(digests=(DIGEST,)).plain()})
    assert log.counted(SCOPE, {DIGEST: 90.0}).months[0].seconds == 4 * 3600 + 90
    assert log.counted(SCOPE).months[0].unmeasured == 1, "a recording that nobody knows"
    log.act("synopsis", case=None)
    assert log.counted(SCOPE).months[0].unmeasured == 2


def test_a_clear_look_beside_another_is_one_sight():
    log = Log()
    outer = log.act("synopsis", {"scope": SCOPE.plain()})
    log.act("view.unmasked", {"scope": SCOPE.plain(), "within": outer.sequence})
    (month,) = log.counted().months
    assert month.seconds == 4 * 3600
    assert month.acts["view.unmasked"] == 1


def test_what_is_a_part_of_another_act_is_counted_once():
    log = Log()
    outer = log.act("search.attributes", {"scope": SCOPE.plain()})
    inner = log.act("statistics", {"scope": SCOPE.plain(), "within": outer.sequence})
    log.act("view.masked", {"scope": SCOPE.plain(), "within": inner.sequence})
    (month,) = log.counted().months
    assert month.seconds == 4 * 3600
    assert (sum(month.acts.values()), month.parts) == (3, 2)
    log.act("view.masked", {"scope": SCOPE.plain()})
    (month,) = log.counted().months
    assert month.seconds == 8 * 3600, "a look of its own counts"


def test_asking_for_a_job_is_no_look_and_no_transmission_of_its_own():
    log = Log()
    for capability in ("synopsis", "export.masked"):
        log.act(capability, {"scope": SCOPE.plain(), "job": "job-1"})
        log.act(capability, {"scope": SCOPE.plain(), "recipient": "the court", "asked_in": 0})
    found = log.counted()
    assert found.months[0].seconds == 4 * 3600
    assert (sum(found.months[0].acts.values()), found.months[0].parts) == (4, 2)
    assert [one.recipient for one in found.transmissions] == ["the court"]


def test_approvals_and_whether_they_are_independent():
    log = Log()
    log.act("case.answer", {"independent": "independent"})
    log.act("case.answer", {"independent": "not independent: approved on the requester's host"})
    log.act("case.approve", outcome={"state": "done", "independent": "not independent: approved within 60 s"})
    log.act("case.approve", outcome={"state": "done", "independent": "independent"})
    (month,) = log.counted().months
    assert (month.approvals, month.dependent, month.unjudged) == (4, 2, 0)


def test_counts_outlive_the_erasure_of_payloads():
    log = Log()
    log.act("case.open")
    log.act("synopsis", {"scope": SCOPE.plain()})
    log.act("case.answer", {"independent": "independent"})
    log.act("handover", {"scope": SCOPE.plain(), "recipient": "the prosecutor"})
    log.act("retention.run", {"step": "destroy", "camera": "cam-1", "day": "2026-10-01"})
    log.act("synopsis", kind="refusal")
    log.erase()
    found = log.counted()
    (month,) = found.months
    assert (month.opened, month.refusals, month.approvals, month.unjudged) == (1, 1, 1, 1)
    assert (month.acts["synopsis"], month.seconds, month.unmeasured) == (1, 0.0, 1)
    (left,) = found.transmissions
    assert (left.capability, left.case, left.recipient, left.scope) == ("handover", "case-1", None, None)
    (gone,) = found.destructions
    assert (gone.camera, gone.files) == (None, None)


def test_transmissions_and_destructions():
    log = Log()
    log.act("export.masked", {"scope": SCOPE.plain(), "recipient": ["court", "defence"]})
    log.act("handover", {"scope": SCOPE.plain()}, outcome={"state": "failed"})
    log.act("request")
    log.act("audit.export", case=None)
    log.act("retention.run", {"step": "judge"}, case=None)
    done = log.act("retention.run", {"step": "destroy", "camera": "cam-1", "day": "2026-10-01"},
                   {"state": "done", "digests": [DIGEST]}, case=None)  # fmt: skip
    found = log.counted(SCOPE)
    first, second = found.transmissions
    assert (first.recipient, first.scope) == ("court, defence", SCOPE)
    assert (second.capability, second.recipient, second.scope) == ("request", "", SCOPE)
    (gone,) = found.destructions
    assert (gone.entry, gone.camera, gone.day, gone.files) == (done.sequence, "cam-1", "2026-10-01", 1)


def test_a_month_in_which_nothing_was_done_is_named():
    log = Log()
    log.act("synopsis")
    log.clock.now = datetime(2027, 2, 3, tzinfo=UTC)
    log.act("synopsis")
    found = log.counted().months
    assert [m.name for m in found] == ["2026-10", "2026-11", "2026-12", "2027-01", "2027-02"]
    assert [sum(m.acts.values()) for m in found] == [1, 0, 0, 0, 1]


def test_an_empty_log_counts_nothing():
    assert Log().counted().months == ()
