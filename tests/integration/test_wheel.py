"""The wheel holds everything that a run needs, and nothing else."""

import subprocess
import sys
import zipfile

import pytest

from tests.architecture.source import PACKAGE, ROOT, tracked


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    return path


def test_every_file_of_the_package_is_in_the_wheel(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    ours = {str(p.relative_to("src")) for p in tracked() if (ROOT / p).is_relative_to(PACKAGE)}
    assert ours <= names
    assert any(name.endswith(".toml") for name in ours)


def test_nothing_else_is_in_the_wheel(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"synopticon"}
    assert not [n for n in names if n.endswith((".onnx", ".pb", ".mp4", ".pyc"))]


def test_the_wheel_runs_from_anywhere(wheel, tmp_path):
    """Unpacked into an empty folder, with the libraries that are installed."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r})\n"
    code += "import synopticon; print(synopticon.__file__)\n"
    code += "from synopticon.cli.main import main; sys.exit(main(['models', 'list']))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) in done.stdout
    assert "yolox-nano" in done.stdout
