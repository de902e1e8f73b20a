"""The one ``MetaData`` of the database, and the tables of the log of acts.

Other tables live in ``tables_<what>.py`` beside, each importing ``metadata`` from here; ``load_tables``
imports them all. Rows of ``log_entry`` and ``log_node`` are never changed or removed: triggers refuse it,
which stops mistakes, not insiders (those are found by ``synopticon.governance.audit.verify``).
"""

import importlib
import pkgutil

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    event,
)
from sqlalchemy.schema import ExecutableDDLElement

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = String(80)
DIGEST = String(64)

# SQLite counts rows in INTEGER PRIMARY KEY only; elsewhere 32 bits would end at two thousand million.
_COUNT = BigInteger().with_variant(Integer, "sqlite")

# One entry: the canonical bytes of its header (the leaf), and the signature of the tree that ends with it.
# The other columns repeat what is in the leaf, to find entries by; ``verify`` compares them.
log_entry = Table(
    "log_entry",
    metadata,
    Column("sequence", _COUNT, primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
    Column("time", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("kind", String(16), nullable=False),
    Column("case_id", String(80)),
    Column("case_sequence", BigInteger),
    Column("refers", BigInteger),  # the record that an outcome is of
    # Two writers who both believe that they hold the log cannot both continue a case, or answer a record.
    Index("uq_log_entry_case_id_case_sequence", "case_id", "case_sequence", unique=True),
    Index("uq_log_entry_refers", "refers", unique=True),
    Index("ix_log_entry_kind", "kind", "sequence"),
)

# What an entry commits to, as long as the log's own retention lasts; erased by deleting the row.
log_payload = Table(
    "log_payload",
    metadata,
    Column("sequence", _COUNT, ForeignKey("log_entry.sequence"), primary_key=True, autoincrement=False),
    Column("salt", LargeBinary(32), nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

# Roots of complete subtrees of level 1 and up (level 0: ``log_entry.hash``): a proof reads some 20 rows.
log_node = Table(
    "log_node",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("position", _COUNT, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    sqlite_with_rowid=False,
)


def load_tables() -> MetaData:
    """Import every ``tables_*`` module of the store, so that ``metadata`` knows all tables."""
    package = importlib.import_module("synopticon.store")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("tables_"):
            importlib.import_module(f"synopticon.store.{module.name}")
    return metadata


_REFUSE = (
    "CREATE OR REPLACE FUNCTION log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$"
)


def _ddl(text: str, dialect: str) -> ExecutableDDLElement:
    made: ExecutableDDLElement = DDL(text).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
    return made


def _guard(table: Table) -> None:
    for verb in ("UPDATE", "DELETE"):
        text = f"CREATE TRIGGER {table.name}_no_{verb.lower()} BEFORE {verb} ON {table.name}"
        lite = f"{text} BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
        event.listen(table, "after_create", _ddl(lite, "sqlite"))
    text = f"CREATE TRIGGER {table.name}_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON {table.name}"
    text += " FOR EACH STATEMENT EXECUTE FUNCTION log_is_append_only()"
    for step in (_REFUSE, text):
        event.listen(table, "after_create", _ddl(step, "postgresql"))


_guard(log_entry)
_guard(log_node)
