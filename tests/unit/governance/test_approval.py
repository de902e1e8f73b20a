from dataclasses import replace
from datetime import timedelta

import pytest

from synopticon.errors import RefusedError, UsageError
from synopticon.governance.approval import (
    Approval,
    ApprovalRequest,
    Decision,
    approve,
    check_approval,
    check_request,
    independent,
)
from synopticon.governance.asking import summary
from synopticon.governance.case import Case, State, stand
from synopticon.governance.profile import shipped
from synopticon.governance.users import retire
from tests.people import (
    ANNA,
    AXEL,
    DAY,
    HOUR,
    INES,
    KEYS,
    NOW,
    OTTO,
    answer,
    opening,
    person,
    signed_in,
    terms,
)  # fmt: skip

REQUEST = opening()


def check(approval, *, asked=REQUEST, approver=AXEL, requester=INES, now=NOW):
    check_approval(approval, asked, approver, requester, now)


def rule(approval, **more) -> str:
    with pytest.raises(RefusedError) as found:
        check(approval, **more)
    return found.value.rule


def test_an_approval_travels_as_two_files():
    """The approver's machine sees the request file only; the answer comes back as a file."""
    there = ApprovalRequest.read(REQUEST.file())
    assert there == REQUEST
    assert there.digest == REQUEST.digest
    signed = approve(there, KEYS["axel"], AXEL.id, signed_in("desk-axel", "axel"), NOW - DAY)
    back = Approval.read(signed.file(), NOW)
    assert replace(back, received=None) == signed
    check(back)


@pytest.mark.parametrize(
    "change",
    [
        {"scope": replace(terms().scope, cameras=("cam-1", "cam-2", "cam-9"))},
        {"until": NOW + 300 * DAY},
        {"capabilities": ("view.unmasked",)},
        {"purpose": "to see who visits my neighbour"},
    ],
)
def test_nothing_of_a_request_can_be_changed_afterwards(change):
    assert rule(answer(REQUEST), asked=opening(terms(**change))) == "approval.of-this-request"


@pytest.mark.parametrize(
    "change", [{"comment": "fine"}, {"host": "desk-9"}, {"at": NOW - DAY}, {"account": "x"}]
)
def test_nothing_of_an_approval_can_be_changed_afterwards(change):
    assert rule(replace(answer(REQUEST), **change)) == "approval.signature"


def test_a_refusal_cannot_become_an_approval():
    no = answer(REQUEST, decision=Decision.REFUSE)
    check(no)
    assert rule(replace(no, decision=Decision.APPROVE)) == "approval.signature"


def test_who_may_not_approve():
    assert rule(answer(REQUEST, "ines")) == "approval.second-person"
    assert rule(answer(REQUEST), approver=None) == "approval.enrolled"
    assert rule(answer(REQUEST, "otto"), approver=OTTO) == "approval.role"
    elsewhere = replace(AXEL, unit="unit-2")
    assert rule(answer(REQUEST), approver=elsewhere) == "approval.role"


def test_a_second_person_is_a_second_key():
    stolen = approve(REQUEST, KEYS["ines"], AXEL.id, signed_in("desk-axel", "axel"), NOW - DAY)
    assert rule(stolen) == "approval.enrolled-key"
    same = replace(AXEL, keys=INES.keys)
    assert rule(stolen, approver=same) == "approval.second-key"


def test_a_key_counts_while_it_is_enrolled():
    assert rule(answer(REQUEST), approver=person_since(NOW)) == "approval.enrolled-key"
    gone = retire(AXEL, NOW - DAY)
    check(answer(REQUEST), approver=gone)  # signed and received before
    late = replace(answer(REQUEST), received=NOW)
    assert rule(late, approver=gone) == "approval.enrolled-key"


def person_since(when):
    return person("axel", *AXEL.roles, since=when)


def test_times_that_cannot_be():
    assert rule(answer(REQUEST, after=-HOUR)) == "approval.time"
    assert rule(answer(REQUEST), now=REQUEST.at) == "approval.time"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"host": "DESK-INES"}, "host"),
        ({"account": "ines"}, "account"),
        ({"after": timedelta(seconds=59)}, "within 60 s"),
    ],
)
def test_what_is_not_independent_is_said(changes, word):
    approval = answer(REQUEST, **changes)
    check(approval)
    judged, why = independent(approval, REQUEST)
    assert not judged
    assert why.startswith("not independent")
    assert word in why


def test_a_date_in_the_signature_does_not_hide_a_quick_answer():
    late = replace(answer(REQUEST), received=REQUEST.at + timedelta(seconds=5))
    assert not independent(late, REQUEST)[0]


def test_independent():
    assert independent(answer(REQUEST), REQUEST) == (True, "independent")
    assert ANNA.id != AXEL.id


@pytest.mark.parametrize("data", [b"", b"x", b"{}", b'{"type":"synopticon approval 1"}', b"[]"])
def test_bad_files_are_told_in_one_line(data):
    for kind in (Approval, ApprovalRequest):
        with pytest.raises(UsageError) as found:
            kind.read(data)
        assert "\n" not in str(found.value)


def test_files_of_the_other_kind():
    with pytest.raises(UsageError, match="not an approval"):
        Approval.read(REQUEST.file())
    with pytest.raises(UsageError, match="not a request"):
        ApprovalRequest.read(answer(REQUEST).file())


def test_every_byte_of_an_approval_file_counts():
    data = answer(REQUEST).file()
    for place in range(len(data)):
        wrong = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises((RefusedError, UsageError)):
            check(Approval.read(wrong))


def signed(**changes):
    return opening(**changes).signed(KEYS["ines"])


def test_a_request_is_signed_by_its_requester():
    asked = signed()
    assert ApprovalRequest.read(asked.file()) == asked
    assert check_request(asked, INES) == "signed by the requester"
    assert check_request(opening(), INES) == "not signed by the requester"
    assert check_request(opening(), None) == "not signed by the requester"
    assert asked.digest != opening().digest
    check_approval(answer(asked), asked, AXEL, INES, NOW)


def test_every_byte_of_a_signed_request_counts():
    asked = signed()
    data = asked.file()
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises((UsageError, RefusedError)):
            check_request(ApprovalRequest.read(bytes(changed)), INES)


def test_what_a_requester_did_not_sign_is_refused():
    asked = signed()
    for other, who, rule in (
        (replace(asked, account="else"), INES, "request.signature"),
        (replace(asked, key=KEYS["axel"].public.text()), INES, "request.signature"),
        (opening().signed(KEYS["axel"]), INES, "request.enrolled-key"),
        (asked, None, "request.enrolled"),
        (asked, AXEL, "request.enrolled"),
    ):
        with pytest.raises(RefusedError) as refused:
            check_request(other, who)
        assert refused.value.rule == rule
        with pytest.raises(RefusedError):
            check_approval(answer(other), other, AXEL, who, NOW)


def test_the_approver_reads_whose_key_signed_it():
    asked = signed()
    assert f"signed by the requester with key {KEYS['ines'].public.fingerprint}" in summary(asked)
    assert "not signed by the requester" in summary(opening())
    with pytest.raises(UsageError, match="does not verify"):
        summary(replace(asked, account="else"))


def test_a_case_whose_signed_terms_were_changed_stands_no_more():
    """Under a profile that asks for no approval, too: there the requester's signature is the only one."""
    profile, users = shipped("insurer"), {INES.id: INES}
    asked = opening(profile=profile).signed(KEYS["ines"])
    assert stand(Case("case-1", (asked,)), profile, users, NOW).state is State.APPROVED
    wider = replace(asked, terms=asked.terms.replace(b"cam-2", b"cam-9"))
    assert wider.terms != asked.terms
    found = stand(Case("case-1", (wider,)), profile, users, NOW)
    assert found.state is State.OPEN
    assert "not what its requester signed" in found.why
    assert "does not count" in found.notes[0]
    bare = replace(wider, key="", signature=b"")
    assert stand(Case("case-1", (bare,)), profile, users, NOW).notes == ("open: not signed by the requester",)
