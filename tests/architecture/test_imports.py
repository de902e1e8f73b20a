"""What a command does not need, it does not load."""

import subprocess
import sys

import pytest

HEAVY = ("numpy", "scipy", "cv2", "av", "numba", "onnxruntime", "rich", "typer", "pydantic", "platformdirs")
PARTS = ("scipy.ndimage", "scipy.optimize", "scipy.stats")


def loaded(code: str) -> set[str]:
    ask = f"{code}\nimport sys\nprint(*(n for n in {HEAVY + PARTS} if n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_version_needs_nothing():
    code = "from synopticon.cli.main import main\nimport io, contextlib\n"
    code += "with contextlib.redirect_stdout(io.StringIO()): main(['--version'])"
    assert loaded(code) == set()


def test_building_the_verbs_loads_no_library_of_theirs():
    code = "from synopticon.cli.app import command\ncommand()"
    assert loaded(code) <= {"typer", "rich", "pydantic"}


def test_a_workspace_loads_no_compiler_and_no_reader_of_video():
    assert loaded("import synopticon.acts.workspace") <= {"numpy", "platformdirs"}


@pytest.mark.parametrize("act", ["search", "live", "export"])
def test_the_compiler_and_parts_of_scipy_are_loaded_by_the_first_that_calls_them(act):
    assert not loaded(f"import synopticon.acts.{act}") & {"numba", *PARTS}


def test_a_process_that_others_are_forked_from_has_loaded_them():
    assert loaded("import synopticon.jobs.preload") >= {"numba", "scipy.ndimage", "scipy.optimize"}


def test_values_need_numpy_only():
    code = "import pkgutil, importlib, synopticon.values as v\n"
    code += (
        "[importlib.import_module(m.name) for m in pkgutil.iter_modules(v.__path__, 'synopticon.values.')]"
    )
    assert loaded(code) == {"numpy"}
