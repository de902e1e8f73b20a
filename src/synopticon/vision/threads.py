"""Threads of the libraries below: in a pool, parallelism comes from processes."""

import os

import cv2


def single_thread() -> None:
    """Let OpenCV and OpenMP use one thread each in this process."""
    cv2.setNumThreads(1)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
