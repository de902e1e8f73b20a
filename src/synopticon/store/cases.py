"""Cases, profiles, impact assessments and notices in the database; implements ``governance.records``."""

import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import Connection, Engine, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from synopticon.errors import StoreError, UsageError
from synopticon.governance.approval import Approval, ApprovalRequest, Matter
from synopticon.governance.authority import Facts, Request
from synopticon.governance.case import Case, Closing, Dpia
from synopticon.governance.emergency import Notice
from synopticon.governance.grant import Scope
from synopticon.governance.profile import Profile, parse
from synopticon.governance.users import SYSTEM, User
from synopticon.store import tables_cases as t
from synopticon.store.database import reading, writing
from synopticon.store.moments import micros, moment_of
from synopticon.store.people import people

# What every decision reads, put together once: to build a statement takes longer than to run it.
_ASKED = (
    select(t.case_request.c.file)
    .where(t.case_request.c.case_id == bindparam("case"))
    .order_by(t.case_request.c.sequence)
)
_ANSWERED = (
    select(t.case_approval.c.file, t.case_approval.c.received)
    .where(t.case_approval.c.case_id == bindparam("case"))
    .order_by(t.case_approval.c.received, t.case_approval.c.digest)
)
_CLOSED = select(t.case_closing).where(t.case_closing.c.case_id == bindparam("case"))
_IN_FORCE = select(t.profile.c.text, t.profile.c.digest).order_by(t.profile.c.number.desc()).limit(1)

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
        with reading(self.engine) as connection:
            return _case(connection, case)

    def cases(self, unit: str | None = None) -> tuple[Case, ...]:
        """The cases of a unit, oldest first; of all units (None) for retention alone."""
        first = t.case_request.c.sequence == 0
        if unit is not None:
            first &= t.case_request.c.unit == unit
        with reading(self.engine) as connection:
            ids = [row.case_id for row in connection.execute(select(t.case_request.c.case_id).where(first))]
            found = [case for case in (_case(connection, one) for one in ids) if case]
        return tuple(sorted(found, key=lambda case: (case.opened, case.id)))

    def signers(self, case: Case) -> Mapping[str, User]:
        """The requesters and approvers of a case, by id."""
        with reading(self.engine) as connection:
            return {user.id: user for user in people(connection, _signing(case))}

    def requesters(self, camera: str) -> frozenset[str]:
        """Who asked for the cases, not closed, whose scope names a camera."""
        with reading(self.engine) as connection:
            return _requesters(connection, camera)

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
        with reading(self.engine) as connection:
            return _profile(connection)

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
        with reading(self.engine) as connection:
            return _dpias(connection)

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
    ) -> Facts:
        """Gather all that ``authority.decide`` looks at, from one state of the database.

        Raises ``StoreError`` if no profile is in force. What the log and the workspace know comes by name:
        see ``authority.Facts``.
        """
        with reading(self.engine) as connection:
            profile = _profile(connection)
            if profile is None:
                raise StoreError("no profile is in force in this workspace: run 'synopticon init'")
            case = _case(connection, request.case) if request.case else None
            users = {SYSTEM.id: SYSTEM}
            users |= {u.id: u for u in people(connection, [request.actor, *(_signing(case) if case else ())])}
            actor = users.get(request.actor)
            dpias = _dpias(connection) if request.capability == "case.open" else ()
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
                requesters=_requesters(connection, about) if about else frozenset(),
                empty=profile.users and actor is None and _nobody(connection),
            )


def _case(connection: Connection, case: str) -> Case | None:
    wanted = {"case": case}
    try:
        requests = tuple(_request(row.file) for row in connection.execute(_ASKED, wanted))
        answers = connection.execute(_ANSWERED, wanted) if requests else ()
        approvals = tuple(_approval(row.file, moment_of(row.received)) for row in answers)
    except UsageError as error:
        raise StoreError(f"{case} is damaged in the database ({error}): put back a copy") from error
    if not requests:
        return None
    row = connection.execute(_CLOSED, wanted).first()
    closing = None
    if row is not None:
        closing = Closing(row.by, moment_of(row.at), row.outcome, MappingProxyType(json.loads(row.fields)))
    return Case(case, requests, approvals, closing)


def _signing(case: Case) -> list[str]:
    """Ids of the requesters and approvers of a case."""
    return [*(r.requester for r in case.requests), *(a.approver for a in case.approvals)]


def _nobody(connection: Connection) -> bool:
    return connection.execute(select(t.person.c.id).limit(1)).first() is None


def _requesters(connection: Connection, camera: str) -> frozenset[str]:
    closed = select(t.case_closing.c.case_id)
    here = (t.case_camera.c.camera == camera) & t.case_camera.c.case_id.not_in(closed)
    return frozenset(connection.execute(select(t.case_camera.c.requester).where(here)).scalars())


def _profile(connection: Connection) -> Profile | None:
    row = connection.execute(_IN_FORCE).first()
    if row is None:
        return None
    found = _parsed(row.text)
    if found.digest != row.digest:
        raise StoreError("the profile of this workspace was changed in the database: put it in force anew")
    return found


@functools.lru_cache(maxsize=256)  # reading one again gives the same value
def _request(file: bytes) -> ApprovalRequest:
    return ApprovalRequest.read(file)


@functools.lru_cache(maxsize=256)
def _approval(file: bytes, received: datetime) -> Approval:
    return Approval.read(file, received)


@functools.lru_cache(maxsize=8)
def _parsed(text: str) -> Profile:
    return parse(text.encode(), "the profile of this workspace")


def _dpias(connection: Connection) -> tuple[Dpia, ...]:
    rows = connection.execute(select(t.dpia).order_by(t.dpia.c.registered))
    days = ((row, date.fromisoformat(row.signed)) for row in rows)
    return tuple(Dpia(r.digest, r.signatory, day, r.opinion, r.dpo, r.configuration) for r, day in days)
