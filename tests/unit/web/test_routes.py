"""The table of routes is all there is, and what it says holds: for each row, each role, each way in."""

import pytest
from starlette.routing import Mount

from synopticon.governance.capability import CAPABILITIES
from synopticon.governance.users import EVERYBODY, ROLES, Role
from synopticon.web.app import bare_app, openapi
from synopticon.web.auth import HEADER
from synopticon.web.routes import ROUTES
from synopticon.web.static import Pages
from tests.site import acts
from tests.unit.web.examples import example

GOVERNED = [row for row in ROUTES if row.capability]
KEPT = [row for row in ROUTES if not row.public]


def ids(rows):
    return [row.name for row in rows]


def test_nothing_is_mounted_outside_the_table():
    found = bare_app().routes
    pages = [route for route in found if isinstance(route, Mount)]
    assert [(mount.path, type(mount.app)) for mount in pages] == [("", Pages)]
    mounted = [(m, r.path) for r in found if r not in pages for m in r.methods]
    assert sorted(mounted) == sorted((row.method, row.path) for row in ROUTES)


def test_each_row_says_one_thing_and_no_two_are_alike():
    for row in ROUTES:
        assert sum(map(bool, (row.capability, row.own, row.public))) == 1, row.name
        assert row.capability in {"", *CAPABILITIES}
    assert len({row.name for row in ROUTES}) == len(ROUTES)
    assert len({(row.method, row.path) for row in ROUTES}) == len(ROUTES)


def test_what_is_public_is_known_by_name():
    public = {row.name for row in ROUTES if row.public}
    assert public == {
        "showHealth", "showCapabilities", "showDoor", "signIn", "acceptInvitation", "startOidc", "finishOidc",
        "showDeclaration", "showDeclarationState",
    }  # fmt: skip


def test_every_operation_is_described():
    said = openapi()
    operations = [one for path in said["paths"].values() for one in path.values()]
    assert {one["operationId"] for one in operations} == {row.name for row in ROUTES}
    for one in operations:
        assert one["description"], one["operationId"]
        assert one["tags"]
        assert "422" in one["responses"]


@pytest.mark.parametrize("row", GOVERNED, ids=ids(GOVERNED))
def test_each_role_may_what_the_table_says_and_no_more(row, browsers, inquiry):
    for role, browser in browsers.items():
        if role == "sven":
            continue
        with acts(inquiry.workspace) as found:
            answer = browser.request(**example(row, inquiry))
        said = answer.json() if answer.is_error else {}
        rule = said.get("rule")
        if row.capability in ROLES[role] | EVERYBODY:
            assert rule not in ("role.may", "user.signed-in", "web.token", "web.origin"), (role, said)
        else:
            assert (answer.status_code, rule) == (403, "role.may"), (role, said)
            assert {(kind, what) for kind, what, _ in found} == {("refusal", row.capability)}


@pytest.mark.parametrize("row", GOVERNED, ids=ids(GOVERNED))
def test_what_is_done_is_the_act_that_the_table_names(row, browsers, inquiry):
    """Whoever may: the log says the row's capability, and their name."""
    able = [role for role in browsers if role != "sven" and row.capability in ROLES[role] | EVERYBODY]
    role = Role.INVESTIGATOR if Role.INVESTIGATOR in able else able[0]
    with acts(inquiry.workspace) as found:
        answer = browsers[role].request(**example(row, inquiry))
    if answer.status_code < 300:
        me = browsers[role].get("/api/session").json()["user"]
        assert ("record", row.capability, me) in found
        assert {actor for _, _, actor in found} == {me}
    else:
        assert answer.status_code in (404, 422), answer.text  # the examples that are no good on purpose


@pytest.mark.parametrize("row", KEPT, ids=ids(KEPT))
def test_nobody_gets_in_without_a_session(row, site, inquiry):
    with acts(inquiry.workspace) as found:
        answer = site.browser().request(**example(row, inquiry))
    assert (answer.status_code, answer.json()["rule"]) == (401, "user.signed-in")
    assert found == []


@pytest.mark.parametrize("row", ROUTES, ids=ids(ROUTES))
def test_nobody_asks_from_the_page_of_another(row, ines, inquiry):
    if row.path.startswith(("/.well-known", "/oidc/")):
        return  # a browser is led there from elsewhere
    for headers in (
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999", "Sec-Fetch-Site": "same-site"},
    ):
        with acts(inquiry.workspace) as found:
            answer = ines.request(**example(row, inquiry), headers=headers)
        assert answer.status_code == 403, headers
        assert "web.origin" in answer.json()["detail"]
        assert found == []


CHANGES = [row for row in KEPT if row.method not in ("GET", "HEAD")]


@pytest.mark.parametrize("row", CHANGES, ids=ids(CHANGES))
def test_nothing_is_changed_without_the_token_of_the_page(row, ines, inquiry):
    for token in ("", "0" * 64):
        with acts(inquiry.workspace) as found:
            answer = ines.request(**example(row, inquiry), headers={HEADER: token})
        assert (answer.status_code, answer.json()["rule"]) == (403, "web.token")
        assert found == []
