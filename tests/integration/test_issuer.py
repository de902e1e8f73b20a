"""The connection to an identity provider over a real socket of this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from synopticon.errors import RefusedError
from synopticon.web.issuer import SIZE, ask


class Provider(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/good")
            self.end_headers()
            return
        bodies = {"/good": b'{"a": 1}', "/list": b"[]", "/text": b"<html>", "/large": b" " * SIZE + b"{}"}
        self.answer(bodies[self.path])

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer(json.dumps({"form": body, "proof": self.headers["Authorization"]}).encode())

    def answer(self, body):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def place():
    with HTTPServer(("127.0.0.1", 0), Provider) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_objects_are_read_and_forms_are_posted(place):
    assert ask(f"{place}/good") == {"a": 1}
    said = ask(f"{place}/token", {"code": "a b"}, {"Authorization": "Basic x"})
    assert said == {"form": "code=a+b", "proof": "Basic x"}


@pytest.mark.parametrize("path", ["/moved", "/list", "/text", "/large"])
def test_redirects_other_answers_and_large_ones_are_refused(place, path):
    with pytest.raises(RefusedError, match="identity provider") as error:
        ask(f"{place}{path}")
    assert error.value.rule == "user.oidc-away"


def test_a_provider_that_is_not_there_is_said_in_one_line():
    with pytest.raises(RefusedError, match="try again"):
        ask("http://127.0.0.1:9/")
