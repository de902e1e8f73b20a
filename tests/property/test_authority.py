"""What holds for every decision, over random requests, cases, users and profiles."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from synopticon.errors import RefusedError
from synopticon.governance.approval import ApprovalRequest, Decision, Matter
from synopticon.governance.authority import Reason, decide, explain
from synopticon.governance.capability import CAPABILITIES, FOOTAGE, HOUSE
from synopticon.governance.case import Closing, stand
from synopticon.governance.emergency import emergency_terms
from synopticon.governance.grant import NOTHING, Scope, Window
from synopticon.governance.profile import Need, names, parse, shipped
from synopticon.governance.users import SYSTEM, Method, Role
from tests.people import (
    DAY,
    DIGEST,
    DPIA,
    HOUR,
    INES,
    NOW,
    PROFILE,
    USERS,
    allowing,
    answer,
    case,
    facts,
    opening,
    request,
    signed_in,
    terms,
)  # fmt: skip

HOURS = st.integers(-48, 24).map(lambda h: NOW + h * HOUR)
CAMERAS = st.sampled_from(["cam-1", "cam-2", "cam-3"])
DIGESTS = st.sampled_from([DIGEST, "f" * 64])
NAMES = st.sampled_from(sorted(CAPABILITIES))
PROFILES = [shipped(name) for name in names()]
MODIFIED = parse(PROFILE.text.replace("\ndays = 7\n", "\ndays = 90\n").encode(), "own")


@st.composite
def windows(draw):
    start = draw(HOURS)
    return Window(start, start + draw(st.integers(1, 60)) * HOUR)


@st.composite
def scopes(draw):
    lists = st.lists(CAMERAS, max_size=3), st.lists(windows(), max_size=3), st.lists(DIGESTS, max_size=2)
    return draw(st.one_of(st.just(NOTHING), st.builds(Scope, *(part.map(tuple) for part in lists))))


def mostly(good, other):
    """Usually what lets an act pass, now and then something else."""
    return st.integers(0, 9).flatmap(lambda n: other if n == 7 else st.just(good))


WIDE = Scope(("cam-1", "cam-2"), (Window(NOW - 48 * HOUR, NOW),), (DIGEST,))


def inside(scope):
    """Mostly a part of a scope."""
    some = st.sampled_from([(), scope.cameras[:1], scope.cameras])
    hours = st.integers(0, 47).map(
        lambda h: (Window(NOW - 48 * HOUR + h * HOUR, NOW - 47 * HOUR + h * HOUR),)
    )
    return st.one_of(st.just(NOTHING), st.builds(Scope, some, hours), scopes())


@st.composite
def cases(draw, profile):
    """Approved, waiting, refused, emergency, closed, extended or forged cases, with allowances or none."""
    few = st.lists(st.sampled_from(sorted(FOOTAGE)), min_size=1, max_size=12, unique=True).map(tuple)
    given = draw(mostly(tuple(FOOTAGE), few))
    scope, until = draw(mostly(WIDE, scopes())), draw(mostly(NOW + 9 * DAY, HOURS))
    asked = terms(scope=scope, capabilities=given, until=until)
    at = NOW - draw(st.integers(1, 60)) * HOUR
    first = opening(asked, at=at, profile=profile)
    if draw(st.integers(0, 4)) == 0 and profile is PROFILE and scope is WIDE and until > at:
        urgent = replace(asked, capabilities=("synopsis", "view.unmasked", *given[:3]))
        with suppress(RefusedError):
            said = emergency_terms(urgent, "a life is at risk", profile, at, (DPIA,))
            first = ApprovalRequest.make("case-1", Matter.OPEN, INES, signed_in(), at, profile.digest, said)
    signs = mostly(True, st.just(False))
    later = [allowing(draw(NAMES), at=at, profile=profile, tracks=draw(st.sampled_from([(), ("track-1",)])))]
    part = draw(mostly(NOTHING, inside(WIDE)))
    later.append(allowing(*given, at=at, profile=profile, **({"scope": part.plain()} if part else {})))
    extended = {"until": (draw(HOURS) + 48 * HOUR).isoformat(), "fields": {}}
    later.append(
        ApprovalRequest.make("case-1", Matter.EXTEND, INES, signed_in(), at, profile.digest, extended)
    )
    requests = (first, *(r for r in later if draw(signs)))
    who = mostly("axel", st.sampled_from(["anna", "ines", "otto"]))
    how = mostly(Decision.APPROVE, st.just(Decision.REFUSE))
    answers = tuple(answer(r, draw(who), decision=draw(how), after=HOUR / 2) for r in requests if draw(signs))
    closing = draw(mostly(None, st.just(Closing(INES.id, NOW - HOUR, "done with it all", {}))))
    if draw(mostly(False, st.just(True))):
        requests = tuple(replace(r, unit="unit-2") for r in requests)
    return replace(case(), requests=requests, approvals=answers, closing=closing)


@st.composite
def users(draw):
    user = draw(mostly(INES, st.sampled_from([None, SYSTEM, *USERS.values()])))
    if user is None or user is SYSTEM:
        return user
    other = st.sampled_from(["unit-2", ""])
    roles = mostly(user.roles, st.sets(st.sampled_from(Role), min_size=1).map(frozenset))
    return replace(
        user,
        active=draw(mostly(True, st.just(False))),
        unit=draw(mostly(user.unit, other)),
        roles=draw(roles),
    )


@st.composite
def situations(draw):
    profile = draw(mostly(PROFILE, st.sampled_from(PROFILES)))
    user = draw(users())
    known = facts(
        profile=draw(mostly(profile, st.just(MODIFIED))),
        organisation=draw(st.sampled_from(["", "Police of Lyon"])),
        user=user,
        case=draw(mostly(draw(cases(profile)), st.none())),
        witnessed=draw(mostly(NOW - DAY, st.sampled_from([None, NOW - 400 * DAY]))),
        dpia=draw(mostly(DPIA, st.none())),
        empty=draw(st.booleans()) and user is None,
    )
    usual = st.sampled_from(["synopsis", "view.masked", "view.unmasked", "search.similar"])
    reason = Reason("why he left by the door", ("track-1",))
    asked = request(
        draw(st.one_of(usual, usual, NAMES, st.just("face.match"))),
        actor=draw(mostly(user.id if user else "account-me", st.just("user-other"))),
        sign_in=signed_in(
            method=draw(mostly(Method.KEY, st.sampled_from(Method))), at=NOW - draw(st.integers(0, 13)) * HOUR
        ),
        case=draw(mostly("case-1", st.sampled_from([None, "case-2"]))),
        scope=draw(inside(WIDE)),
        reason=draw(mostly(reason, st.sampled_from([None, Reason("x")]))),
    )
    return asked, known


def decided(asked, known, now=NOW):
    try:
        return decide(asked, known, now)
    except RefusedError as refusal:
        return refusal


def test_a_grant_never_leaves_what_it_rests_on():
    """And ``explain`` says the same; the situations reach both ends: many are granted, many refused."""
    outcomes = []

    @settings(max_examples=1200, deadline=None, database=None)
    @given(situations(), st.integers(0, 100))
    def judge(situation, hours):
        asked, known = situation
        now = NOW + timedelta(hours=hours)
        asked = replace(asked, sign_in=replace(asked.sign_in, at=asked.sign_in.at + timedelta(hours=hours)))
        outcome = decided(asked, known, now)
        agrees(outcome, asked, known, now)
        if not isinstance(outcome, RefusedError):
            stays(outcome, asked, known, now)
        outcomes.append(outcome)

    judge()
    granted = [o for o in outcomes if not isinstance(o, RefusedError)]
    looking = [o for o in granted if o.case and o.capability in FOOTAGE]
    assert len(looking) > 30
    assert {"fr-judicial.comparison", "fr-judicial.clear-pictures"} <= {o.rule for o in looking}
    assert len({o.rule for o in outcomes if isinstance(o, RefusedError)}) > 12


def agrees(outcome, asked, known, now):
    failed = [check for check in explain(asked, known, now) if not check.holds]
    if isinstance(outcome, RefusedError):
        assert f"(rule {outcome.rule})" in str(outcome)
        assert failed[0].rule == outcome.rule
        assert all(check.rule and check.says and check.remedy for check in failed)
    else:
        assert not failed


def stays(outcome, asked, known, now):
    profile, user, found = known.profile, known.user, known.case
    assert outcome.capability == asked.capability
    assert outcome.actor == asked.actor
    assert outcome.profile == profile.digest
    assert outcome.expires <= now + timedelta(hours=profile.limits.grant_hours)
    assert asked.capability in HOUSE or profile.allows(asked.capability)
    assert profile.organisation or not known.organisation
    if profile.users and not known.empty:
        assert user.active
        assert user.may(asked.capability)
    if asked.capability not in FOOTAGE:
        return
    if outcome.case is None:
        assert Need.CASE not in profile.rule_for(asked.capability).needs
        assert outcome.scope == asked.scope
        return
    assert found.closing is None
    assert user is not SYSTEM
    assert found.unit == (user.unit if user else "") == outcome.unit
    standing = stand(found, profile, known.users, now)
    assert standing.works
    assert standing.terms.scope.holds(outcome.scope)
    assert outcome.expires <= standing.until
    assert asked.scope == NOTHING or outcome.scope == asked.scope
    assert asked.capability in standing.terms.capabilities


@settings(max_examples=200, deadline=None)
@given(NAMES, scopes(), st.sampled_from(PROFILES))
def test_nothing_is_allowed_by_default(capability, scope, profile):
    """No user, no case, no sign-in of one's own: only one's own machine under a profile without users."""
    known = facts(profile=profile, organisation="a body", user=None, case=None, dpia=None, witnessed=None)
    asked = request(capability, actor="somebody", scope=scope, case=None, reason=None)
    outcome = decided(asked, known)
    assert isinstance(outcome, RefusedError) or profile.name == "research"
    if not isinstance(outcome, RefusedError):
        assert capability not in FOOTAGE


@settings(max_examples=200, deadline=None)
@given(situations())
def test_a_case_under_another_profile_gives_no_footage(situation):
    asked, known = situation
    if known.case is None:
        return
    other = parse((known.profile.text + "# changed\n").encode(), "own")
    outcome = decided(asked, replace(known, profile=other))
    if not isinstance(outcome, RefusedError) and asked.capability in FOOTAGE:
        assert outcome.case is None
        assert Need.CASE not in other.rule_for(asked.capability).needs
