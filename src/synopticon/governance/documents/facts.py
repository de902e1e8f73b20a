"""What documents are made from: plain values that an act gathers; a page is made without a store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from synopticon.governance.audit.log import Witnessed
from synopticon.governance.case import Dpia
from synopticon.governance.documents.tally import Tally
from synopticon.governance.profile import Difference, Profile
from synopticon.governance.users import Role


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """A camera. ``days``: how long its footage is kept, by its own rule and the profile's; None = no end."""

    id: str
    name: str
    place: str
    zone: str
    purpose: str
    days: int | None


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit, and how many active users hold each role in it; no names."""

    name: str
    roles: Mapping[Role, int]


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model that analysed footage which is here. ``task`` and ``licence`` "" where no card knows it."""

    name: str
    digest: str
    task: str
    licence: str


@dataclass(frozen=True, slots=True)
class WitnessFacts:
    """A witness whose cosignatures are in the log: name, fingerprint of the key, when last (UTC)."""

    name: str
    fingerprint: str
    last: datetime


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """A recording that is kept. Times (UTC) widened by the clock's uncertainty; None where it is unknown.

    ``due``: when it will be destroyed (None = no rule sets an end); ``state`` as retention judges it.
    """

    camera: str
    day: str
    digests: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    state: str
    due: datetime | None
    holds: int = 0


@dataclass(frozen=True, slots=True)
class DestroyedFacts:
    """A camera's day that was destroyed: how many files, when, and the entry of the log that records it."""

    camera: str
    day: str
    files: int
    at: datetime
    entry: int


@dataclass(frozen=True, slots=True)
class DpiaFacts:
    """The impact assessment that was registered last. ``current``: it describes today's settings.

    ``old``: it is older than the profile lets it be.
    """

    dpia: Dpia
    current: bool
    old: bool = False


@dataclass(frozen=True, slots=True)
class LogFacts:
    """The log as the document saw it. ``key``: fingerprint; ``checkpoint``: the signed note."""

    origin: str
    key: str
    size: int
    checkpoint: str
    witnessed: Witnessed | None
    witnesses: tuple[WitnessFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the documents say. ``configuration``: digest of the settings that a DPIA describes.

    ``contact``: where a person filmed can write, "" = to be filled in by hand.
    """

    organisation: str
    since: datetime
    at: datetime
    version: str
    profile: Profile
    log: LogFacts
    configuration: str = ""
    difference: tuple[Difference, ...] = ()
    cameras: tuple[CameraFacts, ...] = ()
    units: tuple[UnitFacts, ...] = ()
    models: tuple[ModelFacts, ...] = ()
    dpia: DpiaFacts | None = None
    recordings: tuple[RecordingFacts, ...] = ()
    destroyed: tuple[DestroyedFacts, ...] = ()
    tally: Tally = field(default_factory=Tally)
    contact: str = ""
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # of cameras, by id

    def camera(self, id: str) -> str:
        """The name of a camera; its id where it is not known any more."""
        return self.names.get(id, id)

    def zone(self, id: str) -> str:
        """The time zone of a camera; "" (UTC) where it is not known any more."""
        return next((camera.zone for camera in self.cameras if camera.id == id), "")
