"""The tables of events."""

from alembic import op

from synopticon.store.tables import load_tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables that are not there yet."""
    load_tables().create_all(op.get_bind())


def downgrade() -> None:
    """Refuse: what they hold would be lost."""
    raise NotImplementedError("what these tables hold would be lost")
