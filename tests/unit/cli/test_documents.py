"""Documents and declarations as people type them."""

import pytest

from synopticon.cli.main import main
from tests.unit.cli.test_reports import check


@pytest.fixture
def answer(capsys, tmp_path):
    def run(*arguments: object, code: int = 0):
        assert main([str(a) for a in arguments]) == code, capsys.readouterr().err
        return capsys.readouterr()

    run("camera", "add", "door", "--workspace", tmp_path / "ws")
    return run


def test_documents_in_one_language_or_both(answer, tmp_path):
    here = ("--workspace", tmp_path / "ws")
    shown = answer(
        "documents", "notice", "-o", tmp_path / "out", "--lang", "fr", "--contact", "me", *here
    ).out
    assert shown.splitlines() == [str(tmp_path / "out" / f"notice.fr.{end}") for end in ("html", "md")]
    both = answer("documents", "transparency", "-o", tmp_path / "out", *here).out
    assert len(both.splitlines()) == 4
    assert "--overwrite" in answer("documents", "notice", "-o", tmp_path / "out", *here, code=1).err
    answer("documents", "poem", "-o", tmp_path / "out", *here, code=2)


def test_a_declaration_is_made_checked_and_merged(answer, tmp_path):
    here, file = ("--workspace", tmp_path / "ws"), tmp_path / "declaration.json"
    made = answer("declaration", "-o", file, *here)
    assert made.out.strip() == str(file)
    alone = answer("declaration", "verify", file).out
    assert "key taken from the file: proves integrity, not authorship" in alone
    key = answer("audit", "key", *here).out.strip()
    assert "authorship" not in answer("declaration", "verify", file, "--key", key).out
    (tmp_path / "bad.json").write_bytes(file.read_bytes().replace(b"personal", b"Personal"))
    assert "bad.json" in answer("declaration", "verify", tmp_path / "bad.json", code=1).err
    assert "cannot be read" in answer("declaration", "verify", tmp_path / "none.json", code=2).err
    done = answer("declaration", "merge", file, tmp_path / "bad.json", "-o", tmp_path / "register.json")
    assert "bad.json" in done.err
    assert "1 declarations, 1 left out" in done.err
    check("declaration-file", file.read_text())
    register = check("declaration-register", (tmp_path / "register.json").read_text())
    assert len(register["declarations"]) == 1
    answer("declaration", "merge", tmp_path / "bad.json", "-o", tmp_path / "none.json", code=1)
    assert "add -o FILE" in answer("declaration", *here, code=2).err
