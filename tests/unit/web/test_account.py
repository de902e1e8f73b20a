"""One's own access over the web: password, sessions, invitations; and users, for who administers."""

import json
from datetime import timedelta

import pytest

from synopticon.acts import people
from synopticon.acts.workspace import open_workspace
from synopticon.governance.invitation import LASTS
from synopticon.governance.keys import SigningKey
from synopticon.governance.users import prove_possession
from synopticon.web.auth import HEADER
from synopticon.web.limits import Buckets, Rate
from tests.organisation import PASSWORD
from tests.site import Site, acts
from tests.unit.acts.test_cases import clock, keys, workspace
from tests.unit.web.test_auth import me

__all__ = ["clock", "keys", "workspace"]  # fixtures
NEW = "five other words for it"
NORA = {"name": "nora", "unit": "North", "roles": ["investigator"]}


@pytest.fixture
def own(workspace, keys):
    return Site(workspace)


@pytest.fixture
def ada(own):
    return own.signed_in("ada", PASSWORD)


def change(browser, old, new):
    return browser.put("/api/session/password", json={"old": old, "new": new})


def test_a_new_password_ends_other_sessions_and_draws_another_secret(own):
    here, elsewhere = own.signed_in("ines", PASSWORD), own.signed_in("ines", PASSWORD)
    before, ends = here.cookies["synopticon"], here.get("/api/session").json()["ends"]
    said = change(here, PASSWORD, NEW)
    assert said.status_code == 200, said.text
    assert (me(here), me(elsewhere)) == ("ines", "user.signed-in")
    assert here.cookies["synopticon"] != before
    assert said.json()["ends"] == ends  # it is no way to stay longer
    thief = own.browser()
    thief.cookies.set("synopticon", before, domain="127.0.0.1")
    assert me(thief) == "user.signed-in"
    here.headers[HEADER] = said.json()["token"]
    assert change(here, NEW, PASSWORD).status_code == 200
    assert own.browser().post("/api/session", json={"name": "ines", "password": NEW}).status_code == 403


def test_a_wrong_or_a_weak_password_changes_nothing_and_wrong_ones_wait(own):
    ines = own.signed_in("ines", PASSWORD)
    assert change(ines, PASSWORD, "short").status_code == 422
    assert change(ines, "not the four words", NEW).json()["rule"] == "user.password"
    for _ in range(5):
        last = change(ines, "not the four words", NEW)
    assert (last.status_code, last.json()["rule"]) == (429, "user.password-wait")
    assert me(ines) == "ines"


def test_guesses_of_passwords_and_invitations_have_a_rate(workspace, keys):
    site = Site(workspace, sign_in=Buckets(Rate(2, 0.001)))
    browser = site.browser()
    wrong = {"invitation": "user-1.x", "password": NEW}
    found = [browser.post("/api/invitation", json=wrong).status_code for _ in range(3)]
    assert found == [403, 403, 429]
    assert change(browser, PASSWORD, NEW).status_code == 429


def test_one_sees_and_ends_ones_own_sessions_and_nobody_elses(own):
    own.workspace.clock.later(seconds=1)
    here = own.signed_in("ines", PASSWORD)
    own.workspace.clock.later(seconds=1)
    other = own.signed_in("ines", PASSWORD)
    found = here.get("/api/sessions").json()
    assert [one["here"] for one in found] == [False, True, False]  # the last is of the command line
    assert {one["method"] for one in found} == {"password"}
    assert here.cookies["synopticon"] not in here.get("/api/sessions").text
    axel = own.signed_in("axel", PASSWORD)
    theirs = found[0]["id"]
    assert axel.delete(f"/api/sessions/{theirs}").status_code == 404
    assert me(other) == "ines"
    assert here.delete(f"/api/sessions/{theirs}").status_code == 204
    assert (me(other), me(here)) == ("user.signed-in", "ines")
    assert here.delete(f"/api/sessions/{theirs}").status_code == 404


def accept(browser, secret, password=NEW):
    return browser.post("/api/invitation", json={"invitation": secret, "password": password})


def test_who_is_invited_chooses_a_password_once(own, ada):
    with acts(own.workspace) as found:
        made = ada.post("/api/users", json=NORA).json()
    assert [(kind, what) for kind, what, _ in found] == [("record", "user.add"), ("outcome", "user.add")]
    secret, nora = made["invitation"]["secret"], made["user"]["id"]
    for guess in (secret, "", "four words make sense"):  # no password lets her in before
        answer = own.browser().post("/api/session", json={"name": "nora", "password": guess})
        assert answer.json()["rule"] == "user.password"
    assert accept(own.browser(), secret, "short").status_code == 422
    with acts(own.workspace) as found:
        assert accept(own.browser(), secret).json() == {"name": "nora"}
    assert found == [("record", "user.password", nora), ("outcome", "user.password", nora)]
    assert own.signed_in("nora", NEW).get("/api/session").json()["roles"] == ["investigator"]
    assert accept(own.browser(), secret, PASSWORD).json()["rule"] == "user.invitation"


def test_an_invitation_ends_and_another_replaces_it(own, ada):
    first = ada.post("/api/users", json=NORA).json()
    again = ada.post(f"/api/users/{first['user']['id']}/invitation").json()["secret"]
    assert accept(own.browser(), first["invitation"]["secret"]).status_code == 403
    own.workspace.clock.later(seconds=LASTS.total_seconds())
    assert accept(own.browser(), again).json()["rule"] == "user.invitation"


def test_invited_again_one_is_out_and_told(own, ada):
    axel, id_ = own.signed_in("axel", PASSWORD), people.find_user(own.workspace, "axel").id
    secret = ada.post(f"/api/users/{id_}/invitation").json()["secret"]
    assert me(axel) == "user.signed-in"
    assert own.browser().post("/api/session", json={"name": "axel", "password": PASSWORD}).status_code == 403
    assert accept(own.browser(), secret).status_code == 200
    (notice,) = own.signed_in("axel", NEW).get("/api/notices").json()
    assert "ada let you choose another password" in notice["text"]
    mine = people.find_user(own.workspace, "ada").id
    assert ada.post(f"/api/users/{mine}/invitation").status_code == 422  # not one's own


def test_who_is_retired_accepts_no_invitation(own, ada):
    made = ada.post("/api/users", json=NORA).json()
    said = ada.post(f"/api/users/{made['user']['id']}/retirement").json()
    assert said["active"] is False
    assert accept(own.browser(), made["invitation"]["secret"]).json()["rule"] == "user.invitation"


def test_users_are_listed_authorised_and_their_keys_enrolled(own, ada):
    made = ada.post("/api/users", json=NORA).json()["user"]
    key = SigningKey.make()
    file = {"key": key.public.text(), "proof": prove_possession(made["id"], key).hex()}
    place = f"/api/users/{made['id']}"
    assert ada.put(f"{place}/key", json={"file": json.dumps(file)}).status_code == 200
    bad = {"file": json.dumps({**file, "proof": "00"})}
    assert ada.put(f"{place}/key", json=bad).json()["rule"] == "user.key-possession"
    assert ada.put(f"{place}/key", json={"file": "[]"}).status_code == 422
    own_paper = {"number": "H-2", "given_by": "the commissioner", "on": "2026-01-02"}
    assert ada.put(f"{place}/authorisation", json={"authorisation": own_paper}).status_code == 200
    (nora,) = [one for one in ada.get("/api/users").json() if one["name"] == "nora"]
    assert nora["key"] == key.public.fingerprint
    assert nora["authorisation"]["number"] == "H-2"
    assert (nora["unit"], nora["me"]) == ("North", False)


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"unit": " "}, {"roles": ["system"]}, {"roles": ["auditor", "dpo"]}, {"name": "ines"}],
)
def test_a_user_that_cannot_be_is_refused(ada, wrong):
    assert ada.post("/api/users", json={**NORA, **wrong}).status_code == 422


def test_the_one_person_sees_the_sessions_of_the_links(tmp_path, clock):
    with open_workspace(tmp_path / "alone", clock=clock) as opened:
        site = Site(opened)
        first, second = site.owner(), site.owner()
        clock.now += timedelta(seconds=1)
        (other,) = [one["id"] for one in second.get("/api/sessions").json() if not one["here"]]
        assert second.delete(f"/api/sessions/{other}").status_code == 204
        assert first.get("/api/session").status_code == 401
