"""The examples run, and the page on the Python API shows them as they are."""

import os
import re
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT
from tests.scene import write_scene

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda p: p.stem)
def test_an_example_runs(example, tmp_path):
    source = write_scene(tmp_path / "front-door.mp4")
    target = tmp_path / "out.mp4"
    wanted = "object going:right" if "search" in example.stem else str(target)
    command = [sys.executable, str(example), str(source), wanted]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    if wanted == str(target):
        assert target.stat().st_size > 0
    else:
        assert done.stdout.startswith("3 of 3 tracks\n")


def test_the_page_shows_the_example_as_it_is():
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    shown = [block.strip() for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL)]
    source = (ROOT / "examples" / "three_steps.py").read_text("utf-8")
    assert source.strip() in shown
