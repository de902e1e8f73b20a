"""Tables of requests of persons filmed: what was asked, and each step once.

Words about the person (name, description, proof of identity, reasons) are sealed under a key of the request,
wrapped for roles as the keys of cases are; what is beside them holds no name. Rows of steps are only added.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table, Text

from synopticon.store.tables import ID, metadata

demand = Table(
    "demand",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("scope", Text, nullable=False),  # JSON
    Column("seen_by", ID, nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("words", LargeBinary),  # sealed; null once they were destroyed
)

demand_step = Table(
    "demand_step",
    metadata,
    Column("demand", ID, ForeignKey("demand.id"), primary_key=True),
    Column("step", String(12), primary_key=True),  # extended | decided | answered
    Column("by", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("said", Text, nullable=False),  # JSON
    Column("words", LargeBinary),
)

demand_key = Table(
    "demand_key",
    metadata,
    Column("demand", ID, primary_key=True),
    Column("role", String(20), primary_key=True),
    Column("box", String(64), primary_key=True),  # fingerprint of the role's key
    Column("wrapped", LargeBinary, nullable=False),
)

# Tracks that searches and looks pass over while the restriction of processing lasts.
restricted = Table(
    "restricted",
    metadata,
    Column("demand", ID, ForeignKey("demand.id"), primary_key=True),
    Column("track", ID, primary_key=True, index=True),
)
