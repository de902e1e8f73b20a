import hashlib
import hmac
import json
import socket
import time
from datetime import UTC, datetime, timedelta

import pytest

from synopticon.acts import post as post_
from synopticon.acts.courier import FIRST, LASTS, LONGEST, Courier, pause_after
from synopticon.acts.post import REPLAY, check_url, host_of, post
from synopticon.acts.webhooks import add_webhook, list_webhooks, remove_webhook, try_webhook
from synopticon.acts.workspace import open_workspace
from synopticon.errors import UsageError
from synopticon.store.webhooks import Target
from tests.live import Receiver, made, raise_event
from tests.waiting import patience

until = patience(20.0)

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
KEY = "a key that nobody guesses soon"


@pytest.fixture
def receiver():
    one = Receiver()
    yield one
    one.close()


@pytest.fixture
def place(tmp_path):
    return made(tmp_path, "gate")


def accepted(headers, body, key, now):
    """What a receiver does, as docs/live.md says it."""
    at = headers["Synopticon-Timestamp"]
    expected = "v1=" + hmac.new(key.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, headers["Synopticon-Signature"]) and abs(now - int(at)) <= REPLAY


def test_what_is_sent_is_signed_and_an_old_or_changed_one_is_not_accepted(receiver):
    assert post(Target(receiver.url, KEY), "hook.event", {"a": 1}, NOW, local=True).received
    ((path, headers, body),) = receiver.came
    assert (path, json.loads(body), headers["Synopticon-Delivery"]) == ("/alerts", {"a": 1}, "hook.event")
    now = NOW.timestamp()
    assert accepted(headers, body, KEY, now)
    assert not accepted(headers, body + b" ", KEY, now)
    assert not accepted(headers, body, "another key", now)
    assert not accepted(headers, body, KEY, now + REPLAY + 1)
    later = {**headers, "Synopticon-Timestamp": str(int(now) + REPLAY)}
    assert not accepted(later, body, KEY, now + REPLAY)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host/", "file:///etc/passwd", "https://", "nonsense", "http://host:99999999/",
        "https://user:word@host/", "http://127.0.0.1/", "http://localhost/", "http://10.1.2.3/", "http://[::1]/",
        "http://192.168.1.1/", "http://[::ffff:10.0.0.1]/", "http://169.254.169.254/latest", "http://0.0.0.0/",
        "http://224.0.0.1/", "http://[fe80::1]/",
    ],
)  # fmt: skip
def test_addresses_that_nothing_is_sent_to(url):
    with pytest.raises(UsageError):
        check_url(url, local=False)


def test_a_local_address_must_be_meant_and_link_local_ones_are_never():
    check_url("http://10.1.2.3/", local=True)
    check_url("http://localhost:8080/", local=True)
    for url in ("http://169.254.169.254/", "http://[fe80::1]/", "http://0.0.0.0/", "http://224.0.0.1/"):
        with pytest.raises(UsageError):
            check_url(url, local=True)


def test_a_name_that_leads_to_a_private_address_is_refused_when_it_is_sent(receiver, monkeypatch):
    port = receiver.server.server_port
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(post_.socket, "getaddrinfo", lambda *_, **__: found)
    answer = post(Target(f"http://hooks.example.org:{port}/", KEY), "d", {}, NOW, local=False)
    assert not answer.received
    assert "of this machine" in answer.says
    assert not receiver.came


def test_of_several_addresses_one_that_is_not_allowed_is_enough_to_refuse(monkeypatch):
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 80)) for a in ("93.184.216.34", "169.254.169.254")
    ]
    monkeypatch.setattr(post_.socket, "getaddrinfo", lambda *_, **__: found)
    assert "169.254" in post(Target("http://hooks.example.org/", KEY), "d", {}, NOW, local=False).says


def test_a_redirect_is_not_followed(receiver):
    receiver.answers = [302]
    assert post(Target(receiver.url, KEY), "d", {}, NOW, local=True) == post_.Answer(False, "status 302")
    assert len(receiver.came) == 1


def test_only_scheme_and_host_of_an_address_are_shown():
    assert host_of("https://hooks.example.org:8443/T0/secret?token=x") == "https://hooks.example.org:8443"


def test_the_key_and_the_address_are_sealed(place, receiver):
    with open_workspace(place) as here:
        _, key = add_webhook(here, "office", f"{receiver.url}/path-that-is-secret", local=True)
    everything = b"".join(p.read_bytes() for p in place.rglob("*") if p.is_file())
    assert b"office" in everything
    assert b"path-that-is-secret" not in everything
    assert key.encode() not in everything


def test_a_name_is_taken_once_and_a_weak_key_refused(place, receiver):
    with open_workspace(place) as here:
        add_webhook(here, "office", receiver.url, local=True)
        for name, secret in (("office", ""), ("other", "short"), ("", "")):
            with pytest.raises(UsageError):
                add_webhook(here, name, receiver.url, secret=secret, local=True)


def test_a_test_is_signed_as_alerts_are(place, receiver):
    with open_workspace(place) as here:
        add_webhook(here, "office", receiver.url, secret=KEY, local=True)
        assert try_webhook(here, "office").received
        receiver.answers = [500]
        assert not try_webhook(here, "office").received
    _, headers, body = receiver.came[0]
    assert json.loads(body)["type"] == "test"
    assert accepted(headers, body, KEY, time.time())


def test_an_alert_is_received_once_by_each_webhook(place, receiver):
    other = Receiver()
    try:
        with open_workspace(place) as here:
            before = raise_event(here, "gate", datetime.now(UTC) - timedelta(seconds=5))
            add_webhook(here, "office", receiver.url, secret=KEY, local=True)
            add_webhook(here, "guard", other.url, local=True)
            ids = [raise_event(here, "gate", datetime.now(UTC) + timedelta(seconds=n)) for n in range(3)]
            with Courier(here):
                until(lambda: all(w.done == 3 for w in list_webhooks(here)))
        for one in (receiver, other):
            said = [json.loads(body) for _, _, body in one.came]
            assert [s["id"] for s in said] == ids
            assert before not in ids
            assert {s["camera"] for s in said} == {"gate"}
            assert not {"box", "tracks", "reason"} & set(said[0])
    finally:
        other.close()


def test_what_is_refused_is_tried_again_and_what_waits_survives_a_restart(place, receiver, monkeypatch):
    monkeypatch.setattr("synopticon.acts.courier.FIRST", timedelta(milliseconds=50))
    receiver.default = 500
    with open_workspace(place) as here:
        add_webhook(here, "office", receiver.url, local=True)
        ids = [raise_event(here, "gate", datetime.now(UTC) + timedelta(seconds=n)) for n in range(3)]
        with Courier(here):
            until(lambda: len(receiver.came) >= 2)
        (how,) = list_webhooks(here)
        assert (how.waiting, how.done, how.says) == (3, 0, "status 500")
    receiver.default = 200
    with open_workspace(place) as here, Courier(here):
        until(lambda: list_webhooks(here)[0].done == 3)
    ended = [json.loads(body)["id"] for _, _, body in receiver.came]
    assert list(dict.fromkeys(ended)) == ids  # in their order: none overtakes one that fails


def test_a_target_that_is_down_for_an_hour_gets_all_of_it_then(place, monkeypatch):
    """The pauses of an hour of failures, without waiting for them."""
    pauses, gone = [], timedelta()
    while gone < timedelta(hours=1):
        pauses.append(pause_after(len(pauses)))
        gone += pauses[-1]
    assert pauses[0] == FIRST
    assert max(pauses) == LONGEST
    assert len(pauses) < 30
    assert timedelta(days=1) < LASTS
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setattr("synopticon.acts.courier.FIRST", timedelta(milliseconds=50))
    with open_workspace(place) as here:
        add_webhook(here, "office", f"http://127.0.0.1:{port}/", local=True)
        raise_event(here, "gate", datetime.now(UTC))
        with Courier(here):
            until(lambda: "refused" in list_webhooks(here)[0].says.lower())
        assert list_webhooks(here)[0].waiting == 1


def test_a_slow_target_delays_no_other(place, receiver, monkeypatch):
    monkeypatch.setattr(post_, "TIMEOUT", 3.0)
    slow = Receiver()
    slow.default = 5.0
    try:
        with open_workspace(place) as here:
            add_webhook(here, "a slow one", slow.url, local=True)
            add_webhook(here, "office", receiver.url, local=True)
            with Courier(here):
                for n in range(3):
                    raise_event(here, "gate", datetime.now(UTC) + timedelta(seconds=n))
                until(lambda: len(receiver.came) == 3, 2.9)
                until(lambda: "no answer" in {w.name: w.says for w in list_webhooks(here)}["a slow one"])
            assert {w.name: w.waiting for w in list_webhooks(here)} == {"a slow one": 3, "office": 0}
    finally:
        slow.close()


def test_an_alert_of_last_week_is_given_up_and_said_so(place, receiver, monkeypatch):
    receiver.default = 500
    with open_workspace(place) as here:
        add_webhook(here, "office", receiver.url, local=True)
        raise_event(here, "gate", datetime.now(UTC))
        monkeypatch.setattr("synopticon.acts.courier.LASTS", timedelta(0))
        with Courier(here):
            until(lambda: list_webhooks(here)[0].given_up == 1)


def test_a_webhook_that_is_removed_gets_nothing_more(place, receiver):
    with open_workspace(place) as here:
        add_webhook(here, "office", receiver.url, local=True)
        receiver.default = 500
        raise_event(here, "gate", datetime.now(UTC))
        with Courier(here):
            until(lambda: receiver.came)
        assert remove_webhook(here, "office") == 1
        came = len(receiver.came)
        with Courier(here):
            time.sleep(1.2)
        assert len(receiver.came) == came
        with pytest.raises(UsageError):
            remove_webhook(here, "office")


def test_each_is_in_the_log(place, receiver):
    with open_workspace(place) as here:
        add_webhook(here, "office", receiver.url, secret=KEY, local=True)
        raise_event(here, "gate", datetime.now(UTC))
        with Courier(here):
            until(lambda: receiver.came)
        remove_webhook(here, "office")
        entries = list(here.log.storage.entries(0, here.log.storage.size()))
        said = json.dumps([e.payload for e in entries if e.payload], default=str)
    assert KEY not in said
    assert receiver.url not in said
    acts = [e.header.capability for e in entries if hasattr(e.header, "capability")]
    assert acts.count("webhook.set") >= 2
    assert "webhook.send" in acts
