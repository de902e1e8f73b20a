"""The web application for tests in a browser: a real server process, and windows that forgive no error."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from synopticon.acts.cameras import add_camera
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.workspace import open_workspace
from tests.investigation import WHY
from tests.organisation import PASSWORD
from tests.people import NOW
from tests.scene import write_scene

AXE = Path(__file__).parents[1] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What axe calls the impact of a rule, of its failures too; the weights are those of Lighthouse's category.
WEIGHTS = {"critical": 10, "serious": 7, "moderate": 3, "minor": 1}
LEAST = 95  # the least score of a page
RUN_AXE = """async rules => {
  const found = await axe.run(document, {runOnly: rules});
  const impact = Object.fromEntries(axe._audit.rules.map(rule => [rule.id, rule.impact]));
  return {
    passed: found.passes.map(rule => impact[rule.id]),
    failed: found.violations.map(rule => impact[rule.id]),
    faults: found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`),
  };
}"""


@contextmanager
def serving(folder: Path, home: Path, typed: str = "") -> Iterator[str]:
    """Serve a workspace on a free port until the test is done; gives what the verb prints: the address.

    ``typed``: what somebody types at its terminal, who has the password in the environment.
    """
    program = [sys.executable, "-m", "synopticon.cli.main"]
    command = [*program, "serve", "--port", "0", "--workspace", str(folder)]
    environment = {**os.environ, "SYNOPTICON_HOME": str(home)}
    terminal = _typing(typed) if typed else None
    if terminal is not None:
        environment["SYNOPTICON_PASSWORD"] = PASSWORD
    server = subprocess.Popen(command, env=environment, stdin=terminal, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait(20)


def _typing(text: str) -> int:
    """A terminal at which this is typed (POSIX)."""
    import pty

    keyboard, terminal = pty.openpty()
    os.write(keyboard, text.encode())
    return terminal


@dataclass
class Window:
    """A window of a browser on the application; what goes wrong in it is collected in ``said``."""

    page: Any
    address: str
    said: list[str] = field(default_factory=list)

    def listen(self) -> "Window":
        page, own = self.page, self.address
        page.set_default_timeout(20_000)
        page.on("console", lambda m: self.said.append(f"{m.type}: {m.text}"))
        page.on("pageerror", lambda e: self.said.append(f"error: {e}"))
        page.on("requestfailed", self._failed)
        page.on("request", lambda r: _inside(r.url, own) or self.said.append(f"asked for {r.url}"))
        return self

    def _failed(self, request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page itself no longer wants it
            self.said.append(f"failed: {request.url} {request.failure}")

    def expected(self, what: str) -> None:
        """What is wrong on purpose in a test: it must have been said, and is forgiven."""
        kept = [line for line in self.said if what not in line]
        assert len(kept) < len(self.said), f"{what!r} was not said: {self.said}"
        self.said[:] = kept

    def sign_in(self, name: str) -> "Window":
        """Sign in with the form."""
        self.page.goto(self.address)
        self.page.locator("input[name=name]").fill(name)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("button[type=submit]").click()
        self.page.locator("nav a").nth(1).wait_for()
        return self.settled()

    def open(self, path: str) -> "Window":
        """Go to an address of the application, and wait until its page is there."""
        self.page.goto(self.address + path)
        return self.settled()

    def settled(self) -> "Window":
        self.page.locator("main h1").first.wait_for(state="attached")
        self.page.locator("main .loading").first.wait_for(state="detached")
        return self

    def text(self, what: str = "main") -> str:
        return str(self.page.locator(what).first.inner_text())

    def faults(self) -> list[str]:
        """What axe finds, whether the page is wider than its window, a score below LEAST; in words."""
        look = self.look()
        found = look["faults"] if self.fits() else [*look["faults"], "wider than its window"]
        score = score_of(look["passed"], look["failed"])
        print(f"{score:5.1f} {self.page.url.removeprefix(self.address)}")  # make accessibility shows it
        return found if score >= LEAST else [*found, f"a score of {score:.1f}"]

    def look(self) -> dict[str, list[str]]:
        """What axe finds: ``faults`` in words, and the impacts of rules that ``passed`` and ``failed``."""
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(AXE.read_text("utf-8"))
        return dict(self.page.evaluate(RUN_AXE, RULES))

    def fits(self) -> bool:
        """Whether nothing must be scrolled sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def score_of(passed: list[str], failed: list[str]) -> float:
    """0 to 100: the share of rules that hold among those that apply to a page, by the weight of their impact.

    As Lighthouse scores its accessibility category: a rule holds on the whole page, or it fails.
    """
    good, bad = (sum(WEIGHTS[impact] for impact in found) for found in (passed, failed))
    return 100 * good / (good + bad) if good + bad else 100.0


Open = Callable[..., Window]


@dataclass(frozen=True)
class Alone:
    """One's own workspace, served: its folder, its address, the session of the browser that was let in."""

    folder: Path
    address: str
    session: list[Any]


@contextmanager
def one_person(
    folder: Path, browser: Any, *, start: datetime = NOW, clock: datetime | None = None
) -> Iterator[Alone]:
    """One's own workspace with a camera ``gate``, before which three figures went from left to right.

    ``start``: when they did, as it is taken in; ``clock``: what a clock in the picture shows at first.
    """
    path = write_scene(folder / "gate.mp4", 3, 2.5, 1.0, clock=clock)
    with open_workspace(folder / "ws") as workspace:
        add_camera(workspace, "gate", zone="Europe/Paris")
        ingest(workspace, IngestRequest((str(path),), "gate", model="none", workers=1, start=start))
    with serving(folder / "ws", folder / "home") as link:
        context = browser.new_context()
        page = context.new_page()
        page.goto(link)
        page.locator(".case-bar").wait_for()
        yield Alone(folder / "ws", link.split("/#")[0], context.cookies())
        context.close()


@dataclass
class House:
    """A workspace of investigators that is served, and its one case."""

    folder: Path
    case: str
    address: str

    def page(self, name: str) -> str:
        return f"/cases/{self.case}{name}"


def give_reason(window: Window, house: House) -> None:
    window.page.evaluate("([k, v]) => sessionStorage.setItem(k, v)", [f"synopticon.reason.{house.case}", WHY])


def _inside(url: str, address: str) -> bool:
    return url.startswith((f"{address}/", "data:")) or url == address
