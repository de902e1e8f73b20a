"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable
from typing import Any


def patience(usual: float) -> Callable[..., Any]:
    """Gives ``until(condition, seconds=usual)``: it waits for the condition, and gives what that gave."""

    def until(condition: Callable[[], Any], seconds: float = usual) -> Any:
        end = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < end, "it never came"
            time.sleep(0.05)
        return found

    return until
