from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from synopticon.errors import OutputError
from synopticon.synopsis.clips import Clip, ClipSettings, browser_plays, stretches, write_clips
from synopticon.values.footage import Footage, SourceFile
from synopticon.values.track import Track
from synopticon.vision.mask import head_zones
from tests.street import Street, picture
from tests.unit.synopsis.test_compose import lumas


def track(start: float, end: float, name: str = "t") -> Track:
    n = round((end - start) * 10) + 1
    times = np.linspace(start, end, n)
    boxes = np.tile(np.array([50, 40, 70, 80], np.float32), (n, 1))
    return Track(name, "person", 0.9, np.zeros(n, np.int32), np.arange(n), times, boxes, np.ones(n, np.bool_))


def long_footage(seconds: int = 3600) -> Footage:
    return Footage(
        "c", (SourceFile(Path("a.mp4"), 1, "", width=192, height=144, start_pts=0, end_pts=90000 * seconds),)
    )


def test_stretches_reach_before_and_after_inside_the_footage() -> None:
    found = stretches(long_footage(), [track(1, 5), track(100, 110)], ClipSettings())
    assert found == ((0.0, 7.0), (97.0, 112.0))


def test_stretches_that_meet_are_one() -> None:
    assert stretches(long_footage(), [track(10, 20), track(24, 30)], ClipSettings()) == ((7.0, 32.0),)


def test_a_long_stretch_is_cut_where_the_fewest_objects_are() -> None:
    busy = [track(10, 60), track(10, 58), track(70, 160), track(71, 150), track(10, 160)]
    found = stretches(long_footage(), busy, ClipSettings(longest=90))
    assert all(b - a <= 90 for a, b in found)
    assert found[0][0] == 7
    assert 62 <= found[0][1] <= 67
    assert [a for a, _ in found[1:]] == [b for _, b in found[:-1]]


def test_nothing_shown_needs_no_folder(street: Street, tmp_path: Path) -> None:
    assert write_clips(street.footage, (), street.tracks, tmp_path / "c") == ()
    assert not (tmp_path / "c").exists()
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def masked(street: Street, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[Clip, ...]]:
    folder = tmp_path_factory.mktemp("clips") / "out.clips"
    return folder, write_clips(street.footage, street.tracks[:1], street.tracks, folder)


def test_the_clip_is_h264_and_holds_every_source_frame_once(masked: tuple[Path, tuple[Clip, ...]]) -> None:
    folder, (clip,) = masked
    assert (clip.start, clip.name, clip.original) == (0.0, "0001.mp4", -1)
    assert clip.end == pytest.approx(5.0)
    with av.open(str(folder / clip.name)) as container:
        assert container.streams.video[0].codec_context.name == "h264"
        assert "MASKED" in container.metadata["title"]
        times = [f.time for f in container.decode(video=0)]
    assert times == pytest.approx([i / 10 for i in range(50)], abs=1e-3)


def test_heads_of_all_tracks_are_filled(street: Street, masked: tuple[Path, tuple[Clip, ...]]) -> None:
    folder, (clip,) = masked
    shown = list(lumas(folder / clip.name))
    for t in street.tracks[:2]:
        for k in range(0, len(t), 5):
            frame = round(t.times[k] * 10)
            if frame >= len(shown):
                continue
            x1, y1, x2, y2 = head_zones(t, k)[0]
            inside = shown[frame][max(0, int(y1)) + 2 : int(y2) - 2, max(0, int(x1)) + 2 : int(x2) - 2]
            assert inside.size
            assert inside.std() < 4, (t.id, k)


def test_what_is_no_head_is_as_recorded(street: Street, masked: tuple[Path, tuple[Clip, ...]]) -> None:
    folder, (clip,) = masked
    shown = list(lumas(folder / clip.name))
    assert np.abs(shown[10][100:120, 100:180].astype(int) - picture(10)[100:120, 100:180]).mean() < 5


def test_clear_copies_are_named_so(street: Street, tmp_path: Path) -> None:
    odd = replace(street.footage.files[0], codec="mpeg4")
    footage = replace(street.footage, files=(odd,))
    (clip,) = write_clips(footage, street.tracks[:1], street.tracks, tmp_path / "c", ClipSettings(clear=True))
    assert clip.name == "0001.UNMASKED.mp4"
    shown = next(lumas(tmp_path / "c" / clip.name))
    assert np.abs(shown[40:80, 4:24].astype(int) - picture(0)[40:80, 4:24]).mean() < 8


def test_an_original_that_browsers_play_is_used_when_clear(street: Street, tmp_path: Path) -> None:
    (clip,) = write_clips(street.footage, street.tracks[:1], (), tmp_path / "c", ClipSettings(clear=True))
    assert clip == Clip(0.0, pytest.approx(5.0), original=0, at=0.0)
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    ("codec", "name", "plays"),
    [
        ("h264", "a.mp4", True),
        ("hevc", "a.mp4", False),
        ("h264", "a.avi", False),
        ("vp9", "a.webm", True),
        ("mpeg4", "a.mp4", False),
    ],
)
def test_what_browsers_play(codec: str, name: str, plays: bool) -> None:
    assert browser_plays(SourceFile(Path(name), 1, "", codec=codec, pixel_format="yuv420p")) == plays


def test_ten_bits_are_not_played() -> None:
    assert not browser_plays(SourceFile(Path("a.mp4"), 1, "", codec="h264", pixel_format="yuv420p10le"))


def test_an_existing_folder_is_kept_without_overwrite(street: Street, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    folder.mkdir()
    (folder / "mine").write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        write_clips(street.footage, street.tracks[:1], (), folder)
    assert (folder / "mine").exists()


def test_overwriting_replaces_the_whole_folder(street: Street, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    folder.mkdir()
    (folder / "old.mp4").write_text("old")
    write_clips(street.footage, street.tracks[:1], (), folder, ClipSettings(overwrite=True))
    assert [p.name for p in folder.iterdir()] == ["0001.mp4"]
    assert [p.name for p in tmp_path.iterdir()] == ["c"]


def test_a_failure_leaves_nothing(street: Street, tmp_path: Path) -> None:
    gone = replace(street.footage, files=(replace(street.footage.files[0], path=tmp_path / "gone.mp4"),))
    try:
        clips = write_clips(gone, street.tracks[:1], (), tmp_path / "c")
    except Exception:  # noqa: BLE001 (which error it is, is the reader's matter)
        clips = ()
    assert clips == ()
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


def test_wide_pictures_are_copied_smaller(street: Street, tmp_path: Path) -> None:
    (clip,) = write_clips(street.footage, street.tracks[:1], (), tmp_path / "c", ClipSettings(width=96))
    with av.open(str(tmp_path / "c" / clip.name)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (96, 72)
