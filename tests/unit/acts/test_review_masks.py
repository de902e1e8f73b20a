"""The page, the log, and the copy that is made as a review decides."""

import json
import re
import shlex
from dataclasses import replace

import numpy as np
import pytest

from synopticon.acts.redact import RedactRequest, make_redacted
from synopticon.acts.review_masks import make_review
from synopticon.cli.main import main
from synopticon.errors import OutputError, RefusedError, UsageError
from synopticon.footage.digest import sha256
from synopticon.synopsis.door import FILL
from tests.scene import write_scene
from tests.unit.acts.test_redact import entries, frames
from tests.unit.cli.test_reports import check


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("review")
    write_scene(folder / "scene.mp4", 2, 2.0, 1.0)
    return folder


@pytest.fixture(scope="module")
def known(place):
    """What the page of the scene knows."""
    request = RedactRequest(
        (str(place / "scene.mp4"),), place / "page.html", model="none", workspace=place / "store", workers=1
    )
    return told(make_review(request).page)


@pytest.fixture
def request_(place, known, tmp_path):
    return RedactRequest(
        (str(place / "scene.mp4"),), tmp_path / "out.mp4", model="none", workspace=place / "store", workers=1
    )


def told(page):
    return json.loads(re.search(r'id="data">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)[1])


def decided(folder, known, **changes):
    path = folder / "scene.review.json"
    path.write_text(json.dumps(known["review"] | {"reviewer": "Ada"} | changes), "utf-8")
    return path


def test_the_page_shows_every_mask(known):
    assert len(known["masks"]) == 2
    for mask in known["masks"]:
        assert 3 <= len(mask["shots"]) <= 11
        assert [s["time"] for s in mask["shots"]] == sorted(s["time"] for s in mask["shots"])
    assert known["name"] == "scene.mp4"
    assert known["size"] == [320, 240]
    assert (known["unmasked"], known["inCase"]) == (False, False)


def test_the_page_says_how_the_copy_is_made(known, place, tmp_path, monkeypatch, capsys):
    """Its command, as it stands there, with the file that it gives."""
    monkeypatch.chdir(tmp_path)
    words = shlex.split(known["command"])
    assert known["file"] == "page.review.json"
    decided(tmp_path, known).rename(known["file"])
    assert words[0] == "synopticon"
    assert main(words[1:]) == 0
    assert capsys.readouterr().out.strip() == "scene.redacted.mp4"


def test_without_a_decision_the_copy_is_what_it_is_without_a_review(request_, known, tmp_path):
    plain = make_redacted(request_)
    path = decided(tmp_path, known)
    made = make_redacted(replace(request_, apply=path, output=tmp_path / "two.mp4"))
    assert made.video.read_bytes() == plain.video.read_bytes()
    assert (made.kept, made.bare) == (plain.kept, plain.bare)
    assert "as Ada decided: 0 left clear, 0 masks added" in made.notes


def test_what_was_drawn_is_filled_and_logged(request_, known, tmp_path):
    added = [{"start": 1.0, "end": 2.0, "box": [250, 180, 300, 230]}]
    path = decided(tmp_path, known, add=added)
    made = make_redacted(replace(request_, apply=path))
    grey = [np.abs(y[184:226, 254:296].astype(int) - FILL).max() <= 6 for y in frames(made.video)]
    assert grey == [11 <= k <= 24 for k in range(len(grey))]
    said = [e.payload["review"] for e in entries(request_) if e.payload and "review" in e.payload][-1]
    assert said["added"] == added
    assert said["reviewer"] == "Ada"
    assert (said["added_count"], said["kept_count"]) == (1, 0)
    assert said["sha256"] == sha256(path)


def test_a_mask_is_taken_away_for_a_reason_only(request_, known, tmp_path):
    name = known["masks"][0]["id"]
    path = decided(tmp_path, known, keep=[name])
    with pytest.raises(RefusedError, match="take the ticks out of the review") as refused:
        make_redacted(replace(request_, apply=path))
    assert refused.value.rule == "masking.reason"
    assert entries(request_)[-1].header.kind == "refusal"
    path = decided(tmp_path, known, keep=[name], reason="asked for by her")
    made = make_redacted(replace(request_, apply=path))
    assert made.video.name == "out.UNMASKED.mp4"
    assert made.kept == (name,)
    said = [e for e in entries(request_) if e.header.capability == "view.unmasked" and e.payload]
    assert said[-2].payload["reason"] == ["asked for by her"]
    assert said[-1].payload["subjects"] == [name]


def test_looking_is_logged_and_clear_pictures_need_a_reason(request_, tmp_path):
    request = replace(request_, output=tmp_path / "p.html")
    made = make_review(request)
    assert (made.page.name, made.exit_code) == ("p.html", 0)
    record, outcome = entries(request)[-2:]
    assert (record.header.capability, record.header.operation) == ("view.masked", "consultation")
    assert record.payload["review"] is True
    assert list(outcome.payload["made"]) == ["p.html"]
    with pytest.raises(RefusedError, match="clear pictures need a reason"):
        make_review(request, unmasked=True)
    clear = make_review(replace(request, reason="masks were doubted"), unmasked=True)
    assert clear.page.name == "p.UNMASKED.html"
    page = told(clear.page)
    assert page["unmasked"] is True
    assert page["why"] == "masks were doubted"
    said = [e for e in entries(request) if e.header.capability == "view.unmasked" and e.payload]
    assert said[-1].payload["subjects"] == sorted(m["id"] for m in page["masks"])


def test_a_part_is_reviewed_and_the_rest_is_said(request_, known, tmp_path):
    page = told(make_review(replace(request_, output=tmp_path / "p.html", begin="1s", end="2s")).page)
    assert (page["review"]["start"], page["review"]["end"]) == (1.0, 2.0)
    assert len(page["masks"]) == 1
    assert "--from 1s --to 2s" in page["command"]
    assert page["review"]["tracks"] == known["review"]["tracks"]
    made = make_redacted(replace(request_, apply=decided(tmp_path, page), end="3s"))
    assert "only 1.0-2.0 s was reviewed, and the copy shows more" in made.notes
    inside = replace(request_, apply=decided(tmp_path, page), begin="1s", end="2s", overwrite=True)
    assert not any("was reviewed" in note for note in make_redacted(inside).notes)


def test_what_makes_no_sense_is_said_before_any_work(request_, known, tmp_path, place):
    path = decided(tmp_path, known)
    with pytest.raises(UsageError, match="of --mask heads,plates, and this run of --mask people"):
        make_redacted(replace(request_, apply=path, mask="people"))
    make_redacted(replace(request_, apply=path, mask="plates,heads"))
    with pytest.raises(UsageError, match="--keep goes without --apply"):
        make_redacted(replace(request_, apply=path, keep=("x",), reason="why"))
    with pytest.raises(UsageError, match=r"a name that ends in \.html"):
        make_review(replace(request_, output=tmp_path / "p.mp4"))
    (tmp_path / "p.html").write_bytes(b"kept")
    with pytest.raises(OutputError, match="exists already"):
        make_review(replace(request_, output=tmp_path / "p.html"))
    assert (tmp_path / "p.html").read_bytes() == b"kept"


def test_the_command_line(place, known, tmp_path, capsys):
    words = ["redact", str(place / "scene.mp4"), "--model", "none", "--workspace", str(place / "store")]
    page = tmp_path / "p.html"
    assert main([*words, "--review", "-o", str(page), "--json"]) == 0
    found = check("redact-review", capsys.readouterr().out)
    assert found["tracks"] == 2
    assert main([*words, "--review", "-o", str(page), "--overwrite"]) == 0
    shown = capsys.readouterr()
    assert shown.out.strip() == str(page)
    assert "2 masks" in shown.err
    for wrong in (["--review", "--keep", "x"], ["--review", "--keep-audio"], ["--unmasked"]):
        assert main([*words, *wrong]) == 2
    assert main([*words, "--review", "--unmasked", "-o", str(tmp_path / "q.html")]) == 3
