import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from synopticon.errors import OutputError
from synopticon.synopsis.manifest import Manifest, Record, coverage, relative, write_manifest
from synopticon.values.footage import Gap, GapReason
from synopticon.values.track import Dropped
from tests.street import Street

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/schemas/manifest.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def written(synopsis: tuple[Path, Manifest]) -> dict[str, Any]:
    path, manifest = synopsis
    full = replace(
        manifest,
        record=Record(
            gaps=(Gap(2.0, 3.0, GapReason.DAMAGED, 0, "3 frames"), Gap(5.0, 5.5, GapReason.SKIPPED)),
            settings={"density": 8.0},
            models={"yolox-nano": "ab" * 32},
        ),
        left_out=(Dropped("x0", "object", 0, 1.0, 2.0, "too uncertain"),),
    )
    write_manifest(full, path.with_suffix(".json"), overwrite=True)
    found = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_it_follows_its_schema(written: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(written, SCHEMA)


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("objects", 0, "class"), "ghost"),
        (("video", "sha256"), "no"),
        (("objects", 0, "frames", 0), [1, 2, 3]),
        (("surprise",), 1),
    ],
)
def test_the_schema_can_refuse(written: dict[str, Any], where: tuple[Any, ...], value: object) -> None:
    broken = json.loads(json.dumps(written))
    at = broken
    for key in where[:-1]:
        at = at[key]
    at[where[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, SCHEMA)


def test_rows_agree(street: Street, written: dict[str, Any]) -> None:
    for o, tube in zip(written["objects"], street.tubes, strict=True):
        assert o["id"] == tube.id
        assert len(o["frames"]) == len(o["pts"]) == len(o["z"]) == len(o["label"]) == len(tube.track)
        frames = [row[0] for row in o["frames"]]
        assert frames == list(range(frames[0], frames[0] + len(frames)))
        assert [row[1] for row in o["frames"]] == pytest.approx(tube.track.times.tolist(), abs=1e-4)
        assert o["source"]["start"] == o["frames"][0][1]
        assert o["source"]["end"] == o["frames"][-1][1]
        boxes = np.array([row[2:] for row in o["frames"]])
        assert np.abs(boxes[:, :2] - tube.track.boxes[:, :2]).max() <= 0.051
        assert np.abs(boxes[:, :2] + boxes[:, 2:] - tube.track.boxes[:, 2:]).max() <= 0.11


def test_exact_times_and_seconds_agree(written: dict[str, Any]) -> None:
    source = written["inputs"][0]
    for o in written["objects"]:
        tick = o["time_base"][0] / o["time_base"][1]
        times = [(pts - source["start_pts"]) * tick + source["offset"] for pts in o["pts"]]
        assert times == pytest.approx([row[1] for row in o["frames"]], abs=1e-3)


def test_paths_are_relative_and_lead_to_the_footage(
    street: Street, synopsis: tuple[Path, Manifest], written: dict[str, Any]
) -> None:
    named = written["inputs"][0]["file"]
    assert not Path(named).is_absolute()
    assert (synopsis[0].parent / named).resolve() == street.footage.files[0].path.resolve()
    assert all(o["source"]["file"] == named for o in written["objects"])


def test_what_was_not_seen_is_counted(written: dict[str, Any]) -> None:
    assert written["coverage"] == {"duration": 8.0, "seen": 6.5, "share": 0.8125}
    assert [g["reason"] for g in written["gaps"]] == ["damaged", "skipped"]
    assert written["left_out"] == [
        {
            "id": "x0",
            "class": "object",
            "source": {"file": written["inputs"][0]["file"], "start": 1.0, "end": 2.0},
            "reason": "too uncertain",
        }
    ]


def test_gaps_that_overlap_count_once(street: Street) -> None:
    gaps = (
        Gap(1.0, 3.0, GapReason.DAMAGED),
        Gap(2.0, 4.0, GapReason.SKIPPED),
        Gap(7.0, 99.0, GapReason.TRUNCATED),
    )
    assert coverage(street.footage, gaps)["seen"] == pytest.approx(4.0)


def test_the_same_synopsis_gives_the_same_bytes(synopsis: tuple[Path, Manifest], tmp_path: Path) -> None:
    for name in "ab":
        write_manifest(synopsis[1], tmp_path / f"{name}.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_an_existing_manifest_is_kept(synopsis: tuple[Path, Manifest], tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("mine")
    with pytest.raises(OutputError, match=r"a\.json"):
        write_manifest(synopsis[1], path)
    assert path.read_text() == "mine"


def test_a_path_with_odd_characters_stays_itself(tmp_path: Path) -> None:
    assert relative(tmp_path / "a #1%\n'\".mp4", tmp_path) == "a #1%\n'\".mp4"
