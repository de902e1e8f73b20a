"""Exporting, as people type it."""

import pytest

from synopticon.cli.main import main
from tests.investigation import WHY, investigate
from tests.unit.cli.test_reports import check


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A case under which masked copies may leave."""
    with pytest.MonkeyPatch.context() as patch:
        found = investigate(tmp_path_factory.mktemp("cli"), patch)
        found.case = found.open_case(capabilities=("ingest", "search.*", "synopsis", "export.masked"))
        found.allow("export.masked")
        found.ids = [row.id for row in found.tracks("gate")]
        yield found
        found.workspace.engine.dispose()


@pytest.fixture
def answer(capsys, made, monkeypatch):
    """Run the verb as Ines, at the time of the test's clock."""
    from synopticon.acts import workspace as module

    made.login("ines")
    monkeypatch.setattr(module.open_workspace, "__kwdefaults__", {"clock": made.clock, "passphrase": None})
    monkeypatch.setenv("SYNOPTICON_HOME", str(made.workspace.folder.parent / "home"))

    def run(*arguments: object, code: int = 0):
        more = ("--workspace", made.workspace.folder, "--reason", WHY)
        assert main([str(a) for a in ("export", *arguments, *more)]) == code, capsys.readouterr()
        return capsys.readouterr()

    return run


def test_the_result_is_what_its_schema_says(answer, made, tmp_path):
    out = tmp_path / "out"
    chosen = ("--case", made.case, "--tracks", made.ids[0], "--to", "The court", "-o", out)
    shown = answer(*chosen, "--lang", "both", "--json")
    told = check("export", shown.out)
    assert told["package"] == str(out)
    assert told["tracks"] == [made.ids[0]]
    reports = {f"report.{lang}.{end}" for lang in ("en", "fr") for end in ("html", "pdf")}
    assert reports < set(told["reports"])
    assert "masking" in shown.err
    assert main(["verify", str(out), "--key", told["fingerprint"]]) == 0


def test_the_fingerprint_is_for_another_way(answer, made, tmp_path):
    shown = answer(
        "--case", made.case, "--from", "1s", "--until", "2s", "--camera", "gate", "--to", "The court",
        "-o", tmp_path / "out",
    )  # fmt: skip
    assert shown.out.strip() == str(tmp_path / "out")
    assert made.workspace.log.public.fingerprint in shown.err
    assert "masked is not anonymous" in shown.err


def test_each_refusal_has_its_code_and_its_line(answer, made, tmp_path):
    out = ("--to", "The court", "-o", tmp_path / "out")
    case, tracks = ("--case", made.case), ("--tracks", made.ids[0])
    assert "recipient is empty" in answer(*case, *tracks, "--to", " ", "-o", tmp_path / "out", code=2).err
    assert "give one of" in answer(*case, *out, code=2).err
    assert "rule case.named" in answer(*tracks, *out, code=3).err
    assert "rule case.capabilities" in answer(*case, *tracks, "--originals", *out, code=3).err
    assert "rule case.capabilities" in answer(*case, *tracks, "--unmasked", *out, code=3).err
    assert "--to" in answer(*case, *tracks, "-o", tmp_path / "out", code=2).err
    assert not (tmp_path / "out").exists()
