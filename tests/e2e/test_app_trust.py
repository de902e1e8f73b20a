"""Approvals, people and what can be proved, in a real browser: on a workspace with users and no footage."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from synopticon.acts import people
from synopticon.acts.cameras import add_camera
from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.governance.audit.checkpoint import Checkpoint, cosign
from synopticon.governance.keys import SigningKey
from synopticon.governance.users import Role
from tests.investigation import Clock
from tests.organisation import PASSWORD, enrol_all, on_another_machine
from tests.people import FIELDS
from tests.webapp import Open, Window, serving

pytestmark = [pytest.mark.browser, pytest.mark.node]
NEW = "five other words for it"
LIFE = "a child of six is missing since noon"


@dataclass
class Office:
    """A workspace that is served; Axel's key and id, which never come to the server."""

    folder: Path
    address: str
    key: SigningKey
    axel: str


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    clock = Clock()
    clock.later(hours=-3)  # the server has a clock of its own, and the log goes forward only
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYNOPTICON_HOME", str(folder / "home"))
        init_workspace(folder / "ws", organisation="Police of Lyon", profile="fr-judicial", clock=clock)
        with open_workspace(folder / "ws", clock=clock) as made:
            keys = enrol_all(made)
            people.login(made, "ada", PASSWORD)
            people.add_user(made, "uma", "North", frozenset({Role.AUDITOR}), PASSWORD)
            add_camera(made, "gate", place="gate", zone="Europe/Paris", purpose="who enters")
            axel = people.find_user(made, "axel").id
    with serving(folder / "ws", folder / "home") as address:
        yield Office(folder / "ws", address, keys["axel"], axel)


def fill(page: Any, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"form [name='{name}']").fill(value)


def ask_in_an_emergency(window: Window) -> None:
    page = window.open("/cases").page
    page.get_by_role("button", name="Emergency").click()
    page.get_by_label("gate").check()
    end = (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%dT10:00")
    fill(page, reason=LIFE, purpose="where the missing child went", basis="art. 74-1 of the code")
    fill(page, authorised_by="J. Martin, prosecutor", start="2026-11-20T10:00", end="2026-11-20T11:00")
    fill(page, until=end)
    page.get_by_role("button", name="Declare the emergency").click()
    page.get_by_role("link", name="where the missing child went").first.click()
    window.page.get_by_text(LIFE).first.wait_for()
    window.settled()


def sign(window: Window, office: Office, folder: Path) -> Path:
    """Save the last request and sign it elsewhere, as Axel does with the command line."""
    with window.page.expect_download() as saved:
        window.page.get_by_role("link", name="Save the request").first.click()
    at = datetime.now(UTC)
    made = on_another_machine(Path(saved.value.path()).read_bytes(), office.key, office.axel, at)
    file = folder / "approval.json"
    file.write_bytes(made)
    return file


def test_an_emergency_is_declared_told_approved_and_its_case_closed(
    opened: Open, office: Office, tmp_path: Path
) -> None:
    ines = opened(office.address).sign_in("ines")
    ask_in_an_emergency(ines)
    page, place = ines.page, ines.page.url
    assert "Nobody has approved it yet" in ines.text()
    axel = opened(office.address).sign_in("axel")
    notice = axel.page.locator(".notices li", has_text=LIFE)
    notice.get_by_role("link", name="See the case").click()
    axel.settled()
    assert axel.page.url == place
    notice.get_by_role("button", name="I have read it").click()
    axel.page.locator(".notices").wait_for(state="detached")
    page.get_by_role("button", name="Ask for its approval").click()
    fill(
        page,
        **{f"field.{name}": value for name, value in FIELDS.items() if name not in ("dpia", "flagrance")},
    )
    page.locator("[name='field.flagrance']").select_option("no")
    page.locator("[name='field.dpia']").select_option(FIELDS["dpia"])
    page.locator("form [name=until]").fill((datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%dT10:00"))
    page.get_by_role("button", name="Ask for the approval").click()
    page.get_by_text("waits for a decision").nth(1).wait_for()
    file = sign(ines, office, tmp_path)
    page.get_by_role("button", name="Bring in an answer").click()
    page.get_by_label("The approval file").set_input_files(file)
    page.get_by_role("button", name="Bring it in").click()
    page.locator(".case-bar", has_text="approved").wait_for()
    assert "It was decided on afterwards" in ines.settled().text()
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_label("How it ended").fill("the child was found at its aunt's")
    report = tmp_path / "report.txt"
    report.write_text("the closing report")
    page.get_by_label("Work out the digest of report").set_input_files(report)
    page.locator("[name='field.report'][value^='84c8']").wait_for(state="attached")
    page.get_by_role("button", name="Close the case for good").click()
    page.locator(".case-bar", has_text="closed").wait_for()
    assert "the child was found" in ines.settled().text()
    assert page.get_by_role("button", name="Extend").count() == 0


def test_who_is_invited_chooses_a_password_and_changes_it(opened: Open, office: Office) -> None:
    ada = opened(office.address).sign_in("ada")
    page = ada.open("/users").page
    page.get_by_role("button", name="Add a user").click()
    fill(page, name="nora", unit="North")
    page.get_by_label("investigator").check()
    page.locator("form").get_by_role("button", name="Add a user").click()
    link = ada.text(".invitation code")
    nora = opened(office.address)
    nora.page.goto(link)
    fill(nora.page, fresh=NEW, again=NEW)
    nora.page.get_by_role("button", name="Choose this password").click()
    nora.page.get_by_role("link", name="nora").click()
    assert "invite" not in nora.page.url
    nora.settled()
    other = opened(office.address)
    other.page.goto(office.address)
    fill(other.page, name="nora", password=NEW)
    other.page.get_by_role("button", name="Sign in").click()
    other.page.get_by_role("link", name="nora").wait_for()
    nora.page.reload()
    nora.page.get_by_role("button", name="End it").click()
    nora.page.get_by_role("button", name="End it").wait_for(state="detached")
    fill(nora.page, old=NEW, fresh=PASSWORD, again=NEW)
    assert "not the same" in nora.text()
    fill(nora.page, again=PASSWORD)
    nora.page.get_by_role("button", name="Change the password").click()
    nora.page.get_by_text("The password was changed").wait_for()
    late = opened(office.address)
    late.page.goto(link)
    fill(late.page, fresh=NEW, again=NEW)
    late.page.get_by_role("button", name="Choose this password").click()
    late.page.get_by_text("it works once").first.wait_for()
    late.expected("403")


def test_another_sees_the_log_and_the_officer_looks_into_it(opened: Open, office: Office) -> None:
    uma = opened(office.address).sign_in("uma")
    page = uma.open("/log").page
    page.get_by_role("button", name="Let somebody witness it").click()
    page.locator(".witness img").wait_for()
    text, court = uma.text(".checkpoint"), SigningKey.make()
    checkpoint = Checkpoint.parse(f"{text.strip()}\n")
    page.get_by_label("Or its text").fill(cosign(checkpoint, "court", court, datetime.now(UTC)).text())
    fill(page, name="court", key=court.public.text())
    page.get_by_role("button", name="Enter it into the log").click()
    page.get_by_text(f"The first {checkpoint.size} entries are witnessed by court").wait_for()
    page.get_by_role("button", name="Verify the whole log").click()
    page.get_by_text("The log holds").wait_for()
    page.get_by_label("A checkpoint that somebody noted").fill(text)
    page.get_by_role("button", name="Check that the log continues it").click()
    page.get_by_text(f"continued from its {checkpoint.size} entries").wait_for()
    dora = opened(office.address).sign_in("dora")
    assert "Nothing to ask about" in dora.open("/review").text()
    page = dora.open("/documents").page
    page.get_by_role("button", name="Make it").first.click()
    page.locator(".preview", has_text="Police of Lyon").wait_for()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save dpia.en.html").click()
    assert b"Police of Lyon" in Path(saved.value.path()).read_bytes()


def test_first_steps_are_shown_ticked_off_and_hidden_for_good(opened: Open, tmp_path: Path) -> None:
    with open_workspace(tmp_path / "own"):
        pass
    with serving(tmp_path / "own", tmp_path / "home") as link:
        window = opened(link.partition("/#")[0])
        page = window.page
        page.goto(link)
        page.get_by_role("link", name="See what was recorded").click()
        page.locator(".first-steps .done", has_text="See what was recorded").wait_for()
        assert page.locator(".first-steps .done").count() == 1
        assert window.settled().faults() == []
        page.set_viewport_size({"width": 390, "height": 800})
        assert window.fits()
        page.get_by_role("button", name="Hide these steps").click()
        page.locator(".first-steps").wait_for(state="detached")
        page.reload()
        window.settled()
        assert page.locator(".first-steps").count() == 0


LOOKS = [("en-GB", "light", 1280, 390), ("fr-FR", "dark", 390, 1280)]
PAGES = {
    "ada": ("/users", "/account"),
    "ines": ("/cases",),
    "uma": ("/log",),
    "dora": ("/review", "/documents", "/retention", "/capabilities", "/declaration"),
}


@pytest.mark.parametrize(("locale", "theme", "width", "other"), LOOKS)
def test_pages_of_trust_are_accessible_and_fit(
    opened: Open, office: Office, locale: str, theme: str, width: int, other: int
) -> None:
    window = opened(office.address, locale, theme, width)
    for name, paths in PAGES.items():
        window.page.context.clear_cookies()
        window.sign_in(name)
        for path in paths:
            window.open(path)
            for button in window.page.locator("main .page-head button").all()[-1:]:
                button.click()  # the form of the page
            assert window.settled().faults() == [], path
            window.page.set_viewport_size({"width": other, "height": 800})
            assert window.fits(), path
            window.page.set_viewport_size({"width": width, "height": 800})
