"""States from the build what it can do and what it refuses to do."""

from dataclasses import dataclass
from typing import get_args

from synopticon import __version__
from synopticon.models.cards import RULE_UNKNOWN, load_cards
from synopticon.models.kinds import Task
from synopticon.values.detection import CLASSES
from synopticon.vision.abilities import recognition_entry_points

DOES = (
    "finds what moves in recorded video and makes a short synopsis of it, each object with its source",
    "names objects by kind only (the list of classes)",
    "finds situations that rules name in what was tracked; each is a proposal that a person decides",
    "masks the head of every person, unless clear pictures are asked for with a reason",
)
REFUSES = (
    "it names nobody: no model that recognises faces, gait, emotion, age, sex or origin ships or loads",
    f"a model whose SHA-256 is on no card is refused (rule {RULE_UNKNOWN}); --unsafe-unknown-model overrides "
    "that, and every output then names the model",
    "it looks for no weapons: no model of them is shipped, so silence about weapons means nothing",
    "no rule profiles behaviour, mood or intent",
    "nothing is fetched or sent while it works; models and samples are fetched only by their own verbs, and "
    "'serve --oidc FILE' asks the sign-in of the organisation that the file names",
    "the usage reports of ONNX Runtime are switched off before it is loaded",
)


@dataclass(frozen=True, slots=True)
class Model:
    """A model that may run: its name, what it is for, and the digest that identifies it."""

    name: str
    task: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this build can do. ``unused_entry_points`` exist in installed libraries; no code reaches them."""

    version: str
    names_people: bool
    does: tuple[str, ...]
    refuses: tuple[str, ...]
    classes: tuple[str, ...]
    tasks: tuple[str, ...]
    models: tuple[Model, ...]
    unused_entry_points: tuple[str, ...]
    proof: str


def state_capabilities() -> Capabilities:
    """Read the statement from the build itself: its closed lists, its cards, the libraries installed."""
    return Capabilities(
        version=__version__,
        names_people=False,
        does=DOES,
        refuses=REFUSES,
        classes=CLASSES,
        tasks=get_args(Task),
        models=tuple(Model(card.name, card.task, card.sha256) for card in load_cards()),
        unused_entry_points=recognition_entry_points(),
        proof="tests/architecture/test_recognition.py: no code of Synopticon reaches these entry points",
    )
