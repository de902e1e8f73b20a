"""The whole analysis on a made recording: any cut gives the same tracks, and it goes on where it was."""

from itertools import pairwise

import numpy as np
import pytest

from synopticon.footage.probe import probe
from synopticon.store.analysis import AnalysisStore
from synopticon.store.place import Folder
from synopticon.vision.geometry import paired_iou
from synopticon.vision.observations import ObservationsBuilder
from synopticon.vision.pipeline import (
    AnalysisSettings,
    Job,
    analyse,
    gaps_met,
    quick_settings,
    run_here,
    segments,
    split_episodes,
)
from tests import media
from tests.scene import write_scene
from tests.unit.vision.seen import path, watch


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    """Three figures, one after the other, with pauses."""
    return probe([write_scene(tmp_path_factory.mktemp("pipeline") / "scene.mp4", 3, 2.0, 2.0)])


def run(footage, folder, runner=run_here, batch=4, **settings):
    store = AnalysisStore(folder)
    steps = list(analyse(footage, store, AnalysisSettings(**settings), runner, batch=batch))
    return store, steps


@pytest.fixture(scope="module")
def whole(footage, tmp_path_factory):
    """The analysis in one segment."""
    return run(footage, tmp_path_factory.mktemp("whole"), pause=1.0)[0]


def test_every_figure_is_a_tube(whole):
    tubes = whole.tubes()
    tracks, _ = whole.load_tracks()
    assert len(tubes) == len(tracks) == 3
    assert [t.id for t in tubes] == sorted(t.id for t in tracks)
    starts = [t.start for t in tracks]
    assert np.allclose(starts, [2.1, 6.1, 10.1], atol=0.5), starts


@pytest.mark.parametrize(("segment", "batch"), [(3.0, 1), (1.3, 2), (7.1, 4)])
def test_any_cut_gives_the_same_tracks(segment, batch, footage, whole, tmp_path):
    cut, _ = run(footage, tmp_path, batch=batch, segment=segment, pause=1.0)
    ours, theirs = cut.load_tracks(), whole.load_tracks()
    assert [t.id for t in ours[0]] == [t.id for t in theirs[0]]
    for a, b in zip(ours[0], theirs[0], strict=True):
        assert np.array_equal(a.pts, b.pts)
        assert paired_iou(a.boxes, b.boxes).min() > 0.9
    assert len(cut.tubes()) == len(whole.tubes())


def test_results_come_while_the_analysis_runs(footage, tmp_path):
    store = AnalysisStore(tmp_path)
    shown, done, usable = [], [], []
    for step in analyse(footage, store, AnalysisSettings(segment=2.0, pause=1.0), batch=1):
        shown.append(len(store.tubes()))
        done.append(step.done)
        usable.append(step.usable)
        assert step.usable <= step.done
        assert step.total == footage.duration
    assert done == sorted(done)
    assert done[0] == 0.0
    assert done[-1] == usable[-1] == pytest.approx(footage.duration)
    assert usable == sorted(usable)
    assert len(set(usable)) > 3
    assert shown == sorted(shown)
    assert {0, 1, 2, 3} <= set(shown)


def test_a_second_run_does_nothing_again(footage, tmp_path):
    run(footage, tmp_path, segment=4.0, pause=1.0)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*.*") if p.is_file()}

    def idle(task, items):
        assert not items, "what is stored is not made again"
        return iter(())

    store, _ = run(footage, tmp_path, idle, segment=4.0, pause=1.0)
    assert len(store.tubes()) == 3
    assert {p: p.read_bytes() for p in tmp_path.rglob("*.*") if p.is_file()} == before


@pytest.mark.parametrize("broken_at", range(5))
def test_an_analysis_that_breaks_off_ends_the_same(broken_at, footage, whole, tmp_path):
    calls = 0

    def brittle(task, items):
        nonlocal calls
        for found in run_here(task, items):
            if calls == broken_at:
                raise KeyboardInterrupt
            calls += 1
            yield found

    settings = {"segment": 4.0, "pause": 1.0, "batch": 2}
    with pytest.raises(KeyboardInterrupt):
        run(footage, tmp_path, brittle, **settings)
    store, _ = run(footage, tmp_path, **settings)
    assert [t.id for t in store.tubes()] == [t.id for t in whole.tubes()]


def test_segments_tile_the_timeline(footage, tmp_path):
    for length in (0.7, 2.0, footage.duration, 1000.0):
        job = Job(footage, Folder(tmp_path), AnalysisSettings(segment=length))
        got = segments(job)
        assert got[0].start == 0.0
        assert got[-1].end == np.inf
        assert got[-1].start < footage.duration
        assert all(a.end == b.start for a, b in pairwise(got))
        assert len({s.name for s in got}) == len(got)


def test_gaps_that_decoding_meets_are_kept(tmp_path):
    path_ = media.blank(media.write_video(tmp_path / "hurt.mp4", 100, size=(192, 128)), 0.5, 0.7)
    store, _ = run(probe([path_]), tmp_path / "store", segment=1.0)
    gaps = gaps_met(store)
    assert gaps
    assert list(gaps) == sorted(set(gaps), key=lambda g: (g.start, g.end, g.reason))
    assert all(0 <= g.start < g.end <= 4.1 and g.file == 0 for g in gaps)


def test_footage_in_which_nothing_moves_has_no_tubes_and_no_fuss(tmp_path):
    store, steps = run(probe([media.write_video(tmp_path / "one.mp4", 1)]), tmp_path / "store")
    assert store.tubes() == ()
    assert store.load_tracks() == ((), ())
    assert steps[-1].tracks == 0


def test_an_episode_ends_where_nothing_was_seen_for_long():
    walkers = [path((50, 100), (40, 0), begin=1.0, end=3.0), path((50, 100), (40, 0), begin=9.0, end=11.0)]
    seen = watch(walkers, 14.0)
    closed, rest = split_episodes(seen, 4.0, np.inf)
    assert [(round(e.time[0], 1), round(e.time[-1], 1)) for e in closed] == [(1.0, 2.9), (9.0, 10.9)]
    assert not len(rest.item_times())
    closed, rest = split_episodes(seen, 4.0, 14.0)
    assert len(closed) == 1, "the second may go on"
    assert rest.item_times()[0] == pytest.approx(9.0)
    assert len(split_episodes(seen, 7.0, np.inf)[0]) == 1


def test_of_nothing_nothing_is_split():
    closed, rest = split_episodes(ObservationsBuilder().build(), 4.0, np.inf)
    assert closed == []
    assert len(rest) == 0


def test_quick_settings_reach_as_far_as_key_frames_lie_apart():
    quick = quick_settings(AnalysisSettings(), 4.0)
    assert quick.quick
    assert quick.observe.keys_only
    assert quick.tube.keys_only
    assert quick.track.link.max_lost > 2 * 4.0
    assert quick.pause > 2 * 4.0
    assert AnalysisSettings().quick is False
