"""Tables of cameras, footage and what was found in it.

Times are integer microseconds since 1970 (UTC). ``low``..``high`` is the interval in which something may have
happened (the clock's uncertainty at both ends, ``high`` exclusive); both are null where the clock is unknown.
``part`` is what shares a data key: the day (UTC) on which footage begins, or ``unknown-DIGEST``. No row here
is a picture, a frame or a box; boxes are kept sealed, one blob a track. Rows name their camera and day, so
that large installations can partition by them.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from synopticon.store.tables import DIGEST, ID, metadata

camera = Table(
    "camera",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("place", Text, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("retention_days", Integer),
    Column("unit", ID, nullable=False),
    Column("added", BigInteger, nullable=False),
)

footage = Table(
    "footage",
    metadata,
    Column("id", ID, primary_key=True),
    Column("digest", DIGEST, nullable=False, unique=True),
    Column("camera", ID, ForeignKey("camera.id"), nullable=False),
    Column("part", ID, nullable=False),
    Column("name", Text, nullable=False),
    Column("start", BigInteger),
    Column("low", BigInteger),
    Column("high", BigInteger),
    Column("uncertainty", Float, nullable=False),  # seconds
    Column("source", String(20), nullable=False),  # of the clock
    Column("zone", String(64), nullable=False),
    Column("duration", BigInteger, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("state", String(12), nullable=False),  # registered | analysed
    Column("registered", BigInteger, nullable=False),
    Column("run", ID),  # the run whose tracks are kept
    Index("ix_footage_camera_part", "camera", "part"),
)

footage_file = Table(
    "footage_file",
    metadata,
    Column("digest", DIGEST, primary_key=True),
    Column("footage", ID, ForeignKey("footage.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("path", Text, nullable=False),
    Column("owned", Boolean, nullable=False),
    Column("size", BigInteger, nullable=False),
)

gap = Table(
    "gap",
    metadata,
    Column("footage", ID, ForeignKey("footage.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("start", Float, nullable=False),  # seconds on the footage's timeline
    Column("end", Float, nullable=False),
    Column("low", BigInteger),
    Column("high", BigInteger),
    Column("reason", String(20), nullable=False),
    Column("file", Integer, nullable=False),
    Column("detail", Text, nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("id", ID, primary_key=True),
    Column("footage", ID, ForeignKey("footage.id", ondelete="CASCADE"), nullable=False),
    Column("key", String(64), nullable=False),
    Column("settings", Text, nullable=False),  # JSON
    Column("versions", Text, nullable=False),  # JSON
    Column("model", String(200), nullable=False),
    Column("model_digest", String(64), nullable=False),
    Column("state", String(12), nullable=False),  # begun | done
    Column("began", BigInteger, nullable=False),
    Column("ended", BigInteger),
    Column("done", Float, nullable=False),  # seconds of the footage
    Column("tracks", Integer, nullable=False),
    Column("result", String(64), nullable=False),  # digest of the list of tracks
    UniqueConstraint("footage", "key"),
)

track = Table(
    "track",
    metadata,
    Column("camera", ID, primary_key=True),
    Column("day", ID, primary_key=True),  # the part
    Column("start", BigInteger, primary_key=True),  # UTC; of unknown clocks, on the timeline
    Column("id", ID, primary_key=True),
    Column("end", BigInteger, nullable=False),
    Column("low", BigInteger),
    Column("high", BigInteger),
    Column("footage", ID, ForeignKey("footage.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("label", String(20), nullable=False),
    Column("score", Float, nullable=False),
    Column("samples", Integer, nullable=False),
    Column("visited", BigInteger, nullable=False),  # 8 x 8 cells of the picture, bit 0 = top left
    Index("ix_track_id", "id"),
    sqlite_with_rowid=False,
)

track_box = Table(
    "track_box",
    metadata,
    Column("footage", ID, ForeignKey("footage.id", ondelete="CASCADE"), primary_key=True),
    Column("track", ID, primary_key=True),
    Column("boxes", LargeBinary, nullable=False),  # sealed
)

tube = Table(
    "tube",
    metadata,
    Column("footage", ID, ForeignKey("footage.id", ondelete="CASCADE"), primary_key=True),
    Column("track", ID, primary_key=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("pixels", BigInteger, nullable=False),
    Column("masked", Boolean, nullable=False),  # a clear patch is kept too
)

blob = Table(
    "blob",
    metadata,
    Column("footage", ID, ForeignKey("footage.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("camera", ID, nullable=False),
    Column("part", ID, nullable=False),
    Column("start", BigInteger, nullable=False),  # on the footage's timeline
    Column("end", BigInteger, nullable=False),
    Column("low", BigInteger),
    Column("high", BigInteger),
    Column("clear", Boolean, nullable=False),
    Column("size", BigInteger, nullable=False),
)

data_key = Table(
    "data_key",
    metadata,
    Column("camera", ID, primary_key=True),
    Column("part", ID, primary_key=True),
    Column("role", String(20), primary_key=True),
    Column("box", String(64), primary_key=True),  # fingerprint of the role's key
    Column("wrapped", LargeBinary, nullable=False),
)

hold = Table(
    "hold",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("reference", Text, nullable=False),
    Column("by", ID, nullable=False),
    Column("placed", BigInteger, nullable=False),
    Column("camera", ID, nullable=False),
    Column("start", BigInteger),
    Column("end", BigInteger),
    Column("digests", Text, nullable=False),  # JSON
    Column("released", BigInteger),
)

destroyed = Table(
    "destroyed",
    metadata,
    Column("digest", DIGEST, primary_key=True),
    Column("camera", ID, nullable=False),
    Column("part", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("entry", BigInteger, nullable=False),  # sequence of the record in the log
)
