"""The main pages look as they did when somebody last looked at them.

After a change that is meant: ``SYNOPTICON_LOOKS=new pytest tests/e2e/test_app_looks.py``, and look at what
it wrote into ``tests/e2e/looks`` before it is committed.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from synopticon.acts import people
from synopticon.governance.users import Role
from tests.investigation import Clock, investigate
from tests.looks import MEAN, MOST, apart, liked, shot
from tests.organisation import PASSWORD
from tests.people import CAPABILITIES
from tests.webapp import House, Open, Window, give_reason, serving

pytestmark = [pytest.mark.browser, pytest.mark.node, pytest.mark.posix]
PAGES = {
    "cases": ("ines", "/cases"),
    "case": ("ines", "CASE"),
    "footage": ("ines", "CASE/footage"),
    "search": ("ines", "CASE/search?q=object"),
    "synopsis": ("ines", "CASE/synopsis"),
    "statistics": ("ines", "CASE/statistics"),
    "evidence": ("ines", "CASE/evidence"),
    "zones": ("ines", "CASE/zones"),
    "events": ("ines", "CASE/events?part=rules"),
    "plan": ("ada", "/plan"),
    "log": ("uma", "/log"),
    "declaration": ("uma", "/declaration"),
}
LOOKS = {"light": ("en-GB", "light", 1280), "dark": ("fr-FR", "dark", 1280)}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("looks")
    clock = Clock()
    clock.later(hours=-3)
    with pytest.MonkeyPatch.context() as patch:
        made = investigate(folder, patch, clock)
        made.login("ines")
        made.case = made.open_case(capabilities=(*CAPABILITIES, "statistics"))
        made.login("ada")
        people.add_user(made.workspace, "uma", "North", frozenset({Role.AUDITOR}), PASSWORD)
        made.workspace.engine.dispose()
    with serving(folder / "ws", folder / "home") as address:
        yield House(folder / "ws", made.case, address)


def shown(window: Window, house: House, path: str) -> Any:
    """The window with this page, when all of it is there."""
    window.open(path.replace("CASE", house.page("")))
    page = window.page
    page.wait_for_load_state("networkidle")
    if path.endswith("/synopsis"):
        page.get_by_role("button", name="Pause").click()
        page.locator(".scrubber input").fill("1")
    page.wait_for_timeout(400)
    return page


@pytest.mark.parametrize("look", LOOKS)
def test_main_pages_look_as_they_were_liked(opened: Open, house: House, look: str) -> None:
    window = opened(house.address, *LOOKS[look])
    renew, found, signed = os.environ.get("SYNOPTICON_LOOKS") == "new", {}, ""
    for name, (who, path) in PAGES.items():
        if who != signed:
            window.page.context.clear_cookies()
            window.sign_in(who)
            give_reason(window, house)
            signed = who
        seen = shot(shown(window, house, path))
        found[name] = apart(seen, liked(f"{name}-{look}", seen, renew))
    print({name: tuple(round(v, 2) for v in off) for name, off in found.items()})
    assert {name: off for name, off in found.items() if off[0] > MOST or off[1] > MEAN} == {}


FAULTS = (
    "document.querySelector('nav').remove()",
    "document.querySelector('main h1').style.fontSize = '80px'",
    "document.documentElement.dataset.theme = 'dark'",
    "document.querySelectorAll('link[rel=stylesheet]').forEach(one => one.remove())",
    "document.querySelector('main').style.marginLeft = '200px'",
)


def test_a_page_that_is_spoilt_looks_otherwise(ines: Window, house: House) -> None:
    page = shown(ines, house, "CASE")
    before = shot(page)
    assert apart(before, shot(page)) == (0, 0)
    for fault in FAULTS:
        page.evaluate(fault)
        most, mean = apart(before, shot(page))
        assert most > MOST or mean > MEAN, fault
        shown(ines, house, "CASE")
