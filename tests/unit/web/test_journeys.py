"""Similar and journeys over the web: asked for one by one, decided by people, within one's own case."""

import pytest

from synopticon.acts import cases, people
from tests.investigation import WHY
from tests.organisation import PASSWORD, approve_case
from tests.site import acts


@pytest.fixture(scope="module")
def case(inquiry):
    """The case, with a second person's word for both."""
    people.login(inquiry.workspace, "ines", PASSWORD)
    asked = cases.request_allowance(inquiry.workspace, inquiry.case, ("search.similar", "journey"), WHY)
    inquiry.clock.later(minutes=5)
    approve_case(inquiry.workspace, inquiry.keys, asked, inquiry.clock())
    return {"case": inquiry.case, "reason": WHY}


@pytest.fixture
def ines(site, case):
    """Signed in after the clock went on."""
    return site.signed_in("ines", PASSWORD)


def test_what_looks_alike_is_ranked_and_named_in_the_log(ines, case, inquiry):
    track = inquiry.tracks[0]
    with acts(inquiry.workspace) as said:
        found = ines.post(f"/api/tracks/{track}/similar", json=case).json()
    assert ("record", "search.similar") in {(kind, what) for kind, what, _ in said}
    assert found["of"]["track"] == track
    scores = [one["score"] for one in found["candidates"]]
    assert scores == sorted(scores, reverse=True)
    assert "not people" in found["notes"][0]


def test_a_journey_grows_by_decisions_of_people(ines, case):
    found = ines.post("/api/answers", json={"query": "camera:gate", **case}).json()["page"]["hits"]
    track = found[0]["track"]
    near = ines.post(f"/api/tracks/{track}/follow", json=case).json()
    assert near["candidates"]
    assert {one["seen"]["camera"] for one in near["candidates"]} == {"hall"}
    first, second = (one["seen"]["track"] for one in near["candidates"][:2])
    for other, verdict in ((first, "confirmed"), (second, "rejected")):
        made = ines.post(f"/api/tracks/{track}/links", json={"other": other, "verdict": verdict, **case})
        assert made.status_code == 201
    way = ines.get(f"/api/tracks/{track}/journey", params=case).json()
    assert [stop["seen"]["track"] for stop in way["stops"]] == [track, first]
    again = ines.post(f"/api/tracks/{track}/follow", json=case).json()
    assert not {first, second} & {one["seen"]["track"] for one in again["candidates"]}
    pictures = ines.get("/api/pictures", params={"track": [track, first, "none"], **case}).json()
    assert set(pictures) == {track, first}


def test_nothing_is_told_of_tracks_out_of_reach(ines, case, site, inquiry):
    track, sven = inquiry.tracks[0], site.signed_in("sven", PASSWORD)
    for way in ("similar", "follow"):
        theirs, none = (sven.post(f"/api/tracks/{t}/{way}", json=case) for t in (track, "none"))
        assert (theirs.status_code, theirs.json()) == (none.status_code, none.json())
        assert theirs.status_code in (403, 404)
    asked = ines.post("/api/tracks/made-up/follow", json=case)
    assert (asked.status_code, asked.json()["rule"]) == (403, "scope.covers-the-track")
    itself = ines.post(f"/api/tracks/{track}/links", json={"other": track, "verdict": "confirmed", **case})
    assert itself.status_code == 422
