"""A ground plane: from the picture to metres and how fast something goes, from points or a calibration."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synopticon.errors import UsageError
from synopticon.values.ground import (
    Ground,
    of_calibration,
    of_plain,
    of_points,
    pace,
    pace_alone,
    paced,
    to_plain,
)
from synopticon.values.traits import COLUMNS, Traits

CORNERS = [(0.2, 0.9), (0.8, 0.9), (0.65, 0.4), (0.35, 0.4)]
YARD = [(0.0, 0.0), (6.0, 0.0), (6.0, 20.0), (0.0, 20.0)]
CAMERA = {
    "Geometry": {"width": 640, "height": 480, "dpx": 0.01, "dpy": 0.01},
    "Intrinsic": {"focal": 8.0, "kappa1": 0.004, "cx": 310.0, "cy": 250.0, "sx": 1.02},
    "Extrinsic": {"tx": 500.0, "ty": 1200.0, "tz": 15000.0, "rx": 2.2, "ry": 0.2, "rz": -0.1},
}


def xml(**changed):
    parts = {
        tag: values | {k: v for k, v in changed.items() if k in values} for tag, values in CAMERA.items()
    }
    body = "".join(
        f"<{tag} " + " ".join(f'{k}="{v}"' for k, v in values.items()) + "/>" for tag, values in parts.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><Camera name="c">{body}</Camera>'.encode()


def seen_by_tsai(x, y):
    """Slow and obvious: a place of the plane z = 0 (millimetres) to the picture 0..1, step by step."""
    e, i, g = CAMERA["Extrinsic"], CAMERA["Intrinsic"], CAMERA["Geometry"]
    point = np.array([x, y, 0.0])
    for axis, angle in ((0, e["rx"]), (1, e["ry"]), (2, e["rz"])):
        a, b = [(1, 2), (2, 0), (0, 1)][axis]
        turned = point.copy()
        turned[a] = np.cos(angle) * point[a] - np.sin(angle) * point[b]
        turned[b] = np.sin(angle) * point[a] + np.cos(angle) * point[b]
        point = turned
    point += np.array([e["tx"], e["ty"], e["tz"]])
    assert point[2] > 0
    flat = i["focal"] * point[:2] / point[2]
    bent = flat.copy()
    for _ in range(60):  # undistorted = bent * (1 + kappa1 * r^2)
        bent = flat / (1 + i["kappa1"] * float(bent @ bent))
    return (
        (bent[0] * i["sx"] / g["dpx"] + i["cx"]) / g["width"],
        (bent[1] / g["dpy"] + i["cy"]) / g["height"],
    )


def along(start, speed, dwell, ground_to_picture):
    """The path of something that goes straight on the ground, ``speed`` (x, y) metres a second."""
    places = [ground_to_picture(np.add(start, np.multiply(speed, dwell * k / 15))) for k in range(16)]
    return np.rint(np.array(places) * 65535).astype(np.uint16)


def picture_of(ground):
    inverse = np.linalg.inv(np.reshape(ground.matrix, (3, 3)))

    def seen(place):
        x, y, w = inverse @ (*place, 1.0)
        return x / w, y / w

    return seen


def test_the_points_lie_where_they_were_measured():
    assert of_points(CORNERS, YARD).metres(CORNERS) == pytest.approx(np.array(YARD), abs=1e-6)


def test_one_place_and_many_keep_their_shape():
    ground = of_points(CORNERS, YARD)
    assert ground.metres(CORNERS[0]).shape == (2,)
    assert ground.metres(np.full((3, 16, 2), 0.5)).shape == (3, 16, 2)


def test_more_points_are_fitted():
    ground = of_points(CORNERS, YARD)
    more = [*CORNERS, (0.5, 0.6), (0.45, 0.8)]
    there = ground.metres(more) + np.random.default_rng(0).normal(0, 0.02, (6, 2))
    assert of_points(more, there.tolist()).metres(more) == pytest.approx(there, abs=0.2)


def test_above_the_horizon_is_nowhere():
    ground = of_points(CORNERS, YARD)
    assert np.isnan(ground.metres([(0.5, -0.2)])).all()
    assert np.isfinite(ground.metres([(0.5, 0.39)])).all()


@given(st.lists(st.tuples(st.floats(-5000, 5000), st.floats(-3000, 6000)), min_size=1, max_size=8))
def test_a_calibration_finds_back_what_the_camera_projects(places):
    ground = of_calibration(xml(), "c.xml")
    seen = [seen_by_tsai(*place) for place in places]
    assert ground.metres(seen) == pytest.approx(np.array(places) / 1000, abs=2e-3)


def test_the_unit_of_a_calibration():
    seen = [seen_by_tsai(900.0, 300.0)]
    assert of_calibration(xml(), "c.xml", unit=0.01).metres(seen) == pytest.approx(
        np.array([(9.0, 3.0)]), abs=1e-2
    )


def test_a_ground_is_kept_as_json():
    for ground in (of_points(CORNERS, YARD), of_calibration(xml(), "c.xml")):
        assert of_plain(json.loads(json.dumps(to_plain(ground)))) == ground


@pytest.mark.parametrize(
    "plain",
    [{}, {"matrix": [1] * 8, "bend": 0, "centre": [0, 0], "spread": [1, 1]}, {"matrix": "abcdefghi"},
     {"matrix": [float("nan")] * 9, "bend": 0, "centre": [0, 0], "spread": [1, 1]}],
)  # fmt: skip
def test_what_is_no_ground_is_refused(plain):
    with pytest.raises(UsageError, match="no ground plane"):
        of_plain(plain)


@pytest.mark.parametrize(
    ("picture", "metres", "why"),
    [
        (CORNERS[:3], YARD[:3], "four points or more"),
        (CORNERS, YARD[:3], "4 points in the picture and 3 in metres"),
        (
            [(0.1, 0.1), (0.2, 0.2), (0.3, 0.3), (0.9, 0.1)],
            YARD,
            "three of the four .* in the picture",
        ),
        (CORNERS, [(0, 0), (1, 0), (2, 0), (0, 5)], "three of the four .* in metres"),
        ([(0.1, 0.1), (0.2, 0.2), (0.3, 0.3), (0.9, 0.9)], YARD, "on one line in the picture"),
        ([(0.5, 0.5)] * 4, YARD, "on one line in the picture"),
        ([CORNERS[k] for k in (0, 2, 1, 3)], YARD, "both sides of the horizon"),
        ([(0.1, "x"), *CORNERS[1:]], YARD, "two numbers"),
        ([(0.1, float("inf")), *CORNERS[1:]], YARD, "two numbers"),
    ],
)
def test_points_that_fix_no_plane_are_refused(picture, metres, why):
    with pytest.raises(UsageError, match=why):
        of_points(picture, metres)


ENTITIES = b'<!DOCTYPE a [<!ENTITY b "bbbb">]><Camera><Geometry width="&b;"/></Camera>'


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"not xml", "no calibration"),
        (b"<Camera><Geometry width='1' height='1' dpx='1' dpy='1'/></Camera>", "no calibration .*Intrinsic"),
        (ENTITIES, "declares a document type"),
        (ENTITIES.decode().encode("utf-16"), "declares a document type"),
        (xml() + b" " * 70000, "no calibration .*bytes"),
        (xml(focal="x"), "no calibration"),
        (xml(focal=0), "above 0"),
        (xml(tz="nan"), "above 0"),
        (xml(tz=-15000.0, rx=0.1), "behind the camera"),
        (xml(rx=np.pi / 2, ry=0, rz=0, ty=0), "along its ground"),
    ],
)
def test_a_file_that_is_no_calibration_is_refused(data, why):
    with pytest.raises(UsageError, match=f"c.xml: .*{why}"):
        of_calibration(data, "c.xml")


@given(st.floats(-0.3, 0.3), st.floats(0.3, 2), st.floats(2, 8))
def test_a_straight_walk_has_its_speed(across, away, dwell):
    ground = of_points(CORNERS, YARD)
    path = along((3.0, 1.0), (across, away), dwell, picture_of(ground))
    speed, error = pace(path[None], [dwell], ground, [0.2])
    assert speed[0] == pytest.approx(np.hypot(across, away), rel=0.01)
    assert 0 < error[0] < 1.0


def test_many_paths_at_once_are_as_each_alone():
    ground = of_points(CORNERS, YARD)
    seen = picture_of(ground)
    paths = np.stack([along((3, 1), (0, v), 5.0, seen) for v in (0.5, 1.5)])
    speed, error = pace(paths, np.array([5.0, 5.0]), ground, np.array([0.3, 0.1]))
    for k, height in enumerate((0.3, 0.1)):
        assert [speed[k], error[k]] == pytest.approx(
            [float(c[0]) for c in pace(paths[k], 5.0, ground, height)]
        )
    assert pace_alone(paths, np.array([5.0, 5.0]), ground).tolist() == speed.tolist()


def test_the_error_grows_with_distance_and_covers_the_jitter_of_boxes():
    ground = of_points(CORNERS, YARD)
    seen, rng = picture_of(ground), np.random.default_rng(1)
    errors = []
    for start in ((3.0, 1.0), (3.0, 14.0)):
        path = along(start, (0.2, 0.0), 15.0, seen).astype(np.float64)
        noisy = path + rng.normal(0, 0.005 * 65535, (400, *path.shape))
        speed, error = pace(np.clip(np.rint(noisy), 0, 65535).astype(np.uint16), 15.0, ground)
        assert np.mean(np.abs(speed - 0.2) <= 2 * error) >= 0.9
        errors.append(float(np.median(error)))
    assert errors[1] > 2 * errors[0]


def test_no_time_and_no_ground_are_no_speed():
    ground = of_points(CORNERS, YARD)
    path = along((3, 1), (0, 1), 2.0, picture_of(ground))
    assert np.isnan(pace(path, 0.0, ground)[0][0])
    sky = np.zeros((1, 16, 2), np.uint16)  # the horizon of this camera crosses its picture
    steep = Ground((10.0, 0, 0, 0, 10.0, 0, 0, 5.0, -1.0))
    assert np.isnan([c[0] for c in pace(sky, 2.0, steep)]).all()


def test_who_stands_has_no_speed_beyond_its_error():
    ground = Ground((10.0, 0, 0, 0, 10.0, 0, 0, 0, 1.0))
    speed, error = pace(np.full((1, 16, 2), 30000, np.uint16), 10.0, ground)
    assert speed[0] == 0 < error[0]


def test_the_rows_of_a_camera_get_their_speeds():
    ground = of_points(CORNERS, YARD)
    columns = {name: np.zeros((2, *shape), kind) for name, (kind, shape) in COLUMNS.items()}
    seen = picture_of(ground)
    columns |= {
        "path": np.stack([along((3, 1), (0, v), 5.0, seen) for v in (0.5, 1.5)]),
        "dwell": np.full(2, 5.0, np.float32),
    }
    found = paced(Traits(("gate",), ("f",), **columns), ground)
    assert found.pace == pytest.approx([0.5, 1.5], rel=0.02)
    assert found.pace.dtype == found.pace_error.dtype == np.float32
    assert (found.pace_error > 0).all()
    assert len(paced(Traits.empty(), ground)) == 0
