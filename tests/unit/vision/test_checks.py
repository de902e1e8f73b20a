"""Whole pictures against the scene: taken once a second, kept, read back."""

import numpy as np

from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.store.analysis import AnalysisStore
from synopticon.vision.background import learn_bank
from synopticon.vision.checks import Checker, Checks
from synopticon.vision.pipeline import AnalysisSettings, analyse, checked
from tests.scene import write_scene


def test_a_recording_whose_camera_stands_still_agrees_with_its_scene(tmp_path):
    footage = probe([write_scene(tmp_path / "scene.mp4", 1, 2.0, 2.0)])
    bank = learn_bank(footage)
    checker = Checker()
    with open_reader(footage, threads=1) as reader:
        for frame in reader:
            checker.see(frame, 0.0, bank.at(frame.time))
    found = checker.build()
    assert found.time.tolist() == list(range(6)), "the first picture of each second"
    assert found.agree.min() > 0.8
    assert 0.8 < np.median(found.fine) < 1.2
    assert np.isnan(found.coarse).all(), "smooth ground: there is nothing to go by"
    assert found.since(3.5).time[0] == 4
    assert len(Checks.join([])) == 0


def test_they_are_kept_with_the_analysis(tmp_path):
    footage = probe([write_scene(tmp_path / "scene.mp4", 1, 2.0, 2.0)])
    store = AnalysisStore(tmp_path / "store")
    for _ in analyse(footage, store, AnalysisSettings(segment=3.0), cut=False):
        pass
    assert checked(store).time.tolist() == list(range(6)), "the first picture of each second"
    empty = AnalysisStore(tmp_path / "older")
    assert len(checked(empty)) == 0
