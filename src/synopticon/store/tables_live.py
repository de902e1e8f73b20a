"""Tables of cameras that are watched live: switches, gaps, and where alerts are sent.

Nothing here is sealed but what is secret: addresses and keys of webhooks, under a key of the house.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from synopticon.store.tables import ID, metadata

# A camera ("" as rule), or one rule of it, that is switched off: no row, and it is on.
suspension = Table(
    "suspension",
    metadata,
    Column("camera", ID, primary_key=True),
    Column("rule", String(200), primary_key=True),
    Column("by", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
)

# One watching of a camera; ``finish`` null: it lasts, or whoever watched was killed after ``seen``.
live_session = Table(
    "live_session",
    metadata,
    Column("id", ID, primary_key=True),
    Column("camera", ID, nullable=False, index=True),
    Column("begin", BigInteger, nullable=False),  # UTC, microseconds
    Column("seen", BigInteger, nullable=False),
    Column("finish", BigInteger),
)

# A stretch of time in which a watched camera was not seen; ``finish`` null: it lasts, or the watch died.
live_gap = Table(
    "live_gap",
    metadata,
    Column("id", ID, primary_key=True),
    Column("camera", ID, nullable=False),
    Column("session", ID, nullable=False),
    Column("begin", BigInteger, nullable=False),  # UTC, microseconds
    Column("finish", BigInteger),
    Column("reason", String(20), nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_live_gap_camera_begin", "camera", "begin"),
)

webhook = Table(
    "webhook",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("host", Text, nullable=False),  # of its address, what may be shown
    Column("sealed", LargeBinary, nullable=False),  # JSON: address, key; under the key of the house
    Column("local", Integer, nullable=False),  # 1: it may be on this machine or its network
    Column("made", BigInteger, nullable=False),
    Column("by", ID, nullable=False),
)

# One alert to one webhook, from when it was raised to when it was received.
delivery = Table(
    "delivery",
    metadata,
    Column("webhook", ID, primary_key=True),
    Column("event", ID, primary_key=True),
    Column("state", String(10), nullable=False),  # waiting | done | given up
    Column("tries", Integer, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("ended", BigInteger),
    Column("says", Text, nullable=False),  # what the last try came to
    Index("ix_delivery_state_due", "state", "due"),
)

# Keys of the house itself, wrapped for each role that may open footage.
house_key = Table(
    "house_key",
    metadata,
    Column("name", ID, primary_key=True),
    Column("role", String(20), primary_key=True),
    Column("box", String(64), primary_key=True),  # fingerprint of the role's key
    Column("wrapped", LargeBinary, nullable=False),
)
