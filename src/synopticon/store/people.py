"""Units, users, their keys, passwords and sessions in the database."""

import hashlib
import json
import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from synopticon.errors import UsageError
from synopticon.governance.users import (
    Authorisation,
    EnrolledKey,
    Method,
    OpenSession,
    Role,
    SignIn,
    Unit,
    User,
    new_user,
)
from synopticon.store import tables_cases as t
from synopticon.store.database import Ask, asking, reading, writing
from synopticon.store.moments import micros, moment_of

# Every decision reads these: see ``asking``.
_PEOPLE = "SELECT id, name, unit, roles, authorisation, active FROM person WHERE id IN ({})"
_KEYS = "SELECT person, public, since, until FROM person_key WHERE person IN ({}) ORDER BY since"
_SESSION = "SELECT person, method, host, account, at FROM session WHERE token = ? AND until > ?"
_AT_ONCE = 500  # ids in one statement


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
            mine = select(t.person_key).where(t.person_key.c.person == user.id)
            known = {row.since: row for row in connection.execute(mine)}
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

    def replace_password(self, user: str, before: str, password: str) -> bool:
        """Store another hash where ``before`` still stands: False where somebody else was earlier."""
        with writing(self.engine) as connection:
            here = (t.person.c.id == user) & (t.person.c.password == before)
            return connection.execute(update(t.person).where(here).values(password=password)).rowcount == 1

    def password(self, user: str) -> str | None:
        """The stored hash of a user."""
        with reading(self.engine) as connection:
            return connection.execute(select(t.person.c.password).where(t.person.c.id == user)).scalar()

    def open_session(self, user: str, sign_in: SignIn, until: datetime) -> str:
        """Return a secret token that stands for a user who signed in; only its digest is stored."""
        token = secrets.token_urlsafe(32)
        with writing(self.engine, aside=True) as connection:
            connection.execute(delete(t.session).where(t.session.c.until <= micros(sign_in.at)))
            values = {"method": sign_in.method.value, "host": sign_in.host, "account": sign_in.account}
            times = {"at": micros(sign_in.at), "until": micros(until)}
            connection.execute(insert(t.session).values(token=_token(token), person=user, **values, **times))
        return token

    def session(self, token: str, now: datetime) -> tuple[User, SignIn] | None:
        """Who a token stands for, if it still holds and the user is active."""
        with asking(self.engine) as ask:
            rows = ask(_SESSION, _token(token), micros(now))
            found = people(ask, [rows[0][0]]) if rows else ()
        if not found or not found[0].active:
            return None
        method, host, account, at = rows[0][1:]
        return found[0], SignIn(Method(method), host, account, moment_of(at))

    def sessions(self, user: str, now: datetime) -> tuple[OpenSession, ...]:
        """The sessions of a user that still hold, newest first."""
        wanted = (t.session.c.person == user) & (t.session.c.until > micros(now))
        with reading(self.engine) as connection:
            rows = connection.execute(select(t.session).where(wanted).order_by(t.session.c.at.desc())).all()
        return tuple(
            OpenSession(
                row.token,
                SignIn(Method(row.method), row.host, row.account, moment_of(row.at)),
                moment_of(row.until),
            )
            for row in rows
        )

    def end_session(self, user: str, digest: str) -> bool:
        """End a session of this user by the digest of its token; False where there is none."""
        with writing(self.engine, aside=True) as connection:
            here = (t.session.c.token == digest) & (t.session.c.person == user)
            return connection.execute(delete(t.session).where(here)).rowcount == 1

    def prolong_session(self, token: str, until: datetime) -> None:
        """Let a session that is used end later."""
        with writing(self.engine, aside=True) as connection:
            here = t.session.c.token == _token(token)
            connection.execute(update(t.session).where(here).values(until=micros(until)))

    def close_session(self, token: str) -> None:
        """End a session."""
        with writing(self.engine, aside=True) as connection:
            connection.execute(delete(t.session).where(t.session.c.token == _token(token)))

    def _users(self, *wanted: object) -> tuple[User, ...]:
        with reading(self.engine) as connection:
            rows = connection.execute(select(t.person.c.id).where(*wanted).order_by(t.person.c.name))  # type: ignore[arg-type]
            ids = [row.id for row in rows]
        with asking(self.engine) as ask:
            return people(ask, ids)

    def _insert(self, table: Table, what: str, **values: object) -> None:
        try:
            with writing(self.engine) as connection:
                connection.execute(insert(table).values(**values))
        except IntegrityError as error:
            raise UsageError(
                f"{what} cannot be added: choose another name, and a unit that exists"
            ) from error


def people(ask: Ask, ids: Iterable[str]) -> tuple[User, ...]:
    """The users of some ids, in that order, as far as they exist."""
    wanted = list(dict.fromkeys(ids))
    keys: dict[str, list[EnrolledKey]] = defaultdict(list)
    found: dict[str, User] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        for person, public, since, until in ask(_KEYS.format(marks), *some):
            ends = None if until is None else moment_of(until)
            keys[person].append(EnrolledKey(public, moment_of(since), ends))
        for row in ask(_PEOPLE.format(marks), *some):
            found[row[0]] = _user(row, tuple(keys[row[0]]))
    return tuple(found[one] for one in wanted if one in found)


def _user(row: tuple[Any, ...], keys: tuple[EnrolledKey, ...]) -> User:
    id_, name, unit, roles, authorisation, active = row
    own = json.loads(authorisation) if authorisation else None
    if own:
        own |= {"on": date.fromisoformat(own["on"]), "until": _day(own["until"])}
    allowed = Authorisation(**own) if own else None
    return User(id_, name, unit, frozenset(map(Role, roles.split(","))), keys, allowed, bool(active))


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
