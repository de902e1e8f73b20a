"""Plates in a real browser: searched masked, shown for a reason, followed, looked for by a list."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from synopticon.acts.workspace import open_workspace
from tests.investigation import Clock, investigate
from tests.people import CAPABILITIES
from tests.plates import plates_read
from tests.webapp import House, Open, Window, give_reason, serving

pytestmark = [pytest.mark.browser, pytest.mark.node]
SEEN = {"gate": ("AB123CD", "ZZ999ZZ"), "hall": ("A8123CD", "AB123CD")}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A case in whose recordings plates were read; a second person allowed journeys."""
    folder = tmp_path_factory.mktemp("plates")
    clock = Clock()
    clock.later(hours=-6)  # the server has a clock of its own, and the log goes forward only
    with pytest.MonkeyPatch.context() as patch:
        plates_read(patch, SEEN)
        made = investigate(folder, patch, clock, anew=True)
        made.case = made.open_case(capabilities=CAPABILITIES)
        made.allow("journey")
        made.workspace.engine.dispose()
    with serving(folder / "ws", folder / "home") as address:
        yield House(folder / "ws", made.case, address)


def records(house: House, step: str) -> list[dict]:
    """What the log says of acts with plates."""
    with open_workspace(house.folder) as workspace:
        found = [e.payload for e in workspace.log.entries() if e.header.kind == "record"]
    return [p for p in found if p and p.get("step") == step]


def test_a_plate_is_searched_masked_and_shown_for_a_reason(ines: Window, house: House) -> None:
    page = ines.open(house.page("/plates")).page
    page.get_by_label("Plate", exact=False).first.fill("ab-123-cd")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("heading", name="2 vehicles with such a plate").wait_for()
    assert "AB-1**-CD" in ines.text(".candidates")
    assert "AB-123-CD" not in ines.text(".candidates")
    assert "ab-123" not in page.url
    button = page.get_by_role("button", name="Show the plate").first
    assert button.is_disabled()
    page.get_by_label("Why plates are to be seen in clear").fill("to compare it with the report")
    button.click()
    page.locator("strong.plate").wait_for()
    assert ines.text("strong.plate") == "AB-123-CD"
    assert ines.settled().faults() == []
    (shown,) = records(house, "reveal")
    assert shown["reason"] == [f"{shown['subjects'][0]}: to compare it with the report"]
    page.get_by_label("One or two characters may be misread").check()
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("heading", name="3 vehicles with such a plate").wait_for()
    assert page.locator("strong.plate").count() == 0  # another look, masked again


def test_a_plate_is_followed_from_camera_to_camera(ines: Window, house: House) -> None:
    page = ines.open(house.page("/plates")).page
    page.get_by_label("Plate", exact=False).first.fill("~AB123CD")
    page.get_by_role("button", name="Follow across cameras").click()
    page.get_by_role("heading", name="~AB-1**-CD: 3 stops").wait_for()
    assert page.locator(".way .stop").count() == 3
    assert "later" in ines.text(".way")
    assert ines.settled().faults() == []


def test_a_list_is_brought_in_searched_and_destroyed(ines: Window, house: House) -> None:
    page = ines.open(house.page("/plates")).page
    page.get_by_text("No list yet").wait_for()
    page.get_by_text("Bring in a list").first.click()
    page.get_by_label("Name of the list").fill("stolen")
    page.locator("textarea[name=plates]").fill("ZZ-999-ZZ\nXY 123 AB")
    until = datetime.now(UTC) + timedelta(days=3)
    page.get_by_label("Until (UTC)").fill(until.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Why they are looked for").fill("reported in the harbour")
    page.get_by_role("button", name="Bring in a list").click()
    page.get_by_text("reported in the harbour").wait_for()
    assert ines.settled().faults() == []
    page.get_by_role("button", name="Search this list").click()
    page.get_by_role("heading", name="1 vehicle with such a plate").wait_for()
    page.get_by_role("button", name="Destroy").click()
    page.get_by_text("No list yet").wait_for()


@pytest.mark.parametrize(
    ("locale", "theme", "width", "other"), [("en-GB", "light", 1280, 390), ("fr-FR", "dark", 390, 1280)]
)
def test_the_page_is_accessible_and_fits(
    opened: Open, house: House, locale: str, theme: str, width: int, other: int
) -> None:
    window = opened(house.address, locale, theme, width).sign_in("ines")
    give_reason(window, house)
    page = window.open(house.page("/plates")).page
    page.locator("input[name=plate]").fill("~AB123CD")
    page.locator("form button[type=submit]").first.click()
    page.locator(".candidate").first.wait_for()
    assert window.settled().faults() == []
    assert window.fits()
    page.set_viewport_size({"width": other, "height": 800})
    assert window.fits()
