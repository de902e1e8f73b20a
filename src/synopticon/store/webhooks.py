"""Where alerts are sent, and the outbox: one row for each alert and each webhook, until it was received.

The outbox follows from what is stored: each event that was raised live since a webhook was made has a row,
made by one statement whenever somebody looks. An event is stored before anything else happens to it, so none
is forgotten, whoever is killed when. The address and the key of a webhook are sealed.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    LABEL_STYLE_TABLENAME_PLUS_COL,
    Engine,
    Integer,
    Row,
    String,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from synopticon.errors import UsageError
from synopticon.governance.grant import Grant
from synopticon.store.database import reading, writing
from synopticon.store.moments import Clock, micros, moment_of
from synopticon.store.tables_events import event
from synopticon.store.tables_footage import camera
from synopticon.store.tables_live import delivery, webhook
from synopticon.store.vault import Vault

WAITING, DONE, GIVEN_UP = "waiting", "done", "given up"
_KEY = "webhooks"
_SENDS = ("webhook.send", "webhook.set")


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where alerts go. ``host``: what may be shown of its address; ``local``: it may be on this network."""

    id: str
    name: str
    host: str
    local: bool
    made: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Target:
    """What is secret of a webhook: its address, and the key that signs."""

    url: str
    secret: str

    def __repr__(self) -> str:
        """Say nothing of it."""
        return "Target(...)"


@dataclass(frozen=True, slots=True)
class Due:
    """An alert to be sent: what of it is sent, to which webhook, after how many tries."""

    webhook: Webhook
    event: str
    tries: int
    raised: datetime
    said: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of the alerts to a webhook, and what the last try said."""

    waiting: int = 0
    done: int = 0
    given_up: int = 0
    says: str = ""


class WebhookStore:
    """The webhooks of a workspace, and their outbox."""

    def __init__(self, engine: Engine, vault: Vault, clock: Clock) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock

    def add(self, grant: Grant, new: Webhook, target: Target) -> None:
        """Keep a webhook; raises ``UsageError`` for a name that is taken."""
        key = self._vault.house_key(grant, _KEY)
        plain = json.dumps({"url": target.url, "secret": target.secret}).encode()
        row = {
            "id": new.id, "name": new.name, "host": new.host, "local": int(new.local),
            "made": micros(new.made), "by": new.by, "sealed": key.seal(plain, _about(new.id)),
        }  # fmt: skip
        try:
            with writing(self._engine, aside=True) as connection:
                connection.execute(insert(webhook).values(**row))
        except IntegrityError as error:
            raise UsageError(f"there is a webhook called {new.name} already: choose another name") from error

    def all(self) -> tuple[Webhook, ...]:
        """The webhooks by name, without what is secret of them."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(webhook).order_by(webhook.c.name)).all()
        return tuple(_webhook(r) for r in rows)

    def find(self, name: str) -> Webhook:
        """One by its name; raises ``UsageError``."""
        found = next((one for one in self.all() if one.name == name), None)
        if found is None:
            raise UsageError(f"there is no webhook called {name!r}: see 'synopticon webhook list'")
        return found

    def target(self, grant: Grant, one: Webhook) -> Target:
        """What is secret of a webhook; raises ``UsageError`` where it was removed meanwhile."""
        key = self._vault.house_key(grant, _KEY)
        with reading(self._engine) as connection:
            row = connection.execute(select(webhook.c.sealed).where(webhook.c.id == one.id)).first()
        if row is None:
            raise UsageError(f"the webhook {one.name} is not there any more")
        return Target(**json.loads(key.open(row.sealed, _about(one.id))))

    def remove(self, grant: Grant, one: Webhook) -> int:
        """Forget a webhook and its outbox; gives how many alerts had not been received."""
        grant.check(self._clock(), "webhook.set")
        with writing(self._engine, aside=True) as connection:
            here = delivery.c.webhook == one.id
            waiting = select(func.count()).select_from(delivery).where(here, delivery.c.state == WAITING)
            left = int(connection.execute(waiting).scalar_one())
            connection.execute(delete(delivery).where(here))
            connection.execute(delete(webhook).where(webhook.c.id == one.id))
        return left

    # --- the outbox --------------------------------------------------------------------------------------

    def fill(self, grant: Grant) -> int:
        """Make a row for each live event and each webhook that has none yet; gives how many."""
        now = micros(self._clock())
        grant.check(self._clock(), "webhook.send")
        there = exists().where(delivery.c.webhook == webhook.c.id, delivery.c.event == event.c.id)
        lacking = select(
            webhook.c.id, event.c.id, literal(WAITING, String), literal(0, Integer),
            cast(now, event.c.raised.type), literal("", String),
        ).where(event.c.footage.is_(None), event.c.raised >= webhook.c.made, ~there)  # fmt: skip
        with reading(self._engine) as connection:
            if connection.execute(lacking.limit(1)).first() is None:
                return 0
        columns = ("webhook", "event", "state", "tries", "due", "says")
        try:
            with writing(self._engine, aside=True) as connection:
                return connection.execute(insert(delivery).from_select(columns, lacking)).rowcount
        except IntegrityError:  # another process was quicker
            return 0

    def due(self, grant: Grant, limit: int = 50) -> tuple[Due, ...]:
        """What is to be sent now, the oldest first; of each webhook no more than ``limit``."""
        now = self._clock()
        grant.check(now, "webhook.send")
        c = delivery.c
        query = (
            select(c.event, c.tries, webhook, event, camera.c.name)
            .select_from(
                delivery.join(webhook, webhook.c.id == c.webhook)
                .join(event, event.c.id == c.event)
                .outerjoin(camera, camera.c.id == event.c.camera)
            )
            .where(c.state == WAITING, c.due <= micros(now))
            .order_by(event.c.raised, c.event)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)).all()
        return tuple(_due(r) for r in rows)

    def received(self, grant: Grant, one: Due, says: str) -> None:
        """It was sent, and the other side has it."""
        self._end(grant, one, {"state": DONE, "says": says, "ended": micros(self._clock())})

    def failed(self, grant: Grant, one: Due, says: str, again: timedelta | None) -> None:
        """It was not received; ``again``: when it is tried anew, None = never.

        The webhook is left alone until then: all that waits for it waits as long.
        """
        now = self._clock()
        if again is None:
            self._end(grant, one, {"state": GIVEN_UP, "says": says, "ended": micros(now)})
            return
        self._end(grant, one, {"says": says})
        c, due = delivery.c, micros(now + again)
        with writing(self._engine, aside=True) as connection:
            here = (c.webhook == one.webhook.id, c.state == WAITING, c.due < due)
            connection.execute(update(delivery).where(*here).values(due=due))

    def _end(self, grant: Grant, one: Due, values: dict[str, Any]) -> None:
        grant.check(self._clock(), "webhook.send")
        here = (delivery.c.webhook == one.webhook.id, delivery.c.event == one.event)
        with writing(self._engine, aside=True) as connection:
            connection.execute(update(delivery).where(*here).values(tries=one.tries + 1, **values))

    def standing(self) -> dict[str, Standing]:
        """What became of the alerts, by the webhook's id."""
        c = delivery.c
        count = select(c.webhook, c.state, func.count().label("n")).group_by(c.webhook, c.state)
        said = select(c.webhook, c.says).where(c.says != "").order_by(c.due)
        with reading(self._engine) as connection:
            rows, last = connection.execute(count).all(), dict(map(tuple, connection.execute(said).all()))
        found: dict[str, dict[str, Any]] = {}
        for r in rows:
            found.setdefault(r.webhook, {})[r.state.replace(" ", "_")] = r.n
        return {id_: Standing(**values, says=last.get(id_, "")) for id_, values in found.items()}

    def forget(self, grant: Grant, before: datetime) -> int:
        """Forget what was received or given up before a time; gives how many rows."""
        grant.check(self._clock(), *_SENDS, "retention.run")
        old = (delivery.c.state != WAITING, delivery.c.ended < micros(before))
        gone = ~exists().where(event.c.id == delivery.c.event)
        with writing(self._engine, aside=True) as connection:
            return connection.execute(delete(delivery).where(*old, gone)).rowcount


def _webhook(r: Any) -> Webhook:
    return Webhook(r.id, r.name, r.host, bool(r.local), moment_of(r.made), r.by)


def _due(r: "Row[Any]") -> Due:
    m = r._mapping
    to = Webhook(
        m["webhook_id"], m["webhook_name"], m["webhook_host"], bool(m["webhook_local"]),
        moment_of(m["webhook_made"]), m["webhook_by"],
    )  # fmt: skip
    begun, length = m["event_start"], m["event_finish"] - m["event_begin"]
    said = {
        "id": m["delivery_event"], "camera": m["camera_name"] or m["event_camera"], "rule": m["event_rule"],
        "name": m["event_name"], "severity": m["event_severity"], "start": _iso(begun),
        "end": _iso(begun + length - 1), "raised": _iso(m["event_raised"]),
    }  # fmt: skip
    return Due(to, m["delivery_event"], m["delivery_tries"], moment_of(m["event_raised"]), said)


def _iso(microseconds: int) -> str:
    return moment_of(microseconds).isoformat(timespec="milliseconds")


def _about(id_: str) -> bytes:
    return f"webhook {id_}".encode()
