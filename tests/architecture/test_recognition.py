"""Synopticon names nobody: no code reaches an entry point that could tell one person from another."""

import ast
import re
from pathlib import Path

import cv2
import pytest

from synopticon.vision.abilities import RECOGNITION_NAMES, recognition_entry_points
from tests.architecture.source import ROOT, python_files, tree

# The one file that names them, to report that the library has them.
REPORTER = "src/synopticon/vision/abilities.py"
NAMES = re.compile(
    r"FaceRecogni[sz]er|LBPH|EigenFace|FisherFace|ArcFace|SFace|insightface|face_recognition|\.face\b"
)
LOOKUPS = {"getattr", "vars", "eval", "exec", "__import__", "attrgetter"}


def code_words(path) -> str:
    """The code of a file without comments and docstrings: names and strings."""
    parts = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            parts.append(f".{node.attr}")
        elif isinstance(node, ast.Name):
            parts.append(node.id)
        elif isinstance(node, ast.alias):
            parts.append(f".{node.name}")
    return "\n".join(parts)


def test_no_code_names_a_recogniser():
    for path in python_files("src"):
        found = NAMES.findall(code_words(path))
        assert not found, f"{path} reaches {found}"
        if str(path) != REPORTER:
            text = (ROOT / path).read_text("utf-8")
            assert "FaceRecognizer" not in text, f"{path} names a recogniser"


def calls_by_name(path):
    """Ways to reach an attribute of OpenCV without writing its name."""
    for node in ast.walk(tree(path)):
        looks_up = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in LOOKUPS
        if looks_up and any(isinstance(a, ast.Name) and a.id in ("cv2", "onnxruntime") for a in node.args):
            yield node.lineno
        if isinstance(node, ast.Attribute) and node.attr in ("__dict__", "__getattribute__"):
            yield node.lineno


@pytest.mark.parametrize(
    "path", [p for p in python_files("src") if "cv2" in (ROOT / p).read_text("utf-8")], ids=str
)
def test_opencv_is_reached_by_written_names_only(path):
    assert list(calls_by_name(path)) == []


def test_the_reporter_looks_and_does_not_touch():
    used = list(ast.walk(tree(Path(REPORTER))))
    calls = {n.func.id for n in used if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert calls <= {"hasattr", "tuple", "dict"}
    attributes = {n.attr for n in used if isinstance(n, ast.Attribute)}
    assert attributes <= {"__version__", "get_available_providers", "removesuffix"}


def test_what_the_library_could_do_is_reported():
    for name in RECOGNITION_NAMES:
        assert (f"cv2.{name}" in recognition_entry_points()) == hasattr(cv2, name)


def test_models_are_opened_in_one_place():
    """What opens a model file lies where its card was checked: nothing else can load one."""
    openers = re.compile(r"readNet|InferenceSession|FaceDetectorYN|TextDetectionModel|dnn_\w+Model")
    for path in python_files("src"):
        found = openers.findall(code_words(path))
        assert not found or str(path).startswith("src/synopticon/vision/detect/"), f"{path} opens {found}"


def test_this_test_can_fail():
    bad = ast.parse("import cv2\nx = getattr(cv2, 'Face' + 'RecognizerSF')\ny = cv2.FaceRecognizerSF")
    words = "\n".join(f".{n.attr}" for n in ast.walk(bad) if isinstance(n, ast.Attribute))
    assert NAMES.search(words)
