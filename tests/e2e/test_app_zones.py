"""Zones in a real browser: drawn with the mouse and with keys alone; what passes is counted at once."""

from collections.abc import Callable

import pytest

from tests.webapp import Window

pytestmark = [pytest.mark.browser, pytest.mark.node]
Enter = Callable[..., Window]


def press(window: Window, *keys: str) -> None:
    for key in keys:
        window.page.keyboard.press(key)


def test_a_zone_is_drawn_with_the_mouse_and_counts_at_once(enter: Enter) -> None:
    window = enter("/zones")
    page = window.page
    assert page.locator(".board .way").count() == 3
    page.get_by_role("button", name="New zone").click()
    page.locator("form input").first.fill("whole picture")
    box = page.locator(".board").bounding_box()

    def at(x: float, y: float) -> tuple[float, float]:
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    for corner in ((0.2, 0.1), (0.8, 0.1), (0.8, 0.15)):
        page.mouse.click(*at(*corner))
    assert "0 tracks pass" in window.text("form")
    page.mouse.move(*at(0.8, 0.15))
    page.mouse.down()
    page.mouse.move(*at(0.6, 0.5))
    page.mouse.move(*at(0.5, 0.95))
    page.mouse.up()
    assert "3 tracks pass" in window.text("form")
    assert page.locator(".board .way.passes").count() == 3
    page.get_by_role("button", name="Undo").click()
    assert "0 tracks pass" in window.text("form")
    press(window, "Control+Shift+z")
    page.get_by_role("button", name="Save").click()
    page.locator(".areas", has_text="whole picture").wait_for()
    assert "3 tracks pass" in window.text(".areas")
    assert window.faults() == []
    page.get_by_role("button", name="Delete whole picture").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_text("Nothing drawn yet").wait_for()


def test_a_line_is_drawn_by_keyboard_alone(enter: Enter) -> None:
    window = enter("/zones", "fr-FR", "dark", 390)
    page = window.page
    page.get_by_role("button", name="Nouvelle ligne").focus()
    press(window, "Enter")
    page.locator("form").get_by_role("button", name="Ajouter un point").focus()
    press(window, "Enter")
    page.locator(".corner").nth(0).wait_for()
    press(window, *["ArrowRight"] * 10, *["ArrowDown"] * 50, "+")  # from (.4, .4) to (.5, .9); one more
    assert page.locator(".corner").count() == 2
    press(window, *["ArrowLeft"] * 10, *["ArrowUp"] * 30)  # from (.6, .4) to (.5, .1)
    assert "3 pistes passent · 3 en entrée, 0 en sortie" in window.text("form").replace("\u00a0", " ")
    page.get_by_role("button", name="Inverser les sens").press("Enter")
    assert "0 en entrée, 3 en sortie" in window.text("form").replace("\u00a0", " ")
    page.locator(".corner").nth(1).focus()
    press(window, "Delete")
    assert page.locator(".corner").count() == 1
    press(window, "Control+z")
    page.locator("form input").first.fill("porte <b>")
    press(window, "Enter")
    page.locator(".areas", has_text="porte <b>").wait_for()
    assert window.faults() == []


def test_statistics_are_drawn_with_what_was_not_recorded_and_saved(enter: Enter) -> None:
    window = enter("/statistics")
    page = window.page
    assert "3 tracks" in window.text(".sum")
    assert page.locator('.chart rect[fill="url(#unseen)"]').count() > 0
    page.get_by_text("The numbers").click()
    assert "looked at" in window.text(".numbers-of").lower()
    for name in ("Kinds", "Length of stay", "At once", "Heat map", "Ways"):
        page.locator("main fieldset").first.get_by_role("button", name=name).click()
        page.get_by_role("link", name="CSV").wait_for()
        assert window.settled().faults() == [], name
    page.locator("main fieldset").first.get_by_role("button", name="Heat map").click()
    page.locator(".board.map rect.heat").first.wait_for()
    with page.expect_download() as saved:
        page.get_by_role("link", name="PNG").click()
    assert saved.value.suggested_filename == "statistics-heat.png"


def test_a_period_that_was_not_recorded_is_not_zero(enter: Enter) -> None:
    window = enter("/statistics", "fr-FR", "dark", 390)
    page = window.page
    page.get_by_role("button", name="Comparer à une autre période").click()
    for name, time in (("other-start", "2020-01-01T00:00"), ("other-end", "2020-01-02T00:00")):
        page.locator(f"input[name={name}]").fill(time)
    page.get_by_role("button", name="Compter").click()
    page.get_by_text("Rien n’a été analysé ici").wait_for()
    assert page.locator(".versus .sum").count() == 1
    assert window.settled().faults() == []


def test_a_ground_is_measured_by_two_lengths_and_kept(enter: Enter) -> None:
    window = enter("/zones?part=ground")
    page = window.page
    page.locator(".board .metres").first.wait_for()
    before = window.text(".facts")
    assert "in the middle" in before
    page.get_by_label("Width A–B (m)").fill("2")
    page.locator('[data-corner="2"]').focus()
    press(window, "ArrowUp", "ArrowUp", "Shift+ArrowLeft")
    page.wait_for_function("text => document.querySelector('.facts').innerText !== text", arg=before)
    page.get_by_role("button", name="Each place measured").click()
    page.get_by_role("button", name="One place more").click()
    page.get_by_text("cm at the places, on average").wait_for()
    page.get_by_label("A: right (m)").fill("-0.5")
    assert window.faults() == []
    page.get_by_role("button", name="Save").click()
    page.get_by_text("This ground is kept").wait_for()
    window.open("/zones?part=ground")
    page.get_by_text("This ground is kept").wait_for()
