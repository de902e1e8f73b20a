"""Several recordings of one camera shown as one: times, files, sprites and scenes keep their places."""

from dataclasses import replace

import numpy as np
import pytest

from synopticon.acts.analysis import AnalysisRequest, analysed
from synopticon.store.recording import of_json, to_json
from synopticon.synopsis.merge import Part, alike, grey, merge
from synopticon.values.footage import Clock
from tests.scene import write_scene


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    found = []
    for seed, at in ((1, 1_000_000.0), (2, 1_086_400.0)):
        video = write_scene(folder / f"{seed}.mp4", figures=seed, seed=seed)
        made = analysed(AnalysisRequest((str(video),), model="none", workspace=folder / "ws"), None)
        files = tuple(replace(f, clock=Clock(at, "user", 0.0, "UTC")) for f in made.footage.files)
        footage = replace(made.footage, files=files)
        found.append(Part(footage, made.store.load_bank, made.store.tubes(), made.store))
    return found


def test_times_are_as_far_apart_as_they_were(parts):
    merged = merge(parts[::-1])
    assert [f.offset for f in merged.footage.files] == [0.0, 86_400.0]
    assert merged.footage.start_utc == 1_000_000.0
    for tube in merged.tubes:
        n = int(tube.track.file[0])
        (old,) = [t for t in parts[n].tubes if t.id == tube.id]
        np.testing.assert_allclose(tube.track.times - old.track.times, 86_400.0 * n)
        assert merged.footage.files[n].sha256.startswith(tube.id[:12])
    assert "bank" not in vars(merged)  # a plan waits for no background
    starts = [s.start for s in merged.bank.scenes]
    assert starts == sorted(starts)


def test_sprites_are_read_from_where_they_are(parts):
    merged = merge(parts)
    for tube in merged.tubes:
        n = int(tube.track.file[0])
        (old,) = [t for t in parts[n].tubes if t.id == tube.id]
        for new_ref, old_ref in zip(tube.picture, old.picture, strict=True):
            assert merged.blob("picture", new_ref) == parts[n].store.blob("picture", old_ref)


def test_without_clocks_one_follows_the_other(parts):
    bare = [
        replace(
            p, footage=replace(p.footage, files=tuple(replace(f, clock=Clock()) for f in p.footage.files))
        )
        for p in parts
    ]
    merged = merge(bare)
    assert merged.footage.start_utc is None
    first, second = merged.footage.files
    assert second.offset > first.offset + first.duration


def test_a_recording_without_a_scene_is_shown_on_grey(parts):
    merged = merge([replace(parts[0], bank=lambda: None)])
    (scene,) = merged.bank.scenes
    assert np.ptp(scene.y) == 0
    assert scene.y.shape == (parts[0].footage.height, parts[0].footage.width)
    assert (grey(parts[0].footage).u == 128).all()


def test_pictures_of_two_sizes_stay_apart(parts):
    files = tuple(replace(f, width=640) for f in parts[1].footage.files)
    other = replace(parts[1], footage=replace(parts[1].footage, files=files))
    assert [len(group) for group in alike(parts)] == [2]
    assert [len(group) for group in alike([parts[0], other])] == [1, 1]


def test_a_recording_comes_back_as_it_was_probed(parts):
    for part in parts:
        assert of_json(to_json(part.footage)) == part.footage
    with pytest.raises((ValueError, KeyError, TypeError)):
        of_json(b"{}")
