"""The verbs of the workspace and of the log, as a user types them."""

import json
from base64 import b64decode

import pytest

from synopticon.cli.main import main
from synopticon.errors import AuditError
from synopticon.governance.audit.checkpoint import Checkpoint
from synopticon.governance.audit.merkle import hash_leaf, verify_inclusion
from synopticon.governance.keys import SigningKey
from tests.scene import write_scene
from tests.unit.cli.test_reports import check


@pytest.fixture
def answer(capsys):
    def run(*arguments: object, code: int = 0):
        assert main([str(a) for a in arguments]) == code, capsys.readouterr().err
        return capsys.readouterr()

    return run


def test_from_nothing_to_footage_in_the_workspace(answer, tmp_path):
    here = ("--workspace", tmp_path / "ws")
    video = write_scene(tmp_path / "a.mp4")
    answer("init", *here)
    assert "door" in answer("camera", "add", "door", "--days", "30", "--zone", "Europe/Paris", *here).out
    assert "no camera" in answer("ingest", video, "--camera", "dor", "--model", "none", *here, code=2).err
    took = ("ingest", video, "--camera", "door", "--model", "none", *here)
    assert "analysed" in answer(*took).out
    assert "known" in answer(*took).out
    assert "kept" in answer("retention", "report", *here).out
    assert answer("retention", "run", "-o", tmp_path / "c.json", *here).out.startswith("0 days destroyed")
    assert json.loads((tmp_path / "c.json").read_text())
    assert [c["name"] for c in check("camera-list", answer("camera", "list", "--json", *here).out)] == [
        "door"
    ]
    assert check("ingest", answer(*took, "--json").out)["recordings"][0]["state"] == "known"
    assert len(check("retention-report", answer("retention", "report", "--json", *here).out)["verdicts"]) == 1


def test_what_may_not_be_done_is_explained_with_exit_code_3(answer, tmp_path):
    here = ("--workspace", tmp_path / "ws")
    assert "NO  personal.nobody-singled-out" in answer("explain", "search.plate", *here, code=3).out
    assert "NO" not in answer("explain", "synopsis", *here).out
    assert all(c["holds"] for c in check("explain", answer("explain", "synopsis", "--json", *here).out))
    assert "search.plate" in answer("explain", "search.plat", *here, code=2).err


def test_the_log_is_exported_and_checked_and_a_changed_byte_is_found(answer, tmp_path):
    here, log = ("--workspace", tmp_path / "ws"), tmp_path / "log.jsonl"
    answer("camera", "add", "door", *here)
    answer("audit", "export", "-o", log, *here)
    key = answer("audit", "key", *here).out.strip()
    assert "all in place" in answer("audit", "verify", log, "--key", key).out
    assert "integrity, not authorship" in answer("audit", "verify", log).out
    assert "exists" in answer("audit", "export", "-o", log, *here, code=2).err
    data = bytearray(log.read_bytes())
    data[data.index(b"camera.add")] ^= 1
    log.write_bytes(data)
    assert "entry 2" in answer("audit", "verify", log, "--key", key, code=1).err
    other = SigningKey.make().public.text()
    assert answer("audit", "verify", "--checkpoint", tmp_path / "none", *here, code=2).err
    assert answer("audit", "verify", log, "--key", other, code=1).err


def test_listing_the_log_is_in_the_log(answer, tmp_path):
    here = ("--workspace", tmp_path / "ws")
    assert "never witnessed" in answer("audit", "list", *here).err
    found = check("audit-list", answer("audit", "list", "--json", *here).out)
    assert [e["capability"] for e in found["entries"]].count("audit.read") == 3
    shown = json.loads(answer("audit", "show", "0", *here).out)
    assert shown["capability"] == "workspace.init"
    assert shown["payload"]["profile"]
    assert "below" in answer("audit", "show", "999", *here, code=2).err


def test_a_witness_on_another_machine_signs_and_a_rewritten_log_is_found(answer, tmp_path):
    here, keys = ("--workspace", tmp_path / "ws"), SigningKey.make()
    keys.save(tmp_path / "anna.pem")
    answer("audit", "witness", "ask", "-o", tmp_path / "cp", *here)
    signed = ("audit", "witness", "sign", tmp_path / "cp", "-o", tmp_path / "signed", "--name", "anna")
    answer(*signed, "--key", tmp_path / "anna.pem")
    who = ("--witness", f"anna={keys.public.text()}")
    assert "witnessed by anna" in answer("audit", "witness", "take", tmp_path / "signed", *who, *here).out
    assert "last witnessed" in answer("audit", "list", *here).err
    listed = check("audit-list", answer("audit", "list", "--json", *here).out)
    assert [by["name"] for by in listed["witnessed"]["by"]] == ["anna"]
    checked = answer("audit", "verify", "--checkpoint", tmp_path / "signed", *who, *here).out
    assert "cosigned by anna" in checked
    stranger = ("--witness", f"bert={SigningKey.make().public.text()}")
    assert answer("audit", "witness", "take", tmp_path / "signed", *stranger, *here, code=1).err
    # Another log is no continuation of what was witnessed.
    elsewhere = ("--workspace", tmp_path / "other")
    assert answer("audit", "verify", "--checkpoint", tmp_path / "signed", *who, *elsewhere, code=1).err


def test_an_entry_is_proved(answer, tmp_path):
    here = ("--workspace", tmp_path / "ws")
    answer("camera", "add", "door", *here)
    proof = json.loads(answer("audit", "prove", "2", *here).out)
    checkpoint = Checkpoint.parse(proof["checkpoint"])
    path = [b64decode(h) for h in proof["path"]]
    leaf = hash_leaf(b64decode(proof["leaf"]))
    verify_inclusion(2, checkpoint.size, leaf, path, checkpoint.root)
    with pytest.raises(AuditError):
        verify_inclusion(3, checkpoint.size, leaf, path, checkpoint.root)
