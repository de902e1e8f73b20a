"""The data keys: one for each camera and day (a *part*), kept only as wrapped for the keys of roles.

Whoever holds no role's private key, the administrator of the machine among them, opens nothing. Destroying
the wrapped keys of a part is how its pixels are erased, in every copy and backup of the blobs.
"""

import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from sqlalchemy import Column, Connection, Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from synopticon.errors import RefusedError, StoreError
from synopticon.governance.capability import FOOTAGE
from synopticon.governance.grant import Grant, Scope
from synopticon.governance.keys import BoxKey, BoxPublic, DataKey, unwrap, wrap
from synopticon.store.database import reading, writing
from synopticon.store.kept import KeptColumns
from synopticon.store.moments import Clock
from synopticon.store.remembered import Remembered
from synopticon.store.scoped import reached
from synopticon.store.tables_demands import demand_key
from synopticon.store.tables_footage import data_key, footage
from synopticon.store.tables_live import house_key
from synopticon.store.tables_similar import case_key

_LOOKS = tuple(name for name in FOOTAGE if name not in ("ingest", "live", "case.mark"))
_ASKING = ("request.open", "request.extend", "request.decide", "request.read", "request.search", "request")
HOUSE_KEYS = ("webhook.set", "webhook.send")
SINGLING_OUT = ("search.similar", "journey")
OF_CASES = (*SINGLING_OUT, "search.plate")
RULE_REACH = "scope.covers-the-footage"
RULE_CASE = "case.named"


class Vault:
    """``boxes``: the public key of each role that may open footage; ``own``: the private keys held here."""

    def __init__(
        self, engine: Engine, boxes: Mapping[str, BoxPublic], own: Sequence[BoxKey], clock: Clock
    ) -> None:
        self._engine = engine
        self._boxes = boxes
        self._own = {key.public.fingerprint: key for key in own}
        self._clock = clock
        self._opened: dict[bytes, DataKey] = {}  # what ``keys_for`` opened, as it was wrapped
        self._opening = threading.Lock()  # so that a key is one object
        self._keys: Remembered[dict[tuple[str, str], DataKey]] = Remembered()
        self.kept = KeptColumns()  # what these keys opened, for whoever is given them again

    def key_for(self, grant: Grant, footage_id: str) -> DataKey:
        """The key of the part that this footage belongs to, if the grant reaches any of the footage.

        Raises ``RefusedError`` when it does not, ``StoreError`` when the key was destroyed or is another's.
        """
        scope = grant.check(self._clock(), *_LOOKS)
        query = select(footage.c.camera, footage.c.part).where(footage.c.id == footage_id, reached(scope))
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
            if row is None:
                raise RefusedError(
                    f"{footage_id} is out of scope (rule {RULE_REACH}): see 'synopticon explain'", RULE_REACH
                )
            return self._open(connection, row.camera, row.part)

    def keys_for(self, grant: Grant) -> Mapping[tuple[str, str], DataKey]:
        """The keys of the parts (camera, part) that the grant reaches; those that were destroyed lack.

        They are remembered, with what they opened; each call forgets what is not in the database any more.
        """
        scope = grant.check(self._clock(), *_LOOKS)
        with reading(self._engine) as connection, self._opening:
            return self._keys.of(connection, scope, lambda: self._keys_in(connection, scope))

    def _keys_in(self, connection: Connection, scope: Scope) -> dict[tuple[str, str], DataKey]:
        here = select(footage.c.camera, footage.c.part).where(reached(scope)).distinct()
        kept = select(data_key.c.camera, data_key.c.part, data_key.c.box, data_key.c.wrapped)
        parts, wrapped = connection.execute(here).all(), connection.execute(kept).all()
        rows: dict[tuple[str, str], dict[str, bytes]] = {}
        for camera, part, box, data in wrapped:
            rows.setdefault((camera, part), {})[box] = data
        there = {data for _, _, _, data in wrapped}
        opened = {data: key for data, key in self._opened.items() if data in there}
        found = {
            (camera, part): self._unwrapped(rows[camera, part], f"{camera}, {part}", opened)
            for camera, part in parts
            if (camera, part) in rows
        }
        self._opened = opened
        self.kept.forget(but=frozenset(opened.values()))
        return found

    def keys_at(self, grant: Grant, places: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], DataKey]:
        """The keys of parts (camera, part) of which whoever calls read rows in the grant's scope.

        Also of those without any footage (events seen live); those that were destroyed lack.
        """
        grant.check(self._clock(), *_LOOKS, "case.mark")
        known = {} if grant.capability == "case.mark" else self.keys_for(grant)
        found = {place: known[place] for place in places if place in known}
        with reading(self._engine) as connection:
            for camera, part in sorted(set(places) - set(found)):
                if rows := self._rows(connection, camera, part):
                    found[camera, part] = self._unwrapped(rows, f"{camera}, {part}")
        return found

    def make(self, grant: Grant, camera: str, part: str) -> DataKey:
        """The key of a part, made now if there is none; for ingest only. Raises ``StoreError``."""
        grant.check(self._clock(), "ingest", "live")
        if not self._boxes:
            raise StoreError("no role may open footage: run 'synopticon init' to make the keys of roles")
        made = DataKey.make()
        rows = [
            {"camera": camera, "part": part, "role": role, "box": box.fingerprint, "wrapped": wrap(made, box)}
            for role, box in sorted(self._boxes.items())
        ]
        try:
            with writing(self._engine) as connection:
                if not self._rows(connection, camera, part):
                    connection.execute(insert(data_key), rows)
                    return made
        except IntegrityError:  # another process was faster: its key is the one
            pass
        with reading(self._engine) as connection:
            return self._open(connection, camera, part)

    def destroy(self, grant: Grant, camera: str, part: str) -> int:
        """Forget the key of a part, for all roles; gives how many wrapped copies were destroyed."""
        grant.check(self._clock(), "retention.run")
        here = (data_key.c.camera == camera, data_key.c.part == part)
        with writing(self._engine) as connection:
            return connection.execute(delete(data_key).where(*here)).rowcount

    def case_key(self, grant: Grant) -> DataKey:
        """The key of the grant's case, for what singles somebody out in it; made now if there is none.

        Raises ``RefusedError`` outside a case, ``StoreError`` when the key is another's.
        """
        grant.check(self._clock(), *OF_CASES)
        if grant.case is None:
            text = f"{grant.capability} is of a case only (rule {RULE_CASE})"
            raise RefusedError(f"{text}: name it with --case", RULE_CASE)
        kept = self._wrapped(case_key.c.case_id, grant.case)
        if not kept:
            self._make_own(case_key.c.case_id, grant.case)
            kept = self._wrapped(case_key.c.case_id, grant.case)
        return self._unwrapped(kept, grant.case)

    def demand_key(self, grant: Grant, demand: str) -> DataKey:
        """The key of a request, for the words about who asks; made when it is opened.

        Raises ``StoreError`` when it was destroyed or is another's.
        """
        grant.check(self._clock(), *_ASKING)
        if grant.capability == "request.open":
            if not self._boxes:
                raise StoreError("no role may open requests: run 'synopticon init' to make the keys of roles")
            self._make_own(demand_key.c.demand, demand)
        kept = self._wrapped(demand_key.c.demand, demand)
        if not kept:
            raise StoreError(f"{demand}: its key was destroyed with what it sealed: see 'request show'")
        return self._unwrapped(kept, demand)

    def forget_demand(self, grant: Grant, demand: str) -> int:
        """Destroy the key of a request, for all roles; gives how many wrapped copies were destroyed."""
        grant.check(self._clock(), "retention.run")
        return self._forget(demand_key.c.demand, demand)

    def house_key(self, grant: Grant, name: str) -> DataKey:
        """A key of the house, for secrets that are of no footage; made when it is first needed.

        Raises ``StoreError`` when it is another's.
        """
        grant.check(self._clock(), *HOUSE_KEYS)
        if not self._boxes:
            raise StoreError("no role may keep secrets: run 'synopticon init' to make the keys of roles")
        if not (kept := self._wrapped(house_key.c.name, name)):
            self._make_own(house_key.c.name, name)
            kept = self._wrapped(house_key.c.name, name)
        return self._unwrapped(kept, name)

    def _wrapped(self, owner: Column[str], of: str) -> dict[str, bytes]:
        """The wrapped copies of the key of a case or request; ``owner``: the column that names it."""
        query = select(owner.table.c.box, owner.table.c.wrapped).where(owner == of)
        with reading(self._engine) as connection:
            return {row.box: row.wrapped for row in connection.execute(query)}

    def _make_own(self, owner: Column[str], of: str) -> None:
        made = DataKey.make()
        rows = [
            {owner.name: of, "role": role, "box": box.fingerprint, "wrapped": wrap(made, box)}
            for role, box in sorted(self._boxes.items())
        ]
        with suppress(IntegrityError), writing(self._engine) as connection:  # else another was faster
            connection.execute(insert(owner.table), rows)

    def forget_case(self, grant: Grant, case: str) -> int:
        """Destroy the key of a case, for all roles; gives how many wrapped copies were destroyed."""
        grant.check(self._clock(), "case.close", "retention.run")
        return self._forget(case_key.c.case_id, case)

    def _forget(self, owner: Column[str], of: str) -> int:
        with writing(self._engine) as connection:
            return connection.execute(delete(owner.table).where(owner == of)).rowcount

    def parts(self) -> tuple[tuple[str, str], ...]:
        """(camera, part) of all keys that are there."""
        query = select(data_key.c.camera, data_key.c.part).distinct().order_by("camera", "part")
        with reading(self._engine) as connection:
            return tuple((row.camera, row.part) for row in connection.execute(query))

    def _rows(self, connection: Connection, camera: str, part: str) -> dict[str, bytes]:
        query = select(data_key.c.box, data_key.c.wrapped)
        query = query.where(data_key.c.camera == camera, data_key.c.part == part)
        return {row.box: row.wrapped for row in connection.execute(query)}

    def _open(self, connection: Connection, camera: str, part: str) -> DataKey:
        rows = self._rows(connection, camera, part)
        if not rows:
            raise destroyed(camera, part)
        return self._unwrapped(rows, f"{camera}, {part}")

    def _unwrapped(
        self, rows: Mapping[str, bytes], of: str, opened: dict[bytes, DataKey] | None = None
    ) -> DataKey:
        """The key that was wrapped for several roles, with the private key of one that is here."""
        for fingerprint, wrapped in rows.items():
            if fingerprint in self._own:
                key = self._opened.get(wrapped) or unwrap(wrapped, self._own[fingerprint])
                if opened is not None:
                    opened[wrapped] = key
                return key
        raise StoreError(
            f"{of}: the key is wrapped for roles whose private key is not here: "
            "give the key file of such a role"
        )


def destroyed(camera: str, part: str) -> StoreError:
    """What to say when a part has no key any more."""
    text = f"{camera}, {part}: its key was destroyed, nothing of it can be read"
    return StoreError(f"{text}: see 'retention report'")
