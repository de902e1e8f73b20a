"""Units, users, their keys, passwords and sessions in the database."""

import hashlib
import json
import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, Row, Table, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from synopticon.errors import UsageError
from synopticon.governance.users import Authorisation, EnrolledKey, Method, Role, SignIn, Unit, User, new_user
from synopticon.store import tables_cases as t
from synopticon.store.database import reading, writing
from synopticon.store.moments import micros, moment_of

_PEOPLE = select(t.person).where(t.person.c.id.in_(bindparam("ids", expanding=True)))
_KEYS = (
    select(t.person_key)
    .where(t.person_key.c.person.in_(bindparam("ids", expanding=True)))
    .order_by(t.person_key.c.since)
)


@dataclass(frozen=True, slots=True)
class PeopleStore:
    """Implements ``governance.records.People``."""

    engine: Engine

    def add_unit(self, unit: Unit) -> None:
        """Add a unit; raises ``UsageError`` if its name is taken."""
        self._insert(t.unit, f"a unit {unit.name!r}", id=unit.id, name=unit.name)

    def units(self) -> tuple[Unit, ...]:
        """All units, by name."""
        with reading(self.engine) as connection:
            return tuple(Unit(*row) for row in connection.execute(select(t.unit).order_by(t.unit.c.name)))

    def add_user(self, user: User, password: str) -> None:
        """Add a user with a hash of their password; raises ``UsageError`` if the name is taken."""
        values = {**_values(new_user(user)), "id": user.id, "password": password}
        self._insert(t.person, f"a user {user.name!r}", **values)
        self.save_user(user)

    def save_user(self, user: User) -> None:
        """Store a changed user; keys are added or ended, never removed. Raises ``UsageError``."""
        new_user(user)
        with writing(self.engine) as connection:
            connection.execute(update(t.person).where(t.person.c.id == user.id).values(**_values(user)))
            known = {row.since: row for row in connection.execute(_KEYS, {"ids": [user.id]})}
            for key in user.keys:
                _save_key(connection, user.id, key, known.get(micros(key.since)))
            if not user.active:
                connection.execute(delete(t.session).where(t.session.c.person == user.id))

    def user(self, user: str) -> User | None:
        """The user of this id."""
        return next(iter(self._users(t.person.c.id == user)), None)

    def user_named(self, name: str) -> User | None:
        """The user of this name."""
        return next(iter(self._users(t.person.c.name == name)), None)

    def users(self, unit: str | None = None) -> tuple[User, ...]:
        """All users (of a unit), by name."""
        return self._users(*(() if unit is None else (t.person.c.unit == unit,)))

    def set_password(self, user: str, password: str) -> None:
        """Store another hash for a user; their sessions end."""
        with writing(self.engine) as connection:
            connection.execute(update(t.person).where(t.person.c.id == user).values(password=password))
            connection.execute(delete(t.session).where(t.session.c.person == user))

    def password(self, user: str) -> str | None:
        """The stored hash of a user."""
        with reading(self.engine) as connection:
            return connection.execute(select(t.person.c.password).where(t.person.c.id == user)).scalar()

    def open_session(self, user: str, sign_in: SignIn, until: datetime) -> str:
        """Return a secret token that stands for a user who signed in; only its digest is stored."""
        token = secrets.token_urlsafe(32)
        with writing(self.engine) as connection:
            connection.execute(delete(t.session).where(t.session.c.until <= micros(sign_in.at)))
            values = {"method": sign_in.method.value, "host": sign_in.host, "account": sign_in.account}
            times = {"at": micros(sign_in.at), "until": micros(until)}
            connection.execute(insert(t.session).values(token=_token(token), person=user, **values, **times))
        return token

    def session(self, token: str, now: datetime) -> tuple[User, SignIn] | None:
        """Who a token stands for, if it still holds and the user is active."""
        holds = (t.session.c.token == _token(token)) & (t.session.c.until > micros(now))
        with reading(self.engine) as connection:
            row = connection.execute(select(t.session).where(holds)).first()
            found = people(connection, [row.person]) if row else ()
        if row is None or not found or not found[0].active:
            return None
        return found[0], SignIn(Method(row.method), row.host, row.account, moment_of(row.at))

    def close_session(self, token: str) -> None:
        """End a session."""
        with writing(self.engine) as connection:
            connection.execute(delete(t.session).where(t.session.c.token == _token(token)))

    def _users(self, *wanted: object) -> tuple[User, ...]:
        with reading(self.engine) as connection:
            rows = connection.execute(select(t.person.c.id).where(*wanted).order_by(t.person.c.name))  # type: ignore[arg-type]
            return people(connection, [row.id for row in rows])

    def _insert(self, table: Table, what: str, **values: object) -> None:
        try:
            with writing(self.engine) as connection:
                connection.execute(insert(table).values(**values))
        except IntegrityError as error:
            raise UsageError(
                f"{what} cannot be added: choose another name, and a unit that exists"
            ) from error


def people(connection: Connection, ids: Iterable[str]) -> tuple[User, ...]:
    """The users of some ids, in that order, as far as they exist."""
    wanted = list(dict.fromkeys(ids))
    keys: dict[str, list[EnrolledKey]] = defaultdict(list)
    for row in connection.execute(_KEYS, {"ids": wanted}):
        until = None if row.until is None else moment_of(row.until)
        keys[row.person].append(EnrolledKey(row.public, moment_of(row.since), until))
    rows = connection.execute(_PEOPLE, {"ids": wanted})
    found = {row.id: _user(row, tuple(keys[row.id])) for row in rows}
    return tuple(found[one] for one in wanted if one in found)


def _user(row: Row[tuple[object, ...]], keys: tuple[EnrolledKey, ...]) -> User:
    roles = frozenset(Role(role) for role in row.roles.split(","))
    own = json.loads(row.authorisation) if row.authorisation else None
    if own:
        own |= {"on": date.fromisoformat(own["on"]), "until": _day(own["until"])}
    return User(row.id, row.name, row.unit, roles, keys, Authorisation(**own) if own else None, row.active)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _values(user: User) -> dict[str, object]:
    own = json.dumps(asdict(user.authorisation), default=str) if user.authorisation else None
    roles = ",".join(sorted(user.roles))
    return {"name": user.name, "unit": user.unit, "roles": roles, "authorisation": own, "active": user.active}


def _save_key(
    connection: Connection, user: str, key: EnrolledKey, known: Row[tuple[object, ...]] | None
) -> None:
    until = None if key.until is None else micros(key.until)
    if known is None:
        values = {"person": user, "since": micros(key.since), "public": key.public, "until": until}
        connection.execute(insert(t.person_key).values(**values))
    elif known.until is None and until is not None:
        here = (t.person_key.c.person == user) & (t.person_key.c.since == micros(key.since))
        connection.execute(update(t.person_key).where(here).values(until=until))


def _token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
