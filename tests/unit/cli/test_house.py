"""The verbs that keep the house, as people type them: passwords, holds, clocks, profile, key, review, QR."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import cv2
import pytest

from synopticon.cli.main import main
from synopticon.governance.profile import parse, shipped
from tests.scene import write_scene
from tests.unit.cli.test_cases import PASSWORD, answer, approve, asked, here, opened, surroundings
from tests.unit.cli.test_reports import check

__all__ = ["answer", "here", "surroundings"]  # fixtures
NEW = "five other words for it"


def login(answer, here, name, password=PASSWORD, monkeypatch=None, code=0):
    if monkeypatch:
        monkeypatch.setenv("SYNOPTICON_PASSWORD", password)
    return answer("user", "login", name, *here, code=code)


def test_passwords_are_changed_reset_and_told(answer, here, monkeypatch):
    monkeypatch.setenv("SYNOPTICON_NEW_PASSWORD", NEW)
    assert "password changed" in answer("user", "password", *here).out
    assert "user.password" in login(answer, here, "ines", code=3).err
    login(answer, here, "ines", NEW, monkeypatch)
    answer("user", "password", "axel", *here, code=3)
    login(answer, here, "ada", PASSWORD, monkeypatch)
    answer("user", "password", "axel", *here)
    told = login(answer, here, "axel", NEW, monkeypatch).err
    assert "ada gave you another password" in told
    shown = answer("user", "notices", *here).out
    notice = shown.split()[0]
    assert "ada gave you another password" in shown
    assert answer("user", "notices", "--confirm", notice, *here).out == ""
    assert "notice" not in login(answer, here, "axel").err


def test_wrong_passwords_wait(answer, here, monkeypatch):
    monkeypatch.setenv("SYNOPTICON_PASSWORD", "not the four words")
    for _ in range(5):
        assert "rule user.password)" in login(answer, here, "axel", code=3).err
    assert "wait 1 min" in login(answer, here, "axel", PASSWORD, monkeypatch, code=3).err


def test_an_emergency_is_told_to_the_approver_who_signs_in(answer, here, tmp_path):
    answer("case", "emergency", *asked(tmp_path), "--reason", "a child is missing since this morning", *here)
    assert "EMERGENCY" in login(answer, here, "axel").err


def test_footage_is_held_and_released(answer, here):
    window = "2026-01-04T22:00+01:00/2026-01-05T02:00+01:00"
    hold = ("retention", "hold", "inquiry", "--camera", "door", "--window", window)
    answer(*hold, "--reference", "2026/1", *here, code=3)  # an investigator may not
    login(answer, here, "dora")
    assert "retention.hold-needs" in answer(*hold, "--reference", "please", *here, code=3).err
    assert "START/END" in answer(*hold[:-1], "soon", "--reference", "1", *here, code=2).err
    naked = window.replace("+01:00", "")
    assert "time zone" in answer(*hold[:-1], naked, "--reference", "1", *here, code=2).err
    assert "names no footage" in answer(*hold[:3], "--reference", "1", *here, code=2).err
    held = answer(*hold, "--reference", "2026/1", *here).out.split()[0]
    report = check("retention-report", answer("retention", "report", "--json", *here).out)
    assert report["holds"][0]["id"] == held
    assert report["holds"][0]["start"].startswith("2026-01-04 21:00")
    assert "released" in answer("retention", "release", held, *here).out
    assert "released on" in answer("retention", "release", held, *here, code=3).err
    assert "no hold" in answer("retention", "release", "hold-0", *here, code=2).err


def test_a_camera_is_changed_and_its_assessment_is_out_of_date(answer, here, tmp_path):
    set_ = ("camera", "set", "door")
    answer(*set_, "--place", "the back", *here, code=3)  # an investigator may not
    login(answer, here, "ada")
    assert "nothing is to be changed" in answer(*set_, *here, code=2).err
    assert "no time zone" in answer(*set_, "--zone", "Mars/Base", *here, code=2).err
    answer(*set_, "--place", "the back", "--rename", "back", "--days", "20", *here)
    shown = check("camera-list", answer("camera", "list", "--json", *here).out)
    assert [(c["name"], c["place"], c["days"]) for c in shown] == [("back", "the back", 20)]
    answer("camera", "set", "back", "--days", "0", *here)
    assert check("camera-list", answer("camera", "list", "--json", *here).out)[0]["days"] != 20
    login(answer, here, "ines")
    words = [w if w != "door" else "back" for w in asked(tmp_path)]
    assert "out of date" in answer("case", "open", *words, *here, code=3).err


def test_a_clock_is_set_by_somebody_else_than_who_asked_for_a_case(answer, tmp_path):
    here, video = ("--workspace", tmp_path / "ws"), write_scene(tmp_path / "a.mp4", 1, 1.0, 0.5)
    answer("init", "--organisation", "Assurance", "--profile", "insurer", *here)
    users = {"ada": ("administrator",), "ivo": ("operator", "investigator"), "otto": ("operator",)}
    for name, roles in users.items():
        given = [word for role in roles for word in ("--role", role)]
        answer("user", "add", name, "--unit", "Claims", *given, *here)
        answer("user", "login", "ada", *here)
    answer("camera", "add", "door", "--zone", "Europe/Paris", "--purpose", "who comes and goes", *here)
    login(answer, here, "ivo")
    digest = hashlib.sha256(video.read_bytes()).hexdigest()
    until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    words = ("--purpose", "who broke the window of the shop", "--basis", "GDPR 6(1)(f)", "--until", until)
    words += ("--authorised-by", "the head of claims", "--capability", "ingest", "--recording", digest)
    fields = {"claim": "2026/7", "received_from": "M. Petit, shop", "received_on": "2026-01-04"}
    fields |= {"received_how": "handed over by the insured"}
    words += tuple(word for name, value in fields.items() for word in ("--field", f"{name}={value}"))
    window = ("--camera", "door", "--window", "2026-01-04T22:00+01:00/2026-01-05T02:00+01:00")
    case = answer("case", "open", *words, *window, *here).out.split()[0]
    answer("ingest", video, "--camera", "door", "--model", "none", "--case", case, *here)
    clock = ("camera", "clock", "door", video, "--start", "2026-01-04T22:30:00+01:00")
    assert "clock.not-by-requester" in answer(*clock, *here, code=3).err
    login(answer, here, "otto")
    assert "time zone" in answer(*clock[:-1], "2026-01-04T22:30:00", *here, code=2).err
    assert answer(*clock, "--uncertainty", "5", *here).out


def test_ones_own_clock_is_set(answer, tmp_path):
    here, video = ("--workspace", tmp_path / "ws"), write_scene(tmp_path / "a.mp4", 1, 1.0, 0.5)
    for name in ("door", "yard"):
        answer("camera", "add", name, "--zone", "Europe/Paris", *here)
    answer("ingest", video, "--camera", "door", "--model", "none", *here)
    start = ("--start", "2026-11-24T08:00:00+01:00", "--uncertainty", "2")
    answer("camera", "clock", "door", video, *start, *here)
    digest = hashlib.sha256(video.read_bytes()).hexdigest()
    answer("camera", "clock", "door", digest, *start, *here)
    # Under the name of another camera, whose clock nobody guards, it is not set.
    assert "no one recording of yard" in answer("camera", "clock", "yard", digest, *start, *here, code=2).err
    assert answer("camera", "clock", "door", tmp_path / "no.mp4", *start, *here, code=1).err
    report = check("retention-report", answer("retention", "report", "--json", *here).out)
    assert len(report["verdicts"]) == 1


def test_a_shipped_profile_is_printed_to_begin_ones_own_with(answer, tmp_path):
    text = answer("profile", "text", "eu-private-site").out
    assert parse(text.encode(), "mine").digest == shipped("eu-private-site").digest
    said = answer("profile", "text", "../personal", code=2).err
    assert "eu-private-site" in said


def test_a_changed_profile_is_called_modified_and_shows_its_difference(answer, here, tmp_path):
    shown = check("profile-show", answer("profile", "show", "--json", *here).out)
    assert (shown["name"], shown["modified"], shown["difference"]) == ("fr-judicial", False, [])
    assert "synopsis" in shown["allowed"]
    assert "live" in shown["refused"]
    own = tmp_path / "own.toml"
    own.write_text(shipped("fr-judicial").text.replace("[case]\n", "[case]\ngrant_hours = 11\n"))
    assert own.read_text() != shipped("fr-judicial").text
    case = opened(answer, here, tmp_path)
    approve(answer, tmp_path, "--yes")
    answer("case", "answer", tmp_path / "approval", *here)
    answer("profile", "change", own, *here, code=3)
    login(answer, here, "ada")
    assert "personal.no-organisation" in answer("profile", "change", "personal", *here, code=3).err
    said = answer("profile", "change", own, *here)
    assert "modified" in said.out
    assert "grant_hours" in said.err
    shown = check("profile-show", answer("profile", "show", "--json", *here).out)
    assert shown["modified"]
    assert "grant_hours" in shown["difference"][0]
    assert "differs: " in answer("profile", "show", *here).out
    login(answer, here, "ines")
    assert "suspended" in answer("case", "show", case, *here).out


def test_the_review_lists_entries_and_is_for_the_officer(answer, here):
    answer("audit", "review", *here, code=3)
    login(answer, here, "dora")
    found = check("audit-review", answer("audit", "review", "--json", *here).out)
    assert found["findings"] == []
    assert found["settings"]["zone"] == "Europe/Paris"
    until = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    assert "0 looks" in answer("audit", "review", "--until", until, "--zone", "UTC", *here).err
    assert "time zone" in answer("audit", "review", "--since", "2026-01-01", *here, code=2).err


def test_a_finding_of_the_review(answer, tmp_path):
    here = ("--workspace", tmp_path / "ws")
    video = write_scene(tmp_path / "a.mp4", 2, 2.0, 1.0)
    make = ("synopsis", video, "--model", "none", "-o", tmp_path / "o.mp4", "--unmasked", "--overwrite")
    answer(*make, "--reason", "who took the bicycle from the yard", *here)
    found = check("audit-review", answer("audit", "review", "--json", *here).out)
    clear = [f for f in found["findings"] if f["pattern"] == "clear views that led to no export"]
    (entry,) = clear[0]["entries"]
    assert json.loads(answer("audit", "show", entry, *here).out)["capability"] == "view.unmasked"
    assert f"entries {entry}" in answer("audit", "review", *here).out


def test_the_key_of_the_log_is_changed(answer, here, tmp_path):
    first = None
    for name in ("ines", "ada"):
        login(answer, here, name)
        first = answer("audit", "key", *here).out
        code = 0 if name == "ada" else 3
        second = answer("audit", "rotate", *here, code=code).out
    assert second != first
    assert answer("audit", "key", *here).out == second
    answer("audit", "export", "-o", tmp_path / "log", *here)
    for key in (first.strip(), second.strip()):
        assert "changes the key" in answer("audit", "verify", tmp_path / "log", "--key", key).out


def test_a_checkpoint_goes_to_a_phone_and_back(answer, tmp_path):
    here = ("--workspace", tmp_path / "ws")
    ask = ("audit", "witness", "ask", *here)
    assert "nothing is to be written" in answer(*ask, code=2).err
    assert "svg or .png" in answer(*ask, "--qr", tmp_path / "code.pdf", code=2).err
    answer(*ask, "-o", tmp_path / "cp", "--qr", tmp_path / "code.png")
    assert b"<svg" in (answer(*ask, "--qr", tmp_path / "code.svg") and (tmp_path / "code.svg").read_bytes())
    reader = cv2.QRCodeDetectorAruco()
    text = reader.detectAndDecode(cv2.imread(str(tmp_path / "code.png")))[0]
    assert text == (tmp_path / "cp").read_text("utf-8")
    (tmp_path / "on the phone").write_text(text, "utf-8")
    answer("user", "key", "anna", "-o", tmp_path / "anna.pem")
    sign = ("audit", "witness", "sign", tmp_path / "on the phone", "--name", "anna")
    answer(*sign, "--key", tmp_path / "anna.pem", "--qr", tmp_path / "signed.png")
    back = reader.detectAndDecode(cv2.imread(str(tmp_path / "signed.png")))[0]
    (tmp_path / "back").write_text(back, "utf-8")
    key = json.loads((tmp_path / "anna.pem.pub").read_text())["key"]
    took = answer("audit", "witness", "take", tmp_path / "back", "--witness", f"anna={key}", *here)
    assert "witnessed by anna" in took.out


@pytest.mark.parametrize("words", [("retention", "hold", "whim"), ("profile", "change", "none-such")])
def test_what_makes_no_sense_is_wrong_usage(capsys, tmp_path, words):
    assert main([*words, "--workspace", str(tmp_path / "ws")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
