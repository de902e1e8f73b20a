"""The picture is true: what the manifest names is what is seen."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from synopticon.synopsis.compose import ComposeSettings, compose
from synopticon.synopsis.manifest import write_manifest
from synopticon.vision.tube import sprites
from tests.street import HEIGHT, WIDTH, Street, make_street
from tests.truth_of_picture import AlphaOf, Truth, truth_of_picture


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Street:
    return make_street(tmp_path_factory.mktemp("street"))


def alphas(street: Street) -> AlphaOf:
    """The masks that the store holds."""
    kept = {t.id: list(sprites(t, street.store, clear=True)) for t in street.tubes}

    def alpha_of(name: str, row: int, y: slice, x: slice) -> NDArray[np.uint8]:
        sprite, pad = kept[name][row], 128
        whole = np.zeros((HEIGHT + 2 * pad, WIDTH + 2 * pad), np.uint8)
        h, w = sprite.alpha.shape
        whole[sprite.y0 + pad :, sprite.x + pad :][:h, :w] = sprite.alpha
        return whole[pad:-pad, pad:-pad][y, x]

    return alpha_of


def judged(street: Street, folder: Path, settings: ComposeSettings, alpha_of: AlphaOf | None) -> Truth:
    video = folder / "o.mp4"
    manifest = compose(
        street.footage, street.bank, street.tubes, street.plan(), street.store, video, settings
    )
    write_manifest(manifest, video.with_suffix(".json"))
    return truth_of_picture(video, video.with_suffix(".json"), alpha_of=alpha_of)


@pytest.mark.parametrize("own_masks", [False, True])
def test_clear_pictures_are_those_of_the_named_time(street: Street, tmp_path: Path, own_masks: bool) -> None:
    settings = ComposeSettings(clear=True, reason="test", colour_match=False)
    truth = judged(street, tmp_path, settings, alphas(street) if own_masks else None)
    found = truth.report
    assert found["entries"] >= 40
    assert found["psnr_30"] >= 0.95
    assert found["psnr_min"] >= 27
    assert found["best_at_named_time"] >= 0.95


def test_masked_pictures_are_too(street: Street, tmp_path: Path) -> None:
    truth = judged(street, tmp_path, ComposeSettings(), None)
    assert len(truth.entries) >= 40
    assert truth.share(lambda e: e.correlation > 0.8) >= 0.9


def test_a_wrong_time_is_noticed(street: Street, tmp_path: Path) -> None:
    """The check itself can fail: a manifest whose times are half a second late."""
    import json

    judged(street, tmp_path, ComposeSettings(clear=True, reason="test"), None)
    path = tmp_path / "o.json"
    data = json.loads(path.read_text("utf-8"))
    for o in data["objects"]:
        o["pts"] = [*o["pts"][5:], *[o["pts"][-1]] * 5]
    path.write_text(json.dumps(data), "utf-8")
    assert truth_of_picture(tmp_path / "o.mp4", path).report["best_at_named_time"] < 0.5
