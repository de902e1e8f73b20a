"""Recordings are handed over whole, with a receipt, and the log says to whom."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from synopticon.acts import handover, leaving
from synopticon.acts.handover import HandoverRequest, hand_over
from synopticon.acts.verify import check_package, write_page
from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.errors import FootageError, OutputError, RefusedError, UsageError
from synopticon.evidence.format import INSTEAD, ORIGINAL, PART
from synopticon.evidence.page import page_digest
from synopticon.footage.probe import probe
from tests.media import write_video

TO = "City police, Sgt Léa Roux"


@pytest.fixture
def workspace(tmp_path):
    with open_workspace(tmp_path / "ws") as opened:
        yield opened


@pytest.fixture
def recordings(tmp_path):
    """Two files of one name in two folders, and one with a name that not every system takes."""
    made = []
    for folder, name in (("one", "door.mp4"), ("two", "door.mp4"), ("two", "a: é?.mkv")):
        (tmp_path / folder).mkdir(exist_ok=True)
        made.append(tmp_path / folder / name)
        made[-1].write_bytes(f"{folder}/{name}".encode() * 100)
    return tuple(str(path) for path in made)


def entries(workspace, kind):
    return [e for e in workspace.log.entries() if e.header.capability == "handover" and e.header.kind == kind]


def test_the_bytes_are_the_source_s_own(workspace, recordings, tmp_path):
    made = hand_over(workspace, HandoverRequest(recordings, f" {TO} ", tmp_path / "out", "theft of 3 May"))
    assert sorted(p.name for p in (tmp_path / "out" / "footage").iterdir()) == [
        "002-door.mp4",
        "a_ é_.mkv",
        "door.mp4",
    ]
    assert (tmp_path / "out/footage/002-door.mp4").read_bytes() == b"two/door.mp4" * 100
    report = check_package(tmp_path / "out", workspace.log.public.fingerprint)
    assert report.good
    assert report.manifest.recipient == TO
    assert report.manifest.mark == "made outside any case; not evidence"
    assert report.manifest.about["originals"]["footage/a_ é_.mkv"] == "a: é?.mkv"
    assert made.sha256 == sha256((tmp_path / "out/manifest.json").read_bytes()).hexdigest()


def test_the_log_has_a_disclosure_before_anything_is_written(workspace, recordings, tmp_path):
    made = hand_over(workspace, HandoverRequest(recordings, TO, tmp_path / "out", "theft"))
    (record,), (outcome,) = entries(workspace, "record"), entries(workspace, "outcome")
    assert record.header.operation == "disclosure"
    assert record.payload["recipient"] == TO
    assert record.payload["reason"] == ["theft"]
    assert sorted(record.payload["files"].values()) == ["a: é?.mkv", "door.mp4", "door.mp4"]
    assert outcome.payload["state"] == "done"
    assert outcome.payload["manifest"] == made.sha256
    carried = json.loads((tmp_path / "out/log.json").read_bytes())["entries"]
    assert [e["header"]["sequence"] for e in carried] == [record.sequence]


def test_the_receipt_names_who_what_when(workspace, recordings, tmp_path):
    hand_over(workspace, HandoverRequest(recordings, TO, tmp_path / "out", "theft of 3 May"))
    text = (tmp_path / "out/receipt.txt").read_text("utf-8")
    for said in (
        TO,
        workspace.actor.name,
        "theft of 3 May",
        workspace.log.public.fingerprint,
        "not evidence",
    ):
        assert said in text
    for path in recordings:
        assert sha256(Path(path).read_bytes()).hexdigest() in text


@pytest.mark.parametrize("to", ["", "  "])
def test_without_a_recipient_nothing_is_done(workspace, recordings, tmp_path, to):
    with pytest.raises(UsageError, match="recipient is empty"):
        hand_over(workspace, HandoverRequest(recordings, to, tmp_path / "out"))
    assert not (tmp_path / "out").exists()
    assert not entries(workspace, "record")


def test_what_is_there_is_not_replaced(workspace, recordings, tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        hand_over(workspace, HandoverRequest(recordings, TO, tmp_path / "out"))
    assert (tmp_path / "out").read_text() == "mine"
    assert not entries(workspace, "record")


def test_a_failure_is_in_the_log_and_leaves_nothing(workspace, recordings, tmp_path):
    with pytest.raises(OutputError):
        hand_over(workspace, HandoverRequest(recordings, TO, tmp_path / "no" / "such" / "out"))
    (outcome,) = entries(workspace, "outcome")
    assert outcome.payload["state"] == "failed"


def test_a_file_that_changes_meanwhile_is_refused(workspace, recordings, tmp_path, monkeypatch):
    monkeypatch.setattr(handover, "sha256", lambda _path: "ab" * 32)
    with pytest.raises(FootageError, match="changed since it was looked at"):
        hand_over(workspace, HandoverRequest(recordings, TO, tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("profile", ["statistics", "fr-judicial", "fr-town"])
def test_where_a_profile_asks_for_more_it_is_refused_and_logged(recordings, tmp_path, profile):
    init_workspace(tmp_path / "org", organisation="Town", profile=profile)
    with open_workspace(tmp_path / "org") as workspace:
        with pytest.raises(RefusedError, match="rule"):
            hand_over(workspace, HandoverRequest(recordings, TO, tmp_path / "out"))
        assert len(entries(workspace, "refusal")) == 1
    assert not (tmp_path / "out").exists()


def test_a_key_may_be_a_file(workspace, recordings, tmp_path):
    hand_over(workspace, HandoverRequest(recordings, TO, tmp_path / "out"))
    (tmp_path / "key.txt").write_text(workspace.log.public.text() + "\n")
    assert check_package(tmp_path / "out", str(tmp_path / "key.txt")).key_given
    (tmp_path / "print.txt").write_text(workspace.log.public.fingerprint + "\n")
    assert check_package(tmp_path / "out", str(tmp_path / "print.txt")).good
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="cannot be read as a key"):
        check_package(tmp_path / "out", str(tmp_path / "bad.txt"))


def test_a_copy_of_the_page_of_its_own(tmp_path):
    digest = write_page(tmp_path / "verify.html")
    assert digest == page_digest() == sha256((tmp_path / "verify.html").read_bytes()).hexdigest()
    with pytest.raises(OutputError):
        write_page(tmp_path / "verify.html")


@pytest.fixture
def film(tmp_path):
    return str(write_video(tmp_path / "20240501_083000.mp4", 100, gop=10))


@pytest.mark.parametrize(
    ("since", "until", "first", "end"),
    [("1.1s", "1.5s", 0.8, 1.6), ("2024-05-01T08:30:03Z", "", 2.8, 4.0), ("", "00:00:00.3", 0.0, 0.4)],
)
def test_a_time_is_cut_out_between_key_frames(workspace, film, tmp_path, since, until, first, end):
    hand_over(workspace, HandoverRequest((film,), TO, tmp_path / "out", since=since, until=until))
    report = check_package(tmp_path / "out")
    assert report.good
    (part,) = (f for f in report.manifest.files if f.path.startswith("footage/"))
    assert part.role == PART
    assert probe([tmp_path / "out" / part.path]).files[0].frames == round((end - first) * 25)
    digest = sha256(Path(film).read_bytes()).hexdigest()
    told = f"{first:.3f} s to {end:.3f} s of 20240501_083000.mp4 (SHA-256 {digest})"
    assert report.manifest.about["parts"] == {part.path: told}
    assert told in (tmp_path / "out" / "receipt.txt").read_text("utf-8")
    (record,) = entries(workspace, "record")
    assert list(record.payload["parts"]) == [digest]
    assert record.payload["originals"] == []
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_what_cannot_be_cut_is_handed_over_whole(workspace, film, tmp_path, monkeypatch):
    monkeypatch.setattr(leaving, "cut", lambda *_: None)
    hand_over(workspace, HandoverRequest((film,), TO, tmp_path / "out", since="1s", until="2s"))
    report = check_package(tmp_path / "out")
    assert report.good
    (whole,) = (f for f in report.manifest.files if f.path.startswith("footage/"))
    assert whole.role == INSTEAD
    assert (tmp_path / "out" / whole.path).read_bytes() == Path(film).read_bytes()


def test_of_several_files_only_those_of_the_time(workspace, tmp_path):
    folder = tmp_path / "rec"
    folder.mkdir()
    for n, name in enumerate(("20240501_083000.mp4", "20240501_083004.mp4", "20240501_083008.mp4")):
        write_video(folder / name, 100, gop=10, first=n * 100)
    asked = HandoverRequest((str(folder),), TO, tmp_path / "out", since="3s", until="8s")
    hand_over(workspace, asked)
    roles = {f.path: f.role for f in check_package(tmp_path / "out").manifest.files if "footage" in f.path}
    assert roles == {"footage/20240501_083000.mp4": PART, "footage/20240501_083004.mp4": ORIGINAL}


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        ("2s", "1s", "nothing was recorded"),
        ("10s", "", "nothing was recorded"),
        ("noon", "", "is no time"),
    ],
)
def test_times_that_show_nothing(workspace, film, tmp_path, since, until, says):
    with pytest.raises(UsageError, match=says):
        hand_over(workspace, HandoverRequest((film,), TO, tmp_path / "out", since=since, until=until))


def test_a_moment_needs_a_clock(workspace, tmp_path):
    film = str(write_video(tmp_path / "door.mp4", 50, gop=10))
    asked = HandoverRequest((film,), TO, tmp_path / "out", since="2024-05-01T08:30:01+00:00")
    with pytest.raises(UsageError, match="clock of the recording is unknown"):
        hand_over(workspace, asked)
    begun = datetime(2024, 5, 1, 8, 30, tzinfo=UTC)
    hand_over(workspace, replace(asked, start=begun))
    assert check_package(tmp_path / "out").good
