"""Every object of a synopsis of real people plays on click; all of it: ``python -m benchmarks.clicks``."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.clicks import click_all, clips_show_their_source, targets
from synopticon.acts.synopsis import SynopsisRequest, make_synopsis
from tests.media import write_beginning


@pytest.fixture(scope="module")
def page(footage_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a synopsis of ten seconds of ``vtest.avi``, in which people cover each other."""
    folder = tmp_path_factory.mktemp("every-object")
    piece = write_beginning(footage_folder / "opencv_samples" / "vtest.avi", folder / "piece.avi", 10)
    request = SynopsisRequest((str(piece),), folder / "out.mp4", model="none", workspace=folder / "workspace")
    return make_synopsis(request).html


@pytest.mark.browser
@pytest.mark.footage
@pytest.mark.slow
def test_every_object_plays_on_click(page: Path, browser: Any) -> None:
    clicks = click_all(page, browser)
    assert len(clicks) >= 6
    assert not [c for c in clicks if c.wrong]
    assert sum(c.by == "picture" for c in clicks) >= 0.8 * len(clicks)
    assert min(clips_show_their_source(page).values()) > 1.2


@pytest.mark.browser
@pytest.mark.footage
@pytest.mark.slow
def test_a_page_that_names_another_time_is_found_out(page: Path, browser: Any) -> None:
    path = page.with_suffix(".json")
    true = path.read_text("utf-8")
    manifest = json.loads(true)
    manifest["objects"] = manifest["objects"][:2]
    manifest["objects"][1]["source"]["file_start"] += 1
    path.write_text(json.dumps(manifest), "utf-8")
    try:
        first, second = click_all(page, browser)
    finally:
        path.write_text(true, "utf-8")
    assert first.wrong == ""
    assert second.wrong.startswith("names piece.avi")


def test_a_covered_object_is_clicked_where_it_is_free() -> None:
    def shown(name: str, z: int, boxes: list[list[float]]) -> dict[str, Any]:
        frames = [[k, k / 10, *box] for k, box in enumerate(boxes)]
        return {"id": name, "fade": [0, 0], "frames": frames, "z": [z] * len(frames)}

    behind = shown("behind", 0, [[100, 100, 40, 80]] * 3)
    before = shown("before", 1, [[90, 90, 80, 100], [120, 90, 80, 100], [90, 90, 80, 100]])
    never = shown("never", 0, [[110, 110, 10, 10], [130, 110, 10, 10], [110, 110, 10, 10]])
    found = targets([behind, before, never], 320, 240)
    assert set(found) == {"behind", "before"}
    assert found["behind"].frame == 1
    assert found["behind"].x < 112
