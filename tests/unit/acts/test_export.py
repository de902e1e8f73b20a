"""What a case found leaves as a package: working copies, stills, synopsis, originals, the case's entries."""

import errno
import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256

import av
import numpy as np
import pytest

from synopticon.acts import copies, leaving
from synopticon.acts import export as act_of
from synopticon.acts.chosen import Choice, covered
from synopticon.acts.export import ExportRequest, export
from synopticon.acts.people import authorise, login
from synopticon.acts.replay import ReplayRequest, replay
from synopticon.acts.selection import file_names
from synopticon.acts.verify import check_package
from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.errors import FootageError, OutputError, RefusedError, UsageError
from synopticon.evidence import format as form
from synopticon.footage.probe import probe
from synopticon.governance.grant import Scope, Window
from synopticon.governance.users import Authorisation
from synopticon.synopsis.door import FILL
from synopticon.vision.mask import head_zones
from tests.architecture.source import PACKAGE
from tests.investigation import WHY, investigate
from tests.organisation import PASSWORD
from tests.people import DAY, HOUR, NOW

TO = "Public prosecutor of Lyon, Ms Roux"
FOLDER = PACKAGE / "profiles"
SECOND = timedelta(seconds=1)
ALL = (
    "ingest", "view.masked", "view.unmasked", "synopsis", "search.*", "export.masked", "export.original",
)  # fmt: skip
LEAVE = ("export.masked", "export.original", "view.unmasked")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two cases about both cameras, of which the second may export; Ines is signed in."""
    with pytest.MonkeyPatch.context() as patch:
        found = investigate(tmp_path_factory.mktemp("export"), patch)
        found.other = found.case
        found.case = found.open_case(capabilities=ALL)
        found.allow(*LEAVE)
        found.ids = {camera: [row.id for row in found.tracks(camera)] for camera in ("gate", "hall")}
        yield found
        found.workspace.engine.dispose()


@pytest.fixture(scope="module")
def package(made, tmp_path_factory):
    """The first two tracks of the gate, with the original bytes of their time."""
    folder = tmp_path_factory.mktemp("out") / "package"
    tracks = tuple(made.ids["gate"][:2])
    return export(made.workspace, ask(made, folder, Choice(tracks), originals=True))


@pytest.fixture(scope="module")
def timed(made, tmp_path_factory):
    """The gate for six seconds, masked."""
    folder = tmp_path_factory.mktemp("out") / "timed"
    choice = Choice(since=at(2), until=at(8), cameras=("gate",))
    return export(made.workspace, ask(made, folder, choice))


def at(seconds):
    return (NOW + seconds * SECOND).isoformat()


def ask(made, output, choice=None, **more):
    chosen = choice or Choice((made.ids["gate"][0],))
    return ExportRequest(
        **{"recipient": TO, "output": output, "choice": chosen, "case": made.case, "reason": WHY, **more}
    )


def rule_of(call, *args):
    with pytest.raises(RefusedError) as found:
        call(*args)
    return found.value.rule


def film(made, camera="gate"):
    return made.workspace.folder.parent / f"{camera}.mp4"


def entries(folder):
    return json.loads((folder / form.LOG).read_bytes())["entries"]


def packets(path, index=0):
    with av.open(str(path)) as container:
        return [bytes(p) for p in container.demux(container.streams[index]) if p.size]


# --- what is in it -----------------------------------------------------------------------------------------


def test_it_is_a_package_that_verifies(made, package):
    report = check_package(package.package, made.workspace.log.public.fingerprint)
    assert report.good, report.problems
    assert (report.manifest.kind, report.manifest.recipient) == ("export", TO)
    assert (report.manifest.by, report.manifest.mark) == ("Police of Lyon", "")
    assert report.manifest.about["case"] == made.case
    assert report.manifest.about["tracks"] == sorted(made.ids["gate"][:2])
    assert package.manifest == sha256((package.package / form.MANIFEST).read_bytes()).hexdigest()
    assert (package.exit_code, package.gaps) == (0, 0)


def test_it_holds_what_was_chosen_and_says_what_each_file_is(package):
    manifest = check_package(package.package).manifest
    roles = {one.path: one.role for one in manifest.files}
    assert [p for p, r in roles.items() if r == form.WORKING] == list(package.working_copies)
    assert package.working_copies == ("working/001-gate-2026-11-24T13.00.00+0100.mp4",)
    assert sorted(package.stills) == sorted(f"stills/{track}.jpg" for track in package.tracks)
    assert package.synopses == ("synopsis/gate.mp4",)
    assert {p for p in roles if p.startswith("synopsis/")} == {
        f"synopsis/gate.{end}" for end in ("mp4", "json", "html", "vtt")
    }
    assert roles["synopsis/gate.mp4"] == form.SYNTHETIC
    assert "receipt.txt" in roles


def test_the_synopsis_shows_exactly_these_tracks(package):
    told = json.loads((package.package / "synopsis/gate.json").read_bytes())
    assert sorted(one["id"] for one in told["objects"]) == list(package.tracks)
    assert told["masked"]


def test_original_bytes_are_the_source_s_packet_by_packet(made, package):
    (part,) = package.originals
    source, got = packets(film(made)), packets(package.package / part)
    first = source.index(got[0])
    assert got == source[first : first + len(got)]
    assert check_package(package.package).manifest.about["parts"][part].startswith("0.000 s to")


def test_heads_are_filled_in_the_working_copy(made, package):
    with made.workspace.act("synopsis", case=made.case, reason=WHY) as act:
        chosen = act_of.choose(made.workspace, act.grant, Choice(package.tracks))[0]
    tracks = [t for t in chosen.known if t.id in package.tracks]
    with av.open(str(package.package / package.working_copies[0])) as container:
        pictures = [f.to_ndarray(format="gray") for f in container.decode(video=0)]
    rate = float(chosen.footage.frame_rate)
    looked = 0
    for track in tracks:
        for k in range(0, len(track), 3):
            for x1, y1, x2, y2 in head_zones(track, k):
                middle = (int((y1 + y2) / 2), int(np.clip((x1 + x2) / 2, 4, 315)))
                picture = pictures[round((track.times[k] - chosen.spans[0][0]) * rate)]
                assert abs(int(picture[middle]) - FILL) < 30
                looked += 1
    assert looked > 8


def test_the_receipt_names_every_file(package):
    text = (package.package / "receipt.txt").read_text("utf-8")
    manifest = check_package(package.package).manifest
    for one in manifest.files:
        if one.path not in (form.LOG, form.PAGE, "receipt.txt"):
            assert one.path in text
            assert one.sha256 in text
    assert "masked is not anonymous" in text


def test_nothing_says_where_things_lie_on_this_machine(made, package, timed):
    for folder in (package.package, timed.package):
        for path in folder.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                assert str(made.workspace.folder.parent).encode() not in data, path
                assert b".partial" not in data, path
                assert b"../" not in data or path.name == form.PAGE, path


def test_a_time_takes_every_track_in_it(made, timed):
    report = check_package(timed.package)
    assert report.good
    assert timed.originals == ()
    assert timed.tracks == tuple(sorted(made.ids["gate"][:2]))
    (recording,) = report.manifest.about["recordings"]
    assert recording["seconds"] == [[2, 8]]
    copy = probe([timed.package / timed.working_copies[0]]).files[0]
    assert copy.duration == pytest.approx(6.0, abs=0.1)


def test_a_time_of_several_cameras(made, tmp_path):
    choice = Choice(since=at(0), until=at(3602))
    done = export(made.workspace, ask(made, tmp_path / "out", choice, originals=True))
    assert done.tracks == tuple(sorted((*made.ids["gate"], made.ids["hall"][0])))
    assert done.synopses == ("synopsis/gate.mp4", "synopsis/hall.mp4")
    assert [name.split("-")[1] for name in done.working_copies] == ["gate", "hall"]
    roles = {f.path: f.role for f in check_package(done.package).manifest.files}
    assert roles["footage/gate.mp4"] == form.ORIGINAL  # all of it lies in that time
    assert (done.package / "footage/gate.mp4").read_bytes() == film(made).read_bytes()
    record = made.workspace.log.entry(entries(done.package)[0]["header"]["sequence"])
    assert record.payload["originals"] == [sha256(film(made).read_bytes()).hexdigest()]


def test_a_question_chooses_tracks(made, tmp_path):
    choice = Choice(where="camera:hall class:object")
    done = export(made.workspace, ask(made, tmp_path / "out", choice))
    assert done.tracks == tuple(sorted(made.ids["hall"]))
    assert check_package(done.package).good


# --- the log -----------------------------------------------------------------------------------------------


def test_the_case_s_entries_go_along_and_no_others(made, package):
    log, carried = made.workspace.log, entries(package.package)
    numbers = [e["header"]["sequence"] for e in carried]
    made_by = numbers[0]
    assert log.entry(made_by).header.capability == "export.original"
    assert {e["header"]["case"] for e in carried} == {made.case}
    mine = [e.sequence for e in log.entries(0, made_by + 1) if e.header.case == made.case]
    assert sorted(numbers) == mine
    others = [e for e in log.entries() if e.header.case == made.other]
    assert others
    text = (package.package / form.LOG).read_text("utf-8")
    assert made.other not in text


def test_it_is_a_disclosure_written_before_the_package(made, package):
    record = made.workspace.log.entry(entries(package.package)[0]["header"]["sequence"])
    assert record.header.operation == "disclosure"
    assert record.payload["recipient"] == TO
    assert record.payload["subjects"] == list(package.tracks)
    assert record.payload["originals"] == []
    ((path, (digest, begin, end)),) = record.payload["parts"].items()
    assert path == "footage/gate.mp4"
    assert digest == sha256(film(made).read_bytes()).hexdigest()
    assert begin == 0
    assert end > 5


def test_verify_tells_of_the_case_s_entries_in_one_line(package):
    report = check_package(package.package)
    more = [line for line in report.proved() if "more entries" in line]
    assert len(report.acts) > 3
    assert len(more) == 1
    assert len(report.proved()) <= 4


@pytest.mark.parametrize(
    "pattern", ["working/*.mp4", "stills/*.jpg", "synopsis/*.html", "log.json", "footage/*"]
)
def test_a_change_is_found(package, pattern):
    path = sorted(package.package.glob(pattern))[0]
    before = path.read_bytes()
    try:
        path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
        assert not check_package(package.package).good
    finally:
        path.write_bytes(before)
    assert check_package(package.package).good


# --- clear pictures ----------------------------------------------------------------------------------------


def test_clear_copies_say_so_in_their_names_and_are_logged_with_their_tracks(made, tmp_path):
    track = made.ids["gate"][0]
    done = export(made.workspace, ask(made, tmp_path / "out", Choice((track,)), unmasked=True))
    assert check_package(done.package).good
    made_files = (*done.working_copies, *done.stills, *done.synopses)
    assert len(made_files) == 3
    assert all("UNMASKED" in name for name in made_files)
    (act,) = (
        made.workspace.log.entry(e["header"]["sequence"])
        for e in entries(done.package)
        if e["header"]["capability"] == "view.unmasked"
        and e["header"]["kind"] == "record"
        and e["header"]["sequence"] > entries(done.package)[0]["header"]["sequence"]
    )
    assert act.payload["subjects"] == [track]
    assert not check_package(done.package).manifest.about["masked"]
    assert "UNMASKED" in (done.package / "receipt.txt").read_text("utf-8")


def test_clear_copies_need_a_reason(made, tmp_path):
    asked = ask(made, tmp_path / "out", unmasked=True, reason=" ")
    assert rule_of(export, made.workspace, asked) == "masking.reason"


# --- refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["", "  "])
def test_without_a_recipient_nothing_is_done(made, tmp_path, to):
    before = made.workspace.log.storage.size()
    with pytest.raises(UsageError, match="recipient is empty"):
        export(made.workspace, ask(made, tmp_path / "out", recipient=to))
    assert made.workspace.log.storage.size() == before


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        (Choice(), "give one of"),
        (Choice(("a",), where="person"), "give one of"),
        (Choice(("a",), since="1s"), "give one of"),
        (Choice(("a",), cameras=("gate",)), "--camera goes with"),
        (Choice(since="noon"), "is no time"),
        (Choice(since=at(0), cameras=("nowhere",)), "no camera is called"),
        (Choice(since="1s"), "fits one"),
    ],
)
def test_what_is_exported_must_be_said(made, tmp_path, choice, says):
    with pytest.raises(UsageError, match=says):
        export(made.workspace, ask(made, tmp_path / "out", choice))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("choice", [Choice(since=at(3600 * 3)), Choice(since=at(5), until=at(4))])
def test_a_time_in_which_nothing_was_recorded(made, tmp_path, choice):
    with pytest.raises(FootageError, match="nothing was recorded"):
        export(made.workspace, ask(made, tmp_path / "out", choice))


def test_nothing_answers(made, tmp_path):
    with pytest.raises(FootageError, match="nothing in the case's scope answers"):
        export(made.workspace, ask(made, tmp_path / "out", Choice(where="speed:>900km/h")))


def test_a_time_into_the_one_recording_that_is_named(made, tmp_path):
    choice = Choice(since="1s", until="2s", cameras=("hall",))
    done = export(made.workspace, ask(made, tmp_path / "out", choice))
    assert len(done.working_copies) == 1
    assert check_package(done.package).manifest.about["recordings"][0]["seconds"] == [[1, 2]]


def test_what_is_there_is_not_replaced(made, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    with pytest.raises(OutputError, match="packages are not replaced"):
        export(made.workspace, ask(made, tmp_path / "out"))
    assert (tmp_path / "out" / "mine").read_text() == "mine"


def test_a_folder_that_is_not_there(made, tmp_path):
    with pytest.raises(OutputError, match="create it first"):
        export(made.workspace, ask(made, tmp_path / "no" / "out"))


def test_one_s_own_workspace_exports_no_evidence(tmp_path, made):
    with open_workspace(tmp_path / "own") as own:
        asked = ask(made, tmp_path / "out", case=None)
        assert rule_of(export, own, asked) == "personal.no-evidence"
        assert rule_of(export, own, ask(made, tmp_path / "out")) == "personal.no-evidence"
    assert not (tmp_path / "out").exists()


def test_a_profile_of_one_s_own_cannot_let_a_package_out_without_a_case(tmp_path, made):
    text = (FOLDER / "personal.toml").read_text("utf-8")
    text = text.replace('"handover", ', '"handover", "export.masked", ').replace('["export.masked", ', "[")
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    init_workspace(tmp_path / "own", profile=str(tmp_path / "mine.toml"))
    with open_workspace(tmp_path / "own") as own:
        assert rule_of(export, own, ask(made, tmp_path / "out", case=None)) == "case.named"
        assert [e.header.capability for e in own.log.entries() if e.header.kind == "refusal"] == [
            "export.masked"
        ]


def test_a_case_is_needed_and_a_reason(made, tmp_path):
    assert rule_of(export, made.workspace, ask(made, tmp_path / "out", case=None)) == "case.named"
    assert rule_of(export, made.workspace, ask(made, tmp_path / "out", reason="")) == "reason.given"


def test_a_second_person_must_have_allowed_it(made, tmp_path):
    case = made.case
    try:
        made.case = made.open_case(capabilities=ALL)
        assert rule_of(export, made.workspace, ask(made, tmp_path / "out")) == "approval.second-person"
        made.allow("export.masked")
        asked = ask(made, tmp_path / "out", originals=True)
        assert rule_of(export, made.workspace, asked) == "approval.second-person"
        asked = ask(made, tmp_path / "out", unmasked=True)
        assert rule_of(export, made.workspace, asked) == "approval.second-person"
    finally:
        made.case = case
    assert not (tmp_path / "out").exists()


def test_what_was_allowed_for_certain_tracks_is_for_those(made, tmp_path):
    case, (mine, other, _) = made.case, made.ids["gate"]
    try:
        made.case = made.open_case(capabilities=ALL)
        made.allow("export.masked", tracks=(mine,))
        for choice in (Choice((other,)), Choice((mine, other)), Choice(since=at(0), until=at(9))):
            asked = ask(made, tmp_path / "out", choice)
            assert rule_of(export, made.workspace, asked) == "approval.second-person"
        assert export(made.workspace, ask(made, tmp_path / "out", Choice((mine,)))).tracks == (mine,)
    finally:
        made.case = case


def test_a_case_that_does_not_give_it(made, tmp_path):
    asked = ask(made, tmp_path / "out", case=made.other)
    assert rule_of(export, made.workspace, asked) == "case.capabilities"


def test_another_unit_s_case_is_not_there(made, tmp_path):
    login(made.workspace, "ada", PASSWORD)
    authorise(made.workspace, "sven", Authorisation("H-2", "the commissioner", made.clock().date()))
    login(made.workspace, "sven", PASSWORD)
    try:
        assert rule_of(export, made.workspace, ask(made, tmp_path / "out")) == "case.of-unit"
    finally:
        made.login("ines")


def test_a_track_out_of_the_case_s_scope_is_out_of_reach(made, tmp_path):
    case = made.case
    gate = made.workspace.cameras.find("gate").id
    try:
        made.case = made.open_case(capabilities=ALL, scope=Scope((gate,), (Window(NOW - HOUR, NOW + HOUR),)))
        made.allow(*LEAVE)
        for track in (made.ids["hall"][0], "no-such-track"):
            asked = ask(made, tmp_path / "out", Choice((track,)))
            assert rule_of(export, made.workspace, asked) == "scope.covers-the-track"
        asked = ask(made, tmp_path / "out", Choice(since=at(3600), until=at(3700)))
        with pytest.raises(FootageError, match="nothing was recorded"):
            export(made.workspace, asked)
    finally:
        made.case = case


def test_original_groups_of_pictures_that_reach_out_of_the_scope_are_refused(made, tmp_path):
    case = made.case
    gate = made.workspace.cameras.find("gate").id
    window = Window(NOW + 1 * SECOND, NOW + 60 * SECOND)
    try:
        made.case = made.open_case(capabilities=ALL, scope=Scope((gate,), (window,)))
        made.allow(*LEAVE)
        choice = Choice(since=at(0), until=at(3))
        asked = ask(made, tmp_path / "out", choice, originals=True)
        assert rule_of(export, made.workspace, asked) == "scope.windows"
        refusal = [e for e in made.workspace.log.entries() if e.header.kind == "refusal"][-1]
        assert (refusal.header.capability, refusal.header.case) == ("export.original", made.case)
        done = export(made.workspace, ask(made, tmp_path / "out", choice))
        assert check_package(done.package).manifest.about["recordings"][0]["seconds"] == [[1, 3]]
    finally:
        made.case = case


# --- what goes wrong ---------------------------------------------------------------------------------------


def test_footage_that_changed_since_ingest_is_refused_with_both_digests(made, tmp_path):
    path = film(made, "hall")
    before = path.read_bytes()
    try:
        path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
        asked = ask(made, tmp_path / "out", Choice((made.ids["hall"][0],)))
        with pytest.raises(FootageError, match="changed since ingest") as found:
            export(made.workspace, asked)
        assert sha256(before).hexdigest() in str(found.value)
        assert sha256(path.read_bytes()).hexdigest() in str(found.value)
        path.unlink()
        with pytest.raises(FootageError, match="is gone since ingest"):
            export(made.workspace, asked)
    finally:
        path.write_bytes(before)
    assert list(tmp_path.iterdir()) == []


def test_a_recording_that_cannot_be_cut_is_handed_over_whole(made, tmp_path, monkeypatch):
    monkeypatch.setattr(leaving, "cut", lambda *_: None)
    done = export(made.workspace, ask(made, tmp_path / "out", originals=True))
    (path,) = done.originals
    assert (done.package / path).read_bytes() == film(made).read_bytes()
    roles = {f.path: f.role for f in check_package(done.package).manifest.files}
    assert roles[path] == form.INSTEAD


def full(*_args, **_more):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("where", ["redact", "jpeg"])
def test_a_full_disk_leaves_nothing(made, tmp_path, monkeypatch, where):
    monkeypatch.setattr(copies, where, full)
    with pytest.raises(OutputError, match="out: cannot be written: the disk is full") as found:
        export(made.workspace, ask(made, tmp_path / "out"))
    assert ".partial" not in str(found.value)
    assert list(tmp_path.iterdir()) == []
    last = [e for e in made.workspace.log.entries() if e.header.kind == "outcome"][-1]
    assert last.payload["state"] == "failed"


def test_a_full_disk_while_the_synopsis_is_written_names_the_package(made, tmp_path, monkeypatch):
    def failing(_merged, output, *_):
        raise OutputError(f"{output}: cannot be written: the disk is full: free some space")

    monkeypatch.setattr(act_of, "write_selection", failing)
    with pytest.raises(OutputError, match=r"out/synopsis/gate\.mp4: cannot be written") as found:
        export(made.workspace, ask(made, tmp_path / "out"))
    assert ".partial" not in str(found.value)
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from synopticon.acts import copies
from synopticon.acts.chosen import Choice
from synopticon.acts.export import ExportRequest, export
from synopticon.acts.workspace import open_workspace

now, folder, out, case, track, reason = sys.argv[1:]
clock = lambda: datetime.fromisoformat(now)
clock.source = "test"
copies.jpeg = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
with open_workspace(Path(folder), clock=clock) as workspace:
    export(workspace, ExportRequest("The court", Path(out), Choice((track,)), case, reason))
"""


def test_what_a_killed_process_leaves_is_hidden_and_goes_with_the_next_run(made, tmp_path):
    here = made.workspace
    told = (made.clock().isoformat(), here.folder, tmp_path / "out", made.case, made.ids["gate"][0], WHY)
    command = [sys.executable, "-c", KILLED, *map(str, told)]
    home = {**os.environ, "SYNOPTICON_HOME": str(here.folder.parent / "home")}
    assert subprocess.run(command, env=home, check=False).returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".out.")
    assert not (left / form.MANIFEST).exists()
    with pytest.raises(UsageError, match="is no package"):
        check_package(left)
    done = export(here, ask(made, tmp_path / "out"))
    assert [p.name for p in tmp_path.iterdir()] == [done.package.name]


def test_gaps_make_it_exit_4(made, tmp_path, monkeypatch):
    from dataclasses import replace

    from synopticon.values.footage import Gap, GapReason

    real = copies.redact
    gap = Gap(1.0, 1.2, GapReason.DAMAGED, 0)
    monkeypatch.setattr(copies, "redact", lambda *a: replace(real(*a), gaps=(gap,)))
    done = export(made.workspace, ask(made, tmp_path / "out"))
    assert (done.gaps, done.exit_code) == (1, 4)


# --- the scope of a recording ------------------------------------------------------------------------------


def test_a_recording_is_covered_where_each_frame_is_for_sure(made):
    footage = probe([film(made)], start=NOW)
    slack = max(f.clock.uncertainty for f in footage.readable)
    assert covered(Scope(), "gate", footage) == ()
    assert covered(Scope(("gate",), (Window(NOW - DAY, NOW + DAY),)), "other", footage) == ()
    ((begin, end),) = covered(Scope(("gate",), (Window(NOW + SECOND, NOW + 3 * SECOND),)), "gate", footage)
    assert (begin, end) == (1 + slack, 3 - slack)
    digest = footage.files[0].sha256
    assert covered(Scope(digests=(digest,)), "", footage) == ((0.0, footage.duration),)
    undated = probe([film(made)])
    assert covered(Scope(("gate",), (Window(NOW - DAY, NOW + DAY),)), "gate", undated) == ()


def test_cameras_with_names_alike_have_files_of_their_own():
    assert file_names(["a b", "a_b", "A B", "hall"]) == ["a_b", "a_b-2", "A_B-3", "hall"]


def test_a_synopsis_in_an_export_is_made_again_from_the_recording(made, tmp_path):
    """By whoever receives both: the package is checked, its objects are found and planned as they were."""
    done = export(made.workspace, ask(made, tmp_path / "out", Choice((made.ids["hall"][0],))))
    again = replay(ReplayRequest(done.package, (str(film(made, "hall")),), workers=1))
    assert again.signed == done.fingerprint
    assert again.same, list(again.lines())
    assert list(again.tracks.pairs) == [made.ids["hall"][0]]
