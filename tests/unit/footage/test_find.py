"""Files, globs and folders become the video files of one camera."""

import os

import pytest

from synopticon.errors import NoVideoError, UsageError
from synopticon.footage.find import find_files

pytestmark = pytest.mark.posix


def make(folder, *names, data=b"\x00\x00\x00\x20ftypisom"):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def names(found):
    return [path.name for path in found]


def test_a_folder_is_searched_in_natural_order(tmp_path):
    make(tmp_path, "part10.mp4", "part9.mp4", "sub/part1.MP4", "PART11.mp4")
    assert names(find_files([tmp_path])) == ["part9.mp4", "part10.mp4", "PART11.mp4", "part1.MP4"]


def test_an_export_folder_keeps_its_player_out(tmp_path):
    make(tmp_path, "a.dav", "Player.exe", "Read me.txt", "lib.dll", "a.idx", "snapshot.jpg", ".hidden.mp4")
    assert names(find_files([tmp_path])) == ["a.dav"]


def test_recordings_of_unknown_names_are_known_by_their_first_bytes(tmp_path):
    make(tmp_path, "hiv00001", data=b"IMKH\x01\x01\x00\x00 and so on")
    make(tmp_path, "a.bin", data=b"\x1aE\xdf\xa3 and so on")
    make(tmp_path, "b.bin", data=b"nothing of the kind")
    assert names(find_files([tmp_path])) == ["a.bin", "hiv00001"]


def test_a_glob_takes_the_videos_it_matches(tmp_path):
    make(tmp_path, "cam1_b.mp4", "cam1_a.mp4", "cam2.mp4", "cam1.txt", "cam1_more/x.mp4")
    assert names(find_files([str(tmp_path / "cam1*")])) == ["cam1_a.mp4", "cam1_b.mp4", "x.mp4"]


def test_a_name_that_exists_is_no_glob(tmp_path):
    make(tmp_path, "cam[1].mp4", "cam1.mp4", "what?.mp4")
    assert names(find_files([tmp_path / "cam[1].mp4"])) == ["cam[1].mp4"]
    assert names(find_files([tmp_path / "what?.mp4"])) == ["what?.mp4"]


def test_a_file_named_twice_is_taken_once(tmp_path):
    make(tmp_path, "a.mp4")
    (tmp_path / "link.mp4").symlink_to("a.mp4")
    assert names(find_files([tmp_path / "a.mp4", tmp_path, tmp_path / "link.mp4"])) == ["a.mp4"]


def test_loops_of_links_end(tmp_path):
    make(tmp_path, "a.mp4", "sub/b.mp4")
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    assert names(find_files([tmp_path])) == ["a.mp4", "b.mp4"]
    (tmp_path / "self.mp4").symlink_to("self.mp4")
    with pytest.raises(UsageError, match=r"self\.mp4"):
        find_files([tmp_path / "self.mp4"])


def test_linked_folders_are_followed(tmp_path):
    make(tmp_path, "store/a.mp4")
    (tmp_path / "camera").mkdir()
    (tmp_path / "camera" / "today").symlink_to(tmp_path / "store")
    assert names(find_files([tmp_path / "camera"])) == ["a.mp4"]


@pytest.mark.parametrize("name", ["none.mp4", "none*.mp4", "", "a\0b"])
def test_what_is_not_there_is_wrong_usage(tmp_path, name):
    with pytest.raises(UsageError):
        find_files([str(tmp_path / name) if name else name])


def test_nothing_named_is_wrong_usage():
    with pytest.raises(UsageError, match="no footage"):
        find_files([])


def test_a_folder_without_video_holds_none(tmp_path):
    make(tmp_path, "a.txt", "b.jpg")
    with pytest.raises(NoVideoError, match="holds no video"):
        find_files([tmp_path])


def test_a_pipe_is_no_recording(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(UsageError, match="regular file"):
        find_files([tmp_path / "pipe.mp4"])


def test_a_synopsis_and_its_clips_are_passed_over_in_a_folder(tmp_path):
    (tmp_path / "day.clips").mkdir()
    for name in ("a.mp4", "day.mp4", "day.html", "day.json", "day.vtt", "day.clips/0001.mp4"):
        (tmp_path / name).write_bytes(b"x")
    assert [p.name for p in find_files([tmp_path])] == ["a.mp4"]
    assert [p.name for p in find_files([tmp_path / "day.mp4"])] == ["day.mp4"], "named, it is meant"
