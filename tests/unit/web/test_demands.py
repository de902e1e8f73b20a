"""A person filmed asks, over HTTP: taken in, looked for, decided, extended; and who may do what of it."""

import pytest

from synopticon.governance.users import Role
from synopticon.web.guard import POLICY
from tests.site import acts

WHO = {
    "name": "Zoé Marchand",
    "description": "red top, came in with a dog",
    "identity": "a passport was seen",
}
WINDOW = {"start": "2026-11-24T11:00Z", "end": "2026-11-24T13:00Z", "cameras": ["gate"]}
REASON = "the red top, the dog and the time agree"
NONE = "R20261128-000000"


def opened(browser, **more):
    answer = browser.post("/api/requests", json={"right": "access", **WINDOW, **WHO, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def asked(browsers):
    return opened(browsers[Role.INVESTIGATOR])


@pytest.fixture(scope="module")
def granted(browsers, asked):
    ines, path = browsers[Role.INVESTIGATOR], f"/api/requests/{asked['id']}"
    found = ines.post(f"{path}/candidates", json={"query": "object"}).json()
    track = found["candidates"][0]["track"]
    answer = ines.post(f"{path}/decision", json={"tracks": [track], "reason": REASON})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_it_is_taken_in_with_its_deadline_and_the_grounds_of_the_law(asked):
    assert (asked["stage"], asked["right"], asked["cameras"]) == ("open", "access", ["gate"])
    assert 28 <= asked["days_left"] <= 31
    assert asked["due"] == asked["first_due"]
    assert {"not-identified"} <= {one["name"] for one in asked["grounds"]}
    assert all(one["en"] and one["fr"] and one["source"] for one in asked["grounds"])


def test_the_list_opens_no_name(ines, asked):
    said = ines.get("/api/requests")
    assert asked["id"] in {one["id"] for one in said.json()}
    assert WHO["name"] not in said.text
    full = ines.get(f"/api/requests/{asked['id']}").json()
    assert {name: full[name] for name in WHO} == WHO


def test_a_number_of_a_document_and_a_face_have_no_place(ines):
    answer = ines.post(
        "/api/requests", json={"right": "access", **WINDOW, **WHO, "identity": "passport 12AB34567"}
    )
    assert answer.status_code == 422
    assert "number" in answer.json()["detail"]
    assert not {"photo", "face", "picture"} & set(ines.get("/api/requests").json()[0])


def test_candidates_are_masked_and_of_its_place_and_time(ines, inquiry, asked):
    with acts(inquiry.workspace) as found:
        said = ines.post(f"/api/requests/{asked['id']}/candidates", json={"query": "object"}).json()
    assert said["total"] == 3
    assert {one["camera"] for one in said["candidates"]} == {inquiry.camera}
    assert all(one["picture"].startswith("data:image/jpeg;base64,/9j/") for one in said["candidates"])
    assert {what for _, what, _ in found} == {"request.search"}


def test_it_is_granted_once_and_the_looks_are_listed(ines, asked, granted):
    assert granted["stage"] == "granted"
    again = ines.post(f"/api/requests/{asked['id']}/decision", json={"ground": "not-identified"})
    assert (again.status_code, again.json()["rule"]) == (403, "request.decided-once")
    said = ines.get(f"/api/requests/{asked['id']}/looks").json()
    assert {"search.attributes"} <= {look["capability"] for look in said["looks"]}
    assert {look["who"] for look in said["looks"]} == {None}  # the law names no staff
    assert said["erased"] == 0


def test_tracks_of_another_place_are_refused(ines, inquiry):
    other = next(track for track in inquiry.tracks if track not in gate(ines, inquiry))
    answer = ines.post(f"/api/requests/{opened(ines)['id']}/decision", json={"tracks": [other]})
    assert (answer.status_code, answer.json()["rule"]) == (403, "request.its-own-tracks")


def gate(ines, inquiry):
    found = ines.post(f"/api/requests/{opened(ines)['id']}/candidates", json={}).json()
    return {one["track"] for one in found["candidates"]}


def test_more_time_is_taken_once_and_its_notice_printed(ines):
    path = f"/api/requests/{opened(ines)['id']}"
    assert ines.get(f"{path}/notice").status_code == 422
    made = ines.post(f"{path}/extension", json={"reason": "many hours of many cameras"}).json()
    assert made["due"] > made["first_due"]
    assert made["extended"]
    notice = ines.get(f"{path}/notice", params={"language": "en", "contact": "<b>privacy@example.org</b>"})
    assert "many hours of many cameras" in notice.text
    assert "<b>" not in notice.text
    assert notice.headers["content-security-policy"].endswith("sandbox")
    again = ines.post(f"{path}/extension", json={"reason": "still many hours"})
    assert (again.status_code, again.json()["rule"]) == (403, "request.extended-in-time")


def test_one_that_is_not_there_is_not_there(ines):
    for method, part, body in (
        ("GET", "", None), ("GET", "/looks", None), ("GET", "/notice", None),
        ("POST", "/candidates", {}), ("POST", "/decision", {"ground": "others"}),
        ("POST", "/extension", {"reason": "many hours"}),
    ):  # fmt: skip
        for ref in (NONE, "..%2f..%2fetc", "a'b"):
            answer = ines.request(method, f"/api/requests/{ref}{part}", json=body)
            assert answer.status_code == 404, (ref, part)


def test_the_dpo_reads_and_decides_and_looks_at_nobody(browsers, asked):
    dora = browsers[Role.DPO]
    assert dora.get("/api/requests").status_code == 200
    refused = dora.post(f"/api/requests/{asked['id']}/candidates", json={})
    assert (refused.status_code, refused.json()["rule"]) == (403, "role.may")


def test_the_form_holds_nothing_that_runs(ines):
    form = ines.get("/api/requests/form", params={"language": "fr", "contact": "<script>alert(1)</script>"})
    assert (form.status_code, form.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<script" not in form.text
    said = form.headers["content-security-policy"]
    assert said.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in said
    assert said.endswith("frame-ancestors 'none'; sandbox")


def test_verify_html_is_the_page_of_the_packages_under_a_policy_of_its_own(ines):
    from hashlib import sha256

    page = ines.get("/api/verify/page")
    said = ines.get("/api/verify").json()
    assert said["sha256"] == sha256(page.content).hexdigest()
    policy = page.headers["content-security-policy"]
    assert "script-src 'sha256-" in policy
    assert policy.startswith("default-src 'none';")  # so it can fetch nothing, from us either
    assert "connect-src" not in policy
    assert "'unsafe-inline'" not in policy
    assert ines.get("/api/verify").headers["content-security-policy"] == POLICY
    saved = ines.get("/api/verify/page", params={"save": True})
    assert saved.content == page.content
    assert saved.headers["content-disposition"] == 'attachment; filename="verify.html"'
