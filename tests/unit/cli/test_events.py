"""Events, trials and evaluations as people type them, with the published schemas."""

import json

import pytest

from synopticon.acts.workspace import open_workspace
from synopticon.cli.main import main
from tests.scene import write_scene
from tests.unit.cli.test_reports import check

RULES = """
[[rule]]
rule = "line"
name = "past the middle"
line = "door"
[[rule]]
rule = "zone"
zone = [[0.7, 0], [1, 0], [1, 1], [0.7, 1]]
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A workspace with a camera past which three figures walk from left to right."""
    folder = tmp_path_factory.mktemp("events")
    place = ("--workspace", str(folder / "ws"))
    video = write_scene(folder / "door_20261120T170000Z.mp4", figures=3)
    main(["camera", "add", "door", "--zone", "Europe/Paris", *place])
    main(["ingest", str(video), "--camera", "door", "--model", "none", *place])
    main(["zones", "draw", "door", "--camera", "door", "--line", "--points", "0.5,0 0.5,1", *place])
    return folder, place


@pytest.fixture
def answer(capfd, here):
    def run(*arguments: object, code: int = 0):
        assert main([*map(str, arguments), *here[1]]) == code, capfd.readouterr().err
        return capfd.readouterr()

    return run


def lines(said):
    return [check("events", line) for line in said.out.splitlines()]


@pytest.fixture
def rules(here):
    path = here[0] / "rules.toml"
    path.write_text(RULES, "utf-8")
    return path


def test_rules_find_what_crossed_and_the_log_says_so(answer, here, rules):
    found = lines(answer("events", "--camera", "door", "--rules", rules, "--json"))
    crossed = [e for e in found if e["rule"] == "line"]
    assert len(crossed) == len([e for e in found if e["rule"] == "zone"]) == 3
    assert {e["name"] for e in crossed} == {"past the middle"}
    assert {r["what"] for e in crossed for r in e["reason"]} == {"crossed outward"}
    assert crossed[0]["start_utc"].startswith("2026-11-20T17:00:0")
    assert all(e["tracks"] for e in found)
    with open_workspace(here[0] / "ws") as workspace:
        first, second, *_ = list(workspace.log.entries())[-4:]
    assert [first.header.capability, second.header.capability] == ["event.forbidden-zone", "event.line"]
    assert second.payload["within"] == first.sequence, "one look"


def test_only_what_begins_in_the_time_that_is_asked_for(answer, rules):
    whole = lines(answer("events", "--camera", "door", "--rules", rules, "--json"))
    middle = whole[len(whole) // 2]["start_utc"]
    late = lines(answer("events", "--camera", "door", "--rules", rules, "--json", "--from", middle))
    assert late == [e for e in whole if e["start_utc"] >= middle]
    assert answer("events", "--camera", "door", "--rules", rules, "--from", "2027-01-01").out == ""


def test_nothing_is_found_by_default_where_nothing_was(answer, here):
    said = answer("events", here[0] / "door_20261120T170000Z.mp4", "--model", "none")
    assert said.out == ""
    assert "stopped-vehicle: not looked for: no model named what moves" in said.err
    assert "0 events in" in said.err


def test_events_read_as_text(answer, rules):
    said = answer("events", "--camera", "door", "--rules", rules)
    assert "past the middle  medium" in said.out
    assert "crossed outward 1 (rule: 1)" in said.out


def test_a_rule_is_tried_before_it_is_used(answer):
    made = check(
        "trial",
        answer("trial", "zone", "--camera", "door", "--set", "zone=[[0,0],[1,0],[1,1]]", "--json").out,
    )
    assert len(made["events"]) == 3
    assert made["by_hour"] == {"2026-11-20T17:00:00+00:00": 3}
    assert made["a_day"] > 1000
    said = answer("trial", "line", "--camera", "door", "--set", "line=door", "--set", "direction=in")
    assert said.out == ""
    assert "0.0 a day of footage; replayed in" in said.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("events",), "name FOOTAGE"),
        (("events", "a.mp4", "--camera", "door"), "one of them"),
        (("events", "a.mp4", "--from", "2026-01-01"), "--from and --to go with --camera"),
        (("events", "--camera", "door", "--rules", "none.toml"), "name a file of rules"),
        (("events", "--camera", "door", "--from", "2026-02-01", "--to", "2026-01-01"), "choose a later --to"),
        (("trial", "lne", "--camera", "door"), "try line"),
        (("trial", "line", "--camera", "door"), "line needs line"),
        (("trial", "line", "--camera", "door", "--set", "x"), "write it as seconds=20"),
        (("trial", "a.toml", "--camera", "door", "--set", "x=1"), "write the values into the file"),
        (("trial", "weapon", "--camera", "door"), "no model of weapons"),
    ],
)
def test_each_mistake_has_its_remedy(answer, arguments, said):
    assert said in answer(*arguments, code=2).err


def test_events_are_judged_by_the_truth(answer, here, rules, capfd):
    found = answer("events", "--camera", "door", "--rules", rules, "--json").out
    (here[0] / "found.jsonl").write_text(found, "utf-8")
    real = [json.loads(line) for line in found.splitlines()][:-1]
    truth = {"slack": 1, "cameras": [{"camera": "door", "seconds": 17.0, "events": real}]}
    (here[0] / "truth.json").write_text(json.dumps(truth), "utf-8")
    asked = ["evaluate", str(here[0] / "found.jsonl"), "--truth", str(here[0] / "truth.json")]
    assert main([*asked, "--json"]) == 0
    first, *_ = check("evaluate", capfd.readouterr().out)
    assert (first["true"], first["found"], first["false"]) == (5, 5, 1)
    assert main(asked) == 0
    assert "5 of 5 [0.57, 1.00]" in capfd.readouterr().out


def test_what_is_kept_is_listed_decided_and_searched_for(answer, here, rules):
    assert len(answer("event", "set", "door", rules).out.splitlines()) == 2
    known = check("event-rules", answer("event", "rules", "--camera", "door", "--json").out)
    assert [(r["name"], r["rule"], r["settings"].get("line")) for r in known] == [
        ("past the middle", "line", "door"),
        ("zone", "zone", None),
    ]
    said = answer("events", "--camera", "door", "--keep")  # the usual rules, and the camera's own
    assert "6 of them were not known before and are kept" in said.err
    assert "0 of them" in answer("events", "--camera", "door", "--keep").err
    found = check("event-list", answer("event", "list", "--json").out)
    assert {e["verdict"] for e in found["events"]} == {"new"}
    ids = [e["id"] for e in found["events"] if e["rule"] == "line"]
    answer("event", "decide", ids[0], ids[1], "--as", "accepted")
    decided = answer("event", "decide", ids[2], "--as", "rejected", "--note", "a shadow")
    assert "past the middle: 2 of 3 decided were right [0.21, 0.94]" in decided.err
    shown = answer("event", "list", "--is", "rejected")
    assert [line.split()[0] for line in shown.out.splitlines()] == [ids[2]]
    assert "2 of 3 decided were right" in shown.err  # figures travel with it
    hits = answer("search", 'event:"past the middle"').out
    tracks = {t for e in found["events"] if e["rule"] == "line" for t in e["tracks"]}
    assert all(track in hits for track in tracks)
    answer("event", "drop", "door", "zone")
    answer("event", "drop", "door", "zone", code=2)
    answer("event", "drop", "door", "past the middle")
    assert answer("event", "rules").out == ""
    answer("event", "decide", "event-0", "--as", "accepted", code=2)
    answer("events", here[0] / "door_20261120T170000Z.mp4", "--keep", code=2)
