"""Names of cameras, zones and lines: what can be asked for, and what sorts nobody."""

import pytest

from synopticon.acts.cameras import add_camera, list_cameras, set_camera
from synopticon.acts.workspace import open_workspace
from synopticon.acts.zones import draw, list_areas
from synopticon.errors import RefusedError, UsageError
from synopticon.search.query import parse, text_of
from synopticon.search.sensitive import RULE
from synopticon.store.cameras import Camera

WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
NO_NAMES = ["", "  ", "a:b", "a,b", 'a"b', "a\nb", "a\0b", "a\u200bb", "x" * 101, "\x1b[31mred"]


@pytest.fixture
def workspace(tmp_path):
    with open_workspace(tmp_path / "ws") as opened:
        yield opened


@pytest.mark.parametrize("name", NO_NAMES)
def test_a_camera_or_zone_that_could_not_be_asked_for_is_not_made(workspace, name):
    add_camera(workspace, "gate")
    with pytest.raises(UsageError, match="is no name: use up to 100"):
        add_camera(workspace, name)
    with pytest.raises(UsageError, match="is no name: use up to 100"):
        set_camera(workspace, "gate", name=name)
    with pytest.raises(UsageError, match="is no name: use up to 100"):
        draw(workspace, "gate", name, "zone", WHOLE)
    assert [c.name for c in list_cameras(workspace)] == ["gate"]


def test_every_name_that_is_taken_can_be_asked_for(workspace):
    for name in ("north gate", "a|b", "caméra 2", "o'clock", "back\\slash", "<b>", "x" * 100):
        made = add_camera(workspace, f" {name} ")
        assert made.name == name
        query = parse(text_of(parse(f'camera:"{name}"'.replace("\\", "\\\\"))), {"camera": [name]})
        assert query.terms[0].values == (name,)


def test_names_that_sort_persons_are_refused_and_logged(workspace):
    camera = add_camera(workspace, "gate")
    for capability, make in (
        ("camera.add", lambda: add_camera(workspace, "women")),
        ("camera.set", lambda: set_camera(workspace, "gate", name="black man")),
        ("camera.zones", lambda: draw(workspace, "gate", "gypsies", "zone", WHOLE)),
        ("camera.zones", lambda: draw(workspace, "gate", "men", "line", WHOLE)),
    ):
        with pytest.raises(RefusedError) as refused:
            make()
        assert refused.value.rule == RULE
        entry = list(workspace.log.entries())[-1]
        assert (entry.header.kind, entry.header.capability) == ("refusal", capability)
        assert entry.payload["rule"] == RULE
    assert [c.name for c in list_cameras(workspace)] == [camera.name]
    assert list_areas(workspace) == ()


def test_places_may_say_for_whom_they_are(workspace):
    add_camera(workspace, "mosque gate")
    draw(workspace, "mosque gate", "women's shop entrance", "zone", WHOLE)
    assert [a.name for a in list_areas(workspace)] == ["women's shop entrance"]


def test_a_camera_keeps_the_name_that_it_has(workspace):
    for name in ("a:b", "men"):
        workspace.cameras.add(Camera(f"cam-{name}", name, "", "", "", None, "", workspace.clock()))
        assert set_camera(workspace, name, place="yard").place == "yard"
    assert parse('camera:"a:b"', {"camera": ["a:b"]}).terms
