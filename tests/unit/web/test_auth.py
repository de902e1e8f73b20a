"""Signing in and out: cookies, sessions, the one-time link, and all that must not let anybody in."""

from datetime import timedelta

import pytest

from synopticon.acts import people
from synopticon.acts.workspace import open_workspace
from synopticon.governance.lockout import FREE
from synopticon.web import auth
from synopticon.web.auth import HEADER, IDLE, LINK_LASTS
from tests.organisation import PASSWORD
from tests.site import Site, acts
from tests.unit.acts.test_cases import clock, keys, workspace

__all__ = ["clock", "keys", "workspace"]  # fixtures
INES = {"name": "ines", "password": PASSWORD}


@pytest.fixture
def own(workspace, keys):
    """A server of its own, whose clock may be moved."""
    return Site(workspace)


@pytest.fixture
def alone(tmp_path, clock):
    """The workspace of one person, without users."""
    with open_workspace(tmp_path / "alone", clock=clock) as opened:
        yield Site(opened)


def me(browser):
    answer = browser.get("/api/session")
    return answer.json()["name"] if answer.status_code == 200 else answer.json()["rule"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(own):
    said = own.browser().post("/api/session", json=INES).headers["set-cookie"]
    name, *rest = said.split("; ")
    assert name.startswith("synopticon=")
    assert {part.lower() for part in rest} == {"httponly", "path=/", "samesite=strict"}


def test_with_tls_the_cookie_never_travels_in_the_open(workspace, keys):
    said = Site(workspace, secure=True).browser().post("/api/session", json=INES).headers["set-cookie"]
    name, *rest = said.split("; ")
    assert name.startswith("__Host-synopticon=")
    assert {part.lower() for part in rest} == {"httponly", "path=/", "samesite=strict", "secure"}


def test_each_sign_in_draws_another_secret_and_ends_the_one_before(own):
    browser = own.signed_in("ines", PASSWORD)
    before = browser.cookies["synopticon"]
    assert browser.post("/api/session", json=INES).status_code == 200
    assert browser.cookies["synopticon"] != before
    thief = own.browser()
    thief.cookies.set("synopticon", before, domain="127.0.0.1")
    assert me(thief) == "user.signed-in"


def test_a_secret_that_somebody_else_chose_is_no_session(own):
    """Session fixation: the victim signs in with a cookie that the attacker planted."""
    browser, planted = own.browser(), "x" * 43
    browser.cookies.set("synopticon", planted, domain="127.0.0.1")
    answer = browser.post("/api/session", json=INES)
    assert answer.status_code == 200
    assert planted not in answer.headers["set-cookie"]
    attacker = own.browser()
    attacker.cookies.set("synopticon", planted, domain="127.0.0.1")
    assert me(attacker) == "user.signed-in"


def test_signing_out_ends_the_session_on_the_server(own):
    browser = own.signed_in("ines", PASSWORD)
    kept = browser.cookies["synopticon"]
    assert browser.delete("/api/session").status_code == 204
    copy = own.browser()
    copy.cookies.set("synopticon", kept, domain="127.0.0.1")
    assert me(copy) == "user.signed-in"


def test_a_session_that_is_not_used_ends_and_one_that_is_goes_on(own):
    idle, used = own.signed_in("ines", PASSWORD), own.signed_in("axel", PASSWORD)
    for _ in range(3):
        own.workspace.clock.later(seconds=IDLE.total_seconds() * 0.6)
        assert me(used) == "axel"
    assert me(idle) == "user.signed-in"


def test_no_session_is_longer_than_a_grant(own):
    browser = own.signed_in("ines", PASSWORD)
    hours = own.workspace.profile.limits.grant_hours
    for _ in range(hours * 3):
        own.workspace.clock.later(minutes=20)
        last = me(browser)
    assert last == "user.signed-in"


def test_who_is_retired_or_gets_another_password_is_out_at_once(own):
    ines, axel = own.signed_in("ines", PASSWORD), own.signed_in("axel", PASSWORD)
    people.login(own.workspace, "ada", PASSWORD)
    people.retire_user(own.workspace, "ines")
    people.reset_password(own.workspace, "axel", "five other words for it")
    assert {me(ines), me(axel)} == {"user.signed-in"}


def test_wrong_passwords_are_refused_alike_and_then_wait(own):
    browser = own.browser()
    wrong = [{"name": name, "password": "wrong"} for name in ("ines", "nobody of this name")]
    answers = [browser.post("/api/session", json=one).json() for one in wrong]
    assert answers[0] == answers[1]
    assert (answers[0]["status"], answers[0]["rule"]) == (403, "user.password")
    for _ in range(FREE):
        answer = browser.post("/api/session", json={"name": "ines", "password": "wrong"})
    assert (answer.status_code, answer.json()["rule"]) == (429, "user.password-wait")
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert browser.post("/api/session", json=INES).status_code == 429


def test_a_sign_in_is_logged_with_where_it_came_from_and_no_name_that_was_typed(own):
    with acts(own.workspace) as found:
        own.browser().post("/api/session", json={"name": "my secret word", "password": "wrong"})
        own.browser().post("/api/session", json=INES)
    ines = people.find_user(own.workspace, "ines").id
    assert found == [
        ("refusal", "user.login", "nobody"),
        ("record", "user.login", ines),
        ("outcome", "user.login", ines),
    ]
    entries = list(own.workspace.log.entries())[-3:]
    assert not [e for e in entries if b"secret word" in e.sealed]
    assert entries[1].payload["sign_in"]["host"] == "testclient"


def test_the_token_of_one_session_is_no_good_in_another(own):
    ines, axel = own.signed_in("ines", PASSWORD), own.signed_in("axel", PASSWORD)
    answer = ines.delete("/api/session", headers={HEADER: axel.headers[HEADER]})
    assert (answer.status_code, answer.json()["rule"]) == (403, "web.token")
    assert me(ines) == "ines"


def test_the_link_lets_one_browser_in_once(alone):
    link = alone.door.link()
    first, second = alone.browser(), alone.browser()
    with acts(alone.workspace) as found:
        assert first.post("/api/session", json={"link": link}).json()["method"] == "link"
        answer = second.post("/api/session", json={"link": link})
    assert (answer.status_code, answer.json()["rule"]) == (403, "user.link")
    assert me(first) == alone.workspace.actor.name
    assert me(second) == "user.signed-in"
    assert [kind for kind, _, _ in found] == ["record", "outcome", "refusal"]


def test_the_link_is_soon_too_old(alone):
    link = alone.door.link()
    alone.workspace.clock.later(seconds=LINK_LASTS.total_seconds())
    assert alone.browser().post("/api/session", json={"link": link}).status_code == 403


def test_the_owners_session_ends_too(alone):
    browser, idle = alone.owner(), alone.owner()
    alone.workspace.clock.later(seconds=IDLE.total_seconds() * 0.9)
    assert me(browser) == alone.workspace.actor.name
    alone.workspace.clock.later(seconds=IDLE.total_seconds() * 0.9)
    assert (me(browser), me(idle)) == (alone.workspace.actor.name, "user.signed-in")
    assert browser.delete("/api/session").status_code == 204
    assert me(browser) == "user.signed-in"


def test_there_is_no_link_where_people_sign_in(own):
    assert own.browser().post("/api/session", json={"link": own.door.link()}).status_code == 403


def test_there_is_no_password_where_there_are_no_users(alone):
    assert alone.browser().post("/api/session", json=INES).json()["rule"] == "user.password"


def test_nobody_acts_as_whoever_signed_in_at_the_terminal(workspace, keys):
    """The session file of the account that runs the server is nobody's at a browser."""
    people.login(workspace, "ada", PASSWORD)
    with open_workspace(workspace.folder, clock=workspace.clock) as opened:
        assert opened.actor.name == "ada"
        site = Site(opened)
        assert site.door.workspace.actor.name == "nobody"
        assert site.browser().get("/api/cases").status_code == 401


def test_few_passwords_are_looked_at_at_once(own, monkeypatch):
    """Each takes 64 MiB: a flood of them from many addresses must not take the machine's memory."""
    monkeypatch.setattr(auth, "PATIENCE", 0.01)
    for _ in range(auth.CHECKS):
        own.door._checks.acquire()
    answer = own.browser().post("/api/session", json=INES)
    assert (answer.status_code, answer.json()["rule"]) == (429, "user.sign-in-busy")
    assert answer.headers["retry-after"] == str(auth.RETRY)
    own.door._checks.release()
    assert own.browser().post("/api/session", json=INES).status_code == 200
    assert own.browser().post("/api/session", json={**INES, "password": "wrong"}).status_code == 403
    assert own.browser().post("/api/session", json=INES).status_code == 200  # a wrong one gives its turn back


def test_the_links_life_is_short():
    assert timedelta(minutes=1) <= LINK_LASTS <= timedelta(minutes=15)
