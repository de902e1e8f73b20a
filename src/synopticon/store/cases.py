"""Cases, profiles, impact assessments and notices in the database; implements ``governance.records``."""

import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from synopticon.errors import StoreError, UsageError
from synopticon.governance.approval import Approval, ApprovalRequest, Matter
from synopticon.governance.authority import Facts, Request
from synopticon.governance.case import Case, Closing, Dpia
from synopticon.governance.demand import Demand
from synopticon.governance.emergency import Notice
from synopticon.governance.grant import Scope
from synopticon.governance.profile import Profile, parse
from synopticon.governance.users import SYSTEM, User
from synopticon.store import tables_cases as t
from synopticon.store.database import Ask, asking, reading, writing
from synopticon.store.moments import micros, moment_of
from synopticon.store.people import people

# What every decision reads: written out, since to run a statement takes far less than to put it together.
_ASKED = "SELECT file FROM case_request WHERE case_id = ? ORDER BY sequence"
_ANSWERED = "SELECT file, received FROM case_approval WHERE case_id = ? ORDER BY received, digest"
_CLOSED = 'SELECT "by", at, outcome, fields FROM case_closing WHERE case_id = ?'
_IN_FORCE = "SELECT text, digest FROM profile ORDER BY number DESC LIMIT 1"

TRIES = 50  # two may take the same number in a case at once (PostgreSQL); one of them takes the next


@dataclass(frozen=True, slots=True)
class CaseStore:
    """Implements ``governance.records.Cases`` and ``Frame``; rows of cases are only ever added."""

    engine: Engine

    # --- cases ---------------------------------------------------------------------------------------------

    def add_request(self, request: ApprovalRequest) -> None:
        """Store a request; the first of a case opens it. Raises ``UsageError`` if it is here already."""
        for _ in range(TRIES):
            try:
                return self._add_request(request)
            except IntegrityError as error:
                known = select(t.case_request.c.case_id).where(t.case_request.c.digest == request.digest)
                with reading(self.engine) as connection:
                    if connection.execute(known).first() is not None:
                        text = f"{request.case}: this request is here already: see 'case show'"
                        raise UsageError(text) from error
        raise StoreError(f"{request.case}: many write to this case at once: try again")

    def _add_request(self, request: ApprovalRequest) -> None:
        mine = t.case_request.c.case_id == request.case
        with writing(self.engine) as connection:
            count = connection.execute(select(func.count()).where(mine)).scalar_one()
            values = {"digest": request.digest, "case_id": request.case, "unit": request.unit}
            connection.execute(insert(t.case_request).values(sequence=count, file=request.file(), **values))
            self._name_cameras(connection, request)

    def add_approval(self, approval: Approval) -> None:
        """Store an approval of a request that is here; verified before. Raises ``UsageError``."""
        file = approval.file()
        received = micros(approval.received or approval.at)
        values = {
            "digest": hashlib.sha256(file).hexdigest(),
            "request": approval.request,
            "case_id": approval.case,
        }
        try:
            with writing(self.engine) as connection:
                connection.execute(insert(t.case_approval).values(file=file, received=received, **values))
        except IntegrityError as error:
            raise UsageError(
                f"{approval.case}: this approval is here already, or its request is not: see 'case show'"
            ) from error

    def close(self, case: str, closing: Closing) -> None:
        """Store how a case ended; raises ``UsageError`` if it was closed before."""
        values = {"by": closing.by, "at": micros(closing.at), "outcome": closing.outcome}
        fields = json.dumps(dict(closing.fields), sort_keys=True)
        try:
            with writing(self.engine) as connection:
                connection.execute(insert(t.case_closing).values(case_id=case, fields=fields, **values))
        except IntegrityError as error:
            raise UsageError(f"{case} is closed already: use a new case") from error

    def case(self, case: str) -> Case | None:
        """The case of this id, of any unit: callers show it to its unit only."""
        with asking(self.engine) as ask:
            return _case(ask, case)

    def cases(self, unit: str | None = None) -> tuple[Case, ...]:
        """The cases of a unit, oldest first; of all units (None) for retention alone."""
        first, values = "SELECT case_id FROM case_request WHERE sequence = 0", []
        if unit is not None:
            first, values = f"{first} AND unit = ?", [unit]
        with asking(self.engine) as ask:
            found = [case for case in (_case(ask, one) for (one,) in ask(first, *values)) if case]
        return tuple(sorted(found, key=lambda case: (case.opened, case.id)))

    def signers(self, case: Case) -> Mapping[str, User]:
        """The requesters and approvers of a case, by id."""
        with asking(self.engine) as ask:
            return {user.id: user for user in people(ask, _signing(case))}

    def requesters(self, camera: str) -> frozenset[str]:
        """Who asked for the cases, not closed, whose scope names a camera."""
        with asking(self.engine) as ask:
            return _requesters(ask, camera)

    def _name_cameras(self, connection: Connection, request: ApprovalRequest) -> None:
        if request.matter is not Matter.OPEN:
            return
        scope = Scope.of_plain(request.said["scope"])
        kind = sqlite if connection.dialect.name == "sqlite" else postgresql
        for camera in scope.cameras:
            values = {"camera": camera, "case_id": request.case, "requester": request.requester}
            connection.execute(kind.insert(t.case_camera).values(**values).on_conflict_do_nothing())

    # --- the frame -----------------------------------------------------------------------------------------

    def use_profile(self, profile: Profile, now: datetime) -> None:
        """Put a profile in force; those before stay in the table."""
        with writing(self.engine) as connection:
            count = connection.execute(select(func.count()).select_from(t.profile)).scalar_one()
            values = {"digest": profile.digest, "text": profile.text, "since": micros(now)}
            connection.execute(insert(t.profile).values(number=count, **values))

    def profile(self) -> Profile | None:
        """The profile in force; raises ``StoreError`` if its text is not what its digest says."""
        with asking(self.engine) as ask:
            return _profile(ask)

    def register_dpia(self, dpia: Dpia, now: datetime) -> None:
        """Store an impact assessment; raises ``UsageError`` if it is here for the same settings."""
        values = {**asdict(dpia), "signed": dpia.signed.isoformat(), "registered": micros(now)}
        try:
            with writing(self.engine) as connection:
                connection.execute(insert(t.dpia).values(**values))
        except IntegrityError as error:
            raise UsageError(
                f"the impact assessment {dpia.digest[:16]} is here already for these settings: choose another"
            ) from error

    def dpias(self) -> tuple[Dpia, ...]:
        """All impact assessments, the latest last."""
        with asking(self.engine) as ask:
            return _dpias(ask)

    def add_notices(self, notices: Iterable[Notice]) -> None:
        """Store notices."""
        with writing(self.engine) as connection:
            for one in notices:
                values = {"id": one.id, "person": one.user, "case_id": one.case, "text": one.text}
                connection.execute(insert(t.notice).values(at=micros(one.at), **values))

    def notices(self, user: str) -> tuple[Notice, ...]:
        """What a user has not confirmed having read."""
        mine = (t.notice.c.person == user) & t.notice.c.read.is_(None)
        with reading(self.engine) as connection:
            rows = connection.execute(select(t.notice).where(mine).order_by(t.notice.c.at))
            return tuple(Notice(r.id, r.person, r.case_id, moment_of(r.at), r.text) for r in rows)

    def read_notice(self, notice: str, user: str, now: datetime) -> None:
        """Confirm that a user read a notice of theirs; raises ``UsageError`` if there is none."""
        mine = (t.notice.c.id == notice) & (t.notice.c.person == user)
        with writing(self.engine) as connection:
            if not connection.execute(update(t.notice).where(mine).values(read=micros(now))).rowcount:
                raise UsageError(f"{notice} is no notice of yours: see the list of your notices")

    # --- for a decision ------------------------------------------------------------------------------------

    def facts(
        self,
        request: Request,
        *,
        since: datetime,
        organisation: str = "",
        configuration: str = "",
        witnessed: datetime | None = None,
        latest: datetime | None = None,
        demand: Demand | None = None,
    ) -> Facts:
        """Gather all that ``authority.decide`` looks at, from one state of the database.

        Raises ``StoreError`` if no profile is in force. What the log and the workspace know comes by name:
        see ``authority.Facts``.
        """
        with asking(self.engine) as ask:
            profile = _profile(ask)
            if profile is None:
                raise StoreError("no profile is in force in this workspace: run 'synopticon init'")
            case = _case(ask, request.case) if request.case else None
            users = {SYSTEM.id: SYSTEM}
            users |= {u.id: u for u in people(ask, [request.actor, *(_signing(case) if case else ())])}
            actor = users.get(request.actor)
            dpias = _dpias(ask) if request.capability == "case.open" else ()
            about = request.about if request.capability == "camera.clock" else ""
            return Facts(
                profile=profile,
                since=since,
                organisation=organisation,
                user=actor,
                case=case,
                users=users,
                witnessed=witnessed,
                latest=latest,
                dpia=dpias[-1] if dpias else None,
                configuration=configuration,
                requesters=_requesters(ask, about) if about else frozenset(),
                empty=profile.users and actor is None and not ask("SELECT id FROM person LIMIT 1"),
                demand=demand,
            )


def _case(ask: Ask, case: str) -> Case | None:
    try:
        requests = tuple(_request(bytes(file)) for (file,) in ask(_ASKED, case))
        answers = ask(_ANSWERED, case) if requests else ()
        approvals = tuple(_approval(bytes(file), moment_of(received)) for file, received in answers)
    except UsageError as error:
        raise StoreError(f"{case} is damaged in the database ({error}): put back a copy") from error
    if not requests:
        return None
    closing = None
    for by, at, outcome, fields in ask(_CLOSED, case):
        closing = Closing(by, moment_of(at), outcome, MappingProxyType(json.loads(fields)))
    return Case(case, requests, approvals, closing)


def _signing(case: Case) -> list[str]:
    """Ids of the requesters and approvers of a case."""
    return [*(r.requester for r in case.requests), *(a.approver for a in case.approvals)]


def _requesters(ask: Ask, camera: str) -> frozenset[str]:
    closed = "SELECT case_id FROM case_closing"
    open_ = f"SELECT requester FROM case_camera WHERE camera = ? AND case_id NOT IN ({closed})"
    return frozenset(requester for (requester,) in ask(open_, camera))


def _profile(ask: Ask) -> Profile | None:
    for text, digest in ask(_IN_FORCE):
        found = _parsed(text)
        if found.digest != digest:
            raise StoreError(
                "the profile of this workspace was changed in the database: put it in force anew"
            )
        return found
    return None


@functools.lru_cache(maxsize=256)  # reading one again gives the same value
def _request(file: bytes) -> ApprovalRequest:
    return ApprovalRequest.read(file)


@functools.lru_cache(maxsize=256)
def _approval(file: bytes, received: datetime) -> Approval:
    return Approval.read(file, received)


@functools.lru_cache(maxsize=8)
def _parsed(text: str) -> Profile:
    return parse(text.encode(), "the profile of this workspace")


def _dpias(ask: Ask) -> tuple[Dpia, ...]:
    found = ask("SELECT digest, signatory, signed, opinion, dpo, configuration FROM dpia ORDER BY registered")
    days = ((row, date.fromisoformat(row[2])) for row in found)
    return tuple(Dpia(row[0], row[1], day, *row[3:]) for row, day in days)
