import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest

from synopticon.measure.synopsis import measure_plan
from synopticon.synopsis.trackfile import read_tracks
from tests.tubesets import area, make_tubes, pair_overlap, random_tubes, walk

SETS = {
    "s50_1h": (1280, 720, 10.0, 36_000),
    "s200_4h": (1280, 720, 10.0, 144_000),
    "s1000_24h": (1280, 720, 10.0, 864_000),
    "PETS_tape1h": (768, 576, 7.0, 25_200),
}


def reference(tubes, starts):
    """The slow, obvious measures."""
    n = len(tubes)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    areas = [area(tubes, i) for i in range(n)]
    new = [pair_overlap(tubes, i, j, int(starts[i]), int(starts[j])) for i, j in pairs]
    wrong = [(tubes.starts[i] - tubes.starts[j]) * (starts[i] - starts[j]) < 0 for i, j in pairs]
    worst = max((v / min(areas[i], areas[j]) for (i, j), v in zip(pairs, new, strict=True)), default=0)
    ends = starts + tubes.lengths
    present = [int(((starts <= t) & (t < ends)).sum()) for t in range(starts.min(), ends.max())]
    return {
        "L": ends.max() - starts.min(),
        "OAnew": sum(new) / sum(areas),
        "CDR": sum(wrong) / max(len(pairs), 1),
        "worst_pair": worst,
        "occ_mean": np.mean(present),
        "occ_max": max(present),
    }


@pytest.mark.parametrize("seed", range(8))
def test_measures_are_those_of_the_slow_reference(seed):
    rng = np.random.default_rng(seed)
    tubes = random_tubes(rng, 15, groups=True)
    starts = rng.integers(5, 80, len(tubes))
    measured = measure_plan(tubes, starts)
    for name, value in reference(tubes, starts).items():
        assert measured[name] == pytest.approx(value, abs=1e-12), name


def test_the_source_itself_has_no_new_overlap_and_no_disorder():
    tubes = random_tubes(np.random.default_rng(3), 20, groups=True)
    measured = measure_plan(tubes, tubes.starts)
    assert measured["OA"] > 0
    assert measured["OAnew"] == measured["CDR"] == measured["badT"] == 0
    assert measured["GRP"] == 1


def test_a_broken_group_shows():
    tubes = make_tubes([walk(0, 9, 0, 0, 0), walk(2, 9, 20, 0, 0)], groups=[3, 3])
    assert measure_plan(tubes, np.array([0, 2]))["GRP"] == 1
    assert measure_plan(tubes, np.array([0, 5]))["GRP"] == 0


def test_tubes_left_out_count_only_for_completeness():
    tubes = make_tubes([walk(0, 9, 0, 0, 0), walk(20, 9, 0, 0, 0)])
    measured = measure_plan(tubes, np.array([4, -1]))
    assert measured["completeness"] == 0.5
    assert measured["L"] == 9
    assert measured["OAnew"] == 0


def test_nothing_shown():
    tubes = make_tubes([walk(0, 9, 0, 0, 0)])
    assert measure_plan(tubes, np.array([-1])) == {"L": 0.0, "completeness": 0.0}


@pytest.fixture(scope="module")
def tools() -> Path:
    return Path(os.environ["SYNOPTICON_FOOTAGE"]).resolve().parent


@pytest.fixture(scope="module")
def judge(tools, tmp_path_factory):
    """The judge's own file; it lies in a folder that may be read-only, so it compiles into another one."""
    spec = importlib.util.spec_from_file_location("judge", tools / "tools" / "synopsis_metrics.py")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("numba.core.config.CACHE_DIR", str(tmp_path_factory.mktemp("judge")))
        spec.loader.exec_module(module)
    return module


@pytest.mark.footage
@pytest.mark.parametrize("name", SETS)
def test_measures_agree_with_the_neutral_judge(name, judge, tools):
    tubes = read_tracks(tools / "tubes" / f"{name}.csv", *SETS[name])
    starts = np.random.default_rng(7).integers(0, 3000, len(tubes))
    measured = measure_plan(tubes, starts)
    for key, value in judge.evaluate(judge.load(tools / "tubes" / f"{name}.npz"), starts).items():
        ours = [measured[f"occ_{x}"] for x in ("mean", "p95", "max")] if key == "occ" else measured[key]
        assert ours == pytest.approx(value, abs=1e-9), key
