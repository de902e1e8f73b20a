"""The page in a real browser, opened from disk; any message on the console fails the test."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from synopticon.synopsis.clips import ClipSettings, write_clips
from synopticon.synopsis.compose import ComposeSettings, compose
from synopticon.synopsis.manifest import Manifest, Record
from synopticon.synopsis.player import write_player
from synopticon.values.footage import Gap, GapReason
from synopticon.values.track import Dropped
from tests.street import HEIGHT, WIDTH, Street, make_street

pytestmark = pytest.mark.browser

PLAYING = "(v => !v.paused && v.readyState > 2 && v.currentTime > 0)(document.getElementById('clip'))"


@dataclass(frozen=True)
class Made:
    html: Path
    street: Street
    manifest: Manifest


@dataclass
class Window:
    """A page and what its console said."""

    page: Any
    said: list[str]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Picture pixels to window pixels."""
        box = self.page.locator("#stage").bounding_box()
        return box["x"] + float(x) / WIDTH * box["width"], box["y"] + float(y) / HEIGHT * box["height"]

    def until(self, holds: str, argument: object = None) -> None:
        """Wait until a JavaScript expression holds (the page's policy forbids Playwright's way to wait)."""
        end = monotonic() + 15
        while not self.page.evaluate(holds, argument):
            assert monotonic() < end, f"never: {holds}"
            self.page.wait_for_timeout(20)

    def seek(self, frame: int) -> None:
        script = "s.value = f; s.dispatchEvent(new Event('input'));"
        self.page.evaluate(f"f => {{ const s = document.getElementById('seek'); {script} }}", frame)
        self.until("!document.getElementById('film').seeking")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("page"), "street.mp4", "out.mp4")


def make(folder: Path, source: str, output: str, clear: bool = False) -> Made:
    street = make_street(folder, source, start=datetime(2026, 3, 28, 13, 20, tzinfo=UTC))
    record = Record(
        gaps=(Gap(7.2, 7.9, GapReason.DAMAGED, 0),),
        dropped=(Dropped("x", "object", 0, 1, 2, "too uncertain"),),
    )
    settings = ComposeSettings(clear=clear, reason="a test" if clear else "")
    video = folder / output
    manifest = compose(
        street.footage, street.bank, street.tubes, street.plan(), street.store, video, settings, record
    )
    clips = write_clips(
        street.footage,
        street.tracks,
        street.tracks,
        video.with_suffix(".clips"),
        ClipSettings(longest=5, clear=clear),
    )
    html = video.with_suffix(".html")
    write_player(manifest, html, video=video, clips=clips, folder=video.with_suffix(".clips"))
    return Made(html, street, manifest)


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    """Opens pages; at the end their consoles must have been silent and no network asked for anything."""
    said: list[str] = []
    contexts = []

    def open_page(html: Path, width: int = 1280, locale: str = "en-GB", scheme: str = "light") -> Window:
        context = browser.new_context(
            viewport={"width": width, "height": 860}, locale=locale, color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15000)
        page.on("console", lambda m: said.append(f"{m.type}: {m.text}"))
        page.on("pageerror", lambda e: said.append(f"error: {e}"))
        page.on(
            "request", lambda r: r.url.startswith(("file:", "data:")) or said.append(f"asked for {r.url}")
        )
        page.goto(html.as_uri())
        window = Window(page, said)
        window.until("document.getElementById('film').readyState >= 2")
        return window

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


def test_every_object_plays_on_click(made: Made, opened: Any) -> None:
    window = opened(made.html)
    for o in made.manifest.objects:
        k = free_row(made.manifest, o.id)
        window.seek(o.first + k)
        x1, y1, x2, y2 = o.boxes[k]
        window.page.mouse.click(*window.at((x1 + x2) / 2, (y1 + y2) / 2))
        window.until(PLAYING)
        current = window.page.locator("[aria-current=true]").get_attribute("data-id")
        assert current == o.id
        assert window.page.locator("#no-clip").is_hidden()
        window.page.keyboard.press("Escape")
        assert window.page.locator("#context").is_hidden()


def free_row(manifest: Manifest, name: str) -> int:
    """A row in which no other box holds the middle of this object's box."""
    shown = {o.id: o for o in manifest.objects}
    mine = shown[name]
    for k in range(len(mine.times)):
        x, y = (mine.boxes[k, :2] + mine.boxes[k, 2:]) / 2
        others = [
            o.boxes[mine.first + k - o.first]
            for o in manifest.objects
            if o is not mine and 0 <= mine.first + k - o.first < len(o.times)
        ]
        if not any(b[0] - 8 < x < b[2] + 8 and b[1] - 8 < y < b[3] + 8 for b in others):
            return k
    raise AssertionError(f"{name} is never free")


def test_the_clip_begins_three_seconds_before(made: Made, opened: Any) -> None:
    window = opened(made.html)
    o = made.manifest.objects[2]  # starts at 4.0 s
    window.page.evaluate("document.getElementById('clip').play = () => Promise.resolve()")
    window.page.locator(f"[data-id='{o.id}']").click()
    window.until("document.getElementById('clip').readyState > 1")
    time = window.page.evaluate("document.getElementById('clip').currentTime")
    assert time == pytest.approx(o.start - 3, abs=0.11)
    assert window.page.locator("#file").inner_text() == "street.mp4"
    assert window.page.locator("#in-file").inner_text() == "0:00:04.000"
    assert window.page.locator("#local").inner_text() == "2026-03-28 13:20:04"
    assert "masked" in window.page.locator("#kind").inner_text()


def test_one_clip_leads_into_the_next(made: Made, opened: Any) -> None:
    window = opened(made.html)
    o = made.manifest.objects[2]
    window.page.locator(f"[data-id='{o.id}']").click()
    window.until(PLAYING)
    first = window.page.evaluate("document.getElementById('clip').src")
    window.page.evaluate("document.getElementById('clip').playbackRate = 4")
    window.until("src => document.getElementById('clip').src !== src", first)
    window.until(PLAYING)


def test_hovering_names_the_object(made: Made, opened: Any) -> None:
    window = opened(made.html)
    o = made.manifest.objects[0]
    window.seek(12)
    x1, y1, x2, y2 = o.boxes[12]
    window.page.mouse.move(*window.at((x1 + x2) / 2, (y1 + y2) / 2))
    tip = window.page.locator("#tip")
    tip.wait_for(state="visible")
    assert tip.inner_text() == "Person 13:20:01 · street.mp4 0:00:01"
    window.page.mouse.move(*window.at(185, 5))
    tip.wait_for(state="hidden")


def test_the_keyboard_is_enough(made: Made, opened: Any) -> None:
    window = opened(made.html)
    press = window.page.keyboard.press
    press("n")
    press("n")
    current = window.page.locator("[aria-current=true]")
    assert current.get_attribute("data-id") == made.manifest.objects[1].id
    press("p")
    assert current.get_attribute("data-id") == made.manifest.objects[0].id
    press("Enter")
    window.until(PLAYING)
    press("Escape")
    assert window.page.locator("#context").is_hidden()
    press("Space")
    window.until("!document.getElementById('film').paused")
    press("Space")
    window.until("document.getElementById('film').paused")
    before = window.page.evaluate("document.getElementById('film').currentTime")
    press("ArrowRight")
    window.until("t => document.getElementById('film').currentTime > t + 0.8", before)


def test_the_list_can_be_filtered(made: Made, opened: Any) -> None:
    window = opened(made.html)
    assert window.page.locator("#list .item").count() == 4
    window.page.get_by_role("button", name="Bicycle 1", exact=True).click()
    assert window.page.locator("#list .item").count() == 1
    assert window.page.locator("#objects-name").inner_text() == "1 object"
    window.page.get_by_role("button", name="All", exact=True).click()
    assert window.page.locator("#list .item").count() == 4


def test_what_was_not_seen_and_not_shown_is_said(made: Made, opened: Any) -> None:
    window = opened(made.html)
    assert "91.2 % of it seen" in window.page.locator("#facts").inner_text()
    assert "not seen" in window.page.locator("#legend").inner_text()
    assert "1 gap" in window.page.locator("#timeline").get_attribute("aria-label")
    assert window.page.locator("#left summary").inner_text() == "1 object found but not shown"


def test_copying_gives_file_and_time(made: Made, opened: Any) -> None:
    window = opened(made.html)
    window.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    window.page.locator(f"[data-id='{made.manifest.objects[2].id}']").click()
    window.page.locator("#copy").click()
    window.until("document.getElementById('copied').textContent === 'Copied'")
    text = window.page.evaluate("navigator.clipboard.readText()")
    assert text == "street.mp4 0:00:04.000 (2026-03-28 13:20:04)"


def test_it_speaks_french(made: Made, opened: Any) -> None:
    window = opened(made.html, locale="fr-FR", scheme="dark")
    assert window.page.evaluate("document.documentElement.lang") == "fr"
    assert window.page.locator("#objects-name").inner_text() == "4 objets"
    assert "Image de synthèse" in window.page.locator("#badges").inner_text()


def test_everything_has_a_name(made: Made, opened: Any) -> None:
    window = opened(made.html)
    window.page.locator("#list .item").first.click()
    nameless = window.page.evaluate(
        "[...document.querySelectorAll('button, input, video, canvas[role=img]')].filter(e => "
        "!(e.getAttribute('aria-label') || e.textContent.trim() || e.id === 'clip')).map(e => e.outerHTML)"
    )
    assert nameless == []


def test_a_narrow_window_needs_no_sideways_scrolling(made: Made, opened: Any) -> None:
    window = opened(made.html, width=390)
    window.page.locator("#list .item").first.click()
    window.until(PLAYING)
    assert window.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert window.page.locator("#clip").bounding_box()["width"] > 300


def test_odd_names_play(browser: Any, opened: Any, tmp_path: Path) -> None:
    folder = tmp_path / "a #1 50% é"
    folder.mkdir()
    odd = make(folder, 'it\'s "a" street?\n&.mp4', "out #2 100%25\n'\".mp4")
    window = opened(odd.html)
    window.page.locator("#list .item").nth(1).click()
    window.until(PLAYING)


def test_clear_pictures_play_the_original_and_say_so(opened: Any, tmp_path: Path) -> None:
    clear = make(tmp_path, "street #.mp4", "out.mp4", clear=True)
    assert not clear.html.with_suffix(".clips").exists()
    window = opened(clear.html)
    assert "UNMASKED" in window.page.locator("#badges").inner_text()
    window.page.locator("#list .item").nth(1).click()
    window.until(PLAYING)
    assert "Original file" in window.page.locator("#kind").inner_text()


def test_a_missing_video_is_explained(made: Made, browser: Any, tmp_path: Path) -> None:
    html = tmp_path / "alone.html"
    html.write_bytes(made.html.read_bytes())
    page = browser.new_context().new_page()
    page.goto(html.as_uri())
    page.locator("#broken").wait_for(state="visible")
    assert "out.mp4" in page.locator("#broken").inner_text()
    page.context.close()


def test_without_clips_the_time_is_still_told(made: Made, opened: Any, tmp_path: Path) -> None:
    html = made.html.with_name("bare.html")
    write_player(made.manifest, html, video=made.html.with_suffix(".mp4"), overwrite=True)
    window = opened(html)
    window.page.locator("#list .item").first.click()
    window.page.locator("#no-clip").wait_for(state="visible")
    assert window.page.locator("#in-file").inner_text() == "0:00:00.000"
