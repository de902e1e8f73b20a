"""Rules as they are written: each mistake is one line with its place and remedy."""

from datetime import time

import pytest

from synopticon.errors import UsageError
from synopticon.events.catalogue import SHIPPED, defaults, rules
from synopticon.events.rule import Rule
from synopticon.events.rules.line import LineCrossing
from synopticon.events.rules_file import bound, draft_of, read_rules
from synopticon.governance.capability import FOOTAGE
from synopticon.values.area import Area

AREAS = {
    "bay": Area("bay", "cam", "zone", ((0.1, 0.1), (0.4, 0.1), (0.4, 0.4))),
    "door": Area("door", "cam", "line", ((0.5, 0.1), (0.5, 0.9))),
}


def read(path, text):
    path.write_text(text, "utf-8")
    return read_rules(path)


def test_rules_are_read_and_bound_to_a_camera(tmp_path):
    drafts = read(
        tmp_path / "rules.toml",
        """
        [[rule]]
        rule = "line"
        name = "into the yard"
        line = "door"
        direction = "in"
        classes = ["person"]
        hours = "22:00-06:00"
        severity = "high"

        [[rule]]
        rule = "density"
        camera = "other"
        people = 5

        [[rule]]
        rule = "zone"
        zone = [[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]]
        """,
    )
    line, zone = bound(drafts, "gate", AREAS)
    assert line == LineCrossing(
        name="into the yard", line=((0.5, 0.1), (0.5, 0.9)), direction="in", classes=("person",),
        hours=(time(22), time(6)), severity="high",
    )  # fmt: skip
    assert zone.zone == ((0.1, 0.1), (0.9, 0.1), (0.5, 0.9))
    assert [d.kind for d in drafts] == ["line", "density", "zone"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no rules"),
        ("rule = 3", "holds no rules"),
        ("[[rule]]\nname = 'x'", "rule 1: says not which rule it is"),
        ("[[rule]]\nrule = 'lne'", "no rule is called 'lne': try line"),
        ("[[rule]]\nrule = 'weapon'", "no model of weapons is shipped"),
        ("[[rule]", "is no TOML"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_place(tmp_path, text, said):
    with pytest.raises(UsageError, match=said) as error:
        read(tmp_path / "rules.toml", text)
    assert "rules.toml" in str(error.value)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"rule": "zone"}, "zone needs zone: add it"),
        ({"rule": "zone", "zone": []}, "zone is empty: give 3 points"),
        ({"rule": "zone", "zone": [[0.1, 0.1], [0.9, 0.9]]}, "zone is empty"),
        ({"rule": "zone", "zone": [[0.1, 0.1], [0.5, 0.5], [0.9, 0.9]]}, "its corners hold no area"),
        ({"rule": "zone", "zone": [[0, 0], [2, 0], [1, 1]]}, "points must be from 0 to 1"),
        ({"rule": "zone", "zone": "bey"}, "no zone is called so: known are bay"),
        ({"rule": "zone", "zone": "door"}, "no zone is called so"),
        ({"rule": "line", "line": [[0.1, 0.1], [0.1, 0.1]]}, "its points are one"),
        ({"rule": "line", "line": "door", "direction": "up"}, "choose one of in, out, both"),
        ({"rule": "dwell", "classes": ["dog"]}, "no class is called 'dog': known are object, person"),
        ({"rule": "dwell", "seconds": "long"}, "expected a number"),
        ({"rule": "dwell", "seconds": True}, "expected a number"),
        ({"rule": "dwell", "seconds": -1}, "0 or more"),
        ({"rule": "dwell", "seconds": float("nan")}, "0 or more"),
        ({"rule": "density", "people": 1.5}, "whole number"),
        ({"rule": "dwell", "secnds": 3}, "'secnds' is no parameter of dwell: try seconds"),
        ({"rule": "dwell", "hours": "late"}, "write them like '22:00-06:00'"),
        ({"rule": "dwell", "severity": "dire"}, "choose one of low, medium, high"),
    ],
)
def test_each_mistake_has_its_remedy(values, said):
    with pytest.raises(UsageError, match=said) as error:
        draft_of("rules.toml, rule 1", values).bind(AREAS)
    assert str(error.value).startswith("rules.toml, rule 1: ")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="name a file of rules"):
        read_rules(tmp_path / "none.toml")


def test_without_a_camera_no_zone_has_a_name():
    with pytest.raises(UsageError, match="use --camera with a zone drawn"):
        draft_of("rule", {"rule": "zone", "zone": "bay"}).bind({})


def test_twenty_rules_at_one_camera_are_twenty():
    drafts = [draft_of("rule", {"rule": "dwell", "seconds": n}) for n in range(20)]
    assert len(bound(drafts, "gate", AREAS)) == 20


def test_every_rule_explains_itself_and_needs_a_known_permission():
    assert len({rule.kind for rule in SHIPPED}) == len(SHIPPED) == len(rules())
    for rule in SHIPPED:
        assert rule.capability in FOOTAGE
        assert rule.says
        assert rule.__doc__
    assert [r.kind for r in defaults()] == [
        "left-object", "removed-object", "stopped-vehicle", "camera-covered", "camera-moved",
        "camera-blinded", "camera-unfocused",
    ]  # fmt: skip


class Other(Rule):
    kind = "other"
    capability = "event.line"
    says = "a rule that others bring"

    def run(self, scene):
        yield self.event(1.0, 2.0, (0, 0, 1, 1), ())


@pytest.mark.parametrize(("brought", "fails"), [(Other, False), (str, True)])
def test_others_bring_rules_by_an_entry_point(monkeypatch, brought, fails):
    class Entry:
        name, value = "other", "package:Other"

        def load(self):
            return brought

    monkeypatch.setattr("synopticon.events.catalogue.entry_points", lambda group: [Entry()])
    rules.cache_clear()
    try:
        if fails:
            with pytest.raises(UsageError, match="is no Rule"):
                rules()
        else:
            assert isinstance(draft_of("rule", {"rule": "other"}).bind({}), Other)
    finally:
        rules.cache_clear()
