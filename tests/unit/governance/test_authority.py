from dataclasses import replace
from datetime import timedelta

import pytest

from synopticon.errors import RefusedError
from synopticon.governance.approval import ApprovalRequest, Decision, Matter
from synopticon.governance.authority import Reason, decide, explain
from synopticon.governance.capability import FOOTAGE, HOUSE
from synopticon.governance.case import Closing
from synopticon.governance.demand import Person, Right, open_demand
from synopticon.governance.emergency import emergency_terms
from synopticon.governance.grant import NOTHING, Scope, Window
from synopticon.governance.profile import parse, shipped
from synopticon.governance.users import ROLES, SYSTEM, Method, Role, SignIn, User
from tests.people import (
    ANNA,
    AXEL,
    CAPABILITIES,
    DAY,
    DIGEST,
    DPIA,
    HOUR,
    INES,
    NOW,
    OTTO,
    PROFILE,
    REASON,
    SCOPE,
    USERS,
    WINDOW,
    allowing,
    answer,
    case,
    facts,
    opening,
    person,
    request,
    signed_in,
    terms,
)  # fmt: skip


def refused(asked, known, now=NOW) -> str:
    """The rule that refuses."""
    with pytest.raises(RefusedError) as found:
        decide(asked, known, now)
    assert f"(rule {found.value.rule})" in str(found.value)
    assert "\n" not in str(found.value)
    return found.value.rule


def test_an_approved_case_gives_a_grant():
    grant = decide(request(), facts(), NOW)
    assert (grant.case, grant.actor, grant.capability, grant.scope) == ("case-1", INES.id, "synopsis", SCOPE)
    assert grant.rule == "fr-judicial.comparison"
    assert grant.profile == PROFILE.digest
    assert grant.expires == NOW + 12 * HOUR
    assert grant.check(NOW, "synopsis") == SCOPE


def test_a_request_without_scope_gets_all_of_the_case():
    assert decide(request(scope=NOTHING), facts(), NOW).scope == SCOPE


def test_a_grant_ends_with_the_case():
    soon = terms(until=NOW + HOUR)
    assert decide(request(), facts(case=case(asked=soon)), NOW).expires == NOW + HOUR


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"capability": "recognise.face"}, "capability.known"),
        ({"capability": "live"}, "fr-judicial.recorded-only"),
        ({"capability": "statistics"}, "case.capabilities"),
        ({"case": None}, "case.named"),
        ({"case": "case-2"}, "case.of-unit"),
        ({"scope": Scope(("cam-1", "cam-9"), (WINDOW,))}, "scope.cameras"),
        ({"scope": Scope(("cam-1",), (Window(WINDOW.start, WINDOW.end + HOUR),))}, "scope.windows"),
        ({"scope": Scope(digests=("f" * 64,))}, "scope.recordings"),
        ({"reason": None}, "reason.given"),
        ({"reason": Reason("x x x x x x x x x x x x")}, "reason.given"),
        ({"capability": "view.unmasked"}, "approval.second-person"),
        ({"capability": "search.similar"}, "approval.second-person"),
        ({"actor": OTTO.id}, "user.enrolled"),
        ({"sign_in": signed_in(method=Method.ACCOUNT)}, "user.signed-in"),
        ({"sign_in": signed_in(at=NOW - 13 * HOUR)}, "user.signed-in"),
        ({"sign_in": signed_in(at=NOW + HOUR)}, "user.signed-in"),
    ],
)
def test_what_is_asked_wrongly_is_refused(changes, rule):
    assert refused(request(**changes), facts()) == rule


def unauthorised(user):
    return replace(user, authorisation=None)


CLOSED = replace(case(), closing=Closing(INES.id, NOW - HOUR, "the man was found", {}))
OTHER_UNIT = replace(person("otto", Role.INVESTIGATOR), id=INES.id, unit="unit-2")


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"user": None}, "user.enrolled"),
        ({"user": replace(INES, active=False)}, "user.enrolled"),
        ({"user": replace(INES, roles=frozenset({Role.ADMINISTRATOR}))}, "role.may"),
        ({"user": replace(INES, roles=frozenset({Role.AUDITOR}))}, "role.may"),
        ({"user": unauthorised(INES)}, "user.authorised"),
        ({"user": OTHER_UNIT}, "case.of-unit"),
        ({"case": None}, "case.of-unit"),
        ({"case": case(answers=False)}, "case.approved"),
        ({"case": CLOSED}, "case.not-closed"),
        ({"case": case(asked=terms(until=NOW - HOUR))}, "case.not-expired"),
        ({"profile": shipped("personal")}, "personal.no-organisation"),
        ({"latest": NOW + HOUR}, "clock.not-back"),
    ],
)
def test_what_is_so_refuses(changes, rule):
    assert refused(request(), facts(**changes)) == rule


def test_a_case_of_another_unit_reads_as_if_it_were_not_there():
    lines = [
        [str(c) for c in explain(request(), facts(user=OTHER_UNIT, case=found), NOW)]
        for found in (case(), None)
    ]
    assert lines[0] == lines[1]
    assert "case-1 is no case of your unit" in lines[0][-1]


def test_explain_shows_the_lines_after_a_refusal():
    checks = explain(request(reason=None, scope=Scope(("cam-9",), (WINDOW,))), facts(), NOW)
    assert {c.rule for c in checks if not c.holds} == {"scope.cameras", "reason.given"}
    assert all(c.says for c in checks)
    assert all(c.remedy for c in checks if not c.holds)


def test_an_allowance_opens_what_needs_a_second_person():
    known = facts(case=case(allowing("view.unmasked", "search.similar")))
    grant = decide(request("view.unmasked"), known, NOW)
    assert grant.rule == "fr-judicial.clear-pictures"
    assert refused(request("journey"), known) == "approval.second-person"


def test_an_allowance_is_for_its_tracks_its_scope_and_its_time():
    part = Scope(("cam-1",), (WINDOW,))
    of_tracks = facts(case=case(allowing("view.unmasked", tracks=("track-1",))))
    decide(request("view.unmasked"), of_tracks, NOW)
    other = Reason("the man with the red top leaves", ("track-1", "track-2"))
    assert refused(request("view.unmasked", reason=other), of_tracks) == "approval.second-person"
    assert refused(request("view.unmasked", reason=Reason(other.text)), of_tracks) == "approval.second-person"
    of_scope = facts(case=case(allowing("view.unmasked", scope=part.plain())))
    assert refused(request("view.unmasked"), of_scope) == "approval.second-person"
    assert decide(request("view.unmasked", scope=NOTHING), of_scope, NOW).scope == part
    wide = Scope(("cam-1", "cam-9"), (WINDOW,))
    too_wide = facts(case=case(allowing("view.unmasked", scope=wide.plain())))
    assert refused(request("view.unmasked", scope=NOTHING), too_wide) == "approval.second-person"
    until = (NOW + HOUR).isoformat()
    short = facts(case=case(allowing("view.unmasked", until=until)))
    assert decide(request("view.unmasked"), short, NOW).expires == NOW + HOUR
    signed = request("view.unmasked", sign_in=signed_in(at=NOW))
    assert refused(signed, short, NOW + 2 * HOUR) == "approval.second-person"


def test_a_refused_case_gives_nothing():
    asked = opening()
    found = replace(case(), approvals=(answer(asked), answer(asked, "anna", decision=Decision.REFUSE)))
    assert refused(request(), facts(case=found)) == "case.approved"


def changed_profile():
    return parse(PROFILE.text.replace("\ndays = 7\n", "\ndays = 90\n").encode(), "x")


def test_a_changed_profile_stops_open_cases_until_they_are_approved_again():
    other = changed_profile()
    assert other.modified
    assert refused(request(), facts(profile=other)) == "case.profile-unchanged"
    again = ApprovalRequest.make("case-1", Matter.PROFILE, INES, signed_in(), NOW - DAY, other.digest, {})
    waiting = replace(case(), requests=(opening(), again))
    assert refused(request(), facts(profile=other, case=waiting)) == "case.profile-unchanged"
    approved = case(again)
    assert decide(request(), facts(profile=other, case=approved), NOW).profile == other.digest
    # What was allowed under the old profile is not allowed under the new one.
    both = case(again, allowing("view.unmasked"))
    assert refused(request("view.unmasked"), facts(profile=other, case=both)) == "approval.second-person"


# --- new cases ------------------------------------------------------------


def opens(**changes):
    return request("case.open", case=None, scope=NOTHING, **changes)


def test_a_new_case_asks_for_a_current_dpia_and_a_recent_witness():
    known = facts(case=None)
    assert decide(opens(), known, NOW).scope == NOTHING
    assert refused(opens(), replace(known, dpia=None)) == "dpia.current"
    assert refused(opens(), replace(known, configuration="other")) == "dpia.current"
    old = replace(known.dpia, signed=NOW.date() - timedelta(days=1096))
    assert refused(opens(), replace(known, dpia=old)) == "dpia.current"
    assert refused(opens(), replace(known, witnessed=NOW - 8 * DAY)) == "witness.recent"
    assert refused(opens(), replace(known, witnessed=None)) == "witness.recent"
    assert decide(opens(), replace(known, witnessed=None, since=NOW - DAY), NOW)


def test_personal_and_research_ask_for_no_witness():
    assert {n for n in ("personal", "research") if shipped(n).limits.witness_days} == set()
    assert shipped("eu-private-site").limits.witness_days


def test_nobody_approves_their_own_case():
    both = replace(INES, roles=frozenset({Role.INVESTIGATOR, Role.APPROVER}))
    assert refused(request("case.approve", scope=NOTHING), facts(user=both)) == "approval.not-own"
    asked = request("case.approve", actor=AXEL.id, scope=NOTHING)
    assert decide(asked, facts(user=AXEL), NOW).rule == "fr-judicial.frame"


def test_a_requester_does_not_set_the_clock_of_their_cameras():
    asked = request("camera.clock", case=None, scope=NOTHING, about="cam-1", actor=OTTO.id)
    assert decide(asked, facts(user=OTTO, case=None), NOW)
    assert refused(asked, facts(user=OTTO, requesters=frozenset({OTTO.id}))) == "clock.not-by-requester"


# --- emergencies ------------------------------------------------------------


def emergency(at=NOW - HOUR):
    said = emergency_terms(terms(until=NOW + 30 * DAY), "a child is missing since noon", PROFILE, at, (DPIA,))
    asked = ApprovalRequest.make("case-1", Matter.OPEN, INES, signed_in(), at, PROFILE.digest, said)
    return replace(case(), requests=(asked,), approvals=())


def test_an_emergency_gives_its_capabilities_at_once_and_says_so():
    grant = decide(request("view.unmasked"), facts(case=emergency()), NOW)
    assert grant.rule == "emergency.path"
    assert refused(request("search.similar"), facts(case=emergency())) == "case.capabilities"


def test_an_emergency_lapses_unless_it_is_approved():
    known = facts(case=emergency(NOW - 49 * HOUR))
    assert refused(request(), known) == "emergency.not-lapsed"
    asked = opening(at=NOW - 3 * HOUR)
    approved = replace(known.case, requests=(*known.case.requests, asked), approvals=(answer(asked),))
    assert decide(request(), replace(known, case=approved), NOW).rule == "fr-judicial.comparison"


def test_later_terms_count_only_with_a_signature():
    wide = terms(scope=Scope(("cam-1", "cam-9"), (WINDOW,)))
    found = case()
    forged = replace(found, requests=(*found.requests, opening(wide, at=NOW - HOUR)))
    assert refused(request(scope=Scope(("cam-9",), (WINDOW,))), facts(case=forged)) == "scope.cameras"


# --- one person alone ------------------------------------------------------------

ALONE = {
    "profile": shipped("personal"),
    "organisation": "",
    "user": None,
    "case": None,
    "dpia": None,
    "witnessed": None,
}


def alone(capability, **changes):
    by = SignIn(Method.ACCOUNT, "laptop", "me", NOW)
    return request(
        capability, **{"case": None, "actor": "account-me", "sign_in": by, "reason": None, **changes}
    )


def test_personal_needs_no_ceremony():
    files = Scope(digests=(DIGEST,))
    grant = decide(alone("synopsis", scope=files), facts(**ALONE), NOW)
    assert (grant.case, grant.rule, grant.unit) == (None, "personal.own-files", "")
    assert decide(alone("audit.read", scope=NOTHING), facts(**ALONE), NOW)


def test_personal_shows_clear_pictures_of_named_files_with_a_reason():
    files = Scope(digests=(DIGEST,))
    why = Reason("who took the bicycle from my yard")
    assert decide(alone("view.unmasked", scope=files, reason=why), facts(**ALONE), NOW)
    assert refused(alone("view.unmasked", scope=files), facts(**ALONE)) == "reason.given"
    assert refused(alone("view.unmasked", scope=SCOPE, reason=why), facts(**ALONE)) == "scope.named-files"
    assert refused(alone("view.unmasked", scope=NOTHING, reason=why), facts(**ALONE)) == "scope.named-files"


@pytest.mark.parametrize(
    "capability", ["search.plate", "journey", "search.similar", "live", "export.original", "case.open"]
)
def test_personal_refuses_what_needs_a_legal_basis(capability):
    assert refused(alone(capability), facts(**ALONE)).startswith("personal.")


# --- roles ------------------------------------------------------------


def test_who_keeps_the_house_sees_no_footage():
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.DPO, Role.APPROVER, Role.SYSTEM):
        assert not ROLES[role] & set(FOOTAGE), role


def test_the_program_destroys_at_its_time_and_does_nothing_else():
    timer = SignIn(Method.TIMER, "server", "synopticon", NOW)
    asked = request("retention.run", actor="system", sign_in=timer, case=None, scope=NOTHING)
    assert decide(asked, facts(user=SYSTEM, case=None), NOW).rule == "role.system"
    assert refused(replace(asked, capability="view.masked"), facts(user=SYSTEM, case=None)) == "role.may"
    ends = replace(asked, capability="case.expire", case="case-1")
    assert decide(ends, facts(user=SYSTEM), NOW).scope == NOTHING
    by_hand = replace(asked, sign_in=signed_in())
    assert refused(by_hand, facts(user=SYSTEM, case=None)) == "user.signed-in"


def test_the_first_user_is_added_by_nobody():
    asked = request("user.add", actor="account-root", case=None, scope=NOTHING)
    assert decide(asked, facts(user=None, case=None, empty=True), NOW).rule == "house.alone"
    assert refused(asked, facts(user=None, case=None)) == "user.enrolled"
    assert refused(replace(asked, capability="user.read"), facts(user=None, empty=True)) == "user.enrolled"


def test_no_profile_refuses_what_keeps_the_house():
    for name in HOUSE:
        assert shipped("fr-town").rule_for(name).name == "fr-town.default-deny"
    admin = User(INES.id, "ada", "unit-1", frozenset({Role.ADMINISTRATOR}))
    assert (
        decide(request("user.add", case=None, scope=NOTHING), facts(user=admin), NOW).rule
        == "role.administrator"
    )


def test_template_refuses_until_filled_in():
    template = shipped("law-enforcement")
    found = case(profile=template, asked=terms(fields={}))
    assert refused(request(), facts(profile=template, case=found)) == "law-enforcement.looking"
    text = template.text.replace('source = ""', 'source = "act 12, section 3"\nchecked = 2026-11-24')
    filled = parse(text.encode(), "own.toml")
    assert filled.modified
    found = case(profile=filled, asked=terms(fields={}))
    assert decide(request(), facts(profile=filled, case=found), NOW).rule == "law-enforcement.looking"


def test_two_approvers_may_be_asked_for():
    two = parse(PROFILE.text.replace("approvals = 1", "approvals = 2").encode(), "two")
    asked = opening(profile=two)
    found = replace(case(), requests=(asked,), approvals=(answer(asked),))
    assert refused(request(), facts(profile=two, case=found)) == "case.approved"
    found = replace(found, approvals=(answer(asked), answer(asked, after=2 * HOUR)))
    assert refused(request(), facts(profile=two, case=found)) == "case.approved"  # one person, twice
    found = replace(found, approvals=(answer(asked), answer(asked, "anna")))
    assert decide(request(), facts(profile=two, case=found), NOW)
    assert set(USERS) >= {ANNA.id}
    assert set(CAPABILITIES)


def served(**changes):
    """A request of a person filmed for the scope of these tests."""
    who = Person("Zoé", "red top and grey trousers", "a passport was shown")
    return replace(open_demand(Right.ACCESS, SCOPE, who, INES.id, NOW), id="R1", **changes)


@pytest.mark.parametrize("capability", ["request", "request.search"])
def test_a_request_of_a_person_filmed_stands_where_others_need_a_case(capability):
    """In its own place and time, while it is open, and for nothing else."""
    asked = request(capability, case=None, reason=None, demand="R1")
    inside = replace(asked, scope=Scope(("cam-1",), (WINDOW,)))
    grant = decide(inside, facts(demand=served()), NOW)
    assert (grant.case, grant.scope, grant.rule) == (None, inside.scope, "fr-judicial.person-filmed")
    for wrong, known, rule in (
        (replace(inside, demand=""), served(), "request.open"),
        (inside, None, "request.open"),
        (inside, served(answered=NOW), "request.open"),
        (replace(inside, demand="R2"), served(), "request.open"),
        (replace(inside, scope=Scope(("cam-3",), (WINDOW,))), served(), "scope.cameras"),
        (
            replace(inside, scope=Scope(("cam-1",), (Window(NOW - 31 * HOUR, NOW),))),
            served(),
            "scope.windows",
        ),
        (replace(inside, scope=Scope(digests=(DIGEST[::-1],))), served(), "scope.recordings"),
    ):
        assert refused(wrong, facts(demand=known)) == rule
    clear = replace(inside, capability="view.unmasked", reason=REASON)
    assert refused(clear, facts(demand=served())) == "case.named"
