import subprocess
import sys
import tomllib

from tests.architecture.source import PACKAGE, ROOT


def contracts():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def test_imports_keep_their_borders():
    code = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_has_its_layer():
    layered = {name.strip() for line in contracts()[0]["layers"] for name in line.split("|")}
    rooms = {f"synopticon.{p.stem}" for p in PACKAGE.iterdir() if p.suffix == ".py" and p.stem != "__init__"}
    rooms |= {f"synopticon.{p.name}" for p in PACKAGE.iterdir() if (p / "__init__.py").exists()}
    assert rooms == layered


def test_complexity_rules_are_selected():
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert {"C90", "PL"} <= set(ruff["select"])
    assert ruff["mccabe"]["max-complexity"] <= 10
    ignored = set(ruff["ignore"])
    assert not ignored & {"C901", "PLR0911", "PLR0912", "PLR0913", "PLR0915"}
