"""Recordings brought in by a browser: sent, gone on with after a reload, analysed, shown; jobs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from synopticon.acts.cameras import add_camera
from synopticon.acts.workspace import open_workspace
from tests.scene import write_scene
from tests.webapp import Open, Window, serving

pytestmark = [pytest.mark.browser, pytest.mark.node]
NAME = "<b>gate</b> <img src=x onerror=window.broken=1> 1.mp4"


@pytest.fixture(scope="module")
def link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("jobs")
    with open_workspace(folder / "ws") as here:
        add_camera(here, "gate", zone="Europe/Paris")
    with serving(folder / "ws", folder / "home") as line:
        yield line


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    return write_scene(tmp_path / NAME.replace("/", "_"), 1, 2.5, 1.0)


def choose(window: Window, path: Path) -> None:
    window.page.locator("input[type=file]").set_input_files(path)


def job(window: Window, state: str) -> Any:
    return window.page.locator(f".drop .job[data-state={state}], .tray .job[data-state={state}]").first


def without_pieces(route: Any) -> None:
    """The connection breaks whenever a piece is sent."""
    if route.request.method == "PATCH":
        route.abort()
    else:
        route.continue_()


def test_a_recording_is_brought_in_interrupted_gone_on_with_and_shown(
    opened: Open, link: str, scene: Path
) -> None:
    address = link.split("/#", maxsplit=1)[0]
    window = opened(address)
    page = window.page
    page.goto(link)
    page.get_by_role("link", name="Footage").click()
    choose(window, scene)
    page.get_by_label("Start of the recording").fill("2026-11-24T10:00:00")
    assert window.settled().faults() == []
    page.route("**/api/uploads/*", without_pieces)
    page.get_by_role("button", name="Bring 1 file in").click()
    job(window, "receiving").get_by_text("interrupted").wait_for()
    assert window.fits()
    window.said.clear()  # the requests that were broken off on purpose
    page.unroute_all()
    page.reload()
    window.settled()
    job(window, "receiving").get_by_text("choose the file again").wait_for()
    choose(window, scene)
    page.locator(".timeline .analysed").first.wait_for(timeout=60_000)  # the page shows it by itself
    page.get_by_text("Recordings (1)").click()
    assert "24 Nov 2026, 10:00:00 UTC+1" in window.text("table")
    page.get_by_role("button", name="Jobs").click()
    done = page.locator(".tray .job[data-state=done]")
    done.wait_for()
    assert "1 track" in done.inner_text()
    assert "onerror" in page.locator(".tray").inner_text()  # shown as it is called, and no program
    assert page.evaluate("window.broken") is None
    assert window.faults() == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert window.faults() == []
    page.keyboard.press("Escape")
    assert page.locator(".tray .job").count() == 0
    assert page.evaluate("document.activeElement.textContent") == "Jobs"


def test_what_is_no_recording_fails_with_its_line(opened: Open, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    with open_workspace(folder / "ws") as here:
        add_camera(here, "gate")
    text = tmp_path / "notes.mp4"
    text.write_text("no video at all")
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    with serving(folder / "ws", folder / "home") as line:
        window = opened(line.split("/#")[0], "fr-FR", "dark", 390)
        page = window.page
        page.route("**/api/cameras", hold)  # the list comes late
        page.goto(line)
        page.get_by_role("link", name="Images").click()
        choose(window, text)
        send = page.get_by_role("button", name="Verser 1 fichier")
        assert send.is_disabled()
        assert "pas encore de caméra" not in window.text(".drop")
        held[0].continue_()
        send.click()
        failed = job(window, "failed")
        failed.wait_for(timeout=60_000)
        assert "notes.mp4: is text, not video" in failed.inner_text()
        assert window.faults() == []
        page.get_by_role("status").get_by_text("échoué").wait_for()
        failed.get_by_role("button", name="Réessayer").click()
        page.locator(".drop .job[data-state=failed]").nth(1).wait_for(timeout=60_000)
