"""The table of jobs: work that takes long, from its asking to its end."""

from sqlalchemy import BigInteger, Boolean, Column, Double, Integer, String, Table, Text

from synopticon.store.tables import DIGEST, ID, metadata

job = Table(
    "job",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("title", Text, nullable=False),
    Column("actor", ID, nullable=False, index=True),
    Column("sign_in", Text, nullable=False),  # JSON: how the actor was known when they asked
    Column("case_id", ID),
    Column("reason", Text, nullable=False),
    Column("payload", Text, nullable=False),  # JSON
    Column("once", DIGEST, unique=True),  # what is done once has one job, however often it is asked for
    Column("entry", BigInteger, nullable=False),  # of the log: the record of asking
    Column("state", String(12), nullable=False, index=True),
    Column("stop", Boolean, nullable=False),  # somebody wants it to end
    Column("phase", Text, nullable=False),
    Column("share", Double, nullable=False),  # of the phase, 0..1
    Column("base", Double, nullable=False),  # the share with which the phase began in this run
    Column("since", BigInteger),  # when the phase began in this run
    Column("deaths", Integer, nullable=False),  # processes that died of it
    Column("submitted", BigInteger, nullable=False),
    Column("started", BigInteger),
    Column("ended", BigInteger),
    Column("says", Text, nullable=False),  # the one line of what went wrong
    Column("rule", String(80), nullable=False),
    Column("made", Text, nullable=False),  # JSON: what came of it
    Column("file", Text),  # JSON: name, media, bytes of what it made
    Column("told", Boolean, nullable=False),  # the log has its end
    Column("changed", BigInteger, nullable=False, index=True),  # counts changes of all jobs
)
