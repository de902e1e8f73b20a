import json
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from synopticon.cli import output
from synopticon.cli.progress import Lines, progress, time_left


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    path: Path
    colour: Colour


@dataclass(frozen=True)
class Outer:
    inner: Inner
    rate: Fraction
    numbers: tuple[float | None, ...]
    named: dict[str, int]


def test_json_is_plain(capsys):
    output.result_json(Outer(Inner(Path("a b"), Colour.RED), Fraction(25, 2), (1.5, None), {"z": 1}))
    assert json.loads(capsys.readouterr().out) == {
        "inner": {"path": "a b", "colour": "red"},
        "rate": "25/2",
        "numbers": [1.5, None],
        "named": {"z": 1},
    }


def test_results_and_talk_go_apart(capsys):
    output.result("a")
    output.say("b")
    assert capsys.readouterr() == ("a\n", "b\n")


def test_names_that_are_no_text_can_be_printed(capsys):
    output.result("bad \udcff\nname é")
    assert capsys.readouterr().out == "bad \\udcff\\nname é\n"


def test_tables_align(capsys):
    output.table([("a", "bb"), ("ccc", "d")])
    output.table([])
    assert capsys.readouterr().out == "a    bb\nccc  d\n"


def test_plain_progress_is_rare_and_tells_the_rest(capsys):
    now = [0.0]
    lines = Lines(clock=lambda: now[0])
    for second in range(101):
        now[0] = float(second)
        lines("finding motion", second / 100)
    lines("composing", 0.0)
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "finding motion ..."
    assert told[1] == "finding motion 10%, about 1m30s left"
    assert told[-1] == "composing ..."
    assert len(told) == 11


def test_the_rest_is_not_guessed_too_early():
    assert time_left(0.5, 0.5) == ""
    assert time_left(10, 0.01) == ""
    assert time_left(30, 0.5) == ", about 30s left"


def test_quiet_progress_says_nothing(capsys):
    with progress(quiet=True) as report:
        report("anything", 0.5)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_a_bar(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with progress() as report:
        report("composing", 0.25)
        report("composing", 1.0)
    assert "composing" in capsys.readouterr().err
