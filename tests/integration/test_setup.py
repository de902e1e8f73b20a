"""scripts/venv.sh on machines that lack something; the tools are stand-ins that write down what they did."""

import shutil
import stat
import subprocess

import pytest

from tests.architecture.source import ROOT

PYTHON = """#!/bin/sh
here={here}
echo "python $*" >> $here/log
case "$*" in
    *version_info*'< (3, 11)'*) exit {old} ;;
    *'import venv, ensurepip'*) [ -e $here/installed ] ;;
    *version_info*) echo 3.11 ;;
    '-m venv '*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    *'pip list'*) echo 'opencv-python-headless==5.0.0'; cat $here/more 2>/dev/null || true ;;
    *'pip install'*) [ ! -e $here/offline ] ;;
esac
"""
TOOL = '#!/bin/sh\necho "{name} $*" >> {here}/log\n{body}\n'


@pytest.fixture
def machine(tmp_path):
    """A folder with nothing on the path but a shell's basics and our stand-ins."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "rm", "mkdir", "cp", "sed", "cat", "touch"):
        (tools / name).symlink_to(shutil.which(name))

    def add(name: str, text: str) -> None:
        path = tools / name
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def run(*, apt=True, root=True, old=0, extras=(), **env):
        add("python3", PYTHON.format(here=tmp_path, old=old))
        add("id", TOOL.format(name="id", here=tmp_path, body=f"echo {0 if root else 1000}"))
        if apt:
            add("apt-get", TOOL.format(name="apt-get", here=tmp_path, body=f"touch {tmp_path}/installed"))
        command = [str(ROOT / "scripts" / "venv.sh"), str(tmp_path / "env"), *extras]
        done = subprocess.run(
            command, env={"PATH": str(tools), **env}, cwd=ROOT, capture_output=True, text=True
        )
        log = tmp_path / "log"
        return done, log.read_text() if log.exists() else ""

    run.here = tmp_path
    return run


def test_all_is_there(machine):
    (machine.here / "installed").touch()
    done, log = machine()
    assert done.returncode == 0, done.stderr
    assert "apt-get" not in log
    assert "-e ." in log
    assert "setup: making" in done.stderr


def test_venv_is_missing_with_apt_and_root(machine):
    done, log = machine(extras=["dev"])
    assert done.returncode == 0, done.stderr
    assert "apt-get install" in log
    assert "python3-venv" in log
    assert "installing python3-venv with apt-get" in done.stderr
    assert "-e .[dev]" in log


@pytest.mark.parametrize(("apt", "root"), [(False, True), (True, False)])
def test_venv_is_missing_and_nothing_may_be_installed(machine, apt, root):
    done, log = machine(apt=apt, root=root)
    assert done.returncode == 1
    assert "apt-get" not in log
    assert "python3-venv" in done.stderr


def test_python_is_too_old(machine):
    done, _ = machine(old=1)
    assert done.returncode == 1
    assert "no Python >= 3.11" in done.stderr


def test_no_package_index(machine):
    (machine.here / "installed").touch()
    (machine.here / "offline").touch()
    done, _ = machine()
    assert done.returncode == 1
    assert "is a package index reachable?" in done.stderr


def test_one_opencv_is_kept(machine):
    (machine.here / "installed").touch()
    (machine.here / "more").write_text("opencv-python==5.0.0\nopencv-contrib-python==4.11\n")
    done, log = machine()
    assert done.returncode == 0, done.stderr
    assert "uninstall --quiet --yes opencv-python opencv-contrib-python opencv-python-headless" in log
    assert "--no-deps opencv-python-headless==5.0.0" in log


def test_a_python_that_cannot_be_used_is_said(machine):
    (machine.here / "installed").touch()
    done, _ = machine(PYTHON="/no/such/python")
    assert done.returncode == 0, done.stderr
    assert "PYTHON=/no/such/python is no Python" in done.stderr
