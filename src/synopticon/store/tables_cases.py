"""Tables of units, users, cases, profiles and notices.

Times are integer microseconds since 1970 (UTC). Requests and approvals are kept as the very bytes that were
signed; the columns beside them are for finding them only, and what is decided is read from the bytes.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from synopticon.store.tables import DIGEST, ID, metadata

unit = Table(
    "unit",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
)

person = Table(
    "person",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("unit", ID, ForeignKey("unit.id"), nullable=False, index=True),
    Column("roles", Text, nullable=False),  # comma-separated
    Column("authorisation", Text),  # JSON
    Column("active", Boolean, nullable=False),
    Column("password", Text, nullable=False),  # argon2id hash
)

person_key = Table(
    "person_key",
    metadata,
    Column("person", ID, ForeignKey("person.id"), primary_key=True),
    Column("since", BigInteger, primary_key=True),
    Column("public", String(44), nullable=False),
    Column("until", BigInteger),
)

session = Table(
    "session",
    metadata,
    Column("token", DIGEST, primary_key=True),  # SHA-256 of the token
    Column("person", ID, ForeignKey("person.id"), nullable=False),
    Column("method", String(16), nullable=False),
    Column("host", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
)

case_request = Table(
    "case_request",
    metadata,
    Column("digest", DIGEST, primary_key=True),
    Column("case_id", ID, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("unit", ID, nullable=False),
    Column("file", LargeBinary, nullable=False),
    UniqueConstraint("case_id", "sequence"),
)

case_approval = Table(
    "case_approval",
    metadata,
    Column("digest", DIGEST, primary_key=True),  # SHA-256 of the file
    Column("request", DIGEST, ForeignKey("case_request.digest"), nullable=False),
    Column("case_id", ID, nullable=False, index=True),
    Column("file", LargeBinary, nullable=False),
    Column("received", BigInteger, nullable=False),
)

case_closing = Table(
    "case_closing",
    metadata,
    Column("case_id", ID, primary_key=True),
    Column("by", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("fields", Text, nullable=False),  # JSON
)

case_camera = Table(
    "case_camera",
    metadata,
    Column("camera", ID, primary_key=True),
    Column("case_id", ID, primary_key=True),
    Column("requester", ID, primary_key=True),
)

dpia = Table(
    "dpia",
    metadata,
    Column("digest", DIGEST, primary_key=True),
    Column("configuration", DIGEST, primary_key=True),
    Column("signatory", Text, nullable=False),
    Column("signed", String(10), nullable=False),
    Column("opinion", String(40), nullable=False),
    Column("dpo", Text, nullable=False),
    Column("registered", BigInteger, nullable=False),
)

notice = Table(
    "notice",
    metadata,
    Column("id", ID, primary_key=True),
    Column("person", ID, nullable=False, index=True),
    Column("case_id", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("read", BigInteger),
)

# Every profile that was ever in force; the one with the highest number is.
profile = Table(
    "profile",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("digest", DIGEST, nullable=False),
    Column("text", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
)
