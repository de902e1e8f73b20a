"""Tables of what searches compare, of what is drawn into a camera's picture, and of what people noted."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from synopticon.store.tables import ID, metadata

# What is known of the tracks of a footage: one sealed file of columns, ``rows`` long.
trait_file = Table(
    "trait_file",
    metadata,
    Column("footage", ID, ForeignKey("footage.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(200), nullable=False),  # of its folder, in blobs/CAMERA/PART/FOOTAGE
    Column("rows", Integer, nullable=False),
    Column("wide", Integer, nullable=False),  # bytes of an id of a track
)

# A zone or a line of a camera; nothing here comes from footage.
area = Table(
    "area",
    metadata,
    Column("camera", ID, ForeignKey("camera.id"), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("kind", String(8), nullable=False),  # zone | line
    Column("points", Text, nullable=False),  # JSON, 0..1 over the picture
)

# Where on the ground a point of a camera's picture lies.
ground = Table(
    "ground",
    metadata,
    Column("camera", ID, ForeignKey("camera.id"), primary_key=True),
    Column("plane", Text, nullable=False),  # JSON
)

# What somebody decided or noted about a track in a case ("" = one's own workspace); goes with its part.
mark = Table(
    "mark",
    metadata,
    Column("case_id", ID, primary_key=True),
    Column("track", ID, primary_key=True),
    Column("camera", ID, nullable=False),
    Column("part", ID, nullable=False),
    Column("verdict", String(12), nullable=False),  # new | accepted | rejected | unsure
    Column("tags", Text, nullable=False),  # JSON, sorted
    Column("note", Text, nullable=False),
    Column("trim_start", Float),  # seconds from the start of the track; null = not trimmed
    Column("trim_end", Float),
    Column("by", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_mark_camera_part", "camera", "part"),
)
