from dataclasses import replace
from xml.etree import ElementTree

from synopticon.synopsis.plot import _ticks, plot_plan
from synopticon.values.plan import Plan
from tests.street import Street

SVG = "{http://www.w3.org/2000/svg}"


def tubes_of(text: str) -> list[dict[str, float]]:
    lines = ElementTree.fromstring(text).findall(f"{SVG}line[@class='t']")
    return [{k: float(line.attrib[k]) for k in ("x1", "x2", "y1", "y2")} for line in lines]


def test_one_line_a_tube_that_goes_right_and_up(street: Street) -> None:
    lines = tubes_of(plot_plan(street.plan(), street.tubes))
    assert len(lines) == 4
    assert all(line["x2"] > line["x1"] and line["y2"] < line["y1"] for line in lines)


def test_lines_keep_their_speed(street: Street) -> None:
    slopes = {
        round((a["y1"] - a["y2"]) / (a["x2"] - a["x1"]), 1)
        for a in tubes_of(plot_plan(street.plan(), street.tubes))
    }
    assert len(slopes) == 1


def test_tracks_will_do_and_what_is_left_out_is_not_drawn(street: Street) -> None:
    plan = street.plan(left=street.tubes[0].id)
    assert len(tubes_of(plot_plan(plan, street.tracks))) == 3


def test_a_name_cannot_break_the_picture(street: Street) -> None:
    track = replace(street.tracks[0], label='<b>&"', id="x")
    ElementTree.fromstring(plot_plan(Plan(10.0, 50, {"x": 0}), [track]))


def test_an_empty_plan_is_an_empty_picture() -> None:
    assert not tubes_of(plot_plan(Plan(10.0, 0, {}), []))


def test_ticks_are_few_for_any_length() -> None:
    for length in (0.5, 3, 60, 3599, 86400, 30 * 86400.0):
        assert len(_ticks(0.0, length)) <= 14
