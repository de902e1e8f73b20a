"""The table of passwords that were tried and not found right; a row goes when the right one comes."""

from sqlalchemy import BigInteger, Column, Integer, Table

from synopticon.store.tables import DIGEST, metadata

# ``name``: SHA-256 of the name as typed; somebody may have typed a password there.
password_try = Table(
    "password_try",
    metadata,
    Column("name", DIGEST, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("until", BigInteger),
)
