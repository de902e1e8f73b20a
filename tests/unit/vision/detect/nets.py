"""Networks that answer what a test wants them to."""

from pathlib import Path

import numpy as np

from synopticon.models.cards import Input, ModelCard, ModelFile


def card(decode, size, *, classes, runtime="onnxruntime", **form):
    return ModelCard(
        name=f"made-{decode}",
        title="made for a test",
        task="detect.object",
        runtime=runtime,
        decode=decode,
        licence="Apache-2.0",
        homepage="",
        files=(ModelFile("made.onnx", "0" * 64, 1), ModelFile("made.pbtxt", "0" * 64, 1)),
        input=Input(size, **form),
        classes=classes,
    )


class Net:
    """Stands in for ``OnnxNet``: keeps what it was shown and gives prepared outputs."""

    def __init__(self, outputs, size, form):
        self.outputs, self.size, self.form, self.shown = outputs, size, form, []

    def run(self, batch):
        self.shown.append(batch)
        return [o.copy() for o in self.outputs]


def grey(width, height, value=100):
    return np.full((height, width, 3), value, np.uint8)


NOWHERE = Path("made.onnx")
