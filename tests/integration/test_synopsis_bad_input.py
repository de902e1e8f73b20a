"""``synopticon synopsis`` on bad input: one clear line, the right exit code, nothing half-written."""

import json
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from hashlib import sha256
from io import StringIO
from pathlib import Path

import av
import pytest

from synopticon.cli.main import main
from tests import media
from tests.scene import write_scene

PARTS = (".clips", ".html", ".json", ".mp4", ".vtt")


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """Recordings that tests copy from, and the workspace that they share."""
    return tmp_path_factory.mktemp("bad-input")


@pytest.fixture(scope="session")
def workspace(place):
    return place / "workspace"


def scene(place, name="scene", **keywords):
    """A small recording in which one figure passes; made once."""
    path = place / f"{name}.mp4"
    if not path.exists():
        write_scene(path, **{"figures": 1, "seconds": 2.0, "pause": 1.0, **keywords})
    return path


@pytest.fixture(scope="session")
def good(place):
    return scene(place)


@pytest.fixture(scope="session")
def other(place):
    return scene(place, "other", seed=2)


@pytest.fixture(scope="session")
def long(place):
    """More than one segment for two workers: something passes in the first and in the last seconds."""
    return scene(place, "long", figures=3, seconds=2.0, pause=10.0)


def command(*arguments, workspace, workers=1):
    options = ["--model", "none", "--workers", str(workers), "--workspace", str(workspace)]
    return [sys.executable, "-m", "synopticon.cli.main", "synopsis", *options, *map(str, arguments)]


def synopsis(*arguments, cwd, workspace, code):
    """Run the verb in ``cwd``, in this process; returns the line that it failed with, or what it said."""
    said = StringIO()
    with chdir(cwd), redirect_stderr(said), redirect_stdout(StringIO()):
        returned = main(command(*arguments, workspace=workspace)[3:])
    return judge(returned, said.getvalue(), code)


def judge(returned, said, code):
    assert "Traceback" not in said
    assert "bug" not in said, said
    assert returned == code, said
    final = [line for line in said.splitlines() if line.startswith("synopticon: ")]
    if code in (0, 4):
        assert not final, said
        return said
    assert len(final) == 1, said
    assert said.splitlines()[-1] == final[0]
    return final[0]


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def whole(folder, stem="out"):
    """The bytes of a synopsis with all that belongs to it, nothing else beside it; {} when there is none."""
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    digests = {name: sha256(p.read_bytes()).hexdigest() for name, p in found.items()}
    if digests:
        assert sorted(p.name for p in folder.iterdir()) == [f"{stem}{end}" for end in PARTS]
    return digests


# --- nothing to see -----------------------------------------------------------------------------------------


def missing(folder):
    return folder / "none.mp4", 2, "no such file or folder; check the name"


def empty(folder):
    (folder / "none.mp4").write_bytes(b"")
    return folder / "none.mp4", 1, "is empty; give a recording"


def text(folder):
    (folder / "none.mp4").write_text("these are not the pictures\n" * 50, "utf-8")
    return folder / "none.mp4", 1, "is text, not video"


def no_video(folder):
    (folder / "none").mkdir()
    (folder / "none" / "player.exe").write_bytes(b"MZ")
    (folder / "none" / "readme.txt").write_text("hello", "utf-8")
    return folder / "none", 1, "holds no video; give"


def audio(folder):
    return media.write_audio(folder / "none.m4a"), 1, "holds no video"


def one_frame(folder):
    return media.write_video(folder / "none.mp4", 1), 1, "nothing moved"


def circle(folder):
    (folder / "none.mp4").symlink_to(folder / "none.mp4")
    return folder / "none.mp4", 2, "symbolic links"


def circle_of_folders(folder):
    (folder / "none").mkdir()
    (folder / "none" / "again").symlink_to(folder / "none")
    (folder / "none" / "self.mp4").symlink_to(folder / "none" / "self.mp4")
    return folder / "none", 1, "holds no video; give"


def noise(folder):
    (folder / "none.mp4").write_bytes(sha256(b"1").digest() * 3000)
    return folder / "none.mp4", 1, "none.mp4"


@pytest.mark.parametrize(
    "make", [missing, empty, text, no_video, audio, one_frame, circle, circle_of_folders, noise]
)
def test_what_shows_nothing_gets_one_line_and_leaves_nothing(make, tmp_path, workspace):
    path, code, why = make(tmp_path)
    (tmp_path / "here").mkdir()
    line = synopsis(path, "-o", "new/out.mp4", cwd=tmp_path / "here", workspace=workspace, code=code)
    assert str(path) in line
    assert why in line
    assert names(tmp_path / "here") == []


# --- some of it is bad --------------------------------------------------------------------------------------


def manifest(folder, stem="out"):
    return json.loads((folder / f"{stem}.json").read_text("utf-8"))


def made_from_folder(tmp_path, workspace, code):
    out = tmp_path / "out"
    out.mkdir()
    said = synopsis(tmp_path / "camera", "-o", "out.mp4", cwd=out, workspace=workspace, code=code)
    assert whole(out)
    return said, manifest(out)


def camera(tmp_path, good, other):
    """Two good segments, and room for one between them."""
    folder = tmp_path / "camera"
    folder.mkdir()
    shutil.copy(good, folder / "part1.mp4")
    shutil.copy(other, folder / "part3.mp4")
    return folder / "part2.mp4"


def sources(found):
    return {Path(o["source"]["file"]).name for o in found["objects"]}


def test_an_empty_segment_becomes_a_gap(tmp_path, workspace, good, other):
    camera(tmp_path, good, other).write_bytes(b"")
    said, found = made_from_folder(tmp_path, workspace, 4)
    assert "gaps: 1" in said
    assert sources(found) == {"part1.mp4", "part3.mp4"}
    assert any("part2" in json.dumps(gap) for gap in found["gaps"]), found["gaps"]


def test_the_same_segment_twice_is_read_once(tmp_path, workspace, good, other):
    shutil.copy(good, camera(tmp_path, good, other))
    said, found = made_from_folder(tmp_path, workspace, 0)
    assert "part2.mp4: has the same content as part1.mp4" in said
    assert sources(found) == {"part1.mp4", "part3.mp4"}


def test_a_segment_of_another_size_becomes_a_gap(tmp_path, workspace, good, other):
    media.write_video(camera(tmp_path, good, other), 20)
    said, found = made_from_folder(tmp_path, workspace, 4)
    assert "part2.mp4: its picture is 96x64, the others' 320x240" in said
    assert sources(found) == {"part1.mp4", "part3.mp4"}


@pytest.mark.parametrize("harm", ["truncated", "flipped"])
def test_damage_is_named_and_the_rest_is_shown(harm, tmp_path, workspace, good):
    path = tmp_path / "scene.mp4"
    shutil.copy(good, path)
    if harm == "truncated":
        media.truncate(path, 0.8)
    else:
        media.flip(path, 12, low=0.55, high=0.95)
    out = tmp_path / "out"
    out.mkdir()
    said = synopsis(path, "-o", "out.mp4", cwd=out, workspace=workspace, code=4)
    assert "gaps: " in said
    assert whole(out)
    assert manifest(out)["gaps"]


# --- still being written ------------------------------------------------------------------------------------


@contextmanager
def recorder(whole, path, share):
    """Writes the first ``share`` of a recording to ``path``, and then its rest, a little at a time."""
    data = whole.read_bytes()
    start, stop = int(len(data) * share), threading.Event()
    path.write_bytes(data[:start])

    def go_on():
        with path.open("ab", buffering=0) as file:
            at = start
            while not stop.is_set() and at < len(data) - 4096:  # slower than any run
                at += file.write(data[at : at + 64])
                stop.wait(0.02)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def remuxed(source, path, **options):
    with av.open(str(source)) as given, av.open(str(path), "w", options=options) as made:
        stream = made.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                made.mux(packet)
    return path


@pytest.mark.parametrize(
    ("name", "options"),
    [("a.ts", {}), ("a.mkv", {"live": "1"}), ("a.mp4", {"movflags": "frag_keyframe+empty_moov"})],
)
def test_a_recording_that_grows_is_done_as_far_as_it_is(name, options, tmp_path, workspace, long):
    whole_recording = remuxed(long, tmp_path / f"whole-{name}", **options)
    out, path = tmp_path / "out", tmp_path / name
    out.mkdir()
    with recorder(whole_recording, path, 0.5):
        said = synopsis(path, "-o", "out.mp4", cwd=out, workspace=workspace, code=4)
    assert f"{name}: is still being written; run it again when the recording is complete" in said
    assert whole(out)
    first = manifest(out)
    (gap,) = (gap for gap in first["gaps"] if "still being written" in gap["detail"])
    assert gap["start"] == gap["end"] == pytest.approx(first["inputs"][0]["duration"], abs=0.001)
    assert first["objects"]
    digest = sha256(path.read_bytes()[: first["inputs"][0]["size_bytes"]])
    assert first["inputs"][0]["sha256"] == digest.hexdigest()
    path.write_bytes(whole_recording.read_bytes())
    synopsis(path, "-o", "out.mp4", "--overwrite", cwd=out, workspace=workspace, code=0)
    assert whole(out)
    assert manifest(out)["gaps"] == []
    assert len(manifest(out)["objects"]) > len(first["objects"])


def test_an_mp4_without_its_index_waits_for_the_recorder(tmp_path, workspace, good):
    path, out = tmp_path / "a.mp4", tmp_path / "out"
    out.mkdir()
    plain = remuxed(good, tmp_path / "plain.mp4")  # the index comes last, as a recorder writes it
    with recorder(plain, path, 0.5):
        line = synopsis(path, "-o", "out.mp4", cwd=out, workspace=workspace, code=1)
    assert f"{path}: has no index (moov): it is still being written" in line
    assert "stop the recorder" in line
    assert names(out) == []


def test_a_segment_that_is_still_being_written_becomes_a_gap(tmp_path, workspace, good, other):
    path = camera(tmp_path, good, other).with_name("part4.mp4")
    with recorder(remuxed(good, tmp_path / "plain.mp4"), path, 0.5):
        _, found = made_from_folder(tmp_path, workspace, 4)
    assert sources(found) == {"part1.mp4", "part3.mp4"}
    (gap,) = found["gaps"]
    assert gap["file"].endswith("part4.mp4")
    assert "still being written" in gap["detail"]


# --- names --------------------------------------------------------------------------------------------------

ODD = "-we \"ird'\n\tname.mp4"


def test_an_odd_name_is_a_name(tmp_path, workspace, good):
    shutil.copy(good, tmp_path / ODD)
    synopsis("--", ODD, cwd=tmp_path, workspace=workspace, code=0)
    stem = ODD.removesuffix(".mp4") + ".synopsis"
    assert names(tmp_path) == sorted([ODD, *(stem + end for end in PARTS)])
    assert sources(manifest(tmp_path, stem)) == {ODD}


def test_a_line_about_an_odd_name_stays_one_line(tmp_path, workspace):
    line = synopsis("--", ODD, cwd=tmp_path, workspace=workspace, code=2)
    assert "-we \"ird'\\n\\tname.mp4: no such file" in line


# --- outputs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", PARTS)
def test_what_exists_is_not_replaced(end, tmp_path, workspace, good):
    mine = tmp_path / f"out{end}"
    mine.write_text("mine", "utf-8")
    line = synopsis(good, "-o", "out.mp4", cwd=tmp_path, workspace=workspace, code=1)
    assert f"out{end}: exists already" in line
    assert "--overwrite" in line
    assert names(tmp_path) == [mine.name]
    assert mine.read_text("utf-8") == "mine"


def test_overwriting_replaces_everything_that_belongs_to_the_old_one(tmp_path, workspace, good):
    (tmp_path / "out.clips").mkdir()
    for name in ("out.clips/9999.UNMASKED.mp4", "out.html", "out.json", "out.mp4", "out.vtt"):
        (tmp_path / name).write_text("old", "utf-8")
    synopsis(good, "-o", "out.mp4", "--overwrite", cwd=tmp_path, workspace=workspace, code=0)
    old = sha256(b"old").hexdigest()
    found = whole(tmp_path)
    assert old not in found.values()
    assert not [name for name in found if "9999" in name]


@pytest.mark.parametrize("out", ["scene.mp4", "./link.mp4", "../scene/scene.mp4"])
def test_the_footage_is_never_overwritten(out, tmp_path, workspace, good):
    here = tmp_path / "scene"
    here.mkdir()
    shutil.copy(good, here / "scene.mp4")
    (here / "link.mp4").symlink_to("scene.mp4")
    line = synopsis("scene.mp4", "-o", out, "--overwrite", cwd=here, workspace=workspace, code=2)
    assert "is the footage itself" in line
    assert (here / "scene.mp4").read_bytes() == good.read_bytes()
    assert names(here) == ["link.mp4", "scene.mp4"]


def test_footage_is_not_removed_with_the_clips_it_lies_in(tmp_path, workspace, good):
    (tmp_path / "out.clips").mkdir()
    shutil.copy(good, tmp_path / "out.clips" / "scene.mp4")
    line = synopsis(
        "out.clips/scene.mp4", "-o", "out.mp4", "--overwrite", cwd=tmp_path, workspace=workspace, code=2
    )
    assert "out.clips: is the footage itself" in line
    assert names(tmp_path / "out.clips") == ["scene.mp4"]


def test_an_older_synopsis_among_the_recordings_is_no_recording(tmp_path, workspace, good, other):
    shutil.copy(good, tmp_path / "part1.mp4")
    shutil.copy(other, tmp_path / "part2.mp4")
    synopsis(".", cwd=tmp_path, workspace=workspace, code=0)
    first = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}
    assert "footage.synopsis.mp4" in first
    synopsis(".", "--overwrite", cwd=tmp_path, workspace=workspace, code=0)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()} == first


@pytest.mark.parametrize("out", ["out.html", "out.avi", "out"])
def test_a_synopsis_is_an_mp4(out, tmp_path, workspace, good):
    line = synopsis(good, "-o", out, cwd=tmp_path, workspace=workspace, code=2)
    assert f"{out}: " in line
    assert ".mp4" in line
    assert names(tmp_path) == []


@pytest.mark.parametrize("option", ["-o", "--plot"])
@pytest.mark.parametrize("folder", ["/proc", "file"])
def test_where_nothing_can_be_written_no_work_is_done(option, folder, tmp_path, workspace, good):
    (tmp_path / "file").write_text("", "utf-8")
    out = f"{folder}/out.mp4" if option == "-o" else f"{folder}/plan.svg"
    others = [] if option == "-o" else ["-o", "out.mp4"]
    line = synopsis(good, option, out, *others, cwd=tmp_path, workspace=workspace, code=1)
    assert f"{out}: cannot be written: " in line
    assert names(tmp_path) == ["file"]


def test_a_workspace_that_is_a_file_is_named(tmp_path, good):
    (tmp_path / "file").write_text("", "utf-8")
    line = synopsis(good, cwd=tmp_path, workspace="file", code=1)
    assert "/file: cannot be a folder: a file of that name exists" in line
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("used_before", [False, True])
def test_a_full_disk_leaves_nothing_half_written(used_before, tmp_path, workspace, good):
    """A limit on the size of files stands in for a full disk: without a record in the log nothing is done."""
    used = workspace if used_before else tmp_path / "own"
    if used_before:
        (tmp_path / "first").mkdir()
        synopsis(good, "-o", "first/out.mp4", cwd=tmp_path, workspace=workspace, code=0)
        shutil.rmtree(tmp_path / "first")
    (tmp_path / "here").mkdir()
    done = subprocess.run(
        command(good, "-o", "out.mp4", workspace=used),
        cwd=tmp_path / "here", capture_output=True, text=True, timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )  # fmt: skip
    assert "synopticon.sqlite: the disk " in judge(done.returncode, done.stderr, 1)
    assert names(tmp_path / "here") == []
    assert not list(used.rglob(".*"))
    synopsis(good, "-o", "out.mp4", cwd=tmp_path / "here", workspace=used, code=0)


# --- stopped ------------------------------------------------------------------------------------------------


def begun(arguments, cwd, until):
    """Start the verb and return it once it has said ``until``."""
    process = subprocess.Popen(
        arguments, cwd=cwd, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, bufsize=1
    )
    said = ""
    for line in process.stderr:
        said += line
        if until in line:
            return process, said
    raise AssertionError(f"it ended too early: {said}")


def stop(process, said, number):
    """Send the signal; returns the exit code and all that was said."""
    time.sleep(0.05)
    process.send_signal(number)
    said += process.communicate(timeout=60)[1]
    return process.returncode, said


@pytest.fixture(scope="session")
def reference(tmp_path_factory, long, workspace):
    """The bytes of the synopsis of the long recording, made without any trouble."""
    out = tmp_path_factory.mktemp("reference") / "out"
    out.mkdir()
    synopsis(long, "-o", "out.mp4", cwd=out, workspace=workspace, code=0)
    return whole(out)


@pytest.mark.parametrize(
    ("number", "code", "stage"),
    [
        (signal.SIGINT, 130, "reading"),
        (signal.SIGTERM, 143, "looking"),
        (signal.SIGINT, 130, "composing"),
        (signal.SIGTERM, 143, "making the clips"),
    ],
)
def test_a_run_that_is_stopped_leaves_nothing(number, code, stage, tmp_path, workspace, long, reference):
    out = tmp_path / "out"
    out.mkdir()
    run = command(long, "-o", "out.mp4", workspace=workspace)
    line = judge(*stop(*begun(run, out, stage), number), code)
    assert "nothing was left half-written" in line
    assert names(out) == []


def test_a_killed_run_shows_nothing_and_the_next_one_ends_with_the_same_bytes(
    tmp_path, workspace, long, reference
):
    out = tmp_path / "out"
    out.mkdir()
    run = command(long, "-o", "out.mp4", workspace=workspace)
    stop(*begun(run, out, "making the clips"), signal.SIGKILL)
    assert names(out), "it was killed before it wrote anything"
    assert not [name for name in names(out) if not name.startswith(".")]
    synopsis(long, "-o", "out.mp4", cwd=out, workspace=workspace, code=0)
    assert whole(out) == reference


def test_an_analysis_that_was_killed_goes_on_where_it_was(tmp_path, long, reference):
    own, out = tmp_path / "own", tmp_path / "out"
    out.mkdir()
    run = command(long, "-o", "out.mp4", workspace=own, workers=2)
    process, _ = begun(run, out, "looking")
    end = time.monotonic() + 60
    while not (stored := list(own.rglob("watch-*.npz"))) and process.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert stored, "it was over before it could be killed"
    before = {p: p.stat().st_mtime_ns for p in stored}
    done = subprocess.run(run, cwd=out, capture_output=True, text=True, timeout=120)
    judge(done.returncode, done.stderr, 0)
    assert {p: p.stat().st_mtime_ns for p in stored} == before, "what was stored was made again"
    assert len(list(own.rglob("watch-*.npz"))) > len(stored), "it was killed when all was seen"
    alone = tmp_path / "alone"
    alone.mkdir()
    calm = command(long, "-o", "out.mp4", workspace=tmp_path / "calm", workers=2)
    subprocess.run(calm, cwd=alone, capture_output=True, check=True, timeout=120)
    assert whole(out) == whole(alone)


def test_two_runs_at_once_do_not_disturb_each_other(tmp_path, long, reference):
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    runs = [
        subprocess.Popen(
            command(long, "-o", "out.mp4", workspace=tmp_path / "own"),
            cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        )
        for folder in folders
    ]  # fmt: skip
    for run in runs:
        said = run.communicate(timeout=120)[1]
        judge(run.returncode, said, 0)
    assert whole(folders[0]) == whole(folders[1]) == reference
    assert not list((tmp_path / "own").rglob(".*"))


def test_two_runs_at_once_into_one_output_leave_one_whole_result(tmp_path, workspace, long, reference):
    out = tmp_path / "out"
    out.mkdir()
    runs = [
        subprocess.Popen(
            command(long, "-o", "out.mp4", workspace=workspace),
            cwd=out, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    said = [run.communicate(timeout=120)[1] for run in runs]
    codes = [run.returncode for run in runs]
    assert sorted(codes) == [0, 1]
    assert "exists already" in judge(1, said[codes.index(1)], 1)
    assert whole(out) == reference
