"""Masked footage is played by the session that opened the look, as long as its case lets it look."""

import pytest

from synopticon.acts import cases, people
from synopticon.governance.grant import Scope, Window
from synopticon.governance.users import Role
from tests.investigation import WHY
from tests.organisation import PASSWORD, approve_case
from tests.people import DAY, FIELDS, HOUR, NOW, terms
from tests.site import acts

PIECE = "/api/viewings/{}/parts/{}/pieces/{}"


@pytest.fixture
def wish(inquiry):
    times = {"start": "2026-11-24T11:59:50Z", "end": "2026-11-24T12:01Z"}
    return {"cameras": [inquiry.camera], **times, "case": inquiry.case, "reason": WHY}


@pytest.fixture
def viewing(ines, wish):
    answer = ines.post("/api/viewings", json=wish)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_look_plays_in_pieces_by_range(ines, viewing, inquiry):
    (part,) = viewing["parts"]
    assert (part["start"], part["first"]) == ("2026-11-24T12:00:00+00:00", 0)
    with acts(inquiry.workspace) as said:
        whole = ines.get(PIECE.format(viewing["id"], 0, 1))
        some = ines.get(PIECE.format(viewing["id"], 0, 1), headers={"Range": "bytes=4-7"})
    assert said == []  # it is the look that was logged
    assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
    assert float(whole.headers["x-synopticon-first"]) == pytest.approx(2.0, abs=0.1)
    assert (some.status_code, some.content) == (206, b"ftyp")
    assert whole.headers["cache-control"] == "no-store"


def test_what_is_not_in_the_look_is_not_there(ines, viewing):
    for part, piece in ((1, 0), (0, 999)):
        assert ines.get(PIECE.format(viewing["id"], part, piece)).status_code == 404
    for part, piece in ((-1, 0), (0, -1), ("x", 0), (0, 10**12)):
        assert ines.get(PIECE.format(viewing["id"], part, piece)).status_code == 422


def test_a_look_belongs_to_the_session_that_opened_it(site, browsers, viewing):
    address, none = PIECE.format(viewing["id"], 0, 0), PIECE.format("made-up", 0, 0)
    for other in (site.signed_in("ines", PASSWORD), browsers["sven"], browsers[Role.OPERATOR]):
        theirs, nothing = other.get(address), other.get(none)
        assert theirs.status_code == nothing.status_code == 404
        assert theirs.json() == nothing.json()


def test_what_makes_no_sense_is_told(ines, wish, inquiry):
    for change in ({"cameras": []}, {"end": wish["start"]}, {"tracks": ["t"]}, {"cameras": ["c"] * 5}):
        assert ines.post("/api/viewings", json={**wish, **change}).status_code == 422
    outside = {"tracks": ["../../etc"], "case": inquiry.case, "reason": WHY}
    assert ines.post("/api/viewings", json=outside).json()["rule"] == "scope.covers-the-track"


def test_a_look_ends_with_its_case_and_with_its_session(site, inquiry, wish):
    people.login(inquiry.workspace, "ines", PASSWORD)
    scope = Scope((inquiry.camera,), (Window(NOW - HOUR, NOW + HOUR),))
    until = inquiry.workspace.clock() + 30 * DAY
    asked = cases.open_case(inquiry.workspace, terms(until=until, fields=FIELDS, scope=scope))
    inquiry.clock.later(minutes=5)
    case = approve_case(inquiry.workspace, inquiry.keys, asked, inquiry.clock())
    browser = site.signed_in("ines", PASSWORD)
    opened = browser.post("/api/viewings", json={**wish, "case": case})
    assert opened.status_code == 201, opened.text
    address = PIECE.format(opened.json()["id"], 0, 0)
    ours = browser.post("/api/viewings", json=wish).json()
    assert browser.get(PIECE.format(ours["id"], 0, 0)).status_code == 200
    cases.close_case(inquiry.workspace, case, "the man was found", {"report": FIELDS["declaration_digest"]})
    refused = browser.get(address)
    assert refused.json()["rule"] == "case.not-closed"
    assert browser.get(PIECE.format(ours["id"], 0, 0)).status_code == 200
    assert browser.delete("/api/session").status_code == 204
    assert browser.get(PIECE.format(ours["id"], 0, 0)).status_code == 401
