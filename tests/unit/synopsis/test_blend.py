import numpy as np
from numpy.typing import NDArray

from synopticon.synopsis.blend import OPAQUE, SAME, Planes, blend, fill, join, shade, stamp

H, W = 24, 32


def planes(y: int = 100, u: int = 128, v: int = 128, size: tuple[int, int] = (H, W)) -> Planes:
    half = (size[0] // 2, size[1] // 2)
    return (np.full(size, y, np.uint8), np.full(half, u, np.uint8), np.full(half, v, np.uint8))


def ramp(seed: int, shape: tuple[int, int]) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def slow_blend(
    ground: Planes, own: Planes, alpha: NDArray[np.uint8], corner: tuple[int, int]
) -> list[NDArray[np.float64]]:
    """The plain formula in floating point, for an object wholly inside."""
    x, y = corner
    out = [p.astype(float) for p in ground]
    half = alpha.reshape(alpha.shape[0] // 2, 2, alpha.shape[1] // 2, 2).astype(float).mean(axis=(1, 3))
    for plane, top, cover, s in zip(out, own, (alpha, half, half), (1, 2, 2), strict=True):
        view = plane[y // s : y // s + top.shape[0], x // s : x // s + top.shape[1]]
        view[:] = view + (top.astype(float) - view) * cover / 255
    return out


def test_blending_is_the_plain_formula() -> None:
    ground = (ramp(1, (H, W)), ramp(2, (H // 2, W // 2)), ramp(3, (H // 2, W // 2)))
    own = (ramp(4, (8, 12)), ramp(5, (4, 6)), ramp(6, (4, 6)))
    alpha = ramp(7, (8, 12))
    want = slow_blend(ground, own, alpha, (10, 6))
    blend(ground, own, alpha, (10, 6), OPAQUE, SAME)
    for got, expected in zip(ground, want, strict=True):
        assert np.abs(got.astype(float) - expected).max() <= 1.01


def test_what_is_opaque_is_exact() -> None:
    ground, own = planes(), (ramp(4, (8, 12)), ramp(5, (4, 6)), ramp(6, (4, 6)))
    blend(ground, own, np.full((8, 12), 255, np.uint8), (4, 2), OPAQUE, SAME)
    assert np.array_equal(ground[0][2:10, 4:16], own[0])
    assert np.array_equal(ground[1][1:5, 2:8], own[1])
    assert np.array_equal(ground[2][1:5, 2:8], own[2])


def test_what_is_clear_changes_nothing() -> None:
    ground = planes(77, 90, 200)
    blend(ground, planes(size=(8, 12)), np.zeros((8, 12), np.uint8), (4, 2), OPAQUE, SAME)
    assert all((p == value).all() for p, value in zip(ground, (77, 90, 200), strict=True))


def test_an_object_may_hang_over_every_edge() -> None:
    for corner in [(-6, -4), (W - 4, H - 4), (-100, 0), (0, 500), (W, 0)]:
        ground = planes()
        blend(ground, planes(200, size=(8, 12)), np.full((8, 12), 255, np.uint8), corner, OPAQUE, SAME)
        shade(
            ground, np.full((H // 2, W // 2), 255, np.uint8), np.full((4, 6), 9, np.uint8), corner, OPAQUE, 16
        )
        x, y = corner
        inside = max(0, min(W, x + 12) - max(0, x)) * max(0, min(H, y + 8) - max(0, y))
        assert (ground[0] != 100).sum() == inside


def test_fading_is_between() -> None:
    ground = planes(100)
    blend(ground, planes(200, size=(8, 12)), np.full((8, 12), 255, np.uint8), (0, 0), OPAQUE // 2, SAME)
    assert abs(int(ground[0][0, 0]) - 150) <= 1


def test_tables_change_the_object_only() -> None:
    darker = (SAME // 2).astype(np.uint8)
    ground = planes(100)
    blend(ground, planes(200, size=(8, 12)), np.full((8, 12), 255, np.uint8), (0, 0), OPAQUE, darker)
    assert ground[0][0, 0] == 100
    assert ground[1][0, 0] == 64
    assert ground[0][20, 20] == 100


def test_a_shadow_leaves_a_share_of_the_light() -> None:
    ground = planes(116, 148, 108)
    light = np.full((H // 2, W // 2), 255, np.uint8)
    shade(ground, light, np.full((4, 6), 128, np.uint8), (2, 2), OPAQUE, 16)
    assert abs(int(ground[0][3, 3]) - 66) <= 1
    assert abs(int(ground[1][2, 2]) - 138) <= 1
    assert ground[0][0, 0] == 116
    assert light[1, 1] == 128


def test_two_shadows_are_as_dark_as_the_darker() -> None:
    once, twice = planes(200), planes(200)
    light, other = np.full((H // 2, W // 2), 255, np.uint8), np.full((H // 2, W // 2), 255, np.uint8)
    dark, pale = np.full((4, 6), 100, np.uint8), np.full((4, 6), 180, np.uint8)
    shade(once, light, dark, (0, 0), OPAQUE, 16)
    for shadow in (pale, dark, pale):
        shade(twice, other, shadow, (0, 0), OPAQUE, 16)
    assert np.abs(once[0].astype(int) - twice[0]).max() <= 1


def test_a_stamp_lies_where_it_is_put() -> None:
    ground = planes()
    stamp(ground, planes(235, size=(4, 6)), np.full((4, 6), 255, np.uint8), (10, 8), OPAQUE)
    assert (ground[0][8:12, 10:16] == 235).all()
    assert (ground[0] == 100).sum() == H * W - 24


def test_filling_is_solid_and_clipped() -> None:
    ground = planes(100, 90, 90)
    fill(ground, (-5, 3, 7, 400), 40)
    assert (ground[0][3:, :7] == 40).all()
    assert (ground[0][:3] == 100).all()
    assert (ground[1][1:, :4] == 128).all()


def test_two_halves_of_one_picture_leave_no_seam() -> None:
    back, front = np.full((8, 8), 255, np.uint8), np.zeros((8, 8), np.uint8)
    back[:, 4], back[:, 5], back[:, 6:] = 170, 85, 0
    front[:, 4], front[:, 5], front[:, 6:] = 85, 170, 255
    ground, own = planes(220), planes(40, size=(8, 8))
    seam = back.copy()
    join(seam, front, (0, 0))
    for alpha in (seam, front):
        blend(ground, own, alpha, (8, 8), OPAQUE, SAME)
    assert np.abs(ground[0][8:16, 8:16].astype(int) - 40).max() <= 2
    assert back[0, 4] == 170


def test_joining_reaches_only_where_both_are() -> None:
    back = np.full((8, 8), 100, np.uint8)
    join(back, np.full((4, 4), 128, np.uint8), (6, -2))
    assert (back[:2, 6:] > 190).all()
    assert (back == 100).sum() == 60
