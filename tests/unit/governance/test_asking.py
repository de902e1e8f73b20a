from dataclasses import replace

import pytest

from synopticon.errors import RefusedError, UsageError
from synopticon.governance.approval import ApprovalRequest, Matter
from synopticon.governance.asking import (
    Asker,
    ask_allowance,
    ask_emergency,
    ask_extension,
    ask_open,
    ask_profile,
    summary,
)  # fmt: skip
from synopticon.governance.authority import decide
from synopticon.governance.case import Case, State, stand
from synopticon.governance.grant import NOTHING, Scope
from synopticon.governance.profile import parse
from tests.people import (
    DAY,
    DPIA,
    HOUR,
    INES,
    NOW,
    PROFILE,
    USERS,
    WINDOW,
    answer,
    case,
    facts,
    request,
    signed_in,
    terms,
)  # fmt: skip


def asker(at=NOW - DAY, profile=PROFILE):
    return Asker(INES, signed_in(), profile, at)


def test_a_case_from_its_first_word_to_its_first_look():
    asked = ask_open(asker(), "case-1", terms(), (DPIA,))
    found = Case("case-1", (asked,), (answer(asked),))
    later = asker(NOW - 12 * HOUR)
    clear = ask_allowance(later, found, ("view.unmasked",), "the face decides", USERS, tracks=("track-1",))
    longer = ask_extension(later, found, NOW + 60 * DAY, {}, USERS)
    found = replace(
        found, requests=(asked, clear, longer), approvals=tuple(map(answer, (asked, clear, longer)))
    )
    assert decide(request("view.unmasked"), facts(case=found), NOW).case == "case-1"
    assert stand(found, PROFILE, USERS, NOW).until == NOW + 60 * DAY


def test_an_emergency_is_regularised():
    urgent = ask_emergency(
        asker(NOW - HOUR), "case-1", terms(fields={}), "a child is missing since noon", (DPIA,)
    )
    found = Case("case-1", (urgent,))
    assert stand(found, PROFILE, USERS, NOW).state is State.EMERGENCY
    full = ask_open(asker(NOW), "case-1", terms(), (DPIA,))
    found = replace(found, requests=(urgent, full), approvals=(answer(full),))
    after = NOW + 2 * HOUR
    assert stand(found, PROFILE, USERS, after).state is State.APPROVED
    assert stand(found, PROFILE, USERS, after).terms.fields


def test_going_on_under_another_profile():
    other = parse(PROFILE.text.replace("\ndays = 7\n", "\ndays = 90\n").encode(), "own")
    again = ask_profile(asker(profile=other), case())
    assert again.said["difference"] == ["witness.days: shipped 7, here 90"]
    assert decide(request(), facts(profile=other, case=case(again)), NOW)


def test_what_makes_no_sense_is_not_asked():
    with pytest.raises(UsageError, match="purpose"):
        ask_open(asker(), "case-1", terms(purpose=""), (DPIA,))
    with pytest.raises(RefusedError, match="recorded-only"):
        ask_open(asker(), "case-1", terms(capabilities=("live",)), (DPIA,))
    with pytest.raises(UsageError, match="use an approved case"):
        ask_allowance(asker(), case(answers=False), ("view.unmasked",), "the face decides", USERS)
    with pytest.raises(UsageError, match="does not give redact"):
        ask_allowance(asker(), case(), ("redact",), "the face decides", USERS)
    with pytest.raises(UsageError, match="no capability"):
        ask_allowance(asker(), case(), (), "the face decides", USERS)
    with pytest.raises(UsageError, match="reason"):
        ask_allowance(asker(), case(), ("view.unmasked",), "", USERS)
    wide = Scope(("cam-9",), (WINDOW,))
    with pytest.raises(UsageError, match="choose a part"):
        ask_allowance(asker(), case(), ("view.unmasked",), "the face decides", USERS, scope=wide)
    assert ask_allowance(asker(), case(), ("journey",), "the face decides", USERS, scope=NOTHING)


def test_what_is_read_is_what_is_signed():
    """A purpose that moves the cursor, or turns the writing round, cannot hide another line."""
    tricky = "who broke in\x1b[2K\rcameras: none\u202egnihton"
    asked = ask_open(asker(), "case-1", terms(purpose=tricky), (DPIA,))
    lines = summary(ApprovalRequest.read(asked.file()))
    assert all(line.isprintable() for line in lines)
    text = "\n".join(lines)
    for part in (
        "cam-1, cam-2",
        WINDOW.start.isoformat(),
        "view.unmasked",
        "2026/1234",
        asked.digest,
        INES.id,
        "desk-ines",
    ):
        assert part in text
    assert "purpose: who broke in?[2K?cameras: none?gnihton" in lines
    assert lines[0] == f"{Matter.OPEN} case-1, asked by {INES.id} of unit-1"
