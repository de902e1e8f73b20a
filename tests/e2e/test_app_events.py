"""Events in a real browser: a rule is drawn, tried and kept; what it finds is played, and decided by keys."""

from collections.abc import Callable

import pytest

from synopticon.acts.kept_events import EventQuestion, list_events
from synopticon.acts.workspace import open_workspace
from tests.webapp import Alone, Window

pytestmark = [pytest.mark.browser, pytest.mark.node]
Enter = Callable[..., Window]


def test_a_rule_is_drawn_tried_and_kept_and_its_events_are_decided(enter: Enter, alone: Alone) -> None:
    window = enter("/events?part=rules")
    page = window.page
    page.locator("select[name=rule]").select_option("line")
    assert page.get_by_role("button", name="Try it on what is stored").is_disabled()  # nothing is drawn yet
    page.locator(".board").scroll_into_view_if_needed()
    box = page.locator(".board").bounding_box()
    for x, y in ((0.5, 0.05), (0.5, 0.95)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.get_by_role("button", name="Try it on what is stored").click()
    page.get_by_text("3 events in").wait_for()
    page.locator("select[name=direction]").select_option("out")
    page.get_by_role("button", name="Try it on what is stored").click()
    tried = page.locator(".card", has=page.get_by_role("heading", name="Trial"))
    tried.get_by_text("events in").wait_for()
    out = tried.locator(".event").count()
    assert out in {0, 3}  # all go one way
    page.locator("select[name=direction]").select_option("both")
    page.get_by_label("What its events are called").fill("across")
    page.get_by_role("button", name="Keep the rule").click()
    page.locator(".rates", has_text="across").wait_for()

    page.get_by_role("button", name="Events", exact=True).click()
    page.get_by_role("heading", name="No events").wait_for()
    page.get_by_role("button", name="Look for events at gate").click()
    page.get_by_text("3 events, of which 3 new").wait_for()
    rows = page.locator(".event")
    rows.nth(2).wait_for()
    assert "rule:" in window.text(".event")
    assert window.settled().faults() == []
    for key, verdict in (("a", "accepted"), ("r", "rejected"), ("u", "unsure")):
        page.keyboard.press(key)
        page.locator(f".event.{verdict}").wait_for()
    page.keyboard.press("k")
    page.keyboard.press("p")
    page.locator(".player video").wait_for()
    page.get_by_text("1 of 2 decided were right").wait_for()
    with open_workspace(alone.folder) as workspace:
        kept = list_events(workspace, EventQuestion())
    assert sorted(e.verdict for e in kept.events) == ["accepted", "rejected", "unsure"]
    window.open("/events")
    page.get_by_text("1 of 2 decided were right").wait_for()
    page.locator("select[name=verdict]").select_option("accepted")
    page.locator(".event.rejected").wait_for(state="detached")
    page.locator(".event.accepted").wait_for()
    assert rows.count() == 1


def test_a_rule_is_switched_off_on_the_wall(enter: Enter) -> None:
    window = enter("/events?part=wall")
    page = window.page
    page.get_by_text("Switch off", exact=True).click()
    page.locator("input[name=why]").fill("deliveries this week")
    page.get_by_role("button", name="Switch off now").click()
    page.get_by_text("the whole camera: deliveries this week").wait_for()
    assert window.settled().faults() == []
    page.get_by_role("button", name="Switch on again").click()
    page.get_by_text("deliveries this week").wait_for(state="detached")


def test_the_pages_are_accessible_and_fit_in_french_and_at_night(enter: Enter) -> None:
    window = enter("/events", "fr-FR", "dark", 390)
    for part, there in (("", ".filters"), ("?part=wall", ".wall"), ("?part=rules", ".board")):
        window.open(f"/events{part}").page.locator(there).wait_for()
        assert window.settled().faults() == []
        assert window.fits(), part
        window.page.set_viewport_size({"width": 1280, "height": 800})
        assert window.fits(), part
        window.page.set_viewport_size({"width": 390, "height": 800})
