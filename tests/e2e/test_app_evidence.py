"""Evidence in a real browser: accepted, kept in a basket, shown clear for a reason, exported, verified."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from synopticon.evidence.verify import verify_package
from tests.e2e.test_verify_page import Window as Checking
from tests.investigation import WHY, Clock, investigate
from tests.packages import make_package
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


def test_verify_html_takes_a_package_that_is_dropped_on_it(
    ines: Window, house: House, tmp_path: Path
) -> None:
    folder, log = make_package(tmp_path)
    page = ines.open(house.page("/evidence?tab=verify")).page
    digest = page.locator("dd code").inner_text()
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="Open the page").click()
    alone = Checking(opening.value)
    assert alone.drop(folder) == "open"
    assert alone.tell(log.public.fingerprint) == "good"
    reach = "fetch('/api/cases').then(() => 'reached us', () => 'refused')"
    assert alone.page.evaluate(reach) == "refused"  # by its own policy
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save verify.html").click()
    assert sha256(Path(saved.value.path()).read_bytes()).hexdigest() == digest


def test_an_export_is_looked_at_made_saved_and_verified(ines: Window, house: House, tmp_path: Path) -> None:
    accept_two(ines, house)
    page = ines.open(house.page("/evidence?tab=export")).page
    assert page.locator("#originals-why code").inner_text() == "case.capabilities"  # why not
    page.get_by_label("Recipient").fill("Ms Roux, prosecutor")
    page.get_by_role("button", name="Look at what will leave").click()
    page.get_by_text("2 tracks,").wait_for()
    with page.expect_download() as draft:
        page.get_by_role("button", name="Save the report as a draft").click()
    assert Path(draft.value.path()).read_bytes().startswith(b"%PDF-")
    page.get_by_role("button", name="Make the package for Ms Roux").click()
    page.get_by_role("link", name="Save the package").wait_for(timeout=60_000)
    fingerprint = page.locator(".fingerprint").inner_text().replace(" ", "")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the package").click()
    with ZipFile(saved.value.path()) as archive:
        archive.extractall(tmp_path)
    assert verify_package(tmp_path / f"export-{house.case}", fingerprint).good
    assert ines.faults() == []


def test_masks_are_looked_at_corrected_handed_in_and_taken_up(ines: Window, house: House) -> None:
    page = ines.open(house.page("/evidence?tab=masks")).page
    page.get_by_role("button", name="Look at its masks").first.click()
    page.get_by_role("link", name="Open the masks").wait_for(timeout=60_000)
    assert ines.faults() == []
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="Open the masks").click()
    masks = opening.value
    masks.on("console", lambda m: ines.said.append(f"{m.type}: {m.text}"))
    masks.on("pageerror", lambda e: ines.said.append(f"error: {e}"))
    masks.locator(".mask .shot img[src]").first.wait_for()
    assert masks.locator("#reviewer").input_value() == "ines"
    masks.locator(".mask .shot").first.focus()
    for key in ("Enter", "ArrowRight", "Shift+ArrowDown", "Enter", "Escape"):  # drawn with the keyboard alone
        masks.keyboard.press(key)
    masks.locator("#hand").click()
    masks.get_by_text("Handed in").wait_for()
    page.get_by_text("As ines decided: 0 left clear, 1 masks added").wait_for()
    masks.reload()  # and what was decided is there again
    masks.get_by_text("Masks added: 1").wait_for()
    masks.get_by_role("button", name="change:").click()
    (before,) = (masks.locator("#x1").input_value(),)
    masks.keyboard.press("ArrowRight")
    masks.keyboard.press("Enter")
    masks.keyboard.press("Escape")
    masks.locator(".mask input").first.check()
    masks.locator("#reason").fill("she asked for it")
    masks.locator("#hand").click()
    page.get_by_text("As ines decided: 1 left clear, 1 masks added").wait_for()
    moved = masks.evaluate("JSON.parse(document.getElementById('json').value).add[0].box[0]")
    assert moved > int(before)
    page = ines.open(house.page("/evidence?tab=export")).page
    page.get_by_role("group", name="Reviews of masks").get_by_role("checkbox").wait_for()
    assert ines.faults() == []


def test_a_person_filmed_asks_and_is_answered(ines: Window, house: House) -> None:
    page = ines.open("/requests").page
    page.get_by_role("button", name="Take a request in").click()
    page.locator("[name=name]").fill("Zoé Marchand")
    page.locator("[name=identity]").fill("a passport was shown at the desk")
    page.get_by_label("gate").check()
    page.locator("[name=start]").fill("2026-11-24T11:00")
    page.locator("[name=end]").fill("2026-11-24T13:00")
    page.locator("[name=description]").fill("red top, came in with a dog")
    page.get_by_role("button", name="Take it in").click()
    page.get_by_role("heading", name="Look for the person").wait_for()
    assert "days left" in ines.text()
    page.get_by_role("button", name="Search").click()
    page.locator(".shot img").nth(2).wait_for()
    page.get_by_label("This is the person").first.check()
    page.locator("form textarea").fill("the red top, the dog and the time agree")
    page.get_by_role("button", name="Decide; it is done once").click()
    page.get_by_text("granted, for 1 track").wait_for()
    page.get_by_role("button", name="Show the list").click()
    page.locator("tbody tr").first.wait_for()
    assert ines.faults() == []


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
    for path, shown in (
        ("/evidence", ".shot img"), ("/evidence?tab=gallery", ".shot img"),
        ("/evidence?tab=verify", "dd code"),
    ):  # fmt: skip
        page = window.open(house.page(path)).page
        page.locator(shown).first.wait_for()
        assert window.faults() == [], path
