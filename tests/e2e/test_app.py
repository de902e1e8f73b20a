"""The web application in a real browser, before a real server; an error in the console fails each test."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from synopticon.acts import people
from synopticon.acts.workspace import open_workspace
from synopticon.governance.users import Role
from tests.investigation import WHY, Clock, investigate
from tests.organisation import PASSWORD
from tests.people import FIELDS
from tests.webapp import House, Open, Window, give_reason, serving

pytestmark = [pytest.mark.browser, pytest.mark.node]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    clock = Clock()
    clock.later(hours=-3)  # the server has a clock of its own, and the log goes forward only
    with pytest.MonkeyPatch.context() as patch:
        made = investigate(folder, patch, clock)
        made.login("ada")
        people.add_user(made.workspace, "uma", "North", frozenset({Role.AUDITOR}), PASSWORD)
        made.workspace.engine.dispose()
    with serving(folder / "ws", folder / "home") as address:
        yield House(folder / "ws", made.case, address)


def test_a_wrong_password_is_told_in_plain_words(opened: Open, house: House) -> None:
    window = opened(house.address)
    page = window.page
    page.goto(house.address)
    page.locator("input[name=name]").fill("ines")
    page.locator("input[name=password]").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    assert "Name and password do not belong together" in window.text()
    assert "user.password" in window.text()
    window.expected("403")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="who broke into the depot").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.locator("input[name=name]").wait_for()


def test_the_case_is_always_on_screen(ines: Window, house: House) -> None:
    for name in ("", "/footage", "/search", "/synopsis"):
        ines.open(house.page(name))
        ines.page.get_by_text("approved").first.wait_for()
        ines.page.locator(".case-bar", has_text="gate, hall").wait_for()
        bar = ines.text(".case-bar")
        for fact in ("who broke into the depot", "criminal procedure", "gate, hall", "Until", WHY):
            assert fact in bar, name


def test_a_case_says_what_it_may_do_and_what_not_with_the_rule(ines: Window, house: House) -> None:
    ines.open(house.page(""))
    text = ines.text()
    may, may_not = text.split("What it may not do, and why")
    assert "search.attributes" in may
    assert "approval.second-person" in may_not
    assert "Last witnessed" in text


def test_footage_draws_what_was_seen(ines: Window, house: House) -> None:
    ines.open(house.page("/footage"))
    label = ines.page.get_by_role("img").first.get_attribute("aria-label")
    assert label.replace("\u00a0", " ") == "gate: 12 s recorded, 12 s analysed, 0 gaps"
    assert ines.page.locator(".timeline .analysed").count() == 1  # it opens at what was recorded
    ines.page.locator(".timeline .pick").first.press("0")
    assert ines.page.locator(".timeline .analysed").count() == 2
    ines.page.get_by_text("Recordings (1)").first.click()
    assert "UTC+1" in ines.text("table")  # the camera's zone, not the browser's


def test_a_look_needs_a_reason_and_the_page_asks_for_it(opened: Open, house: House) -> None:
    window = opened(house.address).sign_in("ines").open(house.page("/search?q=object"))
    assert "Here every look needs a reason" in window.text()
    window.expected("403")
    window.page.locator("main input[name=reason]").fill(WHY)
    window.page.get_by_role("button", name="Go on with this reason").click()
    window.page.locator(".hit").first.wait_for()
    assert WHY in window.text(".case-bar")


def test_hits_are_decided_by_keyboard(ines: Window, house: House) -> None:
    page = ines.open(house.page("/search?q=object")).page
    page.locator(".hit img").first.wait_for()
    assert "6 hits in 6 tracks" in ines.text(".worth")
    assert "Every hit is a proposal" in ines.text(".worth")
    first = page.locator(".hit.chosen").get_attribute("data-track")
    for key, verdict in (("a", "accepted"), ("r", "rejected"), ("u", "unsure")):
        page.keyboard.press(key)
        page.locator(f".hit.{verdict}").wait_for()
    page.locator(".detail", has_text="Hit 4 of 6").wait_for()
    page.keyboard.press("k")
    page.locator(".detail", has_text="unsure by you").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.keyboard.type("a note, with j and a in it")
    page.keyboard.press("Control+Enter")
    page.get_by_label("Add a tag").first.fill("to check")
    page.keyboard.press("Enter")
    page.locator(".detail .chip", has_text="to check").wait_for()
    ines.open(house.page("/search?q=is:accepted"))
    page.locator(".hit").first.wait_for()
    assert page.locator(".hit").count() == 1
    assert page.locator(".hit").get_attribute("data-track") == first
    ines.open(house.page('/search?q=tag:"to check"'))
    page.locator(".hit").first.wait_for()
    assert page.locator(".detail textarea").input_value() == "a note, with j and a in it"


def test_the_query_line_completes_and_shows_chips(ines: Window, house: House) -> None:
    page = ines.open(house.page("/search")).page
    page.keyboard.press("/")
    page.keyboard.type("obj")
    page.get_by_role("option", name="object").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("camera:g")
    page.get_by_role("option", name="camera:gate").click()
    assert page.get_by_role("combobox").input_value() == "object camera:gate "
    page.get_by_role("button", name="Search").click()
    page.locator(".worth", has_text="3 hits").wait_for()
    assert page.locator(".chip").count() == 2
    page.get_by_role("button", name="Remove camera:gate").click()
    page.get_by_role("button", name="Search").click()
    page.locator(".worth", has_text="6 hits").wait_for()


def test_a_mistake_in_a_query_is_pointed_at_and_nothing_found_is_honest(ines: Window, house: House) -> None:
    page = ines.open(house.page("/search?q=upper:rde")).page
    assert "did you mean red?" in ines.text()
    ines.expected("422")
    ines.open(house.page("/search?q=boat"))
    assert "No match in what was analysed" in ines.text()
    page.get_by_text("What this answer is worth").click()
    assert "coverage" in ines.text(".worth")


def fake_hits(window: Window, count: int) -> None:
    """An answer of this many hits, page by page as the server gives them."""
    page = window.page
    hit = {
        "camera": "gate", "footage": "f", "label": "person", "start": "2026-11-24T12:00:00Z", "end": None,
        "offset": 0, "seconds": 2, "score": 0.9, "grade": "certain", "reason": [],
    }  # fmt: skip

    def page_of(cursor: int) -> dict[str, Any]:
        hits = [{**hit, "track": f"track-{n + 1}"} for n in range(cursor, min(cursor + 50, count))]
        return {"hits": hits, "next": None}

    answer = {
        "id": "fake", "query": "", "ignored": [], "total": count, "kept": count, "grades": {"certain": count},
        "looked_at": count, "coverage": {"asked": 1, "recorded": 1, "seen": 1, "share": 1}, "gaps": [],
        "gap_count": 0, "facts": "", "says": [], "milliseconds": 1, "cameras": {}, "page": page_of(0),
    }  # fmt: skip

    def give(route: Any) -> None:
        url = route.request.url
        said: Any = answer if url.endswith("/api/answers") else {}
        if "/hits" in url:
            said = page_of(int(url.split("cursor=")[1].split("&")[0]))
        route.fulfill(status=200, content_type="application/json", body=json.dumps(said))

    page.route("**/api/answers**", give)


SCROLL = """async list => {
  const times = [];
  let last = performance.now();
  for (let i = 0; i < 300; i++) {
    list.scrollTop += i < 200 ? 300 : list.scrollHeight / 150;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    times.push(now - last);
    last = now;
  }
  return times.sort((a, b) => a - b);
}"""


def test_a_hundred_thousand_hits_scroll(ines: Window, house: House) -> None:
    fake_hits(ines, 100_000)
    page = ines.open(house.page("/search?q=")).page
    page.locator('[data-track="track-1"]').wait_for()
    rows = page.locator(".virtual")
    frames = rows.evaluate(SCROLL)
    print("ms a frame, median, 95th percentile, most:", [round(frames[n]) for n in (150, 285, 299)])
    assert frames[150] < 50
    rows.evaluate("list => { list.scrollTop = list.scrollHeight }")
    page.locator('[data-track="track-100000"]').wait_for()
    assert rows.locator("li").count() < 40


def test_the_log_is_filtered_proved_and_verified(opened: Open, house: House) -> None:
    window = opened(house.address).sign_in("uma")
    page = window.open("/log").page
    wrong = {"name": "ines", "password": "wrong", "link": ""}
    assert page.request.post(f"{house.address}/api/session", data=wrong).status == 403
    page.get_by_label("Kind").select_option("refusal")
    page.locator("tbody tr").first.wait_for()
    window.settled()
    assert set(page.locator("tbody .badge").all_inner_texts()) == {"refusal"}
    page.locator("tbody button").first.click()
    page.get_by_text("Proof", exact=True).click()
    assert "RFC 6962" in window.text(".entry")
    assert '"actor"' in window.text(".entry pre")
    page.get_by_role("button", name="Verify the whole log").click()
    page.get_by_text("The log holds").wait_for()


def test_an_auditor_sees_only_the_log(opened: Open, house: House) -> None:
    window = opened(house.address).sign_in("uma")
    window.settled()
    assert window.page.locator("nav a").all_inner_texts() == ["Log", "Declaration"]
    for path in ("/cases", house.page(""), house.page("/search?q="), "/footage"):
        window.open(path)
        window.page.wait_for_url("**/log")
    assert window.page.locator("tbody tr").count() > 10


def test_pages_are_those_of_the_role(opened: Open, house: House) -> None:
    window = opened(house.address).sign_in("axel").open(house.page(""))
    assert window.page.locator("nav a").all_inner_texts() == ["Cases", "Declaration"]
    assert window.page.get_by_role("button", name="Open a case").count() == 0


def test_a_case_that_is_not_ones_own_is_not_there(ines: Window) -> None:
    ines.open("/cases/case-0000/search?q=")
    assert "Nothing here" in ines.text()
    assert "There is no such case in your unit" in ines.text()
    ines.expected("404")


def test_without_a_connection_it_says_so_and_goes_on_after(ines: Window, house: House) -> None:
    page = ines.open(house.page("/search")).page
    page.context.set_offline(True)
    page.get_by_role("combobox").fill("object")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("alert", name="").get_by_text("No connection").wait_for()
    ines.expected("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    page.locator(".hit").first.wait_for()


def test_keys_open_pages_and_their_sheet(ines: Window) -> None:
    page = ines.page
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_text("Accept").first.wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/declaration")
    assert page.evaluate("document.activeElement.id") == "main"


def test_language_and_colours_are_chosen_and_kept(ines: Window, house: House) -> None:
    page = ines.page
    page.get_by_role("button", name="Français").click()
    page.get_by_role("link", name="Dossiers").wait_for()
    page.get_by_role("button", name="Couleurs").click()
    page.get_by_role("button", name="Couleurs").click()
    page.reload()
    page.get_by_role("link", name="Dossiers").wait_for()
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dataset.theme]") == [
        "fr",
        "dark",
    ]


def ask_for_a_case(window: Window, fields: Mapping[str, str]) -> None:
    page = window.open("/cases").page
    page.get_by_role("button", name="Open a case").click()
    for name in ("purpose", "basis", "authorised_by"):
        page.locator(f"form [name={name}]").fill("what happened on Tuesday")
    page.get_by_label("gate").check()
    end = (datetime.now(UTC) + timedelta(days=20)).strftime("%Y-%m-%dT10:00")
    for name, time in (("start", "2026-11-20T10:00"), ("end", "2026-11-20T11:00"), ("until", end)):
        page.locator(f"form [name={name}]").fill(time)
    for name, value in fields.items():
        field = page.locator(f"form [name='field.{name}']")
        field.select_option(value) if name in ("dpia", "flagrance") else field.fill(value)
    page.locator("form button[type=submit]").click()


def test_a_case_that_lacks_what_the_profile_asks_is_refused(ines: Window) -> None:
    ask_for_a_case(ines, {"procedure": "2026/99"})
    ines.page.get_by_role("alert").wait_for()
    assert "offence is missing" in ines.text("[role=alert]")
    ines.expected("status of 4")


def test_a_case_is_asked_for_and_waits_for_its_approval(ines: Window) -> None:
    ask_for_a_case(ines, FIELDS)
    ines.page.get_by_role("link", name="what happened on Tuesday").click()
    ines.page.get_by_role("heading", name="Requests and approvals").wait_for()
    assert "waits for approval" in ines.text(".case-bar")
    assert "waits for a decision" in ines.text()
    with ines.page.expect_download() as saved:
        ines.page.get_by_role("link", name="Save the request").click()
    assert json.loads(Path(saved.value.path()).read_bytes())


PAGES = {
    "ines": ("/cases", "CASE", "CASE/footage", "CASE/search", "CASE/search?q=", "CASE/synopsis"),
    "uma": ("/log", "/declaration"),
}


LOOKS = [("en-GB", "light", 1280, 390), ("fr-FR", "dark", 390, 1280)]


@pytest.mark.parametrize(("locale", "theme", "width", "other"), LOOKS)
def test_every_page_is_accessible_and_fits(
    opened: Open, house: House, locale: str, theme: str, width: int, other: int
) -> None:
    window = opened(house.address, locale, theme, width)
    window.page.goto(house.address)
    window.page.locator("input[name=name]").wait_for()
    assert window.faults() == []
    for name, paths in PAGES.items():
        window.page.context.clear_cookies()
        window.sign_in(name)
        give_reason(window, house)
        for path in paths:
            window.open(path.replace("CASE", house.page("")))
            assert window.faults() == [], path
            window.page.set_viewport_size({"width": other, "height": 800})
            assert window.fits(), path
            window.page.set_viewport_size({"width": width, "height": 800})


def test_a_workspace_without_users_opens_by_its_link(opened: Open, tmp_path: Path) -> None:
    with open_workspace(tmp_path / "own"):
        pass
    with serving(tmp_path / "own", tmp_path / "home") as link:
        address, secret = link.split("/#token=")
        window = opened(address)
        page = window.page
        page.goto(link)
        page.locator(".case-bar").wait_for()
        assert "Made outside any case; not evidence" in window.text(".case-bar")
        assert secret not in page.url
        page.get_by_role("link", name="Footage").click()
        page.get_by_text("No recordings here").wait_for()
        page.get_by_role("link", name="Declaration").click()
        page.get_by_text("No public declaration here").wait_for()
        assert window.settled().faults() == []
        second = opened(address)
        second.page.goto(link)
        second.page.get_by_text("This link does not let you in").first.wait_for()
        second.expected("403")
