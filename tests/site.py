"""A browser's side of the web server, without a socket: one client for each person who is signed in."""

from contextlib import contextmanager
from typing import Any

from starlette.testclient import TestClient

from synopticon.web.app import make_app
from synopticon.web.auth import HEADER, Door
from synopticon.web.guard import House

HOST = "127.0.0.1:8742"
PAGE = f"http://{HOST}"


class Site:
    """The server of a workspace, and the browsers that know it."""

    def __init__(self, workspace, *, secure: bool = False, **house: Any) -> None:
        self.workspace = workspace
        self.door = Door(workspace, secure=secure)
        self.page = f"https://{HOST}" if secure else PAGE
        self.house = House(lambda: frozenset({HOST}), "https" if secure else "http", **house)
        self.app = make_app(self.door, self.house)

    def browser(self) -> TestClient:
        """A browser that has just been opened on the page."""
        return TestClient(
            self.app,
            base_url=self.page,
            headers={"Origin": self.page, "Sec-Fetch-Site": "same-origin"},
            raise_server_exceptions=False,
        )

    def signed_in(self, name: str, password: str) -> TestClient:
        """A browser in which a user has signed in, with the page's token."""
        browser = self.browser()
        keep_token(browser, browser.post("/api/session", json={"name": name, "password": password}))
        return browser

    def owner(self) -> TestClient:
        """The browser of the one person of a workspace without users."""
        browser = self.browser()
        keep_token(browser, browser.post("/api/session", json={"link": self.door.link()}))
        return browser


def keep_token(browser, answer) -> None:
    assert answer.status_code == 200, answer.text
    browser.headers[HEADER] = answer.json()["token"]


@contextmanager
def acts(workspace):
    """The entries that the log gets meanwhile: (kind, capability, actor)."""
    found: list[tuple[str, str, str]] = []
    before = workspace.log.storage.size()
    yield found
    found += [
        (e.header.kind, e.header.capability, e.header.actor)
        for e in workspace.log.entries(before, workspace.log.storage.size())
    ]
