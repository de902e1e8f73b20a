"""Tasks that the tests of the pool run in other processes."""

import os
import signal
import time
from pathlib import Path


def double(number):
    return 2 * number


def place(_item):
    return os.getpid()


def fail(number):
    if number == 1:
        raise ValueError(f"task {number} cannot")
    return number


def die(number):
    if number == 1:
        os._exit(7)
    return number


def note_and_fail(path):
    """The first item fails at once; the others would leave a note, if they were begun."""
    if path is None:
        raise ValueError("no")
    time.sleep(0.2)
    Path(path).write_text("begun", "utf-8")


def linger(path):
    """Say that it runs, wait for very long, and say that it was let clear up."""
    mark = Path(path)
    try:
        mark.write_text(str(os.getpid()), "utf-8")
        time.sleep(120)
    finally:
        mark.with_suffix(".cleared").write_text("", "utf-8")


def settings(_item):
    import cv2

    return signal.getsignal(signal.SIGINT) == signal.SIG_IGN, cv2.getNumThreads()
