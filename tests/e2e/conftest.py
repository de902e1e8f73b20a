"""A browser for each module that tests pages, and windows on the application's."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser import launched
from tests.webapp import Alone, House, Open, Window, give_reason, one_person


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as found:
        yield found


@pytest.fixture
def opened(browser: Any) -> Iterator[Open]:
    """Opens windows; at the end nothing may have been said that was not expected."""
    windows = []

    def open_window(address: str, locale: str = "en-GB", theme: str = "light", width: int = 1280) -> Window:
        size = {"width": width, "height": 800}
        context = browser.new_context(locale=locale, color_scheme=theme, viewport=size)
        windows.append(Window(context.new_page(), address).listen())
        return windows[-1]

    yield open_window
    for window in windows:
        window.page.context.close()
    assert [line for window in windows for line in window.said] == []


@pytest.fixture(scope="module")
def session(browser: Any, house: House) -> list[Any]:
    """That of Ines, who investigates in the module's ``house`` and has signed in; no test may end it."""
    context = browser.new_context()
    Window(context.new_page(), house.address).sign_in("ines")
    found = list(context.cookies())
    context.close()
    return found


@pytest.fixture
def ines(opened: Open, house: House, session: list[Any]) -> Window:
    """Ines has signed in, and says why she looks."""
    window = opened(house.address)
    window.page.context.add_cookies(session)
    window.open("/")
    give_reason(window, house)
    return window


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[Alone]:
    """With a camera ``gate``, before which three figures went from left to right."""
    folder = tmp_path_factory.mktemp("alone")
    with one_person(folder, browser) as alone:
        yield alone


@pytest.fixture
def enter(opened: Open, alone: Alone) -> Callable[..., Window]:
    """Opens a page as the one person of ``alone``."""

    def open_page(path: str, *look: Any) -> Window:
        window = opened(alone.address, *look)
        window.page.context.add_cookies(alone.session)
        return window.open(path)

    return open_page
