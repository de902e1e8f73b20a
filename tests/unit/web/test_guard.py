"""What every request passes and every answer carries: names, rates, sizes, headers; whatever the route."""

import asyncio

import pytest

from synopticon.web import guard
from synopticon.web.guard import BODY, HEADERS, Guard, House
from synopticon.web.limits import Buckets, Rate
from tests.site import HOST, PAGE, Site

WAYS = ("/", "/index.html", "/api/health", "/api/session", "/api/nothing", "/.well-known/synopticon.json")


@pytest.mark.parametrize("path", WAYS)
def test_every_answer_carries_the_headers(site, path):
    answer = site.browser().get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert answer.headers["cache-control"] in ("no-store", "no-cache")
    assert "server" not in answer.headers


def test_the_page_may_load_nothing_from_elsewhere():
    said = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert said["default-src"] == said["frame-ancestors"] == said["base-uri"] == "'none'"
    assert {word for value in said.values() for word in value.split()} == {
        "'none'",
        "'self'",
        "data:",
        "blob:",
    }
    assert said["script-src"] == said["style-src"] == said["connect-src"] == said["form-action"] == "'self'"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:9999", "localhost.evil.example:8742", ""]
)
@pytest.mark.parametrize("path", WAYS)
def test_a_name_that_somebody_made_up_is_not_answered_to(site, host, path):
    """DNS rebinding: a page elsewhere lets its own name point here."""
    answer = site.browser().get(path, headers={"Host": host, "Origin": f"http://{host}"})
    assert answer.status_code == 421


def test_a_large_request_is_refused_before_it_is_read(site):
    answer = site.browser().post("/api/session", content=b"x" * (BODY + 1))
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_request_that_does_not_say_how_large_it_is_is_counted(site):
    def pieces():
        for _ in range(20):
            yield b" " * (BODY // 10)

    answer = site.browser().post("/api/session", content=pieces())
    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", " 1", "9" * 30])
def test_a_length_that_is_none_is_refused(site, length):
    answer = site.browser().post("/api/session", headers={"Content-Length": length}, content=b"{}")
    assert answer.status_code == 413


def test_an_address_that_asks_too_often_waits(inquiry):
    now = [0.0]
    few = Buckets(Rate(3, 0.5), lambda: now[0])
    site = Site(inquiry.workspace, all=few)
    browser = site.browser()
    assert [browser.get("/api/health").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert browser.get("/api/health").headers["retry-after"] == "2"
    now[0] = 2.0
    assert browser.get("/api/health").status_code == 200


def test_a_page_elsewhere_uses_up_nothing_of_ours(inquiry):
    browser = Site(inquiry.workspace, sign_in=Buckets(Rate(1, 0.1), lambda: 0.0)).browser()
    for _ in range(3):
        answer = browser.post("/api/session", json={}, headers={"Origin": "https://elsewhere.example"})
        assert answer.status_code == 403
    assert browser.post("/api/session", json={"name": "n", "password": "w"}).json()["rule"] == "user.password"


def test_signing_in_has_a_rate_of_its_own(inquiry):
    site = Site(inquiry.workspace, sign_in=Buckets(Rate(2, 0.1), lambda: 0.0))
    browser = site.browser()
    codes = [
        browser.post("/api/session", json={"name": f"n{k}", "password": "w"}).status_code for k in range(3)
    ]
    assert codes == [403, 403, 429]
    assert browser.get("/api/health").status_code == 200


def test_buckets_forget_the_quiet_and_keep_the_busy(monkeypatch):
    monkeypatch.setattr("synopticon.web.limits.ADDRESSES", 3)
    buckets = Buckets(Rate(1, 0.1), lambda: 0.0)
    assert [buckets.take(a) for a in "abc"] == [0, 0, 0]
    assert buckets.take("a") == 10
    assert buckets.take("d") == 0  # b was quiet longest
    assert (buckets.take("a"), buckets.take("b")) == (10, 0)


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw():
    from starlette.datastructures import Headers

    said = Headers({"x-forwarded-for": "6.6.6.6, 203.0.113.9"})
    scope = {"client": ("10.0.0.1", 1)}
    assert House(frozenset, proxied=True).client(scope, said) == "203.0.113.9"
    assert House(frozenset).client(scope, said) == "10.0.0.1"


def test_what_comes_too_slowly_is_given_up(monkeypatch):
    monkeypatch.setattr(guard, "SLOW", 0.05)
    sent = []

    async def app(scope, receive, send):
        await receive()

    async def receive():
        await asyncio.sleep(30)

    async def send(message):
        sent.append(message)

    headers = [(b"host", HOST.encode()), (b"origin", PAGE.encode())]
    scope = {"type": "http", "method": "POST", "path": "/api/session", "headers": headers, "client": ("x", 1)}
    asyncio.run(asyncio.wait_for(Guard(app, House(lambda: frozenset({HOST})))(scope, receive, send), 5))
    assert sent[0]["status"] == 408


def test_an_answer_that_nobody_takes_is_given_up(monkeypatch):
    monkeypatch.setattr(guard, "STUCK", 0.05)

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def stuck(message):
        await asyncio.sleep(30)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", HOST.encode())]}
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(Guard(app, House(lambda: frozenset({HOST})))(scope, None, stuck), 5))


def test_nothing_but_http_gets_through():
    async def app(scope, receive, send):
        raise AssertionError("a websocket came through")

    asyncio.run(Guard(app, House(frozenset))({"type": "websocket"}, None, None))


def test_over_tls_browsers_stay_with_tls(inquiry):
    answer = Site(inquiry.workspace, secure=True).browser().get("/api/health")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


HUGE = str(2**70)
ODD = [
    ("GET", f"/api/log/{HUGE}", {}),
    ("GET", f"/api/log?before={HUGE}", {}),
    ("GET", "/api/log?start=9999-12-31T23:59:59-12:00", {}),
    ("POST", "/api/session", {"content": b"[" * 500_000}),
    ("POST", "/api/session", {"content": b'{"name": "\\ud800", "password": "x"}'}),
    ("POST", "/api/session", {"content": b"\xff\xfe\x00"}),
    ("POST", "/api/answers", {"content": b'{"query": "object", "limit": NaN}'}),
    (
        "PUT",
        "/api/cameras/gate/zones/x",
        {"content": b'{"kind": "zone", "points": [[NaN, 0], [1, 1], [0, 1]]}'},
    ),
    ("GET", "/api/session/may?case=" + "%00", {}),
    ("GET", "/api/cases/%F0%9F%8E%A5%0A%0D", {}),
]


@pytest.mark.parametrize(("method", "path", "more"), ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("role", ["auditor", "investigator", "administrator"])
def test_odd_values_are_wrong_and_break_nothing(browsers, method, path, more, role):
    answer = browsers[role].request(method, path, **more)
    assert answer.status_code < 500, answer.text
