"""Progress with the time left, on stderr: a bar on a terminal, now and then a line elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from synopticon.cli.output import say
from synopticon.values.duration import format_duration

Report = Callable[[str, float], None]
LINE_EVERY = 10.0  # seconds between two plain lines


@contextmanager
def progress(quiet: bool = False) -> Iterator[Report]:
    """Yield ``report(stage, fraction)``: what is being done, and how much of it, 0..1."""
    if quiet:
        yield lambda _stage, _fraction: None
    elif sys.stderr.isatty():
        with _bar() as report:
            yield report
    else:
        yield Lines()


class Lines:
    """Reports a stage when it begins, when it ends, and every ten seconds between, with the time left."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stage = ""
        self._began = 0.0
        self._told = 0.0

    def __call__(self, stage: str, fraction: float) -> None:
        """Take a report; write a line when it is time to."""
        now = self._clock()
        if stage != self._stage:
            self._stage, self._began, self._told = stage, now, now
            say(f"{stage} ...")
        elif now - self._told >= LINE_EVERY and fraction < 1:
            self._told = now
            say(f"{stage} {fraction:.0%}{time_left(now - self._began, fraction)}")


def time_left(elapsed: float, fraction: float) -> str:
    """Say how long the rest takes at the pace so far; nothing when too little is known."""
    if fraction < 0.02 or elapsed < 1:
        return ""
    return f", about {format_duration(elapsed * (1 - fraction) / fraction)} left"


@contextmanager
def _bar() -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=False) as bars:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, fraction: float) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=1.0)
            bars.update(tasks[stage], completed=fraction)

        yield report
