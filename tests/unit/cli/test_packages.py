"""Handing over and checking, as people type it."""

import pytest

from synopticon.cli.main import main
from synopticon.evidence.page import page, page_digest
from tests.unit.cli.test_reports import check


@pytest.fixture
def answer(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("SYNOPTICON_HOME", str(tmp_path / "home"))

    def run(*arguments: object, code: int = 0):
        assert main([str(a) for a in arguments]) == code, capsys.readouterr()
        return capsys.readouterr()

    (tmp_path / "door.mp4").write_bytes(b"pictures" * 1000)
    return run


@pytest.fixture
def package(answer, tmp_path):
    made = answer("handover", tmp_path / "door.mp4", "--to", "City police", "-o", tmp_path / "out")
    assert made.out.strip() == str(tmp_path / "out")
    return tmp_path / "out", made.err.splitlines()[-1].strip()


def test_what_was_handed_over_is_checked(answer, package):
    folder, fingerprint = package
    shown = answer("verify", folder).out
    assert fingerprint in shown.splitlines()[0]
    assert "a package cannot vouch for itself" in shown
    assert "not proved: who holds the key" in shown
    assert "vouch" not in answer("verify", folder, "--key", fingerprint).out


def test_a_changed_file_is_a_failure(answer, package):
    folder, _ = package
    (folder / "footage" / "door.mp4").write_bytes(b"picturez" * 1000)
    shown = answer("verify", folder, code=1)
    assert "NOT AS IT WAS SIGNED" in shown.out
    assert "footage/door.mp4: was changed" in shown.out
    assert "proved:" not in shown.out


def test_a_report_is_what_its_schema_says(answer, package):
    folder, fingerprint = package
    good = check("verify", answer("verify", folder, "--json").out)
    assert good["good"]
    assert good["manifest"]["signer"]["fingerprint"] == fingerprint
    (folder / "manifest.json").write_bytes(b"{}")
    bad = check("verify", answer("verify", folder, "--json", code=1).out)
    assert not bad["good"]
    assert bad["manifest"] is None


def test_the_page_is_written_with_its_digest(answer, tmp_path):
    made = answer("verify", "--page", "-o", tmp_path / "v.html")
    assert page_digest() in made.err
    assert (tmp_path / "v.html").read_bytes() == page()
    answer("verify", "--page", "-o", tmp_path / "v.html", code=1)
    answer("verify", "--page", "-o", tmp_path / "v.html", "--overwrite")


def test_wrong_usage_has_its_line(answer, tmp_path):
    assert "name one package" in answer("verify", code=2).err
    assert "add -o FILE" in answer("verify", "--page", code=2).err
    assert "name no package" in answer("verify", tmp_path, "--page", "-o", tmp_path / "v.html", code=2).err
    assert "is no package" in answer("verify", tmp_path, code=2).err
    assert "--to" in answer("handover", tmp_path / "door.mp4", "-o", tmp_path / "out", code=2).err
    nobody = answer("handover", tmp_path / "door.mp4", "--to", "", "-o", tmp_path / "out", code=2)
    assert "recipient is empty" in nobody.err
