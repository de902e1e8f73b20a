"""``redact --review`` and ``--apply`` on bad input: one clear line, the exit code, nothing left behind."""

import errno
import json
import re

import pytest

from synopticon.cli.main import main
from synopticon.evidence import shots
from tests.scene import write_scene


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad-review")
    write_scene(folder / "scene.mp4", 1, 2.0, 1.0)
    write_scene(folder / "other.mp4", 1, 2.0, 1.0, seed=2)
    return folder


def command(place, footage, *more):
    options = ["--model", "none", "--workers", "1", "--workspace", str(place / "ws")]
    return ["redact", str(place / footage), *options, *map(str, more)]


@pytest.fixture(scope="module")
def good(place):
    """The review of the scene, with nothing ticked."""
    page = place / "scene.review.html"
    assert main(command(place, "scene.mp4", "--review", "-o", page)) == 0
    (data,) = re.findall(r'id="data">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    return json.loads(data)["review"] | {"reviewer": "Ada"}


def whole(**changes):
    return lambda review: json.dumps(review | changes)


def box(start=0.0, end=1.0, box=(0, 0, 9, 9)):
    return whole(add=[{"start": start, "end": end, "box": box}])


@pytest.mark.parametrize(
    ("made", "footage", "code", "says"),
    [
        (whole(), "other.mp4", 2, r"other footage: of SHA-256 [0-9a-f]{64}, and this is [0-9a-f]{64}: give"),
        (whole(model="a" * 64), "scene.mp4", 2, "the model a{64}, and this run uses none: use the same"),
        (whole(tracks="a" * 64), "scene.mp4", 2, "of other tracks, with other settings"),
        (whole(keep=["a-1-0"], reason="asked for by her"), "scene.mp4", 2, "keeps .*, and no such track"),
        (whole(keep=["x"]), "scene.mp4", 3, r"needs a reason \(rule masking.reason\)"),
        (whole(mask="people"), "scene.mp4", 2, "add --mask people"),
        (whole(version=7), "scene.mp4", 2, "of version 7, newer than this program knows .1.: use a newer"),
        (lambda review: json.dumps(review)[:-9], "scene.mp4", 2, "is no JSON: give the file"),
        (lambda review: "x" * (1 << 21), "scene.mp4", 2, "larger than 1 MiB"),
        (whole(end=float("nan")), "scene.mp4", 2, "holds NaN"),
        (box(box=(0, 0, 321, 9)), "scene.mp4", 2, "outside the picture of 320x240 pixels: make"),
        (box(start=3.0, end=400.0), "scene.mp4", 2, "3-400 s, outside the recording, which is"),
        (box(start=-1.0), "scene.mp4", 2, "-1-1 s, outside the recording"),
    ],
)  # fmt: skip
def test_a_bad_review_is_refused(place, good, tmp_path, capsys, made, footage, code, says):
    path, out = tmp_path / "r.json", tmp_path / "out.mp4"
    path.write_text(made(good), "utf-8")
    capsys.readouterr()
    assert main(command(place, footage, "--apply", path, "-o", out)) == code
    shown = capsys.readouterr()
    (line,) = [line for line in shown.err.splitlines() if re.search(says, line)]
    assert line == shown.err.splitlines()[-1]
    assert shown.out == ""
    assert [p.name for p in tmp_path.iterdir()] == ["r.json"]


def test_a_review_that_is_not_there(place, tmp_path, capsys):
    assert main(command(place, "scene.mp4", "--apply", tmp_path / "no.json")) == 2
    assert "no.json: cannot be read" in capsys.readouterr().err


def test_a_full_disk_leaves_nothing(place, good, tmp_path, capsys, monkeypatch):
    """The disk is full in the middle of the page."""
    left, jpeg = [3], shots.jpeg

    def full(*arguments, **more):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return jpeg(*arguments, **more)

    monkeypatch.setattr(shots, "jpeg", full)
    assert main(command(place, "scene.mp4", "--review", "-o", tmp_path / "p.html")) == 1
    assert "p.html: cannot be written: the disk is full: free some space" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
