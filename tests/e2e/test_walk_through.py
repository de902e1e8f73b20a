"""The walk-through in docs/, typed as it stands: every command, every answer, every exit code."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "walk-through.md"
BLOCK = re.compile(r"^```console( on another machine)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXIT = re.compile(r"^\[exit (\d+)\]$")


@dataclass(frozen=True)
class Step:
    command: str
    answer: tuple[str, ...]
    code: int
    elsewhere: bool


def steps(text):
    """Commands follow ``$`` and ``>``; the other lines are the answer, ``...`` stands for anything."""
    for where, block in BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines()
            typed = 1
            while lines[typed - 1].endswith("\\"):
                typed += 1
            command = "\n".join([lines[0], *(line.removeprefix(">") for line in lines[1:typed])])
            answer, code = lines[typed:], 0
            if answer and (found := EXIT.match(answer[-1])):
                answer, code = answer[:-1], int(found[1])
            yield Step(command, tuple(answer), code, bool(where))


def pattern(answer):
    lines = ((r"(?:.*\n)*?" if line == "..." else _line(line) + r"\n") for line in answer)
    return re.compile("".join(lines))


def _line(line):
    return ".*".join(re.escape(part) for part in line.split("..."))


def script(found, elsewhere):
    """One shell types all commands; an answer stands between two marks, the second with the exit code."""
    for number, step in enumerate(found):
        away = f"export HOME={elsewhere} SYNOPTICON_HOME={elsewhere}/none; unset SYNOPTICON_PASSWORD; "
        body = f"( {away}{step.command} )" if step.elsewhere else f"{{ {step.command}\n}}"
        yield f"echo '<<<{number}'; {body} 2>&1; code=$?; echo; echo \">>>{number} $code\"\n"


@pytest.fixture
def place(tmp_path):
    """An empty folder with one recording, and a machine that has nothing."""
    footage = Path(os.environ["SYNOPTICON_FOOTAGE"])
    here = tmp_path / "desk"
    here.mkdir()
    (tmp_path / "elsewhere").mkdir()
    shutil.copyfile(footage / "opencv_samples" / "vtest.avi", here / "gate_20261120T180000Z.avi")
    return here


@pytest.mark.footage
@pytest.mark.posix
@pytest.mark.slow
def test_a_case_from_beginning_to_end(place, tmp_path):
    found = list(steps(PAGE.read_text("utf-8")))
    away = tmp_path / "elsewhere"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    keep = {name: os.environ[name] for name in ("LANG", "LC_ALL") if name in os.environ}
    done = subprocess.run(
        ["bash", "-c", "".join(script(found, away))],
        cwd=place, env={"PATH": path, "HOME": str(tmp_path / "home"), "COLUMNS": "300", **keep},
        capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    answers = {
        int(number): (text, int(code))
        for number, text, code in re.findall(r"^<<<(\d+)\n(.*?)\n?^>>>\1 (\d+)$", done.stdout, re.M | re.S)
    }
    for number, step in enumerate(found):
        text, code = answers[number]
        said = "".join(f"{line}\n" for line in text.splitlines() if line.strip())
        assert code == step.code, f"{step.command}\n{said}"
        assert pattern(step.answer).fullmatch(said), f"{step.command}\n{said}\n-- expected --\n{step.answer}"
    assert not (away / "none").exists(), "the other machine needed a workspace"
