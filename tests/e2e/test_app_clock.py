"""The clock of a recording in a real browser: read from its picture, compared, and set by a person."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from synopticon.acts.workspace import open_workspace
from tests.people import NOW
from tests.webapp import Alone, Window, one_person

pytestmark = [pytest.mark.browser, pytest.mark.node]
SHOWN = datetime(2026, 11, 24, 13, 4, 30)  # in the first picture, in Paris
OFF = timedelta(minutes=7)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[Alone]:
    """A camera with a clock in its picture, taken in with another time: nobody looked at it then."""
    folder = tmp_path_factory.mktemp("clock")
    with one_person(folder, browser, start=NOW - OFF, clock=SHOWN) as alone:
        yield alone


def opened_clock(enter: Callable[..., Window], *look: Any) -> Window:
    window = enter("/footage", *look)
    summary = window.page.locator("summary", has_text="Clock" if "fr" not in str(look) else "Horloge")
    summary.click()
    return window


def logged(folder: Path) -> list[dict[str, Any]]:
    with open_workspace(folder) as workspace:
        return [e.payload for e in workspace.log.entries() if e.header.capability == "camera.clock"]


def test_the_clock_is_read_compared_and_set_by_a_person(enter: Callable[..., Window], alone: Alone) -> None:
    window = opened_clock(enter)
    page, text = window.page, window.text
    assert "24 Nov 2026, 12:53:00 UTC+1" in text(".clock")
    assert "a person who set it" in text(".clock")
    page.get_by_role("button", name="Read the clock in the picture").click()
    page.get_by_role("button", name="Fill in below").wait_for(timeout=400_000)
    assert re.search(r"24 Nov 2026, 13:04:(29|30) UTC\+1", text(".clock")), "what the picture shows"
    page.locator("summary", has_text="Readings").click()
    rows = page.locator(".readings tbody tr")
    assert rows.count() >= 10
    assert page.locator(".readings img").evaluate_all("all => all.every(one => one.naturalWidth > 50)")
    assert "2026-11-24 13:04:3" in rows.first.inner_text()
    assert not window.faults()
    assert not logged(alone.folder), "nothing is set before a person does"
    page.get_by_role("button", name="Fill in below").click()
    form = page.get_by_role("form", name="Set the clock")
    assert form.locator("[type=date]").input_value() == "2026-11-24"
    assert form.locator("[type=time]").input_value().startswith(("13:04:30", "13:04:29.9"))
    assert form.locator("select").input_value() == "+01:00"
    assert not logged(alone.folder), "nor when the form is filled in"
    form.get_by_role("button", name="Set the clock").click()
    page.get_by_text("The clock was set.").wait_for()
    began = page.locator(".clock dl").first
    began.get_by_text(re.compile(r"13:04:(29|30) UTC\+1 ±")).wait_for()
    (said, _) = logged(alone.folder)
    assert abs((datetime.fromisoformat(said["start"]).replace(tzinfo=None) - SHOWN).total_seconds()) < 1
    assert said["job"].startswith("job-")


def test_a_start_is_typed_by_hand(enter: Callable[..., Window], alone: Alone) -> None:
    window = opened_clock(enter)
    form = window.page.get_by_role("form", name="Set the clock")
    before = len(logged(alone.folder))
    form.locator("[type=date]").fill("2026-10-25")
    form.locator("[type=time]").fill("02:30:00")
    assert form.locator("option").all_inner_texts() in (["+02:00", "+01:00"], ["+01:00", "+02:00"])
    form.locator("select").select_option("+01:00")
    form.locator("[type=number]").fill("30")
    form.get_by_role("button", name="Set the clock").click()
    window.page.get_by_text("The clock was set.").wait_for()
    window.page.locator(".clock dl").first.get_by_text("25 Oct 2026, 02:30:00 UTC+1 ± 30 s").wait_for()
    said = logged(alone.folder)[before]
    assert (said["start"], said["uncertainty"]) == ("2026-10-25T02:30:00+01:00", 30)
    assert "job" not in said


def test_the_zone_of_a_camera_may_come_late(enter: Callable[..., Window], alone: Alone) -> None:
    """Readings are there before the list of cameras: nothing fails, and the form holds the camera's time."""
    window = opened_clock(enter)
    if not window.page.locator(".clock [aria-live] button").count():
        window.page.get_by_role("button", name="Read the clock in the picture").click()
    proposal = window.page.get_by_role("button", name="Fill in below")
    proposal.wait_for(timeout=400_000)
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    window.page.route("**/api/cameras", hold)
    window.page.reload()
    window.page.locator("summary", has_text="Clock").click()
    proposal.wait_for()
    form = window.page.get_by_role("form", name="Set the clock")
    assert form.locator("select").count() == 0, "an offset is typed where no zone is known"
    for route in held:
        route.continue_()
    form.locator("select").wait_for()
    said = window.text(".clock dl")
    assert f", {form.locator('[type=time]').input_value()[:8]} UTC+1" in said, said
    assert form.locator("select").input_value() == "+01:00", "its zone in winter"
    assert not window.said


@pytest.mark.parametrize("look", [("en-GB", "dark", 1280), ("fr-FR", "light", 390), ("fr-FR", "dark", 390)])
def test_it_is_accessible_in_every_look(enter: Callable[..., Window], look: tuple[str, str, int]) -> None:
    window = opened_clock(enter, *look)
    window.page.get_by_role("form").last.wait_for()
    assert not window.faults()
    assert window.look()["faults"] == []
