"""Tables of events, of what people decided about them, and of the rules that a camera has.

``part`` and ``sealed`` as everywhere (see ``tables_footage``): an event goes with the camera's day that it
was found in. ``begin``, ``finish``: microseconds on the timeline of its footage, or of the stream.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table, Text

from synopticon.store.tables import ID, metadata

event = Table(
    "event",
    metadata,
    Column("id", ID, primary_key=True),
    Column("camera", ID, nullable=False),
    Column("part", ID, nullable=False),
    Column("footage", ID),  # null = seen live
    Column("rule", String(60), nullable=False),
    Column("name", String(200), nullable=False),
    Column("capability", ID, nullable=False),  # what must be permitted for whoever reads it
    Column("severity", String(8), nullable=False),
    Column("begin", BigInteger, nullable=False),
    Column("finish", BigInteger, nullable=False),
    Column("start", BigInteger),  # UTC; null where the clock is unknown
    Column("low", BigInteger),
    Column("high", BigInteger),
    Column("raised", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # JSON: box, tracks, reason
    Index("ix_event_camera_part", "camera", "part"),
    Index("ix_event_footage", "footage"),
)

# What somebody decided about an event in a case ("" = one's own workspace); the last word of each case.
event_decision = Table(
    "event_decision",
    metadata,
    Column("case_id", ID, primary_key=True),
    Column("event", ID, primary_key=True),
    Column("camera", ID, nullable=False),
    Column("part", ID, nullable=False),
    Column("verdict", String(12), nullable=False),  # accepted | rejected | unsure
    Column("note", Text, nullable=False),
    Column("by", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_event_decision_camera_part", "camera", "part"),
)

# A rule that a camera has; nothing here comes from footage.
camera_rule = Table(
    "camera_rule",
    metadata,
    Column("camera", ID, ForeignKey("camera.id"), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("rule", String(60), nullable=False),
    Column("settings", Text, nullable=False),  # JSON, as a file of rules has them
    Column("by", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
)
