"""The workspace, and the pattern of every act: take the grant (or be refused), write the record, do it.

::

    workspace.json      name of the log, organisation, database, public keys of the roles
    synopticon.sqlite   cameras, footage, tracks, cases, the log (or the database that workspace.json names)
    keys/log.pem        signs the log                                    mode 0600, passphrase if wished
    keys/ROLE.pem       opens the data keys wrapped for that role        may be kept elsewhere
    blobs/CAMERA/DAY/   tubes, backgrounds, thumbnails: sealed
    footage/CAMERA/DAY/ recordings that the workspace owns (``ingest --own``)
    analyses/           analyses of files named on the command line (``synopsis FILE``), not sealed

A workspace is made at its first use, under the profile ``personal``; ``init`` makes one for an organisation.
"""

import copy
import hashlib
import json
import os
import platform
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from synopticon import __version__
from synopticon.acts.outcome import account, failure
from synopticon.errors import RefusedError, StoreError, UsageError
from synopticon.governance.audit.entry import KEY, RECORD, REFUSAL, ActHeader, Entry
from synopticon.governance.audit.log import AuditLog, Clock, read_rotation, system_clock
from synopticon.governance.authority import Check, Facts, Reason, Request, decide, explain
from synopticon.governance.capability import operation_of
from synopticon.governance.case import configuration, stand
from synopticon.governance.grant import NOTHING, Grant, Scope
from synopticon.governance.keys import BoxKey, BoxPublic, DataKey, SigningKey
from synopticon.governance.profile import Profile, load, shipped
from synopticon.governance.users import SYSTEM, Method, SignIn, alone
from synopticon.models.cards import home
from synopticon.store.areas import Areas
from synopticon.store.atomic import make_folder, write_bytes
from synopticon.store.blobs import BlobStore
from synopticon.store.cameras import Cameras, Holds
from synopticon.store.cases import CaseStore
from synopticon.store.database import open_migrated
from synopticon.store.demands import DemandStore
from synopticon.store.descriptors import DescriptorStore
from synopticon.store.events import EventStore
from synopticon.store.footage import FootageStore
from synopticon.store.jobs import JobStore
from synopticon.store.journeys import JourneyStore, Ways
from synopticon.store.live import LiveStore
from synopticon.store.lock import held
from synopticon.store.log import SqlLog
from synopticon.store.marks import MarkStore
from synopticon.store.people import PeopleStore
from synopticon.store.place import Files, Folder, Remote, place_of
from synopticon.store.plate_lists import PlateLists
from synopticon.store.plates import PlateStore
from synopticon.store.sealed import SealedFiles
from synopticon.store.tracks import TrackStore
from synopticon.store.traits import TraitStore
from synopticon.store.tries import TryStore
from synopticon.store.vault import Vault
from synopticon.store.webhooks import WebhookStore

VERSION = 1
SETTINGS = "workspace.json"
LOG_KEY = "log.pem"
NEXT_KEY = "log-next.pem"  # while the key is being changed
DATABASE = "synopticon.sqlite"
ROLES = ("operator", "investigator")  # who may open footage; no administrator, no auditor
OWNER = ("owner",)  # where a profile knows no users
PASSPHRASE = "SYNOPTICON_PASSPHRASE"  # environment variable: of the keys in keys/
RULE_CLEAR = "masking.reason"
SUBJECTS = 1000  # as many tracks one entry of the log names


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """What ``workspace.json`` says. ``roles``: public keys (base64) of the roles that may open footage.

    ``database``: URL, "" = SQLite in the folder; ``blobs``: folder or URL, "" = in the folder.
    """

    origin: str
    made: str
    organisation: str = ""
    database: str = ""
    blobs: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and how that was proved."""

    id: str
    name: str
    sign_in: SignIn


@dataclass(slots=True)
class Act:
    """An act under way: its permission, its record in the log, and what its outcome will say."""

    grant: Grant
    entry: Entry
    outcome: dict[str, Any] = field(default_factory=dict)

    def note(self, **values: Any) -> None:
        """Add to the outcome: counts, digests, names of what was made; JSON values."""
        self.outcome.update(values)


class Workspace:
    """An open workspace; a context manager. Made by ``open_workspace``."""

    def __init__(
        self,
        folder: Path,
        settings: WorkspaceSettings,
        clock: Clock = system_clock,
        passphrase: str | None = None,
    ) -> None:
        self.folder = folder
        self.settings = settings
        self.clock = clock
        self._passphrase = passphrase or os.environ.get(PASSPHRASE) or None
        used = settings.made[:10] if (folder / SETTINGS).exists() else ""
        self.engine = open_migrated(settings.database or folder / DATABASE, used)
        self.people = PeopleStore(self.engine)
        self.tries = TryStore(self.engine)
        self.cases = CaseStore(self.engine)
        self.cameras = Cameras(self.engine)
        self.holds = Holds(self.engine)
        self.areas = Areas(self.engine)
        self.marks = MarkStore(self.engine, clock)
        self.footage = FootageStore(self.engine, clock)
        self.tracks = TrackStore(self.engine, clock)
        self.ways = Ways(self.engine)
        self.journeys = JourneyStore(self.engine, clock)
        self.jobs = JobStore(self.engine)
        self.live = LiveStore(self.engine, clock)
        self.asked: int | None = None
        self.actor = self.at_terminal()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.dispose()

    # --- what it has -----------------------------------------------------------------------------------

    @cached_property
    def log(self) -> AuditLog:
        """The log of acts."""
        keys, storage = self.folder / "keys", SqlLog(self.engine)
        key = self.load_key(keys / LOG_KEY)
        if (keys / NEXT_KEY).exists():
            key = self._key_in_force(key, storage)
        return AuditLog(storage, key, self.settings.origin, self.clock)

    def _key_in_force(self, old: SigningKey, storage: SqlLog) -> SigningKey:
        """Of the two keys that a change leaves when it is broken off, the one that the log knows."""
        change = storage.last(KEY)
        new = self.load_key(self.folder / "keys" / NEXT_KEY)
        entry = None if change is None else next(storage.entries(change, change + 1))
        known = entry and read_rotation(self.settings.origin, entry)[1]
        return new if known == new.public else old

    def load_key(self, path: Path) -> SigningKey:
        """Read a key file of this workspace; raises ``UsageError``."""
        return SigningKey.load(path, self._passphrase)

    def save_key(self, key: SigningKey, path: Path) -> None:
        """Write a key file as those of this workspace are: mode 0600, with its passphrase."""
        key.save(path, self._passphrase)

    @cached_property
    def vault(self) -> Vault:
        """The data keys, and the private keys of roles that are here."""
        boxes = {role: BoxPublic.of_text(text) for role, text in self.settings.roles.items()}
        paths = [self.folder / "keys" / f"{role}.pem" for role in boxes]
        own = [BoxKey.load(path, self._passphrase) for path in paths if path.exists()]
        return Vault(self.engine, boxes, own, self.clock)

    @cached_property
    def traits(self) -> TraitStore:
        """What is known of tracks beyond their boxes."""
        return TraitStore(self.engine, self.place, self.vault, self.clock)

    @cached_property
    def place(self) -> Folder | Remote:
        """Where sealed bytes are."""
        return place_of(self.settings.blobs or self.folder / "blobs")

    @cached_property
    def blobs(self) -> BlobStore:
        """Thumbnails and the like."""
        return BlobStore(self.engine, self.place, self.vault, self.clock)

    @cached_property
    def demands(self) -> DemandStore:
        """The requests of persons filmed."""
        return DemandStore(self.engine, self.vault)

    @cached_property
    def descriptors(self) -> DescriptorStore:
        """What tracks look like, case by case."""
        return DescriptorStore(self.engine, self.vault, self.clock)

    @cached_property
    def plates(self) -> PlateStore:
        """What was read of number plates."""
        return PlateStore(self.engine, self.vault, self.clock)

    @cached_property
    def events(self) -> EventStore:
        """The events that were found, on recordings and live."""
        return EventStore(self.engine, self.vault, self.clock)

    @cached_property
    def webhooks(self) -> WebhookStore:
        """Where alerts are sent, and the outbox."""
        return WebhookStore(self.engine, self.vault, self.clock)

    @cached_property
    def plate_lists(self) -> PlateLists:
        """The plates that cases look for."""
        return PlateLists(self.engine, self.vault, self.clock)

    @property
    def profile(self) -> Profile:
        """The profile in force."""
        found = self.cases.profile()
        if found is None:
            raise StoreError(f"{self.folder}: no profile is in force: run 'synopticon init'")
        return found

    @property
    def retention_days(self) -> int | None:
        """Longest that the profile lets footage be kept; None = it sets no end."""
        return self.profile.limits.retention_days or None

    # --- who acts --------------------------------------------------------------------------------------

    @property
    def session_file(self) -> Path:
        """Where the session of whoever signed in lies (mode 0600), in the user's own folder."""
        return home() / "sessions" / self.settings.origin.replace("/", "-")

    def at_terminal(self) -> Actor:
        """Who signed in at the command line; else the account of the operating system."""
        if self.session_file.exists():
            found = self.people.session(self.session_file.read_text("utf-8").strip(), self.clock())
            if found:
                return Actor(found[0].id, found[0].name, found[1])
        name = account()
        user = alone(name)
        return Actor(user.id, user.name, SignIn(Method.ACCOUNT, platform.node(), name, self.clock()))

    def as_user(self, user: str, sign_in: SignIn) -> Self:
        """Act as this user from now on."""
        known = self.people.user(user)
        self.actor = Actor(user, known.name if known else user, sign_in)
        return self

    def acting(self, actor: Actor, asked: int | None = None) -> Self:
        """The same workspace as somebody else acts in it, while others act in it too.

        Stores, keys and log are shared; who acts is its own, and nothing that is set on it changes another.
        ``asked``: the entry of the log by which the job was asked for that acts in it.
        """
        for name, kind in vars(type(self)).items():
            if isinstance(kind, cached_property):
                getattr(self, name)  # made once, for all
        mine = copy.copy(self)
        mine.actor, mine.asked = actor, asked
        return mine

    def as_program(self) -> Self:
        """Act as the program itself, at its time (retention)."""
        self.actor = Actor(
            SYSTEM.id, SYSTEM.name, SignIn(Method.TIMER, platform.node(), account(), self.clock())
        )
        return self

    # --- the pattern -----------------------------------------------------------------------------------

    @contextmanager
    def act(
        self,
        capability: str,
        *,
        case: str | None = None,
        scope: Scope = NOTHING,
        reason: str | Reason | None = None,
        about: str = "",
        payload: Mapping[str, Any] | None = None,
        within: Act | None = None,
        demand: str = "",
    ) -> Iterator[Act]:
        """Do an act: the permission, its durable record, the body, its outcome.

        ``scope`` left empty means all of the case's; ``payload`` goes into the record (JSON values);
        ``within``: the act that this one is a part of, so that one look is counted once; ``demand``: the
        request of a person filmed that it serves. Raises ``RefusedError`` with the rule, after a refusal was
        logged. What the body raises is in the outcome.
        """
        request = replace(self._request(capability, case, scope, reason, about), demand=demand)
        part = {} if within is None else {"within": within.entry.sequence}
        act = self._begin(request, {**(payload or {}), **part})
        try:
            yield act
        except BaseException as error:
            self.log.outcome(act.entry, {**act.outcome, **failure(error)})
            raise
        self.log.outcome(act.entry, {"state": "done", **act.outcome})

    def begin(
        self,
        capability: str,
        *,
        case: str | None = None,
        scope: Scope = NOTHING,
        reason: str | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> Act:
        """The permission and the record of an act whose outcome comes later, of another process (a job)."""
        return self._begin(self._request(capability, case, scope, reason, ""), payload or {})

    def _begin(self, request: Request, payload: Mapping[str, Any]) -> Act:
        said = self._said(request, payload)
        facts = self._facts(request)
        try:
            grant = decide(request, facts, self.clock())
        except RefusedError as error:
            self._log_refusal(request, facts, error, said)
            raise
        return Act(
            grant, self.log.record(self._header(request, facts, grant.case), {**said, "rule": grant.rule})
        )

    def refuse(
        self,
        capability: str,
        error: RefusedError,
        *,
        scope: Scope = NOTHING,
        case: str | None = None,
        about: str = "",
    ) -> RefusedError:
        """Log a refusal that an act itself decides on, and give it back to be raised."""
        request = self._request(capability, case, scope, None, about)
        self._log_refusal(request, self._facts(request), error, self._said(request, {}))
        return error

    def explain(
        self, capability: str, *, case: str | None = None, scope: Scope = NOTHING, reason: str | None = None
    ) -> tuple[Check, ...]:
        """Every check of a decision, without acting."""
        request = self._request(capability, case, scope, reason, "")
        return explain(request, self._facts(request), self.clock())

    def still(self, grant: Grant, reason: str = "") -> None:
        """Raise ``RefusedError`` unless a permission would be given again now; it is no act of its own."""
        grant.check(self.clock())
        found = self.explain(grant.capability, case=grant.case, scope=grant.scope, reason=reason or None)
        for check in found:
            if not check.holds:
                raise check.refusal()

    def _request(
        self, capability: str, case: str | None, scope: Scope, reason: str | Reason | None, about: str
    ) -> Request:
        given = Reason(reason) if isinstance(reason, str) else reason
        if given is not None and not given.text.strip():
            given = None
        return Request(capability, self.actor.id, self.actor.sign_in, case, scope, given, about)

    def _facts(self, request: Request) -> Facts:
        witnessed = self.log.last_witnessed() if request.capability == "case.open" else None
        return self.cases.facts(
            request,
            since=datetime.fromisoformat(self.settings.made),
            organisation=self.settings.organisation,
            configuration=self.configuration() if request.capability == "case.open" else "",
            witnessed=witnessed.time if witnessed else None,
            latest=self.log.storage.latest(),
            demand=self.demands.find(request.demand) if request.demand else None,
        )

    def scope_of(self, case: str) -> Scope:
        """Cameras, hours and recordings that a case was opened for; nothing where there is no such case."""
        found = self.cases.case(case)
        if found is None:
            return NOTHING
        return stand(found, self.profile, self.cases.signers(found), self.clock()).terms.scope

    def configuration(self) -> str:
        """Digest of the settings that an impact assessment describes: profile, organisation, cameras."""
        names = ("name", "place", "zone", "purpose", "retention_days")
        cameras = [{name: getattr(c, name) for name in names} for c in self.cameras.all()]
        return configuration(self.profile, self.settings.organisation, cameras)

    def _said(self, request: Request, payload: Mapping[str, Any]) -> dict[str, Any]:
        """What the payload of every entry says: who, how that was proved, why, and of what."""
        said: dict[str, Any] = {
            "actor": self.actor.name,
            "sign_in": request.sign_in.plain(),
            "scope": request.scope.plain(),
            "program": __version__,
            **payload,
        }
        if request.reason is not None:
            said["reason"] = list(request.reason.lines())
            if request.reason.tracks:
                said.setdefault("subjects", list(request.reason.tracks))
        if request.about:
            said["about"] = request.about
        if request.demand:
            said["demand"] = request.demand
        if self.asked is not None:
            said["asked_in"] = self.asked
        return said

    def _header(self, request: Request, facts: Facts, case: str | None, kind: str = RECORD) -> ActHeader:
        operation = operation_of(request.capability)
        return ActHeader(operation.value, request.capability, request.actor, case, facts.profile.digest, kind)

    def _log_refusal(
        self, request: Request, facts: Facts, error: RefusedError, said: Mapping[str, Any]
    ) -> None:
        seen = facts.case is not None and facts.user is not None and facts.case.unit == facts.user.unit
        case = request.case if seen else None
        answer = {"refused": " ".join(str(error).split()), "rule": error.rule, "asked_case": request.case}
        self.log.record(self._header(request, facts, case, REFUSAL), {**said, **answer})


def singled_out(tracks: Sequence[str]) -> dict[str, Any]:
    """Whom an act looks for, decides about or shows clear, for its entry in the log.

    ``subjects``: the ids, at most ``SUBJECTS``; of more ``track_list``, the SHA-256 of the sorted ids, a line
    each.
    """
    ids = sorted(set(tracks))
    if len(ids) <= SUBJECTS:
        return {"subjects": ids}
    return {"track_list": hashlib.sha256("\n".join(ids).encode()).hexdigest()}


@contextmanager
def passing(workspace: Workspace) -> Iterator[Callable[[str], Files] | None]:
    """Where the analysis of a file goes that was named on the command line, and is not ingested.

    One person's own: None, into ``analyses/``, to be used again. Elsewhere it is sealed under a key that only
    this process knows, and removed when the act ends.
    """
    if not workspace.profile.users and not workspace.settings.organisation:
        yield None
        return
    key, place = DataKey.make(), Folder(workspace.folder / "passing" / secrets.token_hex(8))
    try:
        yield lambda name: SealedFiles(place.below(name), key, name)
    finally:
        place.remove()


# --- opening and making ------------------------------------------------------------------------------------


def open_workspace(
    folder: Path | None = None, *, clock: Clock = system_clock, passphrase: str | None = None
) -> Workspace:
    """Open the workspace in ``folder`` (None: the user's own); made at first use, under ``personal``.

    Raises ``StoreError`` when it is damaged or of a newer version, ``OutputError`` when it cannot be written.
    """
    place = (folder or home()).absolute()
    if not (place / SETTINGS).exists():
        init_workspace(place, clock=clock, passphrase=passphrase)
    return Workspace(place, read_settings(place), clock, passphrase)


def refuse_clear(folder: Path | None, case: str | None, what: str, remedy: str) -> RefusedError:
    """The refusal of clear pictures without a reason, logged; to be raised."""
    says = f"{what} a reason (rule {RULE_CLEAR}): add --reason TEXT, or {remedy}"
    with open_workspace(folder) as workspace:
        return workspace.refuse("view.unmasked", RefusedError(says, RULE_CLEAR), case=case)


def init_workspace(
    folder: Path,
    *,
    organisation: str = "",
    profile: str = "personal",
    database: str = "",
    blobs: str = "",
    clock: Clock = system_clock,
    passphrase: str | None = None,
) -> WorkspaceSettings:
    """Make a workspace, once: keys, database, profile, and the first entry of its log.

    ``profile``: a shipped name or a file. Of several processes at once one makes it; what a killed one left
    is finished by the next. Raises ``UsageError`` when it exists with other settings, ``RefusedError`` for a
    profile that has no place in an organisation.
    """
    chosen = load(profile) if profile.endswith(".toml") else shipped(profile)
    if organisation and not chosen.organisation:
        rule = f"{chosen.name}.no-organisation"
        raise RefusedError(
            f"the profile {chosen.name} has no place in an organisation (rule {rule}): choose another",
            rule,
        )
    make_folder(folder)
    with held(folder / "locks" / "init.lock"):
        if (folder / SETTINGS).exists():
            return _same(folder, organisation, chosen)
        secret = passphrase or os.environ.get(PASSPHRASE) or None
        roles = _make_keys(folder / "keys", ROLES if chosen.users else OWNER, secret)
        fresh = WorkspaceSettings(
            f"synopticon-{secrets.token_hex(8)}",
            clock().isoformat(),
            organisation.strip(),
            database,
            blobs,
            roles,
        )
        settings = _begin(folder, fresh, chosen, clock, passphrase)
        told = {"format": "synopticon-workspace", "version": VERSION, **asdict(settings)}
        write_bytes(folder / SETTINGS, json.dumps(told, indent=2).encode() + b"\n")
    return settings


def _begin(
    folder: Path, settings: WorkspaceSettings, chosen: Profile, clock: Clock, passphrase: str | None
) -> WorkspaceSettings:
    """Put the profile in force and write the first entry; where there is one, go on with what it says."""
    with Workspace(folder, settings, clock, passphrase) as made:
        first = next(SqlLog(made.engine).entries(0, 1), None)
        if first is not None:  # init was killed, or the settings were lost
            return _settings((first.payload or {}).get("settings"), folder / DATABASE)
        made.cases.use_profile(chosen, clock())
        said = {"settings": asdict(settings), "profile": chosen.label, "key": made.log.public.fingerprint}
        with made.act("workspace.init", payload=said):
            return settings


def _same(folder: Path, organisation: str, chosen: Profile) -> WorkspaceSettings:
    settings = read_settings(folder)
    if organisation.strip() != settings.organisation and organisation:
        owner = settings.organisation or "nobody: it is one person's own"
        raise UsageError(f"{folder}: is a workspace of {owner}: name another folder with --workspace")
    del chosen
    return settings


def _make_keys(folder: Path, roles: Sequence[str], passphrase: str | None) -> dict[str, str]:
    """Make what is missing; gives the public keys of the roles."""
    make_folder(folder)
    if os.name == "posix":
        folder.chmod(0o700)
    if not (folder / LOG_KEY).exists():
        SigningKey.make().save(folder / LOG_KEY, passphrase)
    for role in roles:
        if not (folder / f"{role}.pem").exists():
            BoxKey.make().save(folder / f"{role}.pem", passphrase)
    return {role: BoxKey.load(folder / f"{role}.pem", passphrase).public.text() for role in roles}


def read_settings(folder: Path) -> WorkspaceSettings:
    """What ``workspace.json`` in a folder says; raises ``StoreError``."""
    path = folder / SETTINGS
    try:
        found = json.loads(path.read_text("utf-8"))
        kind, version = found.pop("format"), found.pop("version")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{path}: damaged ({' '.join(str(error).split())}): put back a copy") from error
    if (kind, version) != ("synopticon-workspace", VERSION):
        raise StoreError(f"{path}: written as {kind} version {version}: use the Synopticon that wrote it")
    return _settings(found, path)


def _settings(found: Any, path: Path) -> WorkspaceSettings:
    try:
        return WorkspaceSettings(**found)
    except TypeError as error:
        raise StoreError(f"{path}: does not say what it must ({error}): put back a copy") from error
