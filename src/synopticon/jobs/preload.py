"""What a worker needs, loaded once before workers are forked off; nothing here may start a thread."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import synopticon.vision.pipeline  # noqa: F401
