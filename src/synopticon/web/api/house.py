"""What this workspace is: facts for every page, what the build can do, whether the server runs."""

from pydantic import BaseModel

from synopticon import __version__
from synopticon.acts.capabilities import state_capabilities
from synopticon.governance.audit.log import Witnessed
from synopticon.governance.authority import SLACK
from synopticon.governance.profile import difference
from synopticon.web.auth import Here


class WitnessedOut(BaseModel):
    """The last time that somebody else saw the log: entries from ``size`` on can be rewritten unseen."""

    time: str
    names: str
    size: int


class WorkspaceOut(BaseModel):
    """The workspace and the profile in force. ``modified``: what differs from the profile as shipped."""

    organisation: str
    origin: str
    program: str
    profile: str
    profile_label: str
    profile_digest: str
    modified: list[str]
    users: bool
    case_needed: bool
    now: str
    log_size: int
    witnessed: WitnessedOut | None
    clock_slack_seconds: float


class ModelOut(BaseModel):
    """A model that may run."""

    name: str
    task: str
    sha256: str


class CapabilitiesOut(BaseModel):
    """What this build can do and what it refuses to do."""

    version: str
    names_people: bool
    does: list[str]
    refuses: list[str]
    classes: list[str]
    tasks: list[str]
    models: list[ModelOut]
    unused_entry_points: list[str]
    proof: str


class Health(BaseModel):
    """That the server answers."""

    ok: bool


def show_workspace(here: Here) -> WorkspaceOut:
    """Say what this workspace is, under which profile, and when somebody else last saw its log."""
    profile, log = here.profile, here.log
    seen = log.last_witnessed()
    return WorkspaceOut(
        organisation=here.settings.organisation,
        origin=here.settings.origin,
        program=__version__,
        profile=profile.name,
        profile_label=profile.label,
        profile_digest=profile.digest,
        modified=[str(one) for one in difference(profile)],
        users=profile.users,
        case_needed=any("case" in need.value for need in profile.rule_for("search.attributes").needs),
        now=here.clock().isoformat(),
        log_size=log.storage.size(),
        witnessed=witnessed(seen),
        clock_slack_seconds=SLACK.total_seconds(),
    )


def show_capabilities() -> CapabilitiesOut:
    """Say what this build can do at all, and what it refuses to do."""
    said = state_capabilities()
    return CapabilitiesOut.model_validate(said, from_attributes=True)


def show_health() -> Health:
    """Say that the server answers; nothing else."""
    return Health(ok=True)


def witnessed(seen: Witnessed | None) -> WitnessedOut | None:
    """The last time that somebody else saw the log, as the page shows it."""
    return WitnessedOut(time=seen.time.isoformat(), names=seen.names, size=seen.size) if seen else None
