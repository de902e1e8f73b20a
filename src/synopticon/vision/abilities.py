"""What the libraries below us could do: for ``doctor`` and for the capability statement.

The entry points that could recognise a person are looked up by name, to be reported. Nothing calls them; an
architecture test proves that no other code even names them.
"""

import cv2
import onnxruntime

RECOGNITION_NAMES = ("FaceRecognizerSF", "FaceRecognizerSF_create", "face", "face_FaceRecognizer")


def recognition_entry_points() -> tuple[str, ...]:
    """Names in the installed OpenCV that could tell one face from another."""
    return tuple(f"cv2.{name}" for name in RECOGNITION_NAMES if hasattr(cv2, name))


def library_versions() -> dict[str, str]:
    """Versions of the libraries that run models."""
    return {"OpenCV": cv2.__version__, "ONNX Runtime": onnxruntime.__version__}


def inference_devices() -> tuple[str, ...]:
    """Where ONNX models can run on this machine, the preferred first."""
    return tuple(p.removesuffix("ExecutionProvider") for p in onnxruntime.get_available_providers())
