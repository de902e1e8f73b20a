from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from synopticon.errors import RefusedError, StoreError, UsageError
from synopticon.governance.approval import ApprovalRequest, Matter
from synopticon.governance.authority import decide
from synopticon.governance.case import Case, Closing, State, stand
from synopticon.governance.emergency import Notice
from synopticon.governance.grant import NOTHING, Scope
from synopticon.governance.profile import parse, shipped
from synopticon.governance.records import Cases, Frame, People
from synopticon.governance.users import SYSTEM, Authorisation, Role, Unit, alone, retire
from synopticon.store.cases import CaseStore
from synopticon.store.database import migrate, open_database, writing
from synopticon.store.moments import micros, moment_of
from synopticon.store.people import PeopleStore
from tests.people import (
    ANNA,
    AXEL,
    CONFIGURATION,
    DAY,
    DIGEST,
    DPIA,
    HOUR,
    INES,
    NOW,
    OTTO,
    PROFILE,
    SCOPE,
    WINDOW,
    allowing,
    answer,
    case,
    opening,
    request,
    signed_in,
    terms,
)  # fmt: skip


@pytest.fixture
def engine(database_url):
    made = open_database(database_url)
    migrate(made)
    yield made
    made.dispose()


@pytest.fixture
def people(engine) -> PeopleStore:
    store = PeopleStore(engine)
    store.add_unit(Unit("unit-1", "North"))
    store.add_unit(Unit("unit-2", "South"))
    for user in (INES, AXEL, ANNA, OTTO):
        store.add_user(user, "hash")
    return store


@pytest.fixture
def cases(engine, people) -> CaseStore:
    store = CaseStore(engine)
    store.use_profile(PROFILE, NOW - DAY)
    store.register_dpia(DPIA, NOW)
    return store


def keep(store: CaseStore, found: Case) -> None:
    for one in found.requests:
        store.add_request(one)
    for one in found.approvals:
        store.add_approval(one)


def known(store, asked):
    return store.facts(
        asked,
        since=NOW - 50 * DAY,
        organisation="Police",
        configuration=CONFIGURATION,
        witnessed=NOW,
        latest=NOW,
    )


def test_the_stores_are_what_governance_asks_for(people, cases):
    first: People = people
    second: Cases = cases
    third: Frame = cases
    assert first
    assert second
    assert third


def test_people_come_back_as_they_were(people):
    assert people.user(INES.id) == INES
    assert people.user_named("axel") == AXEL
    assert people.users() == (ANNA, AXEL, INES, OTTO)
    assert people.users("unit-2") == ()
    assert people.user("user-none") is None
    assert [u.name for u in people.units()] == ["North", "South"]
    own = Authorisation("H-9", "x", date(2026, 1, 2), date(2026, 3, 4), "plates")
    people.save_user(replace(OTTO, authorisation=own, unit="unit-2"))
    assert people.user(OTTO.id) == replace(OTTO, authorisation=own, unit="unit-2")
    people.save_user(replace(OTTO, authorisation=None))
    assert people.user(OTTO.id).authorisation is None


def test_names_are_taken_once(people):
    with pytest.raises(UsageError, match="choose another name"):
        people.add_user(replace(INES, id="user-other"), "hash")
    with pytest.raises(UsageError, match="choose another name"):
        people.add_unit(Unit("unit-3", "North"))
    with pytest.raises(UsageError, match="a unit that exists"):
        people.add_user(replace(INES, id="user-x", name="x", unit="unit-9"), "hash")
    with pytest.raises(UsageError, match="choose one of them"):
        people.add_user(replace(INES, id="u", name="u", roles=frozenset({Role.DPO, Role.OPERATOR})), "hash")


def test_keys_end_but_stay(people):
    gone = retire(INES, NOW)
    people.save_user(gone)
    assert people.user(INES.id) == gone
    people.save_user(INES)  # an older value does not bring a key back
    assert people.user(INES.id).key_at(NOW) is None


def test_a_session_stands_for_who_signed_in(people, engine):
    sign_in = signed_in(at=NOW)
    token = people.open_session(INES.id, sign_in, NOW + HOUR)
    assert people.session(token, NOW) == (INES, sign_in)
    assert people.session(token, NOW + HOUR) is None
    assert people.session("guess", NOW) is None
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT token FROM session")).scalar_one()
    assert stored != token
    people.close_session(token)
    assert people.session(token, NOW) is None


def test_sessions_end_with_the_password_and_with_the_user(people):
    token = people.open_session(INES.id, signed_in(at=NOW), NOW + HOUR)
    people.set_password(INES.id, "other")
    assert people.password(INES.id) == "other"
    assert people.session(token, NOW) is None
    token = people.open_session(INES.id, signed_in(at=NOW), NOW + HOUR)
    people.save_user(retire(INES, NOW))
    assert people.session(token, NOW) is None


def test_a_case_comes_back_as_it_was(cases):
    found = case(allowing("view.unmasked"))
    keep(cases, found)
    assert cases.case("case-1") == found
    assert cases.cases("unit-1") == (found,)
    assert cases.cases("unit-2") == ()
    assert cases.case("case-2") is None
    assert cases.signers(found) == {INES.id: INES, AXEL.id: AXEL}
    closing = Closing(INES.id, NOW, "the man was found", {"report": DIGEST})
    cases.close("case-1", closing)
    assert cases.case("case-1").closing == closing
    with pytest.raises(UsageError, match="closed already"):
        cases.close("case-1", closing)


def test_the_same_request_or_approval_is_kept_once(cases):
    found = case()
    keep(cases, found)
    with pytest.raises(UsageError, match="here already"):
        cases.add_request(found.requests[0])
    with pytest.raises(UsageError, match="here already"):
        cases.add_approval(found.approvals[0])
    with pytest.raises(UsageError, match="its request is not"):
        cases.add_approval(answer(opening(case="case-9")))
    assert cases.case("case-1") == found


def test_a_decision_from_the_database(cases):
    keep(cases, case())
    grant = decide(request(), known(cases, request()), NOW)
    assert grant.scope == SCOPE
    with pytest.raises(RefusedError) as found:
        decide(request(case="case-2"), known(cases, request(case="case-2")), NOW)
    assert found.value.rule == "case.of-unit"
    assert decide(
        request("case.open", case=None, scope=NOTHING), known(cases, request("case.open", case=None)), NOW
    )


def test_whoever_edits_a_row_loses_the_approval(cases, engine):
    """The insider widens the scope of an approved case in the database itself."""
    keep(cases, case())
    wide = terms(scope=Scope(("cam-1", "cam-2", "cam-9"), (WINDOW,)))
    with writing(engine) as connection:
        connection.execute(text("UPDATE case_request SET file = :file"), {"file": opening(wide).file()})
    with pytest.raises(RefusedError) as found:
        decide(request(), known(cases, request()), NOW)
    assert found.value.rule == "case.approved"


def test_a_garbled_row_is_one_clear_line(cases, engine):
    keep(cases, case())
    with writing(engine) as connection:
        connection.execute(text("UPDATE case_approval SET file = :file"), {"file": b"x"})
    with pytest.raises(StoreError, match="case-1 is damaged"):
        cases.case("case-1")


def test_the_profile_in_force_is_the_last(cases, engine):
    assert cases.profile() == PROFILE
    other = parse((PROFILE.text + "# ours\n").encode(), "own")
    cases.use_profile(other, NOW)
    assert cases.profile() == other
    assert cases.profile().modified
    keep(cases, case())
    with pytest.raises(RefusedError) as found:
        decide(request(), known(cases, request()), NOW)
    assert found.value.rule == "case.profile-unchanged"
    with writing(engine) as connection:
        connection.execute(text("UPDATE profile SET text = :text"), {"text": shipped("personal").text})
    with pytest.raises(StoreError, match="changed in the database"):
        cases.profile()


def test_without_a_profile_nothing_is_decided(engine):
    with pytest.raises(StoreError, match="no profile is in force"):
        known(CaseStore(engine), request())
    assert CaseStore(engine).profile() is None


def test_a_workspace_of_one_person(engine):
    store = CaseStore(engine)
    store.use_profile(shipped("personal"), NOW)
    found = store.facts(request(actor=alone("me").id), since=NOW)
    assert found.user is None
    assert not found.empty


def test_the_system_and_the_first_user(engine, people):
    store = CaseStore(engine)
    store.use_profile(PROFILE, NOW)
    assert store.facts(request("retention.run", actor="system"), since=NOW).user is SYSTEM
    assert not store.facts(request(), since=NOW).empty
    with writing(engine) as connection:
        for table in ("person_key", "person"):
            connection.execute(text(f"DELETE FROM {table}"))
    assert store.facts(request(), since=NOW).empty


def test_requesters_of_a_camera(cases):
    keep(cases, case())
    assert cases.requesters("cam-1") == {INES.id}
    assert cases.requesters("cam-9") == frozenset()
    clock = request("camera.clock", actor=OTTO.id, about="cam-1", case=None, scope=NOTHING)
    assert known(cases, clock).requesters == {INES.id}
    cases.close("case-1", Closing(INES.id, NOW, "the man was found", {}))
    assert cases.requesters("cam-1") == frozenset()


def test_impact_assessments(cases):
    assert cases.dpias() == (DPIA,)
    with pytest.raises(UsageError, match="here already"):
        cases.register_dpia(DPIA, NOW)
    later = replace(DPIA, configuration="f" * 64)
    cases.register_dpia(later, NOW + DAY)
    assert cases.dpias() == (DPIA, later)
    assert known(cases, request("case.open")).dpia == later


def test_notices_are_read_by_whom_they_are_for(cases):
    one = Notice("notice-1", AXEL.id, "case-1", NOW, "EMERGENCY")
    cases.add_notices([one])
    assert cases.notices(AXEL.id) == (one,)
    assert cases.notices(INES.id) == ()
    with pytest.raises(UsageError, match="no notice of yours"):
        cases.read_notice("notice-1", INES.id, NOW)
    cases.read_notice("notice-1", AXEL.id, NOW)
    assert cases.notices(AXEL.id) == ()


def test_requests_made_at_once_are_all_kept_in_one_order(cases):
    keep(cases, case())
    more = [
        ApprovalRequest.make("case-1", Matter.ALLOW, INES, signed_in(), NOW, PROFILE.digest, {"n": n})
        for n in range(8)
    ]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(cases.add_request, more))
    assert len(cases.case("case-1").requests) == 9
    assert stand(case(), PROFILE, cases.signers(case()), NOW).state is State.APPROVED


def test_times_are_kept_to_the_microsecond():
    time = NOW + timedelta(microseconds=123456)
    assert moment_of(micros(time)) == time
