"""Plates over the web: shown in clear for a reason alone, lists of one's own case, masked before."""

from datetime import timedelta

import pytest

from synopticon.acts import cases, people
from synopticon.store.tracks import Wanted
from tests.investigation import WHY
from tests.organisation import PASSWORD, approve_case
from tests.plates import reading
from tests.site import acts

PLATES = ("AB123CD", "ZZ999ZZ", "CQ7?1KL")


@pytest.fixture(scope="module")
def case(inquiry):
    """The case, journeys allowed; of the tracks at the gate plates were read."""
    workspace = inquiry.workspace
    people.login(workspace, "ines", PASSWORD)
    asked = cases.request_allowance(workspace, inquiry.case, ("journey",), WHY)
    inquiry.clock.later(minutes=5)
    approve_case(workspace, inquiry.keys, asked, inquiry.clock())
    foot = inquiry.footage["gate"]
    with workspace.act("search.attributes", case=inquiry.case, reason=WHY) as act:
        key = workspace.vault.key_for(act.grant, foot)
        tracks = workspace.tracks.tracks(act.grant, key, Wanted(footages=(foot,)))
        run = next(s.run for s in sources(workspace, inquiry) if s.footage == foot)
    read = [reading(t, text) for t, text in zip(tracks, PLATES, strict=True)]
    with workspace.act("ingest", case=inquiry.case) as act:
        workspace.plates.replace(act.grant, foot, run, read, tracks, key)
    return {"case": inquiry.case, "reason": WHY}


def sources(workspace, inquiry):
    with workspace.act("journey", case=inquiry.case, reason=WHY) as act:
        return workspace.descriptors.sources(act.grant)


@pytest.fixture
def ines(site, case):
    """Signed in after the clock went on."""
    return site.signed_in("ines", PASSWORD)


def test_a_plate_is_masked_until_a_reason_is_given(ines, case, inquiry):
    answer = ines.post("/api/answers", json={"query": "plate:zz-999-zz", **case})
    (hit,) = answer.json()["page"]["hits"]
    assert "ZZ-9**-ZZ" in hit["reason"][0]["says"]
    assert not {"ZZ999ZZ", "ZZ-999-ZZ"} & set(answer.text.upper().replace('"', " ").split())
    refused = ines.post("/api/plates/clear", json={"tracks": [hit["track"]], "case": case["case"]})
    assert (refused.status_code, refused.json()["rule"]) == (403, "plates.reason")
    with acts(inquiry.workspace) as said:
        shown = ines.post("/api/plates/clear", json={"tracks": [hit["track"]], **case})
    assert [one["text"] for one in shown.json()] == ["ZZ999ZZ"]
    assert ("record", "search.plate") in {(kind, what) for kind, what, _ in said}


def test_a_list_is_of_the_case_and_time(ines, case, inquiry):
    until = (inquiry.clock() + timedelta(days=1)).isoformat()
    body = {"name": "stolen-2", "plates": "ZZ 999 ZZ\n", **case}
    made = ines.post("/api/plates/lists", json={**body, "until": until})
    assert (made.status_code, made.json()["plates"]) == (201, ["ZZ-9**-ZZ"])
    assert "ZZ999ZZ" not in made.text
    assert "stolen-2" in [one["name"] for one in ines.get("/api/plates/lists", params=case).json()]
    found = ines.post("/api/answers", json={"query": "plate:@stolen-2", **case}).json()
    assert found["total"] == 1
    for wrong in ("2020-01-01T00:00:00Z", "2026-12-24T12:00:00", "soon"):
        assert ines.post("/api/plates/lists", json={**body, "until": wrong}).status_code == 422
    other = {**body, "until": until, "case": None}
    assert ines.post("/api/plates/lists", json=other).json()["rule"] == "plates.list-of-a-case"
    assert ines.delete("/api/plates/lists/stolen-2", params=case).status_code == 204
    assert ines.delete("/api/plates/lists/stolen-2", params=case).status_code == 422


def test_a_plate_is_followed_masked(ines, case):
    found = ines.post("/api/plates/follow", json={"plate": "CQ*KL", **case})
    assert found.json()["of"] == "CQ**L"
    assert [stop["plate"] for stop in found.json()["stops"]] == ["CQ-7**-KL"]
    assert "CQ7" not in found.text
    assert ines.post("/api/plates/follow", json={"plate": "@stolen", **case}).status_code == 422


def test_sven_of_another_unit_sees_nothing_of_it(site, case, inquiry):
    sven = site.signed_in("sven", PASSWORD)
    for path in ("/api/plates/clear", "/api/plates/follow"):
        body = {"tracks": inquiry.tracks[:1], "plate": "AB123CD", **case}
        assert sven.post(path, json=body).status_code in (403, 404)
    assert sven.get("/api/plates/lists", params=case).status_code in (403, 404)
