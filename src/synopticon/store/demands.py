"""Requests of persons filmed in the database; each step once, so that of two who decide at once one does."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from synopticon.errors import StoreError, UsageError
from synopticon.governance.demand import Decision, Demand, Person, Right, Shown, decided
from synopticon.governance.grant import Grant, Scope
from synopticon.governance.keys import DataKey
from synopticon.governance.retention import Hold
from synopticon.store.cameras import add_holds, release_holds
from synopticon.store.database import reading, writing
from synopticon.store.moments import micros, moment_of
from synopticon.store.tables_demands import demand, demand_step, restricted
from synopticon.store.vault import Vault

_ASKED = "asked"  # the words of the request itself, beside those of its steps


class DemandStore:
    """The requests of a workspace. What holds a name is opened with a grant and the key of the request."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    # --- writing ---------------------------------------------------------------------------------------

    def open(self, grant: Grant, new: Demand, person: Person, holds: Sequence[Hold]) -> None:
        """Keep a request, and what it holds, in one step. Raises ``StoreError`` without keys of roles."""
        key = self._vault.demand_key(grant, new.id)
        row = {
            "id": new.id, "kind": new.right.value, "scope": json.dumps(new.scope.plain()),
            "seen_by": new.seen_by, "opened": micros(new.opened),
            "words": _seal(key, new.id, _ASKED, asdict(person)),
        }  # fmt: skip
        with writing(self._engine) as connection:
            connection.execute(insert(demand).values(**row))
            add_holds(connection, holds)

    def extend(self, grant: Grant, extended: Demand, reason: str) -> None:
        """Keep that it was extended, and why."""
        assert extended.extended is not None, "it was extended"
        with writing(self._engine) as connection:
            words = {"reason": reason}
            self._step(connection, grant, extended.id, "extended", grant.actor, extended.extended, {}, words)

    def decide(self, grant: Grant, made: Demand, reason: str) -> None:
        """Keep the decision; raises ``RefusedError`` when another was quicker."""
        found = made.decision
        assert found is not None, "it is decided"
        said = {"granted": found.granted, "ground": found.ground, "tracks": [_plain(t) for t in found.tracks]}
        try:
            with writing(self._engine) as connection:
                words = {"reason": reason}
                self._step(connection, grant, made.id, "decided", found.by, found.at, said, words)
                if made.right is Right.RESTRICTION and found.granted:
                    rows = [{"demand": made.id, "track": one.track} for one in found.tracks]
                    connection.execute(insert(restricted), rows)
        except IntegrityError as error:
            raise decided(made) from error

    def answer(self, grant: Grant, made: Demand, said: Mapping[str, Any]) -> None:
        """Keep that it was answered, and let go what it held. Raises ``UsageError`` if it was before."""
        assert made.answered is not None, "it was answered"
        grant.check(made.answered, "request")
        try:
            with writing(self._engine) as connection:
                self._step(connection, grant, made.id, "answered", grant.actor, made.answered, said, {})
                release_holds(connection, made.id, made.answered)
        except IntegrityError as error:
            raise UsageError(f"{made.id} was answered meanwhile: see 'synopticon request show'") from error

    def forget(self, grant: Grant, id: str) -> bool:
        """Destroy the words of a request and their key, if they are there; that it was made stays."""
        if not self._vault.forget_demand(grant, id):
            return False
        with writing(self._engine) as connection:
            connection.execute(update(demand).where(demand.c.id == id).values(words=None))
            connection.execute(update(demand_step).where(demand_step.c.demand == id).values(words=None))
        return True

    def _step(
        self,
        connection: Connection,
        grant: Grant,
        id: str,
        step: str,
        by: str,
        at: datetime,
        said: Mapping[str, Any],
        words: Mapping[str, str],
    ) -> None:
        sealed = _seal(self._vault.demand_key(grant, id), id, step, words) if words else None
        row = {"demand": id, "step": step, "by": by, "at": micros(at), "said": json.dumps(said)}
        connection.execute(insert(demand_step).values(words=sealed, **row))

    # --- reading ---------------------------------------------------------------------------------------

    def all(self) -> tuple[Demand, ...]:
        """All requests, oldest first; no words about persons."""
        with reading(self._engine) as connection:
            query = select(demand).order_by(demand.c.opened, demand.c.id)
            rows = connection.execute(query).mappings().all()
            steps = connection.execute(select(demand_step)).mappings().all()
        return tuple(_demand(row, [s for s in steps if s["demand"] == row["id"]]) for row in rows)

    def find(self, id: str) -> Demand | None:
        """The request of this number."""
        with reading(self._engine) as connection:
            row = connection.execute(select(demand).where(demand.c.id == id)).mappings().first()
            query = select(demand_step).where(demand_step.c.demand == id)
            steps = connection.execute(query).mappings().all()
        return None if row is None else _demand(row, steps)

    def person(self, grant: Grant, id: str) -> Person | None:
        """Who asks, in words; None once they were destroyed. Raises ``StoreError`` without a role's key."""
        words = self._words(grant, select(demand.c.words).where(demand.c.id == id), id, _ASKED)
        return Person(**words) if words else None

    def reason(self, grant: Grant, id: str, step: str) -> str:
        """What was written with a step; "" where nothing was, or no more."""
        query = select(demand_step.c.words).where(demand_step.c.demand == id, demand_step.c.step == step)
        return (self._words(grant, query, id, step) or {}).get("reason", "")

    def _words(self, grant: Grant, query: Any, id: str, step: str) -> dict[str, str] | None:
        with reading(self._engine) as connection:
            sealed = connection.execute(query).scalar_one_or_none()
        if sealed is None:
            return None
        data = self._vault.demand_key(grant, id).open(bytes(sealed), _about(id, step))
        return dict(json.loads(data))


def _seal(key: DataKey, id: str, step: str, words: Mapping[str, str]) -> bytes:
    return key.seal(json.dumps(words).encode(), _about(id, step))


def _about(id: str, step: str) -> bytes:
    return f"demand\n{id}\n{step}".encode()


def _plain(shown: Shown) -> dict[str, Any]:
    return {**asdict(shown), "start": micros(shown.start), "end": micros(shown.end)}


def _demand(row: RowMapping, steps: Sequence[RowMapping]) -> Demand:
    try:
        made = Demand(
            row["id"], Right(row["kind"]), Scope.of_plain(json.loads(row["scope"])), row["seen_by"],
            moment_of(row["opened"]),
        )  # fmt: skip
        for step in steps:
            made = _after(made, step)
    except (ValueError, KeyError, TypeError, UsageError) as error:
        raise StoreError(f"{row['id']} is damaged in the database ({error}): put back a copy") from error
    return made


def _after(made: Demand, step: RowMapping) -> Demand:
    at = moment_of(step["at"])
    if step["step"] == "extended":
        return replace(made, extended=at)
    if step["step"] == "answered":
        return replace(made, answered=at)
    said = json.loads(step["said"])
    tracks = tuple(_shown(one) for one in said["tracks"])
    return replace(made, decision=Decision(said["granted"], step["by"], at, tracks, said["ground"]))


def _shown(plain: Mapping[str, Any]) -> Shown:
    times = {"start": moment_of(plain["start"]), "end": moment_of(plain["end"])}
    return Shown(**{**plain, **times, "digests": tuple(plain["digests"])})
