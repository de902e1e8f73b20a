"""The page of a review in a real browser, opened from disk, the network off; what it gives is applied."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pytest

from synopticon.acts.redact import RedactRequest, make_redacted
from synopticon.acts.review_masks import make_review
from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.synopsis.door import FILL
from tests.scene import write_scene

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def request_(tmp_path_factory: pytest.TempPathFactory) -> RedactRequest:
    folder = tmp_path_factory.mktemp("review")
    write_scene(folder / "scene.mp4", 2, 2.0, 1.0)
    return RedactRequest((str(folder / "scene.mp4"),), model="none", workspace=folder / "ws", workers=1)


@pytest.fixture(scope="module")
def html(request_: RedactRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_review(replace(request_, output=tmp_path_factory.mktemp("page") / "scene.review.html")).page


@pytest.fixture
def opened(browser: Any, html: Path) -> Iterator[Any]:
    """Opens the page; its console must be silent, and nothing may be asked for."""
    said: list[str] = []
    contexts = []

    def open_page(width: int = 1000, locale: str = "en-GB", scheme: str = "light") -> Any:
        context = browser.new_context(
            offline=True, locale=locale, color_scheme=scheme, viewport={"width": width, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15000)
        page.on("console", lambda m: said.append(f"{m.type}: {m.text}"))
        page.on("pageerror", lambda e: said.append(f"error: {e}"))
        page.on(
            "request",
            lambda r: r.url.startswith(("file:", "data:", "blob:")) or said.append(f"asked for {r.url}"),
        )
        page.goto(html.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


def loaded(page: Any) -> None:
    """Wait until the first picture is there (the page's policy forbids Playwright's way to wait)."""
    end = monotonic() + 15
    while not page.evaluate("(i => i.complete && i.naturalWidth > 0)(document.querySelector('.shot img'))"):
        assert monotonic() < end
        page.wait_for_timeout(20)


def saved(page: Any, folder: Path) -> Path:
    with page.expect_download() as download:
        page.locator("#save").click()
    assert download.value.suggested_filename == "scene.review.json"
    target = folder / "scene.review.json"
    download.value.save_as(target)
    return target


def lumas(path: Path) -> list[np.ndarray]:
    with open_reader(probe((str(path),))) as reader:
        return [frame.y.copy() for frame in reader]


def test_tick_draw_save_apply(opened: Any, request_: RedactRequest, tmp_path: Path) -> None:
    page = opened()
    loaded(page)
    page.locator(".mask .shot").nth(2).click()
    page.locator("#stage").scroll_into_view_if_needed()
    area = page.locator("#stage").bounding_box()
    page.mouse.move(area["x"] + 0.2 * area["width"], area["y"] + 0.6 * area["height"])
    page.mouse.down()
    page.mouse.move(area["x"] + 0.8 * area["width"], area["y"] + 0.9 * area["height"], steps=4)
    page.mouse.up()
    page.locator("#from").fill("0.5")
    page.locator("#to").fill("1.5")
    page.locator("#add").click()
    assert "Added" in page.locator("#zoom-told").inner_text()
    page.locator("#close").click()
    page.locator(".mask input").nth(1).check()
    page.locator("#save").click()  # not before one has said who looked, and why
    assert page.evaluate("document.activeElement.id") == "reviewer"
    page.keyboard.type("Ada <b>")
    page.locator("#save").click()
    assert page.evaluate("document.activeElement.id") == "reason"
    page.keyboard.type("she asked for it")
    shown = page.locator("#json").input_value()
    path = saved(page, tmp_path)
    assert path.read_text("utf-8") == shown
    review = json.loads(shown)
    (added,) = review["add"]
    (kept,) = review["keep"]
    assert (added["start"], added["end"]) == (0.5, 1.5)
    assert (review["reviewer"], review["reason"]) == ("Ada <b>", "she asked for it")

    made = make_redacted(replace(request_, apply=path, output=tmp_path / "out.mp4"))
    assert made.video.name == "out.UNMASKED.mp4"
    assert made.kept == (kept,)
    x1, y1, x2, y2 = added["box"]
    assert x2 - x1 > 10
    assert y2 - y1 > 10
    for k, y in enumerate(lumas(made.video)):
        inside = np.abs(y[y1 + 3 : y2 - 3, x1 + 3 : x2 - 3].astype(int) - FILL)
        assert (inside.max() <= 8) == (5 <= k <= 18), k


def test_the_keyboard_is_enough(opened: Any, tmp_path: Path) -> None:
    page = opened()
    loaded(page)
    page.locator(".mask input").first.focus()
    page.keyboard.press("Space")
    page.locator(".mask .shot").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "stage"
    page.keyboard.press("ArrowRight")
    before = [int(page.locator(f"#{k}").input_value()) for k in ("x1", "y1", "x2", "y2")]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    after = [int(page.locator(f"#{k}").input_value()) for k in ("x1", "y1", "x2", "y2")]
    assert after[0] > before[0]
    assert after[3] > before[3]
    assert after[1] == before[1]
    page.keyboard.press("Enter")
    assert "Added" in page.locator("#zoom-told").inner_text()
    page.locator("#x1").fill("1")
    page.locator("#add").click()
    assert "four corners" in page.locator("#zoom-told").inner_text()
    for name, value in (("y1", "2"), ("x2", "30"), ("y2", "40"), ("to", "999")):
        page.locator(f"#{name}").fill(value)
    page.locator("#add").click()
    assert "within the recording" in page.locator("#zoom-told").inner_text()
    page.locator("#from").fill("1")
    page.locator("#to").fill("2")
    page.locator("#add").click()
    page.keyboard.press("Escape")
    assert page.locator("#zoom").is_hidden()
    page.locator("#reviewer").fill("Ada")
    page.locator("#reason").fill("a test")
    review = json.loads(page.locator("#json").input_value())
    assert [one["box"] for one in review["add"]] == [after, [1, 2, 30, 40]]
    page.locator("#added li").first.get_by_role("button", name="remove").click()
    review = json.loads(page.locator("#json").input_value())
    assert [one["box"] for one in review["add"]] == [[1, 2, 30, 40]]
    page.locator(".mask input").first.uncheck()
    assert json.loads(saved(page, tmp_path).read_text("utf-8"))["keep"] == []


def test_the_review_can_be_copied(opened: Any) -> None:
    page = opened()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#reviewer").fill("Ada")
    page.locator("#copy").click()
    page.get_by_text("Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#json").input_value()


def test_pictures_lead_to_the_next(opened: Any) -> None:
    page = opened()
    page.locator(".mask .shot").first.click()
    name = page.locator("#zoom-name").inner_text()
    assert page.locator("#before").is_disabled()
    page.locator("#after").click()
    assert page.locator("#zoom-name").inner_text() != name
    page.locator("#before").click()
    assert page.locator("#zoom-name").inner_text() == name


def test_it_speaks_french_and_keeps_what_was_decided(opened: Any) -> None:
    page = opened(locale="fr-FR", scheme="dark")
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert "Les images sont masquées" in page.locator("#mark").inner_text()
    page.locator(".mask input").first.check()
    page.get_by_role("button", name="English").click()
    assert page.locator(".mask input").first.is_checked()
    assert "Pictures are masked" in page.locator("#mark").inner_text()
    assert "not evidence" in page.locator("#mark").inner_text()


@pytest.mark.parametrize("width", [390, 1280])
def test_everything_has_a_name_and_fits(opened: Any, width: int) -> None:
    page = opened(width=width)
    loaded(page)
    page.locator(".mask .shot").first.click()
    nameless = (
        "[...document.querySelectorAll('button, input, textarea')].filter(e => !(e.textContent.trim() || "
        "e.getAttribute('aria-label') || [...(e.labels ?? [])].some(l => l.textContent.trim())))"
        ".map(e => e.outerHTML)"
    )
    assert page.evaluate(nameless) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator("#zoom").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
