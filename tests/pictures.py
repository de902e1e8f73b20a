"""The pictures of the web application in the README, made anew: ``python -m tests.pictures``.

Two recordings that may be shown (Intel IoT DevKit sample videos, CC-BY-4.0; from ``SYNOPTICON_FOOTAGE``)
are taken in as one person's footage, and each page is opened in Chromium as its reader sees it. Look at what
it made before it is committed.
"""

import io
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from synopticon.cli.main import main as synopticon
from tests.browser import launched
from tests.webapp import serving

IMAGES = Path(__file__).parents[1] / "docs" / "images"
CLIPS = {"room": "one-by-one-person-detection.mp4", "street": "car-detection.mp4"}
BEGIN = "2026-10-05T09:00:00+02:00"
SIZE = {"width": 1280, "height": 800}
WIDTH = 960  # pixels of a committed picture,
MOST = 60_000  # and its bytes


def _synopsis(page: Any) -> None:
    page.locator(".density input").fill("2")
    page.wait_for_timeout(2000)
    page.locator(".scrubber input").fill("160")
    page.wait_for_timeout(3000)


def _footage(page: Any) -> None:
    page.locator(".timeline .pick").first.click()
    page.wait_for_timeout(4000)
    page.evaluate("document.querySelector('.player').scrollIntoView()")


def _statistics(page: Any) -> None:
    page.get_by_role("button", name="Heat map").click()
    page.wait_for_timeout(2500)
    page.evaluate("window.scrollTo(0, 330)")


def _as_it_is(page: Any) -> None:
    page.locator("main h1, main form").first.wait_for()


PAGES: dict[str, tuple[str, Callable[[Any], None]]] = {
    "interactive": ("/synopsis?camera=room", _synopsis),
    "app-footage": ("/footage", _footage),
    "app-search": ("/search?q=person", _as_it_is),
    "app-zones": ("/zones", _as_it_is),
    "app-statistics": ("/statistics", _statistics),
    "app-log": ("/log", _as_it_is),
}


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "workspace"
        _taken_in(folder)
        with serving(folder, folder) as address, launched() as browser:
            page = browser.new_context(viewport=SIZE, locale="en-GB", color_scheme="light").new_page()
            page.goto(address)
            page.locator(".case-bar").wait_for()
            if (steps := page.get_by_role("button", name="Hide these steps")).count():
                steps.click()
            base = re.sub(r"/#.*", "", address)
            for name, (path, ready) in PAGES.items():
                page.goto(base + path)
                page.wait_for_timeout(2500)
                ready(page)
                page.wait_for_timeout(1500)
                _keep(page.screenshot(), IMAGES / f"{name}.jpg")


def _taken_in(folder: Path) -> None:
    footage = Path(os.environ["SYNOPTICON_FOOTAGE"])
    where = ["--workspace", str(folder)]
    for camera, clip in CLIPS.items():
        synopticon(["camera", "add", camera, "--zone", "Europe/Paris", *where])
        models = ["--models-folder", str(footage.parent / "models")]
        source = str(footage / "intel_sample_videos" / clip)
        synopticon(["ingest", source, "--camera", camera, "--start", BEGIN, *models, *where])


def _keep(png: bytes, path: Path) -> None:
    """Smaller, and not above the limit of bytes."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture = picture.resize((WIDTH, picture.height * WIDTH // picture.width), Image.Resampling.LANCZOS)
    for quality in range(88, 40, -4):
        picture.save(path, quality=quality, optimize=True, progressive=True)
        if path.stat().st_size <= MOST:
            return


if __name__ == "__main__":
    main()
