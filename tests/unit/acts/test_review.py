"""The misuse review goes through the log itself, an entry at a time."""

from datetime import UTC, datetime, timedelta

import pytest

from synopticon.acts import people, review
from synopticon.errors import UsageError
from synopticon.governance.audit.entry import ActHeader
from synopticon.governance.review import Pattern, ReviewSettings
from tests.logs import act, fill, house, make_log
from tests.unit.acts.test_cases import PASSWORD, approved, ask, clock, keys, rule, workspace

__all__ = ["clock", "keys", "workspace"]  # fixtures
WHY = "the man with the red top leaves by the back door"


def look(log, capability="view.unmasked", case="case-1", outcome=None, **said):
    record = log.record(act(case=case, capability=capability), said)
    if outcome is not None:
        log.outcome(record, outcome)
    return record.sequence


def looks(log, **span):
    counts = review.Counts()
    return list(review.looks_of(log.entries(), counts, **span)), counts


def test_a_look_is_a_record_with_its_outcome():
    log = make_log()
    first = look(log, reason=["t1: why", "t2: why"], subjects=["t1", "t2"], outcome={"subjects": ["t2", "s"]})
    look(log, "ingest", outcome={"track_count": 12})
    look(log, "export.masked", outcome={"state": "failed", "error": "the disk is full"})
    exported = look(log, "export.masked", outcome={"state": "done"})
    cut = look(log, "synopsis", reason=["a word: and more"])  # killed
    found, counts = looks(log)
    assert [one.entry for one in found] == [first, exported, cut]
    assert (found[0].reason, found[0].subjects) == ("why", ("t1", "t2", "s"))
    assert found[2].reason == "a word: and more"
    assert (counts.entries, counts.looks, counts.erased) == (9, 3, 0)


def test_what_is_a_part_of_a_look_is_not_counted_as_one():
    log = make_log()
    outer = look(log, "search.attributes", outcome={"state": "done"})
    look(log, "statistics", within=outer, outcome={"state": "done"})
    found, counts = looks(log)
    assert [one.part for one in found] == [False, True]
    assert counts.looks == 1


def test_only_the_looks_of_a_time_and_what_is_erased_is_counted():
    log = fill(make_log(), 40)
    all_of_them, _ = looks(log)
    middle = all_of_them[len(all_of_them) // 2].at
    late, _ = looks(log, since=middle)
    early, _ = looks(log, until=middle)
    assert sorted(one.entry for one in (*early, *late)) == sorted(one.entry for one in all_of_them)
    log.erase_payloads(middle, house("audit.erase"))
    again, counts = looks(log)
    assert [one.entry for one in again] == [one.entry for one in all_of_them]
    assert counts.erased == len(early)


def test_the_data_protection_officer_finds_who_looked_and_which_entries_say_so(workspace, keys):
    asked = ask(workspace)
    approved(workspace, keys, asked)
    night = datetime(2026, 12, 24, 23, 30, tzinfo=UTC)
    workspace.clock.now = max(night, workspace.clock.now + timedelta(days=1))
    people.login(workspace, "ines", PASSWORD)
    entries = []
    for _ in range(3):
        with workspace.act("synopsis", case=asked.case, reason=WHY) as done:
            entries.append(done.entry.sequence)
    assert rule(review.review_log, workspace) == "role.may"
    people.login(workspace, "dora", PASSWORD)
    before = workspace.log.storage.size()
    found = review.review_log(workspace, settings=ReviewSettings(zone="UTC"))
    (finding,) = found.findings
    assert (finding.pattern, finding.entries) == (Pattern.NIGHT, tuple(entries))
    assert found.names == {finding.actor: "ines"}
    record, outcome = workspace.log.entries(before)
    assert record.header.capability == "audit.review"
    assert outcome.payload["findings"] == 1
    assert not review.review_log(workspace, since=workspace.clock.now + timedelta(hours=1)).findings
    with pytest.raises(UsageError, match="time zone"):
        review.review_log(workspace, since=datetime(2026, 11, 24))
    with pytest.raises(UsageError, match="no time zone"):
        review.review_log(workspace, settings=ReviewSettings(zone="Mars/Base"))


def test_a_reason_pasted_again_and_again_is_found_through_the_tracks_that_its_lines_name():
    log = make_log()
    for number in range(6):
        track = f"track-{number}"
        header = ActHeader("consultation", "view.masked", "user-1", f"case-{number % 2}", "ab" * 32)
        log.outcome(
            log.record(header, {"reason": [f"{track}: {WHY}"], "subjects": [track]}), {"state": "done"}
        )
    found, _ = looks(log)
    (finding,) = review.review(found)
    assert finding.pattern is Pattern.SAME_REASON
    assert len(finding.entries) == 6
