"""Signing in with an identity provider: a small one of the tests' own, and all that it must not let in."""

import json
import stat
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from synopticon.acts import people
from synopticon.errors import UsageError
from synopticon.web import oidc
from synopticon.web.issuer import check_address
from synopticon.web.oidc import LASTS, Oidc, Provider, read_provider
from tests.organisation import PASSWORD
from tests.site import Site, acts
from tests.unit.acts.test_cases import clock, keys, workspace
from tests.unit.web.test_auth import me

__all__ = ["clock", "keys", "workspace"]  # fixtures
ISSUER = "https://login.example.org/realm"
SUBJECT = "8f1c-ines"
FILE = f'''issuer = "{ISSUER}"
client_id = "synopticon"
client_secret_file = "secret"
passwords = false
[users]
"{SUBJECT}" = "ines"
'''


class Issuer:
    """Answers as a provider does; what it says of somebody is changed by the tests."""

    def __init__(self, clock):
        self.clock = clock
        self.key = ECKey.generate_key("P-256", {"kid": "one"})
        self.signs = self.key
        self.says = {}
        self.codes = {}
        self.facts = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/auth",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
        }

    def ask(self, address, form=None, headers=None):
        if address.endswith("openid-configuration"):
            return self.facts
        if address == f"{ISSUER}/keys":
            return KeySet([self.key]).as_dict(private=False)
        assert address == f"{ISSUER}/token"
        asked = self.codes.pop(form["code"])
        assert form["redirect_uri"] == asked["redirect_uri"][0]
        assert create_s256_code_challenge(form["code_verifier"]) == asked["code_challenge"][0]
        assert headers["Authorization"].startswith("Basic ")
        return {"access_token": "a", "id_token": self.token(asked["nonce"][0])}

    def token(self, nonce):
        now = int(self.clock().timestamp())
        said = {"iss": ISSUER, "aud": "synopticon", "sub": SUBJECT, "iat": now, "exp": now + 300}
        said |= {"nonce": nonce, **self.says}
        claims = {name: value for name, value in said.items() if value is not None}
        alg = "HS256" if isinstance(self.signs, OctKey) else "ES256"
        return jwt.encode({"alg": alg, "kid": self.signs.kid}, claims, self.signs)

    def authorise(self, place):
        """What it gives a browser that was sent there: the query of the way back."""
        asked = parse_qs(urlsplit(place).query)
        self.codes["c"] = asked
        return {"code": "c", "state": asked["state"][0]}


@pytest.fixture
def issuer(clock):
    return Issuer(clock)


@pytest.fixture
def own(workspace, keys, issuer):
    made = Site(workspace)
    provider = Provider(ISSUER, "synopticon", {SUBJECT: "ines"}, "s", "Police", passwords=False)
    made.door.oidc = Oidc(provider, workspace.clock, issuer.ask)
    return made


def begin(browser):
    answer = browser.get("/oidc/start", follow_redirects=False)
    assert answer.status_code == 303
    return answer


def back(browser, query):
    """As a browser comes back: from another site, without an origin."""
    headers = {"Sec-Fetch-Site": "cross-site"}
    del browser.headers["Origin"]
    answer = browser.get("/oidc/callback", params=query, headers=headers, follow_redirects=False)
    browser.headers["Origin"] = "http://127.0.0.1:8742"
    return answer


def go(own, issuer, browser=None):
    browser = browser or own.browser()
    answer = back(browser, issuer.authorise(begin(browser).headers["location"]))
    return browser, answer.headers["location"]


def test_who_is_mapped_comes_in_and_the_log_says_how(own, issuer):
    with acts(own.workspace) as found:
        browser, place = go(own, issuer)
    assert (place, me(browser)) == ("/", "ines")
    said = browser.get("/api/session").json()
    assert said["method"] == "oidc"
    assert found == [("record", "user.login", said["user"]), ("outcome", "user.login", said["user"])]
    entry = list(own.workspace.log.entries())[-2]
    assert entry.payload["sign_in"]["account"] == SUBJECT
    browser.headers["X-Synopticon-Token"] = said["token"]
    assert browser.get("/api/cases").status_code == 200
    assert browser.delete("/api/session").status_code == 204
    assert me(browser) == "user.signed-in"


def test_the_way_there_carries_state_nonce_and_a_challenge(own):
    answer = begin(own.browser())
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:8742/oidc/callback"]
    assert asked["scope"] == ["openid"]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("synopticon-oidc=")
    assert {"HttpOnly", "SameSite=lax"} <= set(cookie.split("; "))
    assert asked["state"][0] not in cookie
    again = parse_qs(urlsplit(begin(own.browser()).headers["location"]).query)
    for name in ("state", "nonce", "code_challenge"):
        assert again[name] != asked[name]


REFUSED = "/?refused=user.oidc"


@pytest.mark.parametrize(
    "says",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-client"},
        {"aud": ["synopticon", "another"], "azp": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "somebody-else"},
        {"sub": ["8f1c-ines"]},
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in(own, issuer, says):
    issuer.says = says
    with acts(own.workspace) as found:
        browser, place = go(own, issuer)
    assert (place, me(browser)) == (REFUSED, "user.signed-in")
    assert found == [("refusal", "user.login", "nobody")]


def test_a_token_of_another_key_or_of_a_shared_secret_lets_nobody_in(own, issuer):
    issuer.signs = ECKey.generate_key("P-256", {"kid": "one"})
    assert go(own, issuer)[1] == REFUSED
    issuer.signs = OctKey.import_key(json.dumps(issuer.key.as_dict(private=False)).encode(), {"kid": "one"})
    assert go(own, issuer)[1] == REFUSED


def test_a_new_key_of_the_provider_is_found(own, issuer):
    go(own, issuer)
    issuer.key = issuer.signs = ECKey.generate_key("P-256", {"kid": "two"})
    own.workspace.clock.later(minutes=2)
    assert go(own, issuer)[1] == "/"


def test_an_answer_is_good_once_in_time_and_in_its_own_browser_only(own, issuer):
    victim, attacker = own.browser(), own.browser()
    query = issuer.authorise(begin(attacker).headers["location"])
    assert back(victim, query).headers["location"] == REFUSED  # never began
    begin(victim)
    assert back(victim, query).headers["location"] == REFUSED  # began, but with another state
    assert me(victim) == "user.signed-in"
    late = own.browser()
    query = issuer.authorise(begin(late).headers["location"])
    own.workspace.clock.later(seconds=LASTS.total_seconds())
    assert back(late, query).headers["location"] == REFUSED
    browser = own.browser()
    query = issuer.authorise(begin(browser).headers["location"])
    assert back(browser, query).headers["location"] == "/"
    assert back(browser, query).headers["location"] == REFUSED


@pytest.mark.parametrize("change", [{"code": ""}, {"iss": "https://elsewhere.example"}, {"state": "é"}])
def test_an_answer_without_a_code_or_of_another_provider_is_none(own, issuer, change):
    browser = own.browser()
    query = issuer.authorise(begin(browser).headers["location"])
    assert back(browser, {**query, **change}).headers["location"] == REFUSED


def test_a_session_that_was_there_before_ends(own, issuer):
    """Session fixation: what an attacker planted is never taken on."""
    browser = own.browser()
    browser.cookies.set("synopticon", "x" * 43, domain="127.0.0.1")
    go(own, issuer, browser)
    planted = own.browser()
    planted.cookies.set("synopticon", "x" * 43, domain="127.0.0.1")
    assert me(planted) == "user.signed-in"
    first = dict(browser.cookies)
    del browser.cookies["synopticon"]
    browser.cookies.set("synopticon", first["synopticon"], domain="127.0.0.1")
    go(own, issuer, browser)
    old = own.browser()
    old.cookies.set("synopticon", first["synopticon"], domain="127.0.0.1")
    assert me(old) == "user.signed-in"


def test_who_was_retired_or_never_was_a_user_stays_outside(own, issuer):
    people.login(own.workspace, "ada", PASSWORD)
    people.retire_user(own.workspace, "ines")
    assert go(own, issuer)[1] == REFUSED
    before = len(own.workspace.people.users())
    provider = Provider(ISSUER, "synopticon", {SUBJECT: "nobody"}, "s")
    own.door.oidc = Oidc(provider, own.workspace.clock, issuer.ask)
    assert go(own, issuer)[1] == REFUSED
    assert len(own.workspace.people.users()) == before


def test_passwords_may_be_switched_off(own):
    browser = own.browser()
    door = browser.get("/api/door").json()
    assert (door["oidc"], door["passwords"]) == ("Police", False)
    answer = browser.post("/api/session", json={"name": "ines", "password": PASSWORD})
    assert answer.json()["rule"] == "user.no-passwords"
    wrong = {"invitation": "user-1.x", "password": PASSWORD}
    assert browser.post("/api/invitation", json=wrong).json()["rule"] == "user.no-passwords"


def test_a_provider_that_says_it_is_another_is_not_asked_further(own, issuer):
    issuer.facts["issuer"] = "https://elsewhere.example"
    answer = own.browser().get("/oidc/start", follow_redirects=False)
    assert answer.headers["location"] == "/?refused=user.oidc-away"
    issuer.facts |= {"issuer": ISSUER, "authorization_endpoint": "http://login.example.org/auth"}
    answer = own.browser().get("/oidc/start", follow_redirects=False)
    assert answer.headers["location"] == "/?refused=user.oidc-away"


def test_without_a_provider_there_is_no_such_way(workspace, keys):
    browser = Site(workspace).browser()
    for path in ("/oidc/start", "/oidc/callback"):
        assert browser.get(path, follow_redirects=False).status_code == 404
    assert browser.get("/api/door").json()["oidc"] == ""


def test_the_file_says_who_is_who_and_its_secret_is_ones_own(tmp_path):
    file, secret = tmp_path / "oidc.toml", tmp_path / "secret"
    file.write_text(FILE)
    secret.write_text("s3cret\n")
    secret.chmod(0o644)
    with pytest.raises(UsageError, match="others can read"):
        read_provider(file)
    secret.chmod(stat.S_IRUSR)
    found = read_provider(file)
    assert (found.secret, found.name, dict(found.users)) == ("s3cret", "login.example.org", {SUBJECT: "ines"})
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize(
    "wrong",
    [
        FILE.replace("https:", "http:"),
        FILE.replace("client_id", "client"),
        FILE.replace('"ines"', "1"),
        FILE.replace("false", '"no"'),
        FILE.partition("[users]")[0],
        "issuer = ",
    ],
)
def test_a_file_that_makes_no_sense_is_refused(tmp_path, wrong):
    file = tmp_path / "oidc.toml"
    file.write_text(wrong)
    (tmp_path / "secret").write_text("s3cret")
    (tmp_path / "secret").chmod(0o600)
    with pytest.raises(UsageError, match=r"oidc\.toml|https"):
        read_provider(file)


def test_addresses_are_over_tls_or_here():
    assert check_address("http://127.0.0.1:99/x")
    for wrong in ("http://example.org", "ftp://127.0.0.1", "file:///etc/passwd", "https://", ""):
        with pytest.raises(UsageError):
            check_address(wrong)


def test_an_attempt_takes_no_more_room_than_it_may(own, monkeypatch):
    monkeypatch.setattr(oidc, "ATTEMPTS", 3)
    cookies = [own.door.oidc.begin("http://127.0.0.1:8742/oidc/callback")[0] for _ in range(5)]
    assert len(own.door.oidc._attempts) == 3
    assert len(set(cookies)) == 5
