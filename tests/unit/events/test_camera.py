"""The camera itself: composed pictures of known tampering, and what is none."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from synopticon.events.rules.camera import (
    CameraBlinded,
    CameraCovered,
    CameraMoved,
    CameraUnfocused,
    changed_scenes,
)
from synopticon.values.scene import Background, Bank
from synopticon.vision.checks import Checks, compare, look_of, moved_by
from tests.moves import scene

RULES = (CameraCovered(), CameraBlinded(), CameraUnfocused(), CameraMoved())
WIDE, HIGH = 320, 240
_RANDOM = np.random.default_rng(7)


def place(seed=7, colour=140):
    """A textured place, larger than the picture, as float32 luma."""
    rough = np.random.default_rng(seed).normal(0, 1, (HIGH + 80, WIDE + 80))
    texture = 60 * gaussian_filter(rough, 6) * 6 + 25 * gaussian_filter(rough, 1.5) * 1.5
    return (colour + texture).clip(0, 255).astype(np.float32)


PLACE = place()
SCENE = PLACE[40:-40, 40:-40]
# A dark yard: a few marks on bare ground; and headlights on it.
_ROWS, _COLUMNS = np.mgrid[0:HIGH, 0:WIDE]
BARE = np.full((HIGH, WIDE), 45, np.float32)
for _at in ((20, 30), (30, 290), (215, 280)):
    BARE[_at[0] : _at[0] + 12, _at[1] : _at[1] + 20 : 4] = 90
GLOW = np.exp(-(((_ROWS - 120) / 30) ** 2 + ((_COLUMNS - 160) / 80) ** 2)) * (_COLUMNS % 40 < 20)


def noisy(picture):
    return (picture + _RANDOM.normal(0, 2, picture.shape)).clip(0, 255).astype(np.float32)


SEEN = {
    "fine": lambda: SCENE,
    "dusk": lambda: SCENE * 0.35,
    "exposure": lambda: SCENE * 0.6 + 60,
    "noise": lambda: SCENE + _RANDOM.normal(0, 8, SCENE.shape),
    "a bus in front": lambda: np.where(np.arange(WIDE) < 0.4 * WIDE, 90, SCENE),
    "shaken": lambda: PLACE[41:-39, 41:-39],
    "lamps out": lambda: SCENE * 0.05 + 4,
    "in rain": lambda: np.where(_RANDOM.uniform(size=SCENE.shape) < 0.02, SCENE + 120, SCENE),
    "covered": lambda: np.full_like(SCENE, 20),
    "blinded": lambda: np.full_like(SCENE, 245),
    "unfocused": lambda: gaussian_filter(SCENE, 4),
    "moved": lambda: PLACE[:-80, :-80],
    "turned away": lambda: place(3)[40:-40, 40:-40],
    "bare": lambda: BARE,
    "bare, lit": lambda: BARE + 150 * GLOW,
}


def checks(*stretches):
    """A check a second: pairs of what is seen and for how many seconds."""
    return checked(r for what, n in stretches for r in [against(SCENE, what)] * n)


def against(there, what):
    """How a picture of what is seen compares with a scene."""
    return compare(look_of(noisy(SEEN[what]())), look_of(there.astype(np.float32)))


def checked(compared):
    rows = list(compared)
    columns = ([getattr(r, name) for r in rows] for name in ("agree", "fine", "coarse", "level", "like"))
    return Checks(np.arange(len(rows), dtype=np.float64), *(np.array(c, np.float32) for c in columns))


def events(made):
    there = scene(load_checks=lambda: made)
    return [(e.rule, e.start, e.end) for rule in RULES for e in rule.run(there)]


@pytest.mark.parametrize(
    "what", ["fine", "dusk", "exposure", "noise", "a bus in front", "shaken", "lamps out", "in rain"]
)
def test_light_noise_objects_and_shaking_are_none(what):
    assert events(checks(("fine", 5), (what, 30), ("fine", 5))) == []


@pytest.mark.parametrize(
    ("what", "rule"),
    [
        ("covered", "camera-covered"),
        ("blinded", "camera-blinded"),
        ("unfocused", "camera-unfocused"),
        ("moved", "camera-moved"),
        ("turned away", "camera-moved"),
    ],
)
def test_tampering_is_told_apart_and_found_when_the_time_is_up(what, rule):
    assert events(checks(("fine", 20), (what, 30), ("fine", 10))) == [(rule, 30.0, 49.0)]
    assert events(checks(("fine", 20), (what, 6), ("fine", 10))) == [], "for a moment only"


def test_the_reason_holds_what_was_measured():
    (event,) = CameraCovered().run(scene(load_checks=lambda: checks(("fine", 5), ("covered", 30))))
    left, lasted, level = event.reason
    assert left.value < left.limit
    assert lasted.value >= lasted.limit
    assert level.value == pytest.approx(20, abs=2)
    assert event.box == (0, 0, 640, 480)


def learned(*stretches, chroma=150):
    """A bank of scenes: what is seen, until when."""
    scenes, at = [], 0.0
    for what, end in stretches:
        small = SEEN[what]().astype(np.float32)
        u = np.full((HIGH // 2, WIDE // 2), chroma, np.uint8)
        scenes.append(
            Background(at, end, small.astype(np.uint8), u, u, small, np.ones_like(small), small < 0, 1)
        )
        at = end
    return Bank(tuple(scenes))


def test_what_lasts_long_enough_to_become_a_scene_is_found_there():
    bank = learned(("fine", 600), ("covered", 900), ("fine", 1200))
    (found,) = changed_scenes(scene(load_bank=lambda: bank))
    assert found[:3] == (600, 900, "covered")
    bank = learned(("fine", 600), ("moved", 1200))
    assert [f[:3] for f in changed_scenes(scene(load_bank=lambda: bank))] == [(600, 1200, "moved")]
    bank = learned(("fine", 600), ("moved", 700), ("fine", 1200), ("moved", 1300), ("turned away", 1400))
    told_of = [f[:3] for f in changed_scenes(scene(load_bank=lambda: bank))]
    assert told_of == [(600, 700, "moved"), (1300, 1400, "moved")], "where it came back to is no new view"


def test_light_that_became_a_scene_and_went_again_covered_nothing():
    """Headlights over bare ground: what they drew is more texture than the ground ever had."""
    (found,) = changed_scenes(scene(load_bank=lambda: learned(("bare, lit", 100), ("bare", 300))))
    assert found[:3] == (100, 300, "covered"), "who never saw the ground"
    bank = learned(("bare", 100), ("bare, lit", 150), ("bare", 300))
    assert list(changed_scenes(scene(load_bank=lambda: bank))) == []
    bank = learned(("bare", 100), ("bare, lit", 150), ("covered", 300))
    (found,) = changed_scenes(scene(load_bank=lambda: bank))
    assert found[:3] == (150, 300, "covered"), "a cover is found all the same"


def test_a_scene_that_was_learned_blurred_says_nothing():
    """Pictures that are laid over each other wrongly make a scene with less texture than each of them has."""
    bank = learned(("fine", 20), ("unfocused", 50))
    unfocused = SEEN["unfocused"]()
    true = checked([against(SCENE, "fine")] * 20 + [against(unfocused, "unfocused")] * 30)
    (found,) = changed_scenes(scene(load_bank=lambda: bank, load_checks=lambda: true))
    assert found[:3] == (20, 50, "unfocused")
    blurred = checked([against(SCENE, "fine")] * 20 + [against(unfocused, "fine")] * 30)
    assert list(changed_scenes(scene(load_bank=lambda: bank, load_checks=lambda: blurred))) == []


def test_pictures_say_nothing_of_a_scene_that_was_learned_blurred():
    some = checks(("fine", 20), ("unfocused", 30), ("fine", 10))
    assert events(some)
    more = (some.coarse + 1.6).astype(np.float32)
    assert events(Checks.of(some.arrays() | {"coarse": more})) == []


def test_checks_of_older_versions_know_of_no_faint_scene():
    made = checks(("fine", 5), ("lamps out", 30))
    old = {name: column for name, column in made.arrays().items() if name != "like"}
    assert events(made) == []
    assert [e[0] for e in events(Checks.of(old))] == ["camera-covered"], "as they did"


def test_a_scene_that_no_picture_looks_like_says_nothing():
    fine = checks(("fine", 20), ("unfocused", 30), ("fine", 10))
    low = {name: np.minimum(fine.arrays()[name], 0.3).astype(np.float32) for name in ("agree", "fine")}
    assert events(fine)
    assert events(Checks.of(fine.arrays() | low)) == []


def test_dusk_that_comes_scene_by_scene_is_none():
    bank = learned(("fine", 600), ("dusk", 1200), ("fine", 1800))
    assert list(changed_scenes(scene(load_bank=lambda: bank))) == []
    assert list(changed_scenes(scene())) == []


def test_a_shift_is_measured():
    here, there = look_of(PLACE[40:-40, 40:-40]), look_of(PLACE[56:-24, 24:-56])
    dx, dy, agree = moved_by(there.coarse, here.coarse)
    assert (dx, dy) == (4, -4), "in pixels of a quarter of the size"
    assert agree > 0.7
    assert moved_by(look_of(place(3)[40:-40, 40:-40]).coarse, here.coarse)[2] < 0.4
