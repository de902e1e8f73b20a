"""Tables of what is compared by its look, and of ways from camera to camera. All but the ways is of a case.

``descriptor`` and ``case_key`` go when the case closes; ``descriptor`` and ``journey_link`` when a part (a
camera and day) that they are of is erased.
"""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, LargeBinary, String, Table, Text

from synopticon.store.tables import ID, metadata

# One block for each case, camera and part; sealed under the part's key, and that under the case's.
descriptor = Table(
    "descriptor",
    metadata,
    Column("case_id", ID, primary_key=True),
    Column("camera", ID, primary_key=True),
    Column("part", ID, primary_key=True),
    Column("block", LargeBinary, nullable=False),
    Index("ix_descriptor_camera_part", "camera", "part"),
)

case_key = Table(
    "case_key",
    metadata,
    Column("case_id", ID, primary_key=True),
    Column("role", String(20), primary_key=True),
    Column("box", String(64), primary_key=True),  # fingerprint of the role's key
    Column("wrapped", LargeBinary, nullable=False),
)

# How long one takes from one camera's picture into another's; both ways have the same limits. The sides are
# those of each picture at which one leaves it for the other's, or comes into it from there.
camera_link = Table(
    "camera_link",
    metadata,
    Column("first", ID, ForeignKey("camera.id"), primary_key=True),  # the smaller id
    Column("second", ID, ForeignKey("camera.id"), primary_key=True),
    Column("low", Float, nullable=False),  # seconds
    Column("high", Float, nullable=False),
    Column("first_side", String(8), nullable=False),  # left | right | top | bottom; "" = any
    Column("second_side", String(8), nullable=False),
)

# What somebody decided about two tracks in a case: are they one and the same?
journey_link = Table(
    "journey_link",
    metadata,
    Column("case_id", ID, primary_key=True),
    Column("first", ID, primary_key=True),  # track ids, the smaller first
    Column("second", ID, primary_key=True),
    Column("first_camera", ID, nullable=False),
    Column("first_part", ID, nullable=False),
    Column("second_camera", ID, nullable=False),
    Column("second_part", ID, nullable=False),
    Column("verdict", String(12), nullable=False),  # confirmed | rejected
    Column("by", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
)
