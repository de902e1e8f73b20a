"""Events of a camera: kept once, decided on, counted; a camera's own rules; found by the query language."""

from datetime import timedelta

import pytest

from synopticon.acts.camera_rules import RuleWish, drop_rule, list_rules, rule_kinds, save_rule, try_rule
from synopticon.acts.cameras import add_camera
from synopticon.acts.events import CameraWish, Rules, events_of_camera
from synopticon.acts.kept_events import EventQuestion, decide_events, list_events
from synopticon.acts.reporting import gather
from synopticon.acts.search import search
from synopticon.acts.workspace import open_workspace
from synopticon.errors import RefusedError, UsageError
from synopticon.events.catalogue import rules
from synopticon.events.feedback import FEWEST, Judged, propose, rates
from synopticon.evidence.report import report_markdown
from synopticon.governance.grant import Scope, Window
from synopticon.store.events import NewEvent
from synopticon.values.event import Event, Measured
from tests.grants import grant_for
from tests.investigation import WHY, investigate
from tests.people import CAPABILITIES

MIDDLE = {"line": [[0.5, 0.0], [0.5, 1.0]]}
EVERYWHERE = {"zone": [[0, 0], [1, 0], [1, 1], [0, 1]], "seconds": 0.1, "classes": []}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        found = investigate(tmp_path_factory.mktemp("kept"), patch)
        found.login("ines")
        found.case = found.open_case(capabilities=(*CAPABILITIES, "event.*"))
        yield found


def look(made, **wish):
    return events_of_camera(made.workspace, Rules(), CameraWish("gate", case=made.case, reason=WHY, **wish))


def listed(made, **asked):
    return list_events(made.workspace, EventQuestion(**asked), case=made.case, reason=WHY)


def test_the_story_of_an_event(made):
    work = made.workspace
    made.login("otto")
    save_rule(work, "gate", "anybody", RuleWish("dwell", EVERYWHERE))
    assert [(r.name, r.rule) for r in list_rules(work, "gate")] == [("anybody", "dwell")]
    made.login("ines")
    tried = try_rule(work, RuleWish("dwell", EVERYWHERE), CameraWish("gate", case=made.case, reason=WHY))
    assert tried.found.events
    assert listed(made).events == ()  # a trial keeps nothing

    first = look(made, keep=True)
    own = [t for t in first.events if t.event.name == "anybody"]
    assert own
    assert first.fresh == len(first.events)
    assert look(made, keep=True).fresh == 0
    assert look(made).fresh == 0

    found = listed(made, rules=("anybody",))
    assert {e.event for e in found.events} == {t.event for t in own}
    (rate,) = found.rates
    assert (rate.new, rate.accepted, rate.camera) == (len(own), 0, work.cameras.find("gate").id)
    assert "nobody decided" in found.says[0]

    one = found.events[0]
    _, (now,) = decide_events(work, [one.id], "rejected", note="the wind", case=made.case, reason=WHY)
    after = listed(made, rules=("dwell",), verdicts=("rejected",))
    (kept,) = after.events
    assert (kept.id, kept.decision.note, kept.decision.by) == (one.id, "the wind", work.actor.id)
    assert after.rates == (now,)
    plain = now.plain()
    assert plain["precision"] == 0
    assert plain["precision_interval"][1] > 0.5  # of one event nobody knows much
    assert plain["false_a_day"] == pytest.approx(1 / after.rates[0].days, rel=1e-3)
    entry = next(e for e in reversed(list(work.log.storage.entries(0, 10_000))) if "case.mark" in str(e))
    assert entry is not None

    with work.act("view.masked", case=made.case, reason=WHY) as act:
        report = gather(work, act, recipient="the court")
    assert [(e.name, e.verdict, e.note) for e in report.events] == [("anybody", "rejected", "the wind")]
    assert (report.rates[0].wrong, report.rates[0].open) == (1, len(own) - 1)
    for language, told in (("en", "0 of 1: 0%"), ("fr", "0 sur 1 : 0 %")):
        text = report_markdown(report, language)
        assert told in text
        assert "the wind" in text

    answer = search(work, "event:anybody", case=made.case, reason=WHY)
    tracks = {t for e in found.events for t in e.event.tracks}
    assert {h.track for h in answer.found.hits} == tracks
    assert "in an event: anybody" in {r.says for r in answer.found.hits[0].reason}
    everything = search(work, "object", case=made.case, reason=WHY).found
    assert {h.track for h in search(work, "-event:anybody", case=made.case, reason=WHY).found.hits} == {
        h.track for h in everything.hits
    } - tracks
    with pytest.raises(UsageError, match="event"):
        search(work, "event:nothing-of-the-kind", case=made.case, reason=WHY)

    made.login("otto")
    drop_rule(work, "gate", "anybody")
    assert list_rules(work, "gate") == ()


def test_who_may_not_is_refused(made):
    made.login("axel")
    with pytest.raises(RefusedError):
        listed(made)
    with pytest.raises(RefusedError):
        decide_events(made.workspace, ["event-1"], "accepted", case=made.case, reason=WHY)
    with pytest.raises(RefusedError):
        save_rule(made.workspace, "gate", "mine", RuleWish("line", MIDDLE))
    made.login("ines")


def test_mistakes_are_one_line_each(made):
    made.login("otto")
    for wish, said in (
        (RuleWish("line", {}), "needs line"),
        (RuleWish("lines", MIDDLE), "try line"),
        (RuleWish("weapon", {}), "no model of weapons"),
        (RuleWish("line", {"line": "nowhere"}), "no line is called so"),
        (RuleWish("dwell", {**EVERYWHERE, "seconds": -1}), "0 or more"),
    ):
        with pytest.raises(UsageError, match=said):
            save_rule(made.workspace, "gate", "mine", wish)
    made.login("ines")
    with pytest.raises(UsageError, match="no event in this scope"):
        decide_events(made.workspace, ["event-1"], "accepted", case=made.case, reason=WHY)
    with pytest.raises(UsageError, match="no event is named"):
        decide_events(made.workspace, [], "accepted", case=made.case, reason=WHY)


def test_each_rule_says_what_can_be_set_and_its_defaults_are_taken_back():
    kinds = {k.kind: k for k in rule_kinds()}
    assert set(kinds) == set(rules())
    assert sum(k.usual for k in kinds.values()) == 7
    line = {p.name: p for p in kinds["line"].parameters}
    assert line["line"].needed
    assert line["direction"].choices == ("in", "out", "both")
    assert {p.name: p.default for p in kinds["left-object"].parameters}["seconds"] == 10


def judged(verdict, value, limit=10.0, camera="c"):
    return Judged("dwell", "stays", camera, verdict, (Measured("seconds", value, limit, "s"),))


def test_a_proposal_keeps_all_that_was_right_and_changes_nothing():
    right = [judged("accepted", 30.0 + n) for n in range(FEWEST)]
    wrong = [judged("rejected", v) for v in (11.0, 12.0, 31.0)]
    found = propose([*right, *wrong, judged("unsure", 10.5)])
    assert (found.limit, found.proposed, found.dropped, found.rejected) == (10.0, 30.0, 2, 3)
    assert propose(right) is None
    assert propose([*right[1:], *wrong]) is None  # too few were right
    assert propose([*right, judged("rejected", 40.0)]) is None  # no limit parts them
    low = [judged("accepted", 0.1, limit=1.0) for _ in range(FEWEST)]
    found = propose([*low, judged("rejected", 0.9, limit=1.0)])
    assert (found.proposed, found.dropped) == (0.1, 1)


def test_rates_are_of_each_rule_and_camera():
    events = [judged("accepted", 30.0), judged("new", 30.0), judged("rejected", 11.0, camera="d")]
    first, second = rates(events, {"c": 2.0})
    assert (first.camera, first.accepted, first.new, first.days) == ("c", 1, 1, 2.0)
    assert first.plain()["false_a_day"] == 0
    assert (second.rejected, second.days, second.plain()["false_a_day"]) == (1, 0.0, None)


def test_what_was_seen_live_and_not_recorded_is_listed_and_decided_without_a_case(tmp_path):
    """One's own workspace reaches recordings by their digests, which live events have none of."""
    with open_workspace(tmp_path / "ws") as work:
        camera = add_camera(work, "yard", zone="Europe/Paris")
        now = work.clock()
        here = Scope((camera.id,), (Window(now - timedelta(hours=1), now + timedelta(hours=1)),))
        grant = grant_for("live", here, now=now, case=None)
        one = Event("line", 4.0, 4.0, (0.0, 0.0, 9.0, 9.0), ("t",), (Measured("crossed", 1, 1),), "gate")
        new = NewEvent(one, camera.id, "event.line", start=now, part=now.date().isoformat())
        (kept,) = work.events.keep(grant, [new])
        (found,) = list_events(work, EventQuestion(live=True)).events
        assert (found.id, found.start, found.footage) == (kept, now, "")
        decide_events(work, [kept], "accepted")
        assert list_events(work, EventQuestion(camera="yard", verdicts=("accepted",))).events[0].id == kept
        assert list_events(work, EventQuestion(live=False)).events == ()
