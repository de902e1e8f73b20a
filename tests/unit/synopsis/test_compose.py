import hashlib
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from synopticon.errors import OutputError
from synopticon.synopsis.compose import NO_CASE, SYNTHETIC, UNMASKED, ComposeSettings, compose, exact_rate
from synopticon.synopsis.manifest import Manifest
from synopticon.values.plan import Plan
from tests.street import HEIGHT, WIDTH, Street, ground, picture

PLAIN = ComposeSettings(colour_match=False, labels=False, clear=True, reason="test", quality=8)


def lumas(path: Path) -> Iterator[NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield luma(frame)


def luma(frame: av.VideoFrame) -> NDArray[np.uint8]:
    plane = frame.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width].copy()


def make(street: Street, path: Path, settings: ComposeSettings = PLAIN, plan: Plan | None = None) -> Manifest:
    return compose(
        street.footage, street.bank, street.tubes, plan or street.plan(), street.store, path, settings
    )


def test_the_video_is_as_long_as_the_plan(street: Street, synopsis: tuple[Path, Manifest]) -> None:
    path, manifest = synopsis
    assert sum(1 for _ in lumas(path)) == manifest.frames == street.plan().length_frames
    assert manifest.rate == Fraction(10)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == manifest.sha256


def test_every_object_is_where_the_manifest_says(street: Street, tmp_path: Path) -> None:
    manifest = make(street, tmp_path / "o.mp4")
    shown = list(lumas(tmp_path / "o.mp4"))
    marked = min(mark.box[1] for mark in manifest.marks)
    checked = 0
    for o in manifest.objects:
        for k in range(o.fade[0], len(o.times) - o.fade[1], 4):
            if o.z[k] < max(other.z[o.first + k - other.first] for other in manifest.objects
                            if other.first <= o.first + k < other.first + len(other.z)):  # fmt: skip
                continue
            x1, y1, x2, y2 = (int(v) for v in o.boxes[k])
            if y1 + 10 > marked:
                continue
            inner = (slice(y1 + 3, min(y2 - 3, marked - 2)), slice(x1 + 3, x2 - 3))
            source = picture(round(o.times[k] * 10))[inner].astype(float)
            error = np.abs(shown[o.first + k][inner] - source).mean()
            assert error < 9, (o.id, k)
            checked += 1
    assert checked >= 6


def test_where_nothing_is_the_ground_is(street: Street, tmp_path: Path) -> None:
    manifest = make(street, tmp_path / "o.mp4")
    first = next(lumas(tmp_path / "o.mp4"))
    free = np.ones((HEIGHT, WIDTH), bool)
    for o in manifest.objects:
        if o.first == 0:
            x1, y1, x2, y2 = (int(v) for v in o.boxes[0])
            free[max(0, y1 - 16) : y2 + 16, max(0, x1 - 16) : x2 + 16] = False
    for mark in manifest.marks:
        free[mark.box[1] - 2 : mark.box[3], mark.box[0] : mark.box[2] + 2] = False
    assert np.abs(first.astype(int) - ground())[free].max() < 14


def test_objects_fade_in(street: Street, tmp_path: Path) -> None:
    manifest = make(street, tmp_path / "o.mp4", replace(PLAIN, fade=1.0))
    shown = list(lumas(tmp_path / "o.mp4"))
    o = manifest.objects[0]
    into = o.fade[0]
    assert into >= 5
    levels = []
    for k in (0, into // 2, into):
        x1, y1, x2, y2 = (int(v) for v in o.boxes[k])
        levels.append(shown[k][y1 + 5 : y2 - 5, x1 + 5 : x2 - 5].mean())
    assert levels[0] > levels[1] + 8 > levels[2] + 16


def test_nearer_objects_are_drawn_over_farther_ones(synopsis: tuple[Path, Manifest]) -> None:
    _, manifest = synopsis
    for frame in range(manifest.frames):
        here = [(o, frame - o.first) for o in manifest.objects if 0 <= frame - o.first < len(o.times)]
        assert sorted(int(o.z[k]) for o, k in here) == list(range(len(here)))
        for a, j in here:
            for b, k in here:
                if a.boxes[j, 3] > b.boxes[k, 3] + 6:
                    assert a.z[j] > b.z[k]


def test_labels_do_not_cover_their_object_nor_leave_the_picture(synopsis: tuple[Path, Manifest]) -> None:
    _, manifest = synopsis
    for o in manifest.objects:
        assert (o.labels[:, 2] > o.labels[:, 0]).all()
        assert (o.labels[:, :2] >= 0).all()
        assert (o.labels[:, 2:] <= (WIDTH, HEIGHT)).all()
        low = np.maximum(o.labels[:, :2], o.boxes[:, :2])
        high = np.minimum(o.labels[:, 2:], o.boxes[:, 2:])
        assert (np.clip(high - low, 0, None).prod(axis=1) == 0).all()


def test_labels_do_not_tremble(synopsis: tuple[Path, Manifest]) -> None:
    _, manifest = synopsis
    for o in manifest.objects:
        moves = np.abs(np.diff(o.labels[:, :2].astype(int), axis=0)).max(axis=1)
        assert np.median(moves) <= 6
        assert (moves > 24).sum() <= 3, o.id


def test_every_frame_says_what_it_is(street: Street, synopsis: tuple[Path, Manifest]) -> None:
    path, manifest = synopsis
    assert [m.text for m in manifest.marks] == [SYNTHETIC, NO_CASE]
    x1, y1, x2, y2 = manifest.marks[0].box
    for frame in lumas(path):
        zone = frame[y1:y2, x1:x2]
        assert zone.min() < 70
        assert zone.max() > 190


def test_under_a_case_it_is_only_synthetic(street: Street, tmp_path: Path) -> None:
    manifest = make(street, tmp_path / "o.mp4", ComposeSettings(in_case=True))
    assert [m.text for m in manifest.marks] == [SYNTHETIC]
    with av.open(str(tmp_path / "o.mp4")) as container:
        assert container.metadata["title"] == SYNTHETIC


def test_clear_pictures_say_so_and_show_heads(street: Street, tmp_path: Path) -> None:
    clear = make(street, tmp_path / "clear.mp4")
    masked = make(street, tmp_path / "masked.mp4", replace(PLAIN, clear=False))
    assert clear.marks[0].text == UNMASKED
    assert clear.reason == "test"
    assert all(m.text != UNMASKED for m in masked.marks)
    o = clear.objects[0]
    k = len(o.times) // 2
    assert not o.masks
    assert len(masked.objects[0].masks[k])
    x1, y1, x2, _ = (int(v) for v in o.boxes[k])
    head = (slice(y1 + 1, y1 + 5), slice(x1 + 3, x2 - 3))
    pair = [list(lumas(tmp_path / f"{n}.mp4"))[o.first + k][head].astype(float) for n in ("clear", "masked")]
    true = picture(round(o.times[k] * 10))[head]
    assert np.abs(pair[0] - true).mean() < 15
    assert np.abs(pair[1] - true).mean() > 25


def test_what_the_plan_leaves_out_is_listed(street: Street, tmp_path: Path) -> None:
    left = street.tubes[1].id
    manifest = make(street, tmp_path / "o.mp4", plan=street.plan(left=left))
    assert [o.id for o in manifest.objects] == [t.id for t in street.tubes if t.id != left]
    (out,) = manifest.left_out
    assert (out.id, out.reason, out.label) == (left, "too long", "person")


def test_two_runs_give_the_same_bytes(street: Street, tmp_path: Path) -> None:
    a, b = (make(street, tmp_path / f"{n}.mp4", ComposeSettings()) for n in "ab")
    assert a.sha256 == b.sha256


def test_an_existing_output_is_kept(street: Street, tmp_path: Path) -> None:
    path = tmp_path / "o.mp4"
    path.write_bytes(b"mine")
    with pytest.raises(OutputError, match=r"o\.mp4"):
        make(street, path)
    assert path.read_bytes() == b"mine"


def test_nothing_to_show_is_the_empty_ground(street: Street, tmp_path: Path) -> None:
    manifest = compose(street.footage, street.bank, (), Plan(10.0, 0, {}), street.store, tmp_path / "o.mp4")
    assert manifest.frames == 1
    assert not manifest.objects


def test_progress_goes_from_nothing_to_all(street: Street, tmp_path: Path) -> None:
    told: list[float] = []
    parts = (street.footage, street.bank, street.tubes, street.plan(), street.store)
    compose(*parts, tmp_path / "o.mp4", progress=told.append)
    assert told[0] == 0
    assert told[-1] == 1
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("fps", "usual", "rate"),
    [
        (30000 / 1001, Fraction(30000, 1001), Fraction(30000, 1001)),
        (12.5, Fraction(25), Fraction(25, 2)),
        (10.0, Fraction(10), Fraction(10)),
    ],
)
def test_the_rate_is_exact(fps: float, usual: Fraction, rate: Fraction) -> None:
    assert exact_rate(fps, usual) == rate
