"""Footage in a real browser: played masked from the timeline, several cameras at one true time."""

from collections.abc import Iterator
from time import monotonic

import cv2
import numpy as np
import pytest

from synopticon.acts.workspace import open_workspace
from tests.investigation import CAMERAS, WHY, Clock, investigate
from tests.people import CAPABILITIES
from tests.webapp import House, Open, Window, give_reason, serving

pytestmark = [pytest.mark.browser, pytest.mark.node]
SINGLED = ("search.similar", "journey")
WIDER = (*CAPABILITIES, "statistics", *SINGLED)
PLAN = bytes(cv2.imencode(".png", np.full((90, 160, 3), 240, np.uint8))[1])
PLAYS = "[...document.querySelectorAll('video')].filter(v => v.readyState > 1 && v.buffered.length).length"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A case that may count, too, and single out, by a second person's word."""
    folder = tmp_path_factory.mktemp("places")
    clock = Clock()
    clock.later(hours=-6)  # the server has a clock of its own, and the log goes forward only
    with pytest.MonkeyPatch.context() as patch:
        made = investigate(folder, patch, clock)
        made.case = made.open_case(capabilities=WIDER)
        made.allow(*SINGLED)
        made.workspace.engine.dispose()
    with serving(folder / "ws", folder / "home") as address:
        yield House(folder / "ws", made.case, address)


def until(window: Window, holds: str) -> None:
    """Wait until a JavaScript expression holds (the policy of the pages forbids Playwright's way to wait)."""
    end = monotonic() + 15
    while not window.page.evaluate(holds):
        assert monotonic() < end, f"never: {holds}"
        window.page.wait_for_timeout(50)


def looks(house: House) -> list[dict]:
    """What the log says of every look at playing footage."""
    with open_workspace(house.folder) as workspace:
        entries = workspace.log.entries(0, workspace.log.storage.size())
        return [e.payload for e in entries if e.payload and e.payload.get("what") == "playing"]


def test_a_click_on_the_timeline_plays_from_there_masked(ines: Window, house: House) -> None:
    page = ines.open(house.page("/footage")).page
    page.locator(".activity path[d^=M]").first.wait_for()
    slider = page.get_by_role("slider", name="Moment of gate")
    slider.focus()
    page.keyboard.press("+")
    page.keyboard.press("0")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.locator(".screen video").wait_for()
    until(ines, "document.querySelector('video').currentTime > 0.5")
    assert "24 Nov 2026, 13:00:0" in ines.text(".screen figcaption")  # the camera's own clock
    page.keyboard.press("k")
    until(ines, "document.querySelector('video').paused")
    page.keyboard.press("l")
    until(ines, "document.querySelector('video').currentTime > 10")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("End")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    assert ines.faults() == []
    (said,) = looks(house)
    assert (said["reason"][0], len(said["cameras"])) == (WHY, 1)
    page.get_by_role("button", name="Close").click()
    page.locator(".screen").wait_for(state="detached")


def test_cameras_play_beside_each_other_and_what_is_not_there_is_said(ines: Window, house: House) -> None:
    page = ines.open(house.page("/footage")).page
    page.get_by_label("Play beside the others").nth(1).check()
    page.get_by_text("Recordings (1)").first.click()
    page.get_by_role("button", name="Play gate.mp4").click()
    page.locator(".screen video").first.wait_for()
    until(ines, f"{PLAYS} > 0")
    assert "Nothing recorded" in page.locator(".screen", has_text="hall").inner_text()
    assert page.locator(".screen", has_text="gate").locator("video.away").count() == 0
    assert "entry" in ines.text(".player")


def test_cameras_are_placed_on_a_plan_by_keyboard(opened: Open, house: House) -> None:
    """Otto looks after the cameras; who may not place them sees where they are."""
    window = opened(house.address).sign_in("otto")
    page = window.open("/plan").page
    page.get_by_label("Choose a picture").set_input_files(
        {"name": "<img src=x onerror=alert(1)>.png", "mimeType": "image/png", "buffer": PLAN}
    )
    page.locator(".site img").wait_for()
    page.get_by_role("button", name="Place the cameras").click()
    for name in CAMERAS:
        page.get_by_role("button", name=f"Put {name}").click()
    gate = page.get_by_role("button", name="Move gate")
    gate.focus()
    for key in ("Shift+ArrowDown", "Shift+ArrowDown", "ArrowRight", "]"):
        page.keyboard.press(key)
    page.get_by_role("button", name="Save the places").click()
    page.get_by_role("button", name="Place the cameras").wait_for()
    assert window.faults() == []
    other = opened(house.address).sign_in("ines")
    give_reason(other, house)
    other.open(house.page("/footage"))
    other.page.get_by_text("Plan of the cameras").click()
    camera = other.page.locator(".site").get_by_role("button", name="gate")
    camera.click()
    assert camera.get_attribute("aria-pressed") == "true"
    assert camera.evaluate("e => e.style.top") == "20%"
    assert other.page.get_by_role("button", name="Place the cameras").count() == 0


def test_a_hit_is_played_and_followed_to_another_camera(ines: Window, house: House) -> None:
    page = ines.open(house.page("/search?q=camera:gate")).page
    page.locator(".hit img").first.wait_for()
    page.get_by_role("button", name="Play in context").wait_for()
    page.keyboard.press("p")
    page.locator(".detail video").wait_for()
    until(ines, "document.querySelector('.detail video').readyState > 1")
    page.get_by_role("link", name="Similar and journey").click()
    page.get_by_role("heading", name="The journey so far").wait_for()
    page.locator(".stop img").wait_for()
    page.get_by_role("button", name="Look for candidates").first.click()
    page.locator(".candidate img").first.wait_for()
    assert "for a person to decide" in ines.text(".candidates >> xpath=..")
    page.get_by_role("button", name="Same: confirm").first.click()
    page.locator(".candidate.confirmed").wait_for()
    page.locator(".stop").nth(1).wait_for()
    page.locator(".site-camera", has_text="hall · 2").wait_for()
    page.get_by_role("button", name="Look for candidates").last.click()
    page.locator(".candidates").nth(1).wait_for()
    page.get_by_role("button", name="Play the journey").click()
    page.locator(".screen").nth(1).wait_for()
    until(ines, f"{PLAYS} > 0")
    assert ines.faults() == []
