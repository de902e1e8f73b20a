"""The basket over HTTP: what was accepted, its pictures, clear ones under their own permission only."""

import pytest

from synopticon.acts.basket import MOST
from synopticon.governance.users import Role
from tests.investigation import WHY
from tests.site import acts

NOBODY = "0f2613b2d4e1-14336-0"  # no such track


@pytest.fixture(scope="module")
def kept(browsers, inquiry):
    """Two tracks accepted, one of them in a group, and one rejected."""
    ines, where = browsers[Role.INVESTIGATOR], {"case": inquiry.case, "reason": WHY}
    first, second, third = inquiry.tracks[:3]
    for tracks, more in (
        ([first, second], {"verdict": "accepted"}),
        ([first], {"tags": ["with the bag"]}),
        ([third], {"verdict": "rejected"}),
    ):
        assert ines.post("/api/marks", json={"tracks": tracks, **more, **where}).status_code == 200
    yield [first, second]
    everything = {"tracks": inquiry.tracks[:3], "verdict": "new", "untag": ["with the bag"]}
    assert ines.post("/api/marks", json={**everything, **where}).status_code == 200


def where(inquiry, **more):
    return {"case": inquiry.case, "reason": WHY, **more}


def test_what_was_accepted_is_in_it_and_nothing_else(ines, inquiry, kept):
    said = ines.get("/api/basket", params=where(inquiry)).json()
    assert {one["track"]: one["tags"] for one in said} == {kept[0]: ["with the bag"], kept[1]: []}
    assert all(one["camera"] and one["start"] and one["seconds"] > 0 for one in said)


def test_pictures_are_masked_and_one_act(ines, inquiry, kept):
    with acts(inquiry.workspace) as found:
        said = ines.get("/api/basket/shots", params=where(inquiry, track=kept)).json()
    assert {one["track"] for one in said} == set(kept)
    assert all(one["picture"].startswith("data:image/jpeg;base64,/9j/") and one["quality"] for one in said)
    assert [(kind, what) for kind, what, _ in found] == [
        ("record", "view.masked"),
        ("outcome", "view.masked"),
    ]


def test_a_clear_picture_is_another_one_and_the_log_names_whose(ines, inquiry, kept):
    masked = ines.get("/api/basket/shots", params=where(inquiry, track=kept[:1])).json()
    with acts(inquiry.workspace) as found:
        clear = ines.post("/api/basket/clear", json=where(inquiry, tracks=kept[:1])).json()
    assert clear[0]["picture"] != masked[0]["picture"]
    assert ("record", "view.unmasked") in {(kind, what) for kind, what, _ in found}
    entry = list(inquiry.workspace.log.entries(0, inquiry.workspace.log.storage.size()))[-2]
    assert entry.payload["subjects"] == kept[:1]
    assert WHY in entry.payload["reason"][0]


@pytest.mark.parametrize(
    ("more", "rule"),
    [({"reason": " "}, "masking.reason"), ({"tracks": "others"}, "approval.second-person")],
)
def test_clear_pictures_need_a_reason_and_an_allowance_for_these_tracks(ines, inquiry, kept, more, rule):
    asked = where(inquiry, tracks=kept[1:] if "tracks" in more else kept[:1])
    answer = ines.post("/api/basket/clear", json={**asked, **({} if "tracks" in more else more)})
    assert (answer.status_code, answer.json()["rule"]) == (403, rule)


def test_a_track_that_is_not_there_is_told_as_one_of_others(ines, inquiry):
    answer = ines.get("/api/basket/shots", params=where(inquiry, track=[NOBODY]))
    assert answer.status_code == 422
    assert "no track in this scope" in answer.json()["detail"]
    many = ines.get("/api/basket/shots", params=where(inquiry, track=[NOBODY] * (MOST + 1)))
    assert many.status_code == 422


def test_what_would_leave_is_told_with_the_rules_in_its_way(ines, inquiry, kept):
    asked = where(inquiry, choice={"tracks": kept})
    with acts(inquiry.workspace) as found:
        said = ines.post("/api/exports/preview", json=asked).json()
    assert said["tracks"] == sorted(kept)
    assert said["seconds"] == pytest.approx(sum(s["end"] - s["begin"] for s in said["stretches"]), abs=0.01)
    assert said["original_bytes"] > 0
    assert said["refused"]["export.original"]["rule"] == "case.capabilities"
    assert {what for _, what, _ in found} == {"view.masked"}  # nothing has left, and nothing was asked to


def test_a_choice_that_is_none_is_pointed_out_before(ines, inquiry):
    for choice in ({}, {"tracks": [NOBODY]}, {"tracks": [NOBODY], "where": "person"}, {"since": "noon"}):
        answer = ines.post("/api/exports/preview", json=where(inquiry, choice=choice))
        assert answer.status_code in (403, 422), choice


def test_the_report_is_seen_before_as_a_draft(ines, inquiry, kept):
    asked = where(inquiry, choice={"tracks": kept}, recipient="Ms Roux", language="fr")
    answer = ines.post("/api/exports/report", json=asked)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert "attachment" in answer.headers["content-disposition"]
    assert ines.post("/api/exports/report", json={**asked, "recipient": " "}).status_code == 422
