"""Text in pictures: where it stands, and what it says, by the package RapidOCR (PP-OCR models inside it).

The package is an extra (``pip install 'synopticon[text]'``): its Apache-2.0 models come in its wheel, and
nothing is fetched when they are used.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import ModelError

Picture = NDArray[np.uint8]


@lru_cache(maxsize=2)
def _engine(threads: int) -> Any:
    """The package's engine, loaded once a process. Raises ``ModelError``."""
    try:
        package = import_module("rapidocr")
    except ImportError as error:
        raise ModelError(
            "reading text needs the package rapidocr, which is not here: pip install 'synopticon[text]'"
        ) from error
    named = {"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": threads}
    return package.RapidOCR(params=named)


class TextReader:
    """Finds and reads text with the models of RapidOCR; pictures are BGR ``(h, w, 3)`` uint8.

    ``threads`` of each network, -1 = as many as there are cores. Raises ``ModelError`` without the package.
    """

    def __init__(self, threads: int = -1) -> None:
        self._engine = _engine(threads)

    def detect_text(self, picture: Picture) -> NDArray[np.float32]:
        """Corners of each line of text, float32 ``(n, 4, 2)``, in the picture's pixels."""
        found = self._engine(picture, use_det=True, use_cls=False, use_rec=False).boxes
        return np.asarray([] if found is None else found, np.float32).reshape(-1, 4, 2)

    def read_lines(self, crops: Sequence[Picture]) -> list[tuple[str, tuple[float, ...]]]:
        """The text of each crop, which holds one line, and the confidence of each character, 0..1."""
        return [self._line(crop) for crop in crops]

    def _line(self, crop: Picture) -> tuple[str, tuple[float, ...]]:
        if min(crop.shape[:2]) < 2:
            return "", ()
        read = self._engine(crop, use_det=False, use_cls=False, use_rec=True, return_word_box=True)
        text = str(read.txts[0]) if read.txts else ""
        return text, tuple(read.word_results[0].confs[: len(text)]) if text else ()
