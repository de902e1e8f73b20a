"""The list of what is secured names tests that there are, and gives each of its lines a test or a reason."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOLDS, _, LACKS = (ROOT / "docs" / "security.md").read_text("utf-8").partition("## Not there")


def lines(part):
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return [row for row in rows if re.match(r"\d", row[0])]


def named(row):
    return re.findall(r"`([\w/]+\.py)::(\w+)`", row[-1])


@pytest.mark.parametrize("row", lines(HOLDS), ids=lambda row: row[0])
def test_each_line_names_tests_that_there_are(row):
    assert len(row) == 3
    assert named(row), f"{row[0]}: no test is named"
    for file, name in named(row):
        path = ROOT / (file if "/" in file else f"tests/unit/web/{file}")
        defined = {
            one.name for one in ast.parse(path.read_text("utf-8")).body if isinstance(one, ast.FunctionDef)
        }
        assert name in defined, f"{row[0]}: {file} has no {name}"


def test_what_is_not_there_has_its_reason():
    assert len(lines(LACKS)) > 5
    for row in lines(LACKS):
        assert len(row) == 3
        assert len(row[-1]) > 20, row[0]


def test_all_chapters_of_the_standard_are_spoken_of():
    spoken = {int(one) for row in lines(HOLDS) + lines(LACKS) for one in re.findall(r"\b(\d+)\.", row[0])}
    assert spoken == set(range(1, 15))
