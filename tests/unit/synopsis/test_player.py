import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synopticon.synopsis.clips import Clip
from synopticon.synopsis.manifest import Manifest
from synopticon.synopsis.player import url, write_player
from synopticon.values.track import Dropped


def page_of(manifest: Manifest, folder: Path, name: str = "o.mp4", clips: tuple[Clip, ...] = ()) -> str:
    path = folder / "o.html"
    write_player(manifest, path, video=folder / name, clips=clips, folder=folder / "o.clips", overwrite=True)
    return path.read_text("utf-8")


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert isinstance(data, dict)
    return data


def test_the_page_names_nothing_outside(synopsis: tuple[Path, Manifest], tmp_path: Path) -> None:
    page = page_of(synopsis[1], tmp_path)
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", page)
    assert "default-src 'none'" in page


def test_its_policy_allows_only_its_own_script_and_style(
    synopsis: tuple[Path, Manifest], tmp_path: Path
) -> None:
    page = page_of(synopsis[1], tmp_path)
    for tag, source in (("style", r"<style>(.*?)</style>"), ("script", r"<script>(.*?)</script>")):
        (body,) = re.findall(source, page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in page
    assert "unsafe" not in page


def test_boxes_and_times_are_those_of_the_manifest(synopsis: tuple[Path, Manifest], tmp_path: Path) -> None:
    data = data_of(page_of(synopsis[1], tmp_path))
    for shown, packed in zip(synopsis[1].objects, data["objects"], strict=True):
        assert packed[0] == shown.id
        assert data["kinds"][packed[1]] == shown.label
        raw = np.frombuffer(base64.b64decode(packed[7]), [("box", "<i2", 4), ("ms", "<u4")])
        rows = [*range(0, len(shown.times), data["step"])]
        rows += [len(shown.times) - 1] if rows[-1] != len(shown.times) - 1 else []
        assert np.abs(raw["box"] - shown.boxes[rows]).max() <= 0.5
        assert np.abs(packed[5] + raw["ms"] / 1000 - shown.times[rows]).max() < 0.002


@pytest.mark.parametrize(
    "name", ["a#1.mp4", "50%.mp4", 'it\'s "it".mp4', "two\nlines.mp4", "é à.mp4", "</script>.mp4"]
)
def test_odd_names_are_encoded_and_break_nothing(
    synopsis: tuple[Path, Manifest], tmp_path: Path, name: str
) -> None:
    page = page_of(synopsis[1], tmp_path, name.replace("/", "_"))
    data = data_of(page)
    assert not set(data["video"]) & set("#\n\"'<> ")
    assert data["name"] == name.replace("/", "_")
    assert page.count("</script>") == 2


def test_markup_in_names_is_text(synopsis: tuple[Path, Manifest], tmp_path: Path) -> None:
    manifest = synopsis[1]
    page = page_of(
        replace(manifest, footage=replace(manifest.footage, camera="<script>x</script>&")), tmp_path
    )
    assert "<title>&lt;script&gt;x&lt;/script&gt;&amp;</title>" in page
    assert data_of(page)["title"] == "<script>x</script>&"


def test_clips_and_originals_are_relative(synopsis: tuple[Path, Manifest], tmp_path: Path) -> None:
    clips = (Clip(0.0, 5.0, "0001.mp4"), Clip(6.0, 8.0, original=0, at=6.0))
    found = data_of(page_of(synopsis[1], tmp_path, clips=clips))["clips"]
    assert found[0]["url"] == "o.clips/0001.mp4"
    assert found[1]["url"].endswith("street.mp4")
    assert found[1]["original"]


def test_what_is_not_shown_is_listed(synopsis: tuple[Path, Manifest], tmp_path: Path) -> None:
    left = tuple(Dropped(f"x{i}", "object", 0, 1.0, 2.0, "too uncertain") for i in range(700))
    data = data_of(page_of(replace(synopsis[1], left_out=left), tmp_path))
    assert data["leftCount"] == 700
    assert len(data["left"]) == 500


def test_every_part_that_the_script_asks_for_is_there(
    synopsis: tuple[Path, Manifest], tmp_path: Path
) -> None:
    page = page_of(synopsis[1], tmp_path)
    ids: set[str] = set()

    class Ids(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            ids.update(value for key, value in attrs if key == "id" and value)

    Ids().feed(page)
    assert set(re.findall(r'\$\("([\w-]+)"\)', page)) <= ids


def test_both_languages_say_the_same(synopsis: tuple[Path, Manifest], tmp_path: Path) -> None:
    page = page_of(synopsis[1], tmp_path)
    found = re.search(r"const words = french \? \{(.*?)\n  \} : \{(.*?)\n  \};", page, re.DOTALL)
    assert found
    french, english = (set(re.findall(r"(?:^|[{,]\s*)(\w+):", text, re.MULTILINE)) for text in found.groups())
    assert english <= french


def test_urls(tmp_path: Path) -> None:
    assert url(tmp_path / "a b" / "c#d.mp4", tmp_path) == "a%20b/c%23d.mp4"
