"""Tubes hold the true pixels of their objects, nobody else's, and no head."""

from dataclasses import dataclass, replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from synopticon.errors import StoreError
from synopticon.footage.encode import VideoWriter, read_sprites
from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.store.analysis import AnalysisStore
from synopticon.values.scene import Background, Bank
from synopticon.values.track import Track
from synopticon.vision.mask import head_zones, plate_zones
from synopticon.vision.roll import GREY, PALER
from synopticon.vision.tube import cut_tubes, sprites

WIDTH, HEIGHT, COUNT, FPS = 160, 120, 24, 12
BODY = (26, 66)
CAR = (76, 54)


def ground():
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    return (130 + 12 * np.sin(columns / 9) + 10 * np.sin(rows / 13)).astype(np.uint8)


def texture(seed, size):
    rough = np.random.default_rng(seed).integers(20, 90, (11, 5)).astype(np.float32)
    return cv2.resize(rough, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8)


@dataclass(frozen=True)
class Actor:
    """A textured body that walks from ``a`` to ``b`` in every frame; later actors hide earlier ones."""

    a: tuple[int, int]
    b: tuple[int, int]
    seed: int
    label: str = "person"
    looks: tuple[int, int] | None = None  # constant luma and V instead of a texture
    body: tuple[int, int] = BODY

    def corner(self, n):
        return tuple(round(p + (q - p) * n / (COUNT - 1)) for p, q in zip(self.a, self.b, strict=True))

    def draw(self, y, v, n):
        left, top = self.corner(n)
        wide, high = self.body
        y[top : top + high, left : left + wide] = (
            texture(self.seed, self.body) if self.looks is None else self.looks[0]
        )
        if self.looks:
            v[top // 2 : (top + high) // 2, left // 2 : (left + wide) // 2] = self.looks[1]


@dataclass(frozen=True)
class Play:
    """Actors on film: the footage, its background, the actors' tracks, and the pictures themselves."""

    footage: object
    bank: Bank
    tracks: list[Track]
    pictures: list[np.ndarray]

    def cut(self, folder, parts=((0.0, 1e9),), tracks=None):
        store = AnalysisStore(folder)
        chosen = self.tracks if tracks is None else tracks
        store.save_tracks(chosen)
        for i, (start, end) in enumerate(parts):
            store.save_tubes(cut_tubes(self.footage, self.bank, chosen, start, end, part=f"p{i}"))
        return store


def play(folder, *actors, sign=None):
    """Film it; ``sign`` (x1, y1, x2, y2) is a bright board in front of everything."""
    half = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    empty = ground()
    if sign:
        empty[sign[1] : sign[3], sign[0] : sign[2]] = 230
    pictures = []
    with VideoWriter(folder / "play.mp4", WIDTH, HEIGHT, Fraction(FPS), crf=6) as writer:
        for n in range(COUNT):
            y, v = ground(), half.copy()
            for actor in actors:
                actor.draw(y, v, n)
            if sign:
                y[sign[1] : sign[3], sign[0] : sign[2]] = 230
            pictures.append(y)
            writer.write(y, half, v)
    footage = probe([folder / "play.mp4"])
    with open_reader(footage) as reader:
        stamps = [(f.pts, f.time) for f in reader]
    small = empty[::2, ::2].astype(np.float32)
    scene = Background(0, 1e9, empty, half, half, small, small * 0 + 1.5, small < 0, 2)
    return Play(footage, Bank((scene,)), [_track(a, i, stamps) for i, a in enumerate(actors)], pictures)


def _track(actor, i, stamps):
    corners = np.array([actor.corner(n) for n in range(COUNT)], np.float32)
    return Track(
        f"aa-{i}-0",
        actor.label,
        1.0,
        np.zeros(COUNT, np.int32),
        np.array([p for p, _ in stamps]),
        np.array([t for _, t in stamps]),
        np.hstack([corners, corners + np.array(actor.body, np.float32)]),
        np.ones(COUNT, np.bool_),
    )


def on_scene(sprite, plane):
    """A plane of a sprite laid on an empty scene."""
    scene = np.zeros((HEIGHT + 200, WIDTH + 200), np.uint8)
    top, left = sprite.y0 + 100, sprite.x + 100
    scene[top : top + plane.shape[0], left : left + plane.shape[1]] = plane
    return scene[100 : 100 + HEIGHT, 100 : 100 + WIDTH]


def psnr(a, b):
    error = np.mean((a.astype(float) - b) ** 2)
    return 10 * np.log10(255**2 / max(error, 1e-3))


@pytest.fixture(scope="module")
def walker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("walker")
    made = play(folder, Actor((8, 20), (120, 40), 5))
    store = made.cut(folder / "store")
    return made, store, store.tubes()[0]


def test_the_clear_picture_is_true_inside_the_eroded_mask(walker):
    made, store, tube = walker
    for k, sprite in enumerate(sprites(tube, store, clear=True)):
        inside = cv2.erode((sprite.alpha > 250).astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0)
        where = on_scene(sprite, inside) > 0
        assert where.sum() > 0.7 * BODY[0] * BODY[1]
        assert psnr(on_scene(sprite, sprite.y)[where], made.pictures[k][where]) > 29


@pytest.mark.parametrize("only", [[0], [3, 7, 20], [COUNT - 1], []])
def test_single_sprites_are_those_of_the_whole(walker, only):
    _, store, tube = walker
    whole = list(sprites(tube, store))
    chosen = list(sprites(tube, store, only=only))
    assert len(chosen) == len(only)
    for k, sprite in zip(only, chosen, strict=True):
        assert (sprite.x, sprite.y0) == (whole[k].x, whole[k].y0)
        for name in ("y", "u", "v", "alpha", "shadow"):
            np.testing.assert_array_equal(getattr(sprite, name), getattr(whole[k], name))


def test_alpha_covers_the_body_and_little_else(walker):
    made, store, tube = walker
    for k, sprite in enumerate(sprites(tube, store)):
        x1, y1, x2, y2 = (int(c) for c in made.tracks[0].boxes[k])
        alpha = on_scene(sprite, sprite.alpha)
        assert (alpha[y1 + 2 : y2 - 2, x1 + 2 : x2 - 2] > 200).mean() > 0.95
        around = alpha.copy()
        around[max(y1 - 6, 0) : y2 + 6, max(x1 - 6, 0) : x2 + 6] = 0
        assert around.max() < 16


def test_there_is_one_sprite_for_each_box_from_any_first_one_on(walker):
    _, store, tube = walker
    whole = list(sprites(tube, store, clear=True))
    assert len(whole) == COUNT
    for first in (1, COUNT - 1, COUNT):
        rest = list(sprites(tube, store, clear=True, first=first))
        assert len(rest) == COUNT - first
        for a, b in zip(whole[first:], rest, strict=True):
            assert (a.x, a.y0) == (b.x, b.y0)
            np.testing.assert_array_equal(a.y, b.y)


def test_what_is_stored_masked_holds_nothing_of_the_head(walker):
    """The stored picture itself, before anything is laid over it: one flat colour in the zone."""
    made, store, tube = walker
    (ref,) = tube.picture
    for k, (y, u, v) in enumerate(read_sprites(store.blob("picture", ref))):
        height = y.shape[0] * 2 // 3
        ((x1, y1, x2, y2),) = head_zones(made.tracks[0], k) - np.tile(tube.origins[k], 2)
        rows, columns = slice(max(int(y1), 0), int(y2) - 2), slice(max(int(x1), 0), int(x2))
        assert np.ptp(y[:height][rows, columns]) <= 14  # the flat colour, and ringing of the codec
        assert np.ptp(u[: height // 2][rows.start // 2 : rows.stop // 2]) <= 8
        assert np.ptp(v[: height // 2][rows.start // 2 : rows.stop // 2]) <= 8


def test_the_masked_sprite_has_one_colour_where_the_head_is_made_of_what_is_below(walker):
    made, store, tube = walker
    for k, sprite in enumerate(sprites(tube, store)):
        x1, y1, x2, _ = (int(c) for c in made.tracks[0].boxes[k])
        head = on_scene(sprite, sprite.y)[max(y1, 0) : y1 + 11, x1 + 2 : x2 - 2]
        assert np.ptp(head) == 0
        below = made.pictures[k][y1 + 15 : y1 + 32, x1 + 2 : x2 - 2].mean()
        assert head[0, 0] == pytest.approx(below + PALER * (GREY - below), abs=8)
        legs = on_scene(sprite, sprite.y)[y1 + 30 : y1 + 60, x1 + 3 : x2 - 3]
        assert np.std(legs) > 8


def test_it_costs_little_and_comes_out_the_same_each_time(walker, tmp_path):
    made, store, tube = walker
    again = made.cut(tmp_path)
    for kind in ("picture", "clear"):
        for a, b in zip(getattr(tube, kind), getattr(again.tubes()[0], kind), strict=True):
            assert store.blob(kind, a) == again.blob(kind, b)
    decoded = sum(int((s.alpha > 0).sum()) for s in sprites(tube, store))
    assert decoded == pytest.approx(tube.pixels, rel=0.08)
    bits = 8 * sum(r.length for r in (*tube.picture, *tube.clear))
    assert bits / tube.pixels < 1.2


def test_parts_make_the_same_tube(walker, tmp_path):
    made, store, tube = walker
    (parted,) = made.cut(tmp_path, ((0.0, 0.61), (0.61, 1.2), (1.2, 9.0))).tubes()
    assert [r.count for r in parted.picture] == [8, 7, 9]
    np.testing.assert_array_equal(parted.origins, tube.origins)
    for a, b in zip(sprites(tube, store), sprites(parted, AnalysisStore(tmp_path)), strict=True):
        inside, other = a.alpha > 127, b.alpha > 127
        assert (inside & other).sum() / (inside | other).sum() > 0.93


def test_a_nearer_object_keeps_its_pixels_and_the_farther_does_not_get_them(tmp_path):
    far, near = Actor((10, 8), (120, 8), 1), Actor((120, 30), (10, 30), 2)
    made = play(tmp_path, far, near)
    store = made.cut(tmp_path / "store")
    behind, front = store.tubes()
    for k, (a, b) in enumerate(zip(sprites(behind, store), sprites(front, store), strict=True)):
        x1, y1, x2, y2 = (int(c) for c in made.tracks[1].boxes[k])
        body = (slice(y1 + 4, y2 - 2), slice(x1 + 2, x2 - 2))
        assert (on_scene(b, b.alpha)[body] > 200).mean() > 0.85
        assert (on_scene(a, a.alpha)[body] > 127).mean() < 0.12


def test_the_head_of_a_nearer_neighbour_is_hidden_too(tmp_path):
    """Two stand side by side and overlap: no sprite of either, as stored, shows the other's head."""
    made = play(tmp_path, Actor((40, 20), (60, 20), 1), Actor((56, 26), (76, 26), 2))
    store = made.cut(tmp_path / "store")
    left, right = store.tubes()
    for k, sprite in enumerate(sprites(left, store)):
        x1, y1, x2, _ = (int(c) for c in made.tracks[1].boxes[k])
        seen = on_scene(sprite, sprite.alpha) > 20
        head = np.zeros((HEIGHT, WIDTH), bool)
        head[y1 : y1 + 11, x1:x2] = True
        shown = on_scene(sprite, sprite.y)[seen & head]
        assert not len(shown) or np.ptp(shown) == 0
    assert right.clear


def test_a_neighbours_head_zone_is_not_filled_where_the_neighbour_is_not(tmp_path):
    """The box of the nearer one is far too wide: the legs of the one beside it stay visible."""
    made = play(tmp_path, Actor((40, 4), (60, 4), 1), Actor((84, 48), (104, 48), 2))
    wide = made.tracks[1].boxes + np.array([-30, 0, 0, 0], np.float32)
    tracks = [made.tracks[0], replace(made.tracks[1], boxes=wide)]
    store = made.cut(tmp_path / "store", tracks=tracks)
    behind, front = store.tubes()
    for k, sprite in enumerate(sprites(behind, store)):
        x1, y1, _, _ = (int(c) for c in made.tracks[0].boxes[k])
        legs = (slice(y1 + 46, y1 + 64), slice(x1 + 2, x1 + 14))
        assert (on_scene(sprite, sprite.alpha)[legs] > 200).mean() > 0.9
        assert psnr(on_scene(sprite, sprite.y)[legs], made.pictures[k][legs]) > 25
    for k, sprite in enumerate(sprites(front, store)):
        x1, y1, x2, _ = (int(c) for c in made.tracks[1].boxes[k])
        assert np.ptp(on_scene(sprite, sprite.y)[y1 : y1 + 11, x1 + 2 : x2 - 2]) == 0


def test_a_sign_in_front_stays_in_front(tmp_path):
    """Where the box was only interpolated because a board hides the walker, nothing is invented."""
    sign = (60, 20, 110, 100)
    made = play(tmp_path, Actor((4, 26), (130, 26), 3), sign=sign)
    track = made.tracks[0]
    inside = (track.boxes[:, 0] >= 60) & (track.boxes[:, 2] <= 110)
    assert inside.any()
    store = made.cut(tmp_path / "store", tracks=[replace(track, observed=~inside)])
    (tube,) = store.tubes()
    for k, sprite in enumerate(sprites(tube, store)):
        if inside[k]:
            assert (on_scene(sprite, sprite.alpha)[22:98, 62:108] > 60).mean() < 0.02


def test_an_object_that_looks_like_the_ground_is_not_invisible(tmp_path):
    made = play(tmp_path, Actor((40, 30), (60, 30), 0, looks=(131, 128)))
    scene = made.bank.scenes[0]
    plain = replace(scene, y=np.full_like(scene.y, 131), small=np.full_like(scene.small, 131))
    store = Play(made.footage, Bank((plain,)), made.tracks, []).cut(tmp_path / "store")
    (tube,) = store.tubes()
    for k, sprite in enumerate(sprites(tube, store)):
        x1, y1, x2, y2 = (int(c) for c in made.tracks[0].boxes[k])
        middle = on_scene(sprite, sprite.alpha)[y1 + 10 : y2 - 10, x1 + 6 : x2 - 6]
        assert middle.mean() > 100


def test_vehicles_too_small_to_show_a_plate_have_no_clear_patches(tmp_path):
    store = play(tmp_path, Actor((8, 20), (120, 40), 5, label="car")).cut(tmp_path / "store")
    (tube,) = store.tubes()
    assert tube.clear == ()
    assert tube.clear_canvas == (0, 0)
    a, b = (next(iter(sprites(tube, store, clear=c))) for c in (False, True))
    np.testing.assert_array_equal(a.y, b.y)


def test_the_plate_of_a_vehicle_is_hidden_and_shown_by_the_clear_patches(tmp_path):
    made = play(tmp_path, Actor((8, 20), (60, 40), 5, label="car", body=CAR))
    store = made.cut(tmp_path / "store")
    (tube,) = store.tubes()
    assert tube.clear
    pairs = zip(*(sprites(tube, store, clear=c) for c in (False, True)), strict=True)
    for k, (masked, clear) in enumerate(pairs):
        ((x1, y1, x2, _),) = plate_zones(made.tracks[0], k).round().astype(int)
        bottom = int(made.tracks[0].boxes[k, 3])
        plate = (slice(y1 + 4, bottom - 2), slice(x1 + 4, x2 - 4))
        roof = (slice(bottom - CAR[1] + 4, y1 - 4), slice(x1, x2))
        assert np.ptp(on_scene(masked, masked.y)[plate]) == 0
        assert psnr(on_scene(clear, clear.y)[plate], made.pictures[k][plate]) > 26
        for shown in (masked, clear):
            assert psnr(on_scene(shown, shown.y)[roof], made.pictures[k][roof]) > 26


def test_samples_without_a_frame_become_empty_sprites(tmp_path):
    made = play(tmp_path, Actor((8, 20), (120, 40), 5))
    pts = made.tracks[0].pts.copy()
    pts[[0, 7, 8, COUNT - 1]] += 1  # no frame has these
    store = made.cut(tmp_path / "store", tracks=[replace(made.tracks[0], pts=pts)])
    (tube,) = store.tubes()
    seen = [bool(s.alpha.any()) for s in sprites(tube, store, clear=True)]
    assert [k for k, s in enumerate(seen) if not s] == [0, 7, 8, COUNT - 1]


def test_an_object_that_leaves_the_picture_is_cut_at_its_border(tmp_path):
    made = play(tmp_path, Actor((8, 20), (120, 40), 5))
    boxes = made.tracks[0].boxes - np.array([150, 0, 150, 0], np.float32)
    store = made.cut(tmp_path / "store", tracks=[replace(made.tracks[0], boxes=boxes)])
    (tube,) = store.tubes()
    for sprite in sprites(tube, store):
        outside = max(0, -sprite.x)
        assert not sprite.alpha[:, : max(outside - 3, 0)].any()


def test_damaged_sprites_raise_an_error_with_the_remedy(walker, tmp_path):
    made, _, _ = walker
    store = made.cut(tmp_path)
    (tube,) = store.tubes()
    path = next(tmp_path.rglob("*.picture"))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(StoreError, match="delete"):
        list(sprites(tube, store))


def test_who_watches_is_shown_each_frame_with_the_samples_in_it(tmp_path):
    made = play(tmp_path, Actor((10, 30), (100, 30), 1), Actor((100, 40), (20, 40), 2))
    seen = []

    class Watch:
        def see(self, frame, here):
            seen.append((frame.pts, [(t.id, int(t.pts[k])) for t, k in here]))

    cut_tubes(made.footage, made.bank, made.tracks, 0, np.inf, part="p", watch=Watch())
    assert len(seen) == COUNT
    assert all(len(here) == 2 and {p for _, p in here} == {pts} for pts, here in seen)
