"""A question over HTTP: its pages, its pictures, what is decided about its hits; and how errors look."""

import base64
from datetime import UTC, datetime, timedelta

from synopticon.acts.search import Wishes, search
from synopticon.web.held import EACH, HITS, LASTS, Asked, answers
from synopticon.web.problems import MissingError
from tests.investigation import WHY
from tests.site import acts


def ask(browser, inquiry, **more):
    return browser.post("/api/answers", json={"query": "object", "case": inquiry.case, "reason": WHY, **more})


def test_the_pages_of_an_answer_are_all_its_hits_in_order(ines, inquiry):
    said = ask(ines, inquiry).json()
    assert said["total"] == said["kept"] == len(inquiry.tracks) == 6
    assert [hit["track"] for hit in said["page"]["hits"]] == inquiry.tracks
    turned, cursor = [], 0
    while cursor is not None:
        page = ines.get(f"/api/answers/{said['id']}/hits", params={"cursor": cursor, "count": 4}).json()
        turned += page["hits"]
        cursor = page["next"]
    assert turned == said["page"]["hits"]
    assert all(hit["reason"] and hit["start"].endswith("+00:00") for hit in turned)


def test_what_must_be_said_with_an_answer_is_said(ines, inquiry):
    said = ask(ines, inquiry).json()
    assert said["coverage"]["share"] > 0
    assert said["says"][0].startswith("coverage ")
    assert said["says"][-1] == "footage like yours: not measured"
    assert said["gap_count"] == len(said["gaps"])


def test_a_page_of_pictures_is_one_act(ines, inquiry):
    said = ask(ines, inquiry).json()
    with acts(inquiry.workspace) as found:
        pictures = ines.get(f"/api/answers/{said['id']}/pictures", params={"count": 3}).json()
    assert set(pictures) == set(inquiry.tracks[:3])
    assert [(kind, what) for kind, what, _ in found] == [
        ("record", "view.masked"),
        ("outcome", "view.masked"),
    ]
    head, _, data = pictures[inquiry.tracks[0]].partition(",")
    assert head == "data:image/jpeg;base64"
    assert base64.b64decode(data)[:3] == b"\xff\xd8\xff"


def test_one_picture_is_a_file_of_which_parts_may_be_had(ines, inquiry):
    where = {"params": {"case": inquiry.case, "reason": WHY}}
    path = f"/api/tracks/{inquiry.tracks[0]}/picture"
    whole = ines.get(path, **where)
    part = ines.get(path, **where, headers={"Range": "bytes=3-9"})
    assert (whole.status_code, whole.headers["content-type"]) == (200, "image/jpeg")
    assert (part.status_code, part.content) == (206, whole.content[3:10])
    assert whole.headers["cache-control"] == "no-store"
    assert ines.get("/api/tracks/none/picture", **where).status_code == 404


def test_what_cannot_be_read_is_pointed_at(ines, inquiry):
    said = ask(ines, inquiry, query="object uper:red")
    assert said.status_code == 422
    assert said.json()["column"] == 8
    assert said.json()["suggestion"] == "upper"


def test_what_must_not_be_asked_is_refused_by_its_rule(ines, inquiry):
    said = ask(ines, inquiry, query="sex:male")
    assert (said.status_code, said.json()["rule"]) == (403, "search.no-sensitive-traits")
    assert said.headers["content-type"] == "application/problem+json"


def test_plain_words_are_read(ines, inquiry):
    assert (
        "going:right"
        in ask(ines, inquiry, query="something that goes to the right", plain=True).json()["query"]
    )


def test_a_field_that_is_wrong_is_named(ines, inquiry):
    said = ask(ines, inquiry, limit=10**9).json()
    assert said["places"][0]["at"] == "body.limit"


def test_marks_are_kept_and_listed(ines, inquiry):
    track = inquiry.tracks[2]
    body = {"tracks": [track], "verdict": "accepted", "note": "<script>alert(1)</script>", "tags": ["car"]}
    made = ines.post("/api/marks", json={**body, "case": inquiry.case, "reason": WHY}).json()
    assert made[0]["note"] == "<script>alert(1)</script>"  # text, as it was typed: JSON, never a page
    listed = ines.get("/api/marks", params={"case": inquiry.case, "reason": WHY})
    assert listed.headers["content-type"] == "application/json"
    assert made[0] in listed.json()


def test_recordings_come_with_coverage_and_cameras(ines, inquiry):
    said = ines.get("/api/recordings", params={"case": inquiry.case, "reason": WHY}).json()
    assert {r["footage"] for r in said["recordings"]} == set(inquiry.footage.values())
    one = ines.get("/api/recordings", params={"camera": "gate", "case": inquiry.case, "reason": WHY}).json()
    assert {r["camera"] for r in one["recordings"]} == {inquiry.camera}
    assert 0 < one["coverage"]["seen"] <= one["coverage"]["recorded"]


def test_answers_are_bounded(inquiry):
    now, held = datetime(2026, 11, 28, tzinfo=UTC), answers()
    answer = search(inquiry.workspace, "object", case=inquiry.case, reason=WHY)
    kept = [held.keep("me", Asked(answer, None, ""), now) for _ in range(EACH + 2)]

    def there(id_, owner="me", at=now):
        try:
            return bool(held.find(id_, owner, at))
        except MissingError:
            return False

    assert [there(id_) for id_ in kept] == [False] * 2 + [True] * EACH
    assert not there(kept[-1], "you")
    assert not there(kept[-1], at=now + LASTS + timedelta(seconds=1))
    held.drop("me")
    assert not there(kept[-1])
    assert HITS <= 10**6


def test_pictures_are_those_that_a_search_writes(ines, inquiry, tmp_path):
    """Byte for byte the masked ones: there is no other way to a picture."""
    wishes = Wishes(thumbnails=tmp_path / "pictures")
    search(inquiry.workspace, "object", case=inquiry.case, reason=WHY, wishes=wishes)
    track = inquiry.tracks[0]
    where = {"params": {"case": inquiry.case, "reason": WHY}}
    written = (tmp_path / "pictures" / f"{track}.jpg").read_bytes()
    assert ines.get(f"/api/tracks/{track}/picture", **where).content == written
