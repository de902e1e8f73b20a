"""The one place that talks to ONNX Runtime."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import ModelError
from synopticon.models.cards import ModelCard


class OnnxNet:
    """A loaded network with one picture input; ``size`` is (width, height), ``form`` how to fill it."""

    def __init__(self, card: ModelCard, path: Path, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=onnxruntime.get_available_providers()
            )
        except Exception as error:
            raise ModelError(
                f"{path} cannot be loaded: {str(error).splitlines()[0]}: use another model"
            ) from error
        first = self._session.get_inputs()[0]
        self._input = first.name
        self.form = card.input
        given = first.shape
        self.size = card.input.size if all(card.input.size) else (int(given[3]), int(given[2]))

    def note(self, name: str) -> str:
        """What the model's file says under a name, "" where it says nothing."""
        return str(self._session.get_modelmeta().custom_metadata_map.get(name, ""))

    def run(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """All outputs for a batch ``(n, 3, height, width)``."""
        return list(self._session.run(None, {self._input: batch}))
