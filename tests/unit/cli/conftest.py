"""What tests of verbs share that are typed in an investigation: the module's own fixture ``made``."""

import pytest

from synopticon.cli.main import main
from tests.investigation import WHY


@pytest.fixture
def answer(capsys, made, monkeypatch):
    """Run a verb as Ines, at the time of the test's clock."""
    from synopticon.acts import workspace as module

    monkeypatch.setenv("SYNOPTICON_HOME", str(made.workspace.folder.parent / "home"))
    made.login("ines")
    monkeypatch.setattr(module.open_workspace, "__kwdefaults__", {"clock": made.clock, "passphrase": None})

    def run(*arguments: str, code: int = 0):
        given = [str(a) for a in arguments] + ["--workspace", str(made.workspace.folder)]
        assert main(given) == code, capsys.readouterr().err
        return capsys.readouterr()

    return run


@pytest.fixture
def of_case(made):
    return ("--case", made.case, "--reason", WHY)
