"""Users and cases through the workspace: every step is in the log, and so is every refusal."""

import stat
from datetime import UTC, datetime, timedelta

import pytest

from synopticon.acts import cases, people
from synopticon.acts.cameras import add_camera
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.errors import AuditError, RefusedError, UsageError
from synopticon.governance.approval import ApprovalRequest, Decision
from synopticon.governance.asking import summary
from synopticon.governance.audit.checkpoint import Checkpoint
from synopticon.governance.audit.verify import read_checkpoint, verify_log
from synopticon.governance.case import State
from synopticon.governance.grant import Scope, Window
from synopticon.governance.profile import parse, shipped
from synopticon.governance.users import Method
from tests.organisation import PASSWORD, ask, enrol_all, on_another_machine
from tests.people import DAY, DPIA, FIELDS, HOUR, NOW, REASON, SCOPE, terms
from tests.scene import write_scene


class Clock:
    source = "test"

    def __init__(self):
        self.now = datetime.now(UTC)

    def __call__(self):
        return self.now

    def later(self, **more):
        self.now += timedelta(**more)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def workspace(tmp_path, clock, monkeypatch):
    monkeypatch.setenv("SYNOPTICON_HOME", str(tmp_path / "home"))
    init_workspace(tmp_path / "ws", organisation="Police of Lyon", profile="fr-judicial", clock=clock)
    with open_workspace(tmp_path / "ws", clock=clock) as opened:
        yield opened


@pytest.fixture
def keys(workspace):
    """Ada administers; Ines investigates, Axel approves, Dora is the DPO; each has a key."""
    return enrol_all(workspace)


def log(workspace):
    return [(e.header.kind, e.header.capability) for e in workspace.log.entries()]


def approved(workspace, keys, asked):
    workspace.clock.later(minutes=30)
    axel = people.find_user(workspace, "axel").id
    return cases.take_approval(
        workspace, on_another_machine(asked.file(), keys["axel"], axel, workspace.clock())
    )


def rule(call, *args, **more):
    with pytest.raises(RefusedError) as found:
        call(*args, **more)
    return found.value.rule


def test_from_opening_to_closing(workspace, keys):
    asked = ask(workspace)
    case = asked.case
    assert cases.show_case(workspace, case).standing.state is State.OPEN
    approved(workspace, keys, asked)
    info = cases.show_case(workspace, case)
    assert info.standing.state is State.APPROVED
    assert "independent" in info.standing.notes[0]
    with workspace.act("synopsis", case=case, reason=REASON) as act:
        assert act.grant.scope == SCOPE
    clear = cases.request_allowance(workspace, case, ("view.unmasked",), "the face decides")
    approved(workspace, keys, clear)
    with workspace.act("view.unmasked", case=case, reason=REASON) as act:
        assert act.grant.rule == "fr-judicial.clear-pictures"
    approved(workspace, keys, cases.extend_case(workspace, case, workspace.clock() + 60 * DAY))
    assert [one.case.id for one in cases.list_cases(workspace)] == [case]
    with pytest.raises(UsageError, match="report"):
        cases.close_case(workspace, case, "the man was found")
    cases.close_case(workspace, case, "the man was found", {"report": FIELDS["declaration_digest"]})
    assert cases.show_case(workspace, case).standing.state is State.CLOSED
    done = {capability for kind, capability in log(workspace) if kind == "record"}
    assert {
        "user.add",
        "user.login",
        "case.open",
        "case.answer",
        "case.extend",
        "case.close",
        "case.read",
    } <= done
    assert not [kind for kind, _ in log(workspace) if kind == "refusal"]


def test_refusals_are_logged(workspace, keys):
    asked = ask(workspace)
    before = len(log(workspace))
    with pytest.raises(RefusedError, match=r"case\.approved"), workspace.act("synopsis", case=asked.case):
        raise AssertionError("no body runs without a permission")
    assert rule(cases.open_case, workspace, terms(capabilities=("live",))) == "fr-judicial.recorded-only"
    assert log(workspace)[before:] == [("refusal", "synopsis"), ("refusal", "case.open")]
    assert rule(cases.approve_here, workspace, asked.digest, keys["ines"], case=asked.case) == "role.may"


def test_another_unit_sees_no_case(workspace, keys):
    asked = ask(workspace)
    people.login(workspace, "sven", PASSWORD)
    words = set()
    for case in (asked.case, "case-0000000000000000"):
        with pytest.raises(RefusedError) as found:
            cases.show_case(workspace, case)
        words.add(str(found.value).replace(case, "CASE"))
    assert len(words) == 1
    assert cases.list_cases(workspace) == ()


def test_approving_at_the_same_machine_is_not_independent(workspace, keys):
    asked = ask(workspace)
    people.login(workspace, "axel", PASSWORD)
    cases.approve_here(workspace, asked.digest, keys["axel"], case=asked.case)
    info = cases.show_case(workspace, asked.case)
    assert info.standing.state is State.APPROVED
    for word in ("not independent", "host", "account", "within 60 s"):
        assert word in info.standing.notes[0]
    said = [e.payload for e in workspace.log.entries() if e.header.capability == "case.approve"]
    assert any("not independent" in str(one) for one in said)


def test_a_refused_case_stays_shut(workspace, keys):
    asked = ask(workspace)
    workspace.clock.later(minutes=5)
    axel = people.find_user(workspace, "axel").id
    no = on_another_machine(
        asked.file(), keys["axel"], axel, workspace.clock(), decision=Decision.REFUSE, comment="why?"
    )
    cases.take_approval(workspace, no)
    assert cases.show_case(workspace, asked.case).standing.state is State.REFUSED


def test_a_forged_approval_is_not_kept(workspace, keys):
    asked = ask(workspace)
    workspace.clock.later(minutes=5)
    axel = people.find_user(workspace, "axel").id
    forged = on_another_machine(asked.file(), keys["ines"], axel, workspace.clock())
    assert rule(cases.take_approval, workspace, forged) == "approval.enrolled-key"
    assert cases.show_case(workspace, asked.case).case.approvals == ()


@pytest.mark.parametrize(("hours", "state"), [(1, "analysed"), (5, "refused")])
def test_a_recording_of_the_cases_camera_is_taken_in_within_its_hours(
    workspace, keys, tmp_path, hours, state
):
    people.login(workspace, "ada", PASSWORD)
    camera = add_camera(workspace, "gate", zone="Europe/Paris", purpose="the gate at night").id
    people.login(workspace, "dora", PASSWORD)
    cases.register_dpia(workspace, DPIA)  # of today's settings
    people.login(workspace, "ines", PASSWORD)
    night = Scope((camera,), (Window(NOW, NOW + 2 * HOUR),))
    until = workspace.clock() + 30 * DAY
    asked = cases.open_case(workspace, terms(until=until, fields=FIELDS, scope=night))
    approved(workspace, keys, asked)
    scene = write_scene(tmp_path / "scene.mp4", 1, 2.0, 1.0)
    wanted = IngestRequest(
        (str(scene),), "gate", model="none", workers=1, start=NOW + hours * HOUR, case=asked.case
    )
    if state == "refused":
        assert rule(ingest, workspace, wanted) == "scope.windows"
    else:
        assert ingest(workspace, wanted).recordings[0].state == state


def test_an_emergency_is_told_and_lapses(workspace, keys):
    asked = cases.declare_emergency(
        workspace, terms(fields={}, until=workspace.clock() + 30 * DAY), "a child is missing since noon"
    )
    with workspace.act("synopsis", case=asked.case, reason=REASON) as act:
        assert act.grant.rule == "emergency.path"
    for name in ("axel", "dora"):
        assert "EMERGENCY" in workspace.cases.notices(people.find_user(workspace, name).id)[0].text
    workspace.clock.later(hours=48)
    people.login(workspace, "ines", PASSWORD)
    assert cases.show_case(workspace, asked.case).standing.state is State.LAPSED
    full = terms(until=workspace.clock() + 30 * DAY)
    approved(workspace, keys, cases.regularise(workspace, asked.case, full))
    assert cases.show_case(workspace, asked.case).standing.state is State.APPROVED


def test_another_profile_stops_the_case_until_it_is_approved_again(workspace, keys):
    asked = ask(workspace)
    approved(workspace, keys, asked)
    people.login(workspace, "ada", PASSWORD)
    assert rule(cases.change_profile, workspace, shipped("personal")) == "personal.no-organisation"
    other = parse((workspace.profile.text + "# ours\n").encode(), "own")
    cases.change_profile(workspace, other)
    assert workspace.profile.modified
    people.login(workspace, "ines", PASSWORD)
    assert cases.show_case(workspace, asked.case).standing.state is State.SUSPENDED
    approved(workspace, keys, cases.request_profile(workspace, asked.case))
    assert cases.show_case(workspace, asked.case).standing.state is State.APPROVED


def test_signing_in_and_out(workspace, keys, clock):
    file = workspace.session_file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with open_workspace(workspace.folder, clock=clock) as again:
        assert again.actor.name == "ines"
    wrong = [rule(people.login, workspace, name, "not the password") for name in ("ines", "nobody")]
    assert wrong == ["user.password"] * 2
    assert log(workspace)[-1] == ("refusal", "user.login")
    people.logout(workspace)
    with open_workspace(workspace.folder, clock=clock) as again:
        assert again.actor.sign_in.method is Method.ACCOUNT
        assert rule(cases.list_cases, again) == "user.enrolled"


def test_who_is_retired_is_out(workspace, keys):
    people.login(workspace, "ada", PASSWORD)
    people.retire_user(workspace, "ines")
    assert rule(people.login, workspace, "ines", PASSWORD) == "user.password"
    assert len(people.list_users(workspace)) == 5
    with pytest.raises(UsageError, match="no user here"):
        people.find_user(workspace, "nobody")


def test_a_request_carries_the_log_as_it_stood_and_who_holds_it_finds_another(workspace, keys, tmp_path):
    asked = ask(workspace)
    file = tmp_path / "case.request"
    file.write_bytes(asked.file())
    assert any(workspace.settings.origin in line for line in summary(ApprovalRequest.read(asked.file())))
    held = read_checkpoint(file)
    assert held.size == Checkpoint.parse(asked.checkpoint).size > 0
    cases.list_cases(workspace)
    verify_log(workspace.log, [file])
    with open_workspace(tmp_path / "other") as other:
        add_camera(other, "door")
        with pytest.raises(AuditError):
            verify_log(other.log, [file])
    file.write_text('{"checkpoint":"nonsense"}')
    with pytest.raises(AuditError, match=r"case\.request"):
        read_checkpoint(file)
    file.write_text("{}")
    with pytest.raises(AuditError, match="carries no checkpoint"):
        read_checkpoint(file)
