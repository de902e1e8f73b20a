from dataclasses import replace
from datetime import date

import pytest

from synopticon.errors import RefusedError, UsageError
from synopticon.governance.approval import ApprovalRequest, Matter
from synopticon.governance.case import (
    Case,
    Closing,
    State,
    Terms,
    check_closing,
    check_dpia,
    check_extension,
    check_fields,
    check_terms,
    configuration,
    new_id,
    stand,
)  # fmt: skip
from synopticon.governance.emergency import emergency_terms, notices, unapproved
from synopticon.governance.grant import Scope
from synopticon.governance.profile import Stage, names, parse, shipped
from synopticon.governance.users import Role
from tests.people import (
    ANNA,
    AXEL,
    DAY,
    DIGEST,
    DPIA,
    FIELDS,
    HOUR,
    INES,
    NOW,
    OTTO,
    PROFILE,
    USERS,
    WINDOW,
    answer,
    case,
    opening,
    person,
    signed_in,
    terms,
)  # fmt: skip


def check(now=NOW, profile=PROFILE, **changes):
    return check_terms(terms(**changes), profile, now, (DPIA,))


def with_field(name, value):
    return {"fields": {**FIELDS, name: value}}


def without(name):
    return {"fields": {k: v for k, v in FIELDS.items() if k != name}}


def test_good_terms_pass_and_are_read_back():
    asked = check()
    assert Terms.of_plain(asked.plain()) == asked


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"purpose": ""}, "purpose says too little"),
        ({"purpose": "....... 123456789 ......"}, "purpose says too little"),
        ({"purpose": "aaaaaaaaaaaaaaaaaa"}, "purpose says too little"),
        ({"purpose": "x y" * 3000}, "purpose"),
        ({"basis": " "}, "legal basis"),
        ({"authorised_by": ""}, "who authorised"),
        ({"scope": Scope()}, "names no camera"),
        ({"scope": Scope(("cam-1",))}, "no hours"),
        ({"scope": Scope(windows=(WINDOW,))}, "names no camera"),
        ({"scope": Scope(digests=("my file",))}, "SHA-256"),
        ({"capabilities": ()}, "no capability"),
        ({"capabilities": ("serch",)}, "no capability"),
        ({"capabilities": ("case.open",)}, "nothing that a case gives"),
        ({"until": NOW - DAY}, "in the past"),
        (without("procedure"), "procedure is missing"),
        (without("dpia"), "dpia is missing"),
        (without("authorisation_date"), "authorisation_date is missing"),
        (with_field("procedure", "none"), "at least one digit"),
        (with_field("authorisation_date", "yesterday"), "expected a date"),
        (with_field("authorisation_date", "2026-12-24"), "in the future"),
        (with_field("declaration_digest", "we declared it"), "SHA-256"),
        (with_field("declaration_digest", "0" * 64), "SHA-256"),
        (with_field("declaration_digest", DIGEST.upper()), "SHA-256"),
        (with_field("dpia", "the head signed it"), "SHA-256"),
        (with_field("dpia", DIGEST[::-1]), "record it first"),
        (with_field("flagrance", "perhaps"), "choose one of"),
        (with_field("magistrate", "X"), "magistrate says too little"),
        (with_field("colour", "red"), "asks for no 'colour'"),
    ],
)
def test_terms_that_make_no_sense(changes, said):
    with pytest.raises(UsageError, match=said) as found:
        check(**changes)
    assert "\n" not in str(found.value)


def test_terms_that_the_profile_refuses():
    with pytest.raises(RefusedError) as found:
        check(capabilities=("live",))
    assert found.value.rule == "fr-judicial.recorded-only"
    with pytest.raises(RefusedError) as found:
        check(until=NOW + 1096 * DAY)
    assert found.value.rule == "fr-judicial.case-days"


def test_in_flagrance_the_authorisation_is_deemed_given():
    fields = {**without("authorisation_date")["fields"], "flagrance": "yes"}
    assert check(fields=fields)


@pytest.mark.parametrize("field", ["declaration_digest", "dpia"])
@pytest.mark.parametrize(
    "text", ["yes", "see file", "sha256:" + DIGEST, DIGEST + " ", DIGEST[:63], "g" * 64, "ab" * 32]
)
def test_no_free_text_passes_for_a_digest(field, text):
    with pytest.raises(UsageError):
        check_fields(
            {**FIELDS, field: text if text.strip() != DIGEST else text + "x"},
            PROFILE,
            Stage.OPEN,
            NOW,
            (DPIA,),
        )


def test_a_dpia_names_who_answers_for_it():
    assert check_dpia(DPIA, NOW) is DPIA
    for change in (
        {"digest": "x"},
        {"signatory": ""},
        {"opinion": "fine"},
        {"dpo": ""},
        {"signed": date(2027, 1, 1)},
    ):
        with pytest.raises(UsageError):
            check_dpia(replace(DPIA, **change), NOW)


def test_a_configuration_changes_with_what_it_describes():
    yard, gate = (
        {"id": "cam-1", "purpose": "theft", "days": 30},
        {"id": "cam-2", "purpose": "theft", "days": 30},
    )
    made = configuration(PROFILE, "Police", [yard, gate])
    assert made == configuration(PROFILE, "Police", [gate, yard])
    others = (
        configuration(PROFILE, "Police", [yard]),
        configuration(PROFILE, "Police", [yard, {**gate, "days": 31}]),
        configuration(PROFILE, "Police", [yard, {**gate, "purpose": "staff"}]),
        configuration(PROFILE, "Town", [yard, gate]),
        configuration(shipped("fr-town"), "Police", [yard, gate]),
    )
    assert len({made, *others}) == 6


# --- states ------------------------------------------------------------------------------------------------


def state(found, now=NOW, profile=PROFILE):
    return stand(found, profile, USERS, now).state


def test_a_case_goes_through_its_life():
    asked = opening()
    found = Case("case-1", (asked,))
    assert state(found) is State.OPEN
    found = replace(found, approvals=(answer(asked),))
    assert state(found) is State.APPROVED
    assert state(found, NOW + 31 * DAY) is State.EXPIRED
    longer = extension(NOW + 60 * DAY)
    found = replace(found, requests=(asked, longer))
    assert state(found, NOW + 31 * DAY) is State.EXPIRED
    found = replace(found, approvals=(answer(asked), answer(longer)))
    assert state(found, NOW + 31 * DAY) is State.APPROVED
    closing = check_closing(
        Closing(INES.id, NOW, "the man was found", {"report": DIGEST}), found, PROFILE, NOW
    )
    found = replace(found, closing=closing)
    assert state(found) is State.CLOSED
    with pytest.raises(UsageError, match="closed already"):
        check_closing(closing, found, PROFILE, NOW)


def extension(until, at=NOW - DAY, fields=None):
    said = {"until": until.isoformat(), "fields": fields or {}}
    return ApprovalRequest.make("case-1", Matter.EXTEND, INES, signed_in(), at, PROFILE.digest, said)


def test_closing_asks_for_the_report():
    for fields in ({}, {"report": "it is done"}):
        with pytest.raises(UsageError, match="report"):
            check_closing(Closing(INES.id, NOW, "the man was found", fields), case(), PROFILE, NOW)
    with pytest.raises(UsageError, match="outcome"):
        check_closing(Closing(INES.id, NOW, "ok", {"report": DIGEST}), case(), PROFILE, NOW)


RENEWAL = {"organised_crime": "yes", "renewal_magistrate": "J. Martin, judge", "renewal_date": "2026-11-20"}


def test_past_three_years_a_magistrate_renews_for_two():
    found, end = case(), NOW - 2 * DAY + 1095 * DAY

    def extend(until, fields, now=NOW):
        check_extension(found, until, fields, PROFILE, USERS, now)

    extend(end, {})
    with pytest.raises(UsageError, match="organised_crime"):
        extend(end + DAY, {})
    with pytest.raises(UsageError, match="must be 'yes'"):
        extend(end + DAY, {**RENEWAL, "organised_crime": "no"})
    extend(end + 729 * DAY, RENEWAL)
    with pytest.raises(RefusedError, match="case-days"):
        extend(end + 731 * DAY, RENEWAL)
    with pytest.raises(UsageError, match="choose a later end"):
        extend(NOW + DAY, {})
    with pytest.raises(RefusedError, match="case-days"):
        check_extension(
            Case("case-1", (opening(profile=shipped("fr-town")),)),
            NOW + 100 * DAY,
            {},
            shipped("fr-town"),
            USERS,
            NOW,
        )


def test_a_renewal_without_its_fields_does_not_count_even_if_it_is_signed():
    end = NOW - 2 * DAY + 1095 * DAY
    for fields, wanted in (({}, State.EXPIRED), (RENEWAL, State.APPROVED)):
        longer = extension(end + 9 * DAY, fields=fields)
        assert state(case(longer, asked=terms(until=end)), end + DAY) is wanted


def test_a_case_ends_when_the_profile_says_whatever_was_signed():
    assert state(case(asked=terms(until=NOW + 9999 * DAY)), NOW + 1095 * DAY) is State.EXPIRED


def test_a_row_changed_in_the_database_undoes_the_approval():
    found = case()
    wide = opening(terms(scope=Scope(("cam-1", "cam-9"), (WINDOW,))))
    forged = replace(found, requests=(wide,))
    standing = stand(forged, PROFILE, USERS, NOW)
    assert standing.state is State.OPEN
    assert "is not there, or was changed" in standing.notes[0]


def test_notes_say_what_is_not_independent_and_what_does_not_count():
    asked = opening()
    quick = replace(answer(asked, host="desk-ines"), received=None)
    own = answer(asked, "ines")
    notes = stand(Case("case-1", (asked,), (quick, own)), PROFILE, USERS, NOW).notes
    assert "not independent: approved on the requester's host desk-ines" in notes[0]
    assert "does not count" in notes[1]
    assert "nobody approves their own request" in notes[1]


def test_a_profile_may_refuse_what_is_not_independent():
    strict = parse(PROFILE.text.replace("approvals = 1", "approvals = 1\nindependent = true").encode(), "own")
    asked = opening(profile=strict)
    found = Case("case-1", (asked,), (answer(asked, host="desk-ines"),))
    assert state(found, profile=strict) is State.OPEN
    found = replace(found, approvals=(answer(asked),))
    assert state(found, profile=strict) is State.APPROVED


def test_a_profile_that_asks_less_does_not_undo_what_was_asked():
    asked = opening()
    less = parse(PROFILE.text.replace("approvals = 1", "approvals = 0").encode(), "own")
    again = ApprovalRequest.make("case-1", Matter.PROFILE, INES, signed_in(), NOW, less.digest, {})
    assert state(Case("case-1", (asked, again)), profile=less) is State.OPEN


def test_without_a_second_person_a_case_is_open_at_once():
    own = shipped("insurer")
    asked = opening(profile=own)
    assert state(Case("case-1", (asked,)), profile=own) is State.APPROVED


# --- emergencies -------------------------------------------------------------------------------------------

DPO = replace(person("otto", Role.DPO), id="user-dpo")


def urgent(at=NOW, profile=PROFILE, **changes):
    said = emergency_terms(terms(**changes), "a child is missing since noon", profile, at, (DPIA,))
    asked = ApprovalRequest.make("case-1", Matter.OPEN, INES, signed_in(), at, profile.digest, said)
    return Case("case-1", (asked,))


def test_an_emergency_is_short_and_cut_down():
    found = urgent(fields={})
    standing = stand(found, PROFILE, USERS, NOW)
    assert standing.state is State.EMERGENCY
    assert standing.until == NOW + 48 * HOUR
    assert set(standing.terms.capabilities) <= set(PROFILE.limits.emergency)
    assert unapproved(standing, found)
    assert state(found, NOW + 48 * HOUR) is State.LAPSED


def test_an_emergency_is_told_to_approvers_and_dpo():
    people = [
        INES,
        AXEL,
        ANNA,
        OTTO,
        DPO,
        replace(AXEL, id="user-gone", active=False),
        replace(AXEL, id="u", unit="u2"),
    ]
    found = notices(urgent(), people, (f"notice-{n}" for n in range(9)))
    assert [n.user for n in found] == [AXEL.id, ANNA.id, DPO.id]
    assert all("EMERGENCY" in n.text and "a child is missing" in n.text and "lapses" in n.text for n in found)
    assert notices(case(), people, ()) == ()


def test_no_emergency_without_reason_path_or_capability():
    with pytest.raises(UsageError, match="reason of the emergency"):
        emergency_terms(terms(), "quick", PROFILE, NOW, (DPIA,))
    with pytest.raises(RefusedError, match="no emergency path"):
        emergency_terms(terms(), "a child is missing", shipped("insurer"), NOW, (DPIA,))
    with pytest.raises(RefusedError, match="choose from"):
        emergency_terms(terms(capabilities=("search.similar",)), "a child is missing", PROFILE, NOW, (DPIA,))


def test_ids_are_made_without_asking_anyone():
    made = {new_id("case") for _ in range(1000)}
    assert len(made) == 1000
    assert all(one.startswith("case-") and len(one) == 21 for one in made)
    assert names()
