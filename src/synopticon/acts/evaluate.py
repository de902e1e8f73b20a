"""How well rules do, by a truth that somebody gives: a pure reckoning of two files, so it leaves no entry."""

from dataclasses import dataclass
from pathlib import Path

from synopticon.errors import UsageError
from synopticon.events.evaluate import Score, evaluate, read_events, read_truth


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores, all of them first; ``notes``: what could not be judged."""

    scores: tuple[Score, ...]
    notes: tuple[str, ...]


def evaluate_files(events: Path, truth: Path) -> Evaluation:
    """Compare a file of events with a file of truth; raises ``UsageError`` for what is neither."""
    watched, slack = read_truth(_text(truth), truth.name)
    return Evaluation(*evaluate(read_events(_text(events), events.name), watched, slack))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error}): name a file of text") from error
