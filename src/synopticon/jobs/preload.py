"""What a worker needs, loaded once before workers are forked off; nothing here may start a thread."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import scipy.ndimage
import scipy.optimize  # noqa: F401

import synopticon.vision.pipeline  # noqa: F401
from synopticon.vision.median import median

median(np.zeros((1, 1, 1), np.uint8))  # numba loads itself and its compiler when it is first called
