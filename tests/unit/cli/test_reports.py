"""Each verb with ``--json`` prints what its published schema says."""

import json

import jsonschema
import pytest

from synopticon.cli.main import main
from tests.architecture.source import ROOT


def check(verb: str, text: str) -> object:
    schema = json.loads((ROOT / "docs" / "schemas" / f"{verb}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    value = json.loads(text)
    jsonschema.validate(value, schema)
    return value


@pytest.fixture
def answer(capsys):
    def run(*arguments: str, code: int = 0):
        assert main(arguments) == code
        return capsys.readouterr()

    return run


def test_models_list(answer):
    listed = check("models-list", answer("models", "list", "--json").out)
    assert {m["state"] for m in listed} == {"missing"}
    shown = answer("models", "list")
    assert "yolox-nano" in shown.out
    assert "models fetch" in shown.err


def test_models_fetch_says_why_not(answer):
    shown = answer("models", "fetch", "yolox-nano", code=1)
    assert shown.out == ""
    assert "models add" in shown.err


def test_models_fetch_without_an_index(answer):
    shown = answer("models", "fetch", code=1)
    assert "could not be fetched" in shown.err


@pytest.mark.footage
@pytest.mark.model
def test_models_add_then_list(answer, models_folder_shared):
    nano = str(models_folder_shared / "yolox_nano.onnx")
    added = check("models-add", answer("models", "add", nano, "--json").out)
    assert added[0]["state"] == "ready"
    listed = check("models-list", answer("models", "list", "--json").out)
    assert [m["name"] for m in listed if m["state"] == "ready"] == ["yolox-nano"]


def test_models_add_of_a_stranger(answer, tmp_path):
    (tmp_path / "mine.onnx").write_bytes(b"mine")
    assert "on no model card" in answer("models", "add", str(tmp_path / "mine.onnx"), code=1).err
    assert "cannot read" in answer("models", "add", str(tmp_path / "no.onnx"), code=1).err


def test_doctor(answer):
    found = check("doctor", answer("doctor", "--json").out)
    assert {"machine", "video", "inference", "models", "storage"} <= {f["what"] for f in found}
    shown = answer("doctor")
    assert "ok" in shown.out
    assert "models fetch" in shown.err


def test_doctor_survives_what_is_broken(answer, monkeypatch):
    def broken():
        raise ImportError("libGL.so.1: cannot open shared object file")

    monkeypatch.setattr("synopticon.acts.doctor._inference", broken)
    found = check("doctor", answer("doctor", "--json", code=1).out)
    assert [f for f in found if f["level"] == "problem" and "libGL" in f["found"]]


def test_capabilities(answer):
    stated = check("capabilities", answer("capabilities", "--json").out)
    assert stated["names_people"] is False
    shown = answer("capabilities").out
    assert "names nobody" in shown
    assert "cv2.FaceRecognizerSF" in shown
