"""REVIEW.json: what is read back, what is refused, and with which words."""

import json
from dataclasses import replace

import jsonschema
import numpy as np
import pytest

from synopticon.errors import UsageError
from synopticon.evidence.review import MOST_BYTES, Added, Review, read_review, tracks_digest
from synopticon.footage.probe import probe
from tests import media
from tests.architecture.source import ROOT
from tests.unit.vision.test_masks import walker

SHA = "ab" * 32
GOOD = Review(
    (SHA,), "heads,plates", SHA, SHA, 0.0, 2.0, "Ada", "she asked", ("t-1", "t-2"),
    (Added(0.5, 1.0, (10, 20, 30.5, 40)),),
)  # fmt: skip


def written(review=GOOD, **changes):
    return json.dumps(review.plain() | changes).encode()


def test_what_was_written_is_read_back_and_is_what_the_schema_says(tmp_path):
    path = tmp_path / "r.json"
    path.write_bytes(written())
    assert read_review(path).review == GOOD
    assert len(read_review(path).sha256) == 64
    schema = json.loads((ROOT / "docs" / "schemas" / "review-file.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(GOOD.plain(), schema)


def test_a_mark_that_an_editor_puts_before_it_does_not_matter():
    assert Review.read(b"\xef\xbb\xbf" + written()) == GOOD


def test_who_is_kept_twice_is_kept_once():
    assert Review.read(written(keep=["a", "b", "a"])).keep == ("a", "b")


BOX = {"start": 0.1, "end": 0.2, "box": [1, 2, 3, 4]}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is no JSON"),
        (b"\xff\xfe", "is no JSON"),
        (b"[" * 5000 + b"]" * 5000, "is no JSON"),
        (b"9" * 5000, "is no JSON"),
        (b"[]", "is no review of masks"),
        (written(format="synopticon-manifest"), "is no review of masks"),
        (written(version=2), "version 2, newer than this program knows"),
        (written(version=0), "no version that there is"),
        (written(version=True), "no version that there is"),
        (written(more=1), "says too much: more"),
        (json.dumps({k: v for k, v in GOOD.plain().items() if k != "keep"}).encode(), "lacks"),
        (written().replace(b'"start": 0.0', b'"start": NaN'), "holds NaN"),
        (written().replace(b'"end": 2.0', b'"end": -Infinity'), "holds -Infinity"),
        (written().replace(b'"end": 2.0', b'"end": 1e999'), "end must be a number"),
        (written().replace(b'"end": 2.0', b'"end": 2.0, "end": 3.0'), "one thing twice"),
        (written(start=True), "start must be a number"),
        (written(start=3.0), "ends .2 s. before it begins .3 s."),
        (written(reviewer="  "), "does not say who reviewed"),
        (written(reviewer="x" * 1001), "at most 1000 characters"),
        (written(mask="hats"), "'hats' is none of"),
        (written(mask=["heads"]), "mask must be a text"),
        (written(keep="t-1"), "keep must be a list"),
        (written(keep=[1]), "keep must be a text"),
        (written(keep=["t"] * 5001), "at most 5000"),
        (written(add=[BOX] * 2001), "at most 2000"),
        (written(add=[[1, 2, 3, 4]]), "must have start, end and box"),
        (written(add=[BOX | {"why": ""}]), "must have start, end and box"),
        (written(add=[BOX | {"box": [1, 2, 3]}]), "four numbers"),
        (written(add=[BOX | {"box": [1, 2, "3", 4]}]), "box must be a number"),
        (written(add=[BOX | {"box": [3, 2, 1, 4]}]), "no box of a pixel or more"),
        (written(add=[BOX | {"end": 0.05}]), "before it begins"),
    ],
)
def test_what_is_no_review_is_refused_in_one_line(data, says, tmp_path):
    path = tmp_path / "r.json"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=says) as error:
        read_review(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_huge_file_is_not_read(tmp_path):
    path = tmp_path / "r.json"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES * 1000)
    with pytest.raises(UsageError, match="larger than 1 MiB"):
        read_review(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_review(tmp_path / "none.json")
    with pytest.raises(UsageError, match="cannot be read"):
        read_review(tmp_path)


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    return probe((str(media.write_video(tmp_path_factory.mktemp("f") / "a.mp4", 50)),))


def test_other_footage_is_refused_with_both_digests(footage):
    mine = replace(GOOD, footage=(footage.files[0].sha256,), add=())
    mine.check_footage(footage)
    with pytest.raises(UsageError, match="other footage") as error:
        GOOD.check_footage(footage)
    assert SHA in str(error.value)
    assert footage.files[0].sha256 in str(error.value)


@pytest.mark.parametrize(
    ("added", "says"),
    [
        (Added(0.0, 1.0, (0, 0, 97, 10)), "outside the picture of 96x64"),
        (Added(0.0, 1.0, (-1, 0, 10, 10)), "outside the picture"),
        (Added(0.0, 1.0, (0, 0, 10, 65)), "outside the picture"),
        (Added(-0.5, 1.0, (0, 0, 10, 10)), "outside the recording, which is 2.000 s"),
        (Added(1.0, 2.5, (0, 0, 10, 10)), "outside the recording"),
    ],
)
def test_what_lies_outside_is_refused(footage, added, says):
    mine = replace(GOOD, footage=(footage.files[0].sha256,), add=(added,))
    with pytest.raises(UsageError, match=says):
        mine.check_footage(footage)
    whole = Added(0.0, 2.0, (0, 0, 96, 64))
    replace(mine, add=(whole,)).check_footage(footage)


def test_another_model_is_refused(footage):
    GOOD.check_model(SHA)
    with pytest.raises(UsageError, match=f"the model {SHA}, and this run uses none"):
        GOOD.check_model("")


def test_other_tracks_are_refused_though_their_ids_are_the_same(footage):
    track = walker(name="t-1")
    mine = replace(GOOD, tracks=tracks_digest(footage, [track]), keep=("t-1",))
    mine.check_tracks(footage, [track])
    moved = replace(track, boxes=track.boxes + np.float32(2))
    for others in ([moved], [track, walker(name="t-2")], [replace(track, label="car")]):
        with pytest.raises(UsageError, match="other tracks"):
            mine.check_tracks(footage, others)
    with pytest.raises(UsageError, match="keeps t-1, and no such track"):
        mine.check_tracks(footage, [walker(name="t-3")])


def test_added_masks_hold_the_picture_that_is_shown_when_they_begin():
    (strand,) = GOOD.strands(0.04)
    assert strand.start == pytest.approx(0.46)
    assert strand.end > 1.0
    assert strand.at(0.7).tolist() == [10, 20, 30.5, 40]
