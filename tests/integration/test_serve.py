"""The server as a process: it starts, says where, answers, gives up slow clients, and stops when told to."""

import contextlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import httpx
import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HURRIED = (
    "import synopticon.web.server as s, synopticon.web.guard as g; s.HEADERS_LAST = g.SLOW = 0.5; "
    "from synopticon.cli.main import run; run()"
)


@contextlib.contextmanager
def serving(*arguments):
    """A running server: the process, and the line that it printed."""
    command = [sys.executable, "-c", HURRIED, "serve", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate(timeout=30)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving("--workspace", str(tmp_path_factory.mktemp("serve") / "ws")) as (process, line):
        found = re.fullmatch(r"(http://127\.0\.0\.1:(\d+))/#token=([\w-]{43})", line)
        assert found, line
        yield process, found[1], int(found[2]), found[3]


def test_the_printed_link_lets_its_reader_in(server):
    _, address, _, token = server
    with httpx.Client(base_url=address, headers={"Origin": address}) as browser:
        assert browser.get("/api/health").json() == {"ok": True}
        assert browser.get("/").status_code == 200
        assert browser.get("/api/cameras").status_code == 401
        assert browser.post("/api/session", json={"link": token}).status_code == 200
        assert browser.get("/api/cameras").json() == []


def test_it_listens_on_this_machine_alone(server):
    process, _, port, _ = server
    listening = [c for c in psutil.Process(process.pid).net_connections() if c.status == psutil.CONN_LISTEN]
    assert [(c.laddr.ip, c.laddr.port) for c in listening] == [("127.0.0.1", port)]


@pytest.mark.parametrize("sent", [b"", b"GET /api/health HTTP/1.1\r\nHost: 127"])
def test_a_client_that_does_not_finish_its_request_is_given_up(server, sent):
    """Slow clients: one that sends a header a minute holds no connection."""
    _, address, port, _ = server
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(sent)
        began = time.monotonic()
        assert slow.recv(100) == b""
        assert time.monotonic() - began < 8
    assert httpx.get(f"{address}/api/health").status_code == 200


def test_drops_of_headers_do_not_begin_the_time_anew(server):
    _, _, port, _ = server
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        while not _closed(slow):
            assert time.monotonic() - began < 8, "a client that sends byte after byte was never given up"
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                slow.sendall(b"G")
            time.sleep(0.1)


def test_headers_without_end_are_refused(server):
    _, address, port, _ = server
    with socket.create_connection(("127.0.0.1", port), timeout=10) as greedy:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            greedy.sendall(b"GET / HTTP/1.1\r\n" + b"X-A: " + b"a" * 200_000)
        with contextlib.suppress(ConnectionResetError):
            assert greedy.recv(200).startswith(b"HTTP/1.1 4")
    assert httpx.get(f"{address}/api/health").status_code == 200


def test_what_is_no_http_is_answered_and_survived(server):
    _, address, port, _ = server
    with socket.create_connection(("127.0.0.1", port), timeout=10) as odd:
        odd.sendall(b"\x16\x03\x01\x00\xff nonsense\r\n\r\n")
        assert odd.recv(100).startswith(b"HTTP/1.1 400")
    assert httpx.get(f"{address}/api/health").status_code == 200


def test_a_body_that_comes_too_slowly_is_given_up(server):
    _, address, port, _ = server
    head = f"POST /api/session HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 100\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(head.encode() + b'{"link": ')
        began = time.monotonic()
        assert slow.recv(100).startswith(b"HTTP/1.1 408")
        assert time.monotonic() - began < 8
    assert httpx.get(f"{address}/api/health").status_code == 200


# What a proxy might read as one request and the server as two.
TWOFOLD = {
    "two lengths": "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two contents": "Content-Length: 5\r\nContent-Length: 0\r\n\r\n",
    "no coding of ours": "Transfer-Encoding: xchunked\r\n\r\n",
    "a space before the colon": "Transfer-Encoding : chunked\r\n\r\n",
    "a folded line": "X-A: b\r\n c\r\nContent-Length : 0\r\n\r\n",
    "a chunk that is none": "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
}


@pytest.mark.parametrize("rest", TWOFOLD.values(), ids=TWOFOLD)
def test_no_second_request_hides_in_a_first(server, rest):
    """Request smuggling: whatever is doubtful ends the connection, and what follows on it is not read."""
    _, address, port, _ = server
    host = f"Host: 127.0.0.1:{port}\r\n"
    hidden = f"GET /api/health HTTP/1.1\r\n{host}\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sly:
        sly.sendall(f"POST /api/session HTTP/1.1\r\n{host}{rest}{hidden}".encode())
        said = b""
        with contextlib.suppress(ConnectionResetError):
            while more := sly.recv(4096):
                said += more
    assert said.startswith(b"HTTP/1.1 4")
    assert said.count(b"HTTP/1.1 ") == 1
    assert b'"ok":true' not in said
    assert httpx.get(f"{address}/api/health").status_code == 200


@pytest.fixture(scope="module")
def pems(tmp_path_factory):
    """A certificate for localhost that nobody signed, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "chain.pem").write_bytes(made.public_bytes(pem))
    (folder / "key.pem").write_bytes(plain)
    return folder / "chain.pem", folder / "key.pem"


def test_over_tls_the_session_never_travels_in_the_open(pems, tmp_path):
    options = ("--tls-cert", str(pems[0]), "--tls-key", str(pems[1]), "--name", "localhost")
    with serving(*options, "--workspace", str(tmp_path / "ws")) as (_, line):
        address, _, token = line.partition("/#token=")
        assert address.startswith("https://localhost:")
        trusted = ssl.create_default_context(cafile=pems[0])
        with httpx.Client(base_url=address, headers={"Origin": address}, verify=trusted) as browser:
            answer = browser.post("/api/session", json={"link": token})
            assert answer.headers["set-cookie"].startswith("__Host-synopticon=")
            assert "; Secure" in answer.headers["set-cookie"]
            assert browser.get("/api/session").status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(address.replace("https", "http"))


def test_it_stops_when_told_to(tmp_path):
    with serving("--workspace", str(tmp_path / "ws")) as (process, line):
        address = line.partition("/#")[0]
        assert httpx.get(f"{address}/api/health").status_code == 200
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert "Traceback" not in said
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/api/health")


def _closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True
    finally:
        connection.setblocking(True)
