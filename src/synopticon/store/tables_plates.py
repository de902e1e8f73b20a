"""Tables of number plates: what was read of them, sealed, and the lists that cases look for, sealed too.

No text of a plate is in a column that is not sealed. ``plate_block`` goes with the key of its part,
``plate_list`` with the key of its case.
"""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table

from synopticon.store.tables import DIGEST, ID, metadata

# One block for each camera and part, sealed under the part's key: columns of all readings of that day.
plate_block = Table(
    "plate_block",
    metadata,
    Column("camera", ID, primary_key=True),
    Column("part", ID, primary_key=True),
    Column("name", DIGEST, nullable=False),  # of these bytes: another block has another name
    Column("rows", Integer, nullable=False),
    Column("block", LargeBinary, nullable=False),
)

# Plates that a case looks for, with the reason, sealed under the case's key.
plate_list = Table(
    "plate_list",
    metadata,
    Column("case_id", ID, primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("by", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
