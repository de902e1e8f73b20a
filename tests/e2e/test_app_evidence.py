"""Evidence in a real browser: accepted, kept in a basket, shown clear for a reason, exported, verified."""

from collections.abc import Iterator

import pytest

from tests.investigation import WHY, Clock, investigate
from tests.people import CAPABILITIES
from tests.webapp import House, Open, Window, give_reason, serving

pytestmark = [pytest.mark.browser, pytest.mark.node]
WIDER = (*CAPABILITIES, "export.masked")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A case that may export and, with a second person's word, look at clear pictures."""
    folder = tmp_path_factory.mktemp("evidence")
    clock = Clock()
    clock.later(hours=-5)  # the server has a clock of its own, and the log goes forward only
    with pytest.MonkeyPatch.context() as patch:
        made = investigate(folder, patch, clock)
        made.case = made.open_case(capabilities=WIDER)
        made.allow("export.masked", "view.unmasked")
        made.workspace.engine.dispose()
    with serving(folder / "ws", folder / "home") as address:
        yield House(folder / "ws", made.case, address)


@pytest.fixture
def ines(opened: Open, house: House) -> Window:
    window = opened(house.address).sign_in("ines")
    give_reason(window, house)
    return window


def accept_two(window: Window, house: House) -> None:
    page = window.open(house.page("/search?q=object")).page
    page.locator(".hit img").first.wait_for()
    for n in (1, 2):
        page.keyboard.press("a")
        page.locator(".hit.accepted").nth(n - 1).wait_for()


def test_what_is_accepted_is_grouped_and_shown_clear_for_a_reason(ines: Window, house: House) -> None:
    page = ines.open(house.page("/evidence")).page
    assert "Nothing accepted yet" in ines.text()
    accept_two(ines, house)
    page.keyboard.press("g")
    page.keyboard.press("e")
    page.locator(".shot img").nth(1).wait_for()
    page.get_by_role("checkbox").first.check()
    page.get_by_label("Group", exact=True).fill("with the bag")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="with the bag").wait_for()
    page.get_by_role("link", name="Gallery").click()
    masked = page.locator(".shot img").first.get_attribute("src")
    page.get_by_role("button", name="Show clear…").first.click()
    assert page.get_by_label("Why do you look?").input_value() == WHY
    page.get_by_role("button", name="Show them").click()
    page.locator(".shot.clear").wait_for()
    assert page.locator(".shot.clear img").get_attribute("src") != masked
    page.get_by_role("button", name="Hide faces again").click()
    page.locator(".shot.clear").wait_for(state="detached")
    page.get_by_role("link", name="Basket").click()
    page.get_by_role("button", name="Choose all").click()
    page.get_by_role("button", name="Take out of the basket").click()
    page.get_by_text("Nothing accepted yet").wait_for()


@pytest.mark.parametrize(("locale", "theme", "width"), [("en-GB", "light", 1280), ("fr-FR", "dark", 390)])
def test_its_pages_are_accessible_and_fit(
    opened: Open,
    house: House,
    locale: str,
    theme: str,
    width: int,
) -> None:
    window = opened(house.address, locale, theme, width).sign_in("ines")
    give_reason(window, house)
    accept_two(window, house)
    for path in ("/evidence", "/evidence?tab=gallery"):
        page = window.open(house.page(path)).page
        page.locator(".shot img").nth(1).wait_for()
        assert window.faults() == [], path
