"""The interactive synopsis in a real browser: true to the program's own renderer, live, and by keyboard."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zipfile import ZipFile

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from synopticon.acts.interactive import Interactive, Selection, begin
from synopticon.synopsis.compose import ComposeSettings, Stage
from synopticon.values.plan import Plan
from tests.investigation import WHY, Clock, investigate
from tests.webapp import House, Open, Window, give_reason, serving

pytestmark = [pytest.mark.browser, pytest.mark.node]
LOUDEST = 34.0  # dB: what the JPEG of the ground and the rounding of colours may take
WATCH = "document.addEventListener('drawn', e => { window.last = {...e.detail, canvas: e.target}; }, true)"
SHOWN = "() => ({...window.last, canvas: window.last.canvas.toDataURL('image/png')})"
# Coefficients of red and blue in luma, of what the scene is written with.
RED, BLUE = 0.299, 0.114


@dataclass
class Site(House):
    """A house, and what the act gives of it to a browser."""

    given: Interactive


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("synopsis")
    clock = Clock()
    clock.later(hours=-3)  # the server has a clock of its own, and the log goes forward only
    with pytest.MonkeyPatch.context() as patch:
        made = investigate(folder, patch, clock)
        given = begin(made.workspace, Selection(), case=made.case, reason=WHY)
        made.workspace.engine.dispose()
    with serving(folder / "ws", folder / "home") as address:
        yield Site(folder / "ws", made.case, address, given)


@pytest.fixture
def ines(opened: Open, site: Site) -> Window:
    window = opened(site.address)
    window.page.context.add_init_script(WATCH)
    window.page.emulate_media(reduced_motion="reduce")
    window.sign_in("ines")
    give_reason(window, site)
    return window


def play(window: Window, site: Site, query: str = "") -> Any:
    """Open the page and wait for its first picture."""
    page = window.open(site.page(f"/synopsis{query}")).page
    page.locator(".now li").first.wait_for()
    return page


def shown(page: Any, frame: int | None = None) -> dict[str, Any]:
    """The picture on the canvas, once it is that of a frame and lacks nothing."""
    for _ in range(200):
        if page.evaluate("f => last && !last.missing && (f === null || last.frame === f)", frame):
            return dict(page.evaluate(SHOWN))
        page.wait_for_timeout(25)
    raise AssertionError(f"frame {frame} never came")


def crowded(page: Any, frame: int) -> dict[str, Any]:
    """A frame of the densest plan."""
    before = shown(page)["plan"]
    page.locator(".density input").fill("60")
    while shown(page)["plan"] == before:
        page.wait_for_timeout(25)
    page.locator(".scrubber input").fill(str(frame))
    return shown(page, frame)


def test_the_browser_draws_what_the_program_draws(ines: Window, site: Site) -> None:
    page = play(ines, site)
    drawn = crowded(page, 14)
    assert drawn["present"]
    theirs = cv2.imdecode(np.frombuffer(base64.b64decode(drawn["canvas"].split(",")[1]), np.uint8), 1)
    scene = site.given.scenes[0]
    starts = {scene.tubes[p["tube"]].id: 14 - p["k"] for p in drawn["present"]}
    plan = Plan(site.given.rate, 200, starts, (), 0, None)
    settings = ComposeSettings(colour_match=False, labels=False, in_case=True)
    stage = Stage(scene.merged.footage, scene.merged.bank, scene.tubes, plan, scene.merged, settings)
    (ours,) = [rgb(planes) for n, planes in enumerate(stage.pictures()) if n == 14]
    inside = np.ones(ours.shape[:2], bool)
    inside[stage.marks[0].box[1] :] = False  # the page writes its mark over the picture, not into it
    assert psnr(ours[inside], theirs[:, :, ::-1][inside]) > LOUDEST
    boxes = np.zeros_like(inside)
    for present in drawn["present"]:
        tube = scene.tubes[present["tube"]]
        x1, y1, x2, y2 = tube.track.boxes[present["k"]].astype(int).clip(0)
        boxes[y1:y2, x1:x2] = True
    assert psnr(ours[boxes & inside], theirs[:, :, ::-1][boxes & inside]) > LOUDEST


def rgb(planes: tuple[NDArray[np.uint8], ...]) -> NDArray[np.uint8]:
    """Limited range, with chroma repeated."""
    y, u, v = (p.astype(float) for p in planes)
    y = (y - 16) * 255 / 219
    u, v = ((np.kron(p, np.ones((2, 2))) - 128) * 255 / 224 for p in (u, v))
    red, blue = y + 2 * (1 - RED) * v, y + 2 * (1 - BLUE) * u
    green = (y - RED * red - BLUE * blue) / (1 - RED - BLUE)
    return np.clip(np.rint(np.stack([red, green, blue], 2)), 0, 255).astype(np.uint8)


def psnr(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    return float(10 * np.log10(255**2 / np.mean(np.square(a.astype(float) - b))))


def test_it_is_steered_by_keyboard_and_told_in_words(ines: Window, site: Site) -> None:
    page = play(ines, site)
    assert page.locator(".play").inner_text() == "Play"  # who wants things to stand still is obeyed
    before = shown(page)
    page.keyboard.press(".")
    assert shown(page, before["frame"] + 1)["plan"] == before["plan"]
    page.keyboard.press("p")
    page.locator(".play", has_text="Pause").wait_for()
    page.keyboard.press("p")
    page.keyboard.press("n")
    track = page.locator(".chosen code").inner_text()
    assert track in page.locator(".now [aria-pressed=true]").get_attribute("data-track")
    page.keyboard.press("x")
    page.locator(".filters .badge", has_text="5 of 6").wait_for()
    page.get_by_role("status").get_by_text("Left out.").wait_for()
    page.keyboard.press("u")
    page.locator(".filters .badge", has_text="6 of 6").wait_for()
    page.keyboard.press("i")  # a line that nobody crosses, drawn with the arrow keys
    for key in ("ArrowUp",) * 24 + ("Enter",) + ("ArrowRight",) * 3 + ("Enter",):
        page.keyboard.press(key)
    page.locator(".filters .badge", has_text="3 of 6").wait_for()  # the other camera's three
    page.keyboard.press("c")
    page.locator(".filters .badge", has_text="6 of 6").wait_for()
    assert "synthetic" in ines.text(".legend")
    page.get_by_label("Camera").select_option("all, side by side")
    page.locator(".stage").nth(1).wait_for()


def test_those_a_lasso_caught_lie_in_the_basket(ines: Window, site: Site) -> None:
    page = play(ines, site)
    count = crowded(page, 15)["shown"]
    page.locator(".stage").scroll_into_view_if_needed()
    box = page.locator(".stage").bounding_box()
    page.keyboard.press("o")
    corners = [(0.01, 0.01), (0.99, 0.01), (0.99, 0.99), (0.01, 0.99)]
    for n, (x, y) in enumerate(corners):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=3)
        if n == 0:
            page.mouse.down()
    page.mouse.up()
    page.get_by_role("status").get_by_text("taken into the case").wait_for()
    ines.open(site.page("/evidence"))
    page.locator(".shot").first.wait_for()
    assert page.locator(".shot").count() == count


def test_the_plan_that_is_shown_is_exported(ines: Window, site: Site) -> None:
    page = play(ines, site, "?q=camera:gate")
    page.get_by_role("button", name="Make the video").click()
    link = page.get_by_role("link", name="Save")
    link.wait_for()
    with page.expect_download() as saved:
        link.click()
    with ZipFile(saved.value.path()) as folder:
        (name,) = [one for one in folder.namelist() if one.endswith(".json")]
        manifest = json.loads(folder.read(name))
        assert any(one.endswith(".mp4") for one in folder.namelist())
    assert sorted(one["id"] for one in manifest["objects"]) == sorted(
        t.id for t in site.given.scenes[0].tubes
    )


def test_hits_of_a_search_are_shown_as_a_synopsis(ines: Window, site: Site) -> None:
    page = ines.open(site.page("/search?q=camera:gate")).page
    page.get_by_role("link", name="Show these as a synopsis").click()
    page.locator(".filters .badge", has_text="3 of 3").wait_for()


@pytest.mark.parametrize(("locale", "theme", "width"), [("en-GB", "light", 1280), ("fr-FR", "dark", 390)])
def test_the_page_is_accessible_and_fits(
    opened: Open, site: Site, locale: str, theme: str, width: int
) -> None:
    window = opened(site.address, locale, theme, width).sign_in("ines")
    give_reason(window, site)
    page = play(window, site)
    page.locator(".now button").first.click()
    page.locator(".chosen video, .chosen canvas").first.wait_for()
    assert window.faults() == []
