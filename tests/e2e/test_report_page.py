"""The report and the gallery in Chromium, offline: they fit a telephone, and a person can write into them."""

import pytest

from synopticon.evidence.gallery import gallery_html
from synopticon.evidence.report import report_html
from tests.reports import gallery, report


@pytest.fixture(scope="module")
def pages(tmp_path_factory, browser):
    """Open a page of a width; gives it with what the console said."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "report.html").write_text(report_html(report(), "fr"), "utf-8")
    (folder / "gallery.html").write_text(gallery_html(gallery()), "utf-8")

    def opened(name, width):
        page = browser.new_context(viewport={"width": width, "height": 800}, offline=True).new_page()
        said = []
        page.on("console", lambda message: said.append(message.text))
        page.on("requestfailed", lambda request: said.append(request.url))
        page.goto((folder / name).as_uri())
        return page, said

    return opened


@pytest.mark.browser
@pytest.mark.parametrize("name", ["report.html", "gallery.html"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_the_screen_and_nothing_is_wrong(pages, name, width):
    page, said = pages(name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(20, 80, 122)"
    shown = page.evaluate("[...document.images].map(image => image.naturalWidth)")
    assert all(shown)
    assert len(shown) == (4 if name == "gallery.html" else 0)
    assert said == []


@pytest.mark.browser
def test_a_person_writes_into_the_dashed_fields_and_nowhere_else(pages):
    page, said = pages("report.html", 1280)
    field = page.get_by_role("textbox").first
    field.click()
    page.keyboard.type("L'homme sort par la porte.")
    assert "L'homme sort par la porte." in field.inner_text()
    assert page.get_by_role("textbox").count() == 3
    assert said == []


@pytest.mark.browser
def test_a_heading_of_the_contents_leads_to_it(pages):
    page, _ = pages("report.html", 390)
    page.get_by_role("link", name="Constatations").click()
    assert page.locator("h2", has_text="Constatations").is_visible()
    assert page.evaluate("window.scrollY") > 500
