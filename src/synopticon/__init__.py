"""Synopticon condenses hours of recorded video into minutes.

The way of the data: footage -> frames (+ gaps) -> motion -> detections -> tracks -> tubes -> synopsis.
"""

import os

__version__ = "0.1.0"

# ONNX Runtime's own builds report their use to their maker unless this is set before it is loaded. Nothing
# that Synopticon loads may send anything anywhere, so there is no setting for it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
