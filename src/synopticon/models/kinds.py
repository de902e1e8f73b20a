"""The closed lists that model cards choose from."""

from typing import Literal, TypeAlias

# Nothing that could name a person, or read a trait off one, is a task.
Task: TypeAlias = Literal["detect.object", "detect.face", "detect.plate", "read.plate", "describe.clothing"]
Runtime: TypeAlias = Literal["onnxruntime", "opencv-dnn"]
Decode: TypeAlias = Literal["yolox", "ssd", "nanodet", "centerface", "yunet", "lpd-yunet", "pp-ocr"]
Fit: TypeAlias = Literal["letterbox", "stretch"]
SourceKind: TypeAlias = Literal["url", "wheel", "deb", "path"]
