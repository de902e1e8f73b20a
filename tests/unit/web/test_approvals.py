"""Cases over the web: what the profile asks, an emergency and its approval, the answer of an approver."""

from datetime import timedelta

import pytest

from synopticon.acts import people
from tests.organisation import PASSWORD, on_another_machine
from tests.people import FIELDS, HOUR, NOW
from tests.site import Site
from tests.unit.acts.test_cases import clock, keys, workspace

__all__ = ["clock", "keys", "workspace"]  # fixtures


@pytest.fixture
def own(workspace, keys):
    return Site(workspace)


def wish(own, **more):
    scope = {
        "cameras": ["camera-1"],
        "windows": [{"start": NOW.isoformat(), "end": (NOW + HOUR).isoformat()}],
    }
    return {
        "purpose": "where the missing child went", "basis": "code of criminal procedure, art. 74-1",
        "authorised_by": "J. Martin, prosecutor", "capabilities": ["view.masked", "synopsis"],
        "scope": scope, "until": (own.workspace.clock() + timedelta(days=9)).isoformat(), **more,
    }  # fmt: skip


def signed(own, keys, browser, asked, **more):
    """What Axel signs of a request that was saved: the answer of the server to the file."""
    file = browser.get(f"/api/cases/{asked['case']}/requests/{asked['digest']}").content
    axel = people.find_user(own.workspace, "axel").id
    at = own.workspace.clock() + timedelta(minutes=2)
    made = on_another_machine(file, keys["axel"], axel, at, **more)
    return browser.post(f"/api/cases/{asked['case']}/answers", json={"file": made.decode()})


def test_an_emergency_is_short_and_loud_and_approved_later(own, keys):
    ines = own.signed_in("ines", PASSWORD)
    rules = ines.get("/api/rules").json()
    assert rules["emergency_hours"] > 0
    life = "a child of six is missing since noon"
    asked = ines.post("/api/emergencies", json=wish(own, reason=life)).json()
    case = ines.get(f"/api/cases/{asked['case']}").json()
    assert (case["state"], case["emergency"]["reason"]) == ("emergency", life)
    assert set(case["capabilities"]) <= set(rules["emergency"])
    for name in ("axel", "dora"):
        (notice,) = own.signed_in(name, PASSWORD).get("/api/notices").json()
        assert life in notice["text"]
    ends = case["emergency"]["lapses"]
    assert case["until"] == ends
    full = wish(own, fields=dict(FIELDS))
    later = ines.post(f"/api/cases/{case['id']}/regularisation", json=full).json()
    said = signed(own, keys, ines, later).json()
    assert (said["state"], said["until"] > ends) == ("approved", True)


def test_an_emergency_that_nobody_approves_lapses(own):
    ines = own.signed_in("ines", PASSWORD)
    asked = ines.post("/api/emergencies", json=wish(own, reason="a child of six is missing")).json()
    hours = ines.get("/api/rules").json()["emergency_hours"]
    own.workspace.clock.later(hours=hours)
    case = own.signed_in("ines", PASSWORD).get(f"/api/cases/{asked['case']}").json()
    assert (case["state"], case["works"]) == ("lapsed", False)


def test_what_no_emergency_gives_is_refused_and_the_reason_must_say_something(own):
    ines = own.signed_in("ines", PASSWORD)
    beyond = wish(own, reason="a child of six is missing", capabilities=["export.original"])
    assert ines.post("/api/emergencies", json=beyond).json()["rule"] == "fr-judicial.emergency"
    assert ines.post("/api/emergencies", json=wish(own, reason="..")).status_code == 422


def test_the_profile_says_what_a_case_must_state(own):
    rules = own.signed_in("ines", PASSWORD).get("/api/rules").json()
    assert {one["name"] for one in rules["open"]} == set(FIELDS)
    assert [one["current"] for one in rules["assessments"]] == [True]
    assert rules["close"]


def test_the_answer_is_that_of_the_case_or_it_is_refused(own, keys):
    ines = own.signed_in("ines", PASSWORD)
    asked = ines.post("/api/emergencies", json=wish(own, reason="a child of six is missing")).json()
    other = ines.post("/api/emergencies", json=wish(own, reason="a man of eighty is missing")).json()
    file = ines.get(f"/api/cases/{asked['case']}/requests/{asked['digest']}").content
    axel = people.find_user(own.workspace, "axel").id
    made = on_another_machine(file, keys["axel"], axel, own.workspace.clock() + timedelta(minutes=2)).decode()
    place = f"/api/cases/{other['case']}/answers"
    assert "of another case" in ines.post(place, json={"file": made}).json()["detail"]
    forged = made.replace(axel, people.find_user(own.workspace, "ines").id)
    place = f"/api/cases/{asked['case']}/answers"
    assert ines.post(place, json={"file": forged}).status_code in (403, 422)
    assert ines.get(f"/api/cases/{asked['case']}").json()["state"] == "emergency"
