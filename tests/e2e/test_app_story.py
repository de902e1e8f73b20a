"""The whole story in a real browser: from the first run to a package that a stranger has checked."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from synopticon.acts import cases, people
from synopticon.acts.cameras import add_camera
from synopticon.acts.workspace import init_workspace, open_workspace
from tests.e2e.test_verify_page import Window as Checking
from tests.investigation import WHY
from tests.organisation import PASSWORD, enrol_others, on_another_machine
from tests.people import DPIA, FIELDS
from tests.scene import write_scene
from tests.webapp import House, Open, Window, give_reason, serving

pytestmark = [pytest.mark.browser, pytest.mark.node, pytest.mark.posix]
WANTED = ("ingest", "view.masked", "synopsis", "search.attributes", "case.mark", "export.masked")
PURPOSE = "who came through the gate on Tuesday"


def ask_for_a_case(page: Any) -> None:
    """As Ines, on the page of cases."""
    page.get_by_role("button", name="Open a case").click()
    for name in ("purpose", "basis", "authorised_by"):
        page.locator(f"form [name={name}]").fill(PURPOSE)
    page.get_by_label("gate").check()
    for box in page.locator("form [name=capabilities]").all():
        box.set_checked(box.get_attribute("value") in WANTED)
    end = (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%dT10:00")
    for name, time in (("start", "2026-11-24T10:00"), ("end", "2026-11-24T14:00"), ("until", end)):
        page.locator(f"form [name={name}]").fill(time)
    for name, value in FIELDS.items():
        field = page.locator(f"form [name='field.{name}']")
        field.select_option(value) if name in ("dpia", "flagrance") else field.fill(value)
    page.locator("form button[type=submit]").click()
    page.get_by_role("link", name=PURPOSE).click()
    page.get_by_role("heading", name="Requests and approvals").wait_for()


def approve(page: Any, key: Any, axel: str, folder: Path) -> None:
    """Save the request that waits, have Axel sign it on another machine, bring his answer in."""
    waits = page.get_by_text("waits for a decision")
    waits.wait_for()
    with page.expect_download() as saved:
        page.locator("li", has=waits).get_by_role("link", name="Save the request").last.click()
    file = folder / "approval.json"
    file.write_bytes(on_another_machine(Path(saved.value.path()).read_bytes(), key, axel, datetime.now(UTC)))
    page.get_by_role("button", name="Bring in an answer").click()
    page.get_by_label("The approval file").set_input_files(file)
    page.get_by_role("button", name="Bring it in").click()
    waits.wait_for(state="detached")


def bring_in(window: Window, footage: Path) -> None:
    """Upload it, and wait until it is analysed."""
    page = window.page
    page.get_by_role("link", name="Footage", exact=True).click()
    page.locator("input[type=file]").set_input_files(footage)
    page.get_by_label("Start of the recording").fill("2026-11-24T12:00:00")
    page.get_by_role("button", name="Bring 1 file in").click()
    page.locator(".timeline .analysed").first.wait_for(timeout=60_000)


def export(page: Any, folder: Path) -> tuple[Path, str]:
    """Make the package; gives its folder, and the fingerprint that is told in another way."""
    page.get_by_label("Recipient").fill("Ms Roux, prosecutor")
    page.get_by_role("button", name="Look at what will leave").click()
    page.get_by_role("button", name="Make the package for Ms Roux").click()
    page.get_by_role("link", name="Save the package").wait_for(timeout=60_000)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the package").click()
    with ZipFile(saved.value.path()) as archive:
        archive.extractall(folder)
    (package,) = folder.glob("export-*")
    return package, page.locator(".fingerprint").inner_text().replace(" ", "")


def verdict(package: Path, fingerprint: str) -> int:
    """How ``synopticon verify`` ends, of a stranger who has nothing but the package."""
    command = [sys.executable, "-m", "synopticon.cli.main", "verify", str(package), "--key", fingerprint]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_from_the_first_run_to_a_package_that_is_verified(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNOPTICON_HOME", str(tmp_path / "home"))
    init_workspace(tmp_path / "ws", organisation="Police of Lyon", profile="fr-judicial")
    scene = write_scene(tmp_path / "gate.mp4", 1, 2.5, 1.0)
    with serving(tmp_path / "ws", tmp_path / "home", typed="ada\nNorth\n") as address:
        ada = opened(address).sign_in("ada")
        assert "ada" in ada.open("/users").text()
        with open_workspace(tmp_path / "ws") as workspace:
            keys = enrol_others(workspace)
            people.login(workspace, "ada", PASSWORD)
            add_camera(workspace, "gate", zone="Europe/Paris", purpose="who comes and goes")
            people.login(workspace, "dora", PASSWORD)
            cases.register_dpia(workspace, DPIA)  # of today's settings
            axel = people.find_user(workspace, "axel").id
        ines = opened(address).sign_in("ines")
        page = ines.open("/cases").page
        ask_for_a_case(page)
        approve(page, keys["axel"], axel, tmp_path)
        house = House(tmp_path / "ws", page.url.split("/")[4], address)
        page.get_by_role("button", name="Ask for an allowance").click()
        page.locator("form [name=wanted][value='export.masked']").check()
        page.locator("form [name=reason]").fill(WHY)
        page.locator("form button[type=submit]").click()
        approve(page, keys["axel"], axel, tmp_path)
        give_reason(ines, house)
        ines.open(house.page(""))
        bring_in(ines, scene)
        ines.open(house.page("/synopsis")).page.locator("canvas").first.wait_for()
        ines.open(house.page("/search?q=object"))
        page.locator(".hit img").first.wait_for()
        page.keyboard.press("a")
        page.locator(".hit.accepted").wait_for()
        ines.open(house.page("/evidence")).page.locator(".shot img").wait_for()
        package, fingerprint = export(ines.open(house.page("/evidence?tab=export")).page, tmp_path)
        ines.open(house.page("/evidence?tab=verify"))
        with page.context.expect_page() as opening:
            page.get_by_role("link", name="Open the page").click()
        alone = Checking(opening.value)
        assert alone.drop(package) == "open"
        assert alone.tell(fingerprint) == "good"
        assert verdict(package, fingerprint) == 0
        for window in (ada, ines):  # before the server goes, whose events they follow
            window.page.goto("about:blank")
