"""Synopticon condenses hours of recorded video into minutes.

The way of the data: footage -> frames (+ gaps) -> motion -> detections -> tracks -> tubes -> synopsis.
"""

__version__ = "0.1.0"
