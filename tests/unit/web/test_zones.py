"""Zones over HTTP: the scene to draw on, the ways of the last day, names from anybody, who may draw."""

import base64

from synopticon.governance.users import Role
from tests.investigation import WHY
from tests.site import acts


def looked(browser, inquiry, what, **more):
    params = {"case": inquiry.case, "reason": WHY, **more}
    return browser.get(f"/api/cameras/{inquiry.camera}/{what}", params=params)


def test_the_scene_is_a_picture_under_one_permission(ines, inquiry):
    with acts(inquiry.workspace) as found:
        said = looked(ines, inquiry, "scene").json()
    head, data = said["picture"].split(",")
    assert head == "data:image/jpeg;base64"
    assert base64.b64decode(data)[:2] == b"\xff\xd8"
    assert (said["width"], said["height"]) == (320, 240)
    assert said["at"].endswith("+00:00")
    assert [what for _, what, _ in found] == ["view.masked", "view.masked"]  # the record and its outcome


def test_ways_are_those_of_the_camera_alone(ines, inquiry):
    said = looked(ines, inquiry, "ways").json()
    assert said["total"] == len(said["ways"]) == 3
    for way in said["ways"]:
        assert len(way["path"]) == 16
        assert all(0 <= v <= 1 for place in way["path"] for v in place)
        assert way["path"][0][0] < way["path"][-1][0]  # from left to right, as the figures went
    assert said["since"] < said["until"]


def test_without_a_reason_nothing_is_shown_and_the_refusal_is_logged(ines, inquiry):
    for what in ("scene", "ways"):
        with acts(inquiry.workspace) as found:
            refused = looked(ines, inquiry, what, reason="")
        assert (refused.status_code, refused.json()["rule"]) == (403, "reason.given")
        assert [kind for kind, *_ in found] == ["refusal"]


def test_a_camera_that_is_not_there_makes_no_sense(ines, inquiry):
    for name in ("nowhere", "..%2f..%2fkeys", "%3Cscript%3E"):
        said = ines.get(f"/api/cameras/{name}/scene", params={"case": inquiry.case, "reason": WHY})
        assert said.status_code in (404, 422)


def test_what_is_drawn_has_the_name_that_it_was_given_and_nothing_else_is_run(browsers, inquiry):
    otto = browsers[Role.OPERATOR]
    name, corners = "<img src=x onerror=alert(1)>", [[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]]
    path = f"/api/cameras/{inquiry.camera}/zones/"
    made = otto.put(path + "%3Cimg%20src=x%20onerror=alert(1)%3E", json={"kind": "zone", "points": corners})
    assert made.status_code == 200, made.text
    found = [z for z in otto.get("/api/zones", params={"camera": inquiry.camera}).json() if z["name"] == name]
    assert found[0]["points"] == corners
    assert otto.delete(path + "%3Cimg%20src=x%20onerror=alert(1)%3E").status_code == 204
    for wrong in ([[0, 0], [1, 1]], [[0, 0], [2, 0], [1, 1]], [[0.5, 0.5]] * 201):
        assert otto.put(path + "odd", json={"kind": "zone", "points": wrong}).status_code == 422
