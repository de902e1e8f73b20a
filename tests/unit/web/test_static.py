"""The page itself: its files by name, its addresses to one page, and no path that leads elsewhere."""

import pytest

from synopticon.web.static import Pages


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("the page")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "main-Ab3dEf9h.js").write_text("1")
    (folder / "assets" / "plain.js").write_text("2")
    (tmp_path / "secret.txt").write_text("keep out")
    (folder / "assets" / "link-Ab3dEf9h.txt").symlink_to(tmp_path / "secret.txt")
    return Pages(folder)


@pytest.mark.parametrize("path", ["/", "/index.html", "/cases/case-1", "/anything/at/all"])
def test_the_pages_own_addresses_lead_to_it(pages, path):
    answer = pages.answer("GET", path)
    assert (answer.status_code, answer.body, answer.media_type) == (200, b"the page", "text/html")
    assert answer.headers["cache-control"] == "no-cache"


def test_what_carries_a_digest_may_be_kept(pages):
    kept = pages.answer("GET", "/assets/main-Ab3dEf9h.js")
    assert (kept.body, kept.media_type) == (b"1", "text/javascript")
    assert "immutable" in kept.headers["cache-control"]
    for path in ("/assets/plain.js", "/favicon.svg"):
        assert pages.answer("GET", path).headers["cache-control"] == "no-cache"


def test_what_is_no_file_and_no_page_is_not_there(pages):
    for path in ("/assets/gone-Ab3dEf9h.js", "/api/nothing", "/.well-known/other", "/api"):
        assert pages.answer("GET", path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "//etc/passwd",
        "/..%2fsecret.txt",
        "/assets/link-Ab3dEf9h.txt",
    ],
)
def test_no_path_leads_out_of_the_folder(pages, path):
    assert b"keep out" not in pages.answer("GET", path).body
    assert b"root:" not in pages.answer("GET", path).body


def test_pages_are_only_read(pages):
    answer = pages.answer("POST", "/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_without_a_build_the_server_says_so(tmp_path):
    assert b"not built" in Pages(tmp_path).answer("GET", "/").body
